"""The arrival process of `sim.halls.arrivals` for many customers: candidates drawn, admitted and put into order by day.

It decides nothing that the arrays of that module do not decide in the same way; a test holds both equal, to the bit.
Loops run over parts of arrays from 0, and computed places are unsigned: of other indices numba asks whether they count
from the end, which keeps loops from being vectorised. Importing this module imports numba; machine code is cached.
"""

from __future__ import annotations

import numpy as np

from sim.clock import DAY_US, HALF_HOUR_US, HALF_HOURS_A_DAY
from sim.compiled_draws import block, uniform_of
from sim.compiling import cached
from sim.draws import Purpose

_jit = cached(error_model="numpy")  # a check that nothing is divided by 0 costs vectors, too

_CANDIDATES, _ARRIVAL = np.uint64(Purpose.CANDIDATES), np.uint64(Purpose.ARRIVAL)
_DAY, _HALF_HOUR, _CELLS = DAY_US, HALF_HOUR_US, HALF_HOURS_A_DAY
_ONE = np.uint64(1)

_SLOTS_BITS = 16
_SLOTS = (1 << _SLOTS_BITS) - 1
_TIME_BITS = 31
_TIMES = (1 << _TIME_BITS) - 1
_CELL_FROM = _SLOTS_BITS + _TIME_BITS
"""A half hour has fewer µs than 2**31, so that (half hour, time in it, slot) is one number that orders customers."""
_TOGETHER = 256
"""Half hours are put into order together until they hold so many customers."""


@_jit
def count_candidates(  # type: ignore[no-untyped-def]
    days, entities, highest, lowers, first_slots, heights, heights_from, seed, replication, counts
):
    """Number the candidates of each (day, half hour, layer) in `counts`; returns how many there are in all.

    `entities` are those of each day's candidate 0; `heights` the distribution functions of the layers, one after the
    other.
    """
    layers = lowers.size
    who, u = np.empty(_CELLS * layers, np.uint64), np.empty(_CELLS * layers)
    total = 0
    for d in range(days.size):
        asked = 0
        for cell in range(_CELLS):
            for layer in range(layers):
                if highest[d, cell] > lowers[layer]:
                    who[asked] = entities[d] + (cell << _SLOTS_BITS) + first_slots[layer]
                    asked += 1
        index = np.uint64(days[d])
        for n in range(asked):
            low, high, _, _ = block(who[n], _CANDIDATES, index, seed, replication)
            u[n] = uniform_of(low, high)
        asked = 0
        for cell in range(_CELLS):
            for layer in range(layers):
                if highest[d, cell] > lowers[layer]:
                    start, end = heights_from[layer], heights_from[layer + 1]
                    below, size = start, end - start
                    while size > 0:  # the first height that is not below, without a branch that depends on it
                        half = size >> 1
                        higher = heights[np.uint64(below + half)] < u[asked]
                        below += higher * (half + 1)
                        size = half - (np.int64(higher) & ~size & 1)
                    counts[d, cell, layer] = below - start
                    total += below - start
                    asked += 1
    return total


