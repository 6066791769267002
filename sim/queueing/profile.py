"""Functions of the time of day: arrival rates and staff levels as nodes, held or joined by straight lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Profile:
    """A function of minutes since opening, given at nodes that ascend; nothing before the first node.

    Held: a value lasts until the next node, the last one for ever. Linear: straight lines between the nodes, nothing
    after the last. Values have the unit that the user of the profile says (customers an hour, counters).

    Raises ValueError if nodes do not ascend, or a value is negative or not finite.
    """

    at_min: tuple[float, ...]
    value: tuple[float, ...]
    linear: bool = False

    def __post_init__(self) -> None:
        if not self.at_min or len(self.at_min) != len(self.value):
            raise ValueError(f"{len(self.at_min)} nodes and {len(self.value)} values: give one value for each node")
        if not all(np.isfinite(self.at_min)) or any(np.diff(self.at_min) <= 0):
            raise ValueError(f"nodes {self.at_min} must ascend and be finite")
        if not all(np.isfinite(self.value)) or min(self.value) < 0:
            raise ValueError(f"values {self.value} must be finite and not negative")

    def at(self, time_min: float) -> float:
        """Value at a time; at a node, the value that begins there."""
        if self.linear:
            return float(np.interp(time_min, self.at_min, self.value, left=0.0, right=0.0))
        found = int(np.searchsorted(self.at_min, time_min, side="right")) - 1
        return self.value[found] if found >= 0 else 0.0

    def line(self, start_min: float, end_min: float) -> tuple[float, float]:
        """Value just after `start_min` and slope a minute on a stretch without a node inside."""
        middle = 0.5 * (start_min + end_min)
        if not self.linear:
            return self.at(middle), 0.0
        found = int(np.searchsorted(self.at_min, middle, side="right")) - 1
        if found < 0 or found >= len(self.at_min) - 1:
            return 0.0, 0.0
        width = self.at_min[found + 1] - self.at_min[found]
        slope = (self.value[found + 1] - self.value[found]) / width
        return max(0.0, self.value[found] + slope * (start_min - self.at_min[found])), slope

    def integral(self, start_min: float, end_min: float) -> float:
        """Integral over a stretch of time, in units of the value times minutes."""
        edges = stretches((start_min, end_min), self.at_min)
        total = 0.0
        for low, high in pairwise(edges):
            value, slope = self.line(low, high)
            total += (high - low) * (value + 0.5 * slope * (high - low))
        return total


def stretches(span_min: tuple[float, float], *breaks: Iterable[float]) -> list[float]:
    """Ends of the span and all breaks inside it, ascending, without doubles.

    >>> stretches((0, 60), (30, 90), (45, 30))
    [0, 30, 45, 60]
    """
    start, end = span_min
    inside = {at for group in breaks for at in group if start < at < end}
    return [start, *sorted(inside), end]
