"""Time integrals of counts (customers waiting, counters busy, counters staffed) over the half hours of a study."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]


def time_in_cells(starts_us: Int64s, ends_us: Int64s, edges_us: Int64s, weights: Int64s | None = None) -> Int64s:
    """Total time that intervals [start, end) spend in each cell between neighbouring `edges_us` (ascending).

    Exact in µs whatever the order of the intervals: sums are taken modulo 2**64, and their differences fit. With
    `weights`, each interval counts so many times.

    >>> time_in_cells(np.array([0, 5]), np.array([10, 7]), np.array([0, 6, 12])).tolist()
    [7, 5]
    """
    weights = np.ones_like(starts_us) if weights is None else weights
    passed = _elapsed(starts_us, weights, edges_us) - _elapsed(ends_us, weights, edges_us)
    return np.asarray(np.diff(passed), dtype=np.int64)


def _elapsed(moments_us: Int64s, weights: Int64s, edges_us: Int64s) -> Int64s:
    """For each edge, the sum over earlier moments of weight × time since then."""
    order = np.argsort(moments_us, kind="stable")
    moments_us, weights = moments_us[order], weights[order]
    many = np.concatenate(([0], np.cumsum(weights)))
    total_us = np.concatenate(([0], np.cumsum(weights * moments_us)))
    earlier = np.searchsorted(moments_us, edges_us, side="left")
    return np.asarray(many[earlier] * edges_us - total_us[earlier], dtype=np.int64)
