"""Runs are made once, kept whole, and give the same table whatever happens on the way."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import experiments_fakes as fakes
import pandas as pd
import pytest
from experiments_fakes import FakeLoaded, metric, simulate, two_points
from process_groups import members

from scenarios import BeliefUse
from standfast.experiments.compare import Comparison, RunsFailed, compare
from standfast.experiments.findings import assumptions_frame
from standfast.experiments.metrics import NoData

FAKES = Path(fakes.__file__)
COLUMNS = ["arm", "point", "replication", "kpi", "scope", "period", "value", "unit", "weight"]


def run(loaded: Any, out: Path, workers: int = 1, replications: int | None = 3) -> Comparison:
    return compare(loaded, out, workers, replications, simulate=simulate, engine="fake-1")


def table(out: Path, name: str = "fake") -> bytes:
    return (out / name / "kpis.parquet").read_bytes()


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The table of six replications of the fake study, made in one go in one process."""
    out = tmp_path_factory.mktemp("expected")
    run(two_points(), out, replications=6)
    return table(out)


def start(out: Path, workers: int, pace_s: float = 0.1, replications: int = 6) -> subprocess.Popen[str]:
    command = [sys.executable, str(FAKES), str(out), str(workers), str(replications), str(pace_s)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)


def wait_for_runs(process: subprocess.Popen[str], number: int) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(f"{number} of "):
            return
    raise AssertionError("the command ended before it came so far")


def assert_nobody_left(group: int, within_s: float) -> None:
    end = time.monotonic() + within_s
    while members(group) and time.monotonic() < end:
        time.sleep(0.05)
    assert members(group) == []


def test_the_table_has_the_contract_columns_in_plan_order(tmp_path: Path) -> None:
    found = run(two_points(), tmp_path)
    frame = pd.read_parquet(tmp_path / "fake" / "kpis.parquet")
    assert list(frame.columns) == COLUMNS
    assert list(dict.fromkeys(zip(frame["arm"], frame["point"], strict=True))) == [
        (arm, point) for arm in ("now", "more", "最多") for point in ("calm", "stormy")
    ]
    assert frame.groupby(["arm", "point"])["replication"].apply(lambda each: each.is_monotonic_increasing).all()
    pd.testing.assert_frame_equal(found.findings.kpis, frame)
    assert (found.ran, found.kept, found.failed) == (18, 0, 0)


def test_two_workers_give_the_same_table_as_one(tmp_path: Path, expected: bytes) -> None:
    run(two_points(), tmp_path, workers=2, replications=6)
    assert table(tmp_path) == expected


def test_running_again_runs_nothing(tmp_path: Path) -> None:
    run(two_points(), tmp_path)
    before = table(tmp_path)
    again = run(two_points(), tmp_path)
    assert (again.ran, again.kept) == (0, 18)
    assert table(tmp_path) == before


def test_more_replications_run_only_the_new_ones(tmp_path: Path, expected: bytes) -> None:
    run(two_points(), tmp_path, replications=2)
    more = run(two_points(), tmp_path, replications=6)
    assert (more.ran, more.kept) == (24, 12)
    assert table(tmp_path) == expected


def test_fewer_replications_give_the_table_of_these_alone(tmp_path: Path) -> None:
    run(two_points(), tmp_path / "a", replications=2)
    run(two_points(), tmp_path / "b", replications=5)
    assert run(two_points(), tmp_path / "b", replications=2).ran == 0
    assert table(tmp_path / "b") == table(tmp_path / "a")


def test_changing_one_lever_runs_only_that_arm(tmp_path: Path) -> None:
    study = two_points()
    run(study, tmp_path)
    study.levers["more"]["shift"] = -1.5
    again = run(study, tmp_path)
    assert (again.ran, again.kept) == (6, 12)


def test_renaming_an_arm_or_a_point_runs_nothing(tmp_path: Path) -> None:
    run(two_points(), tmp_path)
    renamed = two_points(noises={"quiet": 0.5, "wild": 2.0})
    renamed.levers["plus"] = renamed.levers.pop("more")
    assert run(renamed, tmp_path).ran == 0


