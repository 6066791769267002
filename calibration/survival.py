"""Times seen only in part: Kaplan–Meier with Greenwood's intervals, and laws fitted to censored patience.

A served customer shows that its patience exceeds its wait (censored). One that leaves shows its patience, or, where the
leaving is noticed only when the ticket is called, that its patience was shorter than the wait (current status).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from calibration.laws import Floats, Law, log_density, log_survival, survival

Seen = Literal["at_leaving", "when_called"]
Z95 = 1.959963984540054
"""Two-sided 95 % point of the normal law."""


@dataclass(frozen=True)
class Curve:
    """A step function of survival: value after each time; `low` and `high` are 95 % limits (NaN where none)."""

    at: Floats
    value: Floats
    low: Floats
    high: Floats

    def __call__(self, t: float) -> float:
        """Share that waits longer than `t`."""
        i = int(np.searchsorted(self.at, t, side="right")) - 1
        return 1.0 if i < 0 else float(self.value[i])

    def interval(self, t: float) -> tuple[float, float]:
        """Return the 95 % limits at `t`."""
        i = int(np.searchsorted(self.at, t, side="right")) - 1
        return (1.0, 1.0) if i < 0 else (float(self.low[i]), float(self.high[i]))


def kaplan_meier(times: Floats, ended: NDArray[np.bool_]) -> Curve:
    """Product-limit estimate with Greenwood's variance on the log(−log) scale (Kalbfleisch & Prentice 2002, 1.4).

    `ended[i]` is True where patience ran out at `times[i]`, False where service censored it. A customer censored at a
    moment counts as at risk at that moment.
    """
    at, place = np.unique(times, return_inverse=True)
    events = np.bincount(place, weights=ended.astype(np.float64), minlength=len(at))
    at_risk = np.cumsum(np.bincount(place, minlength=len(at))[::-1])[::-1].astype(np.float64)
    keep = events > 0
    at, events, at_risk = at[keep], events[keep], at_risk[keep]
    value = np.cumprod(1 - events / at_risk).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(events / (at_risk * (at_risk - events)))
        theta = Z95 * np.sqrt(greenwood) / np.abs(np.log(value))
        low, high = value ** np.exp(theta), value ** np.exp(-theta)
    empty = value <= 0
    low[empty], high[empty] = 0.0, np.nan
    return Curve(at, value, low, high)


def current_status_curve(times: Floats, gone: NDArray[np.bool_]) -> Curve:
    """Survival where each customer is looked at once, when called (nonparametric maximum likelihood, isotonic).

    Pool-adjacent-violators on the share found gone (Ayer et al. 1955). It converges slowly and has no simple interval.
    """
    at, place = np.unique(times, return_inverse=True)
    count = np.bincount(place, minlength=len(at)).astype(np.float64)
    share = np.bincount(place, weights=gone.astype(np.float64), minlength=len(at)) / count
    blocks: list[list[float]] = []
    for p, w in zip(share, count, strict=True):
        blocks.append([p, w, 1])
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            p2, w2, n2 = blocks.pop()
            p1, w1, n1 = blocks.pop()
            blocks.append([(p1 * w1 + p2 * w2) / (w1 + w2), w1 + w2, n1 + n2])
    value = 1 - np.repeat([b[0] for b in blocks], [int(b[2]) for b in blocks])
    nothing = np.full(len(at), np.nan)
    return Curve(at, value, nothing, nothing)


@dataclass(frozen=True)
class CensoredLaw:
    """A law fitted to patience: mean and cv with 95 % limits, log-likelihood, parameters, largest gap to the curve."""

    law: Law
    mean: float
    mean_low: float
    mean_high: float
    cv: float
    cv_low: float
    cv_high: float
    log_likelihood: float
    parameters: int
    events: int
    gap: float

    @property
    def bic(self) -> float:
        """Schwarz's criterion with the number of abandonments as the sample size (Volinsky & Raftery 2000)."""
        return self.parameters * math.log(max(self.events, 2)) - 2 * self.log_likelihood


_WIDEST_LOG = 10.0
"""Half-width of an interval on the log scale beyond which the data do not tell the parameter at all."""
PATIENCE_LAWS: tuple[Law, ...] = ("exponential", "weibull", "lognormal")


