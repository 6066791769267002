"""The record of a hall: all that one run left of it, before anything is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from scenarios.calendar import Day
from sim.clock import DAY_US, HALF_HOUR_US
from sim.halls.complaints import Complained
from sim.halls.layout import Layout
from sim.halls.opening import Changes
from sim.halls.outcomes import Outcomes
from sim.halls.plan import Plan
from sim.halls.traffic import Traffic

Int64s = NDArray[np.int64]


@dataclass(frozen=True)
class HallRecord:
    """All that one run left of one hall: what was planned, what became of it, and when counters were staffed.

    `spans` holds the opening hours of each day of the study, None where closed; `changes` the staffing of each lane;
    `complained` who complained of what; `away` the customers whose business another channel took.
    """

    hall: schema.Hall
    layout: Layout
    days: Sequence[Day]
    spans: Sequence[schema.Span | None]
    plan: Plan
    outcomes: Outcomes
    changes: Sequence[Changes]
    warm_up_us: int
    complained: Complained
    away: Traffic

    def open_and_close(self) -> tuple[Int64s, Int64s]:
        """Opening (-1 where closed) and closing time of each day."""
        edges = [(-1, 0) if span is None else (span.open_us, span.close_us) for span in self.spans]
        opens_us, closes_us = np.array(edges, dtype=np.int64).reshape(-1, 2).T
        is_open, midnight_us = opens_us >= 0, np.arange(len(edges)) * DAY_US
        return np.where(is_open, opens_us + midnight_us, -1), np.where(is_open, closes_us + midnight_us, 0)

    def scope(self) -> Int64s:
        """For each customer its class, or the number of classes for those who went to the kiosks."""
        classes = self.plan.customer_class.astype(np.int64)
        if self.layout.has_kiosks:
            classes[self.outcomes.queue == self.layout.kiosk_queue] = len(self.layout.classes)
        return classes

    def half_hour(self) -> Int64s:
        """For each customer the half hour of arrival, counted since the study's start."""
        return self.plan.arrival_us // HALF_HOUR_US