def test_arms_of_equal_content_share_their_runs_and_show_no_difference(tmp_path: Path) -> None:
    study = FakeLoaded({"now": {}, "same": {}}, noises={"base": 1.0}, metrics=(metric("wait_mean", indifference=0.0),))
    found = run(study, tmp_path)
    row = found.findings.decision.iloc[0]
    assert found.ran == 3
    assert (row["difference"], row["half_width"], row["verdict"]) == (0.0, 0.0, "no practical difference")
    assert set(found.findings.kpis["arm"]) == {"now", "same"}


def test_workers_in_a_long_run_end_with_their_killed_coordinator(tmp_path: Path) -> None:
    process = start(tmp_path, workers=2, pace_s=60)
    wait_for_runs(process, 0)
    end = time.monotonic() + 20
    while len(members(process.pid)) < 3 and time.monotonic() < end:
        time.sleep(0.1)
    assert len(members(process.pid)) >= 3
    time.sleep(1)
    process.kill()
    process.wait()
    assert_nobody_left(process.pid, within_s=5)


def test_a_killed_worker_is_replaced_and_the_table_is_the_same(tmp_path: Path, expected: bytes) -> None:
    process = start(tmp_path, workers=2)
    wait_for_runs(process, 7)
    victim = next(
        member for member in members(process.pid) if b"spawn_main" in Path(f"/proc/{member}/cmdline").read_bytes()
    )
    os.kill(victim, signal.SIGKILL)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out.splitlines()[-1] == "ran 36 kept 0"
    assert table(tmp_path) == expected


@pytest.mark.parametrize(
    ("workers", "number", "code"), [(1, signal.SIGTERM, 143), (2, signal.SIGTERM, 143), (2, signal.SIGINT, 130)]
)
def test_a_stop_ends_within_five_seconds_keeps_what_is_finished_and_leaves_nobody(
    tmp_path: Path, workers: int, number: signal.Signals, code: int
) -> None:
    process = start(tmp_path, workers, pace_s=0.1)
    wait_for_runs(process, 5)
    begun = time.monotonic()
    os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
    out, _ = process.communicate(timeout=10)
    assert time.monotonic() - begun < 5
    assert process.returncode == code
    assert_nobody_left(process.pid, within_s=1)
    told = re.search(r"kept (\d+)", out)
    assert told is not None
    kept = int(told[1])
    assert kept >= 5
    again = run(two_points(), tmp_path, replications=6)
    assert (again.kept, again.ran) == (kept, 36 - kept)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_stop_does_not_wait_for_a_long_run(tmp_path: Path, workers: int) -> None:
    process = start(tmp_path, workers, pace_s=60)
    wait_for_runs(process, 0)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=5)
    assert process.returncode == 130
    assert "kept 0" in out
    assert_nobody_left(process.pid, within_s=1)


def test_a_run_that_always_kills_its_worker_fails_and_the_rest_go_on(tmp_path: Path) -> None:
    levers: dict[str, dict[str, Any]] = {"now": {}, "more": {"shift": -1.0, "deadly": (60,)}}
    found = run(FakeLoaded(levers, noises={"base": 1.0}), tmp_path, workers=2, replications=100)
    assert (found.ran, found.failed) == (199, 1)
    (failure,) = found.failures  # though runs as short as these are handed out many at a time
    assert (failure.arm, failure.replication) == ("more", 60)
    assert "died 3 times (signal 9" in failure.reason
    assert found.findings.decision.iloc[0]["n"] == 99


def test_a_run_that_raises_fails_with_its_reason_and_is_tried_again_next_time(tmp_path: Path) -> None:
    levers: dict[str, dict[str, Any]] = {"now": {}, "more": {"shift": -1.0, "raising": (0,)}}
    study = FakeLoaded(levers, noises={"base": 1.0})
    found = run(study, tmp_path)
    assert [failure.reason for failure in found.failures] == ["RuntimeError: the model gave up"]
    assert "Traceback" in found.failures[0].details
    again = run(study, tmp_path)
    assert (again.ran, again.kept, again.failed) == (0, 5, 1)


def test_when_every_run_fails_nothing_is_compared(tmp_path: Path) -> None:
    levers: dict[str, dict[str, Any]] = {"now": {"raising": (0, 1, 2)}, "more": {"shift": -1.0}}
    with pytest.raises(RunsFailed, match=r"3 runs failed .* arm now, point base, replication 0: RuntimeError"):
        run(FakeLoaded(levers, noises={"base": 1.0}), tmp_path)


