"""Setbacks: visits at which the business is not done, and the customers who come again for it (MISSION F-28 to F-39).

A visit meets its setback whatever else becomes of it: somebody who left the queue is not done either.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from scenarios.calendar import Day
from sim.clock import DAY_US
from sim.draws import Draws, Purpose, returns_of
from sim.halls.columns import alike
from sim.halls.traffic import IN_PERSON, Traffic, holding
from sim.variates import choices

if TYPE_CHECKING:
    from sim.halls.plan import Plan

Int8s = NDArray[np.int8]
Int16s = NDArray[np.int16]
Int64s = NDArray[np.int64]

DONE = -1
"""`setback` of a visit that meets none."""

LATEST_DAYS = 31
"""Days within which somebody who found the hall closed tries again."""


def met_setbacks(
    hall: schema.Hall, entities: Int64s, transaction: Int16s, day: Int64s, days: Sequence[Day], draws: Draws
) -> Int8s:
    """Index of the setback that each visit meets, or DONE."""
    if hall.setbacks is None:
        return alike(np.int8(DONE), entities.size)
    found = np.full(entities.size, DONE, dtype=np.int8)
    if not entities.size:
        return found
    u, _ = draws.uniforms(entities, Purpose.SETBACK, day)
    before = np.zeros(entities.size)
    for code, setback in enumerate(hall.setbacks.values()):
        meets = np.array([setback.share if name in setback.transactions else 0.0 for name in hall.transactions])
        part = meets[transaction] * holding(days, setback, int(day.max()) + 1)[day]
        found[(before <= u) & (u < before + part)] = code
        before = before + part
    return found


def with_setbacks(hall: schema.Hall, service_us: Int64s, setback: Int8s) -> Int64s:
    """Service times: a visit with a setback takes its part of them, at least 1 µs."""
    if hall.setbacks is None:
        return service_us
    factors = np.array([*(each.service for each in hall.setbacks.values()), 1.0])
    return np.asarray(np.maximum(1, np.rint(service_us * factors[setback])), dtype=np.int64)


def coming_again(hall: schema.Hall, name: str, plan: Plan, draws: Draws) -> dict[str, tuple[Int64s, Int64s]]:
    """Who of a hall's walk-ins comes again, by the name of the hall that it goes to: rows of the plan, and the earliest
    times in µs."""
    found: dict[str, list[tuple[Int64s, Int64s]]] = {}
    for code, setback in enumerate((hall.setbacks or {}).values()):
        rows = np.flatnonzero(plan.setback == code)
        _, u = draws.uniforms(plan.entity[rows], Purpose.SETBACK, plan.day[rows])
        rows = rows[u < setback.returns]
        found.setdefault(setback.to or name, []).append((rows, plan.arrival_us[rows] + setback.after_us))
    return {
        to: (np.concatenate([rows for rows, _ in each]), np.concatenate([at_us for _, at_us in each]))
        for to, each in found.items()
    }


def returning(
    hall: schema.Hall,
    spans: Sequence[schema.Span | None],
    first: schema.Hall,
    plan: Plan,
    rows: Int64s,
    earliest_us: Int64s,
    draws: Draws,
) -> Traffic:
    """Those who come again to a hall: `rows` of the plan of the hall that they came to first.

    Who finds the hall closed comes on the next day on which it is open at the time of day of the first visit. `spans`
    holds its hours on each day of the study; who would have to wait longer than LATEST_DAYS, or beyond it, stays away.
    """
    opens_us = np.array([DAY_US if span is None else span.open_us for span in spans])
    closes_us = np.array([0 if span is None else span.close_us for span in spans])
    arrival_us = np.full(rows.size, -1, dtype=np.int64)
    for later in range(LATEST_DAYS + 1):
        tried_us = earliest_us
        if later:
            tried_us = (earliest_us // DAY_US + later) * DAY_US + plan.arrival_us[rows] % DAY_US
        day = np.minimum(tried_us // DAY_US, len(spans) - 1)
        inside = (opens_us[day] <= tried_us % DAY_US) & (tried_us % DAY_US < closes_us[day])
        now = (arrival_us < 0) & inside & (tried_us // DAY_US < len(spans))
        arrival_us[now] = tried_us[now]
    come = arrival_us >= 0
    rows, arrival_us = rows[come], arrival_us[come]
    entities = returns_of(plan.entity[rows])
    u, _ = draws.uniforms(entities, Purpose.KIND_OF_VISIT, arrival_us // DAY_US)
    other = choices((who.share for who in hall.customers.values()), u)
    classes = _translated(list(first.customers), list(hall.customers))[plan.customer_class[rows]]
    return Traffic(
        entity=entities,
        arrival_us=arrival_us,
        customer_class=np.where(classes < 0, other, classes).astype(np.int16),
        transaction=_translated(list(first.transactions), list(hall.transactions))[plan.transaction[rows]].astype(
            np.int16
        ),
        elsewhere=np.full(rows.size, IN_PERSON, dtype=np.int8),
    )


def _translated(here: Sequence[str], there: Sequence[str]) -> Int64s:
    """For each name here, its place there, or −1."""
    return np.array([there.index(name) if name in there else -1 for name in here], dtype=np.int64)
