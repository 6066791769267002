"""The compiled floor of a plain hall: one queue, equal counters whose number never changes, nobody who leaves it.

There, starts follow from each other in the order of arrival, and no other event decides anything. A test proves equal
outcome arrays. Importing this module imports numba; the machine code is cached on disk.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.clock import NEVER_US
from sim.compiling import cached
from sim.halls.columns import values_of
from sim.halls.layout import Layout
from sim.halls.plan import Plan

Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]

COUNTERS_MOST = 64
"""Above, a heap of counters is quicker than looking at each of them."""

_inlined = njit(nogil=True, inline="always")
_BITS, _NUMBERS, _TAGS, _NEVER = 6, COUNTERS_MOST - 1, 1023, NEVER_US
_LONGEST_US = float(1 << 56)
"""Times up to here leave room for the number of a counter."""


def plain_counters(
    layout: Layout, plan: Plan, comes: Bools, moves: Int64s, moves_from: Int64s, rows_from: Int64s
) -> int:
    """Number of counters if every floor is a plain one, else 0. Arguments as for `sim.halls.compiled.Floors`.

    Where visitors may come, no floor is plain: they may be served before their turn.
    """
    plain = len(layout.lanes) == 1 and not (layout.has_kiosks or layout.turns_away or layout.balk_from)
    if not plain or not len(plan) or not len(moves) or not comes.all():
        return 0
    counters = int(moves[0, 2])
    if not 0 < counters <= COUNTERS_MOST or (moves[:, 2] != counters).any():
        return 0
    patient = values_of(plan.patience_us).min() == NEVER_US and not (layout.advisers and plan.check_us.any())
    if not patient or (values_of(plan.priority) != plan.priority[0]).any():
        return 0
    last_us, most_us = float(plan.arrival_us[-1]), float(plan.service_us.max()) * len(plan)
    if last_us + most_us >= _LONGEST_US and last_us + plan.service_us.sum(dtype=np.float64) >= _LONGEST_US:
        return 0
    somebody = rows_from[:-1] < rows_from[1:]
    if (moves_from[:-1] == moves_from[1:])[somebody].any():
        return 0
    staffed_us, first_us = moves[moves_from[:-1][somebody], 0], plan.arrival_us[rows_from[:-1][somebody]]
    return counters if (staffed_us <= first_us).all() else 0


@_inlined
def _turns(keys, now_key):  # type: ignore[no-untyped-def]
    """When four counters could begin a service, each time followed by the counter's number; no branches."""
    a, b, c, d = keys
    return max(a, now_key), max(b, now_key + 1), max(c, now_key + 2), max(d, now_key + 3)


@_inlined
def _least(turns):  # type: ignore[no-untyped-def]
    a, b, c, d = turns
    return min(min(a, b), min(c, d))


@_inlined
def _taken(keys, turns, turn, key):  # type: ignore[no-untyped-def]
    """The keys of four counters, with that of the turn replaced if it is one of theirs."""
    a, b, c, d = keys
    at_a, at_b, at_c, at_d = turns
    return (
        key if at_a == turn else a,
        key if at_b == turn else b,
        key if at_c == turn else c,
        key if at_d == turn else d,
    )


@_inlined
def _four(keys, k):  # type: ignore[no-untyped-def]
    return keys[k], keys[k + 1], keys[k + 2], keys[k + 3]


@_inlined
def _of_lowest_entity(turn, keys, whose, counters):  # type: ignore[no-untyped-def]
    """Of services that end together the lowest entity's ends first: the turn at its counter."""
    starts_us, chosen = turn >> _BITS, np.uint64(turn & _NUMBERS)
    for k in range(counters):
        if keys[k] >> _BITS == starts_us and whose[k] < whose[chosen]:
            chosen = np.uint64(k)
    return starts_us << _BITS | np.int64(chosen)


