"""Intervals of means, differences and quantiles: pure functions on arrays of one value per replication.

It says how far the data go, not what follows from it (`verdicts`, `selection`), nor where values come from (`metrics`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class MeanInterval:
    """Mean of `n` replications with the half-width of its Student-t interval at `level`.

    The half-width is infinite for one replication, NaN (like the mean) for none.
    """

    mean: float
    half_width: float
    n: int
    level: float

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self.mean - self.half_width

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self.mean + self.half_width


@dataclass(frozen=True)
class PairedDifference(MeanInterval):
    """Mean difference arm − baseline over `n` common replications, with its paired-t interval.

    `correlation` is that of the two arms over replications; NaN where an arm does not vary or n < 2.
    `variance_ratio` is (S²_arm + S²_baseline) / S²_difference: how many times more replications independent arms would
    need for the same half-width; infinite where the difference does not vary but the arms do, NaN where nothing varies.
    """

    correlation: float
    variance_ratio: float
    most: float = math.inf

    @property
    def low(self) -> float:
        """Lower end of the interval, not below −`most`, the largest difference that the metric can have."""
        return max(super().low, -self.most)

    @property
    def high(self) -> float:
        """Upper end of the interval, not above `most`."""
        return min(super().high, self.most)


@dataclass(frozen=True)
class IndependentDifference(MeanInterval):
    """Mean difference of two arms that share no replications; `n` counts those of both, `degrees` are Welch's."""

    degrees: float


@dataclass(frozen=True)
class QuantileInterval:
    """Quantile of one value per replication, between two order statistics.

    `achieved` is the exact chance that the two enclose the quantile, at least `level`; where too few replications allow
    for it, an end is infinite. `ranks` count from 1; 0 and n + 1 stand for the infinite ends.
    """

    estimate: float
    low: float
    high: float
    n: int
    level: float
    achieved: float
    ranks: tuple[int, int]


def t_quantile(probability: float, degrees: float) -> float:
    """Quantile of Student's t distribution with `degrees` degrees of freedom."""
    from scipy.special import stdtrit  # scipy.stats takes a second to import; this is the same function

    return float(stdtrit(degrees, probability))


def mean_interval(values: ArrayLike, level: float) -> MeanInterval:
    """Mean of one value per replication and its two-sided Student-t interval at `level` (0–1)."""
    data = _finite(values, "values")
    return MeanInterval(_mean(data), _half_width(data, level), len(data), level)


def unseen_half_width(difference: float, n: int, level: float) -> float:
    """Half-width for a share of yes-or-no verdicts whose difference was the same in all of `n` replications.

    A replication that differs may still have gone unseen: with chance p each, none shows in n with (1 − p)^n, so at
    `level` p is at most 1 − (1 − level)^(1/n) (the exact binomial bound, "rule of three"). Such a one lies at most
    1 + |difference| away.

    >>> round(unseen_half_width(0.0, 60, 0.95), 3)
    0.049
    """
    return float(1 - (1 - level) ** (1 / n)) * (1 + abs(difference))


def paired_difference(
    arm: ArrayLike, baseline: ArrayLike, level: float, *, yes_or_no: bool = False
) -> PairedDifference:
    """Paired-t interval of arm − baseline; entry i of both comes from the same replication.

    Valid with or without gain from common random numbers (Law, Simulation Modeling and Analysis, section 10.2).
    An interval of equal differences has width zero: at few replications that claims more than is known of a difference
    which is rare. With `yes_or_no` (a share of verdicts, 0–1) it has `unseen_half_width`, unless the arms agree in
    every replication and vary from one to the next.
    """
    first, second = _finite(arm, "arm"), _finite(baseline, "baseline")
    if first.shape != second.shape:
        raise ValueError(f"paired values need equal numbers of replications, not {len(first)} and {len(second)}")
    difference = first - second
    correlation = variance_ratio = math.nan
    half_width, most = _half_width(difference, level), math.inf
    if yes_or_no:
        most = 1.0
        if half_width == 0 and (difference.any() or _variance(first) == 0):
            half_width = unseen_half_width(float(difference[0]), len(difference), level)
    if len(difference) > 1:
        variances = _variance(first), _variance(second)
        if min(variances) > 0:
            covariance = float(np.mean((first - first.mean()) * (second - second.mean())))
            spread = math.sqrt(variances[0] * variances[1]) * (len(first) - 1) / len(first)
            correlation = max(-1.0, min(1.0, covariance / spread))
        if (of_difference := _variance(difference)) > 0:
            variance_ratio = sum(variances) / of_difference
        elif max(variances) > 0:
            variance_ratio = math.inf
    return PairedDifference(
        mean=_mean(difference),
        half_width=half_width,
        n=len(difference),
        level=level,
        correlation=correlation,
        variance_ratio=variance_ratio,
        most=most,
    )


