"""What has to be simulated: measurements to make many times, and who judges them. It does not know what is measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from standfast.experiments.pool import runner
from standfast.experiments.queue import Task
from standfast.experiments.stopping import Stop
from standfast.validation.rows import Row, broken

if TYPE_CHECKING:
    import pandas as pd

Measure = Callable[[int], "pd.DataFrame"]
"""Replication → rows of whatever the judge reads. Workers import it, so it must be picklable."""

Progress = Callable[[int, int, str, float | None], None]
"""Called with runs done, runs planned, what was run, and the seconds left if known."""


@dataclass(frozen=True)
class Check:
    """A measurement of some replications and its judge, which is given their frames in order."""

    part: str
    name: str
    measure: Measure
    replications: int
    judge: Callable[[Sequence[pd.DataFrame]], list[Row]]


def run_checks(checks: Sequence[Check], workers: int, progress: Progress | None = None) -> list[Row]:
    """Make every measurement, in worker processes if there are several, and return the rows in the order of the checks.

    A measurement that fails becomes a row that misses.
    """
    tasks = [Task(f"{n}/{r}", str(n), r) for n, check in enumerate(checks) for r in range(check.replications)]
    frames: dict[int, dict[int, pd.DataFrame]] = defaultdict(dict)
    failures: dict[int, str] = {}
    with runner(workers, _measured, {str(n): check.measure for n, check in enumerate(checks)}, Stop()) as hands:
        for done, outcome in enumerate(hands.run(tasks), start=1):
            number, replication = map(int, outcome.key.split("/"))
            if outcome.result is None:
                failures[number] = outcome.reason
            else:
                frames[number][replication] = outcome.result
            if progress is not None:
                progress(done, len(tasks), checks[number].name, None)
    rows: list[Row] = []
    for number, check in enumerate(checks):
        if number in failures:
            rows.append(broken(check.part, check.name, "", failures[number]))
        else:
            rows += check.judge([frames[number][r] for r in range(check.replications)])
    return rows


def _measured(measure: Measure, replication: int) -> pd.DataFrame:
    return measure(replication)
