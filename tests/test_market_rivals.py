"""Rivals of the market: dated campaigns and prices, matching a cut after its delay, escalation, and budgets."""

from __future__ import annotations

import doctest
from typing import Any

import numpy as np
import pytest
from tactic_market import World, study

from scenarios.schema.amounts import MOST_FEN
from sim.market.people import LONG_AGO
from sim.market.rivals import campaign_names
from sim.rules import competition

STANDING: dict[str, Any] = {
    "segments": ["vip"], "reach": "10 %/month", "wake": "3 %/month", "price_cut": "10 CNY/month", "term": "12 months",
    "subsidy": "300 CNY", "lock_in": "24 months", "leaving_fee": "20 CNY/month", "bundle": 1, "brand": 0.3,
}  # fmt: skip
SPRING = {"from": "2010-07-11", "until": "2010-08-10"}


def world(rival: dict[str, Any], **parts: Any) -> World:
    return World(study(competitors={"unicom": rival}, **parts)).begin()


def plan_changes(**changes: dict[str, str]) -> dict[str, Any]:
    plans = {
        "gotone": {"operator": "mobile", "brand": "gotone", "fee": "88 CNY/month"},
        "easyown": {"operator": "mobile", "brand": "easyown", "fee": "20 CNY/month"},
        "wo": {"operator": "unicom", "brand": "wo", "fee": "66 CNY/month"},
    }
    return {name: {**plan, "price_changes": changes.get(name, {})} for name, plan in plans.items()}


def fees(found: World, plan: str, until: int = 92) -> list[int]:
    """Fee of a plan on each day."""
    seen = []
    for day in range(until):
        seen.append(int(found.plans.fee_fen[found.plan(plan)]))
        found.midnight(day)
    return seen


def steps(values: list[int]) -> dict[int, int]:
    """Days on which a value differs from that of the day before, the first included, and the value."""
    return {day: value for day, value in enumerate(values) if day == 0 or value != values[day - 1]}


# Campaigns


def test_a_campaign_is_active_from_its_first_to_its_last_day() -> None:
    found = world({**STANDING, "campaigns": {"spring": SPRING}})
    active = []
    for day in range(92):
        active.append(bool(found.rivals.offers.active[0]))
        found.midnight(day)
    assert np.flatnonzero(active).tolist() == list(range(10, 41))
    assert found.rivals.active_on[:92, 0].tolist() == active


def test_a_campaign_takes_standing_terms_where_it_states_none() -> None:
    campaigns = {"phone": {**SPRING, "subsidy": "600 CNY", "segments": []}, "spring": SPRING}
    found = world({**STANDING, "campaigns": campaigns})
    offers = found.rivals.offers
    assert campaign_names(found.study) == ("unicom/phone", "unicom/spring")
    assert offers.subsidy_fen.tolist() == [60_000, 30_000]
    assert offers.segments.tolist() == [[True, True], [False, True]]
    assert offers.reach.tolist() == [0.1, 0.1]
    assert (offers.term_days[1], offers.lock_days[1], offers.leaving_fen[1]) == (365, 730, 2_000)
    assert (offers.products[1], offers.brand[1], offers.wake[1], offers.price_cut_fen[1]) == (1, 0.3, 0.03, 1_000)


def test_a_campaigns_number_for_draws_does_not_hang_on_its_neighbours() -> None:
    alone = world({**STANDING, "campaigns": {"spring": SPRING}})
    among = world({**STANDING, "campaigns": {"a": SPRING, "spring": SPRING, "z": SPRING}})
    assert alone.rivals.offers.number[0] == among.rivals.offers.number[1]


def test_a_rival_that_is_off_keeps_its_place_and_does_nothing() -> None:
    found = world({**STANDING, "enabled": False, "campaigns": {"spring": SPRING}, "match": {}})
    for day in range(91):
        found.midnight(day)
    assert found.rivals.offers.operator.tolist() == [1]
    assert not found.rivals.active_on.any()
    assert not found.rivals.cut_on.any()


# Prices


def test_a_dated_price_holds_from_its_day_and_a_rise_is_known_by_its_day() -> None:
    changes = plan_changes(gotone={"2010-07-21": "78 CNY/month", "2010-08-20": "98 CNY/month"})
    found = world(STANDING, plans=changes)
    gotone = found.plan("gotone")
    assert steps(fees(found, "gotone")) == {0: 8_800, 20: 7_800, 50: 9_800}
    assert found.plans.rise_day[gotone] == 50
    assert found.plans.rise_day[found.plan("wo")] == LONG_AGO


def test_a_price_dated_before_the_start_holds_at_the_start() -> None:
    found = world(STANDING, plans=plan_changes(wo={"2009-01-01": "90 CNY/month", "2010-01-01": "60 CNY/month"}))
    assert steps(fees(found, "wo")) == {0: 6_000}


@pytest.mark.parametrize("fee", ["60 CNY/month", "90 CNY/month"])
def test_a_price_dated_before_the_start_is_neither_a_rise_nor_a_cut_to_be_matched(fee: str) -> None:
    found = world(STANDING, plans=plan_changes(wo={"2010-01-01": fee}))
    fees(found, "wo")
    assert found.plans.rise_day[found.plan("wo")] == LONG_AGO
    assert not found.rivals.cut_on.any()


def test_who_is_on_a_plan_is_billed_before_its_fee_changes() -> None:
    found = world(STANDING, plans=plan_changes(gotone={"2010-07-21": "78 CNY/month"}))
    fees(found, "gotone")
    assert found.settled == [(i, 20) for i in range(200, 400)]
    assert set(found.people.billed_to[200:]) == {20}


# Matching


