"""Batches: what diary, accounts and hazards do for one subscriber, done for many.

Plain functions: the compiled engine translates them as they stand.
"""

from __future__ import annotations

import numpy as np

from sim.market.accounts import settle
from sim.market.consideration import HAZARDS, LAPSING, fill_hazards
from sim.market.diary import Diary, note
from sim.market.ledger import Books, Months
from sim.market.people import Int64s, People
from sim.market.terms import Floats, Network, Offers, Plans, Rules, Segments
from sim.rules.satisfaction import relaxed

_KINDS = len(HAZARDS)


def note_some(people: People, ids: Int64s, day: int, kind: int, a: int, b: Int64s, diary: Diary) -> None:
    """Note the same kind of event, with the same `a`, of every subscriber of `ids`."""
    for k in range(ids.size):
        note(people, int(ids[k]), day, kind, a, int(b[k]), diary)


def settle_some(people: People, ids: Int64s, day: int, plans: Plans, months: Months, books: Books, own: int) -> None:
    """Bill the subscribers of `ids` up to `day`, which is left out."""
    for k in range(ids.size):
        settle(people[int(ids[k])], day, plans, months, books, own)


def hazards_of(
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
    """Hazard of considering, a month, of the subscribers of `ids` on a day of the given month of the study."""
    found = np.zeros(ids.size)
    for k in range(ids.size):
        i = int(ids[k])
        person = people[i]
        satisfaction = relaxed(
            float(person.satisfaction),
            float(segments.satisfaction[int(person.segment)]),
            day - int(person.satisfaction_day),
            rules.half_life_days,
        )
        hazards = np.zeros(_KINDS)
        fill_hazards(hazards, person, i, day, month, satisfaction, segments, plans, offers, network, rules)
        for kind in range(LAPSING):
            found[k] += hazards[kind]
    return found