def test_a_metric_without_data_is_named_with_its_arm_and_replication(tmp_path: Path) -> None:
    levers: dict[str, dict[str, Any]] = {"now": {}, "more": {"shift": -1.0, "silent": (2,)}}
    with pytest.raises(NoData, match="wait_mean has no value in arm more, point base, replication 2"):
        run(FakeLoaded(levers, noises={"base": 1.0}), tmp_path)


def test_runs_go_where_a_verdict_is_open(tmp_path: Path) -> None:
    levers: dict[str, dict[str, Any]] = {"now": {}, "clear": {"shift": -8.0}, "close": {"shift": -0.2}}
    study = FakeLoaded(levers, noises={"base": 1.0}, initial=5, maximum=20)
    decision = run(study, tmp_path, replications=None).findings.decision
    assert decision["arm"].tolist() == ["clear", "close"]
    assert decision["n"].tolist() == [5, 20]
    assert decision["verdict"].tolist() == ["better", "not settled"]
    assert decision["runs_to_settle"].iloc[1] > 0
    assert decision["level"].tolist() == pytest.approx([1 - 0.05 / (3 * 2 * 1)] * 2)


def test_an_interval_of_the_decision_follows_from_the_table_by_hand(tmp_path: Path) -> None:
    from scipy import stats

    study = FakeLoaded({"now": {}, "more": {"shift": -1.0}}, noises={"base": 1.0})
    row = run(study, tmp_path, replications=12).findings.decision.iloc[0]
    rows = pd.read_parquet(tmp_path / "fake" / "kpis.parquet").query(
        "kpi == 'wait_mean' and scope == 'operator/own' and period == 'all'"
    )
    both = rows.pivot_table(index="replication", columns="arm", values="value")
    differences = both["more"] - both["now"]
    half = stats.t.ppf(0.975, 11) * differences.std(ddof=1) / 12**0.5
    assert row["n"] == 12
    assert row["low"] == pytest.approx(differences.mean() - half)
    assert row["high"] == pytest.approx(differences.mean() + half)
    assert row["correlation"] == pytest.approx(both["more"].corr(both["now"]))


def test_a_zone_that_the_study_leaves_out_is_one_percent_of_the_baseline_and_marked(tmp_path: Path) -> None:
    study = FakeLoaded({"now": {}, "more": {"shift": -1.0}}, noises={"base": 1.0}, metrics=(metric("wait_mean"),))
    row = run(study, tmp_path).findings.decision.iloc[0]
    assert row["indifference"] == pytest.approx(0.01 * abs(row["baseline_mean"]))
    assert row["indifference_chosen"]


def test_a_study_of_one_arm_is_measured_without_a_decision(tmp_path: Path) -> None:
    found = run(FakeLoaded({"baseline": {}}, noises={"base": 1.0}), tmp_path)
    assert len(found.findings.decision) == 0
    assert found.findings.replications == 3


def test_a_script_without_a_main_guard_may_compare(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\nfrom pathlib import Path\n"
        f"sys.path.insert(0, {str(FAKES.parent)!r})\n"
        "from experiments_fakes import simulate, two_points\n"
        "from standfast.experiments.compare import compare\n"
        "found = compare(two_points(), Path(sys.argv[1]), 2, 2, simulate=simulate, engine='e')\n"
        "print('ran', found.ran)\n"
    )
    told = subprocess.run([sys.executable, str(script), str(tmp_path)], capture_output=True, text=True, timeout=60)
    assert told.stdout == "ran 12\n"
    assert told.stderr == ""


def test_importing_standfast_loads_nothing_heavy() -> None:
    heavy = "pandas", "numpy", "scipy", "pydantic", "matplotlib", "pyarrow"
    code = f"import sys, standfast as sf; sf.compare; print([name for name in {heavy} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert told.stdout == "[]\n"


def test_assumptions_are_those_of_the_baseline_though_other_arms_change_them_in_proportion() -> None:
    def stated(path: str, best: str, line: int = 3) -> BeliefUse:
        return BeliefUse(path, best, "x0.8", "x1.2", "assumed", "", "study.yaml", line)

    baseline, busier = [stated("halls.h.arrivals.rate", "30/h")], [stated("halls.h.arrivals.rate", "45/h")]
    only_there = stated("halls.h.kiosks.share", "30 %", 9)
    frame = assumptions_frame([*baseline, *busier, only_there], Path("study.yaml"))
    assert frame["value"].tolist() == ["30/h", "30 %"]
