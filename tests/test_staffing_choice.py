"""Halls that share staff, and kiosks, advisers and fast lanes as decisions, against enumeration and single options."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
from staffing_halls import exponential, plain_hall

from scenarios import Study
from scenarios.schema import KindOfDay
from standfast.staffing.day_plan import Job, PlannedDay, plan_group
from standfast.staffing.demand import demand_of
from standfast.staffing.limits import Crowd, Limits, Spare, most_counters
from standfast.staffing.plan import NoPlan, StaffPlan, meets
from standfast.staffing.plans import plan_study
from standfast.staffing.pool import pool_of
from standfast.staffing.search import search
from standfast.staffing.service import ExactJudge

pytestmark = pytest.mark.usefixtures("exact_days_once")

ORDINARY = KindOfDay("ordinary")
BUSY = plain_hall(arrivals={"rate": {"09:00": "34/h", "10:00": "44/h"}})
CALM = plain_hall(arrivals={"rate": {"09:00": "10/h", "10:00": "12/h"}})
WHOLE = {"length": "2 h", "starts": ["09:00"], "cost": "20 CNY"}
HALF = {"length": "1 h", "starts": ["09:00", "10:00"], "cost": "12 CNY", "most": 3}


def study(halls: dict[str, Any], **staffing: Any) -> Study:
    plan = {"abandonment": "20 %", "shifts": {"half": HALF, "whole": {**WHOLE, "most": 3}}, **staffing}
    return Study.model_validate({"name": "s", "horizon": "1 days", "halls": halls, "staffing": plan})


def planned(of: Study, *halls: str) -> tuple[PlannedDay, ...]:
    first, *others = halls
    found = plan_group(Job(of, first, ORDINARY, trade_offs=False, others=tuple(others)))
    return tuple(day for day in found if day is not None)


# halls that share staff

PAIR = {"busy": BUSY, "calm": CALM}
LENDS = {"calm": {"to": ["busy"], "travel": "3 CNY"}}


def test_a_hall_short_of_people_has_a_plan_only_with_those_another_lends_it() -> None:
    limits = {"employed": {"busy": 3, "calm": 5}}
    (alone,) = planned(study(PAIR, **limits), "busy")
    assert isinstance(alone.plan, NoPlan)
    busy, calm = planned(study(PAIR, **limits, shared=LENDS), "busy", "calm")
    assert isinstance(busy.plan, StaffPlan)
    assert isinstance(calm.plan, StaffPlan)
    assert busy.group == calm.group == ("busy", "calm")
    lent = [shift for shift in busy.plan.shifts if shift.home]
    assert {shift.home for shift in lent} == {"calm"}
    assert calm.plan.lent == tuple(("busy", _at_home(shift)) for shift in lent)
    assert sum(shift.number for shift in busy.plan.own) <= 3
    assert sum(shift.number for shift in calm.plan.own) <= 5
    for shift in lent:
        alone_fen = {"half": 1_200, "whole": 2_000}[shift.shift]
        assert shift.cost_fen == shift.number * (alone_fen + 300)
    for day in (busy, calm):
        assert meets(day.demand, ExactJudge()(day.demand, day.counters), day.cap).all()


def _at_home(shift: Any) -> Any:
    from dataclasses import replace

    return replace(shift, home="")


@pytest.mark.parametrize(
    "limits",
    [
        {"employed": {"busy": 3, "calm": 5}},
        {"employed": {"busy": 5}, "seats": {"busy": 6}},
    ],
)
def test_the_plan_of_a_group_is_the_cheapest_by_enumeration(limits: dict[str, Any]) -> None:
    of = study(PAIR, **limits, shared=LENDS)
    days = planned(of, "busy", "calm")
    plans = [day.plan for day in days]
    assert all(isinstance(plan, StaffPlan) and plan.proven for plan in plans)
    cost = sum(plan.cost_fen for plan in plans if isinstance(plan, StaffPlan))
    assert cost == sum(plan.lower_bound_fen for plan in plans if isinstance(plan, StaffPlan))
    assert cost == cheapest_by_enumeration(of)


def cheapest_by_enumeration(of: Study) -> int:
    """Try all people by home, place and pattern; judge each hall's counters by the exact chain."""
    judge = ExactJudge()
    demands = {name: demand_of(name, of.halls[name], ORDINARY) for name in ("busy", "calm")}
    ways = {"whole": ((1, 1), 2_000), "early": ((1, 0), 1_200), "late": ((0, 1), 1_200)}  # by hour
    assert of.staffing is not None
    employed, seats = of.staffing.employed, of.staffing.seats

    @cache
    def fine(name: str, hours: tuple[int, int]) -> bool:
        demand = demands[name]
        assert demand is not None
        counters = np.repeat(hours, 2)
        return max(hours) <= seats.get(name, 99) and bool(meets(demand, judge(demand, counters), 0.2).all())

    def crews(most: int) -> list[tuple[tuple[int, int], int, tuple[int, int]]]:
        """Counters by hour, cost, and people by shift."""
        found = []
        for whole, early, late in product(range(4), range(4), range(4)):
            if early + late <= 3 and whole + early + late <= most:
                found.append(
                    ((whole + early, whole + late), whole * 2_000 + (early + late) * 1_200, (whole, early + late))
                )
        return found

    best = 10**9
    for own, own_fen, _ in crews(employed.get("busy", 99)):
        for lent, lent_fen, lent_by in crews(employed.get("calm", 99)):
            hours = (own[0] + lent[0], own[1] + lent[1])
            cost = own_fen + lent_fen + 300 * sum(lent_by)
            if cost >= best or not fine("busy", hours):
                continue
            for home, home_fen, home_by in crews(employed.get("calm", 99)):
                together = [a + b for a, b in zip(lent_by, home_by, strict=True)]
                if max(together) > 3 or sum(together) > employed.get("calm", 99) or cost + home_fen >= best:
                    continue
                if fine("calm", home):
                    best = cost + home_fen
    assert ways
    return best


