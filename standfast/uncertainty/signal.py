"""Which playbook has begun: the earliest month in which one observable figure tells it from the others, and the rule.

Pure functions on monthly series of many runs. Which series an operator can see stands in `observed`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standfast.experiments.intervals import t_quantile

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ERROR = 0.05
"""Largest chance of being wrong, each way: to miss the playbook, and to take another one for it."""

FEWEST_RUNS = 5
"""Fewer runs than this tell no spread, and among hundreds of series and months some would part by chance."""


@dataclass(frozen=True)
class Rule:
    """It is the playbook if the series lies above `above` and below `below` in that month; None: no such side.

    Attributes
    ----------
    series, month: positions in the arrays that were given.
    right: the least predicted chance of being right, whether the playbook has begun or another one.
    missed: of the runs of the playbook, those that a rule learnt from the other runs missed.
    mistaken: of the runs of any other playbook, the most that such a rule took for this one.
    runs: runs of each playbook.
    """

    series: int
    month: int
    above: float | None
    below: float | None
    right: float
    missed: int
    mistaken: int
    runs: int

    def holds(self, value: float) -> bool:
        """Whether a figure of that month says that it is the playbook."""
        return (self.above is None or value > self.above) and (self.below is None or value < self.below)


def earliest_rule(values: ArrayLike, playbook: int, others: Sequence[int], error: float = ERROR) -> Rule | None:
    """Find the earliest month in which one series tells `playbook` from each of `others`, and how. None: none does.

    `values` is (playbooks, runs, series, months); NaN: not measured, so that month of that series is not used.

    A series tells them apart where the one-sided prediction bounds of a next run (normal, mean ± t_{1−error, n−1}
    s √(1 + 1/n); half the error on each side where others lie on both) do not overlap, and where rules learnt from all
    runs but one, tried on that one, are wrong in at most `error` of the runs each way. So few runs cannot promise what
    they cannot know. Where nothing varies at all, the chance of an error is taken as 1/(n + 2) (Laplace's rule of
    succession). Of several series in the same month, the one whose rule is most often right; the limit is the
    roundest number between the bounds. Raises ValueError.
    """
    data = np.asarray(values, dtype=np.float64)
    if data.ndim != 4 or not others or playbook in others:
        raise ValueError("values must be (playbooks, runs, series, months), and the playbook not one of the others")
    if data.shape[1] < FEWEST_RUNS:
        return None
    seen = data[[playbook, *others]]
    apart = _apart(seen, error)
    for month in np.flatnonzero(apart.any(axis=0)):
        rules = [_rule(seen[:, :, at, month], int(at), int(month), error) for at in np.flatnonzero(apart[:, month])]
        sound = [rule for rule in rules if max(rule.missed, rule.mistaken) <= error * rule.runs]
        if sound:
            return max(sound, key=lambda rule: rule.right)
    return None


def _apart(seen: Floats, error: float) -> Bools:
    """Where, (series, months), the prediction bounds of the first playbook overlap with none of the others."""
    n = seen.shape[1]
    mean, sd = seen.mean(axis=1), _sd(seen)
    under = mean[1:] < mean[0]
    both_sides = under.any(axis=0) & ~under.all(axis=0)
    own = np.where(both_sides, _reach(error / 2, n), _reach(error, n)) * sd[0]
    far = _reach(error, n) * sd[1:]
    gap = np.where(under, (mean[0] - own) - (mean[1:] + far), (mean[1:] - far) - (mean[0] + own))
    told = (gap > 0).all(axis=0)  # NaN is never above 0
    if 1 / (n + 2) > error:
        told &= (sd > 0).any(axis=0)
    return np.asarray(told)


def _rule(runs: Floats, series: int, month: int, error: float) -> Rule:
    """The rule that the runs of one series and month, (playbooks, runs), give, tried on each run in its turn."""
    under = runs[1:].mean(axis=1) < runs[0].mean()
    above, below = _limits(runs, under, error, round_them=True)
    missed, mistaken = 0, np.zeros(len(runs) - 1, dtype=np.int64)
    for left_out in range(runs.shape[1]):
        lower, upper = _limits(np.delete(runs, left_out, axis=1), under, error, round_them=False)
        inside = (runs[:, left_out] > lower) & (runs[:, left_out] < upper)
        missed += not inside[0]
        mistaken += inside[1:]
    return Rule(
        series=series,
        month=month,
        above=above if math.isfinite(above) else None,
        below=below if math.isfinite(below) else None,
        right=_right(runs, above, below),
        missed=missed,
        mistaken=int(mistaken.max()),
        runs=runs.shape[1],
    )


def _limits(runs: Floats, under: Bools, error: float, *, round_them: bool) -> tuple[float, float]:
    """Between which figures the first playbook lies: midway between its bound and the nearest of the others'."""
    n = runs.shape[1]
    mean, sd = runs.mean(axis=1), _sd(runs)
    own = _reach(error / 2 if under.any() and not under.all() else error, n) * sd[0]
    far = _reach(error, n) * sd[1:]
    above, below = -math.inf, math.inf
    if under.any():
        ends = float((mean[1:] + far)[under].max()), float(mean[0] - own)
        above = roundest(*ends) if round_them else sum(ends) / 2
    if not under.all():
        ends = float(mean[0] + own), float((mean[1:] - far)[~under].min())
        below = roundest(*ends) if round_them else sum(ends) / 2
    return above, below


def _right(runs: Floats, above: float, below: float) -> float:
    """The least predicted chance that the rule is right about a next run, over the playbooks."""
    from scipy.special import stdtr

    n = runs.shape[1]
    mean, sd = runs.mean(axis=1), _sd(runs)
    if not bool(sd.any()):
        return 1.0 - 1.0 / float(n + 2)
    scale = sd * math.sqrt(1 + 1 / n)
    with np.errstate(divide="ignore"):  # what never varies lies for sure on its side
        up_to = [stdtr(n - 1, (limit - mean) / scale) for limit in (above, below)]
    inside = up_to[1] - up_to[0]
    return float(min(inside[0], (1 - inside[1:]).min()))


def _sd(runs: Floats) -> Floats:
    """Standard deviation over the second axis; exactly 0 where nothing varies."""
    return np.where(np.ptp(runs, axis=1) == 0, 0.0, runs.std(axis=1, ddof=1))


def _reach(error: float, n: int) -> float:
    """Standard deviations from the mean of n runs to the one-sided prediction bound of a next run."""
    return t_quantile(1 - error, n - 1) * math.sqrt(1 + 1 / n)


def roundest(low: float, high: float) -> float:
    """The number with the fewest decimals in the middle half of a span.

    >>> roundest(0.01873, 0.01952), roundest(1180, 1460), roundest(2, 2)
    (0.019, 1300.0, 2.0)
    """
    middle, width = (low + high) / 2, high - low
    if not width > 0:
        return float(middle)
    digits = -math.floor(math.log10(width))
    for decimals in (digits - 1, digits):
        candidate = round(middle, decimals)
        if abs(candidate - middle) <= width / 4:
            return float(candidate)
    return float(round(middle, digits + 1))
