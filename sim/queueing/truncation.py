"""How long a queue the chain has to compute, so that what lies beyond does not matter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrc, pdtrc

from sim.queueing.day import ChainTooLarge, HallDay
from sim.queueing.pieces import Piece
from sim.queueing.states import hall_after, hall_moves, hall_space, moved
from sim.queueing.uniformisation import generator, step_length, step_sums, steps_needed

Floats = NDArray[np.float64]

TAIL = 1e-10
"""Probability of a queue longer than the computed one, at any end of a piece."""

MOST_TAIL = 1e-6
"""The same where a kind of day is rare: TAIL over its weight, but not more than this."""


def tail_of(weight: float) -> float:
    """Probability of a longer queue to allow on days of this weight among all days."""
    return min(MOST_TAIL, TAIL / weight)


def longest_queue(day: HallDay, pieces: Sequence[Piece], limit_bytes: int, tail: float = TAIL) -> int:
    """Least queue that is exceeded with probability at most `tail`, by the chain without classes.

    Both classes have one law of service and patience, so the whole queue does not depend on the priority. Raises
    ChainTooLarge if even this chain passes the limit.
    """
    plain = replace(day, vip_share=0.0)
    peak = _fluid_peak(day, pieces)
    top = max(piece.top for piece in pieces)
    guess = math.ceil(24 + peak + 4 * math.sqrt(peak))
    while True:
        needed = (top + 1) * (guess + 1) * 8 * 40
        if needed > limit_bytes:
            raise ChainTooLarge(needed, limit_bytes, guess)
        found = _seen(plain, pieces, guess, tail)
        if found is not None:
            return found
        guess = 2 * guess


def longest_vip_queue(day: HallDay, pieces: Sequence[Piece], longest: int, tail: float = TAIL) -> int:
    """Queue of VIPs to compute: the tail of M/M/s+M with all counters busy, at the worst piece of the day."""
    if day.vip_share == 0:
        return 0
    needed = 4
    for piece in pieces:
        rate = piece.highest_rate * day.vip_share
        beyond, length = 1.0, 0
        while beyond > 0.1 * tail and length < longest:
            length += 1
            out = piece.counters / day.mean_service_min + length / day.mean_patience_min
            beyond = beyond * rate / out if out > rate else 1.0
        needed = max(needed, length)
    return min(needed, longest)


def longest_ahead(day: HallDay, pieces: Sequence[Piece], wait_min: float, longest: int, tail: float = TAIL) -> int:
    """Customers ahead from which on a wait exceeds `wait_min` for sure, but for a chance of about `tail`.

    At most a Poisson number of services ends in that time, and each customer ahead gives up with a fixed probability.
    """
    services = max(piece.top for piece in pieces) * wait_min / day.mean_service_min
    leaves = -math.expm1(-wait_min / day.mean_patience_min)
    served = 1
    while pdtrc(served, services) > 0.1 * tail:
        served += 1
    ahead = served
    while ahead < longest and bdtrc(ahead - served, ahead, leaves) > 0.1 * tail:
        ahead += max(1, ahead // 16)
    return min(ahead, longest)


def _fluid_peak(day: HallDay, pieces: Sequence[Piece]) -> float:
    """Longest queue of a fluid that comes at the arrival rate and leaves by all counters and by patience."""
    queue = peak = 0.0
    for piece in pieces:
        for _ in range(4):
            step = piece.length / 4
            flow = (piece.rate + 0.5 * piece.slope * piece.length - piece.counters / day.mean_service_min) * step
            queue = max(0.0, queue + flow) / (1.0 + step / day.mean_patience_min)
            peak = max(peak, queue)
    return peak


def _seen(day: HallDay, pieces: Sequence[Piece], guess: int, tail: float) -> int | None:
    """Queue exceeded with probability `tail` at most; None if `guess` is too short to tell."""
    longest, space, state = 1, None, np.ones(1, dtype=np.float64)
    for piece in pieces:
        now = hall_space(piece.counters, piece.top, guess, 0)
        target = hall_after(space, now) if space is not None else now.index[0, 0, 0].reshape(1)
        state = moved(state, target, len(now))
        space = now
        fixed, per_rate, _ = hall_moves(now, day)
        moves = generator(fixed.T.tocsr(), per_rate.T.tocsr(), piece.highest_rate)
        steps = steps_needed(moves, piece.length)
        length = piece.length / steps
        whole = np.ones((1, step_length(moves, length, piece.slope)))
        for number in range(steps):
            rate = piece.rate + piece.slope * length * number
            state = step_sums(state, moves, length, rate, piece.slope, whole)[0]
        queue = np.bincount(now.second, weights=state, minlength=guess + 1)
        beyond = np.cumsum(queue[::-1])[::-1]
        if beyond[guess] > 0.01 * tail:
            return None
        longest = max(longest, int(np.flatnonzero(beyond > tail)[-1]) + 1)
    return min(guess, longest)
