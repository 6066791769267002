"""Demand of a hall on one kind of day: who comes to its counters, how long a service takes, what each class is told.

A kind of day is one of the calendar's or an ordinary day with a factor. Ordinary: the busiest of the open weekdays from
Monday to Friday, on a day of the month with factor 1. Month start and month end: the same weekday on the busiest of the
days 1–15 and 16–31. Holiday: the busiest weekday with the factor and hours of public holidays.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from scenarios.calendar import WEEKDAYS
from scenarios.schema import Hall, KindOfDay, Span, Steps, Study
from scenarios.schema.distributions import Exponential
from scenarios.schema.staffing import HOLIDAY, MONTH_END, MONTH_START
from scenarios.units import HALF_HOUR_US, MINUTE_US
from sim.queueing.profile import Profile
from standfast.staffing.plan import ClassDemand, Demand, Floats
from standfast.staffing.robust import day_factor

_ORDINARY_DAY = 0
"""No day of the month: its factor is 1, and it is busy in the busy hours alone."""


def demands_of(study: Study) -> Iterator[Demand]:
    """Every hall and kind of day that the study's staffing plans, in its order; closed days are left out."""
    staffing = study.staffing
    if staffing is None:
        raise ValueError("the study has no `staffing`")
    for name in staffing.halls or study.halls:
        for kind in staffing.days:
            found = demand_of(name, study.halls[name], kind, staffing.robust)
            if found is not None:
                yield found


def demand_of(name: str, hall: Hall, kind: KindOfDay, robust: float | None = None) -> Demand | None:
    """Demand of a hall on a kind of day, None where it is closed on it.

    `robust` plans for the day factor that this share of days does not pass, instead of the mean over all days: service
    falls as arrivals rise, so what holds at that factor holds on every day below it.
    """
    arrivals = hall.arrivals
    weekdays = WEEKDAYS if kind.name == HOLIDAY else WEEKDAYS[:5]
    hours = {day: hall.days.get(day, hall.hours) for day in weekdays}
    if kind.name == HOLIDAY and "holiday" in hall.days:
        hours = dict.fromkeys(weekdays, hall.days["holiday"])
    days = [day for day in weekdays if hours[day] is not None]
    if not days:
        return None
    weekday = max(days, key=lambda day: arrivals.weekday.get(day, 1.0))
    span = hours[weekday]
    assert span is not None
    of_month = _day_of_month(kind, hall)
    factor = arrivals.weekday.get(weekday, 1.0) * arrivals.day_of_month.get(of_month, 1.0)
    factor *= arrivals.holiday if kind.name == HOLIDAY else 1.0 if kind.factor is None else kind.factor
    day_cv = arrivals.day_to_day_cv
    if robust is not None and day_cv > 0:
        factor, day_cv = factor * day_factor(day_cv, robust), 0.0
    spec = _on_the_day(hall, span, weekday, of_month, factor, day_cv)
    edges_us = _edges_us(span)
    cells_us = edges_us[:-1]
    at_counters, mean_service_min = _at_counters(hall)
    patience = [one.patience for one in hall.customers.values()]
    return Demand(
        hall=name,
        day=kind.name,
        hall_spec=spec,
        open_us=span.open_us,
        close_us=span.close_us,
        edges_min=tuple((edge - span.open_us) / MINUTE_US for edge in edges_us),
        rate=_rate(spec, at_counters),
        day_cv=day_cv,
        mean_service_min=mean_service_min,
        mean_patience_min=_mean_patience(hall),
        exact_chain=_is_exact(hall),
        monotone=_is_exact(hall)
        and hall.balking is None
        and len({one.priority for one in hall.customers.values()}) == 1
        and (patience[0] is None or patience[0].average_us / MINUTE_US >= mean_service_min),
        classes=tuple(
            ClassDemand(
                customers,
                one.share,
                one.priority,
                _targets(hall, customers, cells_us, of_month),
                one.target.share if one.target is not None else 1.0,
            )
            for customers, one in hall.customers.items()
        ),
    )


def _day_of_month(kind: KindOfDay, hall: Hall) -> int:
    days = {MONTH_START: range(1, 16), MONTH_END: range(31, 15, -1)}.get(kind.name)
    if days is None:
        return _ORDINARY_DAY
    busy = hall.busy.day_of_month if hall.busy is not None else frozenset()
    return max(days, key=lambda day: (hall.arrivals.day_of_month.get(day, 1.0), day in busy))


