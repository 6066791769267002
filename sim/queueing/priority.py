"""Waits by class when some customers go first: without interrupting a service (Cobham), or interrupting it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from sim.queueing.arguments import finite, positive, whole
from sim.queueing.erlang import erlang_c


def cobham(arrival_rates: Sequence[float], service_rate: float, counters: int) -> tuple[float, ...]:
    """Mean waits by class in M/M/c with non-preemptive priority, classes in the order in which they go.

    One service law for all. A class whose load, with those above it, fills the counters waits for ever; those above it
    do not. Raises ValueError unless rates are finite and ≥ 0, service_rate positive and finite, counters whole and ≥ 1.
    Source: Cobham (1954), J. Oper. Res. Soc. Am. 2:70; Davis (1966), Oper. Res. 14:133.

    >>> [round(wait, 4) for wait in cobham([0.2, 0.6, 1.2], 3, 1)]  # hours
    [0.2381, 0.3247, 0.9091]
    """
    rates = [finite("arrival_rates", rate) for rate in arrival_rates]
    capacity = Fraction(whole("counters", counters, 1)) * Fraction(positive("service_rate", service_rate))
    if not rates:
        return ()
    residual = erlang_c(sum(rates), service_rate, counters).p_wait / counters / service_rate
    return _spread(rates, capacity, residual)


def preemptive(arrival_rates: Sequence[float], service_rate: float) -> tuple[float, ...]:
    """Mean time lost by class, waiting or interrupted (time in system − service), in preemptive-resume M/M/1.

    A class waits for ever once it and those above it fill the counter. Raises ValueError like `cobham`.
    Source: White & Christie (1958), Oper. Res. 6:79.

    >>> [round(wait, 4) for wait in preemptive([0.2, 0.6], 3)]
    [0.0238, 0.1537]
    """
    rates = [finite("arrival_rates", rate) for rate in arrival_rates]
    service_rate = positive("service_rate", service_rate)
    waits, above = [], 0.0
    for rate, found in zip(rates, _spread(rates, Fraction(service_rate), 1.0 / service_rate), strict=True):
        upto = above + rate
        waits.append(found * (above + (1.0 - above / service_rate) * upto) / service_rate)
        above = upto
    return tuple(waits)


def _spread(rates: Sequence[float], capacity: Fraction, residual: float) -> tuple[float, ...]:
    """residual / ((1 − σ of those above)(1 − σ of it and those above)), by class; σ exactly, as one nears 1."""
    waits, free = [], Fraction(1)
    for rate in rates:
        then = free - Fraction(rate) / capacity
        waits.append(residual / float(free) / float(then) if then > 0 else math.inf)
        free = then
    return tuple(waits)
