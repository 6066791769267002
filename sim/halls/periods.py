"""The periods under which results are reported: all, months, half hours, weekdays, busy, idle, month_end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

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

BUSY, IDLE, MONTH_END = "busy", "idle", "month_end"


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

    Periods come in families; within a family a half hour belongs to at most one.

    labels     names of the periods, in the order of the families
    by_day     for each family of whole days, the label of each day or -1: all, month, weekday, month_end
    busy       whether a half hour is busy, (days, 48)
    measured   whether it counts at all: half hours that begin within the warm-up don't
    """

    labels: tuple[str, ...]
    by_day: tuple[Int64s, ...]
    busy: Bools
    measured: Bools

    @cached_property
    def codes(self) -> tuple[Int64s, ...]:
        """For each family, the label of each half hour or -1, as arrays of shape (days, 48)."""
        cells, busy, idle = (self.labels.index(label) for label in (half_hour_label(0), BUSY, IDLE))
        shape = self.measured.shape
        families = (
            *(np.broadcast_to(code[:, None], shape) for code in self.by_day),
            np.broadcast_to(cells + np.arange(HALF_HOURS_A_DAY), shape),
            np.where(self.busy, busy, idle),
        )
        return tuple(np.where(self.measured, family, -1) for family in families)

    @property
    def of_days(self) -> NDArray[np.float64]:
        """1 for the periods of whole days that have any, 0 for half hours, busy and idle time."""
        return (self.total_of_days(np.ones(len(self.measured), dtype=np.int64)) > 0).astype(np.float64)

    def total(self, cells: Int64s) -> Int64s:
        """Sum an array (…, days, 48) into the periods, (…, periods)."""
        found = np.zeros((*cells.shape[:-2], len(self.labels)), dtype=np.int64)
        if not self.measured.all():
            cells = np.where(self.measured, cells, 0)
        days = cells.sum(axis=-1)
        for labels, order, starts in self._days_of:
            found[..., labels] = np.add.reduceat(days[..., order], starts, axis=-1)
        first = self.labels.index(half_hour_label(0))
        found[..., first : first + HALF_HOURS_A_DAY] = cells.sum(axis=-2)
        busy = cells[..., self.busy].sum(axis=-1)
        found[..., self.labels.index(BUSY)] = busy
        found[..., self.labels.index(IDLE)] = days.sum(axis=-1) - busy
        return found

    @cached_property
    def _days_of(self) -> list[tuple[Int64s, Int64s, Int64s]]:
        """For each family of whole days: its labels, its days label by label, and where among them each begins."""
        found = []
        for code in self.by_day:
            order = np.argsort(code, kind="stable")[np.count_nonzero(code < 0) :]
            if order.size:
                labels, starts = np.unique(code[order], return_index=True)
                found.append((labels, order, starts))
        return found

    def total_of_the_week(self, cells: Int64s) -> Int64s:
        """Sum an array (days, 48) into the half hours of each weekday, (7, 48), Monday first."""
        first = self.labels.index(WEEKDAYS[0])
        found = np.zeros((len(WEEKDAYS), HALF_HOURS_A_DAY), dtype=np.int64)
        np.add.at(found, self.by_day[2] - first, np.where(self.measured, cells, 0))
        return found

    def total_of_days(self, days: Int64s) -> Int64s:
        """Sum an array (days,) into the periods that whole days fall into; a day counts if its last half hour does."""
        found = np.zeros(len(self.labels), dtype=np.int64)
        for code in self.by_day:
            counted = self.measured[:, -1] & (code >= 0)
            np.add.at(found, code[counted], days[counted])
        return found


def measured_periods(days: Sequence[Day], busy: Bools, warm_up_us: int) -> Periods:
    """Periods of a hall with these busy half hours; half hours that begin before `warm_up_us` belong to none."""
    months = [day.month for day in days]
    cells = [half_hour_label(cell) for cell in range(HALF_HOURS_A_DAY)]
    labels = (ALL_PERIODS, *sorted(set(months)), *cells, *WEEKDAYS, BUSY, IDLE, MONTH_END)
    column = {label: index for index, label in enumerate(labels)}
    month_end = [column[MONTH_END] if day.date.day in MONTH_END_DAYS else -1 for day in days]
    starts_us = np.arange(busy.shape[0])[:, None] * DAY_US + np.arange(busy.shape[1])[None, :] * HALF_HOUR_US
    return Periods(
        labels=labels,
        by_day=(
            np.zeros(len(days), dtype=np.int64),
            np.array([column[month] for month in months], dtype=np.int64),
            np.array([column[day.weekday] for day in days], dtype=np.int64),
            np.array(month_end, dtype=np.int64),
        ),
        busy=busy,
        measured=starts_us >= warm_up_us,
    )
