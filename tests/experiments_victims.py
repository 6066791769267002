"""A command that is killed while it writes, again and again: a script, so that it forks where no thread runs yet.

`python experiments_victims.py OUT WORKERS REPLICATIONS STEP…` compares the fake study in a child process for each STEP,
and kills the child just before its STEP-th file operation; what a child finds is what the ones before it left. Prints
the runs that were kept after each.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import pandas
import pyarrow.parquet
from experiments_fakes import simulate, two_points

from standfast.experiments import pending
from standfast.experiments.compare import compare
from standfast.experiments.store import Store, study_folder

RUNS_A_CHUNK_S = 0.002
"""Seconds of runs that are written together here, so that there are many chunks to be killed at."""

assert pandas


def kill_before(step: int) -> None:
    """Count this process's file operations from here on, and kill it before that one."""
    left = step

    def counted(function: Any) -> Any:
        def operation(*arguments: Any, **options: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **options)

        return operation

    for module, names in ((os, ("fsync", "replace", "mkdir", "unlink")), (pyarrow.parquet, ("write_table",))):
        for name in names:
            setattr(module, name, counted(getattr(module, name)))


def kept(out: Path) -> int:
    """Runs in whole chunks."""
    store = Store(study_folder(out, "fake"))
    store.scan()
    return len(store.index)


def main(out: str, workers: str, replications: str, *steps: str) -> int:
    """Do as the module says; the exit code is 0 if each child was killed or came to its end."""
    pending.CHUNK_S = RUNS_A_CHUNK_S
    for step in steps:
        child = os.fork()
        if child == 0:
            kill_before(int(step))
            compare(two_points(), Path(out), int(workers), int(replications), simulate=simulate, engine="fake-1")
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        if status not in (0, signal.SIGKILL):
            return 1
        counting = os.fork()  # a process that has read with pyarrow may have threads, and must not fork
        if counting == 0:
            print(f"{step} {'killed' if status else 'done'} {kept(Path(out))}", flush=True)
            os._exit(0)
        os.waitpid(counting, 0)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
