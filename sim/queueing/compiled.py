"""The two inner loops of the uniformised chain, compiled at their first use. Import this module only to run a chain.

Sums over states stay out of the linear-algebra library: on matrices this small its threads cost more than they save.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Places = NDArray[np.uint64]


@njit(cache=True, error_model="numpy")
def weigh_terms(
    first: Places,
    other: Places,
    fixed: Floats,
    per_rate: Floats,
    length: float,
    rate: float,
    slope: float,
    start: Floats,
    weights: Floats,
) -> Floats:
    """Sums Σ weights[row, n] dₙ (rows, states) of the terms dₙ of one vector, d₀ = `start`; see uniformisation.py."""
    rows, count = np.uint64(weights.shape[0]), weights.shape[1]
    states, one = np.uint64(len(start)), np.uint64(1)
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
                for k in range(first[i], first[i + one]):
                    total += now[k] * last[other[k]]
                new[i] = total * scale
        else:
            for i in range(states):
                total = 0.0
                for k in range(first[i], first[i + one]):
                    total += now[k] * last[other[k]] + bend[k] * before[other[k]]
                new[i] = total * scale
        for row in range(rows):
            weight = weights[row, n]
            for i in range(states):
                sums[row, i] += weight * new[i]
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
    counts: Ints,
    start: Floats,
) -> Floats:
    """Sums of `counts` terms for many columns (states, columns), each with its own length and rate; counts descend.

    other, fixed: (states, 3, 6, …) neighbours of each state, filled up with zeros; per_rate: (states, 3), of the first
    three, as no others depend on the rate. Three neighbours at a time keep the sums of a row in registers.
    """
    states, width = np.uint64(start.shape[0]), np.uint64(start.shape[1])
    neighbours, one, two, three = np.uint64(other.shape[1]), np.uint64(1), np.uint64(2), np.uint64(3)
    last = start.copy().ravel()
    new = np.empty_like(last)
    total = last.copy()
    same = slope == 0.0 and (rate == rate[0]).all()
    known = fixed.copy()
    if same:
        known[:, :3] += rate[0] * per_rate
    driven = np.zeros(1 if same else len(last))  # D applied to the term before the last
    scale, bend = np.empty(len(length)), slope * length
    columns = width
    for n in range(1, counts[0]):
        while counts[columns - one] <= n:
            columns -= one
        for c in range(columns):
            scale[c] = length[c] / n
        for i in range(states):
            to = i * width
            for k in range(np.uint64(0), neighbours, three):
                x, y, z = other[i, k] * width, other[i, k + one] * width, other[i, k + two] * width
                a, b, d = known[i, k], known[i, k + one], known[i, k + two]
                if k > 0:
                    for c in range(columns):
                        new[to + c] += a * last[x + c] + b * last[y + c] + d * last[z + c]
                elif same:
                    for c in range(columns):
                        new[to + c] = a * last[x + c] + b * last[y + c] + d * last[z + c]
                else:
                    e, f, g = per_rate[i, k], per_rate[i, k + one], per_rate[i, k + two]
                    for c in range(columns):
                        came = e * last[x + c] + f * last[y + c] + g * last[z + c]
                        sums = a * last[x + c] + b * last[y + c] + d * last[z + c]
                        new[to + c] = sums + rate[c] * came + bend[c] * driven[to + c]
                        driven[to + c] = came
            for c in range(columns):
                new[to + c] *= scale[c]
                total[to + c] += new[to + c]
        last, new = new, last
    return total.reshape(start.shape)
