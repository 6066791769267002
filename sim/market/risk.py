"""Risk: how strongly subscribers are drawn to think of leaving on a day, for tactics that look for those at risk.

Plain functions: the compiled engine translates them as they stand.
"""

from __future__ import annotations

import numpy as np

from sim.market.consideration import CONSIDERS, fill_considers
from sim.market.people import People
from sim.market.tables import Tables
from sim.market.terms import Floats, Int64s
from sim.rules.satisfaction import relaxed

_CONSIDERS = len(CONSIDERS)


def considering(people: People, ids: Int64s, day: int, month: int, tables: Tables) -> Floats:
    """Hazard of considering, a month, of each of these subscribers, all of whom have a number."""
    found = np.zeros(ids.size)
    hazards = np.zeros(_CONSIDERS)
    for k in range(ids.size):
        i = int(ids[k])
        person = people[i]
        level = tables.segments[int(person.segment)].satisfaction
        days = day - int(person.satisfaction_day)
        satisfaction = relaxed(float(person.satisfaction), level, days, tables.rules[0].half_life_days)
        fill_considers(hazards, person, i, day, month, satisfaction, tables)
        for part in range(_CONSIDERS):
            found[k] += hazards[part]
    return found
