"""Laws by inversion: right mean and spread, monotone, whole microseconds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from scenarios.schema import Distribution
from sim import variates
from sim.clock import MINUTE_US
from sim.draws import Draws, Purpose
from sim.variates import choices, durations_us, unit_gamma

LAWS: list[tuple[dict[str, Any], float, float]] = [
    ({"dist": "exponential", "mean": "5 min"}, 5, 1),
    ({"dist": "deterministic", "mean": "5 min"}, 5, 0),
    ({"dist": "lognormal", "mean": "5 min", "cv": 0.8}, 5, 0.8),
    ({"dist": "gamma", "mean": "5 min", "cv": 0.7}, 5, 0.7),
    ({"dist": "erlang", "mean": "5 min", "stages": 4}, 5, 0.5),
    ({"dist": "weibull", "mean": "5 min", "cv": 0.6}, 5, 0.6),
    ({"dist": "hyperexponential", "mean": "5 min", "cv": 1.5}, 5, 1.5),
    ({"dist": "uniform", "min": "2 min", "max": "8 min"}, 5, math.sqrt(36 / 12) / 5),
    ({"dist": "triangular", "min": "2 min", "mode": "3 min", "max": "10 min"}, 5, math.sqrt(19 / 6) / 5),
    ({"dist": "empirical", "values": ["2 min", "8 min"], "weights": [1, 1]}, 5, 0.6),
]


def law_of(spec: dict[str, Any]) -> Distribution:
    return TypeAdapter(Distribution).validate_python(spec)


@pytest.mark.parametrize(
    ("spec", "mean_min", "cv"), LAWS, ids=lambda value: value["dist"] if isinstance(value, dict) else ""
)
def test_a_law_has_the_mean_and_the_spread_that_the_study_states(
    spec: dict[str, Any], mean_min: float, cv: float
) -> None:
    side = (np.arange(600) + 0.5) / 600
    u, v = (grid.ravel() for grid in np.meshgrid(side, side))
    found = durations_us(law_of(spec), u, v) / MINUTE_US
    assert found.mean() == pytest.approx(mean_min, rel=0.005)
    assert found.std() / found.mean() == pytest.approx(cv, rel=0.03, abs=1e-9)


@pytest.mark.parametrize(
    ("spec", "mean_min", "cv"), LAWS, ids=lambda value: value["dist"] if isinstance(value, dict) else ""
)
def test_a_law_is_monotone_in_its_uniform_and_never_below_a_microsecond(
    spec: dict[str, Any], mean_min: float, cv: float
) -> None:
    u = np.concatenate(([2.0**-53], np.linspace(0.001, 0.999, 500), [1 - 2.0**-53]))
    found = durations_us(law_of(spec), u, np.full(u.size, 0.3))
    assert found.dtype == np.int64
    assert (np.diff(found) >= 0).all()
    assert found.min() >= 1


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=5).filter(lambda shares: sum(shares) > 0.01), st.floats(0.001, 0.999)
)
def test_a_choice_falls_on_an_alternative_that_can_be_chosen(shares: list[float], u: float) -> None:
    chosen = int(choices(shares, np.array([u]))[0])
    assert shares[chosen] > 0
    assert sum(shares[:chosen]) <= u * sum(shares) + 1e-9


def test_the_gamma_day_factor_has_mean_one_and_its_spread() -> None:
    u = (np.arange(20_000) + 0.5) / 20_000
    factors = unit_gamma(0.15, u)
    assert factors.mean() == pytest.approx(1, abs=1e-3)
    assert factors.std() == pytest.approx(0.15, rel=0.01)
    assert set(unit_gamma(0, u).tolist()) == {1.0}


@pytest.mark.parametrize("law", ["exponential", "lognormal", "hyperexponential"])
def test_large_arrays_are_compiled_to_the_same_microsecond(law: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = next(spec for spec, _, _ in LAWS if spec["dist"] == law)
    u, v = Draws(5, 0).uniforms(np.arange(300_000), Purpose.SERVICE, 0)
    u[:4] = [2.0**-53, 1 - 2.0**-53, 0.5, 1e-12]
    compiled = durations_us(law_of(spec), u, v)
    monkeypatch.setattr(variates, "is_small", lambda size: True)
    assert durations_us(law_of(spec), u, v).tobytes() == compiled.tobytes()
