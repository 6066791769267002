"""Counts what became of the customers of many days, in one compiled pass over them.

Importing this module imports numba; the machine code is cached on disk.
"""

from __future__ import annotations

from numba import njit

from sim.clock import DAY_US, HALF_HOUR_US, HALF_HOURS_A_DAY, NEVER_US
from sim.halls.outcomes import Fate

_SERVED, _ABANDONED = int(Fate.SERVED), int(Fate.ABANDONED)
_BALKED, _TURNED_AWAY = int(Fate.BALKED), int(Fate.TURNED_AWAY)
_DAY, _HALF_HOUR, _A_DAY, _NEVER = DAY_US, HALF_HOUR_US, HALF_HOURS_A_DAY, NEVER_US


@njit(cache=True, nogil=True)
def count(  # type: ignore[no-untyped-def]
    comes, arrival_us, customer_class, fate, queue, lane, left_us, gone_us, offered_us,
    targets_us, of_served, kiosk_queue, kiosk_lane, warm_up, first, close_us, over_midnight,
    arrivals, customers, over, abandoned, left, turned_away, balked, busy_us,
):  # fmt: skip
    """Add up rows of customers into arrays by day, class and half hour; see `hall_days.DayCounts`.

    `comes` marks the rows that count. targets_us is (classes, half hours), `of_served` whether a class counts the waits
    of the served alone. The first `warm_up` days count for nothing; half hours count from the `first` of the clock.
    Counters serve until `close_us` within a day, or over midnight.
    """
    days = arrivals.shape[0]
    for i in range(arrival_us.size):
        if not comes[i]:
            continue
        day = arrival_us[i] // _DAY
        cell = (arrival_us[i] - day * _DAY) // _HALF_HOUR - first
        kind, which = customer_class[i], fate[i]
        if which == _SERVED and lane[i] != kiosk_lane:
            at, end = left_us[i], min(gone_us[i], _DAY * (days + warm_up))
            if not over_midnight:
                end = min(end, day * _DAY + close_us)
            half = at // _HALF_HOUR
            while at < end:
                edge = min((half + 1) * _HALF_HOUR, end)
                if half >= warm_up * _A_DAY:
                    busy_us[half % _A_DAY - first] += edge - at
                at, half = edge, half + 1
        if queue[i] == kiosk_queue:
            continue
        day -= warm_up
        if which == _ABANDONED:
            gone = left_us[i] // _DAY
            within = left_us[i] - gone * _DAY
            gone -= warm_up
            if 0 <= gone < days and within < close_us:
                left[gone, within // _HALF_HOUR - first] += 1
        if day < 0:
            continue
        arrivals[day, cell] += 1
        waited_us = offered_us[i]
        counted = True
        if of_served[kind]:
            counted = which == _SERVED
            waited_us = left_us[i] - arrival_us[i]
        if counted:
            customers[day, kind, cell] += 1
            if waited_us > targets_us[kind, cell] and targets_us[kind, cell] < _NEVER:
                over[day, kind, cell] += 1
        if which == _ABANDONED:
            abandoned[day, cell] += 1
        elif which == _TURNED_AWAY:
            turned_away[day, cell] += 1
        elif which == _BALKED:
            balked[day, cell] += 1
