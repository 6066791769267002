"""Ctrl-C and SIGTERM: one line with the number of runs kept, no process left, and the same command goes on."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from standfast.cli import main

pytestmark = pytest.mark.skipif(os.name == "nt", reason="process groups and signals as POSIX has them")

STUDY = """\
schema_version: 1
name: long
horizon: 20 days
halls:
  main:
    hours: "09:00-18:00"
    arrivals: {rate: {"09:00": 60/h}}
    transactions:
      all: {share: 100 %, service: {dist: exponential, mean: 5 min}}
    counters:
      staffing: {"09:00": 6}
arms:
  baseline: {}
  more: {halls.main.counters.staffing: {"09:00-18:00": "+1"}}
compare:
  metrics:
    wait_mean: {goal: min, indifference: 0.1 min}
"""
PATIENCE_S = 120


def started(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "standfast", "run", "long.yaml", "--workers", "2", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, stdout=pipe, stderr=pipe, text=True, start_new_session=True)


def wait_for_a_chunk(process: subprocess.Popen[str], folder: Path) -> None:
    """Wait until some runs, not all, are kept."""
    end = time.monotonic() + PATIENCE_S
    while not list(folder.glob("results/long/runs/*/receipt.json")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "no run was kept in time"
        time.sleep(0.05)


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Run the command line in this process: exit code, stdout."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0), capsys.readouterr().out


def assert_nobody_left(group: int) -> None:
    """Everything that the command started has gone, zombies that the system has yet to reap apart."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise AssertionError("a process outlived the command")


@pytest.mark.parametrize(
    ("number", "code", "word"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_a_stopped_command_says_how_many_runs_are_kept_and_goes_on(
    number: signal.Signals,
    code: int,
    word: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "long.yaml").write_text(STUDY, encoding="utf-8")
    process = started(tmp_path, "--replications", "400")
    wait_for_a_chunk(process, tmp_path)
    stopped = time.monotonic()
    # A terminal sends Ctrl-C to every process of the group, `kill` and service managers one SIGTERM to the command.
    if number is signal.SIGINT:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - stopped < 15  # the bar is 5 s; a loaded machine gets more
    assert process.returncode == code, err
    told = [line for line in err.splitlines() if word in line]
    assert len(told) == 1, err
    assert "Traceback" not in err
    assert out == ""
    assert_nobody_left(process.pid)

    kept = int(re.findall(rf"{word}: (\d+) runs? kept in .*; the same command goes on from there", told[0])[0])
    assert kept > 0
    monkeypatch.chdir(tmp_path)
    code, out = outcome(capsys, "plan", "long.yaml", "--replications", "400", "--json")
    assert code == 0
    assert json.loads(out)["done"] == kept
    code, out = outcome(capsys, "run", "long.yaml", "--replications", "2", "--workers", "1", "--json")
    assert code == 0
    again = json.loads(out)["runs"]
    assert again["kept"] >= 1
    assert again["kept"] + again["made"] == 4


def test_ctrl_c_before_anything_runs_is_quiet_too(tmp_path: Path) -> None:
    program = "import os, signal, sys, time\nfrom standfast.commands.exits import conduct\n"
    program += "sys.exit(conduct(lambda: os.kill(os.getpid(), signal.SIGINT) or time.sleep(30) or 0))"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 130
    assert len(done.stderr.splitlines()) == 1
    assert "0 runs" in done.stderr
