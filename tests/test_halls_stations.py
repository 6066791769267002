"""Floors whose lanes each have a queue of their own take a shorter way: to the outcomes of the SimPy processes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hall_studies import LAWS, around_the_clock, exponential, hours, one_service, study
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_halls_engines import assert_equal, closing_us, floor_of

import sim
from sim.clock import MINUTE_US
from sim.halls import compiled
from sim.halls.turns import LATEST_US, LEVEL_MOST
from standfast.validation.engines import on_the_minute

MANY = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)

PATIENCE = st.sampled_from([None, exponential("3 min"), {"dist": "deterministic", "mean": "6 min"}])


@st.composite
def stations(draw: st.DrawFn) -> dict[str, Any]:
    """Halls of one kind of counter, whose number changes, with priorities, reneging, outages and kiosks."""
    opens, length = draw(st.integers(16, 20)), draw(st.integers(4, 12))
    cells = range(opens, opens + length, 2)
    classes = draw(st.integers(1, 3))
    hall: dict[str, Any] = {
        "hours": f"{hours(opens)}-{hours(opens + length)}",
        "closing": draw(st.sampled_from(["serve_all_inside", "turn_away_waiting"])),
        "arrivals": {"rate": {hours(cell): f"{draw(st.integers(0, 90))}/h" for cell in cells}, "day_to_day_cv": 0.3},
        "customers": {
            f"class{i}": {"share": f"{100 / classes} %", "priority": draw(st.integers(1, 2))} for i in range(classes)
        },
        "transactions": {
            "payment": {"share": "60 %", "service": draw(LAWS), "kiosk": True},
            "other": {"share": "40 %", "service": draw(LAWS)},
        },
        "counters": {"staffing": {hours(cell): draw(st.integers(0, 6)) for cell in cells}},
    }
    for who in hall["customers"].values():
        patience = draw(PATIENCE)
        if patience:
            who["patience"] = patience
    if draw(st.booleans()):
        hall["outages"] = {"every": "2 h", "lasts": draw(st.sampled_from(["10 min", "3 h"])), "kiosks": True}
    if draw(st.booleans()):
        hall["kiosks"] = {
            "count": draw(st.integers(1, 3)),
            "share": "60 %",
            "service": draw(LAWS),
            "breakdown": {"every": "2 h", "lasts": "30 min"},
            "when_full": draw(st.sampled_from(["counter", "queue"])),
        }
    return hall


FEWER_AFTER_A_TIE = {
    "hours": "08:00-11:30",
    "arrivals": {"rate": {"08:00": "0/h", "09:00": "66/h", "10:00": "0/h"}, "day_to_day_cv": 0.3},
    "transactions": one_service({"dist": "deterministic", "mean": "5 min"}),
    "counters": {"staffing": {"08:00": 0, "10:00": 3, "11:00": 2}},
}
"""Three services end together again and again, and once they do, a counter fewer is left."""


@pytest.fixture
def no_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """A floor that is not a station's would fail."""

    def refuse(*_: object) -> None:
        raise AssertionError("this floor took the long way")

    monkeypatch.setattr(compiled, "play_floors", refuse)


def agree_as_drawn(hall: dict[str, Any], days: int = 2) -> None:
    spec = study({"h": hall}, f"{days} days", calendar="none")
    (reference,) = sim.run_halls(spec, 0, engine="simpy")
    (short,) = sim.run_halls(spec, 0, engine="compiled")
    assert_equal(reference.outcomes, short.outcomes)


def agree_on_the_minute(hall: dict[str, Any]) -> None:
    (record,) = sim.run_halls(study({"h": hall}, "1 days", calendar="none"), 0)
    tied, close_us = on_the_minute(record.plan), closing_us(record)
    changes = [
        tuple({at_us // MINUTE_US * MINUTE_US: level for at_us, level in of_lane}.items()) for of_lane in record.changes
    ]
    record = replace(record, changes=changes)
    assert_equal(floor_of(record, tied), compiled.schedule(record.layout, tied, changes, close_us))


@MANY
@given(stations())
@example(FEWER_AFTER_A_TIE)
@pytest.mark.usefixtures("no_event_loop")
def test_stations_take_the_short_way_to_the_same_outcomes(hall: dict[str, Any]) -> None:
    agree_as_drawn(hall)


@MANY
@given(stations())
@pytest.mark.usefixtures("no_event_loop")
def test_stations_agree_when_everything_happens_on_the_whole_minute(hall: dict[str, Any]) -> None:
    agree_on_the_minute(hall)


@pytest.mark.slow
@settings(MANY, max_examples=3000)
@given(stations())
@pytest.mark.usefixtures("no_event_loop")
def test_many_stations_take_the_short_way_to_the_same_outcomes(hall: dict[str, Any]) -> None:
    agree_as_drawn(hall)
    agree_on_the_minute(hall)


@pytest.mark.usefixtures("no_event_loop")
@pytest.mark.parametrize("counters", [1, 10, LEVEL_MOST])
def test_many_counters_and_a_hall_that_never_closes_take_the_short_way(counters: int) -> None:
    impatient = {"patience": exponential("4 min")}
    customers = {"vip": {"share": "20 %", "priority": 1, **impatient}, "all": {"share": "80 %", **impatient}}
    agree_as_drawn(around_the_clock(f"{counters * 20}/h", counters, exponential("3 min"), customers=customers))


def test_a_station_that_is_too_rich_takes_the_long_way_to_the_same_outcomes() -> None:
    hall = {
        "hours": "09:00-10:00",
        "closing": "turn_away_waiting",
        "arrivals": {"rate": {"09:00": "200/h"}},
        "customers": {"all": {"share": "100 %", "patience": exponential("4 min")}},
        "transactions": one_service(exponential("3 min")),
        "counters": {"staffing": {"09:00": 4, "09:30": 7}},
    }
    (record,) = sim.run_halls(study({"h": hall}, "1 days", calendar="none"), 0)
    layout, plan, close_us = record.layout, record.plan, closing_us(record)
    three = replace(plan, priority=(np.arange(len(plan)) % 3).astype(np.int16))
    endless = replace(plan, service_us=np.where(np.arange(len(plan)) == 5, LATEST_US, plan.service_us))
    assert_equal(floor_of(record, three), compiled.schedule(layout, three, record.changes, close_us))
    assert_equal(floor_of(record, endless), compiled.schedule(layout, endless, record.changes, close_us))
    crowded, early_us = [((0, LEVEL_MOST + 1),)], int(plan.arrival_us[50])
    assert_equal(floor_of(replace(record, changes=crowded), plan), compiled.schedule(layout, plan, crowded, close_us))
    assert record.spans[0] is not None
    early = replace(record, spans=[replace(record.spans[0], close_us=early_us)])
    assert_equal(floor_of(early, plan), compiled.schedule(layout, plan, record.changes, early_us))
