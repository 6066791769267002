"""The (s, S) inventory of Koenig & Law (1985) with known expected costs: what any selection procedure can be tried on.

30 periods, demand Poisson(25). At a period's start, stock below s is filled up to S for 32 + 3 a unit; then demand;
then 1 a unit held or 5 a unit short. Starts at S. Cost a period, averaged over the 30; less is better.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

POLICIES = ((20, 40), (20, 80), (40, 60), (40, 100), (60, 100))
EXPECTED = np.array([114.176, 112.742, 130.550, 130.699, 147.382])
"""Expected cost of each policy (Koenig & Law, 1985; used by Kim & Nelson, 2001)."""

BEST = 1
PERIODS = 30


def costs(rng: np.random.Generator, replications: int, common: bool) -> Floats:
    """Cost of every policy in each replication, (replications, policies): with `common` demand, or each its own."""
    shape = (PERIODS, replications, 1 if common else len(POLICIES))
    demand = rng.poisson(25, shape)
    low, up = np.array(POLICIES).T
    stock = np.broadcast_to(up, (replications, len(POLICIES))).copy()
    total = np.zeros(stock.shape)
    for period in range(PERIODS):
        ordered = np.where(stock < low, up - stock, 0)
        stock = stock + ordered - demand[period]
        total += np.where(ordered > 0, 32 + 3 * ordered, 0) + np.where(stock >= 0, stock, -5 * stock)
    return total / PERIODS
