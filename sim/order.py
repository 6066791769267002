"""The order of events: (time, rank, entity), a total order without sequence numbers.

It decides which of two events at the same microsecond comes first, and schedules them so in SimPy. What an event causes
at the same instant is done before the next event, because SimPy's own priorities 0 and 1 stay below every rank.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import simpy
from simpy.events import Event

_BELOW_RANKS = 16
_ENTITY_BITS = 56


class Rank(IntEnum):
    """Which kind of event comes first at the same microsecond. The gaps leave room for later rooms of the house."""

    MIDNIGHT = 0
    """The day turns: midnight steps, and the plan of the new day, before anything of that day."""
    AVAILABILITY = 16
    """A kiosk breaks down or is repaired."""
    STAFFING = 20
    """The number of staffed counters changes: a level holds from its time on, so before a service could start then."""
    CLOSING = 24
    """The hall closes its door."""
    CHECK_END = 26
    """An adviser has checked a customer's documents."""
    SERVICE_END = 28
    """A counter or kiosk becomes free, so a customer whose patience ends now is still served."""
    RENEGE = 32
    """A customer's patience ends."""
    ARRIVAL = 48
    """A customer comes in: after all else, so it sees the hall as it stands."""


def priority(rank: Rank, entity: int) -> int:
    """SimPy priority of an event of this rank and entity (an entity has at most 56 bits).

    >>> priority(Rank.SERVICE_END, 99) < priority(Rank.ARRIVAL, 1)
    True
    """
    return _BELOW_RANKS + (rank << _ENTITY_BITS) + entity


class Timed(Event):
    """An event at an absolute time, ranked: the one way in which the model lets time pass."""

    def __init__(self, env: simpy.Environment, at_us: int, rank: Rank, entity: int, value: Any = None) -> None:
        super().__init__(env)
        delay_us = at_us - int(env.now)
        if delay_us < 0:
            raise ValueError(f"an event at {at_us} µs lies before now, {int(env.now)} µs")
        self._ok = True
        self._value = value
        env.schedule(self, priority(rank, entity), delay_us)  # type: ignore[arg-type]
