"""The compiled pass over customers finds what the arrays find: every sum, to the last unit."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hall_studies import around_the_clock, day_hall, exponential, random_halls, study
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sim
from sim.clock import HOUR_US
from sim.halls import compiled_counts, counts
from sim.halls.periods import busy_cells, measured_periods
from sim.halls.record import HallRecord
from sim.halls.tally import Tally


def both(record: HallRecord) -> tuple[Tally, Tally]:
    busy = busy_cells(record.hall, record.days)
    periods = measured_periods(record.days, busy, record.warm_up_us)
    return counts.tallied(record, periods, busy), compiled_counts.tallied(record, periods, busy)


def assert_same(record: HallRecord) -> None:
    by_arrays, compiled = both(record)
    for field in fields(Tally):
        ours, theirs = getattr(by_arrays, field.name), getattr(compiled, field.name)
        if isinstance(ours, dict):
            assert ours.keys() == theirs.keys()
            assert all(ours[name].tolist() == theirs[name].tolist() for name in ours), field.name
        else:
            assert (ours.dtype, ours.tolist()) == (theirs.dtype, theirs.tolist()), field.name


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(random_halls(), st.integers(0, 3), st.integers(0, 2))
def test_random_halls_are_summed_up_alike(hall: dict[str, Any], replication: int, warm_up: int) -> None:
    (record,) = sim.run_halls(study({"h": hall}, "6 days", warm_up=f"{warm_up} days"), replication)
    assert_same(record)


TROUBLES = {
    "complaints": {"rate": "5 %", "waiting": "20 %"},
    "sales": {"share": "40 %", "takes": exponential("1 min"), "accepts": "50 %"},
    "setbacks": {"stock": {"transactions": ["replacement"], "share": "20 %"}},
}
ENDLESS = around_the_clock("30/h", 2, exponential("4 min"))
OVERLOADED = around_the_clock("30/h", 1, exponential("4 min"))


@pytest.mark.parametrize(
    "hall",
    [
        day_hall(),
        day_hall(**TROUBLES),
        day_hall(hours="08:50-17:40", days={"sat": "09:00-24:00", "sun": "closed"}, balking=None),
        day_hall(hours="00:00-24:00", busy=None),
        ENDLESS,
        OVERLOADED,
    ],
)
@pytest.mark.parametrize("warm_up", ["0 days", "33 days"])
def test_a_month_and_more_of_a_hall_is_summed_up_alike(hall: dict[str, Any], warm_up: str) -> None:
    (record,) = sim.run_halls(study({"h": hall}, "40 days", warm_up=warm_up), 0)
    assert len(record.plan) > 5000
    assert_same(record)


def test_the_targets_of_those_served_are_summed_up_alike() -> None:
    hall = day_hall()
    hall["customers"]["others"]["target"] = {"busy": "4 min", "idle": "2 min", "over": "served"}
    (record,) = sim.run_halls(study({"h": hall}, "8 days"), 0)
    assert_same(record)


def test_thresholds_in_any_order_are_summed_up_alike() -> None:
    hall = day_hall(offered_wait_thresholds=["10 min", "1 min", "25 min", "3 min"])
    (record,) = sim.run_halls(study({"h": hall}, "8 days"), 0)
    assert_same(record)


def test_customers_who_come_after_closing_are_summed_up_alike() -> None:
    (record,) = sim.run_halls(study({"h": day_hall()}, "8 days"), 0)
    earlier = [span and replace(span, close_us=span.close_us - 2 * HOUR_US) for span in record.spans]
    assert_same(replace(record, spans=earlier))


def test_customers_in_another_order_than_their_arrivals_are_refused() -> None:
    (record,) = sim.run_halls(study({"h": day_hall()}, "3 days"), 0)
    backwards = np.arange(len(record.plan))[::-1]
    mixed = HallRecord(
        **{field.name: getattr(record, field.name) for field in fields(record)}
        | {"plan": record.plan.only(backwards), "outcomes": record.outcomes.only(backwards)}
    )
    with pytest.raises(ValueError, match="order"):
        both(mixed)
