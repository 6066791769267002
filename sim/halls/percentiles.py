"""Percentiles of waits and queues: the least value within which that share of the served, or of the days, keep.

Those of waits come from a histogram of one second.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.halls.measure import HallSums
from sim.variates import is_small

Ints = NDArray[np.int32]
Int64s = NDArray[np.int64]
Floats = NDArray[np.float64]

_LONGEST_S = 1 << 16
"""Longest wait, in seconds, up to which every second has a place of its own in a histogram."""

_CELLS = 1 << 22
"""Cells of a histogram that are held at once."""


def wait_percentiles(
    halls: Sequence[HallSums], scopes: Sequence[Sequence[tuple[int, int]]], shares: Sequence[float]
) -> tuple[Floats, Int64s]:
    """Waits in minutes within which these shares of the served began, and how many were served.

    A scope is a list of (hall, row of the hall's sums) that are pooled. Returns arrays (scopes, shares, periods) and
    (scopes, periods); a wait means nothing where nobody was served.
    """
    periods = len(halls[0].periods.labels) if halls else 0
    found = np.zeros((len(scopes), len(shares), periods))
    served = np.zeros((len(scopes), periods), dtype=np.int64)
    seconds, waits = _places(halls)
    if not seconds.size:
        return found, served
    step = max(1, _CELLS // seconds.size)
    if not is_small(sum(each.size for each in waits)):
        return _compiled(halls, scopes, shares, seconds, waits, step)
    for first in range(0, periods, step):
        some = slice(first, min(first + step, periods))
        tables = [_histograms(hall, mine, some, seconds.size) for hall, mine in zip(halls, waits, strict=True)]
        for code, scope in enumerate(scopes):
            heights = np.cumsum(sum(tables[hall][row] for hall, row in scope), axis=1)
            sizes = served[code, some] = heights[:, -1]
            for which, share in enumerate(shares):
                rank = np.ceil(share * sizes).astype(np.int64) - 1
                place = np.minimum((heights <= rank[:, None]).sum(axis=1), seconds.size - 1)
                found[code, which, some] = np.where(sizes > 0, seconds[place] / 60, 0.0)
    return found, served


def _compiled(
    halls: Sequence[HallSums],
    scopes: Sequence[Sequence[tuple[int, int]]],
    shares: Sequence[float],
    seconds: Int64s,
    waits: Sequence[Ints],
    step: int,
) -> tuple[Floats, Int64s]:
    """The same from compiled loops, with one table of the rows of all halls."""
    from sim.halls.compiled_percentiles import count_waits, find_places

    first_rows = np.cumsum([0, *(len(hall.layout.classes) + 1 for hall in halls)])
    rows = np.array([first_rows[hall] + row for scope in scopes for hall, row in scope])
    rows_from = np.cumsum([0, *(len(scope) for scope in scopes)])
    labels = [np.ascontiguousarray(np.stack([code.ravel() for code in hall.periods.codes], axis=1)) for hall in halls]
    places = np.zeros((len(scopes), len(shares), len(halls[0].periods.labels)), dtype=np.int64)
    served = np.zeros((len(scopes), places.shape[2]), dtype=np.int64)
    for first in range(0, places.shape[2], step):
        end = min(first + step, places.shape[2])
        table = np.zeros((int(first_rows[-1]), end - first, seconds.size), dtype=np.int32)
        sizes = np.zeros(table.shape[:2], dtype=np.int64)
        for number, hall in enumerate(halls):
            mine = slice(first_rows[number], first_rows[number + 1])
            of_waits = waits[number], hall.wait_scope, hall.wait_half_hour
            count_waits(*of_waits, labels[number], first, end, table[mine], sizes[mine])
        some, count = (
            np.zeros((*places.shape[:2], end - first), np.int64),
            np.zeros((len(scopes), end - first), np.int64),
        )
        find_places(table, sizes, rows, rows_from, np.array(shares), some, count)
        places[:, :, first:end], served[:, first:end] = some, count
    return np.where(served[:, None, :] > 0, seconds[places] / 60, 0.0), served


def queue_percentiles(queue_us: Int64s, open_us: Int64s, percents: Sequence[int]) -> Floats:
    """Percentiles over days of the mean queue in each half hour, (percents, 48), from times of each (days, 48).

    A day's mean is waiting time by open time; days without open time don't count. Where none counts, it is 0.
    """
    is_open = open_us > 0
    means = np.divide(queue_us, open_us, out=np.full(open_us.shape, np.inf), where=is_open)
    means.sort(axis=0)
    days = is_open.sum(axis=0)
    ranks = np.array([np.maximum(-(-days * percent // 100) - 1, 0) for percent in percents])
    return np.where(days > 0, np.take_along_axis(means, ranks, axis=0), 0.0)


def _places(halls: Sequence[HallSums]) -> tuple[Int64s, list[Ints]]:
    """Ascending seconds, and for each hall the place of each wait among them."""
    waits = [hall.waits_s for hall in halls]
    longest = max((int(mine.max(initial=-1)) for mine in waits), default=-1)
    if longest < _LONGEST_S:
        return np.arange(longest + 1), waits
    seconds = np.unique(np.concatenate(waits)).astype(np.int64)
    return seconds, [np.searchsorted(seconds, mine).astype(np.int32) for mine in waits]


def _histograms(hall: HallSums, waits: Ints, some: slice, length: int) -> Int64s:
    """Number of waits by scope, period among `some` of them, and place."""
    shape = (len(hall.layout.classes) + 1, some.stop - some.start, length)
    start = (hall.wait_scope.astype(np.int64) * shape[1] - some.start) * length + waits
    found = np.zeros(shape[0] * shape[1] * length, dtype=np.int64)
    for code in hall.periods.codes:
        column = code.ravel()[hall.wait_half_hour]
        key = start + column * length
        if code.min() < some.start or code.max() >= some.stop:
            key = key[(some.start <= column) & (column < some.stop)]
        found += np.bincount(key, minlength=found.size)
    return found.reshape(shape)
