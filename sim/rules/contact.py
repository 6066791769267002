"""Rules of a contact: how many a channel carries, whom it tires, who is reached, who accepts, what an offer is worth.

Pure functions for every engine.
"""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Whole = TypeVar("Whole", int, NDArray[np.int64])


def carried(capacity: float, open_days: int) -> int:
    """Contacts that a channel of a fractional daily capacity carries on the open day after `open_days` earlier ones.

    What is left of a day adds up to whole contacts on later ones.

    >>> [carried(0.4, day) for day in range(5)]
    [0, 0, 1, 0, 1]
    """
    return int(math.floor((open_days + 1) * capacity) - math.floor(open_days * capacity))


def still_tires(contacts: Whole, days_since: Whole, recovers_days: int) -> Whole:
    """Contacts that still tire: all of them, until the last is `recovers_days` ago. For one subscriber or many.

    >>> still_tires(3, 89, 90), still_tires(3, 90, 90)
    (3, 0)
    """
    return contacts * (days_since < recovers_days)


def willing(acceptance: float, factor: float, contacts: int) -> float:
    """Share that accepts after so many contacts that still tire, each of which leaves `factor` of it (MISSION C3-09).

    >>> willing(0.1, 0.5, 2)
    0.025
    """
    for _ in range(contacts):  # not a power: engines round it differently
        acceptance *= factor
    return acceptance


def offer_value(
    price: float,
    credit_fen: int,
    credit_months: float,
    spread_months: float,
    subsidy_fen: int,
    bundle: float,
    products: int,
    contract: float,
    contract_months: float,
) -> float:
    """Utility of what a tactic offers, as the one who is asked weighs it up against another operator's offer.

    Credit is a month's; like the subsidy it counts per month over the time for which people spread what they get
    once. A contract costs utility for each year that it binds.

    >>> offer_value(0.1, 1_000, 6, 12, 12_000, 0.5, 1, 0.25, 24)
    1.5
    """
    monthly_cny = (credit_fen * min(credit_months, spread_months) + subsidy_fen) / spread_months / 100
    return price * monthly_cny + bundle * products - contract * (contract_months / 12)
