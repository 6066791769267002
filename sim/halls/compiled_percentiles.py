"""Percentiles of many waits, from a histogram that compiled loops fill and read. A test holds them equal to the arrays.

Importing this module imports numba; the machine code is cached on disk.
"""

from __future__ import annotations

import numpy as np

from sim.compiling import cached

_jit = cached()


@_jit
def count_waits(places, scope, half_hour, labels, first, end, table, sizes):  # type: ignore[no-untyped-def]
    """Count each wait in `table`, (scopes, periods, places), under all its periods from `first` up to `end`.

    `labels` are those of each half hour, (half hours, families), −1 for none; `sizes` gets the waits of a period.
    """
    cells, a_period = table.reshape(-1), np.uint64(table.shape[2])  # unsigned: none counts from the end
    a_scope, n, waits = np.uint64(table.shape[1]) * a_period, np.uint64(0), np.uint64(places.size)
    mine = np.empty(labels.shape[1], np.uint64)
    while n < waits:
        now, periods = half_hour[n], 0
        for label in labels[now]:
            if first <= label < end:
                mine[periods] = np.uint64(label - first) * a_period
                periods += 1
        while n < waits and half_hour[n] == now:
            cell = np.uint64(scope[n]) * a_scope + np.uint64(places[n])
            for k in range(periods):
                cells[cell + mine[k]] += 1
            n += np.uint64(1)
    for s in range(sizes.shape[0]):
        for period in range(sizes.shape[1]):
            sizes[s, period] = table[s, period].sum()


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
