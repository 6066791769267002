"""What must hold between a study's staffing and its halls: names that exist, shifts that fit, something to meet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from scenarios.schema.checks import opening_spans
from scenarios.schema.names import unknown_in, unknown_name
from scenarios.schema.parts import Fault
from scenarios.units import HALF_HOUR_US, clock_text

if TYPE_CHECKING:
    from scenarios.schema.hall import Hall
    from scenarios.schema.parts import Span
    from scenarios.schema.staffing import Break, Shift, Staffing
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
    for name in staffing.seats:
        if name not in study.halls:
            yield unknown_name(name, study.halls, f"`{name}` is not a hall of this study", ("staffing", "seats", name))
    if not staffing.shifts:
        help = 'write `shifts: {early: {length: 8 h, starts: ["09:00"], cost: 80 CNY}}`'
        yield Fault("empty", "at least one shift is wanted here", help, ("staffing", "shifts"))
    halls = {name: study.halls[name] for name in staffing.halls or study.halls if name in study.halls}
    for name, shift in staffing.shifts.items():
        yield from _shift_faults(("staffing", "shifts", name), shift, halls.values())
    yield from _target_faults(staffing, halls)


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
