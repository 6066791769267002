"""What a study says about staffing: shifts that may be worked, kinds of days, limits. It decides no run.

Times of day are microseconds since midnight, money is fen. Plans go by half hours of the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from scenarios import units
from scenarios.schema.amounts import Money
from scenarios.schema.fields import Flag, Names, PositiveDuration, Servers, Share
from scenarios.schema.names import Named, Titled, check_name
from scenarios.schema.parts import Fault, Leaf, Part, Span, refusal
from scenarios.schema.staffing_choices import Decisions, Lending
from scenarios.suggestions import did_you_mean
from scenarios.units import HALF_HOUR_US, QuantityError, clock_text

ORDINARY, MONTH_START, MONTH_END, HOLIDAY = "ordinary", "month_start", "month_end", "holiday"
KINDS_OF_DAY = (ORDINARY, MONTH_START, MONTH_END, HOLIDAY)
"""Kinds of day that the calendar of a hall knows. Others are named in the study, with a factor on the ordinary day."""


@dataclass(frozen=True)
class KindOfDay:
    """A kind of day to plan: one of the calendar's (`factor` None), or an ordinary day with this factor on arrivals."""

    name: str
    factor: float | None = None


@dataclass(frozen=True)
class Break:
    """A break of this length somewhere within a span of the day."""

    length_us: int
    window: Span


def _items(raw: Any, what: str, help: str) -> list[Any]:
    if not isinstance(raw, list | tuple):
        raise QuantityError("type", f"a list of {what} is wanted here, not {units.described(raw)}", help)
    return list(raw)


def _half_hours(what: str, value_us: int) -> int:
    if value_us % HALF_HOUR_US:
        raise QuantityError("half-hour", f"{what} is not a multiple of half hours", "plans go by half hours")
    return value_us


def _kind_of_day(raw: Any) -> KindOfDay:
    if isinstance(raw, KindOfDay):
        return raw
    if isinstance(raw, str):
        if raw not in KINDS_OF_DAY:
            help = f"{did_you_mean(raw, KINDS_OF_DAY)}write {', '.join(KINDS_OF_DAY)}, or `{{{raw}: {{factor: 1.3}}}}`"
            raise QuantityError("choice", f"{units.described(raw)} is not a kind of day by itself", help)
        return KindOfDay(raw)
    if not isinstance(raw, Mapping) or len(raw) != 1:
        message = f"one kind of day is wanted here, not {units.described(raw)}"
        raise QuantityError("type", message, "write a name, or `{promotion: {factor: 1.3}}`")
    ((name, what),) = raw.items()
    if name in KINDS_OF_DAY:
        message = f"`{name}` has its factor in the calendar of each hall already"
        raise QuantityError("name", message, "choose another name for a day with a factor of your own")
    if not isinstance(what, Mapping) or set(what) != {"factor"}:
        raise QuantityError("type", f"`{name}` wants a factor alone", f"write `{{{name}: {{factor: 1.3}}}}`")
    return KindOfDay(check_name(str(name)), units.parse_factor(what["factor"]))


def _kinds_of_day(raw: Any) -> tuple[KindOfDay, ...]:
    kinds = _each(_items(raw, "kinds of day", "write `[ordinary, month_end]`"), _kind_of_day)
    for index, kind in enumerate(kinds):
        if kind.name in [before.name for before in kinds[:index]]:
            raise refusal([Fault("duplicate", f"`{kind.name}` is listed twice", "list it once", (str(index),))])
    if not kinds:
        raise QuantityError("empty", "at least one kind of day is wanted here", "write `[ordinary]`")
    return tuple(kinds)


def _each(items: list[Any], read: Any) -> list[Any]:
    values, faults = [], []
    for index, item in enumerate(items):
        try:
            values.append(read(item))
        except QuantityError as error:
            faults.append(Fault(error.code, error.message, error.help, (str(index),)))
    if faults:
        raise refusal(faults)
    return values


def _start(raw: Any) -> Span:
    if isinstance(raw, Span):
        return raw
    if isinstance(raw, str) and units.is_span(raw):
        first, last = units.parse_span(raw)
    else:
        first = last = units.parse_time(raw)
    for time_us in (first, last):
        _half_hours(f"`{clock_text(time_us)}`", time_us)
    return Span(first, last)


def _starts(raw: Any) -> tuple[Span, ...]:
    starts = _each(_items(raw, "times of day", 'write `["09:00", "10:00-15:00"]`'), _start)
    if not starts:
        raise QuantityError("empty", "at least one start is wanted here", 'write `["09:00"]`')
    return tuple(starts)


