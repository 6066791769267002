"""Service times that are not exponential: Pollaczek–Khinchine, Allen–Cunneen, and Crommelin's constant service."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import lambertw

from sim.queueing.arguments import finite, positive, spare, whole
from sim.queueing.erlang import erlang_b


@dataclass(frozen=True)
class MeanWait:
    """Steady-state means: wait in the time unit of the rates, number waiting, and share that waits (NaN if unknown)."""

    mean_wait: float
    mean_queue: float
    p_wait: float


_NEVER = MeanWait(math.inf, math.inf, 1.0)


def pollaczek_khinchine(arrival_rate: float, mean_service: float, service_cv: float) -> MeanWait:
    """M/G/1: Poisson arrivals, any service with this mean and coefficient of variation. Exact. Infinite at full load.

    Raises ValueError unless arrival_rate and service_cv are finite and ≥ 0, mean_service positive and finite.
    Source: Pollaczek (1930), Khinchine (1932).

    >>> round(pollaczek_khinchine(1 / 30, 24, 20 / 24).mean_queue, 4)
    2.7111
    """
    arrivals, service = finite("arrival_rate", arrival_rate), positive("mean_service", mean_service)
    cv, load, idle = finite("service_cv", service_cv), arrivals * service, spare(1.0, 1.0, arrivals, service)
    if idle <= 0:
        return _NEVER
    wait = 0.5 * load * service * (1.0 + cv * cv) / idle
    return MeanWait(wait, arrivals * wait, load)


def allen_cunneen(
    arrival_rate: float, mean_service: float, counters: int, arrival_cv: float, service_cv: float
) -> MeanWait:
    """G/G/c, approximately: the wait of M/M/c times (ca² + cs²)/2, cv of the gaps and of service.

    Exact for M/M/c and M/G/1. The share that waits is taken from M/M/c. Infinite at full load. Raises ValueError like
    `erlang_c`, and unless the cv are finite and ≥ 0. Source: Allen (1990), Probability, Statistics and
    Queueing Theory, 2nd ed., ch. 5.

    >>> round(allen_cunneen(2, 1 / 3, 1, 1, 1).mean_queue, 9)
    1.333333333
    """
    arrivals, service = finite("arrival_rate", arrival_rate), positive("mean_service", mean_service)
    counters = whole("counters", counters, 1)
    ca, cs = finite("arrival_cv", arrival_cv), finite("service_cv", service_cv)
    load, idle = arrivals * service, spare(counters, 1.0, arrivals, service)
    if idle <= 0:
        return _NEVER
    lost = erlang_b(load, counters)
    p_wait = counters * lost / (idle + load * lost)
    wait = 0.5 * (ca * ca + cs * cs) * p_wait * service / idle
    return MeanWait(wait, arrivals * wait, p_wait)


def constant_service(arrival_rate: float, service: float, counters: int) -> MeanWait:
    """M/D/c: every service takes just `service`. Exact, by the c roots of z^c = exp(λD(z − 1)) in the unit disc.

    With zₖ = −W(−ρ e^−ρ wₖ)/ρ, wₖ the roots of unity and W Lambert's function: P(no wait) = (c − λD)/Π(1 − zₖ), and the
    mean queue is Σ 1/(1 − zₖ) − (c(c − 1) − (λD)²)/(2(c − λD)): a difference, with an absolute error of about 1e-15·c².
    Infinite at full load.

    Raises ValueError unless arrival_rate is finite and ≥ 0, service positive and finite, counters whole and ≥ 1.
    Source: Crommelin (1932), P.O. Elec. Eng. J. 25:41; Franx (2001), Oper. Res. Lett. 29:221.

    >>> round(constant_service(1.0, 1.0, 2).p_wait, 6)
    0.323259
    """
    arrivals, service = finite("arrival_rate", arrival_rate), positive("service", service)
    counters = whole("counters", counters, 1)
    load = arrivals * service
    if load >= counters:
        return _NEVER
    if load == 0:
        return MeanWait(0.0, 0.0, 0.0)
    use = load / counters
    turns = 2 * np.pi * np.arange(1, counters) / counters
    circle: Any = -use * math.exp(-use) * (np.cos(turns) + 1j * np.sin(turns))
    roots: Any = -lambertw(circle) / use
    idle = (counters - load) / math.prod(float(abs(1.0 - root)) for root in roots)
    queue = float((1.0 / (1.0 - roots)).real.sum())
    queue -= (counters * (counters - 1) - load**2) / (2 * (counters - load))
    queue = max(0.0, queue)
    return MeanWait(queue / arrivals, queue, min(1.0, max(0.0, 1.0 - idle)))
