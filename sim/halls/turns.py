"""One lane of counters and the only queue that it serves, compiled: customers in the order of their turns.

There, arrivals and lapses of patience need no events: whoever came before a turn waits for it, and whoever would have
to wait longer than it bears has left. A test proves outcomes equal to those of the reference engine, `sim.halls.floor`.
Importing this module imports numba; the machine code is cached on disk.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numba.cpython.unsafe.numbers import trailing_zeros

from sim.clock import NEVER_US
from sim.halls.outcomes import Fate

LEVEL_MOST = 64
"""Most counters of a lane: the idle ones are the bits of one number."""

LATEST_US = 1 << 56
"""Times before it leave room for the number of a counter."""

_njit: Any = njit
within = _njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""Compile what only compiled code calls. Without the ways in for Python, that takes three quarters of the time."""

_lowest_bit: Any = trailing_zeros

_PRESENT, _SERVED = int(Fate.PRESENT), int(Fate.SERVED)
_ABANDONED, _TURNED_AWAY = int(Fate.ABANDONED), int(Fate.TURNED_AWAY)
_NEVER = NEVER_US
_BITS, _NUMBERS, _LAST = 6, LEVEL_MOST - 1, (LATEST_US << 6) - 1
_NOBODY = (1 << 32) - 1
_0, _1 = np.uint64(0), np.uint64(1)
"""Places and rows are unsigned, since compiled code looks at other numbers twice: they may count from the end."""


@within
def in_lines(first_row, queue, mine, priority, lines):  # type: ignore[no-untyped-def]
    """The rows of those in queue `mine` in two lines, each in the order of arrival; they count from `first_row`.

    The first line holds those served first, from place 0 of `lines` on, then a place for its end; the second follows,
    with a place for its end. Returns the lengths of both; the second is −1 if there are more than two priorities.
    """
    first, last, joins, of_first = priority[0], priority[0], 0, 0
    for n in range(queue.size):
        first, last = min(first, priority[n]), max(last, priority[n])
    for n in range(queue.size):
        joins += queue[n] == mine
        of_first += (queue[n] == mine) & (priority[n] == first)
    at_first, at_last, between = _0, np.uint64(of_first + 1), 0
    for n in range(queue.size):
        lines[at_first] = lines[at_last] = first_row + n  # without a branch: who does not stand there is written over
        stands = np.uint64(queue[n] == mine)
        is_first = np.uint64(priority[n] == first)
        at_first += stands & is_first
        at_last += stands & (is_first ^ _1)
        between += (priority[n] != first) & (priority[n] != last)
    lines[at_first] = lines[at_last] = _NOBODY
    return of_first, joins - of_first if between == 0 else -1


