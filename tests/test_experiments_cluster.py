"""Runs on a Dask cluster: the same table as here, whoever dies; a cluster that is not like this machine is refused.

A real scheduler and workers on 127.0.0.1, as processes of their own.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import experiments_fakes as fakes
import pytest
from dask_cluster import NO_STANDFAST, OTHER_SIMPY, DaskCluster, dask_cluster
from experiments_fakes import FakeLoaded, simulate, two_points

from standfast.cli import main
from standfast.experiments import cluster as cluster_module
from standfast.experiments.cluster import ClusterLost, ClusterRefused
from standfast.experiments.compare import Comparison, compare

pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="process groups and signals as POSIX has them")

FAKES = Path(fakes.__file__)


def run(loaded: Any, out: Path, workers: int | str = 1, replications: int = 6, progress: Any = None) -> Comparison:
    return compare(loaded, out, workers, replications, progress, simulate=simulate, engine="fake-1")


def table(out: Path, name: str = "fake") -> bytes:
    return (out / name / "kpis.parquet").read_bytes()


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The table of six replications of the fake study, made in one go in one process."""
    out = tmp_path_factory.mktemp("expected")
    run(two_points(), out)
    return table(out)


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with dask_cluster(tmp_path_factory.mktemp("dask"), workers=2) as cluster:
        yield cluster


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_a_cluster_gives_the_table_of_one_process_in_one_go_or_resumed(
    tmp_path: Path, dask: DaskCluster, expected: bytes
) -> None:
    begun = run(two_points(), tmp_path, dask.address, 2)
    assert (begun.ran, begun.kept) == (12, 0)
    more = run(two_points(), tmp_path, dask.address)
    assert (more.ran, more.kept) == (24, 12)
    assert table(tmp_path) == expected


def test_a_real_study_runs_on_a_cluster_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], dask: DaskCluster
) -> None:
    monkeypatch.chdir(tmp_path)
    short = ("run", "one-hall", "--set", "horizon=2 days", "--replications", "2")
    code, out, err = outcome(capsys, *short, "--cluster", dask.address, "--out", "there")
    assert code == 0, err
    assert "made" in out
    code, _, err = outcome(capsys, *short, "--workers", "1", "--out", "here")
    assert code == 0, err
    assert table(tmp_path / "there", "one-hall") == table(tmp_path / "here", "one-hall")


def test_a_worker_killed_mid_run_loses_nothing(tmp_path: Path, dask: DaskCluster, expected: bytes) -> None:
    killed: list[int] = []

    def kill_one(done: int, planned: int, arm: str, left_s: float | None) -> None:
        if done == 7 and not killed:
            victim = dask.workers[0]
            killed.append(victim.pid)
            victim.kill()

    found = run(two_points(0.05), tmp_path, dask.address, progress=kill_one)
    assert (found.ran, found.failed) == (36, 0)
    assert killed
    assert table(tmp_path) == expected
    dask.hire()


class FakeFuture:
    """A turn that is done, or whose worker died of it."""

    def __init__(self, key: str, result: Any, fault: Exception | None) -> None:
        self.key, self._result, self._fault = key, result, fault
        self.status = "error" if fault else "finished"

    def add_done_callback(self, tell: Any) -> None:
        tell(self)

    def result(self, timeout: float) -> Any:
        return self._result

    def exception(self, timeout: float) -> Any:
        return self._fault


class FakeClient:
    """A cluster of one thread in this process that does as Dask does when a worker dies of what it is given."""

    status = "running"

    def __init__(self, deadly: set[int], allowed_failures: int, threads: int = 1) -> None:
        self.deadly, self.allowed_failures, self.threads = deadly, allowed_failures, threads
        self.turns: list[list[int]] = []

    def nthreads(self) -> dict[str, int]:
        return {"w": self.threads} if self.threads else {}

    def run(self, function: Any, workers: list[str]) -> dict[str, Any]:
        return dict.fromkeys(workers, function())

    def submit(self, function: Any, *arguments: Any, key: str, pure: bool = True) -> Any:
        from distributed import KilledWorker

        if function is not cluster_module.turn_here:
            return function(*arguments)
        replications = [replication for _, replication in arguments[2]]
        self.turns.append(replications)
        if self.deadly & set(replications):
            return FakeFuture(key, None, KilledWorker(key, None, self.allowed_failures))
        return FakeFuture(key, function(*arguments), None)

    def cancel(self, futures: Any, force: bool) -> None:
        pass

    def close(self, timeout: float) -> None:
        pass


@pytest.mark.parametrize(("allowed_failures", "died"), [(0, 3), (3, 4)])
def test_of_runs_sent_together_only_the_one_that_kills_workers_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowed_failures: int, died: int
) -> None:
    client = FakeClient({37}, allowed_failures)
    monkeypatch.setattr(cluster_module, "connected", lambda address, stop: client)
    found = run(FakeLoaded({"now": {}}, noises={"base": 1.0}), tmp_path, "tcp://fake", 60)
    assert (found.ran, found.failed) == (59, 1)
    assert found.failures[0].replication == 37
    assert f"its worker died {died} times" in found.failures[0].reason
    assert max(map(len, client.turns)) > 1
    assert client.turns.count([37]) == died // (allowed_failures + 1)


