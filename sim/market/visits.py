"""Visits: which part of a hall's customers simulated subscribers are, and which of them may come to it on what day.

Who may come is drawn from the outside, by thinning, so that it is the same in every arm; whether somebody comes depends
on the subscriber of that day. Queues are at full scale: each simulated visit takes the place of one expected customer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from scenarios.schema.catchments import catchments as by_hall
from scenarios.units import MONTH_DAYS
from sim.draws import Purpose
from sim.errors import ModelError
from sim.halls.profile import profile_of
from sim.halls.visitors import Coming, Visitors
from sim.market.people import LONG_AGO, People
from sim.market.terms import Rules

Int64s = NDArray[np.int64]
Floats = NDArray[np.float64]


def catchments(study: schema.Study) -> Floats:
    """Share of all people who live by each hall of the study; 0 by halls that take no subscribers."""
    shares = by_hall(study)
    return np.array([shares.get(name, 0.0) for name in study.halls], dtype=np.float64)


def market_shares(study: schema.Study) -> dict[str, float]:
    """For each hall, the part of its profile that simulated subscribers make up as they start.

    Raises `ModelError` for a hall to which more of them come on an ordinary day than its profile has customers.
    """
    if study.population is None:
        return dict.fromkeys(study.halls, 0.0)
    visits_a_day = sum(
        segment.share * segment.start.get(study.own, 0.0) * segment.visits_per_month / MONTH_DAYS
        for segment in study.segments.values()
    )
    found = {}
    for (name, hall), catchment in zip(study.halls.items(), catchments(study).tolist(), strict=True):
        expected = study.population.simulate * catchment * visits_a_day
        profile = profile_of(hall.arrivals, hall.hours).customers
        if expected > profile:
            raise ModelError(
                f"on an ordinary day {expected:.1f} simulated subscribers visit the hall, whose profile has "
                f"{profile:.1f} customers",
                f"halls.{name}.arrivals.catchment",
                "Simulate fewer subscribers, or give the hall a smaller catchment.",
            )
        found[name] = expected / profile if expected > 0 else 0.0
    return found


class Visits:
    """The candidates for a visit, thinned by segment, hall and day.

    `factors` holds for each hall that takes subscribers, by name, its calendar factor on each day of the study.
    `calendar` is `sim.market.calendar` or its compiled twin.
    """

    def __init__(self, study: schema.Study, factors: Mapping[str, Floats], rules: Rules, calendar: Any) -> None:
        self._segments, self._rules, self._calendar = tuple(study.segments), rules, calendar
        self._takes = [(number, name) for number, name in enumerate(study.halls) if name in factors]
        self._factors = np.array([factors.get(name, np.zeros(study.days)) for name in study.halls]).reshape(
            len(study.halls), study.days
        )
        self._a_day = np.array([segment.visits_per_month / MONTH_DAYS for segment in study.segments.values()])
        self._check()

    def _check(self) -> None:
        """Refuse visits that the bound doesn't cover on the busiest day of a hall."""
        bound = self._rules.visit_day_bound
        for number, name in self._takes:
            for segment, a_day in zip(self._segments, self._a_day.tolist(), strict=True):
                highest = a_day * self._factors[number].max()
                if highest > bound:
                    raise ModelError(
                        f"visits of {segment} to the hall {name}, {highest * MONTH_DAYS:.3g}/month on its busiest "
                        f"day, pass the bound of {bound * MONTH_DAYS:.3g}/month",
                        "market.visit_bound",
                        "Raise it, to the same number in every arm.",
                    )

    def start(self, people: People) -> None:
        """Set everybody's first candidate."""
        rules = self._rules
        self._calendar.first_candidates(
            people.visit_day, people.visit_candidate, int(Purpose.VISIT_CANDIDATE), rules.visit_day_bound,
            rules.seed, rules.replication,
        )  # fmt: skip

    def of_month(self, first_day: int, end_day: int, people: People) -> dict[str, Visitors]:
        """Who may visit each hall on the days of a month, whatever becomes of them until then."""
        rules, purpose = self._rules, int(Purpose.VISIT_CANDIDATE)
        ids, numbers, starts = self._calendar.candidates(
            people.visit_day, people.visit_candidate, purpose, rules.visit_day_bound, first_day, end_day,
            rules.seed, rules.replication,
        )  # fmt: skip
        ids, _, starts = self._calendar.admitted(
            ids, numbers, starts, purpose, people.segment, people.hall, self._a_day,
            np.ascontiguousarray(self._factors[:, first_day:end_day]), rules.visit_day_bound,
            rules.seed, rules.replication,
        )  # fmt: skip
        days = np.repeat(np.arange(first_day, end_day), np.diff(starts))
        halls, segments = people.hall[ids], people.segment[ids].astype(np.int64)
        found = {}
        for number, name in self._takes:
            mine = halls == number
            found[name] = Visitors(
                first_day, end_day, ids[mine].astype(np.int64), days[mine], segments[mine], self._segments
            )
        return found


def coming(visitors: Visitors, day: int, people: People, own: int, priorities: Sequence[int] | Int64s) -> Coming:
    """Who of a day's candidates comes: our subscribers, unless suspended.

    `priorities` holds for each segment the priority that a tactic gives its visitors, or
    `sim.halls.visitors.OWN_PRIORITY`.
    """
    rows = visitors.on(day)
    who = visitors.subscriber[rows]
    comes = (people.operator[who] == own) & (people.suspended_until[who] == LONG_AGO)
    return Coming(comes, np.asarray(priorities, dtype=np.int64)[visitors.segment[rows]])
