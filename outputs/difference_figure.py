"""The difference plot: for each metric, how far every strategy is from the baseline.

One panel a metric, in the metric's own unit: the interval, a mark by verdict, and the indifference zone as a shade.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outputs.drawing import FAINT, INK, MUTED, VERDICT_COLOURS, VERDICT_SYMBOLS, Sketch, blank_figure, plain_number
from outputs.findings import Findings
from outputs.labels import arm_label, capital, metric_label, metric_scale
from outputs.language import say
from outputs.plaintext import wrap

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARKERS = {"better": "^", "worse": "v", "no practical difference": "s", "not settled": "o"}
_COLUMNS = 2
_ROW_IN = 0.31
_FRAME_IN = 0.72


def difference_key(number: int) -> str:
    """Return the file stem of the plot of the sweep point with that number, counted from 0."""
    return "differences" if number == 0 else f"differences-{number + 1}"


def difference_sketch(findings: Findings, point: str) -> Sketch | None:
    """Return the difference plot of a sweep point; None if nothing was compared there."""
    rows = findings.decision[findings.decision["point"] == point]
    if rows.empty:
        return None
    key = difference_key(findings.points.index(point))
    return Sketch(key, say(findings.language, "report.differences"), lambda: _draw(findings, point))


def _draw(findings: Findings, point: str) -> Figure:
    rows = findings.decision[findings.decision["point"] == point]
    metrics = findings.metrics(point)
    arms = [arm for arm in findings.challengers() if arm in set(rows["arm"])]
    columns = min(_COLUMNS, len(metrics))
    lines = math.ceil(len(metrics) / columns)
    figure = blank_figure(lines * (_FRAME_IN + _ROW_IN * len(arms)))
    grid = figure.subplots(lines, columns, squeeze=False)
    for i, axes in enumerate(grid.flat):
        if i < len(metrics):
            _panel(axes, findings, rows[rows["metric"] == metrics[i]], arms, labels=i % columns == 0)
        else:
            axes.set_axis_off()
    return figure


def _panel(axes: Axes, findings: Findings, rows: pd.DataFrame, arms: list[str], *, labels: bool) -> None:
    scale = metric_scale(findings, rows)
    first = rows.iloc[0]
    zone = float(first["indifference"]) * scale.factor
    if math.isfinite(zone) and zone > 0:
        axes.axvspan(-zone, zone, color=FAINT, linewidth=0)
    axes.axvline(0, color=MUTED, linewidth=0.8)
    for _, row in rows.iterrows():
        y = arms.index(str(row["arm"]))
        verdict = str(row["verdict"])
        colour = VERDICT_COLOURS[verdict]
        low, high = float(row["low"]) * scale.factor, float(row["high"]) * scale.factor
        middle = float(row["difference"]) * scale.factor
        if math.isfinite(low) and math.isfinite(high):
            axes.plot([low, high], [y, y], color=colour, linewidth=2.2, solid_capstyle="round")
        if math.isfinite(middle):
            face = "white" if verdict == "not settled" else colour
            axes.plot([middle], [y], marker=_MARKERS[verdict], color=colour, markerfacecolor=face, markersize=6)
        said = f"{VERDICT_SYMBOLS[verdict]} {scale.number(float(row['difference']), signed=True)}"
        axes.text(1.02, y, said, transform=axes.get_yaxis_transform(), va="center", fontsize=8.5, color=colour)
    unit = scale.change_words
    axes.set_title(wrap(capital(metric_label(findings, first)), 44), color=INK)
    side = "figure.better_left" if first["goal"] == "min" else "figure.better_right"
    axes.set_xlabel(f"{unit}   {say(findings.language, side)}" if unit else say(findings.language, side), fontsize=8)
    axes.set_ylim(len(arms) - 0.4, -0.6)
    axes.set_yticks(range(len(arms)))
    axes.set_yticklabels(
        [wrap(arm_label(findings, arm), 22) for arm in arms] if labels else [], color=INK, fontsize=8.5
    )
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=5 if scale.large or scale.unit != "CNY" else 3)
    axes.xaxis.set_major_formatter(plain_number)
    axes.margins(x=0.08)
