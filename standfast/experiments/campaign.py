"""Getting runs made: hands out what the store lacks, keeps what comes back, counts, and stops cleanly.

It decides which runs are missing and when a chunk is written; what is compared is not its business.
"""

from __future__ import annotations

import platform
import sys
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from standfast.experiments.metrics import NoData, metric_values
from standfast.experiments.pending import Pending
from standfast.experiments.plan import RunKeys, Variant, studies_by_name
from standfast.experiments.pool import Runner, cores, runner
from standfast.experiments.queue import Task
from standfast.experiments.receipt import RunRecord
from standfast.experiments.rows import Packing, Rows
from standfast.experiments.stopping import Stop, listening
from standfast.experiments.store import Damage, Label, Store, opened
from standfast.experiments.worker import Outcome, Simulate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scenarios import Metric

Progress = Callable[[int, int, str, float | None], None]
"""(runs done, runs planned so far, arm of the last run, seconds left or None)."""

DIGEST_HEX = 32
"""Length of the digest of many runs, in hex digits, as that of one."""


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
        progress: Progress | None = None,
        sources: Mapping[str, str] | None = None,
    ) -> None:
        self._variants, self._store, self._hands, self._stop = variants, store, hands, stop
        self._engine, self._progress, self._sources = engine, progress, sources
        self._keys = {pair: RunKeys(variant, engine) for pair, variant in variants.items()}
        self._failures: dict[str, Failure] = {}
        self._reached: dict[tuple[str, str], int] = {}
        self._asked: dict[str, int] = {}
        self._pending = Pending()
        self._values: dict[tuple[tuple[str, str], tuple[str, ...]], NDArray[np.float64]] = {}
        self._made_s = 0.0
        self.ran = 0
        self.kept = 0

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Runs that gave no result, in plan order."""
        order = {variant: at for at, variant in enumerate(self._variants)}
        return tuple(sorted(self._failures.values(), key=lambda each: (order[each.arm, each.point], each.replication)))

    def ensure(self, wanted: Sequence[tuple[str, str]], replications: int) -> None:
        """Make the runs that the store lacks of the first `replications` of each (arm, point).

        Raises Stopped, with everything finished kept; StoreError; WorkersCannotStart.
        """
        todo: list[tuple[tuple[str, str], array[int]]] = []
        for pair in wanted:
            self._reached[pair] = max(replications, self._reached.get(pair, 0))
            keys = self._keys[pair]
            # Variants of equal content share their runs, and every run before those asked for now was asked for before.
            new = range(self._asked.get(keys.study_name, 0), replications)
            if len(new):
                self._asked[keys.study_name] = replications
                missing = array("q", (each for each in new if keys[each] not in self._store))
                self.kept += len(new) - len(missing)
                if missing:
                    todo.append((pair, missing))
        if todo:
            self._make(todo)
        self.stop_if_asked()

    def stop_if_asked(self) -> None:
        """Raise Stopped if Ctrl-C or SIGTERM has come."""
        if self._stop.asked:
            models = {variant.model for variant in self._variants.values()}
            kept = self._store.index.count(models, self._engine)
            self._stop.raise_stopped(kept, str(self._store.folder))

    def values(self, arm: str, point: str, replications: int, metrics: Sequence[Metric]) -> NDArray[np.float64]:
        """Values of the metrics, shape (replications, metrics); a failed run is a row of NaN. Raises NoData."""
        import numpy as np

        keys = self._keys[arm, point]
        named = (arm, point), tuple(metric.key for metric in metrics)
        known = self._values.get(named, np.empty((0, len(metrics))))
        table = np.full((max(replications, len(known)), len(metrics)), np.nan)
        table[: len(known)] = known
        unknown = np.flatnonzero(np.isnan(table[:replications]).all(axis=1)).tolist()
        there = [each for each in unknown if keys[each] in self._store]
        table[there] = metric_values(self._store, [keys[each] for each in there], metrics)
        for row, column in np.argwhere(np.isnan(table[there])):
            raise NoData(metrics[column].key, arm, point, there[row])
        self._values[named] = table
        return table[:replications].copy()

    @property
    def folder(self) -> Path:
        """The study's results folder."""
        return self._store.folder

    @property
    def store(self) -> Store:
        """The study's store, open for this command."""
        return self._store

    @property
    def set_aside(self) -> tuple[Damage, ...]:
        """Chunks that were found damaged when the store was opened; what they held is run again where it is wanted."""
        return tuple(self._store.index.damaged)

    def write_table(self, path: Path | None = None) -> Path:
        """Write `kpis.parquet`, or `path`: every run that was wanted and has a result, in plan order. StoreError."""
        return self._store.write_table(self.labels(), path)

    def labels(self) -> Iterator[Label]:
        """Every run that was wanted and has a result, in plan order: what the study's table holds."""
        for arm, point in self._variants:
            keys = self._keys[arm, point]
            for replication in range(self._reached.get((arm, point), 0)):
                if (key := keys[replication]) in self._store:
                    yield Label(arm, point, replication, key)

    def events(self) -> str:
        """Digest of the events of all these runs, in their order; "" where one of them has none."""
        records, digest = self._store.index.records, sha256()
        for label in self.labels():
            if not (of_run := records[label.key].digest):
                return ""
            digest.update(of_run.encode())
        return digest.hexdigest()[:DIGEST_HEX]

    def _make(self, todo: Sequence[tuple[tuple[str, str], array[int]]]) -> None:
        left = sum(len(missing) for _, missing in todo)
        out: dict[str, tuple[tuple[str, str], int]] = {}

        def tasks() -> Iterator[Task]:
            for pair, missing in todo:
                keys = self._keys[pair]
                for replication in missing:
                    key = keys[replication]
                    out[key] = pair, replication
                    yield Task(key, keys.study_name, replication)

        self._tell(left, todo[0][0][0])
        try:
            for outcome in self._hands.run(tasks()):
                pair, replication = out.pop(outcome.key)
                self._take(pair, replication, outcome)
                left -= 1
                self._tell(left, pair[0])
        finally:
            self._flush()

    def _take(self, pair: tuple[str, str], replication: int, outcome: Outcome) -> None:
        arm, point = pair
        rows = outcome.result
        if not isinstance(rows, Rows):
            self._failures[outcome.key] = Failure(arm, point, replication, outcome.reason, outcome.details)
            return
        record = RunRecord(
            key=outcome.key,
            model=self._variants[pair].model,
            seed=self._keys[pair].seed,
            engine=self._engine,
            arm=arm,
            point=point,
            replication=replication,
            elapsed_s=round(outcome.elapsed_s, 6),
            rows=len(rows),
            digest=rows.digest,
        )
        self.ran += 1
        self._made_s += outcome.elapsed_s
        if self._pending.take(record, rows):
            self._flush()

    def _flush(self) -> None:
        pending = self._pending.emptied()
        if not pending:
            return
        for model, pair in {record.model: (record.arm, record.point) for record, _ in pending}.items():
            self._store.remember_model(model, self._variants[pair].parts, self._variants[pair].tree)
        self._store.add(pending, made_with(), self._sources)

    def _tell(self, left: int, arm: str) -> None:
        if self._progress is not None:
            done = self.kept + self.ran + len(self._failures)
            usual = self._made_s / self.ran if self.ran else None
            eta = None if usual is None else usual * left / min(self._hands.size, max(left, 1))
            self._progress(done, done + left, arm, eta)


@contextmanager
def conducting(
    variants: Mapping[tuple[str, str], Variant],
    out: Path,
    name: str,
    simulate: Simulate,
    engine: str,
    workers: int | str | None = None,
    progress: Progress | None = None,
    sources: Mapping[str, str] | None = None,
) -> Iterator[Campaign]:
    """Open a campaign: the store of the study `name` below `out`, held for this command, and the hands that make runs.

    `workers`: processes; None for one a core, 1 to run in this process; a text is the address of a Dask scheduler,
    whose workers run. `sources`: the study's files by their hashes, for the receipts. Leaves no process behind.
    Raises StoreError and ClusterRefused; inside, Stopped, WorkersCannotStart and ClusterLost, with finished runs kept.
    """
    who = workers or cores()
    studies, call = studies_by_name(variants, engine), Packing(simulate)
    with opened(Path(out), name) as store, listening() as stop, runner(who, call, studies, stop) as hands:
        yield Campaign(variants, store, hands, stop, engine, progress, sources)


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
