"""The programme of 2010 as a study: one set of assumptions, nothing by hall but what is reported of it."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

import scenarios
import sim
from scenarios import schema

WATCHED = ("gaosheng", "shawan", "xiangyang", "xinhua")


@cache
def loaded() -> scenarios.LoadedStudy:
    return scenarios.load("chengdu-programme")


def halls(arm: str) -> dict[str, schema.Hall]:
    return loaded().resolve(arm).study.halls


@cache
def run(arm: str) -> pd.Series:
    frame = sim.simulate(loaded().resolve(arm).study, 0)
    return frame[frame["period"] == "all"].set_index(["kpi", "scope"])["value"]


def test_the_halls_differ_in_nothing_but_volume_crew_and_what_is_reported_of_one() -> None:
    own = {"title", "arrivals", "counters", "closures"}
    for arm in loaded().arms:
        studied = halls(arm)
        for name in WATCHED:
            left, right = studied[name].model_dump(exclude=own), studied["gaosheng"].model_dump(exclude=own)
            assert left == right
            keep = {"rate_per_hour", "elsewhere"}
            arrivals = [studied[each].arrivals.model_dump(exclude=keep) for each in (name, "gaosheng")]
            assert arrivals[0] == arrivals[1]
            assert studied[name].counters.lanes == studied["gaosheng"].counters.lanes


def test_shawan_plans_for_what_gaosheng_plans_for_and_its_neighbours_are_closed_all_july() -> None:
    studied = halls("programme")
    assert studied["shawan"].counters == studied["gaosheng"].counters
    assert studied["shawan"].arrivals.rate_per_hour == studied["gaosheng"].arrivals.rate_per_hour
    (works,) = studied["neighbours"].closures.values()
    assert (works.from_.isoformat(), works.until.isoformat()) == ("2010-07-01", "2010-07-31")
    assert set(works.sends) == {"shawan"}


def test_xinhua_opens_on_the_22nd() -> None:
    (works,) = halls("programme")["xinhua"].closures.values()
    assert (works.from_.isoformat(), works.until.isoformat(), works.sends) == ("2010-07-01", "2010-07-21", {})


def test_before_the_programme_there_is_none_of_its_remedies() -> None:
    for name in WATCHED:
        before, after = halls("before")[name], halls("programme")[name]
        assert before.kiosks is not None
        assert after.kiosks is not None
        assert (before.kiosks.share, after.kiosks.share) == (0.3, 0.6)
        assert before.sales is not None
        assert before.sales.at == "counters"
        assert before.advisers is not None
        assert before.advisers.count == 0
        assert before.counters.lanes == {}
        assert before.arrivals.notices["broadcast"].heeded == 0
        assert before.transactions["sim_replacement"].redesigned is None
        assert before.counters.staffing == after.counters.staffing


def test_the_checks_say_what_the_source_says_in_both_readings() -> None:
    strict, mild = loaded().compare.checks
    assert strict.arm == mild.arm == "programme"
    on, off = 1.0, 0.0
    values = {f"on_target@hall/{name}": on for name in ("gaosheng", "xiangyang")} | {"on_target@hall/shawan": off}
    assert strict.holds(values) == (True, True, True, True)
    assert strict.holds({**values, "on_target@hall/shawan": on}) == (False, True, True, False)
    waits = {metric.key: 3.0 for metric in mild.metrics}
    assert mild.holds(waits) == (False, True, True, False)
    late = {**waits, "wait_mean@hall/shawan@idle": 5.1}
    assert mild.holds(late) == (True, True, True, True)


@pytest.mark.parametrize("hall", ["gaosheng", "shawan", "xiangyang"])
def test_the_programme_brings_fewer_customers_over_target_and_twice_the_kiosk_share(hall: str) -> None:
    before, after = run("before"), run("programme")
    assert after["wait_over_target", f"hall/{hall}"] < before["wait_over_target", f"hall/{hall}"]
    assert after["kiosk_share", f"hall/{hall}"] > 1.5 * before["kiosk_share", f"hall/{hall}"]


def test_the_neighbours_customers_come_to_shawan_and_nobody_stands_in_a_closed_hall() -> None:
    before = run("before")
    assert before["arrivals", "hall/shawan"] > 1.2 * before["arrivals", "hall/gaosheng"]
    assert ("arrivals", "hall/neighbours") not in before or before["arrivals", "hall/neighbours"] == 0


def test_what_is_proposed_for_shawan_helps_shawan_alone() -> None:
    plain, points, both = run("programme"), run("points"), run("points-and-counters")
    over = [each["wait_over_target", "hall/shawan"] for each in (plain, points, both)]
    assert over[0] > over[1] > over[2]
    assert (
        plain["wait_mean", "hall/gaosheng"]
        == points["wait_mean", "hall/gaosheng"]
        == both["wait_mean", "hall/gaosheng"]
    )
