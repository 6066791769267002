"""Whatever happens to the machine, the same command goes on and ends in the same table; nothing torn is accepted.

Kills at every kind of moment, a disk that fills up, a folder that cannot be written, two commands on one folder.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import experiments_fakes as fakes
import pytest
from experiments_fakes import simulate, two_points
from process_groups import members

from standfast.cli import main
from standfast.experiments.compare import Comparison, compare
from standfast.experiments.queue import Task, TaskQueue
from standfast.experiments.store import Store, opened, study_folder
from standfast.experiments.worker import STUDIES_AT_HAND, Outcome

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and limits as POSIX has them")

FAKES = Path(fakes.__file__)
STEPS = 130
"""File operations of the victims' batch: 36 runs in a chunk each, their models and the table."""


def run(loaded: Any, out: Path, workers: int = 1, replications: int = 6) -> Comparison:
    return compare(loaded, out, workers, replications, simulate=simulate, engine="fake-1")


def table(out: Path) -> bytes:
    return (out / "fake" / "kpis.parquet").read_bytes()


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The table of six replications of the fake study, made in one go in one process."""
    out = tmp_path_factory.mktemp("expected")
    run(two_points(), out)
    return table(out)


def kept_after(out: Path, workers: int, steps: Sequence[int]) -> list[int]:
    """Kill a command before these of its file operations, one after the other on the same folder: the runs kept."""
    command = [sys.executable, str(FAKES.with_name("experiments_victims.py")), str(out), str(workers), "6"]
    done = subprocess.run([*command, *map(str, steps)], stdout=subprocess.PIPE, text=True, timeout=900, check=True)
    told = [line.split() for line in done.stdout.splitlines()]
    assert len(told) == len(steps)
    return [int(kept) for _, _, kept in told]


@pytest.mark.parametrize(
    ("seed", "workers", "kills"),
    [(1, 1, 10), *(pytest.param(seed, workers, 25, marks=pytest.mark.slow) for seed, workers in ((2, 1), (3, 2)))],
)
def test_killed_before_any_file_operation_it_goes_on_loses_nothing_kept_and_ends_in_the_same_table(
    tmp_path: Path, expected: bytes, seed: int, workers: int, kills: int
) -> None:
    chosen = random.Random(seed)
    steps = [chosen.randint(1, STEPS) for _ in range(kills)]
    kept = kept_after(tmp_path, workers, steps)
    assert kept == sorted(kept)  # what was whole stays
    last = run(two_points(), tmp_path)
    assert last.kept == kept[-1]
    assert last.ran == 36 - kept[-1]
    assert table(tmp_path) == expected
    assert run(two_points(), tmp_path).ran == 0
    assert not list((tmp_path / "fake" / "runs").glob(".*"))


def whole_runs(out: Path) -> int:
    store = Store(study_folder(out, "fake"))
    store.scan()
    return len(store.index)


@pytest.mark.skipif(not Path("/proc").exists(), reason="no /proc here")
@pytest.mark.parametrize(
    ("seed", "kills"), [(1, 3), *(pytest.param(seed, 10, marks=pytest.mark.slow) for seed in range(2, 7))]
)
def test_coordinator_and_workers_killed_at_random_times_end_in_the_same_table(
    tmp_path: Path, expected: bytes, seed: int, kills: int
) -> None:
    chosen = random.Random(seed)
    command = [sys.executable, str(FAKES), str(tmp_path), "2", "6", "0.05"]
    process = None
    kept = 0
    for _ in range(kills):
        if process is None or process.poll() is not None:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
            assert process.stdout is not None
            process.stdout.readline()  # it has begun
        time.sleep(chosen.uniform(0, 1.5))
        workers = [member for member in members(process.pid) if member != process.pid]
        if workers and chosen.random() < 0.5:
            os.kill(chosen.choice(workers), signal.SIGKILL)
            continue
        process.kill()
        process.communicate()
        end = time.monotonic() + 5
        while members(process.pid) and time.monotonic() < end:
            time.sleep(0.02)
        assert members(process.pid) == []
        kept, before = whole_runs(tmp_path), kept
        assert kept >= before
    if process is not None:
        process.communicate(timeout=120)
    assert run(two_points(), tmp_path).failed == 0
    assert table(tmp_path) == expected


def test_four_workers_give_the_same_table_as_one_though_each_holds_few_studies_at_once(tmp_path: Path) -> None:
    study = two_points()
    study.levers.update({f"arm-{number}": {"shift": 0.1 * number} for number in range(1, STUDIES_AT_HAND)})
    assert run(study, tmp_path / "four", workers=4).ran == run(study, tmp_path / "one").ran == 120
    assert table(tmp_path / "four") == table(tmp_path / "one")


def test_a_turn_is_of_one_study_as_long_as_it_may_be_and_suspects_go_alone() -> None:
    queue = TaskQueue()
    queue.put(Task(f"{study}{number}", study, number) for study in "ab" for number in range(5000))
    assert len(queue) > 1000  # of ten thousand; not all are made at once
    first = queue.take(2**-4, shares=4)
    assert len(first) == 1  # nothing is known of these runs yet
    queue.learn([Outcome("a0", None, 2**-13)] * 400)
    turn = queue.take(2**-4, shares=4)
    assert len(turn) == 512  # a sixteenth of a second of runs of 2⁻¹³ s
    assert {task.study for task in turn} == {"a"}
    queue.put_back(turn[:3], alone=True)
    assert [len(queue.take(2**-4, shares=4)) for _ in range(3)] == [1, 1, 1]
    left = []
    while len(queue):
        left.append(queue.take(2**-4, shares=4))
    assert [task.key for turn in left for task in turn] == [f"a{n}" for n in range(513, 5000)] + [
        f"b{n}" for n in range(5000)
    ]
    assert all(len({task.study for task in turn}) == 1 for turn in left)


FULL = """
import resource, sys
from pathlib import Path
from experiments_fakes import simulate, two_points
from standfast.experiments import pending
from standfast.experiments.compare import compare
from standfast.experiments.folder import StoreError

