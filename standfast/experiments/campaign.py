"""Getting runs made: hands out what the store lacks, keeps what comes back, counts, and stops cleanly.

It decides which runs are missing and when a chunk is written; what is compared is not its business.
"""

from __future__ import annotations

import math
import platform
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from standfast.experiments.chunk import RUN_COLUMNS, RunRecord
from standfast.experiments.metrics import NoData, metric_values
from standfast.experiments.plan import Run, Variant, make_run, studies_by_name
from standfast.experiments.pool import Runner, Task, cores, runner
from standfast.experiments.stopping import Stop, listening
from standfast.experiments.store import Damage, Label, Store, opened
from standfast.experiments.worker import Outcome, Simulate

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from scenarios import Metric

Progress = Callable[[int, int, str, float | None], None]
"""(runs done, runs planned so far, arm of the last run, seconds left or None)."""

CHUNK_S = 2.0
"""Seconds of runs that are written together: about what a crash can cost."""

CHUNK_ROWS = 1_000_000
"""Rows that are written together at most, so that waiting for the seconds doesn't fill the memory."""


@dataclass(frozen=True)
class Failure:
    """A run that gave no result: which, why in one line, and the traceback where there is one."""

    arm: str
    point: str
    replication: int
    reason: str
    details: str = ""


class Campaign:
    """The runs of one command. `ran` and `kept` count different runs made now and found finished in the store."""

    def __init__(
        self,
        variants: Mapping[tuple[str, str], Variant],
        store: Store,
        hands: Runner,
        stop: Stop,
        engine: str,
        workers: int,
        progress: Progress | None = None,
        sources: Mapping[str, str] | None = None,
    ) -> None:
        self._variants, self._store, self._hands, self._stop = variants, store, hands, stop
        self._engine, self._workers, self._progress, self._sources = engine, workers, progress, sources
        self._failures: dict[str, Failure] = {}
        self._reached: dict[tuple[str, str], int] = {}
        self._kept: set[str] = set()
        self._made: dict[str, float] = {}
        self._pending: list[tuple[RunRecord, pd.DataFrame]] = []
        self._pending_s = 0.0
        self._pending_rows = 0
        self._values: dict[str, tuple[float, ...]] = {}

    @property
    def ran(self) -> int:
        """Different runs made by this command."""
        return len(self._made)

    @property
    def kept(self) -> int:
        """Different runs that were wanted and already there."""
        return len(self._kept)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Runs that gave no result, in plan order."""
        order = {variant: at for at, variant in enumerate(self._variants)}
        return tuple(sorted(self._failures.values(), key=lambda each: (order[each.arm, each.point], each.replication)))

    def ensure(self, wanted: Sequence[tuple[str, str]], replications: int) -> None:
        """Make the runs that the store lacks of the first `replications` of each (arm, point).

        Raises Stopped, with everything finished kept; StoreError; WorkersCannotStart.
        """
        todo: dict[str, Run] = {}
        for variant in wanted:
            self._reached[variant] = max(replications, self._reached.get(variant, 0))
            for run in self._runs(variant, replications):
                if run.key in self._store:
                    if run.key not in self._made:
                        self._kept.add(run.key)
                elif run.key not in self._failures:
                    todo[run.key] = run
        if todo:
            self._tell(len(todo), next(iter(todo.values())).arm)
            self._make(todo)
        self.stop_if_asked()

    def stop_if_asked(self) -> None:
        """Raise Stopped if Ctrl-C or SIGTERM has come."""
        if self._stop.asked:
            models = {variant.model for variant in self._variants.values()}
            records = self._store.index.records.values()
            kept = sum(record.model in models and record.engine == self._engine for record in records)
            self._stop.raise_stopped(kept, str(self._store.folder))

    def values(self, arm: str, point: str, replications: int, metrics: Sequence[Metric]) -> NDArray[np.float64]:
        """Values of the metrics, shape (replications, metrics); a failed run is a row of NaN. Raises NoData."""
        import numpy as np

        runs = list(self._runs((arm, point), replications))
        missing = [run.key for run in runs if run.key in self._store and run.key not in self._values]
        self._values.update(metric_values(self._store, missing, metrics))
        table = np.full((replications, len(metrics)), np.nan)
        for run in runs:
            if run.key not in self._values:
                continue
            for column, (metric, value) in enumerate(zip(metrics, self._values[run.key], strict=True)):
                if math.isnan(value):
                    raise NoData(metric.key, arm, point, run.replication)
                table[run.replication, column] = value
        return table

    @property
    def folder(self) -> Path:
        """The study's results folder."""
        return self._store.folder

    @property
    def set_aside(self) -> tuple[Damage, ...]:
        """Chunks that were found damaged when the store was opened; what they held is run again where it is wanted."""
        return tuple(self._store.index.damaged)

    def write_table(self) -> Path:
        """Write `kpis.parquet`: every run that was wanted and has a result, in plan order. Raises StoreError."""
        return self._store.write_table(self.labels())

    def labels(self) -> Iterator[Label]:
        """Every run that was wanted and has a result, in plan order: what the study's table holds."""
        for variant in self._variants:
            for run in self._runs(variant, self._reached.get(variant, 0)):
                if run.key in self._store:
                    yield Label(run.arm, run.point, run.replication, run.key)

    def _runs(self, variant: tuple[str, str], replications: int) -> Iterator[Run]:
        return (make_run(self._variants[variant], each, self._engine) for each in range(replications))

    def _make(self, todo: Mapping[str, Run]) -> None:
        left = len(todo)
        try:
            for outcome in self._hands.run([Task(run.key, run.study_name, run.replication) for run in todo.values()]):
                run = todo[outcome.key]
                self._take(run, outcome)
                left -= 1
                self._tell(left, run.arm)
        finally:
            self._flush()

    def _take(self, run: Run, outcome: Outcome) -> None:
        reason = outcome.reason or _fault_of(outcome.frame)
        if outcome.frame is None or reason:
            self._failures[run.key] = Failure(run.arm, run.point, run.replication, reason, outcome.details)
            return
        record = RunRecord(
            key=run.key,
            model=run.model,
            seed=run.seed,
            engine=self._engine,
            arm=run.arm,
            point=run.point,
            replication=run.replication,
            elapsed_s=round(outcome.elapsed_s, 6),
            rows=len(outcome.frame),
            digest=outcome.digest,
        )
        self._pending.append((record, outcome.frame))
        self._made[run.key] = outcome.elapsed_s
        self._pending_s += outcome.elapsed_s
        self._pending_rows += len(outcome.frame)
        if self._pending_s >= CHUNK_S or self._pending_rows >= CHUNK_ROWS:
            self._flush()

    def _flush(self) -> None:
        pending, self._pending, self._pending_s, self._pending_rows = self._pending, [], 0.0, 0
        if not pending:
            return
        for model, variant in {record.model: (record.arm, record.point) for record, _ in pending}.items():
            self._store.remember_model(model, self._variants[variant].parts, self._variants[variant].tree)
        self._store.add(pending, made_with(), self._sources)

    def _tell(self, left: int, arm: str) -> None:
        if self._progress is not None:
            done = self.kept + self.ran + len(self._failures)
            usual = sum(self._made.values()) / len(self._made) if self._made else None
            eta = None if usual is None else usual * left / min(self._workers, max(left, 1))
            self._progress(done, done + left, arm, eta)


