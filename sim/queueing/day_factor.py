"""Days differ: a gamma factor of mean 1 on all arrival rates of a day, as nodes and weights for quadrature."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh_tridiagonal

Floats = NDArray[np.float64]

RARE = 1e-7
"""Weight × factor² (factor at least 1) below which a kind of day is left out: the longest queues cost most."""


def day_factors(cv: float, nodes: int) -> tuple[Floats, Floats]:
    """Nodes and weights of a gamma law with mean 1 and this coefficient of variation: Gauss–Laguerre.

    Exact for polynomials of degree 2·nodes − 1 in the factor. Source: Golub & Welsch (1969), Math. Comp. 23:221.
    Nodes that hardly weigh (RARE) are left out. Raises ValueError if cv is negative or not finite, or nodes < 1.

    >>> x, p = day_factors(0.2, 6)
    >>> round(float(p @ x), 12), round(float(p @ (x - 1) ** 2), 12)
    (1.0, 0.04)
    """
    if not 0 <= cv < math.inf:
        raise ValueError(f"day_cv {cv} must be finite and not negative")
    if nodes < 1:
        raise ValueError(f"day_nodes {nodes} must be at least 1")
    if cv == 0:
        return np.ones(1), np.ones(1)
    shape = cv**-2
    n = np.arange(nodes, dtype=float)
    found, vectors = eigh_tridiagonal((2 * n + shape) / shape, np.sqrt(n[1:] * (n[1:] + shape - 1)) / shape)
    weights = vectors[0] ** 2
    matters = weights * np.maximum(1.0, found) ** 2 > RARE
    found, weights = found[matters], weights[matters]
    return np.asarray(found, dtype=float), np.asarray(weights / weights.sum(), dtype=float)
