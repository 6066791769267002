"""Times of a hall: how long counters were staffed and the hall was open, and overtime.

Time counts within opening hours, in the half hour in which it passes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from sim.clock import DAY_US, HALF_HOUR_US, HALF_HOURS_A_DAY, NEVER_US
from sim.halls.breakdowns import Changes, steps_of
from sim.halls.integrals import time_in_cells
from sim.halls.periods import Periods
from sim.halls.record import HallRecord

Int64s = NDArray[np.int64]


def staffed_time(record: HallRecord) -> tuple[Int64s, Int64s]:
    """Time in µs within opening hours, (days, 48): of staffed counters, and of kiosks that work."""
    days = len(record.days)
    edges_us = np.arange(days * HALF_HOURS_A_DAY + 1) * HALF_HOUR_US
    counters, kiosks = np.zeros((2, days * HALF_HOURS_A_DAY), dtype=np.int64)
    for lane, changes in enumerate(record.changes):
        of_lane = kiosks if lane == record.layout.kiosk_lane else counters
        of_lane += _by_lane(changes, record.spans, edges_us)
    return counters.reshape(days, HALF_HOURS_A_DAY), kiosks.reshape(days, HALF_HOURS_A_DAY)


def open_time(record: HallRecord) -> Int64s:
    """Opening hours in µs, (days, 48)."""
    opens_us, closes_us = record.open_and_close()
    opens, days = opens_us >= 0, len(record.days)
    edges_us = np.arange(days * HALF_HOURS_A_DAY + 1) * HALF_HOUR_US
    return time_in_cells(opens_us[opens], closes_us[opens], edges_us).reshape(days, HALF_HOURS_A_DAY)


def overtime(record: HallRecord, last_us: Int64s, periods: Periods) -> tuple[Int64s, Int64s]:
    """Time from closing until the last counter service ends, `last_us` of each day; and open days, by period.

    Periods are those of whole days. A hall that never closes has neither.
    """
    if record.hall.never_closes:
        nothing = np.zeros(len(periods.labels), dtype=np.int64)
        return nothing, nothing
    opens_us, closes_us = record.open_and_close()
    opens = opens_us >= 0
    over_us = np.where(opens, np.maximum(last_us - closes_us, 0), 0)
    return periods.total_of_days(over_us), periods.total_of_days(opens.astype(np.int64))


def _by_lane(changes: Changes, spans: Sequence[schema.Span | None], edges_us: Int64s) -> Int64s:
    """Staffed time of a lane by half hour, cut at the closing of each day; a kiosk may be mended later."""
    steps = steps_of(changes)
    starts_us, levels = steps[:, 0], steps[:, 1]
    shuts_us = [0 if span is None else span.close_us for span in spans]
    closes_us = np.arange(len(spans)) * DAY_US + np.array(shuts_us)
    limit_us = closes_us[starts_us // DAY_US]
    ends_us = np.append(starts_us[1:], NEVER_US)
    return time_in_cells(np.minimum(starts_us, limit_us), np.minimum(ends_us, limit_us), edges_us, levels)
