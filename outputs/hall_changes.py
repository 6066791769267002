"""Before and after, hall by hall: what each strategy does to the figures that a hall is judged by.

Paired differences over the runs, each with a plain interval of its own. They are no verdicts: nothing here allows for
how many are read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outputs.bands import BAND_LEVEL, Estimate, all_zero, estimate, halls_of, per_run
from outputs.drawing import VERDICT_SYMBOLS
from outputs.findings import Findings
from outputs.hall_means import shown_halls
from outputs.labels import arm_label, capital, hall_label, kpi_label
from outputs.language import say
from outputs.market_rows import Table
from outputs.quantities import Scale, fit_scale
from outputs.recommendation import recommend
from scenarios.kpis import KPIS

if TYPE_CHECKING:
    import pandas as pd

HALL_KPIS = (
    "arrivals",
    "wait_mean",
    "wait_p90",
    "wait_over_target",
    "on_target",
    "abandoned",
    "kiosk_share",
    "unfinished",
    "complaints",
    "elsewhere",
    "sales",
    "remedy_cost",
    "counter_hours",
)
"""What the table tells of a hall, in its order; what a study does not measure is left out."""

_COUNTED = ("customers", "complaints")
"""Units that a KPI's own words tell."""

_SIGNS = {"better": "better", "worse": "worse", "same": "no practical difference", "open": "not settled", "": ""}
"""The verdict whose symbol stands for each sign."""


@dataclass(frozen=True)
class Change:
    """What a strategy does to a KPI of a hall: means of baseline and strategy, and their paired difference.

    `sign` is `better` or `worse` where the interval leaves 0 out, `same` where no run differs, `open` where the
    interval holds 0 or the runs are too few to have one. It is "" for a KPI that is better neither way.
    """

    hall: str
    arm: str
    kpi: str
    before: float
    after: float
    difference: Estimate
    n: int
    sign: str


def hall_changes(findings: Findings, point: str, halls: tuple[str, ...] | None = None) -> list[Change]:
    """Return every change at a sweep point, hall by hall, KPI by KPI, strategy by strategy; without `halls`, of all."""
    found = []
    for hall in halls_of(findings) if halls is None else halls:
        for kpi in HALL_KPIS:
            old = per_run(findings, kpi, f"hall/{hall}", findings.baseline, point)
            for arm in findings.challengers():
                new = per_run(findings, kpi, f"hall/{hall}", arm, point)
                if len(old) or len(new):
                    found.append(_change(hall, arm, kpi, old, new))
    return found


def _change(hall: str, arm: str, kpi: str, old: pd.Series, new: pd.Series) -> Change:
    pairs = (new - old).dropna()
    difference = estimate(pairs)
    size = [*old, *new]
    always = len(pairs) > 1 and all_zero(pairs - pairs.mean(), size)
    if always:
        difference = Estimate(difference.mean, difference.mean, difference.mean)
    return Change(hall, arm, kpi, old.mean(), new.mean(), difference, len(pairs), _sign(kpi, difference, size, always))


def _sign(kpi: str, difference: Estimate, size: list[float], always: bool) -> str:
    """Return the sign of a difference; `size` holds its values, `always`: equal in every run."""
    goal = KPIS[kpi].goal
    if goal is None:
        return ""
    if always and all_zero([difference.mean], size):
        return "same"
    if always and KPIS[kpi].yes_or_no:
        return "open"  # equal verdicts in a few runs leave an interval without width, and prove little
    if not (difference.low > 0 or difference.high < 0):
        return "open"
    return "better" if (difference.mean > 0) == (goal == "max") else "worse"


def change_table(findings: Findings, point: str) -> Table | None:
    """Return the halls shown, a row a KPI, a column a strategy: its mean, and its difference beneath."""
    halls = shown_halls(findings, point)
    changes = {(each.hall, each.kpi, each.arm): each for each in hall_changes(findings, point, halls)}
    if not changes:
        return None
    chosen, arms = recommend(findings, point).arm, findings.challengers()
    head = [(say(findings.language, "report.measure"), ""), (arm_label(findings, findings.baseline), "number")]
    head += [(arm_label(findings, arm) + (" ★" if arm == chosen else ""), "number") for arm in arms]
    groups = []
    for hall in halls:
        kpis = [kpi for kpi in HALL_KPIS if (hall, kpi, arms[0]) in changes]
        rows = [_row(findings, [changes[hall, kpi, arm] for arm in arms]) for kpi in kpis]
        if rows:
            groups.append({"name": hall_label(findings, hall), "rows": rows})
    return {"head": head, "groups": groups}


def _row(findings: Findings, changes: list[Change]) -> Table:
    kpi = changes[0].kpi
    widths = [each.difference.high - each.difference.mean for each in changes]
    levels = [changes[0].before, *(each.after for each in changes)]
    scale = fit_scale(findings.language, KPIS[kpi].unit, levels, widths)
    words = (
        say(findings.language, "report.months_on_target") if kpi == "on_target" else kpi_label(findings.language, kpi)
    )
    name = capital(words)
    about = name if KPIS[kpi].unit in _COUNTED else f"{name} [{scale.words}]"
    cells = [(about, "name"), (scale.number(changes[0].before), "number")]
    return {"cells": [*cells, *(_cell(scale, each) for each in changes)], "total": False}


def _cell(scale: Scale, change: Change) -> tuple[str, ...]:
    """Return the mean, and beneath it the difference ± half-width and its sign."""
    half_width = change.difference.high - change.difference.mean
    words = scale.number(change.difference.mean, signed=True)
    if math.isfinite(half_width) and half_width > 0:
        words += f"\u00a0±\u00a0{scale.number(half_width)}"
    symbol = VERDICT_SYMBOLS.get(_SIGNS[change.sign], "")
    return scale.number(change.after), "number", f"{words} {symbol}".strip(), change.sign


def changes_frame(findings: Findings) -> pd.DataFrame:
    """Return every change at every sweep point, all halls, all digits; shares from 0 to 1."""
    import pandas as pd

    rows = [
        {
            "point": point,
            "arm": each.arm,
            "hall": each.hall,
            "kpi": each.kpi,
            "unit": KPIS[each.kpi].unit,
            "goal": KPIS[each.kpi].goal or "",
            "n": each.n,
            "baseline_mean": each.before,
            "arm_mean": each.after,
            "difference": each.difference.mean,
            "low": each.difference.low,
            "high": each.difference.high,
            "level": BAND_LEVEL,
            "sign": each.sign,
        }
        for point in findings.points
        for each in hall_changes(findings, point)
    ]
    return pd.DataFrame(rows)
