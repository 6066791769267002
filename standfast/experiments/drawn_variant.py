"""A draw of the beliefs as something to run. It is resolved again when asked for: thousands would fill the memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from standfast.experiments.plan import Variant, variant_of

if TYPE_CHECKING:
    from scenarios import BeliefUse, LoadedStudy, Study
    from scenarios.source import Map

AT_HAND = 16
"""Draws that stay resolved after they were asked for."""


class DrawnVariant(Variant):
    """A variant that knows its names, its seed and its model's hash, and works out the rest when asked for it."""

    def __init__(
        self, arm: str, point: str, beliefs: tuple[BeliefUse, ...], model: str, seed: int, again: Callable[[], Variant]
    ) -> None:
        for name, value in (("arm", arm), ("point", point), ("beliefs", beliefs), ("model", model)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "_seed", seed)
        object.__setattr__(self, "_again", again)

    @property
    def seed(self) -> int:
        """The seed of its runs."""
        return int(self._seed)  # type: ignore[attr-defined]

    @property
    def study(self) -> Study:
        """The study that runs."""
        return self._whole.study

    @property
    def parts(self) -> Mapping[str, Any]:
        """Everything in it that decides a run."""
        return self._whole.parts

    @property
    def tree(self) -> Map | None:
        """The study as written."""
        return self._whole.tree

    @property
    def _whole(self) -> Variant:
        found: Variant = self._again()  # type: ignore[attr-defined]
        return found


def drawn_variants(loaded: LoadedStudy) -> Callable[[str, str], DrawnVariant]:
    """Return what makes the variant of an arm in a draw. Beliefs are told as at the point that is drawn at.

    Raises StudyErrors for a draw that makes no valid study.
    """

    @lru_cache(maxsize=AT_HAND)
    def resolved(arm: str, point: str) -> Variant:
        return variant_of(arm, point, loaded.resolve(arm, point))

    at = {point.name: point.at for point in loaded.points}

    def make(arm: str, point: str) -> DrawnVariant:
        whole = resolved(arm, point)
        beliefs = tuple(loaded.resolve(arm, at[point]).beliefs)
        return DrawnVariant(arm, point, beliefs, whole.model, whole.seed, lambda: resolved(arm, point))

    return make
