"""Checks from a study to its report: the shares are those of the runs, and the belief that decides is found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import standfast as sf
from outputs import Findings, write_report
from outputs.checks import check_pages, condition_words
from scenarios import load
from standfast.experiments.compare import compare

STUDY = """
name: checked
horizon: 2 days
halls:
  west:
    title: 西厅 <b>West</b>
    hours: "09:00-12:00"
    arrivals: {rate: {best: {"09:00": 40/h}, low: x0.3, high: x1.7, source: assumed, note: volume}}
    customers: {all: {share: 100 %, target: {busy: 10 min, idle: 5 min}}}
    transactions:
      any:
        share: 100 %
        service: {dist: exponential, mean: {best: 3 min, low: 2.9 min, high: 3.1 min, source: assumed, note: little}}
    counters: {staffing: {"09:00": 2}}
arms:
  baseline: {}
  more: {halls.west.counters.staffing: {"09:00": 4}}
sweep: {sample: {n: 48}}
compare:
  metrics: {served: {goal: max}}
  checks:
    short:
      title: 等候短
      arm: baseline
      note: assumed
      holds: {under four: wait_mean < 4 min, seen: served > 1}
    never: {arm: more, holds: wait_mean@hall/west >= 300 min}
  replications: {initial: 2, max: 2}
"""


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Findings, Path]:
    folder = tmp_path_factory.mktemp("checks")
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    found = compare(load(folder / "study.yaml"), folder / "results", 1)
    return found.findings, found.folder


def test_a_share_is_that_of_the_draws_whose_mean_over_runs_keeps_the_condition(checked: tuple[Findings, Path]) -> None:
    findings, folder = checked
    runs = sf.read(folder)
    waits = runs[(runs["kpi"] == "wait_mean") & (runs["scope"] == "operator/own") & (runs["period"] == "all")]
    means = waits[waits["point"] != "base"].groupby(["arm", "point"], observed=True)["value"].mean()
    assert findings.checks is not None
    rows = findings.checks[findings.checks["check"] == "short"].set_index(["arm", "part"])
    for arm in ("baseline", "more"):
        expected = int((means[arm] < 4).sum())
        for part in ("", "under four"):
            assert (rows.loc[(arm, part), "draws"], rows.loc[(arm, part), "held"]) == (48, expected)
        assert rows.loc[(arm, "seen"), "held"] == 48
    assert 5 <= rows.loc[("baseline", ""), "held"] <= 43
    assert rows.loc[("more", ""), "held"] > rows.loc[("baseline", ""), "held"]


def test_the_belief_that_decides_is_named_with_its_values_and_the_harmless_one_is_not(
    checked: tuple[Findings, Path],
) -> None:
    told = checked[0].separations
    assert told is not None
    rows = told[(told["check"] == "short") & (told["clause"] == 0)].set_index("belief")
    volume, service = rows.loc["halls.west.arrivals.rate"], rows.loc["halls.west.transactions.any.service.mean"]
    assert volume["decides"]
    assert not volume["rises"]
    assert volume["held_median"] < volume["other_median"], "written as x0.7 and x1.3"
    assert not service["decides"]
    assert told[told["check"] == "never"].empty, "no draw keeps it, so nothing can be compared"


def test_beliefs_are_told_as_the_checks_own_arm_has_them(tmp_path: Path) -> None:
    held = "arms:\n  baseline: {}\n"
    changed = "arms:\n  baseline: {halls.west.arrivals.rate: x0.5}\n"
    text = STUDY.replace(held, changed).replace(
        "holds: wait_mean@hall/west >= 300 min", "holds: wait_mean@hall/west < 0.5 min"
    )
    path = tmp_path / "study.yaml"
    path.write_text(
        text.replace(
            "mean: {best: 3 min, low: 2.9 min, high: 3.1 min", "mean: {best: 8 min, low: 4 min, high: 12 min"
        ).replace("more: {halls.west", "more: {halls.west.transactions.any.service.mean: x0.5, halls.west"),
        encoding="utf-8",
    )
    told = compare(load(path), tmp_path / "results", 1).findings.separations
    assert told is not None
    row = told[(told["check"] == "never") & (told["belief"] == "halls.west.transactions.any.service.mean")].iloc[0]
    assert 2 <= float(row["held_median"].split()[0]) <= float(row["other_median"].split()[0]) <= 6, "halved in that arm"


def test_a_belief_that_only_an_arm_left_out_holds_says_nothing_and_stops_nothing(tmp_path: Path) -> None:
    belief = "{best: 20 %, low: 5 %, high: 40 %, source: assumed}"
    left_out = f"  less: {{halls.west.arrivals.elsewhere: {{web: {{takes: {{any: {belief}}}}}}}}}"
    text = STUDY.replace("  more: {halls", left_out + "\n  more: {halls")
    path = tmp_path / "study.yaml"
    path.write_text(text.replace("n: 48", "n: 12"), encoding="utf-8")
    loaded = load(path)
    column = [paths[0] for paths in loaded.points[-1].draws.beliefs if loaded.points[-1].draws]
    assert any("elsewhere" in path for path in column)
    for only in (("baseline", "more"), ("baseline",)):
        found = compare(load(path), tmp_path / "-".join(only), 1, only=only).findings
        assert found.checks is not None
        assert set(found.checks["check"]) == ({"short", "never"} if "more" in only else {"short"})
        assert (found.checks["draws"] == 12).all()
        assert found.separations is not None
        assert not found.separations["belief"].str.contains("elsewhere").any()


def test_only_the_runs_at_the_best_values_are_kept_in_memory(checked: tuple[Findings, Path]) -> None:
    findings, folder = checked
    assert set(findings.kpis["point"]) == {"base"}
    assert sf.read(folder)["point"].nunique() == 49


def test_the_report_tells_every_check_with_names_that_stay_text(checked: tuple[Findings, Path], tmp_path: Path) -> None:
    findings, _ = checked
    write_report(findings, tmp_path)
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    for heading in ("Consistency check: 等候短", "Consistency check: never"):
        assert f"<h2>{heading}</h2>" in html
    assert "<b>West</b>" not in html
    frame = pd.read_csv(tmp_path / "checks.csv")
    assert len(frame) == 2 * 3 + 2
    assert np.allclose(frame["share"], frame["held"] / frame["draws"])
    assert len(pd.read_csv(tmp_path / "separations.csv")) == 2 * 2, "one of three clauses has both kinds of draws"


def test_conditions_are_told_in_words(checked: tuple[Findings, Path]) -> None:
    words = condition_words(checked[0], "wait_mean@hall/west@busy <= 5 min and not served != 3")
    assert "<=" not in words
    assert "@" not in words
    assert words.endswith("and not customers served ≠ 3"), words


def test_a_study_without_checks_has_no_part_on_them(checked: tuple[Findings, Path]) -> None:
    from dataclasses import replace

    assert check_pages(replace(checked[0], checks=None, separations=None)) == []
