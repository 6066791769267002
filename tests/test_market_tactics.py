"""Tactics of the market: whom each trigger and target finds, what a channel carries, what a contact does and costs."""

from __future__ import annotations

import doctest
from collections import Counter
from typing import Any

import numpy as np
import pytest
from tactic_market import CALL, NONE, World, study

from sim.draws import Purpose
from sim.market.events import Happened
from sim.market.grants import decay_of
from sim.market.ledger import Count, Line
from sim.market.people import GIVEN_CONTRACT, GIVEN_CREDIT, GIVEN_PRODUCT, LONG_AGO
from sim.market.selection import bills_fen
from sim.market.tactic_terms import hall_priority_of, standing_of
from sim.market.terms import CHANGE_PLAN, LEAVE, STAY
from sim.rules import contact
from sim.rules.bills import bill_fen
from sim.rules.satisfaction import relaxed

DESK: dict[str, Any] = {
    "enabled": True,
    "trigger": "leaving_request",
    "channel": "phone",
    "acceptance": "100 %",
    "effect": {"credit": "10 CNY/month", "credit_term": "12 months"},
}
"""Worth 0.05 × 10 = 0.5 to everybody."""


def call(**parts: Any) -> dict[str, Any]:
    return {**CALL, **parts}


def world(tactics: dict[str, Any], **parts: Any) -> World:
    return World(study(tactics=tactics, **parts))


def all_listed(lists: dict[int, dict[str, list[int]]], tactic: str = "call") -> list[tuple[int, int]]:
    return [(day, i) for day, by_name in lists.items() for i in by_name[tactic]]


def happened(found: World, kind: Happened) -> list[tuple[int, ...]]:
    return [event for event in found.events() if event[2] == kind]


def state(found: World) -> bytes:
    return b"".join([found.people.tobytes(), *(np.ascontiguousarray(sums).tobytes() for sums in found.books)])


# Triggers


def test_a_schedule_comes_round_once_a_period_for_everyone() -> None:
    listed = all_listed(world({"call": call(every="3 months")}).run())
    assert sorted(i for _, i in listed) == list(range(400))
    assert len({day for day, _ in listed}) > 60


def test_two_schedules_of_one_period_do_not_want_the_same_people_on_the_same_day() -> None:
    lists = world({"a": call(), "b": call()}).run()
    assert len(all_listed(lists, "a")) == 1200
    assert len(all_listed(lists, "b")) > 1100  # those who clash, one in 28, are left to the first by name


def test_a_contract_about_to_end_is_found_on_its_day_and_no_contract_never_ends() -> None:
    found = world({"call": {**CALL, "trigger": "contract_expiry", "days_before_expiry": 45}})
    found.people.contract_end[:5] = [45, 46, 100, 137, 138]
    found.people.contract_end[5], found.people.joined_day[5] = 50, 50
    assert all_listed(found.run()) == [(0, 0), (1, 1), (55, 2)]


def test_a_contract_moved_away_in_between_is_not_called_before_its_end() -> None:
    found = world({"call": {**CALL, "trigger": "contract_expiry", "days_before_expiry": 30}})
    found.people.contract_end[:2] = [40, 40]
    found.begin()
    for day in range(20):
        assert found.contacts.contacts_of_the_day()["call"].tolist() == ([0] if day == 10 else [])
        if day == 5:
            found.people.contract_end[1] = 736
        found.midnight(day)


def test_short_contracts_made_in_the_run_are_found_in_time() -> None:
    month = {"operator": "mobile", "fee": "9 CNY/month", "contract": {"term": "1 months"}}
    plans = {"easyown": month, "gotone": month, "wo": {"operator": "unicom", "fee": "9 CNY/month"}}
    found = world({"call": {**CALL, "trigger": "contract_expiry", "days_before_expiry": 5}}, plans=plans)
    found.begin()
    for day in range(40):
        if day == 3:
            found.people.contract_end[7] = day + 1 + 30
        assert found.contacts.contacts_of_the_day()["call"].tolist() == ([7] if day == 29 else [])
        found.midnight(day)


