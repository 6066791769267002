"""Days on which something holds: dates from one day until another, days of the month, days of the week."""

from __future__ import annotations

import datetime

from pydantic import Field

from scenarios.schema.amounts import Date
from scenarios.schema.fields import DaysOfMonth, Weekdays
from scenarios.schema.parts import Part


class When(Part):
    """The days on which it holds: any of these days of the month or of the week; every day if it names none."""

    day_of_month: DaysOfMonth = frozenset()
    weekday: Weekdays = frozenset()

    def holds(self, date: datetime.date, works_as: str) -> bool:
        """Whether it holds on this date, which works as this day of the week."""
        named = self.day_of_month or self.weekday
        return not named or date.day in self.day_of_month or works_as in self.weekday


class Dated(Part):
    """From one day until another, both included."""

    from_: Date = Field(alias="from")
    until: Date

    def holds(self, date: datetime.date) -> bool:
        """Whether the date lies within."""
        return self.from_ <= date <= self.until
