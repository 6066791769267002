"""Contacts: our tactics through the days. Each midnight makes the day's contacts and the list of the next day's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from scenarios.calendar import Day
from sim.draws import Draws
from sim.market.budgets import MonthBudget
from sim.market.channels import ChannelRoom, channel_rooms
from sim.market.desk import Desk, hear
from sim.market.grants import Floats, Hands, acceptance_of, decay_of, make_contacts
from sim.market.ledger import Books, Months
from sim.market.people import People
from sim.market.rivals import Rivals, Settle
from sim.market.selection import Hazards, Selection
from sim.market.tactic_terms import ALWAYS, LEAVING_REQUEST, TacticTerms, acting, book_fixed_costs
from sim.market.terms import LAPSE, LEAVE, REREGISTER, Plans, Rules, Segments
from sim.market.turns import (
    NO_ONE,
    Expiries,
    Turns,
    birthdays,
    detected,
    offer_days,
    own_turns,
    shortest_contract_days,
    warned,
)

Int64s = NDArray[np.int64]
Note = Callable[[Int64s, int, int, int, Int64s], None]
"""Note of these subscribers: day, `Happened`, a, and b of each."""


@dataclass
class _Working:
    """A tactic that contacts people: how it finds them, whom it meets on the day that begins, who waits to be met."""

    tactic: TacticTerms
    channel: ChannelRoom
    budget: MonthBudget
    acceptance: Floats
    turns: Turns | None = None
    expiries: Expiries | None = None
    listed: Int64s = field(default_factory=lambda: NO_ONE)
    waiting: Int64s = field(default_factory=lambda: NO_ONE)
    """Visitors or complainers since the channel's last open day."""


