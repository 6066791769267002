"""The subscribers' day: who is due, what they decide, and that both engines decide the same."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from market_arrays import (
    MONTHS,
    PLAIN,
    RULES,
    Engine,
    World,
    compiled,
    decisions_today,
    emitted,
    everybody_considers,
    gone,
    offers,
    people,
    plans,
    segments,
    started,
)

from sim.clock import DAY_US
from sim.draws import Draws, Purpose
from sim.errors import ModelError
from sim.market import calendar, diary
from sim.market.draw import campaign, subscriber
from sim.market.events import Happened
from sim.market.people import GIVEN_CONTRACT, GIVEN_CREDIT, GIVEN_PRODUCT, LONG_AGO, NOBODY
from sim.market.terms import (
    CHANGE_PLAN,
    END_SUSPENSION,
    JOIN,
    LAPSE,
    LEAVE,
    REREGISTER,
    STAY,
    SUSPEND,
    Standing,
)
from sim.rules.hazard import daily

QUICK = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
SEEDS = st.integers(0, 2**32 - 1)

TWO = World(plans([0, 1]), segments(1, 2))
"""Our plan and a rival's, alike in everything."""


def close(share: float, expected: float, count: int) -> bool:
    return abs(share - expected) < 4 * math.sqrt(expected * (1 - expected) / count) + 1e-12


# --- who is due ---------------------------------------------------------------------------------------------------


def whole_calendar(who: Any, ends: list[int], engine: Engine = PLAIN) -> list[tuple[int, int, int]]:
    found, first = [], 0
    for end in ends:
        month = emitted(who, RULES, first, end, engine)
        for today in range(first, end):
            ids, numbers = month.on(today)
            assert ids.tolist() == sorted(set(ids.tolist()))
            found += [(today, i, number) for i, number in zip(ids.tolist(), numbers.tolist(), strict=True)]
        first = end
    return found


def test_every_candidate_is_emitted_once_on_its_day() -> None:
    by_month = whole_calendar(started(people(50), RULES), np.cumsum(MONTHS).tolist())
    at_once = whole_calendar(started(people(50), RULES), [sum(MONTHS)])
    assert by_month == at_once
    draws = Draws(RULES.seed, RULES.replication)
    for i in range(50):
        mine = [(today, number) for today, who, number in by_month if who == i]
        u, _ = draws.uniforms(subscriber(i), Purpose.CANDIDATE, np.arange(len(mine) + 1))
        gaps = 1 + np.floor([math.log(x) / math.log1p(-RULES.day_bound) for x in u.tolist()]).astype(int)
        due = np.cumsum(gaps) - 1
        assert mine == [(day, number) for number, day in enumerate(due.tolist()) if day < sum(MONTHS)]
        assert due[-1] >= sum(MONTHS)


def test_one_more_subscriber_changes_no_other_ones_days() -> None:
    few, many = (whole_calendar(started(people(n), RULES), [365]) for n in (40, 41))
    assert few == [row for row in many if row[1] != 40]


def test_both_engines_emit_the_same_calendar() -> None:
    engine = compiled()
    assert whole_calendar(started(people(300), RULES), [31, 59, 365]) == whole_calendar(
        started(people(300), RULES, engine), [31, 59, 365], engine
    )


def test_a_calendar_with_more_candidates_than_expected_still_holds_them_all() -> None:
    """The room is made for what is expected; a population whose days all fall early needs more."""
    who = people(400)
    who.candidate_day = 0
    month = emitted(who, RULES._replace(day_bound=0.001), 0, 31)
    assert month.on(0)[0].tolist() == list(range(400))


def test_debtors_are_due_on_the_day_on_which_their_suspension_ends() -> None:
    who = people(10)
    who.suspended_until[[2, 5, 7]] = [40, 41, 40]
    debtors = np.array([2, 5, 7])
    for engine in (calendar, compiled().calendar):
        ids, numbers = engine.due(
            np.array([1, 2, 8], np.int32), np.array([4, 6, 9], np.int32), debtors, who.suspended_until, 40
        )
        assert ids.tolist() == [1, 2, 7, 8]
        assert numbers.tolist() == [4, 6, calendar.NO_CANDIDATE, 9]
        empty = np.zeros(0, np.int32)
        assert engine.due(empty, empty, debtors, who.suspended_until, 41)[0].tolist() == [5]
        assert engine.due(empty, empty, debtors[:0], who.suspended_until, 41)[0].size == 0


