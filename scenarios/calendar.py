"""Calendar dates: weekdays, days of the month, public holidays, make-up working days. The only module that knows.

China's public holidays and the weekends that are worked in exchange come from the `chinesecalendar` package (2004 on).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Days of the week as studies and KPI periods write them."""


@dataclass(frozen=True)
class Day:
    """One day of a study.

    `number` counts from 0 at the study's start. `weekday` is the calendar's; `works_as` is the weekday whose hours and
    factors apply: a make-up working day (调休上班) works as a Friday, which is an assumption. `holiday` is a public
    holiday; no day is one in a year that the calendar does not know (`unknown_years`).
    """

    number: int
    date: date
    weekday: str
    works_as: str
    holiday: bool

    @property
    def month(self) -> str:
        """The month as in KPI periods, such as `2010-07`."""
        return f"{self.date.year:04}-{self.date.month:02}"


@lru_cache(maxsize=8)
def study_days(start: date, count: int, calendar: str) -> Sequence[Day]:
    """Return the `count` days from `start`. `calendar` is `china` or `none` (no public holidays).

    >>> [(d.weekday, d.works_as, d.holiday) for d in study_days(date(2010, 10, 7), 3, "china")]
    [('thu', 'thu', True), ('fri', 'fri', False), ('sat', 'fri', False)]
    """
    return tuple(_day(number, start + timedelta(days=number), calendar) for number in range(count))


def unknown_years(start: date, count: int, calendar: str) -> list[int]:
    """Return the years of a study whose public holidays the calendar does not know.

    >>> unknown_years(date(1999, 12, 31), 2, "china"), unknown_years(date(1999, 12, 31), 2, "none")
    ([1999, 2000], [])
    """
    years = range(start.year, (start + timedelta(days=count - 1)).year + 1)
    return [] if calendar == "none" else [year for year in years if not _known(year)]


@lru_cache
def _known(year: int) -> bool:
    import chinese_calendar

    try:
        chinese_calendar.get_holiday_detail(date(year, 1, 1))
    except NotImplementedError:  # the package does not hold that year
        return False
    return True


def _day(number: int, on: date, calendar: str) -> Day:
    weekday = WEEKDAYS[on.weekday()]
    if calendar == "none" or not _known(on.year):
        return Day(number, on, weekday, weekday, False)
    import chinese_calendar

    off, festival = chinese_calendar.get_holiday_detail(on)
    made_up = not off and on.weekday() >= 5
    return Day(number, on, weekday, "fri" if made_up else weekday, bool(off and festival))
