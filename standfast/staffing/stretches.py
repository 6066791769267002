"""Stretches of a day: a few half hours with given counters and ample ones before and after.

What fails there fails in every plan that has no more counters there. A judge that knows whole days only is asked about
several stretches at once, far enough apart not to meet.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np

from sim.queueing.offered_load import counters_for, offered_load
from standfast.staffing.plan import Bools, Demand, Floats, Ints, Judge, Service, meets

AMPLE = 1e-5
"""Chance that an ample number of counters are all busy: more of them change a share by some 1e-10 (measured)."""


@dataclass(frozen=True)
class Stretch:
    """Counters from cell `first` on, and the cell whose promises are asked about."""

    first: int
    levels: tuple[int, ...]
    cell: int

    @property
    def end(self) -> int:
        """The first cell after it."""
        return self.first + len(self.levels)


class Stretches(Protocol):
    """Says which stretches fail, and how many counters are ample. Answers are kept."""

    def ample(self, demand: Demand) -> Ints: ...

    def fail(self, demand: Demand, asked: Sequence[Stretch], cap: float | None) -> list[bool]: ...


class Windowed(Protocol):
    """A judge of whole days that can also leave out those who come in other cells than the ones marked."""

    def within(self, demand: Demand, counters: Sequence[int] | Ints, came: Bools) -> Service: ...


MOSTLY = 0.75
"""Share of a day's cells from which on a question about parts of it is one about the whole day."""


class WholeDays:
    """Stretches by a judge of whole days.

    One that is `Windowed` plays only those who come while a stretch warms up, in it, and as long after it as a wait in
    it may depend on: fewer customers make nobody wait longer, so what fails then fails with all of them.
    """

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._windowed = cast("Windowed", judge) if hasattr(judge, "within") else None

    def ample(self, demand: Demand) -> Ints:
        """Counters by cell that are as good as any number of them."""
        return ample_counters(demand)

    def fail(self, demand: Demand, asked: Sequence[Stretch], cap: float | None) -> list[bool]:
        """Whether the cell of each stretch misses a target or the cap."""
        found: dict[Stretch, bool] = {}
        for together in _apart(asked, max(reach(demand), warming_cells(demand))):
            counters = ample_counters(demand)
            for stretch in together:
                counters[stretch.first : stretch.end] = stretch.levels
            came = _came(demand, together)
            if self._windowed is None or demand.hall_spec.never_closes or came.mean() > MOSTLY:
                service = self._judge(demand, counters)
            else:
                service = self._windowed.within(demand, counters, came)
            fine: Bools = meets(demand, service, cap)
            found.update({stretch: not fine[stretch.cell] for stretch in together})
        return [found[stretch] for stretch in asked]


def _came(demand: Demand, together: Sequence[Stretch]) -> Bools:
    """Cells whose customers some of these stretches may see."""
    came = np.zeros(demand.cells, dtype=np.bool_)
    for stretch in together:
        came[max(0, stretch.first - warming_cells(demand)) : max(stretch.end, stretch.cell + reach(demand) + 1)] = True
    return came


def _apart(asked: Sequence[Stretch], gap: int) -> list[list[Stretch]]:
    """Stretches in groups of which no two are nearer than `gap` cells."""
    groups: list[list[Stretch]] = []
    for stretch in sorted(set(asked), key=lambda one: (one.first, one.end, one.levels, one.cell)):
        for group in groups:
            if stretch.first >= group[-1].end + gap:
                group.append(stretch)
                break
        else:
            groups.append([stretch])
    return groups


def reach(demand: Demand) -> int:
    """Cells after its own on which the wait of a customer who comes in a cell may depend."""
    longest = demand.longest_target_min
    widths = np.diff(demand.edges_min)
    return min(demand.cells - 1, math.ceil(longest / float(widths[1:-1].min(initial=widths.max())) - 1e-9))


def warming_cells(demand: Demand) -> int:
    """Cells after which a hall that opened empty is as busy as it ever is: about five services."""
    return math.ceil(5.0 * demand.mean_service_min / float(np.diff(demand.edges_min).max()))


def ample_counters(demand: Demand) -> Ints:
    """Counters by cell of which all are busy with probability AMPLE at most, at each end and in the middle of it."""
    load = _highest_load(demand) * (1.0 + 4.0 * demand.day_cv)
    return np.array([max(1, counters_for(float(value), AMPLE)) for value in load], dtype=np.int64)


def peak_load(demand: Demand) -> float:
    """The highest offered load of the day, in erlang."""
    return float(_highest_load(demand).max())


def _highest_load(demand: Demand) -> Floats:
    edges = np.array(demand.edges_min)
    times = np.concatenate((edges, (edges[1:] + edges[:-1]) / 2))
    load = offered_load(demand.rate, demand.mean_service_min, times.tolist())
    ends = np.maximum(load[: len(edges) - 1], load[1 : len(edges)])
    return np.maximum(ends, load[len(edges) :])
