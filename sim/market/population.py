"""Population: how every simulated subscriber starts. Segment, operator, plan, tenure, usage, home hall.

Each is drawn for the subscriber itself, so that people are the same in every arm. Shares of a study are therefore met
on average, not to the head.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from scenarios.units import MONTH_DAYS
from sim.draws import Draws, Purpose
from sim.market.draw import subscriber
from sim.market.people import LONG_AGO, NOBODY, People, nobody_yet
from sim.market.terms import Plans, Segments
from sim.variates import choices, exponentials_us

Floats = NDArray[np.float64]
Int64s = NDArray[np.int64]

_LONGEST_TENURE_DAYS = 30 * 365
_HEAVIEST_USAGE_MIN = 43_200
"""Minutes of a month of thirty days: nobody talks longer."""


def people_at_start(study: schema.Study, segments: Segments, plans: Plans, draws: Draws, halls: Floats) -> People:
    """Everybody at the start. `halls` holds the catchment of each hall, as shares of all people.

    Who has a number starts with the plan of its operator that suits its taste best, and has been there for an
    exponential time of the segment's mean tenure; a contract that would have run out by now has done so.
    """
    population = study.population
    assert population is not None
    number = population.simulate
    ids = subscriber(np.arange(number, dtype=np.int64))
    people = nobody_yet(number)
    which, operator_u = draws.uniforms(ids, Purpose.START, 0)
    usage_u, tenure_u = draws.uniforms(ids, Purpose.START, 1)
    hall_u, _ = draws.uniforms(ids, Purpose.START, 3)
    segment = choices((s.share for s in study.segments.values()), which)
    people.segment = segment
    people.operator = _operators(study, segment, operator_u)
    people.hall = _within(np.cumsum(halls), hall_u)
    people.satisfaction = segments.satisfaction[segment]
    for code, what in enumerate(study.segments.values()):
        mine = segment == code
        people.usage[mine] = _usage(what.usage, usage_u[mine])
        tenure_days = exponentials_us(what.tenure_months * MONTH_DAYS, tenure_u[mine])
        people.joined_day[mine] = -np.minimum(tenure_days, _LONGEST_TENURE_DAYS)
    people.plan = _first_plans(people, segments, plans, ids, draws)
    has = people.operator != NOBODY
    people.joined_day[~has] = LONG_AGO
    plan = people.plan[has]
    people.contract_end[has] = people.joined_day[has] + plans.term_days[plan]
    people.leaving_fen[has] = plans.leaving_fen[plan]
    people.handset_locked[has] = plans.handset[plan]
    return people


def own_lapse(study: schema.Study, people: People, draws: Draws) -> Floats:
    """Each subscriber's own hazard of lapsing, a month; empty where no segment has people who differ in it."""
    laws = [segment.lapse for segment in study.segments.values()]
    if not any(isinstance(law, schema.BetaHazard) for law in laws):
        return np.zeros(0)
    from scipy.special import betaincinv

    ids = subscriber(np.arange(people.size, dtype=np.int64))
    _, u = draws.uniforms(ids, Purpose.START, 3)
    hazard = np.zeros(people.size)
    for code, law in enumerate(laws):
        mine = people.segment == code
        hazard[mine] = betaincinv(law.alpha, law.beta, u[mine]) if isinstance(law, schema.BetaHazard) else law
    return hazard


def _operators(study: schema.Study, segment: Int64s, u: Floats) -> Int64s:
    found = np.full(segment.size, NOBODY, dtype=np.int64)
    for code, what in enumerate(study.segments.values()):
        mine = segment == code
        shares = np.cumsum([what.start.get(name, 0.0) for name in study.operators])
        found[mine] = _within(shares, u[mine])
    return found


def _within(heights: Floats, u: Floats) -> Int64s:
    """Index of the share that each uniform falls on; NOBODY beyond the last."""
    found: Int64s = np.searchsorted(heights, u, side="right").astype(np.int64)
    found[found == heights.size] = NOBODY
    return found


def _usage(usage: schema.Usage, u: Floats) -> Int64s:
    """Minutes a month, lognormal."""
    if usage.cv == 0:
        return np.full(u.size, round(usage.mean_minutes), dtype=np.int64)
    from scipy.special import ndtri

    sigma = math.sqrt(math.log1p(usage.cv**2))
    mu = math.log(usage.mean_minutes) - sigma**2 / 2 if usage.mean_minutes > 0 else -math.inf
    minutes = np.array([math.exp(mu + sigma * z) for z in ndtri(u).tolist()])
    whole: Int64s = np.minimum(np.rint(minutes), _HEAVIEST_USAGE_MIN).astype(np.int64)
    return whole


def _first_plans(people: People, segments: Segments, plans: Plans, ids: Int64s, draws: Draws) -> Int64s:
    """The plan of the operator's that each likes best: brand and bill, and a taste of its own for each plan."""
    best = np.full(people.size, -np.inf)
    chosen = np.full(people.size, NOBODY, dtype=np.int64)
    segment, usage = people.segment.astype(np.int64), people.usage.astype(np.int64)
    for plan in range(plans.operator.size):
        mine = np.flatnonzero(people.operator == plans.operator[plan])
        u, _ = draws.uniforms(ids[mine], Purpose.START_PLAN, int(plans.number[plan]))
        taste = -np.array([math.log(-math.log(one)) for one in u.tolist()])
        extra = np.maximum(0, usage[mine] - plans.minutes[plan]) * plans.extra_milli_fen[plan]
        bill_cny = (plans.fee_fen[plan] + extra / 1_000) / 100
        value = segments.brand[segment[mine], plan] - segments.price[segment[mine]] * bill_cny + taste
        better = value > best[mine]
        best[mine[better]] = value[better]
        chosen[mine[better]] = plan
    return chosen
