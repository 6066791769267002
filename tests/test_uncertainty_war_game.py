"""The war game on a small market: what is run, what is left out, what is kept, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import war_game_fakes as fakes

import scenarios
import standfast as sf
from standfast.cli import main
from standfast.experiments.compare import RunsFailed
from standfast.uncertainty.playbooks import NotPlayable, set_up
from standfast.uncertainty.war_game import WarGame, play

HALLS = """\
name: halls
horizon: 1 days
halls:
  a:
    hours: "09:00-12:00"
    arrivals: {rate: {"09:00": 8/h}}
    transactions: {all: {share: 100 %, service: {dist: exponential, mean: 6 min}}}
    counters: {staffing: {"09:00": 1}}
"""


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The small market in the current folder, with a playbook `mine.yaml` beside it."""
    monkeypatch.chdir(tmp_path)
    Path("small.yaml").write_text(fakes.MARKET, encoding="utf-8")
    Path("mine.yaml").write_text(fakes.BOOK, encoding="utf-8")
    return "small.yaml"


@pytest.fixture
def game(study: str) -> Callable[..., WarGame]:
    def played(*books: str, **options: Any) -> WarGame:
        plain = {"replications": 8, "workers": 1, "simulate": fakes.simulate, "engine": "fake-1"}
        return play(study, Path("out"), books, **(plain | options))

    return played


def test_the_least_regretted_arm_is_found_with_its_worst_case(game: Callable[..., WarGame]) -> None:
    found = game("quiet", "mine.yaml").findings
    assert found.arms == ("baseline", "care", "cheaper")
    assert found.regret.value.round(6).tolist() == [[0, 30], [10, 10], [60, 0]]
    assert found.arms[found.choice] == "care"
    assert found.separated
    assert [book.name for book in found.playbooks] == ["quiet", "mine"]
    assert found.playbooks[1].title == "A book of one's own"
    assert (found.playbooks[1].begins, found.playbooks[0].begins) == ("2010-09", "")


def test_the_sign_of_the_playbook_is_found_in_its_first_month(game: Callable[..., WarGame]) -> None:
    found = game("quiet", "mine.yaml").findings
    for against in ("", "quiet"):
        sign = found.signal("mine", against)
        assert sign is not None
        assert (sign.kpi, sign.scope, sign.month, sign.after) == ("churn_rate", "segment/vip", "2010-09", 1)
        assert sign.above == pytest.approx(0.04, abs=0.003)
        assert sign.below is None
        assert (sign.missed, sign.mistaken, sign.runs) == (0, 0, 8)


def test_playbooks_of_the_same_face_are_not_told_apart(game: Callable[..., WarGame]) -> None:
    Path("twin.yaml").write_text(fakes.BOOK, encoding="utf-8")
    found = game("quiet", "mine.yaml", "twin.yaml").findings
    assert found.signal("mine") is None
    assert found.signal("twin") is None
    assert found.signal("twin", "quiet") is not None
    assert found.regret.value[:, 1].tolist() == found.regret.value[:, 2].tolist()


def test_as_stated_is_the_study_at_the_point_that_was_asked_for(study: str) -> None:
    calm, fierce = (set_up(study, (), ["as-stated"], point) for point in ("reach=x0", "reach=x1"))
    reach = [
        board.variants["baseline", "as-stated"].study.competitors["unicom"].campaigns["own"].reach
        for board in (calm, fierce)
    ]
    assert reach == [0.0, 0.05]
    assert set_up(study, (), ["as-stated"]).point == "reach=x0"


def test_without_names_all_that_ship_and_fit_are_played(study: str) -> None:
    board = set_up(study)
    assert board.playbooks[0].name == "quiet"
    shipped = {"fixed-line-bundle", "handset-subsidy", "poach", "price-match", "price-war"}
    assert {book.name for book in board.playbooks} == {"quiet"} | shipped
    assert board.left_out == ()
    assert board.replaced == ("competitors.unicom.campaigns.own.reach",)


def test_a_shipped_playbook_that_does_not_fit_is_left_out_and_told(study: str) -> None:
    Path(study).write_text(fakes.MARKET.replace("household", "family"), encoding="utf-8")
    board = set_up(study)
    ((name, why),) = board.left_out
    assert name == "fixed-line-bundle"
    assert "`household` is not a segment of this study" in why
    with pytest.raises(scenarios.StudyErrors, match=r"fixed-line-bundle.yaml:\d+:\d+: error"):
        set_up(study, (), ["fixed-line-bundle"])


def test_a_playbook_whose_time_is_past_is_not_taken_for_a_quiet_one(study: str) -> None:
    late = ("start=2026-07-01",)
    with pytest.raises(NotPlayable, match="no playbook that ships fits small") as fault:
        set_up(study, late)
    assert "--playbook FILE" in fault.value.help
    with pytest.raises(NotPlayable, match="price-war would be silent: it runs from 2010-10-01 to 2011-09-30"):
        set_up(study, late, ["price-war"])


def test_a_study_of_halls_alone_is_refused_with_help(study: str) -> None:
    Path("halls.yaml").write_text(HALLS, encoding="utf-8")
    with pytest.raises(NotPlayable, match="has no market") as fault:
        set_up("halls.yaml")
    assert "population" in fault.value.help


def test_two_playbooks_of_one_name_are_refused(study: str) -> None:
    Path("b").mkdir()
    Path("b/mine.yaml").write_text(fakes.BOOK, encoding="utf-8")
    with pytest.raises(NotPlayable, match="two playbooks are called 'mine'"):
        set_up(study, (), ["mine.yaml", "b/mine.yaml"])


