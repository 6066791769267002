"""Outcomes: what became of each customer. The only thing that an engine makes, and equal whichever engine made it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Fate(IntEnum):
    """How a visit ended. Every customer that came in ends in exactly one of these, but `PRESENT`."""

    PRESENT = 0
    """Still in the hall: no end yet."""
    SERVED = 1
    ABANDONED = 2
    """Left the queue when its patience ended (reneging)."""
    BALKED = 3
    """Saw the queue and walked away."""
    TURNED_AWAY = 4
    """Still waited when the hall stopped serving."""


@dataclass(frozen=True)
class Outcomes:
    """What became of each customer of a plan; one row a customer, times in µs since the study's start.

    fate         a `Fate`
    queue        the queue that it joined, or saw and left
    lane         index into `Layout.lanes` of the lane that served it; -1 if not served
    counter      number of its counter within the lane, from 0; -1 if not served
    left_us      when it began service or left the queue: its time in the queue ends here
    gone_us      when it left the hall
    offered_us   offered (virtual) wait: what an infinitely patient, non-balking customer in its place would have
                 waited; NEVER_US if no counter would ever have taken it
    """

    fate: NDArray[np.int8]
    queue: NDArray[np.int16]
    lane: NDArray[np.int16]
    counter: NDArray[np.int16]
    left_us: NDArray[np.int64]
    gone_us: NDArray[np.int64]
    offered_us: NDArray[np.int64]


def nobody() -> Outcomes:
    """Outcomes of a day on which the hall is closed."""
    short, long = np.zeros(0, np.int16), np.zeros(0, np.int64)
    return Outcomes(np.zeros(0, np.int8), short, short, short, long, long, long)


def joined(parts: Sequence[Outcomes]) -> Outcomes:
    """Outcomes of one hall from those of its days, in order; of nobody, where it opened on none."""
    parts = (nobody(), *parts)
    return Outcomes(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Outcomes)))
