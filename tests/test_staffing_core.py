"""Staffing: exact service, shifts, covering, and the cheapest plan that keeps its promises, against enumeration."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scenarios import Study
from scenarios.units import HOUR_US
from sim.queueing.abandonment import erlang_a
from standfast.staffing.covering import solve_cover
from standfast.staffing.demand import demand_of, demands_of
from standfast.staffing.limits import Limits
from standfast.staffing.plan import Demand, NoPlan, Patterns, PlannedShift, StaffPlan, meets
from standfast.staffing.requirement import estimated_requirement, least_counters
from standfast.staffing.rest import rested_crew
from standfast.staffing.search import search
from standfast.staffing.service import ExactJudge, is_quick
from standfast.staffing.shifts import patterns_of
from standfast.staffing.stretches import Stretch, WholeDays

pytestmark = pytest.mark.usefixtures("exact_days_once")

SHARED = Path(__file__).parents[1].parent / "shared" / "validation"
OPENS = 9 * 60


def clock(minute: float) -> str:
    at = OPENS + round(minute)
    return f"{at // 60:02d}:{at % 60:02d}"


def study(
    rates: list[float],
    shifts: dict[str, Any],
    *,
    service: str = "5 min",
    patience: str | None = "25 min",
    target: dict[str, str] | None = None,
    staffing: dict[str, Any] | None = None,
    hall: dict[str, Any] | None = None,
) -> Study:
    """One exponential hall from 09:00, a rate an hour for each half hour."""
    target = target or {"busy": "10 min", "idle": "10 min", "share": "90 %"}
    leaves = {"patience": {"dist": "exponential", "mean": patience}} if patience else {}
    spec: dict[str, Any] = {
        "hours": f"{clock(0)}-{clock(30 * len(rates))}",
        "arrivals": {"rate": {clock(30 * n): f"{rate:g}/h" for n, rate in enumerate(rates)}},
        "customers": {"all": {"share": "100 %", "target": target, **leaves}},
        "transactions": {"visit": {"share": "100 %", "service": {"dist": "exponential", "mean": service}}},
    }
    plan = {"abandonment": "100 %", "shifts": shifts, **(staffing or {})}
    return Study.model_validate(
        {"name": "s", "horizon": "1 days", "halls": {"h": {**spec, **(hall or {})}}, "staffing": plan}
    )


def shift(hours: float, cost: float, *starts: str, **more: Any) -> dict[str, Any]:
    return {"length": f"{hours:g} h", "starts": list(starts), "cost": f"{cost:g} CNY", **more}


def planned(of: Study, limits: Limits | None = None) -> StaffPlan | NoPlan:
    (demand,) = demands_of(of)
    assert of.staffing is not None
    judge = ExactJudge()
    cap = of.staffing.abandonment if of.staffing.abandonment < 1 else None
    return search(demand, patterns_of(demand, of.staffing.shifts), judge, judge, cap, limits)


def good(of: Study, limits: Limits | None = None) -> StaffPlan:
    found = planned(of, limits)
    assert isinstance(found, StaffPlan), found
    return found


SMALL = [20.0, 34.0, 40.0, 30.0, 22.0, 36.0, 30.0, 16.0]
HALF_DAYS = {"morning": shift(2, 20, "09:00"), "later": shift(2, 20, "10:00-11:00"), "all": shift(4, 36, "09:00")}


def published() -> tuple[Study, dict[str, Any]]:
    path = SHARED / "shift_optimum.json"
    if not path.exists():
        pytest.skip("the validation numbers are not beside this checkout")
    truth = json.loads(path.read_text(encoding="utf-8"))
    starts: dict[int, list[str]] = {}
    for first, length in truth["outputs"]["shift_types"]:
        starts.setdefault(length, []).append(clock(30 * first))
    shifts = {f"{n}": shift(n / 2, truth["cost"][f"{n // 2}h"], *at) for n, at in starts.items()}
    return study(truth["inputs"]["arrival_per_hour"], shifts), truth["outputs"]


def test_the_published_optimum_is_found_and_confirmed_by_the_exact_chain() -> None:
    of, truth = published()
    (demand,) = demands_of(of)
    judge = ExactJudge()
    plan = search(demand, patterns_of(demand, _shifts(of)), judge, judge, None)
    assert isinstance(plan, StaffPlan)
    assert (plan.cost_fen, plan.lower_bound_fen, plan.proven) == (2640, 2640, True)
    assert round(truth["exact_optimum_cost"] * 100) == 2640
    (only,) = truth["optimal_plans"]
    assert plan.counters.tolist() == only["servers"]
    fresh = ExactJudge()(demand, plan.counters)
    assert np.allclose(fresh.over["all"], only["P"], atol=1e-5)
    assert meets(demand, fresh, None).all()
    cover = solve_cover(truth["sipp_requirement"], patterns_of(demand, _shifts(of)))
    assert cover is not None
    assert cover.cost_fen == round(100 * truth["sipp_plan_cost"])
    least = least_counters(demand, judge, None, estimated_requirement(demand, None))
    assert least.tolist() == truth["period_lower_bounds"]
    assert plan.binding is not None
    assert (plan.binding.cell, plan.binding.class_, plan.binding.cost_fen) == (1, "all", 350)
    assert plan.binding.with_one_more < 0.01 < plan.binding.now < plan.binding.limit
    count = judge.evaluations
    judge(demand, plan.counters)
    assert judge.evaluations == count, "a judged plan is judged again"


def _shifts(of: Study) -> dict[str, Any]:
    assert of.staffing is not None
    return of.staffing.shifts


def test_union_airways_costs_30610_by_the_covering_of_every_plan() -> None:
    path = SHARED / "queue_tables.csv"
    if not path.exists():
        pytest.skip("the validation numbers are not beside this checkout")
    with path.open(encoding="utf-8") as file:
        (row,) = [row for row in csv.DictReader(file) if row["id"] == "SH-29"]
    periods = [(6, 8), (8, 10), (10, 12), (12, 14), (14, 16), (16, 18), (18, 20), (20, 22), (22, 24), (0, 6)]
    need = [48, 79, 65, 87, 64, 73, 82, 43, 52, 15]
    shifts = {"1": (6, 14, 170), "2": (8, 16, 160), "3": (12, 20, 175), "4": (16, 24, 180), "5": (22, 30, 195)}
    cover = [[int(a <= p < b or a <= p + 24 < b) for p, _ in periods] for a, b, _ in shifts.values()]
    patterns = Patterns(
        cover=np.array(cover, dtype=np.int64),
        cost_fen=np.array([100 * cost for _, _, cost in shifts.values()], dtype=np.int64),
        shift=tuple(shifts),
        start_us=np.array([a * HOUR_US for a, _, _ in shifts.values()], dtype=np.int64),
        end_us=np.array([b * HOUR_US for _, b, _ in shifts.values()], dtype=np.int64),
        breaks=((),) * len(shifts),
        part_time=np.zeros(len(shifts), dtype=np.bool_),
        most={},
    )
    found = solve_cover(need, patterns)
    assert found is not None
    assert found.cost_fen == 100 * 30_610 == round(100 * float(row["exact"]))
    assert found.people.tolist() == [48, 31, 39, 43, 15]


def test_the_post_office_needs_23_people_by_the_covering_of_every_plan() -> None:
    """Five days in a row of seven: Winston, Operations Research, 4th ed., section 3.5; 22 1/3 without whole people."""
    need = [17, 13, 15, 19, 14, 16, 11]
    cover = [[int((day - first) % 7 < 5) for day in range(7)] for first in range(7)]
    days = np.arange(7, dtype=np.int64) * 24 * HOUR_US
    patterns = Patterns(
        cover=np.array(cover, dtype=np.int64),
        cost_fen=np.full(7, 100, dtype=np.int64),
        shift=tuple("mtwhfsu"),
        start_us=days,
        end_us=days + 120 * HOUR_US,
        breaks=((),) * 7,
        part_time=np.zeros(7, dtype=np.bool_),
        most={},
    )
    found = solve_cover(need, patterns)
    assert found is not None
    assert (found.cost_fen, int(found.people.sum())) == (2_300, 23)
    assert (found.counters >= need).all()


def random_hall(seed: int) -> Study:
    """A hall of 8–12 half hours and about 3–6 counters, with shifts of three lengths."""
    rng = np.random.default_rng(seed)
    cells, service = int(rng.integers(8, 13)), float(rng.choice([4.0, 5.0, 6.0]))
    load = rng.uniform(1.2, 2.0) + rng.uniform(0.5, 1.8) * np.sin(np.linspace(0, np.pi, cells)) ** 2
    rates = [round(float(x) * 60 / service) for x in load * rng.uniform(0.8, 1.2, cells)]
    patience = None if rng.random() < 0.2 else f"{rng.choice([10, 20, 30])} min"
    target = f"{rng.choice([5, 8, 10])} min"
    whole = cells / 2
    shifts = {
        "short": shift(1.5, rng.integers(16, 20), f"09:00-{clock(30 * cells - 90)}"),
        "middle": shift(3, rng.integers(28, 33), f"09:00-{clock(30 * cells - 180)}", every="1 h"),
        "whole": shift(whole, round(float(rng.uniform(8.5, 9.5)) * whole), "09:00"),
    }
    return study(
        rates,
        shifts,
        service=f"{service:g} min",
        patience=patience,
        target={"busy": target, "idle": target, "share": str(rng.choice(["90 %", "95 %"]))},
        staffing={"abandonment": str(rng.choice(["100 %", "6 %", "10 %"]))},
    )


def cheaper_covers(patterns: Patterns, least: list[int], budget_fen: int) -> set[tuple[int, ...]]:
    """Counters of every plan that costs less than the budget and has the least counters."""
    order = np.argsort(patterns.start_us, kind="stable")
    cover, cost_fen = patterns.cover[order], patterns.cost_fen[order]
    settled = [int(np.argmax(row)) for row in cover] + [len(least)]  # no later pattern opens a counter before
    found: set[tuple[int, ...]] = set()

    def add(pattern: int, counters: np.ndarray[Any, Any], cost: int) -> None:
        missing = np.array(least) - counters
        done = settled[pattern]
        if (missing[:done] > 0).any() or cost + max(0, int(missing.max())) * int(cost_fen.min()) >= budget_fen:
            return
        if pattern == len(patterns):
            found.add(tuple(counters.tolist()))
            return
        while cost < budget_fen:
            add(pattern + 1, counters, cost)
            counters, cost = counters + cover[pattern], cost + int(cost_fen[pattern])

    add(0, np.zeros(len(least), dtype=np.int64), 0)
    return found


def gap_to_enumeration(of: Study) -> float:
    """How much dearer the plan is than the cheapest there is, all cheaper plans tried one by one by the exact chain."""
    (demand,) = demands_of(of)
    plan = good(of)
    judge = ExactJudge()
    assert of.staffing is not None
    cap = of.staffing.abandonment if of.staffing.abandonment < 1 else None
    assert meets(demand, judge(demand, plan.counters), cap).all(), "a plan that misses its targets is called good"
    assert plan.proven
    patterns = patterns_of(demand, of.staffing.shifts)
    least = []
    for cell in range(demand.cells):
        counters = np.full(demand.cells, 8)
        counters[cell] = 1
        while not meets(demand, judge(demand, counters), cap)[cell]:
            counters[cell] += 1
        least.append(int(counters[cell]))
    costs = []
    for counters in sorted(cheaper_covers(patterns, least, plan.cost_fen)):
        if meets(demand, judge(demand, counters), cap).all():
            cover = solve_cover(counters, patterns)
            assert cover is not None
            costs.append(cover.cost_fen)
    return plan.cost_fen / min(costs, default=plan.cost_fen) - 1.0


def test_no_plan_of_a_small_hall_is_cheaper_by_enumeration() -> None:
    gaps = [gap_to_enumeration(random_hall(seed)) for seed in QUICK]
    assert max(gaps) == 0.0


QUICK = (9, 10, 11)


@pytest.mark.slow
def test_twenty_random_halls_against_enumeration() -> None:
    gaps = [gap_to_enumeration(random_hall(seed)) for seed in range(100, 120)]
    assert np.mean(gaps) <= 0.01
    assert max(gaps) <= 0.03


def test_a_hall_that_cannot_be_staffed_says_where_and_how_near_it_comes() -> None:
    found = planned(study(SMALL, {"late": shift(2, 20, "11:00"), "early": shift(1.5, 16, "09:00")}))
    assert isinstance(found, NoPlan)
    assert 3 in found.blocking
    assert found.best_counters[3] == 0
    assert "10:30-11:00 needs" in found.why
    assert "allow 0 at most" in found.why
    assert found.best_service.over["all"][3] > 0.1
    assert not set(found.blocking) & {5, 6, 7}, "half hours that shifts can staff are blamed"


@pytest.mark.parametrize("limits", [Limits(seats=3), Limits(seats=4)])
def test_seats_bound_every_plan_or_leave_none(limits: Limits) -> None:
    found = planned(study(SMALL, HALF_DAYS), limits)
    if isinstance(found, NoPlan):
        assert limits.seats == 3
        assert found.best_counters.max() <= 3
        assert found.blocking
        assert not meets(next(demands_of(study(SMALL, HALF_DAYS))), found.best_service, None)[
            list(found.blocking)
        ].any()
    else:
        assert found.counters.max() <= 4


def test_the_most_of_a_shift_and_the_part_time_share_are_kept() -> None:
    part = {name: {**one, "part_time": name != "all"} for name, one in HALF_DAYS.items()}
    free = good(study(SMALL, part))
    assert sum(one.number * 2 for one in free.shifts if one.part_time) > 0
    capped = good(study(SMALL, part), Limits(part_time_share=0.2))
    hours = {
        kind: sum(one.number * (one.end_us - one.start_us) for one in capped.shifts if one.part_time is kind)
        for kind in (True, False)
    }
    assert hours[True] <= 0.2 * (hours[True] + hours[False])
    assert capped.cost_fen >= free.cost_fen
    few = {**HALF_DAYS, "all": {**HALF_DAYS["all"], "most": 1}}
    plan = good(study(SMALL, few))
    assert sum(one.number for one in plan.shifts if one.shift == "all") <= 1
    assert plan.cost_fen >= good(study(SMALL, HALF_DAYS)).cost_fen


def test_breaks_lie_in_their_windows_and_are_staggered_where_customers_wait() -> None:
    pause = {"length": "30 min", "window": "10:00-12:00"}
    plan = good(study(SMALL, {"all": shift(4, 30, "09:00", breaks=[pause]), "short": shift(1.5, 17, "09:00-11:30")}))
    (demand,) = demands_of(study(SMALL, HALF_DAYS))
    counters = np.zeros(demand.cells, dtype=np.int64)
    for one in plan.shifts:
        at_work = [one.start_us <= at < one.end_us for at in demand.cells_us.tolist()]
        for begin_us, end_us in one.breaks:
            assert 10 * HOUR_US <= begin_us < end_us <= 12 * HOUR_US
            assert end_us - begin_us == HOUR_US // 2
            at_work = [on and not begin_us <= at < end_us for on, at in zip(at_work, demand.cells_us, strict=True)]
        assert len(one.breaks) == (one.shift == "all")
        counters += one.number * np.array(at_work)
    assert counters.tolist() == plan.counters.tolist()
    breaks = {one.breaks[0][0] for one in plan.shifts if one.shift == "all"}
    assert len(breaks) > 1
    assert sum(one.cost_fen for one in plan.shifts) == plan.cost_fen


def test_two_breaks_never_overlap_and_a_start_without_room_for_them_is_left_out() -> None:
    pauses = [{"length": "30 min", "window": "10:00-11:00"}, {"length": "30 min", "window": "10:30-11:30"}]
    (demand,) = demands_of(of := study(SMALL, {"all": shift(2, 36, "08:30", "09:30", "11:00", breaks=pauses)}))
    patterns = patterns_of(demand, _shifts(of))
    assert set(patterns.start_us.tolist()) == {19 * HOUR_US // 2}
    placed = [tuple((at / HOUR_US, end / HOUR_US) for at, end in one) for one in patterns.breaks]
    assert sorted(placed) == [((10.0, 10.5), (10.5, 11.0)), ((10.0, 10.5), (11.0, 11.5)), ((10.5, 11.0), (11.0, 11.5))]
    assert patterns.cover.sum(axis=1).tolist() == [2, 2, 2]


def test_more_customers_never_need_fewer_counters() -> None:
    estimates, leasts = [], []
    for factor in (0.4, 0.7, 1.0, 1.6):
        (demand,) = demands_of(study([factor * rate for rate in SMALL], HALF_DAYS))
        estimates.append(estimated_requirement(demand, 0.05))
        leasts.append(least_counters(demand, ExactJudge(), 0.05, estimates[-1]))
    assert (np.diff(estimates, axis=0) >= 0).all()
    assert (np.diff(leasts, axis=0) >= 0).all()
    assert (leasts[-1] > leasts[0]).all()


@pytest.mark.parametrize("rate", [1.0, 6.0, 12.0, 23.0, 24.0, 40.0, 95.0])
def test_the_estimate_is_the_fewest_counters_that_do_and_starts_no_search_too_high(rate: float) -> None:
    (demand,) = demands_of(study([rate] * 12, HALF_DAYS, patience="20 min"))
    (needed,) = set(estimated_requirement(demand, 0.04)[6:].tolist())
    fine = [
        erlang_a(rate / 60, 1 / 5, 1 / 20, s).p_abandon <= 0.04
        and erlang_a(rate / 60, 1 / 5, 1 / 20, s).p_offered_wait_over(10.0) <= 0.1
        for s in range(1, needed + 1)
    ]
    assert fine == [False] * (needed - 1) + [True]


def test_a_stretch_fails_in_whole_days_as_it_fails_alone() -> None:
    (demand,) = demands_of(study(SMALL, HALF_DAYS))
    judge = ExactJudge()
    asked = [
        Stretch(2, (2,), 2),
        Stretch(2, (3,), 2),
        Stretch(5, (3, 3), 6),
        Stretch(5, (3, 2), 6),
        Stretch(0, (1,), 0),
    ]
    alone = judge.fail(demand, asked, None)
    assert alone == WholeDays(judge).fail(demand, asked, None)
    assert {True, False} == set(alone)


def test_a_search_that_asks_whole_days_alone_finds_the_same_cost() -> None:
    of = study(SMALL, HALF_DAYS)
    (demand,) = demands_of(of)
    judge = ExactJudge()
    found = search(demand, patterns_of(demand, _shifts(of)), judge, WholeDays(judge), None)
    assert isinstance(found, StaffPlan)
    assert found.cost_fen == good(of).cost_fen


def test_a_plan_that_fresh_days_refuse_is_not_given() -> None:
    of = study(SMALL, HALF_DAYS)
    (demand,) = demands_of(of)
    judge, first = ExactJudge(), good(of)
    patterns = patterns_of(demand, _shifts(of))
    tried: list[int] = []

    def confirm(_: Demand, counters: np.ndarray[Any, Any]) -> bool:
        tried.append(int(counters.sum()))
        return counters.tolist() != first.counters.tolist()

    found = search(demand, patterns, judge, judge, None, confirm=confirm)
    assert isinstance(found, StaffPlan)
    assert tried
    assert found.counters.tolist() != first.counters.tolist()
    assert found.cost_fen >= first.cost_fen


@cache
def varied() -> Study:
    """A hall with a class that goes first, a calendar and days that differ."""
    patience = {"dist": "exponential", "mean": "20 min"}
    customers: dict[str, Any] = {
        "vip": {"share": "20 %", "priority": 1, "patience": patience, "target": {"busy": "4 min", "idle": "3 min"}},
        "std": {"share": "80 %", "priority": 2, "patience": patience, "target": {"busy": "12 min", "idle": "8 min"}},
    }
    arrivals = {
        "rate": {"09:00": "24/h", "10:00": "36/h"},
        "weekday": {"mon": 1.2, "sat": 2},
        "day_of_month": {"1-3": 1.3, "28": 1.5},
        "holiday": 0.5,
        "day_to_day_cv": 0.2,
    }
    hall = {
        "customers": customers,
        "arrivals": arrivals,
        "busy": {"hours": ["10:00-10:45"], "day_of_month": [28]},
        "days": {"holiday": "10:00-12:00"},
    }
    days = {"days": ["ordinary", "month_start", "month_end", "holiday", {"promotion": {"factor": 1.25}}]}
    return study(SMALL[:6], HALF_DAYS, hall=hall, staffing=days)


def test_kinds_of_day_take_their_factors_hours_and_targets_from_the_calendar() -> None:
    days = {one.day: one for one in demands_of(varied())}
    assert list(days) == ["ordinary", "month_start", "month_end", "holiday", "promotion"]
    at_ten = {name: one.rate.at(60.0 if name != "holiday" else 0.0) for name, one in days.items()}
    assert at_ten == pytest.approx(
        {"ordinary": 43.2, "month_start": 56.16, "month_end": 64.8, "holiday": 36.0, "promotion": 54.0}
    )
    assert days["holiday"].cells == 4
    vip, std = days["ordinary"].classes[1], days["ordinary"].classes[0]
    assert (vip.name, std.name) == ("vip", "std")
    assert vip.target_min.tolist() == [3, 3, 4, 4, 3, 3]
    assert days["month_end"].classes[0].target_min.tolist() == [12] * 6
    assert days["ordinary"].exact_chain
    assert not days["ordinary"].monotone


def test_classes_and_varying_days_are_judged_and_a_robust_plan_holds_on_its_share_of_days() -> None:
    of = varied()
    hall, (ordinary, *_) = of.halls["h"], of.staffing.days if of.staffing else ()
    mean, robust = demand_of("h", hall, ordinary), demand_of("h", hall, ordinary, 0.9)
    assert mean is not None
    assert robust is not None
    assert (mean.day_cv, robust.day_cv) == (0.2, 0.0)
    assert robust.rate.at(0.0) / mean.rate.at(0.0) == pytest.approx(1.2633, abs=1e-4)  # gamma, mean 1, cv 0.2
    found = [ExactJudge()(one, [5] * 6) for one in (mean, robust)]
    assert (found[1].abandoned > found[0].abandoned).all()
    short = ExactJudge()(mean, [3] * 6)
    assert (short.over["vip"][3:] < short.over["std"][3:]).all()


def test_halls_that_no_chain_describes_are_left_to_simulation() -> None:
    other = {"transactions": {"visit": {"share": "100 %", "service": {"dist": "lognormal", "mean": "5 min", "cv": 1}}}}
    (demand,) = demands_of(study(SMALL, HALF_DAYS, hall=other))
    assert not demand.exact_chain
    with pytest.raises(ValueError, match="simulation"):
        ExactJudge()(demand, [3] * 8)
    impatient = {"customers": {"all": {"share": "100 %", "patience": {"dist": "exponential", "mean": "2 min"}}}}
    (demand,) = demands_of(study(SMALL, HALF_DAYS, hall=impatient, staffing={"abandonment": "5 %"}))
    assert (demand.exact_chain, demand.monotone) == (True, False)


def test_opening_between_half_hours_cuts_the_first_and_last_cell_short() -> None:
    hall = {"hours": "09:15-11:10", "arrivals": {"rate": {"09:15": "40/h"}}}
    (demand,) = demands_of(of := study(SMALL, {"all": shift(1.5, 20, "09:30-10:00")}, hall=hall))
    assert demand.edges_min == (0.0, 15.0, 45.0, 75.0, 105.0, 115.0)
    assert [demand.clock(cell) for cell in (0, 4)] == ["09:15-09:30", "11:00-11:10"]
    assert patterns_of(demand, _shifts(of)).cover.tolist() == [[0, 1, 1, 1, 0], [0, 0, 1, 1, 1]]
    assert ExactJudge()(demand, [5] * 5).arrivals == pytest.approx([10, 20, 20, 20, 20 / 3])


def test_a_hall_that_never_closes_is_staffed_over_midnight() -> None:
    hall = {"hours": "00:00-24:00", "arrivals": {"rate": {"00:00": "10/h"}}}
    (demand,) = demands_of(of := study(SMALL, {"night": shift(8, 90, "21:00")}, hall=hall))
    assert not demand.exact_chain
    assert np.flatnonzero(patterns_of(demand, _shifts(of)).cover[0]).tolist() == [*range(10), *range(42, 48)]


def test_a_search_by_the_chain_is_for_days_that_it_judges_quickly() -> None:
    days = [*demands_of(varied()), *demands_of(study(SMALL, HALF_DAYS)), *demands_of(study([900.0] * 18, HALF_DAYS))]
    assert [is_quick(one) for one in days[-2:]] == [True, True]
    assert not is_quick(days[0])


def crew(*shifts: tuple[float, float, int]) -> list[PlannedShift]:
    return [
        PlannedShift("s", round(at * HOUR_US), round((at + length) * HOUR_US), (), number, 0, False)
        for at, length, number in shifts
    ]


def test_rest_between_days_counts_the_people_who_can_work_both() -> None:
    late, early = crew((12, 8, 2), (9, 8, 1)), crew((8, 8, 2), (12, 8, 1))
    both = rested_crew(late, early, 13 * HOUR_US)
    assert (both.matched, both.heads, both.extra) == (2, 4, 1)
    assert rested_crew(late, early, 11 * HOUR_US).extra == 0
    assert rested_crew(late, late, 11 * HOUR_US).matched == 3


def test_staffing_decides_no_run() -> None:
    from scenarios.canonical import model_parts

    of = study(SMALL, HALF_DAYS)
    assert model_parts(of) == model_parts(of.model_copy(update={"staffing": None}))
    assert "staffing" not in model_parts(of)
