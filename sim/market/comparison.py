"""Comparison: which plan a subscriber who considers finds best, and what a tactic's terms had to do with it.

Functions are plain: the compiled engine translates them as they stand.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.units import MONTH_DAYS
from sim.draws import Purpose
from sim.market.consideration import reached
from sim.market.draw import pair, subscriber
from sim.market.people import GIVEN_CONTRACT, GIVEN_CREDIT, GIVEN_PRODUCT, NOBODY
from sim.market.tables import Tables
from sim.rules.bills import bill_cny, fee_left_fen
from sim.rules.choice import credit_worth, leaving_cost, loyalty, taste, worth
from sim.rules.contact import offer_value

_CHOICE = int(Purpose.CHOICE)
_YEAR_DAYS = 365.25


def compare(
    person: Any, i: int, day: int, month: int, satisfaction: float, users: int, tables: Tables
) -> tuple[int, int, int, int, float, bool]:
    """Compare all plans, tastes of this day included.

    Returns the best plan; the campaign whose offer comes with it, or -1; a campaign that reached the subscriber, or -1;
    its own operator's best plan, or -1; by how much utility that falls short; and whether a tactic's terms keep it:
    without them it would go to a rival.
    """
    s, home, present, usage = int(person.segment), int(person.operator), int(person.plan), int(person.usage)
    segment, rules = tables.segments[s], tables.rules[0]
    price, bundle, contract = segment.price, segment.bundle, segment.contract
    spread, ours = rules.spread_months, home == rules.own
    value, taken = np.zeros(len(tables.operators)), np.full(len(tables.operators), -1)
    reached_by = -1
    for c in range(len(tables.offers)):
        if reached(i, s, home, c, month, tables):
            if reached_by < 0:
                reached_by = c
            offer = tables.offers[c]
            worth_it = offer.brand + offer_value(
                price, int(offer.price_cut_fen), offer.term_days / MONTH_DAYS, spread,
                int(offer.subsidy_fen), bundle, int(offer.products), contract, offer.lock_days / MONTH_DAYS,
            )  # fmt: skip
            if worth_it > value[offer.operator]:  # nobody takes an offer that is worth less than none
                value[offer.operator] = worth_it
                taken[offer.operator] = c

    cost = cost_without = loyal = loyal_without = credit_months = credit_cny = 0.0
    credit_given = keeps = False
    if home != NOBODY:
        days_left = int(person.contract_end) - (day + 1)  # who leaves goes at midnight and pays what is left then
        fee_cny = fee_left_fen(int(person.leaving_fen), days_left) / 100
        lock = segment.handset_lock if person.handset_locked and days_left > 0 else 0.0
        switching = segment.switching - rules.port_lowers + (segment.added if ours else 0.0)
        products, terms = int(person.products), int(person.terms) if ours and person.tactic >= 0 else 0
        tenure_years = (day - int(person.joined_day)) / _YEAR_DAYS
        credit_months = max(0, int(person.credit_end) - day) / MONTH_DAYS
        credit_cny = int(person.credit_fen) / 100
        credit_given = terms & GIVEN_CREDIT > 0
        contract_given = terms & GIVEN_CONTRACT > 0 and days_left > 0
        product_given = terms & GIVEN_PRODUCT > 0 and products > 0
        keeps = (credit_given and credit_months > 0.0) or contract_given or product_given
        cost = leaving_cost(switching, price, fee_cny, spread, lock)
        cost_without = leaving_cost(
            switching, price, 0.0 if contract_given else fee_cny, spread, 0.0 if contract_given else lock
        )
        loyal = loyalty(segment.loyalty, satisfaction, segment.tenure, tenure_years, bundle, products)
        loyal_without = loyal - bundle * products if product_given else loyal

    best = best_without = stay = -1
    most = most_without = most_home = 0.0
    for p in range(len(tables.plans)):
        plan = tables.plans[p]
        o = int(plan.operator)
        operator = tables.operators[o]
        bill = bill_cny(int(plan.fee_fen), int(plan.minutes), int(plan.extra_milli_fen), usage)
        share = operator.users / users if users > 0 else 0.0
        u, _ = pair(subscriber(i), _CHOICE, (day << 12) | int(plan.number), int(rules.seed), int(rules.replication))
        brand = tables.brand[s, p] + tables.added[s, p]
        v = taste(u) + worth(brand, price, bill, segment.quality, operator.quality, segment.onnet, share)
        if p != present:
            v -= contract * (plan.term_days / MONTH_DAYS / 12)
            if o == home:
                v -= segment.migration
        without = v
        if o == home:
            credit = credit_worth(price, credit_cny, bill, credit_months, spread)
            v += loyal + credit
            without += loyal_without + (0.0 if credit_given else credit)
            if stay < 0 or v > most_home:
                stay, most_home = p, v
        else:
            v += value[o] - cost
            without += value[o] - cost_without
        if best < 0 or v > most:
            best, most = p, v
        if best_without < 0 or without > most_without:
            best_without, most_without = p, without
    kept = bool(keeps and tables.plans[best].operator == home and tables.plans[best_without].operator != home)
    campaign_taken = -1 if tables.plans[best].operator == home else int(taken[tables.plans[best].operator])
    gap = most - most_home if stay >= 0 else 0.0
    return best, campaign_taken, campaign_taken if campaign_taken >= 0 else reached_by, stay, gap, kept
