"""Looks and verdicts: when a sequential comparison looks, how it shares out its error, and what an interval says.

It does not decide what runs next (`decision`), nor how an interval is made (`intervals`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from standfast.experiments.intervals import t_quantile

_ROUNDS = 8

Verdict = Literal["better", "worse", "no practical difference", "not settled"]
Goal = Literal["min", "max"]


def looks(initial: int, maximum: int) -> tuple[int, ...]:
    """Replications at which the comparison looks: initial, 2·initial, … and last of all the maximum.

    >>> looks(10, 160), looks(10, 50), looks(30, 10)
    ((10, 20, 40, 80, 160), (10, 20, 40, 50), (10,))
    """
    if initial < 1 or maximum < 1:
        raise ValueError(f"looks need at least one replication, not {initial} to {maximum}")
    schedule = []
    at = initial
    while at < maximum:
        schedule.append(at)
        at *= 2
    return (*schedule, maximum)


def level_per_interval(confidence: float, looks: int, arms: int, metrics: int) -> float:
    """Level of each interval so that all of them hold together with at least `confidence` (Bonferroni).

    `arms` counts those compared with the baseline. Every look spends its part of the error, so stopping early is
    honest.
    """
    return 1 - (1 - confidence) / (max(looks, 1) * max(arms, 1) * max(metrics, 1))


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjusted p-values of Holm's step-down procedure, in the order given: reject those at most α.

    The risk of any wrong rejection stays below α whatever the dependence, and nothing that Bonferroni rejects is kept
    (Holm, 1979, Scandinavian Journal of Statistics 6). It decides; it has no intervals of its own.

    >>> [round(each, 2) for each in holm([0.01, 0.02, 0.03, 0.04, 0.05])]
    [0.05, 0.08, 0.09, 0.09, 0.09]
    """
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, at in enumerate(sorted(range(len(p_values)), key=lambda at: p_values[at])):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[at]))
        adjusted[at] = largest
    return tuple(adjusted)


def verdict(low: float, high: float, zone: float, goal: Goal) -> Verdict:
    """What an interval [low, high] of arm − baseline says against the zone ±`zone` of no practical difference.

    Wholly above the zone is better for goal `max`, wholly below worse (turned round for `min`); inside it, ends
    included, no practical difference; else not settled (Rossetti, Simulation Modeling and Arena, chapter 4). So an arm
    that equals the baseline in every replication, interval [0, 0], shows no practical difference even where the zone
    is 0.
    """
    if low > zone:
        return "better" if goal == "max" else "worse"
    if high < -zone:
        return "worse" if goal == "max" else "better"
    if low >= -zone and high <= zone:
        return "no practical difference"
    return "not settled"


def runs_to_settle(
    difference: float,
    half_width: float,
    n: int,
    zone: float,
    target: float | None = None,
    level: float | None = None,
) -> float:
    """About how many replications more would settle the verdict, and bring the half-width down to `target` if given.

    Taken as if the difference stayed where it is and half-widths fell with t/√n, t at the `level` of the interval: at
    few replications it is large and falls too. Without `level` with 1/√n alone. Infinite where the difference stands on
    the edge of the zone, NaN where no half-width is known yet.
    """
    if n < 2 or not math.isfinite(half_width):
        return math.nan
    needed = abs(abs(difference) - zone)
    if target is not None:
        needed = min(needed, target)
    if half_width <= needed:
        return 0.0
    if needed == 0:
        return math.inf
    whole = n * (half_width / needed) ** 2
    if level is not None:
        now = t_quantile((1 + level) / 2, n - 1)
        found = whole
        for _ in range(_ROUNDS):  # fewer replications need a larger t, which needs more: it settles at once
            found = whole * (t_quantile((1 + level) / 2, max(found, n + 1) - 1) / now) ** 2
        whole = found
    return float(max(math.ceil(whole) - n, 1))