def test_complaints_and_visits_of_today_are_answered_tomorrow() -> None:
    tactics = {
        "sorry": call(trigger="complaint"),
        "welcome": call(trigger="hall_visit"),
    }
    found = world(tactics).begin()
    found.people.complaint_day[[3, 9]] = [0, -1]
    found.midnight(0, visitors=np.array([3, 8, 9]))
    assert {name: ids.tolist() for name, ids in found.contacts.contacts_of_the_day().items()} == {
        "sorry": [3],
        "welcome": [8, 9],
    }
    found.midnight(1)
    assert not any(ids.size for ids in found.contacts.contacts_of_the_day().values())


def test_a_complaint_about_a_contact_is_answered_too() -> None:
    tactics = {
        "push": call(acceptance="100 %", effect={"complaints": "100 %", "credit": "1 CNY/month",
                                                 "credit_term": "3 months"}),
        "sorry": call(trigger="complaint"),
    }  # fmt: skip
    found = world(tactics).begin()
    pushed = found.contacts.contacts_of_the_day()["push"]
    found.midnight(0)
    assert found.contacts.contacts_of_the_day()["sorry"].tolist() == pushed.tolist() != []
    assert (found.people.satisfaction[pushed] == 70 - found.study.market.satisfaction.complaint).all()
    assert found.books.counts[0, found.tactic("push"), Count.COMPLAINTS] == pushed.size


def test_a_birthday_comes_once_a_year_and_is_the_same_for_every_tactic() -> None:
    days = "2010-07-01"
    found = world({"call": call(trigger="moment_of_truth")}, start=days, horizon="12 months")
    listed = all_listed(found.run())
    assert sorted(i for _, i in listed) == list(range(400))
    other = all_listed(world({"x": call(trigger="moment_of_truth")}, start=days, horizon="12 months").run(), "x")
    assert other == listed


def test_a_warning_lists_those_at_risk_with_its_recall_and_others_by_false_alarm() -> None:
    warning = {"hazard": "5 %/month", "recall": "60 %", "false_alarms": "10 %"}
    found = world({"call": call(trigger="warning", warning=warning)}, horizon="12 months")
    found.people.contract_end[200:] = 180  # 2 % + 10 % within 30 days of it
    listed = all_listed(found.run())
    at_risk = [i for day, i in listed if i >= 200 and abs(day - 180) <= 30]
    others = [i for day, i in listed if not (i >= 200 and abs(day - 180) <= 30)]
    assert len(at_risk) / (200 * 61 / 30.4) == pytest.approx(0.6, abs=0.1)
    assert len(others) / (400 * 12 - 200 * 2) == pytest.approx(0.1, abs=0.03)
    assert max(np.bincount([i * 12 + found.days[day].date.month - 1 for day, i in listed])) == 1  # once a month


def test_a_rivals_offer_is_seen_by_its_share_after_its_delay() -> None:
    rival = {
        "reach": "50 %/month", "segments": ["vip"], "wake": "1 %/month",
        "campaigns": {"august": {"from": "2010-08-01", "until": "2010-08-31"}},
    }  # fmt: skip
    seen = call(trigger="offer_detected", detection={"share": "40 %", "delay": "14 days"})
    found = world({"call": seen}, competitors={"unicom": rival})
    listed = all_listed(found.run())
    assert {i >= 200 for _, i in listed} == {True}
    assert min(day for day, _ in listed) >= found.number("2010-08-15")
    assert max(day for day, _ in listed) <= found.number("2010-09-14")
    ids = np.arange(400)
    u, v = found.draws.uniforms(found.rivals.entities(0, ids, 1), Purpose.CAMPAIGN, 1)
    assert sorted(i for _, i in listed) == ids[(u < 0.5) & (v < 0.4) & (ids >= 200)].tolist()


# Targets


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ({"segments": ["vip"]}, range(200, 400)),
        ({"tiers": ["gold"]}, range(200, 400)),
        ({"brands": ["easyown"]}, range(200)),
        ({"bill_from": "95.5 CNY/month"}, range(200, 400)),
        ({"bill_from": "95.6 CNY/month"}, range(0)),
        ({"tenure_from": "12 months", "segments": ["mass"]}, range(1, 200)),
    ],
)
def test_a_target_finds_exactly_those_who_meet_it(target: dict[str, Any], wanted: range) -> None:
    found = world({"call": call(target=target)})
    found.people.joined_day[0] = -200
    assert sorted({i for _, i in all_listed(found.run(31))}) == list(wanted)


