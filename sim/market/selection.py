"""Selection: whom a tactic is for, and who comes first where there is no room for all. It draws no outcomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.draws import DAYS_MOST, Draws, Purpose
from sim.market.people import LONG_AGO, People
from sim.market.tactic_terms import TacticTerms
from sim.market.terms import Plans

Floats = NDArray[np.float64]
Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]
Hazards = Callable[[Int64s, int], Floats]
"""Hazard of considering, a month, of these subscribers of ours on a day."""


@dataclass(frozen=True)
class Selection:
    """What selecting reads."""

    people: People
    plans: Plans
    draws: Draws
    own: int
    hazards: Hazards

    def is_for(self, tactic: TacticTerms, ids: Int64s, day: int) -> Bools:
        """Of whom a tactic wants to hear on a day: our paying customers, in its target, of its treated share.

        A subscriber is treated by a tactic, or not, for the whole run: the rest is a control group.
        """
        people, target = self.people, tactic.target
        plan = people["plan"][ids].astype(np.int64)
        wanted: Bools = (people["operator"][ids] == self.own) & (people["suspended_until"][ids] == LONG_AGO)
        wanted &= target.segments[people["segment"][ids]] & target.plans[plan]
        if target.tenure_from_days:
            wanted &= day - people["joined_day"][ids].astype(np.int64) >= target.tenure_from_days
        if target.bill_from_fen:
            wanted &= bills_fen(people, ids, self.plans) >= target.bill_from_fen
        if tactic.tactic.share < 1:
            _, v = self.draws.uniforms(tactic.entities(ids, 0), Purpose.CONTACT_LIST, DAYS_MOST)
            wanted &= v < tactic.tactic.share
        return wanted

    def first(self, tactic: TacticTerms, ids: Int64s, room: int, day: int) -> Int64s:
        """At most `room` of them: by the tactic's score, then a keyed draw, then id, in that order.

        Where nothing has to be left out and no budget can end, their order decides nothing and is that of ids.
        """
        if ids.size <= room and tactic.tactic.budget_fen is None:
            return ids
        score = np.zeros(ids.size)
        if tactic.tactic.score == "value":
            score = bills_fen(self.people, ids, self.plans).astype(np.float64)
        elif tactic.tactic.score == "risk":
            score = self.hazards(ids, day)
        u, _ = self.draws.uniforms(tactic.entities(ids, day), Purpose.CONTACT_LIST, day)
        return ids[np.lexsort((ids, u, -score))[:room]]


def bills_fen(people: People, ids: Int64s, plans: Plans) -> Int64s:
    """Bills of a month by the tariff, before reductions, as `sim.rules.bills` states them for one subscriber."""
    plan = people["plan"][ids].astype(np.int64)
    beyond = np.maximum(0, people["usage"][ids].astype(np.int64) - plans.minutes[plan])
    return np.asarray(plans.fee_fen[plan] + (beyond * plans.extra_milli_fen[plan] + 500) // 1_000)
