"""A chunk: the rows of some finished runs in one Parquet file, and the receipt that says they are whole.

A chunk is finished when its receipt exists; the receipt is written last.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.whole_files import sync_file, sync_folder, write_whole
from standfast.experiments.receipt import RUN_COLUMNS, Receipt, RunColumns, RunRecord, sealed, unsealed
from standfast.experiments.rows import Labels, Rows

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

ROWS = "kpis.parquet"
RECEIPT = "receipt.json"


class Damaged(Exception):
    """A chunk is not what its receipt says. `keys` are the runs known to have been in it."""

    def __init__(self, why: str, keys: Sequence[str] = ()) -> None:
        super().__init__(why)
        self.why = why
        self.keys = tuple(keys)


def chunk_name(keys: Sequence[str]) -> str:
    """Name of the folder of a chunk: from its runs alone."""
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:20]


def write_chunk(
    runs_folder: Path,
    runs: Sequence[tuple[RunRecord, Rows]],
    made_with: Mapping[str, str],
    sources: Mapping[str, str] | None = None,
) -> tuple[Path, RunColumns]:
    """Write one chunk: beside, synced, renamed, the receipt last. Returns its folder and records. Raises OSError."""
    import time

    import pyarrow.parquet as pq

    records = RunColumns.of([record for record, _ in runs])
    keys = records.column("key")
    folder = runs_folder / chunk_name(keys)
    beside = runs_folder / f".part-{folder.name}-{os.getpid()}"
    try:
        beside.mkdir(parents=True)
        pq.write_table(_table(keys, [rows for _, rows in runs]), beside / ROWS)
        sync_file(beside / ROWS)
        sync_folder(beside)
        digest = file_hash(beside / ROWS)
        os.replace(beside, folder)
        sync_folder(runs_folder)
    except OSError:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    finished = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    receipt = Receipt(records, digest, finished, dict(made_with), dict(sources or {}))
    write_whole(folder / RECEIPT, sealed(receipt))
    return folder, records


def read_receipt(folder: Path) -> Receipt:
    """Read a receipt and check the chunk's file against it. Raises Damaged; OSError if it cannot be read at all."""
    try:
        text = (folder / RECEIPT).read_bytes()
    except FileNotFoundError:
        raise Damaged("it was not finished", _keys_in_rows(folder)) from None
    try:
        receipt = unsealed(text)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Damaged("its receipt is damaged", _keys_in_rows(folder)) from None
    keys = receipt.runs.column("key")
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


def read_coded(folder: Path) -> pa.Table:
    """Rows of a chunk in the order of its records, without the column `run`; texts as codes into their own list."""
    import pyarrow.parquet as pq

    texts = list(Labels._fields)
    with pq.ParquetFile(folder / ROWS, read_dictionary=texts) as file:
        # Without threads: each would keep memory of its own, and a chunk is small.
        return file.read(columns=list(RUN_COLUMNS), use_threads=False).unify_dictionaries()


def file_hash(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _table(keys: Sequence[str], runs: Sequence[Rows]) -> pa.Table:
    """The rows of all runs under each other, with the key of each row's run in front."""
    import numpy as np
    import pyarrow as pa

    sizes = [len(rows) for rows in runs]
    columns = {"run": _texts(np.repeat(np.arange(len(keys), dtype=np.int32), sizes), list(keys))}
    for at, name in enumerate(Labels._fields):
        codes: dict[str, int] = {}
        coded: dict[int, Any] = {}
        for rows in runs:
            if id(rows.labels) not in coded:
                texts = rows.labels[at]
                coded[id(rows.labels)] = np.array(
                    [codes.setdefault(text, len(codes)) for text in texts], dtype=np.int32
                )
        columns[name] = _texts(np.concatenate([coded[id(rows.labels)] for rows in runs]), list(codes))
    for name, numbers in (("value", [rows.values for rows in runs]), ("weight", [rows.weights for rows in runs])):
        columns[name] = pa.array(np.frombuffer(b"".join(numbers), dtype=np.float64))
    return pa.table({name: columns[name] for name in ("run", *RUN_COLUMNS)})


def _texts(codes: Any, words: Sequence[str]) -> pa.Array:
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(codes, pa.array(words, pa.string())).cast(pa.string())


def _keys_in_rows(folder: Path) -> tuple[str, ...]:
    """Keys of the runs in a chunk without a good receipt, as far as its rows can still be read."""
    try:
        return tuple(read_rows(folder, ["run"])["run"].unique())
    except Exception:  # whatever a torn file makes the reader raise: nothing is known then
        return ()
