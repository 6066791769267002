"""The value of a study's metrics in each run, read from its KPI rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from scenarios.kpis import OPERATOR, find_kpi

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from scenarios import Metric
    from standfast.experiments.receipt import RunColumns
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


def metric_values(store: Store, keys: Sequence[str], metrics: Sequence[Metric]) -> NDArray[np.float64]:
    """Values of the metrics in those kept runs, shape (keys, metrics); NaN where a run recorded nothing for a metric.

    A row recorded for the very scope is taken as it is. Where a scope isn't recorded, the halls are pooled into
    `halls`, and the classes (kiosks apart) into their hall, by weight.
    """
    import numpy as np

    values = np.full((len(keys), len(metrics)), np.nan)
    if metrics:
        for inside, records, table in store.coded(keys):
            indices, positions = np.array(inside, dtype=np.int64).T
            rows = _Chunk(records, table)
            for column, metric in enumerate(metrics):
                values[indices, column] = _of(rows, metric)[positions]
    return values


class _Chunk:
    """Rows of a chunk as arrays: whose run each is (its position), codes of texts, values and weights."""

    def __init__(self, records: RunColumns, table: pa.Table) -> None:
        import numpy as np

        self.runs = len(records)
        self.run = np.repeat(np.arange(self.runs), np.asarray(records.column("rows"), dtype=np.int64))
        self.value, self.weight = (table.column(name).to_numpy() for name in ("value", "weight"))
        self._texts = {name: table.column(name).combine_chunks() for name in ("kpi", "scope", "period")}

    def named(self, name: str, chosen: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Whether the text of each row is among those chosen; each different text is looked at once."""
        import numpy as np

        texts = self._texts[name]
        good = np.array([chosen(word) for word in texts.dictionary.to_pylist()], dtype=bool)
        return good[texts.indices.to_numpy()] if len(good) else np.zeros(len(texts), dtype=bool)


def _of(rows: _Chunk, metric: Metric) -> NDArray[np.float64]:
    """Value of a metric in every run of a chunk; NaN where there is none."""
    import numpy as np

    measured = rows.named("kpi", metric.kpi.__eq__) & rows.named("period", metric.period.__eq__)
    exact = measured & rows.named("scope", metric.scope.__eq__)
    values = np.full(rows.runs, np.nan)
    values[rows.run[exact]] = rows.value[exact]
    times = np.bincount(rows.run[exact], minlength=rows.runs)
    if times.max(initial=0) > 1:
        raise ValueError(f"a run recorded {metric.kpi} at {metric.scope}, {metric.period} more than once")
    missing = times == 0
    if missing.any():
        values[missing] = _pooled(rows, measured, metric)[missing]
    return values


def _pooled(rows: _Chunk, measured: NDArray[np.bool_], metric: Metric) -> NDArray[np.float64]:
    import numpy as np

    kpi = find_kpi(metric.kpi)
    below = _HALL if metric.scope.startswith(OPERATOR) else _CLASS if _HALL.fullmatch(metric.scope) else None
    if kpi is None or kpi.pooled == "none" or below is None:
        return np.full(rows.runs, np.nan)
    start = f"{metric.scope}/" if below is _CLASS else ""
    inside = measured & rows.named("scope", lambda scope: scope.startswith(start) and bool(below.fullmatch(scope)))
    run, value, weight = rows.run[inside], rows.value[inside], rows.weight[inside]
    weights = np.bincount(run, weight, minlength=rows.runs)
    sums = np.bincount(run, value * weight, minlength=rows.runs)
    known = np.bincount(run, minlength=rows.runs) > 0
    if kpi.pooled == "sum":
        return np.where(known, sums, np.nan)
    means: NDArray[np.float64] = np.divide(sums, weights, out=np.full(rows.runs, np.nan), where=weights > 0)
    return means
