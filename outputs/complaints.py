"""Complaints about halls by cause: how many there are, and how many the statistics show, as they are filed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outputs.bands import halls_of
from outputs.findings import Findings
from outputs.labels import arm_label, capital, hall_label
from outputs.language import say
from outputs.market_rows import Table
from outputs.quantities import NOTHING, Scale
from outputs.recommendation import recommend
from scenarios.kpis import ALL_PERIODS, CAUSE

if TYPE_CHECKING:
    import pandas as pd

MOST_HALLS = 4
"""Most halls whose complaints are drawn one by one; of more, all together."""

ALL_HALLS = ""
"""Stands for all halls together where complaints have a hall."""

INDEX = ("hall", "arm", "cause")
"""Index of the table of complaints."""

TRUE, FILED = "complaints", "complaints_filed"


def complaints_by_cause(findings: Findings, point: str) -> pd.DataFrame:
    """Return means over the runs of complaints, indexed by hall, arm, cause; columns `complaints`, `complaints_filed`.

    `ALL_HALLS` comes first where there are several. Causes stand by their number in the baseline, the largest first;
    those of which nobody ever complains are left out. Empty where no complaints are counted.
    """
    import pandas as pd

    periods, _, values = findings.cells
    means: dict[tuple[str, str, str, str], float] = {}
    for (at, arm, kpi, scope), rows in findings.measured.items():
        parts = scope.split("/")
        if at == point and kpi in (TRUE, FILED) and parts[0] == "hall" and parts[2:3] == [CAUSE]:
            means[parts[1], arm, parts[3], kpi] = float(values[rows[periods[rows] == ALL_PERIODS]].mean())
    if not means:
        return pd.DataFrame(columns=[TRUE, FILED])
    each = pd.Series(means).unstack(-1)[[TRUE, FILED]]
    each.index.names = list(INDEX)
    pooled = each.groupby(level=["arm", "cause"]).sum()
    heard = pooled.groupby(level="cause").sum().sum(axis=1)
    before = pooled[TRUE].get(findings.baseline, default=heard).reindex(heard.index[heard > 0])
    causes = list(before.sort_values(ascending=False, kind="stable").index)
    halls = [hall for hall in halls_of(findings) if hall in each.index.unique("hall")]
    arms = [arm for arm in findings.arms if arm in each.index.unique("arm")]
    parts_of = {hall: each.loc[hall] for hall in halls}
    if len(halls) > 1:
        parts_of = {ALL_HALLS: pooled, **parts_of}
    table = pd.concat(parts_of, names=["hall"])
    return table.reindex(pd.MultiIndex.from_product([parts_of, arms, causes], names=INDEX))


def shown_parts(table: pd.DataFrame) -> list[str]:
    """Return the halls of `complaints_by_cause` that are drawn one by one; of many, all together."""
    first, *halls = table.index.unique("hall")
    return [first] if not halls or len(halls) > MOST_HALLS else halls


def part_label(findings: Findings, hall: str) -> str:
    """Return the title of a hall, or the words for all of them."""
    return hall_label(findings, hall) if hall else capital(say(findings.language, "scope.halls"))


def misfiled(table: pd.DataFrame) -> bool:
    """Return whether what is filed differs from what is true."""
    return bool((table[TRUE] != table[FILED]).where(table.notna().all(axis=1), False).any())


def complaint_table(findings: Findings, point: str) -> Table | None:
    """Return complaints about all halls by cause, a column a strategy, as filed beneath; None if none are counted."""
    table = complaints_by_cause(findings, point)
    if table.empty:
        return None
    chosen, filed = recommend(findings, point).arm, misfiled(table)
    arms = list(table.index.unique("arm"))
    count = Scale(findings.language, "", 1.0, 0 if table[TRUE].max() >= 1000 else 1)
    head = [(say(findings.language, "report.cause"), "")]
    head += [(arm_label(findings, arm) + (" ★" if arm == chosen else ""), "number") for arm in arms]
    whole = table.loc[table.index.get_level_values("hall")[0]]
    rows = []
    for cause in whole.index.unique("cause"):
        cells = [_cell(findings, count, whole.loc[(arm, cause)], filed) for arm in arms]
        rows.append({"cells": [(capital(say(findings.language, f"cause.{cause}")), "name"), *cells], "total": False})
    return {"head": head, "groups": [{"name": "", "rows": rows}]}


def _cell(findings: Findings, count: Scale, row: pd.Series, filed: bool) -> tuple[str, ...]:
    shown = count.number(float(row[TRUE]))
    if not filed or shown == NOTHING:
        return shown, "number"
    return shown, "number", say(findings.language, "report.filed", count=count.number(float(row[FILED]))), "interval"
