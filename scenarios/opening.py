"""The hours in which a hall is open on a day of the calendar."""

from __future__ import annotations

from scenarios.calendar import Day
from scenarios.schema.hall import Hall
from scenarios.schema.parts import Span


def opening_span(hall: Hall, day: Day) -> Span | None:
    """Opening hours of the hall on a day, None where it is closed. A public holiday's hours go before a weekday's."""
    if hall.closures is not None and any(closure.holds(day.date) for closure in hall.closures.values()):
        return None
    return usual_span(hall, day)


def usual_span(hall: Hall, day: Day) -> Span | None:
    """Opening hours of a day on which no works are going on."""
    if day.holiday and "holiday" in hall.days:
        return hall.days["holiday"]
    return hall.days.get(day.works_as, hall.hours)