def test_a_point_and_a_metric_that_are_not_there_are_refused(game: Callable[..., WarGame]) -> None:
    with pytest.raises(NotPlayable, match="no sweep point is called 'reach=x2'"):
        game("quiet", point="reach=x2")
    with pytest.raises(NotPlayable, match="`net_worth` is not a metric"):
        game("quiet", metric="net_worth")
    with pytest.raises(NotPlayable, match="more of it may be better or worse") as fault:
        game("quiet", metric="churn_rate@operator/unicom")
    assert "goal" in fault.value.help
    assert not Path("out").exists()


def test_runs_are_kept_and_more_replications_make_only_what_is_missing(game: Callable[..., WarGame]) -> None:
    first = game("quiet", "mine.yaml", replications=3)
    assert (first.ran, first.kept) == (18, 0)
    second = game("quiet", "mine.yaml", replications=5)
    assert (second.ran, second.kept) == (12, 18)
    other = game("quiet", "mine.yaml", replications=5, metric="churn_rate")
    assert (other.ran, other.findings.goal) == (0, "min")
    assert not (first.folder / "kpis.parquet").exists()


def test_two_workers_give_the_same_findings(game: Callable[..., WarGame], tmp_path: Path) -> None:
    from outputs.robust_tables import robust_files

    alone = robust_files(game("quiet", "mine.yaml").findings)
    two = play(
        "small.yaml",
        Path("elsewhere"),
        ["quiet", "mine.yaml"],
        replications=8,
        workers=2,
        simulate=fakes.simulate,
        engine="fake-1",
    )
    assert two.ran == 48
    assert robust_files(two.findings) == alone


def test_a_failed_run_takes_its_replication_out_everywhere(game: Callable[..., WarGame]) -> None:
    played = game("quiet", "mine.yaml", simulate=fakes.simulate_with_a_fault)
    assert len(played.failures) == 2
    assert played.findings.replications == 7
    assert played.findings.regret.value.round(6).tolist() == [[0, 30], [10, 10], [60, 0]]
    with pytest.raises(RunsFailed):
        game("quiet", simulate=always_fails, engine="fake-2")


def always_fails(study: scenarios.Study, replication: int) -> Any:
    raise RuntimeError("never")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    import sim

    monkeypatch.setattr(sim, "simulate", fakes.simulate)


def ended(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(["robust", *arguments])
    return int(end.value.code or 0)


@pytest.mark.usefixtures("quick")
def test_the_command_prints_and_writes(study: str, capsys: pytest.CaptureFixture[str]) -> None:
    plain = [study, "--playbook", "quiet", "--playbook", "mine.yaml", "--replications", "6", "--workers", "1"]
    assert ended(*plain) == 0
    printed = capsys.readouterr().out
    assert "“Care for them” is regretted least whatever rivals do" in printed
    assert "If churn of Mid and high end is above 4 % a month in 2010-09 (month 1 of it)" in " ".join(printed.split())
    folder = Path("results/small/robust")
    assert {path.name for path in folder.iterdir()} >= {"robust.html", "robust.csv", "strategies.csv", "signals.csv"}
    assert {path.name for path in (folder / "figures").iterdir()} == {"regret.png", "signals.png"}
    assert ended(*plain, "--json", "--lang", "zh") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["least_regretted"] == "care"
    assert told["runs"] == {"made": 0, "kept": 36, "failed": 0}
    assert told["signals"][0]["kpi"] == "churn_rate"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["halls.yaml"], "help: add `population`"),
        (["small.yaml", "--playbook", "prize-war"], "did you mean `price-war`?"),
        (["small.yaml", "--playbook", "wrong.yaml"], "wrong.yaml:2:3: error[unknown-name]"),
        (["small.yaml", "--metric", "net_worth"], "`net_worth` is not a metric of this study"),
        (["small.yaml", "--replications", "0"], ""),
        (["small.yaml", "--set", "competitors.nobody.reach=1"], ""),
    ],
)
@pytest.mark.usefixtures("quick")
def test_wrong_input_is_refused_with_help(
    study: str, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    Path("halls.yaml").write_text(HALLS, encoding="utf-8")
    Path("wrong.yaml").write_text(fakes.BOOK.replace("telecom", "telekom"), encoding="utf-8")
    assert ended(*arguments) == 2
    captured = capsys.readouterr()
    assert told in captured.err
    assert "Traceback" not in captured.err
    assert captured.out == ""
    assert not Path("results").exists()


def test_from_python_a_real_small_market_is_played(study: str) -> None:
    played = sf.robust(study, ["quiet", "mine.yaml"], replications=2, workers=1, sets=["horizon=3 months"])
    assert played.ran == 12
    assert played.findings.replications == 2
    assert played.findings.signals == ()
    assert played.findings.means.value.min() > 0


def test_a_mean_over_three_months_stands_beside_each_figure() -> None:
    import numpy as np

    from standfast.uncertainty.observed import Series, over_spans

    values = np.arange(4.0).reshape(1, 1, 1, 4)
    both, named = over_spans(values, [Series("share", "operator/mobile", "1")])
    assert [each.span for each in named] == [1, 3]
    assert both[0, 0, 0].tolist() == [0, 1, 2, 3]
    assert both[0, 0, 1, 2:].tolist() == [1, 2]
    assert np.isnan(both[0, 0, 1, :2]).all()