def test_only_our_own_paying_customers_are_contacted() -> None:
    found = world({"call": call()})
    found.people.operator[0] = list(found.study.operators).index("unicom")
    found.people.suspended_until[1] = 80
    found.people.operator[2] = found.people.plan[2] = -1
    assert sorted({i for _, i in all_listed(found.run(31))}) == list(range(3, 400))


def test_a_larger_share_keeps_whom_a_smaller_one_treats() -> None:
    small, large = (set(all_listed(world({"call": call(share=share)}).run())) for share in ("30 %", "60 %"))
    assert small < large
    assert len(small) / 1200 == pytest.approx(0.3, abs=0.05)


def test_a_share_treats_always_the_same_people() -> None:
    times = Counter(who for _, who in all_listed(world({"call": call(share="30 %")}).run()))
    assert set(times.values()) == {3}
    assert len(times) / 400 == pytest.approx(0.3, abs=0.05)


# Channels


def test_a_channel_carries_its_capacity_divided_by_the_weight_and_its_fractions_add_up() -> None:
    lists = world({"call": call()}, channels={"phone": {"capacity": "35/day"}}).run(28)  # weight 10
    sizes = [len(by_name["call"]) for by_name in lists.values()]
    assert set(sizes) == {3, 4}
    assert sum(sizes) == 98


def test_over_capacity_the_highest_bills_come_first() -> None:
    found = world({"call": call(score="value")}, channels={"phone": {"capacity": "30/day"}})
    found.people.usage[200:] = np.arange(1000, 1200)
    everybody = world({"call": call()}).run(28)
    for day, by_name in found.run(28).items():
        due = np.array(everybody[day]["call"])
        bills = bills_fen(found.people, due, found.plans)
        rich = due[np.lexsort((due, -bills))][:3]
        assert by_name["call"][: int((rich >= 200).sum())] == [i for i in rich.tolist() if i >= 200]
        assert len(by_name["call"]) == 3


def test_over_capacity_those_at_risk_come_first() -> None:
    found = world({"call": call(score="risk")}, channels={"phone": {"capacity": "30/day"}})
    for by_name in found.run(28).values():
        vips = [i >= 200 for i in by_name["call"]]
        assert vips == sorted(vips, reverse=True)


def test_tactics_share_a_channel_in_the_order_of_their_names() -> None:
    tactics = {"a": call(), "b": call()}
    lists = world(tactics, channels={"phone": {"capacity": "150/day"}}).run(28)
    for by_name in lists.values():
        assert len(by_name["a"]) + len(by_name["b"]) <= 15
        assert len(by_name["b"]) <= 15 - len(by_name["a"])
    assert sum(len(by_name["a"]) for by_name in lists.values()) > 300


def test_nobody_is_contacted_twice_a_day() -> None:
    for by_name in world({name: call() for name in "abcde"}).run().values():
        ids = [i for listed in by_name.values() for i in listed]
        assert len(ids) == len(set(ids))


def test_an_office_that_rests_makes_up_for_it_on_the_next_working_day() -> None:
    office = world({"call": call()}, channels={"phone": {"days": "working"}}, start="2010-10-01", horizon="1 months")
    lists, always = office.run(), world({"call": call()}, start="2010-10-01", horizon="1 months").run()
    assert [day for day in range(12) if lists[day]["call"]] == [7, 8, 10, 11]  # week of the national day; 9th made up
    assert lists[7]["call"] == sorted(i for day in range(8) for i in always[day]["call"])
    assert office.days[8].works_as == "fri"
    assert office.days[9].weekday == "sun"


def test_reach_decides_who_is_met_the_channel_costs_for_all_tried_the_gift_for_those_met() -> None:
    channels = {"phone": {"reach": "60 %", "cost": "1.5 CNY"}}
    found = world({"call": call(cost={"per_contact": "1 CNY"})}, channels=channels)
    found.run()
    met = happened(found, Happened.CONTACTED)
    assert len(met) / 1200 == pytest.approx(0.6, abs=0.05)
    assert found.books.counts[:, 0, Count.CONTACTS].sum() == 1200
    cost_fen = 1200 * 150 + len(met) * 100
    assert found.books.tactics[:, 0, Line.COST].sum() == found.books.lines[:, 0, :, Line.COST].sum() == cost_fen


