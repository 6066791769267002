"""A study and simulators small enough to test experiments on: importable by spawned workers, and a script to be killed.

`python experiments_fakes.py OUT WORKERS REPLICATIONS PACE` compares the fake study with runs of PACE seconds; WORKERS
may be the address of a cluster.
"""

from __future__ import annotations

import datetime
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from scenarios.schema.economics import Economics

KPIS = ("wait_mean", "abandoned", "served")


@dataclass(frozen=True)
class FakeStudy:
    """What the fake simulators read."""

    seed: int = 1
    own: str = "own"
    shift: float = 0.0
    noise: float = 1.0
    pace_s: float = 0.0
    deadly: tuple[int, ...] = ()
    raising: tuple[int, ...] = ()
    silent: tuple[int, ...] = ()
    title: str = ""
    halls: dict[str, Any] = field(default_factory=dict)
    plans: dict[str, Any] = field(default_factory=dict)
    operators: dict[str, Any] = field(default_factory=dict)
    segments: dict[str, Any] = field(default_factory=dict)
    tactics: dict[str, Any] = field(default_factory=dict)
    economics: Economics = field(default_factory=Economics)
    start: datetime.date = datetime.date(2010, 7, 1)
    days: int = 31


@dataclass(frozen=True)
class FakeLoaded:
    """A loaded study with one lever, `shift`, and one uncertainty, `noise`."""

    levers: dict[str, dict[str, Any]]
    noises: dict[str, float] = field(default_factory=lambda: {"calm": 0.5, "stormy": 2.0})
    name: str = "fake"
    title: str = "A fake study"
    path: Path = Path("fake.yaml")
    files: tuple[Path, ...] = ()
    fits: tuple[dict[str, Any], ...] = ()
    seed: int = 1
    initial: int = 4
    maximum: int = 8
    metrics: tuple[Any, ...] = ()
    half_width: dict[str, float] = field(default_factory=dict)
    select: Any = None

    @property
    def arms(self) -> tuple[str, ...]:
        return tuple(self.levers)

    @property
    def arm_titles(self) -> dict[str, str]:
        return {arm: arm for arm in self.levers}

    @property
    def points(self) -> tuple[Any, ...]:
        return tuple(SimpleNamespace(name=name, values={}, at="", draw=None, seed=None) for name in self.noises)

    @property
    def compare(self) -> Any:
        return SimpleNamespace(
            baseline=next(iter(self.levers)),
            metrics=self.metrics or (metric("wait_mean", goal="min", indifference=0.2),),
            confidence=0.95,
            initial=self.initial,
            maximum=self.maximum,
            half_width=self.half_width,
            select=self.select,
            checks=(),
        )

    def resolve(self, arm: str, point: str = "base") -> Any:
        study = FakeStudy(seed=self.seed, noise=self.noises[point], **self.levers[arm])
        parts = {
            "shift": study.shift,
            "noise": study.noise,
            "halls": {"a": {"deadly": list(study.deadly), "raising": list(study.raising)}},
        }
        return SimpleNamespace(study=study, beliefs=(), origins={}, model_parts=parts, tree=None)


def metric(kpi: str, scope: str = "operator/own", goal: str = "min", indifference: float | None = None) -> Any:
    """A metric of the comparison, as `scenarios` gives it."""
    return SimpleNamespace(
        key=kpi if scope == "operator/own" else f"{kpi}@{scope}",
        kpi=kpi,
        scope=scope,
        period="all",
        unit="min",
        goal=goal,
        indifference=indifference,
    )


def simulate(study: FakeStudy, replication: int) -> pd.DataFrame:
    """Common noise by (seed, replication), a little of its own by arm; then whatever fault the study asks for."""
    if replication in study.deadly:
        os.kill(os.getpid(), signal.SIGKILL)
    if replication in study.raising:
        raise RuntimeError("the model gave up")
    time.sleep(study.pace_s)
    shared = np.random.default_rng([study.seed, replication]).normal(10, 3, len(KPIS))
    arm = int(abs(study.shift) * 1000)
    own = np.random.default_rng([study.seed, replication, arm]).normal(0, study.noise, len(KPIS))
    values = shared + study.shift + own
    rows = [
        (kpi, scope, period, float(value) + at, "min", 1.0)
        for kpi, value in zip(KPIS, values, strict=True)
        for at, (scope, period) in enumerate([("operator/own", "all"), ("hall/a", "all"), ("hall/a", "09:30")])
    ]
    frame = pd.DataFrame(rows, columns=["kpi", "scope", "period", "value", "unit", "weight"])
    return frame[frame["kpi"] != "wait_mean"] if replication in study.silent else frame


def two_points(pace_s: float = 0.0, **changes: Any) -> Any:
    """Two arms beside the baseline, two sweep points; a FakeLoaded that passes for a LoadedStudy."""
    levers = {arm: {"shift": shift, "pace_s": pace_s} for arm, shift in (("now", 0.0), ("more", -1.0), ("最多", -2.0))}
    return FakeLoaded(levers, **changes)


def main(out: str, workers: str, replications: str, pace_s: str) -> int:
    """Compare the fake study; the exit codes are those of the command line."""
    from standfast.experiments.compare import compare
    from standfast.experiments.stopping import Stopped

    try:
        found = compare(
            two_points(float(pace_s)),
            Path(out),
            int(workers) if workers.isdigit() else workers,
            int(replications),
            lambda done, planned, arm, eta: print(f"{done} of {planned}", flush=True),
            simulate=simulate,
            engine="fake-1",
        )
    except Stopped as stop:
        print(f"kept {stop.kept}", flush=True)
        return 143 if stop.terminated else 130
    print(f"ran {found.ran} kept {found.kept}", flush=True)
    return 0


if __name__ == "__main__":
    from experiments_fakes import main as imported_main  # so that workers find `simulate` under an importable name

    sys.exit(imported_main(*sys.argv[1:]))
