"""Counters that each half hour needs: a quick stationary estimate, and the least that no plan can go below.

The estimate takes every half hour as if it lasted for ever, at the load that has come in by then (MOL: customers of the
last services are still there). The least asks a judge: with ample counters at all other times, how many are needed now?
"""

from __future__ import annotations

import math

import numpy as np

from sim.queueing.abandonment import erlang_a
from sim.queueing.erlang import erlang_c
from sim.queueing.offered_load import offered_load
from standfast.staffing.plan import ClassDemand, Demand, Floats, Ints
from standfast.staffing.stretches import Stretch, Stretches

_POINTS = 4
"""Moments of each cell at which its load is taken."""


def estimated_requirement(demand: Demand, cap: float | None, only: str | None = None) -> Ints:
    """Counters by cell by the modified offered load and Erlang A, or C where nobody leaves: a start, not a promise.

    Every class's target and the cap; with `only`, the target of one class alone. Counters of named lanes are taken off
    as far as their own customers keep them busy. Days above the mean by one standard deviation are provided for.

    Source: Jennings, Mandelbaum, Massey & Whitt (1996), Management Science 42:1383.
    """
    edges = np.array(demand.edges_min)
    shares = (np.arange(_POINTS) + 0.5) / _POINTS
    times = edges[:-1, None] + np.diff(edges)[:, None] * shares
    load = offered_load(demand.rate, demand.mean_service_min, times.ravel().tolist()).reshape(times.shape).mean(axis=1)
    load = load * (1.0 + demand.day_cv) - _lanes(demand, load)
    classes = [one for one in demand.classes if only in (None, one.name)]
    if only is not None:
        cap = None
    return np.array([_least(demand, classes, cap, cell, float(load[cell])) for cell in range(demand.cells)])


def _lanes(demand: Demand, load: Floats) -> Floats:
    """Load that named lanes take off the common counters."""
    taken = np.zeros(demand.cells)
    hall = demand.hall_spec
    for lane in hall.counters.lanes.values():
        work = {name: what.share * what.service.average_us for name, what in hall.transactions.items()}
        mine = load * sum(work[name] for name in lane.serves) / sum(work.values())
        counters = np.array([lane.staffing.at(at) for at in demand.cells_us.tolist()], dtype=np.float64)
        taken += np.minimum(0.8 * counters, mine)
    return np.minimum(taken, load)


def _least(demand: Demand, classes: list[ClassDemand], cap: float | None, cell: int, load: float) -> int:
    counters = 0 if load <= 0 else 1
    while counters < 10_000 and not _stands(demand, classes, cap, cell, load, counters):
        counters += 1
    return counters


def _stands(
    demand: Demand, classes: list[ClassDemand], cap: float | None, cell: int, load: float, counters: int
) -> bool:
    """Whether a stationary hall with this load keeps its promises."""
    if load <= 0:
        return True
    serve = 1.0 / demand.mean_service_min
    come = load * serve
    if demand.mean_patience_min < math.inf:
        found = erlang_a(come, serve, 1.0 / demand.mean_patience_min, counters)
        if cap is not None and found.p_abandon > cap:
            return False
        wait, over = found.p_wait, found.p_offered_wait_over
    else:
        if load >= counters:
            return False
        served = erlang_c(come, serve, counters)
        wait, over = served.p_wait, served.p_wait_over
    last = max(one.priority for one in demand.classes)
    for one in classes:
        target = float(one.target_min[cell])
        if math.isnan(target):
            continue
        late = over(target)
        if one.priority < last:
            ahead = come * sum(other.share for other in demand.classes if other.priority <= one.priority)
            late = wait * math.exp(-max(0.0, counters * serve - ahead) * target)
        if late > 1.0 - one.share_within:
            return False
    return True


def least_counters(demand: Demand, stretches: Stretches, cap: float | None, start: Ints) -> Ints:
    """The fewest counters in each cell that can do, were there ample ones at all other times; sought from `start`."""
    ample = stretches.ample(demand)
    level = np.clip(start, 1, ample)
    known: dict[tuple[int, int], bool] = {}
    open_cells = list(range(demand.cells))
    while open_cells:
        asked = [Stretch(cell, (int(level[cell]),), cell) for cell in open_cells]
        for stretch, fails in zip(asked, stretches.fail(demand, asked, cap), strict=True):
            known[stretch.cell, stretch.levels[0]] = fails
        still = []
        for cell in open_cells:
            now = int(level[cell])
            if known[cell, now]:
                if now >= ample[cell] or known.get((cell, now + 1)) is False:
                    level[cell] = now + 1
                    continue
                level[cell] = now + 1
            elif now == 0 or known.get((cell, now - 1)):
                continue
            else:
                level[cell] = now - 1
            if (cell, int(level[cell])) in known:
                continue
            still.append(cell)
        open_cells = still
    return level
