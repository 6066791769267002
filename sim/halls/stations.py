"""Floors of which each lane has a queue of its own, compiled: each lane is a station, and none knows of the others.

Importing this module imports numba; the machine code is cached on disk.
"""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER_US
from sim.compiling import cached
from sim.halls.outcomes import Fate
from sim.halls.turns import LATEST_US, LEVEL_MOST, in_lines, serve, within

_PRESENT, _SERVED, _NEVER, _LATEST, _MOST = int(Fate.PRESENT), int(Fate.SERVED), NEVER_US, LATEST_US, LEVEL_MOST


@cached()
def play_stations(  # type: ignore[no-untyped-def]
    first, end, moves_from, rows_from, close_us, moves, comes, entity, arrival_us, priority, service_us,
    kiosk_service_us, patience_us, patience_of, to_kiosk, kiosk_lane, kiosk_waits, turns_away, fate, queue, lane_of,
    counter, left_us, gone_us, offered_us,
):  # fmt: skip
    """Floors of one hall, as far as they are such floors. Returns the first that is not, or `end`.

    Lane and queue 0 are those of the counters, 1 those of the kiosks. A floor may not have many counters, more than two
    priorities, times beyond all sense, or arrivals after a closing at which those who wait are turned away. Row i has
    the patience of row `i & patience_of`.
    """
    longest, most, kiosks = 0, 0, 0
    for f in range(first, end):
        longest = max(longest, rows_from[f + 1] - rows_from[f])
    lines = np.empty(longest + 2, np.uint32)
    for m in range(moves_from[first], moves_from[end]):
        most = max(most, moves[m, 2])
        if moves[m, 1] == 1:
            kiosks = max(kiosks, moves[m, 2])
    if most > _MOST:
        return first
    for f in range(first, end):
        a, b = rows_from[f], rows_from[f + 1]
        if a == b:
            continue
        of_floor = moves[moves_from[f] : moves_from[f + 1]]
        long_us, come, each_us, each_comes = np.int64(0), 0, service_us[a:b], comes[a:b]
        for n in range(b - a):
            long_us = max(long_us, each_us[n])
            come += each_comes[n]
        last_us = max(arrival_us[b - 1], close_us[f])
        for m in range(of_floor.shape[0]):
            last_us = max(last_us, of_floor[m, 0])
        if long_us > (_LATEST - last_us) // (b - a) or (turns_away and arrival_us[b - 1] >= close_us[f]):
            return f
        queue[a:b] = 0
        if come < b - a:
            for i in range(a, b):
                if not comes[i]:
                    fate[i], queue[i], lane_of[i], counter[i] = _PRESENT, -1, -1, -1
                    left_us[i] = gone_us[i] = offered_us[i] = _NEVER
        if kiosk_lane == 1 and not kiosk_waits:
            _at_once(
                a, b, of_floor, kiosks, comes, to_kiosk, arrival_us, kiosk_service_us, fate, queue, lane_of, counter,
                left_us, gone_us, offered_us,
            )  # fmt: skip
        elif kiosk_lane == 1:
            for i in range(a, b):
                if to_kiosk[i] and comes[i]:
                    queue[i] = 1
                long_us = max(long_us, kiosk_service_us[i])
            if long_us > (_LATEST - last_us) // (b - a):
                return f
        for lane in range(2 if kiosk_lane == 1 and kiosk_waits else 1):
            of_first, of_last = in_lines(a, queue[a:b], lane, priority[a:b], lines)
            if of_last < 0:
                return f
            serve(
                lane, of_floor, close_us[f], turns_away, lines, of_first, of_last, entity, arrival_us,
                kiosk_service_us if lane else service_us, patience_us, patience_of, fate, lane_of, counter, left_us,
                gone_us, offered_us,
            )  # fmt: skip
    return end


@within
def _at_once(  # type: ignore[no-untyped-def]
    a, b, moves, kiosks, comes, to_kiosk, arrival_us, service_us, fate, queue, lane_of, counter, left_us, gone_us,
    offered_us,
):  # fmt: skip
    """Serve those who take to the kiosks and find an idle one; the others join the counters' queue."""
    free_us, level, move = np.full(kiosks, -1, np.int64), 0, 0
    for i in range(a, b):
        if not (to_kiosk[i] and comes[i]):
            continue
        now = arrival_us[i]
        while move < moves.shape[0] and moves[move, 0] <= now:
            if moves[move, 1] == 1:
                level = moves[move, 2]
            move += 1
        busy, number = 0, -1
        for k in range(kiosks - 1, -1, -1):
            busy += free_us[k] > now
            number = number if free_us[k] > now else k
        if busy < level:
            free_us[number] = now + service_us[i]
            fate[i], queue[i], lane_of[i], counter[i] = _SERVED, 1, 1, number
            left_us[i], gone_us[i], offered_us[i] = now, free_us[number], 0