def paired_p_value(arm: ArrayLike, baseline: ArrayLike) -> float:
    """Two-sided p-value of the paired t test of no difference; 1 where the arms agree in every replication.

    0 where they differ by the same in every replication, NaN for fewer than two.
    """
    found = paired_difference(arm, baseline, 0.5)
    if found.n < 2:
        return math.nan
    if found.half_width == 0:
        return 1.0 if found.mean == 0 else 0.0
    from scipy.special import stdtr

    t = abs(found.mean) / found.half_width * t_quantile(0.75, found.n - 1)
    return float(2 * stdtr(found.n - 1, -t))


def independent_difference(first: ArrayLike, second: ArrayLike, level: float) -> IndependentDifference:
    """Welch's interval of the difference of two means, first − second, for arms without common replications.

    Variances and numbers may differ; degrees of freedom (v1+v2)²/(v1²/(n1−1)+v2²/(n2−1)) with v = S²/n (Welch, 1938,
    Biometrika 29). Where replications are common, `paired_difference` is right and this one is not. Needs two
    replications of each.
    """
    one, other = _finite(first, "first"), _finite(second, "second")
    if min(len(one), len(other)) < 2:
        raise ValueError(f"Welch's interval needs two replications of each arm, not {len(one)} and {len(other)}")
    parts = [_variance(data) / len(data) for data in (one, other)]
    spread, n = sum(parts), len(one) + len(other)
    if spread == 0:
        return IndependentDifference(_mean(one) - _mean(other), 0.0, n, level, float(n - 2))
    degrees = spread**2 / (parts[0] ** 2 / (len(one) - 1) + parts[1] ** 2 / (len(other) - 1))
    half_width = t_quantile((1 + level) / 2, degrees) * math.sqrt(spread)
    return IndependentDifference(_mean(one) - _mean(other), half_width, n, level, degrees)


def quantile_interval(values: ArrayLike, quantile: float, level: float) -> QuantileInterval:
    """Interval of a quantile over replications, without any law: an order statistic at either end.

    The number of values below the quantile is binomial, so the chance that the r-th and s-th enclose it is exact, and
    each side misses with at most (1 − level)/2 (Conover, Practical Nonparametric Statistics, section 3.2). For a value
    that repeats, the chance is at least that.

    >>> found = quantile_interval(range(1, 11), 0.5, 0.95)
    >>> found.low, found.high, round(found.achieved, 4)
    (2.0, 9.0, 0.9785)
    """
    from scipy.special import bdtr

    data = np.sort(_finite(values, "values"))
    n = len(data)
    if n < 1 or not 0 < quantile < 1:
        raise ValueError(f"a quantile between 0 and 1 of at least one value, not {quantile} of {n}")
    below = bdtr(np.arange(n + 1, dtype=np.float64), n, quantile)
    miss = (1 - level) / 2
    lower = int(np.searchsorted(below, miss, side="right"))
    upper = int(np.searchsorted(below, 1 - miss, side="left")) + 1
    achieved = (below[upper - 1] if upper <= n else 1.0) - (below[lower - 1] if lower >= 1 else 0.0)
    return QuantileInterval(
        estimate=float(np.quantile(data, quantile)),
        low=float(data[lower - 1]) if lower >= 1 else -math.inf,
        high=float(data[upper - 1]) if upper <= n else math.inf,
        n=n,
        level=level,
        achieved=float(achieved),
        ranks=(lower, min(upper, n + 1)),
    )


def _finite(values: ArrayLike, name: str) -> NDArray[np.float64]:
    data = np.asarray(values, dtype=np.float64)
    if data.ndim != 1 or not np.isfinite(data).all():
        raise ValueError(f"{name} must be one finite number per replication")
    return data


def _mean(data: NDArray[np.float64]) -> float:
    return float(data.mean()) if len(data) else math.nan


def _variance(data: NDArray[np.float64]) -> float:
    # A mean of equal numbers may differ from them in the last bit, which would pass for a variance.
    return 0.0 if data.min() == data.max() else float(data.var(ddof=1))


def _half_width(data: NDArray[np.float64], level: float) -> float:
    if len(data) < 2:
        return math.inf if len(data) else math.nan
    variance = _variance(data)
    return t_quantile((1 + level) / 2, len(data) - 1) * math.sqrt(variance / len(data)) if variance else 0.0
