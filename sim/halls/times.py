"""Times of a hall by period: how long customers waited and were served, how long counters were staffed, overtime.

Time counts within opening hours, in the half hour in which it passes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from sim.clock import DAY_US, HALF_HOUR_US, HALF_HOURS_A_DAY, NEVER_US
from sim.halls.integrals import time_by_group, time_in_cells
from sim.halls.opening import Changes
from sim.halls.outcomes import Fate
from sim.halls.periods import Periods
from sim.halls.record import HallRecord

Int64s = NDArray[np.int64]


def times_by_half_hour(record: HallRecord, scope: Int64s) -> dict[str, Int64s]:
    """Time in µs within opening hours, as arrays (scopes, days, 48) by name.

    Waiting and busy by scope; staffed counters (first row), kiosks (last).
    """
    plan, outcomes, layout = record.plan, record.outcomes, record.layout
    days, scopes = len(record.days), len(layout.classes) + 1
    _, closes_us = record.open_and_close()
    edges_us = np.arange(days * HALF_HOURS_A_DAY + 1) * HALF_HOUR_US
    # a hall that never closes has its queue and its services open on the next day too
    limit_us = np.full(len(plan), days * DAY_US) if record.hall.never_closes else closes_us[plan.day]
    left_us, gone_us = np.minimum(outcomes.left_us, limit_us), np.minimum(outcomes.gone_us, limit_us)
    waiting = time_by_group(plan.arrival_us, left_us, scope, scopes, edges_us)
    served = outcomes.fate == Fate.SERVED
    busy = time_by_group(left_us[served], gone_us[served], scope[served], scopes, edges_us)
    staffed = np.zeros_like(busy)
    for lane, changes in enumerate(record.changes):
        staffed[scopes - 1 if lane == layout.kiosk_lane else 0] += _by_lane(changes, record.spans, edges_us)
    shape = (scopes, days, HALF_HOURS_A_DAY)
    return {
        name: cells.reshape(shape)
        for name, cells in (("waiting_us", waiting), ("busy_us", busy), ("staffed_us", staffed))
    }


def open_time(record: HallRecord) -> Int64s:
    """Opening hours in µs, (days, 48)."""
    opens_us, closes_us = record.open_and_close()
    opens, days = opens_us >= 0, len(record.days)
    edges_us = np.arange(days * HALF_HOURS_A_DAY + 1) * HALF_HOUR_US
    return time_in_cells(opens_us[opens], closes_us[opens], edges_us).reshape(days, HALF_HOURS_A_DAY)


def overtime(record: HallRecord, scope: Int64s, periods: Periods) -> dict[str, Int64s]:
    """Time from closing until the last counter service ends, and open days, by period (whole days only).

    A hall that never closes has neither.
    """
    scopes, width = len(record.layout.classes) + 1, len(periods.labels)
    over_us, open_days = np.zeros((scopes, width), dtype=np.int64), np.zeros((scopes, width), dtype=np.int64)
    if not record.hall.never_closes:
        opens_us, closes_us = record.open_and_close()
        last_us = closes_us.copy()
        at_counters = (record.outcomes.fate == Fate.SERVED) & (scope < scopes - 1)
        np.maximum.at(last_us, record.plan.day[at_counters], record.outcomes.gone_us[at_counters])
        opens = opens_us >= 0
        over_us[0] = periods.total_of_days(np.where(opens, last_us - closes_us, 0))
        open_days[0] = periods.total_of_days(opens.astype(np.int64))
    return {"overtime_us": over_us, "open_days": open_days}


def _by_lane(changes: Changes, spans: Sequence[schema.Span | None], edges_us: Int64s) -> Int64s:
    """Staffed time of a lane by half hour, cut at the closing of each day; a kiosk may be mended later."""
    steps = np.array(changes, dtype=np.int64).reshape(-1, 2)
    starts_us, levels = steps[:, 0], steps[:, 1]
    closes_us = np.array([DAY_US * n + (0 if span is None else span.close_us) for n, span in enumerate(spans)])
    limit_us = closes_us[starts_us // DAY_US]
    ends_us = np.append(starts_us[1:], NEVER_US)
    return time_in_cells(np.minimum(starts_us, limit_us), np.minimum(ends_us, limit_us), edges_us, levels)