def test_debtors_are_those_who_became_so_and_whose_day_is_still_to_come() -> None:
    who = people(4)
    who.suspended_until[[0, 1, 3]] = [40, 90, 100]
    decisions = np.zeros(2, [("id", np.int64), ("kind", np.int64)]).view(np.recarray)
    decisions.id, decisions.kind = [2, 3], [LEAVE, SUSPEND]
    assert calendar.debtors_after(np.array([0, 1]), decisions, who.suspended_until, 40).tolist() == [1, 3]


@pytest.mark.parametrize("plain", [True, False])
def test_visits_come_at_the_rate_of_segment_hall_and_day(plain: bool) -> None:
    engine = PLAIN if plain else compiled()
    count, days, bound = (300, 31, 1.5) if plain else (20_000, 31, 1.5)
    probability = bound / days
    who = people(count, segment=np.arange(count) % 2, hall=np.arange(count) % 3 - 1)
    key = (int(Purpose.VISIT_CANDIDATE), probability)
    engine.calendar.first_candidates(who.visit_day, who.visit_candidate, *key, 5, 1)
    came = engine.calendar.candidates(who.visit_day, who.visit_candidate, *key, 0, days, 5, 1)
    rate = np.array([0.4, 0.0])
    factor = np.vstack([np.ones(days), np.where(np.arange(days) < 10, 2.0, 0.5)])
    ids, _, starts = engine.calendar.admitted(*came, key[0], who.segment, who.hall, rate, factor, bound, 5, 1)
    assert set((ids % 2).tolist()) == {0}
    assert set((ids % 3).tolist()) <= {1, 2}
    on = np.repeat(np.arange(days), np.diff(starts))
    able = sum(1 for i in range(count) if i % 2 == 0 and i % 3 == 1) * days
    assert close((ids % 3 == 1).sum() / able, probability * 0.4 / bound, able)
    early = sum(1 for i in range(count) if i % 2 == 0 and i % 3 == 2) * 10
    assert close(((ids % 3 == 2) & (on < 10)).sum() / early, probability * 0.8 / bound, early)


# --- how often --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hazard", "kind"), [("lapse", LAPSE), ("arrears", SUSPEND), ("reregister", REREGISTER)])
def test_survivors_of_a_constant_hazard_fall_by_its_share_each_calendar_month(hazard: str, kind: int) -> None:
    engine, count, share = compiled(), 20_000, 0.05
    world = replace(TWO, segments=segments(1, 2, **{hazard: share, "base": 0.1}))
    who, alive, first = started(people(count), RULES, engine), np.ones(count, bool), 0
    for month, days in enumerate(MONTHS):
        calendar_of_month = emitted(who, RULES, first, first + days, engine)
        for today in range(first, first + days):
            ids, numbers = calendar_of_month.on(today)
            made = decisions_today(
                world, who, today, ids=ids, numbers=numbers.astype(np.int64), month_days=days, engine=engine
            )
            alive[made.id[made.kind == kind]] = False
        first += days
        assert close(alive.mean(), (1 - share) ** (month + 1), count)


