"""A chunk: the rows of some finished runs in one Parquet file, and the receipt that says they are whole.

A chunk is finished when its receipt exists; the receipt is written last.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.whole_files import sync_file, sync_folder, write_whole

if TYPE_CHECKING:
    import pandas as pd

ROWS = "kpis.parquet"
RECEIPT = "receipt.json"
RUN_COLUMNS = ("kpi", "scope", "period", "value", "unit", "weight")
"""Columns of one run, as `sim.simulate` returns them."""


class Damaged(Exception):
    """A chunk is not what its receipt says. `keys` are the runs known to have been in it."""

    def __init__(self, why: str, keys: Sequence[str] = ()) -> None:
        super().__init__(why)
        self.why = why
        self.keys = tuple(keys)


@dataclass(frozen=True)
class RunRecord:
    """What a receipt keeps of one run. Arm and point are how it was called then; they are no part of its identity.

    `digest` is a hash of the run's events, "" where the simulator gave none: a run made again has the same.
    """

    key: str
    model: str
    seed: int
    engine: str
    arm: str
    point: str
    replication: int
    elapsed_s: float
    rows: int
    digest: str = ""


@dataclass(frozen=True)
class Receipt:
    """What a finished chunk is: its runs in the order of the rows, and the hash of its file.

    `made_with` holds versions and platform; `sources` the files that the study was read from, by their hashes.
    """

    runs: tuple[RunRecord, ...]
    sha256: str
    finished: str
    made_with: Mapping[str, str]
    sources: Mapping[str, str] = field(default_factory=dict)


def chunk_name(keys: Sequence[str]) -> str:
    """Name of the folder of a chunk: from its runs alone."""
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:20]


def write_chunk(
    runs_folder: Path,
    runs: Sequence[tuple[RunRecord, pd.DataFrame]],
    made_with: Mapping[str, str],
    sources: Mapping[str, str] | None = None,
) -> Path:
    """Write one chunk: beside, synced, renamed, the receipt last. Returns its folder. Raises OSError."""
    import time

    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    records = tuple(record for record, _ in runs)
    keys = [record.key for record in records]
    text, number = pa.string(), pa.float64()
    schema = pa.schema([(column, number if column in ("value", "weight") else text) for column in RUN_COLUMNS])
    rows = pd.concat([frame[list(RUN_COLUMNS)] for _, frame in runs], ignore_index=True)
    table = pa.Table.from_pandas(rows, schema, preserve_index=False).replace_schema_metadata(None)
    whose = np.repeat(np.arange(len(keys), dtype=np.int32), [record.rows for record in records])
    table = table.add_column(0, "run", pa.DictionaryArray.from_arrays(whose, pa.array(keys)).cast(text))
    folder = runs_folder / chunk_name(keys)
    beside = runs_folder / f".part-{folder.name}-{os.getpid()}"
    try:
        beside.mkdir(parents=True)
        pq.write_table(table, beside / ROWS)
        sync_file(beside / ROWS)
        sync_folder(beside)
        digest = file_hash(beside / ROWS)
        os.replace(beside, folder)
        sync_folder(runs_folder)
    except OSError:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    finished = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    content = asdict(Receipt(records, digest, finished, dict(made_with), dict(sources or {})))
    sealed = {**content, "seal": _seal(content)}
    write_whole(folder / RECEIPT, json.dumps(sealed, ensure_ascii=False, indent=1).encode())
    return folder


def read_receipt(folder: Path) -> Receipt:
    """Read a receipt and check the chunk's file against it. Raises Damaged; OSError if it cannot be read at all."""
    try:
        text = (folder / RECEIPT).read_bytes()
    except FileNotFoundError:
        raise Damaged("it was not finished", _keys_in_rows(folder)) from None
    try:
        receipt = _receipt(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Damaged("its receipt is damaged", _keys_in_rows(folder)) from None
    keys = [record.key for record in receipt.runs]
    try:
        digest = file_hash(folder / ROWS)
    except FileNotFoundError:
        raise Damaged("its rows are missing", keys) from None
    if digest != receipt.sha256:
        raise Damaged("its rows are damaged", keys)
    if folder.name != chunk_name(keys):
        raise Damaged("its receipt is of other runs", keys)
    return receipt


def read_rows(folder: Path, columns: Sequence[str] | None = None, filters: Any = None) -> pd.DataFrame:
    """Rows of a chunk as a frame with the column `run` before those of a run."""
    import pandas as pd

    return pd.read_parquet(folder / ROWS, columns=None if columns is None else list(columns), filters=filters)


def file_hash(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _seal(content: Mapping[str, Any]) -> str:
    """Hash of a receipt's own content, so that a flipped byte in it is found too."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _receipt(data: Any) -> Receipt:
    if data.pop("seal") != _seal(data):
        raise ValueError
    runs = tuple(RunRecord(**run) for run in data["runs"])
    made_with, sources = dict(data["made_with"]), dict(data.get("sources", {}))
    return Receipt(runs, str(data["sha256"]), str(data["finished"]), made_with, sources)


def _keys_in_rows(folder: Path) -> tuple[str, ...]:
    """Keys of the runs in a chunk without a good receipt, as far as its rows can still be read."""
    try:
        return tuple(read_rows(folder, ["run"])["run"].unique())
    except Exception:  # whatever a torn file makes the reader raise: nothing is known then
        return ()
