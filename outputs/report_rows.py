"""The tables of the report as rows of ready words: decision, customers by class, numbers that went in.

Nothing here is escaped; the template does that.
"""

from __future__ import annotations

import math
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from outputs.bands import classes_of, halls_of, mean_of
from outputs.drawing import VERDICT_SYMBOLS
from outputs.findings import SOURCES, Findings
from outputs.labels import arm_label, capital, class_label, hall_label, metric_label, metric_scale
from outputs.language import has, say
from outputs.legend import metric_terms
from outputs.plaintext import printable
from outputs.quantities import NOTHING, Scale, about_words, correlation_words, count_words, fit_scale
from outputs.recommendation import count_sources, recommend
from scenarios.kpis import KIOSK

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]

MARKS = {"better": "better", "worse": "worse", "no practical difference": "same", "not settled": "open"}
"""Style class of each verdict."""

_LOST = ("abandoned", "balked", "turned_away")


def decision_groups(findings: Findings, point: str) -> list[Row]:
    """Return the decision at a sweep point: one group a metric, one row a strategy."""
    rows = findings.decision[findings.decision["point"] == point]
    chosen = recommend(findings, point).arm
    groups = []
    for metric in findings.metrics(point):
        here = rows[rows["metric"] == metric]
        scale = metric_scale(findings, here)
        about = (scale.words, *metric_terms(findings, here.iloc[0], scale))
        groups.append(
            {
                "name": capital(metric_label(findings, here.iloc[0])),
                "about": " · ".join(filter(None, about)),
                "rows": [_decision_row(findings, row, scale, chosen) for _, row in here.iterrows()],
            }
        )
    return groups


def highlight_cards(findings: Findings, point: str) -> list[Row]:
    """Return what the recommended strategy does to each metric, at a glance; none if none is recommended."""
    chosen = recommend(findings, point).arm
    if chosen is None:
        return []
    rows = findings.decision[findings.decision["point"] == point]
    cards = []
    for metric in findings.metrics(point):
        here = rows[rows["metric"] == metric]
        row, scale = here[here["arm"] == chosen].iloc[0], metric_scale(findings, here)
        cards.append(
            {
                "name": capital(metric_label(findings, row)),
                "before": scale.number(float(row["baseline_mean"])),
                "after": scale.number(float(row["arm_mean"])),
                "unit": scale.words,
                **_verdict(findings, row),
            }
        )
    return cards


def _decision_row(findings: Findings, row: pd.Series, scale: Scale, chosen: str | None) -> Row:
    about = about_words(float(row["runs_to_settle"]))
    return {
        "name": arm_label(findings, str(row["arm"])),
        "chosen": row["arm"] == chosen,
        "before": scale.plus_minus(float(row["baseline_mean"]), float(row["baseline_half_width"])),
        "after": scale.plus_minus(float(row["arm_mean"]), float(row["arm_half_width"])),
        "difference": scale.number(float(row["difference"]), signed=True),
        "interval": scale.interval(float(row["low"]), float(row["high"])),
        **_verdict(findings, row),
        "correlation": correlation_words(float(row["correlation"])),
        "n": count_words(float(row["n"])),
        "more": about if about == NOTHING else say(findings.language, "table.about", runs=about),
    }


def _verdict(findings: Findings, row: pd.Series) -> Row:
    verdict = str(row["verdict"])
    words = say(findings.language, f"verdict.{verdict}")
    return {"mark": MARKS[verdict], "symbol": VERDICT_SYMBOLS[verdict], "verdict": words}


def class_rows(findings: Findings, point: str, arm: str | None) -> list[Row]:
    """Return what becomes of each class in each hall: customers, waits, over target, lost; baseline → strategy."""
    arms = [findings.baseline] if arm is None else [findings.baseline, arm]
    rows: list[Row] = []
    for hall in halls_of(findings):
        for name in classes_of(findings, hall):
            scope = f"hall/{hall}/{name}"
            cells = []
            for kpi, unit in (
                ("arrivals", "customers"),
                ("wait_mean", "min"),
                ("wait_p90", "min"),
                ("wait_over_target", "1"),
            ):
                cells.append(_arrow(findings, unit, [mean_of(findings, kpi, scope, a, point) for a in arms]))
            cells.append(_arrow(findings, "1", [_lost(findings, scope, a, point) for a in arms]))
            if all(cell == NOTHING for cell in cells):
                continue
            new = not rows or rows[-1]["key"] != hall
            title = hall_label(findings, hall) if new else ""
            rows.append(
                {"key": hall, "hall": title, "name": capital(class_label(findings.language, name)), "cells": cells}
            )
    return rows


def _lost(findings: Findings, scope: str, arm: str, point: str) -> float:
    """Return the share of arrivals who left without service; NaN where nobody came or at kiosks."""
    arrivals = mean_of(findings, "arrivals", scope, arm, point)
    parts = [mean_of(findings, kpi, scope, arm, point) for kpi in _LOST]
    known = [part for part in parts if math.isfinite(part)]
    if scope.endswith(f"/{KIOSK}") or not known or not arrivals > 0:
        return math.nan
    return sum(known) / arrivals


def _arrow(findings: Findings, unit: str, values: list[float]) -> str:
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return NOTHING
    decimals = {"customers": 0, "min": 1, "1": 1}[unit]
    scale = Scale(findings.language, unit, fit_scale(findings.language, unit, [], []).factor, decimals)
    shown = [scale.value(value) if unit == "1" else scale.number(value) for value in values]
    return " → ".join(shown)


def number_rows(findings: Findings) -> list[Row]:
    """Return the numbers that went in, the least certain first; within a source as the study has them."""
    order = {source: i for i, source in enumerate(SOURCES)}
    frame = findings.assumptions
    ranked = sorted(range(len(frame)), key=lambda i: (order.get(str(frame["source"].iloc[i]), len(order)), i))
    rows = []
    for i in ranked:
        row = frame.iloc[i]
        low, high = _cell(row["low"]), _cell(row["high"])
        rows.append(
            {
                "path": _cell(row["path"]),
                "value": _cell(row["value"]),
                "range": f"{low or NOTHING} … {high or NOTHING}" if low or high else "",
                "source": source_label(findings, _cell(row["source"])),
                "note": _cell(row["note"]),
                "place": ":".join(part for part in (_file(_cell(row["file"])), _cell(row["line"])) if part),
            }
        )
    return rows


def source_counts(findings: Findings) -> list[Row]:
    """Return how many numbers come from each source."""
    return [
        {"source": source_label(findings, source), "number": f"{count:,}"}
        for source, count in count_sources(findings).by_source
    ]


def source_label(findings: Findings, source: str) -> str:
    """Return the words of a source; one that the table lacks is shown as it is."""
    key = f"source.{source}"
    return say(findings.language, key) if has(findings.language, key) else printable(source)


def _cell(value: object) -> str:
    """Return a cell as text; empty for None and NaN, whole numbers without a decimal point."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return printable(value)


def _file(path: str) -> str:
    """Return the last part of a file name: folders belong to a machine, not to a report."""
    return PurePath(path.replace("\\", "/")).name
