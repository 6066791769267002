"""The value of a study's metrics in each run, read from its KPI rows."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from scenarios.kpis import OPERATOR, find_kpi

if TYPE_CHECKING:
    import pandas as pd

    from scenarios import Metric
    from standfast.experiments.store import Store

_HALL = re.compile(r"hall/[^/]+")
_CLASS = re.compile(r"hall/[^/]+/(?!kiosk$)[^/]+")


class NoData(ValueError):
    """A metric of the comparison has no value in a run, so nothing honest can be said of it.

    Attributes: `arm`, `point`, `replication`, `metric` (key as written), `help`.
    """

    def __init__(self, metric: str, arm: str, point: str, replication: int) -> None:
        self.help = "compare another metric, scope or period"
        where = f"arm {arm}, point {point}, replication {replication}"
        super().__init__(f"metric {metric} has no value in {where}: nothing was measured for it there; {self.help}")
        self.metric, self.arm, self.point, self.replication = metric, arm, point, replication


def metric_values(store: Store, keys: Iterable[str], metrics: Sequence[Metric]) -> dict[str, tuple[float, ...]]:
    """Values of the metrics (in their order) by run key; NaN where a run recorded nothing for a metric.

    A row recorded for the very scope is taken as it is. Where a scope isn't recorded, the halls are pooled into
    `halls`, and the classes (kiosks apart) into their hall, by weight.
    """
    if not metrics:
        return dict.fromkeys(keys, ())
    filters = [("kpi", "in", {each.kpi for each in metrics}), ("period", "in", {each.period for each in metrics})]
    found: dict[str, tuple[float, ...]] = {}
    wanted = list(keys)
    for frame in store.rows(wanted, ("run", "kpi", "scope", "period", "value", "weight"), filters):
        columns = [_of(frame, metric) for metric in metrics]
        for key in frame["run"].unique():
            found[key] = tuple(column.get(key, math.nan) for column in columns)
    nothing = (math.nan,) * len(metrics)
    return {key: found.get(key, nothing) for key in wanted}


def _of(frame: pd.DataFrame, metric: Metric) -> Mapping[str, float]:
    rows = frame[(frame["kpi"] == metric.kpi) & (frame["period"] == metric.period)]
    exact = rows[rows["scope"] == metric.scope]
    values = dict(zip(exact["run"], exact["value"].astype(float), strict=True))
    if len(values) != len(exact):
        raise ValueError(f"a run recorded {metric.kpi} at {metric.scope}, {metric.period} more than once")
    missing = rows[~rows["run"].isin(list(values))]
    return {**_pooled(missing, metric), **values} if len(missing) else values


def _pooled(rows: pd.DataFrame, metric: Metric) -> Mapping[str, float]:
    kpi = find_kpi(metric.kpi)
    below = _HALL if metric.scope.startswith(OPERATOR) else _CLASS if _HALL.fullmatch(metric.scope) else None
    if kpi is None or kpi.pooled == "none" or below is None:
        return {}
    inside = rows["scope"].map(lambda scope: bool(below.fullmatch(scope)))
    if below is _CLASS:
        inside &= rows["scope"].str.startswith(metric.scope + "/")
    parts = rows[inside]
    weights = parts.groupby("run")["weight"].sum()
    sums = (parts["value"] * parts["weight"]).groupby(parts["run"]).sum()
    values = sums if kpi.pooled == "sum" else (sums / weights)[weights > 0]
    return {str(run): float(value) for run, value in values.items()}