@within
def serve(  # type: ignore[no-untyped-def]
    lane, moves, close_us, turns_away, lines, of_first, of_last, entity, arrival_us, service_us, patience_us,
    patience_of, fate, lane_of, counter, left_us, gone_us, offered_us,
):  # fmt: skip
    """Let the customers of two lines have their turns at a lane.

    Of events at the same time, changes of the staffing come first, then closing, ends of services in the order of
    entities, and arrivals. Where those who wait are turned away at closing, nobody may come later. Row i has the
    patience of row `i & patience_of`.
    """
    # when each counter is free, in ascending order: time << 6 | its number; the first `ready` of them are idle
    free, whose = np.empty(LEVEL_MOST + 2, np.int64), np.empty(LEVEL_MOST, np.int64)
    counters, ready, idle = 0, _0, ~_0
    free[0] = _NEVER
    level, move, closes_us, cut_us, now = 0, 0, close_us, -1, -1
    at_first, at_last = _0, np.uint64(of_first + 1)
    i_first, i_last = lines[at_first], lines[at_last]
    us_first = arrival_us[i_first] if i_first != _NOBODY else _NEVER
    us_last = arrival_us[i_last] if i_last != _NOBODY else _NEVER
    standing = of_first + of_last
    while standing:
        while move < moves.shape[0] and moves[move, 1] != lane:
            move += 1
        change_us = min(moves[move, 0] if move < moves.shape[0] else _NEVER, closes_us)
        before = min(change_us, LATEST_US) << _BITS
        while counters > level and free[0] < before:  # taken off the staff at the end of the service
            _lowest_entity_first(free, counters, whose)
            idle |= _1 << np.uint64(free[0] & _NUMBERS)
            counters = _without_first(free, counters)
        while standing and counters <= level:
            came_us = min(us_first, us_last)
            until = min(came_us << _BITS | _NUMBERS, before - 1)
            while free[ready] <= until:
                idle |= _1 << np.uint64(free[ready] & _NUMBERS)
                ready += _1
            if ready:
                turn_us = max(now, came_us)
                if turn_us >= change_us:
                    break
            else:
                if free[0] >= before:
                    break
                turn_us = free[0] >> _BITS
                if counters > 1 and free[1] >> _BITS == turn_us:
                    _lowest_entity_first(free, counters, whose)
                idle |= _1 << np.uint64(free[0] & _NUMBERS)
                ready = _1
            now = turn_us
            standing -= 1
            if us_first < now or (us_last >= now and i_first < i_last):
                i, came_us = i_first, us_first
                at_first += _1
                i_first = lines[at_first]
                us_first = arrival_us[i_first] if i_first != _NOBODY else _NEVER
            else:
                i, came_us = i_last, us_last
                at_last += _1
                i_last = lines[at_last]
                us_last = arrival_us[i_last] if i_last != _NOBODY else _NEVER
            offered_us[i] = now - came_us
            if patience_us[i & patience_of] < now - came_us or came_us < cut_us:
                _leave(i, came_us, patience_us[i & patience_of], cut_us, fate, lane_of, counter, left_us, gone_us)
                continue
            number = _lowest_bit(idle)
            idle &= idle - _1
            ready -= _1
            end_us = now + service_us[i]
            fate[i], lane_of[i], counter[i], left_us[i], gone_us[i] = _SERVED, lane, number, now, end_us
            whose[number] = entity[i]
            key = end_us << _BITS | np.int64(number)
            for k in range(1, counters):
                free[k - 1], key = min(key, free[k]), max(key, free[k])
            free[counters - 1] = key
        if change_us == _NEVER:
            break
        now = change_us
        if move < moves.shape[0] and moves[move, 0] == now:
            level = moves[move, 2]
            move += 1
            while counters < level:
                for k in range(counters, -1, -1):
                    free[k + 1] = free[k]
                free[0] = -1
                counters += 1
                ready += _1
            while counters > level and ready:
                counters = _without_first(free, counters)
                ready -= _1
            continue
        closes_us = _NEVER
        if turns_away or level == 0:
            cut_us = now
        if turns_away:
            break
    ends = np.uint64(of_first), np.uint64(of_first + 1 + of_last)
    for at, end in ((at_first, ends[0]), (at_last, ends[1])):
        while at < end:
            i = lines[at]
            offered_us[i] = _NEVER  # no counter would ever have taken it
            _leave(i, arrival_us[i], patience_us[i & patience_of], cut_us, fate, lane_of, counter, left_us, gone_us)
            at += _1


@within
def _without_first(free, counters):  # type: ignore[no-untyped-def]
    for k in range(counters):
        free[k] = free[k + 1]
    return counters - 1


@within
def _lowest_entity_first(free, counters, whose):  # type: ignore[no-untyped-def]
    """Of the services that end first, and together, put that of the lowest entity first."""
    least = 0
    for k in range(1, counters):
        tied = free[k] >> _BITS == free[0] >> _BITS
        if tied and whose[free[k] & _NUMBERS] < whose[free[least] & _NUMBERS]:
            least = k
    free[0], free[least] = free[least], free[0]


@within
def _leave(i, came_us, patience_us, cut_us, fate, lane_of, counter, left_us, gone_us):  # type: ignore[no-untyped-def]
    """Let a customer leave the queue at the end of its patience, at closing, or never."""
    until_us, end = came_us + patience_us, _ABANDONED
    if came_us < cut_us <= until_us:
        until_us, end = cut_us, _TURNED_AWAY
    elif patience_us >= _NEVER:
        until_us, end = _NEVER, _PRESENT
    fate[i], lane_of[i], counter[i], left_us[i], gone_us[i] = end, -1, -1, until_us, until_us
