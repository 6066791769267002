"""Observed waits and abandonment by half hour of arrival, from the same log that parameters are fitted to.

It stands beside what a study simulates; it fits nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from calibration.laws import Floats
from calibration.mapping import load_mapping
from calibration.reading import read_log
from calibration.tickets import Rows, TicketLog
from calibration.timetable import chosen_weekdays, grid_of, outside_of, second_of_day

if TYPE_CHECKING:
    import pandas as pd


def observed(
    data: Sequence[Path],
    *,
    mapping: str | Path,
    hours: str | None = None,
    weekdays: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return what happened, one row per half hour of arrival (index `HH:MM`) and one `all`.

    Columns: arrivals_per_day; served, abandoned (customers); abandoned_share (of those two); wait_mean_min and
    wait_se_min (served, minutes; standard error between days); waited_share (served who waited at all, or who left, of
    both). Values are ratios of sums over days. Raise `CalibrationError` as `calibrate` does.
    """
    return waits_by_half_hour(read_log(list(data), load_mapping(mapping)), hours=hours, weekdays=weekdays)[0]


def waits_by_half_hour(
    log: TicketLog, *, hours: str | None = None, weekdays: Sequence[str] | None = None
) -> tuple[pd.DataFrame, Rows]:
    """Return the frame of `observed`, and where the rows of the log went."""
    import pandas as pd

    log.need("waits", "arrival", "wait")
    span = hours if hours is not None else log.mapping.hours
    left_out = outside_of(log.frame["arrival"], chosen_weekdays(weekdays, log.mapping.weekdays), span)
    used, rows = log.select("waits", ["arrival", "outcome", "wait_s"], left_out)
    grid = grid_of(span, [used["arrival"]])
    slot = np.searchsorted(np.asarray(grid.edges_s), second_of_day(used["arrival"]), side="right") - 1
    date = used["arrival"].dt.normalize().to_numpy()
    wait = used["wait_s"].to_numpy(dtype=np.float64)
    gone = (used["outcome"] == "abandoned").to_numpy(dtype=bool)
    days = len(np.unique(date))
    records = [
        {"period": label} | _row(wait[on], gone[on], date[on], days)
        for label, on in [*((label, slot == k) for k, label in enumerate(grid.labels)), ("all", slot >= 0)]
    ]
    return pd.DataFrame.from_records(records).set_index("period"), rows


def _row(wait: Floats, gone: NDArray[np.bool_], date: NDArray[np.datetime64], days: int) -> dict[str, float]:
    served = ~gone
    n, left = int(served.sum()), int(gone.sum())
    mean = float(wait[served].mean()) if n else float("nan")
    se = float("nan")
    if n:
        _, place = np.unique(date[served], return_inverse=True)
        excess = np.bincount(place, weights=wait[served] - mean)
        if len(excess) > 1:
            se = float(np.sqrt((excess**2).sum() * len(excess) / (len(excess) - 1)) / n)
    return {
        "arrivals_per_day": (n + left) / days,
        "served": n,
        "abandoned": left,
        "abandoned_share": left / (n + left) if n + left else float("nan"),
        "wait_mean_min": mean / 60,
        "wait_se_min": se / 60,
        "waited_share": (float((wait[served] > 0).sum()) + left) / (n + left) if n + left else float("nan"),
    }
