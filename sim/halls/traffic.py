"""Who comes to a hall: by its profile, drawn by a promotion, sent by a closed hall; at another time, or not at all.

Every rule acts on customers that exist in every arm (MISSION F-64, F-66, F-70, F-73 to F-75): a larger size moves the
same ones and some more, where it stands alone. It does not decide what becomes of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from scenarios.calendar import Day
from sim.clock import DAY_US
from sim.draws import Draws, Purpose, name_numbers
from sim.halls.arrivals import CROWD, PROFILE, arrive
from sim.halls.columns import alike
from sim.halls.layout import Layout
from sim.variates import bounds_of, choices, is_small

Int64s = NDArray[np.int64]
Int16s = NDArray[np.int16]
Int8s = NDArray[np.int8]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

IN_PERSON = -1
"""`elsewhere` of a customer who comes to the hall."""

_CROWD_BITS = 3


@dataclass(frozen=True)
class Traffic:
    """Walk-ins of one hall in event order, a row each.

    entity, arrival_us   who it is, and when it comes in, in µs since the study's start
    customer_class       index into the hall's classes; transaction: index into its transactions
    elsewhere            index of the other channel that takes its business; IN_PERSON: it comes to the hall
    """

    entity: Int64s
    arrival_us: Int64s
    customer_class: Int16s
    transaction: Int16s
    elsewhere: Int8s

    def __len__(self) -> int:
        return int(self.entity.size)

    def only(self, which: Bools | Int64s) -> Traffic:
        """The rows of a mask, or of these numbers in this order."""
        return Traffic(*(getattr(self, field.name)[which] for field in fields(self)))


NOBODY = Traffic(
    np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int16), np.zeros(0, np.int16), np.zeros(0, np.int8)
)


def together(parts: Sequence[Traffic]) -> Traffic:
    """Customers of several parts, in event order."""
    parts = [part for part in parts if len(part)] or [NOBODY]
    if len(parts) == 1:
        return parts[0]
    both = Traffic(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Traffic)))
    return both.only(np.lexsort((both.entity, both.arrival_us)))


def traffic_of(
    hall: schema.Hall,
    layout: Layout,
    days: Sequence[Day],
    spans: Sequence[schema.Span],
    draws: Draws,
    share: float = 1.0,
    sent: Traffic = NOBODY,
) -> Traffic:
    """Customers of a hall on its open days, `spans` holding the opening hours of each.

    `share` is the part of the profile that walk-ins make up; `sent` come from closed halls.
    """
    own = _arriving(hall, layout, days, spans, draws, share, PROFILE, ())
    coming = together([own, *_crowds(hall, layout, days, spans, draws), sent])
    if hall.arrivals.notices is not None:
        moved = replace(coming, arrival_us=heeded_us(hall, coming.entity, coming.arrival_us, days, spans, draws))
        coming = moved.only(np.lexsort((moved.entity, moved.arrival_us)))
    if hall.arrivals.elsewhere is None:
        return coming
    taken = elsewhere(hall, coming.entity, coming.arrival_us, coming.transaction, days, draws)
    return replace(coming, elsewhere=taken)


def transactions_of(hall: schema.Hall, transaction_u: Floats, among: Sequence[str] = ()) -> Int16s:
    """What customers come for, by their uniforms: among all transactions, or among some by their shares."""
    return choices(_shares(hall, among), transaction_u).astype(np.int16)


def _shares(hall: schema.Hall, among: Sequence[str]) -> list[float]:
    shares = [what.share if not among or name in among else 0.0 for name, what in hall.transactions.items()]
    return shares if sum(shares) > 0 else [float(name in among) for name in hall.transactions]


def heeded_us(
    hall: schema.Hall,
    entities: Int64s,
    arrival_us: Int64s,
    days: Sequence[Day],
    spans: Sequence[schema.Span],
    draws: Draws,
) -> Int64s:
    """When customers come in who may have heeded a notice (F-64, F-66): evenly over the hours that it recommends.

    `days` are the open days, with their opening hours; who comes outside of them stays where it is.
    """
    if hall.arrivals.notices is None or not entities.size:
        return arrival_us
    day, time_us = arrival_us // DAY_US, arrival_us % DAY_US
    heeds, moment = draws.uniforms(entities, Purpose.NOTICE, day)
    found, before = arrival_us.copy(), np.zeros(entities.size)
    last = int(day.max()) + 1
    for notice in hall.arrivals.notices.values():
        away = np.zeros(entities.size, dtype=bool)
        for span in notice.away_from:
            away |= (span.open_us <= time_us) & (time_us < span.close_us)
        moved = away & (before <= heeds) & (heeds < before + notice.heeded)
        for hours in set(spans):
            on = holding((d for d, s in zip(days, spans, strict=True) if s == hours), notice, last)
            mine = moved & on[day]
            overlaps_us = [
                (max(span.open_us, hours.open_us), min(span.close_us, hours.close_us)) for span in notice.towards
            ]
            if mine.any() and any(start < end for start, end in overlaps_us):
                found[mine] = day[mine] * DAY_US + _spread_us(overlaps_us, moment[mine])
        before = before + notice.heeded * away
    return found


def holding(days: Iterable[Day], when: schema.When, numbers: int) -> Bools:
    """For each of so many day numbers, whether it is one of `days` and `when` holds on it."""
    found = np.zeros(numbers, dtype=bool)
    found[[day.number for day in days if day.number < numbers and when.holds(day.date, day.works_as)]] = True
    return found


def _spread_us(spans_us: Sequence[tuple[int, int]], u: Floats) -> Int64s:
    """Times of day spread evenly over some spans, of which at least one is not empty."""
    lengths = np.array([max(0, end - start) for start, end in spans_us], dtype=np.int64)
    within = (u * int(lengths.sum())).astype(np.int64)
    passed = np.cumsum(lengths)
    which = np.searchsorted(passed, within, side="right")
    starts = np.array([start for start, _ in spans_us], dtype=np.int64)
    return np.asarray(starts[which] + within - (passed - lengths)[which], dtype=np.int64)


def elsewhere(
    hall: schema.Hall,
    entities: Int64s,
    arrival_us: Int64s,
    transaction: Int16s,
    days: Sequence[Day],
    draws: Draws,
) -> Int8s:
    """Index of the other channel that takes each customer's business (F-70, F-75), IN_PERSON for the others."""
    found = np.full(entities.size, IN_PERSON, dtype=np.int8)
    if hall.arrivals.elsewhere is None or not entities.size:
        return found
    day = arrival_us // DAY_US
    _, u = draws.uniforms(entities, Purpose.WHEREABOUTS, day)
    before = np.zeros(entities.size)
    for code, channel in enumerate(hall.arrivals.elsewhere.values()):
        takes = np.array([channel.takes.get(name, 0.0) for name in hall.transactions])[transaction]
        takes = takes * holding(days, channel, int(day.max()) + 1)[day]
        found[(before <= u) & (u < before + takes)] = code
        before = before + takes
    return found


