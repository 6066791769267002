"""Measure: outcomes → sums by scope and period, of customers and of time. Every sum is a whole number.

A scope is a customer class of a hall, or its kiosks (kept apart from counter service levels). Attribution is by the
half hour of arrival, for time by the half hour in which it passes. Division happens once, in `sim.halls.kpis`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from scenarios.calendar import Day
from sim.clock import DAY_US, HALF_HOUR_US, HALF_HOURS_A_DAY, NEVER_US, SECOND_US
from sim.halls.integrals import time_in_cells
from sim.halls.layout import COUNTERS, Layout
from sim.halls.opening import Changes
from sim.halls.outcomes import Fate, Outcomes
from sim.halls.periods import Periods, busy_cells, measured_periods
from sim.halls.plan import Plan
from sim.rules.queueing import on_target

Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class HallRecord:
    """All that one run left of one hall: what was planned, what became of it, and when counters were staffed.

    `spans` holds the opening hours of each day of the study, None where closed; `changes` the staffing of each lane.
    """

    hall: schema.Hall
    layout: Layout
    days: Sequence[Day]
    spans: Sequence[schema.Span | None]
    plan: Plan
    outcomes: Outcomes
    changes: Sequence[Changes]
    warm_up_us: int


@dataclass(frozen=True)
class HallSums:
    """Sums of one hall. Arrays by KPI name have one row a scope and one column a period of `periods.labels`.

    The scopes are the customer classes in order, then the kiosks. `waits_s` holds the waits of those served in whole
    seconds, rounded up, `wait_scope` their scope and `wait_periods` their period in each family, for percentiles.
    """

    layout: Layout
    periods: Periods
    thresholds_us: tuple[int, ...]
    counts: dict[str, Int64s]
    open_us: Int64s
    on_target: dict[str, Int64s]
    waits_s: Int64s
    wait_scope: Int64s
    wait_periods: tuple[Int64s, ...]


def measure(record: HallRecord) -> HallSums:
    """Sum up one hall."""
    busy = busy_cells(record.hall, record.days)
    periods = measured_periods(record.days, busy, record.warm_up_us)
    visits = _Visits(record, busy, periods)
    counts = visits.counts() | _times(record, visits.scope, periods) | _overtime(record, visits.scope, periods)
    served = visits.served & (visits.columns[0] >= 0)
    opens_us, closes_us = _open_and_close(record)
    open_days = opens_us >= 0
    wait_us = record.outcomes.left_us[served] - record.plan.arrival_us[served]
    return HallSums(
        layout=record.layout,
        periods=periods,
        thresholds_us=record.hall.offered_wait_thresholds_us,
        counts=counts,
        open_us=_time_by_period(periods, len(record.days), opens_us[open_days], closes_us[open_days]),
        on_target=visits.on_target(record.days),
        waits_s=-(-wait_us // SECOND_US),
        wait_scope=visits.scope[served],
        wait_periods=tuple(column[served] for column in visits.columns),
    )


class _Visits:
    """The visits of one hall with what their counting needs: scope, half hour, target."""

    def __init__(self, record: HallRecord, busy: Bools, periods: Periods) -> None:
        plan, outcomes, layout = record.plan, record.outcomes, record.layout
        self.record, self.periods = record, periods
        self.scopes = len(layout.classes) + 1
        at_kiosk = outcomes.queue == layout.kiosk_queue if layout.has_kiosks else np.zeros(len(plan), dtype=bool)
        self.scope = np.where(at_kiosk, len(layout.classes), plan.customer_class).astype(np.int64)
        self.cell = plan.arrival_us % DAY_US // HALF_HOUR_US
        self.columns = tuple(code[plan.day, self.cell] for code in periods.codes)
        self.served = outcomes.fate == Fate.SERVED
        self.busy = busy[plan.day, self.cell]
        target_us = np.full((self.scopes, 2), NEVER_US, dtype=np.int64)
        over_served = np.zeros(self.scopes, dtype=bool)
        for code, who in enumerate(record.hall.customers.values()):
            if who.target is not None:
                target_us[code] = who.target.idle_us, who.target.busy_us
                over_served[code] = who.target.over == "served"
        self.has_target = (target_us[:, 0] < NEVER_US)[self.scope]
        self.counted = self.has_target & (self.served | ~over_served[self.scope])
        wait_us = np.where(over_served[self.scope], outcomes.left_us - plan.arrival_us, outcomes.offered_us)
        self.over = self.counted & (wait_us > target_us[self.scope, self.busy.astype(np.int64)])

    def count(self, who: Bools, amounts: Int64s | None = None) -> Int64s:
        """Number of those visits (or the sum of their `amounts`) by scope and period."""
        width = len(self.periods.labels)
        found = np.zeros(self.scopes * width, dtype=np.int64)
        for column in self.columns:
            inside = who & (column >= 0)
            np.add.at(found, self.scope[inside] * width + column[inside], 1 if amounts is None else amounts[inside])
        return found.reshape(self.scopes, width)

    def counts(self) -> dict[str, Int64s]:
        """Customers by what became of them, and their waits."""
        outcomes, layout, plan = self.record.outcomes, self.record.layout, self.record.plan
        named = [i for i, lane in enumerate(layout.lanes) if lane != COUNTERS and i != layout.kiosk_lane]
        everyone = np.ones(len(plan), dtype=bool)
        found = {
            "arrivals": self.count(everyone),
            "served": self.count(self.served),
            "abandoned": self.count(outcomes.fate == Fate.ABANDONED),
            "balked": self.count(outcomes.fate == Fate.BALKED),
            "turned_away": self.count(outcomes.fate == Fate.TURNED_AWAY),
            "wait_us": self.count(self.served, outcomes.left_us - plan.arrival_us),
            "with_target": self.count(self.counted),
            "over_target": self.count(self.over),
            "eligible": self.count(plan.eligible),
            "in_named_lanes": self.count(self.served & np.isin(outcomes.lane, named)),
        }
        for threshold_us in self.record.hall.offered_wait_thresholds_us:
            found[f"over_{threshold_us}"] = self.count(outcomes.offered_us > threshold_us)
        return found

    def on_target(self, days: Sequence[Day]) -> dict[str, Int64s]:
        """For each month, whether each class met its targets: array over classes of 1, 0, or -1 (no target).

        A class meets its target in a month when at least the target's share kept within the wait, in its busy and in
        its idle time: in every half hour, pooled over the month's days, or with `per: period` in each as a whole.
        A month that lies within the warm-up, or in which the hall never opens, has no verdict.
        """
        months = np.array([day.month for day in days])
        found: dict[str, Int64s] = {}
        measured = self.columns[0] >= 0
        opens = np.array([span is not None for span in self.record.spans])
        measured_months = set(months[(self.periods.codes[0] >= 0).any(axis=1) & opens].tolist())
        for month in sorted(set(months.tolist())):
            now = (months == month)[self.record.plan.day] & self.counted & measured
            verdicts = np.full(self.scopes - 1, -1, dtype=np.int64)
            for code, who in enumerate(self.record.hall.customers.values()):
                if who.target is None or month not in measured_months:
                    continue
                mine = now & (self.scope == code)
                groups = self.busy[mine].astype(np.int64)
                if who.target.per == "half_hour":
                    groups = groups * HALF_HOURS_A_DAY + self.cell[mine]
                counted = np.bincount(groups, minlength=1).tolist()
                over = np.bincount(groups[self.over[mine]], minlength=len(counted)).tolist()
                share = who.target.share
                verdicts[code] = all(on_target(o, n, share) for o, n in zip(over, counted, strict=True))
            found[month] = verdicts
        return found


def _times(record: HallRecord, scope: Int64s, periods: Periods) -> dict[str, Int64s]:
    """Time in µs within opening hours: waiting and busy by scope; staffed counters (first row), kiosks (last)."""
    plan, outcomes, layout = record.plan, record.outcomes, record.layout
    days, scopes = len(record.days), len(layout.classes) + 1
    _, closes_us = _open_and_close(record)

    def by_cell(starts_us: Int64s, ends_us: Int64s, weights: Int64s | None = None) -> Int64s:
        return _time_by_period(periods, days, starts_us, ends_us, weights)

    width = len(periods.labels)
    waiting, busy, staffed = (np.zeros((scopes, width), dtype=np.int64) for _ in range(3))
    # a hall that never closes has its queue and its services open on the next day too
    limit_us = np.full(len(plan), days * DAY_US) if record.hall.never_closes else closes_us[plan.day]
    left_us, gone_us = np.minimum(outcomes.left_us, limit_us), np.minimum(outcomes.gone_us, limit_us)
    served = outcomes.fate == Fate.SERVED
    for code in range(scopes):
        mine = scope == code
        waiting[code] = by_cell(plan.arrival_us[mine], left_us[mine])
        busy[code] = by_cell(left_us[mine & served], gone_us[mine & served])
    for lane, changes in enumerate(record.changes):
        steps = _levels(changes, record.spans)
        staffed[scopes - 1 if lane == layout.kiosk_lane else 0] += by_cell(*steps)
    return {
        "waiting_us": waiting,
        "busy_us": busy,
        "staffed_us": staffed,
    }


def _time_by_period(
    periods: Periods, days: int, starts_us: Int64s, ends_us: Int64s, weights: Int64s | None = None
) -> Int64s:
    edges_us = np.arange(days * HALF_HOURS_A_DAY + 1) * HALF_HOUR_US
    cells = time_in_cells(starts_us, ends_us, edges_us, weights).reshape(days, HALF_HOURS_A_DAY)
    return periods.total(cells)


def _open_and_close(record: HallRecord) -> tuple[Int64s, Int64s]:
    """Opening (-1 where closed) and closing time of each day."""
    opens = np.full(len(record.days), -1, dtype=np.int64)
    closes = np.zeros(len(record.days), dtype=np.int64)
    for number, span in enumerate(record.spans):
        if span is not None:
            opens[number], closes[number] = number * DAY_US + span.open_us, number * DAY_US + span.close_us
    return opens, closes


def _levels(changes: Changes, spans: Sequence[schema.Span | None]) -> tuple[Int64s, Int64s, Int64s]:
    """A lane's staffing as intervals with a level, each cut at the closing of its day; a kiosk may be mended later."""
    starts_us = np.array([at_us for at_us, _ in changes], dtype=np.int64)
    levels = np.array([level for _, level in changes], dtype=np.int64)
    closes_us = np.array([DAY_US * n + (0 if span is None else span.close_us) for n, span in enumerate(spans)])
    limit_us = closes_us[starts_us // DAY_US]
    return np.minimum(starts_us, limit_us), np.minimum(np.append(starts_us[1:], NEVER_US), limit_us), levels


def _overtime(record: HallRecord, scope: Int64s, periods: Periods) -> dict[str, Int64s]:
    """Time from closing until the last counter service ends, and open days, by period (whole days only).

    A hall that never closes has neither.
    """
    scopes, width = len(record.layout.classes) + 1, len(periods.labels)
    over_us, open_days = np.zeros((scopes, width), dtype=np.int64), np.zeros((scopes, width), dtype=np.int64)
    opens_us, closes_us = _open_and_close(record)
    last_us = closes_us.copy()
    at_counters = (record.outcomes.fate == Fate.SERVED) & (scope < scopes - 1)
    np.maximum.at(last_us, record.plan.day[at_counters], record.outcomes.gone_us[at_counters])
    closing_days = [] if record.hall.never_closes else np.flatnonzero(opens_us >= 0).tolist()
    for number in closing_days:
        for code in periods.codes:
            column = int(code[number, HALF_HOURS_A_DAY - 1])
            if column >= 0 and periods.by_day[column]:
                over_us[0, column] += last_us[number] - closes_us[number]
                open_days[0, column] += 1
    return {"overtime_us": over_us, "open_days": open_days}