@_inlined
def _play_few(twelve, counters, floor):  # type: ignore[no-untyped-def]
    """A floor of four counters at most, or `twelve`, whose keys stay in the processor's registers."""
    keys, whose, alike, entity, arrival_us, service_us, counter, left_us, gone_us, offered_us = floor
    low, middle, high = _four(keys, 0), _four(keys, 4), _four(keys, 8)
    for i in range(arrival_us.size):
        now = arrival_us[i]
        now_key = now << _BITS
        of_low, of_middle, of_high = _turns(low, now_key), middle, high
        turn = _least(of_low)
        if twelve:
            of_middle, of_high = _turns(middle, now_key + 4), _turns(high, now_key + 8)
            turn = min(turn, min(_least(of_middle), _least(of_high)))
        if (turn >> _BITS > now) & (alike[np.uint64((turn >> _BITS) & _TAGS)] > 1):
            turn = _of_lowest_entity(turn, keys, whose, counters)
        starts_us, chosen, key = turn >> _BITS, np.uint64(turn & _NUMBERS), turn + (service_us[i] << _BITS)
        low = _taken(low, of_low, turn, key)
        if twelve:
            middle, high = _taken(middle, of_middle, turn, key), _taken(high, of_high, turn, key)
        alike[np.uint64((keys[chosen] >> _BITS) & _TAGS)] -= 1
        alike[np.uint64((key >> _BITS) & _TAGS)] += 1
        keys[chosen], whose[chosen], counter[i] = key, entity[i], chosen
        left_us[i], gone_us[i], offered_us[i] = starts_us, key >> _BITS, starts_us - now


@_inlined
def _play_many(counters, floor):  # type: ignore[no-untyped-def]
    """A floor of up to 64 counters, each of which is looked at."""
    keys, whose, alike, entity, arrival_us, service_us, counter, left_us, gone_us, offered_us = floor
    for i in range(arrival_us.size):
        now = arrival_us[i]
        now_key, turn = now << _BITS, _NEVER
        for k in range(COUNTERS_MOST):  # a constant number, which becomes a few rounds of vectors
            turn = min(turn, max(keys[k], now_key + k))
        if (turn >> _BITS > now) & (alike[np.uint64((turn >> _BITS) & _TAGS)] > 1):
            turn = _of_lowest_entity(turn, keys, whose, counters)
        starts_us, chosen, key = turn >> _BITS, np.uint64(turn & _NUMBERS), turn + (service_us[i] << _BITS)
        alike[np.uint64((keys[chosen] >> _BITS) & _TAGS)] -= 1
        alike[np.uint64((key >> _BITS) & _TAGS)] += 1
        keys[chosen], whose[chosen], counter[i] = key, entity[i], chosen
        left_us[i], gone_us[i], offered_us[i] = starts_us, key >> _BITS, starts_us - now


@cached()
def play_plain(  # type: ignore[no-untyped-def]
    first, end, rows_from, counters, entity, arrival_us, service_us, counter, left_us, gone_us, offered_us
):
    """Floors of a plain hall: each customer takes the lowest idle counter, or the one that becomes free first."""
    whose, keys = np.zeros(COUNTERS_MOST, np.int64), np.empty(COUNTERS_MOST, np.int64)
    alike = np.zeros(_TAGS + 1, np.int64)  # how many counters become free at times with the same last bits
    for f in range(first, end):
        rows = slice(rows_from[f], rows_from[f + 1])
        came_us, takes_us, entities, at = arrival_us[rows], service_us[rows], entity[rows], counter[rows]
        started_us, ended_us, waited_us = left_us[rows], gone_us[rows], offered_us[rows]
        if counters == 1:
            free_us = -1
            for i in range(came_us.size):
                starts_us = max(came_us[i], free_us)
                free_us = starts_us + takes_us[i]
                at[i] = 0
                started_us[i], ended_us[i], waited_us[i] = starts_us, free_us, starts_us - came_us[i]
            continue
        for k in range(COUNTERS_MOST):  # a counter's key is the time at which it is free, then its number
            keys[k] = k - COUNTERS_MOST if k < counters else _NEVER
        alike[:] = 0
        alike[_TAGS] = counters
        floor = (keys, whose, alike, entities, came_us, takes_us, at, started_us, ended_us, waited_us)
        if counters <= 4:
            _play_few(False, counters, floor)
        elif counters <= 12:
            _play_few(True, counters, floor)
        else:
            _play_many(counters, floor)
