"""Wrong input: exit code 2, the place of the error on stderr, no traceback, nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from standfast.cli import main

GOOD = """\
schema_version: 1
name: small
horizon: 1 month
halls:
  main:
    class: A
    hours: "09:00-12:00"
    arrivals:
      rate: {"09:00": 12/h}
    customers:
      gotone: {share: 25 %, priority: 1}
      others: {share: 75 %, priority: 2}
    transactions:
      payment: {share: 100 %, service: {dist: exponential, mean: 4 min}}
    counters:
      staffing: {"09:00": 2}
arms:
  baseline: {}
  more: {halls.main.counters.staffing: {"09:00": 3}}
compare:
  baseline: baseline
  metrics:
    wait_mean: {goal: min, indifference: 0.1 min}
"""


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run the command line in this process: exit code, stdout, stderr."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


WRONG = {
    "unknown key": ("horizon: 1 month", "horizon: 1 month\ncolour: blue", "4:1"),
    "misspelt key": ("    hours:", "    huors:", "7:5"),
    "wrong unit": ("mean: 4 min", "mean: 4 %", "14:"),
    "missing unit": ("mean: 4 min", "mean: 4", "14:"),
    "duplicate key": ("name: small", "name: small\nname: large", "3:1"),
    "not a number": ("{share: 25 %, priority: 1}", "{share: nan, priority: 1}", "11:"),
    "YAML's own not a number": ("{share: 25 %, priority: 1}", "{share: .nan, priority: 1}", "11:"),
    "infinite": ("mean: 4 min", "mean: .inf", "14:"),
    "negative rate": ("12/h", "-12/h", "9:"),
    "unknown arm in compare": ("baseline: baseline", "baseline: basline", "21:"),
    "unknown metric in compare": ("wait_mean:", "wait_meen:", "23:"),
    "unknown hall in a metric": ("wait_mean:", "wait_mean@hall/nowhere:", "23:"),
    "unknown path in an arm": ("halls.main.counters.staffing: {", "halls.main.counters.stafing: {", "19:"),
    "horizon of 0": ("horizon: 1 month", "horizon: 0 months", "3:"),
    "shares that don't add up": ("share: 75 %", "share: 80 %", ":"),
    "times outside opening hours": ('staffing: {"09:00": 2}', 'staffing: {"09:00": 2, "15:00": 3}', "16:"),
    "not a time of day": ('staffing: {"09:00": 2}', 'staffing: {"25:00": 2}', "16:"),
    "a study that extends itself": ("name: small", "name: small\nextends: [study.yaml]", "3:"),
    "a parent that is missing": ("name: small", "name: small\nextends: [nowhere.yaml]", "3:"),
    "parameters that are missing": ("name: small", "name: small\nparameters: [nowhere.yaml]", "3:"),
    "not YAML": ("horizon: 1 month", "horizon: [1 month", "4:"),
    "a name that leaves the folder": ("name: small", "name: ../../small", "2:"),
    "an anchor": ("name: small", "name: &n small", "2:"),
}


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.parametrize("command", ["check", "compare"])
def test_a_wrong_study_is_refused_with_its_place_and_nothing_is_written(
    case: str, command: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new, place = WRONG[case]
    assert GOOD.count(old) == 1
    (folder / "study.yaml").write_text(GOOD.replace(old, new), encoding="utf-8")
    code, out, err = outcome(capsys, command, "study.yaml")
    assert code == 2, err
    assert f"study.yaml:{place}" in err or (place == ":" and "study.yaml:" in err), err
    assert ": error[" in err
    assert "Traceback" not in err + out
    assert sorted(folder.iterdir()) == [folder / "study.yaml"]


def test_every_error_is_told_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = GOOD.replace("mean: 4 min", "mean: 4").replace("12/h", "-12/h").replace("wait_mean:", "wait_meen:")
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    code, _, err = outcome(capsys, "check", "study.yaml")
    assert code == 2
    assert err.count(": error[") >= 3
    assert "^" in err  # a caret under the place
    assert "help: " in err
    assert "wait_mean" in err  # the nearest name


def test_errors_come_as_json_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import json

    (folder / "study.yaml").write_text(GOOD.replace("mean: 4 min", "mean: 4"), encoding="utf-8")
    code, out, _ = outcome(capsys, "check", "study.yaml", "--json")
    (error,) = json.loads(out)["errors"]
    assert code == 2
    assert error["line"] == 14
    assert error["path"].startswith("halls.main.transactions.payment.service")
    assert error["file"].endswith("study.yaml")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("compare", "nowhere.yaml"), "nowhere.yaml"),
        (("compare", "chengdu-hals"), "chengdu-halls"),
        (("check", "."), "."),
        (("compaer", "study.yaml"), "compare"),
        (("backtest", "study.yaml"), "No such command"),
        (("staff", "study.yaml"), "staffing"),
        (("compare",), "STUDY"),
        (("compare", "study.yaml", "--replications", "0"), "--replications"),
        (("compare", "study.yaml", "--workers", "0"), "--workers"),
        (("compare", "study.yaml", "--workers", "two"), "--workers"),
        (("compare", "study.yaml", "--engine", "steam"), "--engine"),
        (("run", "study.yaml", "--engine", "compiled", "--trace"), "SimPy"),
        (("compare", "study.yaml", "--lang", "fr"), "--lang"),
        (("compare", "study.yaml", "--colour"), "--colour"),
        (("compare", "study.yaml", "--set", "halls.main.counters.stafing=3"), "staffing"),
        (("compare", "study.yaml", "--set", "nothing"), "--set"),
        (("compare", "study.yaml", "--fail-if", "wait_mean is long"), "--fail-if"),
        (("compare", "study.yaml", "--fail-if", "wait_meen > 5 min"), "wait_mean"),
        (("compare", "study.yaml", "--fail-if", "wait_mean > 5"), "min"),
        (("compare", "study.yaml", "--fail-if", "wait_mean > 5 %"), "min"),
        (("compare", "study.yaml", "--fail-if", "wait_mean > nan min"), "--fail-if"),
        (("compare", "study.yaml", "--fail-if", "mor: wait_mean > 5 min"), "more"),
        (("run", "study.yaml", "--arm", "mor"), "more"),
        (("run", "study.yaml", "--point", "nowhere"), "base"),
        (("run", "study.yaml", "--replication", "-1"), "--replication"),
        (("show", "study.yaml", "--arm", "mor"), "more"),
        (("report", "study.yaml"), "compare"),
        (("init", "study"), "exists"),
        (("init", "no/such/folder/study"), "folder"),
        (("calibrate", "churn", "x.csv", "--mapping", "queue-ticket-zh", "--hall", "m", "--out", "o.yaml"), "churn"),
        (
            ("calibrate", "arrivals", "x.csv", "--mapping", "queue-ticket-zh", "--hall", "m", "--out", "o.yaml"),
            "x.csv",
        ),
        (("calibrate", "arrivals", "study.yaml", "--mapping", "nowhere", "--hall", "m", "--out", "o.yaml"), "nowhere"),
    ],
)
def test_a_wrong_request_is_refused_and_nothing_is_written(
    arguments: tuple[str, ...], told: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "study.yaml").write_text(GOOD, encoding="utf-8")
    code, out, err = outcome(capsys, *arguments)
    assert code == 2, err
    assert told in err
    assert "Traceback" not in err + out
    assert sorted(folder.iterdir()) == [folder / "study.yaml"]


def test_a_hall_without_counters_is_legal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nobody = GOOD.replace('{"09:00": 2}', '{"09:00": 0}')
    asking = nobody.replace("wait_mean: {goal: min, indifference: 0.1 min}", "turned_away: {goal: min}")
    (folder / "study.yaml").write_text(asking, encoding="utf-8")
    code, _, err = outcome(capsys, "check", "study.yaml")
    assert code == 0, err
