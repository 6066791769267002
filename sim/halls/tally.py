"""Tally: sums over the customers of a hall by scope, period and time of day. Every sum is a whole number.

A scope is a customer class of a hall, or its kiosks. Sums are made by arrays, or for many customers by one compiled
loop; both are equal, and a test proves it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.halls.periods import Periods
from sim.halls.record import HallRecord
from sim.variates import is_small

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Tally:
    """Sums over customers; times in µs within opening hours, those of closed or unmeasured half hours left in.

    totals         by name: customers and their waits by what became of them, (scopes, periods)
    of_the_week    the same for the half hours of each weekday over all classes, (7, 48)
    targets        customers whose wait counts towards a target, and of them those over it, (2, months, classes, idle or
                   busy, 48); months in the order of the labels
    waiting_us     time spent waiting, (scopes, days, 48); busy_us: being served
    last_us        when the last service at a counter ended on each day, 0 without any
    waits_s        waits of those served in measured half hours, in whole seconds, rounded up
    wait_scope     their scopes; wait_half_hour: their half hours since the start
    """

    totals: dict[str, Int64s]
    of_the_week: dict[str, Int64s]
    targets: Int64s
    waiting_us: Int64s
    busy_us: Int64s
    last_us: Int64s
    waits_s: Int32s
    wait_scope: Int32s
    wait_half_hour: Int32s


def tally(record: HallRecord, periods: Periods, busy: Bools) -> Tally:
    """Sum up the customers of a hall; `busy` marks its busy half hours, (days, 48)."""
    if is_small(len(record.plan)):
        from sim.halls.counts import tallied
    else:
        from sim.halls.compiled_counts import tallied
    return tallied(record, periods, busy)
