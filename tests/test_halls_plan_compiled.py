"""The plan of a hall is the same, to the bit, from arrays and from compiled loops; and plain halls keep their ties."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hall_studies import around_the_clock, day_hall, exponential, one_class, random_halls, study
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

import sim
from scenarios import schema
from sim import durations
from sim.draws import Draws, Purpose
from sim.halls import arrivals, traffic
from sim.halls.plan import Plan
from sim.variates import bounds_of, choices, durations_us

MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@contextmanager
def as_if_small(small: bool) -> Iterator[None]:
    """Plans come from arrays, or from compiled loops, whatever their size."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (arrivals, durations, traffic):
            patch.setattr(module, "is_small", lambda size: small)
        yield


def plan_of(hall: dict[str, Any], horizon: str, small: bool, **extra: Any) -> Plan:
    with as_if_small(small):
        (record,) = sim.run_halls(study({"h": hall}, horizon, calendar="none", **extra), 0)
    return record.plan


def assert_same_plan(hall: dict[str, Any], horizon: str = "2 days", **extra: Any) -> Plan:
    compiled, arrays = (plan_of(hall, horizon, small, **extra) for small in (False, True))
    for field in fields(Plan):
        one, other = getattr(compiled, field.name), getattr(arrays, field.name)
        assert one.dtype == other.dtype, field.name
        assert one.tobytes() == other.tobytes(), field.name
    return compiled


@MANY
@given(random_halls())
def test_random_halls_are_planned_alike(hall: dict[str, Any]) -> None:
    assert_same_plan(hall)


RATES = st.lists(st.tuples(st.integers(0, 479), st.integers(0, 900)), min_size=1, max_size=7, unique_by=lambda n: n[0])


@settings(MANY, max_examples=15)
@given(RATES, st.sampled_from(["constant", "linear"]), st.sampled_from([0.0, 0.4]))
def test_arrivals_agree_at_any_rate_with_nodes_anywhere(
    nodes: list[tuple[int, int]], interpolate: str, cv: float
) -> None:
    assert_arrivals_agree(nodes, interpolate, cv)


@pytest.mark.slow
@MANY
@given(RATES, st.sampled_from(["constant", "linear"]), st.sampled_from([0.0, 0.4]))
def test_arrivals_agree_at_many_rates_with_nodes_anywhere(
    nodes: list[tuple[int, int]], interpolate: str, cv: float
) -> None:
    assert_arrivals_agree(nodes, interpolate, cv)


def assert_arrivals_agree(nodes: list[tuple[int, int]], interpolate: str, cv: float) -> None:
    """Nodes and opening hours inside half hours, jumps, and rates of many layers."""

    def clock(minute: int) -> str:
        return f"{8 + minute // 60:02d}:{minute % 60:02d}"

    first, *rest = sorted(nodes)
    rate = {clock(minute): f"{per_hour}/h" for minute, per_hour in (first, *rest)}
    hall = day_hall(
        hours=f"{clock(first[0])}-16:10",
        busy=None,
        arrivals={"rate": rate, "interpolate": interpolate, "day_to_day_cv": cv},
        counters={"staffing": {clock(first[0]): 3}},
        kiosks=None,
    )
    assert_same_plan(hall, "3 days")


def test_large_plans_agree_around_the_clock_after_a_warm_up() -> None:
    hall = around_the_clock("2000/h", 60, exponential("1 min"), customers=one_class(patience=exponential("2 min")))
    assert len(assert_same_plan(hall, "3 days", warm_up="1 days")) > 100_000


@pytest.mark.parametrize("law", ["exponential", "lognormal"])
def test_compiled_durations_round_as_the_law_does(law: str) -> None:
    """From a microsecond, where nearly every estimate is in doubt or 1, to years, which are too long for one."""
    means = ("1 min", "0.00000002 min", "40 min", "900 days", "4000 days")
    specs = [
        {"dist": law, "mean": mean, **({"cv": cv} if law == "lognormal" else {})} for mean in means for cv in (0.1, 3.0)
    ]
    laws: list[schema.Distribution] = [TypeAdapter(schema.Distribution).validate_python(spec) for spec in specs]
    draws, entities = Draws(7, 3), np.arange(200_000) * 977
    index, kind = entities % 31, (entities % len(laws)).astype(np.int16)
    u, v = draws.uniforms(entities, Purpose.SERVICE, index)
    expected = np.zeros_like(entities)
    for code, one in enumerate(laws):
        expected[kind == code] = durations_us(one, u[kind == code], v[kind == code])
    with as_if_small(False):
        together = durations.drawn_us(laws, kind, draws, entities, Purpose.SERVICE, index)
        alone = durations.drawn_us(laws[:1], durations.FIRST, draws, entities, Purpose.SERVICE, index)
    assert together.tolist() == expected.tolist()
    assert alone.tolist() == durations_us(laws[0], u, v).tolist()


@pytest.mark.slow
def test_millions_of_durations_round_as_the_law_does() -> None:
    entities = np.arange(4_000_000)
    day = np.zeros_like(entities)
    for spec in ({"dist": "exponential", "mean": "7 min"}, {"dist": "lognormal", "mean": "7 min", "cv": 1.2}):
        law: schema.Distribution = TypeAdapter(schema.Distribution).validate_python(spec)
        for seed in range(3):
            draws = Draws(seed, 0)
            found = durations.drawn_us([law], durations.FIRST, draws, entities, Purpose.PATIENCE, day)
            assert (found == durations_us(law, *draws.uniforms(entities, Purpose.PATIENCE, day))).all()


@pytest.mark.parametrize("weights", [[1.0], [0.25, 0.75], [0.0, 0.3, 0.0, 0.7, 0.0], [3, 1, 1, 2, 0.5]])
def test_two_choices_in_one_pass_are_those_of_the_uniforms(weights: list[float]) -> None:
    from sim.compiled_choices import two_choices

    draws, entities = Draws(7, 3), np.arange(1300, dtype=np.int64) << 20
    days = entities % 90
    u, v = draws.uniforms(entities, Purpose.KIND_OF_VISIT, days)
    first, second = np.empty((2, entities.size), dtype=np.int16)
    keys = np.uint64(Purpose.KIND_OF_VISIT), days.view(np.uint64), np.uint64(7), np.uint64(3)
    two_choices(entities.view(np.uint64), *keys, bounds_of(weights), bounds_of([1, 1, 1]), first, second)
    assert first.tolist() == choices(weights, u).tolist()
    assert second.tolist() == choices([1, 1, 1], v).tolist()
    assert set(first.tolist()) == {place for place, weight in enumerate(weights) if weight}
