"""Visits counted by scope and half hour of arrival: what became of customers, how long they waited, who met its target.

A scope is a customer class of a hall, or its kiosks. Time counts within opening hours, in the half hour in which it
passes.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from scenarios.kpis import KIOSK
from scenarios.schema.complaints import CAUSES
from sim.clock import DAY_US, HALF_HOUR_US, HALF_HOURS_A_DAY, NEVER_US, SECOND_US
from sim.halls.complaints import CONTENT
from sim.halls.integrals import sums_by, time_by_group
from sim.halls.layout import COUNTERS
from sim.halls.outcomes import Fate
from sim.halls.periods import Periods
from sim.halls.record import HallRecord
from sim.halls.setbacks import DONE
from sim.halls.tally import Tally
from sim.halls.treatment import Treated
from sim.rules.queueing import on_target

Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]


def tallied(record: HallRecord, periods: Periods, busy: Bools) -> Tally:
    """Sum up the customers of a hall by arrays; `busy` marks its busy half hours, (days, 48)."""
    plan, outcomes = record.plan, record.outcomes
    scope, half_hour = record.scope(), record.half_hour()
    days, scopes = len(record.days), len(record.layout.classes) + 1
    visits = _visits(record, scope, half_hour, busy)
    totals = periods.total(np.stack(list(visits.values())))
    edges_us = np.arange(days * HALF_HOURS_A_DAY + 1) * HALF_HOUR_US
    limit_us = time_limits(record)[plan.day]
    left_us, gone_us = np.minimum(outcomes.left_us, limit_us), np.minimum(outcomes.gone_us, limit_us)
    served = outcomes.fate == Fate.SERVED
    waiting_us = time_by_group(plan.arrival_us, left_us, scope, scopes, edges_us)
    busy_us = time_by_group(left_us[served], gone_us[served], scope[served], scopes, edges_us)
    last_us, at_counters = np.zeros(days, dtype=np.int64), served & (scope < scopes - 1)
    np.maximum.at(last_us, plan.day[at_counters], outcomes.gone_us[at_counters])
    measured = served & periods.measured.ravel()[half_hour]
    wait_us = (outcomes.left_us - plan.arrival_us)[measured]
    return Tally(
        totals=dict(zip(visits, totals, strict=True)),
        of_the_week={name: periods.total_of_the_week(cells[:-1].sum(axis=0)) for name, cells in visits.items()},
        targets=_by_month(visits, busy, periods),
        waiting_us=waiting_us.reshape(scopes, days, HALF_HOURS_A_DAY),
        busy_us=busy_us.reshape(scopes, days, HALF_HOURS_A_DAY),
        last_us=last_us,
        waits_s=(-(-wait_us // SECOND_US)).astype(np.int32),
        wait_scope=scope[measured].astype(np.int32),
        wait_half_hour=half_hour[measured].astype(np.int32),
    )


def time_limits(record: HallRecord) -> Int64s:
    """For each day until when the time of those who came on it counts: its closing, or the study's end.

    A hall that never closes has its queue and its services open on the next day too.
    """
    days = len(record.days)
    return np.full(days, days * DAY_US) if record.hall.never_closes else record.open_and_close()[1]


def named_lanes(record: HallRecord) -> Bools:
    """Whether each lane is a named one, of the staffed counters; the last is nobody's."""
    return np.array([lane not in (COUNTERS, KIOSK) for lane in record.layout.lanes] + [False])


def targets_us(record: HallRecord) -> tuple[Int64s, Bools]:
    """Target wait by scope at idle and at busy time, NEVER_US without one; and whether the waits of those served count.

    Else the offered waits of all do.
    """
    scopes = len(record.layout.classes) + 1
    target_us = np.full((scopes, 2), NEVER_US, dtype=np.int64)
    over_served = np.zeros(scopes, dtype=bool)
    for code, who in enumerate(record.hall.customers.values()):
        if who.target is not None:
            target_us[code] = who.target.idle_us, who.target.busy_us
            over_served[code] = who.target.over == "served"
    return target_us, over_served


