"""Draws of the beliefs in a comparison: how many runs they get, what is told of them together, and where it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from experiments_fakes import FakeLoaded, FakeStudy, metric, simulate
from synthetic_findings import make_findings

import outputs
from outputs import Findings
from outputs.findings import OVER_DRAWS_COLUMNS
from outputs.over_draws import drawn_sections, drawn_words
from standfast.cli import main
from standfast.experiments.compare import Comparison, compare
from standfast.experiments.plan import make_plan, resolve_variants

ARMS = {"now": 0.0, "more": -1.0, "worst": 2.0}
DRAWS = 6


@dataclass(frozen=True)
class Drawn(FakeLoaded):
    """A fake study whose belief is how much an arm's shift counts: draw k scales it by (k + 1) / 2."""

    points: tuple[Any, ...] = field(default=())  # type: ignore[assignment]
    arms: tuple[str, ...] = tuple(ARMS)  # type: ignore[assignment]

    def resolve(self, arm: str, point: str = "base") -> Any:
        at = next(each for each in self.points if each.name == point)
        scale = 1.0 if at.draw is None else (at.draw + 1) / 2
        study = FakeStudy(seed=at.seed or self.seed, noise=0.4, shift=self.levers[arm]["shift"] * scale)
        parts = {"shift": study.shift, "noise": study.noise, "seed": study.seed}
        return SimpleNamespace(study=study, beliefs=(), origins={}, model_parts=parts, tree=None)


def drawn(ats: tuple[str, ...] = ("base",), draws: int = DRAWS, **changes: Any) -> Any:
    points = []
    for at in ats:
        points.append(SimpleNamespace(name=at, values={}, at="", draw=None, seed=None))
        for k in range(draws):
            name = f"draw-{k + 1:03d}" if at == "base" else f"{at}, draw-{k + 1:03d}"
            points.append(SimpleNamespace(name=name, values={}, at=at, draw=k, seed=100 + k))
    levers = {arm: {"shift": shift} for arm, shift in ARMS.items()}
    metrics = (metric("wait_mean", indifference=0.6), metric("abandoned", indifference=0.6))
    return Drawn(levers, points=tuple(points), metrics=metrics, **changes)


def compared(tmp_path: Path, study: Any, **options: Any) -> Comparison:
    return compare(study, tmp_path, 1, simulate=simulate, engine="fake-1", **options)


def table_of(found: Comparison) -> pd.DataFrame:
    return pd.read_parquet(found.folder / "kpis.parquet")


def rows_of(findings: Findings, key: str = "wait_mean") -> pd.DataFrame:
    assert findings.over_draws is not None
    return findings.over_draws[findings.over_draws["metric"] == key].set_index("arm")


def test_every_draw_gets_the_runs_of_the_first_look_and_no_more(tmp_path: Path) -> None:
    found = compared(tmp_path, drawn(initial=4, maximum=32))
    runs = table_of(found).groupby(["point", "arm"], observed=True)["replication"].nunique()
    for at in range(1, DRAWS + 1):
        assert set(runs[f"draw-{at:03d}"]) == {4}
    assert max(runs["base"]) > 4
    plan = make_plan(drawn(initial=4, maximum=32), tmp_path, engine="fake-1")
    assert (plan.todo, len(plan.runs)) == (0, 3 * 7 * 4)
    assert plan.at_most == 3 * 32 + 3 * DRAWS * 4


def test_what_is_told_of_all_draws_is_what_their_means_say(tmp_path: Path) -> None:
    found = compared(tmp_path, drawn(initial=4, maximum=4))
    findings, table = found.findings, table_of(found)
    more, worst, now = (rows_of(findings).loc[arm] for arm in ("more", "worst", "now"))
    kpis = table[(table["kpi"] == "wait_mean") & (table["scope"] == "operator/own")]
    means = kpis[kpis["point"] != "base"].groupby(["arm", "point"], observed=True)["value"].mean().unstack()
    change = means.loc["more"] - means.loc["now"]
    assert more["difference"] == pytest.approx(change.mean())
    assert (more["p05"], more["p95"]) == pytest.approx(tuple(np.quantile(change, (0.05, 0.95))))
    assert more["better"] == pytest.approx((change < -0.6).mean())
    assert more["draws"] == DRAWS
    assert more["mean"] == pytest.approx(means.loc["more"].mean())
    assert worst["worse"] > 0.5
    assert now["difference"] == 0
    assert sum(rows_of(findings)["best"]) == pytest.approx(1)
    assert more["level"] == pytest.approx(1 - 0.05 / 4)  # two arms, two metrics, one look


