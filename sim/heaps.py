"""Binary heaps for compiled loops: numbers in arrays, least first. The caller keeps each heap's size."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int64s = NDArray[np.int64]

_jit = njit(nogil=True, inline="always")


def _push(heap: Int64s, size: int, key: int) -> int:
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if heap[above] <= key:
            break
        heap[at] = heap[above]
        at = above
    heap[at] = key
    return size + 1


def _drop(heap: Int64s, size: int) -> int:
    size -= 1
    key = heap[size]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and heap[below + 1] < heap[below]:
            below += 1
        if heap[below] >= key:
            break
        heap[at] = heap[below]
        at = below
    heap[at] = key
    return size


def _push_timed(heap: Int64s, size: int, time: int, row: int, ties: Int64s) -> int:
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if heap[above, 0] < time or (heap[above, 0] == time and ties[heap[above, 1]] <= ties[row]):
            break
        heap[at, 0], heap[at, 1] = heap[above, 0], heap[above, 1]
        at = above
    heap[at, 0], heap[at, 1] = time, row
    return size + 1


def _drop_timed(heap: Int64s, size: int, ties: Int64s) -> int:
    size -= 1
    time, row = heap[size, 0], heap[size, 1]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        other = below + 1
        if other < size and (
            heap[other, 0] < heap[below, 0]
            or (heap[other, 0] == heap[below, 0] and ties[heap[other, 1]] < ties[heap[below, 1]])
        ):
            below = other
        if heap[below, 0] > time or (heap[below, 0] == time and ties[heap[below, 1]] >= ties[row]):
            break
        heap[at, 0], heap[at, 1] = heap[below, 0], heap[below, 1]
        at = below
    heap[at, 0], heap[at, 1] = time, row
    return size


push: Any = _jit(_push)
"""push(heap, size, key) → new size. `heap` is a vector with room for one more."""

drop: Any = _jit(_drop)
"""drop(heap, size) → new size, the least number taken off the front."""

push_timed: Any = _jit(_push_timed)
"""push_timed(heap, size, time, row, ties) → new size. `heap` has columns time and row; of equal times, the row with the
lesser tie is first."""

drop_timed: Any = _jit(_drop_timed)
"""drop_timed(heap, size, ties) → new size, the first row taken off."""
