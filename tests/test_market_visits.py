"""Subscribers who visit halls: how many, who, and that they take the place of the customers they are."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import simpy
from hall_studies import day_hall, study

from scenarios.calendar import study_days
from scenarios.schema import Study
from scenarios.units import MONTH_DAYS
from sim.clock import DAY_US, HALF_HOUR_US
from sim.draws import Draws, Kind, hall_numbers
from sim.errors import ModelError
from sim.halls.profile import profile_of
from sim.halls.run import HallRun
from sim.halls.visitors import OWN_PRIORITY, Visitors
from sim.market import calendar
from sim.market.people import NOBODY, People
from sim.market.population import people_at_start
from sim.market.terms_of import plans_of, rules_of, segments_of
from sim.market.visits import Visits, catchments, coming, market_shares

ARRIVALS = {**day_hall()["arrivals"], "day_to_day_cv": 0.0, "from_market": True}


def market(halls: dict[str, Any], people: int = 2_000, horizon: str = "60 days", **extra: Any) -> Study:
    """A market of two operators and two segments, with these halls."""
    parts: dict[str, Any] = {
        "own": "mobile",
        "population": {"size": people, "simulate": people},
        "operators": {"mobile": {}, "unicom": {}},
        "plans": {
            "plain": {"operator": "mobile", "fee": "30 CNY/month"},
            "other": {"operator": "unicom", "fee": "30 CNY/month"},
        },
        "segments": {
            "mass": {
                "share": "70 %",
                "start": {"mobile": "60 %", "unicom": "30 %"},
                "usage": {"mean": "200 min/month"},
                "visits": "0.9/month",
            },
            "vip": {
                "share": "30 %",
                "start": {"mobile": "80 %", "unicom": "20 %"},
                "usage": {"mean": "600 min/month"},
                "visits": "0.4/month",
            },
        },
        "market": {"visit_bound": "1.6/month"},
    }
    return study(halls, horizon, calendar="none", **parts | extra)


def of_halls(catchment: str | None = None, **changes: Any) -> dict[str, Any]:
    return day_hall(arrivals=ARRIVALS | ({"catchment": catchment} if catchment else {}), **changes)


def start(spec: Study, replication: int = 0) -> tuple[People, Visits, dict[str, HallRun]]:
    """People, their visits and the halls, as a run starts."""
    draws = Draws(spec.seed, replication)
    days = study_days(spec.start, spec.days, spec.calendar)
    shares = market_shares(spec)
    halls = {
        name: HallRun(simpy.Environment(), name, hall, number, days, draws, None, shares[name])
        for (name, hall), number in zip(spec.halls.items(), hall_numbers(spec.halls).values(), strict=True)
    }
    people = people_at_start(spec, segments_of(spec), plans_of(spec), draws, catchments(spec))
    factors = {name: hall.calendar_factors() for name, hall in halls.items() if hall.takes_visitors}
    visits = Visits(spec, factors, rules_of(spec, draws), calendar)
    visits.start(people)
    return people, visits, halls


def rows(visitors: Visitors) -> list[tuple[int, int, int]]:
    return list(zip(visitors.day.tolist(), visitors.subscriber.tolist(), visitors.segment.tolist(), strict=True))


def test_catchments_are_as_stated_and_the_rest_in_equal_parts() -> None:
    never = {"hours": "00:00-24:00", "arrivals": {"rate": {"00:00": "5/h"}}, "transactions": day_hall()["transactions"]}
    spec = market({"a": of_halls("40 %"), "b": of_halls(), "c": of_halls(), "d": day_hall(), "e": never})
    assert catchments(spec).tolist() == pytest.approx([0.4, 0.3, 0.3, 0.0, 0.0])
    assert market_shares(spec).keys() == spec.halls.keys()
    assert market_shares(spec)["d"] == 0


def test_the_share_of_subscribers_is_what_visits_on_an_ordinary_day_make_of_the_profile() -> None:
    spec = market({"a": of_halls("50 %")})
    a_day = 2_000 * 0.5 * (0.7 * 0.6 * 0.9 + 0.3 * 0.8 * 0.4) / (365.25 / 12)
    # 0.5 h × 28 + 0.5 h × 52 + 4 h × 60 + 3 h × 40 + 1 h × 25
    assert market_shares(spec)["a"] == pytest.approx(a_day / 425)


def test_more_subscribers_than_a_profile_has_customers_are_refused_with_both_numbers() -> None:
    spec = market({"a": of_halls("50 %")})
    assert spec.population is not None
    crowd = spec.population.model_copy(update={"size": 60_000.0, "simulate": 60_000})
    with pytest.raises(ModelError, match=r"467\.2 simulated.*425\.0 customers.*halls\.a"):
        market_shares(spec.model_copy(update={"population": crowd}))


def test_visits_above_the_bound_are_refused_and_name_segment_and_hall() -> None:
    spec = market({"a": of_halls("50 %")})
    tight = spec.market.model_copy(update={"visit_bound_per_month": 1.1})
    with pytest.raises(ModelError, match=r"visits of mass to the hall a, 1\.29/month.*1\.1/month.*market\.visit_bound"):
        start(spec.model_copy(update={"market": tight}))


def test_who_may_visit_does_not_depend_on_how_days_are_cut_into_months() -> None:
    spec = market({"a": of_halls("50 %"), "b": of_halls("20 %")})
    people, visits, _ = start(spec)
    whole = visits.of_month(0, 60, people)
    people, visits, _ = start(spec)
    parts = [visits.of_month(0, 31, people), visits.of_month(31, 60, people)]
    for name in ("a", "b"):
        assert rows(whole[name]) == rows(parts[0][name]) + rows(parts[1][name])
        assert rows(whole[name]) == sorted(rows(whole[name])), "by day and subscriber"
        assert (people.hall[whole[name].subscriber] == list(spec.halls).index(name)).all()


def test_each_segment_visits_as_often_as_it_says_on_an_ordinary_day() -> None:
    plain = {"rate": ARRIVALS["rate"], "from_market": True, "catchment": "100 %"}
    spec = market({"a": day_hall(arrivals=plain)}, people=3_000, horizon="300 days")
    people, visits, _ = start(spec)
    found = visits.of_month(0, 300, people)["a"]
    for code, segment in enumerate(spec.segments.values()):
        expected = int((people.segment == code).sum()) * segment.visits_per_month * 300 / MONTH_DAYS
        assert abs((found.segment == code).sum() - expected) < 4 * np.sqrt(expected)


def test_our_subscribers_come_and_nobody_else_and_tactics_set_their_priority() -> None:
    spec = market({"a": of_halls("100 %")})
    people, visits, _ = start(spec)
    expected = visits.of_month(0, 31, people)["a"]
    people.suspended_until[::7] = 40
    for day in range(31):
        who = expected.subscriber[expected.on(day)]
        found = coming(expected, day, people, 0, [OWN_PRIORITY, 3])
        for one, comes, priority in zip(who.tolist(), found.comes.tolist(), found.priority.tolist(), strict=True):
            person = people[one]
            assert comes == (person.operator == 0 and one % 7 != 0)
            assert priority == (3 if person.segment == 1 else OWN_PRIORITY)
    assert (people.operator == NOBODY).any()


def test_with_subscribers_in_it_a_hall_is_as_busy_in_every_half_hour_as_its_profile_says() -> None:
    """The promise of the coupling: queues stay at full scale, whoever of the customers is simulated."""
    spec = market({"a": of_halls("100 %", days={"sat": "10:00-14:30", "sun": "closed"})}, 8_000, "60 days")
    hall = spec.halls["a"]
    days = study_days(spec.start, spec.days, spec.calendar)
    expected = np.zeros(48)
    factors = start(spec)[2]["a"].calendar_factors()
    for day, factor in zip(days, factors.tolist(), strict=True):
        if factor:
            weekday = hall.arrivals.weekday.get(day.works_as, 1.0) * hall.arrivals.day_of_month.get(day.date.day, 1.0)
            span = hall.days.get(day.weekday, hall.hours)
            assert span is not None
            edges = [min(max(HALF_HOUR_US * cell, span.open_us), span.close_us) for cell in range(49)]
            expected += [
                weekday * profile_of(hall.arrivals, type(span)(a, b)).customers if a < b else 0.0
                for a, b in pairwise(edges)
            ]
    replications, counts, visitors = 4, np.zeros(48), 0
    for replication in range(replications):
        people, visits, halls = start(spec, replication)
        halls["a"].compiled = True
        expectation = visits.of_month(0, 60, people)["a"]
        halls["a"].expect(expectation)
        for number in range(60):
            halls["a"].open_day(number, coming(expectation, number, people, 0, [OWN_PRIORITY] * 2))
            assert (halls["a"].visit_outcomes(number).subscriber >= 0).all()
        plan = halls["a"].record(0).plan
        counts += np.bincount(plan.arrival_us % DAY_US // HALF_HOUR_US, minlength=48)
        visitors += int((plan.entity >> 48 == int(Kind.VISIT)).sum())
    assert visitors / counts.sum() == pytest.approx(market_shares(spec)["a"], rel=0.05)
    assert market_shares(spec)["a"] > 0.25
    assert (np.abs(counts - replications * expected) <= 4 * np.sqrt(replications * expected)).all()
