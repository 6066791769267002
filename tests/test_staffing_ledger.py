"""The ledger of counters, trade-offs, busy days and shrinkage."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from staffing_halls import demand, exponential, plain_hall, rich_hall

from standfast.staffing.frontier import (
    RELAXED,
    frontier,
    kiosk_frontier,
    kiosk_service,
    service_of,
    with_kiosk_share,
    with_slack,
)
from standfast.staffing.ledger import Estimate, Ledger, counter_ledger
from standfast.staffing.limits import Limits, Spare
from standfast.staffing.plan import Demand, Judge, NoPlan, Patterns, PlannedShift, Reason, StaffPlan, meets
from standfast.staffing.robust import day_factor, days_on_target, on_days_like, robust_demand, share_below
from standfast.staffing.service import ExactJudge
from standfast.staffing.shrinkage import at_work, exact, paid
from standfast.staffing.simulated import SimulatedJudge

pytestmark = pytest.mark.usefixtures("exact_days_once")

HALF_HOUR_US = 1_800_000_000
OPENS_US = 18 * HALF_HOUR_US
PLAN = (3, 4, 5, 5)


def patterns(*rows: tuple[str, tuple[int, ...], int], most: Mapping[str, int] | None = None) -> Patterns:
    """Patterns (shift, cover, cost) for a hall that opens at nine."""
    cover = np.array([row[1] for row in rows], dtype=np.int64)
    first, last = cover.argmax(axis=1), cover.shape[1] - cover[:, ::-1].argmax(axis=1)
    return Patterns(
        cover=cover,
        cost_fen=np.array([row[2] for row in rows], dtype=np.int64),
        shift=tuple(row[0] for row in rows),
        start_us=OPENS_US + first * HALF_HOUR_US,
        end_us=OPENS_US + last * HALF_HOUR_US,
        breaks=((),) * len(rows),
        part_time=np.zeros(len(rows), dtype=np.bool_),
        most=most or {},
    )


CATALOGUE = patterns(
    ("whole", (1, 1, 1, 1), 900), ("early", (1, 1, 0, 0), 500), ("late", (0, 0, 1, 1), 500), ("dear", (0, 0, 0, 1), 700)
)


def ledger_of(judge: Judge, **given: Any) -> Ledger:
    """The ledger of PLAN in the plain hall."""
    return counter_ledger(demand(plain_hall()), PLAN, judge, cap=0.2, days_a_month=22, **given)


# the counter ledger


def test_one_counter_fewer_spoils_visits_and_one_more_mends_them() -> None:
    ledger = ledger_of(ExactJudge(), patterns=CATALOGUE)
    assert [row.counters for row in ledger.rows] == list(PLAN)
    assert [row.start_us for row in ledger.rows] == [OPENS_US + n * HALF_HOUR_US for n in range(4)]
    for row in ledger.rows:
        assert row.fewer is not None
        assert row.more is not None
        assert row.fewer.over.value > 0 > row.more.change.over.value
        assert row.fewer.left.value > 0 > row.more.change.left.value
        assert row.fewer.over.half_width == 0


def test_one_counter_fewer_counts_what_it_does_to_later_half_hours() -> None:
    hall, judge = demand(plain_hall()), ExactJudge()
    before, after = judge(hall, PLAN), judge(hall, (2, *PLAN[1:]))
    assert after.over["all"][1] > before.over["all"][1]
    expected = float(((after.over["all"] - before.over["all"]) * before.arrivals).sum())
    fewer = ledger_of(judge).rows[0].fewer
    assert fewer is not None
    assert fewer.over.value == pytest.approx(expected)


def test_both_judges_keep_the_same_ledger_within_its_interval() -> None:
    truth, found = ledger_of(ExactJudge()), ledger_of(SimulatedJudge(seed=6, days=3_000))
    for true, row in zip(truth.rows, found.rows, strict=True):
        assert true.fewer is not None
        assert row.fewer is not None
        assert 0 < row.fewer.over.half_width < 0.25 * abs(true.fewer.over.value) + 0.05
        assert row.fewer.over.value == pytest.approx(true.fewer.over.value, abs=2 * row.fewer.over.half_width)
        # who leaves after closing is counted by the simulation alone
        assert row.fewer.left.value == pytest.approx(true.fewer.left.value, abs=2 * row.fewer.left.half_width + 0.05)


def test_common_customers_make_differences_sharp() -> None:
    hall, judge = demand(plain_hall()), SimulatedJudge(seed=6, days=1_000)
    fewer = ledger_of(judge).rows[3].fewer
    assert fewer is not None
    apart = np.hypot(*(judge.daily(hall, c)[0].std() for c in (PLAN, fewer.counters))) * 1.96 / math.sqrt(1_000)
    assert fewer.over.half_width < 0.85 * apart


def test_a_ledger_says_which_half_hours_one_counter_fewer_breaks() -> None:
    hall, judge = demand(plain_hall()), ExactJudge()
    plan = (4, 5, 6, 6)
    assert meets(hall, judge(hall, plan), 0.2).all()
    ledger = counter_ledger(hall, plan, judge, cap=0.2, days_a_month=1)
    for row in ledger.rows:
        assert row.fewer is not None
        fine = meets(hall, judge(hall, row.fewer.counters), 0.2)
        assert row.fewer.missed == tuple(np.flatnonzero(~fine).tolist())


def test_one_more_is_the_cheapest_shift_that_is_open_then() -> None:
    rows = ledger_of(ExactJudge(), patterns=CATALOGUE).rows
    chosen = [(row.more.shift, row.more.cost_fen, row.more.change.counters) for row in rows if row.more is not None]
    assert chosen == [("early", 500, (4, 5, 5, 5))] * 2 + [("late", 500, (3, 4, 6, 6))] * 2


def test_of_equally_cheap_shifts_the_one_open_longest_is_taken() -> None:
    same = patterns(("short", (1, 0, 0, 0), 500), ("long", (1, 1, 1, 0), 500))
    more = ledger_of(ExactJudge(), patterns=same).rows[0].more
    assert more is not None
    assert (more.shift, more.start_us, more.end_us) == ("long", OPENS_US, OPENS_US + 3 * HALF_HOUR_US)


def test_no_shift_is_offered_that_is_used_up_or_has_no_seat() -> None:
    limited = patterns(("whole", (1, 1, 1, 1), 900), ("late", (0, 0, 1, 1), 500), most={"late": 2})

    def offered(people: list[int], seats: int | None = None) -> Any:
        may_add = Spare(limited, Limits(seats=seats), people)
        return ledger_of(ExactJudge(), patterns=limited, may_add=may_add).rows[3].more

    free, used, full = offered([3, 0]), offered([3, 2]), offered([3, 2], seats=5)
    assert free is not None
    assert used is not None
    assert (free.shift, used.shift, full) == ("late", "whole", None)


def test_where_nobody_works_nobody_can_be_taken_away() -> None:
    hall = demand(plain_hall())
    rows = counter_ledger(hall, (0, 4, 5, 5), ExactJudge(), cap=None, days_a_month=1).rows
    assert rows[0].fewer is None
    assert rows[1].fewer is not None


def test_a_month_is_its_days() -> None:
    assert Ledger("h", "day", 22.0, ()).a_month(Estimate(2.0, 0.5)) == Estimate(44.0, 11.0)


# trade-offs


def test_the_reverse_question_tells_worst_half_hour_and_what_is_missed() -> None:
    hall, judge = demand(plain_hall()), ExactJudge()
    good, bad = service_of(hall, (9, 9, 9, 9), judge, 0.05), service_of(hall, (9, 9, 3, 9), judge, 0.05)
    assert good.meets_all
    assert good.missed == ()
    assert 2 in bad.missed
    assert (bad.worst_cell, bad.worst_class) == (2, "all")
    assert bad.worst_over == bad.service.over["all"][2]
    assert bad.left / float(bad.service.arrivals.sum()) == pytest.approx(bad.abandoned)


def cheapest(hall: Demand, cap: float | None, judge: Judge, most: int = 12) -> StaffPlan | NoPlan:
    """Whole half hours at one price: raise what misses. Enough to draw a frontier by."""
    counters = np.ones(hall.cells, dtype=np.int64)
    while not (fine := meets(hall, judge(hall, counters), cap)).all():
        counters[int(np.argmin(fine))] += 1
        if counters.max() > most:
            service = judge(hall, counters)
            return NoPlan(hall.hall, hall.day, (0,), counters, service, Reason("limits", "09:00-09:30"))
    cost = 100 * int(counters.sum())
    service = judge(hall, counters)
    shifts = (PlannedShift("any", 0, 1, (), int(counters.sum()), cost, False),)
    return StaffPlan(hall.hall, hall.day, counters, shifts, cost, 0, False, service, None)


def test_better_service_costs_more_along_the_frontier() -> None:
    hall, judge = demand(plain_hall()), ExactJudge()
    points = frontier(hall, lambda h, cap: cheapest(h, cap, judge), judge, 0.2)
    assert [point.setting for point in points] == list(RELAXED)
    costs = [point.cost_fen for point in points if point.cost_fen is not None]
    worst = [point.answer.worst_over for point in points if point.answer is not None]
    left = [point.answer.abandoned for point in points if point.answer is not None]
    assert len(costs) == len(points)
    assert costs == sorted(costs)
    assert costs[-1] > costs[0]
    assert worst[-1] < worst[0]
    assert left[-1] < left[0]
    for point in points:
        assert point.answer is not None
        assert point.answer.worst_over <= 0.1 * point.setting + 1e-9
        assert point.answer.meets_all or point.setting > 1


def test_a_point_without_a_plan_says_why() -> None:
    hall, judge = demand(plain_hall()), ExactJudge()
    (point,) = frontier(hall, lambda h, cap: cheapest(h, cap, judge, most=2), judge, None, factors=(0.5,))
    assert (point.cost_fen, point.answer) == (None, None)
    assert "too few counters around 09:00-09:30" in point.why


def test_slack_is_a_factor_on_those_who_may_wait_too_long() -> None:
    hall = demand(plain_hall())
    assert with_slack(hall, 0.5).classes[0].share_within == pytest.approx(0.95)
    assert with_slack(hall, 20).classes[0].share_within == 0
    with pytest.raises(ValueError, match="positive"):
        with_slack(hall, 0)


def test_more_customers_at_the_kiosks_shorten_the_queue_at_the_counters() -> None:
    hall, judge = (
        demand(rich_hall(kiosks={"count": 6, "share": "30 %", "service": exponential(3)})),
        SimulatedJudge(seed=1, days=300),
    )
    points = kiosk_service(hall, [4] * 6, judge, None, shares=(0.3, 0.45, 0.6))
    worst = [point.answer.worst_over for point in points if point.answer is not None]
    come = [float(point.answer.service.arrivals.sum()) for point in points if point.answer is not None]
    assert worst == sorted(worst, reverse=True)
    # half of the customers could use a kiosk, and six of them are hardly ever all taken
    assert come[0] / (1 - 0.5 * 0.3) == pytest.approx(come[2] / (1 - 0.5 * 0.6), rel=0.03)


def test_kiosks_save_counters_along_their_frontier() -> None:
    hall = demand(rich_hall(kiosks={"count": 6, "share": "30 %", "service": exponential(3)}))
    judge = SimulatedJudge(seed=1, days=200)
    points = kiosk_frontier(hall, lambda h, cap: cheapest(h, cap, judge, most=30), judge, None, shares=(0.3, 0.6))
    costs = [point.cost_fen for point in points if point.cost_fen is not None]
    assert costs[1] < costs[0]


def test_the_demand_of_another_kiosk_share_is_that_of_a_hall_with_it() -> None:
    def hall(share: int) -> Demand:
        return demand(rich_hall(kiosks={"count": 2, "share": f"{share} %", "service": exponential(3)}))

    moved, built = with_kiosk_share(hall(30), 0.6), hall(60)
    assert moved.rate == built.rate
    assert moved.mean_service_min == built.mean_service_min
    assert moved.hall_spec == built.hall_spec
    with pytest.raises(ValueError, match="no kiosks"):
        with_kiosk_share(demand(plain_hall()), 0.5)


# busy days


def varying(cv: float = 0.3) -> Demand:
    """The plain hall with a day factor."""
    return demand(plain_hall(arrivals={"rate": {"09:00": "30/h", "10:00": "44/h"}, "day_to_day_cv": cv}))


def test_the_robust_day_is_the_quantile_of_the_day_factor() -> None:
    rng = np.random.default_rng(1)
    factors = rng.gamma(0.3**-2, 0.3**2, 200_000)
    for share in (0.5, 0.9, 0.99):
        assert day_factor(0.3, share) == pytest.approx(np.quantile(factors, share), rel=0.01)
        assert share_below(0.3, day_factor(0.3, share)) == pytest.approx(share)
    assert day_factor(0.0, 0.9) == 1
    with pytest.raises(ValueError, match="share"):
        day_factor(0.3, 1.0)


def test_a_robust_demand_is_busier_and_has_no_day_factor_left() -> None:
    hall = varying()
    busy = robust_demand(hall, 0.9)
    factor = day_factor(0.3, 0.9)
    assert busy.day_cv == busy.hall_spec.arrivals.day_to_day_cv == 0
    assert busy.rate.value == tuple(factor * value for value in hall.rate.value)
    counts = SimulatedJudge(seed=1, days=400)(busy, (5, 5, 6, 6)).arrivals.sum()
    assert counts == pytest.approx(factor * 74, rel=0.02)


def test_a_plan_for_a_share_of_days_holds_on_that_share() -> None:
    hall, judge = varying(), ExactJudge()
    plan = cheapest(robust_demand(hall, 0.9), None, judge)
    assert isinstance(plan, StaffPlan)
    found = days_on_target(hall, plan.counters, judge, None)
    assert 0.89 <= found.share < 1
    above = on_days_like(hall, found.factor * 1.05)
    assert not meets(above, judge(above, plan.counters), None).all()
    assert days_on_target(hall, plan.counters - 1, judge, None).share < found.share


def test_without_a_day_factor_a_plan_holds_always_or_never() -> None:
    hall, judge = demand(plain_hall()), ExactJudge()
    assert days_on_target(hall, (9, 9, 9, 9), judge, None).share == 1
    assert days_on_target(hall, (1, 1, 1, 1), judge, None).share == 0


def test_a_mean_over_days_hides_how_many_days_miss() -> None:
    hall, judge = varying(), ExactJudge()
    plan = cheapest(hall, None, judge)
    assert isinstance(plan, StaffPlan)
    assert days_on_target(hall, plan.counters, judge, None).share < 0.9


# shrinkage


def test_heads_are_rounded_up_once_and_exactly() -> None:
    wrong_in_binary = 0
    for percent in range(100):
        for heads in range(120):
            found = paid(heads, percent / 100)
            assert found == paid(heads, f"{percent} %") == -(-heads * 100 // (100 - percent))
            assert found * (100 - percent) >= heads * 100 > (found - 1) * (100 - percent) or heads == 0
            wrong_in_binary += math.ceil(heads / (1 - percent / 100)) != found
    assert wrong_in_binary > 200  # what pyworkforce's `ceil(raw_positions / (1 - shrinkage))` gets wrong


def test_paid_heads_and_heads_at_work_undo_each_other() -> None:
    for percent in range(100):
        for heads in range(1, 60):
            assert at_work(paid(heads, percent / 100), percent / 100) >= heads
            assert at_work(paid(heads, percent / 100) - 1, percent / 100) < heads


def test_numbers_are_taken_as_written() -> None:
    assert exact(0.1) == exact("0.1") == exact("10 %") == Fraction(1, 10)
    assert paid(Fraction(17, 2), "15 %") == 10


@pytest.mark.parametrize("share", [1, 1.2, -0.1, "100 %"])
def test_nobody_at_work_is_refused(share: float | str) -> None:
    with pytest.raises(ValueError, match="shrinkage"):
        paid(3, share)
    with pytest.raises(ValueError, match="shrinkage"):
        at_work(3, share)


def test_what_is_no_number_of_heads_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        paid(-1, 0.1)
    with pytest.raises(ValueError, match="finite"):
        paid(math.inf, 0.1)


def test_targets_of_a_point_are_those_of_the_study() -> None:
    hall, judge = demand(plain_hall()), ExactJudge()
    lax = replace(hall, classes=with_slack(hall, 3).classes)
    (point,) = frontier(hall, lambda h, cap: cheapest(h, cap, judge), judge, None, factors=(3,))
    plan = cheapest(lax, None, judge)
    assert isinstance(plan, StaffPlan)
    assert point.answer is not None
    assert not point.answer.meets_all
    assert point.cost_fen == plan.cost_fen
