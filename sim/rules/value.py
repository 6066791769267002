"""Rules of value: what money later is worth today, what a customer is worth, when an outlay comes back.

Pure scalar functions. They decide nothing about what counts as margin or as an outlay.
"""

from __future__ import annotations

import math


def discounted(amount: float, months: float, discount_a_year: float) -> float:
    """Worth today of an amount that comes after so many months, at a rate a year.

    >>> discounted(108.0, 12, 0.08)
    100.0
    """
    return amount / math.pow(1.0 + discount_a_year, months / 12.0)


def lifetime_value(margin_a_month: float, churn_a_month: float, discount_a_year: float, months: int) -> float:
    """Customer lifetime value over a horizon: Σ margin·(1 − churn)^t / (1 + i)^t for t = 0 … months − 1.

    Value is time and price (MISSION A-21): how long the customer stays, and what each month leaves. The formula is the
    common one with constant margin and retention (Gupta & Lehmann 2003, "Customers as assets"), cut at a horizon. The
    rate a month is i = (1 + rate a year)^(1/12) − 1. The first month counts whole.

    >>> lifetime_value(10.0, 0.0, 0.0, 36), lifetime_value(10.0, 1.0, 0.0, 36), round(lifetime_value(10, 0.5, 0, 99), 9)
    (360.0, 10.0, 20.0)
    """
    kept = max(0.0, 1.0 - churn_a_month) / math.pow(1.0 + discount_a_year, 1.0 / 12.0)
    return margin_a_month * math.fsum(math.pow(kept, month) for month in range(months))


def payback_months(outlay: float, margin_a_month: float) -> float | None:
    """Months until an outlay has come back out of a margin; None where the margin is not above 0: never.

    >>> payback_months(60.0, 20.0), payback_months(60.0, -1.0)
    (3.0, None)
    """
    return outlay / margin_a_month if margin_a_month > 0 else None


def return_on(outlay: float, gained: float) -> float | None:
    """Return on an outlay: what was gained beyond it, for each unit of it. None where nothing was laid out.

    >>> return_on(100.0, 150.0), return_on(0.0, 5.0)
    (0.5, None)
    """
    return (gained - outlay) / outlay if outlay > 0 else None
