"""What the exact chain takes in and gives back: one day of one hall, half hour by half hour."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from sim.errors import ModelError
from sim.queueing.profile import Profile

Floats = NDArray[np.float64]

NO_BALKING: Mapping[int, float] = MappingProxyType({})


@dataclass(frozen=True)
class HallDay:
    """A hall as Mt/M/s_t+M: Poisson arrivals whose rate follows the day, exponential service and patience.

    edges_min: ends of the intervals to report, minutes since opening, ascending from 0; the last is closing time.
    arrivals_per_hour: arrival rate of both classes together. counters: staff level, whole numbers; the last level
    stays after closing. mean_patience_min: infinite if nobody leaves. vip_share: share of customers that go ahead of
    the rest, without interrupting a service. balking: {waiting: share that walks away}; the last step reached counts,
    and only where no counter is idle.

    Raises ValueError for anything out of range.
    """

    edges_min: tuple[float, ...]
    arrivals_per_hour: Profile
    counters: Profile
    mean_service_min: float
    mean_patience_min: float = math.inf
    vip_share: float = 0.0
    balking: Mapping[int, float] = field(default_factory=lambda: NO_BALKING)

    def __post_init__(self) -> None:
        if len(self.edges_min) < 2 or self.edges_min[0] != 0 or any(np.diff(self.edges_min) <= 0):
            raise ValueError(f"edges_min {self.edges_min} must ascend from 0")
        if not math.isfinite(self.edges_min[-1]):
            raise ValueError(f"closing time {self.edges_min[-1]} must be finite")
        if not 0 < self.mean_service_min < math.inf:
            raise ValueError(f"mean_service_min {self.mean_service_min} must be positive and finite")
        if not self.mean_patience_min > 0:
            raise ValueError(f"mean_patience_min {self.mean_patience_min} must be positive, or infinite")
        if not 0 <= self.vip_share <= 1:
            raise ValueError(f"vip_share {self.vip_share} must lie in [0, 1]")
        if self.counters.linear or any(level != int(level) for level in self.counters.value):
            raise ValueError("counters must be whole numbers that hold until the next change")
        for waiting, share in self.balking.items():
            if waiting < 0 or waiting != int(waiting) or not 0 <= share <= 1:
                raise ValueError(f"balking {waiting}: {share} must be a queue length and a share in [0, 1]")

    @property
    def intervals(self) -> int:
        return len(self.edges_min) - 1

    def joining(self, longest: int) -> Floats:
        """Share of arrivals that stay when they find 0, 1, …, `longest` waiting and no idle counter."""
        shares = np.ones(longest + 1)
        for waiting in sorted(self.balking):
            shares[waiting:] = 1.0 - self.balking[waiting]
        return shares


@dataclass(frozen=True, eq=False)
class DayResult:
    """One day by the exact chain: arrays over intervals; maps are by class, `vip` (if there is one) and `std`.

    arrivals: expected number. offered_wait_over: class → array (thresholds, intervals), the expected number of arrivals
    whose offered wait exceeds the threshold, divided by the expected number of arrivals (NaN where nobody arrives).
    queue: class → time average of the number waiting. busy: time average of counters that serve. abandonments: class →
    expected number that leave the queue. join_fraction: share of arrivals that do not balk (NaN where nobody arrives).
    lost: share of the day's arrivals that met the end of the computed queue, `longest_queue`: what truncation costs.
    """

    edges_min: tuple[float, ...]
    thresholds_min: tuple[float, ...]
    arrivals: Floats
    offered_wait_over: Mapping[str, Floats]
    queue: Mapping[str, Floats]
    busy: Floats
    abandonments: Mapping[str, Floats]
    join_fraction: Floats
    lost: float
    longest_queue: int

    def over(self, threshold_min: float, customer_class: str = "std") -> Floats:
        """P(offered wait > threshold) of a class, by interval. Raises ValueError for a threshold that was not asked."""
        if threshold_min not in self.thresholds_min:
            raise ValueError(f"threshold {threshold_min} min was not computed; there are {self.thresholds_min}")
        found: Floats = self.offered_wait_over[customer_class][self.thresholds_min.index(threshold_min)]
        return found

    def over_the_day(self, threshold_min: float, customer_class: str = "std") -> float:
        """P(offered wait > threshold) over all arrivals of the day: a ratio of sums, not a mean of ratios."""
        come = self.arrivals > 0
        total = float(self.arrivals[come].sum())
        return (
            float(self.over(threshold_min, customer_class)[come] @ self.arrivals[come]) / total if total else math.nan
        )


class ChainTooLarge(ModelError):
    """The chain would need more memory than allowed. `bytes_needed` and `limit_bytes` say how much."""

    def __init__(self, bytes_needed: int, limit_bytes: int, longest_queue: int) -> None:
        super().__init__(
            f"the exact chain needs {bytes_needed / 2**20:.0f} MiB for queues of up to {longest_queue} customers, "
            f"more than the limit of {limit_bytes / 2**20:.0f} MiB",
            "arrivals.rate, counters.staffing",
            "Shorten the day, give finite patience, add counters, raise limit_bytes, or simulate the hall.",
        )
        self.bytes_needed = bytes_needed
        self.limit_bytes = limit_bytes
