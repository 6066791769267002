"""The market through a run: each day's decisions, each midnight's steps, and what is left in the books at the end.

It decides the order of things, and nothing else. The engine is either the modules of the day as they stand, or their
compiled twins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from scenarios.calendar import Day
from sim.draws import Draws, Purpose
from sim.halls.run import HallRun
from sim.halls.visitors import Coming, Visitors
from sim.market import accounts, batches, calendar, day, feedback, moves, risk, visits
from sim.market.contacts import ContactRun
from sim.market.diary import Diary, empty_diary
from sim.market.feedback import Moved
from sim.market.ledger import Part, months_of, open_books
from sim.market.measure import Account
from sim.market.moves import Moving
from sim.market.people import NOBODY
from sim.market.population import own_lapse, people_at_start
from sim.market.rivals import Rivals, campaign_names
from sim.market.tables import DayTables, Tables
from sim.market.tactic_terms import hall_priority_of, keeps_by_terms, standing_of, wake_of
from sim.market.terms_of import days_of, network_of, plans_of, port_start, rules_of, segments_of

Int64s = NDArray[np.int64]


class MarketRun:
    """The market of one run. For each day the conductor calls `begin_day`, lets the halls run, and calls `midnight`.

    `recorded` are the subscribers whose events the diary keeps, up to `rows` events in all.
    """

    def __init__(
        self,
        study: schema.Study,
        days: Sequence[Day],
        draws: Draws,
        halls: Mapping[str, HallRun],
        compiled: bool,
        recorded: Iterable[int] = (),
        rows: int = 0,
    ) -> None:
        self.study, self.days, self._compiled = study, days, compiled
        self._day, self._moves, self._accounts, self._batches, self._feedback, self._calendar, self._risk = (
            _engine(module, compiled) for module in (day, moves, accounts, batches, feedback, calendar, risk)
        )
        self.segments, self.plans, self.rules = segments_of(study), plans_of(study), rules_of(study, draws)
        self.people = people_at_start(study, self.segments, self.plans, draws, visits.catchments(study))
        self.operator_at_start = self.people.operator.astype(np.int64)
        self._users_at_start = np.bincount(self.operator_at_start - NOBODY, minlength=len(study.operators) + 1)[1:]
        self.diary: Diary = empty_diary(self.people.size, recorded, rows)
        self._own_lapse = own_lapse(study, self.people, draws)
        self.months, self.labels = months_of(days, study.warm_up_us)
        self.books = open_books(
            self.months, len(study.operators), len(study.segments), len(study.tactics), len(campaign_names(study))
        )
        self.network = network_of(study, self.people.size, wake_of(study))
        self._hall_priority = hall_priority_of(study, self.plans)
        self._rivals = Rivals(study, days, self.plans, self.people, self.months, self._settle)
        self.offers = self._rivals.offers
        standing = standing_of(study, self.plans)
        self._day_tables = DayTables(self.segments, self.plans, self.offers, standing, self.network, compiled)
        self._contacts = ContactRun(
            study, days, draws, self.people, self.segments, self.plans, self.rules, self.months, self.books,
            self._rivals, self._settle, self._note, self._hazards,
        )  # fmt: skip
        self._moving = Moving(
            commission_fen=study.economics.commission_fen,
            win_back_days=days_of(study.market.win_back_window_months),
            portable=False,
        )
        moves_of = study.market.satisfaction
        self._moved = Moved(
            long_wait=moves_of.long_wait,
            left_unserved=moves_of.left_unserved,
            good_visit=moves_of.good_visit,
            complaint=moves_of.complaint,
            complains=np.array([segment.complaints for segment in study.segments.values()], dtype=np.float64),
        )
        self._port_start = port_start(study, days)
        self._halls = {name: hall for name, hall in halls.items() if hall.takes_visitors}
        self._hall_code = {name: code for code, name in enumerate(study.halls)}
        factors = {name: hall.calendar_factors() for name, hall in self._halls.items()}
        self._visits = visits.Visits(study, factors, self.rules, self._calendar)
        self._visits.start(self.people)
        self._calendar.first_candidates(
            self.people.candidate_day, self.people.candidate, int(Purpose.CANDIDATE), self.rules.day_bound,
            self.rules.seed, self.rules.replication,
        )  # fmt: skip
        self._visitors: dict[str, Visitors] = {}
        self._debtors: Int64s = np.zeros(0, np.int64)
        self._room = day.no_decisions(self.people.size)
        self._decisions = self._room[:0]
        self._count_users()
        self._rivals.midnight(-1, self.network.users, self.books)
        self._close_month(0)
        self._contacts.tomorrow(-1, np.zeros(0, np.int64))

    def begin_day(self, today: int) -> dict[str, Coming]:
        """Let everyone who is due decide, and say who comes to which hall."""
        if today == 0 or self.days[today].date.day == 1:
            self._begin_month(today)
        if today >= self._port_start and not self._moving.portable:
            assert self.study.market.portability is not None
            self.rules = self.rules._replace(port_lowers=self.study.market.portability.lowers_switching)
            self._moving = self._moving._replace(portable=True)
        rows = slice(*self._starts[today - self._first : today - self._first + 2].tolist())
        ids, numbers = self._calendar.due(
            self._ids[rows], self._numbers[rows], self._debtors, self.people.suspended_until, today
        )
        faults = day.no_fault()
        count = self._day.decide(
            self.people, ids, numbers, today, self._month(today), self._month_days(today), self._tables(),
            self._own_lapse, self.diary, self._room, faults,
        )  # fmt: skip
        day.refuse_fault(faults, tuple(self.study.segments), self.study.market.consideration_bound)
        self._decisions = self._room[:count]
        return {
            name: visits.coming(self._visitors[name], today, self.people, self.rules.own, self._hall_priority)
            for name in self._halls
        }

    def midnight(self, today: int) -> None:
        """Take the steps of the midnight that ends a day, in their order; each reads what the one before left."""
        self._moves.keep(self._decisions, today, self.people, self.plans, self.months, self.books, self.rules.own)
        decisions = self._contacts.results(today, self._decisions)
        self._moves.carry_out(
            decisions, today, self.people, self.segments, self.plans, self.offers, self.rules, self.network,
            self._moving, self.months, self.books, self.diary,
        )  # fmt: skip
        self._debtors = calendar.debtors_after(self._debtors, decisions, self.people.suspended_until, today)
        visitors = self._feel_visits(today)
        if today + 1 in self.months.end_day:
            self._close_month(today + 1)
        self._count_users()
        self._rivals.midnight(today, self.network.users, self.books)
        self._contacts.tomorrow(today, visitors)

    def account(self, staffed_us: Int64s, remedies_fen: Int64s) -> Account:
        """What the run left in the books. By accounting month, `staffed_us` is the counter time of our halls, and
        `remedies_fen` what their remedies cost less what their sales brought."""
        assert self.study.population is not None
        return Account(
            books=self.books,
            months=self.months,
            labels=self.labels,
            operators=tuple(self.study.operators),
            segments=tuple(self.study.segments),
            tactics=tuple(self.study.tactics),
            own=self.rules.own,
            weight=self.study.population.weight,
            economics=self.study.economics,
            staffed_us=staffed_us,
            remedies_fen=remedies_fen,
            leader=self.study.market.satisfaction.leader,
            attributed=[code for code, tactic in enumerate(self.study.tactics.values()) if keeps_by_terms(tactic)],
        )

    def _begin_month(self, first: int) -> None:
        """Emit the month's candidates, for decisions and for visits."""
        end = first + 1
        while end < len(self.days) and self.days[end].date.day != 1:
            end += 1
        people, rules = self.people, self.rules
        self._first = first
        self._ids, self._numbers, self._starts = self._calendar.candidates(
            people.candidate_day, people.candidate, int(Purpose.CANDIDATE), rules.day_bound, first, end,
            rules.seed, rules.replication,
        )  # fmt: skip
        self._visitors = self._visits.of_month(first, end, people) if self._halls else {}
        for name, hall in self._halls.items():
            hall.expect(self._visitors[name])

    def _feel_visits(self, today: int) -> Int64s:
        """Let visitors feel their waits; return who visited a hall, ascending."""
        came = []
        for name, hall in self._halls.items():
            met = hall.visit_outcomes(today)
            if met.subscriber.size:
                self._feedback.after_visits(
                    today, self._hall_code[name], met.subscriber, met.fate, met.wait_us, met.target_us, met.points,
                    met.complaint_u, self.people, self.segments.satisfaction, self.rules, self._moved, self.diary,
                )  # fmt: skip
                came.append(met.subscriber)
        return np.sort(np.concatenate(came)) if came else np.zeros(0, np.int64)

    def _close_month(self, on: int) -> None:
        self._accounts.close_month(
            self.people, on, self.plans, self.segments.satisfaction, self.rules, self.months, self.books
        )

    def _count_users(self) -> None:
        """Users of each operator now: those at the start, and all who came and went since by the books."""
        moved = self.books.flows[..., : Part.WON_BACK].sum(axis=(0, 3, 4))
        self.network.users[:] = self._users_at_start + (moved.sum(axis=0) - moved.sum(axis=1))[:-1]

    def _settle(self, ids: Int64s, until: int) -> None:
        self._batches.settle_some(self.people, ids, until, self.plans, self.months, self.books, self.rules.own)

    def _note(self, ids: Int64s, today: int, kind: int, a: int, b: Int64s) -> None:
        self._batches.note_some(self.people, ids, today, int(kind), a, b, self.diary)

    def _hazards(self, ids: Int64s, on: int) -> NDArray[np.float64]:
        found: NDArray[np.float64] = self._risk.considering(self.people, ids, on, self._month(on), self._tables())
        return found

    def _tables(self) -> Tables:
        return self._day_tables.of(self.rules)

    def _month(self, on: int) -> int:
        """Calendar months since the study's first."""
        first, date = self.days[0].date, self.days[on].date
        return (date.year - first.year) * 12 + date.month - first.month

    def _month_days(self, on: int) -> int:
        return int(self.months.calendar_days[self.months.of_day[on]])


def _engine(module: ModuleType, compiled: bool) -> Any:
    """The module as it stands, or its compiled twin."""
    if not compiled:
        return module
    from sim.compiling import twin

    return twin(module)
