"""Measure: outcomes → sums by scope and period, of customers and of time. Every sum is a whole number.

A scope is a customer class of a hall, or its kiosks (kept apart from counter service levels). Attribution is by the
half hour of arrival, for time by the half hour in which it passes. Division happens once, in `sim.halls.kpis`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.halls.costs import remedy_fen
from sim.halls.counts import complaints_by_cause, customers_elsewhere, months_on_target
from sim.halls.layout import Layout
from sim.halls.periods import Periods, busy_cells, measured_periods
from sim.halls.record import HallRecord
from sim.halls.tally import Tally, tally
from sim.halls.times import open_time, overtime, staffed_time

__all__ = ["HallRecord", "HallSums", "measure"]

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]


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
    waits_s: Int32s
    wait_scope: Int32s
    wait_half_hour: Int32s
    complaints: dict[str, tuple[Int64s, Int64s]]
    remedy_fen: Int64s | None
    sale_fen: int
    run_by: str


def measure(record: HallRecord) -> HallSums:
    """Sum up one hall."""
    busy = busy_cells(record.hall, record.days)
    periods = measured_periods(record.days, busy, record.warm_up_us)
    found, open_us = tally(record, periods, busy), open_time(record)
    return HallSums(
        layout=record.layout,
        periods=periods,
        thresholds_us=record.hall.offered_wait_thresholds_us,
        counts=found.totals | _times(record, found, periods) | _elsewhere(record, periods),
        open_us=periods.total(open_us),
        of_the_week=found.of_the_week | {"open_us": periods.total_of_the_week(open_us)},
        queue_us=np.where(periods.measured, found.waiting_us[:-1].sum(axis=0), 0),
        queue_open_us=np.where(periods.measured, open_us, 0),
        on_target=months_on_target(record, found.targets, periods),
        waits_s=found.waits_s,
        wait_scope=found.wait_scope,
        wait_half_hour=found.wait_half_hour,
        complaints={
            cause: (periods.total(true), periods.total(filed))
            for cause, (true, filed) in complaints_by_cause(record).items()
        },
        remedy_fen=remedy_fen(record, periods),
        sale_fen=record.hall.sales.revenue_fen if record.hall.sales is not None else 0,
        run_by=record.hall.run_by,
    )


def _times(record: HallRecord, found: Tally, periods: Periods) -> dict[str, Int64s]:
    """Times by name, (scopes, periods): those of the staff in the first row, of the kiosks in the last."""
    waiting_us, busy_us = periods.total(found.waiting_us), periods.total(found.busy_us)
    staffed_us, overtime_us, open_days = np.zeros((3, *waiting_us.shape), dtype=np.int64)
    counters_us, kiosks_us = staffed_time(record)
    staffed_us[0], staffed_us[-1] = periods.total(counters_us), periods.total(kiosks_us)
    overtime_us[0], open_days[0] = overtime(record, found.last_us, periods)
    return {
        "waiting_us": waiting_us,
        "busy_us": busy_us,
        "staffed_us": staffed_us,
        "overtime_us": overtime_us,
        "open_days": open_days,
    }


def _elsewhere(record: HallRecord, periods: Periods) -> dict[str, Int64s]:
    if record.hall.arrivals.elsewhere is None:
        return {}
    return {"elsewhere": periods.total(customers_elsewhere(record))}