def test_a_limit_on_lending_is_kept_and_dear_travel_keeps_people_at_home() -> None:
    free = study(PAIR, employed={"busy": 5}, shared=LENDS)
    capped = study(PAIR, employed={"busy": 5}, shared={"calm": {**LENDS["calm"], "most": 1}})
    (busy, _), (few, _) = planned(free, "busy", "calm"), planned(capped, "busy", "calm")
    lent = [sum(shift.number for shift in day.plan.shifts if shift.home) for day in (busy, few)]  # type: ignore[union-attr]
    assert lent[1] <= 1
    assert lent[0] >= lent[1]
    dear = study(PAIR, shared={"calm": {"to": ["busy"], "travel": "500 CNY"}})
    apart = study(PAIR)
    (home, rest) = planned(dear, "busy", "calm")
    costs = [planned(apart, name)[0].plan.cost_fen for name in ("busy", "calm")]  # type: ignore[union-attr]
    assert [home.plan.cost_fen, rest.plan.cost_fen] == costs  # type: ignore[union-attr]
    assert not any(shift.home for shift in home.plan.shifts)  # type: ignore[union-attr]


def test_a_group_that_cannot_be_staffed_says_which_hall_misses_and_keeps_the_other_in_order() -> None:
    of = study(PAIR, employed={"busy": 1, "calm": 3}, shared=LENDS)
    busy, calm = planned(of, "busy", "calm")
    assert isinstance(busy.plan, NoPlan)
    assert busy.plan.blocking
    assert busy.plan.best_shifts
    if isinstance(calm.plan, StaffPlan):
        assert not calm.plan.proven
        assert meets(calm.demand, ExactJudge()(calm.demand, calm.counters), calm.cap).all()


def test_halls_that_share_are_planned_together_whatever_is_asked_for() -> None:
    of = study({**PAIR, "third": CALM}, employed={"busy": 3, "calm": 5}, shared=LENDS)
    found = plan_study(of, trade_offs=False)
    assert [day.demand.hall for day in found.days] == ["busy", "calm", "third"]
    assert all(day.found for day in found.days)
    assert [day.group for day in found.days] == [("busy", "calm")] * 2 + [("third",)]
    alone = plan_study(of, ["busy"], trade_offs=False)
    assert not alone.days[0].found, "people of a hall that was not asked for are lent"


