"""Ctrl-C and SIGTERM while runs are under way: noticed at once, acted on where nothing can be torn."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stopped(KeyboardInterrupt):
    """The user or the system ended the command while runs were under way.

    Attributes
    ----------
    kept: runs of this study that are safe in the store; the same command goes on from there.
    place: the study's results folder.
    terminated: SIGTERM (exit code 143) rather than Ctrl-C (130).
    """

    def __init__(self, kept: int, place: str, terminated: bool) -> None:
        super().__init__(f"{'terminated' if terminated else 'interrupted'}: {kept} runs kept in {place}")
        self.kept = kept
        self.place = place
        self.terminated = terminated


class RunBroken(BaseException):
    """Raised inside a run in this process to leave it at once. Never seen outside `pool`."""


class Stop:
    """Whether a stop was asked for. `breakable` is true only while a run, and nothing else, is under way here."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self.breakable = False

    @property
    def asked(self) -> bool:
        """Whether Ctrl-C or SIGTERM has come."""
        return self.signal is not None

    def handle(self, number: int, frame: FrameType | None) -> None:
        """Note the signal, and leave a breakable run."""
        self.signal = self.signal or number
        if self.breakable:
            self.breakable = False
            raise RunBroken

    def raise_stopped(self, kept: int, place: str) -> None:
        """Raise Stopped with the numbers that its message tells."""
        raise Stopped(kept, place, self.signal == signal.SIGTERM)


@contextmanager
def listening() -> Iterator[Stop]:
    """Listen for SIGINT and SIGTERM, and give the signals back to whoever had them afterwards.

    Outside the main thread Python takes no signal handlers; there nothing is listened for.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, stop.handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            # None: a handler that C code installed, which Python cannot put back.
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)


@contextmanager
def interrupt_held() -> Iterator[None]:
    """Hold Ctrl-C back while a worker is started, so that it is born deaf to it and the coordinator hears it after.

    A worker would otherwise print a traceback if Ctrl-C came before its first line. Where there are no signal masks
    (Windows) nothing is held.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
