"""Kiosks that break down and are mended: how many work, day by day (MISSION F-19)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from sim.clock import DAY_US
from sim.draws import Draws, Kind, Purpose, entity
from sim.variates import exponentials_us

Int64s = NDArray[np.int64]

Changes = tuple[tuple[int, int], ...]
"""Times in µs since the study's start and the level that holds from then on, ascending in time."""


def kiosk_days(
    kiosks: schema.Kiosks, hall_number: int, spans: Sequence[schema.Span | None], draws: Draws
) -> list[Changes]:
    """Changes of the working kiosks on each day of the study, `spans` holding the opening hours of each.

    Breakdowns of a kiosk are a Poisson process over opening time with mean gap `every`; one that falls into a repair
    does nothing. A repair lasts an exponential time with mean `lasts`, on the wall clock. The service in progress
    is finished: a breakdown keeps the next one from starting, as with staff. Both laws are assumed.
    """
    moves: list[dict[int, int]] = [{} for _ in spans]
    for down_us, up_us in _repairs(kiosks, hall_number, spans, draws):
        for number in range(down_us // DAY_US, min(up_us // DAY_US + 1, len(spans))):
            span = spans[number]
            if span is None or up_us <= number * DAY_US + span.open_us:
                continue
            today, begins_us = moves[number], max(down_us, number * DAY_US + span.open_us)
            today[begins_us] = today.get(begins_us, 0) - 1
            if up_us < (number + 1) * DAY_US:
                today[up_us] = today.get(up_us, 0) + 1
    return [
        () if span is None else _levels(kiosks.count, number * DAY_US + span.open_us, moves[number])
        for number, span in enumerate(spans)
    ]


def _levels(count: int, open_us: int, moves: dict[int, int]) -> Changes:
    """Levels of a day from its moves by time."""
    level = count + moves.pop(open_us, 0)
    changes = [(open_us, level)]
    for at_us in sorted(moves):
        level += moves[at_us]
        changes.append((at_us, level))
    return tuple(changes)


def _repairs(
    kiosks: schema.Kiosks, hall_number: int, spans: Sequence[schema.Span | None], draws: Draws
) -> list[tuple[int, int]]:
    """Times (broken, repaired) of all kiosks, one kiosk after the other."""
    if kiosks.breakdown is None:
        return []
    found: list[tuple[int, int]] = []
    kiosk, up_us = -1, 0
    for which, at_us, repair_us in _candidates(kiosks.breakdown, kiosks.count, hall_number, spans, draws):
        if which != kiosk:
            kiosk, up_us = which, 0
        if at_us >= up_us:
            up_us = at_us + repair_us
            found.append((at_us, up_us))
    return found


def _candidates(
    breakdown: schema.Breakdown, kiosks: int, hall_number: int, spans: Sequence[schema.Span | None], draws: Draws
) -> list[tuple[int, int, int]]:
    """Candidate breakdowns as (kiosk, time, duration of the repair), by kiosk and time.

    Draws are keyed by the day and the number of the candidate within it. Limit: `most` of them a day,
    which a Poisson number of that mean never reaches.
    """
    mean_a_day = DAY_US / breakdown.every_us
    most = math.ceil(mean_a_day + 10 * math.sqrt(mean_a_day) + 10)
    days = np.array([number for number, span in enumerate(spans) if span is not None], dtype=np.int64)
    edges = [(span.open_us, span.close_us) for span in spans if span is not None]
    opens_us, closes_us = days * DAY_US + np.array(edges, dtype=np.int64).reshape(-1, 2).T
    # one row a kiosk and day, of which ever fewer have one more candidate
    kiosk, day = np.repeat(np.arange(kiosks), days.size), np.tile(days, kiosks)
    at_us, close_us = np.tile(opens_us, kiosks), np.tile(closes_us, kiosks)
    found = [np.zeros((0, 3), dtype=np.int64)]
    for candidate in range(most):
        if not day.size:
            break
        who = entity(Kind.KIOSK, hall_number << 10) + kiosk
        u, v = draws.uniforms(who, Purpose.BREAKDOWN, (day << 16) + candidate)
        at_us = at_us + exponentials_us(breakdown.every_us, u)
        within = at_us < close_us
        kiosk, day, at_us, close_us = kiosk[within], day[within], at_us[within], close_us[within]
        found.append(np.stack((kiosk, at_us, exponentials_us(breakdown.lasts_us, v[within])), axis=1))
    rows = np.concatenate(found)
    return [(which, at, lasts) for which, at, lasts in rows[np.lexsort((rows[:, 1], rows[:, 0]))].tolist()]
