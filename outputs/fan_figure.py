"""The queue fan: how the queue of each half hour varies from day to day, baseline beside one strategy, hall by hall.

Bands run from the tenth to the ninetieth and from the twenty-fifth to the seventy-fifth percentile over days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outputs.drawing import BASELINE, INK, STRATEGY, Sketch, blank_figure
from outputs.findings import Findings
from outputs.hall_means import half_hours, shown_halls
from outputs.hall_panels import lines_of, paged, panels, strategies
from outputs.hour_axis import HALF_H, hour_axis, hours, middles
from outputs.language import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

KEY = "queue-fan"
"""File stem of the figure."""

_PANEL_IN = 1.5
_BANDS = (("queue_p10", "queue_p90", 0.2), ("queue_p25", "queue_p75", 0.38))
"""Lower and upper end of each band, and how strongly it is filled."""

_MIDDLE = "queue_p50"
_DASHES = (0, (3, 2))


def fan_sketches(findings: Findings, point: str, arm: str | None) -> list[Sketch]:
    """Return the fans of the halls shown, a line of panels for each; none where the queue has no percentiles."""
    table = half_hours(findings, point, shown_halls(findings, point))
    if _MIDDLE not in table:
        return []
    whole = table[table.index.get_level_values("class_") == ""].droplevel("class_")
    known = whole[whole[_MIDDLE].notna()]
    halls = list(known.index.unique("hall"))
    alt = say(findings.language, "report.queue_fan")
    return paged(KEY, alt, halls, lambda page: _draw(findings, known, page, strategies(findings, arm)))


def _draw(findings: Findings, known: pd.DataFrame, halls: list[str], arms: list[str]) -> Figure:
    figure = blank_figure(lines_of(halls, arms) * _PANEL_IN + 0.45)
    for panel in panels(findings, figure, halls, arms, say(findings.language, "figure.queue")):
        of_hall = known[(known.index.get_level_values("hall") == panel.hall) & known.index.isin(arms, level="arm")]
        day = of_hall[of_hall.index.get_level_values("arm") == panel.arm].droplevel(["arm", "hall"])
        if len(day):
            _fan(panel.axes, day, BASELINE if panel.arm == findings.baseline else STRATEGY)
        top = float(of_hall[[name for name in ("queue_p90", "counters") if name in of_hall]].max().max())
        panel.axes.set_ylim(0, 1.06 * top or 1.0)
    handles = _legend(findings, staffed="counters" in known)
    figure.legend(handles=handles, loc="outside upper left", ncols=4, handlelength=1.6, columnspacing=1.6)
    return figure


def _fan(axes: Axes, day: pd.DataFrame, colour: str) -> None:
    x = middles(day.index)
    for low, high, strength in _BANDS:
        axes.fill_between(x, day[low], day[high], color=colour, alpha=strength, linewidth=0)
    axes.plot(x, day[_MIDDLE], color=colour, linewidth=1.7)
    start, end = x[0] - HALF_H / 2, x[-1] + HALF_H / 2
    if "counters" in day:
        levels = day["counters"].tolist()
        edges = [*(hours(str(period)) for period in day.index), end]
        axes.step(edges, [*levels, levels[-1]], where="post", color=INK, linewidth=0.9, linestyle=_DASHES)
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    hour_axis(axes, start, end)


def _legend(findings: Findings, staffed: bool) -> list[Line2D | Patch]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    wide, narrow = (strength for _, _, strength in _BANDS)
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=BASELINE, linewidth=1.7, label=say(findings.language, "figure.fan.middle")),
        Patch(facecolor=BASELINE, alpha=wide + narrow, label=say(findings.language, "figure.fan.narrow")),
        Patch(facecolor=BASELINE, alpha=wide, label=say(findings.language, "figure.fan.wide")),
    ]
    if staffed:
        words = say(findings.language, "figure.fan.counters")
        handles.append(Line2D([], [], color=INK, linewidth=0.9, linestyle=_DASHES, label=words))
    return handles
