"""What must hold between the fields of a hall: shares that sum to one, times within opening hours, names that exist."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from scenarios.calendar import WEEKDAYS
from scenarios.kpis import CAUSE, KIOSK
from scenarios.schema.parts import Fault, Span, Steps
from scenarios.suggestions import suggestion
from scenarios.units import MINUTE_US, clock_text

if TYPE_CHECKING:
    from scenarios.schema.hall import Arrivals, Hall

FASTEST_RATE_PER_HOUR = 32_768
"""Most arrivals per hour that the draw key can number (scenarios state it, `sim` relies on it)."""

RESERVED_CLASSES = frozenset({KIOSK, CAUSE})
RESERVED_LANES = frozenset({"counters", KIOSK})


def hall_faults(hall: Hall) -> list[Fault]:
    """Return every fault of one hall, each with the keys that lead to it."""
    return [
        *_share_faults(hall),
        *_time_faults(hall),
        *_rate_faults(hall),
        *_name_faults(hall),
        *_kind_faults(hall),
        *_saving_faults(hall),
    ]


def _share_faults(hall: Hall) -> Iterable[Fault]:
    for key, what, parts in (
        ("customers", "classes", {name: part.share for name, part in hall.customers.items()}),
        ("transactions", "transactions", {name: part.share for name, part in hall.transactions.items()}),
    ):
        total = sum(parts.values())
        if not parts:
            yield Fault("empty", f"at least one of the {what} is wanted here", at=(key,))
        elif abs(total - 1) > 1e-9:
            listed = ", ".join(f"{name} {share * 100:.6g} %" for name, share in parts.items())
            yield Fault(
                "shares", f"the shares of the {what} sum to {total * 100:.6g} %, not 100 %", f"now: {listed}", (key,)
            )


def opening_spans(hall: Hall) -> tuple[Span, ...]:
    """Return the different opening hours that some day of the study may have, closed days left out."""
    spans = {span for span in hall.days.values() if span is not None}
    if not all(day in hall.days for day in WEEKDAYS):
        spans.add(hall.hours)
    return tuple(sorted(spans, key=lambda span: (span.open_us, span.close_us))) or (hall.hours,)


def _time_faults(hall: Hall) -> Iterable[Fault]:
    spans = opening_spans(hall)
    shown = " and ".join(f"{clock_text(span.open_us)}-{clock_text(span.close_us)}" for span in spans)
    linear = hall.arrivals.interpolate == "linear"
    functions: list[tuple[tuple[str, ...], Steps, bool]] = [
        (("arrivals", "rate"), hall.arrivals.rate_per_hour, linear),
        *(
            (("counters", "lanes", name, "staffing"), lane.staffing, False)
            for name, lane in hall.counters.lanes.items()
        ),
    ]
    if "staffing" in hall.counters.model_fields_set:
        functions.append((("counters", "staffing"), hall.counters.staffing, False))
    for path, steps, at_closing in functions:
        for time_us in steps.at_us:
            if not any(
                span.open_us <= time_us < span.close_us or (at_closing and time_us == span.close_us) for span in spans
            ):
                message = f"{clock_text(time_us)} is outside the opening hours {shown}"
                help = "the first time is the opening, and a level holds until the next time or closing"
                yield Fault("outside-hours", message, help, (*path, str(time_us)), on_key=True)
    for index, busy in enumerate(hall.busy.hours if hall.busy else ()):
        if not any(span.open_us <= busy.open_us and busy.close_us <= span.close_us for span in _joined(spans)):
            message = f"{clock_text(busy.open_us)}-{clock_text(busy.close_us)} is not within the opening hours {shown}"
            yield Fault(
                "outside-hours", message, "name busy hours while the hall is open", ("busy", "hours", str(index))
            )


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Return spans, sorted by their start, with those that touch made one."""
    joined: list[Span] = []
    for span in spans:
        if joined and span.open_us <= joined[-1].close_us:
            joined[-1] = Span(joined[-1].open_us, max(joined[-1].close_us, span.close_us))
        else:
            joined.append(span)
    return joined


def busiest_factor(arrivals: Arrivals) -> float:
    """Return the largest factor that the calendar can put on a hall's ordinary day."""
    weekday = max(arrivals.weekday.get(day, 1.0) for day in WEEKDAYS)
    day_of_month = max(arrivals.day_of_month.get(day, 1.0) for day in range(1, 32))
    return weekday * day_of_month * max(1.0, arrivals.holiday)


