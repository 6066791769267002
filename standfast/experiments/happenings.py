"""Events of one day of a run, with names for their numbers, in the order in which they happen.

It turns arrays into events; which of them differ between two arms, `parting` decides. The order is that of the run:
time, rank, entity; of the same customer, what it does first.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from outputs.partings import KIOSK, Happening
from scenarios.schema.operators import NO_OPERATOR
from sim.clock import DAY_US
from sim.draws import CANDIDATES_MOST, DAYS_MOST, Draws, Kind, Purpose, entity
from sim.halls.outcomes import Fate
from sim.market.events import Happened
from sim.order import Rank
from standfast.experiments.lives import Names, named

if TYPE_CHECKING:
    from scenarios import Study
    from sim.by_day import HallDay
    from sim.halls.opening import Changes

Int64s = NDArray[np.int64]

DECIDED = frozenset({Happened.CONSIDERED, Happened.ASKED_TO_LEAVE})
"""What subscribers do in the course of a day; all else that a diary notes is done at the midnight after."""

_BEGINS = Rank.SERVICE_END + 1
_DECIDES = Rank.ARRIVAL + 1
_ID_MASK = (1 << 48) - 1
_OF_OPERATORS = frozenset({
    Happened.LEFT, Happened.LAPSED, Happened.SUSPENDED, Happened.PAID_UP, Happened.CLOSED, Happened.REREGISTERED,
})  # fmt: skip
_OF_HALLS = frozenset({Happened.VISITED, Happened.WAITED_LONG, Happened.LEFT_QUEUE, Happened.COMPLAINED})
_OF_TACTICS = frozenset({Happened.SAVED, Happened.CONTACTED, Happened.ACCEPTED})


class Event(NamedTuple):
    """An event and its place in the order of a run. Equal events of two arms are the same event."""

    at_us: int
    rank: int
    entity: int
    step: int
    what: Happening


class Moment(NamedTuple):
    """ISO date and clock."""

    date: str
    clock: str


def moment(start: datetime.date, at_us: int, *, evening: bool = False) -> Moment:
    """Date and clock of a time of the run; with `evening`, midnight is 24:00:00 of the day that ends."""
    day, of_day_us = divmod(at_us, DAY_US)
    if evening and of_day_us == 0:
        day, of_day_us = day - 1, DAY_US
    seconds = of_day_us // 1_000_000
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return Moment((start + datetime.timedelta(days=day)).isoformat(), clock)


class Naming:
    """What the numbers in a study's diary mean."""

    def __init__(self, study: Study, names: Names) -> None:
        self.names = names
        self.segments, self.operators = tuple(study.segments), (*study.operators, NO_OPERATOR)
        self._places = {
            **dict.fromkeys(_OF_OPERATORS, tuple(study.operators)),
            **dict.fromkeys(_OF_HALLS, tuple(study.halls)),
            **dict.fromkeys(_OF_TACTICS, tuple(study.tactics)),
        }
        self.vocabulary = (names, self.segments, tuple(study.operators), tuple(study.halls), tuple(study.tactics))

    def of(self, row: Int64s, segment: int, when: Moment) -> Happening:
        """A row of the diary as an event."""
        person, _, code, a, b = row.tolist()
        kind = Happened(code)
        name = kind.name.lower()
        what = self._places.get(kind, self.names.plans)[a] if a >= 0 else ""
        step, plan = named(name, what, b, self.names)
        about = (self.segments[segment],)
        return Happening(name, *when, who="subscriber", number=person, about=about, name=step.name, plan=plan)


def noted(rows: Int64s, segments: Int64s, naming: Naming, when: Moment) -> list[Happening]:
    """What the diary notes of a midnight, in order."""
    return [naming.of(row, int(segments[row[0]]), when) for row in rows]


def decided(rows: Int64s, segments: Int64s, naming: Naming, study: Study, replication: int) -> list[Event]:
    """What the diary notes of a day's decisions, each at its time."""
    if not len(rows):
        return []
    people, day = rows[:, 0], int(rows[0, 1])
    moments, _ = Draws(study.seed, replication).uniforms(entity(Kind.SUBSCRIBER, 0) + people, Purpose.MOMENT, day)
    at_us = day * DAY_US + (moments * DAY_US).astype(np.int64)
    return [
        Event(at, _DECIDES, person, int(row[2]), naming.of(row, int(segments[person]), moment(study.start, at)))
        for row, person, at in zip(rows, people.tolist(), at_us.tolist(), strict=True)
    ]


