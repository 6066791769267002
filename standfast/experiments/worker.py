"""One worker process: receives studies once, runs replications, sends frames back. It writes nothing to disk.

Imports only what starting needs; the simulator comes with the callable that it is sent.
"""

from __future__ import annotations

import gc
import importlib
import os
import pickle
import signal
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

Simulate = Callable[[Any, int], "pd.DataFrame"]
"""(study, replication) → rows kpi, scope, period, value, unit, weight."""

ORPHANED = 3
"""Exit code of a worker whose coordinator is gone."""


@dataclass(frozen=True)
class Outcome:
    """What became of one run: a frame, the seconds it took and the digest of its events, or why it failed."""

    key: str
    frame: pd.DataFrame | None
    elapsed_s: float
    reason: str = ""
    details: str = ""
    digest: str = ""


def run(simulate: Simulate, study: Any, key: str, replication: int) -> Outcome:
    """Run one replication; whatever the model raises becomes a failed outcome, never a lost one."""
    begun = time.perf_counter()
    try:
        frame = simulate(study, replication)
    except Exception as fault:
        told = f"{type(fault).__name__}: {fault}"
        return Outcome(key, None, time.perf_counter() - begun, told, traceback.format_exc())
    return Outcome(key, frame, time.perf_counter() - begun, digest=digest_of(frame))


def digest_of(frame: Any) -> str:
    """Digest of the events behind a run's frame, as `sim.simulate` gives it; "" from a simulator that gives none."""
    return str(getattr(frame, "attrs", {}).get("digest", ""))


def serve(connection: Connection[Any, Any], simulate: bytes) -> None:
    """Serve one coordinator until it says `None` or goes away.

    Messages in: ("study", name, pickled study) and ("run", key, name of study, replication). Out: "ready" once, then
    one Outcome a run, in the order asked.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal group; the coordinator decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_leave_with_coordinator, daemon=True).start()
    call: Simulate = pickle.loads(simulate)
    importlib.import_module("pandas")  # every run needs it: loaded here, it isn't counted in the time of the first
    studies: dict[str, Any] = {}
    try:
        connection.send("ready")
        while (message := connection.recv()) is not None:
            if message[0] == "study":
                studies[message[1]] = pickle.loads(message[2])
                continue
            _, key, name, replication = message
            connection.send(run(call, studies[name], key, replication))
            gc.collect()  # a run's parts hold each other; left to themselves, several runs would fill the memory
    except (EOFError, BrokenPipeError, ConnectionResetError):
        os._exit(ORPHANED)


def _leave_with_coordinator() -> None:
    """End this process as soon as the coordinator is gone, also in the midst of a long run."""
    coordinator = parent_process()
    if coordinator is not None:
        wait([coordinator.sentinel])
        os._exit(ORPHANED)