def _visits(record: HallRecord, scope: Int64s, half_hour: Int64s, busy: Bools) -> dict[str, Int64s]:
    """Customers and their waits by what became of them, as arrays (scopes, days, 48) by KPI name."""
    outcomes, plan = record.outcomes, record.plan
    shape = (len(record.layout.classes) + 1, len(record.days), HALF_HOURS_A_DAY)
    key = scope * (shape[1] * shape[2]) + half_hour
    served = outcomes.fate == Fate.SERVED
    wait_us = outcomes.left_us - plan.arrival_us
    counted, over = _targets(record, scope, busy.ravel()[half_hour], served, wait_us)
    named = named_lanes(record)

    def count(who: Bools | slice) -> Int64s:
        return np.bincount(key[who], minlength=math.prod(shape)).reshape(shape)

    found = {
        "arrivals": count(slice(None)),
        "served": count(served),
        "abandoned": count(outcomes.fate == Fate.ABANDONED),
        "balked": count(outcomes.fate == Fate.BALKED),
        "turned_away": count(outcomes.fate == Fate.TURNED_AWAY),
        "wait_us": sums_by(key[served], wait_us[served], math.prod(shape)).reshape(shape),
        "with_target": count(counted),
        "over_target": count(over),
        "eligible": count(plan.eligible),
        "in_named_lanes": count(named[outcomes.lane]) if named.any() else np.zeros(shape, dtype=np.int64),
    }
    for threshold_us in record.hall.offered_wait_thresholds_us:
        found[f"over_{threshold_us}"] = count(outcomes.offered_us > threshold_us)
    if record.hall.setbacks is not None:
        found["unfinished"] = count(served & (plan.setback != DONE))
    if record.hall.sales is not None:
        found["sales"] = count(served & ((plan.treated & Treated.BOUGHT) != 0))
    if record.hall.complaints is not None:
        found["complaints"] = count(record.complained.cause != CONTENT)
    return found


def _targets(record: HallRecord, scope: Int64s, busy: Bools, served: Bools, wait_us: Int64s) -> tuple[Bools, Bools]:
    """Whose waits count towards a target, and who of them waited longer."""
    target_us, over_served = targets_us(record)
    counted = (target_us[:, 0] < NEVER_US)[scope]
    offered_us = record.outcomes.offered_us
    if over_served.any():
        mine = over_served[scope]
        counted &= served | ~mine
        offered_us = np.where(mine, wait_us, offered_us)
    return counted, counted & (offered_us > target_us.ravel()[scope * 2 + busy])


def _by_month(visits: dict[str, Int64s], busy: Bools, periods: Periods) -> Int64s:
    """Customers with a target and those over it, (2, months, classes, idle or busy, 48)."""
    months = periods.by_day[1]
    parts = [
        np.stack([visits[kpi][:-1] * (periods.measured & which) for which in (~busy, busy)], axis=1)
        for kpi in ("with_target", "over_target")
    ]  # (classes, idle or busy, days, 48)
    return np.array([[part[:, :, months == month].sum(axis=2) for month in np.unique(months)] for part in parts])


def customers_elsewhere(record: HallRecord) -> Int64s:
    """Customers whose business another channel took, by class and half hour, (scopes, days, 48)."""
    shape = (len(record.layout.classes) + 1, len(record.days), HALF_HOURS_A_DAY)
    key = record.away.customer_class * (shape[1] * shape[2]) + record.away.arrival_us // HALF_HOUR_US
    return np.bincount(key, minlength=math.prod(shape)).reshape(shape)


def complaints_by_cause(record: HallRecord) -> dict[str, tuple[Int64s, Int64s]]:
    """Complaints by their cause, and by the cause under which they are filed, as arrays (days, 48) each."""
    if record.hall.complaints is None:
        return {}
    rows = np.flatnonzero(record.complained.cause != CONTENT)
    half_hour, cells = record.plan.arrival_us[rows] // HALF_HOUR_US, len(record.days) * HALF_HOURS_A_DAY

    def of(causes: NDArray[np.int8], code: int) -> Int64s:
        return np.bincount(half_hour[causes == code], minlength=cells).reshape(-1, HALF_HOURS_A_DAY)

    cause, filed = record.complained.cause[rows], record.complained.filed[rows]
    return {name: (of(cause, code), of(filed, code)) for code, name in enumerate(CAUSES)}


def months_on_target(record: HallRecord, targets: Int64s, periods: Periods) -> dict[str, Int64s]:
    """For each month, whether each class met its targets: array over classes of 1, 0, or -1 (no target).

    A class meets its target in a month when at least the target's share kept within the wait, in its busy and in
    its idle time: in every half hour, pooled over the month's days, or with `per: period` in each as a whole.
    A month that lies within the warm-up, or in which the hall never opens, has no verdict. `targets` are a tally's.
    """
    months = periods.by_day[1]
    opens = np.array([span is not None for span in record.spans]) & periods.measured.any(axis=1)
    found: dict[str, Int64s] = {}
    for number, month in enumerate(np.unique(months).tolist()):
        verdicts = np.full(len(record.layout.classes), -1, dtype=np.int64)
        if (opens & (months == month)).any():
            for code, who in enumerate(record.hall.customers.values()):
                if who.target is None:
                    continue
                counted, over = targets[:, number, code]
                if who.target.per == "period":
                    counted, over = counted.sum(axis=1), over.sum(axis=1)
                pairs = zip(over.ravel().tolist(), counted.ravel().tolist(), strict=True)
                verdicts[code] = all(on_target(o, n, who.target.share) for o, n in pairs)
        found[periods.labels[month]] = verdicts
    return found
