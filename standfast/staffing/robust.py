"""Plans for busy days: instead of the mean over the day factor, every target must hold on a share of the days.

A day's factor is a gamma variate of mean 1 on all its arrivals. Given it, the day has one service: the share of its
customers who wait too long, over all that chance may do within the day. More customers never make that better, so the
targets hold on every day up to some factor, and a plan holds them on a share of days if it does so at that quantile of
the factor. A single day's own count would judge its luck: ten customers a half hour say little about a target of 95 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from standfast.staffing.plan import Demand, Judge, meets

Int64s = NDArray[np.int64]


def day_factor(cv: float, share: float) -> float:
    """Factor on arrivals that this share of days stays below: a quantile of the gamma law of mean 1; 1 without spread.

    ValueError unless the share lies strictly between 0 and 1 and cv is at least 0.
    """
    from scipy.special import gammaincinv

    if not 0 < share < 1 or cv < 0:
        raise ValueError(f"a share of {share} of days with cv {cv}: strictly between 0 and 1, and at least 0")
    return float(gammaincinv(cv**-2, share) * cv**2) if cv > 0 else 1.0


def share_below(cv: float, factor: float) -> float:
    """Share of days whose factor on arrivals stays below this one.

    >>> round(share_below(0.2, day_factor(0.2, 0.9)), 12)
    0.9
    """
    from scipy.special import gammainc

    return float(gammainc(cv**-2, factor / cv**2)) if cv > 0 else float(factor >= 1)


def on_days_like(demand: Demand, factor: float) -> Demand:
    """The demand on days that are all this busy: arrivals times the factor, no day factor besides."""
    rate = demand.rate
    arrivals = demand.hall_spec.arrivals
    steps = arrivals.rate_per_hour
    scaled = arrivals.model_copy(
        update={"rate_per_hour": replace(steps, value=tuple(factor * v for v in steps.value)), "day_to_day_cv": 0.0}
    )
    return replace(
        demand,
        hall_spec=demand.hall_spec.model_copy(update={"arrivals": scaled}),
        rate=replace(rate, value=tuple(factor * value for value in rate.value)),
        day_cv=0.0,
    )


def robust_demand(demand: Demand, share: float) -> Demand:
    """The demand to plan for so that all targets hold on this share of days: its days are as busy as that quantile."""
    return on_days_like(demand, day_factor(demand.day_cv, share))


@dataclass(frozen=True)
class DaysOnTarget:
    """Share of days that meet all targets and the cap, and the busiest factor on arrivals up to which they do."""

    share: float
    factor: float


def days_on_target(
    demand: Demand, counters: Sequence[int] | Int64s, judge: Judge, cap: float | None, *, within: float = 0.01
) -> DaysOnTarget:
    """On which share of days a staffing meets all targets, by bisection to `within`, on the careful side.

    With a simulated judge, margins count against the plan. Without a day factor the share is 0 or 1.
    """

    def holds(factor: float) -> bool:
        day = on_days_like(demand, factor)
        return bool(meets(day, judge(day, counters), cap).all())

    if demand.day_cv == 0:
        fine = holds(1.0)
        return DaysOnTarget(float(fine), float(fine))
    low, high = 0.0, 1.0
    while high - low > within:
        middle = (low + high) / 2
        low, high = (middle, high) if holds(day_factor(demand.day_cv, middle)) else (low, middle)
    return DaysOnTarget(low, day_factor(demand.day_cv, low) if low > 0 else 0.0)
