"""A hall through a study: its plan, its floors day by day in either engine, and the record to measure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import simpy
from numpy.typing import NDArray

from scenarios import schema
from scenarios.calendar import Day
from sim.clock import DAY_US
from sim.draws import Draws
from sim.halls import outcomes as ends
from sim.halls import plan as plans
from sim.halls.arrivals import calendar_factors
from sim.halls.city import Planned, plan_halls
from sim.halls.complaints import complaints_of
from sim.halls.floor import Floor, Record
from sim.halls.layout import layout_of
from sim.halls.opening import lane_changes, service_changes, spans_by_day
from sim.halls.periods import busy_cells
from sim.halls.profile import profile_of
from sim.halls.record import HallRecord
from sim.halls.stretch import Stretch, with_visitors, without_visitors
from sim.halls.traffic import together
from sim.halls.visitors import Coming, Visitors, VisitOutcomes

if TYPE_CHECKING:
    from sim.halls.compiled import Floors

Floats = NDArray[np.float64]


class HallRun:
    """One hall of one run. `open_day` is called at each midnight by the conductor; `record` once all is done.

    A hall that closes starts each day with an empty floor; one that never closes has a single floor for the study.
    `compiled` chooses the engine once the plan is known and before the first day is opened.

    `planned` are its walk-ins, where halls share customers; without it, it is planned alone, and `market_share` is the
    part of its profile that subscribers' visits replace. A hall with a catchment is told
    by `expect` who may come on the days of a month, before the first of them opens, by `open_day` who of them comes,
    and answers with `visit_outcomes` once the day is over.
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
        market_share: float = 0.0,
        planned: Planned | None = None,
    ) -> None:
        self.env, self.hall, self.days = env, hall, days
        self._draws, self._record = draws, record
        self.layout = layout_of(name, number, hall)
        self.spans = spans_by_day(hall, days)
        if planned is None:
            planned = plan_halls({name: hall}, {name: self.layout}, days, draws, {name: market_share})[name]
        self.plan, self.away = planned.plan, planned.away
        self.changes = lane_changes(hall, self.layout, days, self.spans, draws)
        self._levels = service_changes(hall, self.layout, self.changes, self.spans, draws)
        self._rows = np.searchsorted(self.plan.day, np.arange(len(days) + 1)).tolist()
        self._busy = busy_cells(hall, days)
        self.compiled = False
        self._stretches: list[Stretch] = []
        self._compiled: list[Floors] = []
        self._floors: list[Floor] = []

    @property
    def takes_visitors(self) -> bool:
        """Whether subscribers come to it: it has a catchment and closes at night."""
        return self.hall.arrivals.from_market and not self.hall.never_closes

    def calendar_factors(self) -> Floats:
        """Factor on visits for each day: weekday × day of the month × holiday × part of the profile in its hours.

        0 on days on which the hall is closed. The part is 1 where the day's opening hours are the ordinary ones.
        """
        ordinary = profile_of(self.hall.arrivals, self.hall.hours).customers
        part = {span: profile_of(self.hall.arrivals, span).customers for span in set(self.spans) if span is not None}
        parts = np.array([part[span] if span is not None else 0.0 for span in self.spans])
        factors = calendar_factors(self.hall.arrivals, self.days)
        return factors * (parts / ordinary) if ordinary > 0 else np.zeros(len(self.days))

    def expect(self, visitors: Visitors) -> None:
        """Plan all who may come on the days of a month. Months follow each other; none of those days has opened."""
        if not self.takes_visitors or visitors.first_day < self._planned_until:
            raise ValueError(f"hall {self.layout.name} expects no visitors on day {visitors.first_day}")
        walk_ins = self.plan.rows(self._rows[visitors.first_day], self._rows[visitors.end_day])
        self._add(
            with_visitors(self.hall, self.layout, self.days, self.spans, self._busy, walk_ins, visitors, self._draws)
        )

    def open_day(self, day: int, coming: Coming | None = None) -> None:
        """Let the day happen: at once in the compiled engine, as processes in SimPy.

        `coming` says who of those expected on that day comes; nobody without it.
        """
        if day >= self._planned_until:
            end_day = day + 1 if self.takes_visitors else len(self.days)
            self._add(without_visitors(self.plan.rows(self._rows[day], self._rows[end_day]), day, end_day))
        stretch = self._stretches[-1]
        if coming is not None:
            stretch.settle(day, coming)
        if not self.compiled:
            self._begin(stretch, day)
        elif stretch.visitors is not None:
            self._compiled[-1].play(day - stretch.first_day, day - stretch.first_day + 1)
        elif day == stretch.first_day:
            self._compiled[-1].play(0, 1 if self.hall.never_closes else stretch.end_day - day)

    def visit_outcomes(self, day: int) -> VisitOutcomes:
        """What the visitors of the day that opened last met with, in the order of `expect`, at the next midnight.

        Who still stands in the queue at that midnight is left out.
        """
        stretch = self._stretches[-1]
        if not stretch.first_day <= day < stretch.end_day:
            raise ValueError(f"day {day} is not the one that opened last")
        if self.compiled:
            return stretch.met(day, self._compiled[-1].outcomes.only)
        return stretch.met(
            day, lambda rows: self._floors[-1].outcomes().only(np.searchsorted(stretch.present(day), rows))
        )

    def day(self, day: int) -> tuple[plans.Plan, ends.Outcomes]:
        """Who came in on a day that has opened, in event order, and what has become of them so far.

        The compiled engine knows the whole day, and of a hall that never closes the whole study, once it has opened.
        """
        number = max(at for at, stretch in enumerate(self._stretches) if stretch.first_day <= day)
        stretch = self._stretches[number]
        present = stretch.present(day)
        plan = stretch.plan.only(present)
        if self.spans[day] is None:
            return plan, ends.all_present(0)
        if self.compiled:
            return plan, self._compiled[number].outcomes.only(present)
        if self.hall.never_closes:
            return plan, self._floors[0].outcomes().only(present)
        return plan, self._floors[sum(span is not None for span in self.spans[:day])].outcomes()

    def record(self, warm_up_us: int) -> HallRecord:
        """What the run left, once the environment has run out of events."""
        if self.compiled:
            parts = [s.became(f.outcomes) for s, f in zip(self._stretches, self._compiled, strict=True)]
        else:
            parts = [floor.outcomes() for floor in self._floors]
        plan, outcomes = plans.joined([stretch.came() for stretch in self._stretches]), ends.joined(parts)
        return HallRecord(
            hall=self.hall,
            layout=self.layout,
            days=self.days,
            spans=self.spans,
            plan=plan,
            outcomes=outcomes,
            changes=[tuple(chain.from_iterable(by_day)) for by_day in self.changes],
            warm_up_us=warm_up_us,
            complained=complaints_of(self.hall, plan, outcomes, self.days, self._busy, self._draws),
            away=together([self.away, *(stretch.elsewhere() for stretch in self._stretches)]),
        )

    @property
    def is_over(self) -> bool:
        """Whether all that will happen in it has happened: the compiled engine plays its days at once, if it can."""
        return self.compiled and self._planned_until == len(self.days) and self._stretches[-1].visitors is None

    @property
    def _planned_until(self) -> int:
        return self._stretches[-1].end_day if self._stretches else 0

    def _add(self, stretch: Stretch) -> None:
        self._stretches.append(stretch)
        if self.compiled:
            from sim.halls.compiled import floors_of

            self._compiled.append(floors_of(self.hall, self.layout, self._levels, self.spans, stretch))

    def _begin(self, stretch: Stretch, day: int) -> None:
        """Start the processes of a day."""
        span = self.spans[day]
        if span is None:
            return
        rows = stretch.rows(day)
        if self.hall.never_closes:
            if not self._floors:
                self._floors.append(Floor(self.env, self.layout, stretch.plan, self._record))
                self.env.process(self._floors[-1].close((len(self.days) - 1) * DAY_US + span.close_us))
            first, end = rows.start, rows.stop
        else:
            plan = stretch.plan.only(stretch.present(day))
            self._floors.append(Floor(self.env, self.layout, plan, self._record))
            self.env.process(self._floors[-1].close(day * DAY_US + span.close_us))
            first, end = 0, len(plan)
        floor = self._floors[-1]
        for lane, by_day in enumerate(self._levels):
            self.env.process(floor.staff(lane, by_day[day]))
        self.env.process(floor.door(first, end))
