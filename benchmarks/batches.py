"""What a batch costs beside its runs: overhead per run, memory of the coordinator, seconds of the resume scan.

    python benchmarks/batches.py [RUNS]

The simulator takes a few microseconds and gives 20 KPI rows, so that all that is measured is ours. RUNS (100,000) are
made once as replications of one arm and once of 100 arms, in this process and with two workers; then the same command
goes on with everything done. Each command is a process of its own, so that its peak of memory is its own.

Overhead is wall time and processor time of coordinator and workers together, by run, after the start of the processes.
"""

from __future__ import annotations

import importlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

RUNS = 100_000
ARMS = 100
KPIS = 20
DIFFERENT = 64
"""Different frames that the simulator gives in turn."""

RENEWED = 1024
"""Runs after which it makes them anew: pandas remembers for each frame who looked at it."""


@dataclass(frozen=True)
class Small:
    """A study that costs nothing to run."""

    seed: int = 1
    shift: int = 0


@lru_cache(maxsize=1)
def frames(turn: int) -> list[Any]:
    """The frames that runs give."""
    import numpy as np
    import pandas as pd

    def one(number: int) -> Any:
        columns = {
            "kpi": [f"kpi_{row % 5}" for row in range(KPIS)],
            "scope": [f"hall/h{row // 5}" for row in range(KPIS)],
            "period": ["all"] * KPIS,
            "value": np.random.default_rng(number).normal(10, 3, KPIS),
            "unit": ["min"] * KPIS,
            "weight": np.ones(KPIS),
        }
        return pd.DataFrame(columns)

    return [one(number) for number in range(DIFFERENT)]


def simulate(study: Small, replication: int) -> Any:
    """A run of a few microseconds."""
    return frames(replication // RENEWED)[(replication + study.shift) % DIFFERENT]


def variants(arms: int) -> dict[tuple[str, str], Any]:
    """So many arms of different content at one point."""
    from standfast.experiments.plan import Variant, content_hash

    found: dict[tuple[str, str], Any] = {}
    for number in range(arms):
        parts = {"shift": number}
        study: Any = Small(shift=number)
        found[f"arm-{number}", "base"] = Variant(f"arm-{number}", "base", study, (), parts, content_hash(parts))
    return found


def metrics() -> list[Any]:
    """One metric, read as a comparison reads it."""
    from types import SimpleNamespace

    return [SimpleNamespace(key="kpi_0", kpi="kpi_0", scope="hall/h0", period="all")]


@contextmanager
def timed(found: dict[str, float], name: str) -> Iterator[None]:
    begun, busy = time.perf_counter(), time.process_time()
    yield
    found[name] = time.perf_counter() - begun
    found[f"{name}_cpu"] = time.process_time() - busy


def _peak_mib(resident: float) -> float:
    """Peak memory of this process; Linux counts into `ru_maxrss` what its parent held, so it is asked otherwise."""
    status = Path("/proc/self/status")
    for line in status.read_text().splitlines() if status.exists() else ():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return resident


def command(out: str, arms: str, replications: str, workers: str) -> dict[str, float]:
    """One command on the batch: opens the store, makes what is missing, writes the table, reads a metric."""
    from standfast.experiments.campaign import conducting

    for library in ("pandas", "pyarrow.parquet"):
        importlib.import_module(library)
    found: dict[str, float] = {}
    number = int(replications)
    begun, made = time.perf_counter(), variants(int(arms))
    with conducting(made, Path(out), "batch", simulate, "1", int(workers)) as campaign:
        found["open"] = time.perf_counter() - begun
        with timed(found, "make"):
            campaign.ensure(list(made), number)
        with timed(found, "table"):
            campaign.write_table()
        with timed(found, "values"):
            for arm, point in made:
                assert campaign.values(arm, point, number, metrics()).shape == (number, 1)
        found["ran"], found["kept"] = campaign.ran, campaign.kept
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    found["cpu"] = sum(each.ru_utime + each.ru_stime for each in (own, children))
    found["peak_mib"] = _peak_mib(own.ru_maxrss / 1024)
    return found


def asked(out: Path, arms: int, replications: int, workers: int) -> dict[str, float]:
    """The same in a process of its own."""
    code = "import json, sys, batches; print(json.dumps(batches.command(*sys.argv[1:])))"
    arguments = [str(out), str(arms), str(replications), str(workers)]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=Path(__file__).parent,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told: dict[str, float] = json.loads(done.stdout)
    return told


def main(runs: int = RUNS) -> int:
    """Measure and print a line for each command."""
    heads = ("workers", "ms/run", "cpu ms/run", "scan s", "table s", "read s", "peak MiB")
    print(f"{'batch':<28}" + "".join(f"{head:>11}" for head in heads))
    for arms in (1, ARMS):
        for workers in (1, 2):
            with tempfile.TemporaryDirectory() as folder:
                for what in ("made", "all done already"):
                    found = asked(Path(folder), arms, runs // arms, workers)
                    total = found["make"] + found["table"]
                    told = (
                        f"{workers}",
                        f"{1e3 * total / runs:.3f}",
                        f"{1e3 * found['cpu'] / runs:.3f}",
                        f"{found['open']:.2f}",
                        f"{found['table']:.2f}",
                        f"{found['values']:.2f}",
                        f"{found['peak_mib']:.0f}",
                    )
                    name = f"{arms} × {runs // arms:,} {what}"
                    print(f"{name:<28}" + "".join(f"{each:>11}" for each in told), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
