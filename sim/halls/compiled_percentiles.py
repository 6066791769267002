"""Percentiles of many waits, from a histogram that compiled loops fill and read. A test holds them equal to the arrays.

Importing this module imports numba; the machine code is cached on disk.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_jit = njit(cache=True, nogil=True)


@_jit
def count_waits(places, scope, half_hour, labels, first, end, table, sizes):  # type: ignore[no-untyped-def]
    """Count each wait in `table`, (scopes, periods, places), under all its periods from `first` up to `end`.

    `labels` are those of each half hour, (half hours, families), −1 for none; `sizes` counts the waits of a period.
    """
    for n in range(places.size):
        place, s = places[n], scope[n]
        for label in labels[half_hour[n]]:
            if first <= label < end:
                table[s, label - first, place] += 1
                sizes[s, label - first] += 1


@_jit
def find_places(table, sizes, rows, rows_from, shares, found, served):  # type: ignore[no-untyped-def]
    """Fill `found`, (scopes, shares, periods), with the least places within which those shares of the waits lie.

    Scope n pools the rows `rows[rows_from[n]:rows_from[n + 1]]` of the table; `shares` ascend. `served` gets how many
    waits a scope has, (scopes, periods); without any, the place is 0.
    """
    for n in range(rows_from.size - 1):
        mine = rows[rows_from[n] : rows_from[n + 1]]
        for period in range(sizes.shape[1]):
            size = 0
            for row in mine:
                size += sizes[row, period]
            served[n, period] = size
            place, height = -1, 0
            for which in range(shares.size if size else 0):
                rank = np.ceil(shares[which] * size)
                while height < rank:
                    place += 1
                    for row in mine:
                        height += table[row, period, place]
                found[n, which, period] = max(place, 0)
