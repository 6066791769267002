"""A real Dask scheduler and its workers on 127.0.0.1, as processes of their own, for tests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

STARTS_WITHIN_S = 90
ENDS_ALONE_S = 300
"""Seconds after which workers without a scheduler end, and a scheduler without work, should a test be killed."""

OTHER_SIMPY = """\
import importlib.metadata as metadata
metadata.version = lambda name, version=metadata.version: "1.0.0" if name == "simpy" else version(name)
"""
"""Preloaded by a worker that shall look as if it had another SimPy."""

NO_STANDFAST = 'import sys; sys.modules["standfast"] = None'
"""Preloaded by a worker that shall look as if nobody had installed Standfast there."""


@dataclass
class DaskCluster:
    """A scheduler, its address, and the workers started so far."""

    folder: Path
    scheduler: subprocess.Popen[bytes]
    address: str
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def hire(self, *options: str) -> subprocess.Popen[bytes]:
        """Start a worker of one thread; it joins when it is there."""
        name = f"w{len(self.workers)}"
        ends = ("--death-timeout", str(ENDS_ALONE_S), "--local-directory", str(self.folder), "--name", name)
        arguments = ("worker", self.address, "--nthreads", "1", "--no-dashboard", *ends, *(options or ("--no-nanny",)))
        self.workers.append(_dask(self.folder, *arguments))
        return self.workers[-1]

    def wait_for(self, number: int) -> None:
        """Wait until so many workers have joined."""
        from distributed import Client

        with Client(self.address, timeout=STARTS_WITHIN_S, set_as_default=False) as client:
            client.wait_for_workers(number, timeout=STARTS_WITHIN_S)


@contextmanager
def dask_cluster(folder: Path, workers: int, allowed_failures: int = 3) -> Iterator[DaskCluster]:
    """Start a scheduler on a free port and so many workers; end them all afterwards."""
    told = folder / "scheduler.json"
    scheduler = _dask(
        folder,
        *("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(told)),
        *("--idle-timeout", f"{ENDS_ALONE_S} s"),
        DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES=str(allowed_failures),
    )
    cluster = DaskCluster(folder, scheduler, "")
    try:
        end = time.monotonic() + STARTS_WITHIN_S
        while not cluster.address:
            assert scheduler.poll() is None, (folder / "log.txt").read_text()
            assert time.monotonic() < end, "the scheduler did not start in time"
            time.sleep(0.05)
            try:
                cluster.address = json.loads(told.read_text())["address"]
            except (OSError, ValueError):
                continue
        for _ in range(workers):
            cluster.hire()
        if workers:
            cluster.wait_for(workers)
        yield cluster
    finally:
        for process in (*cluster.workers, scheduler):
            _end(process)


def _dask(folder: Path, *arguments: str, **more: str) -> subprocess.Popen[bytes]:
    paths = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]).strip(os.pathsep)
    code = "import sys; from dask.__main__ import main; sys.argv[0] = 'dask'; main()"
    with open(folder / "log.txt", "ab") as log:
        return subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            env={**os.environ, "PYTHONPATH": paths, **more},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process with all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
