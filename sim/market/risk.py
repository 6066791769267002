"""Risk: how strongly subscribers are drawn to think of leaving on a day, for tactics that look for those at risk.

Plain functions: the compiled engine translates them as they stand.
"""

from __future__ import annotations

import numpy as np

from sim.market.consideration import CAMPAIGNS, HAZARDS, fill_hazards
from sim.market.people import People
from sim.market.terms import Floats, Int64s, Network, Offers, Plans, Rules, Segments
from sim.rules.satisfaction import relaxed


def considering(
    people: People,
    ids: Int64s,
    day: int,
    month: int,
    segments: Segments,
    plans: Plans,
    offers: Offers,
    network: Network,
    rules: Rules,
) -> Floats:
    """Hazard of considering, a month, of each of these subscribers, all of whom have a number."""
    found = np.zeros(ids.size)
    for k in range(ids.size):
        i = int(ids[k])
        person = people[i]
        level = segments.satisfaction[int(person.segment)]
        satisfaction = relaxed(
            float(person.satisfaction), level, day - int(person.satisfaction_day), rules.half_life_days
        )
        hazards = np.zeros(len(HAZARDS))
        fill_hazards(hazards, person, i, day, month, satisfaction, segments, plans, offers, network, rules)
        for part in range(CAMPAIGNS + 1):
            found[k] += hazards[part]
    return found
