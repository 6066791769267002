"""Laws of a duration by mean and coefficient of variation: density, tail, and the fit to complete times.

Every law here is one that a study can state. Parameters are (mean, cv) wherever the law has two. It knows no files.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sim.variates import weibull_shape

Floats = NDArray[np.float64]
Law = Literal["exponential", "lognormal", "gamma", "weibull", "erlang", "hyperexponential"]
LAWS: tuple[Law, ...] = get_args(Law)
MAX_STAGES = 30
"""Most stages of an Erlang law that are tried; more is nearly deterministic."""


@dataclass(frozen=True)
class FittedLaw:
    """A law with its moments (mean in the unit of the data), free parameters, log-likelihood and KS distance."""

    law: Law
    mean: float
    cv: float
    parameters: int
    log_likelihood: float
    ks: float

    @property
    def aic(self) -> float:
        """Akaike's criterion; smaller is better."""
        return 2 * self.parameters - 2 * self.log_likelihood


def stages_of(cv: float) -> int:
    """Stages of the Erlang law whose cv comes nearest: 1/cv², at least 1."""
    return max(1, min(MAX_STAGES, round(1 / cv**2))) if cv > 0 else MAX_STAGES


def weibull_cv(shape: float) -> float:
    """Coefficient of variation of the Weibull law with this shape."""
    return math.sqrt(math.expm1(math.lgamma(1 + 2 / shape) - 2 * math.lgamma(1 + 1 / shape)))


def log_density(law: Law, mean: float, cv: float, t: Floats) -> Floats:
    """Logarithm of the density at times `t` > 0."""
    from scipy import special

    if law == "exponential":
        return -t / mean - math.log(mean)
    if law == "lognormal":
        s = math.sqrt(math.log1p(cv**2))
        z = (np.log(t) - math.log(mean) + s * s / 2) / s
        return np.asarray(-z * z / 2 - np.log(t) - math.log(s) - math.log(2 * math.pi) / 2)
    if law in ("gamma", "erlang"):
        k = float(stages_of(cv)) if law == "erlang" else 1 / cv**2
        rate = k / mean
        return np.asarray((k - 1) * np.log(t) - rate * t + k * math.log(rate) - special.gammaln(k))
    if law == "weibull":
        k = weibull_shape(cv)
        scale = mean / math.gamma(1 + 1 / k)
        return np.asarray(math.log(k / scale) + (k - 1) * np.log(t / scale) - (t / scale) ** k)
    p, fast, slow = _branches(mean, cv)
    return np.logaddexp(math.log(p * fast) - fast * t, math.log((1 - p) * slow) - slow * t)


def log_survival(law: Law, mean: float, cv: float, t: Floats) -> Floats:
    """Logarithm of the probability to exceed times `t` ≥ 0."""
    from scipy import special

    if law == "exponential":
        return -t / mean
    if law == "lognormal":
        s = math.sqrt(math.log1p(cv**2))
        with np.errstate(divide="ignore"):
            return np.asarray(special.log_ndtr(-(np.log(t) - math.log(mean) + s * s / 2) / s))
    if law in ("gamma", "erlang"):
        k = float(stages_of(cv)) if law == "erlang" else 1 / cv**2
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(special.gammaincc(k, k / mean * t)))
    if law == "weibull":
        k = weibull_shape(cv)
        return np.asarray(-((t * math.gamma(1 + 1 / k) / mean) ** k))
    p, fast, slow = _branches(mean, cv)
    return np.logaddexp(math.log(p) - fast * t, math.log(1 - p) - slow * t)


def survival(law: Law, mean: float, cv: float, t: Floats) -> Floats:
    """Probability to exceed times `t` ≥ 0."""
    return np.exp(log_survival(law, mean, cv, t))


def _branches(mean: float, cv: float) -> tuple[float, float, float]:
    """Probability and rates of the two exponentials with balanced means (each branch carries half of the mean)."""
    c2 = max(cv, 1.000001) ** 2
    p = (1 + math.sqrt((c2 - 1) / (c2 + 1))) / 2
    return p, 2 * p / mean, 2 * (1 - p) / mean


