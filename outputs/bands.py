"""Means and intervals over replications, and the KPI rows that figures draw.

The only statistics of the outputs: a mean and Student's t interval over independent runs of one strategy. Differences
between strategies come ready-made in the decision.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from outputs.findings import Findings

if TYPE_CHECKING:
    import pandas as pd

BAND_LEVEL = 0.95
"""Level of every band in a figure, each on its own."""


def band(findings: Findings, kpi: str, scope: str, arm: str, point: str, period: re.Pattern[str] | str) -> pd.DataFrame:
    """Return mean, low, high and n over replications of a KPI, indexed by period in order.

    `period` is one period or a pattern that periods must match whole. A replication without the KPI (nobody came) is
    left out of that period. With fewer than two replications low and high are NaN. Empty if nothing was recorded.
    """
    import numpy as np
    from scipy.special import stdtrit

    rows = findings.kpis.iloc[findings.measured.get((point, arm, kpi, scope), [])]
    if isinstance(period, str):
        rows = rows[rows["period"] == period]
    else:
        rows = rows[rows["period"].map(lambda name: period.fullmatch(str(name)) is not None).astype(bool)]
    rows = rows[np.isfinite(rows["value"])].sort_values(["period", "replication"], kind="stable")
    grouped = rows.groupby("period", sort=True, observed=True)["value"]
    table: pd.DataFrame = grouped.agg(mean="mean", deviation="std", n="count")
    with np.errstate(invalid="ignore", divide="ignore"):
        t = stdtrit(np.maximum(table["n"] - 1, 1).astype(float), 0.5 + BAND_LEVEL / 2)
        half_width = t * table["deviation"] / np.sqrt(table["n"].astype(float))
    bounds = table.assign(low=table["mean"] - half_width, high=table["mean"] + half_width)
    return bounds[["mean", "low", "high", "n"]]


def mean_of(findings: Findings, kpi: str, scope: str, arm: str, point: str, period: str = "all") -> float:
    """Return the mean over replications of one KPI; NaN where it was not recorded."""
    table = band(findings, kpi, scope, arm, point, period)
    return float(table["mean"].iloc[0]) if len(table) else float("nan")


def halls_of(findings: Findings) -> tuple[str, ...]:
    """Return the halls that have results: those with a title in that order, then the others."""
    found = {scope.split("/")[1] for scope in findings.scopes if scope.startswith("hall/")}
    titled = [hall for hall in findings.hall_titles if hall in found]
    return (*titled, *sorted(found - set(titled)))


def classes_of(findings: Findings, hall: str) -> tuple[str, ...]:
    """Return the classes of a hall that have results, in order of first appearance; the kiosk is one of them."""
    prefix = f"hall/{hall}/"
    parts = [scope.removeprefix(prefix) for scope in findings.scopes if scope.startswith(prefix)]
    return tuple(part for part in parts if "/" not in part)
