"""Visitors: subscribers who may come to a hall, planned beside the walk-ins by the same rules, and what they met there.

Who comes is settled on the day: until then a visitor is a candidate who takes nobody's place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from scenarios.calendar import Day
from sim.clock import DAY_US, HALF_HOUR_US, NEVER_US
from sim.draws import Draws, Kind, Purpose
from sim.halls.layout import Layout
from sim.halls.plan import Plan, bring
from sim.halls.profile import profile_of
from sim.halls.traffic import elsewhere, heeded_us, transactions_of
from sim.halls.treatment import felt_of_service, felt_points
from sim.variates import choices

Int64s = NDArray[np.int64]
Int16s = NDArray[np.int16]
Int8s = NDArray[np.int8]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

OWN_PRIORITY = -1
"""Priority of a visitor who is served in the turn of its customer class."""

_DAY_BITS = 12


@dataclass(frozen=True)
class Visitors:
    """Candidates for a visit to one hall on the days from `first_day` up to `end_day`.

    Ordered by day, within a day by subscriber, who comes at most once a day. `segment` is an index into `segments`,
    the names of all of them.
    """

    first_day: int
    end_day: int
    subscriber: Int64s
    day: Int64s
    segment: Int64s
    segments: tuple[str, ...]

    def __len__(self) -> int:
        return int(self.subscriber.size)

    @cached_property
    def _starts(self) -> list[int]:
        found: list[int] = np.searchsorted(self.day, np.arange(self.first_day, self.end_day + 1)).tolist()
        return found

    def on(self, day: int) -> slice:
        """Rows of the candidates of a day."""
        return slice(self._starts[day - self.first_day], self._starts[day - self.first_day + 1])


@dataclass(frozen=True)
class Coming:
    """Which of a day's candidates come, in their order, and whom a hall serves before its turn.

    `priority` is the priority of each, lower is served first, or OWN_PRIORITY.
    """

    comes: Bools
    priority: Int64s


@dataclass(frozen=True)
class VisitOutcomes:
    """What visitors met with in a hall on one day, in the order of the subscribers: those decided by midnight.

    fate          a `sim.halls.outcomes.Fate`
    wait_us       time in the queue, until service began or the visitor left it
    target_us     longest wait that the hall promises the visitor's class at its arrival; NEVER_US: none
    points        points of satisfaction that the surroundings and the treatment add, whatever the wait
    complaint_u   uniform number that decides whether it complains of a bad visit
    """

    subscriber: Int64s
    fate: Int8s
    wait_us: Int64s
    target_us: Int64s
    points: Floats
    complaint_u: Floats


NO_VISITS = VisitOutcomes(
    np.zeros(0, np.int64), np.zeros(0, np.int8), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0)
)


def visit_entities(subscribers: Int64s, days: Int64s) -> Int64s:
    """Entities of visits: (subscriber, day)."""
    return np.asarray((int(Kind.VISIT) << 48) + (subscribers << _DAY_BITS) + days, dtype=np.int64)


@dataclass(frozen=True)
class Expected:
    """Candidates as a hall expects them, in their order.

    row           of each in the plan of the hall
    target_us     longest wait that the hall promises its class at its arrival; NEVER_US: none
    complaint_u   uniform number that decides whether it complains of a bad visit
    elsewhere     index of the other channel that would take its business; IN_PERSON: it would come to the hall
    points        points of satisfaction that the surroundings and the treatment at the door add
    served_points what the treatment while it is served adds to them
    """

    row: Int64s
    target_us: Int64s
    complaint_u: Floats
    elsewhere: Int8s
    points: Floats
    served_points: Floats


def plan_visitors(
    hall: schema.Hall,
    layout: Layout,
    days: Sequence[Day],
    spans: Sequence[schema.Span | None],
    busy: Bools,
    visitors: Visitors,
    draws: Draws,
) -> tuple[Plan, Expected]:
    """Plan what visitors bring with them, by the rules of walk-ins; rows are those of this plan alone.

    `spans` holds the opening hours of each of the study's `days`, `busy` its busy half hours, (days, 48). The hall must
    be open on the days of the visitors.
    """
    entities = visit_entities(visitors.subscriber, visitors.day)
    moment_u, complaint_u = draws.uniforms(entities, Purpose.VISIT_MOMENT, visitors.day)
    open_days = [(day, span) for day, span in zip(days, spans, strict=True) if span is not None]
    those, hours = [day for day, _ in open_days], [span for _, span in open_days]
    arrival_us = heeded_us(hall, entities, _arrivals_us(hall, spans, visitors, moment_u), those, hours, draws)
    class_u, transaction_u = draws.uniforms(entities, Purpose.KIND_OF_VISIT, visitors.day)
    customer_class = _classes(hall, visitors.segments, visitors.segment, class_u)
    transaction = transactions_of(hall, transaction_u)
    taken = elsewhere(hall, entities, arrival_us, transaction, those, draws)
    order = np.lexsort((entities, arrival_us))
    row = np.empty_like(order)
    row[order] = np.arange(order.size)
    plan = bring(
        hall, layout, entities[order], arrival_us[order], customer_class[order], transaction[order], those, draws
    )
    promised_us = [
        (who.target.idle_us, who.target.busy_us) if who.target is not None else (NEVER_US, NEVER_US)
        for who in hall.customers.values()
    ]
    in_busy_time = busy.ravel()[arrival_us // HALF_HOUR_US].astype(np.int64)
    target_us = np.array(promised_us, dtype=np.int64)[customer_class, in_busy_time]
    treated = plan.treated[row]
    points, served_points = felt_points(hall, customer_class, treated), felt_of_service(hall, treated)
    return plan, Expected(row, target_us, complaint_u, taken, points, served_points)


def _arrivals_us(hall: schema.Hall, spans: Sequence[schema.Span | None], visitors: Visitors, u: Floats) -> Int64s:
    """When they come: the day's profile, cut to the opening hours of the day, inverted at a uniform of their own."""
    arrival_us = visitors.day * DAY_US
    codes = {span: code for code, span in enumerate(dict.fromkeys(spans))}
    code_of_day = np.array([codes[span] for span in spans], dtype=np.int64)[visitors.day]
    for span, code in codes.items():
        mine = code_of_day == code
        if mine.any():
            if span is None:
                raise ValueError(f"hall {hall.title} is closed on a day on which visitors are expected")
            arrival_us[mine] += profile_of(hall.arrivals, span).moments_us(u[mine])
    return arrival_us


def _classes(hall: schema.Hall, segments: tuple[str, ...], segment: Int64s, class_u: Floats) -> Int16s:
    """Customer class of each: one that names its segment, else by share among those that name none, or among all."""
    classes = list(hall.customers.values())
    found = np.zeros(segment.size, dtype=np.int16)
    unnamed = [code for code, who in enumerate(classes) if not who.segments] or list(range(len(classes)))
    for number, name in enumerate(segments):
        mine = segment == number
        codes = [code for code, who in enumerate(classes) if name in who.segments] or unnamed
        shares = [classes[code].share for code in codes]
        found[mine] = np.array(codes)[choices(shares if sum(shares) > 0 else [1.0] * len(codes), class_u[mine])]
    return found
