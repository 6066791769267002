"""The first event at which two arms part: both run side by side, a day at a time, until one event differs.

Exact: events are compared in the order of the run (`happenings`). Cheap: no more than a day's events is kept beside the
two runs, and they end where the arms part. Money alone is no event: an arm that only costs more never parts.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outputs.partings import Happening, Parted, Parting, parting_of, told_parting
from sim.by_day import FEWEST_ROWS, HallDay, RunByDay
from sim.clock import DAY_US
from sim.errors import ModelError
from standfast.experiments.folder import store_errors
from standfast.experiments.happenings import (
    DECIDED,
    Event,
    Moment,
    Naming,
    decided,
    first_level_apart,
    is_over,
    is_same,
    moment,
    noted,
    of_customers,
)
from standfast.experiments.plan import Variant, content_hash
from standfast.experiments.why import names_of

if TYPE_CHECKING:
    from scenarios import LoadedStudy, Study
    from sim import Engine

Int64s = NDArray[np.int64]
Day = Callable[[int], None]

FILE = "partings.json"
"""Where a study's results folder keeps what was found, so that a report finds it without a run."""


class OtherDays(ValueError):
    """The two arms do not simulate the same days, so that no event of one has its like in the other."""


def parting(
    loaded: LoadedStudy,
    arm: str,
    point: str | None = None,
    replication: int = 0,
    *,
    engine: Engine = "auto",
    each_day: Day | None = None,
) -> Parting:
    """Find the first event at which an arm parts from the baseline of a study. Stores nothing.

    `each_day` is called with the number of every day that begins. Raises OtherDays, LookupError (unknown arm or point),
    ModelError.
    """
    point = loaded.points[0].name if point is None else point
    studies = [loaded.resolve(name, point) for name in (loaded.compare.baseline, arm)]
    found = Parting(arm, loaded.compare.baseline, point, replication, None, None)
    if content_hash(studies[0].model_parts) == content_hash(studies[1].model_parts):
        return replace(found, same_model=True)
    first, person = apart(studies[0].study, studies[1].study, replication, engine, each_day)
    return replace(found, first=first, person=person)


def apart(
    baseline: Study, arm: Study, replication: int, engine: Engine = "auto", each_day: Day | None = None
) -> tuple[Parted | None, Parted | None]:
    """Return the first event that differs between two studies, and the first that a person meets with."""
    if (baseline.start, baseline.days) != (arm.start, arm.days):
        raise OtherDays("the arms simulate other days: no event of one has its like in the other")
    rows = FEWEST_ROWS
    while True:
        try:
            return _Pair(baseline, arm, replication, engine, rows).follow(each_day)
        except OverflowError:  # more events in a day than there was room for: once more, with room
            rows *= 8


def partings(
    variants: Mapping[tuple[str, str], Variant],
    baseline: str,
    point: str,
    folder: Path,
    engine_version: str,
    *,
    find: bool,
    each_day: Day | None = None,
) -> tuple[Parting, ...]:
    """Return where each arm parts from the baseline in replication 0: as kept in `folder`, else found and kept now.

    Without `find` those not kept are left out. An arm whose run fails is left out too: that is told elsewhere.
    """
    kept = _kept(folder / FILE)
    found: list[Parting] = []
    before = dict(kept)
    for (arm, at), variant in variants.items():
        if at != point or arm == baseline:
            continue
        other = variants[baseline, point]
        key = content_hash([other.model, variant.model, variant.study.seed, engine_version])
        if variant.model == other.model:
            found.append(Parting(arm, baseline, point, 0, None, None, same_model=True))
        elif key in kept:
            found.append(replace(kept[key], arm=arm, baseline=baseline, point=point))
        elif find:
            try:
                first, person = apart(other.study, variant.study, 0, each_day=each_day)
            except (OtherDays, ModelError):
                continue
            kept[key] = Parting(arm, baseline, point, 0, first, person)
            found.append(kept[key])
    if kept != before:
        from scenarios.whole_files import write_whole

        told = {key: told_parting(each) for key, each in kept.items()}
        with store_errors(folder / FILE, "write"):
            write_whole(folder / FILE, json.dumps(told, ensure_ascii=False, indent=1).encode())
    return tuple(found)


