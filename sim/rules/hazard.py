"""Rules of hazards: when a subscriber thinks of its contract, gives up, runs into arrears or joins.

A hazard is the share of people a calendar month. Pure scalar functions for every engine.
"""

from __future__ import annotations

import math

NEVER_DAYS = 32_000
"""Days to a candidate that does not come within any study."""

NOTHING, LAPSES, FALLS_INTO_ARREARS, REREGISTERS, CONSIDERS = range(5)
"""What a candidate comes to."""

_STEEPEST = 700.0
"""Largest exponent whose power is still a number."""

_ROUNDING = 1e-12


def daily(hazard: float, days: int) -> float:
    """Probability a day that leaves 1 − hazard of the people after a month of so many days.

    >>> round(1 - (1 - daily(0.1, 31)) ** 31, 12), daily(1.5, 30)
    (0.1, 1.0)
    """
    if hazard >= 1.0:
        return 1.0
    if hazard <= 0.0:
        return 0.0
    return -math.expm1(math.log1p(-hazard) / days)


def gap_days(u: float, probability: float) -> int:
    """Days to the next candidate, at least 1: geometric with the probability a day, from the uniform `u`.

    >>> gap_days(0.5, 1.0), gap_days(0.5, 0.4), gap_days(0.2, 0.4), gap_days(0.5, 0.0)
    (1, 2, 4, 32000)
    """
    if probability >= 1.0:
        return 1
    if probability <= 0.0:
        return NEVER_DAYS
    return 1 + int(min(float(NEVER_DAYS - 1), math.floor(math.log(u) / math.log1p(-probability))))


def within(day: int, since: int, window_days: int) -> bool:
    """Whether something of the day `since` still acts: for so many days after it.

    >>> [within(day, 10, 30) for day in (9, 10, 40, 41)]
    [False, True, True, False]
    """
    return 0 <= day - since <= window_days


def around(day: int, moment: int, window_days: int) -> bool:
    """Whether a day is at most so many days before or after a moment.

    >>> [around(day, 100, 30) for day in (69, 70, 130, 131)]
    [False, True, True, False]
    """
    return abs(day - moment) <= window_days


def dissatisfied(base: float, dissatisfaction: float, level: float, satisfaction: float) -> float:
    """Base hazard of considering, e to the power of `dissatisfaction` as high for each 50 points below the level.

    >>> dissatisfied(0.02, 1.5, 70.0, 70.0), round(dissatisfied(0.02, math.log(2), 70.0, 20.0), 12)
    (0.02, 0.04)
    """
    if satisfaction == level:
        return base
    return base * math.exp(min(_STEEPEST, dissatisfaction * (level - satisfaction) / 50.0))


def joining(join: float, users: int, people: int, ceiling: float) -> float:
    """Hazard of joining of one without a number: the market saturates at the ceiling, a share of all people (B-19).

    >>> joining(0.02, 50, 100, 1.0), joining(0.02, 95, 100, 0.9)
    (0.01, 0.0)
    """
    places = ceiling * people
    return join * max(0.0, 1.0 - users / places) if places > 0.0 else 0.0


def exceeds(needed: float, probability: float) -> bool:
    """Whether hazards that act at once need more than the candidates' probability a day.

    >>> exceeds(0.1 + 0.2, 0.3), exceeds(0.31, 0.3)
    (False, True)
    """
    return needed > probability + _ROUNDING


def outcome(height: float, probability: float, lapse: float, arrears: float, reregister: float, consider: float) -> int:
    """What a candidate of a height in (0, 1) comes to, from probabilities a day that add up to at most `probability`.

    Bands from below are for lapse, arrears and re-registration, the one from above for considering. So a hazard that
    grows only adds to what happens to whom; it does not turn one's consideration into another's.

    >>> [outcome(height, 0.5, 0.05, 0.05, 0.1, 0.2) for height in (0.09, 0.19, 0.39, 0.5, 0.7)]
    [1, 2, 3, 0, 4]
    """
    at = height * probability
    if at < lapse:
        return LAPSES
    if at < lapse + arrears:
        return FALLS_INTO_ARREARS
    if at < lapse + arrears + reregister:
        return REREGISTERS
    return CONSIDERS if at >= probability - consider else NOTHING
