"""The half-hour grid of a hall's day: opening span, clock half hours clipped to it, and the chosen weekdays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from calibration.errors import CalibrationError
from scenarios.calendar import WEEKDAYS
from scenarios.units import SECOND_US, QuantityError, clock_text, parse_span

if TYPE_CHECKING:
    import pandas as pd

HALF_HOUR_S = 1800


@dataclass(frozen=True)
class Grid:
    """Edges of the half hours in seconds since midnight, ascending; the first and last may be shorter than 30 min."""

    edges_s: tuple[int, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """`HH:MM` at which each half hour begins."""
        return tuple(clock_text(edge * SECOND_US) for edge in self.edges_s[:-1])

    @property
    def hours(self) -> NDArray[np.float64]:
        """Length of each half hour in hours."""
        return np.diff(np.asarray(self.edges_s, dtype=np.float64)) / 3600


def parse_hours(text: str) -> tuple[int, int]:
    """Read `HH:MM-HH:MM` into seconds since midnight. Raise `CalibrationError` where it is no span within a day."""
    try:
        start_us, end_us = parse_span(text.replace("–", "-"))
    except QuantityError:
        help = "write hours as 09:00-18:00; the latest end is 24:00"
        raise CalibrationError("bad-hours", f"{text!r} is no span of a day", help=help) from None
    return start_us // SECOND_US, end_us // SECOND_US


def grid_of(hours: str | None, moments: Sequence[pd.Series[pd.Timestamp]]) -> Grid:
    """Return the grid of the stated hours, else the clock half hours from the first to the last of all `moments`."""
    if hours is not None:
        start, end = parse_hours(hours)
    else:
        of_day = np.concatenate([second_of_day(at.dropna()) for at in moments])
        start = int(of_day.min() // HALF_HOUR_S) * HALF_HOUR_S
        end = int(of_day.max() // HALF_HOUR_S + 1) * HALF_HOUR_S
    inner = range((start // HALF_HOUR_S + 1) * HALF_HOUR_S, end, HALF_HOUR_S)
    return Grid((start, *inner, end))


def second_of_day(at: pd.Series[pd.Timestamp]) -> NDArray[np.float64]:
    """Seconds since midnight of each timestamp."""
    return np.asarray((at - at.dt.normalize()).dt.total_seconds(), dtype=np.float64)


def chosen_weekdays(asked: Sequence[str] | None, mapped: Sequence[str] | None) -> tuple[str, ...] | None:
    """Weekdays asked for, else those of the mapping, else None (all). Raise `CalibrationError` on an unknown name."""
    days = asked if asked is not None else mapped
    if days is None:
        return None
    for day in days:
        if day not in WEEKDAYS:
            raise CalibrationError("bad-weekday", f"unknown weekday {day!r}", help=f"one of {', '.join(WEEKDAYS)}")
    return tuple(day for day in WEEKDAYS if day in days)


def weekday_names(at: pd.Series[pd.Timestamp]) -> NDArray[np.object_]:
    """Return `mon` … `sun` of each timestamp; "" where there is none."""
    number = at.dt.day_of_week.fillna(-1).astype(int).to_numpy()
    return np.array([*WEEKDAYS, ""], dtype=object)[number]


def outside_of(
    at: pd.Series[pd.Timestamp], weekdays: tuple[str, ...] | None, hours: str | None
) -> list[tuple[str, NDArray[np.bool_]]]:
    """Return the rules (reason, mask) that leave out moments on other weekdays or outside the hours; NaT is neither."""
    rules = []
    there = at.notna().to_numpy()
    if weekdays is not None:
        rules.append((f"not on {', '.join(weekdays)}", there & ~np.isin(weekday_names(at).astype(str), weekdays)))
    if hours is not None:
        start, end = parse_hours(hours)
        of_day = second_of_day(at)
        with np.errstate(invalid="ignore"):
            rules.append((f"outside {hours}", there & ~((of_day >= start) & (of_day < end))))
    return rules
