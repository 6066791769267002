"""From a study to the arrays that the day reads. It decides how parts are numbered, and nothing of the model."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence

import numpy as np

from scenarios import schema
from scenarios.calendar import Day
from scenarios.units import MONTH_DAYS
from sim.draws import Draws, name_numbers
from sim.market.people import LONG_AGO
from sim.market.terms import Network, Plans, Rules, Segments

PLAN_BITS, NAME_BITS = 12, 10
"""Bits of the number of a plan, and of a tactic or campaign, in draws."""

SHORTEST_MONTH_DAYS = 28
"""Days of the shortest month: with the bound's daily probability of that month, no longer month exceeds it."""


def days_of(months: float) -> int:
    """Days of a term of so many months, from a day that is not known: months of mean length.

    >>> days_of(24)
    730
    """
    return int(months * MONTH_DAYS)


def segments_of(study: schema.Study) -> Segments:
    """What is fixed for each segment, and what its people think of each plan's brand."""
    each = list(study.segments.values())

    def column(*path: str) -> np.ndarray:
        values = []
        for segment in each:
            value: object = segment
            for name in path:
                value = getattr(value, name)
            values.append(value if isinstance(value, int | float) else 0.0)
        return np.array(values, dtype=np.float64)

    brand = np.array(
        [[segment.choice.brands.get(plan.brand, 0.0) for plan in study.plans.values()] for segment in each],
        dtype=np.float64,
    ).reshape(len(each), len(study.plans))
    return Segments(
        base=column("considers", "base"),
        expiry=column("considers", "expiry"),
        complaint=column("considers", "complaint"),
        neighbour=column("considers", "neighbour"),
        price_rise=column("considers", "price_rise"),
        dissatisfaction=column("considers", "dissatisfaction"),
        lapse=column("lapse"),
        arrears=column("arrears"),
        reregister=column("reregister"),
        join=column("join"),
        satisfaction=column("satisfaction"),
        price=column("choice", "price"),
        quality=column("choice", "quality"),
        onnet=column("choice", "onnet"),
        loyalty=column("choice", "satisfaction"),
        tenure=column("choice", "tenure"),
        bundle=column("choice", "bundle"),
        switching=column("choice", "switching"),
        handset_lock=column("choice", "handset_lock"),
        contract=column("choice", "contract"),
        migration=column("choice", "migration"),
        brand=brand,
    )


def plans_of(study: schema.Study) -> Plans:
    """Every plan as it stands at the start; changes of its fee dated before that day are history."""
    numbers = name_numbers(study.plans, PLAN_BITS, "plans")
    operators = list(study.operators)
    plans = list(study.plans.values())
    contracts = [plan.contract for plan in plans]

    def whole(values: Sequence[int]) -> np.ndarray:
        return np.array(values, dtype=np.int64)

    return Plans(
        operator=whole([operators.index(plan.operator) for plan in plans]),
        number=whole([numbers[name] for name in study.plans]),
        fee_fen=whole([_fee_before(plan, study.start) for plan in plans]),
        minutes=whole([plan.minutes for plan in plans]),
        extra_milli_fen=whole([plan.extra_milli_fen for plan in plans]),
        term_days=whole([days_of(c.term_months) if c is not None else 0 for c in contracts]),
        leaving_fen=whole([c.leaving_fee_fen if c is not None else 0 for c in contracts]),
        handset=np.array([c is not None and c.handset for c in contracts], dtype=bool),
        rise_day=np.full(len(plans), LONG_AGO, dtype=np.int64),
    )


def _fee_before(plan: schema.Plan, day: datetime.date) -> int:
    before = [fen for on, fen in plan.price_changes.items() if on < day]
    return before[-1] if before else plan.fee_fen


def day_probability(share_a_month: float) -> float:
    """Probability a day whose survivors over the shortest month are 1 − share.

    >>> day_probability(1.0)
    1.0
    """
    if share_a_month >= 1:
        return 1.0
    return -math.expm1(math.log1p(-share_a_month) / SHORTEST_MONTH_DAYS)


def rules_of(study: schema.Study, draws: Draws) -> Rules:
    """Numbers of the market as a whole, portability not yet in force."""
    market = study.market
    windows, arrears, portability = market.windows, market.arrears, market.portability
    return Rules(
        own=list(study.operators).index(study.own),
        seed=draws.seed,
        replication=draws.replication,
        day_bound=day_probability(market.consideration_bound),
        visit_day_bound=min(1.0, market.visit_bound_per_month / MONTH_DAYS),
        half_life_days=float(market.satisfaction.half_life_days),
        expiry_days=windows.expiry_days,
        complaint_days=windows.complaint_days,
        price_rise_days=windows.price_rise_days,
        neighbour_days=windows.neighbour_days,
        circle=market.neighbours,
        spread_months=float(market.spread_months),
        ceiling=market.ceiling,
        grace_days=arrears.grace_days,
        recovers=arrears.recovers,
        ported=portability.share if portability is not None else 0.0,
        port_succeeds=portability.succeeds if portability is not None else 0.0,
        port_lowers=0.0,
    )


def network_of(study: schema.Study, people: int, wake: np.ndarray) -> Network:
    """Operators at the start; `users` is to be counted, `wake` is that of each tactic's contacts."""
    circle = study.market.neighbours
    return Network(
        quality=np.array([operator.network for operator in study.operators.values()], dtype=np.float64),
        users=np.zeros(len(study.operators), dtype=np.int64),
        circle_day=np.full(-(-people // circle) if circle else 0, LONG_AGO, dtype=np.int64),
        wake=wake,
    )


def port_start(study: schema.Study, days: Sequence[Day]) -> int:
    """Day on which number portability comes into force; past the last day if it never does."""
    portability = study.market.portability
    if portability is None:
        return len(days)
    return (portability.starts - days[0].date).days