def _on_the_day(hall: Hall, span: Span, weekday: str, of_month: int, factor: float, day_cv: float) -> Hall:
    """The hall as if every day were of this kind."""
    rate = hall.arrivals.rate_per_hour
    arrivals = hall.arrivals.model_copy(
        update={
            "rate_per_hour": Steps(rate.at_us, tuple(float(value) * factor for value in rate.value)),
            "weekday": {},
            "day_of_month": {},
            "holiday": 1.0,
            "day_to_day_cv": day_cv,
            "from_market": False,
            "catchment": None,
        }
    )
    lanes = {
        name: lane.model_copy(update={"when": None})
        for name, lane in hall.counters.lanes.items()
        if lane.when is None or of_month in lane.when.day_of_month or weekday in lane.when.weekday
    }
    counters = hall.counters.model_copy(update={"lanes": lanes})
    busy = hall.busy
    if busy is not None and of_month in busy.day_of_month:
        busy = busy.model_copy(update={"hours": (span,)})
    return hall.model_copy(update={"hours": span, "days": {}, "arrivals": arrivals, "counters": counters, "busy": busy})


def _edges_us(span: Span) -> list[int]:
    first = (span.open_us // HALF_HOUR_US + 1) * HALF_HOUR_US
    return [span.open_us, *range(first, span.close_us, HALF_HOUR_US), span.close_us]


def _rate(hall: Hall, share: float) -> Profile:
    """Customers an hour who come to the counters, over minutes since opening."""
    rate, span = hall.arrivals.rate_per_hour, hall.hours
    linear = hall.arrivals.interpolate == "linear"
    at_us, value = np.array(rate.at_us, dtype=float), np.array(rate.value, dtype=float) * share
    if linear:
        if len(at_us) == 1 or at_us[-1] < span.close_us:
            at_us, value = np.append(at_us, span.close_us), np.append(value, value[-1])
        if at_us[0] < span.open_us:
            value = np.append(np.interp(span.open_us, at_us, value), value[at_us > span.open_us])
            at_us = np.append(span.open_us, at_us[at_us > span.open_us])
    else:
        begun = int(np.searchsorted(at_us, span.open_us, side="right")) - 1
        if begun >= 0:
            at_us, value = at_us[begun:].copy(), value[begun:]
            at_us[0] = span.open_us
    return Profile(tuple(((at_us - span.open_us) / MINUTE_US).tolist()), tuple(value.tolist()), linear)


def _at_counters(hall: Hall) -> tuple[float, float]:
    """Share of customers who come to a counter, and their mean service in minutes, savings taken off."""
    kiosks = hall.kiosks if hall.kiosks is not None and hall.kiosks.count else None
    check = hall.advisers.pre_check if hall.advisers is not None and hall.advisers.count else None
    come, work_us = 0.0, 0.0
    for name, what in hall.transactions.items():
        share = what.share * (1.0 - (kiosks.share if kiosks is not None and what.kiosk else 0.0))
        mean_us = what.service.average_us - (what.redesigned.saves_us if what.redesigned is not None else 0)
        mean_us -= check.saves_us if check is not None and name in check.transactions else 0
        come, work_us = come + share, work_us + share * mean_us
    if come <= 0:
        return 0.0, hall.transactions[next(iter(hall.transactions))].service.average_us / MINUTE_US
    return come, work_us / come / MINUTE_US


def _mean_patience(hall: Hall) -> float:
    """Mean patience by the rate at which the classes leave."""
    leave = sum(
        one.share * MINUTE_US / one.patience.average_us for one in hall.customers.values() if one.patience is not None
    )
    return 1.0 / leave if leave > 0 else math.inf


def _is_exact(hall: Hall) -> bool:
    services = {(type(what.service), what.service.average_us) for what in hall.transactions.values() if what.share > 0}
    patience = {
        (type(one.patience), one.patience.average_us if one.patience is not None else None)
        for one in hall.customers.values()
        if one.share > 0
    }
    kiosks = hall.kiosks.count if hall.kiosks is not None else 0
    kinds = {kind for kind, _ in services} | {kind for kind, _ in patience if kind is not type(None)}
    return (
        kinds <= {Exponential}
        and len(services) == len(patience) == 1
        and all(what.redesigned is None for what in hall.transactions.values())
        and len({one.priority for one in hall.customers.values()}) <= 2
        and all(one.target is None or one.target.over == "all" for one in hall.customers.values())
        and not hall.counters.lanes
        and not (kiosks and any(what.kiosk for what in hall.transactions.values()))
        and (not hall.advisers or not hall.advisers.count or hall.advisers.pre_check is None)
        and not hall.never_closes
    )


def _targets(hall: Hall, customers: str, cells_us: list[int], of_month: int) -> Floats:
    """Target of a class by cell, minutes; a half hour that lies in busy hours in part is busy whole."""
    target = hall.customers[customers].target
    if target is None:
        return np.full(len(cells_us), math.nan)
    busy = np.zeros(len(cells_us), dtype=bool)
    if hall.busy is not None:
        starts_us = np.array(cells_us) // HALF_HOUR_US * HALF_HOUR_US
        for span in hall.busy.hours:
            busy |= (span.open_us < starts_us + HALF_HOUR_US) & (starts_us < span.close_us)
        busy |= of_month in hall.busy.day_of_month
    return np.where(busy, target.busy_us, target.idle_us) / MINUTE_US
