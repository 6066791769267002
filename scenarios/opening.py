"""The hours in which a hall is open on a day of the calendar."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.calendar import Day
from scenarios.schema.hall import Hall
from scenarios.schema.parts import Span


def opening_span(hall: Hall, day: Day) -> Span | None:
    """Opening hours of the hall on a day, None where it is closed. A public holiday's hours go before a weekday's."""
    if hall.closures is not None and any(closure.holds(day.date) for closure in hall.closures.values()):
        return None
    return usual_span(hall, day)


def spans_by_day(hall: Hall, days: Sequence[Day]) -> list[Span | None]:
    """Opening hours of the hall on each of these days, None where it is closed."""
    if hall.closures is not None:
        return [opening_span(hall, day) for day in days]
    found = {(day.holiday, day.works_as): day for day in days}  # days of one kind have the same hours
    usual = {kind: usual_span(hall, day) for kind, day in found.items()}
    return [usual[day.holiday, day.works_as] for day in days]


def usual_span(hall: Hall, day: Day) -> Span | None:
    """Opening hours of a day on which no works are going on."""
    if day.holiday and "holiday" in hall.days:
        return hall.days["holiday"]
    return hall.days.get(day.works_as, hall.hours)
