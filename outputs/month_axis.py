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


_STEPS = (1, 2, 3, 6, 12)
"""Months between two labels."""


def months_of(findings: Findings, kpi: str, scope: str, point: str) -> list[str]:
    """Return the months for which the baseline has a KPI."""
    return [str(month) for month in band(findings, kpi, scope, findings.baseline, point, MONTH).index]


def month_axis(axes: Axes, months: list[str]) -> None:
    """Label an axis of months: about three of them, whole quarters or years apart; small ticks at the quarters."""
    step = next((each for each in _STEPS if len(months) <= 3.2 * each), 12 * math.ceil(len(months) / 36))
    shown = range(0, len(months), step)
    axes.set_xticks(list(shown))
    axes.set_xticklabels([months[i] for i in shown], fontsize=7.5)
    axes.set_xticks(range(0, len(months), 3 if step >= 3 else 1), minor=True)
    axes.tick_params(axis="x", which="minor", length=1.5, color="#c9d0d9")
    axes.set_xlim(-0.6, len(months) - 0.4)
    axes.grid(axis="y")
    axes.set_axisbelow(True)
