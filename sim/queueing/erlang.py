"""Erlang's formulas: customers who are lost (B) or wait (C) at c counters with Poisson arrivals.

Rates are per unit of time, waits in that unit; *load* is arrival rate × mean service, in erlang. Recursions of positive
terms only, so thousands of counters and loads from 0 to overload keep full precision. A load of c or more has no
steady state: everybody waits, and the wait is infinite.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.queueing.arguments import finite, positive, share, spare, whole


@dataclass(frozen=True)
class Waits:
    """Steady state of M/M/c, first come first served.

    p_wait: share that waits. mean_wait: mean wait of all, in the time unit of the rates. mean_queue: mean number
    waiting. utilisation: busy share of the counters. clearing_rate: rate at which the wait of those who wait ends,
    cμ − λ (0 in overload).
    """

    p_wait: float
    mean_wait: float
    mean_queue: float
    utilisation: float
    clearing_rate: float

    def p_wait_over(self, wait: float) -> float:
        """P(wait > `wait`), `wait` ≥ 0: those who wait do so for an exponential time."""
        return self.p_wait * math.exp(-self.clearing_rate * finite("wait", wait))


def erlang_b(load: float, counters: int) -> float:
    """Share of customers lost at `counters` without a queue (M/G/c/c), load in erlang.

    Raises ValueError unless load is finite and ≥ 0 and counters a whole number ≥ 0. Source: Erlang (1917); recursion by
    Jagerman (1974), Bell Syst. Tech. J. 53:525.

    >>> erlang_b(1.0, 2)
    0.2
    """
    load, counters = finite("load", load), whole("counters", counters)
    lost = 1.0
    for n in range(1, counters + 1):
        lost = load * lost / (n + load * lost)
    return lost


def erlang_b_load(blocking: float, counters: int) -> float:
    """Load in erlang at which `counters` without a queue lose the share `blocking`: Erlang B solved for the load.

    Raises ValueError unless 0 ≤ blocking < 1 and counters ≥ 1.

    >>> round(erlang_b_load(0.01, 10), 3)
    4.461
    """
    blocking, counters = share("blocking", blocking), whole("counters", counters, 1)
    if blocking == 1:
        raise ValueError("blocking 1 is reached only by an infinite load")
    low, high = 0.0, 1.0
    while erlang_b(high, counters) < blocking:
        low, high = high, 2.0 * high
    while True:
        middle = 0.5 * (low + high)
        if not low < middle < high:
            return middle
        low, high = (middle, high) if erlang_b(middle, counters) < blocking else (low, middle)


def erlang_c(arrival_rate: float, service_rate: float, counters: int) -> Waits:
    """M/M/c: Poisson arrivals, exponential service, everybody waits for service.

    Raises ValueError unless arrival_rate is finite and ≥ 0, service_rate positive and finite, counters whole and ≥ 1.
    Source: Erlang (1917).

    >>> round(erlang_c(20 / 60, 6 / 60, 4).mean_wait, 4)  # 20 customers an hour, 10 minutes each: minutes
    9.8658
    """
    arrival_rate, service_rate = finite("arrival_rate", arrival_rate), positive("service_rate", service_rate)
    counters = whole("counters", counters, 1)
    load = arrival_rate / service_rate
    clearing = spare(counters, service_rate, arrival_rate, 1.0)
    if clearing <= 0:
        return Waits(1.0, math.inf, math.inf, 1.0, 0.0)
    lost = erlang_b(load, counters)
    p_wait = counters * lost * service_rate / (clearing + arrival_rate * lost)
    mean_wait = p_wait / clearing
    return Waits(p_wait, mean_wait, arrival_rate * mean_wait, load / counters, clearing)
