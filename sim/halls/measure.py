"""Measure: outcomes → sums by scope and period, of customers and of time. Every sum is a whole number.

A scope is a customer class of a hall, or its kiosks (kept apart from counter service levels). Attribution is by the
half hour of arrival, for time by the half hour in which it passes. Division happens once, in `sim.halls.kpis`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.clock import SECOND_US
from sim.halls.costs import remedy_fen
from sim.halls.counts import complaints_by_cause, months_on_target, visits_by_half_hour
from sim.halls.layout import Layout
from sim.halls.outcomes import Fate
from sim.halls.periods import Periods, busy_cells, measured_periods
from sim.halls.record import HallRecord
from sim.halls.times import open_time, overtime, times_by_period

__all__ = ["HallRecord", "HallSums", "measure"]

Int64s = NDArray[np.int64]


@dataclass(frozen=True)
class HallSums:
    """Sums of one hall. Arrays by KPI name have one row a scope and one column a period of `periods.labels`.

    The scopes are the customer classes in order, then the kiosks. `waits_s` holds the waits of those served in whole
    seconds, rounded up, `wait_scope` their scope and `wait_half_hour` their half hour since the start, for percentiles.
    `complaints` are those by cause and as filed, and `remedy_fen` what the hall's remedies cost, by period; empty and
    None where the study states none. `sale_fen` is what a sale brings; `run_by` whose hall it is.
    """

    layout: Layout
    periods: Periods
    thresholds_us: tuple[int, ...]
    counts: dict[str, Int64s]
    open_us: Int64s
    on_target: dict[str, Int64s]
    waits_s: Int64s
    wait_scope: Int64s
    wait_half_hour: Int64s
    complaints: dict[str, tuple[Int64s, Int64s]]
    remedy_fen: Int64s | None
    sale_fen: int
    run_by: str


def measure(record: HallRecord) -> HallSums:
    """Sum up one hall."""
    busy = busy_cells(record.hall, record.days)
    periods = measured_periods(record.days, busy, record.warm_up_us)
    scope, half_hour = record.scope(), record.half_hour()
    visits = visits_by_half_hour(record, scope, half_hour, busy)
    totals = periods.total(np.stack(list(visits.values())))
    served = (record.outcomes.fate == Fate.SERVED) & periods.measured.ravel()[half_hour]
    wait_us = record.outcomes.left_us[served] - record.plan.arrival_us[served]
    return HallSums(
        layout=record.layout,
        periods=periods,
        thresholds_us=record.hall.offered_wait_thresholds_us,
        counts=dict(zip(visits, totals, strict=True))
        | times_by_period(record, scope, periods)
        | overtime(record, scope, periods),
        open_us=open_time(record, periods),
        on_target=months_on_target(record, visits, busy, periods),
        waits_s=-(-wait_us // SECOND_US),
        wait_scope=scope[served],
        wait_half_hour=half_hour[served],
        complaints={
            cause: (periods.total(true), periods.total(filed))
            for cause, (true, filed) in complaints_by_cause(record, half_hour).items()
        },
        remedy_fen=remedy_fen(record, periods),
        sale_fen=record.hall.sales.revenue_fen if record.hall.sales is not None else 0,
        run_by=record.hall.run_by,
    )
