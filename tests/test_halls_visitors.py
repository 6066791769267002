"""Simulated visitors in a hall: they take the place of a part of its walk-ins, and meet the same rules."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
import simpy
from hall_studies import day_hall, exponential, one_service, random_halls, study
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from scenarios.calendar import Day, study_days
from scenarios.schema import Span, Study
from sim.clock import DAY_US, HALF_HOUR_US, HOUR_US, MINUTE_US, NEVER_US, SECOND_US
from sim.draws import Draws, Kind, hall_numbers
from sim.halls.arrivals import rate_of
from sim.halls.measure import HallRecord
from sim.halls.outcomes import Fate, Outcomes
from sim.halls.plan import Plan
from sim.halls.profile import profile_of
from sim.halls.run import HallRun
from sim.halls.visitors import OWN_PRIORITY, Coming, Visitors, VisitOutcomes
from sim.order import Rank, Timed

SOME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)

MONTH = 3
"""Days that are expected together in these tests."""


def spec_of(hall: dict[str, Any], horizon: str = "6 days", segments: dict[str, str] | None = None) -> Study:
    """A study of one hall that takes visitors, without the rest of a market; `segments` by customer class."""
    spec = study({"h": hall}, horizon, calendar="none")
    plain = spec.halls["h"]
    arrivals = plain.arrivals.model_copy(update={"from_market": True})
    customers = {
        name: who.model_copy(update={"segments": tuple((segments or {}).get(name, "").split())})
        for name, who in plain.customers.items()
    }
    changed = plain.model_copy(update={"arrivals": arrivals, "customers": customers})
    return spec.model_copy(update={"halls": {"h": changed}})


def run(
    spec: Study,
    visits: dict[int, list[int]],
    *,
    compiled: bool,
    share: float = 0.3,
    absent: frozenset[int] = frozenset(),
    first: dict[int, int] | None = None,
    replication: int = 0,
) -> tuple[HallRecord, list[VisitOutcomes]]:
    """A hall through a study: `visits` by day, `absent` who is expected in vain, `first` priorities of subscribers."""
    env = simpy.Environment()
    days = study_days(spec.start, spec.days, spec.calendar)
    hall = HallRun(
        env, "h", spec.halls["h"], hall_numbers(["h"])["h"], days, Draws(spec.seed, replication), None, share
    )
    hall.compiled = compiled
    closed = {day for day, factor in enumerate(hall.calendar_factors()) if factor == 0}
    visits = {day: sorted(who) for day, who in visits.items() if day not in closed}
    found: list[VisitOutcomes] = []

    def conduct() -> Any:
        for day in range(spec.days + 1):
            yield Timed(env, day * DAY_US, Rank.MIDNIGHT, 0)
            if day:
                found.append(hall.visit_outcomes(day - 1))
            if day == spec.days:
                return
            if day % MONTH == 0:
                until = min(day + MONTH, spec.days)
                hall.expect(visitors(day, until, visits))
            who = visits.get(day, [])
            comes = np.array([one not in absent for one in who], dtype=bool)
            priority = np.array([(first or {}).get(one, OWN_PRIORITY) for one in who], dtype=np.int64)
            hall.open_day(day, Coming(comes, priority))

    env.process(conduct())
    env.run()
    return hall.record(0), found


def visitors(first_day: int, end_day: int, visits: dict[int, list[int]]) -> Visitors:
    pairs = [(day, who) for day in range(first_day, end_day) for who in visits.get(day, [])]
    return Visitors(
        first_day,
        end_day,
        np.array([who for _, who in pairs], dtype=np.int64),
        np.array([day for day, _ in pairs], dtype=np.int64),
        np.array([who % 2 for _, who in pairs], dtype=np.int64),
        ("even", "odd"),
    )


def assert_same(one: Any, other: Any) -> None:
    for field in fields(one):
        left, right = getattr(one, field.name), getattr(other, field.name)
        assert left.dtype == right.dtype, field.name
        assert left.tolist() == right.tolist(), field.name


def rows_of(record: HallRecord) -> dict[int, tuple[Any, ...]]:
    columns = [getattr(record.plan, f.name) for f in fields(Plan)] + [
        getattr(record.outcomes, f.name) for f in fields(Outcomes)
    ]
    return {row[0]: row for row in zip(*(column.tolist() for column in columns), strict=True)}


def is_visit(record: HallRecord) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = record.plan.entity >> 48 == int(Kind.VISIT)
    return found


VISITS = st.dictionaries(st.integers(0, 5), st.lists(st.integers(0, 40), unique=True, max_size=25), max_size=6)


@SOME
@given(random_halls(), VISITS, st.frozensets(st.integers(0, 40)), st.sampled_from([0.0, 0.5, 1.0]))
def test_the_engines_agree_with_visitors_in_the_hall(
    hall: dict[str, Any], visits: dict[int, list[int]], absent: frozenset[int], share: float
) -> None:
    spec = spec_of(hall)
    first = dict.fromkeys(range(0, 40, 3), 0)
    reference, met = run(spec, visits, compiled=False, share=share, absent=absent, first=first)
    compiled, met_too = run(spec, visits, compiled=True, share=share, absent=absent, first=first)
    assert_same(reference.plan, compiled.plan)
    assert_same(reference.outcomes, compiled.outcomes)
    for one, other in zip(met, met_too, strict=True):
        assert_same(one, other)
    if max(spec.halls["h"].arrivals.rate_per_hour.value) > 0:
        elsewhere = reference.away.entity >> 48 == int(Kind.VISIT)
        open_days = {day for day, span in enumerate(reference.spans) if span is not None}
        came = [who for day, those in visits.items() if day in open_days for who in those if who not in absent]
        assert is_visit(reference).sum() + elsewhere.sum() == len(came)
        assert_same(reference.away, compiled.away)
    assert (np.diff(reference.plan.arrival_us) >= 0).all()


def test_visitors_and_the_walk_ins_that_are_left_make_up_the_plain_profile() -> None:
    """Subscribers come as the plain profile says, a share of it: then all half hours have their mean arrivals."""
    arrivals = day_hall()["arrivals"] | {"day_to_day_cv": 0.0, "interpolate": "linear"}
    spec = spec_of(day_hall(arrivals=arrivals, days={"sat": "10:00-15:30", "sun": "closed"}), "400 days")
    share = 0.4
    env = simpy.Environment()
    days = study_days(spec.start, spec.days, spec.calendar)
    probe = HallRun(env, "h", spec.halls["h"], 1, days, Draws(1, 0), None)
    ordinary = profile_of(spec.halls["h"].arrivals, spec.halls["h"].hours).customers
    rng = np.random.default_rng(1)
    many = rng.poisson(share * ordinary * probe.calendar_factors())
    visits = {day: list(range(100_000, 100_000 + number)) for day, number in enumerate(many.tolist())}
    record, _ = run(spec, visits, compiled=True, share=share)
    assert 0.3 < is_visit(record).mean() < 0.5
    expected = np.zeros(48)
    for day, span in zip(days, probe.spans, strict=True):
        if span is not None:
            passed = [cumulative(spec, span.open_us, span.close_us, HALF_HOUR_US * cell) for cell in range(49)]
            expected += spec.halls["h"].arrivals.day_of_month.get(day.date.day, 1.0) * weekday(day) * np.diff(passed)
    counts = np.bincount(record.plan.arrival_us % DAY_US // HALF_HOUR_US, minlength=48)
    assert (np.abs(counts - expected) <= 4 * np.sqrt(expected) + 1e-9).all()
    assert expected.sum() > 20_000


def weekday(day: Day) -> float:
    return {"mon": 1.1, "sat": 0.5}.get(day.weekday, 1.0)


def cumulative(spec: Study, open_us: int, close_us: int, until_us: int, step_us: int = MINUTE_US) -> float:
    """Customers of an ordinary day up to a time, by adding up short steps."""
    rate = rate_of(spec.halls["h"].arrivals)
    middles = np.arange(open_us, min(max(until_us, open_us), close_us), step_us) + step_us // 2
    return float(rate(middles).sum() * step_us / HOUR_US)


@pytest.mark.parametrize("interpolate", ["constant", "linear"])
def test_moments_of_visits_follow_the_profile_between_opening_and_closing(interpolate: str) -> None:
    rates = {"08:00": "10/h", "10:00": "60/h", "12:00": "0/h", "13:00": "0/h", "14:00": "30/h", "16:00": "30/h"}
    spec = spec_of(day_hall(hours="07:00-18:00", arrivals={"rate": rates, "interpolate": interpolate}))
    for open_us, close_us in ((7 * HOUR_US, 18 * HOUR_US), (9 * HOUR_US, 15 * HOUR_US + HALF_HOUR_US)):
        profile = profile_of(spec.halls["h"].arrivals, Span(open_us, close_us))
        assert profile.customers == pytest.approx(cumulative(spec, open_us, close_us, DAY_US))
        u = (np.arange(2_000) + 0.5) / 2_000
        moments = profile.moments_us(u)
        assert (np.diff(moments) >= 0).all(), "later for a larger uniform"
        assert max(open_us, 8 * HOUR_US) <= moments[0] <= moments[-1] < close_us
        for quantile, at_us in list(zip(u.tolist(), moments.tolist(), strict=True))[::97]:
            passed = cumulative(spec, open_us, close_us, at_us, SECOND_US) / profile.customers
            assert passed == pytest.approx(quantile, abs=2e-4)


def test_a_smaller_share_of_walk_ins_leaves_out_some_and_changes_none() -> None:
    spec = spec_of(day_hall())
    all_of_them, _ = run(spec, {}, compiled=True, share=0.0)
    some, _ = run(spec, {}, compiled=True, share=0.5)
    brought = [[f.name for f in fields(Plan)].index(name) for name in ("entity", "arrival_us", "service_us")]
    everyone = {tuple(row[i] for i in brought) for row in rows_of(all_of_them).values()}
    those = {tuple(row[i] for i in brought) for row in rows_of(some).values()}
    assert those < everyone
    assert 0.4 < len(those) / len(everyone) < 0.6


def test_who_is_expected_and_does_not_come_is_as_if_never_expected() -> None:
    spec = spec_of(day_hall())
    alone, met = run(spec, {1: [5, 9]}, compiled=True)
    in_vain, met_too = run(spec, {1: [5, 7, 9], 4: [7]}, compiled=True, absent=frozenset({7}))
    assert_same(alone.outcomes, in_vain.outcomes)
    assert_same(alone.plan, in_vain.plan)
    assert_same(met[1], met_too[1])


def test_one_more_visitor_changes_nobody_it_does_not_meet() -> None:
    spec = spec_of(day_hall())
    visits = {day: list(range(20)) for day in range(6)}
    base, _ = run(spec, visits, compiled=True)
    more, _ = run(spec, visits | {2: [*range(20), 77]}, compiled=True)
    one, other = rows_of(base), rows_of(more)
    (extra,) = set(other) - set(one)
    arrival_us = other[extra][1]
    changed = [row for entity, row in one.items() if row != other[entity]]
    assert all(row[2] == 2 for row in changed), "other days stay as they were"
    left_us = [f.name for f in fields(Outcomes)].index("gone_us") + len(fields(Plan))
    assert all(row[left_us] >= arrival_us for row in changed), "who was gone stays as it was"
    assert all(row[: len(fields(Plan))] == other[entity][: len(fields(Plan))] for entity, row in one.items())


def test_a_visitor_of_high_priority_is_served_before_its_turn() -> None:
    hall = day_hall(
        counters={"staffing": {"09:00": 2}},
        kiosks=None,
        balking=None,
        advisers=None,
        customers={"all": {"share": "100 %", "priority": 5, "patience": exponential("40 min")}},
    )
    spec = spec_of(hall)
    visits = {day: list(range(60)) for day in range(6)}
    _, plain = run(spec, visits, compiled=True)
    favoured = dict.fromkeys(range(10), 0)
    for compiled in (True, False):
        _, first = run(spec, visits, compiled=compiled, first=favoured)
        for who, better in ((range(10), True), (range(10, 60), False)):
            wait = [
                np.concatenate([met.wait_us[np.isin(met.subscriber, who)] for met in each]) for each in (plain, first)
            ]
            assert (wait[1].mean() < 0.3 * wait[0].mean()) if better else (wait[1].mean() > wait[0].mean())


def test_segments_come_as_the_class_that_names_them_and_others_as_one_that_names_none() -> None:
    hall = day_hall(
        customers={
            "gold": {"share": "20 %"},
            "left": {"share": "20 %"},
            "right": {"share": "60 %"},
        }
    )
    visits = {day: list(range(200)) for day in range(6)}
    record, _ = run(spec_of(hall, segments={"gold": "odd"}), visits, compiled=True)
    visit = is_visit(record)
    odd = (record.plan.entity >> 12) % 2 == 1
    classes = np.array(record.layout.classes)[record.plan.customer_class]
    assert set(classes[visit & odd]) == {"gold"}
    even = classes[visit & ~odd]
    assert set(even) == {"left", "right"}
    assert (even == "right").mean() == pytest.approx(0.75, abs=4 * math.sqrt(0.75 * 0.25 / even.size))
    assert set(classes[~visit]) == {"gold", "left", "right"}


def test_visitors_tell_what_they_met_with_and_what_was_promised() -> None:
    visits = {day: list(range(0, 80, 2)) for day in range(6)}
    record, met = run(spec_of(day_hall()), visits, compiled=True)
    rows, names = rows_of(record), [f.name for f in fields(Plan)] + [f.name for f in fields(Outcomes)]
    promised = set()
    for day, answer in enumerate(met):
        assert answer.subscriber.tolist() == visits[day]
        for who, fate, wait_us, target_us in zip(
            *(column.tolist() for column in (answer.subscriber, answer.fate, answer.wait_us, answer.target_us)),
            strict=True,
        ):
            row = dict(zip(names, rows[(int(Kind.VISIT) << 48) + (who << 12) + day], strict=True))
            assert fate == row["fate"]
            assert wait_us == row["left_us"] - row["arrival_us"]
            hour = row["arrival_us"] % DAY_US / HOUR_US
            busy = 10 <= hour < 12 or day < 3  # from 1 July: the first three days are busy
            name = record.layout.classes[row["customer_class"]]
            assert target_us == {"gotone": 10 if busy else 5, "others": 15 if busy else 5}[name] * MINUTE_US
            promised.add((name, busy))
        assert ((answer.complaint_u > 0) & (answer.complaint_u < 1)).all()
    assert len(promised) == 4
    assert {int(fate) for answer in met for fate in answer.fate} > {int(Fate.SERVED)}


def test_without_a_target_none_is_promised() -> None:
    hall = day_hall(customers={"all": {"share": "100 %"}})
    _, met = run(spec_of(hall), {0: [1, 2, 3]}, compiled=True)
    assert met[0].target_us.tolist() == [NEVER_US] * 3


def test_a_visit_that_is_open_at_midnight_gives_no_feedback_in_either_engine() -> None:
    hall = {
        "hours": "20:00-24:00",
        "arrivals": {"rate": {"20:00": "30/h"}},
        "transactions": one_service(exponential("30 min")),
        "counters": {"staffing": {"20:00": 2}},
    }
    visits = {0: list(range(40))}
    for compiled in (True, False):
        record, met = run(spec_of(hall, "2 days"), visits, compiled=compiled)
        late = is_visit(record) & (record.outcomes.left_us >= DAY_US)
        assert late.any()
        assert met[0].subscriber.size == 40 - late.sum()


def test_a_hall_that_never_closes_expects_nobody() -> None:
    spec = spec_of(
        {
            "hours": "00:00-24:00",
            "arrivals": {"rate": {"00:00": "5/h"}},
            "transactions": one_service(exponential("1 min")),
        }
    )
    with pytest.raises(ValueError, match="expects no visitors"):
        run(spec, {0: [1]}, compiled=True)
