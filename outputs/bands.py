"""Means and intervals over replications, and the KPI rows that figures draw.

The only statistics of the outputs: a mean and Student's t interval over independent runs, of one strategy or of the
differences between two that met the same customers, run by run. Verdicts come ready-made in the decision.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outputs.findings import Findings

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

BAND_LEVEL = 0.95
"""Level of every band in a figure, each on its own."""


@dataclass(frozen=True)
class Estimate:
    """A mean over runs and its interval at `BAND_LEVEL`; low and high are NaN where there are fewer than two runs."""

    mean: float
    low: float
    high: float

    @property
    def settled(self) -> bool:
        """Whether the interval says on which side of zero the mean lies."""
        return self.low > 0 or self.high < 0 or self.low == self.high == self.mean == 0


def estimate(values: ArrayLike) -> Estimate:
    """Return mean and interval of values of independent runs; NaN where there are none."""
    import numpy as np

    data = np.asarray(values, dtype=float)
    if not len(data):
        return Estimate(float("nan"), float("nan"), float("nan"))
    half_width = _half_widths(data.std(ddof=1), len(data)) if len(data) > 1 else float("nan")
    return Estimate(float(data.mean()), float(data.mean() - half_width), float(data.mean() + half_width))


def per_run(findings: Findings, kpi: str, scope: str, arm: str, point: str, period: str = "all") -> pd.Series:
    """Return a KPI's value by replication, in order; empty where it was not recorded."""
    rows = findings.kpis.iloc[findings.measured.get((point, arm, kpi, scope), [])]
    here = rows[rows["period"] == period]
    return here.set_index("replication")["value"].sort_index()


def band(findings: Findings, kpi: str, scope: str, arm: str, point: str, period: re.Pattern[str] | str) -> pd.DataFrame:
    """Return mean, low, high and n over replications of a KPI, indexed by period in order.

    `period` is one period or a pattern that periods must match whole. A replication without the KPI (nobody came) is
    left out of that period. With fewer than two replications low and high are NaN. Empty if nothing was recorded.
    """
    import numpy as np

    rows = findings.kpis.iloc[findings.measured.get((point, arm, kpi, scope), [])]
    if isinstance(period, str):
        rows = rows[rows["period"] == period]
    else:
        rows = rows[rows["period"].map(lambda name: period.fullmatch(str(name)) is not None).astype(bool)]
    rows = rows[np.isfinite(rows["value"])].sort_values(["period", "replication"], kind="stable")
    grouped = rows.groupby("period", sort=True, observed=True)["value"]
    table: pd.DataFrame = grouped.agg(mean="mean", deviation="std", n="count")
    with np.errstate(invalid="ignore", divide="ignore"):
        half_width = _half_widths(table["deviation"], table["n"])
    bounds = table.assign(low=table["mean"] - half_width, high=table["mean"] + half_width)
    return bounds[["mean", "low", "high", "n"]]


def _half_widths(deviation: Any, n: Any) -> Any:
    """Return half-widths of Student's t intervals of means of `n` runs with these standard deviations."""
    import numpy as np
    from scipy.special import stdtrit

    runs = np.asarray(n, dtype=float)
    t = stdtrit(np.maximum(runs - 1, 1), 0.5 + BAND_LEVEL / 2)
    return t * deviation / np.sqrt(runs)


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
