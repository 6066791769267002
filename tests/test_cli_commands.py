"""The commands of the command line on a tiny study, and how each of them can end."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import sim
from standfast.cli import main

STUDY = """\
schema_version: 1
name: tiny
title: A tiny hall
start: 2010-07-05
horizon: 2 days
halls:
  main:
    title: 总厅
    hours: "09:00-12:00"
    arrivals: {rate: {"09:00": {best: 30/h, source: assumed}}}
    customers:
      all: {share: 100 %, target: {busy: 10 min, idle: 5 min}, patience: {dist: exponential, mean: 20 min}}
    transactions:
      all: {share: 100 %, service: {dist: exponential, mean: {best: 5 min, low: 4 min, high: 6 min, source: published}}}
    counters:
      staffing: {"09:00": 2}
arms:
  baseline: {}
  more: {halls.main.counters.staffing: {"09:00-12:00": "+2"}}
  fewer: {halls.main.counters.staffing: {"10:00-11:00": "-1"}}
compare:
  metrics:
    wait_mean: {goal: min, indifference: 0.1 min}
    abandoned: {goal: min, indifference: 1}
"""

Ended = tuple[int, str, str]


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ended:
    """Run the command line in this process: exit code, stdout, stderr."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tiny study, compared with six replications."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "tiny.yaml").write_text(STUDY, encoding="utf-8")
    command = [sys.executable, "-m", "standfast", "compare", "tiny.yaml", "--replications", "6", "--workers", "2"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr
    (folder / "stdout.txt").write_text(done.stdout, encoding="utf-8")
    return folder


@pytest.fixture
def there(compared: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(compared)
    return compared


@pytest.fixture
def no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the report out, for tests of something else."""
    monkeypatch.setattr("outputs.write_report", lambda findings, folder: [Path(folder) / "report.html"])


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the tiny study alone."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(STUDY, encoding="utf-8")
    return tmp_path


def test_compare_prints_the_decision_and_where_the_report_is(compared: Path) -> None:
    printed = (compared / "stdout.txt").read_text(encoding="utf-8")
    assert "A tiny hall" in printed
    assert "more" in printed
    assert "better" in printed
    assert str(Path("results") / "tiny" / "report.html") in printed
    assert "18 runs made, 0 kept from before" in printed
    assert "\x1b[" not in printed  # no colours where nobody can see them
    for name in ("report.html", "decision.csv", "kpis.parquet"):
        assert (compared / "results" / "tiny" / name).is_file()


@pytest.mark.usefixtures("no_report")
def test_a_second_comparison_runs_nothing_and_finds_the_same(there: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (there / "results" / "tiny" / "kpis.parquet").read_bytes()
    code, out, _ = outcome(capsys, "compare", "tiny.yaml", "--replications", "6", "--workers", "1", "--json")
    told = json.loads(out)
    assert code == 0
    assert told["runs"] == {"made": 0, "kept": 18, "failed": 0}
    assert told["recommended"] == {"base": "more"}
    assert {row["arm"] for row in told["decision"]} == {"more", "fewer"}
    assert (there / "results" / "tiny" / "kpis.parquet").read_bytes() == before


def test_a_report_runs_nothing_and_speaks_chinese(there: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(capsys, "report", "tiny.yaml", "--replications", "6", "--lang", "zh")
    assert code == 0
    assert "方案" in out
    assert "18 runs kept, none made" in out
    assert '<html lang="zh' in (there / "results" / "tiny" / "report.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("no_report")
def test_a_report_of_too_few_runs_says_how_many_are_missing(there: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = outcome(capsys, "report", "tiny.yaml")
    assert code == 0
    assert "12 of the first 30 runs are missing" in err


def test_the_plan_says_what_is_done_and_why_the_rest_must_run(there: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(capsys, "plan", "tiny.yaml", "--json")
    told = json.loads(out)
    assert code == 0
    assert (told["runs"], told["done"], told["todo"]) == (30, 18, 12)
    code, out, _ = outcome(capsys, "plan", "tiny.yaml", "--set", 'halls.main.counters.staffing={"09:00": 3}')
    assert "the model changed: halls.main.counters.staffing" in out
    assert code == 0


TARGETS = [
    ("wait_mean > 1000 min", 0),
    ("wait_mean > 0 min", 3),
    ("wait_mean < 1000 min", 3),
    ("baseline: abandoned >= 0", 3),
    ("fewer: wait_mean@hall/main@10:00 > 0.1 min", 3),
    ("wait_over_target > 100 %", 0),
]


@pytest.mark.usefixtures("no_report")
@pytest.mark.parametrize(("target", "code"), TARGETS)
def test_a_stated_target_that_is_missed_ends_with_3(
    target: str, code: int, there: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended, _, err = outcome(capsys, "compare", "tiny.yaml", "--replications", "6", "--fail-if", target)
    assert ended == code, err
    assert ("target missed" in err) == (code == 3)


@pytest.mark.usefixtures("no_report")
def test_runs_that_fail_end_with_1_and_the_others_decide(
    empty: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    simulate = sim.simulate

    def sometimes(study: Any, replication: int, **options: Any) -> Any:
        if replication == 2:
            raise sim.ModelError("the roof fell in", "halls.main", "mend it")
        return simulate(study, replication, **options)

    monkeypatch.setattr("sim.simulate", sometimes)
    arguments = ("--replications", "4", "--workers", "1")
    code, out, err = outcome(capsys, "compare", "tiny.yaml", *arguments, "--json")
    assert code == 1
    assert "the roof fell in" in err
    assert json.loads(out)["runs"] == {"made": 9, "kept": 0, "failed": 3}
    code, _, err = outcome(capsys, "run", "tiny.yaml", *arguments)
    assert code == 1
    monkeypatch.setattr("sim.simulate", simulate)
    code, out, _ = outcome(capsys, "run", "tiny.yaml", *arguments)
    assert code == 0
    assert "3 runs made, 9 kept from before" in out


def test_a_store_that_cannot_be_written_ends_with_4(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (empty / "taken").write_text("a file, not a folder")
    code, _, err = outcome(capsys, "compare", "tiny.yaml", "--out", "taken", "--replications", "2", "--workers", "1")
    assert code == 4
    assert "taken" in err
    assert "Traceback" not in err


def test_a_full_disk_under_stdout_ends_with_4(empty: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "standfast", "schema"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 4
    assert "Traceback" not in done.stderr


def test_a_fault_of_ours_ends_with_70_and_a_traceback_in_a_file(
    empty: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object) -> None:
        raise ZeroDivisionError("nobody expected this")

    monkeypatch.setattr("scenarios.load", broken, raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(empty))
    code, _, err = outcome(capsys, "check", "tiny.yaml")
    assert code == 70
    assert len(err.splitlines()) == 1
    (file,) = empty.glob("standfast-fault-*.txt")
    assert str(file) in err
    assert "nobody expected this" in file.read_text()
    assert "Traceback" in file.read_text()


def test_init_writes_a_study_that_passes_its_own_check(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(capsys, "init", "冬季")[0] == 0
    code, out, err = outcome(capsys, "check", "冬季.yaml")
    assert code == 0, err
    assert "冬季: no errors" in out
    assert outcome(capsys, "init", "冬季")[0] == 2
    assert outcome(capsys, "init", "a/../../b")[0] == 2


def test_check_counts_where_numbers_come_from(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(capsys, "check", "tiny.yaml", "--json")
    told = json.loads(out)
    assert code == 0
    assert told["beliefs"] == {"assumed": 1, "seed": 0, "published": 1, "fitted": 0}
    assert told["arms"] == ["baseline", "more", "fewer"]
    code, out, _ = outcome(capsys, "check", "tiny.yaml")
    assert "no errors" in out
    assert "2 (1 assumed, 0 seed, 1 published, 0 fitted)" in out


def test_show_says_which_line_set_each_value(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(capsys, "show", "tiny.yaml", "--arm", "more", "--why", "--set", "seed=7")
    assert code == 0
    (staffing,) = (line for line in out.splitlines() if line.startswith("halls.main.counters.staffing"))
    assert "tiny.yaml:19" in staffing
    assert "arm more" in staffing
    (seed,) = (line for line in out.splitlines() if line.startswith("seed"))
    assert "--set" in seed
    assert "(default)" in out


def test_what_show_prints_is_the_same_study(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = outcome(capsys, "show", "tiny.yaml", "--arm", "fewer")
    (empty / "shown.yaml").write_text(out, encoding="utf-8")
    code, again, err = outcome(capsys, "show", "shown.yaml", "--json")
    assert code == 0, err
    assert again == outcome(capsys, "show", "tiny.yaml", "--arm", "fewer", "--json")[1]


def test_show_lists_what_can_be_measured(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(capsys, "show", "tiny.yaml", "--kpis", "--json")
    told = json.loads(out)
    assert code == 0
    assert told["scopes"] == ["operator/own", "hall/main", "hall/main/all"]
    assert {"wait_mean", "offered_wait_over_10min"} <= {kpi["name"] for kpi in told["kpis"]}


def test_a_trace_tells_each_customer_and_keeps_nothing(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(capsys, "run", "tiny.yaml", "--arm", "more", "--replication", "1", "--trace")
    assert code == 0
    assert out.startswith("2010-07-05 09:")
    assert all(line.startswith("2010-07-0") for line in out.splitlines())
    assert sorted(path.name for path in empty.iterdir()) == ["tiny.yaml"]


def test_one_run_shows_what_it_measured(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(capsys, "run", "tiny.yaml", "--replication", "0")
    assert code == 0
    assert "wait_mean" in out
    code, out, _ = outcome(capsys, "run", "tiny.yaml", "--replication", "0", "--json")
    rows = json.loads(out)
    assert {row["arm"] for row in rows} == {"baseline"}
    assert sorted(path.name for path in empty.iterdir()) == ["tiny.yaml"]


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(capsys, "schema")
    assert code == 0
    assert json.loads(out)["$schema"].startswith("http://json-schema.org/draft-07")


def test_output_that_nobody_reads_is_no_error(empty: Path) -> None:
    command = f"{sys.executable} -m standfast run tiny.yaml --trace | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert done.stderr == ""


def test_help_names_every_command_and_its_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(capsys, "--help")
    assert code == 0
    for name in ("init", "check", "show", "plan", "run", "compare", "report", "schema", "calibrate", "validate"):
        assert f"  {name} " in out
        assert outcome(capsys, name, "--help")[0] == 0
    assert "143" in out


def test_help_is_quick(tmp_path: Path) -> None:
    """The bar is 0.15 s of processor time on a quiet machine; here twice that, the best of five."""
    command = [sys.executable, "-c", "from standfast.cli import main; main(['--help'])"]
    times = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=tmp_path, check=True, stdout=subprocess.DEVNULL, env=os.environ)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(times) < 0.3


def test_starting_up_imports_nothing_heavy() -> None:
    heavy = ("numpy", "pandas", "scipy", "matplotlib", "pydantic", "pyarrow", "simpy", "rich", "ruamel")
    code = f"import sys, standfast.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_console_without_chinese_letters_is_no_fault(empty: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    for command, expected in (("show", b"title: ??"), ("check", b"no errors")):
        done = subprocess.run(
            [sys.executable, "-m", "standfast", command, "tiny.yaml"], capture_output=True, env=environment, timeout=60
        )
        assert done.returncode == 0, done.stderr
        assert expected in done.stdout
    done = subprocess.run(
        [sys.executable, "-m", "standfast", "show", "tiny.yaml", "--why", "--json"],
        capture_output=True,
        env=environment,
        timeout=60,
    )
    assert "总厅" in {origin["value"] for origin in json.loads(done.stdout)}


def test_both_engines_print_the_same_run(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = [
        outcome(capsys, "run", "tiny.yaml", "--replication", "3", "--engine", engine, "--json")
        for engine in ("simpy", "compiled", "auto")
    ]
    assert told[0][0] == 0
    assert told[0] == told[1] == told[2]
