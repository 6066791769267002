"""Counts by day and half hour: profile, weekday and month-day factors, and the day-to-day spread beyond Poisson.

Model: the count of day d and half hour k is Poisson with mean rate[k] · length[k] · weekday[d] · month day[d] · G[d], G
gamma with mean 1 and one coefficient of variation. Rates hold for the average of the weekdays seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.fit import Estimate
from calibration.laws import Floats
from calibration.survival import Z95
from calibration.timetable import Grid, second_of_day, weekday_names
from scenarios.calendar import WEEKDAYS

MONTH_PARTS = (("1-3", 1, 3), ("26-31", 26, 31))
"""Parts of the month that get a factor of their own (MISSION.md: the month ends are the crowded days)."""
MONTHS_NEEDED = 3
DAYS_NEEDED = 6


@dataclass(frozen=True)
class DayCounts:
    """Counts per observed day and half hour: `counts[d, k]`; `days[d]` is the date, `weekday[d]` its name."""

    grid: Grid
    days: tuple[str, ...]
    weekday: tuple[str, ...]
    month_day: tuple[int, ...]
    counts: NDArray[np.float64]


@dataclass(frozen=True)
class ArrivalModel:
    """The fitted model. `expected[d]` is the mean of the day's total; `rate` per hour and half hour with limits."""

    rate: Floats
    rate_low: Floats
    rate_high: Floats
    rate_se: Floats
    level_low: float
    level_high: float
    weekday: dict[str, Estimate]
    month_part: dict[str, Estimate]
    cv: float
    cv_low: float
    cv_high: float
    expected: Floats
    free: int
    day_chi2: float
    shape_chi2: float
    shape_df: int
    weekday_p: float


def count_by_half_hour(arrival: pd.Series[pd.Timestamp], grid: Grid) -> DayCounts:
    """Count arrivals per date with at least one row, and half hour."""
    dates = arrival.dt.strftime("%Y-%m-%d").to_numpy(dtype=object)
    days, place = np.unique(dates.astype(str), return_inverse=True)
    slot = np.searchsorted(np.asarray(grid.edges_s), second_of_day(arrival), side="right") - 1
    counts = np.zeros((len(days), len(grid.labels)))
    np.add.at(counts, (place, slot), 1.0)
    stamps = pd.Series(pd.to_datetime(days))
    return DayCounts(
        grid, tuple(days.tolist()), tuple(weekday_names(stamps).tolist()), tuple(int(d) for d in stamps.dt.day), counts
    )


def fit_counts(data: DayCounts) -> ArrivalModel:
    """Fit the model by moments: margins (iterative proportional fitting), then Paule–Mandel for the day spread.

    The interval of the spread inverts the same chi-square (Q-profile, Viechtbauer 2007). Node intervals are gamma
    quantiles with the day spread in their variance; without spread they are Garwood's exact Poisson intervals.
    """
    totals = data.counts.sum(axis=1)
    weekday_of = np.array([WEEKDAYS.index(day) for day in data.weekday])
    present = [j for j in range(7) if (weekday_of == j).any()]
    part_of = _month_parts(data) if _enough_for_month_parts(data) else np.zeros(len(totals), dtype=np.int64)
    parts = sorted(set(part_of.tolist()) - {0})
    w, m = np.ones(7), np.ones(len(MONTH_PARTS) + 1)
    level = totals.mean()
    for _ in range(200):
        before = np.concatenate((w, m, [level]))
        for j in present:
            on = weekday_of == j
            w[j] = totals[on].sum() / (level * m[part_of[on]].sum())
        scale = float(np.mean(w[present]))
        w[present] /= scale
        for g in parts:
            on = part_of == g
            m[g] = totals[on].sum() / (level * w[weekday_of[on]].sum())
        level = totals.sum() / (w[weekday_of] * m[part_of]).sum()
        if np.allclose(before, np.concatenate((w, m, [level])), rtol=1e-12, atol=0):
            break
    factors = w[weekday_of] * m[part_of]
    expected = level * factors
    free = max(len(totals) - len(present) - len(parts), 0)
    cv, cv_low, cv_high = day_spread(totals, expected, free)

    hours = data.grid.hours
    node_totals = data.counts.sum(axis=0)
    rate = node_totals / (hours * factors.sum())
    node_mean = np.outer(factors, rate * hours)
    inflation = 1 + cv**2 * np.divide(
        (node_mean**2).sum(axis=0), node_totals, out=np.zeros_like(node_totals), where=node_totals > 0
    )
    low, high = _count_limits(node_totals, inflation)
    scale_up = 1 / (hours * factors.sum())
    relative = math.sqrt(1 / totals.sum() + cv**2 * float((expected**2).sum()) / totals.sum() ** 2)
    shape_chi2, shape_df = _shape_test(data.counts)
    return ArrivalModel(
        rate, low * scale_up, high * scale_up, np.sqrt(node_totals * inflation) * scale_up,
        math.exp(-Z95 * relative), math.exp(Z95 * relative),
        {WEEKDAYS[j]: _factor(WEEKDAYS[j], w[j], weekday_of == j, expected, cv, len(present)) for j in present},
        {MONTH_PARTS[g - 1][0]: _factor(MONTH_PARTS[g - 1][0], m[g], part_of == g, expected, cv, 0) for g in parts},
        cv, cv_low, cv_high, expected, free, float(((totals - expected) ** 2 / expected).sum()), shape_chi2, shape_df,
        _weekday_p(totals, expected, level * m[part_of], weekday_of, free, len(present)),
    )  # fmt: skip


