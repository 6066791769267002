"""The compiled floor of a hall: one ranked event loop in numba, over as many floors as are asked for.

It decides nothing that the reference engine, `sim.halls.floor`, does not decide in the same way; a test proves equal
outcome arrays on random halls. Importing this module imports numba; the machine code is cached on disk.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from sim.clock import NEVER_US
from sim.compiling import cached
from sim.halls.outcomes import Fate
from sim.heaps import drop, drop_timed, push, push_timed
from sim.rules.queueing import balks

_jit = cached()
_inlined = njit(nogil=True, inline="always")
_balks: Any = _jit(balks)

_PRESENT, _SERVED, _ABANDONED = int(Fate.PRESENT), int(Fate.SERVED), int(Fate.ABANDONED)
_BALKED, _TURNED_AWAY = int(Fate.BALKED), int(Fate.TURNED_AWAY)
_NEVER = NEVER_US

_OUTSIDE, _WAITING, _CHECKING, _CHECKED = 0, 1, 2, 3
"""Where a customer stands: not in a queue, in it, in it with an adviser, in it with its documents checked."""

_ROW_BITS = 40
_ROWS = (1 << _ROW_BITS) - 1
"""A place in the queue is priority << 40 | row: rows are in the order of (time joined, entity)."""


@_jit
def play_floors(  # type: ignore[no-untyped-def]
    first,
    end,
    moves_from,
    rows_from,
    close_us,
    moves,
    own,
    comes,
    entity,
    arrival_us,
    priority,
    transaction,
    service_us,
    checked_service_us,
    kiosk_service_us,
    patience_us,
    willingness,
    to_kiosk,
    check_us,
    queue_of,
    queue_lanes,
    lane_queues,
    rivals,
    balk_from,
    balk_shares,
    rules,
    fate,
    queue,
    lane_of,
    counter,
    left_us,
    gone_us,
    offered_us,
):
    """Floors of one hall, each on its own rows.

    A column from `priority` to `check_us` that is alike for all may have the rows of the longest floor alone; `own`, a
    number a column, is 0 for those and 1 for the others.
    """
    for f in range(first, end):
        a, b = rows_from[f], rows_from[f + 1]
        _play(
            moves[moves_from[f] : moves_from[f + 1]],
            close_us[f],
            comes[a:b],
            entity[a:b],
            arrival_us[a:b],
            priority[a * own[0] : b],
            transaction[a * own[1] : b],
            service_us[a * own[2] : b],
            checked_service_us[a * own[3] : b],
            kiosk_service_us[a * own[4] : b],
            patience_us[a * own[5] : b],
            willingness[a * own[6] : b],
            to_kiosk[a * own[7] : b],
            check_us[a * own[8] : b],
            queue_of,
            queue_lanes,
            lane_queues,
            rivals,
            balk_from,
            balk_shares,
            rules,
            fate[a:b],
            queue[a:b],
            lane_of[a:b],
            counter[a:b],
            left_us[a:b],
            gone_us[a:b],
            offered_us[a:b],
        )


@_jit
def _play(  # type: ignore[no-untyped-def]
    moves,
    close_us,
    comes,
    entity,
    arrival_us,
    priority,
    transaction,
    service_us,
    checked_service_us,
    kiosk_service_us,
    patience_us,
    willingness,
    to_kiosk,
    check_us,
    queue_of,
    queue_lanes,
    lane_queues,
    rivals,
    balk_from,
    balk_shares,
    rules,
    fate,
    queue,
    lane_of,
    counter,
    left_us,
    gone_us,
    offered_us,
):
    """One floor: a loop over events in the order of (time, rank, entity)."""
    fate[:], queue[:], lane_of[:], counter[:] = _PRESENT, -1, -1, -1
    left_us[:], gone_us[:], offered_us[:] = _NEVER, _NEVER, _NEVER
    kiosk_lane, kiosk_queue, kiosk_waits, turns_away, advisers_free = rules
    lanes, queues, customers = lane_queues.shape[0], queue_lanes.shape[0], entity.size
    most_level = np.zeros(lanes, np.int64)
    for m in range(moves.shape[0]):
        most_level[moves[m, 1]] = max(most_level[moves[m, 1]], moves[m, 2])

    level, busy, used = np.zeros(lanes, np.int64), np.zeros(lanes, np.int64), np.zeros(lanes, np.int64)
    free, frees = np.zeros((lanes, most_level.max() + 1), np.int64), np.zeros(lanes, np.int64)
    line, lines = np.empty((queues, customers + 1), np.int64), np.zeros(queues, np.int64)
    waiting = np.zeros(queues, np.int64)
    place = np.full(customers, _OUTSIDE, np.int8)
    ends, n_ends = np.empty((most_level.sum() + 1, 2), np.int64), 0
    # who has left the queue matters before its turn only to those who look at its length, and to advisers
    watched = balk_from.size > 0 or advisers_free > 0
    most_watched = customers + 1 if watched else 1
    limits, n_limits = np.empty((most_watched, 2), np.int64), 0
    checks, n_checks = np.empty((most_watched, 2), np.int64), 0
    to_check, n_to_check = np.empty(customers + 1, np.int64), 0
    arriving, move, shut, closed = 0, 0, False, False

    while True:
        while arriving < customers and not comes[arriving]:
            arriving += 1
        # the next event: sources stand in the order of their ranks, so a later one must be strictly earlier
        now, source = _NEVER, 0
        if move < moves.shape[0]:
            now, source = moves[move, 0], 1
        if not closed and close_us < now:
            now, source = close_us, 2
        if n_checks and checks[0, 0] < now:
            now, source = checks[0, 0], 3
        if n_ends and ends[0, 0] < now:
            now, source = ends[0, 0], 4
        if n_limits and limits[0, 0] < now:
            now, source = limits[0, 0], 5
        if arriving < customers and arrival_us[arriving] < now:
            now, source = arrival_us[arriving], 6
        if source == 0:
            break

        offering = -1  # the lane that may take somebody now
        if source == 1:
            offering = moves[move, 1]
            level[offering] = moves[move, 2]
            move += 1
        elif source == 2:
            closed, shut = True, turns_away == 1
            for q in range(queues):
                manned = False
                for at in range(lanes):
                    lane = queue_lanes[q, at]
                    if lane < 0:
                        break
                    manned = manned or level[lane] > 0
                if shut or not manned:
                    for at in range(lines[q]):
                        i = line[q, at] & _ROWS
                        if not watched and arrival_us[i] + patience_us[i] < now:
                            _abandon(i, arrival_us, patience_us, place, fate, left_us, gone_us)
                        if place[i] != _OUTSIDE:
                            if place[i] == _CHECKING:
                                advisers_free += 1
                            place[i] = _OUTSIDE
                            waiting[q] -= 1
                            fate[i] = _TURNED_AWAY
                            left_us[i] = gone_us[i] = now
        elif source == 3:
            i = checks[0, 1]
            n_checks = drop_timed(checks, n_checks, entity)
            if place[i] == _CHECKING:
                place[i] = _CHECKED
                advisers_free += 1
        elif source == 4:
            i = ends[0, 1]
            n_ends = drop_timed(ends, n_ends, entity)
            offering = lane_of[i]
            busy[offering] -= 1
            frees[offering] = push(free[offering], frees[offering], counter[i])
        elif source == 5:
            i = limits[0, 1]
            n_limits = drop_timed(limits, n_limits, entity)
            if place[i] != _OUTSIDE:
                if place[i] == _CHECKING:
                    advisers_free += 1
                place[i] = _OUTSIDE
                waiting[queue[i]] -= 1
                fate[i] = _ABANDONED
                left_us[i] = gone_us[i] = now
        else:
            i = arriving
            arriving += 1
            q = queue_of[transaction[i]]
            if to_kiosk[i] and (kiosk_waits == 1 or busy[kiosk_lane] < level[kiosk_lane]):
                q = kiosk_queue
            queue[i] = q
            starting = -1
            for at in range(lanes):
                lane = queue_lanes[q, at]
                if lane < 0:
                    break
                if busy[lane] < level[lane]:
                    starting = lane
                    break
            if starting >= 0:
                offered_us[i] = 0
                frees[starting], used[starting] = _take(i, starting, free, frees[starting], used[starting], counter)
                n_ends = _begin(
                    i,
                    starting,
                    now,
                    _OUTSIDE,
                    kiosk_lane,
                    entity,
                    service_us,
                    checked_service_us,
                    kiosk_service_us,
                    fate,
                    lane_of,
                    left_us,
                    gone_us,
                    busy,
                    ends,
                    n_ends,
                )
            else:
                ahead = 0
                for at in range(queues):
                    if rivals[q, at] < 0:
                        break
                    ahead += waiting[rivals[q, at]]
                lines[q] = push(line[q], lines[q], (np.int64(priority[i]) << _ROW_BITS) | i)
                if balk_from.size and _balks(willingness[i], ahead, balk_from, balk_shares):
                    fate[i] = _BALKED
                    left_us[i] = gone_us[i] = now
                else:
                    place[i] = _WAITING
                    waiting[q] += 1
                    if watched and patience_us[i] < _NEVER:
                        n_limits = push_timed(limits, n_limits, now + patience_us[i], i, entity)
                    if check_us[i] > 0:
                        n_to_check = push(to_check, n_to_check, (np.int64(priority[i]) << _ROW_BITS) | i)

        while offering >= 0 and busy[offering] < level[offering] and not shut:
            best, key = -1, _NEVER
            for at in range(queues):
                q = lane_queues[offering, at]
                if q < 0:
                    break
                if lines[q] and line[q, 0] < key:
                    best, key = q, line[q, 0]
            if best < 0:
                break
            lines[best] = drop(line[best], lines[best])
            i = key & _ROWS
            offered_us[i] = now - arrival_us[i]
            if not watched and patience_us[i] < offered_us[i]:
                _abandon(i, arrival_us, patience_us, place, fate, left_us, gone_us)
            stood = place[i]
            if stood != _OUTSIDE:
                if stood == _CHECKING:
                    advisers_free += 1
                place[i] = _OUTSIDE
                waiting[best] -= 1
                frees[offering], used[offering] = _take(i, offering, free, frees[offering], used[offering], counter)
                n_ends = _begin(
                    i,
                    offering,
                    now,
                    stood,
                    kiosk_lane,
                    entity,
                    service_us,
                    checked_service_us,
                    kiosk_service_us,
                    fate,
                    lane_of,
                    left_us,
                    gone_us,
                    busy,
                    ends,
                    n_ends,
                )

        while advisers_free > 0 and n_to_check:
            i = to_check[0] & _ROWS
            n_to_check = drop(to_check, n_to_check)
            if place[i] == _WAITING:
                advisers_free -= 1
                place[i] = _CHECKING
                n_checks = push_timed(checks, n_checks, now + check_us[i], i, entity)

    if not watched:
        for q in range(queues):
            for at in range(lines[q]):
                i = line[q, at] & _ROWS
                if patience_us[i] < _NEVER:
                    _abandon(i, arrival_us, patience_us, place, fate, left_us, gone_us)


@_inlined
def _abandon(i, arrival_us, patience_us, place, fate, left_us, gone_us):  # type: ignore[no-untyped-def]
    """Let a customer who still stands in the queue leave it at the end of its patience."""
    if place[i] != _OUTSIDE:
        place[i] = _OUTSIDE
        fate[i] = _ABANDONED
        left_us[i] = gone_us[i] = arrival_us[i] + patience_us[i]


@_inlined
def _take(i, lane, free, frees, used, counter):  # type: ignore[no-untyped-def]
    """Give the customer the lowest idle counter of the lane."""
    if frees > 0:
        counter[i] = free[lane, 0]
        return drop(free[lane], frees), used
    counter[i] = used
    return frees, used + 1


@_inlined
def _begin(  # type: ignore[no-untyped-def]
    i,
    lane,
    now,
    stood,
    kiosk_lane,
    entity,
    service_us,
    checked_service_us,
    kiosk_service_us,
    fate,
    lane_of,
    left_us,
    gone_us,
    busy,
    ends,
    n_ends,
):
    """Begin a service, and note its end."""
    busy[lane] += 1
    fate[i] = _SERVED
    lane_of[i] = lane
    left_us[i] = now
    takes_us = service_us[i]
    if lane == kiosk_lane:
        takes_us = kiosk_service_us[i]
    elif stood == _CHECKED:
        takes_us = checked_service_us[i]
    gone_us[i] = now + takes_us
    return push_timed(ends, n_ends, gone_us[i], i, entity)
