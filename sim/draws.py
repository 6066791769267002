"""The only source of randomness: Philox4x32-10 keyed by (seed, replication) and counted by (entity, purpose, index).

A number depends on who it is for and what it decides, never on how many were drawn before. So two arms of a study are
identical until their first difference acts, and one more customer changes nobody it does not meet.
Source: Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3" (Random123).
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from sim.philox import HALF, LOW, UInt64s, philox4x32, uniform

Floats = NDArray[np.float64]

COMPILED_FROM = 20_000
"""Size of array from which draws are compiled: below, loading numba takes longer. Both ways give the same bits."""


class Kind(IntEnum):
    """What an entity is: the top 8 of its 56 bits. Codes are fixed for ever: they are part of every result."""

    HALL = 1
    WALK_IN = 2
    KIOSK = 3
    SUBSCRIBER = 4
    VISIT = 5
    CONTACT = 6
    CAMPAIGN = 7
    RETURN = 8


class Purpose(IntEnum):
    """What a draw decides. Codes are fixed for ever: they are part of every result."""

    DAY_FACTOR = 1
    """How busy this hall's day is, against an ordinary one."""
    CANDIDATES = 2
    """How many candidate arrivals a half hour holds in one layer of rate."""
    ARRIVAL = 3
    """A candidate's moment within its half hour, and the height at which the arrival rate must stand to admit it."""
    KIND_OF_VISIT = 4
    """Customer class; transaction type."""
    SERVICE = 5
    """Service time at a counter."""
    PATIENCE = 6
    """How long the customer will wait before it leaves the queue."""
    WILLINGNESS = 7
    """At which queue the customer walks away; whether it takes to a kiosk."""
    KIOSK_SERVICE = 8
    """Service time at a kiosk."""
    PRE_CHECK = 9
    """How long an adviser takes over the customer's documents."""
    BREAKDOWN = 10
    """A kiosk's time to the next breakdown; how long the repair lasts."""
    START = 11
    """How a subscriber starts. Index 0: segment; operator. 1: usage; tenure. 2: phase of the year, its second one.
    3: catchment; own hazard of lapsing."""
    START_PLAN = 12
    """Taste for one plan at the start; the index is the plan's number."""
    CANDIDATE = 13
    """Days to the next candidate for a decision; the height at which the hazard must stand. The index counts them."""
    MOMENT = 14
    """When in the day a decision is made; whether a debtor pays in the end. The index is the day."""
    CHOICE = 15
    """Taste for one plan in one decision. The index is day << 12 | the plan's number."""
    PORTING = 16
    """Whether a switcher takes its number along; whether the port succeeds. The index is the day."""
    VISIT_CANDIDATE = 17
    """Days to the next candidate for a hall visit; the height at which the visit rate must stand."""
    VISIT_MOMENT = 18
    """When in the day's profile a subscriber visits its hall; whether a bad visit makes it complain."""
    CONTACT = 19
    """Whether a contact reaches the subscriber; whether the subscriber accepts. At index 4096 + day: whether it
    complains of what it accepted."""
    CONTACT_LIST = 20
    """A subscriber's place among equals; the index is the day. At index 4096: its own turn within the tactic's period;
    whether it belongs to the treated share."""
    CAMPAIGN = 21
    """Whether a rival's campaign reaches a subscriber in a month; whether we get to know of it."""
    WARNING = 22
    """Whether the churn warning sees a subscriber at risk; whether it gives a false alarm. The index is the day."""
    WHEREABOUTS = 23
    """To which other hall a customer of a closed one goes; whether another channel takes its business."""
    NOTICE = 24
    """Whether a customer heeds a notice; at which time it comes instead."""
    SETBACK = 25
    """Which setback a visit meets; whether the customer comes again."""
    OUTAGE = 26
    """Opening time to the next failure of the system; how long it lasts."""
    KIOSK_TROUBLE = 27
    """Whether a kiosk without change sends its user to the counters."""
    SALES = 28
    """Whether there is sales talk; whether the customer buys, and whether it suits."""
    SALES_TALK = 29
    """How long the sales talk takes."""
    HALL_COMPLAINT = 30
    """Whether a visit ends in a complaint, and of what; under which cause it is filed."""


