"""The exact time-varying chain of a hall, Mt/M/s_t+M with balking and one priority class, on days that may vary.

Forward equation of the hall by uniformisation; offered waits by the backward equation of a waiting customer
(offered_wait.py). Nothing is approximated but: the queue ends at a length that is passed with probability of about
1e-10 (truncation.py); quadrature over moments of arrival and over the day factor. docs/queueing.md has the equations
and the measured errors.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.queueing.day import ChainTooLarge, DayResult, HallDay
from sim.queueing.day_factor import day_factors
from sim.queueing.offered_wait import Arrivals, arrivals_to_ask, chances_to_wait
from sim.queueing.pieces import Piece, cut
from sim.queueing.states import Space, hall_after, hall_moves, hall_space, moved
from sim.queueing.truncation import longest_ahead, longest_queue, longest_vip_queue, tail_of
from sim.queueing.uniformisation import exponentials, generator, step_length, step_sums, steps_needed, time_weights

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

THRESHOLDS_MIN = (0.0, 5.0, 10.0, 15.0)
LIMIT_BYTES = 2**30


def exact_day(
    day: HallDay,
    thresholds_min: Sequence[float] = THRESHOLDS_MIN,
    *,
    day_cv: float = 0.0,
    day_nodes: int | None = None,
    waits_since_min: float = 0.0,
    limit_bytes: int = LIMIT_BYTES,
) -> DayResult:
    """Offered waits, queues, busy counters and abandonments of one day, by interval: what a simulation converges to.

    thresholds_min: waits to be exceeded, minutes, each ≥ 0 and finite. day_cv: coefficient of variation of a gamma day
    factor of mean 1 on the arrival rate, by Gauss–Laguerre quadrature with `day_nodes` nodes; shares are ratios of sums
    over days. 8 nodes up to cv 0.15 or with a priority class, else 16; always 16 where patience is infinite, as quiet
    and busy days then differ more. docs/queueing.md states the errors.
    waits_since_min: intervals that begin earlier have no offered waits (NaN), which saves time. The hall is empty at
    opening, nobody comes after closing, the last staff level stays.

    Raises ValueError for arguments out of range, ChainTooLarge beyond `limit_bytes`.
    """
    thresholds = tuple(float(wait) for wait in thresholds_min)
    if any(not 0 <= wait < math.inf for wait in thresholds):
        raise ValueError(f"thresholds {thresholds} must be finite and not negative")
    if day_nodes is None:
        alike = day_cv <= 0.15 or day.vip_share > 0  # with a class the error of 8 is kept, for time
        day_nodes = 8 if day.mean_patience_min < math.inf and alike else 16
    factors, chances = day_factors(day_cv, day_nodes)
    days = [_scaled(day, float(factor)) for factor in factors]
    since = min((edge for edge in day.edges_min if edge >= waits_since_min), default=day.edges_min[-1])
    sums = [
        _sums(one, thresholds, since, limit_bytes, tail_of(float(chance)))
        for one, chance in zip(days, chances, strict=True)
    ]
    return _result(day, thresholds, since, sums, chances)


def _scaled(day: HallDay, factor: float) -> HallDay:
    rate = day.arrivals_per_hour
    return replace(day, arrivals_per_hour=replace(rate, value=tuple(factor * value for value in rate.value)))


@dataclass(frozen=True, eq=False)
class _Sums:
    """Sums of one day by interval: customers over each threshold by class, customers, and customer minutes."""

    over: dict[str, Floats]
    longest: int
    waits: Floats
    joins: Floats
    lost: Floats
    busy: Floats
    vip: Floats
    queue: Floats


def _sums(day: HallDay, thresholds: tuple[float, ...], since: float, limit_bytes: int, tail: float) -> _Sums:
    """The chain of one day, with a queue long enough to be passed with probability `tail` only."""
    pieces = cut(day, max(thresholds, default=0.0))
    asked = arrivals_to_ask(day, pieces, thresholds, since)
    open_pieces = [piece for piece in pieces if piece.interval >= 0]
    longest = longest_queue(day, open_pieces, limit_bytes, tail)
    longest_vip = longest_vip_queue(day, open_pieces, longest, tail)
    total = day.arrivals_per_hour.integral(0.0, day.edges_min[-1]) / 60.0
    while True:
        _guard(day, pieces, asked, longest, longest_vip, limit_bytes)
        sums = _walk(day, pieces, asked, thresholds, longest, longest_vip, tail)
        if sums.lost.sum() <= 100 * tail * total:
            return sums
        longest, longest_vip = longest * 5 // 4 + 2, min(longest, longest_vip * 3 // 2 + 2)


def _guard(
    day: HallDay, pieces: Sequence[Piece], asked: Arrivals, longest: int, longest_vip: int, limit_bytes: int
) -> None:
    """Raise ChainTooLarge if the arrays of the computation would pass the limit."""
    over = max(piece.top - piece.counters for piece in pieces) + 1
    top = max(piece.top for piece in pieces)
    states = top + over * (longest_vip + 1) * (longest + 1)
    tagged = over * (longest + 1) * ((longest + 2) // 2 if day.vip_share and day.balking else 1)
    reach = asked.time + max(asked.until - asked.time, default=0.0) + max(piece.length for piece in pieces)
    together = int((np.searchsorted(asked.time, reach) - np.arange(len(asked))).max(initial=0))
    numbers = states * 200 + (top + 1) * (longest_vip + 1) * (longest + 1)
    numbers += tagged * (6 * together + 40) + len(asked) * over * (longest + 1)
    if 8 * numbers > limit_bytes:
        raise ChainTooLarge(8 * numbers, limit_bytes, longest)


def _walk(
    day: HallDay,
    pieces: Sequence[Piece],
    asked: Arrivals,
    thresholds: tuple[float, ...],
    longest: int,
    longest_vip: int,
    tail: float,
) -> _Sums:
    """From opening to closing: the hall's distribution, and the sums over it."""
    reach = longest_ahead(day, pieces, max(thresholds, default=0.0), longest, tail)
    answers = {"std": chances_to_wait(day, pieces, asked, reach, day.vip_share > 0)}
    if day.vip_share > 0:
        answers["vip"] = chances_to_wait(day, pieces, asked, min(reach, longest_vip), False)
    sums = _Sums(
        {name: np.zeros((len(thresholds), day.intervals)) for name in answers},
        longest,
        *(np.zeros(day.intervals) for _ in range(6)),
    )
    space, state = None, np.ones(1, dtype=np.float64)
    for number, piece in enumerate(pieces):
        if piece.interval < 0:
            break
        now = hall_space(piece.counters, piece.top, longest, longest_vip)
        target = hall_after(space, now) if space is not None else now.index[0, 0, 0].reshape(1)
        state, space = moved(state, target, len(now)), now
        fixed, per_rate, lost = hall_moves(now, day)
        moves = generator(fixed.T.tocsr(), per_rate.T.tocsr(), piece.highest_rate)
        waits = (now.busy >= now.counters).astype(float)
        joins = np.where(waits > 0, day.joining(longest)[now.second], 1.0)
        steps = steps_needed(moves, piece.length)
        length = piece.length / steps
        terms = step_length(moves, length, piece.slope)
        rows = np.flatnonzero(asked.piece == number)
        parts = np.minimum(((asked.time[rows] - piece.start) / length).astype(np.int64), steps - 1)
        for part in range(steps):
            rate = piece.rate + piece.slope * length * part
            here = rows[parts == part]
            shares = (asked.time[here] - piece.start) / length - part
            plain, steep = time_weights(moves.pace * length, length, terms)
            powers = exponentials(moves.pace * length * (1.0 - shares))[:, None] * shares[:, None] ** np.arange(terms)
            weights = np.vstack((np.ones(terms), plain, rate * plain + piece.slope * length * steep, powers))
            state, spent, came, *met = step_sums(state, moves, length, rate, piece.slope, weights)
            row = piece.interval
            for name, value in (("busy", now.busy), ("vip", now.first), ("queue", now.second)):
                getattr(sums, name)[row] += spent @ value
            for name, share in (("waits", waits), ("joins", joins), ("lost", lost)):
                getattr(sums, name)[row] += came @ share
            _add_over(sums.over["std"], asked, here, met, now, now.second, answers["std"])
            if day.vip_share > 0:
                _add_over(sums.over["vip"], asked, here, met, now, now.first, answers["vip"])
    return sums


