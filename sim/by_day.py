"""A run day by day: what its diary noted at each midnight, and who came to each hall and what became of them.

It keeps of the diary one day at a time, so that everybody's can be read in a run of any length.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from sim.clock import DAY_US
from sim.halls.layout import Layout
from sim.halls.opening import Changes
from sim.halls.outcomes import Outcomes
from sim.halls.plan import Plan
from sim.market.diary import events
from sim.run import Engine, begin

Int64s = NDArray[np.int64]

FEWEST_ROWS = 1 << 16
"""Events of one day that there is room for at least."""


@dataclass(frozen=True)
class HallDay:
    """One day of one hall: who came in, and what has become of them so far."""

    layout: Layout
    plan: Plan
    outcomes: Outcomes


class RunByDay:
    """One replication of a study. For each day call `open`, then `end`; after the last day `open` that one too.

    `rows` is how many events of a day the diary has room for; a day with more ends in OverflowError.
    """

    def __init__(self, study: schema.Study, replication: int, engine: Engine = "auto", rows: int = FEWEST_ROWS) -> None:
        people = study.population.simulate if study.population is not None else 0
        self.study = study
        self._running = begin(study, replication, engine=engine, recorded=range(people), rows=rows if people else 0)

    @property
    def days(self) -> int:
        """Days of the study."""
        return len(self._running.days)

    def people(self) -> tuple[Int64s, Int64s, Int64s]:
        """Segment, operator and plan of everybody as things stand, as codes: places in the study, −1 for none."""
        if self._running.market is None:
            nobody = np.zeros(0, dtype=np.int64)
            return nobody, nobody, nobody
        people = self._running.market.people
        segment, operator, plan = (
            np.asarray(each, dtype=np.int64) for each in (people.segment, people.operator, people.plan)
        )
        return segment, operator, plan

    def open(self, day: int) -> Int64s:
        """Let the midnight happen with which a day begins; of the day after the last, all that is left to happen.

        Returns what the diary notes of it, in order, (events, 5): subscriber, day, `Happened`, a, b. Those of the day
        before are carried out at the midnight; those of this day are decided in its course.
        """
        self._running.env.run(until=day * DAY_US + 1 if day < self.days else None)
        if self._running.market is None:
            return np.zeros((0, 5), dtype=np.int64)
        diary = self._running.market.diary
        noted = events(diary).copy()
        diary.cursor[0] = 0
        return noted

    def end(self, day: int) -> None:
        """Let the day happen up to the midnight at its end, which is left out."""
        self._running.env.run(until=(day + 1) * DAY_US)

    def staffing(self, name: str, day: int) -> dict[str, Changes]:
        """Changes of the counters of each lane of a hall on a day; no lanes where the study has no such hall."""
        hall = self._running.halls.get(name)
        if hall is None:
            return {}
        return {lane: by_day[day] for lane, by_day in zip(hall.layout.lanes, hall.changes, strict=True)}

    def hall(self, name: str, day: int) -> HallDay | None:
        """A day of a hall, once it has opened; None where the study has no such hall."""
        hall = self._running.halls.get(name)
        return HallDay(hall.layout, *hall.day(day)) if hall is not None else None
