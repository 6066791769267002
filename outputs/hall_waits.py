"""Waits by half hour in numbers: the median and the ninth decile of each class, beside the target that it must keep."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outputs.findings import Findings
from outputs.hall_means import half_hours, shown_halls
from outputs.labels import arm_label, capital, class_label, hall_label
from outputs.language import say
from outputs.market_rows import Table
from outputs.plaintext import shorten
from outputs.quantities import NOTHING, Scale
from scenarios.kpis import KIOSK

if TYPE_CHECKING:
    import pandas as pd

_PERCENTILES = ("wait_p50", "wait_p90")
_COLUMNS = 20
"""Most half hours side by side; longer days go on in the next table."""


def wait_tables(findings: Findings, point: str, arm: str | None) -> tuple[Table, ...]:
    """Return waits of those served by half hour of arrival, in minutes, a group a hall and class.

    Baseline and strategy stand under each other, with the target above. A wait over it is marked. Classes without
    percentiles, and kiosks, are left out.
    """
    table = half_hours(findings, point, shown_halls(findings, point))
    if not set(_PERCENTILES) <= set(table.columns):
        return ()
    known = table[table[_PERCENTILES[1]].notna()]
    arms = [findings.baseline] if arm is None else [findings.baseline, arm]
    times = sorted(set(known.index.get_level_values("period")))
    places = zip(findings.targets["hall"], findings.targets["class_"], findings.targets["period"], strict=True)
    targets = dict(zip(places, findings.targets["target_min"].astype(float), strict=True))
    tables = []
    for first in range(0, len(times), _COLUMNS):
        page = times[first : first + _COLUMNS]
        head = [("", ""), *((str(time), "number") for time in page)]
        groups = _groups(findings, known, targets, arms, page)
        tables.append({"head": head, "groups": groups, "style": "times"})
    return tuple(tables)


def _groups(
    findings: Findings,
    known: pd.DataFrame,
    targets: dict[tuple[str, str, str], float],
    arms: list[str],
    page: list[str],
) -> list[Table]:
    places = dict.fromkeys((str(hall), str(name)) for _, hall, name, _ in known.index)
    classed = {hall for hall, name in places if name not in ("", KIOSK)}
    minutes = Scale(findings.language, "min", 1.0, 1)
    groups = []
    for hall, name in places:
        if name == KIOSK or (not name and hall in classed):
            continue
        limits = [targets.get((hall, name, time), math.nan) for time in page]
        rows = []
        if any(map(math.isfinite, limits)):
            words = capital(say(findings.language, "figure.target"))
            shown = [f"{limit:g}" if math.isfinite(limit) else "" for limit in limits]
            rows.append([(words, "name part"), *((limit, "number interval") for limit in shown)])
        for kpi in _PERCENTILES:
            for arm in arms:
                title = shorten(arm_label(findings, arm), 26)
                words = say(findings.language, f"report.{kpi}", arm=title)
                waits = known[kpi].reindex([(arm, hall, name, time) for time in page])
                rows.append([(words, "name"), *_cells(minutes, waits.tolist(), limits)])
        title = hall_label(findings, hall)
        if name:
            title += f" · {capital(class_label(findings.language, name))}"
        groups.append({"name": title, "rows": [{"cells": cells, "total": False} for cells in rows]})
    return groups


def _cells(minutes: Scale, waits: list[float], limits: list[float]) -> list[tuple[str, str]]:
    cells = []
    for wait, limit in zip(waits, limits, strict=True):
        shown = minutes.number(wait)
        cells.append(("" if shown == NOTHING else shown, "number over" if wait > limit else "number"))
    return cells
