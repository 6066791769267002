"""The one table of a study's results, put together from chunks without holding it in memory.

Its bytes depend on the runs and their order alone, not on chunks, workers or resumption.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outputs.findings import KPI_COLUMNS
from scenarios.whole_files import made_whole
from standfast.experiments.chunk import read_coded
from standfast.experiments.index import Index

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK_ROWS = 1 << 16
"""Rows that are written together, at least: a row group."""

ROWS_AT_HAND = 400_000
"""Rows of chunks kept in memory, 32 bytes each, while the table is put together."""


@dataclass(frozen=True, slots=True)
class Label:
    """One run of the table: under which arm, point and replication the rows of `key` appear."""

    arm: str
    point: str
    replication: int
    key: str


class Chunks:
    """Chunks read so far, the latest ones at hand."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._tables: OrderedDict[int, pa.Table] = OrderedDict()
        self._starts: dict[int, list[int]] = {}

    def span(self, key: str) -> tuple[int, int, int]:
        """Number of the chunk that a run is in, its first row there, and the row behind its last."""
        number, position = self._index.place(key)
        if number not in self._starts:
            self._starts[number] = list(accumulate(self._index.inside[number].column("rows"), initial=0))
        starts = self._starts[number]
        return number, starts[position], starts[position + 1]

    def rows(self, number: int, start: int, end: int) -> pa.Table:
        """Some rows of a chunk. Raises OSError."""
        if number not in self._tables:
            self._tables[number] = read_coded(self._index.folders[number])
            while len(self._tables) > 1 and sum(map(len, self._tables.values())) > ROWS_AT_HAND:
                self._tables.popitem(last=False)
        self._tables.move_to_end(number)
        return self._tables[number].slice(start, end - start)


def write_labelled(path: Path, index: Index, labels: Iterable[Label]) -> None:
    """Write the rows of each label in the order given, each run's rows as the simulator gave them. Raises OSError."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    text, number = pa.string(), pa.float64()
    types = {"replication": pa.int64(), "value": number, "weight": number}
    schema = pa.schema([(column, types.get(column, text)) for column in KPI_COLUMNS])
    chunks = Chunks(index)
    with made_whole(path) as beside, pq.ParquetWriter(beside, schema) as writer:
        for block in _blocks(labels, chunks):
            writer.write_table(_labelled(block, chunks, schema))
    pa.default_memory_pool().release_unused()


def _blocks(labels: Iterable[Label], chunks: Chunks) -> Iterator[list[tuple[Label, tuple[int, int, int]]]]:
    """Runs that are written together, each with its place: so many that they have BLOCK_ROWS rows."""
    block: list[tuple[Label, tuple[int, int, int]]] = []
    rows = 0
    for label in labels:
        place = chunks.span(label.key)
        block.append((label, place))
        rows += place[2] - place[1]
        if rows >= BLOCK_ROWS:
            yield block
            block, rows = [], 0
    if block:
        yield block


def _labelled(block: list[tuple[Label, tuple[int, int, int]]], chunks: Chunks, schema: pa.Schema) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    table = pa.concat_tables([chunks.rows(*span) for span in _spans(place for _, place in block)])
    sizes = [end - start for _, (_, start, end) in block]
    columns: dict[str, Any] = {}
    for name in ("arm", "point"):
        codes: dict[str, int] = {}
        coded = [codes.setdefault(getattr(label, name), len(codes)) for label, _ in block]
        repeated = np.repeat(np.array(coded, dtype=np.int32), sizes)
        columns[name] = pa.DictionaryArray.from_arrays(repeated, pa.array(list(codes), pa.string()))
    columns["replication"] = pa.array(np.repeat(np.array([label.replication for label, _ in block]), sizes))
    columns |= {name: table.column(name) for name in table.column_names}
    return pa.table({name: columns[name] for name in KPI_COLUMNS}).cast(schema).combine_chunks()


def _spans(places: Iterable[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """The same rows in the same order, what follows each other in one chunk taken together."""
    number = first = last = -1
    for chunk, start, end in places:
        if (chunk, start) == (number, last):
            last = end
            continue
        if number >= 0:
            yield number, first, last
        number, first, last = chunk, start, end
    if number >= 0:
        yield number, first, last
