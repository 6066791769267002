"""Runs on a Dask cluster: turns of about a second go out, outcomes come back, whoever dies is done without.

Dask does a turn again whose worker died. What kills its worker again and again is then run with nothing beside it, so
that the run that fails is the one at fault.
"""

from __future__ import annotations

import gc
import logging
import pickle
import queue
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from types import TracebackType
from typing import Any
from uuid import uuid4

from standfast.experiments.queue import Task, TaskQueue
from standfast.experiments.sameness import deciding_versions, differences
from standfast.experiments.stopping import Stop
from standfast.experiments.worker import STUDIES_AT_HAND, Call, Outcome, take_turn

CONNECT_S = 4.0
"""Longest wait in seconds for a scheduler to answer, and then for a first worker."""

LISTEN_S = 0.2
"""Longest time in seconds between two looks at whether a stop was asked for."""

LOOK_S = 1.0
"""Seconds between two looks at who is there."""

LOST_S = 20.0
"""Seconds without scheduler or workers after which the cluster is given up: a nanny takes a few to start a new one."""

TURN_S = 1.5
"""Seconds of runs that are sent as one task: a task costs the scheduler about a millisecond."""

STRIKES = 3
"""Deaths of a worker that did nothing but one run, after which that run counts as failed."""

COLLECT_S = 0.5
"""Seconds of runs after which a worker looks for what they left behind, which takes it a tenth of a second."""

AHEAD = 2
"""Turns out for each thread of the cluster: the one under way, and the next."""