def test_each_subscribers_own_hazard_of_lapsing_stands_for_its_segments() -> None:
    count = 4_000
    own = np.where(np.arange(count) % 2 == 0, 0.0, 0.3)
    world = replace(TWO, segments=segments(1, 2, lapse=0.2), own_lapse=own)
    made = decisions_today(world, people(count))
    lapsed = made.id[made.kind == LAPSE]
    assert set((lapsed % 2).tolist()) == {1}
    assert close(len(lapsed) / (count / 2), daily(0.3, 30) / RULES.day_bound, count // 2)


@pytest.mark.parametrize(
    ("hazard", "state", "acts"),
    [
        ("expiry", {"joined_day": -400, "contract_end": 60}, True),
        ("expiry", {"joined_day": -400, "contract_end": 10}, True),
        ("expiry", {"joined_day": -400, "contract_end": 71}, False),
        ("expiry", {"joined_day": 30, "contract_end": 30}, False),  # a subscriber without contract
        ("complaint", {"complaint_day": 39}, True),
        ("complaint", {"complaint_day": 9}, False),
        ("price_rise", {}, False),
    ],
)
def test_a_trigger_acts_within_its_window_only(hazard: str, state: dict[str, int], acts: bool) -> None:
    world = replace(TWO, segments=segments(1, 2, **{hazard: 1.0})).with_rules(day_bound=1.0)
    made = decisions_today(world, people(20, **state))
    assert len(made) == (20 if acts else 0)


def test_the_rise_of_its_plans_fee_makes_a_subscriber_consider() -> None:
    world = replace(TWO, segments=segments(1, 2, price_rise=1.0)).with_rules(day_bound=1.0)
    risen = replace(world, plans=world.plans._replace(rise_day=np.array([LONG_AGO, 40])))
    who = people(20, plan=np.arange(20) % 2, operator=np.arange(20) % 2)
    assert set((decisions_today(risen, who).id % 2).tolist()) == {1}


def test_a_neighbours_switch_makes_its_circle_consider() -> None:
    world = replace(TWO, segments=segments(1, 2, neighbour=1.0)).with_rules(day_bound=1.0, circle=4)
    who = people(20)
    network = world.network(who)
    network.circle_day[2] = 30
    assert decisions_today(world, who, network=network).id.tolist() == [8, 9, 10, 11]


def test_a_contact_can_wake_a_sleeping_customer() -> None:
    world = replace(TWO, wake=(0.0, 1.0)).with_rules(day_bound=1.0)
    who = people(3, woken_until=[41, 40, 41], woken_by=[1, 1, 0])
    assert decisions_today(world, who).id.tolist() == [0]


def test_a_rivals_campaign_wakes_only_whom_it_reaches_and_never_its_own_customers() -> None:
    count = 3_000
    rivals = offers([1], reach=0.3, wake=1.0)
    world = replace(TWO, offers=rivals).with_rules(day_bound=1.0)
    who = people(count, plan=np.arange(count) % 2, operator=np.arange(count) % 2)
    made = decisions_today(world, who)
    assert set((made.id % 2).tolist()) == {0}
    assert close(len(made) / (count / 2), 0.3, count // 2)
    assert decisions_today(world, who, today=41).id.tolist() == made.id.tolist()  # the same calendar month
    assert decisions_today(world, who, today=71, month=2).id.tolist() != made.id.tolist()
    off = replace(world, offers=rivals._replace(active=np.array([False])))
    assert len(decisions_today(off, who)) == 0


def test_dissatisfied_customers_consider_more_often_until_they_have_forgotten() -> None:
    world = replace(TWO, segments=segments(1, 2, base=0.02, dissatisfaction=3.0))
    count = 6_000
    shares = [
        len(decisions_today(world, people(count, satisfaction=points, satisfaction_day=since))) / count
        for points, since in ((90.0, 40), (70.0, 40), (40.0, -300), (40.0, 40))
    ]
    assert shares[0] < shares[1] < shares[3]
    assert shares[2] == pytest.approx(shares[1], rel=0.25)
    assert close(shares[3], daily(0.02 * math.exp(3 * 30 / 50), 30) / RULES.day_bound, count)


def test_people_without_a_number_join_until_the_market_is_full() -> None:
    count = 8_000
    world = replace(TWO, segments=segments(1, 2, join=0.3)).with_rules(ceiling=0.5)
    who = people(count)
    gone(who, np.arange(count) % 4 > 0)  # a quarter has a number: the market is half full
    made = decisions_today(world, who)
    assert set(made.kind.tolist()) == {JOIN}
    assert set((made.id % 4).tolist()) == {1, 2, 3}
    assert close(len(made) / (count * 0.75), daily(0.15, 30) / RULES.day_bound, int(count * 0.75))
    gone(full := people(count), np.arange(count) % 2 > 0)
    assert len(decisions_today(world, full)) == 0


def test_the_suspended_do_nothing_until_they_pay_or_are_closed() -> None:
    count = 4_000
    world = everybody_considers(TWO)
    who = people(count, suspended_until=np.where(np.arange(count) % 2 == 0, 40, 41))
    made = decisions_today(world, who)
    assert set(made.kind.tolist()) == {END_SUSPENSION}
    assert made.id.tolist() == list(range(0, count, 2))
    assert set(made.plan.tolist()) == {0, NOBODY}
    assert close((made.plan == 0).mean(), RULES.recovers, count // 2)
    assert len(decisions_today(world, people(5, suspended_until=LONG_AGO))) == 5
    no_candidate = np.full(5, calendar.NO_CANDIDATE)
    assert len(decisions_today(world, people(5), numbers=no_candidate)) == 0


def test_decisions_are_made_at_moments_of_the_day() -> None:
    made = decisions_today(everybody_considers(TWO), people(2_000), today=40)
    hours = (made.at_us - 40 * DAY_US) / DAY_US
    assert hours.min() >= 0
    assert hours.max() < 1
    assert abs(hours.mean() - 0.5) < 4 / math.sqrt(12 * 2_000)


@pytest.mark.parametrize("plain", [True, False])
def test_a_hazard_above_the_bound_stops_the_run_and_names_segment_and_hazard(plain: bool) -> None:
    world = replace(TWO, segments=segments(2, 2, base=[0.01, 0.05], expiry=[0.0, 0.38], lapse=0.01))
    who = people(9, segment=[0, 0, 0, 0, 1, 1, 1, 1, 1], joined_day=-100, contract_end=40)
    with pytest.raises(ModelError) as caught:
        decisions_today(world, who, engine=PLAIN if plain else compiled())
    message = str(caught.value)
    assert "segment 1" in message
    assert "bound of 40 %/month" in message
    assert "considers.expiry 38 %/month, considers.base 5 %/month, lapse 1 %/month" in message
    assert caught.value.path == "market.consideration_bound"
    assert len(decisions_today(world, who, ids=[0, 1, 2, 3])) <= 4


def test_a_hazard_of_joining_or_an_own_hazard_above_the_bound_is_named_too() -> None:
    joiners = people(3)
    gone(joiners, slice(None))
    with pytest.raises(ModelError, match=r"join 60 %/month"):
        decisions_today(replace(TWO, segments=segments(1, 2, join=0.6)), joiners)
    with pytest.raises(ModelError, match=r"lapse 70 %/month"):
        decisions_today(replace(TWO, own_lapse=np.array([0.1, 0.7])), people(2))


# --- what they choose ---------------------------------------------------------------------------------------------


def chosen_shares(world: World, who: Any, **more: Any) -> Any:
    made = decisions_today(everybody_considers(world), who, **more)
    assert len(made) == who.size
    return np.bincount(made.plan, minlength=world.plans.operator.size) / who.size


def test_first_choices_have_logit_shares() -> None:
    count = 20_000
    world = World(
        plans([0, 0, 1, 2], fee_fen=[8_800, 5_800, 7_800, 3_900], minutes=[450, 100, 300, 0], extra_milli_fen=15_000),
        segments(1, 4, [[0.5, 0.0, 0.2, 0.0]], price=0.03, quality=1.0, onnet=1.5),
        quality=(1.0, 0.9, 0.8),
    )
    who = people(count, usage=300)
    network = world.network(who)
    network.users[:] = [600, 300, 100]
    gone(who, slice(None))
    world = world.with_segments(join=1.0).with_rules(ceiling=math.inf)
    made = chosen_shares(world, who, network=network, engine=compiled())
    bill = np.array([88.0, 88.0, 78.0, 84.0])
    value = [0.5, 0.0, 0.2, 0.0] - 0.03 * bill + np.array([1.0, 1.0, 0.9, 0.8]) + 1.5 * np.array([0.6, 0.6, 0.3, 0.1])
    expected = np.exp(value) / np.exp(value).sum()
    assert all(close(share, logit, count) for share, logit in zip(made, expected, strict=True))


def test_a_customers_choice_has_logit_shares_with_what_binds_it() -> None:
    count = 20_000
    world = World(
        plans([0, 0, 1], fee_fen=[6_000, 5_000, 5_500], term_days=[0, 0, 365]),
        segments(
            1, 3, price=0.04, loyalty=0.8, tenure=0.4, bundle=0.5, switching=1.2, handset_lock=0.3, contract=0.25,
            migration=0.6,
        ),
    )  # fmt: skip
    who = people(
        count, joined_day=40 - 731, satisfaction=60.0, satisfaction_day=40, products=1, handset_locked=True,
        contract_end=41 + 400, leaving_fen=1_500, credit_fen=1_000, credit_end=40 + 183,
    )  # fmt: skip
    months = 183 / (365.25 / 12)
    own = 0.8 * 0.2 + 0.4 * math.log(1 + 731 / 365.25) + 0.5 + 0.04 * 10 * months / 12
    fee_left = round(1_500 * 400 / (365.25 / 12)) / 100
    value = np.array(
        [-2.4 + own, -2.0 + own - 0.6, -2.2 - 0.25 * 365 / 365.25 - 1.2 - 0.04 * fee_left / 12 - 0.3], dtype=float
    )
    world = replace(world, segments=world.segments._replace(satisfaction=np.array([60.0])))
    expected = np.exp(value) / np.exp(value).sum()
    made = chosen_shares(world, who, engine=compiled())
    assert all(close(share, logit, count) for share, logit in zip(made, expected, strict=True))


def test_each_draw_of_a_day_is_keyed_by_what_it_decides() -> None:
    """Tastes by day and number of the plan's name, moments by day, a campaign's reach by its number and the month."""
    count, draws = 200, Draws(RULES.seed, RULES.replication)
    world = replace(World(plans([0, 1, 2]), segments(1, 3, join=1.0)), offers=offers([2], reach=0.5, brand=1.0))
    gone(who := people(count), slice(None))
    made = decisions_today(everybody_considers(world).with_rules(ceiling=math.inf), who, today=45, month=3)
    ids = [subscriber(i) for i in range(count)]
    taste = [draws.uniforms(np.array(ids), Purpose.CHOICE, 45 << 12 | int(n))[0] for n in world.plans.number]
    value = -np.log(-np.log(np.array(taste)))
    reach = [
        draws.uniforms(campaign(i, int(world.offers.number[0]), 3), Purpose.CAMPAIGN, 3)[0][0] for i in range(count)
    ]
    value[2] += np.array(reach) < 0.5
    assert made.plan.tolist() == np.argmax(value, axis=0).tolist()
    moment, _ = draws.uniforms(np.array(ids), Purpose.MOMENT, 45)
    assert made.at_us.tolist() == [45 * DAY_US + int(u * DAY_US) for u in moment.tolist()]
    lapsing = replace(TWO, segments=segments(1, 2, lapse=0.2))
    _, height = draws.uniforms(np.array(ids), Purpose.CANDIDATE, 8)
    lapsed = decisions_today(lapsing, people(count), numbers=np.full(count, 8)).id
    assert lapsed.tolist() == np.flatnonzero(height * RULES.day_bound < daily(0.2, 30)).tolist()


def left(world: World, **state: Any) -> set[int]:
    made = decisions_today(everybody_considers(world), people(400, **state))
    return set(made.id[made.kind == LEAVE].tolist())


def test_price_satisfaction_tenure_products_and_locks_each_keep_customers() -> None:
    """Those whom a change keeps are a part of those who would leave: nobody leaves because of it."""
    world = replace(
        TWO,
        segments=segments(
            1, 2, price=0.05, loyalty=2.0, tenure=0.5, bundle=0.7, switching=0.5, handset_lock=0.7, satisfaction=50.0
        ),
    )
    plain = {"satisfaction": 50.0, "satisfaction_day": 40, "joined_day": 0}
    base = left(world, **plain)
    assert 0 < len(base) < 400
    bound = {"contract_end": 400, "joined_day": 0}
    better: list[tuple[World, dict[str, Any]]] = [
        (world, {**plain, "satisfaction": 80.0}),
        (world, {**plain, "joined_day": -2_000}),
        (world, {**plain, "products": 1}),
        (world, {**plain, **bound, "leaving_fen": 2_000}),
        (world, {**plain, **bound, "handset_locked": True}),
        (world, {**plain, "credit_fen": 1_000, "credit_end": 400}),
        (world.with_segments(switching=1.0), plain),
        (replace(world, plans=world.plans._replace(fee_fen=np.array([4_000, 5_000]))), plain),
        (replace(world, standing=Standing(np.array([[0.5, 0.0]]), np.zeros(1))), plain),
        (replace(world, standing=Standing(np.zeros((1, 2)), np.array([0.5]))), plain),
    ]
    for better_world, state in better:
        assert left(better_world, **state) < base
    worse: list[tuple[World, dict[str, Any]]] = [
        (world, {**plain, "satisfaction": 20.0}),
        (world.with_rules(port_lowers=0.4), plain),
        (replace(world, plans=world.plans._replace(fee_fen=np.array([6_000, 5_000]))), plain),
        (replace(world, offers=offers([1], subsidy_fen=20_000)), plain),
        (replace(world, offers=offers([1], price_cut_fen=1_000, term_days=365)), plain),
    ]
    for worse_world, state in worse:
        assert left(worse_world, **state) > base
    ended = {**plain, "contract_end": 40, "leaving_fen": 2_000, "handset_locked": True, "credit_fen": 1_000}
    assert left(world, **ended, credit_end=40) == base


def test_an_offer_that_binds_more_than_it_gives_is_left_alone() -> None:
    world = replace(TWO, segments=segments(1, 2, price=0.05, contract=1.0))
    poor = replace(world, offers=offers([1], subsidy_fen=100, lock_days=730))
    assert left(poor) == left(world)
    made = decisions_today(everybody_considers(poor), people(50))
    assert set(made.campaign.tolist()) == {-1}


def test_the_best_offer_that_reaches_a_subscriber_is_the_one_taken_and_told() -> None:
    world = replace(TWO, segments=segments(1, 2, price=0.05))
    campaigns = offers([1, 1, 1], subsidy_fen=[10_000, 60_000, 90_000], reach=[1.0, 1.0, 0.0])
    who, kept = people(300), diary.empty_diary(300, range(300), 1_000)
    made = decisions_today(everybody_considers(replace(world, offers=campaigns)), who, kept=kept)
    assert set(made.campaign[made.kind == LEAVE].tolist()) == {1}
    assert set(made.campaign[made.kind == STAY].tolist()) == {-1}
    told = {(int(i), int(kind)): (int(a), int(b)) for i, _, kind, a, b in diary.events(kept)}
    for decision in made:
        reached_by = 1 if decision.kind == LEAVE else 0
        assert told[decision.id, int(Happened.CONSIDERED)] == (decision.plan, reached_by)
        asked = told.get((decision.id, int(Happened.ASKED_TO_LEAVE)))
        assert asked == ((decision.plan, 1) if decision.kind == LEAVE else None)


def test_only_our_customers_ask_us_to_let_them_go() -> None:
    who, kept = people(100, plan=1, operator=1), diary.empty_diary(100, range(100), 300)
    made = decisions_today(everybody_considers(TWO), who, kept=kept)
    assert LEAVE in made.kind
    assert set(diary.events(kept)[:, 2].tolist()) == {int(Happened.CONSIDERED)}


def test_the_gap_is_what_staying_lacks_and_names_the_best_plan_to_stay_with() -> None:
    world = World(plans([0, 0, 1], fee_fen=[6_000, 5_000, 5_500]), segments(1, 3, price=0.05, switching=0.5))
    made = decisions_today(everybody_considers(world), people(500))
    assert set(made.kind.tolist()) == {STAY, CHANGE_PLAN, LEAVE}
    assert (made.gap[made.kind == LEAVE] > 0).all()
    assert (made.gap[made.kind != LEAVE] == 0).all()
    assert (made.stay_plan[made.kind != LEAVE] == made.plan[made.kind != LEAVE]).all()
    leaving = made[made.kind == LEAVE]
    between = len(leaving) // 2
    middle = float(np.sort(leaving.gap)[between - 1 : between + 1].mean())
    saved = decisions_today(everybody_considers(world.with_segments(switching=0.5 + middle)), people(500))
    stayed = set(saved.id[saved.kind != LEAVE].tolist()) - set(made.id[made.kind != LEAVE].tolist())
    assert stayed == set(leaving.id[leaving.gap < middle].tolist())
    kept_plans = dict(zip(saved.id.tolist(), saved.plan.tolist(), strict=True))
    assert all(kept_plans[d.id] == d.stay_plan for d in leaving if d.id in stayed)


def test_a_tactics_terms_keep_exactly_those_who_would_leave_without_them() -> None:
    world = replace(TWO, segments=segments(1, 2, price=0.05, bundle=0.7, handset_lock=0.8), wake=(0.0, 0.0, 0.0, 0.0))
    terms = {
        GIVEN_CREDIT: {"credit_fen": 1_500, "credit_end": 400},
        GIVEN_CONTRACT: {"contract_end": 400, "leaving_fen": 2_000, "handset_locked": True},
        GIVEN_PRODUCT: {"products": 1},
    }
    would_leave = left(world)
    for bit, state in terms.items():
        who = people(400, tactic=3, terms=bit, **state)
        made = decisions_today(everybody_considers(world), who)
        leaves = set(made.id[made.kind == LEAVE].tolist())
        assert set(made.id[made.kept].tolist()) == would_leave - leaves
        assert len(would_leave - leaves) > 0
        own_doing = people(400, **state)
        assert not decisions_today(everybody_considers(world), own_doing).kept.any()


def test_a_tactic_does_not_keep_those_whom_our_standing_keeps() -> None:
    world = replace(TWO, segments=segments(1, 2, bundle=0.7), wake=(0.0, 0.0, 0.0, 0.0))
    world = replace(world, standing=Standing(np.array([[0.3, 0.0]]), np.array([0.3])))
    would_leave = left(world)
    made = decisions_today(everybody_considers(world), people(400, tactic=3, terms=GIVEN_PRODUCT, products=1))
    leaves = set(made.id[made.kind == LEAVE].tolist())
    assert set(made.id[made.kept].tolist()) == would_leave - leaves
    assert 0 < len(would_leave - leaves) < len(left(TWO) - leaves)


# --- any market -----------------------------------------------------------------------------------------------------


def any_market(seed: int, count: int = 60) -> tuple[World, Any]:
    """A random market in which everything can happen to anyone."""
    random = np.random.default_rng(seed)
    operators, number_of_plans, kinds = 3, int(random.integers(3, 7)), 2
    of = np.concatenate([np.arange(operators), random.integers(0, operators, number_of_plans - operators)])

    def sizes(name: str, top: float) -> dict[str, Any]:
        return {name: random.uniform(0, top, kinds)}

    hazards = {name: random.uniform(0, 0.03, kinds) for name in ("base", "expiry", "complaint", "neighbour", "lapse",
               "arrears", "reregister", "join", "price_rise")}  # fmt: skip
    tastes = {name: random.uniform(0, 1, kinds) for name in ("quality", "onnet", "loyalty", "tenure", "bundle",
              "switching", "handset_lock", "contract", "migration", "dissatisfaction")}  # fmt: skip
    campaigns = int(random.integers(0, 4))
    world = World(
        plans(
            of, fee_fen=random.integers(0, 12_000, number_of_plans), minutes=random.integers(0, 500, number_of_plans),
            extra_milli_fen=random.integers(0, 20_000, number_of_plans),
            rise_day=random.integers(-100, 40, number_of_plans),
            term_days=random.integers(0, 2, number_of_plans) * 365,
        ),
        segments(
            kinds, number_of_plans, random.normal(0, 0.5, (kinds, number_of_plans)), **hazards, **tastes,
            **sizes("price", 0.05),
        ),
        offers(
            random.integers(0, operators, campaigns), kinds, reach=random.uniform(0, 1, campaigns),
            wake=random.uniform(0, 0.03, campaigns), price_cut_fen=random.integers(0, 2_000, campaigns),
            term_days=random.integers(0, 700, campaigns), subsidy_fen=random.integers(0, 50_000, campaigns),
            lock_days=random.integers(0, 2, campaigns) * 730, products=random.integers(0, 2, campaigns),
            brand=random.normal(0, 0.2, campaigns), active=random.random(campaigns) < 0.8,
        ),
        RULES._replace(seed=int(random.integers(2**32)), circle=5, day_bound=daily(0.6, 28)),
        Standing((of == 0) * random.uniform(0, 0.3, (kinds, number_of_plans)), random.uniform(0, 0.3, kinds)),
        wake=(0.0, 0.02),
        quality=tuple(random.uniform(0.5, 1, operators)),
        own_lapse=random.uniform(0, 0.05, count) if random.random() < 0.5 else np.zeros(0),
    )  # fmt: skip
    plan = random.integers(0, number_of_plans, count)
    who = people(
        count, plan=plan, operator=of[plan], segment=random.integers(0, kinds, count),
        usage=random.integers(0, 2_000, count), satisfaction=random.uniform(0, 100, count),
        satisfaction_day=random.integers(-50, 40, count), joined_day=random.integers(-3_000, 40, count),
        contract_end=random.integers(-100, 700, count), credit_end=random.integers(-100, 700, count),
        credit_fen=random.integers(0, 3_000, count), leaving_fen=random.integers(0, 3_000, count),
        complaint_day=random.integers(-50, 40, count), woken_until=random.integers(0, 80, count),
        woken_by=random.integers(-1, 2, count), products=random.integers(0, 3, count),
        tactic=random.integers(-1, 2, count), terms=random.integers(0, 8, count),
        handset_locked=random.random(count) < 0.3,
        suspended_until=np.where(random.random(count) < 0.1, random.integers(38, 43, count), LONG_AGO),
    )  # fmt: skip
    gone(who, random.random(count) < 0.1)
    return world, who


@QUICK
@given(SEEDS)
def test_both_engines_decide_the_same_to_the_bit(seed: int) -> None:
    left_behind = []
    for engine in (PLAIN, compiled()):
        world, who = any_market(seed)
        network, kept = world.network(who), diary.empty_diary(who.size, range(who.size), 600)
        network.circle_day[::2] = 35
        made = [
            decisions_today(world, who, today, network, kept, engine, numbers=np.full(who.size, today)).tobytes()
            for today in (40, 41, 42)
        ]
        left_behind.append((made, who.tobytes(), diary.events(kept).tolist()))
    assert left_behind[0] == left_behind[1]


def test_random_markets_hold_every_kind_of_decision() -> None:
    kinds: set[int] = set()
    for seed in range(40):
        kinds |= set(decisions_today(*any_market(seed), engine=compiled()).kind.tolist())
    assert kinds == {STAY, CHANGE_PLAN, LEAVE, JOIN, LAPSE, SUSPEND, END_SUSPENSION, REREGISTER}


@QUICK
@given(SEEDS, st.sampled_from(["fee", "brand", "switching", "credit", "lock", "product"]))
def test_a_better_offer_of_ours_never_moves_a_customer_from_one_rival_to_another(seed: int, better: str) -> None:
    chosen = []
    for improved in (False, True):
        world, who = any_market(seed, 300)
        if improved:
            ours, mine = world.plans.operator == 0, who.operator == 0
            assert world.standing is not None
            if better == "fee":
                fees = world.plans.fee_fen
                world = replace(world, plans=world.plans._replace(fee_fen=np.where(ours, fees // 2, fees)))
            elif better == "brand":
                world = replace(world, standing=world.standing._replace(brand=world.standing.brand + 0.7 * ours))
            elif better == "switching":
                world = replace(world, standing=world.standing._replace(switching=world.standing.switching + 0.7))
            elif better == "credit":
                who.credit_fen[mine], who.credit_end[mine] = 4_000, 800
            elif better == "lock":
                who.handset_locked[mine] = True
            else:
                who.products[mine] += 1
        world = world.with_segments(
            base=1.0, join=1.0, expiry=0.0, lapse=0.0, arrears=0.0, reregister=0.0, dissatisfaction=0.0
        )
        world = replace(world.with_rules(day_bound=1.0, ceiling=math.inf), own_lapse=np.zeros(0))
        made = decisions_today(world, who, engine=compiled())
        chosen.append({d.id: d.plan for d in made if d.kind != END_SUSPENSION})
    before, after = chosen
    assert before.keys() == after.keys()
    operator = world.plans.operator
    moved = {i for i in before if operator[before[i]] != operator[after[i]]}
    assert all(operator[after[i]] == 0 for i in moved)
    others = {i for i in before if operator[before[i]] != 0 and operator[after[i]] != 0}
    assert all(before[i] == after[i] for i in others)


@QUICK
@given(SEEDS)
def test_one_more_subscriber_changes_no_decision_of_the_others(seed: int) -> None:
    """At equal shares of the operators, which everybody sees."""
    world, who = any_market(seed, 80)
    network = world.network(who)
    fewer = replace(world, own_lapse=world.own_lapse[:79]).with_rules(ceiling=80 / 79)
    all_made = decisions_today(world, who.copy(), network=network, engine=compiled())
    some_made = decisions_today(fewer, who[:79].copy(), network=network, engine=compiled())
    assert all_made[all_made.id < 79].tobytes() == some_made.tobytes()
