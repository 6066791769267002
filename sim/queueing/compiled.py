"""The two inner loops of the uniformised chain, compiled at their first use. Import this module only to run a chain.

Sums over states stay out of the linear-algebra library: on matrices this small its threads cost more than they save.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Places = NDArray[np.uint32]


@njit(cache=True, error_model="numpy")
def weigh_terms(
    first: Ints,
    other: Ints,
    fixed: Floats,
    per_rate: Floats,
    length: float,
    rate: float,
    slope: float,
    start: Floats,
    weights: Floats,
) -> Floats:
    """Sums Σ weights[row, n] dₙ (rows, states) of the terms dₙ of one vector, d₀ = `start`; see uniformisation.py."""
    rows, count = weights.shape
    states = len(start)
    now = fixed + rate * per_rate
    bend = slope * length * per_rate
    before = np.zeros_like(start)
    last = start.copy()
    new = np.empty_like(start)
    sums = np.empty((rows, states))
    for row in range(rows):
        sums[row] = weights[row, 0] * start
    for n in range(1, count):
        scale = length / n
        if slope == 0.0:
            for i in range(states):
                total = 0.0
                for k in range(first[i], first[i + 1]):
                    total += now[k] * last[other[k]]
                new[i] = total * scale
        else:
            for i in range(states):
                total = 0.0
                for k in range(first[i], first[i + 1]):
                    total += now[k] * last[other[k]] + bend[k] * before[other[k]]
                new[i] = total * scale
        for row in range(rows):
            weight, to = weights[row, n], sums[row]
            for i in range(states):
                to[i] += weight * new[i]
        before, last, new = last, new, before
    return sums


@njit(cache=True, error_model="numpy")
def sum_terms(
    other: Places,
    fixed: Floats,
    per_rate: Floats,
    length: Floats,
    rate: Floats,
    slope: float,
    count: int,
    start: Floats,
) -> Floats:
    """Sum of `count` terms for many columns (states, columns), each with its own length and rate.

    other, fixed: (states, 3, 6, …) neighbours of each state, filled up with zeros; per_rate: (states, 3), of the first
    three, as no others depend on the rate. Three neighbours at a time keep the sums of a row in registers.
    """
    states, columns = start.shape
    last = start.copy()
    new = np.empty_like(start)
    total = start.copy()
    same = columns > 0 and slope == 0.0 and (rate == rate[0]).all()
    known = fixed.copy()
    if same:
        known[:, :3] += rate[0] * per_rate
    driven = np.zeros((1 if same else states, columns))  # D applied to the term before the last
    scale, bend = np.empty(columns), slope * length
    for n in range(1, count):
        for c in range(columns):
            scale[c] = length[c] / n
        for i in range(states):
            to, sums = new[i], total[i]
            for k in range(0, other.shape[1], 3):
                x, y, z = last[other[i, k]], last[other[i, k + 1]], last[other[i, k + 2]]
                a, b, d = known[i, k], known[i, k + 1], known[i, k + 2]
                if k > 0:
                    for c in range(columns):
                        to[c] += a * x[c] + b * y[c] + d * z[c]
                elif same:
                    for c in range(columns):
                        to[c] = a * x[c] + b * y[c] + d * z[c]
                else:
                    drive = driven[i]
                    e, f, g = per_rate[i, 0], per_rate[i, 1], per_rate[i, 2]
                    for c in range(columns):
                        came = e * x[c] + f * y[c] + g * z[c]
                        to[c] = a * x[c] + b * y[c] + d * z[c] + rate[c] * came + bend[c] * drive[c]
                        drive[c] = came
            for c in range(columns):
                to[c] *= scale[c]
                sums[c] += to[c]
        last, new = new, last
    return total
