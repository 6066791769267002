"""Erlang A: customers who wait, but leave when their patience ends (M/M/c+M). Always has a steady state.

Sums over the queue are computed from its far end by two contractions of positive numbers, so there is no overflow
and no difference of near-equal numbers; very patient customers, whose queues are too long to add up, by an integral.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from scipy.special import gammainc

from sim.queueing.arguments import finite, positive, spare, whole
from sim.queueing.erlang import erlang_b

MOST_STEPS = 200_000
"""Longest recursion before the integral takes over."""

PANELS = 24
"""Pieces of the integral, each with as many nodes."""

GONE = 600.0
"""Mean patiences after which only the first term of γ(y, xe^−θt) is left, before e^−θt underflows."""

UNIFORM = 4.4
"""Within this many √y of y SciPy computes P(y, x) by a uniform expansion, good to rounding error for any large y."""


@dataclass(frozen=True)
class Abandonment:
    """Steady state of M/M/c+M, first come first served; waits in the time unit of the rates.

    p_wait: share that finds no idle counter. p_abandon: share that leaves without service. mean_wait: mean time in
    queue of all, those who leave included. mean_queue: mean number waiting. utilisation: busy share of the counters
    (NaN if there are none).
    """

    p_wait: float
    p_abandon: float
    mean_wait: float
    mean_queue: float
    utilisation: float
    _rates: tuple[float, float, float, int] = field(repr=False)

    def p_offered_wait_over(self, wait: float) -> float:
        """P(offered wait > `wait`): what a customer with endless patience would wait, `wait` ≥ 0.

        Density of the virtual wait by Baccelli & Hebuterne (1981): the ratio of two incomplete gamma functions.
        """
        arrivals, service, leave, counters = self._rates
        wait = finite("wait", wait)
        if arrivals == 0 or wait == 0:
            return self.p_wait
        if counters == 0:
            return 1.0
        fade = math.exp(-leave * wait)
        if arrivals >= counters * service:
            shape, end = counters * service / leave, arrivals / leave
            if leave * wait > GONE:
                first = shape * (math.log(end) - leave * wait) - math.lgamma(shape + 1.0)
                return self.p_wait * math.exp(first) / _lower_gamma(shape, end)
            return self.p_wait * _lower_gamma(shape, end * fade) / _lower_gamma(shape, end)
        exponent = -counters * service * wait - arrivals / leave * math.expm1(-leave * wait)
        now, _ = _queue_sums(arrivals, service, leave, counters)
        then, _ = _queue_sums(arrivals * fade, service, leave, counters)
        return min(1.0, self.p_wait * math.exp(min(0.0, exponent)) * now / then)

    def p_wait_over(self, wait: float) -> float:
        """P(time in queue > `wait`) of all customers: offered wait and patience both exceed it."""
        return self.p_offered_wait_over(wait) * math.exp(-self._rates[2] * wait)


def erlang_a(arrival_rate: float, service_rate: float, abandonment_rate: float, counters: int) -> Abandonment:
    """M/M/c+M: Poisson arrivals, exponential service and patience (mean 1/abandonment_rate).

    Raises ValueError unless arrival_rate is finite and ≥ 0, the others positive and finite, counters whole and ≥ 0.
    For endless patience use `erlang_c`. Source: Palm (1957); Garnett, Mandelbaum & Reiman (2002), M&SOM 4:208.

    >>> found = erlang_a(20, 6, 4, 3)  # per hour
    >>> round(found.p_abandon, 5), round(found.mean_queue, 4), round(found.p_wait, 5)
    (0.24193, 1.2097, 0.69265)
    """
    arrivals, service = finite("arrival_rate", arrival_rate), positive("service_rate", service_rate)
    leave, counters = positive("abandonment_rate", abandonment_rate), whole("counters", counters)
    rates = (arrivals, service, leave, counters)
    if arrivals == 0:
        idle = float("nan") if counters == 0 else 0.0
        return Abandonment(0.0 if counters else 1.0, 0.0 if counters else 1.0, 0.0, 0.0, idle, rates)
    if counters == 0:
        return Abandonment(1.0, 1.0, 1.0 / leave, arrivals / leave, math.nan, rates)
    lost = erlang_b(arrivals / service, counters)
    inverse, ahead = _queue_sums(arrivals, service, leave, counters)
    p_wait = lost / (lost + (1.0 - lost) * inverse)
    mean_queue = p_wait * ahead
    p_abandon = min(1.0, leave * mean_queue / arrivals)
    below = arrivals / service * (1.0 - erlang_b(arrivals / service, counters - 1)) / counters
    utilisation = min(1.0, p_wait + (1.0 - p_wait) * below)
    return Abandonment(p_wait, p_abandon, mean_queue / arrivals, mean_queue, utilisation, rates)


def _queue_sums(arrivals: float, service: float, leave: float, counters: int) -> tuple[float, float]:
    """1/F and the mean queue of those who find no idle counter, where F = Σⱼ Πᵢ₌₁ʲ λ/(cμ + iθ).

    From the far end: uⱼ = uⱼ₊₁/(uⱼ₊₁ + r) and hⱼ = r(1 + hⱼ₊₁)/(uⱼ₊₁ + r), r = rⱼ₊₁; errors shrink on the way.
    """
    capacity = counters * service
    if arrivals < 1e-290 * (capacity + leave):
        return 1.0, 0.0
    mode = max(0.0, (arrivals - capacity) / leave)
    spread = math.sqrt(max(arrivals, capacity) / leave)
    fall = math.log1p((capacity - arrivals) / arrivals) if arrivals < capacity else 0.0
    steps = mode + min(10 * spread, 40 / fall if fall > 0 else math.inf)
    if steps > MOST_STEPS:
        return _queue_integrals(arrivals, capacity, spare(counters, service, arrivals, 1.0), leave)
    end, fallen, stride = int(mode), 0.0, 1 + int(0.01 * (steps - mode))
    while fallen > -40.0:
        end += stride
        fallen += stride * math.log(arrivals / (capacity + end * leave))
    u, h = 1.0, 0.0
    for i in range(end, 0, -1):
        ratio = arrivals / (capacity + i * leave)
        u, h = u / (u + ratio), ratio * (1.0 + h) / (u + ratio)
    return u, h


def _queue_integrals(arrivals: float, capacity: float, unused: float, leave: float) -> tuple[float, float]:
    """The same for long queues by F = y∫₀¹(1 − t)^(y−1) e^xt dt, x = λ/θ, y = cμ/θ, and mean queue x·E[t].

    Positive terms, around the peak of the integrand. Far in overload 1/F is 0 and the queue that of a fluid.
    """
    x, y, free = arrivals / leave, capacity / leave, unused / leave
    if free < -40 * math.sqrt(x):
        return 0.0, -free
    peak = max(0.0, -free / x)
    width = 1.0 / max(free, math.sqrt(y))
    first = max(0.0, peak - 12 * width)
    points, weights = np.polynomial.legendre.leggauss(PANELS)
    half = (peak + 45 * width - first) / (2 * PANELS)
    t = (first + half * (2 * np.arange(PANELS)[:, None] + 1 + points)).ravel()
    bend = t**2 * (1 / 2 + t * (1 / 3 + t * (1 / 4 + t * (1 / 5 + t / 6))))
    exponent = -free * t - y * bend - np.log1p(-t)
    highest = float(exponent.max())
    heights = np.fromiter(map(math.exp, (exponent - highest).tolist()), dtype=np.float64, count=exponent.size)
    mass = heights * np.tile(weights, PANELS)
    total = float(mass.sum())
    return math.exp(-highest) / (y * half * total), x * (float(mass @ t) / total)


def _peak(shape: float, excess: float) -> float:
    """x^y e^−x / Γ(y + 1) at x = y(1 + excess), by Stirling's series: no difference of large numbers."""
    distance = excess - math.log1p(excess)
    if abs(excess) < 1e-3:
        distance = excess**2 * (0.5 - excess / 3 + excess**2 / 4 - excess**3 / 5 + excess**4 / 6)
    return math.exp(-shape * distance - 1 / (12 * shape)) / math.sqrt(2 * math.pi * shape)


def _lower_gamma(shape: float, end: float) -> float:
    """P(y, x), the regularised incomplete gamma function; its lower tail by F where SciPy cuts the series short."""
    excess = (end - shape) / shape
    if shape < 1e4 or excess > -UNIFORM / math.sqrt(shape):
        return float(gammainc(shape, end))
    if end == 0:
        return 0.0
    inverse, _ = _queue_sums(end, shape, 1.0, 1)
    return _peak(shape, excess) / inverse
