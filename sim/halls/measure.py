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
from sim.halls.times import open_time, overtime, times_by_half_hour

__all__ = ["HallRecord", "HallSums", "measure"]

Int64s = NDArray[np.int64]

_OF_THE_WEEK = ("arrivals", "served", "wait_us", "with_target", "over_target")


@dataclass(frozen=True)
class HallSums:
    """Sums of one hall. Arrays by KPI name have one row a scope and one column a period of `periods.labels`.

    The scopes are the customer classes in order, then the kiosks. `waits_s` holds the waits of those served in whole
    seconds, rounded up, `wait_scope` their scope and `wait_half_hour` their half hour since the start, for percentiles.
    `complaints` are those by cause and as filed, and `remedy_fen` what the hall's remedies cost, by period; empty and
    None where the study states none. `sale_fen` is what a sale brings; `run_by` whose hall it is.

    Of the whole hall at its counters: `of_the_week` the sums (7, 48) of the half hours of each weekday, with its open
    time; `queue_us` and `queue_open_us` waiting and open time of the half hours of each day, (days, 48), 0 if not
    measured.
    """

    layout: Layout
    periods: Periods
    thresholds_us: tuple[int, ...]
    counts: dict[str, Int64s]
    open_us: Int64s
    of_the_week: dict[str, Int64s]
    queue_us: Int64s
    queue_open_us: Int64s
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
    times, open_us = times_by_half_hour(record, scope), open_time(record)
    cells = visits | times
    totals = periods.total(np.stack(list(cells.values())))
    at_counters = {name: of_scopes[:-1].sum(axis=0) for name, of_scopes in visits.items() if name in _OF_THE_WEEK}
    served = (record.outcomes.fate == Fate.SERVED) & periods.measured.ravel()[half_hour]
    wait_us = record.outcomes.left_us[served] - record.plan.arrival_us[served]
    return HallSums(
        layout=record.layout,
        periods=periods,
        thresholds_us=record.hall.offered_wait_thresholds_us,
        counts=dict(zip(cells, totals, strict=True)) | overtime(record, scope, periods),
        open_us=periods.total(open_us),
        of_the_week={
            name: periods.total_of_the_week(sums) for name, sums in (at_counters | {"open_us": open_us}).items()
        },
        queue_us=np.where(periods.measured, times["waiting_us"][:-1].sum(axis=0), 0),
        queue_open_us=np.where(periods.measured, open_us, 0),
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