def _break(raw: Any) -> Break:
    if isinstance(raw, Break):
        return raw
    if not isinstance(raw, Mapping) or set(raw) != {"length", "window"}:
        message = f"a break has a length and a window; {units.described(raw)} has not"
        raise QuantityError("type", message, 'write `{length: 30 min, window: "11:00-13:30"}`')
    length_us = _half_hours(f"the break of `{raw['length']}`", units.parse_duration(raw["length"]))
    window = Span(*units.parse_span(raw["window"]))
    for time_us in (window.open_us, window.close_us):
        _half_hours(f"`{clock_text(time_us)}`", time_us)
    if not 0 < length_us <= window.close_us - window.open_us:
        message = f"a break of `{raw['length']}` does not fit into the window `{raw['window']}`"
        raise QuantityError("window", message, "widen the window, or shorten the break to at least `30 min`")
    return Break(length_us, window)


def _breaks(raw: Any) -> tuple[Break, ...]:
    return tuple(_each(_items(raw, "breaks", 'write `[{length: 30 min, window: "11:00-13:30"}]`'), _break))


def _length(raw: Any) -> int:
    length_us = _half_hours(units.described(raw), units.parse_duration(raw))
    if not 0 < length_us <= units.DAY_US:
        raise QuantityError("range", f"{units.described(raw)} is not a shift of one day", "from `30 min` to `24 h`")
    return length_us


def _part_of_staff(raw: Any) -> float:
    share = units.parse_share(raw)
    if share >= 1:
        raise QuantityError("share", f"{units.described(raw)} leaves nobody at work", "write less than 100 %")
    return share


def _part_of_days(raw: Any) -> float:
    share = units.parse_share(raw)
    if not 0 < share < 1:
        raise QuantityError("share", f"{units.described(raw)} of days cannot be planned for", "write, say, 90 %")
    return share


HalfHours = Annotated[int, Leaf("value", _length, units.DURATION)]
Starts = Annotated[tuple[Span, ...], Leaf("starts", _starts)]
Breaks = Annotated[tuple[Break, ...], Leaf("breaks", _breaks)]
KindsOfDay = Annotated[tuple[KindOfDay, ...], Leaf("kinds_of_day", _kinds_of_day)]
PartOfStaff = Annotated[float, Leaf("value", _part_of_staff, units.SHARE)]
PartOfDays = Annotated[float, Leaf("value", _part_of_days, units.SHARE)]


class Shift(Titled):
    """A shift that may be worked: how long, from when, for how much; at most `most` of a hall's people work it a day.

    A span under `starts` means every time in it, `every` apart, its end included.
    """

    length_us: HalfHours = Field(alias="length")
    starts: Starts
    every_us: HalfHours = Field(default=HALF_HOUR_US, alias="every")
    cost_fen: Money = Field(alias="cost")
    breaks: Breaks = ()
    most: Servers | None = None
    part_time: Flag = False

    @property
    def starts_us(self) -> tuple[int, ...]:
        """Every start, early to late."""
        return tuple(
            sorted({at for span in self.starts for at in range(span.open_us, span.close_us + 1, self.every_us)})
        )


class Staffing(Part):
    """How halls are to be staffed: shifts, kinds of day and limits of a plan. It changes no run.

    No `halls`: all. `abandonment` is the largest share of a half hour's customers that may leave the queue; 100 %
    sets no cap. `seats` is the most counters a hall has room for, `employed` the most of its people who work a day.
    """

    halls: Names = ()
    abandonment: Share = 0.05
    shrinkage: PartOfStaff = 0.0
    days: KindsOfDay = (KindOfDay(ORDINARY),)
    robust: PartOfDays | None = None
    part_time_share: Share | None = None
    rest_us: PositiveDuration | None = Field(default=None, alias="rest")
    seats: dict[str, Servers] = Field(default_factory=dict)
    employed: dict[str, Servers] = Field(default_factory=dict)
    shared: dict[str, Lending] = Field(default_factory=dict)
    decisions: Decisions | None = None
    shifts: Annotated[dict[str, Shift], Named]

    def groups(self, halls: Iterable[str]) -> tuple[tuple[str, ...], ...]:
        """Halls in groups that must be planned together, as one lends staff to another; each group in the given order.

        Only the halls named count: staff of others stays at home.
        """
        halls = list(halls)
        group = {name: {name} for name in halls}
        for lender, lending in self.shared.items():
            for other in lending.to:
                if lender in group and other in group and group[lender] is not group[other]:
                    joined = group[lender] | group[other]
                    group.update(dict.fromkeys(joined, joined))
        found = {id(members): tuple(name for name in halls if name in members) for members in group.values()}
        return tuple(sorted(found.values(), key=lambda members: halls.index(members[0])))
