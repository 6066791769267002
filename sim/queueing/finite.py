"""Queues with finitely many states: birth–death chains, M/M/c/K, and the finite source of Engset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.queueing.arguments import finite, positive, whole

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Loss:
    """Steady state of a queue with room for K customers: probabilities of 0 … K in the system, as time sees them.

    p_lost: share of arrivals that find it full. p_wait: share of those admitted that wait. mean_wait: their mean
    wait, in the time unit of the rates. mean_queue, mean_in_system: mean numbers.
    """

    probabilities: Floats
    p_lost: float
    p_wait: float
    mean_wait: float
    mean_queue: float
    mean_in_system: float


def birth_death(births: Sequence[float], deaths: Sequence[float]) -> Floats:
    """Steady state of a birth–death chain on 0 … n: births[i] leads from i to i + 1, deaths[i] from i + 1 to i.

    Products of ratios to both sides of the mode, so nothing overflows. Raises ValueError unless births are finite and
    ≥ 0, deaths positive and finite, and there are as many of the one as of the other.

    >>> [round(float(p), 6) for p in birth_death([1, 1], [2, 2])]
    [0.571429, 0.285714, 0.142857]
    """
    if len(births) != len(deaths):
        raise ValueError(f"{len(births)} births and {len(deaths)} deaths: give one of each between neighbours")
    up = [finite("births", rate) for rate in births]
    down = [positive("deaths", rate) for rate in deaths]
    weight, mode = 1.0, 0
    for state, (rise, fall) in enumerate(zip(up, down, strict=True), 1):
        weight *= rise / fall
        if weight > 1.0:
            weight, mode = 1.0, state
    weights = np.zeros(len(up) + 1)
    weights[mode] = 1.0
    for state in range(mode, len(up)):
        weights[state + 1] = weights[state] * up[state] / down[state]
    for state in range(mode, 0, -1):
        weights[state - 1] = weights[state] * down[state - 1] / up[state - 1]
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def mmck(arrival_rate: float, service_rate: float, counters: int, room: int) -> Loss:
    """M/M/c/K: at most `room` customers in the system, those in service included; who finds it full is lost.

    Raises ValueError unless arrival_rate is finite and ≥ 0, service_rate positive and finite, 1 ≤ counters ≤ room.
    Source: Gross & Harris, Fundamentals of Queueing Theory, ch. 2.

    >>> round(mmck(5, 5.714, 1, 15).mean_in_system, 6)
    4.858888
    """
    arrivals, service = finite("arrival_rate", arrival_rate), positive("service_rate", service_rate)
    counters = whole("counters", counters, 1)
    room = whole("room", room, counters)
    n = np.arange(room + 1)
    p = birth_death([arrivals] * room, [service * min(k, counters) for k in range(1, room + 1)])
    admitted = float(p[:-1].sum())
    queue = float(p @ np.maximum(n - counters, 0))
    return Loss(
        probabilities=p,
        p_lost=float(p[-1]),
        p_wait=float(p[counters:-1].sum()) / admitted if admitted else 1.0,
        mean_wait=queue / (arrivals * admitted) if arrivals * admitted > 0 else 0.0,
        mean_queue=queue,
        mean_in_system=float(p @ n),
    )


def engset(sources: int, ratio: float, counters: int) -> float:
    """Share of calls that find all counters busy when `sources` customers call again and again, each at `ratio` = rate
    of an idle customer × mean service (call congestion): the chance that the other customers fill the counters.

    Raises ValueError unless sources and counters are whole and ≥ 1 and ratio finite and ≥ 0. Source: Engset (1918).

    >>> round(engset(3, 0.5 / 0.7, 2), 6)
    0.173611
    """
    sources, counters = whole("sources", sources, 1), whole("counters", counters, 1)
    ratio = finite("ratio", ratio)
    if counters >= sources:
        return 0.0
    others = sources - 1
    steps = min(counters, others)
    p = birth_death([(others - k) * ratio for k in range(steps)], [float(k) for k in range(1, steps + 1)])
    return float(p[counters])