def test_contacts_tire_until_the_channel_has_been_silent_long_enough() -> None:
    fatigue = {"fatigue": {"factor": 0.5, "recovers": "40 days"}}
    found = world({"call": call(acceptance="80 %")}, channels={"phone": fatigue})
    found.run()
    accepted = np.array([event[1] for event in happened(found, Happened.ACCEPTED)])
    shares = [((accepted >= low) & (accepted < low + 31)).sum() / 400 for low in (0, 31, 62)]
    assert shares == pytest.approx([0.8, 0.4, 0.2], abs=0.07)
    assert (found.people.contacts == 3).all()
    rested = world({"call": call(acceptance="80 %")}, channels={"phone": {"fatigue": {"recovers": "20 days"}}})
    rested.run()
    assert (rested.people.contacts == 1).all()


def test_a_channel_without_fatigue_neither_tires_nor_meets_the_tired() -> None:
    found = world({"call": call(acceptance="80 %")})
    found.run()
    accepted = np.array([event[1] for event in happened(found, Happened.ACCEPTED)])
    shares = [((accepted >= low) & (accepted < low + 31)).sum() / 400 for low in (0, 31, 62)]
    assert shares == pytest.approx([0.8, 0.8, 0.8], abs=0.07)
    assert (found.people.contacts == 0).all()


# What a contact does


def test_terms_come_with_acceptance_and_begin_the_day_after() -> None:
    effect = {
        "credit": "10 CNY/month", "credit_term": "12 months", "contract": "12 months", "leaving_fee": "15 CNY/month",
        "handset_lock": True, "subsidy": "300 CNY", "products": 2,
    }  # fmt: skip
    cost = {"per_acceptance": "5 CNY", "commission": "7 CNY"}
    found = world({"call": call(acceptance="50 %", effect=effect, cost=cost)}).begin()
    listed = found.contacts.contacts_of_the_day()["call"]
    found.people.contract_end[listed] = 700
    found.midnight(0)
    taken = np.array([event[0] for event in happened(found, Happened.ACCEPTED)])
    refused = np.setdiff1d(listed, taken)
    people = found.people[taken]
    assert 0 < taken.size < listed.size
    assert set(people.credit_fen) == {1000}
    assert set(people.credit_end) == {1 + 365}
    assert set(people.contract_end) == {700}
    assert set(people.leaving_fen) == {1500}
    assert people.handset_locked.all()
    assert set(people.products) == {2}
    assert set(people.terms) == {GIVEN_CREDIT | GIVEN_CONTRACT | GIVEN_PRODUCT}
    assert set(people.tactic) == {0}
    assert not found.people[refused].credit_fen.any()
    assert set(found.people[refused].tactic) == {-1}
    assert sorted(found.settled) == [(i, 1) for i in sorted(taken.tolist())]
    tactic = found.books.tactics[0, 0]
    assert [tactic[line] for line in (Line.COST, Line.COMMISSION, Line.SUBSIDY)] == [
        500 * taken.size, 700 * taken.size, 30_000 * taken.size,
    ]  # fmt: skip
    paid = [Line.COST, Line.COMMISSION, Line.SUBSIDY]
    assert found.books.lines[0, 0][:, paid].sum(axis=0).tolist() == tactic[paid].tolist()


def test_a_worse_credit_does_not_replace_a_better_one() -> None:
    effect = {"credit": "5 CNY/month", "credit_term": "3 months"}
    found = world({"call": call(acceptance="100 %", effect=effect)}).begin()
    first, second = found.contacts.contacts_of_the_day()["call"][:2]
    found.people.credit_fen[[first, second]] = 1_000
    found.people.credit_end[[first, second]] = [300, 20]
    found.midnight(0)
    assert (found.people.credit_fen[first], found.people.credit_end[first]) == (1_000, 300)
    assert (found.people.credit_fen[second], found.people.credit_end[second]) == (500, 1 + 91)
    assert not found.people.terms[first] & GIVEN_CREDIT
    assert found.people.terms[second] & GIVEN_CREDIT


