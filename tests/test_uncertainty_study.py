"""A sensitivity of a whole study finds what is known of it, from Python and the command line, and ends as it says."""

from __future__ import annotations

import json
import math
import os
import re
import signal
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import belief_study
import numpy as np
import pytest

import scenarios
import standfast as sf
from outputs.sensitivity_findings import COLUMNS, SensitivityFindings
from outputs.sensitivity_report import write_sensitivity
from outputs.sensitivity_sentences import lead_sentence, measure_sentence, pilot_sentence, sentences
from standfast.cli import main
from standfast.experiments.stopping import Stopped
from standfast.uncertainty.beliefs import Belief, acting, beliefs_of, groups_of, under
from standfast.uncertainty.budget import budget_of
from standfast.uncertainty.draws import Laboratory, draws_of, hypercube, nested
from standfast.uncertainty.piloting import number_at
from standfast.uncertainty.sensitivity import NothingToVary, sensitivity
from standfast.uncertainty.shown import findings_of

PATIENCE = "halls.main.customers.all.patience.mean"
SERVICE = "halls.main.transactions.visit.service.mean"


def known(text: str = belief_study.STUDY) -> scenarios.LoadedStudy:
    return scenarios.loads(text)


def found_in(loaded: scenarios.LoadedStudy, out: Path, arm: str | None = "more", **options: Any) -> Any:
    options = {"draws": 32, "workers": 1} | options
    return sensitivity(loaded, out, arm, simulate=belief_study.simulate, engine=belief_study.ENGINE, **options)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> SensitivityFindings:
    return findings_of(found_in(known(), tmp_path_factory.mktemp("known"), draws=64))


