"""What only hall studies measure, made up for tests of the outputs: queues, weekdays, complaints, costs.

It stands on `synthetic_findings`; the numbers come from smooth curves and seeded noise. No simulator made them.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from synthetic_findings import ARM_TITLES, HALF_HOURS, HALLS, make_findings

from outputs.findings import KPI_COLUMNS, Findings, Language
from scenarios.calendar import WEEKDAYS
from scenarios.schema.complaints import CAUSES

REPLICATIONS = 5
OPEN_H = 30.0
"""Hours for which a hall is open in each half hour of the day, over the whole time; as `synthetic_findings` has it."""

CREWS = dict.fromkeys(ARM_TITLES, 4) | {"more-counters": 6}
SHORTER = dict(zip(ARM_TITLES, (1.0, 0.7, 0.6, 0.95, 0.4), strict=True))
HEARD = {"attitude": 40.0, "waiting": 20.0, "skill": 8.0, "fee": 0.0}
"""Complaints of each cause in the baseline of the first hall."""


def make_halls(
    language: Language = "en", many: int = 0, halls: tuple[str, ...] = tuple(HALLS), **changes: Any
) -> Findings:
    """Return findings with everything that `halls` measure; with `many`, so many more, each better than the last."""
    plain = make_findings(language, replications=REPLICATIONS)
    kpis = pd.concat([plain.kpis, _more(), *(_copied(plain.kpis, number) for number in range(many))], ignore_index=True)
    others = [hall for hall in HALLS if hall not in halls]
    kpis = kpis[~kpis["scope"].map(lambda scope: scope.startswith("hall/") and scope.split("/")[1] in others)]
    titles = plain.hall_titles | {f"extra-{number}": f"Extra {number}" for number in range(many)}
    return make_findings(language, replications=REPLICATIONS, **{"kpis": kpis, "hall_titles": titles} | changes)


def extra(findings: Findings, arm: str, kpi: str, scope: str, values: list[float], period: str = "all") -> pd.DataFrame:
    """Return the table of KPIs with one KPI more (or instead), a value a replication."""
    frame = findings.kpis
    old = (frame.arm == arm) & (frame.kpi == kpi) & (frame.scope == scope) & (frame.period == period)
    rows = [(arm, "base", r, kpi, scope, period, value, "1", 1.0) for r, value in enumerate(values)]
    return pd.concat([frame[~old], pd.DataFrame(rows, columns=list(KPI_COLUMNS))], ignore_index=True)


def _copied(kpis: pd.DataFrame, number: int) -> pd.DataFrame:
    """The rows of the first hall under another name, with fewer and fewer customers over the target."""
    first = next(iter(HALLS))
    rows = kpis[kpis["scope"].str.startswith(f"hall/{first}")].copy()
    rows["scope"] = rows["scope"].str.replace(f"hall/{first}", f"hall/extra-{number}")
    rows.loc[rows["kpi"] == "wait_over_target", "value"] /= 2.0 + number
    return rows


@cache
def _more() -> pd.DataFrame:
    rng = np.random.default_rng(20100701)
    rows: list[tuple[object, ...]] = []
    for r in range(REPLICATIONS):
        luck = float(np.exp(rng.normal(0, 0.1)))
        for h, hall in enumerate(HALLS):
            for arm, shorter in SHORTER.items():
                rows += _of_hall(f"hall/{hall}", arm, r, shorter * luck / (1 + 0.3 * h))
    return pd.DataFrame(rows, columns=list(KPI_COLUMNS))


def _of_hall(scope: str, arm: str, r: int, load: float) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []

    def put(kpi: str, part: str, period: str, value: float, unit: str = "customers", weight: float = 1.0) -> None:
        rows.append((arm, "base", r, kpi, scope + part, period, float(value), unit, weight))

    for i, half in enumerate(HALF_HOURS):
        queue = load * (2 + 6 * np.sin(i / 5) ** 2)
        for percent, spread in ((10, 0.2), (25, 0.5), (50, 0.9), (75, 1.4), (90, 2.2)):
            put(f"queue_p{percent}", "", half, queue * spread, weight=OPEN_H)
        put("counter_hours", "", half, CREWS[arm] * OPEN_H, "h")
        for part, factor in (("", 0.5), ("/gotone", 0.3), ("/others", 0.6)):
            put("wait_p50", part, half, queue * factor, "min", 40)
        for day, name in enumerate(WEEKDAYS[:-1]):  # closed on Sundays
            put("arrivals", "", f"{name}-{half}", 30)
            put("wait_mean", "", f"{name}-{half}", queue, "min", 30)
            put("wait_over_target", "", f"{name}-{half}", min(1.0, queue / (6 + 3 * day)), "1", 30)
    for cause in CAUSES:
        true = HEARD.get(cause, 0.0) * load
        put("complaints", f"/cause/{cause}", "all", true, "complaints")
        put("complaints_filed", f"/cause/{cause}", "all", 0.9 * true + (1.0 if cause == "fee" else 0.0), "complaints")
    put("complaints", "", "all", sum(HEARD.values()) * load, "complaints")
    put("counter_hours", "", "all", CREWS[arm] * OPEN_H * len(HALF_HOURS), "h")
    put("remedy_cost", "", "all", 0.0 if arm == "baseline" else 1000.0, "CNY")
    put("kiosk_share", "", "all", 0.3 if arm != "kiosk-60" else 0.6, "1")
    return rows
