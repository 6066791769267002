"""The store of finished runs of one study: what is there and whole, what was set aside, and one table of all.

Runs are found by their keys alone. It knows neither arms to come nor what is compared.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outputs.findings import KPI_COLUMNS
from outputs.results import KPI_FILE
from scenarios.whole_files import made_whole, write_whole
from scenarios.writing import yaml_text
from standfast.experiments.chunk import (
    ROWS,
    RUN_COLUMNS,
    Damaged,
    Receipt,
    RunRecord,
    read_receipt,
    read_rows,
    write_chunk,
)
from standfast.experiments.folder import StoreError, folder_name, locked, store_errors

if TYPE_CHECKING:
    import pandas as pd

    from scenarios.source import Map

MODEL_HEX = 16
"""Characters of a model's hash that name its study file: few enough to type, enough to be its own."""

CHUNKS_AT_HAND = 64
"""Chunks kept in memory while the table is put together."""


@dataclass(frozen=True)
class Damage:
    """A chunk that is not whole: its name, why, and the runs known to have been in it."""

    chunk: str
    why: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Label:
    """One run of the table: under which arm, point and replication the rows of `key` appear."""

    arm: str
    point: str
    replication: int
    key: str


@dataclass
class Index:
    """What a scan found: chunk and record by run key, records by chunk in the order of its rows, and the newest record
    by (arm, point, replication)."""

    chunks: dict[str, Path] = field(default_factory=dict)
    inside: dict[Path, tuple[RunRecord, ...]] = field(default_factory=dict)
    records: dict[str, RunRecord] = field(default_factory=dict)
    newest: dict[tuple[str, str, int], RunRecord] = field(default_factory=dict)
    damaged: list[Damage] = field(default_factory=list)
    set_aside: dict[str, str] = field(default_factory=dict)

    def add(self, chunk: Path, records: Sequence[RunRecord]) -> None:
        """Take in a finished chunk."""
        self.inside[chunk] = tuple(records)
        for record in records:
            self.chunks[record.key] = chunk
            self.records[record.key] = record
            self.newest[record.arm, record.point, record.replication] = record


