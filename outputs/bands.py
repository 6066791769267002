"""Means and intervals over replications, and the KPI rows that figures draw.

The only statistics of the outputs: a mean and Student's t interval over independent runs, of one strategy or of the
differences between two that met the same customers, run by run. Verdicts come ready-made in the decision.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outputs.findings import Findings
from scenarios.kpis import ALL_PERIODS

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


def all_zero(differences: ArrayLike, size: ArrayLike = 1.0) -> bool:
    """Return whether all differences are 0 but for the rounding of floats; `size` holds the values they come from."""
    import numpy as np

    residue = 1e-12 * float(np.abs(np.asarray(size, dtype=float)).max(initial=0.0))
    return bool((np.abs(np.asarray(differences, dtype=float)) <= residue).all())


def ratio(parts: ArrayLike, wholes: ArrayLike) -> Estimate:
    """Return the ratio of two means over the same runs, with Fieller's interval.

    NaN for the interval where it isn't bounded: the denominator's own interval holds zero (or there is one run).
    """
    import numpy as np

    a, b = np.asarray(parts, dtype=float), np.asarray(wholes, dtype=float)
    nothing = float("nan")
    if not len(a) or not b.mean():
        return Estimate(nothing, nothing, nothing)
    middle = float(a.mean() / b.mean())
    if len(a) < 2:
        return Estimate(middle, nothing, nothing)
    spread = _half_widths(1.0, len(a)) ** 2 * np.cov(a, b)
    # The interval holds every r for which the interval of mean(a - r b) holds 0: the roots of a quadratic.
    square, linear, rest = (
        b.mean() ** 2 - spread[1, 1],
        a.mean() * b.mean() - spread[0, 1],
        a.mean() ** 2 - spread[0, 0],
    )
    if square <= 0:
        return Estimate(middle, nothing, nothing)
    root = float(np.sqrt(max(0.0, linear**2 - square * rest)))
    return Estimate(middle, float((linear - root) / square), float((linear + root) / square))


def per_run(findings: Findings, kpi: str, scope: str, arm: str, point: str, period: str = ALL_PERIODS) -> pd.Series:
    """Return a KPI's value by replication, in order; empty where it was not recorded."""
    import pandas as pd

    periods, replications, values = findings.cells
    rows = findings.measured.get((point, arm, kpi, scope))
    if rows is None:
        return pd.Series(dtype=float)
    here = rows[periods[rows] == period]
    return pd.Series(values[here], index=replications[here], dtype=float).sort_index()


def summed(findings: Findings, point: str, arm: str, measured: Iterable[tuple[str, str]]) -> pd.Series:
    """Return, by replication, the sum over the whole time of KPIs in scopes; empty where none was recorded."""
    import pandas as pd

    runs = [per_run(findings, kpi, scope, arm, point) for kpi, scope in measured]
    known = [run for run in runs if len(run)]
    return pd.concat(known, axis=1).sum(axis=1) if known else pd.Series(dtype=float)


def band(findings: Findings, kpi: str, scope: str, arm: str, point: str, period: re.Pattern[str] | str) -> pd.DataFrame:
    """Return mean, low, high and n over replications of a KPI, indexed by period in order.

    `period` is one period or a pattern that periods must match whole. A replication without the KPI (nobody came) is
    left out of that period. With fewer than two replications low and high are NaN. Empty if nothing was recorded.
    """
    import numpy as np
    import pandas as pd

    periods, replications, values = findings.cells
    taken = findings.measured.get((point, arm, kpi, scope), np.zeros(0, dtype=np.int64))
    taken = taken[np.isfinite(values[taken])]
    if isinstance(period, str):
        taken = taken[periods[taken] == period]
    else:
        fitting = {name for name in set(periods[taken].tolist()) if period.fullmatch(str(name))}
        taken = taken[[name in fitting for name in periods[taken].tolist()]]
    rows = pd.DataFrame(
        {"period": periods[taken].astype(str), "replication": replications[taken], "value": values[taken]}
    ).sort_values(["period", "replication"], kind="stable")
    grouped: Any = rows.groupby("period", sort=True, observed=True)["value"]
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


def mean_of(findings: Findings, kpi: str, scope: str, arm: str, point: str, period: str = ALL_PERIODS) -> float:
    """Return the mean over replications of one KPI; NaN where it was not recorded."""
    import numpy as np

    periods, _, values = findings.cells
    rows = findings.measured.get((point, arm, kpi, scope))
    if rows is None:
        return float("nan")
    known = values[rows[periods[rows] == period]]
    known = known[np.isfinite(known)]
    return float(known.mean()) if len(known) else float("nan")


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