def test_a_rival_matches_our_price_cut_after_its_delay() -> None:
    changes = plan_changes(gotone={"2010-07-21": "68 CNY/month", "2010-08-20": "88 CNY/month"})
    found = world({"match": {"delay": "14 days", "share": "50 %"}}, plans=changes)
    wo = found.plan("wo")
    assert steps(fees(found, "wo")) == {0: 6_600, 34: 5_600, 64: 6_600}
    assert found.plans.rise_day[wo] == 64  # the end of a cut is a rise for those who have the plan


def test_a_rival_matches_the_price_cut_of_another_rivals_campaign_but_neither_its_own_nor_an_answer() -> None:
    operators: dict[str, Any] = {
        "mobile": {"brands": {"gotone": {}, "easyown": {}}},
        "telecom": {},
        "unicom": {"brands": {"wo": {}}},
    }
    plans = {**plan_changes(), "tianyi": {"operator": "telecom", "fee": "50 CNY/month"}}
    rivals = {
        "telecom": {"match": {"delay": "10 days"}},
        "unicom": {**STANDING, "campaigns": {"spring": SPRING}, "match": {"delay": "10 days"}},
    }
    run = World(study(operators=operators, plans=plans, competitors=rivals)).begin()
    seen: dict[str, list[int]] = {"tianyi": [], "wo": []}
    for day in range(92):
        for plan, values in seen.items():
            values.append(int(run.plans.fee_fen[run.plan(plan)]))
        run.midnight(day)
    assert steps(seen["tianyi"]) == {0: 5_000, 20: 4_000, 51: 5_000}
    assert steps(seen["wo"]) == {0: 6_600}  # or both would hold each other down for ever


def test_a_campaign_that_reaches_nobody_is_no_public_price() -> None:
    operators: dict[str, Any] = {"mobile": {"brands": {"gotone": {}, "easyown": {}}}, "unicom": {"brands": {"wo": {}}}}
    operators["telecom"] = {}
    plans = {**plan_changes(), "tianyi": {"operator": "telecom", "fee": "50 CNY/month"}}
    silent = {**STANDING, "reach": "0 %/month", "campaigns": {"spring": SPRING}}
    rivals = {"telecom": {"match": {"delay": "10 days"}}, "unicom": silent}
    run = World(study(operators=operators, plans=plans, competitors=rivals)).begin()
    assert steps(fees(run, "tianyi")) == {0: 5_000}


def test_our_own_prices_match_nobody() -> None:
    found = world({**STANDING, "campaigns": {"spring": SPRING}})
    assert steps(fees(found, "gotone")) == {0: 8_800}


# Escalation


def test_a_rival_escalates_while_its_share_is_down_and_stops_when_it_recovers() -> None:
    rival = {**STANDING, "campaigns": {"all": {"from": "2010-07-01", "until": "2010-12-31"}},
             "escalate": {"when_share_falls": "5 %", "by": 1.5}}  # fmt: skip
    found = World(study(competitors={"unicom": rival}))
    found.users = np.array([600, 400])
    found.begin()
    seen = []
    for day, users in enumerate([[600, 400], [640, 360], [660, 340], [700, 300], [630, 370]]):
        found.users = np.array(users)
        found.midnight(day)
        offers = found.rivals.offers
        seen.append((float(offers.reach[0]), int(offers.price_cut_fen[0]), int(offers.subsidy_fen[0])))
    calm, angry = (0.1, 1_000, 30_000), (pytest.approx(0.15), 1_500, 45_000)
    assert seen == [calm, calm, angry, angry, calm]


def test_an_escalated_price_cut_still_fits_a_subscribers_record() -> None:
    rival = STANDING | {"price_cut": "3000000 CNY/month", "subsidy": "3000000 CNY", "campaigns": {"spring": SPRING}}
    found = world(rival | {"escalate": {"when_share_falls": "0 %", "by": 1_000_000}})
    assert found.rivals.offers.price_cut_fen.tolist() == found.rivals.offers.subsidy_fen.tolist() == [MOST_FEN]
    assert MOST_FEN < 2**31


def test_escalation_reaches_nobody_twice() -> None:
    rival = {**STANDING, "reach": "80 %/month", "campaigns": {"all": SPRING},
             "escalate": {"when_share_falls": "5 %", "by": 2}}  # fmt: skip
    found = World(study(competitors={"unicom": rival}))
    found.users = np.array([600, 400])
    found.begin()
    found.users = np.array([900, 100])
    found.midnight(0)
    assert found.rivals.offers.reach.tolist() == [1.0]


# Budgets


def test_offers_stop_when_the_months_budget_is_promised_and_return_with_the_next() -> None:
    rival = {**STANDING, "budget": "10000 CNY/month", "campaigns": {
        "a": {"from": "2010-07-01", "until": "2010-12-31"},
        "b": {"from": "2010-07-01", "until": "2010-12-31"},
        "c": {"from": "2010-07-01", "until": "2010-12-31", "budget": "1 million CNY/month"}}}  # fmt: skip
    found = world(rival)
    assert found.rivals.offers.active.tolist() == [True, True, True]
    found.books.campaigns[0] = [40_000, 59_999, 60_000]  # weight 10: a and b share 1,000,000 fen
    found.midnight(10)
    assert found.rivals.offers.active.tolist() == [True, True, True]
    found.books.campaigns[0, 0] += 1
    found.midnight(11)
    assert found.rivals.offers.active.tolist() == [False, False, True]
    found.midnight(29)
    assert found.rivals.offers.active.tolist() == [False, False, True]
    found.midnight(30)  # 31 July still belongs to the month, 1 August does not
    found.midnight(30)
    assert found.rivals.offers.active.tolist() == [True, True, True]


def test_the_examples_of_the_rules_run() -> None:
    assert doctest.testmod(competition).failed == 0
