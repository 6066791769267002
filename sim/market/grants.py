"""Grants: what a contact does to those it reaches, what those get who accept, and what both cost.

Whole batches of subscribers at once, the same code under both engines; no subscriber is twice in a batch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.draws import DAYS_MOST, Draws, Purpose
from sim.market.budgets import MonthBudget
from sim.market.channels import ChannelRoom
from sim.market.events import Happened
from sim.market.ledger import Books, Count, Line, Months
from sim.market.people import GIVEN_CONTRACT, GIVEN_CREDIT, GIVEN_PRODUCT
from sim.market.tactic_terms import TacticTerms
from sim.rules.contact import still_tires, willing
from sim.rules.satisfaction import relaxed

Floats = NDArray[np.float64]
Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]

_MOST_CONTACTS = 127
_MOST_PRODUCTS = 127


@dataclass(frozen=True)
class Hands:
    """What contacts act on: people, books and draws, and how subscribers are billed and events noted."""

    people: Any
    """Structured array of PERSON: the columns of all subscribers."""
    books: Books
    months: Months
    draws: Draws
    own: int
    levels: Floats
    """[s]: satisfaction to which the people of a segment relax."""
    complaint_points: float
    decay: Floats
    """What is left of a distance from the level after so many days."""
    settle: Callable[[Int64s, int], None]
    """Bill these subscribers up to a day, which is left out."""
    noting: Callable[[Int64s, int, int, int, Int64s], None]
    """Note of these subscribers: day, `Happened`, a, and b of each."""

    def note(self, ids: Int64s, day: int, kind: Happened, a: int, b: Int64s | None = None) -> None:
        """Note an event of each of these subscribers; left out, `b` is 0."""
        if ids.size:
            self.noting(ids, day, int(kind), a, np.zeros(ids.size, np.int64) if b is None else b)

    def satisfy(self, ids: Int64s, day: int, points: float) -> None:
        """Add points to the satisfaction of subscribers, as it is on the day."""
        people = self.people
        level = self.levels[people["segment"][ids]]
        left = self.decay[day - people["satisfaction_day"][ids].astype(np.int64)]
        now = level + (people["satisfaction"][ids] - level) * left
        people["satisfaction"][ids] = np.minimum(100.0, np.maximum(0.0, now + points))
        people["satisfaction_day"][ids] = day

    def book(self, tactic: TacticTerms, ids: Int64s, day: int, line: Line, fen: int) -> None:
        """Book an amount for each of these subscribers, as ours and as the tactic's."""
        if fen and ids.size:
            month = self.months.of_day[day]
            segments = np.bincount(self.people["segment"][ids], minlength=self.levels.size)
            self.books.lines[month, self.own, :, line] += segments * fen
            self.books.tactics[month, tactic.code, line] += ids.size * fen

    def count(self, tactic: TacticTerms, day: int, what: Count, number: int) -> None:
        """Count something of a tactic in the day's month."""
        self.books.counts[self.months.of_day[day], tactic.code, what] += number


def decay_of(half_life_days: float, days: int) -> Floats:
    """What is left of a distance from the level after 0, 1, 2 … days, by the rule that holds for one subscriber."""
    return np.array([relaxed(1.0, 0.0, day, half_life_days) for day in range(days + 1)])


def acceptance_of(tactic: TacticTerms, channel: ChannelRoom) -> Floats:
    """Share that accepts after 0, 1, 2 … contacts that still tire."""
    fatigue = channel.channel.fatigue
    factor = 1.0 if fatigue is None else fatigue.factor
    return np.array([willing(tactic.tactic.acceptance, factor, contacts) for contacts in range(_MOST_CONTACTS + 1)])


def make_contacts(
    tactic: TacticTerms,
    channel: ChannelRoom,
    budget: MonthBudget,
    acceptance: Floats,
    ids: Int64s,
    refusing: Bools,
    day: int,
    hands: Hands,
) -> None:
    """Make a day's contacts of a tactic with the subscribers of `ids`, in that order. `acceptance` is `acceptance_of`.

    Subscribers marked in `refusing` accept nothing: they decided to go. Everyone tried costs the channel; only who is
    reached costs what the tactic hands over, tires, changes in satisfaction, and wakes.
    """
    people, effect = hands.people, tactic.tactic.effect
    u, v = hands.draws.uniforms(tactic.entities(ids, day), Purpose.CONTACT, day)
    reached = u < channel.channel.reach
    tired = _tired(channel, people, ids, day)
    accepts = reached & (v < acceptance[tired]) & ~refusing[ids]
    made = _paid(tactic, budget, ids, reached, accepts, day, hands)
    ids, reached, accepts, tired = ids[:made], reached[:made], accepts[:made], tired[:made]
    met = ids[reached]
    contacts = np.minimum(tired[reached] + 1, _MOST_CONTACTS)
    if channel.channel.fatigue is not None:
        people["contacts"][met] = contacts
        people["contact_day"][met] = day
    hands.note(met, day, Happened.CONTACTED, tactic.code, contacts)
    if effect.satisfaction and met.size:
        hands.satisfy(met, day, effect.satisfaction)
    wake(tactic, met, day, hands)
    taken = ids[accepts]
    grant(tactic, taken, day, hands)
    hands.note(taken, day, Happened.ACCEPTED, tactic.code)
    _complain(tactic, taken, day, hands)


