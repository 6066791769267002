"""Calendar dates: weekdays, days of the month, public holidays, make-up working days. The only module that knows.

China's public holidays and the weekends that are worked in exchange come from the `chinesecalendar` package (2004 on).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scenarios.schema import WEEKDAYS


@dataclass(frozen=True)
class Day:
    """One day of a study.

    `number` counts from 0 at the study's start. `weekday` is the calendar's; `works_as` is the weekday whose hours and
    factors apply: a make-up working day (调休上班) works as a Friday, which is an assumption. `holiday` is a public
    holiday; None where the calendar does not reach.
    """

    number: int
    date: date
    weekday: str
    works_as: str
    holiday: bool | None

    @property
    def month(self) -> str:
        """The month as in KPI periods, such as `2010-07`."""
        return f"{self.date:%Y-%m}"


def study_days(start: date, count: int, calendar: str) -> Sequence[Day]:
    """Return the `count` days from `start`. `calendar` is `china` or `none` (no public holidays).

    >>> [(d.weekday, d.works_as, d.holiday) for d in study_days(date(2010, 10, 7), 3, "china")]
    [('thu', 'thu', True), ('fri', 'fri', False), ('sat', 'fri', False)]
    """
    return tuple(_day(number, start + timedelta(days=number), calendar) for number in range(count))


def _day(number: int, on: date, calendar: str) -> Day:
    weekday = WEEKDAYS[on.weekday()]
    if calendar == "none":
        return Day(number, on, weekday, weekday, False)
    import chinese_calendar

    try:
        off, festival = chinese_calendar.get_holiday_detail(on)
    except NotImplementedError:  # a year that the package does not hold
        return Day(number, on, weekday, weekday, None)
    made_up = not off and on.weekday() >= 5
    return Day(number, on, weekday, "fri" if made_up else weekday, bool(off and festival))
