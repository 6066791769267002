"""The subscribers' day: what everyone who is due today decides. Nothing is carried out before midnight.

Subscribers do not meet within a day, so it is one loop in ascending order. Functions are plain: the compiled engine
translates them as they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.clock import DAY_US
from sim.draws import Purpose
from sim.errors import ModelError
from sim.market.comparison import compare
from sim.market.consideration import CONSIDERS, fill_considers
from sim.market.diary import Diary, note
from sim.market.draw import pair, subscriber
from sim.market.events import Happened
from sim.market.people import NOBODY, People
from sim.market.tables import Tables
from sim.market.terms import (
    CHANGE_PLAN,
    DECISION,
    END_SUSPENSION,
    JOIN,
    LAPSE,
    LEAVE,
    REREGISTER,
    STAY,
    SUSPEND,
)
from sim.rules.hazard import (
    FALLS_INTO_ARREARS,
    LAPSES,
    NOTHING,
    REREGISTERS,
    daily,
    exceeds,
    joining,
    outcome,
)
from sim.rules.satisfaction import relaxed

Int64s = NDArray[np.int64]
Floats = NDArray[np.float64]

_CANDIDATE, _MOMENT = int(Purpose.CANDIDATE), int(Purpose.MOMENT)
HAZARDS = (*CONSIDERS, "lapse", "arrears", "reregister", "join")
"""Names of all hazards that a bound covers."""

_CONSIDERS = len(CONSIDERS)
_LAPSE, _ARREARS, _REREGISTER, _JOIN = range(_CONSIDERS, _CONSIDERS + 4)
_CONSIDERED, _ASKED_TO_LEAVE = int(Happened.CONSIDERED), int(Happened.ASKED_TO_LEAVE)


def no_decisions(number: int) -> Any:
    """Room for the decisions of so many people, as `decide` fills it."""
    return np.zeros(number, DECISION).view(np.recarray)


def no_fault() -> Floats:
    """Room for the first fault of a day: whether there is one, the segment, then each of HAZARDS, a month."""
    return np.zeros(2 + len(HAZARDS))


def decide(
    people: People,
    ids: Int64s,
    numbers: Int64s,
    day: int,
    month: int,
    month_days: int,
    tables: Tables,
    own_lapse: Floats,
    diary: Diary,
    decisions: Any,
    faults: Floats,
) -> int:
    """Fill `decisions` with what the people due today decide, ascending, and return how many there are.

    `ids` and `numbers` are those of `calendar.due`; `month` counts calendar months since the start, `month_days` are
    the days of this one. `own_lapse` holds each subscriber's own hazard of lapsing, or nothing: the segment's holds.
    Considering customers get a row even if they stay. A debtor's plan is NOBODY if it does not pay up. On the first
    hazards above the candidates' bound the loop ends and `faults` says whose and which (see `refuse_fault`).
    """
    rules, users = tables.rules[0], 0
    bound, seed, replication = float(rules.day_bound), int(rules.seed), int(rules.replication)
    for o in range(len(tables.operators)):
        users += int(tables.operators[o].users)
    chances = np.empty((len(tables.segments), 4))  # those that are the same for a whole segment, a day
    for s in range(len(tables.segments)):
        segment = tables.segments[s]
        chances[s, 0] = daily(segment.lapse, month_days)
        chances[s, 1] = daily(segment.arrears, month_days)
        chances[s, 2] = daily(segment.reregister, month_days)
        chances[s, 3] = daily(joining(segment.join, users, people.size, rules.ceiling), month_days)
    considers = np.zeros(_CONSIDERS)
    count = 0
    for row in range(ids.size):
        i = int(ids[row])
        person = people[i]
        until, home, present = int(person.suspended_until), int(person.operator), int(person.plan)
        if until > day or (until < day and numbers[row] < 0):
            continue
        kind, plan, taken, gap, stay, kept = END_SUSPENSION, present, -1, 0.0, present, False
        if until < day:
            s, satisfaction = int(person.segment), float(person.satisfaction)
            lapse = arrears = reregister = 0.0
            if home == NOBODY:
                consider = chances[s, 3]
            else:
                level = tables.segments[s].satisfaction
                if satisfaction != level:
                    days = day - int(person.satisfaction_day)
                    satisfaction = relaxed(satisfaction, level, days, rules.half_life_days)
                fill_considers(considers, person, i, day, month, satisfaction, tables)
                hazard = 0.0
                for part in range(_CONSIDERS):
                    hazard += considers[part]
                consider = daily(hazard, month_days)
                lapse = daily(own_lapse[i], month_days) if own_lapse.size > 0 else chances[s, 0]
                arrears, reregister = chances[s, 1], chances[s, 2]
            if exceeds(lapse + arrears + reregister + consider, bound):
                _fill_fault(faults, considers, i, s, home, users, people.size, tables, own_lapse)
                return count
            _, height = pair(subscriber(i), _CANDIDATE, int(numbers[row]), seed, replication)
            what = outcome(height, bound, lapse, arrears, reregister, consider)
            if what == NOTHING:
                continue
            if what == LAPSES:
                kind, plan = LAPSE, NOBODY
            elif what == FALLS_INTO_ARREARS:
                kind = SUSPEND
            elif what == REREGISTERS:
                kind = REREGISTER
            else:
                plan, taken, reached_by, stay, gap, kept = compare(person, i, day, month, satisfaction, users, tables)
                if home == NOBODY:
                    kind = JOIN
                else:
                    note(people, i, day, _CONSIDERED, plan, reached_by, diary)
                    kind = STAY if plan == present else CHANGE_PLAN
                    if tables.plans[plan].operator != home:
                        kind = LEAVE
                        if home == rules.own:
                            note(people, i, day, _ASKED_TO_LEAVE, plan, taken, diary)
        u, v = pair(subscriber(i), _MOMENT, day, seed, replication)
        decision = decisions[count]
        decision.id = i
        decision.kind = kind
        decision.plan = NOBODY if kind == END_SUSPENSION and v >= rules.recovers else plan
        decision.campaign = taken
        decision.at_us = day * DAY_US + int(u * DAY_US)
        decision.gap = gap
        decision.stay_plan = stay
        decision.kept = kept
        count += 1
    return count


def _fill_fault(
    faults: Floats,
    considers: Floats,
    i: int,
    s: int,
    home: int,
    users: int,
    number: int,
    tables: Tables,
    own_lapse: Floats,
) -> None:
    segment = tables.segments[s]
    faults[0] = 1.0
    faults[1] = s
    if home == NOBODY:
        faults[2 + _JOIN] = joining(segment.join, users, number, tables.rules[0].ceiling)
        return
    for part in range(considers.size):
        faults[2 + part] = considers[part]
    faults[2 + _LAPSE] = own_lapse[i] if own_lapse.size > 0 else segment.lapse
    faults[2 + _ARREARS] = segment.arrears
    faults[2 + _REREGISTER] = segment.reregister


def refuse_fault(faults: Floats, segments: Sequence[str], bound: float) -> None:
    """ModelError if `decide` met hazards above the bound, a share a month; `segments` are the names in order."""
    if not faults[0]:
        return
    name, hazards = segments[int(faults[1])], faults[2:]
    acting = sorted((n for n in range(len(HAZARDS)) if hazards[n] > 0), key=lambda n: -hazards[n])
    sizes = ", ".join(f"{HAZARDS[n]} {100 * hazards[n]:.4g} %/month" for n in acting)
    raise ModelError(
        f"hazards of segment {name} that act at once exceed the bound of {100 * bound:.4g} %/month: {sizes}",
        "market.consideration_bound",
        f"Raise the bound, or lower {HAZARDS[acting[0]]} of {name}.",
    )
