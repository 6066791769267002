"""Schedule, compiled engine: floors of a hall in one call of the shortest loop that gives their outcomes.

Importing this module imports numba.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from sim.clock import DAY_US
from sim.halls.breakdowns import steps_of
from sim.halls.columns import is_alike, stored, values_of
from sim.halls.event_loop import play_floors
from sim.halls.fifo import plain_counters, play_plain
from sim.halls.layout import Layout
from sim.halls.opening import Changes
from sim.halls.outcomes import Outcomes, all_served
from sim.halls.plan import Plan
from sim.halls.stations import play_stations
from sim.halls.stretch import Stretch

Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]
Arguments = tuple[Any, ...]

_COLUMNS = (
    "priority", "transaction", "service_us", "checked_service_us", "kiosk_service_us", "patience_us", "willingness",
    "to_kiosk", "check_us",
)  # fmt: skip
"""What of a plan the event loop reads beside entities and arrivals, in the order of its arguments."""


def schedule(layout: Layout, plan: Plan, changes: Sequence[Changes], close_us: int) -> Outcomes:
    """Schedule one floor: `changes` are those of each lane's level, and `close_us` is when it closes its door."""
    moves, _ = moves_of(layout, [[of_lane] for of_lane in changes])
    floors = Floors(layout, plan, np.ones(len(plan), dtype=bool), moves, [0, len(moves)], [0, len(plan)], [close_us])
    floors.play(0, 1)
    return floors.outcomes


def floors_of(
    hall: schema.Hall,
    layout: Layout,
    changes: Sequence[Sequence[Changes]],
    spans: Sequence[schema.Span | None],
    stretch: Stretch,
) -> Floors:
    """Floors of the days of a stretch, one a day, or a single one for a hall that never closes.

    `changes` by lane and `spans` are those of every day of the study.
    """
    days = slice(stretch.first_day, stretch.end_day)
    moves, moves_from = moves_of(layout, [by_day[days] for by_day in changes])
    close_us = [
        day * DAY_US + (span.close_us if span is not None else 0)
        for day, span in enumerate(spans[days], stretch.first_day)
    ]
    rows_from = stretch.rows_from
    if hall.never_closes:
        moves_from, rows_from, close_us = [0, len(moves)], [0, len(stretch.plan)], close_us[-1:]
    return Floors(layout, stretch.plan, stretch.comes, moves, moves_from, rows_from, close_us)


def moves_of(layout: Layout, changes: Sequence[Sequence[Changes]]) -> tuple[Int64s, list[int]]:
    """Changes of level by lane and day as rows (time, lane, level) in event order, and each day's first row."""
    days = np.arange(len(changes[0]))
    of_lanes = [steps_of(tuple(chain.from_iterable(by_day))) for by_day in changes]
    at_us, level = np.concatenate(of_lanes).T
    lane = np.repeat(np.arange(len(changes)), [len(steps) for steps in of_lanes])
    day = np.concatenate([np.repeat(days, [len(of_day) for of_day in by_day]) for by_day in changes])
    order = np.lexsort((level, lane, lane != layout.kiosk_lane, at_us, day))
    moves = np.stack((at_us, lane, level), axis=1)[order]
    return moves, np.searchsorted(day[order], np.arange(len(days) + 1)).tolist()


class Floors:
    """Floors of one hall, one after the other, which share a plan: `play` some of them, then read `outcomes`.

    `comes` marks the rows of the plan that come in at all. Floor f has the moves, rows and closing time
    `moves[moves_from[f]:moves_from[f + 1]]`, `rows_from[f]` up to `rows_from[f + 1]`, and `close_us[f]`.
    """

    def __init__(
        self,
        layout: Layout,
        plan: Plan,
        comes: Bools,
        moves: Int64s,
        moves_from: Sequence[int],
        rows_from: Sequence[int],
        close_us: Sequence[int],
    ) -> None:
        of_moves, of_rows = np.array(moves_from, dtype=np.int64), np.array(rows_from, dtype=np.int64)
        self._plain: Arguments | None = None
        self._stations: Arguments | None = None
        counters = plain_counters(layout, plan, comes, moves, of_moves, of_rows)
        if counters:
            out = self.outcomes = all_served(len(plan))
            ends = (out.counter, out.left_us, out.gone_us, out.offered_us)
            self._plain = (of_rows, counters, plan.entity, plan.arrival_us, plan.service_us, *ends)
            return
        out = self.outcomes = _undecided(len(plan))
        floors = (of_moves, of_rows, np.array(close_us, dtype=np.int64), moves)
        ends = tuple(getattr(out, field.name) for field in fields(out))
        self._general = partial(_of_all, layout, plan, comes, floors, ends)
        if len(layout.lanes) == 1 + layout.has_kiosks and not (layout.balk_from or layout.advisers):
            self._stations = _of_stations(layout, plan, comes, floors, ends)

    def play(self, first: int, end: int) -> None:
        """Let the floors from `first` up to `end` happen."""
        if self._plain is not None:
            play_plain(first, end, *self._plain)
            return
        if self._stations is not None:
            first = play_stations(first, end, *self._stations)
        if first < end:
            play_floors(first, end, *self._general())


def _of_stations(layout: Layout, plan: Plan, comes: Bools, floors: Arguments, ends: Arguments) -> Arguments:
    """Arguments of `play_stations` after the first two."""
    at_kiosks = slice(None if layout.has_kiosks else 1)
    return (
        *floors,
        comes,
        plan.entity,
        plan.arrival_us,
        *(stored(column) for column in (plan.priority, plan.service_us, plan.kiosk_service_us[at_kiosks])),
        stored(values_of(plan.patience_us)),
        0 if is_alike(plan.patience_us) else -1,
        stored(plan.to_kiosk[at_kiosks]),
        layout.kiosk_lane,
        layout.kiosk_waits,
        layout.turns_away,
        *ends,
    )


def _of_all(layout: Layout, plan: Plan, comes: Bools, floors: Arguments, ends: Arguments) -> Arguments:
    """Arguments of `play_floors` after the first two; of a column alike for all, the rows of the longest floor."""
    queues, lanes, longest = len(layout.queue_lanes), len(layout.lanes), int(np.diff(floors[1]).max(initial=0))
    columns = [getattr(plan, name) for name in _COLUMNS]
    own = np.array([not is_alike(column) for column in columns], dtype=np.int64)
    return (
        *floors,
        own,
        comes,
        plan.entity,
        plan.arrival_us,
        *(stored(column if its_own else column[:longest]) for column, its_own in zip(columns, own, strict=True)),
        np.array(layout.queue_of, dtype=np.int64),
        _table(layout.queue_lanes, queues, lanes),
        _table(layout.lane_queues, lanes, queues),
        _table(layout.rivals, queues, queues),
        np.array(layout.balk_from, dtype=np.int64),
        np.array(layout.balk_shares, dtype=np.float64),
        np.array([layout.kiosk_lane, layout.kiosk_queue, layout.kiosk_waits, layout.turns_away, layout.advisers]),
        *ends,
    )


def _undecided(customers: int) -> Outcomes:
    """Room for outcomes. Floors fill all of it, each its own rows: there they stay near the processor."""
    return Outcomes(
        np.empty(customers, np.int8),
        *np.empty((3, customers), np.int16),
        *np.empty((3, customers), np.int64),
    )


def _table(lists: Sequence[Sequence[int]], rows: int, most: int) -> Int64s:
    """Lists of different lengths as a matrix, −1 where there is none."""
    table = np.full((rows, most + 1), -1, dtype=np.int64)
    for row, values in enumerate(lists):
        table[row, : len(values)] = values
    return table
