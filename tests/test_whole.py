"""The whole way of a study: from the file to the decision, checked by hand at its ends."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

import scenarios
import sim
import standfast as sf

STUDY = """
schema_version: 1
name: by-hand
seed: 7
start: 2010-07-01
horizon: 6 days
halls:
  a:
    hours: "09:00-14:00"
    arrivals: {rate: {"09:00": 40/h}}
    customers: {all: {share: 100 %, target: {busy: 5 min, idle: 5 min}, patience: {dist: exponential, mean: 15 min}}}
    transactions: {visit: {share: 100 %, service: {dist: exponential, mean: 5 min}}}
    counters: {staffing: {"09:00": 4}}
  b:
    hours: "09:00-14:00"
    arrivals: {rate: {"09:00": 20/h}}
    transactions: {visit: {share: 100 %, service: {dist: exponential, mean: 5 min}}}
    counters: {staffing: {"09:00": 2}}
arms:
  baseline: {}
  five: {halls.a.counters.staffing: {"09:00": 5}}
  busier: {halls.a.arrivals.rate: x1.2}
compare:
  metrics:
    wait_mean@hall/a: {goal: min, indifference: 10 s}
    abandoned@hall/a: {goal: min, indifference: 5}
  confidence: 90 %
  replications: {initial: 8, max: 16}
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    folder = tmp_path_factory.mktemp("whole")
    (folder / "by-hand.yaml").write_text(STUDY, encoding="utf-8")
    return sf.compare(folder / "by-hand.yaml", folder / "results", workers=1), folder


def test_an_interval_of_the_decision_comes_out_again_from_the_table_of_results(results: tuple[Any, Path]) -> None:
    """By hand from `kpis.parquet`: D̄ ± t · S_D / √n at 1 − α / (looks × arms × metrics)."""
    comparison, folder = results
    table = pd.read_parquet(folder / "results" / "by-hand" / "kpis.parquet")
    assert list(table.columns) == [
        "arm", "point", "replication", "kpi", "scope", "period", "value", "unit", "weight"
    ]  # fmt: skip
    rows = comparison.findings.decision
    assert len(rows) == 4
    for row in rows.itertuples():
        values = {}
        for arm in ("baseline", row.arm):
            chosen = table[
                (table["arm"] == arm)
                & (table["kpi"] == row.kpi)
                & (table["scope"] == row.scope)
                & (table["period"] == row.period)
                & (table["replication"] < row.n)
            ].sort_values("replication")
            assert len(chosen) == row.n
            values[arm] = chosen["value"].to_numpy()
        difference = values[row.arm] - values["baseline"]
        level = 1 - (1 - 0.90) / (2 * 2 * 2)  # looks at 8 and 16, two arms, two metrics
        quantile = student.ppf(1 - (1 - level) / 2, row.n - 1)
        half_width = quantile * difference.std(ddof=1) / math.sqrt(row.n)
        assert row.difference == pytest.approx(difference.mean(), rel=1e-12)
        assert (row.low, row.high) == pytest.approx(
            (difference.mean() - half_width, difference.mean() + half_width), rel=1e-9
        )
        assert row.level == pytest.approx(level)
        assert row.correlation == pytest.approx(np.corrcoef(values[row.arm], values["baseline"])[0, 1])
        zone = {"wait_mean": 1 / 6, "abandoned": 5}[row.kpi]
        low, high = -row.high, -row.low  # both metrics are to be small
        verdict = "better" if low > zone else "worse" if high < -zone else "no practical difference"
        if not (low > zone or high < -zone or (low >= -zone and high <= zone)):
            verdict = "not settled"
        assert row.verdict == verdict


def test_more_counters_are_better_and_more_customers_worse(results: tuple[Any, Path]) -> None:
    rows = results[0].findings.decision.set_index(["arm", "kpi"])["verdict"]
    assert rows["five", "wait_mean"] == "better"
    assert rows["busier", "abandoned"] == "worse"


def test_an_arm_that_touches_one_hall_leaves_the_other_to_the_bit(results: tuple[Any, Path]) -> None:
    table = results[0].findings.kpis
    mine = table[(table["scope"] == "hall/b") & (table["replication"] < 8)]
    sides = [
        mine[mine["arm"] == arm].drop(columns="arm").reset_index(drop=True) for arm in ("baseline", "five", "busier")
    ]
    assert sides[0].equals(sides[1])
    assert sides[0].equals(sides[2])


def test_a_set_changes_what_it_should_and_nothing_else(results: tuple[Any, Path]) -> None:
    path = results[1] / "by-hand.yaml"
    plain = scenarios.load(path).resolve("baseline").study
    other = scenarios.load(path, ["halls.b.counters.staffing={'09:00': 3}"]).resolve("baseline").study
    assert other.halls["b"].counters.staffing.value == (3,)
    undone = other.halls["b"].model_copy(update={"counters": plain.halls["b"].counters})
    assert other.model_copy(update={"halls": {"a": other.halls["a"], "b": undone}}) == plain
    before, after = sim.simulate(plain, 0), sim.simulate(other, 0)

    def of(frame: pd.DataFrame, scope: str, *kpis: str) -> pd.DataFrame:
        rows = frame[(frame["scope"] == scope) & (frame["kpi"].isin(kpis) if kpis else True)]
        return rows.reset_index(drop=True)

    assert of(before, "hall/a").equals(of(after, "hall/a"))
    assert of(before, "hall/b", "arrivals").equals(of(after, "hall/b", "arrivals"))
    assert not of(before, "hall/b", "wait_mean").equals(of(after, "hall/b", "wait_mean"))


def test_running_again_runs_nothing_and_gives_the_same_table(results: tuple[Any, Path]) -> None:
    comparison, folder = results
    again = sf.compare(folder / "by-hand.yaml", folder / "results", workers=1)
    assert again.ran == 0
    assert again.kept == comparison.ran + comparison.kept
    assert again.findings.kpis.equals(comparison.findings.kpis)
    assert again.findings.decision.equals(comparison.findings.decision)


def test_two_workers_give_the_same_table_as_one(results: tuple[Any, Path], tmp_path: Path) -> None:
    comparison, folder = results
    both = sf.compare(folder / "by-hand.yaml", tmp_path, workers=2)
    assert both.findings.kpis.equals(comparison.findings.kpis)
    assert both.findings.decision.equals(comparison.findings.decision)
    read = sf.read(tmp_path / "by-hand")
    assert len(read) == len(comparison.findings.kpis)