# limits


def test_no_bound_on_counters_lies_below_what_limits_allow() -> None:
    of = study(PAIR, employed={"busy": 3, "calm": 5}, shared={"calm": {**LENDS["calm"], "most": 2}}, seats={"calm": 3})
    demands = [demand_of(name, of.halls[name], ORDINARY) for name in ("busy", "calm")]
    assert of.staffing is not None
    pool = pool_of([demand for demand in demands if demand is not None], of.staffing)
    top = most_counters(pool.patterns, pool.limits)
    assert top.tolist() == [5, 5, 5, 5, 3, 3, 3, 3]
    rng = np.random.default_rng(4)
    for _ in range(200):
        people = np.zeros(len(pool.patterns), dtype=np.int64)
        for pattern in rng.permutation(np.repeat(np.arange(len(people)), 3)):
            if Spare(pool.patterns, pool.limits, people)(int(pattern)):
                people[pattern] += 1
        assert (people @ pool.patterns.cover <= top).all()


def test_one_person_more_is_refused_where_any_limit_is_reached() -> None:
    of = study({"busy": BUSY})
    assert of.staffing is not None
    demand = demand_of("busy", BUSY_SPEC := of.halls["busy"], ORDINARY)
    assert demand is not None
    assert BUSY_SPEC
    pool = pool_of([demand], of.staffing)
    people = [0] * len(pool.patterns)
    people[0] = 2
    for limits, may in (
        (Limits(), True),
        (Limits(seats=2), False),
        (Limits(seats=3), True),
        (Limits(employed=2), False),
        (Limits(crowds=(Crowd((0, 1), 2),)), False),
        (Limits(crowds=(Crowd((1, 2), 2),)), True),
    ):
        assert Spare(pool.patterns, limits, people)(0) is may, limits


# decisions


def kiosk_hall(**changed: Any) -> dict[str, Any]:
    """Half of the customers could take to a kiosk; without one the hall is a chain."""
    hall = plain_hall(
        arrivals={"rate": {"09:00": "36/h", "10:00": "44/h"}},
        transactions={
            "pay": {"share": "50 %", "service": exponential(5), "kiosk": True},
            "other": {"share": "50 %", "service": exponential(5)},
        },
        kiosks={"count": 1, "share": "80 %", "service": exponential(2)},
    )
    return hall | changed


@cache
def decided(cost: str, employed: int = 9) -> PlannedDay:
    decisions = {"kiosks": {"counts": [0, 1, 2], "cost": cost}}
    of = study({"h": kiosk_hall()}, decisions=decisions, employed={"h": employed})
    (day,) = planned(of, "h")
    return day


def test_cheap_kiosks_are_taken_and_dear_ones_left_and_the_total_is_the_cheapest_of_all_options() -> None:
    cheap, dear = decided("5 CNY"), decided("300 CNY")
    assert isinstance(cheap.plan, StaffPlan)
    assert isinstance(dear.plan, StaffPlan)
    assert (cheap.option.kiosks or 0) > 0
    assert dear.option.kiosks == 0
    assert cheap.plan.decided_fen == 500 * (cheap.option.kiosks or 0)
    assert cheap.plan.cost_fen == cheap.plan.decided_fen + sum(shift.cost_fen for shift in cheap.plan.shifts)
    alone = {}
    for count in (0, 1, 2):
        fixed = study({"h": kiosk_hall()}, decisions={"kiosks": {"counts": [count], "cost": "5 CNY"}})
        (day,) = planned(fixed, "h")
        assert isinstance(day.plan, StaffPlan)
        alone[count] = day.plan.cost_fen
    assert cheap.plan.cost_fen == min(alone.values())
    assert cheap.plan.lower_bound_fen <= cheap.plan.cost_fen
    by_count = {tried.options[0].kiosks: tried for tried in cheap.tried}
    assert sorted(by_count) == [0, 1, 2]
    assert [tried.verdict for tried in cheap.tried].count("chosen") == 1
    for count, tried in by_count.items():
        assert count is not None
        if tried.verdict == "dearer":
            assert tried.lower_fen is not None
            assert tried.lower_fen <= alone[count]
            assert alone[count] >= cheap.plan.cost_fen
        if tried.shifts_fen is not None:
            assert tried.shifts_fen + tried.decisions_fen == alone[count]


