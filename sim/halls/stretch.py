"""Days of one hall that are planned together: its walk-ins, the visitors who may come, and who of them did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from scenarios.calendar import Day
from sim.clock import DAY_US
from sim.draws import Draws
from sim.halls import plan as plans
from sim.halls.layout import Layout
from sim.halls.outcomes import Fate, Outcomes
from sim.halls.plan import Plan
from sim.halls.traffic import IN_PERSON, NOBODY, Traffic
from sim.halls.visitors import NO_VISITS, OWN_PRIORITY, Coming, Expected, Visitors, VisitOutcomes, plan_visitors

Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Stretch:
    """The days from `first_day` up to `end_day` of one hall.

    plan       walk-ins and candidates for a visit, in event order
    comes      which rows of it come in: every walk-in, and the visitors once it is settled
    visitors   the candidates, None where nobody is expected; `expected` where they stand in the plan
    away       which candidates would have come, had another channel not taken their business
    rows_from  first row of each day, and the number of rows
    """

    first_day: int
    end_day: int
    plan: Plan
    comes: Bools
    visitors: Visitors | None = None
    expected: Expected | None = None
    away: Bools = field(default_factory=lambda: np.zeros(0, dtype=bool))
    rows_from: Sequence[int] = field(init=False)

    def __post_init__(self) -> None:
        rows_from = np.searchsorted(self.plan.day, np.arange(self.first_day, self.end_day + 1)).tolist()
        object.__setattr__(self, "rows_from", rows_from)

    def rows(self, day: int) -> slice:
        """Rows of a day."""
        return slice(self.rows_from[day - self.first_day], self.rows_from[day - self.first_day + 1])

    def settle(self, day: int, coming: Coming) -> None:
        """Let these of the day's candidates come."""
        if self.visitors is None or self.expected is None:
            if coming.comes.size:
                raise ValueError(f"nobody is expected on day {day}")
            return
        today = self.visitors.on(day)
        rows = self.expected.row[today]
        in_person = self.expected.elsewhere[today] == IN_PERSON
        self.comes[rows], self.away[today] = coming.comes & in_person, coming.comes & ~in_person
        first = coming.priority != OWN_PRIORITY
        self.plan.priority[rows[first]] = coming.priority[first]

    def present(self, day: int) -> Int64s:
        """Rows of those who come in on a day."""
        rows = self.rows(day)
        return np.asarray(np.flatnonzero(self.comes[rows]) + rows.start, dtype=np.int64)

    def met(self, day: int, outcomes_of: Callable[[Int64s], Outcomes]) -> VisitOutcomes:
        """What the visitors of a day met with, in their order: those decided by midnight.

        `outcomes_of` gives the outcomes of rows of the plan.
        """
        if self.visitors is None or self.expected is None:
            return NO_VISITS
        today = self.visitors.on(day)
        came = np.flatnonzero(self.comes[self.expected.row[today]]) + today.start
        if not came.size:
            return NO_VISITS
        rows = self.expected.row[came]
        outcomes = outcomes_of(rows)
        decided = outcomes.left_us < (day + 1) * DAY_US
        came = came[decided]
        return VisitOutcomes(
            subscriber=self.visitors.subscriber[came],
            fate=outcomes.fate[decided],
            wait_us=(outcomes.left_us - self.plan.arrival_us[rows])[decided],
            target_us=self.expected.target_us[came],
            points=self.expected.points[came]
            + self.expected.served_points[came] * (outcomes.fate == Fate.SERVED)[decided],
            complaint_u=self.expected.complaint_u[came],
        )

    def elsewhere(self) -> Traffic:
        """The visitors whose business another channel took."""
        if self.expected is None or not self.away.any():
            return NOBODY
        plan = self.plan.only(self.expected.row[self.away])
        taken = self.expected.elsewhere[self.away]
        return Traffic(plan.entity, plan.arrival_us, plan.customer_class, plan.transaction, taken)

    def came(self) -> Plan:
        """The plan of those who came."""
        return self.plan if self.visitors is None else self.plan.only(self.comes)

    def became(self, outcomes: Outcomes) -> Outcomes:
        """Of outcomes of the whole plan, those of those who came."""
        return outcomes if self.visitors is None else outcomes.only(self.comes)


def without_visitors(plan: Plan, first_day: int, end_day: int) -> Stretch:
    """Days on which only walk-ins come."""
    return Stretch(first_day, end_day, plan, np.ones(len(plan), dtype=bool))


def with_visitors(
    hall: schema.Hall,
    layout: Layout,
    days: Sequence[Day],
    spans: Sequence[schema.Span | None],
    busy: Bools,
    walk_ins: Plan,
    visitors: Visitors,
    draws: Draws,
) -> Stretch:
    """Days on which these visitors may come beside the walk-ins; nobody of them does so far."""
    visits, expected = plan_visitors(hall, layout, days, spans, busy, visitors, draws)
    both = plans.joined((walk_ins, visits))
    order = np.lexsort((both.entity, both.arrival_us))
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    return Stretch(
        first_day=visitors.first_day,
        end_day=visitors.end_day,
        plan=both.only(order),
        comes=order < len(walk_ins),
        visitors=visitors,
        expected=replace(expected, row=place[len(walk_ins) + expected.row]),
        away=np.zeros(len(visitors), dtype=bool),
    )