def test_the_spread_of_beliefs_is_told_apart_from_chance(tmp_path: Path) -> None:
    found = rows_of(compared(tmp_path, drawn(draws=12, initial=8, maximum=8)).findings)
    assert found.loc["worst", "difference_beliefs_variance"] == pytest.approx(np.var(range(12), ddof=1), rel=0.3)
    assert found.loc["worst", "difference_monte_carlo_variance"] == pytest.approx(2 * 0.4**2, rel=0.5)
    assert found.loc["now", "monte_carlo_variance"] == pytest.approx(9, rel=0.5)


def test_what_holds_at_the_best_values_is_as_without_draws(tmp_path: Path) -> None:
    one = compared(tmp_path / "a", drawn(initial=4, maximum=8)).findings
    bare = compared(tmp_path / "b", drawn(draws=0, initial=4, maximum=8)).findings
    assert bare.over_draws is None
    assert one.points == bare.points == ("base",)
    pd.testing.assert_frame_equal(one.decision, bare.decision)
    assert outputs.recommend(one) == outputs.recommend(bare)


def test_each_written_point_has_its_own_draws(tmp_path: Path) -> None:
    findings = compared(tmp_path, drawn(("a=1", "a=2"), initial=3, maximum=3)).findings
    assert findings.points == ("a=1", "a=2")
    assert findings.over_draws is not None
    assert list(dict.fromkeys(findings.over_draws["point"])) == ["a=1", "a=2"]
    assert len(drawn_sections(findings)) == 2
    assert "a=2" in drawn_sections(findings)[1]["point"]


def test_only_some_draws_may_be_run(tmp_path: Path) -> None:
    fewer = compared(tmp_path, drawn(initial=3, maximum=3), only=["@base", "@draw-00?"]).findings
    assert set(rows_of(fewer)["draws"]) == {DRAWS}
    some = compared(tmp_path, drawn(initial=3, maximum=3), only=["more"]).findings
    assert set(rows_of(some).index) == {"now", "more"}
    two = compared(tmp_path, drawn(initial=3, maximum=3), only=["@base", "@draw-002", "@draw-004"]).findings
    assert set(rows_of(two)["draws"]) == {2}
    alone = compared(tmp_path, drawn(initial=3, maximum=3), only=["@draw-003"]).findings
    assert alone.points == ("draw-003",)
    assert alone.over_draws is None


def test_a_failed_run_leaves_its_draw_in_and_a_failed_draw_out(tmp_path: Path) -> None:
    class Failing(Drawn):
        def resolve(self, arm: str, point: str = "base") -> Any:
            found = super().resolve(arm, point)
            raising = {("more", "draw-002"): (0,), ("worst", "draw-003"): (0, 1, 2)}.get((arm, point), ())
            study = replace(found.study, raising=raising)
            return SimpleNamespace(**{**vars(found), "study": study, "model_parts": found.model_parts | {"r": raising}})

    study = drawn(initial=3, maximum=3)
    failing = Failing(**{name: getattr(study, name) for name in study.__dataclass_fields__})
    done = compared(tmp_path, failing)
    assert done.failed == 4
    assert set(rows_of(done.findings)["draws"]) == {DRAWS - 1}
    (section,) = drawn_sections(done.findings)
    assert any("1 draws with failed runs are left out" in note for note in section["notes"])


def test_hundreds_of_draws_are_not_held_resolved(tmp_path: Path) -> None:
    calls: list[tuple[str, str]] = []

    class Counting(Drawn):
        def resolve(self, arm: str, point: str = "base") -> Any:
            calls.append((arm, point))
            return super().resolve(arm, point)

    study = drawn(draws=40)
    variants = resolve_variants(Counting(**{name: getattr(study, name) for name in study.__dataclass_fields__}))
    first = variants["more", "draw-001"]
    assert "study" not in vars(first)
    before = len(calls)
    assert first.study.shift == -0.5
    assert first.parts["seed"] == first.seed == 100
    assert calls[before:] == [("more", "draw-001")]


