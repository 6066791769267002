"""Plan: every draw and rule about customers, made before anything is scheduled → frozen arrays, a row a customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from scenarios.calendar import Day
from sim.clock import DAY_US, NEVER_US
from sim.draws import Draws, Purpose
from sim.durations import FIRST, drawn_us
from sim.halls.columns import alike
from sim.halls.layout import Layout
from sim.halls.savings import each_saved
from sim.halls.setbacks import met_setbacks, with_setbacks
from sim.halls.traffic import IN_PERSON, Traffic, traffic_of
from sim.halls.treatment import longer_patience, sales_talk, to_kiosks

Int8s = NDArray[np.int8]
Int64s = NDArray[np.int64]
Int16s = NDArray[np.int16]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True)
class Plan:
    """What customers of one hall bring with them, in event order; each array has one row a customer.

    Subscribers' visits may be planned that do not come about; `priority` alone is still set on the day, for visitors.
    A column that is the same for all may be read-only (`sim.halls.columns`).

    entity             who it is, for the order of events and for draws
    arrival_us         since the study's start
    day                day of the study on which it came in
    customer_class     index into `Layout.classes`; transaction: index into `Layout.transactions`
    priority           lower is served first
    service_us         service time at a counter; checked_service_us: the same after an adviser's pre-check
    kiosk_service_us   service time at a kiosk
    patience_us        how long it waits before it leaves the queue; NEVER_US: without end
    willingness        uniform number that decides at which queue it walks away
    to_kiosk           whether it takes to a kiosk; eligible: whether its transaction could be done there
    check_us           how long an adviser takes over its documents; 0: no pre-check for its transaction
    setback            index into the hall's setbacks of the one that it meets; -1: none
    treated            what else it meets there: a set of `sim.halls.treatment.Treated`
    """

    entity: Int64s
    arrival_us: Int64s
    day: Int64s
    customer_class: Int16s
    transaction: Int16s
    priority: Int16s
    service_us: Int64s
    checked_service_us: Int64s
    kiosk_service_us: Int64s
    patience_us: Int64s
    willingness: Floats
    to_kiosk: Bools
    eligible: Bools
    check_us: Int64s
    setback: Int8s
    treated: Int8s

    def __len__(self) -> int:
        return int(self.entity.size)

    def rows(self, first: int, end: int) -> Plan:
        """The plan of these rows alone."""
        return Plan(**{field.name: getattr(self, field.name)[first:end] for field in fields(self)})

    def only(self, which: Bools | Int64s) -> Plan:
        """The plan of the rows of a mask, or of these numbers in this order."""
        return Plan(**{field.name: getattr(self, field.name)[which] for field in fields(self)})


def joined(parts: Sequence[Plan]) -> Plan:
    """Plans of one hall one after the other; one alone as it is."""
    if len(parts) == 1:
        return parts[0]
    return Plan(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Plan)))


def make_plan(
    hall: schema.Hall,
    layout: Layout,
    days: Sequence[Day],
    spans: Sequence[schema.Span],
    draws: Draws,
    share: float = 1.0,
) -> Plan:
    """Plan the walk-ins of a hall for some of its open days, `spans` holding the opening hours of each.

    `share` is the part of the hall's profile that walk-ins make up. Nobody comes from another hall, and nobody again.
    """
    return bring_walk_ins(hall, layout, traffic_of(hall, layout, days, spans, draws, share), days, draws)


def bring_walk_ins(hall: schema.Hall, layout: Layout, traffic: Traffic, days: Sequence[Day], draws: Draws) -> Plan:
    """Plan what the walk-ins of a hall bring with them: those who come to it."""
    if hall.arrivals.elsewhere is not None:
        traffic = traffic.only(traffic.elsewhere == IN_PERSON)
    return bring(
        hall, layout, traffic.entity, traffic.arrival_us, traffic.customer_class, traffic.transaction, days, draws
    )


def bring(
    hall: schema.Hall,
    layout: Layout,
    entities: Int64s,
    arrival_us: Int64s,
    customer_class: Int16s,
    transaction: Int16s,
    days: Sequence[Day],
    draws: Draws,
) -> Plan:
    """Plan what customers bring with them, who come at these times in event order, of these classes, for these things.

    `days` holds at least the days on which they come.
    """
    day, customers = arrival_us // DAY_US, entities.size
    willingness = kiosk_u = alike(np.float64(0.5), customers)
    if layout.balk_from or layout.has_kiosks:
        willingness, kiosk_u = draws.uniforms(entities, Purpose.WILLINGNESS, day)
    eligible = _by_code([what.kiosk for what in hall.transactions.values()], transaction, np.bool_)
    to_kiosk, at_door = to_kiosks(hall, layout.has_kiosks, eligible, kiosk_u, entities, day, draws)
    service_us, checked_service_us = _service(hall, transaction, entities, day, draws)
    setback, treated = met_setbacks(hall, entities, transaction, day, days, draws), at_door
    if hall.setbacks is not None:
        service_us, checked_service_us = (with_setbacks(hall, us, setback) for us in (service_us, checked_service_us))
    if hall.sales is not None:
        talk_us, talked = sales_talk(hall, entities, to_kiosk, day, days, draws)
        service_us, checked_service_us = service_us + talk_us, checked_service_us + talk_us
        treated = at_door | talked
    return Plan(
        entity=entities,
        arrival_us=arrival_us,
        day=day,
        customer_class=customer_class,
        transaction=transaction,
        priority=_by_code([who.priority for who in hall.customers.values()], customer_class, np.int16),
        service_us=service_us,
        checked_service_us=checked_service_us,
        kiosk_service_us=_kiosk_service(hall, to_kiosk, entities, day, draws),
        patience_us=_patience(hall, customer_class, entities, day, draws),
        willingness=willingness,
        to_kiosk=to_kiosk,
        eligible=eligible,
        check_us=_check(hall, transaction, entities, day, draws),
        setback=setback,
        treated=treated,
    )


def _by_code(values: Sequence[int], codes: Int16s, kind: type[Scalar]) -> NDArray[Scalar]:
    """The value of each customer's code."""
    table = np.array(values, dtype=kind)
    return alike(table[0], codes.size) if len(set(values)) == 1 else table[codes]


