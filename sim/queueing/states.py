"""States of the chain and their transitions: the hall itself, and the hall as a waiting customer meets it.

The hall: (busy counters, VIPs waiting, all waiting). Somebody waits only while at least s counters are busy, so idle
states are (b < s, 0, 0). More than s are busy for a while after staff fell: they finish and do not start again.
The waiting customer (*tagged*): (busy counters, customers ahead, customers behind); those behind matter only where
VIPs balk at the length of the whole queue.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from sim.queueing.day import HallDay

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GONE = -1
"""Index of no state: the tagged customer has been taken."""


@dataclass(frozen=True, eq=False)
class Space:
    """States as columns of numbers. For the hall: first = VIPs waiting, second = all waiting; for the tagged customer:
    first = ahead, second = behind. `index[busy, first, second]` is the state's number, or GONE."""

    counters: int
    top: int
    busy: Ints
    first: Ints
    second: Ints
    index: Ints

    def __len__(self) -> int:
        return len(self.busy)


def _number(counters: int, top: int, rows: list[Ints], first: int, second: int) -> Space:
    busy, one, two = rows
    index = np.full((top + 1, first + 1, second + 1), GONE, dtype=np.int64)
    index[busy, one, two] = np.arange(len(busy))
    return Space(counters, top, busy, one, two, index)


def hall_space(counters: int, top: int, longest: int, longest_vip: int) -> Space:
    """States of the hall with up to `top` ≥ `counters` busy, `longest` waiting and `longest_vip` VIPs among them."""
    busy, vip, queue = (
        grid.ravel()
        for grid in np.meshgrid(
            np.arange(counters, top + 1), np.arange(longest_vip + 1), np.arange(longest + 1), indexing="ij"
        )
    )
    real = vip <= queue
    idle = np.arange(counters)
    none = np.zeros(counters, dtype=np.int64)
    rows = [np.concatenate(pair) for pair in ((idle, busy[real]), (none, vip[real]), (none, queue[real]))]
    return _number(counters, top, rows, longest_vip, longest)


def tagged_space(counters: int, top: int, longest: int, behind: int) -> Space:
    """States of a waiting customer with up to `longest` other customers waiting, at most `behind` of them behind it."""
    busy, ahead, after = (
        grid.ravel()
        for grid in np.meshgrid(
            np.arange(counters, top + 1), np.arange(longest + 1), np.arange(behind + 1), indexing="ij"
        )
    )
    real = ahead + after <= longest
    return _number(counters, top, [busy[real], ahead[real], after[real]], longest, behind)


Mask = NDArray[np.bool_]
Moves = list[tuple[Ints, Ints, NDArray[Any]]]


def _generator(moves: Moves, states: int) -> csr_array[Any]:
    """Generator (from, to); a target GONE only leaves."""
    source, target, rate = (np.concatenate(parts) for parts in zip(*moves, strict=True))
    stays = target != GONE
    rows = np.concatenate((source[stays], source))
    columns = np.concatenate((target[stays], source))
    values = np.concatenate((rate[stays], -rate))
    return csr_array((values, (rows, columns)), shape=(states, states))


def _move(
    space: Space, moves: Moves, mask: Mask, first_by: int, second_by: int, busy_by: int, rate: NDArray[Any]
) -> None:
    """Add the moves of the states in `mask`: how far each count changes, and the rate of each state."""
    to = space.index[space.busy[mask] + busy_by, space.first[mask] + first_by, space.second[mask] + second_by]
    moves.append((np.flatnonzero(mask), to, rate[mask]))


