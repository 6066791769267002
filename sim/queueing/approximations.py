"""Staffing by stationary formulas, interval by interval: SIPP, lag-SIPP and MOL, with Erlang A or Erlang C.

Quick, and good where customers leave or counters suffice. Where a queue is carried from one half hour to the next they
are wrong, by a quarter and more (docs/queueing.md): there only the exact chain or a simulation is right.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.queueing.abandonment import erlang_a
from sim.queueing.arguments import finite, share
from sim.queueing.day import HallDay
from sim.queueing.erlang import erlang_c
from sim.queueing.offered_load import offered_load

Floats = NDArray[np.float64]

Method = Literal["sipp", "lag_sipp", "mol"]


def effective_rates(day: HallDay, method: Method) -> Floats:
    """The arrival rate, customers an hour, that stands for each interval.

    sipp: the interval's own mean rate (stationary independent period by period). lag_sipp: the mean rate of the
    interval moved back by one mean service. mol: mean offered load of Mt/M/∞ over the interval ÷ mean service (modified
    offered load). Source: Green, Kolesar & Soares (2001), Oper. Res. 49:549; Jennings, Mandelbaum, Massey & Whitt
    (1996), Management Science 42:1383.
    """
    rate, service = day.arrivals_per_hour, day.mean_service_min
    found = []
    for start, end in pairwise(day.edges_min):
        come = rate.integral(start, end)
        if method == "lag_sipp":
            come = rate.integral(max(0.0, start - service), max(0.0, end - service))
        elif method == "mol":
            first, last = offered_load(rate, service, (start, end))
            come -= (float(last) - float(first)) * 60.0
        elif method != "sipp":
            raise ValueError(f"method {method!r} is none of sipp, lag_sipp, mol")
        found.append(max(0.0, come / (end - start)))
    return np.array(found)


def stationary_waits(day: HallDay, method: Method, threshold_min: float) -> Floats:
    """P(offered wait > threshold) by interval, as if each interval were a steady state of its own.

    The mean of the steady states of the staff levels within the interval. An overloaded interval without patience has
    none: 1. One class without balking; raises ValueError for others, and for a threshold that is not finite and ≥ 0.
    """
    _one_class(day)
    threshold = finite("threshold_min", threshold_min)
    found = []
    for number, rate in enumerate(effective_rates(day, method)):
        start, end = day.edges_min[number], day.edges_min[number + 1]
        cuts = [start, *(at for at in day.counters.at_min if start < at < end), end]
        parts = [
            (high - low) * _over(day, float(rate), int(day.counters.at(low)), threshold) for low, high in pairwise(cuts)
        ]
        found.append(math.fsum(parts) / (end - start))
    return np.array(found)


def stationary_counters(
    day: HallDay, method: Method, threshold_min: float, most_over: float, most: int = 100_000
) -> tuple[int, ...]:
    """Least counters by interval with P(offered wait > threshold) ≤ most_over, by steady states. Ignores day.counters.

    Raises ValueError like `stationary_waits`, for a share outside [0, 1], and where `most` counters do not suffice.
    """
    _one_class(day)
    threshold, most_over = finite("threshold_min", threshold_min), share("most_over", most_over)
    found = []
    for number, rate in enumerate(effective_rates(day, method)):
        low, high = -1, 1
        while _over(day, float(rate), high, threshold) > most_over:
            low, high = high, 2 * high
            if low >= most:
                raise ValueError(f"interval {number} needs more than {most} counters for {threshold} min")
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if _over(day, float(rate), middle, threshold) <= most_over else (middle, high)
        found.append(high)
    return tuple(found)


def _one_class(day: HallDay) -> None:
    if day.vip_share > 0 or day.balking:
        raise ValueError("stationary approximations know one class without balking; use exact_day")


def _over(day: HallDay, rate_per_hour: float, counters: int, threshold_min: float) -> float:
    """P(offered wait > threshold) of the steady state, 0 if nobody comes."""
    rate, service = rate_per_hour / 60.0, 1.0 / day.mean_service_min
    if rate == 0:
        return 0.0
    if day.mean_patience_min < math.inf:
        return erlang_a(rate, service, 1.0 / day.mean_patience_min, counters).p_offered_wait_over(threshold_min)
    return erlang_c(rate, service, counters).p_wait_over(threshold_min) if counters else 1.0