_HALL_BITS, _DAY_BITS, _SOURCE_BITS, _CANDIDATE_BITS = 10, 12, 4, 22
HALLS_MOST = 1 << _HALL_BITS
DAYS_MOST = 1 << _DAY_BITS
CANDIDATES_MOST = 1 << _CANDIDATE_BITS


def entity(kind: Kind, number: int) -> int:
    """Entity of a kind with a number of at most 48 bits."""
    return (int(kind) << 48) | number


def walk_ins(hall: int, days: NDArray[np.int64], source: int, candidates: NDArray[np.int64]) -> NDArray[np.int64]:
    """Entities of anonymous customers: (hall, day, source, candidate number before acceptance)."""
    number = (((hall << _DAY_BITS) + days << _SOURCE_BITS) + source << _CANDIDATE_BITS) + candidates
    return np.asarray((int(Kind.WALK_IN) << 48) + number, dtype=np.int64)


def returns_of(first: NDArray[np.int64]) -> NDArray[np.int64]:
    """Entities of walk-ins who come again, from those of their first visits."""
    return np.asarray((int(Kind.RETURN) << 48) | (first & ((1 << 48) - 1)), dtype=np.int64)


def hall_numbers(names: Iterable[str]) -> dict[str, int]:
    """Number every hall by its name, so that neither its place in the file nor its neighbours enter a draw."""
    return name_numbers(names, _HALL_BITS, "halls")


def name_numbers(names: Iterable[str], bits: int, what: str) -> dict[str, int]:
    """Number names for draws: each by a digest of so many bits.

    Limit: of two names with equal digests one takes the next free number, so adding or removing the other may change
    its draws. ValueError for more names than numbers; `what` says of what.
    """
    digests = {name: int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big") for name in names}
    if len(digests) > 1 << bits:
        raise ValueError(f"{len(digests)} {what} are more than the {1 << bits} that the draw key can tell apart")
    taken: dict[int, str] = {}
    for name in sorted(digests, key=lambda name: digests[name]):
        number = digests[name] % (1 << bits)
        while number in taken:
            number = (number + 1) % (1 << bits)
        taken[number] = name
    return {name: number for number, name in taken.items()}


@dataclass(frozen=True)
class Draws:
    """Uniform numbers of one replication. `seed` and `replication` are the two 32-bit words of the Philox key."""

    seed: int
    replication: int

    def uniforms(
        self, entities: NDArray[np.int64] | int, purpose: Purpose, index: NDArray[np.int64] | int
    ) -> tuple[Floats, Floats]:
        """Two independent 53-bit uniforms in (0, 1) for each (entity, index); arrays broadcast together."""
        who, which = np.broadcast_arrays(_words(entities), _words(index))
        who, which = who.ravel(), which.ravel()
        if who.size >= COMPILED_FROM or "sim.compiled_draws" in sys.modules:
            return self.compiled(who, purpose, which)
        return self.uncompiled(who, purpose, which)

    def compiled(self, who: UInt64s, purpose: Purpose, which: UInt64s) -> tuple[Floats, Floats]:
        """The same uniforms from compiled loops, for entities and indices of one length."""
        from sim.compiled_draws import uniforms

        u, v = np.empty(who.size), np.empty(who.size)
        purpose_code, seed, replication = (np.uint64(word) for word in (purpose, self.seed, self.replication))
        uniforms(who, purpose_code, which, seed, replication, u, v)
        return u, v

    def uncompiled(self, who: UInt64s, purpose: Purpose, which: UInt64s) -> tuple[Floats, Floats]:
        """The same uniforms from NumPy, for entities and indices of one length."""
        words = philox4x32(
            (who & LOW, who >> HALF, np.full(who.shape, int(purpose), dtype=np.uint64), which & LOW),
            (self.seed, self.replication),
        )
        return uniform(words[0], words[1]), uniform(words[2], words[3])


def _words(values: NDArray[np.int64] | int) -> UInt64s:
    """Numbers as unsigned words; an array is not copied."""
    return (
        values.view(np.uint64)
        if isinstance(values, np.ndarray) and values.dtype == np.int64
        else np.asarray(values, dtype=np.uint64)
    )