def hall_moves(space: Space, day: HallDay) -> tuple[csr_array[Any], csr_array[Any], Floats]:
    """Generators of the hall: fixed (services, patience) and per unit of the arrival rate; and by state the share of
    arrivals that would join but meet the end of the computed queue."""
    busy, vip, queue = space.busy, space.first, space.second
    move = partial(_move, space)
    serve, leave = 1.0 / day.mean_service_min, 1.0 / day.mean_patience_min
    fixed: Moves = []

    at_level, served = busy == space.counters, busy * serve
    move(fixed, (busy > 0) & ~(at_level & (queue > 0)), 0, 0, -1, served)
    move(fixed, (busy > 0) & at_level & (vip > 0), -1, -1, 0, served)
    move(fixed, (busy > 0) & at_level & (vip == 0) & (queue > 0), 0, -1, 0, served)
    move(fixed, vip > 0, -1, -1, 0, vip * leave)
    move(fixed, queue > vip, 0, -1, 0, (queue - vip) * leave)

    arrivals: Moves = []
    longest_vip, longest = space.index.shape[1] - 1, space.index.shape[2] - 1
    waits, joins = busy >= space.counters, day.joining(longest)[queue]
    room = waits & (queue < longest)
    move(arrivals, ~waits, 0, 0, 1, np.ones(len(space)))
    move(arrivals, room & (vip < longest_vip), 1, 1, 0, day.vip_share * joins)
    move(arrivals, room, 0, 1, 0, (1.0 - day.vip_share) * joins)
    full = np.where(waits & (queue == longest), joins, 0.0)
    lost = full + np.where(room & (vip == longest_vip), day.vip_share * joins, 0.0)
    return _generator(fixed, len(space)), _generator(arrivals, len(space)), lost


def hall_after(space: Space, then: Space) -> Ints:
    """State of the new space that each state becomes when the staff level changes: waiting customers start at once."""
    free = np.maximum(0, then.counters - space.busy)
    vips = np.minimum(free, space.first)
    starts = np.minimum(free, space.second)
    busy = np.minimum(space.busy + starts, then.top)
    return np.asarray(then.index[busy, space.first - vips, space.second - starts], dtype=np.int64)


def moved(distribution: Floats, target: Ints, states: int) -> Floats:
    """The distribution over the new states when each old state becomes its target."""
    return np.bincount(target, weights=distribution, minlength=states).astype(np.float64)


def tagged_moves(space: Space, day: HallDay, vips_pass: bool) -> tuple[csr_array[Any], csr_array[Any] | None]:
    """Generators of a tagged customer who stays for ever: fixed, and per unit of the arrival rate if VIPs pass it.

    The tagged customer stands in the queue that later arrivals see.
    """
    busy, ahead, behind = space.busy, space.first, space.second
    move = partial(_move, space)
    serve, leave = 1.0 / day.mean_service_min, 1.0 / day.mean_patience_min
    fixed: Moves = []

    at_level, served = busy == space.counters, busy * serve
    move(fixed, ~at_level, 0, 0, -1, served)
    move(fixed, at_level & (ahead > 0), -1, 0, 0, served)
    taken = at_level & (ahead == 0)
    fixed.append((np.flatnonzero(taken), np.full(int(taken.sum()), GONE), served[taken]))
    move(fixed, ahead > 0, -1, 0, 0, ahead * leave)
    move(fixed, behind > 0, 0, -1, 0, behind * leave)
    if not vips_pass:
        return _generator(fixed, len(space)), None

    arrivals: Moves = []
    longest, most_behind = space.index.shape[1] - 1, space.index.shape[2] - 1
    joins = day.joining(longest + 1)[ahead + behind + 1]
    room = ahead + behind < longest
    move(arrivals, room, 1, 0, 0, day.vip_share * joins)
    move(arrivals, room & (behind < most_behind), 0, 1, 0, (1.0 - day.vip_share) * joins)
    return _generator(fixed, len(space)), _generator(arrivals, len(space))


def tagged_after(space: Space, then: Space) -> Ints:
    """State that each state of the tagged customer becomes when the staff level changes, or GONE if it starts."""
    free = np.maximum(0, then.counters - space.busy)
    waits = space.first >= free
    busy = np.minimum(np.maximum(space.busy, then.counters), then.top)
    after = then.index[busy, np.where(waits, space.first - free, 0), space.second]
    return np.where(waits, after, GONE)
