"""When a hall is open, how many counters are staffed and how many kiosks work: its windows of time, day by day."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios import schema
from scenarios.calendar import Day
from scenarios.opening import spans_by_day, usual_span
from sim.clock import DAY_US
from sim.draws import Draws
from sim.halls.breakdowns import Changes, kiosk_days, outage_days, without_service
from sim.halls.layout import COUNTERS, Layout

__all__ = ["Changes", "lane_changes", "service_changes", "spans_by_day", "usual_span"]


def lane_changes(
    hall: schema.Hall, layout: Layout, days: Sequence[Day], spans: Sequence[schema.Span | None], draws: Draws
) -> list[list[Changes]]:
    """For each lane and each day, the changes of its staffing, or of the working kiosks."""
    found: list[list[Changes]] = []
    for lane, name in enumerate(layout.lanes):
        if lane == layout.kiosk_lane and hall.kiosks is not None:
            found.append(kiosk_days(hall.kiosks, layout.number, spans, draws))
            continue
        steps = hall.counters.staffing if name == COUNTERS else hall.counters.lanes[name].staffing
        when = None if name == COUNTERS else hall.counters.lanes[name].when
        of_spans = {span: staffed(steps, span) for span in set(spans) if span is not None}
        by_day: list[Changes] = []
        for day, span in zip(days, spans, strict=True):
            if span is None:
                by_day.append(())
                continue
            in_day = of_spans[span]
            if when is not None and not when.holds(day.date, day.works_as):  # the lane is not set up
                in_day = ((span.open_us, 0),)
            midnight_us = day.number * DAY_US
            by_day.append(tuple([(midnight_us + at_us, level) for at_us, level in in_day]))
        found.append(by_day)
    return found


def service_changes(
    hall: schema.Hall,
    layout: Layout,
    changes: Sequence[Sequence[Changes]],
    spans: Sequence[schema.Span | None],
    draws: Draws,
) -> list[list[Changes]]:
    """Changes of what may serve, by lane and day: the staffing and the working kiosks, less the system's outages."""
    if hall.outages is None:
        return [list(by_day) for by_day in changes]
    outages = outage_days(hall.outages, layout.entity, spans, draws)
    return [
        [without_service(of_day, down) for of_day, down in zip(by_day, outages, strict=True)]
        if lane != layout.kiosk_lane or hall.outages.kiosks
        else list(by_day)
        for lane, by_day in enumerate(changes)
    ]


def staffed(steps: schema.Steps, span: schema.Span) -> Changes:
    """Changes of the staffed counters in µs of an open day: none before opening, the last level holds after closing."""
    level_at_opening = 0
    later: list[tuple[int, int]] = []
    for at_us, level in zip(steps.at_us, steps.value, strict=True):
        if at_us <= span.open_us:
            level_at_opening = int(level)
        elif at_us < span.close_us:
            later.append((at_us, int(level)))
    return ((span.open_us, level_at_opening), *later)