def fit_censored(law: Law, times: Floats, gone: NDArray[np.bool_], seen: Seen, curve: Curve) -> CensoredLaw | None:
    """Fit one law of patience by censored maximum likelihood; None where it has no finite maximum.

    Intervals: exact (chi-square) for the exponential seen at leaving, else Wald on the log scale.
    """
    at, place = np.unique(times, return_inverse=True)
    left = np.bincount(place, weights=gone.astype(np.float64), minlength=len(at))
    stayed = np.bincount(place, weights=(~gone).astype(np.float64), minlength=len(at))
    events, exposure = float(left.sum()), float((at * (left + stayed)).sum())
    if events == 0 or exposure <= 0:
        return None
    positive = np.maximum(at, 0.5)  # a clock of whole seconds: 0 stands for something below 1 s

    def loss(mean: float, cv: float) -> float:
        if seen == "at_leaving":
            gained = (left * log_density(law, mean, cv, positive)).sum()
        else:
            with np.errstate(divide="ignore"):
                gone_by = np.log(-np.expm1(np.minimum(log_survival(law, mean, cv, positive), -1e-15)))
            gained = (left * gone_by).sum()
        held = stayed * np.where(at > 0, log_survival(law, mean, cv, positive), 0.0)
        value = -float(gained + held.sum())
        return value if math.isfinite(value) else 1e300

    if law == "exponential":
        result = _exponential(exposure, events, loss, seen)
    else:
        result = _two_parameters(law, exposure / events, loss)
    if result is None:
        return None
    mean, mean_limits, cv, cv_limits = result
    tail = np.abs(survival(law, mean, cv, curve.at) - curve.value)
    return CensoredLaw(
        law, mean, *mean_limits, cv, *cv_limits, -loss(mean, cv), 1 if law == "exponential" else 2, int(events),
        float(tail.max()),
    )  # fmt: skip


_Limits = tuple[float, float]
_Found = tuple[float, _Limits, float, _Limits] | None


def _exponential(exposure: float, events: float, loss: Callable[[float, float], float], seen: Seen) -> _Found:
    if seen == "at_leaving":
        from scipy.stats import chi2

        # The censoring is random, so 2·events + 1 degrees at both ends (the usual mid form) rather than one exact law.
        low = 2 * exposure / float(chi2.ppf(0.975, 2 * events + 1))
        high = 2 * exposure / float(chi2.ppf(0.025, 2 * events + 1))
        return exposure / events, (low, high), 1.0, (1.0, 1.0)
    from scipy.optimize import minimize_scalar

    start = math.log(exposure / events)
    found = minimize_scalar(lambda x: loss(math.exp(x), 1.0), bounds=(start - 8, start + 8), method="bounded")
    x = float(found.x)
    step = 1e-3
    bend = (loss(math.exp(x + step), 1) - 2 * loss(math.exp(x), 1) + loss(math.exp(x - step), 1)) / step**2
    if bend <= 0:
        return None
    half = Z95 / math.sqrt(bend)
    return math.exp(x), (math.exp(x - half), math.exp(x + half)), 1.0, (1.0, 1.0)


def _two_parameters(law: Law, start_mean: float, loss: Callable[[float, float], float]) -> _Found:
    """Maximise over log mean and log cv; the curvature there gives the intervals."""
    from scipy.optimize import minimize

    def of(theta: Floats) -> float:
        x, y = float(theta[0]), float(theta[1])
        if not (-10 < x < 25 and math.log(0.05) < y < math.log(30)):
            return 1e300
        return loss(math.exp(x), math.exp(y))

    best = min(
        (
            minimize(of, [math.log(start_mean), math.log(cv)], method="Nelder-Mead",
                     options={"xatol": 1e-5, "fatol": 1e-7, "maxiter": 2000})
            for cv in (0.7, 2.0)
        ),
        key=lambda found: float(found.fun),
    )  # fmt: skip
    theta = np.asarray(best.x, dtype=np.float64)
    h = 1e-3
    e = np.eye(2) * h
    hessian = np.array(
        [
            [
                (of(theta + e[i] + e[j]) - of(theta + e[i] - e[j]) - of(theta - e[i] + e[j]) + of(theta - e[i] - e[j]))
                / (4 * h * h)
                for j in range(2)
            ]
            for i in range(2)
        ]
    )
    if float(best.fun) >= 1e299 or not np.all(np.isfinite(hessian)) or np.any(np.linalg.eigvalsh(hessian) <= 0):
        return None
    half = Z95 * np.sqrt(np.diag(np.linalg.inv(hessian)))
    if half.max() > _WIDEST_LOG:
        return None
    low, high = np.exp(theta - half), np.exp(theta + half)
    mean, cv = np.exp(theta)
    return float(mean), (float(low[0]), float(high[0])), float(cv), (float(low[1]), float(high[1]))
