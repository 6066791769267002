"""Which arms and sweep points a command keeps to: what `--only ARM[@POINT]` means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from scenarios.suggestions import suggestion

if TYPE_CHECKING:
    from scenarios import LoadedStudy


class NothingSelected(Exception):
    """A choice of arms and points that no run of the study meets. `help` says what there is."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


def chosen(only: Sequence[str], variants: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Return the (arm, point) pairs that `only` names; all of them where it names nothing.

    A text is `ARM`, `ARM@POINT` or `@POINT` (that point of every arm); `*` stands for any characters, `?` for one.
    Raises NothingSelected for the first text that names none: a misspelt name must not pass beside a right one.
    """
    pairs = tuple(variants)
    if not only:
        return frozenset(pairs)
    found: set[tuple[str, str]] = set()
    for text in only:
        pattern = pattern_of(f"*{text}" if text.startswith("@") else text)
        named = {(arm, point) for arm, point in pairs if pattern.fullmatch(arm) or pattern.fullmatch(f"{arm}@{point}")}
        if not named:
            arms = list(dict.fromkeys(arm for arm, _ in pairs))
            known = [f"{arm}@{point}" for arm, point in pairs] if "@" in text else arms
            raise NothingSelected(f"nothing is selected: no arm or point is called {text!r}", suggestion(text, known))
        found |= named
    return frozenset(found)


def narrowed(loaded: LoadedStudy, pairs: frozenset[tuple[str, str]]) -> LoadedStudy:
    """The study as if it had only the arms and points of these pairs, and its baseline; its order stays."""
    arms = {arm for arm, _ in pairs} | {loaded.compare.baseline}
    points = {point for _, point in pairs}
    return replace(
        loaded,
        arms=tuple(arm for arm in loaded.arms if arm in arms),
        points=tuple(point for point in loaded.points if point.name in points),
    )


def pattern_of(text: str) -> re.Pattern[str]:
    """The pattern of a text in which only `*` and `?` are special: names may hold brackets."""
    return re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)
