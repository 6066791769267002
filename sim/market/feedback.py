"""Feedback: what a visit to a hall does to a subscriber's satisfaction at midnight, and whether it complains.

Plain functions: the compiled engine translates them as they stand.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sim.halls.outcomes import Fate
from sim.market.diary import note
from sim.market.events import Happened
from sim.market.people import People
from sim.market.terms import Floats, Int64s, Rules
from sim.rules.satisfaction import after_visit, held, relaxed

_MINUTE_US = 60_000_000


class Moved(NamedTuple):
    """How visits and complaints move satisfaction: points, and by segment the share that complains of a bad visit."""

    long_wait: float
    left_unserved: float
    good_visit: float
    complaint: float
    complains: Floats
    """[s]"""


def after_visits(
    day: int,
    hall: int,
    subscriber: Int64s,
    fate: Any,
    wait_us: Int64s,
    target_us: Int64s,
    felt: Floats,
    complaint_u: Floats,
    people: People,
    levels: Floats,
    rules: Rules,
    moved: Moved,
    diary: Any,
) -> None:
    """Let each visitor of a hall feel its wait, and complain of a long one or of leaving unserved.

    `felt` are the points that surroundings and treatment add.

    People whom the day made leave our operator have nothing to feel any more: this comes after the moves.
    """
    for k in range(subscriber.size):
        i = int(subscriber[k])
        person = people[i]
        if int(person.operator) != rules.own:
            continue
        segment = int(person.segment)
        served = int(fate[k]) == Fate.SERVED
        waited = int(wait_us[k])
        late = waited > int(target_us[k])
        points = relaxed(
            float(person.satisfaction), float(levels[segment]), day - int(person.satisfaction_day), rules.half_life_days
        )
        points = after_visit(
            points, waited, int(target_us[k]), served, moved.long_wait, moved.left_unserved, moved.good_visit
        )
        points = held(points + felt[k])
        kind = Happened.VISITED + 0
        if not served:
            kind = Happened.LEFT_QUEUE + 0
        elif late:
            kind = Happened.WAITED_LONG + 0
        note(people, i, day, kind, hall, waited // _MINUTE_US, diary)
        if (late or not served) and complaint_u[k] < moved.complains[segment]:
            points = held(points - moved.complaint)
            person.complaint_day = day
            note(people, i, day, Happened.COMPLAINED, hall, 0, diary)
        person.satisfaction = points
        person.satisfaction_day = day