def test_a_cluster_without_workers_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "CONNECT_S", 0.1)
    monkeypatch.setattr(cluster_module, "connected", lambda address, stop: FakeClient(set(), 3, threads=0))
    with pytest.raises(ClusterRefused, match="has no workers") as told:
        run(two_points(), tmp_path, "tcp://fake")
    assert "dask worker tcp://fake" in told.value.help


@pytest.mark.slow
def test_a_run_that_always_kills_its_worker_fails_after_three_strikes_and_the_others_go_on(tmp_path: Path) -> None:
    levers: dict[str, dict[str, Any]] = {"now": {}, "more": {"shift": -1.0, "deadly": (1,)}}
    folder = tmp_path / "dask"
    folder.mkdir()
    with dask_cluster(folder, workers=0, allowed_failures=0) as alone:
        alone.hire("--nanny")
        alone.wait_for(1)
        found = run(FakeLoaded(levers, noises={"base": 1.0}), tmp_path, alone.address, 5)
    assert (found.ran, found.failed) == (9, 1)
    (failure,) = found.failures
    assert (failure.arm, failure.replication) == ("more", 1)
    assert "its worker died 3 times" in failure.reason


def start(out: Path, address: str, pace_s: float) -> subprocess.Popen[str]:
    command = [sys.executable, str(FAKES), str(out), address, "6", str(pace_s)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def wait_for_runs(process: subprocess.Popen[str], number: int) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.split(" of ")[0].isdigit() and int(line.split(" of ")[0]) >= number:
            return
    raise AssertionError("the command ended before it came so far")


def test_ctrl_c_cancels_what_is_out_and_keeps_what_came_back(
    tmp_path: Path, dask: DaskCluster, expected: bytes
) -> None:
    process = start(tmp_path, dask.address, 0.1)
    wait_for_runs(process, 4)
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=20)
    assert time.monotonic() - begun < 8  # the bar is 5 s; a loaded machine gets more
    assert process.returncode == 130
    kept = int(out.split("kept ")[1])
    assert kept >= 4
    again = run(two_points(), tmp_path, dask.address)
    assert (again.kept, again.ran) == (kept, 36 - kept)
    assert table(tmp_path) == expected


def test_an_address_of_nothing_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cluster_module, "CONNECT_S", 0.3)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        for address in ("nonsense://x", f"tcp://127.0.0.1:{silent.getsockname()[1]}", "tcp://127.0.0.1:99999999"):
            code, _, err = outcome(capsys, "run", "one-hall", "--cluster", address)
            assert code == 2, err
            assert "no Dask scheduler answers" in err
            assert "Traceback" not in err
    code, _, err = outcome(capsys, "run", "one-hall", "--cluster", "tcp://127.0.0.1:1", "--workers", "2")
    assert code == 2
    assert "--workers" in err


def test_without_dask_it_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, _, err = outcome(capsys, "run", "one-hall", "--cluster", "tcp://127.0.0.1:8786")
    assert code == 2
    assert "pip install 'standfast[cluster]'" in err


@pytest.mark.slow
def test_coordinator_and_workers_killed_at_random_times_end_in_the_same_table(
    tmp_path: Path, dask: DaskCluster, expected: bytes
) -> None:
    chosen = random.Random(1)
    process = None
    for _ in range(8):
        if process is None or process.poll() is not None:
            process = start(tmp_path, dask.address, 0.1)
            wait_for_runs(process, 0)
        time.sleep(chosen.uniform(0, 2))
        if chosen.random() < 0.5:
            dask.workers[-1].kill()
            dask.hire()
        else:
            process.kill()
            process.communicate()
    if process is not None:
        process.communicate(timeout=120)
    assert run(two_points(), tmp_path, dask.address).failed == 0
    assert table(tmp_path) == expected


def test_a_mixed_cluster_is_refused_with_what_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], dask: DaskCluster
) -> None:
    monkeypatch.chdir(tmp_path)
    strangers = []
    for name, text in (("other.py", OTHER_SIMPY), ("none.py", NO_STANDFAST)):
        (tmp_path / name).write_text(text)
        strangers.append(dask.hire("--no-nanny", "--preload", str(tmp_path / name)))
    dask.wait_for(4)
    code, _, err = outcome(capsys, "run", "one-hall", "--cluster", dask.address)
    for stranger in strangers:
        stranger.kill()
    assert code == 2, err
    assert "simpy 1.0.0, here " in err
    assert err.count(", here ") == 1
    assert err.count("it cannot load standfast") == 1
    assert not list(tmp_path.glob("results/*/runs"))


def test_a_scheduler_that_goes_away_is_given_up_and_then_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], dask: DaskCluster
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cluster_module, "LOST_S", 1.0)
    dask.wait_for(2)

    def end_it(done: int, planned: int, arm: str, left_s: float | None) -> None:
        if done == 3:
            dask.scheduler.kill()

    with pytest.raises(ClusterLost, match="no scheduler or no worker"):
        run(two_points(0.1), tmp_path, dask.address, progress=end_it)
    again = run(two_points(), tmp_path)
    assert again.kept >= 3
    assert again.kept + again.ran == 36

    begun = time.monotonic()
    code, _, err = outcome(capsys, "compare", "one-hall", "--cluster", dask.address)
    assert time.monotonic() - begun < 15  # the bar is a few seconds; a loaded machine gets more
    assert code == 2
    assert f"no Dask scheduler answers at {dask.address}" in err
    assert "dask scheduler" in err
