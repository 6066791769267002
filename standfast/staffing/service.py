"""The exact judge: what service a number of counters gives, by the chain of the hall. Nothing is simulated.

A whole day says whether a plan is good. A stretch of the day, entered empty, says what no plan can do: with more
counters before and after it nobody in it waits longer, so what fails there fails in every plan that has no more there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.queueing.chain import exact_day
from sim.queueing.day import NO_BALKING, DayResult, HallDay
from sim.queueing.profile import Profile
from standfast.staffing.plan import Demand, Floats, Ints, Service, meets
from standfast.staffing.stretches import Stretch, ample_counters, peak_load, reach, warming_cells

SURE = 1e-8
"""A stretch fails if it misses by more than this: what ample counters and rounding could hide is far less."""


class ExactJudge:
    """Service by cell, exact for halls with `exact_chain`; kept for every demand and counters that were asked.

    `evaluations` counts days and stretches that were computed.
    """

    name = "exact"

    def __init__(self) -> None:
        self.evaluations = 0
        self._known: dict[tuple[Demand, tuple[int, ...]], Service] = {}
        self._failed: dict[tuple[Demand, Stretch, float | None], bool] = {}
        self._ample: dict[Demand, Ints] = {}

    def __call__(self, demand: Demand, counters: Sequence[int] | Ints) -> Service:
        """What these counters do on the whole day. Raises ValueError for a hall that the chain does not describe."""
        levels = tuple(int(level) for level in counters)
        if not demand.exact_chain:
            raise ValueError(f"the hall {demand.hall} is not a chain: judge it by simulation")
        if len(levels) != demand.cells or min(levels) < 0:
            raise ValueError(f"counters {levels} are not a number for each of {demand.cells} half hours")
        key = (demand, levels)
        if key not in self._known:
            self.evaluations += 1
            self._known[key] = _service(demand, levels, range(demand.cells))
        return self._known[key]

    def ample(self, demand: Demand) -> Ints:
        """Counters by cell that are as good as any number of them."""
        if demand not in self._ample:
            self._ample[demand] = ample_counters(demand)
        return self._ample[demand]

    def fail(self, demand: Demand, asked: Sequence[Stretch], cap: float | None) -> list[bool]:
        """Whether the cell of each stretch misses a target or the cap, with ample counters before and after it."""
        return [self._fails(demand, stretch, cap) for stretch in asked]

    def _fails(self, demand: Demand, stretch: Stretch, cap: float | None) -> bool:
        key = (demand, stretch, cap)
        if key not in self._failed:
            self.evaluations += 1
            counters = self.ample(demand).copy()
            counters[stretch.first : stretch.end] = np.minimum(stretch.levels, counters[stretch.first : stretch.end])
            cells = range(
                max(0, stretch.first - warming_cells(demand)),
                min(demand.cells, max(stretch.end, stretch.cell + reach(demand) + 1)),
            )
            service = _service(demand, counters[cells.start : cells.stop], cells, stretch.cell)
            self._failed[key] = not meets(demand, _allowing(service, -SURE), cap)[stretch.cell]
        return self._failed[key]


EFFORT_MOST = 150.0
"""Effort of a day up to which a search by the chain alone takes about a minute or less."""


def is_quick(demand: Demand) -> bool:
    """Whether a search may judge by the chain: it describes the hall, and a day takes it less than about a second.

    Its time grows with the counters, with the kinds of days that a day factor makes, and eightfold with a class that
    goes first (measured). Where this is False, search by simulation.
    """
    if not demand.exact_chain:
        return False
    kinds = 1 if demand.day_cv == 0 else 8 if demand.mean_patience_min < math.inf else 16
    classes = 8 if len({one.priority for one in demand.classes}) > 1 else 1
    return kinds * classes * (7.0 + peak_load(demand)) * demand.cells / 18 <= EFFORT_MOST


def _service(demand: Demand, counters: Sequence[int] | Ints, cells: range, only: int | None = None) -> Service:
    """Service of a stretch of cells entered empty, NaN elsewhere; with `only`, of that cell alone."""
    begin = demand.edges_min[cells.start]
    classes = sorted({one.priority for one in demand.classes})
    close = cells.stop
    if only is not None and len(classes) == 1:
        close = only + 1  # whoever comes later stands behind
    edges = [edge - begin for edge in demand.edges_min[cells.start : close + 1]]
    targets = np.array([one.target_min for one in demand.classes])
    asked = targets[:, cells.start : close] if only is None else targets[:, only : only + 1]
    thresholds = sorted(set(asked[~np.isnan(asked)].tolist()))
    held = [edge - begin for edge in demand.edges_min[cells.start : cells.stop]]
    changed = [n for n in range(len(held)) if n == 0 or counters[n] != counters[n - 1]]
    day = HallDay(
        tuple(edges),
        _from(demand.rate, begin, edges[-1]),
        Profile(tuple(held[n] for n in changed), tuple(int(counters[n]) for n in changed)),
        demand.mean_service_min,
        demand.mean_patience_min,
        vip_share=sum(one.share for one in demand.classes if one.priority == classes[0]) if len(classes) > 1 else 0.0,
        balking=demand.hall_spec.balking.queue if demand.hall_spec.balking is not None else NO_BALKING,
    )
    since = 0.0 if only is None else demand.edges_min[only] - begin
    found = exact_day(day, thresholds, day_cv=demand.day_cv, waits_since_min=since)
    inside = slice(cells.start, close)
    return Service(
        over={
            one.name: _spread(demand, inside, _over(found, one.target_min[inside], _of_chain(one.priority, classes)))
            for one in demand.classes
        },
        over_margin={one.name: np.zeros(demand.cells) for one in demand.classes},
        abandoned=_spread(demand, inside, _left(found)),
        abandoned_margin=np.zeros(demand.cells),
        arrivals=_spread(demand, inside, found.arrivals),
        busy=_spread(demand, inside, found.busy),
        judge="exact",
    )


def _allowing(service: Service, margin: float) -> Service:
    """The same service, with a margin on every share."""
    margins = {name: np.full_like(shares, margin) for name, shares in service.over.items()}
    return replace(service, over_margin=margins, abandoned_margin=np.full_like(service.abandoned, margin))


def _of_chain(priority: int, priorities: list[int]) -> str:
    return "vip" if len(priorities) > 1 and priority == priorities[0] else "std"


def _over(found: DayResult, targets: Floats, customers: str) -> Floats:
    shares = found.offered_wait_over[customers]
    row = {wait: number for number, wait in enumerate(found.thresholds_min)}
    return np.array(
        [shares[row[target], cell] if target in row else math.nan for cell, target in enumerate(targets.tolist())]
    )


def _left(found: DayResult) -> Floats:
    """Customers who leave the queue in each cell, per arrival in it."""
    left = np.sum(list(found.abandonments.values()), axis=0)
    out = np.full(len(left), math.nan)
    np.divide(left, found.arrivals, out=out, where=found.arrivals > 0)
    return out


def _spread(demand: Demand, inside: slice, values: Floats) -> Floats:
    found = np.full(demand.cells, math.nan)
    found[inside] = values
    return found


def _from(rate: Profile, begin_min: float, length_min: float) -> Profile:
    """The profile with its clock set to 0 at a time; what lies before that and after the length is left out."""
    at, value = np.array(rate.at_min), np.array(rate.value)
    later = (at > begin_min) & (at < begin_min + length_min)
    ends = [begin_min, *at[later].tolist()]
    values = [rate.at(begin_min), *value[later].tolist()]
    if rate.linear:
        ends.append(begin_min + length_min)
        values.append(rate.at(begin_min + length_min))
    return Profile(tuple(end - begin_min for end in ends), tuple(float(v) for v in values), rate.linear)
