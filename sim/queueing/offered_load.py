"""Offered load: how many counters would be busy if there were always one free (Mt/M/∞). It lags behind the arrivals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc

from sim.queueing.arguments import finite, positive, whole
from sim.queueing.profile import Profile, stretches

Floats = NDArray[np.float64]


def offered_load(arrivals_per_hour: Profile, mean_service_min: float, at_min: Sequence[float]) -> Floats:
    """Mean number of busy counters at these times, in erlang, when there are always enough; empty at opening (time 0).

    On each stretch of a straight rate a + bτ: m(τ) = m₀e^−μτ + (a/μ)(1 − e^−μτ) + b(τ/μ − (1 − e^−μτ)/μ²). Exact, and
    the number of busy counters is Poisson with this mean. Times in minutes since opening, in any order.

    Raises ValueError unless mean_service_min is positive and finite and times are finite and ≥ 0.
    Source: Eick, Massey & Whitt (1993), Oper. Res. 41:731; Management Science 39:241.

    >>> rate = Profile((0.0,), (60.0,))
    >>> [round(float(load), 4) for load in offered_load(rate, 5.0, (0, 5, 600))]
    [0.0, 3.1606, 5.0]
    """
    mean = positive("mean_service_min", mean_service_min)
    times = [finite("at_min", time) for time in at_min]
    found = {0.0: 0.0}
    ends = stretches((0.0, max(times, default=0.0)), arrivals_per_hour.at_min, times)
    load = 0.0
    for start, end in pairwise(ends):
        rate, slope = (value / 60.0 for value in arrivals_per_hour.line(start, end))
        passed = (end - start) / mean
        settled = -math.expm1(-passed)
        # passed − settled, by its series where the difference would lose its digits
        risen = (
            passed - settled
            if passed > 1e-2
            else passed**2 * (1 / 2 - passed * (1 / 6 - passed * (1 / 24 - passed * (1 / 120 - passed / 720))))
        )
        load = load * math.exp(-passed) + mean * (rate * settled + slope * mean * risen)
        found[end] = load
    return np.array([found[time] for time in times])


def sinusoidal_load(mean_rate: float, amplitude: float, frequency: float, mean_service: float) -> tuple[float, float]:
    """Mean and amplitude of the offered load, in erlang, for λ(t) = mean_rate + amplitude·sin(frequency·t) for ever.

    The peak comes atan(frequency·service)/frequency after that of the arrivals. Rates per unit of time, frequency in
    radians a unit. Raises ValueError for arguments out of range. Source: Eick, Massey & Whitt (1993).

    >>> [round(value, 6) for value in sinusoidal_load(100, 20, 1, 1)]
    [100.0, 14.142136]
    """
    mean = positive("mean_service", mean_service)
    swing = finite("amplitude", amplitude) * mean / math.hypot(1.0, finite("frequency", frequency) * mean)
    return finite("mean_rate", mean_rate) * mean, swing


def p_at_least(load: float, counters: int) -> float:
    """P(at least `counters` busy) in Mt/M/∞ with this offered load: the tail of a Poisson law."""
    load, counters = finite("load", load), whole("counters", max(0, counters))
    if counters == 0:
        return 1.0
    return float(gammainc(counters, load)) if load > 0 else 0.0


def counters_for(load: float, p_wait: float) -> int:
    """Least number of counters s with P(N ≥ s) ≤ p_wait for N Poisson with this offered load.

    Exact for the delay of Mt/M/s_t+M when patience and service have the same mean. Raises ValueError unless load is
    finite and ≥ 0 and 0 < p_wait ≤ 1. Source: Feldman, Mandelbaum, Massey & Whitt (2008), Management Science 54:324.

    >>> counters_for(100.0, 0.1)
    114
    """
    load = finite("load", load)
    if not 0 < p_wait <= 1:
        raise ValueError(f"p_wait {p_wait} must lie in (0, 1]")
    low, high = -1, max(1, math.ceil(load))
    while p_at_least(load, high) > p_wait:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if p_at_least(load, middle) <= p_wait else (middle, high)
    return high
