"""The compiled floor of a plain hall: one queue, equal counters whose number never changes, nobody who leaves it.

There, starts follow from each other in the order of arrival, and no other event decides anything. A test proves equal
outcome arrays. Importing this module imports numba; the machine code is cached on disk.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.clock import NEVER_US
from sim.halls.layout import Layout
from sim.halls.outcomes import Fate
from sim.halls.plan import Plan

Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]

COUNTERS_MOST = 64
"""Above, a heap of counters is quicker than looking at each of them."""

_SERVED = int(Fate.SERVED)


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
    patient = plan.patience_us.min() == NEVER_US and not (layout.advisers and plan.check_us.any())
    if not patient or (plan.priority != plan.priority[0]).any():
        return 0
    somebody = rows_from[:-1] < rows_from[1:]
    if (moves_from[:-1] == moves_from[1:])[somebody].any():
        return 0
    staffed_us, first_us = moves[moves_from[:-1][somebody], 0], plan.arrival_us[rows_from[:-1][somebody]]
    return counters if (staffed_us <= first_us).all() else 0


@njit(cache=True, nogil=True)
def play_plain(  # type: ignore[no-untyped-def]
    first, end, rows_from, counters, entity, arrival_us, service_us,
    fate, queue, lane_of, counter, left_us, gone_us, offered_us,
):  # fmt: skip
    """Floors of a plain hall: each customer takes the lowest idle counter, or the one that becomes free first."""
    free_us, whose = np.zeros(counters, np.int64), np.zeros(counters, np.int64)
    for f in range(first, end):
        free_us[:] = -1
        for i in range(rows_from[f], rows_from[f + 1]):
            now = arrival_us[i]
            chosen = 0
            for k in range(counters):
                if free_us[k] <= now:
                    chosen = k
                    break
                if free_us[k] < free_us[chosen] or (free_us[k] == free_us[chosen] and whose[k] < whose[chosen]):
                    chosen = k
            starts_us = max(now, free_us[chosen])
            fate[i] = _SERVED
            queue[i] = lane_of[i] = 0
            counter[i] = chosen
            left_us[i] = starts_us
            offered_us[i] = starts_us - now
            gone_us[i] = free_us[chosen] = starts_us + service_us[i]
            whose[chosen] = entity[i]
