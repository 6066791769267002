"""When a hall is open, how many counters are staffed and how many kiosks work: its windows of time, day by day."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from scenarios import schema
from scenarios.calendar import Day
from sim.clock import DAY_US
from sim.draws import Draws, Kind, Purpose, entity
from sim.halls.layout import COUNTERS, Layout
from sim.variates import exponentials_us

Changes = tuple[tuple[int, int], ...]
"""Times in µs since the study's start and the level that holds from then on, ascending in time."""


def opening_span(hall: schema.Hall, day: Day) -> schema.Span | None:
    """Opening hours of the hall on a day, None where it is closed. A public holiday's hours go before a weekday's."""
    if day.holiday and "holiday" in hall.days:
        return hall.days["holiday"]
    return hall.days.get(day.works_as, hall.hours)


def lane_changes(
    hall: schema.Hall, layout: Layout, days: Sequence[Day], spans: Sequence[schema.Span | None], draws: Draws
) -> list[list[Changes]]:
    """For each lane and each day, the changes of its staffing, or of the working kiosks."""
    found: list[list[Changes]] = []
    for lane, name in enumerate(layout.lanes):
        if lane == layout.kiosk_lane and hall.kiosks is not None:
            found.append(list(kiosk_days(hall.kiosks, layout.number, spans, draws)))
            continue
        by_day: list[Changes] = []
        for day, span in zip(days, spans, strict=True):
            if span is None:
                by_day.append(())
            elif name == COUNTERS:
                by_day.append(staffed(hall.counters.staffing, span, day))
            else:
                by_day.append(lane_staffing(hall.counters.lanes[name], span, day))
        found.append(by_day)
    return found


def staffed(steps: schema.Steps, span: schema.Span, day: Day) -> Changes:
    """Changes of the staffed counters on an open day: none before opening, the last level holds after closing."""
    midnight_us = day.number * DAY_US
    level_at_opening = 0
    later: list[tuple[int, int]] = []
    for at_us, level in zip(steps.at_us, steps.value, strict=True):
        if at_us <= span.open_us:
            level_at_opening = int(level)
        elif at_us < span.close_us:
            later.append((midnight_us + at_us, int(level)))
    return ((midnight_us + span.open_us, level_at_opening), *later)


def lane_staffing(lane: schema.Lane, span: schema.Span, day: Day) -> Changes:
    """Changes of a named lane's counters: none at all on days on which it is not set up."""
    when = lane.when
    if when is not None and day.date.day not in when.day_of_month and day.works_as not in when.weekday:
        return ((day.number * DAY_US + span.open_us, 0),)
    return staffed(lane.staffing, span, day)


def kiosk_days(
    kiosks: schema.Kiosks, hall_number: int, spans: Sequence[schema.Span | None], draws: Draws
) -> Iterator[Changes]:
    """Changes of the working kiosks on each day of the study, `spans` holding the opening hours of each (MISSION F-19).

    Breakdowns of a kiosk are a Poisson process over opening time with mean gap `every`; one that falls into a repair
    does nothing. A repair lasts an exponential time with mean `lasts`, on the wall clock. The service in progress
    is finished: a breakdown keeps the next one from starting, as with staff. Both laws are assumed.
    """
    windows = [
        _repairs(kiosks.breakdown, entity(Kind.KIOSK, (hall_number << 10) + k), spans, draws)
        for k in range(kiosks.count)
    ]
    for number, span in enumerate(spans):
        if span is None:
            yield ()
            continue
        open_us, next_us = number * DAY_US + span.open_us, (number + 1) * DAY_US
        moves: dict[int, int] = {}
        for repairs in windows:
            for down_us, up_us in repairs:
                if down_us < next_us and up_us > open_us:
                    moves[max(down_us, open_us)] = moves.get(max(down_us, open_us), 0) - 1
                    if up_us < next_us:
                        moves[up_us] = moves.get(up_us, 0) + 1
        level = kiosks.count + moves.pop(open_us, 0)
        changes = [(open_us, level)]
        for at_us in sorted(moves):
            level += moves[at_us]
            changes.append((at_us, level))
        yield tuple(changes)


def _repairs(
    breakdown: schema.Breakdown | None, who: int, spans: Sequence[schema.Span | None], draws: Draws
) -> list[tuple[int, int]]:
    """Times (broken, repaired) of one kiosk. Draws are keyed by the day and a candidate number within it."""
    if breakdown is None:
        return []
    found: list[tuple[int, int]] = []
    up_us = 0
    for number, gaps_us, repairs_us in _candidates(breakdown, who, len(spans), draws):
        span = spans[number]
        if span is None:
            continue
        close_us = number * DAY_US + span.close_us
        at_us = number * DAY_US + span.open_us
        for gap_us, repair_us in zip(gaps_us, repairs_us, strict=True):
            at_us += gap_us
            if at_us >= close_us:
                break
            if at_us >= up_us:
                up_us = at_us + repair_us
                found.append((at_us, up_us))
    return found


def _candidates(
    breakdown: schema.Breakdown, who: int, days: int, draws: Draws
) -> Iterator[tuple[int, list[int], list[int]]]:
    """For each day, gaps between candidate breakdowns that outlast it, and how long each repair would take."""
    mean_a_day = DAY_US / breakdown.every_us
    most = math.ceil(mean_a_day + 10 * math.sqrt(mean_a_day) + 10)
    index = (np.arange(days)[:, None] << 16) + np.arange(most)
    u, v = draws.uniforms(who, Purpose.BREAKDOWN, index)
    gaps_us = exponentials_us(breakdown.every_us, u).reshape(days, most)
    repairs_us = exponentials_us(breakdown.lasts_us, v).reshape(days, most)
    for number in range(days):
        yield number, gaps_us[number].tolist(), repairs_us[number].tolist()
