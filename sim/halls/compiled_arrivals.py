"""The arrival process of `sim.halls.arrivals` for many customers: candidates drawn, admitted and put into order by day.

It decides nothing that the arrays of that module do not decide in the same way; a test holds both equal, to the bit.
Importing this module imports numba; the machine code is cached on disk.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.clock import DAY_US, HALF_HOUR_US, HALF_HOURS_A_DAY
from sim.compiled_draws import block, uniform_of
from sim.draws import Purpose

_CANDIDATES, _ARRIVAL = np.uint64(Purpose.CANDIDATES), np.uint64(Purpose.ARRIVAL)
_DAY, _HALF_HOUR, _CELLS = DAY_US, HALF_HOUR_US, HALF_HOURS_A_DAY

_SLOTS_BITS = 16
_SLOTS = (1 << _SLOTS_BITS) - 1
_TIME_BITS = 31
"""A half hour has fewer µs than 2**31, so that (time in it, slot) is one number by which its customers are ordered."""


@njit(cache=True, nogil=True)
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
                    while size > 0:  # the first height that is not below
                        half = size >> 1
                        if heights[below + half] < u[asked]:
                            below += half + 1
                            size -= half + 1
                        else:
                            size = half
                    counts[d, cell, layer] = below - start
                    total += below - start
                    asked += 1
    return total


@njit(cache=True, nogil=True)
def admit(  # type: ignore[no-untyped-def]
    days, entities, counts, lowers, uppers, first_slots, at_us, per_hour, linear, factors, opens_us, closes_us,
    seed, replication, entity, arrival_us,
):  # fmt: skip
    """Fill `entity` and `arrival_us` with those candidates whom the rate admits, in event order; returns how many."""
    layers, most = lowers.size, 0
    for d in range(days.size):
        most = max(most, counts[d].sum())
    slot, moment, height = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most)
    keys, ordered = np.empty(most, np.int64), np.empty(most, np.int64)
    places = np.empty(4 * most + 4, np.int64)
    found, last = 0, at_us.size - 1
    for d in range(days.size):
        drawn = 0
        for cell in range(_CELLS):
            for layer in range(layers):
                first = (cell << _SLOTS_BITS) + first_slots[layer] - drawn
                for n in range(drawn, drawn + counts[d, cell, layer]):
                    slot[n] = first + n
                drawn += counts[d, cell, layer]
        index, base = np.uint64(days[d]), np.uint64(entities[d])
        for n in range(drawn):
            c0, c1, c2, c3 = block(base + np.uint64(slot[n]), _ARRIVAL, index, seed, replication)
            moment[n] = np.int64(uniform_of(c0, c1) * _HALF_HOUR)
            height[n] = uniform_of(c2, c3)
        n, node = 0, -1
        for cell in range(_CELLS):
            cell_us = cell * _HALF_HOUR
            while node < last and at_us[node + 1] <= cell_us:
                node += 1
            steady = not linear and (node == last or at_us[node + 1] >= cell_us + _HALF_HOUR)
            steady = steady and opens_us[d] <= cell_us and cell_us + _HALF_HOUR <= closes_us[d]
            limit = factors[d] * (per_hour[node] if node >= 0 else 0.0)
            inside = 0
            for layer in range(layers):
                lower, width = lowers[layer], uppers[layer] - lowers[layer]
                end = n + counts[d, cell, layer]
                if steady and uppers[layer] < limit:
                    for i in range(n, end):
                        keys[inside + i - n] = (moment[i] << _SLOTS_BITS) | (slot[i] & _SLOTS)
                    inside += end - n
                elif steady:
                    for i in range(n, end):
                        keys[inside] = (moment[i] << _SLOTS_BITS) | (slot[i] & _SLOTS)
                        inside += lower + height[i] * width < limit
                else:
                    for i in range(n, end):
                        time_us = cell_us + moment[i]
                        at = node
                        while at < last and at_us[at + 1] <= time_us:
                            at += 1
                        rate = 0.0
                        if at >= 0:
                            rate = per_hour[at]
                            if linear and at < last and at_us[at] != time_us:
                                slope = (per_hour[at + 1] - per_hour[at]) / (at_us[at + 1] - at_us[at])
                                rate = slope * (time_us - at_us[at]) + per_hour[at]
                        admitted = lower + height[i] * width < factors[d] * rate
                        if admitted and opens_us[d] <= time_us < closes_us[d]:
                            keys[inside] = (moment[i] << _SLOTS_BITS) | (slot[i] & _SLOTS)
                            inside += 1
                n = end
            _order(keys, inside, ordered, places)
            first_us, first = days[d] * _DAY + cell_us, entities[d] + (cell << _SLOTS_BITS)
            for i in range(inside):
                arrival_us[found + i] = first_us + (ordered[i] >> _SLOTS_BITS)
                entity[found + i] = first + (ordered[i] & _SLOTS)
            found += inside
    return found


@njit(cache=True, nogil=True)
def _order(keys, size, ordered, places):  # type: ignore[no-untyped-def]
    """Fill `ordered` with the keys, least first: by buckets of time, of which most hold one key or none."""
    bits = 1
    while (1 << bits) < size:
        bits += 1
    shift = _SLOTS_BITS + _TIME_BITS - bits
    buckets = (1 << bits) + 1
    for bucket in range(buckets):
        places[bucket] = 0
    for n in range(size):
        places[(keys[n] >> shift) + 1] += 1
    before = 0
    for bucket in range(buckets):
        before += places[bucket]
        places[bucket] = before
    for n in range(size):
        bucket = keys[n] >> shift
        ordered[places[bucket]] = keys[n]
        places[bucket] += 1
    for n in range(1, size):
        key = ordered[n]
        at = n
        while at > 0 and ordered[at - 1] > key:
            ordered[at] = ordered[at - 1]
            at -= 1
        ordered[at] = key
