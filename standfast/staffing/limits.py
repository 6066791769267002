"""What people at work may not pass: seats, the most of a shift, people employed, the share of part-time hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from standfast.staffing.plan import Bools, Floats, Ints, Patterns

MOST_PEOPLE = 10_000
"""Most people in one pattern."""

_ROUNDING_H = 1e-9


@dataclass(frozen=True)
class Crowd:
    """Patterns that at most `most` people may work a day, all of them together."""

    patterns: tuple[int, ...]
    most: int


@dataclass(frozen=True)
class Limits:
    """What a plan may not pass; None: no limit.

    seats: counters open at once, one number for all cells or one for each. part_time_share: share of shift hours, kept
    by each of the `parts` (groups of patterns), by all patterns together where there are none. employed: people a day.
    crowds: further bounds on people, beside the `most` of each shift that patterns state themselves.
    """

    seats: int | tuple[int, ...] | None = None
    part_time_share: float | None = None
    employed: int | None = None
    crowds: tuple[Crowd, ...] = ()
    parts: tuple[tuple[int, ...], ...] = ()


def crowds_of(patterns: Patterns, limits: Limits) -> list[Crowd]:
    """Every bound on numbers of people: the most of each shift, those employed, and the crowds of the limits."""
    found = [
        Crowd(tuple(p for p, name in enumerate(patterns.shift) if name == shift), most)
        for shift, most in patterns.most.items()
    ]
    if limits.employed is not None:
        found.append(Crowd(tuple(range(len(patterns))), limits.employed))
    return [*found, *limits.crowds]


def part_time_excess(patterns: Patterns, limits: Limits) -> list[tuple[tuple[int, ...], Floats]]:
    """For each group of patterns, hours by which one person of each pattern passes the share of part-time hours."""
    if limits.part_time_share is None:
        return []
    hours = (patterns.end_us - patterns.start_us) / 3.6e9
    over: Floats = hours * (patterns.part_time - limits.part_time_share)
    return [(part, over[list(part)]) for part in limits.parts or (tuple(range(len(patterns))),) if part]


def seats_by_cell(limits: Limits, cells: int) -> Ints:
    """The most counters in each cell that there is room for."""
    if limits.seats is None:
        return np.full(cells, MOST_PEOPLE, dtype=np.int64)
    return np.broadcast_to(np.asarray(limits.seats, dtype=np.int64), (cells,))


def most_counters(patterns: Patterns, limits: Limits) -> Ints:
    """The most counters that patterns and limits allow in each cell, one cell at a time: an upper bound."""
    cells = patterns.cover.shape[1]
    crowds = crowds_of(patterns, limits)
    inwards = sorted(crowds, key=lambda crowd: len(crowd.patterns))
    bounds = [_bounded(patterns, order) for order in (inwards, sorted(crowds, key=lambda crowd: crowd.most))]
    top: Ints = np.minimum(np.min(bounds, axis=0), seats_by_cell(limits, cells))
    return top


def _bounded(patterns: Patterns, crowds: Sequence[Crowd]) -> Ints:
    """Most counters in each cell: patterns that the same crowds bound are one block, and crowd by crowd the blocks that
    lie in it become one, bounded by its people. A block that lies in it in part stays as it is: any order is a bound.
    """
    member: Bools = np.zeros((len(patterns), len(crowds)), dtype=np.bool_)
    for n, crowd in enumerate(crowds):
        member[list(crowd.patterns), n] = True
    blocks: dict[bytes, list[int]] = {}
    for p in range(len(patterns)):
        blocks.setdefault(member[p].tobytes(), []).append(p)
    bounds = [(set(block), patterns.cover[block].any(axis=0) * MOST_PEOPLE) for block in blocks.values()]
    for crowd in crowds:
        mine = set(crowd.patterns)
        inside = [one for one in bounds if one[0] <= mine]
        if inside:
            together = np.minimum(np.sum([top for _, top in inside], axis=0), crowd.most)
            bounds = [one for one in bounds if not one[0] <= mine]
            bounds.append((set().union(*(block for block, _ in inside)), together))
    none = np.zeros(patterns.cover.shape[1], dtype=np.int64)
    return np.asarray(np.sum([none, *(top for _, top in bounds)], axis=0), dtype=np.int64)


class Spare:
    """Says whether one person more may work a pattern beside those who work already."""

    def __init__(self, patterns: Patterns, limits: Limits, people: Sequence[int] | Ints) -> None:
        self._patterns, self._people = patterns, np.asarray(people, dtype=np.int64)
        self._free = seats_by_cell(limits, patterns.cover.shape[1]) - self._people @ patterns.cover
        full = [
            crowd for crowd in crowds_of(patterns, limits) if self._people[list(crowd.patterns)].sum() >= crowd.most
        ]
        self._full = {p for crowd in full for p in crowd.patterns}
        self._excess = [
            (dict(zip(part, over.tolist(), strict=True)), float(self._people[list(part)] @ over))
            for part, over in part_time_excess(patterns, limits)
        ]

    def __call__(self, pattern: int) -> bool:
        """Whether all limits hold with one person more in this pattern."""
        if pattern in self._full or (self._patterns.cover[pattern] > self._free).any():
            return False
        return all(now + over.get(pattern, 0.0) <= _ROUNDING_H for over, now in self._excess if pattern in over)
