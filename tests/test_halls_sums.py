"""Sums, percentiles and savings over many customers are exact, however they are worked out."""

from __future__ import annotations

import numpy as np
import pytest
from hall_studies import around_the_clock, day_hall, exponential, study

import sim
from sim.halls import event_order, percentiles, savings
from sim.halls.integrals import sums_by, time_in_cells


@pytest.mark.parametrize("by_arrays", [True, False])
@pytest.mark.parametrize(("cells", "longest"), [(1, 1 << 16), (20_000, 1 << 16), (1, 60), (1 << 22, 60)])
def test_a_histogram_in_pieces_or_of_the_waits_that_occur_gives_the_same_percentiles(
    monkeypatch: pytest.MonkeyPatch, cells: int, longest: int, by_arrays: bool
) -> None:
    spec = study({"h": day_hall(), "x": around_the_clock("40/h", 2, exponential("5 min"))}, "12 days")
    monkeypatch.setattr(percentiles, "is_small", lambda size: not by_arrays)
    whole = sim.simulate(spec, 0)
    monkeypatch.setattr(percentiles, "is_small", lambda size: by_arrays)
    monkeypatch.setattr(percentiles, "_CELLS", cells)
    monkeypatch.setattr(percentiles, "_LONGEST_S", longest)
    assert sim.simulate(spec, 0).equals(whole)
    assert whole[whole["kpi"] == "wait_p90"]["value"].max() > 60


def test_sums_are_exact_beyond_what_floating_point_numbers_hold() -> None:
    keys, amounts = np.array([0, 1, 0, 0, 1]), np.array([2**61, 3, 1, 2**60 + 1, 2**53 + 1])
    assert sums_by(keys, amounts, 3).tolist() == [2**61 + 2**60 + 2, 2**53 + 4, 0]
    edges = np.array([0, 5, 7, 30])
    assert time_in_cells(np.array([1, 6]), np.array([2**62, 8]), edges, np.array([2**40, 1])).tolist() == [
        4 * 2**40,
        2 * 2**40 + 1,
        23 * 2**40 + 1,
    ]


def test_what_a_remedy_saves_of_many_services_is_what_it_saves_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    service_us = np.concatenate((np.arange(1, 2_000), np.random.default_rng(1).integers(1, 1 << 45, 30_000)))
    compiled = savings.each_saved(service_us, 431_250_001.5, 123_456_789)
    monkeypatch.setattr(savings, "is_small", lambda size: True)
    assert savings.each_saved(service_us, 431_250_001.5, 123_456_789).tolist() == compiled.tolist()


def test_many_arrivals_come_in_the_order_of_time_and_entity(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    for times_us in (rng.integers(0, 50_000, 40_000), rng.integers(0, 1 << 45, 40_000), np.full(300, 5)):
        entities = rng.permutation(times_us.size)
        order = np.lexsort((entities, times_us))
        monkeypatch.setattr(event_order, "is_small", lambda size: False)
        found_us, found = event_order.in_event_order(times_us, entities)
        assert found_us.tolist() == times_us[order].tolist()
        assert found.tolist() == entities[order].tolist()
