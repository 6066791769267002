"""How many replications a mean or a difference needs for a wanted precision.

For a single mean, Hoad, Robinson & Davies' rule on relative precision; for a difference, which may be near 0, an
absolute half-width. It plans; verdicts on differences follow their own looks (`verdicts`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FEWEST = 3
"""Replications at which the rule first looks."""

LOOK_AHEAD = 5
"""Replications for which a precision once reached must hold (kLimit); from n = 100 on, so many for each 100."""


def relative_half_widths(values: ArrayLike, level: float) -> NDArray[np.float64]:
    """d_n = t_{n−1, (1+level)/2} S_n/√n / |X̄_n| after each replication; infinite for the first, and at a mean of 0."""
    from scipy.special import stdtrit

    data = np.asarray(values, dtype=np.float64)
    if data.ndim != 1 or not np.isfinite(data).all():
        raise ValueError("values must be one finite number per replication")
    n = np.arange(1, len(data) + 1, dtype=np.float64)
    means = np.cumsum(data) / n
    # Welford's sums: squares of large numbers would cancel each other out.
    before = np.concatenate([[0.0], means[:-1]])
    squares = np.cumsum((data - before) * (data - means))
    squares -= squares[:1]
    found = np.full(len(data), np.inf)
    later = n > 1
    half = stdtrit(n[later] - 1, (1 + level) / 2) * np.sqrt(np.maximum(squares[later], 0) / (n[later] - 1) / n[later])
    with np.errstate(divide="ignore", invalid="ignore"):
        found[later] = np.where(half == 0, 0.0, half / np.abs(means[later]))
    return found


def replications_enough(
    values: ArrayLike, precision: float, level: float, fewest: int = FEWEST, look_ahead: int = LOOK_AHEAD
) -> int | None:
    """First number n ≥ `fewest` of replications with d_n ≤ `precision` that stays so for kLimit more; None if not yet.

    kLimit is `look_ahead` up to n = 100 and ⌊n · look_ahead/100⌋ after (Hoad, Robinson & Davies, 2010, Journal of the
    Operational Research Society 61). The mean is taken without its sign. The values must reach as far as the rule
    looks ahead.
    """
    good = relative_half_widths(values, level) <= precision
    for n in range(max(fewest, 2), len(good) + 1):
        ahead = look_ahead if n <= 100 else n * look_ahead // 100
        if n + ahead <= len(good) and good[n - 1 : n + ahead].all():
            return n
    return None


def replications_for(pilot: int, half_width: float, wanted: float) -> float:
    """About how many replications bring a half-width down to `wanted`: n ≈ n0 (h0/h)², from a pilot of n0 with h0.

    Absolute, so right for differences near 0 too; as rough as the pilot's half-width.

    >>> round(replications_for(10, 16.3269, 5.0))
    107
    """
    if pilot < 2 or not half_width >= 0 or not wanted > 0:
        raise ValueError(f"a pilot of two, and half-widths above 0, not {pilot}, {half_width} and {wanted}")
    return max(float(pilot), pilot * (half_width / wanted) ** 2)