def test_satisfaction_moves_for_all_who_are_met_by_the_rule_of_one() -> None:
    found = world({"call": call(effect={"satisfaction": -5})}).begin()
    listed = found.contacts.contacts_of_the_day()["call"]
    found.people.satisfaction[listed] = np.linspace(0, 100, listed.size)
    found.people.satisfaction_day[listed] = -np.arange(listed.size)
    wanted = [
        max(0.0, relaxed(points, 70.0, k, 60) - 5) for k, points in enumerate(np.linspace(0, 100, listed.size).tolist())
    ]
    found.midnight(0)
    assert found.people.satisfaction[listed].tolist() == wanted
    assert (found.people.satisfaction_day[listed] == 0).all()


def test_a_contact_can_wake_a_sleeping_customer() -> None:
    found = world({"call": call(effect={"wake": "4 %/month", "wake_for": "30 days"})}).begin()
    listed = found.contacts.contacts_of_the_day()["call"]
    asleep = found.hazards(listed, 1)
    found.midnight(0)
    assert (found.hazards(listed, 1) - asleep).tolist() == pytest.approx([0.04] * listed.size)
    assert (found.hazards(listed, 30) - asleep).tolist() == pytest.approx([0.04] * listed.size)
    assert (found.hazards(listed, 31) - asleep).tolist() == [0.0] * listed.size
    assert set(found.people.woken_by[listed]) == {0}


def test_who_asks_to_leave_today_accepts_nothing() -> None:
    found = world({"call": call(acceptance="100 %")}).begin()
    listed = found.contacts.contacts_of_the_day()["call"]
    found.midnight(0, found.decisions((int(listed[0]), 5, 1.0)))
    assert [event[0] for event in happened(found, Happened.ACCEPTED)] == listed[1:].tolist()
    assert [event[0] for event in happened(found, Happened.CONTACTED)] == listed.tolist()


# Money


def test_a_budget_is_never_exceeded_and_stops_the_tactic_until_the_next_month() -> None:
    cost = {"fixed": "100 CNY/month", "per_contact": "2 CNY", "commission": "8 CNY"}
    budget = "2000 CNY/month"  # (2000 - 100) / 10 at full scale: 190 at the scale of one subscriber
    tactic = call(acceptance="50 %", cost=cost, budget=budget)
    found = world({"call": tactic})
    lists = found.run()
    spent = found.books.tactics[:, 0, :].sum(axis=1)
    assert (spent * 10 + 10_000 <= 200_000).all()
    assert (spent * 10 + 10_000 > 200_000 - 10_000 - 10).all()  # not one contact less than it bears
    assert found.books.counts[:, 0, Count.BUDGET_STOPS].tolist() == [1, 1, 1]
    months = [[len(lists[day]["call"]) for day in range(low, low + 31)] for low in (0, 31)]
    for sizes in months:
        assert sizes[0] > 0
        assert sum(sizes[15:]) == 0
    plenty = world({"call": {**tactic, "budget": "100000 CNY/month"}})
    plenty.run()
    assert not plenty.books.counts[:, 0, Count.BUDGET_STOPS].any()


def test_a_credit_counts_over_its_whole_term_against_the_budget() -> None:
    effect = {"credit": "10 CNY/month", "credit_term": "12 months"}
    found = world({"call": call(acceptance="100 %", effect=effect, budget="2400 CNY/month")})
    found.run()
    assert found.books.counts[:, 0, Count.ACCEPTANCES].tolist() == [2, 2, 2]


def test_fixed_costs_run_while_a_tactic_acts_and_by_the_day_in_part_of_a_month() -> None:
    tactics = {"a": call(cost={"fixed": "310 CNY/month"}), "b": call(enabled=False, cost={"fixed": "310 CNY/month"})}
    found = world(tactics, start="2010-07-22", horizon="2 months")
    assert found.books.fixed.tolist() == [[10_000, 0], [31_000, 0], [21_700, 0]]


