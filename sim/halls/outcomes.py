"""Outcomes: what became of each customer. The only thing that an engine makes, and equal whichever engine made it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from sim.clock import NEVER_US
from sim.halls.columns import alike


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

    def only(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> Outcomes:
        """The outcomes of the rows of a mask, or of these numbers in this order."""
        return Outcomes(*(getattr(self, f.name)[which] for f in fields(self)))


def all_present(customers: int) -> Outcomes:
    """Outcomes of customers of whom nothing has become yet."""
    return Outcomes(
        np.full(customers, Fate.PRESENT, np.int8),
        np.full(customers, -1, np.int16),
        np.full(customers, -1, np.int16),
        np.full(customers, -1, np.int16),
        np.full(customers, NEVER_US, np.int64),
        np.full(customers, NEVER_US, np.int64),
        np.full(customers, NEVER_US, np.int64),
    )


def all_served(customers: int) -> Outcomes:
    """Outcomes of customers who will all be served, of the first queue and lane; their counters and times are open."""
    return Outcomes(
        alike(np.int8(Fate.SERVED), customers),
        alike(np.int16(0), customers),
        alike(np.int16(0), customers),
        np.empty(customers, np.int16),
        *np.empty((3, customers), np.int64),  # at one place: fewer small pages of memory at their ends
    )


def joined(parts: Sequence[Outcomes]) -> Outcomes:
    """Outcomes of one hall from those of its days, in order; of nobody, where it opened on none."""
    if len(parts) == 1:
        return parts[0]
    parts = (all_present(0), *parts)
    return Outcomes(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Outcomes)))
