"""Amounts of the market: money, hazards, usage, months, whole days, dates and points, each read or refused.

Money is whole fen (1/100 of the currency), hazards are shares a month; the unit is in the name of the field.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Any

from scenarios import units
from scenarios.schema.parts import Leaf
from scenarios.units import Dimension, QuantityError

MOST_FEN = 10**9
"""Most money that one subscriber may pay or get at once or a month: ten million of the currency."""
MOST_BUDGET_FEN = 10**15
MOST_MINUTES = 44_640
"""Minutes of a month of 31 days."""
LONGEST_MONTHS = 360
LONGEST_WINDOW_DAYS = 4_096
MOST_PEOPLE = 10**10
MOST_SIMULATED = 2**24


def _number(raw: Any, dimension: Dimension, most: int, least: int = 0) -> Fraction:
    value = units.parse(raw, dimension)
    if value < least:
        if least == 0:
            message = f"{units.described(raw)} is negative; this {dimension.name} is at least 0"
            raise QuantityError("negative", message, dimension.allowed)
        message = f"{units.described(raw)} is below {least}, the least that may stand here"
        raise QuantityError("range", message, f"write a number from {least} to {most}")
    if value > most:
        unit = "" if "" in dimension.units else dimension.shown[0]
        largest = units.quantity_text(units.Quantity(most / dimension.units[unit], unit))
        message = f"{units.described(raw)} is too large for {dimension.a_name}"
        raise QuantityError("huge", message, f"at most {largest}")
    return value


def _fen(dimension: Dimension, most: int) -> Leaf:
    return Leaf("value", lambda raw: round(_number(raw, dimension, most)), dimension)


def _float(dimension: Dimension, most: int, least: int = 0) -> Leaf:
    return Leaf("value", lambda raw: float(_number(raw, dimension, most, least)), dimension)


def _hazard(dimension: Dimension) -> Callable[[Any], float]:
    def read(raw: Any) -> float:
        value = units.parse(raw, dimension)
        if not 0 <= value <= 1:
            unit = dimension.shown[0]
            message = f"{units.described(raw)} is not between 0 {unit} and 100 {unit}"
            raise QuantityError("share", message, dimension.allowed)
        return float(value)

    return read


def _months(raw: Any) -> int:
    value = _number(raw, units.MONTHS, LONGEST_MONTHS)
    if value.denominator != 1:
        raise QuantityError("whole", f"{units.described(raw)} is not a whole number of months", "write whole months")
    return int(value)


def _positive_months(raw: Any) -> int:
    months = _months(raw)
    if months < 1:
        raise QuantityError("positive", f"{units.described(raw)} is not longer than 0", "write at least 1 month")
    return months


def _days(raw: Any) -> int:
    days = units.parse(raw, units.DURATION) / units.DAY_US
    if days < 0:
        message = f"{units.described(raw)} is negative; a duration is at least 0"
        raise QuantityError("negative", message, "write whole days, for example `30 days`")
    if days.denominator != 1:
        message = f"{units.described(raw)} is not a whole number of days"
        raise QuantityError("whole", message, "write whole days, for example `30 days`")
    if days > LONGEST_WINDOW_DAYS:
        raise QuantityError("huge", f"{units.described(raw)} is longer than 4,096 days", "state a shorter time")
    return int(days)


def _positive_days(raw: Any) -> int:
    days = _days(raw)
    if days < 1:
        raise QuantityError("positive", f"{units.described(raw)} is not longer than 0", "write at least `1 day`")
    return days


def _people(most: int, least: int) -> Callable[[Any], int]:
    def read(raw: Any) -> int:
        value = units.parse(raw, units.COUNT)
        if value.denominator != 1 or not least <= value <= most:
            message = f"{units.described(raw)} is not a whole number from {least:,} to {most:,}"
            raise QuantityError("range", message, units.COUNT.allowed)
        return int(value)

    return read


def read_date(raw: Any) -> datetime.date:
    """Return a date written year-month-day, from 1950 to 2100. Raises `QuantityError`."""
    if isinstance(raw, datetime.date) and not isinstance(raw, datetime.datetime):
        return raw
    try:
        if not isinstance(raw, str) or len(raw.strip()) != 10:
            raise ValueError
        day = datetime.date.fromisoformat(raw.strip())
    except ValueError:
        raise QuantityError(
            "date", f"{units.described(raw)} is not a date", "write year-month-day, for example 2010-07-01"
        ) from None
    if not 1950 <= day.year <= 2100:
        raise QuantityError(
            "date", f"{units.described(raw)} is not between 1950 and 2100", "choose a year from 1950 to 2100"
        )
    return day


def _fraction(raw: Any) -> float:
    value = units.parse(raw, units.NUMBER)
    if not 0 <= value <= 1:
        raise QuantityError("range", f"{units.described(raw)} is not between 0 and 1", "write a number from 0 to 1")
    return float(value)


def _shape(raw: Any) -> float:
    value = _number(raw, units.NUMBER, 1_000_000)
    if value <= 0:
        raise QuantityError("positive", f"{units.described(raw)} is not above 0", "write a number above 0")
    return float(value)


def _milli_fen(raw: Any) -> int:
    return round(_number(raw, units.MONEY_PER_MINUTE, MOST_FEN) * 1_000)


Date = Annotated[datetime.date, Leaf("date", read_date)]
Money = Annotated[int, _fen(units.MONEY, MOST_FEN)]
MoneyPerMonth = Annotated[int, _fen(units.MONEY_PER_MONTH, MOST_FEN)]
MoneyPerHour = Annotated[int, _fen(units.MONEY_PER_HOUR, MOST_FEN)]
MilliFenPerMinute = Annotated[int, Leaf("value", _milli_fen, units.MONEY_PER_MINUTE, size=Fraction(1, 1_000))]
Budget = Annotated[int, _fen(units.MONEY_PER_MONTH, MOST_BUDGET_FEN)]
Hazard = Annotated[float, Leaf("value", _hazard(units.SHARE_PER_MONTH), units.SHARE_PER_MONTH)]
SharePerYear = Annotated[float, Leaf("value", _hazard(units.SHARE_PER_YEAR), units.SHARE_PER_YEAR)]
MinutesPerMonth = Annotated[float, _float(units.MINUTES_PER_MONTH, MOST_MINUTES)]
WholeMinutesPerMonth = Annotated[int, _fen(units.MINUTES_PER_MONTH, MOST_MINUTES)]
PerMonth = Annotated[float, _float(units.PER_MONTH, 28)]
PerDay = Annotated[float, _float(units.PER_DAY, 10**9)]
Months = Annotated[int, Leaf("value", _months, units.MONTHS)]
PositiveMonths = Annotated[int, Leaf("value", _positive_months, units.MONTHS)]
WholeDays = Annotated[int, Leaf("value", _days, units.DURATION, size=Fraction(units.DAY_US))]
PositiveDays = Annotated[int, Leaf("value", _positive_days, units.DURATION, size=Fraction(units.DAY_US))]
People = Annotated[float, Leaf("value", _people(MOST_PEOPLE, 1), units.COUNT)]
Simulated = Annotated[int, Leaf("value", _people(MOST_SIMULATED, 1), units.COUNT)]
Fraction01 = Annotated[float, Leaf("value", _fraction, units.NUMBER)]
Utility = Annotated[float, _float(units.SIGNED, 1_000, -1_000)]
"""A utility that may be below 0: what people think of a brand, or what a tactic changes."""
Weight = Annotated[float, _float(units.NUMBER, 1_000)]
"""How much something counts in a choice; never below 0, or a better offer would drive people away."""
Shape = Annotated[float, Leaf("value", _shape, units.NUMBER)]
"""A parameter of a law, above 0."""
Points = Annotated[float, _float(units.NUMBER, 100)]
SignedPoints = Annotated[float, _float(units.SIGNED, 100, -100)]