def fit_law(law: Law, times: Floats, counts: Floats) -> FittedLaw | None:
    """Fit one law to complete times (> 0, with counts) by maximum likelihood; None where the law cannot be fitted."""
    total = float(counts.sum())
    mean = float((times * counts).sum() / total)
    spread = math.sqrt(float((counts * (times - mean) ** 2).sum() / total)) / mean
    if spread < 1e-6:
        return None
    fitted = _ESTIMATORS[law](times, counts, mean, spread)
    if fitted is None:
        return None
    return law_at(law, *fitted, times, counts)


def law_at(law: Law, mean: float, cv: float, times: Floats, counts: Floats) -> FittedLaw:
    """Return a law with given moments, its likelihood and its distance from the data."""
    likelihood = float((counts * log_density(law, mean, cv, times)).sum())
    return FittedLaw(law, mean, cv, _PARAMETERS[law], likelihood, ks_distance(law, mean, cv, times, counts))


def ks_distance(law: Law, mean: float, cv: float, times: Floats, counts: Floats) -> float:
    """Kolmogorov–Smirnov distance between the law and the data (times ascending and distinct)."""
    above = 1 - survival(law, mean, cv, times)
    after = np.cumsum(counts) / counts.sum()
    before = np.concatenate(([0.0], after[:-1]))
    return float(max(np.abs(after - above).max(), np.abs(above - before).max()))


_Estimate = tuple[float, float] | None


def _exponential(times: Floats, counts: Floats, mean: float, spread: float) -> _Estimate:
    return mean, 1.0


def _lognormal(times: Floats, counts: Floats, mean: float, spread: float) -> _Estimate:
    logs = np.log(times)
    mu = float(np.average(logs, weights=counts))
    var = float(np.average((logs - mu) ** 2, weights=counts))
    return math.exp(mu + var / 2), math.sqrt(math.expm1(var))


def _gamma(times: Floats, counts: Floats, mean: float, spread: float) -> _Estimate:
    from scipy import special
    from scipy.optimize import brentq

    gap = math.log(mean) - float(np.average(np.log(times), weights=counts))
    if gap <= 1e-9:
        return None

    def excess(x: float) -> float:
        return x - float(special.digamma(math.exp(x))) - gap

    lowest, highest = math.log(1e-3), math.log(1e7)
    if excess(lowest) < 0 or excess(highest) > 0:
        return None
    k = math.exp(brentq(excess, lowest, highest))
    return mean, 1 / math.sqrt(k)


def _erlang(times: Floats, counts: Floats, mean: float, spread: float) -> _Estimate:
    cvs = [1 / math.sqrt(k) for k in range(1, MAX_STAGES + 1)]
    best = max(cvs, key=lambda cv: float((counts * log_density("erlang", mean, cv, times)).sum()))
    return mean, best


def _weibull(times: Floats, counts: Floats, mean: float, spread: float) -> _Estimate:
    from scipy.optimize import brentq

    scaled = times / times.max()
    logs = np.log(scaled)
    at = float(np.average(logs, weights=counts))

    def score(k: float) -> float:
        powers = counts * scaled**k
        return float((powers * logs).sum() / powers.sum()) - 1 / k - at

    if score(0.15) > 0 or score(50.0) < 0:
        return None
    k = float(brentq(score, 0.15, 50.0))
    scale = float(np.average(scaled**k, weights=counts)) ** (1 / k) * float(times.max())
    return scale * math.gamma(1 + 1 / k), weibull_cv(k)


def _hyperexponential(times: Floats, counts: Floats, mean: float, spread: float) -> _Estimate:
    from scipy.optimize import minimize

    def loss(theta: Floats) -> float:
        cv = math.sqrt(1 + math.exp(min(theta[1], 12.0)))
        return -float((counts * log_density("hyperexponential", math.exp(theta[0]), cv, times)).sum())

    start = np.array([math.log(mean), math.log(max(spread**2 - 1, 0.05))])
    found = minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-6, "maxiter": 600})
    return math.exp(found.x[0]), math.sqrt(1 + math.exp(min(found.x[1], 12.0)))


_ESTIMATORS: dict[Law, Callable[[Floats, Floats, float, float], _Estimate]] = {
    "exponential": _exponential,
    "lognormal": _lognormal,
    "gamma": _gamma,
    "weibull": _weibull,
    "erlang": _erlang,
    "hyperexponential": _hyperexponential,
}
_PARAMETERS: dict[Law, int] = {law: 1 if law == "exponential" else 2 for law in LAWS}
