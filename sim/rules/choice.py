"""Rules of choice: what a plan is worth to a subscriber. The plan taken is that of the highest utility, taste included.

A multinomial logit over operator × plan, by the maximum of utilities with Gumbel tastes (McFadden 1974). Utilities have
no unit; `price` is the utility lost for each CNY a month. Pure scalar functions for every engine.
"""

from __future__ import annotations

import math


def taste(u: float) -> float:
    """Taste for one plan in one decision: standard Gumbel, from a uniform number.

    >>> round(taste(math.exp(-1)), 12), taste(0.9) > taste(0.1)
    (-0.0, True)
    """
    return -math.log(-math.log(u))


def worth(
    brand: float, price: float, bill_cny: float, quality: float, network: float, onnet: float, share: float
) -> float:
    """What a plan is worth to anyone of a segment: brand, bill a month, network, and the operator's share of users.

    >>> worth(0.5, 0.03, 100.0, 1.0, 0.9, 1.5, 0.6)
    -0.7000000000000002
    """
    return brand - price * bill_cny + quality * network + onnet * share


def loyalty(
    per_50_points: float, satisfaction: float, per_log_year: float, tenure_years: float, bundle: float, products: int
) -> float:
    """What it adds to be with one's own operator: satisfaction above 50, tenure, products bundled with the number.

    >>> loyalty(0.8, 75.0, 0.4, 0.0, 0.5, 2)
    1.4
    """
    return (
        per_50_points * (satisfaction - 50.0) / 50.0
        + per_log_year * math.log1p(max(0.0, tenure_years))
        + bundle * products
    )


def credit_worth(price: float, credit_cny: float, bill_cny: float, months_left: float, spread_months: float) -> float:
    """What a price reduction a month is worth while it lasts: no more than the bill, less if it ends within the spread.

    >>> credit_worth(0.03, 10.0, 88.0, 24.0, 12.0), credit_worth(0.03, 10.0, 88.0, 3.0, 12.0)
    (0.3, 0.075)
    """
    if months_left <= 0.0:
        return 0.0
    return price * min(credit_cny, bill_cny) * min(months_left, spread_months) / spread_months


def leaving_cost(switching: float, price: float, fee_left_cny: float, spread_months: float, lock: float) -> float:
    """What leaving one's operator costs: switching, what is left of the contract's fees, the lock of a handset.

    Number portability takes the cost of switching away, at most: nobody is paid for leaving.

    >>> leaving_cost(3.0, 0.05, 240.0, 12.0, 0.5), leaving_cost(-1.0, 0.05, 0.0, 12.0, 0.0)
    (4.5, 0.0)
    """
    return max(0.0, switching) + price * fee_left_cny / spread_months + lock
