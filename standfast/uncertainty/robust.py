"""Which arm to choose when nobody knows which playbook a rival will follow: regret, and who has the least worst case.

Pure functions on one value for each (arm, playbook, replication). Where values come from stands in `war_game`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standfast.experiments.intervals import t_quantile
from standfast.experiments.verdicts import Goal

Floats = NDArray[np.float64]

_ENDLESS = 1e4
"""From this ratio of widths to a gap on, no number of runs is told: more than 10⁸ times those that there are."""


@dataclass(frozen=True, eq=False)
class Bounds:
    """An estimate with its interval, entry by entry; `low` and `high` of the same shape as `value`."""

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Robustness:
    """What a set of runs says of arms against playbooks. Arms are rows, playbooks columns.

    Attributes
    ----------
    means: mean value of each arm under each playbook; these intervals hold together.
    regret: what an arm forgoes under a playbook against the best arm there, never negative. With `worst` and `mean`,
        its intervals hold together, apart from those of `means`.
    worst, mean: of each arm, the largest and the mean regret over the playbooks.
    best: by playbook, the arm of the best mean. worst_at: by arm, the playbook of the largest regret.
    choice: the arm of the least worst regret. rivals: arms whose worst regret cannot be told from that of `choice`.
    more_runs: about how many replications more would tell the nearest of them apart; NaN where nothing is open.
    n: replications; confidence: of all intervals of a kind together.
    """

    means: Bounds
    regret: Bounds
    worst: Bounds
    mean: Bounds
    best: tuple[int, ...]
    worst_at: tuple[int, ...]
    choice: int
    rivals: tuple[int, ...]
    more_runs: float
    n: int
    confidence: float

    @property
    def separated(self) -> bool:
        """Whether the least worst regret is told apart from every other arm's."""
        return not self.rivals


def robustness(values: ArrayLike, goal: Goal, confidence: float) -> Robustness:
    """Hold arms against playbooks. `values` is (arms, playbooks, replications), replication r common to all of them.

    Regret is taken of means, ρ_ap = max_b μ_bp − μ_ap: the mean of each run's own best would reward luck, since the
    best of noisy arms is better than the best arm. What is left of that in max Ȳ is within the intervals.

    Intervals of regret, with b the best arm under p (fixed, though unknown): with two-sided paired-t intervals
    Ȳ_i − Ȳ_b ± t_{1−α/(2(k−1)P), n−1} S_ib/√n for the k − 1 other arms under each of P playbooks, all hold together
    with 1 − α (Bonferroni; common random numbers allowed). Those j that could be b, Ȳ_j ≥ Ȳ_i − w_ij for every i, then
    contain it, and ρ_ip lies between the least lower end and the greatest upper end over them: multiple comparisons
    with the best (Hsu, 1984, Annals of Statistics 12; Edwards & Hsu, 1983, JASA 78), two-sided. The worst and the mean
    regret over playbooks are bounded by those of the playbooks, at no further cost. Raises ValueError.
    """
    data = np.asarray(values, dtype=np.float64)
    if data.ndim != 3 or 0 in data.shape or not np.isfinite(data).all():
        raise ValueError("values must be one finite number for each arm, playbook and replication")
    good = data if goal == "max" else -data
    arms, playbooks, n = good.shape
    regret = _regret(good, 1 - (1 - confidence) / max(1, (arms - 1) * playbooks))
    worst = Bounds(regret.value.max(axis=1), regret.low.max(axis=1), regret.high.max(axis=1))
    mean = Bounds(regret.value.mean(axis=1), regret.low.mean(axis=1), regret.high.mean(axis=1))
    choice = int(np.lexsort((mean.value, worst.value))[0])
    rivals = tuple(arm for arm in range(arms) if arm != choice and worst.low[arm] <= worst.high[choice])
    return Robustness(
        means=_means(data, 1 - (1 - confidence) / (arms * playbooks)),
        regret=regret,
        worst=worst,
        mean=mean,
        best=tuple(int(arm) for arm in good.mean(axis=2).argmax(axis=0)),
        worst_at=tuple(int(playbook) for playbook in regret.value.argmax(axis=1)),
        choice=choice,
        rivals=rivals,
        more_runs=_more_runs(worst, choice, rivals, n),
        n=n,
        confidence=confidence,
    )


def _means(data: Floats, level: float) -> Bounds:
    mean = data.mean(axis=2)
    half = _half_width(data, level)
    return Bounds(mean, mean - half, mean + half)


def _regret(good: Floats, level: float) -> Bounds:
    """Regret of every arm under every playbook, more being better; `level` of each interval of two arms."""
    lead = good[:, None] - good[None, :]
    means, half = lead.mean(axis=3), _half_width(lead, level)
    own = np.eye(len(good), dtype=bool)[:, :, None]
    # lead[j, i]: how far arm j is ahead of arm i; j can be the best if it may be ahead of everybody
    can_be_best = ((means + half >= 0) | own).all(axis=1)[:, None]
    low = np.where(own, 0.0, means - half)
    high = np.where(own, 0.0, means + half)
    value = np.maximum(0.0, means.max(axis=0))
    return Bounds(
        value,
        np.maximum(0.0, np.where(can_be_best, low, math.inf).min(axis=0)),
        np.maximum(0.0, np.where(can_be_best, high, -math.inf).max(axis=0)),
    )


def _half_width(data: Floats, level: float) -> Floats:
    """Half-widths of Student-t intervals over the last axis; infinite for one replication, 0 where nothing varies."""
    n = data.shape[-1]
    if n < 2:
        return np.full(data.shape[:-1], math.inf)
    spread = np.where(np.ptp(data, axis=-1) == 0, 0.0, data.std(axis=-1, ddof=1))
    return np.asarray(t_quantile((1 + level) / 2, n - 1) * spread / math.sqrt(n), dtype=np.float64)


def _more_runs(worst: Bounds, choice: int, rivals: tuple[int, ...], n: int) -> float:
    """About how many replications more part the nearest rival, were estimates to stay and widths to fall with 1/√n."""
    if not rivals:
        return math.nan
    nearest = min(rivals, key=lambda arm: worst.value[arm])
    gap = float(worst.value[nearest] - worst.value[choice])
    widths = float(worst.high[choice] - worst.value[choice] + worst.value[nearest] - worst.low[nearest])
    if not math.isfinite(widths):
        return math.nan
    ratio = widths / gap if gap > 0 else math.inf
    return float(max(1, math.ceil(n * ratio**2) - n)) if ratio < _ENDLESS else math.inf