def _service(
    hall: schema.Hall, transaction: Int16s, entities: Int64s, day: Int64s, draws: Draws
) -> tuple[Int64s, Int64s]:
    """Service times at the counter, without and with an adviser's pre-check: one array where both are the same."""
    laws = [what.service for what in hall.transactions.values()]
    plain = drawn_us(laws, transaction, draws, entities, Purpose.SERVICE, day)
    means_us = [law.average_us for law in laws]
    for code, what in enumerate(hall.transactions.values()):
        if what.redesigned is not None:
            mine = transaction == code
            plain[mine] = each_saved(plain[mine], means_us[code], what.redesigned.saves_us)
            means_us[code] -= what.redesigned.saves_us
    pre_check = hall.advisers.pre_check if hall.advisers is not None else None
    if pre_check is None:
        return plain, plain
    checked = plain.copy()
    for code, name in enumerate(hall.transactions):
        if name in pre_check.transactions:
            mine = transaction == code
            checked[mine] = each_saved(plain[mine], means_us[code], pre_check.saves_us)
    return plain, checked


def _kiosk_service(hall: schema.Hall, who: Bools, entities: Int64s, day: Int64s, draws: Draws) -> Int64s:
    if hall.kiosks is None or not who.any():
        return alike(np.int64(0), entities.size)
    rows, service_us = np.flatnonzero(who), np.zeros(entities.size, dtype=np.int64)
    law = [hall.kiosks.service]
    service_us[rows] = drawn_us(law, FIRST, draws, entities[rows], Purpose.KIOSK_SERVICE, day[rows])
    return service_us


def _patience(hall: schema.Hall, customer_class: Int16s, entities: Int64s, day: Int64s, draws: Draws) -> Int64s:
    laws = [who.patience for who in hall.customers.values()]
    stated = [law for law in laws if law is not None]
    if not stated:
        return alike(np.int64(NEVER_US), entities.size)
    if len(stated) == len(laws):
        return longer_patience(hall, drawn_us(stated, customer_class, draws, entities, Purpose.PATIENCE, day))
    patience_us = np.full(entities.size, NEVER_US, dtype=np.int64)
    for code, law in enumerate(laws):
        if law is not None:
            rows = np.flatnonzero(customer_class == code)
            drawn = drawn_us([law], FIRST, draws, entities[rows], Purpose.PATIENCE, day[rows])
            patience_us[rows] = longer_patience(hall, drawn)
    return patience_us


def _check(hall: schema.Hall, transaction: Int16s, entities: Int64s, day: Int64s, draws: Draws) -> Int64s:
    if hall.advisers is None or hall.advisers.pre_check is None or not hall.advisers.count:
        return alike(np.int64(0), entities.size)
    check_us = np.zeros(entities.size, dtype=np.int64)
    codes = [i for i, name in enumerate(hall.transactions) if name in hall.advisers.pre_check.transactions]
    rows = np.flatnonzero(np.isin(transaction, codes))
    law = [hall.advisers.pre_check.takes]
    check_us[rows] = drawn_us(law, FIRST, draws, entities[rows], Purpose.PRE_CHECK, day[rows])
    return check_us
