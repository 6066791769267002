"""How sure a simulated share is: one-sided limits of a ratio of sums over days, which are the clusters.

Customers of one day share its crowd and its queue, so the days are independent and the customers are not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Int64s = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums over independent days of marked customers x and of all customers n, by cell: Σx, Σn, Σx², Σxn, Σn².

    largest: the most marked customers of a day. Sums of other days may be added.
    """

    days: int
    x: Floats
    n: Floats
    xx: Floats
    xn: Floats
    nn: Floats
    largest: Floats

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.days + other.days,
            self.x + other.x,
            self.n + other.n,
            self.xx + other.xx,
            self.xn + other.xn,
            self.nn + other.nn,
            np.maximum(self.largest, other.largest),
        )

    @property
    def share(self) -> Floats:
        """Σx / Σn, NaN where nobody came."""
        return _divided(self.x, self.n)

    @property
    def standard_error(self) -> Floats:
        """Standard error of the ratio, clustered by day (linearised: Cochran 1977, Sampling Techniques, 6.4)."""
        return _divided(np.sqrt(self._spread()), self.n)

    def upper(self, error: float) -> Floats:
        """Upper limit of the share: below the truth with probability of about `error` at most. NaN where nobody came.

        The gamma limit for sums of clusters (Fay & Feuer 1997, Statistics in Medicine 16:791): the sum and its spread
        as if one more cluster of the largest size had been seen: that holds where bad days are rare, and hardly matters
        where they aren't. Where no customer is marked, a whole ordinary day might have been. Never below the share.
        """
        from scipy.special import gammaincinv

        unseen = np.where(self.x > 0, self.largest, np.nan_to_num(_divided(self.nn, self.n), nan=1.0))
        total, spread = self.x + unseen, self._spread() + unseen**2
        limit = spread / total * gammaincinv(total**2 / spread, 1 - error)
        found = np.minimum(_divided(limit, self.n), 1.0)
        return np.where(self.n > 0, np.fmax(found, self.share), np.nan)

    def lower(self, error: float) -> Floats:
        """Lower limit of the share: above the truth with probability of about `error` at most. NaN if nobody came."""
        from scipy.special import gammaincinv

        spread = self._spread()
        known = (self.x > 0) & (spread > 0)
        total, spread = np.where(known, self.x, 1.0), np.where(known, spread, 1.0)
        limit = spread / total * gammaincinv(total**2 / spread, error)
        return np.where(self.n > 0, np.where(known, _divided(limit, self.n), self.share), np.nan)

    def _spread(self) -> Floats:
        """Estimated variance of Σx − share · Σn."""
        p = np.nan_to_num(self.share)
        squares = np.maximum(self.xx - 2 * p * self.xn + p * p * self.nn, 0.0)
        return np.asarray(squares * (self.days / max(self.days - 1, 1)), dtype=np.float64)


def sums(marked: Int64s, customers: Int64s) -> Sums:
    """Sums of arrays whose first axis is the day."""
    x, n = marked.astype(np.float64), customers.astype(np.float64)
    return Sums(
        len(x),
        x.sum(axis=0),
        n.sum(axis=0),
        (x * x).sum(axis=0),
        (x * n).sum(axis=0),
        (n * n).sum(axis=0),
        x.max(axis=0),
    )


def _divided(above: Floats, below: Floats) -> Floats:
    out = np.full(np.broadcast(above, below).shape, np.nan)
    np.divide(above, below, out=out, where=below > 0)
    return out