def _rate_faults(hall: Hall) -> Iterable[Fault]:
    arrivals = hall.arrivals
    factor = busiest_factor(arrivals)
    for time_us, rate in zip(arrivals.rate_per_hour.at_us, arrivals.rate_per_hour.value, strict=True):
        if rate * factor > FASTEST_RATE_PER_HOUR:
            with_factors = f" with the calendar's factors up to {factor:g}" if factor != 1 else ""
            message = f"{rate:g}/h{with_factors} is more than 32,768/h, the most that one hall can draw"
            yield Fault("huge", message, "split the hall in two", ("arrivals", "rate", str(time_us)))
    if arrivals.from_market and hall.never_closes:
        message = "a hall that never closes takes no simulated subscribers: the day is done at midnight"
        yield Fault("never-closes", message, "give it opening hours that end", ("arrivals", "from_market"))
    if arrivals.catchment is not None and not arrivals.from_market:
        message = "a catchment needs `from_market: true`"
        yield Fault("catchment", message, "add it, or leave the catchment out", ("arrivals", "catchment"))


def _name_faults(hall: Hall) -> Iterable[Fault]:
    for name in sorted(RESERVED_CLASSES & set(hall.customers)):
        message = f"a class cannot be called `{name}`: other results stand there"
        yield Fault("name", message, "choose another name", ("customers", name), True)
    for name in sorted(RESERVED_LANES & set(hall.counters.lanes)):
        message = f"a lane cannot be called `{name}`: that is what the hall's own {name} are called"
        yield Fault("name", message, "choose another name", ("counters", "lanes", name), True)
    for name, lane in hall.counters.lanes.items():
        if lane.when is not None and not (lane.when.day_of_month or lane.when.weekday):
            message = f"`when` names no day, so the lane `{name}` would never open"
            help = 'write `when: {day_of_month: ["1-3"]}` or `{weekday: [mon]}`; leave it out for every day'
            yield Fault("empty", message, help, ("counters", "lanes", name, "when"))
    paused = hall.sales.paused if hall.sales is not None else None
    if paused is not None and not (paused.day_of_month or paused.weekday):
        help = 'write `paused: {day_of_month: ["26-31"]}` or `{weekday: [mon]}`; leave it out if never'
        yield Fault("empty", "`paused` names no day", help, ("sales", "paused"))
    named: dict[str, str] = {}
    for name, one in hall.customers.items():
        for index, segment in enumerate(one.segments):
            other = named.setdefault(segment, name)
            if other != name:
                message = f"the segment `{segment}` comes as `{other}` already"
                yield Fault("duplicate", message, "name it once", ("customers", name, "segments", str(index)))
    used: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
        (("counters", "lanes", name, "serves"), lane.serves) for name, lane in hall.counters.lanes.items()
    ]
    if hall.advisers is not None and hall.advisers.pre_check is not None:
        used.append((("advisers", "pre_check", "transactions"), hall.advisers.pre_check.transactions))
    for path, names in used:
        if not names:
            yield Fault("empty", "at least one transaction is wanted here", suggestion("", hall.transactions), path)
        for index, name in enumerate(names):
            if name not in hall.transactions:
                message = f"`{name}` is not a transaction of this hall"
                yield Fault("unknown-name", message, suggestion(name, hall.transactions), (*path, str(index)))
            elif name in names[:index]:
                yield Fault("duplicate", f"`{name}` is listed twice", "list it once", (*path, str(index)))


def _kind_faults(hall: Hall) -> Iterable[Fault]:
    if hall.kind == "hotline":
        if hall.kiosks is not None:
            yield Fault(
                "hotline", "a hotline has no kiosks", "remove `kiosks`, or write `kind: hall`", ("kiosks",), True
            )
        for name, transaction in hall.transactions.items():
            if transaction.kiosk:
                yield Fault("hotline", "a hotline has no kiosks", "remove `kiosk`", ("transactions", name, "kiosk"))
    if len(set(hall.offered_wait_thresholds_us)) < len(hall.offered_wait_thresholds_us):
        yield Fault("duplicate", "a threshold is listed twice", "list each once", ("offered_wait_thresholds",))


def _saving_faults(hall: Hall) -> Iterable[Fault]:
    checked = hall.advisers.pre_check if hall.advisers is not None else None
    for name, transaction in hall.transactions.items():
        mean_us = transaction.service.average_us
        if transaction.redesigned is not None and transaction.redesigned.saves_us >= mean_us:
            saved = f"{transaction.redesigned.saves_us / MINUTE_US:g} min"
            message = f"the redesign saves {saved} of a mean service of {mean_us / MINUTE_US:g} min"
            help = "save less than the mean service time"
            yield Fault("saving", message, help, ("transactions", name, "redesigned", "saves"))
        elif transaction.redesigned is not None:
            mean_us -= transaction.redesigned.saves_us  # the check saves from what the redesign leaves
        if checked is not None and name in checked.transactions and checked.saves_us >= mean_us:
            saved = f"{checked.saves_us / MINUTE_US:g} min"
            message = f"the check saves {saved}, but `{name}` takes {mean_us / MINUTE_US:g} min on average"
            yield Fault("saving", message, "save less than the mean service time", ("advisers", "pre_check", "saves"))
