"""The only source of randomness: Philox4x32-10 keyed by (seed, replication) and counted by (entity, purpose, index).

A number depends on who it is for and what it decides, never on how many were drawn before. So two arms of a study are
identical until their first difference acts, and one more customer changes nobody it does not meet.
Source: Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3" (Random123).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

UInt64s = NDArray[np.uint64]
Floats = NDArray[np.float64]

M0, M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
W0, W1 = 0x9E3779B9, 0xBB67AE85
"""Multipliers and Weyl increments of Philox4x32, by their names in Random123."""

LOW, HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
"""Mask of a word's lower 32 bits, and how far its upper ones are shifted."""

COMPILED_FROM = 20_000
"""Size of array from which draws are compiled: below, loading numba takes longer. Both ways give the same bits."""


class Kind(IntEnum):
    """What an entity is: the top 8 of its 56 bits. Codes are fixed for ever: they are part of every result."""

    HALL = 1
    WALK_IN = 2
    KIOSK = 3


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


def hall_numbers(names: Iterable[str]) -> dict[str, int]:
    """Number every hall by its name, so that neither its place in the file nor its neighbours enter a draw.

    The number is a 10-bit digest of the name. Limit: of two names with equal digests one takes the next free number,
    so adding or removing the other may change its draws.
    """
    digests = {name: int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big") for name in names}
    if len(digests) > HALLS_MOST:
        raise ValueError(f"{len(digests)} halls are more than the {HALLS_MOST} that the draw key can tell apart")
    taken: dict[int, str] = {}
    for name in sorted(digests, key=lambda name: digests[name]):
        number = digests[name] % HALLS_MOST
        while number in taken:
            number = (number + 1) % HALLS_MOST
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
        who, which = np.broadcast_arrays(np.asarray(entities, dtype=np.uint64), np.asarray(index, dtype=np.uint64))
        who, which = who.ravel(), which.ravel()
        if who.size >= COMPILED_FROM:
            from sim.compiled_draws import uniforms

            u, v = np.empty(who.size), np.empty(who.size)
            purpose_code, seed, replication = (np.uint64(word) for word in (purpose, self.seed, self.replication))
            uniforms(who, purpose_code, which, seed, replication, u, v)
            return u, v
        words = philox4x32(
            (who & LOW, who >> HALF, np.full(who.shape, int(purpose), dtype=np.uint64), which & LOW),
            (self.seed, self.replication),
        )
        return _uniform(words[0], words[1]), _uniform(words[2], words[3])


def _uniform(low: UInt64s, high: UInt64s) -> Floats:
    bits = ((high << HALF) | low) >> np.uint64(11)
    np.maximum(bits, np.uint64(1), out=bits)  # 0 would be outside the open interval
    return bits.astype(np.float64) * 2.0**-53


def philox4x32(
    counter: tuple[UInt64s, UInt64s, UInt64s, UInt64s], key: tuple[int, int]
) -> tuple[UInt64s, UInt64s, UInt64s, UInt64s]:
    """Philox4x32 with ten rounds. Words are 32-bit numbers held in uint64 arrays of one shape.

    Source: Random123, checked against its published known-answer vectors.
    """
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        product0, product1 = c0 * M0, c2 * M1
        c0, c1, c2, c3 = (
            (product1 >> HALF) ^ c1 ^ np.uint64(k0),
            product1 & LOW,
            (product0 >> HALF) ^ c3 ^ np.uint64(k1),
            product0 & LOW,
        )
        k0, k1 = (k0 + W0) & 0xFFFFFFFF, (k1 + W1) & 0xFFFFFFFF
    return c0, c1, c2, c3
