"""How many days of a kind a month has, by which a day's numbers become a month's."""

from __future__ import annotations

from datetime import date

from scenarios.calendar import WEEKDAYS, Day, study_days
from scenarios.schema import Hall
from scenarios.schema.staffing import HOLIDAY, KINDS_OF_DAY, MONTH_END, MONTH_START, ORDINARY
from sim.halls.opening import opening_span

_DAYS = 365


def days_a_month(hall: Hall, kind: str, start: date, calendar: str) -> float:
    """Open days of this kind in a month, on average over the year from `start`; 1 for a kind that the study names.

    Ordinary days are working days that the day of the month doesn't make busier or quieter; month starts and ends are
    those that it does, up to the 15th and after. An ordinary day is planned as the busiest weekday, so a month of
    them is an upper bound.
    """
    if kind not in KINDS_OF_DAY:
        return 1.0
    days = study_days(start, _DAYS, calendar)
    return sum(kind_of(hall, day) == kind for day in days) / 12


def kind_of(hall: Hall, day: Day) -> str | None:
    """The kind of a day of the calendar: None where the hall is closed, or on an ordinary weekend."""
    if opening_span(hall, day) is None:
        return None
    if day.holiday:
        return HOLIDAY
    if day.works_as not in WEEKDAYS[:5]:
        return None
    if hall.arrivals.day_of_month.get(day.date.day, 1.0) == 1.0:
        return ORDINARY
    return MONTH_START if day.date.day <= 15 else MONTH_END
