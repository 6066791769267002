"""A run can be made again and told apart: its digest is that of its events, in either engine, on any study."""

from __future__ import annotations

from typing import Any

import pytest
from hall_studies import day_hall, random_halls, study
from hypothesis import HealthCheck, given, settings
from market_studies import WHOLE
from market_studies import study as market_study

import sim
from sim.digest import DIGEST_HEX

SOME = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def digest(of: Any, replication: int = 0, engine: sim.Engine = "simpy") -> str:
    return str(sim.simulate(of, replication, engine=engine).attrs["digest"])


# the digest of a run


@SOME
@given(random_halls())
def test_both_engines_have_the_same_digest_on_random_halls(hall: dict[str, Any]) -> None:
    spec = study({"h": hall}, "2 days", calendar="none")
    assert digest(spec, engine="simpy") == digest(spec, engine="compiled")


def test_both_engines_have_the_same_digest_on_a_market_with_everything() -> None:
    of = market_study(WHOLE, "horizon=2 months")
    found = {digest(of, 3, engine) for engine in ("simpy", "compiled")}
    assert len(found) == 1
    assert len(found.pop()) == DIGEST_HEX


def test_the_same_run_has_the_same_digest_and_another_replication_another() -> None:
    spec = study({"h": day_hall()}, "2 days")
    assert digest(spec) == digest(spec)
    assert digest(spec) != digest(spec, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"counters": {"staffing": {"09:00": 3, "10:00": 5, "14:00": 4, "17:00": 3}}},
        {"arrivals": {"rate": {"09:00": "28.1/h"}}},
        {"title": ""},
    ],
)
def test_what_changes_a_run_changes_its_digest_and_a_title_does_not(change: dict[str, Any]) -> None:
    """One counter more in the last hour of two days is told, also where no customer would notice it."""
    before, after = study({"h": day_hall()}, "2 days"), study({"h": day_hall() | change}, "2 days")
    assert (digest(before) == digest(after)) == ("title" in change)


def test_a_touch_of_goodwill_in_a_market_shows_in_its_digest() -> None:
    before, after = (
        market_study(WHOLE, "horizon=2 months", f"tactics.care.effect.satisfaction={points}") for points in (8, 8.001)
    )
    assert digest(before, engine="compiled") != digest(after, engine="compiled")