class ClusterRefused(Exception):
    """A cluster that cannot be used as it is; nothing was sent to it. `help` says what to do instead."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


class ClusterLost(Exception):
    """The cluster went away while runs were out; what came back is kept."""


class Cluster:
    """Runs on the workers of a Dask scheduler. A context manager; leaving it cancels what is out."""

    def __init__(self, address: str, call: Call, studies: Mapping[str, Any], stop: Stop) -> None:
        self._address, self._studies, self._stop = address, studies, stop
        self._call = pickle.dumps(call)
        self._name = f"standfast-{uuid4().hex[:8]}"
        self._queue = TaskQueue()
        self._suspects: deque[Task] = deque()
        self._strikes: dict[str, int] = {}
        self._out: dict[str, tuple[Any, list[Task], bool]] = {}
        self._back: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._sent: OrderedDict[str, Any] = OrderedDict()
        self._turns = 0
        self._looked = self._there = time.monotonic()
        self.size = 0

    def __enter__(self) -> Cluster:
        self._client = connected(self._address, self._stop)
        try:
            self.size = self._checked_threads() if self._client is not None else 1
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        with suppress(Exception):
            self._client.cancel([future for future, _, _ in self._out.values()], force=True)
        self._out.clear()
        self._sent.clear()
        self._close()

    def run(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """Yield outcomes as turns come back. Raises ClusterLost, and ClusterRefused where another machine joined."""
        self._queue.put(tasks)
        while (len(self._queue) or self._suspects or self._out) and not self._stop.asked:
            self._hand_out()
            with suppress(queue.Empty):
                yield from self._collect(self._back.get(timeout=LISTEN_S))
            self._look()

    def _hand_out(self) -> None:
        if self._suspects:
            if not self._out:
                self._send([self._suspects.popleft()], alone=True)
            return
        while len(self._queue) and len(self._out) < AHEAD * self.size:
            self._send(self._queue.take(TURN_S, shares=AHEAD * self.size))

    def _send(self, turn: list[Task], alone: bool = False) -> None:
        name = turn[0].study
        if name not in self._sent:
            # A task, not scattered data: the scheduler can have it made again when the worker that holds it dies.
            key = f"{self._name}-study-{len(self._sent)}-{self._turns}"
            self._sent[name] = self._client.submit(pickle.loads, pickle.dumps(self._studies[name]), key=key)
            if len(self._sent) > STUDIES_AT_HAND:
                self._sent.popitem(last=False)
        self._turns += 1
        key = f"{self._name}-{self._turns}"
        runs = [(task.key, task.replication) for task in turn]
        ours = deciding_versions()
        future = self._client.submit(turn_here, self._call, self._sent[name], runs, ours, TURN_S, key=key, pure=False)
        self._out[key] = future, turn, alone
        future.add_done_callback(lambda done: self._back.put(done.key))

    def _collect(self, key: str) -> Iterator[Outcome]:
        future, turn, alone = self._out.pop(key, (None, [], False))
        if future is None:
            return
        fault = None
        if future.status == "finished":
            try:
                found = future.result(timeout=LISTEN_S)
            except TimeoutError:  # its worker died with the outcomes: Dask has the turn done again
                self._out[key] = future, turn, alone
                self._back.put(key)
                return
            except Exception as error:
                fault = error
            else:
                yield from self._taken(found, turn)
                return
        elif future.status == "error":
            fault = future.exception(timeout=CONNECT_S)
        self._sent.pop(turn[0].study, None)
        yield from self._failed(turn, alone, fault)

    def _taken(self, found: Any, turn: list[Task]) -> Iterator[Outcome]:
        if isinstance(found, dict):
            raise ClusterRefused(*_mixed({"a worker that joined": differences(found, deciding_versions())}))
        self._queue.put_back(turn[len(found) :])
        self._queue.learn(found)
        yield from found

    def _failed(self, turn: list[Task], alone: bool, fault: BaseException | None) -> Iterator[Outcome]:
        from distributed import KilledWorker

        if isinstance(fault, KilledWorker):
            # Dask's own patience is one death longer than `allowed_failures`; a run beside others is only a suspect.
            strikes = self._strikes.get(turn[0].key, 0) + fault.allowed_failures + 1 if alone else 0
            if strikes >= STRIKES:
                yield Outcome(turn[0].key, None, 0.0, f"its worker died {strikes} times, with no other run beside it")
                return
            if alone:
                self._strikes[turn[0].key] = strikes
            self._suspects.extend(turn)
        elif fault is None or type(fault).__name__ == "FutureCancelledError":
            self._queue.put_back(turn)  # lost with the scheduler's connection, or cancelled by somebody else
        else:
            raise ClusterLost(f"the cluster cannot do the runs: {type(fault).__name__}: {fault}")

    def _look(self) -> None:
        """See who is there, now and then. Raises ClusterLost after a while without anybody."""
        now = time.monotonic()
        if now - self._looked < LOOK_S:
            return
        self._looked = now
        threads = 0
        if self._client.status == "running":
            with suppress(Exception):
                threads = sum(self._client.nthreads().values())
        if threads:
            self.size, self._there = threads, now
        elif now - self._there > LOST_S:
            raise ClusterLost(f"no scheduler or no worker has answered at {self._address} for {LOST_S:.0f} s")

    def _checked_threads(self) -> int:
        """Threads of all workers, after every one of them was found to be like this machine. Raises ClusterRefused."""
        end = time.monotonic() + CONNECT_S
        while not (threads := self._client.nthreads()):
            if time.monotonic() > end:
                raise ClusterRefused(
                    f"the cluster at {self._address} has no workers", f"start some: dask worker {self._address}"
                )
            time.sleep(LISTEN_S)
        ours = deciding_versions()
        others: dict[str, tuple[str, ...]] = {}
        for worker in threads:
            try:
                theirs = self._client.run(deciding_versions, workers=[worker])
            except Exception as fault:  # one by one: of several that fail, Dask doesn't tell which
                others[worker] = (f"it cannot load standfast ({type(fault).__name__}: {fault})".replace(": )", ")"),)
                continue
            for different in (differences(each, ours) for each in theirs.values()):
                if different:
                    others[worker] = different
        if others:
            raise ClusterRefused(*_mixed(others))
        return sum(threads.values())

    def _close(self) -> None:
        with suppress(Exception):  # also where there is no client yet
            self._client.close(timeout=CONNECT_S / 2)


def connected(address: str, stop: Stop) -> Any:
    """A client of the scheduler at that address; None if a stop was asked for meanwhile. Raises ClusterRefused."""
    try:
        import distributed
    except ImportError:
        raise ClusterRefused(
            "--cluster needs Dask, which is not installed", "pip install 'standfast[cluster]'"
        ) from None
    for name in [name for name in logging.root.manager.loggerDict if name.split(".")[0] == "distributed"]:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # what it would say in tracebacks, we say in a line
    client: Any = distributed.Client
    found: list[Any] = []

    def connect() -> None:
        try:
            found.append(client(address, timeout=CONNECT_S, set_as_default=False))
        except Exception as fault:
            found.append(fault)

    # Where something listens that isn't a scheduler and says nothing, the client would wait for ever.
    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    end = time.monotonic() + 1.5 * CONNECT_S
    while not found and time.monotonic() < end:
        thread.join(LISTEN_S)
        if stop.asked:
            return None
    if found and not isinstance(found[0], Exception):
        return found[0]
    why = str(found[0]).splitlines()[0] if found and str(found[0]) else f"no answer within {CONNECT_S:.0f} s"
    raise ClusterRefused(
        f"no Dask scheduler answers at {address}: {why}",
        "start one with `dask scheduler`; it prints its address, such as tcp://10.0.0.5:8786",
    )


def turn_here(
    call: bytes, study: Any, runs: Sequence[tuple[str, int]], theirs: Mapping[str, str], within_s: float
) -> list[Outcome] | dict[str, str]:
    """Do a turn on the worker that this is called on; its versions instead where they are not those asked for."""
    if theirs != deciding_versions():
        return deciding_versions()
    begun = time.perf_counter()
    outcomes = take_turn(_call(call), study, runs, within_s)
    if time.perf_counter() - begun > COLLECT_S:
        gc.collect()  # a run's parts hold each other; left to themselves, several long runs would fill the memory
    return outcomes


@lru_cache(maxsize=4)
def _call(pickled: bytes) -> Call:
    call: Call = pickle.loads(pickled)
    return call


def _mixed(others: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    told = "; ".join(f"{worker}: {', '.join(different)}" for worker, different in others.items())
    return f"the cluster is not like this machine, so its runs would not be the same: {told}", (
        "install the same versions on all machines (constraints.txt), or run here with --workers"
    )
