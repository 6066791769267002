"""The event digest of a run: one hash of all that happened in it, equal for equal runs in either engine.

It reads the finished arrays where they lie and copies none. It decides nothing, and no result depends on it. Whoever
changes what is hashed raises `sim.run.ENGINE_VERSION`, as for any result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.halls.record import HallRecord

if TYPE_CHECKING:
    from sim.market.run import MarketRun

DIGEST_HEX = 32
"""Length of a digest: 128 bits in hex, so that two different runs do not share one by chance."""

OF_CUSTOMERS = ("customer_class", "transaction", "setback", "treated")
"""What of a hall's plan is hashed beside the arrival: what somebody came for and met. The rest shows in outcomes."""

TIMES = ("left_us", "gone_us", "offered_us")
"""Times among the outcomes."""

_FACTORS = np.array([0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93], np.uint64)
"""Odd numbers without a pattern: the golden ratio's and those of SplitMix64 and its like (Steele et al., 2014)."""

_BLOCK = 1 << 15
"""Customers whose times are folded at once: what stays in the processor's cache."""


def event_digest(halls: Sequence[HallRecord], market: MarketRun | None) -> str:
    """Hash of the events of a run in hex, warm-up included; the same on all platforms of one byte order.

    Of each hall, under its name: every customer in order of arrival with all its outcomes and its complaint, those whom
    other channels took, and every change of its staffing. Of the market: everybody's state at the end, which holds a
    hash of all that happened to it, and the books.

    SHA-256, because it is the quickest here: 20 ns a customer, where the compiled engine takes a microsecond.
    """
    digest = hashlib.sha256()
    for record in halls:
        digest.update(f"hall {record.layout.name}\n".encode())
        _add_times(digest, [record.plan.arrival_us, *(getattr(record.outcomes, name) for name in TIMES)])
        for name in OF_CUSTOMERS:
            _add(digest, getattr(record.plan, name))
        for rows in (record.outcomes, record.complained, record.away):
            for field in fields(rows):
                if field.name not in TIMES:
                    _add(digest, getattr(rows, field.name))
        for lane in record.changes:
            _add(digest, np.array(lane, dtype=np.int64))
    if market is not None:
        digest.update(b"market\n")
        _add(digest, market.people)
        for book in market.books:
            _add(digest, book)
    return digest.hexdigest()[:DIGEST_HEX]


def _add(digest: Any, values: NDArray[Any]) -> None:
    """Add an array's shape and bytes; of one that is the same all over, a single value."""
    digest.update(f"{values.shape} {values.dtype.itemsize}\n".encode())
    if values.ndim == 1 and values.size and values.dtype.itemsize <= 2 and (values == values[0]).all():
        values = values[:1]
        digest.update(b"all\n")
    digest.update(np.ascontiguousarray(values).reshape(-1).view(np.uint8))


def _add_times(digest: Any, times: Sequence[NDArray[np.int64]]) -> None:
    """Add the times of each customer, folded into one word, so that a quarter of their bytes is hashed.

    Two different sets of times share a word once in 2⁶⁴; if one of them alone differs, never.
    """
    digest.update(f"{len(times[0])} times\n".encode())
    words = [np.ascontiguousarray(each).view(np.uint64) for each in times]
    folded, term = np.empty(_BLOCK, np.uint64), np.empty(_BLOCK, np.uint64)
    for start in range(0, len(words[0]), _BLOCK):
        size = min(_BLOCK, len(words[0]) - start)
        np.multiply(words[0][start : start + size], _FACTORS[0], out=folded[:size])
        for word, factor in zip(words[1:], _FACTORS[1:], strict=True):
            np.multiply(word[start : start + size], factor, out=term[:size])
            np.add(folded[:size], term[:size], out=folded[:size])
        digest.update(folded[:size])
