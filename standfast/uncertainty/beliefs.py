"""The beliefs of a study that can be drawn: what is written once moves as one, and what moves nothing is left alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from scenarios import StudyErrors
from scenarios.ranges import Range, at_quantiles, ranges, stated_once, text_at
from standfast.experiments.plan import content_hash

if TYPE_CHECKING:
    from scenarios import Study
    from scenarios.resolved import ResolvedStudy

MOST_SINGLE = 24
"""So many beliefs are screened one by one; of more, first the groups."""

MOST_GROUPS = 16
"""Most groups of a first screening."""

RUN_OF = 6
"""A group that its paths cannot divide is divided into runs of about so many beliefs."""


_TITLED = ("tactics", "segments", "channels", "halls", "operators", "plans", "competitors")
"""Parts of a study whose entries have titles."""


@dataclass(frozen=True)
class Belief:
    """One statement of a study, with the paths that it holds for; `name` has `*` where its paths differ."""

    name: str
    ranges: tuple[Range, ...]

    @property
    def stated(self) -> Range:
        """The range as it is told: that of the first path."""
        return self.ranges[0]

    @property
    def fitted(self) -> bool:
        """Whether it was fitted to data; all others are taken for assumptions."""
        return self.stated.source == "fitted"

    def at(self, quantile: float) -> dict[str, float]:
        """The belief at a quantile, by path, as `scenarios.ranges.at_quantiles` takes it."""
        return dict.fromkeys((each.path for each in self.ranges), quantile)

    def text_at(self, quantile: float) -> str:
        """What it says at a quantile, in the unit as written."""
        return text_at(self.stated, quantile)


def beliefs_of(studies: Sequence[ResolvedStudy]) -> tuple[Belief, ...]:
    """Every belief with both ends that one of these studies has, in written order."""
    found: list[Belief] = []
    taken: set[str] = set()
    for group in stated_once(ranges(studies)):
        name = _name([each.path for each in group])
        while name in taken:
            name += "'"
        taken.add(name)
        found.append(Belief(name, group))
    return tuple(found)


def label_of(belief: Belief, study: Study) -> str:
    """A belief for people: the title of what it belongs to, and the rest of its path with spaces."""
    first, *rest = belief.name.split(".")
    if first in _TITLED and len(rest) > 1:
        part = getattr(study, first).get(rest[0])
        title = getattr(part, "title", "") or rest[0]
        if rest[0] != "*":
            return f"{title}: {_spaced(rest[1:])}"
        return f"{first}: {_spaced(rest[1:])}"
    return f"{first}: {_spaced(rest)}" if rest else first


def under(beliefs: Sequence[Belief], paths: Sequence[str]) -> tuple[Belief, ...]:
    """The beliefs whose name or one of whose paths is one of these, or lies below it; `*` is any text. All for none."""
    if not paths:
        return tuple(beliefs)
    return tuple(belief for belief in beliefs if any(_lies(belief, path) for path in paths))


def acting(beliefs: Sequence[Belief], studies: Sequence[ResolvedStudy]) -> tuple[Belief, ...]:
    """The beliefs that change the model of one of these studies, as far as groups of them can tell.

    A group that leaves every model as it is at both ends of all its ranges (the numbers of a tactic that no arm
    switches on) is left out. That costs no run.
    """
    before = [content_hash(study.model_parts) for study in studies]
    kept: list[Belief] = []
    for members in _grouped(beliefs, lambda belief: ".".join(belief.name.split(".")[:2])).values():
        if any(_changes(members, study, model) for study, model in zip(studies, before, strict=True)):
            kept += members
    order = {belief.name: at for at, belief in enumerate(beliefs)}
    return tuple(sorted(kept, key=lambda belief: order[belief.name]))


def groups_of(beliefs: Sequence[Belief], most: int = MOST_GROUPS) -> tuple[str, ...]:
    """A group for each belief, at most `most` of them: the beginning of its path, as long as the number allows.

    The largest groups are divided first, by the next part of the path; where that would give too many, into runs of
    neighbours of about equal length, as many as there is room for.
    """
    depth = {belief.name: 1 for belief in beliefs}

    def group(belief: Belief) -> str:
        return _beginning(belief, depth[belief.name])

    stuck: set[str] = set()
    while True:
        groups = _grouped(beliefs, group)
        open_ = [name for name, members in groups.items() if len(members) > 1 and name not in stuck]
        if not open_:
            break
        largest = max(open_, key=lambda name: len(groups[name]))
        members = groups[largest]
        finer = len({_beginning(each, depth[each.name] + 1) for each in members})
        if len(groups) - 1 + finer > most or all(depth[each.name] > each.name.count(".") for each in members):
            stuck.add(largest)
            continue
        for each in members:
            depth[each.name] += 1
    room = most - len(groups)
    largest = max(groups, key=lambda name: len(groups[name]))
    parts = min(room + 1, -(-len(groups[largest]) // RUN_OF))
    if parts < 2:
        return tuple(group(belief) for belief in beliefs)
    place = {belief.name: at * parts // len(groups[largest]) for at, belief in enumerate(groups[largest])}
    return tuple(
        f"{largest} {place[belief.name] + 1}/{parts}" if belief.name in place else group(belief) for belief in beliefs
    )


def _beginning(belief: Belief, parts: int) -> str:
    return ".".join(belief.name.split(".")[:parts])


def _changes(members: Sequence[Belief], study: ResolvedStudy, model: str) -> bool:
    for quantile in (1.0, 0.0):
        drawn = {path: quantile for belief in members for path in belief.at(quantile)}
        try:
            if content_hash(at_quantiles(study, drawn).model_parts) != model:
                return True
        except StudyErrors:
            return True  # all ends at once may be no valid study; that they act is certain
    return False


def _grouped(beliefs: Sequence[Belief], key: Callable[[Belief], str]) -> Mapping[str, list[Belief]]:
    found: dict[str, list[Belief]] = {}
    for belief in beliefs:
        found.setdefault(key(belief), []).append(belief)
    return found


def _lies(belief: Belief, path: str) -> bool:
    places = (belief.name, *(each.path for each in belief.ranges))
    return any(place == path or place.startswith(path + ".") or fnmatchcase(place, path) for place in places)


def _name(paths: Sequence[str]) -> str:
    """One path for several: `*` for each part in which they differ; names with dots may spoil that, so the first."""
    parts = [path.split(".") for path in paths]
    if len({len(each) for each in parts}) > 1:
        return paths[0]
    return ".".join(part[0] if len(set(part)) == 1 else "*" for part in zip(*parts, strict=True))


def _spaced(parts: list[str]) -> str:
    return " ".join(part.replace("_", " ") for part in parts if part != "*")