def test_an_option_without_kiosks_is_judged_by_the_chain_and_one_with_them_by_simulation() -> None:
    dear = decided("300 CNY")
    assert dear.service.judge == "exact"
    assert [tried.exact for tried in dear.tried] == [True, False, False]
    assert isinstance(dear.plan, StaffPlan)
    assert not dear.plan.proven, "a bound of a simulated option is no proof"
    of = study({"h": kiosk_hall()}, decisions={"kiosks": {"counts": [0], "cost": "5 CNY"}})
    (exact,) = planned(of, "h")
    assert isinstance(exact.plan, StaffPlan)
    assert exact.plan.proven


def test_no_plan_only_where_no_option_has_one() -> None:
    few = {"employed": {"h": 3}}
    (without,) = planned(study({"h": kiosk_hall()}, decisions={"kiosks": {"counts": [0], "cost": "0 CNY"}}, **few), "h")
    assert isinstance(without.plan, NoPlan)
    kept = decided("5 CNY", 3)
    assert isinstance(kept.plan, StaffPlan)
    assert kept.option.kiosks
    assert kept.tried[0].verdict == "none"
    assert kept.tried[0].reasons
    none = decided("5 CNY", 1)
    assert isinstance(none.plan, NoPlan)
    assert {tried.verdict for tried in none.tried} == {"none"}
    assert none.plan.best_counters.sum() > 0


def test_the_staffing_of_the_study_is_judged_in_the_hall_as_the_study_has_it() -> None:
    with_kiosk = kiosk_hall(counters={"staffing": {"09:00": 4}})
    of = study({"h": with_kiosk}, decisions={"kiosks": {"counts": [0], "cost": "0 CNY"}})
    (day,) = planned(of, "h")
    (plain,) = planned(study({"h": with_kiosk}), "h")
    assert day.option.kiosks == 0
    assert day.before.judge == "simulated"
    assert np.allclose(day.before.over["all"], plain.before.over["all"])


def test_a_fast_lane_and_advisers_are_decided_by_what_they_save() -> None:
    hall = plain_hall(
        arrivals={"rate": {"09:00": "44/h", "10:00": "50/h"}},
        transactions={
            "pay": {"share": "60 %", "service": exponential(2)},
            "contract": {"share": "40 %", "service": exponential(10)},
        },
        advisers={
            "count": 0,
            "pre_check": {"transactions": ["contract"], "takes": exponential(1), "saves": "5 min"},
        },
    )
    decisions = {
        "advisers": {"counts": [0, 1], "cost": "1 CNY"},
        "fast_lane": {"counts": [0, 1], "serves": ["pay"], "cost": "1 CNY", "hours": "09:00-10:00"},
    }
    (day,) = planned(study({"h": hall}, decisions=decisions), "h")
    assert isinstance(day.plan, StaffPlan)
    assert len(day.tried) == 4
    assert day.option.advisers == 1
    assert day.plan.cost_fen <= min(
        tried.shifts_fen + tried.decisions_fen for tried in day.tried if tried.shifts_fen is not None
    )
    lanes = day.demand.hall_spec.counters.lanes
    assert ("fast_lane" in lanes) == (day.option.fast_lane == 1)
    if lanes:
        assert [int(lanes["fast_lane"].staffing.at(at)) for at in day.demand.cells_us.tolist()] == [1, 1, 0, 0]


def test_another_cost_of_the_same_hall_is_found_by_the_search_of_one_hall() -> None:
    of = study({"busy": BUSY})
    demand = demand_of("busy", of.halls["busy"], ORDINARY)
    assert demand is not None
    assert of.staffing is not None
    pool = pool_of([demand], of.staffing)
    judge = ExactJudge()
    alone = search(demand, pool.patterns, judge, judge, 0.2, pool.limits)
    (day,) = planned(of, "busy")
    assert isinstance(alone, StaffPlan)
    assert isinstance(day.plan, StaffPlan)
    assert (day.plan.cost_fen, day.counters.tolist()) == (alone.cost_fen, alone.counters.tolist())