def _add_over(
    over: Floats, asked: Arrivals, here: Ints, met: Sequence[Floats], space: Space, ahead: Ints, chances: list[Floats]
) -> None:
    """Add the expected customers over their threshold, for the arrivals `here` that meet the distributions `met`."""
    if not len(here):
        return
    reach = len(chances[here[0]]) // (space.top - space.counters + 1) - 1
    waits = np.flatnonzero(space.busy >= space.counters)
    entry = (space.busy[waits] - space.counters) * (reach + 1) + np.minimum(ahead[waits], reach)
    for row, distribution in zip(here, met, strict=True):
        share = float(distribution[waits] @ chances[row][entry])
        over[asked.threshold[row], asked.interval[row]] += asked.weight[row] * share


def _result(
    day: HallDay, thresholds: tuple[float, ...], since: float, sums: Sequence[_Sums], chances: Floats
) -> DayResult:
    """Sums over days to means and shares."""

    def mean(values: Sequence[Floats]) -> Floats:
        return np.asarray(np.tensordot(chances, np.stack(values), axes=1), dtype=float)

    widths = np.diff(day.edges_min)
    arrivals = np.array([day.arrivals_per_hour.integral(a, b) / 60.0 for a, b in pairwise(day.edges_min)])
    come = np.where(arrivals > 0, arrivals, np.nan)
    waits = {}
    for name in sums[0].over:
        values = mean([one.over[name] for one in sums])
        values[[wait == 0 for wait in thresholds]] = mean([one.waits for one in sums])
        waits[name] = np.where(np.array(day.edges_min[:-1]) < since, np.nan, np.clip(values / come, 0.0, 1.0))
    vip = mean([one.vip for one in sums]) / widths
    whole = mean([one.queue for one in sums]) / widths
    queue = {"std": whole - vip, "vip": vip} if day.vip_share > 0 else {"std": whole}
    total = float(arrivals.sum())
    return DayResult(
        edges_min=day.edges_min,
        thresholds_min=thresholds,
        arrivals=arrivals,
        offered_wait_over=waits,
        queue=queue,
        busy=mean([one.busy for one in sums]) / widths,
        abandonments={name: value * widths / day.mean_patience_min for name, value in queue.items()},
        join_fraction=mean([one.joins for one in sums]) / come,
        lost=float(mean([one.lost for one in sums]).sum()) / total if total else 0.0,
        longest_queue=max(one.longest for one in sums),
    )