def test_a_stopped_sensitivity_counts_the_runs_of_all_its_stages(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    def progress(done: int, planned: int, arm: str, left_s: float | None) -> None:
        told.append((done, planned))
        if done >= 100 and planned > told[0][1]:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(Stopped) as stopped:
        found_in(known(), tmp_path, progress=progress)
    assert stopped.value.kept >= 100
    assert stopped.value.kept - told[-1][0] in (0, 1), "what was told, and perhaps the run under way"


# The whole of a study with a known answer


def test_the_number_that_decides_is_found_and_the_others_are_not_told_from_noise(shown: SensitivityFindings) -> None:
    screened = shown.screening.set_index("name")
    assert screened["told"].to_dict() == {
        PATIENCE: True,
        SERVICE: False,
        "halls.main.arrivals.rate": False,
    }
    assert screened.loc[PATIENCE, "mu"] == pytest.approx(-4.0, abs=1e-4)
    assert screened.loc[PATIENCE, "direction"] == -1
    assert list(shown.tornado["belief"]) == [PATIENCE]
    row = shown.tornado.iloc[0]
    assert (row["low_text"], row["best_text"], row["high_text"]) == ("20 min", "40 min", "60 min")
    assert row["low"] == pytest.approx(1.0, abs=0.1)
    assert row["high"] == pytest.approx(-3.0, abs=0.1)
    assert row["low_change"] == pytest.approx(2.0)


def test_the_break_even_is_where_it_is_known_to_be(shown: SensitivityFindings) -> None:
    (row,) = shown.break_evens.to_dict("records")
    assert row["outcome"] == "crosses"
    assert row["better_above"]
    assert row["quantile"] == pytest.approx(0.25, abs=0.02)
    low, high = (float(row[name].removesuffix(" min")) for name in ("low_text", "high_text"))
    assert low < 30 < high or row["value_text"] == "30 min"
    assert lead_sentence(shown).startswith("The choice hangs on “主厅 Main hall: customers all patience mean”: ")
    assert "is no longer better below" in lead_sentence(shown)
    assert lead_sentence(shown).endswith("; stated 40 min, assumed")


def test_the_risk_and_the_value_of_information_are_the_known_ones(shown: SensitivityFindings) -> None:
    """Two counters more are best on average; below 30 min, in a quarter of the draws, none more, by up to 2 min."""
    assert shown.chosen_title == "Two counters more"
    assert shown.wrong == pytest.approx(0.25, abs=0.05)
    assert shown.loss == pytest.approx(0.25, abs=0.06)
    first = shown.information.iloc[0]
    assert first["belief"] == PATIENCE
    assert first["told"]
    assert first["value"] == pytest.approx(0.25, abs=0.06)
    assert first["wrong"] < 0.06
    assert not shown.information["told"].iloc[1:].any()
    said = measure_sentence(shown)
    assert re.search(r"Measure “主厅 Main hall: customers all patience mean” first: .* from 2\d.% to", said)


def test_the_pilot_is_the_one_of_the_textbook(shown: SensitivityFindings) -> None:
    assert shown.pilot is not None
    assert (shown.pilot.belief, shown.pilot.kind) == (PATIENCE, "mean")
    # (1.645 + 0.842)² · (40² + 30²) / 10², exponential: 155; the break-even is 30 min within its error.
    assert shown.pilot.customers == pytest.approx(155, rel=0.08)
    # 20/h for an hour and 40/h for two: 100 a day.
    assert shown.pilot.months == pytest.approx(shown.pilot.customers / 100 / 30.4375)
    assert "customers measured in each of two areas" in pilot_sentence(shown)


def test_the_parts_of_the_variance_are_the_known_ones(shown: SensitivityFindings) -> None:
    """Service is fitted: 4 Var(s) = 4/3. Noise ¼. Patience moves the difference alone: Var(p)/100 = 4/3."""
    parts = shown.variance[shown.variance["metric"] == "wait_mean"].set_index(["side", "part"])["variance"]
    assert parts["baseline", "parameters"] == pytest.approx(4 / 3, rel=0.2)
    assert parts["baseline", "assumptions"] == pytest.approx(0, abs=1e-9)
    assert parts["difference", "assumptions"] == pytest.approx(4 / 3, rel=0.2)
    assert parts["difference", "parameters"] == pytest.approx(0, abs=1e-9)
    assert parts["difference", "monte_carlo"] < 0.02
    assert set(shown.variance["part"]) == {"monte_carlo", "parameters", "assumptions", "interaction"}


def test_running_again_makes_no_run_and_finds_the_same(tmp_path: Path) -> None:
    first = findings_of(found_in(known(), tmp_path))
    again = findings_of(found_in(known(), tmp_path))
    assert first.made > 0
    assert (again.made, again.kept) == (0, first.made)
    for name in COLUMNS:
        assert getattr(again, name).equals(getattr(first, name)), name
    fewer = findings_of(found_in(known(), tmp_path, arm=None, draws=32))
    assert fewer.arm == "most"  # the best on average at the stated values


@pytest.mark.parametrize("method", ["sobol", "tornado"])
def test_the_other_methods_find_the_same(method: str, tmp_path: Path) -> None:
    found = findings_of(found_in(known(), tmp_path, method=method))
    assert found.break_evens["outcome"].iloc[0] == "crosses"
    if method == "sobol":
        totals = found.screening.set_index("name")["total"]
        assert totals[PATIENCE] == pytest.approx(1.0, abs=0.1)
        assert found.noise_share < 0.05
        assert found.screening.set_index("name")["told"].to_dict()[SERVICE] is not True
    else:
        outcomes = dict(zip(found.break_evens["belief"], found.break_evens["outcome"], strict=True))
        assert outcomes[SERVICE] == "better"
        assert len(found.screening) == 0


def test_without_another_arm_its_own_value_is_looked_at(tmp_path: Path) -> None:
    text = belief_study.STUDY[: belief_study.STUDY.index("arms:")] + "compare: {metrics: {wait_mean: {}}}\n"
    found = findings_of(found_in(known(text), tmp_path, arm=None))
    assert (found.arm, found.baseline) == ("baseline", "")
    assert list(found.tornado["belief"]) == [SERVICE]
    assert found.pilot is None
    assert len(found.break_evens) == 0
    assert lead_sentence(found).startswith("Mean wait hangs most on “主厅 Main hall: transactions visit service mean”")
    assert len(sentences(found)) == 1


def test_a_failed_run_leaves_its_draw_out_and_is_counted(tmp_path: Path) -> None:
    text = belief_study.STUDY.replace("name: known", "name: failing")
    found = findings_of(found_in(known(text), tmp_path, draws=64))
    assert found.failed > 0
    assert found.whole_draws < 64
    assert found.break_evens["quantile"].iloc[0] == pytest.approx(0.25, abs=0.02)


def test_draws_that_are_no_valid_study_are_left_out_and_told(tmp_path: Path) -> None:
    """The least of a law above its most: that is so in some draws of both."""
    law = (
        "{dist: uniform, min: {best: 2 min, low: 1 min, high: 5 min, source: assumed}, max: {best: 6 min, low: 4 min, "
    )
    law += "high: 8 min, source: assumed}}"
    text = belief_study.STUDY.replace(
        "{visit: {share: 100 %,", f"{{odd: {{share: 10 %, service: {law}}}, visit: {{share: 90 %,"
    )
    found = findings_of(found_in(known(text), tmp_path, draws=64))
    assert 0 < len(found.invalid) < 32
    assert "halls.main.transactions.odd" in next(iter(found.invalid.values()))
    assert found.break_evens["quantile"].iloc[0] == pytest.approx(0.25, abs=0.02)
    page = write_sensitivity(found, tmp_path)[0].read_text(encoding="utf-8")
    assert f"{len(found.invalid)} draws were no valid study" in page


def test_numbers_that_cannot_move_alone_are_refused_before_their_draws_run(tmp_path: Path) -> None:
    """Shares of customers add up to 100 %: every draw of one of them is refused."""
    few = "customers: {few: {share: {best: 10 %, low: 5 %, high: 15 %, source: assumed}}, all: {share: 90 %,"
    text = belief_study.STUDY.replace("customers: {all: {share: 100 %,", few)
    with pytest.raises(scenarios.StudyErrors) as refused:
        found_in(known(text), tmp_path, paths=["halls.main.customers"])
    (problem,) = refused.value.problems
    assert problem.line > 0
    assert "with beliefs drawn away from their best values" in problem.message


def test_one_or_two_workers_measure_the_same(tmp_path: Path) -> None:
    loaded = known()
    beliefs = beliefs_of([loaded.resolve("baseline")])
    draws = draws_of("draw", beliefs, hypercube(3, len(beliefs), np.random.default_rng(1)))
    values = []
    for workers in (1, 2):
        room = Laboratory(loaded, "base", tmp_path / str(workers), belief_study.simulate, belief_study.ENGINE, workers)
        values.append(room.measure(draws, ("baseline", "more"), 2, loaded.compare.metrics))
        assert (room.ran, room.kept) == (12, 0)
    assert np.array_equal(values[0], values[1])
    assert values[0].shape == (3, 2, 2, 2)


# Beliefs and draws


def test_what_is_written_once_moves_as_one() -> None:
    text = belief_study.STUDY.replace("  main:\n", '  "*":\n').replace("arms:", "  east: {}\n  west: {}\narms:", 1)
    text = re.sub(r"halls\.main\.", "halls.*.", text)
    loaded = known(text)
    beliefs = beliefs_of([loaded.resolve(arm) for arm in loaded.arms])
    assert [belief.name for belief in beliefs] == [
        "halls.*.arrivals.rate",
        "halls.*.customers.all.patience.mean",
        "halls.*.transactions.visit.service.mean",
    ]
    assert set(beliefs[1].at(0.25)) == {f"halls.{hall}.customers.all.patience.mean" for hall in ("east", "west")}
    assert beliefs[1].text_at(0.25) == "30 min"
    assert number_at(beliefs[1], 0.25) == 30 * 60e6
    assert math.isnan(number_at(beliefs[0], 0.25))


def test_a_tactic_that_no_arm_switches_on_is_not_varied() -> None:
    loaded = known(belief_study.MARKET)
    pair = [loaded.resolve(arm) for arm in ("baseline", "call")]
    beliefs = beliefs_of(pair)
    assert len(under(beliefs, ["tactics.survey"])) == 1
    idle = {belief.name for belief in beliefs} - {belief.name for belief in acting(beliefs, pair)}
    assert idle == {"tactics.survey.effect.wake"}
    assert {belief.name for belief in under(beliefs, ["tactics.*.acceptance"])} == {"tactics.call.acceptance"}


def test_hundreds_of_beliefs_fall_into_few_groups() -> None:
    stated = beliefs_of([known().resolve("baseline")])[0].ranges
    paths = [f"segments.s{n % 5}.choice.c{n}" for n in range(100)] + [f"tactics.t{n % 40}.x{n}" for n in range(120)]
    beliefs = [Belief(path, stated) for path in [*paths, "market.spread", "economics.discount"]]
    groups = groups_of(beliefs)
    assert len(set(groups)) <= 16
    assert {"segments.s0.choice", "tactics 1/9", "market"} <= set(groups)
    assert all(belief.name.startswith(group.split()[0]) for belief, group in zip(beliefs, groups, strict=True))
    budget = budget_of("morris", beliefs, 7, 64, 2, 6, 8)
    assert budget.runs == 7 * 6 + 2 * 4 * 17 * 2 * 2 + 4 * 25 * 2 * 2 + 64 * 7 * 2 + 9 * 5 * 2 * 6


def test_a_hypercube_has_each_belief_once_in_every_slice() -> None:
    found = hypercube(20, 3, np.random.default_rng(1))
    for column in (found * 20).astype(int).T:
        assert sorted(column) == list(range(20))
    beliefs = beliefs_of([known().resolve("baseline")])
    design = nested(10, beliefs, np.random.default_rng(1))
    assert design.shape == (10, 4, 3)
    fitted = [belief.fitted for belief in beliefs].index(True)
    assert np.array_equal(design[:, 0, fitted], design[:, 1, fitted])
    assert not np.array_equal(design[:, 0, 0], design[:, 1, 0])
    assert np.array_equal(design[:, 0, 0], design[:, 2, 0])


# The command line and the page


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A study file, and a command line that simulates it by its known answer."""
    import standfast.uncertainty.sensitivity as room

    file = tmp_path / "known.yaml"
    file.write_text(belief_study.STUDY, encoding="utf-8")
    monkeypatch.setattr(
        room,
        "sensitivity",
        partial(_as_known, room.sensitivity),
    )
    return file


def _as_known(find: Any, *args: Any, **options: Any) -> Any:
    return find(*args, **options | {"simulate": belief_study.simulate, "engine": belief_study.ENGINE})


def told(arguments: list[str], code: int = 0) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == code


def test_the_command_tells_its_budget_prints_and_writes(quick: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = quick.parent / "results"
    told(["sensitivity", str(quick), "--arm", "more", "--draws", "32", "--workers", "1", "--out", str(out)])
    printed = capsys.readouterr()
    assert re.match(r"at most [\d,]+ runs: .*--draws and --replications make it less", printed.err)
    assert "The choice hangs on" in printed.out
    assert "How large" not in printed.err
    folder = out / "known"
    assert f"page: {folder / 'sensitivity.html'}" in printed.out
    names = {f"sensitivity-{name.replace('_', '-')}.csv" for name in COLUMNS}
    assert names <= {path.name for path in folder.iterdir()}
    for name in names:
        assert (folder / name).read_bytes().startswith(b"\xef\xbb\xbf")
    data = json.loads((folder / "sensitivity.json").read_bytes())
    assert data["break_evens"][0]["belief"] == PATIENCE
    assert len(data["models"]) == 2
    assert not (folder / "kpis.parquet").exists()  # a comparison's table is not ours to write


def test_json_is_the_same_in_both_languages_but_for_words(quick: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = {}
    for language in ("en", "zh"):
        options = ["--arm", "more", "--draws", "16", "--workers", "1", "--json", "--lang", language]
        told(["sensitivity", str(quick), *options, "--out", str(quick.parent / "r")])
        found[language] = json.loads(capsys.readouterr().out)
    for key in ("tornado", "break_evens", "screening", "variance", "models", "risk"):
        assert found["en"][key] == found["zh"][key]
    assert "选择取决于" in found["zh"]["sentences"][0]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_is_one_inert_offline_file(shown: SensitivityFindings, language: Any, tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    beliefs = shown.beliefs.assign(note=evil, label=evil)
    written = write_sensitivity(replace(shown, language=language, beliefs=beliefs, title=evil), tmp_path)
    page = written[0].read_text(encoding="utf-8")
    assert "<script" not in page.lower()
    assert "default-src 'none'" in page
    assert not re.search(r"(src|href)=\"http", page)
    assert page.count("<svg") == 3
    assert ("敏感性分析" in page) is (language == "zh")
    assert not re.search(r"\{[{%a-z]", re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", page, flags=re.S))


def test_a_formula_in_a_study_is_inert_in_the_tables(shown: SensitivityFindings, tmp_path: Path) -> None:
    write_sensitivity(replace(shown, beliefs=shown.beliefs.assign(note="=1+1")), tmp_path)
    assert ",'=1+1," in (tmp_path / "sensitivity-beliefs.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--arm", "mroe"], "more"),
        (["--metric", "wait_maen"], "wait_mean"),
        (["--path", "halls.mian"], "halls.main"),
        (["--point", "nowhere"], "base"),
        (["--method", "guess"], "morris"),
        (["--draws", "0"], "draws"),
        (["--replications", "1"], "replications"),
        (["--set", "halls.main.arrivals.rate=x2"], ""),
    ],
)
def test_what_cannot_be_met_is_refused_with_the_nearest_name(
    arguments: list[str], message: str, quick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--draws", "16", "--workers", "1", "--out", str(quick.parent / "results")]
    code = 0 if not message else 2
    told(["sensitivity", str(quick), *options, *arguments], code)
    printed = capsys.readouterr()
    assert message in printed.err
    assert "Traceback" not in printed.err
    if code:
        assert not (quick.parent / "results" / "known" / "runs").exists()


def test_a_study_without_ranges_is_refused(quick: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quick.write_text(re.sub(r", low: [^,]*, high: [^,}]*", "", belief_study.STUDY), encoding="utf-8")
    told(["sensitivity", str(quick), "--out", str(quick.parent / "results")], 2)
    assert "states no range for any of its numbers" in capsys.readouterr().err
    assert not (quick.parent / "results").exists()


def test_many_beliefs_are_screened_by_groups_first(tmp_path: Path) -> None:
    """Two dozen halls with a number of their own; only the first one's decides. Sobol' indices would cost too much."""
    halls = "".join(f"  h{n}: {_hall(n)}\n" for n in range(22))
    text = belief_study.STUDY.replace("arms:\n", f"{halls}arms:\n", 1)
    with pytest.raises(NothingToVary, match="25 beliefs are too many for Sobol") as refused:
        found_in(known(text), tmp_path, method="sobol")
    assert "--path" in refused.value.help
    assert not any(tmp_path.iterdir())
    found = found_in(known(text), tmp_path, draws=16)
    assert len(found.group_effects) <= 16
    assert found.groups[PATIENCE] == "halls 1/5"
    assert [effect.name for effect in found.group_effects if effect.told] == ["halls 1/5"]
    assert [swing.belief for swing in found.swings] == [PATIENCE]


def _hall(number: int) -> str:
    arrivals = f"{{rate: {{best: {{'09:00': {number + 1}/h}}, low: x0.5, high: x2, source: assumed}}}}"
    return f"{{hours: '09:00-10:00', arrivals: {arrivals}, {_SERVED}}}"


_SERVED = (
    "transactions: {a: {share: 100 %, service: {dist: exponential, mean: 1 min}}}, counters: {staffing: {'09:00': 1}}"
)


def test_a_real_hall_from_python(tmp_path: Path) -> None:
    """The simulator itself: one day of one hall, where the crowd decides how much a counter more helps."""
    text = belief_study.STUDY.replace("40/h", "45/h").replace("name: known", "name: real")
    found = sf.sensitivity(known(text), tmp_path, "more", draws=16, replications=3, workers=1)
    assert found.best < 0
    assert found.screening.set_index("name").loc["halls.main.arrivals.rate", "mu"] < 0
    assert found.failed == 0
    again = sf.sensitivity(known(text), tmp_path, "more", draws=16, replications=3, workers=1)
    assert (again.made, again.kept) == (0, found.made)


def test_a_comparison_says_where_its_choice_turns_if_the_models_are_the_same(tmp_path: Path) -> None:
    from outputs.doubts import what_would_overturn
    from standfast.experiments.compare import compare

    found = findings_of(found_in(known(), tmp_path, arm="most"))
    write_sensitivity(found, tmp_path / "known")
    told = {}
    for name, text in (
        ("same", belief_study.STUDY),
        ("other", belief_study.STUDY.replace("low: 20 min", "low: 21 min")),
    ):
        for language in ("en", "zh"):
            loaded = known(text.replace('"10:00": 40/h', '"10:00": 41/h') if name == "other" else text)
            done = compare(
                loaded, tmp_path, 1, simulate=belief_study.simulate, engine=belief_study.ENGINE, language=language
            )
            told[name, language] = "\n".join(what_would_overturn(done.findings))
    assert (
        "“主厅 Main hall: customers all patience mean” – “Two counters more” is no longer better below"
        in told["same", "en"]
    )
    assert "不再更优" in told["same", "zh"]
    assert "no longer better" not in told["other", "en"]
    (tmp_path / "known" / "sensitivity.json").write_text("{torn", encoding="utf-8")
    done = compare(known(), tmp_path, 1, simulate=belief_study.simulate, engine=belief_study.ENGINE)
    assert done.findings.turnings == ()


DOCUMENT = (Path(__file__).parents[1] / "docs" / "sensitivity.md").read_text(encoding="utf-8")


def test_the_study_of_the_manual_loads() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.S)
    loaded = known(text)
    assert loaded.warnings == ()
    assert len(beliefs_of([loaded.resolve("kiosks")])) == 6


@pytest.mark.slow
def test_the_study_of_the_manual_gives_what_the_manual_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.S)
    (shown_text,) = re.findall(r"```text\n(.*?)```", DOCUMENT, re.S)
    monkeypatch.chdir(tmp_path)
    Path("kiosk-or-counter.yaml").write_text(text, encoding="utf-8")
    told(["sensitivity", "kiosk-or-counter.yaml"])
    assert " ".join(shown_text.split()) in " ".join(capsys.readouterr().out.split())
