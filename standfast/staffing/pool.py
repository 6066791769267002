"""Who may work where: the patterns of one hall, or of several that lend each other staff for whole shifts.

A pattern of a pool is a way to work in one hall by the people of one: its own, or of another that lends them, at the
cost of the shift and the way there. How many people a shift and a hall may have counts by the hall whose people they
are, seats and part-time hours by the hall in which they work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scenarios.schema import Staffing
from standfast.staffing.limits import MOST_PEOPLE, Crowd, Limits, Spare
from standfast.staffing.plan import Demand, Ints, Patterns
from standfast.staffing.shifts import patterns_of


@dataclass(frozen=True, eq=False)
class Pool:
    """Patterns over the cells of all halls, one hall after the other. place, home: numbers of halls, by pattern."""

    halls: tuple[str, ...]
    patterns: Patterns
    limits: Limits
    place: Ints
    home: Ints

    def rows_at(self, hall: int) -> Ints:
        """Patterns that are worked in a hall."""
        return np.flatnonzero(self.place == hall)

    def at(self, hall: int, cells: slice) -> Patterns:
        """The patterns of one hall alone, over its own cells."""
        return self.patterns.some(self.rows_at(hall), cells)

    def may_add(self, people: Ints, hall: int) -> Callable[[int], bool]:
        """Whether one person more may work a pattern of a hall, counted as `at` does, beside those who work already."""
        spare, rows = Spare(self.patterns, self.limits, people), self.rows_at(hall)
        return lambda pattern: spare(int(rows[pattern]))


def alone(demand: Demand, patterns: Patterns, limits: Limits) -> Pool:
    """The pool of a hall that shares no staff."""
    nowhere_else = np.zeros(len(patterns), dtype=np.int64)
    return Pool((demand.hall,), patterns, limits, nowhere_else, nowhere_else)


def pool_of(demands: Sequence[Demand], staffing: Staffing) -> Pool:
    """The pool of the halls of a group on one kind of day. Raises ValueError where breaks make too many patterns."""
    if len(demands) == 1:
        (demand,) = demands
        limits = Limits(staffing.seats.get(demand.hall), staffing.part_time_share, staffing.employed.get(demand.hall))
        return alone(demand, patterns_of(demand, staffing.shifts), limits)
    halls = tuple(demand.hall for demand in demands)
    cells = [demand.cells for demand in demands]
    parts: list[tuple[Patterns, int, int]] = []
    for place, demand in enumerate(demands):
        own = patterns_of(demand, staffing.shifts)
        cover = np.zeros((len(own), sum(cells)), dtype=np.int64)
        cover[:, sum(cells[:place]) : sum(cells[: place + 1])] = own.cover
        for home, name in enumerate(halls):
            lending = staffing.shared.get(name)
            if home == place:
                parts.append((replace(own, cover=cover), place, home))
            elif lending is not None and demand.hall in lending.to:
                parts.append((replace(own, cover=cover, cost_fen=own.cost_fen + lending.travel_fen), place, home))
    place_of = np.concatenate([np.full(len(part), place) for part, place, _ in parts])
    home_of = np.concatenate([np.full(len(part), home) for part, _, home in parts])
    patterns = Patterns(
        cover=np.concatenate([part.cover for part, _, _ in parts]),
        cost_fen=np.concatenate([part.cost_fen for part, _, _ in parts]),
        shift=tuple(name for part, _, _ in parts for name in part.shift),
        start_us=np.concatenate([part.start_us for part, _, _ in parts]),
        end_us=np.concatenate([part.end_us for part, _, _ in parts]),
        breaks=tuple(spans for part, _, _ in parts for spans in part.breaks),
        part_time=np.concatenate([part.part_time for part, _, _ in parts]),
        most={},
    )
    limits = Limits(
        seats=tuple(
            staffing.seats.get(name, MOST_PEOPLE)
            for name, count in zip(halls, cells, strict=True)
            for _ in range(count)
        ),
        part_time_share=staffing.part_time_share,
        crowds=tuple(_crowds(staffing, halls, patterns, place_of, home_of)),
        parts=tuple(tuple(np.flatnonzero(place_of == place).tolist()) for place in range(len(halls))),
    )
    return Pool(halls, patterns, limits, place_of, home_of)


def _crowds(
    staffing: Staffing, halls: tuple[str, ...], patterns: Patterns, place_of: Ints, home_of: Ints
) -> list[Crowd]:
    """Bounds on the people of each hall: of each shift, all of them, and those who are lent."""
    shift_of = np.array(patterns.shift)
    found = []
    for home, name in enumerate(halls):
        mine = home_of == home
        bounds = [
            (mine & (shift_of == shift), spec.most) for shift, spec in staffing.shifts.items() if spec.most is not None
        ]
        if name in staffing.employed:
            bounds.append((mine, staffing.employed[name]))
        lending = staffing.shared.get(name)
        if lending is not None and lending.most is not None:
            bounds.append((mine & (place_of != home), lending.most))
        found += [Crowd(tuple(np.flatnonzero(who).tolist()), most) for who, most in bounds if who.any()]
    return found
