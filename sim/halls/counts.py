"""Visits counted by scope and half hour of arrival: what became of customers, how long they waited, who met its target.

A scope is a customer class of a hall, or its kiosks.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from scenarios.kpis import KIOSK
from scenarios.schema.complaints import CAUSES
from sim.clock import HALF_HOUR_US, HALF_HOURS_A_DAY, NEVER_US
from sim.halls.complaints import CONTENT
from sim.halls.integrals import sums_by
from sim.halls.layout import COUNTERS
from sim.halls.outcomes import Fate
from sim.halls.periods import Periods
from sim.halls.record import HallRecord
from sim.halls.setbacks import DONE
from sim.halls.treatment import Treated
from sim.rules.queueing import on_target

Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]


def visits_by_half_hour(record: HallRecord, scope: Int64s, half_hour: Int64s, busy: Bools) -> dict[str, Int64s]:
    """Customers and their waits by what became of them, as arrays (scopes, days, 48) by KPI name."""
    outcomes, layout, plan = record.outcomes, record.layout, record.plan
    shape = (len(layout.classes) + 1, len(record.days), HALF_HOURS_A_DAY)
    key = scope * (shape[1] * shape[2]) + half_hour
    served = outcomes.fate == Fate.SERVED
    wait_us = outcomes.left_us - plan.arrival_us
    counted, over = _targets(record, scope, busy.ravel()[half_hour], served, wait_us)
    named = np.array([lane not in (COUNTERS, KIOSK) for lane in layout.lanes] + [False])  # the last for nobody's lane

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
    if record.hall.arrivals.elsewhere is not None:
        away = record.away.customer_class * (shape[1] * shape[2]) + record.away.arrival_us // HALF_HOUR_US
        found["elsewhere"] = np.bincount(away, minlength=math.prod(shape)).reshape(shape)
    if record.hall.complaints is not None:
        found["complaints"] = count(record.complained.cause != CONTENT)
    return found


def complaints_by_cause(record: HallRecord, half_hour: Int64s) -> dict[str, tuple[Int64s, Int64s]]:
    """Complaints by their cause, and by the cause under which they are filed, as arrays (days, 48) each."""
    cells = len(record.days) * HALF_HOURS_A_DAY

    def of(causes: NDArray[np.int8], code: int) -> Int64s:
        return np.bincount(half_hour[causes == code], minlength=cells).reshape(-1, HALF_HOURS_A_DAY)

    if record.hall.complaints is None:
        return {}
    complained = record.complained
    return {cause: (of(complained.cause, code), of(complained.filed, code)) for code, cause in enumerate(CAUSES)}


def _targets(record: HallRecord, scope: Int64s, busy: Bools, served: Bools, wait_us: Int64s) -> tuple[Bools, Bools]:
    """Whose waits count towards a target, and who of them waited longer."""
    scopes = len(record.layout.classes) + 1
    target_us = np.full((scopes, 2), NEVER_US, dtype=np.int64)
    over_served = np.zeros(scopes, dtype=bool)
    for code, who in enumerate(record.hall.customers.values()):
        if who.target is not None:
            target_us[code] = who.target.idle_us, who.target.busy_us
            over_served[code] = who.target.over == "served"
    counted = (target_us[:, 0] < NEVER_US)[scope]
    offered_us = record.outcomes.offered_us
    if over_served.any():
        mine = over_served[scope]
        counted &= served | ~mine
        offered_us = np.where(mine, wait_us, offered_us)
    return counted, counted & (offered_us > target_us.ravel()[scope * 2 + busy])


def months_on_target(record: HallRecord, counts: dict[str, Int64s], busy: Bools, periods: Periods) -> dict[str, Int64s]:
    """For each month, whether each class met its targets: array over classes of 1, 0, or -1 (no target).

    A class meets its target in a month when at least the target's share kept within the wait, in its busy and in
    its idle time: in every half hour, pooled over the month's days, or with `per: period` in each as a whole.
    A month that lies within the warm-up, or in which the hall never opens, has no verdict.
    """
    months = np.array(periods.labels)[periods.by_day[1]]
    opens = np.array([span is not None for span in record.spans])
    counted, over = (
        np.stack([counts[kpi] * (periods.measured & which) for which in (~busy, busy)], axis=1)
        for kpi in ("with_target", "over_target")
    )  # (scopes, idle or busy, days, 48)
    found: dict[str, Int64s] = {}
    for month in sorted(set(months.tolist())):
        now = months == month
        verdicts = np.full(len(record.layout.classes), -1, dtype=np.int64)
        if (periods.measured.any(axis=1) & opens & now).any():
            for code, who in enumerate(record.hall.customers.values()):
                if who.target is None:
                    continue
                axis = 1 if who.target.per == "half_hour" else (1, 2)
                pairs = (part[code][:, now].sum(axis=axis).ravel().tolist() for part in (over, counted))
                verdicts[code] = all(on_target(o, n, who.target.share) for o, n in zip(*pairs, strict=True))
        found[month] = verdicts
    return found