pending.CHUNK_S = 0.0  # a chunk for each run, smaller than the table
out, limits = Path(sys.argv[1]), [int(each) for each in sys.argv[2:]]
for limit in limits:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        compare(two_points(), out, 1, 6, simulate=simulate, engine="fake-1")
    except StoreError as fault:
        print(fault.strerror, flush=True)
"""


def test_a_file_that_does_not_fit_is_a_store_error_wherever_it_happens_and_nothing_torn_is_accepted(
    tmp_path: Path, expected: bytes
) -> None:
    limits = ["0", "100", "4700"]
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path), *limits],
        cwd=FAKES.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    told = done.stdout.splitlines()
    assert len(told) == len(limits), done.stdout + done.stderr
    assert all("cannot " in line and "File too large" in line for line in told)
    for line, place in zip(told, ("models/", "fake/runs", "fake/kpis.parquet"), strict=True):
        assert place in line
    run(two_points(), tmp_path)
    assert table(tmp_path) == expected
    assert not list((tmp_path / "fake").rglob("*.part*"))


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_a_disk_that_is_full_ends_the_command_with_4(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    real = os.fsync

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    short = ("run", "one-hall", "--set", "horizon=1 days", "--replications", "1", "--workers", "1")
    code, _, err = outcome(capsys, *short)
    assert code == 4
    assert "No space left on device" in err
    assert "Traceback" not in err
    monkeypatch.setattr(os, "fsync", real)
    assert outcome(capsys, *short)[0] == 0


def test_a_second_command_on_the_same_results_says_so_and_ends_with_4(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with opened(tmp_path / "results", "one-hall"):
        code, _, err = outcome(capsys, "run", "one-hall", "--workers", "1")
        assert code == 4
        assert f"in use by process {os.getpid()}" in err
        assert outcome(capsys, "plan", "one-hall")[0] == 0  # looking needs no lock


@pytest.mark.parametrize("which", ["locked", "nowhere"])
def test_a_folder_that_cannot_be_written_ends_the_command_with_4(
    which: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "locked" if which == "locked" else Path("/proc/standfast")
    if which == "locked":
        if os.geteuid() == 0:
            pytest.skip("root may write everywhere; the other case stands for both")
        out.mkdir(mode=0o500)
    elif not Path("/proc").exists():
        pytest.skip("no /proc here")
    code, _, err = outcome(capsys, "run", "one-hall", "--workers", "1", "--out", str(out))
    assert code == 4
    assert "disk or store trouble: cannot create" in err
    assert "Traceback" not in err