@_jit
def admit(  # type: ignore[no-untyped-def]
    days, entities, counts, lowers, uppers, first_slots, at_us, per_hour, linear, factors, opens_us, closes_us,
    seed, replication, entity, arrival_us,
):  # fmt: skip
    """Fill `entity` and `arrival_us` with those candidates whom the rate admits, in event order; returns how many."""
    layers, most = lowers.size, 0
    for d in range(days.size):
        most = max(most, counts[d].sum())
    slot, height = np.empty(most, np.int64), np.empty(most)
    candidates, keys, ordered = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64)
    places = np.empty(4 * most + 4, np.int64)
    found, last = np.int64(0), at_us.size - 1
    for d in range(days.size):
        drawn = 0
        for cell in range(_CELLS):
            for layer in range(layers):
                first, count = (cell << _SLOTS_BITS) + first_slots[layer], counts[d, cell, layer]
                slots = slot[drawn : drawn + count]
                for n in range(count):
                    slots[n] = first + n
                drawn += count
        index, base = np.uint64(days[d]), np.uint64(entities[d])
        for n in range(drawn):
            c0, c1, c2, c3 = block(base + np.uint64(slot[n]), _ARRIVAL, index, seed, replication)
            moment = np.int64(uniform_of(c0, c1) * _HALF_HOUR)
            cell_of = slot[n] >> _SLOTS_BITS
            candidates[n] = (cell_of << _CELL_FROM) | (moment << _SLOTS_BITS) | (slot[n] & _SLOTS)
            height[n] = uniform_of(c2, c3)
        n, node, inside, day_us = 0, -1, np.int64(0), days[d] * _DAY
        for cell in range(_CELLS):
            cell_us = cell * _HALF_HOUR
            while node < last and at_us[node + 1] <= cell_us:
                node += 1
            steady = not linear and (node == last or at_us[node + 1] >= cell_us + _HALF_HOUR)
            steady = steady and opens_us[d] <= cell_us and cell_us + _HALF_HOUR <= closes_us[d]
            limit = factors[d] * (per_hour[node] if node >= 0 else 0.0)
            for layer in range(layers):
                lower, width = lowers[layer], uppers[layer] - lowers[layer]
                count, taken = counts[d, cell, layer], np.uint64(0)
                theirs, heights, into = candidates[n : n + count], height[n : n + count], keys[inside : inside + count]
                if steady and uppers[layer] < limit:
                    for i in range(count):
                        into[i] = theirs[i]
                    taken = np.uint64(count)
                elif steady:
                    for i in range(count):
                        into[taken] = theirs[i]
                        taken += np.uint64(lower + heights[i] * width < limit)
                else:
                    for i in range(count):
                        time_us = cell_us + ((theirs[i] >> _SLOTS_BITS) & _TIMES)
                        at = node
                        while at < last and at_us[at + 1] <= time_us:
                            at += 1
                        rate = 0.0
                        if at >= 0:
                            rate = per_hour[at]
                            if linear and at < last and at_us[at] != time_us:
                                slope = (per_hour[at + 1] - per_hour[at]) / (at_us[at + 1] - at_us[at])
                                rate = slope * (time_us - at_us[at]) + per_hour[at]
                        admitted = lower + heights[i] * width < factors[d] * rate
                        into[taken] = theirs[i]
                        taken += np.uint64(admitted and opens_us[d] <= time_us < closes_us[d])
                n, inside = n + count, inside + np.int64(taken)
            if inside >= _TOGETHER or (inside and cell == _CELLS - 1):
                _order(keys, inside, ordered, places)
                times_us, whose = arrival_us[found : found + inside], entity[found : found + inside]
                for i in range(inside):
                    its_cell, moment = ordered[i] >> _CELL_FROM, (ordered[i] >> _SLOTS_BITS) & _TIMES
                    times_us[i] = day_us + its_cell * _HALF_HOUR + moment
                    whose[i] = entities[d] + (its_cell << _SLOTS_BITS) + (ordered[i] & _SLOTS)
                found, inside = found + inside, np.int64(0)
    return found


@_jit
def _order(keys, size, ordered, places):  # type: ignore[no-untyped-def]
    """Fill `ordered` with the keys, least first: by buckets of time, of which most hold one key or none."""
    first, last = keys[0] >> _CELL_FROM, keys[size - 1] >> _CELL_FROM  # half hours follow each other
    lowest, shift = first << _CELL_FROM, 0
    while ((last + 1 - first) << _CELL_FROM) >> shift > 2 * size:
        shift += 1
    buckets = (((last + 1 - first) << _CELL_FROM) >> shift) + 2
    for bucket in range(buckets):
        places[bucket] = 0
    for n in range(size):
        places[np.uint64((keys[n] - lowest) >> shift) + _ONE] += 1
    before = 0
    for bucket in range(buckets):
        before += places[bucket]
        places[bucket] = before
    for n in range(size):
        place = np.uint64((keys[n] - lowest) >> shift)
        ordered[np.uint64(places[place])] = keys[n]
        places[place] += 1
    for n in range(1, size):
        key = ordered[n]
        if ordered[n - 1] > key:  # seldom
            at = np.uint64(n)
            while at > 0 and ordered[at - _ONE] > key:
                ordered[at] = ordered[at - _ONE]
                at -= _ONE
            ordered[at] = key
