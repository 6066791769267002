"""Turns: whose day it is, for a tactic that comes round, a contract about to end, a rival's offer that we heard of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from scenarios.calendar import Day
from sim.draws import DAYS_MOST, Draws, Purpose
from sim.market.draw import subscriber
from sim.market.people import People
from sim.market.rivals import Rivals
from sim.market.tactic_terms import TacticTerms

Floats = NDArray[np.float64]
Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]

DAYS_OF_A_MONTH = 28
"""Turns fall on the first 28 days of a month, so that everyone has one in each."""
_BLOCK_DAYS = 32
NO_ONE: Int64s = np.zeros(0, dtype=np.int64)


class Turns:
    """Everybody's one day in a period of some months, from a phase between 0 and 1 of its own."""

    __slots__ = ("_ids", "_months", "_starts")

    def __init__(self, phase: Floats, months: int) -> None:
        cells = DAYS_OF_A_MONTH * months
        cell = (phase * cells).astype(np.int16)
        self._months = months
        self._ids = np.argsort(cell, kind="stable").astype(np.int32)
        self._starts = np.concatenate(([0], np.cumsum(np.bincount(cell, minlength=cells))))

    def on(self, month: int, day: Day) -> Int64s:
        """Whose turn it is, ascending; months are counted from where the period begins."""
        if day.date.day > DAYS_OF_A_MONTH:
            return NO_ONE
        cell = month % self._months * DAYS_OF_A_MONTH + day.date.day - 1
        return self._ids[self._starts[cell] : self._starts[cell + 1]].astype(np.int64)


def own_turns(tactic: TacticTerms, months: int, people: int, draws: Draws) -> Turns:
    """Turns of one tactic, independent of those of others: so no two always want the same people on the same day."""
    phase, _ = draws.uniforms(tactic.entities(np.arange(people), 0), Purpose.CONTACT_LIST, DAYS_MOST)
    return Turns(phase, months)


def birthdays(people: int, draws: Draws) -> Turns:
    """Everybody's day of the year."""
    return Turns(year_phase(people, draws), 12)


def offer_days(people: int, draws: Draws) -> Turns:
    """Everybody's day of the month on which a rival's campaign finds it."""
    return Turns(year_phase(people, draws) * 12 % 1, 1)


def year_phase(people: int, draws: Draws) -> Floats:
    """Phase of the year of everybody."""
    _, phase = draws.uniforms(subscriber(np.arange(people, dtype=np.int64)), Purpose.START, 2)
    return phase


class Expiries:
    """Who has a contract that ends in so many days. People are looked through once in a while.

    A new contract lasts at least `shortest_days`, so none that is made within a block of days falls due within it.
    """

    __slots__ = ("_before", "_block", "_due", "_first", "_ids")

    def __init__(self, days_before: int, shortest_days: int) -> None:
        self._before = days_before
        self._block = max(1, min(_BLOCK_DAYS, shortest_days - days_before))
        self._first = -_BLOCK_DAYS
        self._ids = self._due = NO_ONE

    def on(self, day: int, people: People) -> Int64s:
        """Whose contract ends `days_before` days after the day, ascending. Days are asked for in order."""
        if not self._first <= day < self._first + self._block:
            due = people["contract_end"].astype(np.int64) - self._before
            found = np.flatnonzero((due >= day) & (due < day + self._block))
            found = found[np.argsort(due[found], kind="stable")]
            self._first, self._ids, self._due = day, found, due[found]
        low, high = np.searchsorted(self._due, (day, day + 1))
        ids = self._ids[low:high]
        end = people["contract_end"][ids]
        return np.asarray(ids[(end == day + self._before) & (end > people["joined_day"][ids])])


def shortest_contract_days(study: schema.Study, tactics: Sequence[TacticTerms], term_days: Int64s) -> int:
    """Length of the shortest contract that anyone can make with us."""
    lengths = [*term_days.tolist(), *(tactic.terms.contract_days for tactic in tactics)]
    return min((length for length in lengths if length > 0), default=_BLOCK_DAYS + DAYS_MOST)


def warned(ids: Int64s, day: int, hazards: Floats, warning: schema.ChurnWarning, draws: Draws) -> Bools:
    """Whom a churn warning lists: those at risk with its recall, others by a false alarm."""
    u, v = draws.uniforms(subscriber(ids), Purpose.WARNING, day)
    return np.where(hazards >= warning.hazard, u < warning.recall, v < warning.false_alarms)


def detected(ids: Int64s, segments: Int64s, day: int, month: int, share: float, rivals: Rivals, draws: Draws) -> Bools:
    """Of whom we got to know that a campaign, active on the day, reached them in that month of the study."""
    found = np.zeros(ids.size, dtype=bool)
    for campaign in np.flatnonzero(rivals.active_on[day]):
        u, v = draws.uniforms(rivals.entities(int(campaign), ids, month), Purpose.CAMPAIGN, month)
        found |= (u < rivals.reach_on[day, campaign]) & (v < share) & rivals.offers.segments[campaign, segments]
    return found
