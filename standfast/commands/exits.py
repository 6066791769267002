"""How a command ends: the exit codes, the exceptions that lead to them, and the one line told for each.

Every command returns its code or raises; `conduct` turns what it raises into a line on stderr and a code. Nothing else
decides an exit code.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterable
from io import TextIOWrapper
from math import isfinite
from types import FrameType
from typing import Any

from typer import Exit

DONE = 0
SOME_RUNS_FAILED = 1
TRUTH_MISSED = 1
REPLAY_DIFFERS = 1
REFUSED = 2
TARGET_MISSED = 3
STORE_TROUBLE = 4
NOTHING_SELECTED = 5
OUR_FAULT = 70
INTERRUPTED = 130
TERMINATED = 143


class Refused(Exception):
    """A request that cannot be met as it stands: wrong usage or wrong input. `help` says what to do instead."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


def unknown(what: str, name: str, known: Iterable[str]) -> Refused:
    """The refusal of a name that is not among the known ones, with the nearest of them."""
    from scenarios.suggestions import did_you_mean

    names = list(known)
    return Refused(f"no {what} is called {name!r}", f"{did_you_mean(name, names)}there are: {', '.join(names)}")


class Terminated(KeyboardInterrupt):
    """SIGTERM. It takes the same way out as Ctrl-C, so whatever cleans up after one cleans up after the other."""


def counted(number: int, noun: str) -> str:
    """`1 run`, `12 runs`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def say(line: str) -> None:
    """Write one line for people to stderr; stdout is for results."""
    print(line, file=sys.stderr, flush=True)


def conduct(body: Callable[[], int], as_json: bool = False) -> int:
    """Run a command and return its exit code, telling on stderr, in one line where one will do, why it is not 0.

    With `as_json` a refused request is also told as JSON on stdout: `{"errors": [...]}`.
    """
    before = _on_terminate(_terminate)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console without Chinese letters shows question marks
    try:
        code = body()
        sys.stdout.flush()
        return code
    except Exit as exit_:
        return int(exit_.exit_code)
    except KeyboardInterrupt as stop:
        return _stopped(stop)
    except BrokenPipeError:
        # Whoever read our output has had enough (`| head`): nothing is wrong, and Python's own flush must not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as trouble:
        return _told(trouble, as_json)
    finally:
        _on_terminate(before)


def _stopped(stop: KeyboardInterrupt) -> int:
    from standfast.experiments.stopping import Stopped

    kept = "no run was under way, 0 runs to keep"
    terminated = isinstance(stop, Terminated)
    if isinstance(stop, Stopped):
        terminated = stop.terminated
        kept = f"{counted(stop.kept, 'run')} kept in {stop.place}; the same command goes on from there"
    say(f"{'terminated' if terminated else 'interrupted'}: {kept}")
    return TERMINATED if terminated else INTERRUPTED


def _told(trouble: Exception, as_json: bool) -> int:
    from scenarios import StudyErrors

    if isinstance(trouble, StudyErrors):
        say(str(trouble))
        if as_json:
            print_json({"errors": trouble.as_dicts()})
        return REFUSED
    from standfast.experiments.chosen import NothingSelected
    from standfast.experiments.cluster import ClusterLost, ClusterRefused

    if isinstance(trouble, (Refused, NothingSelected, ClusterRefused)):
        say(f"error: {trouble}")
        if trouble.help:
            say(f"help: {trouble.help}")
        if as_json:
            print_json({"errors": [{"message": str(trouble), "help": trouble.help}]})
        return NOTHING_SELECTED if isinstance(trouble, NothingSelected) else REFUSED
    from calibration import CalibrationError

    if isinstance(trouble, CalibrationError):
        say(str(trouble))
        if as_json:
            print_json({"errors": [trouble.to_dict()]})
        return STORE_TROUBLE if trouble.code == "cannot-write" else REFUSED
    if isinstance(trouble, OSError):
        say(f"error: disk or store trouble: {_reason(trouble)}")
        return STORE_TROUBLE
    from standfast.experiments.compare import RunsFailed
    from standfast.experiments.metrics import NoData

    if isinstance(trouble, (RunsFailed, ClusterLost)):
        say(f"error: {trouble}")
        return SOME_RUNS_FAILED
    if isinstance(trouble, NoData):
        say(f"error: {trouble}")
        if as_json:
            print_json({"errors": [{"message": str(trouble), "help": trouble.help}]})
        return REFUSED
    import tempfile
    import traceback

    handle, path = tempfile.mkstemp(prefix="standfast-fault-", suffix=".txt")
    with open(handle, "w", encoding="utf-8") as file:
        file.write(" ".join(sys.argv) + "\n")
        file.writelines(traceback.format_exception(trouble))
    say(f"error: a fault of ours ({type(trouble).__name__}: {trouble}); please report it with {path}")
    return OUR_FAULT


def _reason(trouble: OSError) -> str:
    """The reason without the error number that Python puts before it."""
    reason = trouble.strerror or str(trouble)
    name = trouble.filename
    return f"{name}: {reason}" if name is not None and str(name) not in reason else reason


def print_json(value: Any) -> None:
    """Print a result as JSON on stdout. What is not a number (no runs, no estimate) becomes null."""
    import json

    narrow = not sys.stdout.encoding.lower().startswith("utf")
    print(json.dumps(_finite(value), ensure_ascii=narrow, indent=2, default=str))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _finite(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated


def _on_terminate(handler: Any) -> Any:
    try:
        return signal.signal(signal.SIGTERM, handler)
    except ValueError:  # not the main thread (a notebook, a test): SIGTERM keeps its meaning there
        return signal.SIG_DFL
