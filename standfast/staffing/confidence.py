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

    Sums of other days may be added.
    """

    days: int
    x: Floats
    n: Floats
    xx: Floats
    xn: Floats
    nn: Floats

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.days + other.days,
            self.x + other.x,
            self.n + other.n,
            self.xx + other.xx,
            self.xn + other.xn,
            self.nn + other.nn,
        )

    @property
    def share(self) -> Floats:
        """Σx / Σn, NaN where nobody came."""
        return _divided(self.x, self.n)

    @property
    def standard_error(self) -> Floats:
        """Standard error of the ratio, clustered by day (linearised: Cochran 1977, Sampling Techniques, 6.4)."""
        p = np.nan_to_num(self.share)
        spread = np.maximum(self.xx - 2 * p * self.xn + p * p * self.nn, 0.0)
        return np.asarray(_divided(np.sqrt(spread * self.days / max(self.days - 1, 1)), self.n))

    def effective_customers(self) -> Floats:
        """Independent customers that would tell as much: Σn over the design effect, at least one a day at most all.

        Where nobody or everybody is marked the spread says nothing; then a day counts as one customer, which is the
        most that days can hide.
        """
        p = np.nan_to_num(self.share)
        variance = self.standard_error**2
        least = _divided(self.n**2, self.nn)
        known = (variance > 0) & (p > 0) & (p < 1)
        found = np.where(known, _divided(p * (1 - p), np.where(known, variance, 1.0)), least)
        return np.asarray(np.clip(found, np.minimum(1.0, self.n), self.n))

    def upper(self, error: float) -> Floats:
        """Upper limit of the share: below the truth with probability of about `error` at most. NaN where nobody came.

        Clopper–Pearson on the effective customers (Korn & Graubard 1998, Survey Methodology 24:193), so it also holds
        where marked customers are few.
        """
        from scipy.special import betaincinv

        size = self.effective_customers()
        marked = np.nan_to_num(self.share) * size
        limit = np.where(marked < size, betaincinv(marked + 1, np.maximum(size - marked, 1e-12), 1 - error), 1.0)
        return np.where(self.n > 0, limit, np.nan)

    def lower(self, error: float) -> Floats:
        """Lower limit of the share: above the truth with probability of about `error` at most. NaN if nobody came."""
        from scipy.special import betaincinv

        size = self.effective_customers()
        marked = np.nan_to_num(self.share) * size
        limit = np.where(marked > 0, betaincinv(np.maximum(marked, 1e-12), size - marked + 1, error), 0.0)
        return np.where(self.n > 0, limit, np.nan)


def sums(marked: Int64s, customers: Int64s) -> Sums:
    """Sums of arrays whose first axis is the day."""
    x, n = marked.astype(np.float64), customers.astype(np.float64)
    return Sums(len(x), x.sum(axis=0), n.sum(axis=0), (x * x).sum(axis=0), (x * n).sum(axis=0), (n * n).sum(axis=0))


def _divided(above: Floats, below: Floats) -> Floats:
    out = np.full(np.broadcast(above, below).shape, np.nan)
    np.divide(above, below, out=out, where=below > 0)
    return out