def over(point: str = "base", draws: int = 64, negative: bool = False) -> pd.DataFrame:
    """Rows over draws that fit the synthetic findings."""
    rows = []
    for key, kpi, unit, goal in (
        ("wait_over_target", "wait_over_target", "1", "min"),
        ("wait_mean", "wait_mean", "min", "min"),
    ):
        for at, arm in enumerate(("baseline", "more-counters", "kiosk-60", "fast-lane", "all-together")):
            values = (point, arm, key, kpi, "operator/own", "all", unit, goal, draws, 10, 0.2 - at / 50, -at / 50, 0.01)
            ends = (-at / 50 - 0.01, -at / 50 + 0.01, 0.9875, -at / 40, -at / 90, 0.005, False)
            shares = (at / 5, 0.03, at / 10, "better", 0.0004, -1e-6 if negative else 0.0009, 0.0001, 0.0002)
            rows.append((*values, *ends, *shares))
    return pd.DataFrame(rows, columns=list(OVER_DRAWS_COLUMNS))


def lines_of(findings: Findings, width: int) -> Iterator[str]:
    from io import StringIO

    from rich.console import Console

    out = StringIO()
    outputs.print_decision(findings, Console(file=out, width=width, highlight=False))
    yield from out.getvalue().splitlines()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [80, 120])
def test_the_terminal_shows_one_table_a_metric_for_all_draws(language: Any, width: int) -> None:
    findings = make_findings(language, over_draws=over())
    lines = list(lines_of(findings, width))
    assert all(len(line) <= width for line in lines)
    text = " ".join(" ".join(lines).split())
    heading = "在估计值的各种取值下" if language == "zh" else "Over the draws of the beliefs"
    assert heading in text
    assert "draw-001" not in text
    assert "80 %" in text or "80%" in text
    said = "在 64 次估计值抽样中" if language == "zh" else "over 64 draws of the beliefs it is better in 80"
    assert said.replace(" ", "") in outputs.verdict_sentence(findings).replace("\u00a0", " ").replace(" ", "")


def test_the_report_and_its_files_hold_all_draws_and_each_of_them(tmp_path: Path) -> None:
    plain = make_findings(halls=())
    each = plain.decision.assign(point="draw-<b>001</b>")
    findings = make_findings(halls=(), over_draws=over(negative=True), drawn_decision=each)
    outputs.write_report(findings, tmp_path)
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert html.count('id="over-draws"') == 1
    assert "<b>001" not in html
    assert "hides what there may be" in html
    assert "2.0 / 0.0" in html or "2 / 0" in html
    decision = pd.read_csv(tmp_path / "decision.csv")
    assert list(dict.fromkeys(decision["point"])) == ["base", "draw-<b>001</b>"]
    assert len(decision) == 2 * len(plain.decision)
    assert len(pd.read_csv(tmp_path / "over-draws.csv")) == 10
    assert drawn_sections(plain) == []


def test_sentences_of_the_draws_name_every_arm() -> None:
    sentences = drawn_words(make_findings(over_draws=over()), "base")
    assert len(sentences) == 4
    assert "64 draws" in sentences[0]
    assert drawn_words(make_findings(), "base") == ()


def run(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return int(left.value.code or 0)


def test_a_study_is_compared_over_draws_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = """\
name: tiny
horizon: 2 days
halls:
  main:
    hours: "09:00-12:00"
    arrivals: {rate: {best: {"09:00": 12/h}, low: x0.5, high: x1.6, source: assumed}}
    transactions:
      payment: {share: 100 %, service: {dist: exponential, mean: 4 min}}
      others: {share: 0 %, service: {dist: exponential, mean: {best: 4 min, low: 3 min, high: 6 min, source: assumed}}}
    counters:
      staffing: {"09:00": 1}
arms:
  baseline: {}
  more: {halls.main.counters.staffing: {"09:00": 2}}
sweep: {sample: {n: 4, method: sobol}}
compare:
  metrics: {wait_mean: {goal: min, indifference: 0.1 min}}
  replications: {initial: 3, max: 3}
"""
    Path("tiny.yaml").write_text(text, encoding="utf-8")
    assert run(["compare", "tiny.yaml", "--workers", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(row["arm"], row["draws"]) for row in told["over_draws"]] == [("baseline", 4), ("more", 4)]
    assert told["over_draws"][1]["difference"] < 0
    assert {row["point"] for row in told["decision"]} == {"base"}
    assert told["runs"]["made"] == 2 * 5 * 3
    assert run(["report", "tiny.yaml", "--lang", "zh"]) == 0
    assert "在估计值的各种取值下" in capsys.readouterr().out
    assert run(["plan", "tiny.yaml"]) == 0
    assert "more@base, draws          12  done" in capsys.readouterr().out
    assert run(["check", "tiny.yaml"]) == 0
    assert "draws: 4 in all, of 2 beliefs each" in capsys.readouterr().out
    assert run(["show", "tiny.yaml", "--point", "draw-002", "--arm", "more"]) == 0
    assert "seed:" in capsys.readouterr().out
