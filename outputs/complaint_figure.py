"""Complaints by cause as bars: baseline beside one strategy, with a tick where the statistics show another number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outputs.complaints import FILED, TRUE, complaints_by_cause, misfiled, part_label, shown_parts
from outputs.drawing import BASELINE, INK, STRATEGY, Sketch, blank_figure, legend_text, plain_number
from outputs.findings import Findings
from outputs.hall_panels import strategies
from outputs.labels import arm_label, capital
from outputs.language import say
from outputs.plaintext import shorten

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

KEY = "hall-complaints"
"""File stem of the figure."""

_CAUSES = 10
"""Most causes that are drawn; the table has all of them."""

_ROW_IN = 0.215
_FRAME_IN = 0.5
_BAR = 0.36


def complaint_sketches(findings: Findings, point: str, arm: str | None) -> list[Sketch]:
    """Return the most frequent causes of complaints, a panel for each hall shown; none where none are counted."""
    table = complaints_by_cause(findings, point)
    if table.empty:
        return []
    arms = strategies(findings, arm)
    alt = say(findings.language, "report.hall_complaints")
    return [Sketch(KEY, alt, lambda: _draw(findings, table, arms))]


def _draw(findings: Findings, table: pd.DataFrame, arms: list[str]) -> Figure:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    halls = shown_parts(table)
    causes = list(table.index.unique("cause"))[:_CAUSES]
    columns = min(2, len(halls))
    lines = math.ceil(len(halls) / columns)
    figure = blank_figure(lines * (_FRAME_IN + _ROW_IN * len(causes)) + 0.35)
    grid = figure.subplots(lines, columns, squeeze=False)
    filed = misfiled(table)
    longest = float(table.loc[halls].loc[lambda part: part.index.isin(arms, level="arm")].max().max())
    for i, axes in enumerate(grid.flat):
        if i >= len(halls):
            axes.set_axis_off()
            continue
        axes.set_xlim(0, 1.04 * longest)
        _panel(axes, table[table.index.get_level_values("hall") == halls[i]], arms, causes, filed)
        names = [shorten(capital(say(findings.language, f"cause.{cause}")), 36) for cause in causes]
        axes.set_yticklabels(names if i % columns == 0 else [], color=INK, fontsize=8.5)
        axes.set_title(shorten(part_label(findings, halls[i]), 50), color=INK)
    handles: list[Patch | Line2D] = [
        Patch(facecolor=colour, label=legend_text(shorten(arm_label(findings, arm), 34)))
        for arm, colour in zip(arms, (BASELINE, STRATEGY), strict=False)
    ]
    if filed:
        words = say(findings.language, "figure.filed")
        handles.append(Line2D([], [], color=INK, marker="|", markersize=7, linestyle="none", label=words))
    figure.legend(handles=handles, loc="outside upper left", ncols=len(handles), handlelength=1.3, columnspacing=1.6)
    return figure


def _panel(axes: Axes, here: pd.DataFrame, arms: list[str], causes: list[str], filed: bool) -> None:
    for at, (arm, colour) in enumerate(zip(arms, (BASELINE, STRATEGY), strict=False)):
        of_arm = here[here.index.get_level_values("arm") == arm]
        counts = of_arm.droplevel(["hall", "arm"]).reindex(causes)
        y = [row + (at - (len(arms) - 1) / 2) * _BAR for row in range(len(causes))]
        axes.barh(y, counts[TRUE].fillna(0.0), height=0.92 * _BAR, color=colour, linewidth=0)
        if filed:
            axes.plot(counts[FILED], y, color=INK, marker="|", markersize=5.5, markeredgewidth=1.1, linestyle="none")
    axes.set_ylim(len(causes) - 0.4, -0.6)
    axes.set_yticks(range(len(causes)))
    axes.xaxis.set_major_formatter(plain_number)
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
