"""Catchments: which share of all people lives by which hall, and whether their visits fit the hall's profile."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

from scenarios.schema.checks import busiest_factor
from scenarios.schema.names import unknown_in
from scenarios.schema.parts import Fault
from scenarios.units import HOUR_US, MONTH_DAYS

if TYPE_CHECKING:
    from scenarios.schema.hall import Arrivals
    from scenarios.schema.parts import Span
    from scenarios.schema.study import Study


def catchments(study: Study) -> dict[str, float]:
    """Return the share of all people who live by each hall that takes simulated subscribers.

    Halls that state no catchment share equally what the others leave.
    """
    taking = {name: hall.arrivals.catchment for name, hall in study.halls.items() if hall.arrivals.from_market}
    left = max(0.0, 1 - sum(share for share in taking.values() if share is not None))
    open_ended = sum(share is None for share in taking.values())
    return {name: left / open_ended if share is None else share for name, share in taking.items()}


def customers_a_day(arrivals: Arrivals, span: Span) -> float:
    """Return the customers that an arrival rate brings between two times of an ordinary day, all factors 1."""
    times = {span.open_us, span.close_us, *arrivals.rate_per_hour.at_us}
    edges = sorted(time_us for time_us in times if span.open_us <= time_us <= span.close_us)
    return sum(
        (end - start) / HOUR_US * (_level(arrivals, start) + _level(arrivals, end, before=True)) / 2
        for start, end in pairwise(edges)
    )


def _level(arrivals: Arrivals, time_us: int, before: bool = False) -> float:
    """Return the rate at a time; `before` means just before it, where a constant level may end."""
    rate = arrivals.rate_per_hour
    if arrivals.interpolate != "linear" or time_us - before < rate.at_us[0]:
        return rate.at(time_us - 1 if before else time_us)
    index = bisect_right(rate.at_us, time_us)
    if index == len(rate.at_us):
        return rate.value[-1]
    start, end = rate.at_us[index - 1], rate.at_us[index]
    low, high = rate.value[index - 1], rate.value[index]
    return low + (high - low) * (time_us - start) / (end - start)


def catchment_faults(study: Study) -> Iterable[Fault]:
    """Yield what is wrong between the halls and the market, each with the keys that lead to it."""
    shares = catchments(study)
    for name, hall in study.halls.items():
        for group, one in hall.customers.items():
            at = ("halls", name, "customers", group, "segments")
            if one.segments and not study.has_market:
                message = "segments are simulated with a market only, and this study has none"
                yield Fault("no-market", message, "add `population` and the market, or leave it out", at)
            elif study.has_market:
                yield from unknown_in(study.segments, "segment of this study", one.segments, at)
        if name in shares and not study.has_market:
            message = "`from_market: true` needs simulated subscribers, and this study has none"
            help = "add `population` and the market; without it the profile is the whole traffic"
            yield Fault("no-market", message, help, ("halls", name, "arrivals", "from_market"))
    if not study.has_market or not shares:
        return
    stated = sum(study.halls[name].arrivals.catchment or 0 for name in shares)
    if stated > 1 + 1e-9:
        listed = ", ".join(f"{name} {share * 100:.6g} %" for name, share in shares.items())
        message = f"the catchments sum to {stated * 100:.6g} %, more than 100 %"
        last = [name for name in shares if study.halls[name].arrivals.catchment][-1]
        yield Fault("shares", message, f"now: {listed}", ("halls", last, "arrivals", "catchment"))
        return
    yield from _visit_faults(study, shares)


def _visit_faults(study: Study, shares: dict[str, float]) -> Iterable[Fault]:
    """Refuse more visits of simulated subscribers than a hall has customers, and visits above the bound."""
    assert study.population is not None
    visits_a_day = sum(
        segment.share * segment.start.get(study.own, 0) * segment.visits_per_month / MONTH_DAYS
        for segment in study.segments.values()
    )
    bound = study.market.visit_bound_per_month
    for name, share in shares.items():
        hall = study.halls[name]
        expected, profile = study.population.simulate * share * visits_a_day, customers_a_day(hall.arrivals, hall.hours)
        at = ("halls", name, "arrivals")
        if expected > profile:
            message = (
                f"{expected:.1f} simulated subscribers visit the hall {name} on an ordinary day, "
                f"and its profile has {profile:.1f} customers"
            )
            help = "simulate fewer subscribers, or give the hall a smaller catchment"
            key = "from_market" if hall.arrivals.catchment is None else "catchment"
            yield Fault("visits", message, help, (*at, key))
        factor = busiest_factor(hall.arrivals)
        for segment_name, segment in study.segments.items():
            needed = segment.visits_per_month * factor
            if needed > bound + 1e-12 and share > 0:
                message = (
                    f"visits of the segment {segment_name} to the hall {name} reach {needed:.3g}/month on its busiest "
                    f"day ({segment.visits_per_month:g} × {factor:g}), above the bound of {bound:g}/month"
                )
                help = "raise `market.visit_bound`, the same in every arm"
                yield Fault("bound", message, help, ("segments", segment_name, "visits"))
