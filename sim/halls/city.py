"""The halls of a study planned together: customers of closed halls go to others, and some come again elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios import schema
from scenarios.calendar import Day
from sim.draws import Draws
from sim.halls.layout import Layout
from sim.halls.opening import spans_by_day, usual_span
from sim.halls.plan import Plan, bring, bring_walk_ins, joined
from sim.halls.setbacks import coming_again, returning
from sim.halls.traffic import IN_PERSON, NOBODY, Traffic, received, sent_by, together, traffic_of


@dataclass(frozen=True)
class Planned:
    """Walk-ins of one hall: the plan of those who come to it, and those whom another channel takes from it."""

    plan: Plan
    away: Traffic


def plan_halls(
    halls: Mapping[str, schema.Hall],
    layouts: Mapping[str, Layout],
    days: Sequence[Day],
    draws: Draws,
    market_shares: Mapping[str, float],
) -> dict[str, Planned]:
    """Plan the walk-ins of every hall of a study. `market_shares` is the part of each profile that subscribers make."""
    spans = {name: spans_by_day(hall, days) for name, hall in halls.items()}
    sent: dict[str, list[Traffic]] = {}
    for name, hall in halls.items():
        if hall.closures is not None:
            usual = [usual_span(hall, day) for day in days]
            for to, (entities, times_us) in sent_by(hall, layouts[name], days, usual, draws).items():
                open_days, open_spans = _open(days, spans[to])
                found = received(halls[to], entities, times_us, open_days, open_spans, draws)
                sent.setdefault(to, []).append(found)
    planned = {}
    for name, hall in halls.items():
        open_days, open_spans = _open(days, spans[name])
        share, guests = 1.0 - market_shares[name], together(sent.get(name, []))
        traffic = traffic_of(hall, layouts[name], open_days, open_spans, draws, share, guests)
        away = traffic.only(traffic.elsewhere != IN_PERSON) if hall.arrivals.elsewhere is not None else NOBODY
        planned[name] = Planned(bring_walk_ins(hall, layouts[name], traffic, open_days, draws), away)
    again: dict[str, list[Traffic]] = {}
    for name, hall in halls.items():
        plan = planned[name].plan
        for to, (rows, earliest_us) in coming_again(hall, name, plan, draws).items():
            back = returning(halls[to], spans[to], hall, plan, rows, earliest_us, draws)
            again.setdefault(to, []).append(back)
    return {
        name: Planned(_with(halls[name], layouts[name], one.plan, again[name], days, draws), one.away)
        if name in again
        else one
        for name, one in planned.items()
    }


def _open(days: Sequence[Day], spans: Sequence[schema.Span | None]) -> tuple[list[Day], list[schema.Span]]:
    """The days on which a hall is open, and its hours on them."""
    both = [(day, span) for day, span in zip(days, spans, strict=True) if span is not None]
    return [day for day, _ in both], [span for _, span in both]


def _with(
    hall: schema.Hall, layout: Layout, plan: Plan, again: Sequence[Traffic], days: Sequence[Day], draws: Draws
) -> Plan:
    """A plan with those who come again in it, in event order."""
    back = together(again)
    extra = bring(hall, layout, back.entity, back.arrival_us, back.customer_class, back.transaction, days, draws)
    both = joined((plan, extra))
    return both.only(np.lexsort((both.entity, both.arrival_us)))
