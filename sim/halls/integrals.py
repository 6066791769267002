"""Time integrals of counts (customers waiting, counters busy, counters staffed) over the half hours of a study."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]

_PIECE_BITS = 24
_PIECE = (1 << _PIECE_BITS) - 1
"""Numbers of so many bits add up exactly as floating-point numbers, 2**29 of them."""

_EXACT = 1 << 53
"""Whole numbers up to here are floating-point numbers."""


def time_in_cells(starts_us: Int64s, ends_us: Int64s, edges_us: Int64s, weights: Int64s | None = None) -> Int64s:
    """Total time that intervals [start, end) spend in each cell between neighbouring `edges_us` (ascending).

    Exact in µs whatever the order of the intervals: sums are taken modulo 2**64, and their differences fit. With
    `weights`, each interval counts so many times.

    >>> time_in_cells(np.array([0, 5]), np.array([10, 7]), np.array([0, 6, 12])).tolist()
    [7, 5]
    """
    together = np.zeros(starts_us.size, dtype=np.int64)
    return time_by_group(starts_us, ends_us, together, 1, edges_us, weights).ravel()


def time_by_group(
    starts_us: Int64s, ends_us: Int64s, group: Int64s, groups: int, edges_us: Int64s, weights: Int64s | None = None
) -> Int64s:
    """Total time in each cell of the intervals of each group, (groups, cells)."""
    passed = _elapsed(starts_us, group, groups, weights, edges_us) - _elapsed(ends_us, group, groups, weights, edges_us)
    return np.asarray(np.diff(passed, axis=1), dtype=np.int64)


def sums_by(keys: Int64s, amounts: Int64s, number: int) -> Int64s:
    """Sum of the amounts (at least 0) of each of `number` keys, exact: as floating-point numbers they might not be.

    >>> sums_by(np.array([0, 2, 0]), np.array([1, 5, 2**60]), 3).tolist()
    [1152921504606846977, 0, 5]
    """
    if int(amounts.max(initial=0)) * amounts.size < _EXACT:
        return np.bincount(keys, weights=amounts, minlength=number).astype(np.int64)
    found = np.zeros(number, dtype=np.int64)
    shift = 0
    while amounts.any():
        found += np.bincount(keys, weights=amounts & _PIECE, minlength=number).astype(np.int64) << shift
        amounts, shift = amounts >> _PIECE_BITS, shift + _PIECE_BITS
    return found


def _elapsed(moments_us: Int64s, group: Int64s, groups: int, weights: Int64s | None, edges_us: Int64s) -> Int64s:
    """For each group and edge, the sum over earlier moments of weight × time since then."""
    edges, width_us = edges_us.size, int(edges_us[1] - edges_us[0])
    if (np.diff(edges_us) == width_us).all():
        later = np.clip((moments_us - edges_us[0]) // width_us + 1, 0, edges)
    else:
        later = np.searchsorted(edges_us, moments_us, side="right")
    # a moment counts at the edges from `later` on; its distance from the first of them is its time by then
    past = later < edges
    if not past.all():
        later, moments_us, group = later[past], moments_us[past], group[past]
        weights = None if weights is None else weights[past]
    since_us = edges_us[later] - moments_us
    key = group * edges + later
    if weights is None:
        many = np.bincount(key, minlength=groups * edges)
    else:
        many = sums_by(key, weights, groups * edges)
        since_us = since_us * weights
    steps_us = sums_by(key, since_us, groups * edges).reshape(groups, edges)
    steps_us[:, 1:] += np.cumsum(many.reshape(groups, edges), axis=1)[:, :-1] * np.diff(edges_us)
    return np.cumsum(steps_us, axis=1)
