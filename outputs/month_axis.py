"""An axis of months, and which months a KPI was measured in."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outputs.bands import band
from outputs.findings import Findings
from outputs.labels import MONTH

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DASHES = (0, (4, 2))
"""Dashes of whatever stands for the baseline."""


def months_of(findings: Findings, kpi: str, scope: str, point: str) -> list[str]:
    """Return the months for which the baseline has a KPI."""
    return [str(month) for month in band(findings, kpi, scope, findings.baseline, point, MONTH).index]


def month_axis(axes: Axes, months: list[str]) -> None:
    """Label an axis of months: the first of each half year, or every one where they are few."""
    step = max(1, math.ceil(len(months) / 4))
    if len(months) > 8:
        step = math.ceil(step / 3) * 3
    shown = range(0, len(months), step)
    axes.set_xticks(list(shown))
    axes.set_xticklabels([months[i] for i in shown], fontsize=7.5)
    axes.set_xlim(-0.6, len(months) - 0.4)
    axes.grid(axis="y")
    axes.set_axisbelow(True)
