"""Finished runs that wait to be written together: about what a crash can cost."""

from __future__ import annotations

import time

from standfast.experiments.receipt import RunRecord
from standfast.experiments.rows import Rows

CHUNK_S = 2.0
"""Seconds of runs that are written together, and the longest time that a run waits while others come in."""

CHUNK_ROWS = 250_000
"""Rows that are written together at most, so that waiting for the seconds doesn't fill the memory."""


class Pending:
    """Runs taken since the last chunk was written."""

    def __init__(self) -> None:
        self._runs: list[tuple[RunRecord, Rows]] = []
        self._seconds = 0.0
        self._rows = 0
        self._since = 0.0

    def take(self, record: RunRecord, rows: Rows) -> bool:
        """Take a finished run; whether it is time to write."""
        now = time.monotonic()
        if not self._runs:
            self._since = now
        self._runs.append((record, rows))
        self._seconds += record.elapsed_s
        self._rows += record.rows
        return self._seconds >= CHUNK_S or now - self._since >= CHUNK_S or self._rows >= CHUNK_ROWS

    def emptied(self) -> list[tuple[RunRecord, Rows]]:
        """Hand over what waits, runs of one arm and point beside each other, and start again."""
        runs, self._runs, self._seconds, self._rows = self._runs, [], 0.0, 0
        return sorted(runs, key=lambda run: (run[0].arm, run[0].point, run[0].replication))
