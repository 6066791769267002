"""Draws: Philox against the vectors that its authors publish, and whether runs repeat to the bit."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from standfast.validation.rows import Row, same
from standfast.validation.sampled import Check

if TYPE_CHECKING:
    import pandas as pd

PART = "draws"
SOURCE = "Random123, known answers of philox4x32, 10 rounds"

Words = tuple[int, int, int, int]

KNOWN_ANSWERS: tuple[tuple[str, Words, tuple[int, int], Words], ...] = (
    ("zeros", (0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ("ones", (0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        "digits of π",
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
)
"""Name, counter, key and answer (Salmon, Moraes, Dror & Shaw 2011, file kat_vectors)."""


def draw_rows() -> list[Row]:
    """A row for each known answer, and one for draws in compiled loops."""
    from sim.draws import Draws, Purpose
    from sim.philox import philox4x32

    rows = []
    for name, counter, key, answer in KNOWN_ANSWERS:
        c0, c1, c2, c3 = (np.array([word], dtype=np.uint64) for word in counter)
        found = philox4x32((c0, c1, c2, c3), key)
        rows.append(same(PART, f"Philox, {name}", SOURCE, _hex(answer), _hex([int(word[0]) for word in found])))
    draws, which = Draws(2010, 7), np.zeros(20_000, np.uint64)
    who = np.arange(which.size, dtype=np.uint64) * np.uint64(7919)
    compiled = np.array(draws.compiled(who, Purpose.SERVICE, which))
    apart = int((compiled != np.array(draws.uncompiled(who, Purpose.SERVICE, which))).sum())
    return [
        *rows,
        same(PART, "compiled draws that differ", "NumPy, the same keys", 0, apart, f"{compiled.size:,} draws"),
    ]


def repeat_checks() -> list[Check]:
    """One check: the same run three times, wherever a worker is free, one of them in the other engine."""
    return [Check(PART, "a run made again", fingerprint, 3, judge)]


def fingerprint(again: int) -> pd.DataFrame:
    """SHA-256 over every outcome of one run of a random hall; every third time by the SimPy engine."""
    import pandas as pd

    import sim
    from standfast.validation.random_halls import random_study

    (record,) = sim.run_halls(random_study(2010), 1, engine="simpy" if again % 3 == 2 else "compiled")
    digest = hashlib.sha256()
    for column in [record.plan.arrival_us, *(getattr(record.outcomes, each.name) for each in fields(record.outcomes))]:
        digest.update(np.ascontiguousarray(column.astype("<i8")).tobytes())
    return pd.DataFrame({"digest": [digest.hexdigest()[:16]]})


def judge(frames: Sequence[pd.DataFrame]) -> list[Row]:
    """One row for each time the run was made again; its truth is the first time."""
    first, *others = [str(frame["digest"].iloc[0]) for frame in frames]
    names = ("a run made again", "a run made again, other engine")
    note = "digest of all outcomes; other platforms may differ in last bits"
    return [same(PART, name, "the first time", first, found, note) for name, found in zip(names, others, strict=True)]


def _hex(words: Sequence[int]) -> str:
    return " ".join(f"{word:08x}" for word in words)
