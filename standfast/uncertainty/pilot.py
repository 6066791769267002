"""How large a pilot must be to tell a believed value from its break-even: customers in each of two areas, and how long.

Pure, textbook formulas of the normal approximation: a one-sided test at 5 % that finds the believed value in 80 % of
pilots. What the two areas have in common (the month, the season, the rivals) is left out of them; so is any gain from
what is known of the customers beforehand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

SIGNIFICANCE = 0.05
"""One-sided chance that a pilot finds an effect that is not there."""

POWER = 0.8
"""Chance that a pilot finds the believed value if it is true."""

Kind = Literal["share", "rate", "mean"]

WATCHED_MONTHS = 3.0
"""Months over which customers are watched for a rate per month, where nothing asks for another time."""


@dataclass(frozen=True)
class Pilot:
    """Customers in each of two areas, and how many months it takes; NaN where the study does not say how many come.

    `kind` says by which formula. For a share a customer is one who was asked or served; for a rate per month one who is
    watched over `months`; for a mean one who was measured.
    """

    kind: Kind
    customers: int
    months: float
    believed: float
    break_even: float
    cv: float = math.nan


def customers_for_shares(first: float, second: float, significance: float = SIGNIFICANCE, power: float = POWER) -> int:
    """Customers in each area that tell two shares apart, one-sided.

    n = (z_α √(2 p̄ q̄) + z_β √(p₁q₁ + p₂q₂))² / (p₁ − p₂)² (Fleiss, Levin & Paik, Statistical Methods for Rates and
    Proportions, 3rd ed., 4.2, without continuity correction; R's power.prop.test).
    """
    _check(first, second, 0.0, 1.0)
    middle = (first + second) / 2
    under = _z(significance) * math.sqrt(2 * middle * (1 - middle))
    beyond = -_z(power) * math.sqrt(first * (1 - first) + second * (1 - second))
    return _ceil(((under + beyond) / (first - second)) ** 2)


def person_months_for_rates(
    first: float, second: float, significance: float = SIGNIFICANCE, power: float = POWER
) -> float:
    """Person-months in each area that tell two rates per month apart, one-sided.

    y = (z_α + z_β)² (r₁ + r₂) / (r₁ − r₂)² (Smith, Morrow & Ross, Field Trials of Health Interventions, 3rd ed.,
    5.4.2).
    """
    _check(first, second, 0.0, math.inf)
    return (_z(significance) - _z(power)) ** 2 * (first + second) / (first - second) ** 2


def customers_for_means(
    first: float, second: float, cv: float, significance: float = SIGNIFICANCE, power: float = POWER
) -> int:
    """Customers in each area that tell two means apart, one-sided; the spread is `cv` times each mean.

    n = (z_α + z_β)² (σ₁² + σ₂²) / (μ₁ − μ₂)² (Armitage, Berry & Matthews, Statistical Methods in Medical Research,
    4th ed., 18.2).
    """
    _check(first, second, 0.0, math.inf)
    if not 0 < cv < math.inf:
        raise ValueError(f"a coefficient of variation is above 0, not {cv}")
    spread = cv * cv * (first * first + second * second)
    return _ceil((_z(significance) - _z(power)) ** 2 * spread / (first - second) ** 2)


def pilot_for(kind: Kind, believed: float, break_even: float, cv: float = math.nan, a_month: float = math.nan) -> Pilot:
    """The pilot that tells a believed value from its break-even.

    `a_month` is how many customers an area has for it in a month: so many are asked, served or measured. For a rate the
    customers follow from the months, WATCHED_MONTHS. Raises ValueError where the two values are equal or out of range.
    """
    if kind == "rate":
        months = WATCHED_MONTHS
        customers = _ceil(person_months_for_rates(believed, break_even) / months)
        return Pilot(kind, customers, months, believed, break_even)
    if kind == "share":
        customers = customers_for_shares(believed, break_even)
    else:
        customers = customers_for_means(believed, break_even, cv)
    return Pilot(kind, customers, customers / a_month if a_month > 0 else math.nan, believed, break_even, cv)


def _z(probability: float) -> float:
    """Upper quantile of the standard normal: z(0.05) is 1.645."""
    from scipy.special import ndtri

    return -float(ndtri(probability))


def _ceil(number: float) -> int:
    # A whole number that came out a hair above itself is not one customer more.
    return max(2, math.ceil(number - 1e-9))


def _check(first: float, second: float, low: float, high: float) -> None:
    for value in (first, second):
        if not low <= value <= high:
            raise ValueError(f"{value} is not from {low} to {high}")
    if first == second:
        raise ValueError("equal values need no pilot: nothing could tell them apart")
