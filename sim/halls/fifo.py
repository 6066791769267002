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
_BITS, _TAGS, _NEVER = 6, 1023, NEVER_US
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
def _or_idle(keys, k, bound):  # type: ignore[no-untyped-def]
    return k if keys[k] < bound else keys[k]


@_inlined
def _least_of_four(keys, k, bound):  # type: ignore[no-untyped-def]
    """The number of the lowest of four counters that is idle before the bound, else the least key; no branches."""
    return min(
        min(_or_idle(keys, k, bound), _or_idle(keys, k + 1, bound)),
        min(_or_idle(keys, k + 2, bound), _or_idle(keys, k + 3, bound)),
    )


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
        for i in range(came_us.size):
            now = came_us[i]
            bound = (now + 1) << _BITS
            least = _NEVER
            if counters > 16:
                for k in range(COUNTERS_MOST):  # a constant number, which becomes a few rounds of vectors
                    least = min(least, _or_idle(keys, k, bound))
            else:
                least = _least_of_four(keys, 0, bound)
                if counters > 4:
                    least = min(least, _least_of_four(keys, 4, bound))
                if counters > 8:
                    least = min(least, _least_of_four(keys, 8, bound))
                if counters > 12:
                    least = min(least, _least_of_four(keys, 12, bound))
            starts_us, chosen = max(now, least >> _BITS), np.uint64(least & (COUNTERS_MOST - 1))
            if (least >= COUNTERS_MOST) & (alike[np.uint64(starts_us & _TAGS)] > 1):
                for k in range(counters):  # of services that end together the lowest entity's ends first
                    if keys[k] >> _BITS == starts_us and whose[k] < whose[chosen]:
                        chosen = np.uint64(k)
            alike[np.uint64((keys[chosen] >> _BITS) & _TAGS)] -= 1
            free_us = starts_us + takes_us[i]
            alike[np.uint64(free_us & _TAGS)] += 1
            keys[chosen] = (free_us << _BITS) | np.int64(chosen)
            whose[chosen] = entities[i]
            at[i] = chosen
            started_us[i], ended_us[i], waited_us[i] = starts_us, free_us, starts_us - now
