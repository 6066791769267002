"""`--only ARM[@POINT]`: these runs and no others; a text that names nothing is told with the nearest name."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import scenarios
from standfast.cli import main
from standfast.experiments.chosen import NothingSelected, chosen
from standfast.experiments.compare import compare

PAIRS = [(arm, point) for arm in ("now", "early-call", "早约[2]") for point in ("base", "subsidy=300 CNY")]

SWEPT = """\
schema_version: 1
name: swept
horizon: 2 days
halls:
  main:
    hours: "09:00-12:00"
    arrivals: {rate: {"09:00": 12/h}}
    transactions:
      payment: {share: 100 %, service: {dist: exponential, mean: 4 min}}
    counters:
      staffing: {"09:00": 2}
arms:
  baseline: {}
  more: {halls.main.counters.staffing: {"09:00": 3}}
  fewer: {halls.main.counters.staffing: {"09:00": 1}}
sweep:
  grid: {halls.main.arrivals.holiday: [0.5, 0.7]}
compare:
  metrics:
    wait_mean: {goal: min, indifference: 0.1 min}
  replications: {initial: 3, max: 3}
"""


@pytest.mark.parametrize(
    ("only", "named"),
    [
        ([], PAIRS),
        (["now"], PAIRS[:2]),
        (["early-call@base"], [PAIRS[2]]),
        (["@base"], [PAIRS[0], PAIRS[2], PAIRS[4]]),
        (["*@subsidy=*"], [PAIRS[1], PAIRS[3], PAIRS[5]]),
        (["now@base", "early-*"], [PAIRS[0], PAIRS[2], PAIRS[3]]),
        (["早约[2]"], PAIRS[4:]),
        (["*"], PAIRS),
    ],
)
def test_arms_and_points_are_chosen_by_name(only: list[str], named: list[tuple[str, str]]) -> None:
    assert chosen(only, PAIRS) == set(named)


@pytest.mark.parametrize(
    ("only", "near"), [("early-cal", "early-call"), ("now@bas", "now@base"), ("[n]ow", "now"), ("now@", "now@base")]
)
def test_a_name_of_nothing_is_refused_with_the_nearest_even_beside_a_good_one(only: str, near: str) -> None:
    with pytest.raises(NothingSelected, match="nothing is selected") as told:
        chosen(["now", only], PAIRS)
    assert near in told.value.help


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_only_these_runs_are_planned_made_and_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "swept.yaml").write_text(SWEPT, encoding="utf-8")
    points = json.loads(outcome(capsys, "plan", "swept.yaml", "--json")[1])["lines"]
    first, second = dict.fromkeys(line["point"] for line in points)

    code, out, _ = outcome(capsys, "plan", "swept.yaml", "--only", f"more@{second}", "--json")
    assert code == 0
    assert [(line["arm"], line["point"], line["runs"]) for line in json.loads(out)["lines"]] == [("more", second, 3)]

    made = ("run", "swept.yaml", "--workers", "1", "--json")
    _, out, _ = outcome(capsys, *made, "--only", f"more@{second}", "--only", f"@{first}")
    assert json.loads(out)["runs"] == {"made": 12, "kept": 0, "failed": 0}
    _, out, _ = outcome(capsys, *made, "--arm", "more", "--point", second)
    assert json.loads(out)["runs"] == {"made": 0, "kept": 3, "failed": 0}

    loaded = scenarios.load("swept.yaml")
    found = compare(loaded, tmp_path / "results", 1, only=[f"more@{second}"])
    assert (found.ran, found.kept) == (3, 3)  # the baseline at that point was not there yet
    (row,) = found.findings.decision.to_dict("records")
    assert (row["arm"], row["point"]) == ("more", second)
    table = pd.read_parquet(tmp_path / "results" / "swept" / "kpis.parquet")
    assert set(zip(table["arm"], table["point"], strict=True)) == {("baseline", second), ("more", second)}

    whole = compare(loaded, tmp_path / "results", 1).findings.decision
    (same,) = whole[(whole["arm"] == "more") & (whole["point"] == second)].to_dict("records")
    assert same == row  # looking at one arm first promises no less of it

    # Different arms at different points: each point compares its own.
    only = ("--only", f"more@{first}", "--only", f"fewer@{second}")
    code, out, err = outcome(capsys, "compare", "swept.yaml", *only, "--workers", "1")
    assert code == 0, err
    assert (tmp_path / "results" / "swept" / "report.html").is_file()


@pytest.mark.parametrize("command", ["plan", "run", "compare"])
def test_selecting_nothing_ends_with_5_and_writes_nothing(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "swept.yaml").write_text(SWEPT, encoding="utf-8")
    code, out, err = outcome(capsys, command, "swept.yaml", "--only", "mor", "--json")
    assert code == 5
    assert "nothing is selected" in err
    assert "more" in json.loads(out)["errors"][0]["help"]
    assert sorted(tmp_path.iterdir()) == [tmp_path / "swept.yaml"]


@pytest.mark.parametrize("more", [("--replication", "0"), ("--arm", "more")])
def test_one_way_of_naming_runs_at_a_time(
    more: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "swept.yaml").write_text(SWEPT, encoding="utf-8")
    code, _, err = outcome(capsys, "run", "swept.yaml", "--only", "fewer", *more)
    assert code == 2
    assert "--only" in err
