"""Many independent days of one kind at one hall, planned once and played with any number of counters.

Who comes, when, for what and how patient is drawn once; so every candidate staffing meets the same customers, and what
differs between two of them is the staffing. Playing compiles (numba).
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from scenarios.calendar import Day
from sim.clock import DAY_US, HALF_HOUR_US
from sim.draws import DAYS_MOST, Draws, hall_numbers
from sim.halls.columns import stored
from sim.halls.layout import COUNTERS, layout_of
from sim.halls.opening import lane_changes
from sim.halls.outcomes import Outcomes
from sim.halls.plan import make_plan

Int64s = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_ANY_DAY = datetime.date(2010, 7, 14)
_NO_QUEUE = -2
"""Number of no queue and of no lane: nobody has it."""
_ENDS = ("abandoned", "left", "turned_away", "balked")


@dataclass(frozen=True, eq=False)
class DayCounts:
    """What became of the customers at the counters, by day and half hour of the clock in which they came.

    Customers of the kiosks are left out: their waits are apart from service levels.

    arrivals   (days, H)
    customers  (days, classes, H) whose waits count: all, or for a class whose target is over the served, those
    over       (days, classes, H) who of them waited longer than the target, or would have
    abandoned  (days, H) who left the queue   left  (days, H) the same by the half hour in which they left it
    turned_away  (days, H) who were sent away at closing; balked  (days, H) who walked away from the queue
    busy       (H,) counters that serve on average within opening hours, kiosks left out
    """

    arrivals: Int64s
    customers: Int64s
    over: Int64s
    abandoned: Int64s
    left: Int64s
    turned_away: Int64s
    balked: Int64s
    busy: Floats

    @property
    def days(self) -> int:
        return len(self.customers)


class HallDays:
    """Days of a hall whose `arrivals` and `hours` are those of one kind of day: every day is like every other.

    `hall` is used as it stands but for its counters' staffing, and the factors of the calendar, which are left out; its
    day factor (`day_to_day_cv`) varies from day to day. `targets_us` holds the target wait by class and half hour
    of the opening, (classes, H), NEVER_US where there is none. `seed` and `block` choose which days.

    A hall that closes starts every day empty. One that never closes carries its queue over midnight, and its first day
    counts for nothing. Days on which named lanes are set up follow `date`.
    """

    def __init__(
        self,
        name: str,
        hall: schema.Hall,
        targets_us: Int64s,
        *,
        days: int,
        seed: int,
        block: int = 0,
        on: Day | None = None,
    ) -> None:
        if not 1 <= days < DAYS_MOST:
            raise ValueError(f"{days} days in a block: at least one and fewer than {DAYS_MOST}")
        self.warm_up = 1 if hall.never_closes else 0
        span = hall.hours
        self.open_us, self.close_us = span.open_us, span.close_us
        self._first = span.open_us // HALF_HOUR_US
        self.half_hours = -(-span.close_us // HALF_HOUR_US) - self._first
        if targets_us.shape != (len(hall.customers), self.half_hours):
            raise ValueError(f"targets {targets_us.shape} are not by class and half hour of opening")
        self._hall = hall.model_copy(
            update={
                "days": {},
                "arrivals": hall.arrivals.model_copy(
                    update={"weekday": {}, "day_of_month": {}, "holiday": 1.0, "from_market": False}
                ),
            }
        )
        self.days = days
        like = on if on is not None else Day(0, _ANY_DAY, "wed", "wed", False)
        calendar = [
            Day(number, like.date, like.weekday, like.works_as, like.holiday) for number in range(days + self.warm_up)
        ]
        number = hall_numbers([name])[name]
        self.layout = layout_of(name, number, self._hall)
        draws = Draws(seed, block)
        spans = [span] * len(calendar)
        self.plan = make_plan(self._hall, self.layout, calendar, spans, draws)
        self._rows = np.searchsorted(self.plan.day, np.arange(len(calendar) + 1))
        self._moves = self._other_lanes(calendar, draws)
        self._targets_us = targets_us
        self._of_served = np.array(
            [who.target is not None and who.target.over == "served" for who in hall.customers.values()]
        )

    def play(self, counters: Sequence[int] | Int64s, came: Bools | None = None) -> DayCounts:
        """Play all days with so many common counters in each half hour of opening, (H,).

        `came` marks the half hours whose customers come, (H,): all of them if None. Named lanes and kiosks keep their
        staff. The last level stays after closing. ValueError for another number of half hours or a negative level.
        """
        comes = np.ones(len(self.plan), dtype=np.bool_)
        if came is not None:
            comes = came[self.plan.arrival_us % DAY_US // HALF_HOUR_US - self._first]
        return self._count(self.outcomes(counters, comes), comes)

    def outcomes(self, counters: Sequence[int] | Int64s, comes: Bools | None = None) -> Outcomes:
        """What becomes of each customer of `plan` with so many counters in each half hour of opening, (H,).

        `comes` marks the customers who come in at all, by row of the plan: everybody if None.
        """
        from sim.halls.compiled import Floors

        levels = np.asarray(counters, dtype=np.int64)
        if levels.shape != (self.half_hours,) or (levels < 0).any():
            raise ValueError(f"counters {levels.tolist()} are not a level in each of {self.half_hours} half hours")
        moves = self._with_counters(levels)
        days, rows = len(self._rows) - 1, self._rows
        starts_us = np.arange(days + 1) * DAY_US
        moves_from = np.searchsorted(moves[:, 0], starts_us)
        closes_us = starts_us[:-1] + self.close_us
        if self._hall.never_closes:
            moves_from, rows, closes_us = moves_from[[0, -1]], rows[[0, -1]], closes_us[-1:]
        if comes is None:
            comes = np.ones(len(self.plan), dtype=np.bool_)
        floors = Floors(self.layout, self.plan, comes, moves, moves_from.tolist(), rows.tolist(), closes_us.tolist())
        floors.play(0, len(rows) - 1)
        return floors.outcomes

    def _other_lanes(self, calendar: Sequence[Day], draws: Draws) -> Int64s:
        """Changes of level of kiosks and named lanes as rows (time, order within it, lane, level)."""
        changes = lane_changes(self._hall, self.layout, calendar, [self._hall.hours] * len(calendar), draws)
        rows = [
            (at_us, int(lane != self.layout.kiosk_lane), lane, level)
            for lane, by_day in enumerate(changes)
            if self.layout.lanes[lane] != COUNTERS
            for of_day in by_day
            for at_us, level in of_day
        ]
        return np.array(rows, dtype=np.int64).reshape(-1, 4)

    def _with_counters(self, levels: Int64s) -> Int64s:
        """All changes of level as rows (time, lane, level) in event order."""
        changed = np.flatnonzero(np.diff(levels, prepend=-1) != 0)
        at_us = np.maximum((self._first + changed) * HALF_HOUR_US, self.open_us)
        days = len(self._rows) - 1
        mine = np.empty((days * changed.size, 4), dtype=np.int64)
        mine[:, 0] = (np.arange(days)[:, None] * DAY_US + at_us[None, :]).ravel()
        mine[:, 1], mine[:, 2] = 1, self.layout.lanes.index(COUNTERS)
        mine[:, 3] = np.tile(levels[changed], days)
        rows = np.concatenate((self._moves, mine))
        order = np.lexsort((rows[:, 3], rows[:, 2], rows[:, 1], rows[:, 0]))
        return np.ascontiguousarray(rows[order][:, [0, 2, 3]])

    def _count(self, outcomes: Outcomes, comes: Bools) -> DayCounts:
        from standfast.staffing.counting import count

        days, classes, half_hours = self.days, len(self.layout.classes), self.half_hours
        found = DayCounts(
            arrivals=np.zeros((days, half_hours), dtype=np.int64),
            customers=np.zeros((days, classes, half_hours), dtype=np.int64),
            over=np.zeros((days, classes, half_hours), dtype=np.int64),
            **{name: np.zeros((days, half_hours), dtype=np.int64) for name in _ENDS},
            busy=np.zeros(half_hours),
        )
        busy_us = np.zeros(half_hours, dtype=np.int64)
        ends = (
            outcomes.fate, outcomes.queue, outcomes.lane, outcomes.left_us, outcomes.gone_us, outcomes.offered_us
        )  # fmt: skip
        arguments: tuple[object, ...] = (
            comes,
            *(stored(column) for column in (self.plan.arrival_us, self.plan.customer_class, *ends)),
            self._targets_us,
            self._of_served,
            self.layout.kiosk_queue if self.layout.has_kiosks else _NO_QUEUE,
            self.layout.kiosk_lane if self.layout.has_kiosks else _NO_QUEUE,
            self.warm_up,
            self._first,
            self.close_us,
            self._hall.never_closes,
            found.arrivals,
            found.customers,
            found.over,
            *(getattr(found, name) for name in _ENDS),
            busy_us,
        )
        count(*arguments)
        edges_us = np.clip((self._first + np.arange(half_hours + 1)) * HALF_HOUR_US, self.open_us, self.close_us)
        return replace(found, busy=busy_us / (days * (edges_us[1:] - edges_us[:-1])))
