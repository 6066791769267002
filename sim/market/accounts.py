"""Accounts: what subscribers are billed, and under which lines. It decides no prices and who owes them.

A bill of a month is spread over its days so that the parts of a month always add up to it: settling once more changes
nothing. Plain functions: the compiled engine translates them as they stand.
"""

from __future__ import annotations

from typing import Any

from sim.market.ledger import Books, Line, Months, book
from sim.market.people import GIVEN_CREDIT, LONG_AGO, People
from sim.market.terms import Floats, Plans, Rules
from sim.rules.bills import bill_fen
from sim.rules.satisfaction import relaxed


def part_fen(fen: int, start: int, end: int, days: int) -> int:
    """What of a month's amount falls to its days from `start` up to `end`, counted from 0, of `days`.

    >>> part_fen(100, 0, 10, 31), part_fen(100, 10, 31, 31), part_fen(100, 0, 31, 31)
    (32, 68, 100)
    """
    return fen * end // days - fen * start // days


def monthly_bill_fen(person: Any, plans: Plans) -> int:
    """Bill of a whole month by the tariff of the subscriber's plan, before reductions."""
    plan = int(person.plan)
    return bill_fen(
        int(plans.fee_fen[plan]), int(plans.minutes[plan]), int(plans.extra_milli_fen[plan]), int(person.usage)
    )


def settle(person: Any, day: int, plans: Plans, months: Months, books: Books, own: int) -> int:
    """Bill a subscriber from the first day not yet billed up to `day`, which is left out; return what it paid, in fen.

    To be called before anything changes a bill: operator, plan, a plan's fee, credit, suspension, or whose terms keep
    it. A suspended debtor is billed nothing for that time. A price reduction never exceeds the bill.
    """
    start = int(person.billed_to)
    operator = int(person.operator)
    person.billed_to = day
    if operator < 0 or int(person.suspended_until) != LONG_AGO:
        return 0
    segment = int(person.segment)
    tactic = int(person.tactic)
    if operator != own or int(person.terms) & GIVEN_CREDIT == 0:
        tactic = -1
    kept_by = -1
    if operator == own:
        kept_by = int(person.kept_by)
    bill = monthly_bill_fen(person, plans)
    credit = min(int(person.credit_fen), bill)
    credit_end = int(person.credit_end)
    paid = 0
    while start < day:
        month = months.of_day[start]
        end = min(day, months.end_day[month])
        first, days = months.calendar_first[month], months.calendar_days[month]
        billed = part_fen(bill, start - first, end - first, days)
        forgone = 0
        if start < credit_end:
            forgone = part_fen(credit, start - first, min(end, credit_end) - first, days)
        net = billed - forgone
        book(books, month, operator, segment, -1, Line.BILLED, billed)
        book(books, month, operator, segment, tactic, Line.FORGONE, forgone)
        if tactic >= 0 and kept_by != tactic:
            book(books, month, operator, segment, tactic, Line.CANNIBALISED, forgone)
        if kept_by >= 0:
            book(books, month, operator, segment, kept_by, Line.KEPT, net)
        if operator == own and int(person.joined_day) <= months.cohort_day:
            books.cohort_fen[month, segment] += net
        paid += net
        start = end
    if operator == own:
        person.paid_fen += paid
    return paid


def settle_everybody(people: People, day: int, plans: Plans, months: Months, books: Books, own: int) -> int:
    """Bill everybody up to `day`, which is left out. To be called before the fee of a plan changes. Return fen paid."""
    paid = 0
    for i in range(people.size):
        paid += settle(people[i], day, plans, months, books, own)
    return paid


def close_month(
    people: People, day: int, plans: Plans, levels: Floats, rules: Rules, months: Months, books: Books
) -> int:
    """Bill everybody up to `day`, which is left out, and count who is there as it begins. Return fen paid.

    To be called when an accounting month begins on `day`, and when the study ends before it. Counted are users, their
    satisfaction, which relaxes to `levels` of the segments, and who is left of the snapshot cohort. The cohort is taken
    on the first measured day: those on our books then, with what they pay a month as they stand. A subscriber leaves it
    with its number, even when it takes a new one with us. Suspended debtors are still users.
    """
    paid = settle_everybody(people, day, plans, months, books, rules.own)
    month = months.of_day[day]
    for i in range(people.size):
        person = people[i]
        operator, segment = int(person.operator), int(person.segment)
        if operator < 0:
            continue
        books.users[month, operator, segment] += 1
        level, points = float(levels[segment]), float(person.satisfaction)
        if points != level:
            points = relaxed(points, level, day - int(person.satisfaction_day), rules.half_life_days)
        books.satisfaction[month, operator, segment] += points
        if operator != rules.own or day < months.cohort_day or int(person.joined_day) > months.cohort_day:
            continue
        books.cohort[month, segment] += 1
        if day == months.cohort_day and int(person.suspended_until) == LONG_AGO:
            bill = monthly_bill_fen(person, plans)
            credit = int(person.credit_fen) if day < int(person.credit_end) else 0
            books.cohort_start_fen[segment] += bill - min(credit, bill)
    return paid
