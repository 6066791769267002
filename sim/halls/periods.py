"""The periods under which results are reported: all, months, half hours, weekdays, busy, idle, month_end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from scenarios.calendar import WEEKDAYS, Day
from scenarios.kpis import ALL_PERIODS
from sim.clock import DAY_US, HALF_HOUR_US, HALF_HOURS_A_DAY, half_hour_label

Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]

MONTH_END_DAYS = frozenset((1, 2, 3, *range(26, 32)))
"""Days of `month_end`: the month's start and end, 月初月末 (MISSION F-77; the exact days are assumed)."""


def busy_cells(hall: schema.Hall, days: Sequence[Day]) -> Bools:
    """Where the busy targets count, by day and half hour: the busy hours of every day and all of the busy days.

    A half hour of which only a part lies in busy hours counts as busy whole.
    """
    busy = np.zeros((len(days), HALF_HOURS_A_DAY), dtype=bool)
    if hall.busy is not None:
        starts_us = np.arange(HALF_HOURS_A_DAY) * HALF_HOUR_US
        for span in hall.busy.hours:
            busy[:, (span.open_us < starts_us + HALF_HOUR_US) & (starts_us < span.close_us)] = True
        busy[[day.date.day in hall.busy.day_of_month for day in days], :] = True
    return busy


@dataclass(frozen=True)
class Periods:
    """The axis of periods, and which of them every half hour of the study belongs to.

    Periods come in families; within a family a half hour belongs to at most one. `codes` holds for each family an array
    (days, 48) with the column of `labels`, or -1. `by_day` marks the columns that whole days fall into.
    """

    labels: tuple[str, ...]
    codes: tuple[Int64s, ...]
    by_day: Bools

    def total(self, cells: Int64s) -> Int64s:
        """Sum an array (days, 48) into the periods."""
        found = np.zeros(len(self.labels), dtype=np.int64)
        for code in self.codes:
            inside = code >= 0
            np.add.at(found, code[inside], cells[inside])
        return found


def measured_periods(days: Sequence[Day], busy: Bools, warm_up_us: int) -> Periods:
    """Periods of a hall with these busy half hours; half hours that begin before `warm_up_us` belong to none."""
    months = sorted({day.month for day in days})
    cells = [half_hour_label(cell) for cell in range(HALF_HOURS_A_DAY)]
    labels = (ALL_PERIODS, *months, *cells, *WEEKDAYS, "busy", "idle", "month_end")
    column = {label: index for index, label in enumerate(labels)}
    shape = busy.shape
    month_end = np.array([column["month_end"] if day.date.day in MONTH_END_DAYS else -1 for day in days])
    families = (
        np.zeros(shape, dtype=np.int64),
        np.broadcast_to(np.array([column[day.month] for day in days])[:, None], shape),
        np.broadcast_to(np.array([column[cell] for cell in cells])[None, :], shape),
        np.broadcast_to(np.array([column[day.weekday] for day in days])[:, None], shape),
        np.where(busy, column["busy"], column["idle"]),
        np.broadcast_to(month_end[:, None], shape),
    )
    starts_us = np.arange(shape[0])[:, None] * DAY_US + np.arange(shape[1])[None, :] * HALF_HOUR_US
    codes = tuple(np.where(starts_us < warm_up_us, -1, family) for family in families)
    whole_days = np.array([not (label in cells or label in ("busy", "idle")) for label in labels])
    return Periods(labels, codes, whole_days)