@pytest.mark.parametrize("silent", [{"share": "0 %"}, {"enabled": False}])
def test_a_tactic_of_share_0_or_off_does_nothing_at_all(silent: dict[str, Any]) -> None:
    effect = {"satisfaction": 5, "wake": "1 %/month", "wake_for": "30 days"}
    tactic = call(acceptance="50 %", effect=effect, cost={"fixed": "9 CNY/month", "per_contact": "1 CNY"}, **silent)
    with_it, without = world({"zz": tactic, "call": call()}), world({"call": call()})
    assert with_it.run() == without.run()
    assert with_it.events() == without.events()
    assert with_it.people.tobytes() == without.people.tobytes()
    assert not with_it.books.counts[:, 1].any()
    assert not with_it.books.tactics[:, 1].any()
    assert not with_it.books.fixed.any()


def test_another_tactic_changes_nothing_about_whom_this_one_meets() -> None:
    tactic = call(acceptance="30 %", share="80 %")
    alone, among = (
        world({"call": tactic}),
        world({"aa": call(enabled=False), "call": tactic, "zz": call(every="2 months")}),
    )
    alone_lists, among_lists = alone.run(), among.run()
    assert all_listed(alone_lists) == all_listed(among_lists)
    took = [[event[:2] for event in happened(found, Happened.ACCEPTED) if event[3] == code]
            for found, code in ((alone, 0), (among, 1))]  # fmt: skip
    assert took[0] == took[1] != []


def test_a_run_repeats_itself() -> None:
    tactics = {"call": call(acceptance="50 %", effect={"satisfaction": 3, "contract": "12 months"}), "desk": DESK}
    first, second = world(tactics), world(tactics)
    first.run(), second.run()
    assert state(first) == state(second)


# The save desk


def test_the_desk_keeps_whom_its_offer_outweighs_what_a_rival_is_better_by() -> None:
    found = world({"desk": DESK}).begin()
    after = found.midnight(0, found.decisions((10, 1, 0.49), (11, 2, 0.51), (12, 3, 0.2)))
    assert after["kind"].tolist() == [STAY, LEAVE, STAY]
    people = found.people
    assert people.credit_fen[[10, 11, 12]].tolist() == [1000, 0, 1000]
    assert people.kept_by[[10, 11, 12]].tolist() == [0, -1, 0]
    assert [event[0] for event in happened(found, Happened.SAVED)] == [10, 12]
    assert found.books.saved[0].tolist() == [2, 0]
    assert found.books.counts[0, 0, [Count.CONTACTS, Count.ACCEPTANCES]].tolist() == [3, 2]


def test_who_is_kept_stays_on_the_best_plan_of_ours() -> None:
    found = world({"desk": DESK}).begin()
    rows = found.decisions((10, 1, 0.1))
    rows["stay_plan"] = found.plan("gotone")
    rows["campaign"] = 3
    after = found.midnight(0, rows)
    assert (after["kind"][0], after["plan"][0], after["campaign"][0]) == (CHANGE_PLAN, found.plan("gotone"), -1)
    assert rows["kind"][0] == LEAVE  # what was decided is left as it was


def test_the_desk_hears_requests_in_the_order_of_the_day_as_far_as_its_capacity_goes() -> None:
    found = world({"desk": DESK}, channels={"phone": {"capacity": "20/day"}}).begin()
    after = found.midnight(0, found.decisions((1, 900, 0.1), (7, 50, 0.1), (3, 50, 9.9), (2, 60, 0.1)))
    assert after["kind"].tolist() == [LEAVE, STAY, LEAVE, LEAVE]  # 3 and 7 are heard, 3 goes all the same


def test_a_second_desk_hears_whom_the_first_is_not_for_or_has_no_room_for() -> None:
    tactics = {"a": {**DESK, "target": {"segments": ["vip"]}}, "b": {**DESK, "channel": "hall"}}
    found = world(tactics, channels={"phone": {"capacity": "10/day"}, "hall": {}}).begin()
    found.midnight(0, found.decisions((300, 1, 0.1), (301, 2, 0.1), (5, 3, 0.1)))
    assert [(event[0], event[3]) for event in happened(found, Happened.SAVED)] == [(300, 0), (301, 1), (5, 1)]


