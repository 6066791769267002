"""What a scan of a store found: where each run is, and what its receipt says of it. Nothing is read from disk here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from standfast.experiments.receipt import RunColumns, RunRecord

_POSITION_BITS = 32


@dataclass(frozen=True)
class Damage:
    """A chunk that is not whole: its name, why, and the runs known to have been in it."""

    chunk: str
    why: str
    keys: tuple[str, ...]


class Index:
    """Finished runs by key, chunk by chunk: one small number a run, records by column.

    `damaged` are the chunks found damaged by this scan, `set_aside` says by key why a run's rows were set aside.
    """

    def __init__(self) -> None:
        self.folders: list[Path] = []
        self.inside: list[RunColumns] = []
        self.damaged: list[Damage] = []
        self.set_aside: dict[str, str] = {}
        self._at: dict[str, int] = {}
        self._newest: dict[tuple[str, str], dict[int, int]] | None = None

    def add(self, folder: Path, records: RunColumns) -> None:
        """Take in a finished chunk."""
        number = len(self.folders) << _POSITION_BITS
        self.folders.append(folder)
        self.inside.append(records)
        self._at.update((key, number | position) for position, key in enumerate(records.column("key")))
        self._newest = None

    def __contains__(self, key: str) -> bool:
        return key in self._at

    def __len__(self) -> int:
        return len(self._at)

    def place(self, key: str) -> tuple[int, int]:
        """Number of the chunk that a run is in, and the run's position there. Raises KeyError."""
        return _place(self._at[key])

    def folder(self, key: str) -> Path:
        """Folder of the chunk that a run is in. Raises KeyError."""
        return self.folders[self.place(key)[0]]

    @property
    def records(self) -> Mapping[str, RunRecord]:
        """Records by key."""
        return _Records(self, self._at)

    def newest(self, arm: str, point: str, replication: int) -> RunRecord | None:
        """The record of what was last run under these names."""
        if self._newest is None:
            self._newest = {}
            for number, records in enumerate(self.inside):
                names = zip(*(records.column(name) for name in ("arm", "point", "replication")), strict=True)
                for position, (of_arm, of_point, of_number) in enumerate(names):
                    at = number << _POSITION_BITS | position
                    self._newest.setdefault((of_arm, of_point), {})[of_number] = at
        at = self._newest.get((arm, point), {}).get(replication, -1)
        return self._record(at) if at >= 0 else None

    def count(self, models: Collection[str], engine: str) -> int:
        """How many runs of these models with that engine there are."""
        named = (zip(records.column("model"), records.column("engine"), strict=True) for records in self.inside)
        return sum(model in models and with_ == engine for pairs in named for model, with_ in pairs)

    def by_chunk(self, keys: Sequence[str]) -> dict[int, list[tuple[int, int]]]:
        """For each chunk of these runs: (index in `keys`, position in the chunk) of each of its runs."""
        found: dict[int, list[tuple[int, int]]] = {}
        for index, key in enumerate(keys):
            number, position = self.place(key)
            found.setdefault(number, []).append((index, position))
        return found

    def _record(self, at: int) -> RunRecord:
        number, position = _place(at)
        return self.inside[number][position]


class _Records(Mapping[str, RunRecord]):
    def __init__(self, index: Index, at: Mapping[str, int]) -> None:
        self._index, self._at = index, at

    def __getitem__(self, key: str) -> RunRecord:
        return self._index._record(self._at[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)


def _place(at: int) -> tuple[int, int]:
    return at >> _POSITION_BITS, at & ((1 << _POSITION_BITS) - 1)
