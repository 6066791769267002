"""The axis of the hours of a day, from the first half hour shown to the end of the last one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HALF_H = 0.5
"""Length of a half hour in hours."""


def hours(period: str) -> float:
    """Return the start of a half hour, hours after midnight.

    >>> hours("09:30")
    9.5
    """
    return int(period[:2]) + int(period[3:5]) / 60


def middles(periods: Iterable[object]) -> list[float]:
    """Return the middles of half hours, hours after midnight."""
    return [hours(str(period)) + HALF_H / 2 for period in periods]


def hour_axis(axes: Axes, start: float, end: float) -> None:
    """Give a panel the hours from `start` to `end` as its x axis, with a number every one, two or three hours."""
    axes.set_xlim(start, end)
    step = 3 if end - start > 13 else 2 if end - start > 6 else 1
    shown = [hour for hour in range(25) if start <= hour <= end and (hour - int(start)) % step == 0]
    axes.set_xticks(shown)
    axes.set_xticklabels([f"{hour:02d}" for hour in shown])
