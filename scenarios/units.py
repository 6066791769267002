"""Quantities with units: what a text such as `10 min`, `45/h` or `30 %` means.

It decides how a written number becomes an exact fraction of a base unit, and the words of a refusal. It knows no field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HALF_HOUR_US = 30 * MINUTE_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US
MONTH_DAYS = 365.25 / 12
"""Mean length of a calendar month in days, for terms that count in months."""
LONGEST_US = 4_096 * DAY_US
"""Longest duration that a study can state: the longest horizon."""


class QuantityError(ValueError):
    """A quantity that cannot be read: `code` for machines, `message` and `help` for people."""

    def __init__(self, code: str, message: str, help: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help


@dataclass(frozen=True, eq=False)
class Dimension:
    """One kind of quantity: its units as multiples of the base unit, and what to propose when a unit is wrong.

    `units` maps every accepted spelling to its size in base units; the empty spelling stands for a bare number. `shown`
    are the spellings that an error names. `example` is a valid text.
    """

    name: str
    base: str
    units: Mapping[str, Fraction]
    shown: tuple[str, ...]
    example: str

    @property
    def a_name(self) -> str:
        """The name with its article."""
        return f"{'an' if self.name[0] in 'aeiou' else 'a'} {self.name}"

    @property
    def allowed(self) -> str:
        """The sentence that names the allowed units."""
        if "" in self.units and len(self.units) == 1:
            return f"write a number without a unit, for example `{self.example}`"
        bare = "a bare number, or with " if "" in self.units else "allowed units: "
        return f"{bare}{', '.join(self.shown)}; for example `{self.example}`"


@dataclass(frozen=True)
class Quantity:
    """A number and its unit as written; `unit` is the spelling used in the text."""

    number: Fraction
    unit: str


def _dimension(name: str, base: str, units: dict[str, int | Fraction], shown: str, example: str) -> Dimension:
    table = {spelling: Fraction(size) for spelling, size in units.items()}
    return Dimension(name, base, MappingProxyType(table), tuple(shown.split()), example)


_CLOCK: dict[str, int | Fraction] = {
    **dict.fromkeys(("us", "µs", "μs"), 1),
    "ms": 1_000,
    **dict.fromkeys(("s", "sec", "second", "seconds"), SECOND_US),
    **dict.fromkeys(("min", "minute", "minutes"), MINUTE_US),
    **dict.fromkeys(("h", "hour", "hours"), HOUR_US),
    **dict.fromkeys(("d", "day", "days"), DAY_US),
    **dict.fromkeys(("w", "week", "weeks"), 7 * DAY_US),
}
_MANY: dict[str, int | Fraction] = {"": 1, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_CENTS = {f"{many} CNY".strip(): 100 * size for many, size in _MANY.items()}

DURATION = _dimension("duration", "us", _CLOCK, "us ms s min h days weeks", "10 min")
RATE = _dimension(
    "rate",
    "/h",
    {
        **dict.fromkeys(("/h", "/hour"), 1),
        **dict.fromkeys(("/min", "/minute"), 60),
        **dict.fromkeys(("/s", "/second"), 3_600),
        **dict.fromkeys(("/d", "/day"), Fraction(1, 24)),
    },
    "/h /min /s /day",
    "45/h",
)
SHARE = _dimension("share", "1", {"%": Fraction(1, 100), "％": Fraction(1, 100)}, "%", "30 %")
SHARE_PER_MONTH = _dimension(
    "share per month", "1/month", {"%/month": Fraction(1, 100), "％/month": Fraction(1, 100)}, "%/month", "0.1 %/month"
)
SHARE_PER_YEAR = _dimension(
    "share per year", "1/year", {"%/year": Fraction(1, 100), "％/year": Fraction(1, 100)}, "%/year", "8 %/year"
)
PER_MONTH = _dimension("number per month", "1/month", {"/month": 1}, "/month", "0.4/month")
PER_DAY = _dimension("number per day", "1/day", dict.fromkeys(("/day", "/d"), 1), "/day", "400/day")
MONEY = _dimension("amount of money", "fen", dict(_CENTS), "CNY", "50000 CNY")
MONEY_PER_MONTH = _dimension(
    "amount of money per month", "fen/month", {f"{u}/month": s for u, s in _CENTS.items()}, "CNY/month", "39 CNY/month"
)
MONEY_PER_MINUTE = _dimension(
    "amount of money per minute", "fen/min", {"CNY/min": 100, "CNY/minute": 100}, "CNY/min", "0.15 CNY/min"
)
MONEY_PER_HOUR = _dimension("amount of money per hour", "fen/h", {"CNY/h": 100, "CNY/hour": 100}, "CNY/h", "40 CNY/h")
MINUTES_PER_MONTH = _dimension(
    "number of minutes per month",
    "min/month",
    {"min/month": 1, "h/month": 60},
    "min/month h/month",
    "490 min/month",
)
COUNT = _dimension("count", "1", dict(_MANY), "thousand million billion", "9.6 million")
NUMBER = _dimension("number", "1", {"": 1}, "", "1.2")
SIGNED = _dimension("number, also below 0", "1", {"": 1}, "", "0.3")
WHOLE = _dimension("whole number", "1", {"": 1}, "", "3")
MONTHS = _dimension(
    "number of calendar months",
    "month",
    {**dict.fromkeys(("month", "months"), 1), **dict.fromkeys(("year", "years"), 12)},
    "months years",
    "24 months",
)

_NUMBER = re.compile(r"\s*(-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?)(?![0-9])\s*(.*?)\s*", re.S)
RELATIVE = re.compile(r"\s*(?:[x×]\s*(?P<factor>[0-9.].*?)|(?P<sign>[+-])\s*(?P<amount>[0-9.].*?))\s*", re.S)
"""A relative patch: `x0.95` multiplies, `+2 min` and `-1` add."""
_WORDS = re.compile(r"\s+")
_LONGEST_NUMBER = 40
_HUGE = Fraction(10) ** 18


def parse_number(text: str) -> Fraction:
    """Return the exact value of a decimal number; raise `QuantityError` for anything else, huge numbers included."""
    match = _NUMBER.fullmatch(text)
    if match is None or match[2]:
        raise QuantityError("number", f"{_quoted(text)} is not a number")
    return _exact(match[1])


def _exact(digits: str) -> Fraction:
    mantissa, _, exponent = digits.lower().partition("e")
    if len(mantissa) > _LONGEST_NUMBER or abs(int(exponent or 0)) > _LONGEST_NUMBER:
        raise QuantityError("huge", f"`{digits[:40]}` has too many digits", "write the number with fewer digits")
    value = Fraction(digits)
    if abs(value) > _HUGE:
        raise QuantityError("huge", f"{_quoted(digits)} is too large", "no number of a study exceeds 1e18")
    return value


def read_quantity(raw: object, dimension: Dimension) -> Quantity:
    """Split a raw value (text, int or float) into number and unit of `dimension`.

    Raises `QuantityError` for anything but a number with one of the dimension's units; the help names those units.
    """
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise QuantityError("type", f"{dimension.a_name} is wanted here, not {described(raw)}", dimension.allowed)
    text = raw if isinstance(raw, str) else repr(raw)
    return (_kept if len(text) <= _LONGEST_NUMBER else _quantity)(text, dimension)


def _quantity(text: str, dimension: Dimension) -> Quantity:
    match = _NUMBER.fullmatch(text)
    if match is None:
        if RELATIVE.fullmatch(text):
            help = "relative values stand in `arms`, `sweep` and `--set`, where there is a value to change"
            raise QuantityError("relative", f"{_quoted(text)} is relative to nothing here", help)
        if text.strip().lower().lstrip("+-.") in ("nan", "inf", "infinity"):
            raise QuantityError("not-finite", f"{_quoted(text)} is not a finite number", dimension.allowed)
        raise QuantityError("quantity", f"{_quoted(text)} is not {dimension.a_name}", dimension.allowed)
    unit = _WORDS.sub(" ", match[2]).replace("/ ", "/").replace(" /", "/")
    if unit not in dimension.units:
        if not unit:
            message = f"{_quoted(text)} has no unit; {dimension.a_name} is wanted"
        elif dimension.units.keys() == {""}:
            message = f"{_quoted(text)} carries the unit {_quoted(unit)}; {dimension.a_name} is wanted"
        else:
            message = f"{_quoted(unit)} is not a unit of {dimension.a_name}"
        raise QuantityError("unit", message, dimension.allowed)
    return Quantity(_exact(match[1]), unit)


_kept = lru_cache(maxsize=1 << 15)(_quantity)
"""The same few texts are read for every arm, sweep point and draw of the beliefs."""


def parse(raw: object, dimension: Dimension) -> Fraction:
    """Return `raw` in base units of `dimension`, exactly. Raises `QuantityError`."""
    quantity = read_quantity(raw, dimension)
    return quantity.number * dimension.units[quantity.unit]


def parse_duration(raw: object) -> int:
    """Return a duration in whole microseconds, rounded half to even; never negative, at most 4,096 days."""
    value = parse(raw, DURATION)
    if value < 0:
        raise QuantityError("negative", f"{_quoted(raw)} is negative; a duration is at least 0", DURATION.allowed)
    if value > LONGEST_US:
        raise QuantityError("huge", f"{_quoted(raw)} is longer than 4,096 days", "state a shorter time")
    return round(value)


def parse_rate(raw: object) -> float:
    """Return a rate per hour; never negative."""
    value = parse(raw, RATE)
    if value < 0:
        raise QuantityError("negative", f"{_quoted(raw)} is negative; a rate is at least 0", RATE.allowed)
    return float(value)


def parse_share(raw: object) -> float:
    """Return a share from 0 to 1."""
    value = parse(raw, SHARE)
    if not 0 <= value <= 1:
        raise QuantityError("share", f"{_quoted(raw)} is not between 0 % and 100 %", SHARE.allowed)
    return float(value)


def parse_factor(raw: object) -> float:
    """Return a plain factor: a bare number, at least 0 and at most a million."""
    value = parse(raw, NUMBER)
    if value < 0:
        raise QuantityError("negative", f"{_quoted(raw)} is negative; this number is at least 0", NUMBER.allowed)
    if value > 1_000_000:
        raise QuantityError("huge", f"{_quoted(raw)} is too large for a factor", "factors are at most 1000000")
    return float(value)


def parse_whole(raw: object, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`, both included."""
    value = parse(raw, WHOLE)
    if value.denominator != 1:
        raise QuantityError(
            "whole", f"{_quoted(raw)} is not a whole number", f"write a whole number from {low} to {high}"
        )
    if not low <= value <= high:
        raise QuantityError(
            "range", f"{_quoted(raw)} is not between {low} and {high}", f"write a number from {low} to {high}"
        )
    return int(value)


