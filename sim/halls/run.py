"""A hall through a study: its plan, its floors day by day in either engine, and the record to measure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import simpy

from scenarios import schema
from scenarios.calendar import Day
from sim.clock import DAY_US
from sim.draws import Draws, Kind, entity
from sim.halls.floor import Floor, Record
from sim.halls.layout import COUNTERS, lay_out
from sim.halls.measure import HallRecord
from sim.halls.opening import Changes, kiosk_days, lane_staffing, opening_span, staffed
from sim.halls.outcomes import Outcomes, joined
from sim.halls.plan import make_plan

_LANES_MOST = 1 << 16


class HallRun:
    """One hall of one run. `open_day` is called at each midnight by the conductor; `record` once all is done.

    A hall that closes starts each day with an empty floor; one that never closes has a single floor for the study.
    `compiled` chooses the engine once the plan is known and before the first day is opened.
    """

    def __init__(
        self,
        env: simpy.Environment,
        name: str,
        hall: schema.Hall,
        number: int,
        days: Sequence[Day],
        draws: Draws,
        record: Record | None,
    ) -> None:
        self.env, self.hall, self.days = env, hall, days
        self._record = record
        self.layout = lay_out(name, number, entity(Kind.HALL, number * _LANES_MOST), hall)
        self.spans = [opening_span(hall, day) for day in days]
        open_days = [(day, span) for day, span in zip(days, self.spans, strict=True) if span is not None]
        self.plan = make_plan(hall, self.layout, [d for d, _ in open_days], [s for _, s in open_days], draws)
        self.changes = self._changes(number, draws)
        self._rows = np.searchsorted(self.plan.day, np.arange(len(days) + 1)).tolist()
        self._never_closes = hall.never_closes
        self.compiled = False
        self._floors: list[Floor] = []
        self._outcomes: list[Outcomes] = []

    def _changes(self, number: int, draws: Draws) -> list[list[Changes]]:
        """For each lane and each day, the changes of its staffing."""
        hall, kiosks = self.hall, self.hall.kiosks
        found: list[list[Changes]] = []
        for lane, name in enumerate(self.layout.lanes):
            if lane == self.layout.kiosk_lane and kiosks is not None:
                found.append(list(kiosk_days(kiosks, number, self.spans, draws)))
                continue
            by_day: list[Changes] = []
            for day, span in zip(self.days, self.spans, strict=True):
                if span is None:
                    by_day.append(())
                elif name == COUNTERS:
                    by_day.append(staffed(hall.counters.staffing, span, day))
                else:
                    by_day.append(lane_staffing(hall.counters.lanes[name], span, day))
            found.append(by_day)
        return found

    def open_day(self, day: int) -> None:
        """Let the day happen: at once in the compiled engine, as processes in SimPy."""
        span = self.spans[day]
        if span is None or (self.compiled and self._never_closes and day):
            return
        if self._never_closes:
            days, first, end = range(len(self.days)), 0, len(self.plan)
        else:
            days, first, end = range(day, day + 1), self._rows[day], self._rows[day + 1]
        close_us = days[-1] * DAY_US + span.close_us
        if self.compiled:
            from sim.halls.compiled import schedule

            changes = [tuple(change for each in days for change in by_day[each]) for by_day in self.changes]
            self._outcomes.append(schedule(self.layout, self.plan.rows(first, end), changes, close_us))
            return
        if not (self._never_closes and self._floors):
            self._floors.append(Floor(self.env, self.layout, self.plan.rows(first, end), self._record))
            self.env.process(self._floors[-1].close(close_us))
        floor = self._floors[-1]
        for lane, by_day in enumerate(self.changes):
            self.env.process(floor.staff(lane, by_day[day]))
        self.env.process(floor.door(self._rows[day] - first, self._rows[day + 1] - first))

    def record(self, warm_up_us: int) -> HallRecord:
        """What the run left, once the environment has run out of events."""
        return HallRecord(
            hall=self.hall,
            layout=self.layout,
            days=self.days,
            spans=self.spans,
            plan=self.plan,
            outcomes=joined(self._outcomes or [floor.outcomes() for floor in self._floors]),
            changes=[tuple(change for day in by_day for change in day) for by_day in self.changes],
            warm_up_us=warm_up_us,
        )
