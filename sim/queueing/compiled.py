"""The two inner loops of the uniformised chain, compiled at their first use. Import this module only to run a chain."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@njit(cache=True)
def fill_terms(
    first: Ints, other: Ints, fixed: Floats, per_rate: Floats, length: float, rate: float, slope: float, terms: Floats
) -> None:
    """Fill rows 1, 2, … of `terms` (terms, states) from row 0, for one vector; see uniformisation.py."""
    now = fixed + rate * per_rate
    bend = slope * length * per_rate
    for n in range(1, terms.shape[0]):
        scale = length / n
        last = terms[n - 1]
        if n == 1 or slope == 0.0:
            for i in range(terms.shape[1]):
                total = 0.0
                for k in range(first[i], first[i + 1]):
                    total += now[k] * last[other[k]]
                terms[n, i] = total * scale
        else:
            before = terms[n - 2]
            for i in range(terms.shape[1]):
                total = 0.0
                for k in range(first[i], first[i + 1]):
                    total += now[k] * last[other[k]] + bend[k] * before[other[k]]
                terms[n, i] = total * scale


@njit(cache=True)
def sum_terms(
    first: Ints,
    other: Ints,
    fixed: Floats,
    per_rate: Floats,
    length: Floats,
    rate: Floats,
    slope: float,
    count: int,
    start: Floats,
) -> Floats:
    """Sum of `count` terms for many columns (states, columns), each with its own length and rate."""
    states, columns = start.shape
    before = np.zeros_like(start)
    last = start.copy()
    new = np.empty_like(start)
    total = start.copy()
    for n in range(1, count):
        for i in range(states):
            for c in range(columns):
                new[i, c] = 0.0
            for k in range(first[i], first[i + 1]):
                j = other[k]
                a, b = fixed[k], per_rate[k]
                if b == 0.0:
                    for c in range(columns):
                        new[i, c] += a * last[j, c]
                elif slope == 0.0:
                    for c in range(columns):
                        new[i, c] += (a + b * rate[c]) * last[j, c]
                else:
                    b_slope = b * slope
                    for c in range(columns):
                        new[i, c] += (a + b * rate[c]) * last[j, c] + b_slope * length[c] * before[j, c]
            for c in range(columns):
                new[i, c] *= length[c] / n
                total[i, c] += new[i, c]
        before, last, new = last, new, before
    return total
