"""What binds a plan: the half hour and class nearest to its limit, and what one more shift would do there."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from standfast.staffing.plan import Binding, Demand, Ints, Judge, Patterns, Service


def binding_of(
    demand: Demand,
    patterns: Patterns,
    judge: Judge,
    cap: float | None,
    counters: Ints,
    may_add: Callable[[int], bool],
) -> Binding | None:
    """The promise of a plan that is nearest to its limit; None where nothing is promised or nobody comes.

    Of the cheapest shifts that open a counter then, and that limits allow (`may_add` a pattern), the one that helps
    most is named.
    """
    nearest = _nearest(demand, judge(demand, counters), cap)
    if nearest is None:
        return None
    able = [p for p in np.flatnonzero(patterns.cover[:, nearest.cell]).tolist() if may_add(p)]
    cheapest = min((int(patterns.cost_fen[p]) for p in able), default=0)
    best = nearest
    seen: set[tuple[int, ...]] = set()
    for pattern in able:
        then_open = counters + patterns.cover[pattern]
        if patterns.cost_fen[pattern] > cheapest or tuple(then_open.tolist()) in seen:
            continue
        seen.add(tuple(then_open.tolist()))
        then = _share(judge(demand, then_open), nearest.class_, nearest.cell)
        if then < best.with_one_more:
            best = replace(
                nearest,
                shift=patterns.shift[pattern],
                start_us=int(patterns.start_us[pattern]),
                with_one_more=then,
                cost_fen=cheapest,
            )
    return best


def _nearest(demand: Demand, service: Service, cap: float | None) -> Binding | None:
    found: list[tuple[float, Binding]] = []
    for one in demand.classes:
        for cell, target in enumerate(one.target_min.tolist()):
            now, limit = _share(service, one.name, cell), 1.0 - one.share_within
            if not math.isnan(target) and not math.isnan(now):
                found.append((_use(now, limit), Binding(cell, one.name, target, now, limit, None, None, now, 0)))
    for cell in range(demand.cells) if cap is not None else ():
        now = _share(service, None, cell)
        if cap is not None and not math.isnan(now):
            found.append((_use(now, cap), Binding(cell, None, math.nan, now, cap, None, None, now, 0)))
    return max(found, key=lambda use: use[0])[1] if found else None


def _share(service: Service, class_: str | None, cell: int) -> float:
    return float((service.abandoned if class_ is None else service.over[class_])[cell])


def _use(now: float, limit: float) -> float:
    """How much of its limit a share uses."""
    return now / limit if limit > 0 else math.inf if now > 0 else 0.0
