"""The offered wait: what an infinitely patient, non-balking customer who comes at a given moment would wait.

P(offered wait > w | state found at t) by the backward equation of that customer, from t + w back to t, through all
changes of staff in between. With Gauss–Legendre nodes t it is integrated over each interval's arrivals.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.queueing.day import HallDay
from sim.queueing.pieces import Piece
from sim.queueing.profile import stretches
from sim.queueing.states import GONE, Space, tagged_after, tagged_moves, tagged_space
from sim.queueing.uniformisation import advance, generator, steps_needed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@cache
def gauss_legendre(count: int) -> tuple[Floats, Floats]:
    """Nodes and weights on [−1, 1]."""
    points, weights = np.polynomial.legendre.leggauss(count)
    return np.asarray(points, dtype=float), np.asarray(weights, dtype=float)


@dataclass(frozen=True, eq=False)
class Arrivals:
    """Moments at which customers come, for quadrature: time, and weight in customers; `until` is time + threshold.

    `threshold` numbers the thresholds; `piece` and `interval` say where the moment lies.
    """

    time: Floats
    until: Floats
    weight: Floats
    threshold: Ints
    piece: Ints
    interval: Ints

    def __len__(self) -> int:
        return len(self.time)


def arrivals_to_ask(
    day: HallDay, pieces: Sequence[Piece], thresholds_min: Sequence[float], since_min: float = 0.0
) -> Arrivals:
    """Gauss–Legendre moments from `since_min` on for every threshold above 0, on stretches without a jump inside.

    P(offered wait > w) jumps where staff changes at t or at t + w. Behind a jump it settles at rates of up to about
    (√λ + √(sμ))², which asks for a number of nodes that grows with the square root of that rate × length.
    """
    closing = day.edges_min[-1]
    starts = np.array([piece.start for piece in pieces])
    changes = day.counters.at_min
    rows: list[tuple[float, float, float, int, int, int]] = []
    for number, wait in enumerate(thresholds_min):
        if wait == 0:
            continue
        breaks = [at - back for at in (*changes, *day.arrivals_per_hour.at_min, closing) for back in (0.0, wait)]
        ends = stretches((since_min, closing), day.edges_min, breaks)
        for low, high in pairwise(ends):
            middle = pieces[int(np.searchsorted(starts, 0.5 * (low + high), side="right")) - 1]
            pace = (math.sqrt(middle.highest_rate) + math.sqrt(middle.top / day.mean_service_min)) ** 2
            count = min(200, 5 + math.ceil(0.75 * math.sqrt(pace * (high - low))))
            points, weights = gauss_legendre(count)
            rate, slope = (value / 60.0 for value in day.arrivals_per_hour.line(low, high))
            for point, weight in zip(points, weights, strict=True):
                at = low + 0.5 * (high - low) * (1.0 + float(point))
                come = 0.5 * (high - low) * float(weight) * (rate + slope * (at - low))
                where = int(np.searchsorted(starts, at, side="right")) - 1
                if come > 0:
                    rows.append((at, at + wait, come, number, where, pieces[where].interval))
    rows.sort()
    columns = np.array(rows, dtype=float).reshape(-1, 6).T
    whole = columns[3:].astype(np.int64)
    return Arrivals(columns[0], columns[1], columns[2], whole[0], whole[1], whole[2])


def entries(space: Space) -> Ints:
    """States of a customer who joins now, by busy counters and customers ahead; nobody is behind it."""
    return np.asarray(space.index[space.counters :, :, 0].ravel(), dtype=np.int64)


def chances_to_wait(
    day: HallDay, pieces: Sequence[Piece], asked: Arrivals, longest: int, vips_pass: bool
) -> list[Floats]:
    """For each asked arrival, P(offered wait > threshold) by state found, in the order of `entries`."""
    behind = longest if vips_pass and day.balking else 0
    answers: list[Floats] = [np.empty(0)] * len(asked)
    last_piece = np.searchsorted(np.array([piece.start for piece in pieces]), asked.until, side="left") - 1
    rows = np.empty(0, dtype=np.int64)
    values, then = np.empty((0, 0)), None
    for number in range(len(pieces) - 1, -1, -1):
        piece = pieces[number]
        space = tagged_space(piece.counters, piece.top, longest, behind)
        after = tagged_after(space, then) if then is not None else np.empty(len(space), dtype=np.int64)
        values = np.where((after != GONE)[:, None], values[after], 0.0) if len(rows) else np.empty((len(space), 0))
        new = np.flatnonzero(last_piece == number)
        rows, then = np.concatenate((rows, new)), space
        values = np.concatenate((values, np.ones((len(space), len(new)))), axis=1)
        if not len(rows):
            continue
        values = _back(day, piece, space, values, asked.time[rows], asked.until[rows], vips_pass)
        done = asked.piece[rows] == number
        for row, found in zip(rows[done], values[np.ix_(entries(space), done)].T, strict=True):
            answers[row] = found
        rows, values = rows[~done], values[:, ~done]
    return answers


def _back(
    day: HallDay, piece: Piece, space: Space, values: Floats, since: Floats, until: Floats, vips_pass: bool
) -> Floats:
    """The backward equation within one piece, each column from its own end to its own start."""
    fixed, per_rate = tagged_moves(space, day, vips_pass)
    moves = generator(fixed, per_rate, piece.highest_rate)
    ends = np.minimum(until, piece.end)
    lengths = ends - np.maximum(since, piece.start)
    steps = steps_needed(moves, float(lengths.max()))
    slope = piece.slope if vips_pass else 0.0
    for number in range(steps):
        rates = piece.rate + slope * (ends - lengths * number / steps - piece.start)
        values = advance(values, moves, lengths / steps, rates, -slope)
    return values