_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")


def parse_time(raw: object) -> int:
    """Return a time of day `HH:MM` or `HH:MM:SS` in microseconds since midnight; `24:00` is the end of the day."""
    match = _TIME.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if match is not None:
        hours, minutes, seconds = int(match[1]), int(match[2]), int(match[3] or 0)
        total = (hours * 60 + minutes) * 60 + seconds
        if minutes < 60 and seconds < 60 and total <= 86_400:
            return total * SECOND_US
    raise QuantityError("time", f"{_quoted(raw)} is not a time of day", 'write "HH:MM", from "00:00" to "24:00"')


def parse_span(raw: object) -> tuple[int, int]:
    """Return a span of the day `HH:MM-HH:MM` as (start, end) in microseconds, the start before the end."""
    parts = raw.split("-") if isinstance(raw, str) else []
    if len(parts) != 2:
        raise QuantityError(
            "span", f"{_quoted(raw)} is not a span of the day", 'write "HH:MM-HH:MM", for example "09:00-18:00"'
        )
    start, end = parse_time(parts[0]), parse_time(parts[1])
    if start >= end:
        raise QuantityError(
            "span",
            f"{_quoted(raw)} ends before it starts",
            "a span lies within one day, from the earlier to the later time",
        )
    return start, end


def is_span(text: str) -> bool:
    """True if the text has the form of a span of the day (two times with a dash), valid or not."""
    return bool(re.fullmatch(r"\s*[0-9]{1,2}:[0-9]{2}[^-]*-\s*[0-9]{1,2}:[0-9]{2}.*", text))