def offer_to_leaving(
    tactic: TacticTerms, channel: ChannelRoom, budget: MonthBudget, asked: Any, day: int, hands: Hands
) -> tuple[int, Bools]:
    """Make a save desk's offer to those who ask to leave, DECISION rows; return how many it hears, who of them stays.

    Stays who is reached, willing, and offered at least what the best rival plan is worth more. The talk is theirs, not
    ours: it tires nobody.
    """
    people, ids = hands.people, asked["id"]
    u, v = hands.draws.uniforms(tactic.entities(ids, day), Purpose.CONTACT, day)
    reached = u < channel.channel.reach
    stays = reached & (v < tactic.tactic.acceptance) & (tactic.value[people["segment"][ids]] >= asked["gap"])
    made = _paid(tactic, budget, ids, reached, stays, day, hands)
    ids, stays = ids[:made], stays[:made]
    saved = ids[stays]
    if tactic.tactic.effect.satisfaction and saved.size:
        hands.satisfy(saved, day, tactic.tactic.effect.satisfaction)
    wake(tactic, saved, day, hands)
    grant(tactic, saved, day, hands)
    people["kept_by"][saved] = tactic.code
    hands.note(saved, day, Happened.SAVED, tactic.code)
    _complain(tactic, saved, day, hands)
    return made, stays


def grant(tactic: TacticTerms, ids: Int64s, day: int, hands: Hands) -> None:
    """Give subscribers a tactic's terms, from the day after; what they had until then is billed first.

    A credit that is worth less than what is left of the present one changes nothing. Of two contracts the later end and
    the higher fee count. Terms that an earlier tactic gave count as this one's from now on.
    """
    if not ids.size:
        return
    people, terms, after = hands.people, tactic.terms, day + 1
    hands.settle(ids, after)
    given = people["terms"][ids].astype(np.int64)
    left_days = people["credit_end"][ids].astype(np.int64) - after
    given[left_days <= 0] &= ~GIVEN_CREDIT
    if terms.credit_fen and terms.credit_days:
        left_fen = people["credit_fen"][ids].astype(np.int64) * np.maximum(0, left_days)
        better = terms.credit_fen * terms.credit_days >= left_fen
        people["credit_fen"][ids[better]] = terms.credit_fen
        people["credit_end"][ids[better]] = after + terms.credit_days
        given[better] |= GIVEN_CREDIT
    given = _bind(tactic, ids, after, given, people)
    if terms.products:
        people["products"][ids] = np.minimum(people["products"][ids].astype(np.int64) + terms.products, _MOST_PRODUCTS)
        given |= GIVEN_PRODUCT
    people["terms"][ids] = given
    people["tactic"][ids] = tactic.code


def wake(tactic: TacticTerms, ids: Int64s, day: int, hands: Hands) -> None:
    """Let a tactic wake subscribers from the day after: they think of leaving more often for a while."""
    effect = tactic.tactic.effect
    if effect.wake and effect.wake_days:
        hands.people["woken_by"][ids] = tactic.code
        hands.people["woken_until"][ids] = day + 1 + effect.wake_days


def _bind(tactic: TacticTerms, ids: Int64s, after: int, given: Int64s, people: Any) -> Int64s:
    terms = tactic.terms
    end = people["contract_end"][ids].astype(np.int64)
    free = end <= after
    given[free] &= ~GIVEN_CONTRACT
    if terms.contract_days:
        fee = np.where(free, 0, people["leaving_fen"][ids])
        people["leaving_fen"][ids] = np.maximum(fee, terms.leaving_fen)
        people["handset_locked"][ids] = terms.handset_lock | (people["handset_locked"][ids] & ~free)
        people["contract_end"][ids] = np.maximum(end, after + terms.contract_days)
        given |= GIVEN_CONTRACT
    return given


def _tired(channel: ChannelRoom, people: Any, ids: Int64s, day: int) -> Int64s:
    """How many contacts still tire each; a channel without fatigue neither tires nor meets anyone tired."""
    contacts: Int64s = people["contacts"][ids].astype(np.int64)
    fatigue = channel.channel.fatigue
    if fatigue is None:
        return np.zeros_like(contacts)
    return still_tires(contacts, day - people["contact_day"][ids].astype(np.int64), fatigue.recovers_days)


def _paid(
    tactic: TacticTerms, budget: MonthBudget, ids: Int64s, reached: Bools, accepts: Bools, day: int, hands: Hands
) -> int:
    """Book contacts in order as far as the budget goes; return how many are made."""
    made = budget.affords(reached, accepts)
    tried, met, taken = ids[:made], ids[:made][reached[:made]], ids[:made][accepts[:made]]
    cost, effect = tactic.tactic.cost, tactic.tactic.effect
    hands.book(tactic, tried, day, Line.COST, tactic.attempt_fen)
    hands.book(tactic, met, day, Line.COST, tactic.met_fen)
    hands.book(tactic, taken, day, Line.COST, cost.per_acceptance_fen)
    hands.book(tactic, taken, day, Line.COMMISSION, cost.commission_fen)
    hands.book(tactic, taken, day, Line.SUBSIDY, effect.subsidy_fen)
    hands.count(tactic, day, Count.CONTACTS, made)
    hands.count(tactic, day, Count.ACCEPTANCES, taken.size)
    if budget.stopped:
        hands.books.counts[hands.months.of_day[day], tactic.code, Count.BUDGET_STOPS] = 1
    return made


def _complain(tactic: TacticTerms, taken: Int64s, day: int, hands: Hands) -> None:
    """Let a share of those who accepted complain of what they were talked into, at the same midnight."""
    share = tactic.tactic.effect.complaints
    if not share or not taken.size:
        return
    u, _ = hands.draws.uniforms(tactic.entities(taken, day), Purpose.CONTACT, DAYS_MOST + day)
    ids = taken[u < share]
    hands.satisfy(ids, day, -hands.complaint_points)
    hands.people["complaint_day"][ids] = day
    hands.count(tactic, day, Count.COMPLAINTS, ids.size)
    hands.note(ids, day, Happened.COMPLAINED, -1)
