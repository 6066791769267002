"""What must hold between a study's staffing and its halls: names that exist, shifts that fit, something to meet."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import TYPE_CHECKING

from scenarios.schema.checks import opening_spans
from scenarios.schema.names import unknown_in, unknown_name
from scenarios.schema.parts import Fault
from scenarios.schema.staffing_choices import FAST_LANE, MOST_OPTIONS, HallDecisions, open_hours
from scenarios.units import HALF_HOUR_US, clock_text

if TYPE_CHECKING:
    from scenarios.schema.hall import Hall
    from scenarios.schema.parts import Span
    from scenarios.schema.staffing import Break, Shift, Staffing
    from scenarios.schema.staffing_choices import Device
    from scenarios.schema.study import Study


def fits(hall: Hall, span: Span, start_us: int, length_us: int) -> bool:
    """Whether a shift may be worked on a day with these hours: it begins while the hall is open, and ends by closing,
    or later where the hall then serves those inside. A half hour in which the hall opens or closes counts whole."""
    opens_us = span.open_us // HALF_HOUR_US * HALF_HOUR_US
    closes_us = -(-span.close_us // HALF_HOUR_US) * HALF_HOUR_US
    late = hall.closing == "serve_all_inside"
    return opens_us <= start_us < closes_us and (late or start_us + length_us <= closes_us)


def break_starts(shift: Shift, start_us: int, pause: Break, step_us: int) -> range:
    """When a break of a shift from this start may begin, inside its window and inside the shift."""
    first = max(pause.window.open_us, start_us)
    last = min(pause.window.close_us, start_us + shift.length_us) - pause.length_us
    return range(first, last + 1, step_us)


def staffing_faults(study: Study) -> Iterable[Fault]:
    """Yield every fault of the staffing of a study, each with the keys that lead to it."""
    staffing = study.staffing
    if staffing is None:
        return
    if not study.halls:
        help = "add `halls`, or leave `staffing` out"
        yield Fault("missing", "there is no hall to staff", help, ("staffing",), on_key=True)
        return
    yield from unknown_in(study.halls, "hall of this study", staffing.halls, ("staffing", "halls"))
    for key in ("seats", "employed"):
        for name in getattr(staffing, key):
            if name not in study.halls:
                message = f"`{name}` is not a hall of this study"
                yield unknown_name(name, study.halls, message, ("staffing", key, name))
    if not staffing.shifts:
        help = 'write `shifts: {early: {length: 8 h, starts: ["09:00"], cost: 80 CNY}}`'
        yield Fault("empty", "at least one shift is wanted here", help, ("staffing", "shifts"))
    halls = {name: study.halls[name] for name in staffing.halls or study.halls if name in study.halls}
    for name, shift in staffing.shifts.items():
        yield from _shift_faults(("staffing", "shifts", name), shift, halls.values())
    yield from _target_faults(staffing, halls)
    yield from _lending_faults(staffing, halls)
    yield from _decision_faults(staffing, halls)


def _lending_faults(staffing: Staffing, halls: dict[str, Hall]) -> Iterable[Fault]:
    for name, lending in staffing.shared.items():
        at = ("staffing", "shared", name)
        if name not in halls:
            yield unknown_name(name, halls, f"`{name}` is not a hall that is staffed here", at, on_key=True)
        if not lending.to:
            yield Fault("empty", "at least one hall is wanted here", "name a hall to lend to", (*at, "to"))
        yield from unknown_in(halls, "hall that is staffed here", lending.to, (*at, "to"))
        if name in lending.to:
            place = (*at, "to", str(lending.to.index(name)))
            yield Fault("itself", f"`{name}` lends to itself", "name another hall", place)


def _decision_faults(staffing: Staffing, halls: dict[str, Hall]) -> Iterable[Fault]:
    decisions, at = staffing.decisions, ("staffing", "decisions")
    if decisions is None:
        return
    for name in decisions.halls:
        if name not in halls:
            message = f"`{name}` is not a hall that is staffed here"
            yield unknown_name(name, halls, message, (*at, "halls", name), on_key=True)
    told: set[tuple[str, ...]] = set()
    for name, hall in halls.items():
        own = decisions.halls.get(name)
        mine = decisions.of(name)
        for device, fault in _device_faults(name, hall, mine):
            here = ("halls", name) if own is not None and device in own.model_fields_set else ()
            place = (*at, *here, device, *fault.at)
            if place not in told:  # the first hall that it does not fit speaks for all
                yield Fault(fault.code, fault.message, fault.help, place)
            told.add(place)
    for group in staffing.groups(halls):
        options = prod(prod(len(each.counts) for each in _devices(decisions.of(name))) for name in group)
        if options > MOST_OPTIONS:
            who = " and ".join(group)
            message = f"{options} combinations may be decided for {who}: at most {MOST_OPTIONS} are tried"
            yield Fault("huge", message, "list fewer numbers", at)


def _devices(mine: HallDecisions) -> list[Device]:
    return [each for each in (mine.kiosks, mine.advisers, mine.fast_lane) if each is not None]


def _device_faults(name: str, hall: Hall, mine: HallDecisions) -> Iterable[tuple[str, Fault]]:
    """Faults of the decisions of one hall, each with the device that it is about."""
    if mine.kiosks is not None and any(mine.kiosks.counts) and hall.kiosks is None:
        help = f"give it `kiosks`, or write `halls: {{{name}: {{kiosks: {{counts: [0], cost: 0 CNY}}}}}}`"
        yield "kiosks", Fault("missing", f"the hall {name} does not say what a kiosk does", help)
    checks = hall.advisers is not None and hall.advisers.pre_check is not None
    if mine.advisers is not None and any(mine.advisers.counts) and not checks:
        help = f"give it `advisers`, or write `halls: {{{name}: {{advisers: {{counts: [0], cost: 0 CNY}}}}}}`"
        yield "advisers", Fault("missing", f"the hall {name} does not say what an adviser does", help)
    lane = mine.fast_lane
    if lane is None:
        return
    if not lane.serves:
        yield FAST_LANE, Fault("empty", "at least one transaction is wanted here", "name one", ("serves",))
    for fault in unknown_in(hall.transactions, f"transaction of the hall {name}", lane.serves, ("serves",)):
        yield FAST_LANE, fault
    spans = [open_hours(lane, span) for span in opening_spans(hall)]
    if not any(span.open_us < span.close_us for span in spans):
        yield FAST_LANE, Fault("outside-hours", f"the hall {name} is closed then", "open it in its hours", ("hours",))


def _shift_faults(at: tuple[str, ...], shift: Shift, halls: Iterable[Hall]) -> Iterable[Fault]:
    starts = shift.starts_us
    if sum(pause.length_us for pause in shift.breaks) >= shift.length_us:
        yield Fault("breaks", "the breaks take the whole shift", "shorten them", (*at, "breaks"))
        return
    if not any(
        fits(hall, span, start, shift.length_us) for hall in halls for span in opening_spans(hall) for start in starts
    ):
        shown = ", ".join(clock_text(start) for start in starts[:4])
        message = f"no hall is open for a shift from {shown}"
        yield Fault(
            "outside-hours", message, "a shift begins while a hall is open, and ends by closing", (*at, "starts")
        )
    for index, pause in enumerate(shift.breaks):
        if not any(len(break_starts(shift, start, pause, 1)) for start in starts):
            shown = f"{clock_text(pause.window.open_us)}-{clock_text(pause.window.close_us)}"
            message = f"the window {shown} of a break lies outside the shift, whenever it starts"
            yield Fault("window", message, "move the window into the shift", (*at, "breaks", str(index), "window"))


def _target_faults(staffing: Staffing, halls: dict[str, Hall]) -> Iterable[Fault]:
    for name, hall in halls.items():
        if staffing.abandonment >= 1 and all(one.target is None for one in hall.customers.values()):
            message = f"no class of the hall {name} has a target, and there is no cap on customers who leave"
            help = "give a class a `target`, or an `abandonment` below 100 %"
            yield Fault("no-target", message, help, ("halls", name, "customers"))