def test_reach_and_acceptance_of_the_desk_count() -> None:
    tactics = {"desk": {**DESK, "acceptance": "50 %"}}
    found = world(tactics, channels={"phone": {"reach": "60 %"}}).begin()
    after = found.midnight(0, found.decisions(*((i, i, 0.1) for i in range(400))))
    assert (after["kind"] == STAY).mean() == pytest.approx(0.3, abs=0.06)


def test_being_saved_can_teach_to_ask_again() -> None:
    effect = {**DESK["effect"], "wake": "6 %/month", "wake_for": "90 days"}
    found = world({"desk": {**DESK, "effect": effect}}).begin()
    calm = found.hazards(np.array([10]), 1)
    found.midnight(0, found.decisions((10, 1, 0.1), (11, 1, 9.0)))
    assert found.hazards(np.array([10]), 1) - calm == pytest.approx(0.06)
    assert found.people.woken_by[[10, 11]].tolist() == [0, -1]


def test_a_budget_stops_the_desk_too() -> None:
    tactics = {"desk": {**DESK, "budget": "2400 CNY/month"}}
    found = world(tactics).begin()
    after = found.midnight(0, found.decisions(*((i, i, 0.1) for i in range(5))))
    assert after["kind"].tolist() == [STAY, STAY, LEAVE, LEAVE, LEAVE]
    assert found.books.counts[0, 0, Count.BUDGET_STOPS] == 1


def test_without_a_desk_decisions_stand() -> None:
    found = world({}).begin()
    rows = found.decisions((10, 1, 0.1))
    assert found.midnight(0, rows).tolist() == rows.tolist()


def test_a_rivals_customers_do_not_meet_our_desk() -> None:
    found = world({"desk": DESK}).begin()
    found.people.operator[10] = list(found.study.operators).index("unicom")
    assert found.midnight(0, found.decisions((10, 1, 0.0)))["kind"].tolist() == [LEAVE]


# Structural tactics


def test_structural_tactics_add_to_brand_and_switching_of_their_targets_only() -> None:
    tactics = {
        "brand": {"enabled": True, "trigger": "always", "effect": {"brand": 0.4},
                  "target": {"segments": ["vip"], "brands": ["gotone"]}, "share": "50 %"},
        "wall": {"enabled": True, "trigger": "always", "effect": {"switching": 0.3, "hall_priority": 2}},
        "vips": {"enabled": True, "trigger": "always", "effect": {"hall_priority": 1}, "target": {"tiers": ["gold"]}},
        "off": {"trigger": "always", "effect": {"brand": 9, "hall_priority": 0}},
    }  # fmt: skip
    found = world(tactics)
    standing = standing_of(found.study, found.plans)
    wanted = np.zeros((2, 3))
    wanted[1, found.plan("gotone")] = 0.2
    assert standing.brand.tolist() == wanted.tolist()
    assert standing.switching.tolist() == [0.3, 0.3]
    assert hall_priority_of(found.study, found.plans).tolist() == [2, 1]
    assert hall_priority_of(world({}).study, found.plans).tolist() == [-1, -1]


# Rules


def test_bills_of_many_are_bills_of_each() -> None:
    found = world({})
    found.people.usage = np.arange(400) * 7
    plan = found.people.plan
    fees = [
        bill_fen(int(found.plans.fee_fen[p]), int(found.plans.minutes[p]), int(found.plans.extra_milli_fen[p]), i * 7)
        for i, p in enumerate(plan.tolist())
    ]
    assert bills_fen(found.people, np.arange(400), found.plans).tolist() == fees


def test_what_is_left_of_satisfaction_is_what_the_rule_leaves() -> None:
    decay = decay_of(60.0, 400)
    for days, points, level in ((0, 3.0, 70.0), (17, 99.9, 41.3), (400, 0.0, 70.0)):
        assert level + (points - level) * decay[days] == relaxed(points, level, days, 60.0)


def test_nobody_listed_needs_no_visitors() -> None:
    found = world({"call": call(trigger="hall_visit")}).begin()
    found.midnight(0, visitors=NONE)
    assert (found.people.contact_day == LONG_AGO).all()


def test_the_examples_of_the_rules_run() -> None:
    assert doctest.testmod(contact).failed == 0