class Store:
    """A study's results folder. Get one to write to from `opened`; reading needs no lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs = folder / "runs"
        self.quarantine = folder / "quarantine"
        self.models = folder / "models"
        self.studies = folder / "studies"
        self.index = Index()

    def __contains__(self, key: str) -> bool:
        return key in self.index.chunks

    def scan(self, repair: bool = False) -> tuple[Damage, ...]:
        """Check every chunk against its receipt and take in the whole ones; return the damaged ones.

        With `repair`, which needs the lock, damaged chunks are moved to `quarantine/` and leftovers are removed.
        """
        self.index = Index()
        with store_errors(self.folder, "read"):
            found = []
            for folder in sorted(self.runs.iterdir()) if self.runs.is_dir() else ():
                if folder.name.startswith("."):
                    if repair:
                        shutil.rmtree(folder, ignore_errors=True)
                    continue
                try:
                    found.append((read_receipt(folder), folder))
                except Damaged as fault:
                    self.index.damaged.append(Damage(folder.name, fault.why, fault.keys))
            for receipt, folder in sorted(found, key=lambda each: (each[0].finished, each[1].name)):
                self.index.add(folder, receipt.runs)
            self._read_quarantine()
        if repair:
            for damage in self.index.damaged:
                self._set_aside(damage)
        for damage in self.index.damaged:
            self.index.set_aside.update(dict.fromkeys(damage.keys, damage.why))
        return tuple(self.index.damaged)

    def add(
        self,
        runs: Sequence[tuple[RunRecord, pd.DataFrame]],
        made_with: Mapping[str, str],
        sources: Mapping[str, str] | None = None,
    ) -> None:
        """Write finished runs as one chunk; when this returns they are kept, whatever happens next."""
        with store_errors(self.runs, "write to"):
            self.runs.mkdir(parents=True, exist_ok=True)
            chunk = write_chunk(self.runs, runs, made_with, sources)
        self.index.add(chunk, [record for record, _ in runs])

    def receipt(self, key: str) -> Receipt:
        """Receipt of the chunk that a kept run is in: versions, platform, the files of its study. Raises StoreError."""
        chunk = self.index.chunks[key]
        try:
            with store_errors(chunk, "read"):
                return read_receipt(chunk)
        except Damaged as fault:
            raise StoreError(f"{chunk} was damaged just now: {fault.why}") from None

    def remember_model(self, name: str, parts: Mapping[str, Any], tree: Map | None = None) -> None:
        """Keep what a run's model was, so that a later plan can say what changed, and its study, to run it again."""
        path = self.models / f"{name}.json"
        if not path.exists():
            with store_errors(path, "write"):
                self.models.mkdir(parents=True, exist_ok=True)
                write_whole(path, json.dumps(parts, ensure_ascii=False, sort_keys=True).encode())
        study = self.studies / study_file(name)
        if tree is not None and not study.exists():
            with store_errors(study, "write"):
                self.studies.mkdir(parents=True, exist_ok=True)
                write_whole(study, yaml_text(tree).encode())

    def recall_model(self, name: str) -> Mapping[str, Any] | None:
        """The model kept under that name; None if it is not there or cannot be read."""
        try:
            parts = json.loads((self.models / f"{name}.json").read_bytes())
        except (OSError, ValueError):
            return None
        return parts if isinstance(parts, dict) else None

    def rows(self, keys: Iterable[str], columns: Sequence[str], filters: Any = None) -> Iterator[pd.DataFrame]:
        """Rows of those runs, chunk by chunk, with the column `run` among `columns`."""
        wanted: dict[Path, set[str]] = {}
        for key in keys:
            wanted.setdefault(self.index.chunks[key], set()).add(key)
        for chunk, inside in wanted.items():
            with store_errors(chunk, "read"):
                frame = read_rows(chunk, columns, filters)
            yield frame[frame["run"].isin(list(inside))]

    def write_table(self, labels: Iterable[Label]) -> Path:
        """Write `kpis.parquet`: the rows of each label in the order given, each run's rows as the simulator gave them.

        Its bytes depend on the labels and the runs alone, not on chunks, workers or resumption.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        text, number = pa.string(), pa.float64()
        types = {"replication": pa.int64(), "value": number, "weight": number}
        schema = pa.schema([(column, types.get(column, text)) for column in KPI_COLUMNS])

        @lru_cache(maxsize=CHUNKS_AT_HAND)
        def chunk_of(path: Path) -> dict[str, pa.Table]:
            table = pq.read_table(path / ROWS, columns=list(RUN_COLUMNS))
            records = self.index.inside[path]
            starts = accumulate((record.rows for record in records), initial=0)
            return {record.key: table.slice(start, record.rows) for record, start in zip(records, starts, strict=False)}

        path = self.folder / KPI_FILE
        with store_errors(path, "write"), made_whole(path) as beside, pq.ParquetWriter(beside, schema) as writer:
            for group in _by_variant(labels):
                pieces = []
                for label in group:
                    piece = chunk_of(self.index.chunks[label.key])[label.key]
                    for at, value in enumerate((label.arm, label.point, label.replication)):
                        column = pa.repeat(pa.scalar(value, schema.field(at).type), len(piece))
                        piece = piece.append_column(schema.field(at), column)
                    pieces.append(piece.select(list(KPI_COLUMNS)).cast(schema))
                writer.write_table(pa.concat_tables(pieces).combine_chunks())
        return path

    def _read_quarantine(self) -> None:
        for note in sorted(self.quarantine.glob("*/why.json")):
            with suppress(ValueError, KeyError, TypeError, OSError):
                told = json.loads(note.read_bytes())
                self.index.set_aside.update(dict.fromkeys(told["keys"], told["why"]))

    def _set_aside(self, damage: Damage) -> None:
        with store_errors(self.quarantine, "write to"):
            self.quarantine.mkdir(exist_ok=True)
            place, number = self.quarantine / damage.chunk, 1
            while place.exists():
                number += 1
                place = self.quarantine / f"{damage.chunk}-{number}"
            os.replace(self.runs / damage.chunk, place)
            if place.is_dir():
                note = {"why": damage.why, "keys": damage.keys}
                write_whole(place / "why.json", json.dumps(note, ensure_ascii=False).encode())


def study_file(model: str) -> str:
    """Name of the file in `studies/` that says what a model is: a study without arms, to be run as it stands."""
    return f"{model[:MODEL_HEX]}.yaml"


def study_folder(out: Path, name: str) -> Path:
    """Folder of a study's results: always directly below `out`, whatever the name."""
    return out / folder_name(name)


@contextmanager
def opened(out: Path, name: str) -> Iterator[Store]:
    """Open a study's store for writing, checked and repaired, and held for one command. Raises StoreError."""
    folder = study_folder(out, name)
    with store_errors(folder, "create"):
        folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        store = Store(folder)
        store.scan(repair=True)
        yield store


def _by_variant(labels: Iterable[Label]) -> Iterator[list[Label]]:
    group: list[Label] = []
    for label in labels:
        if group and (label.arm, label.point) != (group[0].arm, group[0].point):
            yield group
            group = []
        group.append(label)
    if group:
        yield group
