"""The tables of the market as rows of ready words: the value bridge, tactics, segments. The template escapes them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from outputs.bands import Estimate, mean_of
from outputs.bridge import PRICE_CUTS, bridges
from outputs.bridge_figure import bridge_scale
from outputs.findings import Findings
from outputs.labels import arm_label, capital, segment_label, tactic_label
from outputs.language import say
from outputs.operators import segments_of
from outputs.quantities import NOTHING, Scale, fit_scale
from outputs.recommendation import recommend
from outputs.tactics import Deed, deeds

_FEN = 0.01
_FINEST = 4
"""Most decimals of an amount in the bridge."""

Table = dict[str, Any]
"""`head`: (words, style) of each column; `groups`: name and rows of each; a row: cells, `total`.

A cell is (words, style), or (words, style, smaller words beneath, their style). `style` of a table is optional."""

_SEGMENT_KPIS = (
    ("subscribers", "subscribers", 0),
    ("churn_rate", "1/month", 2),
    ("retention_rate", "1", 1),
    ("revenue_retention", "1", 1),
    ("arpu", "CNY/month", 1),
    ("satisfaction", "points", 1),
)
"""KPI, unit and decimals of the columns of the table of segments."""


def bridge_table(findings: Findings, point: str) -> Table | None:
    """Return the steps of the value bridge, a column for each strategy; None where there is no bridge."""
    found = bridges(findings, point)
    if not found:
        return None
    scale = bridge_scale(findings, found)
    chosen = recommend(findings, point).arm
    head = [(say(findings.language, "report.step", unit=scale.words), "")]
    head += [(arm_label(findings, bridge.arm) + (" ★" if bridge.arm == chosen else ""), "number") for bridge in found]
    rows = []
    for i, step in enumerate(found[0].steps):
        name = say(findings.language, f"bridge.{step.key}")
        amounts = [bridge.steps[i].amount for bridge in found]
        cells = [(words, "number pair") for words in _amounts(scale, amounts)]
        rows.append({"cells": [(name, "name"), *cells], "total": step.total})
        if step.key == PRICE_CUTS and any(bridge.cannibalised.mean for bridge in found):
            part = say(findings.language, "bridge.cannibalised")
            lost = [(words, "number pair interval") for words in _amounts(scale, [each.cannibalised for each in found])]
            rows.append({"cells": [(part, "name part"), *lost], "total": False})
    return {"head": head, "groups": [{"name": "", "rows": rows}]}


def tactic_table(findings: Findings, point: str) -> Table | None:
    """Return what each tactic did under each strategy that used it; None where none was used."""
    found = deeds(findings, point)
    if not found:
        return None
    sums = [value for deed in found for kpi, value in deed.means.items() if kpi in _MONEY and math.isfinite(value)]
    money = fit_scale(findings.language, "CNY", sums, [])
    money = Scale(
        findings.language, "CNY", money.factor, 2 if money.factor == 1e-6 else 1 if money.large else 0, money.large
    )
    head = [(say(findings.language, "report.tactic", unit=money.words), "")]
    for key in _TACTIC_COLUMNS:
        words = say(findings.language, f"report.{key}" if key != "complaints" else "kpi.complaints")
        head.append((capital(words), "number"))
    groups: list[Table] = []
    for deed in found:
        name = arm_label(findings, deed.arm)
        if not groups or groups[-1]["arm"] != deed.arm:
            groups.append({"arm": deed.arm, "name": name, "rows": []})
        groups[-1]["rows"].append({"cells": _tactic_cells(findings, deed, money), "total": False})
    return {"head": head, "groups": groups}


_TACTIC_COLUMNS = (
    "contacts",
    "acceptances",
    "complaints",
    "tactic_cost",
    "tactic_offers",
    "forgone",
    "cannibalised",
    "kept_revenue",
    "roi",
    "stops",
)
_MONEY = frozenset(("tactic_cost", "subsidy", "commission", "forgone", "cannibalised", "kept_revenue"))


def _tactic_cells(findings: Findings, deed: Deed, money: Scale) -> list[tuple[str, str]]:
    name = tactic_label(findings, deed.tactic)
    if deed.tactic in findings.concealing:
        name = f"{name} {say(findings.language, 'tactics.conceals')}"
    return_on = Scale(findings.language, "1", 100.0, 0)
    count = Scale(findings.language, "", 1.0, 0)
    stops = Scale(findings.language, "", 1.0, 0 if deed.amount("budget_stops").is_integer() else 1)
    offers = deed.amount("subsidy", "commission")
    cells = [
        count.number(deed.means["contacts"]),
        count.number(deed.means["acceptances"]),
        count.number(deed.means["complaints"]),
        money.number(deed.means["tactic_cost"]),
        money.number(offers),
        money.number(deed.means["forgone"]),
        money.number(deed.means["cannibalised"]),
        money.number(deed.means["kept_revenue"]),
        return_on.value(deed.means["roi"]),
        stops.number(deed.means["budget_stops"]),
    ]
    return [(name, "name"), *((cell, "number") for cell in cells)]


def segment_table(findings: Findings, point: str, arm: str | None) -> Table | None:
    """Return what becomes of each segment, baseline → strategy; None where segments have no results."""
    arms = [findings.baseline] if arm is None else [findings.baseline, arm]
    rows = []
    measured: set[str] = set()
    for segment in segments_of(findings):
        cells = []
        for kpi, unit, decimals in _SEGMENT_KPIS:
            values = [mean_of(findings, kpi, f"segment/{segment}", name, point) for name in arms]
            measured |= {kpi} if any(map(math.isfinite, values)) else set()
            cells.append((kpi, _arrow(findings, unit, decimals, values)))
        rows.append((segment_label(findings, segment), cells))
    if not measured:
        return None
    shown = [kpi for kpi, _, _ in _SEGMENT_KPIS if kpi in measured]
    head = [(say(findings.language, "report.segment"), "")]
    head += [(say(findings.language, f"report.{kpi}"), "number") for kpi in shown]
    lines = [
        {"cells": [(name, "name"), *((words, "number") for kpi, words in cells if kpi in shown)], "total": False}
        for name, cells in rows
    ]
    return {"head": head, "groups": [{"name": "", "rows": lines}]}


def _arrow(findings: Findings, unit: str, decimals: int, values: list[float]) -> str:
    if not any(map(math.isfinite, values)):
        return NOTHING
    share = unit in ("1", "1/month")
    scale = Scale(findings.language, "1" if share else unit, 100.0 if share else 1.0, decimals)
    return " → ".join(scale.value(value) if share else scale.number(value) for value in values)


def _amounts(scale: Scale, amounts: list[Estimate]) -> list[str]:
    """Return the signed amounts of one row, with their half-widths where they vary over the runs.

    The row has so many decimals, up to `_FINEST`, that none of its half-widths is shown as 0.
    """
    widths = [_half_width(amount) for amount in amounts]
    least = min((width for width in widths if width), default=0.0) * scale.factor
    if least:
        scale = replace(scale, decimals=max(scale.decimals, min(_FINEST, math.ceil(-math.log10(1.99 * least)))))
    last = 10.0**-scale.decimals / scale.factor
    told = []
    for amount, width in zip(amounts, widths, strict=True):
        words = scale.number(amount.mean, signed=True)
        size = scale.number(width) if width * 1.99 >= last else f"<{scale.number(last)}"
        told.append(f"{words} ±\u00a0{size}" if width else words)
    return told


def _half_width(amount: Estimate) -> float:
    """Return the half-width of an amount of money; 0 where there is none, or less than half a fen."""
    half_width = amount.high - amount.mean
    return half_width if math.isfinite(half_width) and half_width >= _FEN / 2 else 0.0