def of_customers(hall: HallDay, start: datetime.date, until_us: int | None) -> Iterator[Event]:
    """What the customers do who came in on a day, before `until_us`; not in order."""
    plan, outcomes, layout = hall.plan, hall.outcomes, hall.layout
    columns = (
        plan.entity, plan.arrival_us, plan.customer_class, plan.transaction,
        outcomes.fate, outcomes.queue, outcomes.lane, outcomes.counter, outcomes.left_us, outcomes.gone_us,
    )  # fmt: skip
    for who, arrival, class_, transaction, fate, queue, lane, counter, left, gone in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        is_visit = who >> 48 == Kind.VISIT
        number = (who & _ID_MASK) // DAYS_MOST if is_visit else who % CANDIDATES_MOST
        about = (layout.classes[class_], layout.transactions[transaction])
        kiosk = layout.has_kiosks and queue == layout.kiosk_queue

        def event(at: int, rank: int, step: int, kind: str, name: str = "", of: int = -1) -> Event:
            when = moment(start, at)
            whose = "subscriber" if is_visit else "customer"  # noqa: B023
            what = Happening(kind, *when, layout.name, whose, number, about, name, of=of)  # noqa: B023
            return Event(at, rank, who, step, what)  # noqa: B023

        found = [event(arrival, Rank.ARRIVAL, 0, "comes", layout.lanes[layout.kiosk_lane] if kiosk else "")]
        waited = left > arrival
        if fate == Fate.SERVED:
            desk = (layout.lanes[lane], counter + 1)
            found.append(event(left, _BEGINS if waited else Rank.ARRIVAL, 1, "begins", *desk))
            found.append(event(gone, Rank.SERVICE_END, 2, "done", *desk))
        elif fate == Fate.ABANDONED:
            found.append(event(left, Rank.RENEGE, 1, "abandoned"))
        elif fate == Fate.BALKED:
            found.append(event(left, Rank.ARRIVAL, 1, "balked"))
        elif fate == Fate.TURNED_AWAY:
            found.append(event(left, Rank.CLOSING, 1, "turned_away"))
        yield from (each for each in found if until_us is None or each.at_us < until_us)


def first_level_apart(
    hall: str, sides: Sequence[Mapping[str, Changes]], start: datetime.date
) -> tuple[Event, Event] | None:
    """The first time of a day at which a lane of a hall has other numbers of counters in the two arms: both levels.

    `sides` are the changes of each lane on that day; before the first of them nobody is there.
    """
    if sides[0] == sides[1]:
        return None
    found: list[tuple[Event, Event]] = []
    for lane in dict.fromkeys([*sides[0], *sides[1]]):
        steps = [dict(side.get(lane, ())) for side in sides]
        now = [0, 0]
        for at in sorted({*steps[0], *steps[1]}):
            now = [each.get(at, level) for each, level in zip(steps, now, strict=True)]
            if now[0] != now[1]:
                rank = Rank.AVAILABILITY if lane == KIOSK else Rank.STAFFING
                when = moment(start, at)
                both = [Event(at, rank, 0, 0, Happening("staffed", *when, hall, name=lane, of=n)) for n in now]
                found.append((both[0], both[1]))
                break
    return min(found, default=None)


def is_same(one: HallDay, other: HallDay) -> bool:
    """Whether nothing that a customer does can differ between two days of a hall: the quick look."""
    names = ("classes", "transactions", "lanes", "kiosk_queue")
    plan = ("entity", "arrival_us", "customer_class", "transaction")
    ends = ("fate", "lane", "counter", "left_us", "gone_us")
    return (
        all(getattr(one.layout, name) == getattr(other.layout, name) for name in names)
        and all(np.array_equal(getattr(one.plan, name), getattr(other.plan, name)) for name in plan)
        and all(np.array_equal(getattr(one.outcomes, name), getattr(other.outcomes, name)) for name in ends)
        and np.array_equal(
            one.outcomes.queue == one.layout.kiosk_queue, other.outcomes.queue == other.layout.kiosk_queue
        )
    )


def is_over(hall: HallDay, until_us: int) -> bool:
    """Whether all who came in on that day have gone before a time."""
    return bool(np.all(hall.outcomes.gone_us < until_us))
