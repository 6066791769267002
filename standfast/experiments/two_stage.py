"""Two-stage selection of the best arm: from a first stage, how many replications each arm needs for a stated risk.

Matejcik & Nelson allow for common random numbers; Rinott, and Dudewicz & Dalal need arms that are independent. It says
how many, and for the last one how to weigh what comes; it does not run them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standfast.experiments.selection import best_quantile, difference_variances, replications_by_arm

Floats = NDArray[np.float64]

_NODES = 96
_FURTHEST = 1e-15
"""Chance that is left out at either end of an integral over a law."""


def matejcik_nelson_size(first_stage: ArrayLike, alpha: float, delta: float) -> int:
    """Replications of every arm in all, n = max(n0, ⌈t²_{1−α/(k−1), n0−1} max S²_ij/δ²⌉), from (n0, arms).

    Then the arm with the best mean is the best, if that leads by δ, with probability at least 1 − α, and MCB intervals
    with width δ hold at the same level, under common random numbers too (Nelson & Matejcik, 1995, Management Science
    41, procedure by Bonferroni).
    """
    data = replications_by_arm(first_stage)
    n0, arms = len(data), data.shape[1]
    needed = best_quantile(alpha, arms, n0) ** 2 * float(difference_variances(data).max()) / _zone(delta) ** 2
    return max(n0, math.ceil(needed))


def rinott_constant(arms: int, confidence: float, n0: int) -> float:
    """Rinott's h: ∫(∫ Φ(h/√((n0−1)(1/x+1/y))) f(x)dx)^{k−1} f(y)dy = P*, with f the χ² density of n0 − 1 degrees.

    Rinott, 1978, Communications in Statistics A7.

    >>> round(rinott_constant(4, 0.90, 20), 4)
    2.7201
    """
    from scipy.special import ndtr

    degrees = _degrees(arms, confidence, n0)
    x, weight = _chi_squared_nodes(degrees)
    spread = np.sqrt(degrees * (1 / x[:, None] + 1 / x[None, :]))

    def chance(h: float) -> float:
        inner = ndtr(h / spread) @ weight
        return float(inner ** (arms - 1) @ weight)

    return _root(chance, confidence)


def rinott_sizes(variances: ArrayLike, h: float, n0: int, delta: float) -> tuple[int, ...]:
    """Replications of each arm in all, N_i = max(n0, ⌈(h S_i/δ)²⌉), from the first stage's variances S²_i."""
    needed = h**2 * np.asarray(variances, dtype=np.float64) / _zone(delta) ** 2
    return tuple(max(n0, math.ceil(each)) for each in needed)


def dudewicz_dalal_constant(arms: int, confidence: float, n0: int) -> float:
    """Dudewicz & Dalal's h1: ∫ F(t+h)^{k−1} f(t)dt = P*, Student's t of n0 − 1 degrees (1975, Sankhyā B37).

    >>> round(dudewicz_dalal_constant(5, 0.90, 20), 3)
    2.747
    """
    from scipy.special import gammaln, stdtr

    degrees = _degrees(arms, confidence, n0)
    # t = sinh(s): the tails of Student's law become short, and the trapezium rule then converges at once.
    step = 0.02
    s = np.arange(-1500, 1501) * step
    t = np.sinh(s)
    scale = gammaln((degrees + 1) / 2) - gammaln(degrees / 2) - math.log(math.pi * degrees) / 2
    weight = np.exp(scale - (degrees + 1) / 2 * np.log1p(t * t / degrees)) * np.cosh(s) * step

    def chance(h: float) -> float:
        return float(stdtr(degrees, t + h) ** (arms - 1) @ weight)

    return _root(chance, confidence)


def dudewicz_dalal_sizes(variances: ArrayLike, h: float, n0: int, delta: float) -> tuple[int, ...]:
    """Replications of each arm in all, N_i = max(n0+1, ⌈h1² S²_i/d²⌉): at least one more than the first stage."""
    needed = h**2 * np.asarray(variances, dtype=np.float64) / _zone(delta) ** 2
    return tuple(max(n0 + 1, math.ceil(each)) for each in needed)


def dudewicz_dalal_weights(
    variances: ArrayLike, sizes: Sequence[int], h: float, n0: int, delta: float
) -> tuple[float, ...]:
    """Weight W_i1 of each first-stage mean; the second-stage mean has the rest, and the best weighted mean is selected.

    W_i1 = (n0/N_i)(1 + √(1 − (N_i/n0)(1 − (N_i−n0)d²/(h1² S²_i)))) (Law, Simulation Modeling and Analysis, 10.4). An
    arm that didn't vary in the first stage has weight 1: its mean is taken as known.
    """
    weights = []
    for variance, size in zip(np.asarray(variances, dtype=np.float64).tolist(), sizes, strict=True):
        if variance == 0:
            weights.append(1.0)
            continue
        inside = 1 - size / n0 * (1 - (size - n0) * delta**2 / (h**2 * variance))
        weights.append(n0 / size * (1 + math.sqrt(max(inside, 0.0))))
    return tuple(weights)


def _zone(delta: float) -> float:
    if not delta > 0:
        raise ValueError(f"the indifference zone must be above 0, not {delta}")
    return delta


def _degrees(arms: int, confidence: float, n0: int) -> int:
    if arms < 2 or n0 < 2 or not 1 / arms < confidence < 1:
        raise ValueError(
            f"two arms, two replications and a confidence above chance at least, not {arms}, {n0} and {confidence}"
        )
    return n0 - 1


def _chi_squared_nodes(degrees: int) -> tuple[Floats, Floats]:
    """Points x and weights that integrate a smooth function against the χ² density; over √x, where that is smooth."""
    from scipy.special import chdtri, gammaincinv, gammaln

    lower, upper = 2 * gammaincinv(degrees / 2, _FURTHEST), chdtri(degrees, _FURTHEST)
    place, share = np.polynomial.legendre.leggauss(_NODES)
    low, high = math.sqrt(lower), math.sqrt(upper)
    root = low + (high - low) * (place + 1) / 2
    log_density = (degrees - 1) * np.log(root) - root**2 / 2 - gammaln(degrees / 2) - (degrees / 2 - 1) * math.log(2)
    return root**2, np.exp(log_density) * share * (high - low) / 2


def _root(chance: Callable[[float], float], wanted: float) -> float:
    """Where a rising function reaches `wanted`, by bisection."""
    high = 1.0
    while chance(high) < wanted:
        high *= 2
        if high > 1e9:
            raise ValueError(f"no constant reaches a confidence of {wanted}: take a larger first stage")
    low = 0.0
    while high - low > 1e-11 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if chance(middle) < wanted else (low, middle)
    return high
