"""Tasks that wait for somebody to do them, handed out in turns: a long run alone, short runs of one study together.

It knows neither processes nor machines.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from standfast.experiments.worker import Outcome

LOOKED_AHEAD = 4096
"""Tasks taken from the caller before they can be handed out, so that a plan of any length takes little memory."""

GROWTH = 4
"""How many times longer a turn may be than the one before: few runs don't say what the next ones take."""

LATEST = 0.3
"""Weight of the latest turn in the expected time of a run."""


@dataclass(frozen=True, slots=True)
class Task:
    """One run to do: its key, the name under which its study was given to the runner, and the replication."""

    key: str
    study: str
    replication: int


class TaskQueue:
    """Tasks in order, those that came back first. `len` is exact up to LOOKED_AHEAD, at least that much beyond."""

    def __init__(self) -> None:
        self._ready: deque[Task] = deque()
        self._coming: Iterator[Task] = iter(())
        self._alone: set[str] = set()
        self._run_s: float | None = None
        self._longest = 1

    def put(self, tasks: Iterable[Task]) -> None:
        """Add tasks behind those that wait; they are asked for only as they come near."""
        self._ready.extend(self._coming)
        self._coming = iter(tasks)
        self._look_ahead()

    def put_back(self, tasks: Sequence[Task], alone: bool = False) -> None:
        """Give tasks back that were not done; with `alone` each of them will have a turn of its own."""
        if alone:
            self._alone.update(task.key for task in tasks)
        self._ready.extendleft(reversed(tasks))

    def learn(self, outcomes: Sequence[Outcome]) -> None:
        """Take in how long the runs of a turn took."""
        if not outcomes:
            return
        self._alone.difference_update(outcome.key for outcome in outcomes)
        took_s = sum(outcome.elapsed_s for outcome in outcomes) / len(outcomes)
        self._run_s = took_s if self._run_s is None else LATEST * took_s + (1 - LATEST) * self._run_s
        self._longest = max(len(outcomes), 1) * GROWTH

    def take(self, within_s: float, shares: int) -> list[Task]:
        """Take a turn: tasks of one study that take about `within_s`, at most one of `shares` equal shares of all."""
        self._look_ahead()
        first = self._ready.popleft()
        turn = [first]
        if first.key in self._alone or self._run_s is None:
            return turn
        most = min(int(within_s / max(self._run_s, 1e-6)), self._longest, len(self._ready) // shares)
        while len(turn) < most and self._ready[0].study == first.study and self._ready[0].key not in self._alone:
            turn.append(self._ready.popleft())
        return turn

    def __len__(self) -> int:
        self._look_ahead()
        return len(self._ready)

    def _look_ahead(self) -> None:
        if len(self._ready) < LOOKED_AHEAD // 2:
            self._ready.extend(islice(self._coming, LOOKED_AHEAD - len(self._ready)))
