"""Halls × months on target: in how many runs each hall met all its targets in each month, strategy by strategy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outputs.bands import band, halls_of
from outputs.drawing import INK, Sketch, blank_figure
from outputs.findings import Findings
from outputs.labels import MONTH, arm_label, hall_label
from outputs.language import say
from outputs.plaintext import wrap

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MONTHS_A_LINE = 13
"""Panels stand side by side while together they show no more months than this."""

_CELL_IN = 0.3
_NONE, _ALL = (0.965, 0.905, 0.875), (0.60, 0.80, 0.71)
"""Fill for a hall that never, and one that always, meets its targets; text on either stays readable."""


def target_sketches(findings: Findings, point: str) -> list[Sketch]:
    """Return the map of halls and months; none where no hall has a target."""
    if not _months(findings, point):
        return []
    alt = say(findings.language, "report.on_target")
    return [Sketch("on-target", alt, lambda: _draw(findings, point))]


def _draw(findings: Findings, point: str) -> Figure:
    halls, months = _halls(findings, point), _months(findings, point)
    columns = max(1, min(len(findings.arms), _MONTHS_A_LINE // len(months), 3))
    lines = math.ceil(len(findings.arms) / columns)
    figure = blank_figure(lines * (0.72 + _CELL_IN * len(halls)))
    grid = figure.subplots(lines, columns, squeeze=False)
    for i, axes in enumerate(grid.flat):
        if i < len(findings.arms):
            _panel(axes, findings, findings.arms[i], point, halls, months, labels=i % columns == 0)
        else:
            axes.set_axis_off()
    return figure


def _panel(
    axes: Axes, findings: Findings, arm: str, point: str, halls: list[str], months: list[str], *, labels: bool
) -> None:
    from matplotlib.patches import Rectangle

    for y, hall in enumerate(halls):
        shares = _shares(findings, hall, arm, point)
        for x, month in enumerate(months):
            if month not in shares.index:
                continue
            share = float(shares["mean"].loc[month])
            colour = tuple(a + (b - a) * min(1.0, max(0.0, share)) for a, b in zip(_NONE, _ALL, strict=True))
            axes.add_patch(Rectangle((x + 0.03, y + 0.05), 0.94, 0.9, facecolor=colour, linewidth=0))
            if len(months) <= _MONTHS_A_LINE:
                axes.text(x + 0.5, y + 0.5, f"{share * 100:.0f}", ha="center", va="center", fontsize=8.5, color=INK)
    axes.set_xlim(0, len(months))
    axes.set_ylim(len(halls), 0)
    every = max(1, math.ceil(len(months) / 12))
    shown = range(0, len(months), every)
    axes.set_xticks([x + 0.5 for x in shown])
    axes.set_xticklabels([months[x] if len(months) <= 4 else months[x][2:] for x in shown])
    axes.set_yticks([y + 0.5 for y in range(len(halls))])
    axes.set_yticklabels([wrap(hall_label(findings, h), 20) for h in halls] if labels else [], color=INK, fontsize=8.5)
    axes.tick_params(length=0)
    axes.set_title(wrap(arm_label(findings, arm), 30), color=INK)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _shares(findings: Findings, hall: str, arm: str, point: str) -> pd.DataFrame:
    return band(findings, "on_target", f"hall/{hall}", arm, point, MONTH)


def _halls(findings: Findings, point: str) -> list[str]:
    return [hall for hall in halls_of(findings) if len(_shares(findings, hall, findings.baseline, point))]


def _months(findings: Findings, point: str) -> list[str]:
    found: set[str] = set()
    for hall in halls_of(findings):
        found |= {str(month) for month in _shares(findings, hall, findings.baseline, point).index}
    return sorted(found)
