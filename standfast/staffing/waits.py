"""Waits in minutes: what so many customers of a class don't pass, half hour by half hour, for figures and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from scenarios.units import DAY_US, MINUTE_US
from standfast.staffing.plan import Demand, Floats, Ints
from standfast.staffing.simulated import hall_days

DAYS = 500
"""Days that waits are shown from. Promises are judged elsewhere, on more days or exactly."""


def waits_of(
    demand: Demand, staffings: Sequence[Ints], *, seed: int = 0, days: int = DAYS
) -> tuple[Mapping[str, Floats], ...]:
    """Offered wait in minutes that the promised share of a class's customers doesn't pass, by cell, simulated.

    A mapping class → (H,) for each staffing, on the same days; only classes with a target, NaN where nobody came. A
    class without a promised share of its own (100 %) is shown at 95 %.
    """
    played = hall_days(demand, days, seed, 0)
    plan = played.plan
    time_of_day_us = plan.arrival_us - plan.day * DAY_US
    cell = np.searchsorted(demand.cells_us, time_of_day_us, side="right") - 1
    rows = {name: row for row, name in enumerate(demand.hall_spec.customers)}
    found = []
    for counters in staffings:
        outcomes = played.outcomes(counters)
        waits_min = outcomes.offered_us / MINUTE_US
        at_counters = np.ones(len(plan), dtype=np.bool_)
        if played.layout.has_kiosks:
            at_counters = outcomes.queue != played.layout.kiosk_queue
        found.append(
            {
                one.name: _quantiles(
                    waits_min,
                    cell,
                    at_counters & (plan.customer_class == rows[one.name]),
                    one.share_within if one.share_within < 1 else 0.95,
                    demand.cells,
                )
                for one in demand.classes
                if not np.isnan(one.target_min).all()
            }
        )
    return tuple(found)


def _quantiles(waits_min: Floats, cell: Ints, who: np.ndarray, share: float, cells: int) -> Floats:
    found = np.full(cells, np.nan)
    for h in range(cells):
        here = waits_min[who & (cell == h)]
        if len(here):
            found[h] = float(np.quantile(here, share, method="inverted_cdf"))
    return found