class ContactRun:
    """All tactics of a run but structural ones: what of them survives a day. People and books belong to others.

    `settle` bills subscribers, `note` notes events, `hazards` says who is at risk; `rivals` is read for their offers.
    """

    __slots__ = (
        "_budgets", "_channels", "_days", "_desks", "_first_month", "_hands", "_marked", "_met", "_rivals",
        "_selection", "_working",
    )  # fmt: skip

    def __init__(
        self,
        study: schema.Study,
        days: Sequence[Day],
        draws: Draws,
        people: People,
        segments: Segments,
        plans: Plans,
        rules: Rules,
        months: Months,
        books: Books,
        rivals: Rivals,
        settle: Settle,
        note: Note,
        hazards: Hazards,
    ) -> None:
        assert study.population is not None
        weight = study.population.weight
        self._days, self._rivals = days, rivals
        self._first_month = days[0].date.year * 12 + days[0].date.month
        self._channels = channel_rooms(study, days, weight)
        columns = people.view(np.ndarray)
        self._selection = Selection(columns, plans, draws, rules.own, hazards)
        self._hands = Hands(
            columns, books, months, draws, rules.own, segments.satisfaction, study.market.satisfaction.complaint,
            decay_of(rules.half_life_days, len(days)), settle, note,
        )  # fmt: skip
        self._met = NO_ONE
        self._marked = np.zeros(people.size, dtype=bool)
        self._working: list[_Working] = []
        self._desks: list[Desk] = []
        self._budgets: list[MonthBudget] = []
        tactics = acting(study, plans, segments)
        shortest = shortest_contract_days(study, tactics, plans.term_days)
        for tactic in tactics:
            if tactic.tactic.trigger == ALWAYS:
                continue
            channel = self._channels[tactic.tactic.channel]
            budget = MonthBudget(tactic, weight)
            self._budgets.append(budget)
            if tactic.tactic.trigger == LEAVING_REQUEST:
                self._desks.append(Desk(tactic, channel, budget))
            else:
                working = _Working(tactic, channel, budget, acceptance_of(tactic, channel))
                self._working.append(_found(working, people.size, shortest, draws))
        book_fixed_costs(study, months, books)

    def results(self, day: int, decisions: Any) -> Any:
        """Midnight, step 1: answer leaving requests, make the day's contacts; return the decisions as they now stand.

        Who decided today to leave, to give its number up or to take a new one accepts no offer, not even if kept.
        """
        for budget in self._budgets:
            budget.begin(self._days[day].month)
        kind = decisions["kind"]
        going = decisions["id"][(kind == LEAVE) | (kind == LAPSE) | (kind == REREGISTER)]
        self._marked[going] = True
        decisions = hear(self._desks, decisions, day, self._selection, self._hands)
        for each in self._working:
            if each.listed.size:
                make_contacts(
                    each.tactic, each.channel, each.budget, each.acceptance, each.listed, self._marked, day, self._hands
                )
        self._marked[going] = False
        self._met = np.concatenate([going, *(each.listed for each in self._working)])
        return decisions

    def tomorrow(self, day: int, visitors: Int64s) -> None:
        """Midnight, step 7: list whom each tactic contacts on the day after; the study begins with `day` -1.

        `visitors` are the subscribers who went to a hall today. In the order of the tactics' names, and of what room
        their channels have; who is on one list is on no other.
        """
        on = day + 1
        if on >= len(self._days):
            return
        for channel in self._channels.values():
            channel.begin(on)
        for budget in self._budgets:
            budget.begin(self._days[on].month)
        complained = self._complained(day, visitors)
        for each in self._working:
            trigger = each.tactic.tactic.trigger
            if trigger in ("complaint", "hall_visit"):
                came = complained if trigger == "complaint" else visitors
                each.waiting = np.union1d(each.waiting, came)
            each.listed = self._listed(each, on)
            self._marked[each.listed] = True
        for each in self._working:
            self._marked[each.listed] = False

    def contacts_of_the_day(self) -> dict[str, Int64s]:
        """Whom each tactic contacts on the day last listed, in the order in which it does."""
        return {each.tactic.name: each.listed for each in self._working}

    def _listed(self, each: _Working, on: int) -> Int64s:
        if not each.channel.open:
            return NO_ONE
        due = self._due(each, on)
        each.waiting = NO_ONE
        if each.budget.stopped or not each.channel.left or not due.size:
            return NO_ONE
        due = due[self._selection.is_for(each.tactic, due, on)]
        warning = each.tactic.tactic.warning
        if each.tactic.tactic.trigger == "warning" and warning is not None and due.size:
            hazards = self._selection.hazards(due, on)
            due = due[warned(due, on, hazards, warning, self._hands.draws)]
        listed = self._selection.first(each.tactic, due[~self._marked[due]], each.channel.left, on)
        each.channel.left -= listed.size
        return listed

    def _due(self, each: _Working, on: int) -> Int64s:
        """Whom the trigger names for a day, and for the closed days of the channel before it; ascending."""
        if each.tactic.tactic.trigger in ("complaint", "hall_visit"):
            return each.waiting
        named = [self._named(each, due) for due in each.channel.due_days()]
        return named[0] if len(named) == 1 else np.unique(np.concatenate(named))

    def _named(self, each: _Working, due: int) -> Int64s:
        tactic, day = each.tactic.tactic, self._days[due]
        if each.expiries is not None:
            return each.expiries.on(due, self._hands.people)
        assert each.turns is not None
        if tactic.trigger == "offer_detected" and tactic.detection is not None:
            return self._offers_seen(each.turns, due - tactic.detection.delay_days, tactic.detection.share)
        month = day.date.month - 1 if tactic.trigger == "moment_of_truth" else self._month(due)
        return each.turns.on(month, day)

    def _offers_seen(self, turns: Turns, reached: int, share: float) -> Int64s:
        """Who was found by a rival's campaign on a day, so far as we get to know it."""
        if reached < 0:
            return NO_ONE
        ids, people = turns.on(0, self._days[reached]), self._hands.people
        ids = ids[people["operator"][ids] == self._hands.own]
        segments = people["segment"][ids].astype(np.int64)
        month = self._month(reached)
        seen = detected(ids, segments, reached, month, share, self._rivals, self._hands.draws)
        return np.asarray(ids[seen])

    def _month(self, day: int) -> int:
        """Calendar months from the study's first to that of a day."""
        date = self._days[day].date
        return date.year * 12 + date.month - self._first_month

    def _complained(self, day: int, visitors: Int64s) -> Int64s:
        ids = np.concatenate([visitors, self._met])
        complained: Int64s = np.unique(ids[self._hands.people["complaint_day"][ids] == day])
        return complained


def _found(each: _Working, people: int, shortest_days: int, draws: Draws) -> _Working:
    """Add how the tactic's trigger finds people."""
    tactic = each.tactic.tactic
    if tactic.trigger == "contract_expiry":
        assert tactic.days_before_expiry is not None
        each.expiries = Expiries(tactic.days_before_expiry, shortest_days)
    elif tactic.trigger == "schedule":
        assert tactic.every_months is not None
        each.turns = own_turns(each.tactic, tactic.every_months, people, draws)
    elif tactic.trigger == "warning":
        each.turns = own_turns(each.tactic, 1, people, draws)
    elif tactic.trigger == "offer_detected":
        each.turns = offer_days(people, draws)
    elif tactic.trigger == "moment_of_truth":
        each.turns = birthdays(people, draws)
    return each
