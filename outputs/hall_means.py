"""Means over the runs of what halls measure, many scopes and periods at once, and which halls a page has room for."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from outputs.bands import halls_of, mean_of
from outputs.findings import Findings
from outputs.labels import HALF_HOUR

if TYPE_CHECKING:
    import pandas as pd

MOST_HALLS = 8
"""Most halls that a page shows one by one."""

INDEX = ("arm", "hall", "class_", "period")
"""Index of the frames of this module; `class_` is "" for a whole hall."""

_QUEUE = ("queue_p10", "queue_p25", "queue_p50", "queue_p75", "queue_p90")
_HALF_HOURS = ("arrivals", "wait_mean", "wait_p50", "wait_p90", "wait_over_target", "queue_mean", *_QUEUE)


def shown_halls(findings: Findings, point: str) -> tuple[str, ...]:
    """Return the halls that a page shows one by one, in their order.

    Of more than `MOST_HALLS`, those with the largest share of customers over the target in the baseline; where no
    hall has targets, those with the longest mean wait.
    """
    halls = halls_of(findings)
    if len(halls) <= MOST_HALLS:
        return halls
    for kpi in ("wait_over_target", "wait_mean"):
        found = {hall: mean_of(findings, kpi, f"hall/{hall}", findings.baseline, point) for hall in halls}
        known = [hall for hall in halls if math.isfinite(found[hall])]
        if known:
            worst = sorted(known, key=lambda hall: -found[hall])[:MOST_HALLS]
            return tuple(hall for hall in halls if hall in worst)
    return halls[:MOST_HALLS]


def half_hours(findings: Findings, point: str, halls: Collection[str] | None = None) -> pd.DataFrame:
    """Return what each half hour of the day holds in each hall and class, indexed as `INDEX`; means over the runs.

    A column for each KPI that was recorded: customers, waits (min), shares, queues; `counters` are those staffed, on
    an average day on which the hall is open. Empty where nothing was recorded by half hour.
    """
    table = hall_means(findings, point, _HALF_HOURS, HALF_HOUR, halls)
    staffed = hall_means(findings, point, ("counter_hours",), HALF_HOUR, halls)
    if not staffed.empty:
        # the queue's weight is the time, in hours, for which the hall was open in that half hour
        opened = hall_means(findings, point, ("queue_mean",), HALF_HOUR, halls, column="weight")
        table["counters"] = staffed["counter_hours"] / opened["queue_mean"].where(lambda hours: hours > 0)
    return table


def hall_means(
    findings: Findings,
    point: str,
    kpis: Sequence[str],
    period: re.Pattern[str],
    halls: Collection[str] | None = None,
    column: str = "value",
) -> pd.DataFrame:
    """Return means over the runs of KPIs in halls and their classes, a column a KPI, indexed as `INDEX`.

    `period` must match a period whole; without `halls` it is all of them. `column` may be `weight` instead of the
    value. Strategies and halls stand in their order, KPIs as given; those that were not recorded have no column.
    """
    import numpy as np
    import pandas as pd

    chosen = halls_of(findings) if halls is None else [hall for hall in halls_of(findings) if hall in halls]
    places = {f"hall/{hall}": (hall, "") for hall in chosen}
    for scope in findings.scopes:
        parts = scope.split("/")
        if len(parts) == 3 and f"hall/{parts[1]}" in places:
            places[scope] = (parts[1], parts[2])
    wanted = [
        rows
        for (at, arm, kpi, scope), rows in findings.measured.items()
        if at == point and kpi in kpis and scope in places and arm in findings.arms
    ]
    taken = np.sort(np.concatenate(wanted)) if wanted else np.zeros(0, dtype=np.int64)
    rows = findings.kpis[["arm", "kpi", "scope", "period", column]].iloc[taken]
    fitting = {name for name in rows["period"].unique() if period.fullmatch(str(name))}
    rows = rows[rows["period"].isin(fitting) & np.isfinite(rows[column])]
    means = rows.groupby(["arm", "scope", "period", "kpi"], observed=True)[column].mean().unstack("kpi")
    order = {
        "arm": {arm: at for at, arm in enumerate(findings.arms)},
        "hall": {hall: at for at, hall in enumerate(chosen)},
    }
    flat = means.reset_index()
    flat["hall"] = [places[str(scope)][0] for scope in flat["scope"]]
    flat["class_"] = [places[str(scope)][1] for scope in flat["scope"]]
    ranks = pd.DataFrame({name: flat[name].map(ranks) for name, ranks in order.items()})
    ranks["scope"] = flat["scope"].map({scope: at for at, scope in enumerate(findings.scopes)})
    ranks["period"] = flat["period"].astype(str)
    flat = flat.loc[ranks.sort_values(["arm", "hall", "scope", "period"], kind="stable").index]
    table: pd.DataFrame = flat.set_index(list(INDEX))[[kpi for kpi in kpis if kpi in flat.columns]]
    table.columns.name = None
    return table
