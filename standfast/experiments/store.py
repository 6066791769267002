"""The store of finished runs of one study: what is there and whole, what was set aside, and one table of all.

Runs are found by their keys alone. It knows neither arms to come nor what is compared.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outputs.results import KPI_FILE
from scenarios.whole_files import write_whole
from scenarios.writing import yaml_text
from standfast.experiments.chunk import Damaged, read_coded, read_receipt, read_rows, write_chunk
from standfast.experiments.folder import StoreError, folder_name, locked, store_errors
from standfast.experiments.index import Damage, Index
from standfast.experiments.receipt import Receipt, RunColumns, RunRecord
from standfast.experiments.rows import Rows
from standfast.experiments.table import Label, write_labelled

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from scenarios.source import Map

__all__ = ["Damage", "Label", "Store", "opened", "study_file", "study_folder"]

MODEL_HEX = 16
"""Characters of a model's hash that name its study file: few enough to type, enough to be its own."""


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
        return key in self.index

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
        runs: Sequence[tuple[RunRecord, Rows]],
        made_with: Mapping[str, str],
        sources: Mapping[str, str] | None = None,
    ) -> None:
        """Write finished runs as one chunk; when this returns they are kept, whatever happens next."""
        with store_errors(self.runs, "write to"):
            self.runs.mkdir(parents=True, exist_ok=True)
            self.index.add(*write_chunk(self.runs, runs, made_with, sources))

    def receipt(self, key: str) -> Receipt:
        """Receipt of the chunk that a kept run is in: versions, platform, the files of its study. Raises StoreError."""
        chunk = self.index.folder(key)
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
        wanted = list(keys)
        for number, inside in self.index.by_chunk(wanted).items():
            folder = self.index.folders[number]
            with store_errors(folder, "read"):
                frame = read_rows(folder, columns, filters)
            yield frame[frame["run"].isin([wanted[index] for index, _ in inside])]

    def coded(self, keys: Sequence[str]) -> Iterator[tuple[list[tuple[int, int]], RunColumns, pa.Table]]:
        """Chunks of those runs: (index in `keys`, position in the chunk) of each, all records, all rows coded."""
        for number, inside in self.index.by_chunk(keys).items():
            folder = self.index.folders[number]
            with store_errors(folder, "read"):
                table = read_coded(folder)
            yield inside, self.index.inside[number], table

    def write_table(self, labels: Iterable[Label], path: Path | None = None) -> Path:
        """Write `kpis.parquet`, or `path`: the rows of each label in the order given. Raises StoreError."""
        path = path or self.folder / KPI_FILE
        with store_errors(path, "write"):
            write_labelled(path, self.index, labels)
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