def parse_days_of_month(raw: object) -> tuple[int, ...]:
    """Return the days of a month named by `5` or `26-31`."""
    match = (
        re.fullmatch(r"\s*([0-9]{1,2})\s*(?:-\s*([0-9]{1,2})\s*)?", str(raw)) if isinstance(raw, str | int) else None
    )
    if match is not None and not isinstance(raw, bool):
        first, last = int(match[1]), int(match[2] or match[1])
        if 1 <= first <= last <= 31:
            return tuple(range(first, last + 1))
    raise QuantityError(
        "day-of-month", f"{_quoted(raw)} names no days of a month", 'write "5" or "26-31", from 1 to 31'
    )


def clock_text(time_us: int) -> str:
    """Return a time of day as `HH:MM`, with seconds only where there are any."""
    seconds = time_us // SECOND_US
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
    return f"{text}:{seconds % 60:02d}" if seconds % 60 else text


def decimal_text(value: Fraction) -> str:
    """Return a number as plain decimal digits: exact where the decimal ends, else to 24 places."""
    sign, value = ("-", -value) if value < 0 else ("", value)
    whole, rest = divmod(value, 1)
    scaled = round(rest * 10**24)
    if scaled == 10**24:
        whole, scaled = whole + 1, 0
    digits = f"{scaled:024d}".rstrip("0")
    return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"


def quantity_text(quantity: Quantity) -> str:
    """Return a quantity as a study writes it: `10 min`, `45/h`, `30 %`, `1.2`."""
    number = decimal_text(quantity.number)
    return (
        f"{number}{quantity.unit}"
        if quantity.unit.startswith("/") or not quantity.unit
        else f"{number} {quantity.unit}"
    )


def described(raw: object) -> str:
    """Name a raw value for an error message."""
    if raw is None:
        return "nothing"
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, Mapping):
        return "a map"
    if isinstance(raw, list | tuple):
        return "a list"
    return _quoted(raw)


def _quoted(raw: object) -> str:
    text = str(raw)
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"
