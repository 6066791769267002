"""What halls suffer from and what helps them: each trouble and remedy of the mission moves the figure that it should.

All on the example study of remedies, two weeks from the first of July, one run. Arms share their customers, so a
difference is the arm's own.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import scenarios
import sim
from scenarios import StudyErrors

EXAMPLES = Path(__file__).parents[1] / "examples"
HALL = "hall/gaosheng"


@cache
def run(arm: str = "baseline", *sets: str) -> pd.DataFrame:
    loaded = scenarios.load(EXAMPLES / "hall-remedies.yaml", ["horizon=14 days", *sets])
    return sim.simulate(loaded.resolve(arm).study, 0).set_index(["kpi", "scope", "period"])


def figure(frame: pd.DataFrame, kpi: str, scope: str = HALL, period: str = "all") -> float:
    return float(frame["value"].loc[(kpi, scope, period)])


@pytest.mark.parametrize(
    ("arm", "kpi"),
    [
        ("kiosks", "wait_mean"),
        ("kiosks", "arrivals"),
        ("redesigned-card", "wait_mean"),
        ("redesigned-card", "busy_mean"),
        ("fast-lane", "wait_mean"),
        ("flexible-shift", "wait_mean"),
        ("cash-box", "wait_mean"),
        ("care-cards", "busy_mean"),
        ("pre-check", "busy_mean"),
        ("second-care", "abandoned"),
        ("task-lane", "wait_mean"),
    ],
)
def test_a_remedy_lowers_what_it_is_for(arm: str, kpi: str) -> None:
    assert figure(run(arm), kpi) < figure(run(), kpi)


def test_kiosks_carry_the_share_that_they_are_asked_to() -> None:
    assert figure(run(), "kiosk_share") == pytest.approx(0.30, abs=0.04)
    assert figure(run("kiosks"), "kiosk_share") == pytest.approx(0.60, abs=0.04)


def test_a_redesigned_card_replacement_takes_five_minutes_off_its_mean() -> None:
    share, saved = 0.07, 5.0
    less = figure(run(), "busy_mean") - figure(run("redesigned-card"), "busy_mean")
    a_day = figure(run(), "served") / 14
    assert less * 9.5 * 60 / a_day == pytest.approx(share / 0.88 * saved, rel=0.3)


def test_longer_hours_bring_customers_before_the_old_opening() -> None:
    assert (("arrivals", HALL, "08:00")) not in run().index
    assert figure(run("longer-hours"), "arrivals", period="08:00") > 0


def test_a_lane_for_month_ends_serves_then_and_never_else() -> None:
    for arm in ("fast-lane", "flexible-shift"):
        assert figure(run(arm), "fast_lane_share", period="month_end") > 0.1
        all_days = figure(run(arm), "fast_lane_share")
        assert all_days < figure(run(arm), "fast_lane_share", period="month_end") / 2


def test_the_fast_lane_takes_about_the_share_of_the_volume_that_the_source_tells() -> None:
    """15 % in the source, at one hall; the mechanism should come out near it and wasn't fitted to it."""
    assert 0.10 < figure(run("fast-lane"), "fast_lane_share", period="month_end") < 0.25


def test_month_ends_bring_more_customers_and_longer_waits() -> None:
    calm = run("baseline", "halls.gaosheng.arrivals.day_of_month=null")
    assert figure(run(), "arrivals", period="month_end") > figure(calm, "arrivals", period="month_end")
    assert figure(run(), "wait_mean", period="month_end") > figure(calm, "wait_mean", period="month_end")


def test_kiosks_that_break_send_payers_to_the_counters() -> None:
    sound = run("baseline", "halls.gaosheng.kiosks.breakdown=null")
    assert figure(run(), "kiosk_share") < figure(sound, "kiosk_share")


def test_a_hall_without_kiosks_serves_everybody_at_its_counters() -> None:
    without = run("baseline", "halls.gaosheng.kiosks=null")
    kiosk_customers = figure(run(), "arrivals", scope=f"{HALL}/kiosk")
    assert figure(without, "arrivals") == figure(run(), "arrivals") + kiosk_customers
    assert figure(without, "wait_mean") > figure(run(), "wait_mean")


def test_counters_left_closed_at_the_peak_make_people_wait() -> None:
    closed = run("baseline", 'halls.gaosheng.counters.staffing={"09:00-12:00": "-1"}')
    assert figure(closed, "wait_mean", period="10:00") > figure(run(), "wait_mean", period="10:00")
    assert figure(closed, "counter_hours") == figure(run(), "counter_hours") - 14 * 3


def test_a_clerk_for_questions_alone_relieves_the_counters() -> None:
    lane = 'halls.gaosheng.counters.lanes={ask: {serves: [enquiry], staffing: {"09:00": 1}}}'
    assert figure(run("baseline", lane), "fast_lane_share") > 0.05
    assert figure(run("baseline", lane), "wait_mean") < figure(run(), "wait_mean")


COSTS = "compare={baseline: baseline, metrics: {staff_cost: {}, staff_cost@hall/gaosheng@month_end: {}}}"


def test_what_a_lane_costs_can_be_compared_in_money_in_a_study_of_halls_alone() -> None:
    price = ("economics.counter_hour=30 CNY/h", COSTS)
    for arm in ("baseline", "fast-lane"):
        for period in ("all", "month_end"):
            hours = figure(run(arm, *price), "counter_hours", period=period)
            assert hours > 0
            assert figure(run(arm, *price), "staff_cost", period=period) == pytest.approx(30 * hours)
    assert figure(run("fast-lane", *price), "staff_cost") > figure(run("baseline", *price), "staff_cost")
    with pytest.raises(StudyErrors, match="price of a counter hour"):
        run("baseline", COSTS)


@cache
def hotline(arm: str) -> pd.DataFrame:
    loaded = scenarios.load(EXAMPLES / "hotline.yaml", ["horizon=3 days"])
    return sim.simulate(loaded.resolve(arm).study, 0).set_index(["kpi", "scope", "period"])


def test_the_hotline_answers_vips_first() -> None:
    first, alike = hotline("baseline"), hotline("no-priority")
    vip, others = "hall/10086/vip", "hall/10086/others"
    assert figure(first, "wait_mean", vip) < figure(first, "wait_mean", others) / 2
    assert figure(alike, "wait_mean", vip) == pytest.approx(figure(alike, "wait_mean", others), rel=0.25)
    assert figure(first, "wait_mean", vip) < figure(alike, "wait_mean", vip)
