"""How far the runs are, told on stderr: a bar on a terminal, elsewhere a line now and then."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from standfast.commands.exits import counted, say

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

BETWEEN_LINES_S = 15.0
"""Seconds between two lines where stderr is a file or a pipe."""


class ProgressShown:
    """Shows progress while it is open as a context manager; call it as `standfast.experiments.campaign.Progress`."""

    def __init__(self, subject: str, noun: str = "run") -> None:
        self.subject, self.noun = subject, noun
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._begun = self._last = time.monotonic()

    def __enter__(self) -> ProgressShown:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.markup import escape
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn(f"{self.noun}s {{task.fields[left]}}"),
            )
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task(escape(self.subject), total=None, left="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, done: int, planned: int, arm: str, left_s: float | None) -> None:
        """Show that `done` of the `planned` runs are there; planned grows while verdicts are open."""
        left = "" if left_s is None or done == planned else f", about {duration(left_s)} left"
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=planned, left=left.strip(", "))
            return
        now = time.monotonic()
        if now - self._last >= BETWEEN_LINES_S:
            self._last = now
            say(f"{self.subject}: {done} of {counted(planned, self.noun)} after {duration(now - self._begun)}{left}")


def duration(seconds: float) -> str:
    """`40 s`, `3 min`, `2.5 h`: short, for people.

    >>> duration(40), duration(200), duration(9000)
    ('40 s', '3 min', '2.5 h')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
