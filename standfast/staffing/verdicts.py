"""What a search found, hall by hall: plans, or why there is none and how near one comes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from standfast.staffing.bindings import binding_of
from standfast.staffing.covering import solve_cover
from standfast.staffing.limits import most_counters
from standfast.staffing.plan import Demand, Ints, NoPlan, PlannedShift, Reason, StaffPlan, meets
from standfast.staffing.pool import Pool
from standfast.staffing.sites import Found, Site, cells_of


def plans_of(found: Found, sites: Sequence[Site], pool: Pool, cap: float | None) -> tuple[StaffPlan | NoPlan, ...]:
    """The plan of each site, or why it has none.

    Of halls that share staff and cannot all be staffed, those that keep every promise in the nearest plan of the group
    get their part of it, which is then not proven to be the cheapest.
    """
    judged = [
        site.judge(site.demand, found.shown.counters[own]) for site, own in zip(sites, cells_of(sites), strict=True)
    ]
    exact = is_exact(sites)
    plans: list[StaffPlan | NoPlan] = []
    for number, site in enumerate(sites):
        own = cells_of(sites)[number]
        missed = np.flatnonzero(~meets(site.demand, judged[number], cap)).tolist()
        counters = found.shown.counters[own]
        if found.cover is None and (missed or len(sites) == 1 or not _holds(site, counters)):
            plans.append(_none(found, sites, number, pool, missed))
        else:
            plans.append(_plan(found, site, number, own, pool, cap, exact))
    return tuple(plans)


def is_exact(sites: Sequence[Site]) -> bool:
    """Whether a bound is a proof: exact judges, and halls in which more counters never make anybody wait longer."""
    return all(site.demand.monotone and getattr(site.judge, "name", "") == "exact" for site in sites)


def reason_of(found: Found, sites: Sequence[Site], pool: Pool, cap: float | None) -> tuple[Reason, ...]:
    """Why sites have no plan: a reason for each that misses something in the nearest plan; one if none does."""
    plans = plans_of(found, sites, pool, cap)
    return tuple(plan.reason for plan in plans if isinstance(plan, NoPlan)) or (Reason("unconfirmed"),)


def _holds(site: Site, counters: Ints) -> bool:
    return site.confirm is None or site.confirm(site.demand, counters)


def _plan(found: Found, site: Site, number: int, own: slice, pool: Pool, cap: float | None, exact: bool) -> StaffPlan:
    cover, demand = found.shown, site.demand
    counters = cover.counters[own]
    shifts = _shifts(pool, cover.people, np.flatnonzero(pool.place == number), number)
    cost = sum(shift.cost_fen for shift in shifts)
    patterns = pool.at(number, own)
    gap = cover.cost_fen - found.lower_fen
    if found.cover is None:
        alone = solve_cover(found.least[own], patterns)
        gap = cost - (alone.cost_fen if alone is not None else 0)
    away = (pool.home == number) & (pool.place != number)
    return StaffPlan(
        hall=demand.hall,
        day=demand.day,
        counters=counters,
        shifts=shifts,
        cost_fen=cost,
        lower_bound_fen=max(0, cost - gap),
        proven=found.cover is not None and gap == 0 and exact,
        service=site.judge(demand, counters),
        binding=binding_of(demand, patterns, site.judge, cap, counters, pool.may_add(cover.people, number)),
        evaluations=getattr(site.judge, "evaluations", 0),
        rounds=found.rounds,
        lent=tuple(
            (pool.halls[int(pool.place[p])], _shift(pool, int(p), int(cover.people[p]), number))
            for p in np.flatnonzero(away & (cover.people > 0))
        ),
    )


def _shifts(pool: Pool, people: Ints, rows: Ints, number: int) -> tuple[PlannedShift, ...]:
    return tuple(_shift(pool, int(p), int(people[p]), number) for p in rows if people[p])


def _shift(pool: Pool, pattern: int, people: int, of: int) -> PlannedShift:
    patterns, home = pool.patterns, int(pool.home[pattern])
    return PlannedShift(
        shift=patterns.shift[pattern],
        start_us=int(patterns.start_us[pattern]),
        end_us=int(patterns.end_us[pattern]),
        breaks=patterns.breaks[pattern],
        number=people,
        cost_fen=people * int(patterns.cost_fen[pattern]),
        part_time=bool(patterns.part_time[pattern]),
        home="" if home == of else pool.halls[home],
    )


def _none(found: Found, sites: Sequence[Site], number: int, pool: Pool, missed: list[int]) -> NoPlan:
    """Why a site has no plan: what still misses in the plan that breaks the fewest requirements."""
    own, demand, cover = cells_of(sites)[number], sites[number].demand, found.shown
    counters = cover.counters[own]
    shifts = _shifts(pool, cover.people, np.flatnonzero(pool.place == number), number)
    return NoPlan(
        demand.hall,
        demand.day,
        tuple(missed),
        counters,
        sites[number].judge(demand, counters),
        _reason(found, demand, found.least[own], most_counters(pool.patterns, pool.limits)[own], counters, missed),
        shifts,
        sum(shift.cost_fen for shift in shifts),
    )


def _reason(found: Found, demand: Demand, least: Ints, top: Ints, counters: Ints, missed: list[int]) -> Reason:
    short = np.flatnonzero(least > top)
    if len(short):
        cell = int(short[np.argmax((least - top)[short])])
        return Reason("short", demand.clock(cell), int(least[cell]), int(top[cell]))
    if not missed:
        return Reason("unconfirmed")
    if found.out_of_trials:
        return Reason("trials")
    return Reason("limits", demand.clock(missed[0]), most=int(counters[missed[0]]))
