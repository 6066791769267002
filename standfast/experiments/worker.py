"""One worker process: receives studies once, runs replications in turns, sends outcomes back. It writes no file.

Imports only what starting needs; the simulator comes with the callable that it is sent.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import pickle
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from standfast.experiments.rows import BadRows, digest_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Outcome", "Simulate", "digest_of", "keep_memory", "run", "serve", "take_turn"]

Simulate = Callable[[Any, int], "pd.DataFrame"]
"""(study, replication) → rows kpi, scope, period, value, unit, weight."""

Call = Callable[[Any, int], Any]
"""(study, replication) → what is sent back."""

ORPHANED = 3
"""Exit code of a worker whose coordinator is gone."""

TURN_S = 0.2
"""Seconds after which a worker reports what it has done of a turn and hands the rest back."""

STUDIES_AT_HAND = 8
"""Studies that a worker holds, the latest it was sent: tasks come study by study, and a sweep may have thousands."""


_TRIM_THRESHOLD, _MMAP_THRESHOLD, _MOST_BYTES = -1, -3, 1 << 30
"""Numbers of glibc's malloc.h."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one run: what the callable returned and the seconds it took, or why it failed."""

    key: str
    result: Any
    elapsed_s: float
    reason: str = ""
    details: str = ""


def run(call: Call, study: Any, key: str, replication: int) -> Outcome:
    """Run one replication; whatever the model raises becomes a failed outcome, never a lost one."""
    begun = time.perf_counter()
    try:
        result = call(study, replication)
    except BadRows as fault:
        return Outcome(key, None, time.perf_counter() - begun, str(fault))
    except Exception as fault:
        told = f"{type(fault).__name__}: {fault}"
        return Outcome(key, None, time.perf_counter() - begun, told, traceback.format_exc())
    return Outcome(key, result, time.perf_counter() - begun)


def take_turn(call: Call, study: Any, runs: Sequence[tuple[str, int]], within_s: float = TURN_S) -> list[Outcome]:
    """Run (key, replication) one after the other; the outcomes of as many as were begun in time, at least one."""
    end = time.perf_counter() + within_s
    outcomes = []
    for key, replication in runs:
        outcomes.append(run(call, study, key, replication))
        if time.perf_counter() >= end:
            break
    return outcomes


def keep_memory() -> None:
    """Keep memory that a run frees for the next one, where the C library is glibc: its pages are not filled anew.

    Without it, large arrays go back to the system after each run, and take up to half of a run's time to come again.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
        if mallopt is not None:
            mallopt(_MMAP_THRESHOLD, _MOST_BYTES)
            mallopt(_TRIM_THRESHOLD, _MOST_BYTES)


def serve(connection: Connection[Any, Any], pickled_call: bytes, part: int | None = None) -> None:
    """Serve one coordinator until it says `None` or goes away.

    With `part`, it is that one of several workers that begin together: before its first run it rehearses its part of
    the study, where the callable has rehearsals, so that not everyone compiles the same.

    Messages in: ("study", name, pickled study) and ("runs", name of study, ((key, replication), …)). Out: "ready" once,
    then for each turn, in the order asked, the outcomes of the runs that were made of it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal group; the coordinator decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_leave_with_coordinator, daemon=True).start()
    keep_memory()
    gc.set_threshold(20_000, 20, 20)  # each turn ends with a collection; in between, compiling would lose a tenth
    call: Call = pickle.loads(pickled_call)
    importlib.import_module("pandas")  # every run needs it: loaded here, it isn't counted in the time of the first
    rehearse = getattr(call, "rehearse", None) if part is not None else None
    studies: dict[str, Any] = {}
    settled = False
    try:
        connection.send("ready")
        while (message := connection.recv()) is not None:
            if message[0] == "study":
                studies[message[1]] = pickle.loads(message[2])
                if len(studies) > STUDIES_AT_HAND:
                    del studies[next(iter(studies))]
                continue
            _, name, runs = message
            if rehearse is not None:
                with suppress(Exception):  # what is wrong with a study, its runs tell
                    rehearse(studies[name], part)
                rehearse = None
            connection.send(take_turn(call, studies[name], runs))
            gc.collect()  # a run's parts hold each other; left to themselves, several runs would fill the memory
            if not settled:
                gc.freeze()  # what libraries hold for good would cost every later collection 20 ms
                settled = True
    except (EOFError, BrokenPipeError, ConnectionResetError):
        os._exit(ORPHANED)


def _leave_with_coordinator() -> None:
    """End this process as soon as the coordinator is gone, also in the midst of a long run."""
    coordinator = parent_process()
    if coordinator is not None:
        wait([coordinator.sentinel])
        os._exit(ORPHANED)
