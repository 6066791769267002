"""Kinds of values that a study holds, and how each is read from plain data or refused."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Annotated, Any, TypeVar

from scenarios import units
from scenarios.calendar import WEEKDAYS
from scenarios.schema.parts import Fault, Leaf, Span, Steps, refusal
from scenarios.suggestions import did_you_mean, suggestion
from scenarios.units import QuantityError

T = TypeVar("T")

WIDEST_CV = 20
"""Largest coefficient of variation of a law or of the day factor."""
MOST_SERVERS = 10_000
"""Most counters, kiosks or advisers that one line of a study may state."""


def each(
    raw: Any, what: str, read_key: Callable[[str], Any], read_value: Callable[[Any], T]
) -> list[tuple[str, Any, T]]:
    """Read every key and value of a map; raise all faults together. Returns (key as written, key, value) in order."""
    if not isinstance(raw, Mapping):
        raise refusal(
            [Fault("type", f"{what} is wanted here, not {units.described(raw)}", "write `{key: value, ...}`")]
        )
    if not raw:
        raise refusal([Fault("empty", f"{what} is wanted here; this one is empty", "write `{key: value, ...}`")])
    rows: list[tuple[str, Any, T]] = []
    faults: list[Fault] = []
    for written, inner in raw.items():
        text = str(written)
        try:
            key = read_key(text)
        except QuantityError as error:
            faults.append(Fault(error.code, error.message, error.help, (text,), on_key=True))
            continue
        try:
            rows.append((text, key, read_value(inner)))
        except QuantityError as error:
            faults.append(Fault(error.code, error.message, error.help, (text,)))
    if faults:
        raise refusal(faults)
    return rows


def _steps(read_value: Callable[[Any], float | int], what: str) -> Callable[[Any], Steps]:
    def read(raw: Any) -> Steps:
        if isinstance(raw, Steps):
            return raw
        rows = each(raw, f"a map from times of day to {what}", units.parse_time, read_value)
        for (_, before, _), (written, after, _) in pairwise(rows):
            if after <= before:
                message = f"`{written}` does not come after the time before it"
                raise refusal(
                    [Fault("order", message, "write the times from early to late, each once", (written,), True)]
                )
        return Steps(tuple(key for _, key, _ in rows), tuple(value for _, _, value in rows))

    return read


def _servers(raw: Any) -> int:
    return units.parse_whole(raw, 0, MOST_SERVERS)


def _weekday(text: str) -> str:
    if text not in WEEKDAYS:
        raise QuantityError("unknown-key", f"`{text}` is not a day of the week", suggestion(text, WEEKDAYS))
    return text


def _weekday_factors(raw: Any) -> dict[str, float]:
    rows = each(raw, "a map from days of the week to factors", _weekday, units.parse_factor)
    found = {key: value for _, key, value in rows}
    return {day: found[day] for day in WEEKDAYS if day in found}


def _day_factors(raw: Any) -> dict[int, float]:
    factors: dict[int, float] = {}
    for written, days, value in each(
        raw, "a map from days of the month to factors", units.parse_days_of_month, units.parse_factor
    ):
        for day in days:
            if day in factors:
                raise refusal([Fault("overlap", f"day {day} is named twice", "name each day once", (written,), True)])
            factors[day] = value
    return dict(sorted(factors.items()))


def _queue_shares(raw: Any) -> dict[int, float]:
    shares: dict[int, float] = {}
    rows = each(
        raw, "a map from numbers waiting to shares", lambda key: units.parse_whole(key, 0, 1_000_000), units.parse_share
    )
    for written, waiting, share in rows:
        if waiting in shares:
            raise refusal(
                [Fault("overlap", f"{waiting} waiting is named twice", "name each number once", (written,), True)]
            )
        shares[waiting] = share
    return dict(sorted(shares.items()))


def _listed(raw: Any, what: str, read: Callable[[Any], T]) -> list[T]:
    if not isinstance(raw, list | tuple | frozenset | set):
        raise QuantityError("type", f"a list of {what} is wanted here, not {units.described(raw)}", "write `[a, b]`")
    values: list[T] = []
    faults: list[Fault] = []
    for index, item in enumerate(raw):
        try:
            values.append(read(item))
        except QuantityError as error:
            faults.append(Fault(error.code, error.message, error.help, (str(index),)))
    if faults:
        raise refusal(faults)
    return values


def _days_of_month(raw: Any) -> frozenset[int]:
    return frozenset(day for days in _listed(raw, "days of the month", units.parse_days_of_month) for day in days)


def _weekdays(raw: Any) -> frozenset[str]:
    return frozenset(_listed(raw, "days of the week", lambda item: _weekday(str(item))))


def _span(raw: Any) -> Span:
    return raw if isinstance(raw, Span) else Span(*units.parse_span(raw))


def _names(raw: Any) -> tuple[str, ...]:
    return tuple(_listed(raw, "names", _text))


def _text(raw: Any) -> str:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise QuantityError("type", f"a text is wanted here, not {units.described(raw)}", "write it in quotes")
    text = str(raw).strip()
    if len(text) > 500 or any(unicodedata.category(char) == "Cc" for char in text):
        raise QuantityError("text", "a title is one line of at most 500 characters", "shorten the text")
    return text


def _flag(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise QuantityError(
            "flag", f"`true` or `false` is wanted here, not {units.described(raw)}", "write `true` or `false`"
        )
    return raw


def choice(*choices: str) -> Leaf:
    """Return the annotation of a word from a short list."""

    def read(raw: Any) -> str:
        if raw not in choices:
            wanted = f"allowed: {', '.join(word for word in choices if word)}"
            help = did_you_mean(str(raw), choices) + wanted
            raise QuantityError("choice", f"{units.described(raw)} is not one of the words that may stand here", help)
        return str(raw)

    return Leaf("choice", read, choices=choices)


def listed_of(choices: tuple[str, ...], what: str) -> Leaf:
    """Return the annotation of a list of words from a short list."""
    word = choice(*choices)
    return Leaf("list", lambda raw: tuple(_listed(raw, what, word.read)), choices=choices)


def whole(low: int, high: int) -> Leaf:
    """Return the annotation of a whole number from `low` to `high`."""
    return Leaf("value", lambda raw: units.parse_whole(raw, low, high), units.WHOLE)


def _at_least_one_us(raw: Any) -> int:
    value = units.parse_duration(raw)
    if value < 1:
        raise QuantityError("positive", f"{units.described(raw)} is not longer than 0", "state a time above 0")
    return value


def _variation(raw: Any) -> float:
    value = units.parse_factor(raw)
    if value > WIDEST_CV:
        raise QuantityError("huge", f"{units.described(raw)} is too large for a coefficient of variation", "at most 20")
    return value


def _positive_variation(raw: Any) -> float:
    value = _variation(raw)
    if value <= 0:
        raise QuantityError("positive", f"{units.described(raw)} is not above 0", "write `dist: deterministic` for 0")
    return value


Duration = Annotated[int, Leaf("value", units.parse_duration, units.DURATION)]
PositiveDuration = Annotated[int, Leaf("value", _at_least_one_us, units.DURATION)]
Share = Annotated[float, Leaf("value", units.parse_share, units.SHARE)]
Factor = Annotated[float, Leaf("value", units.parse_factor, units.NUMBER)]
Variation = Annotated[float, Leaf("value", _variation, units.NUMBER)]
PositiveVariation = Annotated[float, Leaf("value", _positive_variation, units.NUMBER)]
Servers = Annotated[int, Leaf("value", _servers, units.WHOLE)]
Rates = Annotated[Steps, Leaf("steps", _steps(units.parse_rate, "rates"), units.RATE)]
Staffing = Annotated[Steps, Leaf("steps", _steps(_servers, "numbers of counters"), units.WHOLE)]
WeekdayFactors = Annotated[dict[str, float], Leaf("weekday_factors", _weekday_factors, units.NUMBER, WEEKDAYS)]
DayFactors = Annotated[dict[int, float], Leaf("day_factors", _day_factors, units.NUMBER)]
QueueShares = Annotated[dict[int, float], Leaf("queue_shares", _queue_shares, units.SHARE)]
DaysOfMonth = Annotated[frozenset[int], Leaf("days_of_month", _days_of_month)]
Weekdays = Annotated[frozenset[str], Leaf("list", _weekdays, choices=WEEKDAYS)]
SpanOfDay = Annotated[Span, Leaf("span", _span)]
SpansOfDay = Annotated[tuple[Span, ...], Leaf("spans", lambda raw: tuple(_listed(raw, "spans of the day", _span)))]
Durations = Annotated[
    tuple[int, ...],
    Leaf("durations", lambda raw: tuple(_listed(raw, "durations", units.parse_duration)), units.DURATION),
]
Weights = Annotated[
    tuple[float, ...], Leaf("weights", lambda raw: tuple(_listed(raw, "numbers", units.parse_factor)), units.NUMBER)
]
Names = Annotated[tuple[str, ...], Leaf("names", _names)]
Text = Annotated[str, Leaf("text", _text)]
Flag = Annotated[bool, Leaf("flag", _flag)]
