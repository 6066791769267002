"""Percentiles of waits come out the same however their histogram is held."""

from __future__ import annotations

import pytest
from hall_studies import around_the_clock, day_hall, exponential, study

import sim
from sim.halls import percentiles


@pytest.mark.parametrize(("cells", "longest"), [(1, 1 << 16), (20_000, 1 << 16), (1, 60), (1 << 22, 60)])
def test_a_histogram_in_pieces_or_of_the_waits_that_occur_gives_the_same_percentiles(
    monkeypatch: pytest.MonkeyPatch, cells: int, longest: int
) -> None:
    spec = study({"h": day_hall(), "x": around_the_clock("40/h", 2, exponential("5 min"))}, "12 days")
    whole = sim.simulate(spec, 0)
    monkeypatch.setattr(percentiles, "_CELLS", cells)
    monkeypatch.setattr(percentiles, "_LONGEST_S", longest)
    assert sim.simulate(spec, 0).equals(whole)
    assert whole[whole["kpi"] == "wait_p90"]["value"].max() > 60