def day_spread(totals: Floats, expected: Floats, free: int) -> tuple[float, float, float]:
    """Coefficient of variation of the gamma day factor beyond Poisson, with its 95 % interval.

    Solve Σ (N − μ)² / (μ + cv² μ²) = degrees of freedom (Paule & Mandel 1982), and = its chi-square quantiles.
    """
    from scipy.optimize import brentq
    from scipy.stats import chi2

    if free < 1:
        return 0.0, 0.0, math.inf

    def excess(cv: float, target: float) -> float:
        return float(((totals - expected) ** 2 / (expected + (cv * expected) ** 2)).sum()) - target

    def solve(target: float) -> float:
        if excess(0.0, target) <= 0:
            return 0.0
        return float(brentq(excess, 0.0, 50.0, args=(target,)))

    return solve(free), solve(float(chi2.ppf(0.975, free))), solve(float(chi2.ppf(0.025, free)))


def _count_limits(totals: Floats, inflation: Floats) -> tuple[Floats, Floats]:
    from scipy.stats import gamma

    effective = totals / inflation
    with np.errstate(invalid="ignore"):
        low = np.where(totals > 0, gamma.ppf(0.025, np.maximum(effective, 1e-9)), 0.0)
    return low * inflation, gamma.ppf(0.975, effective + 1) * inflation


def _factor(name: str, value: float, on: NDArray[np.bool_], expected: Floats, cv: float, groups: int) -> Estimate:
    """Interval of a factor on the log scale; a mean-1 factor of `groups` shares the noise of the others."""
    value, mean = float(value), float(expected[on].sum())
    relative = math.sqrt(1 / mean + cv**2 * float((expected[on] ** 2).sum()) / mean**2)
    if groups > 1:
        relative *= math.sqrt(1 - 1 / groups)
    return Estimate(
        name, value, value * math.exp(-Z95 * relative), value * math.exp(Z95 * relative), note=f"{on.sum()} days"
    )


def _shape_test(counts: NDArray[np.float64]) -> tuple[float, int]:
    """Chi-square of the half hours within days, given each day's total, against one common profile."""
    used = counts[:, counts.sum(axis=0) > 0]
    used = used[used.sum(axis=1) > 0]
    share = used.sum(axis=0) / used.sum()
    mean = np.outer(used.sum(axis=1), share)
    df = (used.shape[0] - 1) * (used.shape[1] - 1)
    return float(((used - mean) ** 2 / mean).sum()), df


def _weekday_p(
    totals: Floats, full: Floats, plain: Floats, weekday_of: NDArray[np.int64], free: int, groups: int
) -> float:
    """p value that all weekdays are alike: F test of quasi-Poisson deviances; NaN where it cannot be made."""
    from scipy.stats import f as f_law

    if groups < 2 or free < 1:
        return math.nan
    plain = plain * totals.sum() / plain.sum()
    rest = float(((totals - full) ** 2 / full).sum()) / free
    gain = float(((totals - plain) ** 2 / plain).sum()) - rest * free
    return float(f_law.sf(max(gain, 0.0) / (groups - 1) / max(rest, 1e-12), groups - 1, free))


def _month_parts(data: DayCounts) -> NDArray[np.int64]:
    part = np.zeros(len(data.days), dtype=np.int64)
    for number, (_, first, last) in enumerate(MONTH_PARTS, 1):
        part[[first <= day <= last for day in data.month_day]] = number
    return part


def _enough_for_month_parts(data: DayCounts) -> bool:
    part = _month_parts(data)
    months = {day[:7] for day in data.days}
    return len(months) >= MONTHS_NEEDED and all((part == g).sum() >= DAYS_NEEDED for g in range(len(MONTH_PARTS) + 1))
