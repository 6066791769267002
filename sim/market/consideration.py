"""Consideration: what makes a subscriber think of its contract, and which campaigns reach it. Hazards only.

Functions are plain: the compiled engine translates them as they stand.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.draws import Purpose
from sim.market.draw import campaign, pair
from sim.market.tables import Tables
from sim.rules.hazard import around, dissatisfied, within

Floats = NDArray[np.float64]

_CAMPAIGN = int(Purpose.CAMPAIGN)

CONSIDERS = (
    "considers.base", "considers.expiry", "considers.complaint", "considers.price_rise", "considers.neighbour",
    "wake of a tactic's contact", "wake of rival campaigns",
)  # fmt: skip
"""Names of the hazards of considering, which add up."""

_BASE, _EXPIRY, _COMPLAINT, _PRICE_RISE, _NEIGHBOUR, _WAKE, _CAMPAIGNS = range(7)


def reached(i: int, segment: int, home: int, c: int, month: int, tables: Tables) -> bool:
    """Whether campaign `c` reaches a subscriber in a calendar month: one of its segments, not its own customer."""
    offer, rules = tables.offers[c], tables.rules[0]
    if not offer.active or offer.operator == home or not tables.reaches[c, segment]:
        return False
    u, _ = pair(campaign(i, int(offer.number), month), _CAMPAIGN, month, int(rules.seed), int(rules.replication))
    return bool(u < offer.reach)


def fill_considers(
    hazards: Floats, person: Any, i: int, day: int, month: int, satisfaction: float, tables: Tables
) -> None:
    """Fill in the hazards of considering of a subscriber who has a number, a month, by CONSIDERS."""
    s, rules = int(person.segment), tables.rules[0]
    segment = tables.segments[s]
    for part in range(hazards.size):
        hazards[part] = 0.0
    hazards[_BASE] = dissatisfied(segment.base, segment.dissatisfaction, segment.satisfaction, satisfaction)
    end = int(person.contract_end)
    if end > int(person.joined_day) and around(day, end, int(rules.expiry_days)):
        hazards[_EXPIRY] = segment.expiry
    if within(day, int(person.complaint_day), int(rules.complaint_days)):
        hazards[_COMPLAINT] = segment.complaint
    if within(day, int(tables.plans[int(person.plan)].rise_day), int(rules.price_rise_days)):
        hazards[_PRICE_RISE] = segment.price_rise
    circle = int(rules.circle)
    if circle > 0 and within(day, int(tables.circle_day[i // circle]), int(rules.neighbour_days)):
        hazards[_NEIGHBOUR] = segment.neighbour
    if day < int(person.woken_until) and person.woken_by >= 0:
        hazards[_WAKE] = max(0.0, tables.wake[person.woken_by])
    for c in range(len(tables.offers)):
        wake = tables.offers[c].wake
        if wake > 0.0 and reached(i, s, int(person.operator), c, month, tables):
            hazards[_CAMPAIGNS] += wake