@contextmanager
def conducting(
    variants: Mapping[tuple[str, str], Variant],
    out: Path,
    name: str,
    simulate: Simulate,
    engine: str,
    workers: int | None = None,
    progress: Progress | None = None,
    sources: Mapping[str, str] | None = None,
) -> Iterator[Campaign]:
    """Open a campaign: the store of the study `name` below `out`, held for this command, and the hands that make runs.

    `workers`: processes; None for one a core, 1 to run in this process. `sources`: the study's files by their hashes,
    for the receipts. Leaving it leaves no process behind. Raises StoreError; inside, Stopped and WorkersCannotStart,
    with finished runs kept.
    """
    number = workers or cores()
    studies = studies_by_name(variants, engine)
    with opened(Path(out), name) as store, listening() as stop, runner(number, simulate, studies, stop) as hands:
        yield Campaign(variants, store, hands, stop, engine, number, progress, sources)


@cache
def made_with() -> dict[str, str]:
    """Versions and platform that a result depends on, as receipts and reports give them."""
    found = {"python": platform.python_version(), "platform": platform.platform(), "byteorder": sys.byteorder}
    for package in ("standfast", "numpy", "scipy", "pandas", "pyarrow", "simpy", "numba", "chinesecalendar"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _fault_of(frame: pd.DataFrame | None) -> str:
    import numpy as np

    if frame is None:
        return "the run returned nothing"
    lacking = [column for column in RUN_COLUMNS if column not in frame.columns]
    if lacking:
        return f"the run returned no column {', '.join(lacking)}"
    for column in ("value", "weight"):
        bad = ~np.isfinite(frame[column].to_numpy(dtype=np.float64))
        if bad.any():
            row = frame[bad].iloc[0]
            return f"the run measured {column} {row[column]} for {row['kpi']} at {row['scope']}, {row['period']}"
    return ""
