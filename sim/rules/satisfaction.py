"""Rules of satisfaction, 0 to 100 points: how it relaxes, and what a visit or a complaint does to it.

Pure scalar functions for every engine.
"""

from __future__ import annotations

import math

_TEN_MINUTES_US = 600_000_000


def relaxed(points: float, level: float, days: int, half_life_days: float) -> float:
    """Satisfaction after some days in which nothing happened: half the way back to its level in each half-life.

    >>> round(relaxed(30.0, 70.0, 60, 60.0), 9)
    50.0
    """
    return level + (points - level) * math.exp(-math.log(2.0) * days / half_life_days)


def held(points: float) -> float:
    """Points held between 0 and 100."""
    return min(100.0, max(0.0, points))


def after_visit(
    points: float, wait_us: int, target_us: int, served: bool, long_wait: float, left_unserved: float, good_visit: float
) -> float:
    """Satisfaction after a visit to a hall.

    Who leaves unserved loses `left_unserved` points. Who waits longer than the target loses `long_wait` points for
    each ten minutes over it. Who is served within it gains `good_visit` (MISSION F-12; the sizes are assumed).

    >>> after_visit(70.0, 35 * 60_000_000, 15 * 60_000_000, True, 4.0, 8.0, 1.0)
    62.0
    """
    if not served:
        return held(points - left_unserved)
    if wait_us > target_us:
        return held(points - long_wait * ((wait_us - target_us) / _TEN_MINUTES_US))
    return held(points + good_visit)
