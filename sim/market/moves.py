"""Moves: what subscribers decided is carried out at midnight, and booked. It decides nothing but ports and arrears.

Who moves on a day is with the new operator from the next day on, and billed by the old one to the end of the day.
Plain functions: the compiled engine translates them as they stand.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sim.draws import Purpose
from sim.market.accounts import settle
from sim.market.diary import Diary, note
from sim.market.draw import pair, subscriber
from sim.market.events import Happened
from sim.market.ledger import Books, Line, Months, Part, book
from sim.market.people import LONG_AGO, NOBODY, People
from sim.market.terms import (
    CHANGE_PLAN,
    END_SUSPENSION,
    JOIN,
    LAPSE,
    LEAVE,
    REREGISTER,
    STAY,
    SUSPEND,
    Network,
    Offers,
    Plans,
    Rules,
    Segments,
)
from sim.rules.bills import fee_left_fen


class Moving(NamedTuple):
    """What moves need of a study beyond its rules, and on which side of its start portability is."""

    commission_fen: int
    """Paid by our operator for each acquisition, re-registrations left out."""
    win_back_days: int
    """A return to us within so many days is a win-back."""
    portable: bool
    """Whether numbers can be taken along."""


def keep(decisions: Any, day: int, people: People, plans: Plans, months: Months, books: Books, own: int) -> None:
    """Mark those whom a tactic's terms kept on a day: their bills from the day after are the tactic's doing.

    To be called before the day's contacts give anybody other terms.
    """
    for k in range(decisions.size):
        if decisions[k]["kept"]:
            person = people[int(decisions[k]["id"])]
            settle(person, day + 1, plans, months, books, own)
            person.kept_by = person.tactic


def carry_out(
    decisions: Any,
    day: int,
    people: People,
    segments: Segments,
    plans: Plans,
    offers: Offers,
    rules: Rules,
    network: Network,
    moving: Moving,
    months: Months,
    books: Books,
    diary: Diary,
) -> None:
    """Carry out the decisions of a day, DECISION rows as the desk left them; rows of kind STAY are passed over.

    The order of rows makes no difference.
    """
    month = months.of_day[day]
    for k in range(decisions.size):
        i, kind, plan = int(decisions[k]["id"]), int(decisions[k]["kind"]), int(decisions[k]["plan"])
        campaign = int(decisions[k]["campaign"])
        person = people[i]
        operator, segment = int(person.operator), int(person.segment)
        if kind == STAY or (kind == CHANGE_PLAN and plan == int(person.plan)):
            continue
        settle(person, day + 1, plans, months, books, rules.own)
        if kind == LEAVE and operator == rules.own:
            books.let_go[month, segment] += 1
        tries, refused = False, False
        if kind == LEAVE and moving.portable:
            u, v = pair(subscriber(i), Purpose.PORTING, day, rules.seed, rules.replication)
            tries, refused = u < rules.ported, v >= rules.port_succeeds
        pays = False
        if kind == END_SUSPENSION:
            _, v = pair(subscriber(i), Purpose.MOMENT, day, rules.seed, rules.replication)
            pays = v < rules.recovers
        if kind == CHANGE_PLAN:
            person.plan = plan
            bind(person, day, int(plans.term_days[plan]), int(plans.leaving_fen[plan]), bool(plans.handset[plan]))
            happened, a, b = Happened.CHANGED_PLAN, plan, campaign
        elif kind == SUSPEND:
            person.suspended_until = day + max(1, rules.grace_days)
            happened, a, b = Happened.SUSPENDED, operator, 0
        elif kind == REREGISTER:
            end_terms(person)
            person.joined_day = day + 1
            books.flows[month, operator, operator, segment, Part.REREGISTERED] += 1
            happened, a, b = Happened.REREGISTERED, operator, int(person.plan)
        elif pays:
            person.suspended_until = LONG_AGO
            happened, a, b = Happened.PAID_UP, operator, 0
        elif tries and refused:
            happened, a, b = Happened.PORT_FAILED, plan, 0
        elif kind in (LEAVE, JOIN):
            part = Part.JOINED
            happened, a, b = Happened.JOINED, plan, campaign
            if kind == LEAVE:
                part = Part.PORTED if tries else Part.SWITCHED
                happened, a, b = Happened.LEFT, operator, plan
                if rules.circle > 0:
                    network.circle_day[i // rules.circle] = day
                leave(person, day, True, rules.own, month, books)
            arrive(person, day, plan, campaign, segments, plans, offers, rules.own, moving, month, books)
            to = int(person.operator)
            books.flows[month, operator, to, segment, part] += 1
            if to == rules.own and day - int(person.left_own_day) <= moving.win_back_days:
                books.flows[month, operator, to, segment, Part.WON_BACK] += 1
        else:
            part, happened, a, b = Part.CLOSED, Happened.CLOSED, operator, 0
            if kind == LAPSE:
                part, happened = Part.LAPSED, Happened.LAPSED
            leave(person, day, kind == LAPSE, rules.own, month, books)
            books.flows[month, operator, NOBODY, segment, part] += 1
        note(people, i, day, happened, a, b, diary)


def leave(person: Any, day: int, pays: bool, own: int, month: int, books: Books) -> None:
    """End a settled subscription: the leaving fee (not of a debtor, who doesn't pay), all terms, then nobody's.

    Who left us of its own will can be won back.
    """
    operator = int(person.operator)
    if pays:
        fee_fen = fee_left_fen(int(person.leaving_fen), int(person.contract_end) - (day + 1))
        book(books, month, operator, int(person.segment), -1, Line.LEAVING_FEES, fee_fen)
        if operator == own:
            person.left_own_day = day
    end_terms(person)
    person.suspended_until = LONG_AGO
    person.complaint_day = LONG_AGO
    person.woken_until = LONG_AGO
    person.woken_by = NOBODY
    person.operator = NOBODY
    person.plan = NOBODY


def arrive(
    person: Any,
    day: int,
    plan: int,
    campaign: int,
    segments: Segments,
    plans: Plans,
    offers: Offers,
    own: int,
    moving: Moving,
    month: int,
    books: Books,
) -> None:
    """Begin a subscription on a plan, with the plan's contract and what a rival's campaign promised (-1: none).

    An acquisition of ours costs the commission; a campaign pays its subsidy.
    """
    segment, operator = int(person.segment), int(plans.operator[plan])
    person.operator = operator
    person.plan = plan
    person.joined_day = day + 1
    person.billed_to = day + 1
    person.satisfaction = segments.satisfaction[segment]
    person.satisfaction_day = day
    bind(person, day, int(plans.term_days[plan]), int(plans.leaving_fen[plan]), bool(plans.handset[plan]))
    if campaign >= 0:
        term_days, cut_fen = int(offers.term_days[campaign]), int(offers.price_cut_fen[campaign])
        subsidy_fen = int(offers.subsidy_fen[campaign])
        if cut_fen > 0 and term_days > 0:
            person.credit_fen = cut_fen
            person.credit_end = day + 1 + term_days
        person.products = int(offers.products[campaign])
        bind(person, day, int(offers.lock_days[campaign]), int(offers.leaving_fen[campaign]), False)
        book(books, month, operator, segment, -1, Line.SUBSIDY, subsidy_fen)
        books.campaigns[month, campaign] += subsidy_fen + fen_of_months(cut_fen, term_days)
    if operator == own:
        book(books, month, operator, segment, -1, Line.COMMISSION, moving.commission_fen)


def bind(person: Any, day: int, term_days: int, leaving_fen: int, handset: bool) -> None:
    """Add a contract of so many days from tomorrow to what binds a subscriber; 0 days: none is added.

    Of two contracts that run, the later end and the higher fee count.
    """
    if term_days <= 0:
        return
    if int(person.contract_end) <= day + 1:
        person.leaving_fen = 0
        person.handset_locked = False
    person.contract_end = max(int(person.contract_end), day + 1 + term_days)
    person.leaving_fen = max(int(person.leaving_fen), leaving_fen)
    person.handset_locked = bool(person.handset_locked) or handset


def end_terms(person: Any) -> None:
    """End contract, credit, product, and what a tactic gave or kept."""
    person.contract_end = LONG_AGO
    person.leaving_fen = 0
    person.handset_locked = False
    person.credit_fen = 0
    person.credit_end = LONG_AGO
    person.products = 0
    person.tactic = NOBODY
    person.terms = 0
    person.kept_by = NOBODY


def fen_of_months(fen_a_month: int, days: int) -> int:
    """What a monthly amount comes to over so many days, in months of mean length (365.25 days / 12); 0 for none left.

    >>> fen_of_months(1000, 730), fen_of_months(1000, -5)
    (23983, 0)
    """
    return fen_a_month * max(0, days) * 48 // 1461
