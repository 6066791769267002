"""The day cut into pieces on which the staff level holds and the arrival rate is a straight line."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from scipy.special import bdtrc

from sim.queueing.day import HallDay
from sim.queueing.profile import stretches

NEGLIGIBLE = 1e-12
"""Probability that a counter on the way out is still serving, below which its states are dropped."""


@dataclass(frozen=True)
class Piece:
    """A stretch of the day. Times in minutes since opening, rate in customers a minute at its start, slope a minute.

    `counters` may start a service; up to `top` may be serving. `interval` is the row to report in, −1 after closing.
    """

    start: float
    end: float
    counters: int
    top: int
    rate: float
    slope: float
    interval: int

    @property
    def length(self) -> float:
        return self.end - self.start

    @property
    def highest_rate(self) -> float:
        return max(self.rate, self.rate + self.slope * self.length)


def cut(day: HallDay, tail_min: float) -> tuple[Piece, ...]:
    """Pieces from opening to closing, and one after it of `tail_min`, in which nobody arrives."""
    closing = day.edges_min[-1]
    ends = stretches((0.0, closing), day.edges_min, day.counters.at_min, day.arrivals_per_hour.at_min)
    spans = list(pairwise(ends))
    if tail_min > 0:
        later = stretches((closing, closing + tail_min), day.counters.at_min)
        spans += pairwise(later)
    pieces: list[Piece] = []
    busiest, interval = 0, 0
    for start, end in spans:
        counters = int(day.counters.at(start))
        while interval >= 0 and start >= day.edges_min[interval + 1]:
            interval = interval + 1 if interval + 1 < day.intervals else -1
        busiest = max(busiest, counters)
        settled = start + settling_min(counters, busiest, day.mean_service_min)
        parts = [start, settled, end] if start < settled < end else [start, end]
        for low, high in pairwise(parts):
            rate, slope = day.arrivals_per_hour.line(low, high) if interval >= 0 else (0.0, 0.0)
            pieces.append(Piece(low, high, counters, busiest, rate / 60.0, slope / 60.0, interval))
            busiest = still_serving(counters, busiest, (high - low) / day.mean_service_min)
    return tuple(pieces)


def still_serving(counters: int, busiest: int, services: float) -> int:
    """Most counters that may still serve after a time of `services` mean services, above the staff level.

    Above it nobody starts, so each of the `busiest` is still serving with probability exp(−services), one by one.
    """
    top = counters
    while top < busiest and bdtrc(top, busiest, math.exp(-services)) > NEGLIGIBLE:
        top += 1
    return top


def settling_min(counters: int, busiest: int, mean_service_min: float) -> float:
    """Minutes until no more than `counters` of `busiest` are serving, but for a NEGLIGIBLE chance."""
    if busiest <= counters:
        return 0.0
    low, high = 0.0, math.log(busiest / NEGLIGIBLE)
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if bdtrc(counters, busiest, math.exp(-middle)) > NEGLIGIBLE else (low, middle)
    return high * 1.0000001 * mean_service_min
