"""Stacks over the months: churn in its four parts, and spending, a panel for each strategy.

The baseline's total is drawn into every panel, so that each strategy is seen against it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outputs.bands import band
from outputs.drawing import INK, Sketch, blank_figure, plain_number
from outputs.findings import Findings
from outputs.labels import MONTH, arm_label
from outputs.language import say
from outputs.month_axis import DASHES, month_axis, months_of
from outputs.plaintext import wrap
from outputs.quantities import fit_scale

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CHURN = {
    "churn_switching": "#a8452a",
    "churn_lapse": "#d9905f",
    "churn_arrears": "#eec9a4",
    "churn_reregistration": "#cfd6de",
}
"""The four parts of churn and their colours, from the stack's foot up; grey is no loss in the market."""

SPEND = {"tactic_cost": "#2a5b9c", "subsidy": "#7fa6d3", "commission": "#c7d8ec", "forgone": "#d9905f"}
"""The parts of spending and their colours, from the stack's foot up."""


def churn_sketches(findings: Findings, point: str) -> list[Sketch]:
    """Return churn by month, stacked in its four parts, a panel for each strategy; shares in per cent."""
    return _stack_sketches(findings, "churn", CHURN, "churn_rate", list(findings.arms), point)


def spend_sketches(findings: Findings, point: str) -> list[Sketch]:
    """Return spending by month, stacked, a panel for each strategy."""
    return _stack_sketches(findings, "spend", SPEND, None, list(findings.arms), point)


def _stack_sketches(
    findings: Findings, key: str, parts: dict[str, str], total: str | None, arms: list[str], point: str
) -> list[Sketch]:
    scope = findings.operator
    present = {kpi: colour for kpi, colour in parts.items() if len(months_of(findings, kpi, scope, point)) > 1}
    shown = [arm for arm in arms if _highest(findings, list(present), arm, point) > 0]
    if not present or not shown:
        return []
    alt = say(findings.language, f"report.{key}")
    return [Sketch(key, alt, lambda: _draw_stacks(findings, key, present, total, shown, point))]


def _highest(findings: Findings, kpis: list[str], arm: str, point: str) -> float:
    """Return the largest mean of any part in any month: 0 where nothing is to be drawn."""
    tops = [band(findings, kpi, findings.operator, arm, point, MONTH)["mean"].max() for kpi in kpis]
    return max((float(top) for top in tops if top == top), default=0.0)


def _draw_stacks(
    findings: Findings, key: str, parts: dict[str, str], total: str | None, arms: list[str], point: str
) -> Figure:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    columns = min(3, len(arms))
    lines = math.ceil(len(arms) / columns)
    figure = blank_figure(lines * 1.65 + 0.5)
    grid = figure.subplots(lines, columns, squeeze=False, sharey=True)
    reference = _stack_total(findings, list(parts), total, findings.baseline, point)
    totals = [_stack_total(findings, list(parts), total, arm, point) for arm in arms]
    top = max(float(table.max().max()) for table in (reference, *totals))
    scale = fit_scale(findings.language, "1/month" if total else "CNY", [top], [])
    for i, axes in enumerate(grid.flat):
        if i >= len(arms):
            axes.set_axis_off()
            continue
        _stack(axes, findings, parts, total, arms[i], point, scale.factor)
        if arms[i] != findings.baseline:
            axes.plot(
                range(len(reference)), reference["mean"] * scale.factor, color=INK, linewidth=0.9, linestyle=DASHES
            )
        axes.set_title(wrap(arm_label(findings, arms[i]), 30), color=INK)
        axes.set_ylim(0, 1.04 * top * scale.factor)
        axes.yaxis.set_major_formatter(plain_number)
        if i % columns == 0:
            axes.set_ylabel(scale.words, fontsize=8)
    handles: list[Patch | Line2D] = [
        Patch(color=colour, label=say(findings.language, f"figure.{key}.{kpi}")) for kpi, colour in parts.items()
    ]
    if set(arms) != {findings.baseline}:
        words = say(findings.language, "figure.total")
        handles.append(Line2D([], [], color=INK, linewidth=0.9, linestyle=DASHES, label=words))
    figure.legend(handles=handles, loc="outside upper left", ncols=5, handlelength=1.1, columnspacing=1.1, fontsize=8)
    return figure


def _stack(
    axes: Axes, findings: Findings, parts: dict[str, str], total: str | None, arm: str, point: str, factor: float
) -> None:
    tables = {kpi: band(findings, kpi, findings.operator, arm, point, MONTH)["mean"] * factor for kpi in parts}
    months = sorted({str(month) for table in tables.values() for month in table.index})
    foot = [0.0] * len(months)
    edges = [month - 0.5 for month in range(len(months) + 1)]
    for kpi, colour in parts.items():
        heights = tables[kpi].reindex(months, fill_value=0.0).tolist()
        top = [a + b for a, b in zip(foot, heights, strict=True)]
        axes.stairs(top, edges, baseline=foot, fill=True, color=colour, linewidth=0)
        foot = top
    if total is not None:
        table = band(findings, total, findings.operator, arm, point, MONTH).reindex(months) * factor
        axes.vlines(range(len(months)), table["low"], table["high"], color=INK, linewidth=0.8)
    month_axis(axes, months)


def _stack_total(findings: Findings, kpis: list[str], total: str | None, arm: str, point: str) -> pd.DataFrame:
    """Return the height of a stack by month: the KPI of the total, else the sum of its parts' means."""
    if total is not None:
        return band(findings, total, findings.operator, arm, point, MONTH)[["mean", "high"]]
    tables = [band(findings, kpi, findings.operator, arm, point, MONTH)[["mean"]] for kpi in kpis]
    heights = tables[0]
    for table in tables[1:]:
        heights = heights.add(table, fill_value=0.0)
    return heights
