"""The books of the market: every fen that a subscriber pays is booked once, and everybody who moves is counted once."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from market_story import BIG, MASS, MOBILE, RIVAL, RULES, SMALL, SPRING, UNICOM, VIP, Market, make_plans, ten_people

from scenarios.calendar import study_days
from scenarios.units import DAY_US
from sim.compiling import twin
from sim.draws import Draws, Purpose
from sim.market import accounts, moves
from sim.market.accounts import part_fen, settle
from sim.market.diary import events
from sim.market.draw import subscriber
from sim.market.events import Happened
from sim.market.ledger import Line, Part, months_of
from sim.market.people import GIVEN_CREDIT, LONG_AGO, NOBODY
from sim.market.terms import (
    CHANGE_PLAN,
    DECISION,
    END_SUSPENSION,
    JOIN,
    LAPSE,
    LEAVE,
    REREGISTER,
    STAY,
    SUSPEND,
)

QUICK = settings(max_examples=60, deadline=None, derandomize=True)
PLAN_OPERATOR = (MOBILE, MOBILE, UNICOM)
FEES = (8800, 5800, 6600)
NONE = -1

HISTORIES = st.lists(
    st.tuples(
        st.integers(0, 75),  # day
        st.integers(0, 9),  # who
        st.sampled_from((LEAVE, JOIN, LAPSE, SUSPEND, END_SUSPENSION, REREGISTER, CHANGE_PLAN)),
        st.sampled_from((BIG, SMALL, RIVAL)),
        st.booleans(),  # takes the rival's campaign, where there is one
    ),
    max_size=60,
)


class Meter:
    """What everybody pays, kept by the day and without a ledger: the oracle for the books."""

    def __init__(self, recovers: bool, term_days: int) -> None:
        people = ten_people()
        self.plan = [int(plan) for plan in people.plan]
        self.usage = [int(minutes) for minutes in people.usage]
        self.suspended = [False] * 10
        self.credit_end = [LONG_AGO] * 10
        self.contract_end = [LONG_AGO] * 10
        self.recovers, self.term_days = recovers, term_days
        self.paid = {MOBILE: 0, UNICOM: 0}
        self.moved: dict[tuple[int, int], int] = {}

    def operator(self, who: int) -> int:
        return NONE if self.plan[who] < 0 else PLAN_OPERATOR[self.plan[who]]

    def allows(self, who: int, kind: int, plan: int) -> bool:
        has, to = self.plan[who] >= 0, PLAN_OPERATOR[plan]
        if kind == JOIN:
            return not has
        if kind == END_SUSPENSION:
            return self.suspended[who]
        if not has or self.suspended[who]:
            return False
        return {LEAVE: to != self.operator(who), CHANGE_PLAN: to == self.operator(who)}.get(kind, True)

    def pay(self, day: int, of_month: int, length: int) -> None:
        for who, plan in enumerate(self.plan):
            if plan < 0 or self.suspended[who]:
                continue
            bill = FEES[plan] + (max(0, self.usage[who] - 100) * 15 if plan == BIG else 0)
            credit = min(1100, bill) if day < self.credit_end[who] else 0
            today = bill * of_month // length - bill * (of_month - 1) // length
            today -= credit * of_month // length - credit * (of_month - 1) // length
            self.paid[self.operator(who)] += today

    def move(self, day: int, who: int, kind: int, plan: int, campaign: bool) -> None:
        before = self.operator(who)
        if kind in (LEAVE, LAPSE):
            self.paid[before] += round(1000 * max(0, self.contract_end[who] - day - 1) / (365.25 / 12))
        if kind == SUSPEND:
            self.suspended[who] = True
        elif kind == END_SUSPENSION and self.recovers:
            self.suspended[who] = False
        elif kind == CHANGE_PLAN:
            self.plan[who] = plan
        else:
            self.suspended[who] = False
            self.credit_end[who] = self.contract_end[who] = LONG_AGO
            if kind != REREGISTER:
                self.plan[who] = plan if kind in (LEAVE, JOIN) else NONE
            if kind in (LEAVE, JOIN) and plan == RIVAL:
                self.credit_end[who] = day + 366 if campaign else LONG_AGO
                term_days = max(self.term_days, 730 if campaign else 0)
                self.contract_end[who] = day + 1 + term_days if term_days else LONG_AGO
            moved = before, self.operator(who)
            self.moved[moved] = self.moved.get(moved, 0) + 1


def live(history: list[tuple[int, int, int, int, bool]], market: Market, meter: Meter) -> None:
    """Run a history through the books and past the meter; what someone cannot decide in its state is passed over."""
    decided: dict[int, list[tuple[int, int, int, int]]] = {}
    by_day = {(day, who): (kind, plan, campaign) for day, who, kind, plan, campaign in history}
    for day in range(market.days):
        on = study_days(date(2010, 7, 1), market.days, "none")[day].date
        meter.pay(day, on.day, 30 if on.month in (9, 11) else 31)
        for who in range(10):
            kind, plan, campaign = by_day.get((day, who), (STAY, BIG, False))
            if kind != STAY and meter.allows(who, kind, plan):
                meter.move(day, who, kind, plan, campaign)
                taken = SPRING if campaign and plan == RIVAL and kind in (LEAVE, JOIN) else -1
                decided.setdefault(day, []).append((who, kind, plan, taken))
    market.run(decided)


@QUICK
@given(HISTORIES, st.booleans(), st.sampled_from((0, 400)), st.integers(0, 40))
def test_what_subscribers_pay_is_what_operators_book_to_the_fen(
    history: list[tuple[int, int, int, int, bool]], recovers: bool, term_days: int, warm_up_days: int
) -> None:
    rules = RULES._replace(recovers=1.0 if recovers else 0.0)
    market = Market(ten_people(), 76, warm_up_days, rules, make_plans(term_days))
    meter = Meter(recovers, term_days)
    live(history, market, meter)
    lines = market.books.lines.sum(axis=(0, 2))
    for operator in (MOBILE, UNICOM):
        booked = lines[operator, Line.BILLED] - lines[operator, Line.FORGONE] + lines[operator, Line.LEAVING_FEES]
        assert booked == meter.paid[operator]


@QUICK
@given(HISTORIES, st.booleans(), st.integers(0, 40))
def test_in_equals_out_with_those_who_have_no_operator(
    history: list[tuple[int, int, int, int, bool]], recovers: bool, warm_up_days: int
) -> None:
    rules = RULES._replace(recovers=1.0 if recovers else 0.0)
    market, meter = Market(ten_people(), 76, warm_up_days, rules), Meter(recovers, 0)
    live(history, market, meter)
    books = market.books
    flows = books.flows[..., : Part.WON_BACK].sum(axis=(3, 4))
    grew = np.diff(books.users.sum(axis=2), axis=0)
    came, went = flows.sum(axis=1), flows.sum(axis=2)
    assert (came[:, :2] - went[:, :2] == grew).all()
    assert (came[:, 2] - went[:, 2] == -grew.sum(axis=1)).all()
    assert flows.sum() == sum(meter.moved.values())
    for (before, after), count in meter.moved.items():
        assert flows[:, before, after].sum() == count
    assert flows[:, 2, 2].sum() == 0


@QUICK
@given(st.lists(st.integers(0, 61), max_size=12), st.integers(1, 999_999), st.integers(0, 999_999))
def test_settling_once_more_changes_no_bill(stops: list[int], fee_fen: int, credit_fen: int) -> None:
    def booked(days: list[int]) -> list[int]:
        market = Market(ten_people(), 62)
        market.plans.fee_fen[BIG] = fee_fen
        person = market.people[1]
        person.credit_fen, person.credit_end = credit_fen, 40
        for day in days:
            settle(person, day, market.plans, market.months, market.books, MOBILE)
        return [int(fen) for fen in market.books.lines.sum(axis=(1, 2)).ravel()]

    assert booked([62]) == booked([*sorted(stops), 62])


@given(st.integers(0, 10**7), st.lists(st.integers(0, 31), min_size=1, max_size=6))
def test_parts_of_a_month_add_up_to_its_bill(fen: int, cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), 31]
    assert sum(part_fen(fen, start, end, 31) for start, end in itertools.pairwise(edges)) == fen


def test_a_bill_is_the_fee_and_the_minutes_beyond_it_by_the_day() -> None:
    market = Market(ten_people(), 62)
    assert settle(market.people[0], 31, market.plans, market.months, market.books, MOBILE) == 9100
    assert settle(market.people[1], 10, market.plans, market.months, market.books, MOBILE) == 8800 * 10 // 31
    assert market.books.lines[0, MOBILE, VIP, Line.BILLED] == 9100 + 2838


def test_a_price_reduction_is_booked_under_its_tactic_and_never_exceeds_the_bill() -> None:
    market = Market(ten_people(), 31)
    for who, credit_fen in ((1, 800), (2, 99_999)):
        person = market.people[who]
        person.credit_fen, person.credit_end, person.tactic, person.terms = credit_fen, 999, 0, GIVEN_CREDIT
    market.people[1].kept_by = 0
    market.run({})
    forgone, cannibalised = market.books.tactics[0, 0, [Line.FORGONE, Line.CANNIBALISED]]
    assert (forgone, cannibalised) == (800 + 8800, 8800)
    assert market.books.tactics[0, 0, Line.KEPT] == 8000
    assert market.books.lines[0, MOBILE, VIP, Line.FORGONE] == forgone
    assert market.books.lines[0, MOBILE, VIP, Line.BILLED] == 9100 + 2 * 8800


@pytest.mark.parametrize("compiled", [False, True])
def test_whom_a_tactic_keeps_is_its_doing_from_the_day_after(compiled: bool) -> None:
    market = Market(ten_people(), 31)
    market.people.tactic[[1, 2]] = 0
    rows = np.zeros(2, DECISION)
    rows["id"], rows["kind"], rows["kept"] = [1, 2], STAY, [True, False]
    engine = twin(moves) if compiled else moves
    engine.keep(rows, 9, market.people, market.plans, market.months, market.books, MOBILE)
    assert market.people.kept_by[[1, 2]].tolist() == [0, NOBODY]
    market.close(31)
    assert market.books.tactics[0, 0, Line.KEPT] == 8800 - 8800 * 10 // 31
    assert market.books.lines[0, MOBILE, VIP, Line.BILLED] == 9100 + 2 * 8800


def test_a_suspended_debtor_pays_nothing_until_it_pays_up() -> None:
    market = Market(ten_people(), 62, rules=RULES._replace(recovers=1.0))
    market.run({30: [(7, SUSPEND, -1, -1)], 40: [(7, END_SUSPENSION, -1, -1)]})
    billed = market.books.lines[:, UNICOM, MASS, Line.BILLED]
    assert market.people[7].suspended_until == LONG_AGO
    assert billed.tolist() == [3 * 6600, 2 * 6600 + 6600 - 6600 * 10 // 31]
    assert market.books.users[:, UNICOM].sum(axis=1).tolist() == [3, 3, 3]


def test_a_suspension_ends_when_the_grace_has_passed_and_never_on_the_day_it_begins() -> None:
    for grace_days, until in ((10, 15), (0, 6)):
        market = Market(ten_people(), 31, rules=RULES._replace(grace_days=grace_days))
        market.midnight(5, [(7, SUSPEND, -1, -1)])
        assert market.people[7].suspended_until == until


def test_who_leaves_or_lapses_under_contract_pays_for_what_is_left_and_a_debtor_does_not() -> None:
    market = Market(ten_people(), 31)
    market.people.leaving_fen[:] = 1000
    market.people.contract_end[:] = 15 + 61
    kinds = [(0, LEAVE, RIVAL, -1), (1, LAPSE, -1, -1), (2, REREGISTER, BIG, -1), (3, END_SUSPENSION, -1, -1)]
    market.midnight(14, kinds)
    assert market.books.lines[0, MOBILE, VIP, Line.LEAVING_FEES] == 2 * 2004  # 61 days are 2.004 months
    assert market.books.lines[0, MOBILE, MASS, Line.LEAVING_FEES] == 0
    assert market.people.contract_end[:4].tolist() == [LONG_AGO] * 4


def test_a_switcher_gets_the_campaigns_terms_and_starts_anew() -> None:
    market = Market(ten_people(), 62, plans=make_plans(365))
    person = market.people[3]
    person.satisfaction, person.products, person.tactic, person.kept_by, person.terms = 20.0, 3, 0, 0, 7
    person.complaint_day, person.woken_until, person.woken_by = 10, 99, 0
    market.run({14: [(3, LEAVE, RIVAL, SPRING)]})
    assert (person.operator, person.plan, person.joined_day, person.left_own_day) == (UNICOM, RIVAL, 15, 14)
    assert (person.credit_fen, person.credit_end, person.products) == (1100, 15 + 365, 1)
    assert (person.contract_end, person.leaving_fen, person.handset_locked) == (15 + 730, 1000, True)
    assert (person.satisfaction, person.complaint_day, person.woken_until) == (60.0, LONG_AGO, LONG_AGO)
    assert (person.tactic, person.kept_by, person.terms, person.woken_by) == (NOBODY, NOBODY, 0, NOBODY)
    lines = market.books.lines
    assert lines[0, MOBILE, MASS, Line.BILLED] == 2 * 5800 + 5800 * 15 // 31
    assert lines[0, UNICOM, MASS, Line.BILLED] == 3 * 6600 + 6600 - 6600 * 15 // 31
    assert lines[0, UNICOM, MASS, Line.FORGONE] == 1100 - 1100 * 15 // 31
    assert lines[0, UNICOM, MASS, Line.SUBSIDY] == 30_000
    assert lines[..., Line.COMMISSION].sum() == 0  # rivals' sellers are not our cost
    assert market.books.campaigns[0, SPRING] == 30_000 + 1100 * 365 * 48 // 1461
    assert market.network.circle_day.tolist() == [14, LONG_AGO]
    assert market.books.let_go.tolist() == [[1, 0], [0, 0]]


def test_our_own_joiners_cost_a_commission_and_returns_count_as_win_backs_within_the_window() -> None:
    market = Market(ten_people(), 31)
    market.people.left_own_day[[6, 7, 9]] = -700, -800, -10
    market.midnight(14, [(6, LEAVE, SMALL, -1), (7, LEAVE, SMALL, -1), (9, JOIN, SMALL, -1), (5, REREGISTER, -1, -1)])
    assert market.books.lines[0, MOBILE, MASS, Line.COMMISSION] == 3 * 6000
    assert market.books.flows[0, UNICOM, MOBILE, MASS, Part.WON_BACK] == 1
    assert market.books.flows[0, NONE, MOBILE, MASS, Part.WON_BACK] == 1


def test_reregistration_is_churn_in_the_books_and_not_in_the_market() -> None:
    market = Market(ten_people(), 62)
    person = market.people[5]
    person.credit_fen, person.credit_end, person.contract_end, person.tactic = 800, 999, 300, 0
    market.run({45: [(5, REREGISTER, SMALL, -1)]})
    assert (person.operator, person.plan, person.joined_day) == (MOBILE, SMALL, 46)
    assert (person.credit_fen, person.contract_end, person.tactic) == (0, LONG_AGO, NOBODY)
    assert market.books.flows[1, MOBILE, MOBILE, MASS, Part.REREGISTERED] == 1
    assert market.books.users[:, MOBILE].sum(axis=1).tolist() == [6, 6, 6]
    assert market.books.cohort.sum(axis=1).tolist() == [6, 6, 5]
    assert market.books.lines[..., Line.COMMISSION].sum() == 0


@pytest.mark.parametrize(
    ("portable", "ported", "succeeds", "part", "stays"),
    [
        (False, 1.0, 0.0, Part.SWITCHED, False),
        (True, 0.0, 0.0, Part.SWITCHED, False),
        (True, 1.0, 1.0, Part.PORTED, False),
        (True, 1.0, 0.0, None, True),
    ],
)
def test_a_switcher_ports_or_takes_a_new_number_and_stays_when_the_port_fails(
    portable: bool, ported: float, succeeds: float, part: Part | None, stays: bool
) -> None:
    market = Market(ten_people(), 31, rules=RULES._replace(ported=ported, port_succeeds=succeeds))
    market.midnight(3, [(0, LEAVE, RIVAL, SPRING)], portable)
    assert (market.people[0].operator == MOBILE) == stays
    flows = market.books.flows[0, MOBILE, UNICOM, VIP]
    assert flows.sum() == (0 if stays else 1)
    assert part is None or flows[part] == 1
    kind = Happened.PORT_FAILED if stays else Happened.LEFT
    assert events(market.diary)[:, :3].tolist() == [[0, 3, kind]]


def test_ports_and_debtors_are_decided_by_their_own_draws_of_the_day() -> None:
    for ported, succeeds in ((-1e-9, 0), (1e-9, -1e-9), (1e-9, 1e-9)):
        u, v = (float(one[0]) for one in Draws(1, 0).uniforms(subscriber(0), Purpose.PORTING, 3))
        rules = RULES._replace(ported=u + ported, port_succeeds=v + succeeds)
        market = Market(ten_people(), 31, rules=rules)
        market.midnight(3, [(0, LEAVE, RIVAL, -1)], portable=True)
        moved = [market.books.flows[0, MOBILE, UNICOM, VIP, part] for part in (Part.SWITCHED, Part.PORTED)]
        assert moved == [ported < 0, ported > 0 and succeeds > 0]
    for recovers in (-1e-9, 1e-9):
        _, v = Draws(1, 0).uniforms(subscriber(7), Purpose.MOMENT, 9)
        market = Market(ten_people(), 31, rules=RULES._replace(recovers=float(v[0]) + recovers))
        market.midnight(9, [(7, END_SUSPENSION, -1, -1)])
        assert market.people[7].operator == (UNICOM if recovers > 0 else NOBODY)


def test_changing_plan_keeps_credit_and_contract_and_adds_the_plans_own() -> None:
    market = Market(ten_people(), 31, plans=make_plans(365))
    person = market.people[1]
    person.credit_fen, person.credit_end, person.contract_end, person.leaving_fen = 800, 999, 100, 500
    market.midnight(9, [(1, CHANGE_PLAN, SMALL, -1), (6, CHANGE_PLAN, RIVAL, -1)])
    assert (person.plan, person.credit_fen, person.contract_end, person.leaving_fen) == (SMALL, 800, 100, 500)
    assert market.people[6].contract_end == LONG_AGO  # it is on that plan already
    market.plans.term_days[BIG], market.plans.leaving_fen[BIG] = 365, 300
    market.midnight(19, [(1, CHANGE_PLAN, BIG, -1)])
    assert (person.contract_end, person.leaving_fen, person.joined_day) == (20 + 365, 500, -100)


def test_a_dead_contract_leaves_no_fee_to_the_next() -> None:
    market = Market(ten_people(), 31)
    market.plans.term_days[SMALL], market.plans.leaving_fen[SMALL] = 365, 300
    person = market.people[1]
    person.contract_end, person.leaving_fen, person.handset_locked = 5, 9999, True
    market.midnight(9, [(1, CHANGE_PLAN, SMALL, -1)])
    assert (person.contract_end, person.leaving_fen, person.handset_locked) == (10 + 365, 300, False)


def test_accounting_months_are_calendar_months_cut_where_the_warm_up_ends() -> None:
    months, labels = months_of(study_days(date(2011, 12, 15), 80, "none"), 20 * DAY_US)
    assert labels == ("2011-12", "2012-01", "2012-01", "2012-02", "2012-03")
    assert months.first_day.tolist() == [0, 17, 20, 48, 77]
    assert months.end_day.tolist() == [17, 20, 48, 77, 80]
    assert months.calendar_first.tolist() == [-14, 17, 17, 48, 77]
    assert months.calendar_days.tolist() == [31, 31, 31, 29, 31]
    assert months.measured.tolist() == [False, False, True, True, True]
    assert [months.of_day[day] for day in (0, 16, 17, 19, 20, 79, 80)] == [0, 0, 1, 1, 2, 4, 5]
    assert months.cohort_day == 20


@settings(max_examples=15, deadline=None, derandomize=True)
@given(HISTORIES, st.sampled_from((0, 10)))
def test_both_engines_keep_the_same_books(history: list[tuple[int, int, int, int, bool]], warm_up_days: int) -> None:
    rules = RULES._replace(recovers=0.5, ported=0.5, port_succeeds=0.5)
    left: list[Any] = []
    for engines in ((accounts, moves), (twin(accounts), twin(moves))):
        market = Market(ten_people(), 76, warm_up_days, rules, make_plans(400), engines)
        market.people[1].credit_fen, market.people[1].credit_end = 800, 50
        market.people[1].tactic, market.people[1].terms = 0, GIVEN_CREDIT
        market.people[2].kept_by = 0
        live(history, market, Meter(True, 400))
        left.append((market.people, *market.books, market.network.circle_day, events(market.diary), market.paid))
    for plain, compiled in zip(*left, strict=True):
        assert np.array_equal(plain, compiled)
