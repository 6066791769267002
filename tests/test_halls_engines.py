"""Two engines, one schedule: the compiled loop gives the outcomes of the SimPy processes, to the microsecond."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
import simpy
from hall_studies import (
    LAWS,
    around_the_clock,
    day_hall,
    exponential,
    one_class,
    one_service,
    random_cities,
    random_halls,
    study,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sim
from sim.halls.compiled import moves_of, schedule
from sim.halls.fifo import plain_counters
from sim.halls.floor import Floor
from sim.halls.outcomes import Outcomes
from sim.halls.plan import Plan
from sim.halls.record import HallRecord
from standfast.validation.engines import on_the_minute

MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def assert_equal(one: Outcomes, other: Outcomes) -> None:
    for field in fields(Outcomes):
        left, right = getattr(one, field.name), getattr(other, field.name)
        assert left.dtype == right.dtype, field.name
        assert left.tolist() == right.tolist(), field.name


def both(hall: dict[str, Any], horizon: str = "2 days", replication: int = 0) -> None:
    spec = study({"h": hall}, horizon, calendar="none")
    (reference,) = sim.run_halls(spec, replication, engine="simpy")
    (compiled,) = sim.run_halls(spec, replication, engine="compiled")
    assert_equal(reference.outcomes, compiled.outcomes)


def closing_us(record: HallRecord) -> int:
    """When the hall closes on the first day."""
    span = record.spans[0]
    assert span is not None
    return span.close_us


def floor_of(record: HallRecord, plan: Plan) -> Outcomes:
    """What SimPy's processes make of a plan on the first day of a record."""
    env = simpy.Environment()
    floor = Floor(env, record.layout, plan)
    for lane, changes in enumerate(record.changes):
        env.process(floor.staff(lane, changes))
    env.process(floor.door(0, len(plan)))
    env.process(floor.close(closing_us(record)))
    env.run()
    return floor.outcomes()


@MANY
@given(random_halls())
def test_the_engines_agree_on_random_halls(hall: dict[str, Any]) -> None:
    both(hall)


@settings(MANY, max_examples=25)
@given(random_cities())
def test_the_engines_agree_on_random_cities_whose_halls_send_customers_to_each_other(
    halls: dict[str, dict[str, Any]],
) -> None:
    spec = study(halls, "3 days", calendar="none")
    for reference, compiled in zip(
        sim.run_halls(spec, 0, engine="simpy"), sim.run_halls(spec, 0, engine="compiled"), strict=True
    ):
        assert_equal(reference.outcomes, compiled.outcomes)
        assert reference.complained.cause.tolist() == compiled.complained.cause.tolist()
        assert len(reference.away) == len(compiled.away)


@MANY
@given(random_halls())
def test_the_engines_agree_when_everything_happens_on_the_whole_minute(hall: dict[str, Any]) -> None:
    """Arrivals, services, patience and checks rounded to minutes: ties everywhere, settled by rank and entity alone."""
    (record,) = sim.run_halls(study({"h": hall}, "1 days", calendar="none"), 0)
    tied = on_the_minute(record.plan)
    assert_equal(floor_of(record, tied), schedule(record.layout, tied, record.changes, closing_us(record)))


def test_the_engines_agree_on_an_ordinary_month_with_every_mechanism() -> None:
    both(day_hall(), "31 days")
    both(day_hall(closing="turn_away_waiting", kiosks=day_hall()["kiosks"] | {"when_full": "queue"}), "31 days", 3)


def test_the_engines_agree_on_a_hall_that_never_closes() -> None:
    both(
        around_the_clock("40/h", 3, exponential("4 min"), customers=one_class(patience=exponential("8 min"))), "5 days"
    )


@pytest.mark.slow
@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(random_halls())
def test_the_engines_agree_on_many_random_halls(hall: dict[str, Any]) -> None:
    both(hall)


def test_a_large_run_is_compiled_and_a_trace_is_not() -> None:
    spec = study({"h": around_the_clock("400/h", 30, exponential("4 min"))}, "3 days", calendar="none")
    lines: list[str] = []
    large = sim.simulate(spec, 0)
    assert large.equals(sim.simulate(spec, 0, engine="simpy"))
    assert large.equals(sim.simulate(spec, 0, trace=lines.append))
    assert len(lines) > 20_000


def test_a_floor_without_customers_or_changes_is_empty_in_both_engines() -> None:
    quiet = day_hall(arrivals={"rate": {"09:00": "0/h"}})
    both(quiet)
    both(day_hall(counters={}, kiosks=None))


PLAIN = st.fixed_dictionaries(
    {
        "hours": st.sampled_from(["09:00-12:00", "00:00-24:00"]),
        "rate": st.integers(5, 120),
        "counters": st.sampled_from([1, 2, 3, 4, 5, 8, 9, 12, 13, 30]),  # each way to choose among them
        "law": LAWS,
    }
)


@MANY
@given(PLAIN)
def test_plain_halls_take_the_short_way_to_the_same_outcomes(plain: dict[str, Any]) -> None:
    opens = plain["hours"][:5]
    hall = {
        "hours": plain["hours"],
        "arrivals": {"rate": {opens: f"{min(plain['rate'] * plain['counters'], 500)}/h"}},
        "transactions": one_service(plain["law"]),
        "counters": {"staffing": {opens: plain["counters"]}},
    }
    both(hall)
    (record,) = sim.run_halls(study({"h": hall}, "1 days", calendar="none"), 0)
    for plan in (record.plan, on_the_minute(record.plan)):
        rows = np.array([0, len(plan)])
        moves, _ = moves_of(record.layout, [[of_lane] for of_lane in record.changes])
        everybody = np.ones(len(plan), dtype=bool)
        counters = plain_counters(record.layout, plan, everybody, moves, np.array([0, len(moves)]), rows)
        assert counters == (plain["counters"] if len(plan) else 0)
        assert_equal(floor_of(record, plan), schedule(record.layout, plan, record.changes, closing_us(record)))
