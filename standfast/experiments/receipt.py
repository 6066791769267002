"""A receipt: what a chunk holds, by whom it was made and the hash of its rows, under a seal of its own.

Runs stand in it by column, and what is the same for all of them stands once, so that a hundred thousand runs take few
megabytes here and in memory.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import repeat
from typing import Any, overload

FORMAT = 2
"""Form of a receipt. 1, a list of records, is still read."""

RUN_COLUMNS = ("kpi", "scope", "period", "value", "unit", "weight")
"""Columns of one run, as `sim.simulate` returns them."""


@dataclass(frozen=True, slots=True)
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


_FIELDS = tuple(each.name for each in fields(RunRecord))
_TYPED = {"replication": "q", "rows": "q", "elapsed_s": "d"}


class RunColumns(Sequence[RunRecord]):
    """Records of runs held by column: a value that all share once, others as one sequence."""

    __slots__ = ("_count", "_each", "_same")

    def __init__(self, count: int, same: Mapping[str, Any], each: Mapping[str, Sequence[Any]]) -> None:
        once: dict[Any, Any] = {}
        self._count = count
        self._same: dict[str, Any] = {name: once.setdefault(value, value) for name, value in same.items()}
        self._each: dict[str, Sequence[Any]] = {
            name: array(_TYPED[name], values) if name in _TYPED else [once.setdefault(each, each) for each in values]
            for name, values in each.items()
        }
        if {*same, *each} | {"digest"} != set(_FIELDS) or any(len(values) != count for values in self._each.values()):
            raise ValueError("these are not the columns of runs")

    @classmethod
    def of(cls, records: Sequence[RunRecord]) -> RunColumns:
        """The same records by column."""
        columns = {name: [getattr(record, name) for record in records] for name in _FIELDS}
        same = {
            name: values[0] for name, values in columns.items() if values and values.count(values[0]) == len(values)
        }
        return cls(len(records), same, {name: values for name, values in columns.items() if name not in same})

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> RunRecord: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[RunRecord, ...]: ...
    def __getitem__(self, at: int | slice) -> RunRecord | tuple[RunRecord, ...]:
        if isinstance(at, slice):
            return tuple(self[each] for each in range(*at.indices(self._count)))
        if not -self._count <= at < self._count:
            raise IndexError(at)
        return RunRecord(**self._same, **{name: values[at] for name, values in self._each.items()})

    def column(self, name: str) -> Sequence[Any]:
        """One field of every record."""
        if name in self._each:
            return self._each[name]
        return _Repeated(self._same.get(name, ""), self._count)

    def as_dict(self) -> dict[str, Any]:
        """The records as a receipt writes them."""
        return {
            "count": self._count,
            "same": self._same,
            "each": {name: list(each) for name, each in self._each.items()},
        }


@dataclass(frozen=True, slots=True)
class _Repeated(Sequence[Any]):
    value: Any
    times: int

    def __len__(self) -> int:
        return self.times

    def __getitem__(self, at: Any) -> Any:
        return self.value

    def __iter__(self) -> Iterator[Any]:
        return repeat(self.value, self.times)


@dataclass(frozen=True)
class Receipt:
    """What a finished chunk is: its runs in the order of the rows, and the hash of its file.

    `made_with` holds versions and platform; `sources` the files that the study was read from, by their hashes.
    """

    runs: RunColumns
    sha256: str
    finished: str
    made_with: Mapping[str, str]
    sources: Mapping[str, str] = field(default_factory=dict)


def sealed(receipt: Receipt) -> bytes:
    """A receipt as it is written, with the hash of its own content, so that a flipped byte in it is found too."""
    content = {
        "format": FORMAT,
        "finished": receipt.finished,
        "made_with": dict(receipt.made_with),
        "sources": dict(receipt.sources),
        "sha256": receipt.sha256,
        "runs": receipt.runs.as_dict(),
    }
    return json.dumps({"seal": _seal(content), **content}, ensure_ascii=False, separators=(",", ":")).encode()


def unsealed(text: bytes) -> Receipt:
    """Read what `sealed` wrote. Raises ValueError, KeyError, TypeError or AttributeError where it is damaged."""
    data = json.loads(text)
    if data.pop("seal") != _seal(data):
        raise ValueError
    runs = data["runs"]
    if isinstance(runs, list):
        columns = RunColumns.of([RunRecord(**run) for run in runs])
    else:
        columns = RunColumns(int(runs["count"]), runs["same"], runs["each"])
    made_with, sources = dict(data["made_with"]), dict(data.get("sources", {}))
    return Receipt(columns, str(data["sha256"]), str(data["finished"]), made_with, sources)


def _seal(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
