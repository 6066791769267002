"""OCBA: how to share a fixed number of replications among independent arms, so that the best is likely found.

It promises no probability, and knows nothing of common random numbers: with those, `sequential_selection` does better.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standfast.experiments.selection import higher_is_better
from standfast.experiments.verdicts import Goal


def ocba_fractions(means: ArrayLike, deviations: ArrayLike, goal: Goal) -> NDArray[np.float64]:
    """Share of the replications for each arm; they sum to 1.

    N_i/N_j = (σ_i/δ_i)²/(σ_j/δ_j)² with δ_i the distance from the best, and N_b = σ_b √Σ_{i≠b} N_i²/σ_i² (Chen, Lin,
    Yücesan & Chick, 2000, Discrete Event Dynamic Systems 10). Raises ValueError where an arm ties with the best or does
    not vary: no share follows then.
    """
    good, sigma = higher_is_better(means, goal), np.asarray(deviations, dtype=np.float64)
    if good.ndim != 1 or good.shape != sigma.shape or len(good) < 2:
        raise ValueError("one mean and one standard deviation for each arm, and two arms or more")
    best = int(good.argmax())
    others = np.arange(len(good)) != best
    distance = good[best] - good[others]
    if (distance <= 0).any() or not (sigma > 0).all():
        raise ValueError("shares need one best arm, and every arm to vary")
    shares = np.empty(len(good))
    shares[others] = (sigma[others] / distance) ** 2
    shares[best] = sigma[best] * np.sqrt(np.sum((shares[others] / sigma[others]) ** 2))
    return np.asarray(shares / shares.sum(), dtype=np.float64)
