"""The ordinary day of a hall: how many customers its arrival rate brings between two times, and when each comes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from sim.clock import HOUR_US
from sim.halls.arrivals import Rate, rate_of

Int64s = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Profile:
    """Arrivals between two times of an ordinary day, as pieces on which the rate runs straight.

    edges_us     where pieces begin and end
    first, last  customers an hour at the beginning and at the end of each piece
    passed       customers expected up to each edge
    """

    edges_us: Floats
    first: Floats
    last: Floats
    passed: Floats

    @property
    def customers(self) -> float:
        """Customers expected in all."""
        return float(self.passed[-1])

    def moments_us(self, u: Floats) -> Int64s:
        """Times of day at which these shares of the customers have come: later for a larger uniform."""
        sought = u * self.customers
        piece = np.searchsorted(self.passed, sought, side="right") - 1
        piece = np.minimum(piece, np.flatnonzero(self.passed < self.customers)[-1])
        rest = sought - self.passed[piece]
        start_us, end_us = self.edges_us[piece], self.edges_us[piece + 1]
        rise = (self.last - self.first)[piece] * HOUR_US / (end_us - start_us)
        # rest = first·t + rise·t²/2, solved so that it holds for a rate that doesn't rise too
        root = self.first[piece] + np.sqrt(np.maximum(self.first[piece] ** 2 + 2 * rise * rest, 0.0))
        hours = np.divide(2 * rest, root, out=np.zeros_like(rest), where=root > 0)
        return np.asarray(np.minimum(start_us + np.floor(hours * HOUR_US), end_us - 1), dtype=np.int64)


def profile_of(arrivals: schema.Arrivals, span: schema.Span) -> Profile:
    """The ordinary day's profile within these opening hours."""
    rate = rate_of(arrivals)
    inside = rate.at_us[(rate.at_us > span.open_us) & (rate.at_us < span.close_us)]
    edges_us = np.concatenate(([span.open_us], np.unique(inside), [span.close_us])).astype(np.float64)
    first, last = _ends(rate, edges_us)
    hours = np.diff(edges_us) / HOUR_US
    return Profile(edges_us, first, last, np.concatenate(([0.0], np.cumsum((first + last) / 2 * hours))))


def _ends(rate: Rate, edges_us: Floats) -> tuple[Floats, Floats]:
    """Rate at both ends of each piece; nobody comes before the first node."""
    first = rate(edges_us[:-1].astype(np.int64))
    if not rate.linear:
        return first, first
    begun = edges_us[:-1] >= rate.at_us[0]
    return first, np.where(begun, rate(edges_us[1:].astype(np.int64)), 0.0)
