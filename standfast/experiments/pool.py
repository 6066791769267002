"""Runs in worker processes, or in this one: each run comes back once, as an outcome, in whatever order they end.

Short runs are handed out and come back many at a time, so that each costs little beside itself.

A small spawn pool, because those of the standard library drain their queue on Ctrl-C and break when a worker is
killed. It knows nothing of the store or of what is compared.
"""

from __future__ import annotations

import os
import pickle
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import ModuleType, TracebackType
from typing import Any, Protocol

from standfast.experiments.queue import Task, TaskQueue
from standfast.experiments.stopping import RunBroken, Stop, interrupt_held
from standfast.experiments.worker import STUDIES_AT_HAND, Call, Outcome, run, serve

STRIKES = 3
"""Worker deaths after which a run counts as failed."""

AHEAD = 2
"""Turns a worker holds at once: the one under way, and the next, so that it never waits for the coordinator."""

SHORT_S = 0.05
"""Seconds of runs that are handed out together, at most: a message costs about as much as 0.1 ms of work."""

LISTEN_S = 0.2
"""Longest time in seconds between two looks at whether a stop was asked for."""


class WorkersCannotStart(RuntimeError):
    """Workers die before they take a run: the fault lies in the installation, not in a run."""


class Runner(Protocol):
    """Does runs, `size` at a time. A context manager: leaving it leaves no process behind."""

    size: int

    def __enter__(self) -> Runner: ...

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None
    ) -> None: ...

    def run(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """Yield the outcome of each task as it ends; end early, without an error, when a stop is asked for."""
        ...


def cores() -> int:
    """Processor cores that this process may use: the default number of workers."""
    if hasattr(os, "sched_getaffinity"):
        return max(len(os.sched_getaffinity(0)), 1)
    return os.cpu_count() or 1


def runner(workers: int | str, call: Call, studies: Mapping[str, Any], stop: Stop) -> Runner:
    """Return a runner with that many worker processes; 1 runs in this process, a text is the address of a cluster."""
    if isinstance(workers, str):
        from standfast.experiments.cluster import Cluster

        return Cluster(workers, call, studies, stop)
    if workers < 1:
        raise ValueError(f"workers must be at least 1, not {workers}")
    return Here(call, studies, stop) if workers == 1 else Pool(workers, call, studies, stop)


class Here:
    """Runs in this process, one after the other. A stop leaves the run under way at once."""

    def __init__(self, call: Call, studies: Mapping[str, Any], stop: Stop) -> None:
        self._call, self._studies, self._stop = call, studies, stop
        self.size = 1

    def __enter__(self) -> Here:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        pass

    def run(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """Yield outcomes in the order of the tasks."""
        for task in tasks:
            if self._stop.asked:
                return
            try:
                self._stop.breakable = True
                outcome = run(self._call, self._studies[task.study], task.key, task.replication)
                self._stop.breakable = False
            except RunBroken:
                return
            if self._stop.asked:
                return  # a model that swallowed the break may have given half a run
            yield outcome


@dataclass(eq=False)
class _Worker:
    process: SpawnProcess
    connection: Connection[Any, Any]
    ready: bool = False
    holds: deque[list[Task]] = field(default_factory=deque)
    studies: list[str] = field(default_factory=list)


class Pool:
    """Runs in `workers` spawned processes. A dead worker is replaced; a run that kills three has failed."""

    def __init__(self, workers: int, call: Call, studies: Mapping[str, Any], stop: Stop) -> None:
        self.size, self._studies, self._stop = workers, studies, stop
        self._call = pickle.dumps(call)
        self._workers: list[_Worker] = []
        self._queue = TaskQueue()
        self._strikes: dict[str, int] = {}
        self._pickled: tuple[str, bytes] = ("", b"")
        self._stillborn = self._hired = 0

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        for worker in self._workers:
            worker.process.kill()  # a worker holds nothing that could be torn
        for worker in self._workers:
            worker.process.join()
            worker.connection.close()
        self._workers.clear()

    def run(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """Yield outcomes as runs end. Raises WorkersCannotStart if workers die three times before taking a run."""
        self._queue.put(tasks)
        while (len(self._queue) or any(worker.holds for worker in self._workers)) and not self._stop.asked:
            self._hire()
            self._hand_out()
            for ready in wait([worker.connection for worker in self._workers], timeout=LISTEN_S):
                worker = next(each for each in self._workers if each.connection is ready)
                try:
                    message = worker.connection.recv()
                except (EOFError, OSError, pickle.UnpicklingError):
                    yield from self._bury(worker)
                    continue
                if message == "ready":
                    worker.ready = True
                    self._stillborn = 0
                    continue
                turn = worker.holds.popleft()
                self._queue.put_back(turn[len(message) :])
                self._queue.learn(message)
                yield from message

    def _hire(self) -> None:
        wanted = min(self.size, len(self._queue) + sum(bool(worker.holds) for worker in self._workers))
        while len(self._workers) < wanted:
            here, there = get_context("spawn").Pipe()
            part = len(self._workers) if wanted > 1 and self._hired < self.size else None
            process = get_context("spawn").Process(target=serve, args=(there, self._call, part), daemon=True)
            with interrupt_held(), _without_main():
                process.start()
            there.close()
            self._workers.append(_Worker(process, here))
            self._hired += 1

    def _hand_out(self) -> None:
        # Everyone gets one turn before anyone gets a second, and none of the last ones waits behind another.
        for depth in range(1, AHEAD + 1):
            spare = 0 if depth == 1 else self.size
            for worker in self._workers:
                while len(self._queue) > spare and worker.ready and len(worker.holds) < depth:
                    turn = self._queue.take(SHORT_S, shares=2 * self.size)
                    worker.holds.append(turn)
                    study = turn[0].study
                    try:
                        if study not in worker.studies:
                            worker.connection.send(("study", study, self._study(study)))
                            worker.studies = [*worker.studies, study][-STUDIES_AT_HAND:]
                        worker.connection.send(("runs", study, [(task.key, task.replication) for task in turn]))
                    except OSError:
                        break  # it has died; its end of the pipe says so, with its turn in hand

    def _study(self, name: str) -> bytes:
        if self._pickled[0] != name:
            self._pickled = name, pickle.dumps(self._studies[name])
        return self._pickled[1]

    def _bury(self, worker: _Worker) -> Iterator[Outcome]:
        self._workers.remove(worker)
        worker.process.kill()
        worker.process.join()
        worker.connection.close()
        code = worker.process.exitcode
        if not worker.ready:
            self._stillborn += 1
            if self._stillborn >= STRIKES:
                raise WorkersCannotStart(f"worker processes end before they take a run (exit code {code})")
            return
        if not worker.holds:
            return
        # It works in order, so it died of the first turn in its hands; the others go back as they were.
        suspects, *others = worker.holds
        for turn in reversed(others):
            self._queue.put_back(turn)
        if len(suspects) > 1:
            self._queue.put_back(suspects, alone=True)  # which of them it was, the next deaths will tell
            return
        (suspect,) = suspects
        self._strikes[suspect.key] = self._strikes.get(suspect.key, 0) + 1
        if self._strikes[suspect.key] < STRIKES:
            self._queue.put_back(suspects, alone=True)
            return
        yield Outcome(suspect.key, None, 0.0, f"its worker process died {STRIKES} times ({_death(code)})")


def _death(code: int | None) -> str:
    if code is not None and code < 0:
        return f"signal {-code}" + (", as when memory runs out" if code == -9 else "")
    return f"exit code {code}"


@contextmanager
def _without_main() -> Iterator[None]:
    """Keep a spawned worker from importing the user's script again.

    It needs nothing from there, and a script without an `if __name__ == "__main__"` guard would start itself over.
    """
    import sys

    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