def _kept(path: Path) -> dict[str, Parting]:
    """What is kept; nothing, if the file is missing or not ours: it can be found again."""
    try:
        return {key: parting_of(told) for key, told in json.loads(path.read_bytes()).items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


@dataclass
class _Pair:
    """Two runs side by side. `young` are days of a hall on which somebody came who has not gone in both of them."""

    baseline: Study
    arm: Study
    replication: int
    engine: Engine
    rows: int
    young: dict[str, list[int]] = field(default_factory=dict)

    def follow(self, each_day: Day | None) -> tuple[Parted | None, Parted | None]:
        """Let days pass until an event that a person meets with differs; return the first of any kind, and that one."""
        studies = (self.baseline, self.arm)
        self.start = self.baseline.start
        self.namings = [Naming(study, names_of(study)) for study in studies]
        self.sides = [RunByDay(study, self.replication, self.engine, self.rows) for study in studies]
        self.segments = [side.people()[0] for side in self.sides]
        found = self._at_the_start()
        if found is not None:
            return found, found
        first: Parted | None = None
        for day in range(self.sides[0].days + 1):
            if each_day is not None:
                each_day(day)
            found = self._midnight([side.open(day) for side in self.sides], day)
            if found is not None:
                return first or found, found
            last = day == self.sides[0].days
            if not last:
                for side in self.sides:
                    side.end(day)
            level = None if last else self._level(day)
            person = self._earliest_person(day, last)
            if level is not None and first is None:
                before = person is None or level[0][:3] < person[0][:3]
                first = _parted_of(level[1]) if before else None
            if person is not None:
                return first or _parted_of(person[1]), _parted_of(person[1])
        return first, None

    def _at_the_start(self) -> Parted | None:
        """Who starts otherwise: another segment, operator or plan, or in one arm only."""
        people = [side.people() for side in self.sides]
        if all(np.array_equal(*pair) for pair in zip(*people, strict=True)) and self._same_words():
            return None
        told = [self._starting(*each, naming) for each, naming in zip(people, self.namings, strict=True)]
        for number in range(max(map(len, told))):
            both = [side[number] if number < len(side) else None for side in told]
            if both[0] != both[1]:
                return Parted(*moment(self.start, 0), *both)
        return None

    def _starting(self, segments: Int64s, operators: Int64s, plans: Int64s, naming: Naming) -> list[Happening]:
        when = moment(self.start, 0)
        return [
            Happening(
                "starts", *when, who="subscriber", number=i, about=(naming.segments[segment],),
                name=naming.operators[operator], plan=naming.names.plans[plan] if plan >= 0 else "",
            )
            for i, (segment, operator, plan) in enumerate(
                zip(segments.tolist(), operators.tolist(), plans.tolist(), strict=True)
            )
        ]  # fmt: skip

    def _same_words(self) -> bool:
        return self.namings[0].vocabulary == self.namings[1].vocabulary

    def _midnight(self, notes: list[Int64s], day: int) -> Parted | None:
        """Compare what happens at the midnight before a day; keep what is decided on the day for later."""
        today = [(rows[:, 1] == day) & np.isin(rows[:, 2], tuple(DECIDED)) for rows in notes]
        self.decisions = [rows[mask] for rows, mask in zip(notes, today, strict=True)]
        rows = [rows[~mask] for rows, mask in zip(notes, today, strict=True)]
        if np.array_equal(*rows) and self._same_words():
            return None
        when = moment(self.start, day * DAY_US, evening=True)
        told = [noted(*each, when) for each in zip(rows, self.segments, self.namings, strict=True)]
        return _first_of_lists(told[0], told[1], when)

    def _level(self, day: int) -> tuple[Event, tuple[Happening | None, Happening | None]] | None:
        found = [
            pair
            for name in self._halls()
            if (pair := first_level_apart(name, [side.staffing(name, day) for side in self.sides], self.start))
            is not None
        ]
        if not found:
            return None
        baseline, arm = min(found)
        return arm, (baseline.what, arm.what)

    def _earliest_person(self, day: int, last: bool) -> tuple[Event, tuple[Happening | None, Happening | None]] | None:
        """The first event of the day that a person meets with in one arm only."""
        until_us = None if last else (day + 1) * DAY_US
        events: list[list[Event]] = [[], []]
        if not (np.array_equal(*self.decisions) and self._same_words()):
            for side, study in enumerate((self.baseline, self.arm)):
                events[side] += decided(
                    self.decisions[side], self.segments[side], self.namings[side], study, self.replication
                )
        for name in self._halls():
            young = [*self.young.get(name, ()), *(() if last else (day,))]
            self.young[name] = []
            for of_day in young:
                both = [self._hall(side, name, of_day) for side in (0, 1)]
                if not all(hall is None or (until_us is not None and is_over(hall, until_us)) for hall in both):
                    self.young[name].append(of_day)
                if both[0] is not None and both[1] is not None and is_same(both[0], both[1]):
                    continue
                for side, hall in enumerate(both):
                    if hall is not None:
                        events[side] += of_customers(hall, self.start, until_us)
        return _first_of_events(*events)

    def _halls(self) -> list[str]:
        return list(dict.fromkeys([*self.baseline.halls, *self.arm.halls]))

    def _hall(self, side: int, name: str, day: int) -> HallDay | None:
        return self.sides[side].hall(name, day)


def _parted_of(both: tuple[Happening | None, Happening | None]) -> Parted:
    """The parting at the earlier of two events."""
    date, clock = min(Moment(each.date, each.clock) for each in both if each is not None)
    return Parted(date, clock, *both)


def _first_of_events(
    baseline: Sequence[Event], arm: Sequence[Event]
) -> tuple[Event, tuple[Happening | None, Happening | None]] | None:
    """The first event that is in one list only, and what either side has: there, or next of the same entity."""
    only = sorted(set(baseline) ^ set(arm))
    if not only:
        return None
    first = only[0]
    sides = [
        next((event.what for event in sorted(set(side)) if event.entity == first.entity and event >= first), None)
        for side in (baseline, arm)
    ]
    return first, (sides[0], sides[1])


def _first_of_lists(baseline: Sequence[Happening], arm: Sequence[Happening], when: Moment) -> Parted | None:
    """Where two lists of events part, and what either side has of the person whom it concerns first."""
    for at in range(max(len(baseline), len(arm))):
        rest = baseline[at:], arm[at:]
        if rest[0][:1] == rest[1][:1]:
            continue
        # What only one side has is the news; where each has one, the arm's is.
        surplus = [next(iter(rest[n]), None) for n in (0, 1)]
        lacking = [each is not None and each not in Counter(rest[1 - n]) for n, each in enumerate(surplus)]
        news = surplus[1] if lacking[1] or not lacking[0] else surplus[0]
        news = news if news is not None else surplus[0]
        assert news is not None
        both = [next((each for each in side if each.number == news.number), None) for side in rest]
        return Parted(*when, *both)
    return None