def sent_by(
    closed: schema.Hall, layout: Layout, days: Sequence[Day], usual: Sequence[schema.Span | None], draws: Draws
) -> dict[str, tuple[Int64s, Int64s]]:
    """Entities and times of the customers of a hall whom its closures send to others, by the name of the other hall.

    `usual` holds the hours of each of `days` on which no works were going on. Of the customers of a closure each goes
    to one hall at most, at the time at which it would have come.
    """
    parts: dict[str, list[tuple[Int64s, Int64s]]] = {}
    taken: set[int] = set()
    for closure in (closed.closures or {}).values():
        off = [
            (day, span)
            for day, span in zip(days, usual, strict=True)
            if span is not None and closure.holds(day.date) and day.number not in taken
        ]
        taken |= {day.number for day, _ in off}
        entities, times_us = arrive(
            closed, layout.name, layout.number, layout.entity, [d for d, _ in off], [s for _, s in off], draws
        )
        u, _ = draws.uniforms(entities, Purpose.WHEREABOUTS, times_us // DAY_US)
        before = 0.0
        for name, part in closure.sends.items():
            mine = (before <= u) & (u < before + part)
            parts.setdefault(name, []).append((entities[mine], times_us[mine]))
            before += part
    return {
        name: (np.concatenate([who for who, _ in each]), np.concatenate([at_us for _, at_us in each]))
        for name, each in parts.items()
    }


def received(
    hall: schema.Hall,
    entities: Int64s,
    times_us: Int64s,
    days: Sequence[Day],
    spans: Sequence[schema.Span],
    draws: Draws,
) -> Traffic:
    """Those of the customers sent to a hall whom it finds open; they come for what its own customers come for."""
    day, time_us = times_us // DAY_US, times_us % DAY_US
    opens_us, closes_us = np.full(day.max(initial=-1) + 1, DAY_US), np.zeros(day.max(initial=-1) + 1, np.int64)
    for one, span in zip(days, spans, strict=True):
        if one.number < opens_us.size:
            opens_us[one.number], closes_us[one.number] = span.open_us, span.close_us
    inside = (opens_us[day] <= time_us) & (time_us < closes_us[day])
    return _kinds(hall, entities[inside], times_us[inside], (), draws)


def _crowds(
    hall: schema.Hall, layout: Layout, days: Sequence[Day], spans: Sequence[schema.Span], draws: Draws
) -> list[Traffic]:
    """Customers whom promotions draw (F-73), a source of their own for each, numbered by its name."""
    crowds = hall.arrivals.crowds or {}
    numbers = name_numbers(crowds, _CROWD_BITS, "crowds")
    found = []
    for name, crowd in crowds.items():
        on = [(day, span) for day, span in zip(days, spans, strict=True) if crowd.holds(day.date)]
        its_days, its_spans = [day for day, _ in on], [span for _, span in on]
        source = CROWD + numbers[name]
        found.append(_arriving(hall, layout, its_days, its_spans, draws, crowd.adds, source, crowd.transactions))
    return found


def _arriving(
    hall: schema.Hall,
    layout: Layout,
    days: Sequence[Day],
    spans: Sequence[schema.Span],
    draws: Draws,
    share: float,
    source: int,
    among: Sequence[str],
) -> Traffic:
    """Customers of one source at a share of the hall's rate."""
    entities, times_us = arrive(hall, layout.name, layout.number, layout.entity, days, spans, draws, share, source)
    return _kinds(hall, entities, times_us, among, draws)


def _kinds(hall: schema.Hall, entities: Int64s, times_us: Int64s, among: Sequence[str], draws: Draws) -> Traffic:
    """Customers with their classes and what they come for."""
    customer_class = transaction = alike(np.int16(0), entities.size)
    if len(hall.customers) > 1 or len(hall.transactions) > 1:
        classes, day = [who.share for who in hall.customers.values()], times_us // DAY_US
        if is_small(entities.size):
            class_u, transaction_u = draws.uniforms(entities, Purpose.KIND_OF_VISIT, day)
            customer_class = choices(classes, class_u).astype(np.int16)
            transaction = transactions_of(hall, transaction_u, among)
        else:
            from sim.compiled_choices import two_choices

            customer_class, transaction = np.empty((2, entities.size), dtype=np.int16)
            who, index = entities.view(np.uint64), day.view(np.uint64)
            keys = np.uint64(Purpose.KIND_OF_VISIT), index, np.uint64(draws.seed), np.uint64(draws.replication)
            bounds = bounds_of(classes), bounds_of(_shares(hall, among))
            two_choices(who, *keys, *bounds, customer_class, transaction)
    return Traffic(entities, times_us, customer_class, transaction, alike(np.int8(IN_PERSON), entities.size))
