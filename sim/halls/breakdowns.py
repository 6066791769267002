"""What fails and is mended: kiosks (MISSION F-19) and the system behind the counters (F-22), day by day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from sim.clock import DAY_US
from sim.draws import Draws, Kind, Purpose, entity
from sim.variates import exponentials_us

Int64s = NDArray[np.int64]

Changes = tuple[tuple[int, int], ...]
"""Times in µs since the study's start and the level that holds from then on, ascending in time."""


def steps_of(changes: Changes) -> Int64s:
    """Changes as rows (time, level).

    >>> steps_of(((0, 2), (50, 3))).tolist()
    [[0, 2], [50, 3]]
    """
    return np.fromiter(chain.from_iterable(changes), np.int64, 2 * len(changes)).reshape(-1, 2)


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


def outage_days(
    outages: schema.Outages, hall_entity: int, spans: Sequence[schema.Span | None], draws: Draws
) -> list[list[tuple[int, int]]]:
    """Times (down, up) of the system's failures on each day of the study, by the laws of the kiosks (assumed)."""
    found: list[list[tuple[int, int]]] = [[] for _ in spans]
    until_us = 0
    failures = _candidates(outages.every_us, outages.lasts_us, hall_entity, 1, Purpose.OUTAGE, spans, draws)
    for _, down_us, lasts_us in failures:
        if down_us >= until_us:
            until_us = down_us + lasts_us
            for number in range(down_us // DAY_US, min(until_us // DAY_US + 1, len(spans))):
                found[number].append((down_us, until_us))
    return found


def without_service(changes: Changes, outages: Sequence[tuple[int, int]]) -> Changes:
    """Changes of a day's level, 0 while an outage lasts.

    >>> without_service(((0, 2), (50, 3)), [(20, 60)])
    ((0, 2), (20, 0), (60, 3))
    """
    if not changes or not outages:
        return changes
    begins_us, end_of_day_us = changes[0][0], (changes[0][0] // DAY_US + 1) * DAY_US
    moments = {at_us for at_us, _ in changes}
    moments |= {at_us for outage in outages for at_us in outage if begins_us <= at_us < end_of_day_us}
    found: list[tuple[int, int]] = []
    for now_us in sorted(moments):
        level = [level for at_us, level in changes if at_us <= now_us][-1]
        if any(down_us <= now_us < up_us for down_us, up_us in outages):
            level = 0
        if not found or found[-1][1] != level:
            found.append((now_us, level))
    return tuple(found)


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
    who, law = entity(Kind.KIOSK, hall_number << 10), kiosks.breakdown
    failures = _candidates(law.every_us, law.lasts_us, who, kiosks.count, Purpose.BREAKDOWN, spans, draws)
    for which, at_us, repair_us in failures:
        if which != kiosk:
            kiosk, up_us = which, 0
        if at_us >= up_us:
            up_us = at_us + repair_us
            found.append((at_us, up_us))
    return found


def _candidates(
    every_us: int,
    lasts_us: int,
    first: int,
    machines: int,
    purpose: Purpose,
    spans: Sequence[schema.Span | None],
    draws: Draws,
) -> list[tuple[int, int, int]]:
    """Candidate failures as (machine, time, duration of the repair), by machine and time; `first` is the entity of the
    first machine.

    Draws are keyed by the day and the number of the candidate within it. Limit: `most` of them a day,
    which a Poisson number of that mean never reaches.
    """
    mean_a_day = DAY_US / every_us
    most = math.ceil(mean_a_day + 10 * math.sqrt(mean_a_day) + 10)
    days = np.array([number for number, span in enumerate(spans) if span is not None], dtype=np.int64)
    edges = [(span.open_us, span.close_us) for span in spans if span is not None]
    opens_us, closes_us = days * DAY_US + np.array(edges, dtype=np.int64).reshape(-1, 2).T
    # one row a machine and day, of which ever fewer have one more candidate
    machine, day = np.repeat(np.arange(machines), days.size), np.tile(days, machines)
    at_us, close_us = np.tile(opens_us, machines), np.tile(closes_us, machines)
    found = [np.zeros((0, 3), dtype=np.int64)]
    for candidate in range(most):
        if not day.size:
            break
        u, v = draws.uniforms(first + machine, purpose, (day << 16) + candidate)
        at_us = at_us + exponentials_us(every_us, u)
        within = at_us < close_us
        machine, day, at_us, close_us = machine[within], day[within], at_us[within], close_us[within]
        found.append(np.stack((machine, at_us, exponentials_us(lasts_us, v[within])), axis=1))
    rows = np.concatenate(found)
    return [(which, at, lasts) for which, at, lasts in rows[np.lexsort((rows[:, 1], rows[:, 0]))].tolist()]
