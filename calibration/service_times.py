"""The law of service times: sample moments with intervals, and which law fits with just these moments.

The mean and cv that are written are the sample's own, because the load of a hall and the waits of a loaded queue hang
on them. The law is the one of best Akaike criterion with just these moments, so what is compared is what is written;
the laws of highest likelihood stand beside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from calibration.errors import CalibrationError
from calibration.fit import Estimate
from calibration.laws import LAWS, FittedLaw, Floats, Law, fit_law, law_at, stages_of
from calibration.survival import Z95

ALL = "all"
"""Name of the one transaction (or class) where a fit is not split."""


@dataclass(frozen=True)
class ServiceModel:
    """Service of one transaction: sample moments with 95 % limits (seconds), the laws by likelihood, and as written.

    `laws` is by AIC at the highest likelihood, best first; `written` has the laws with the sample's moments, likewise;
    `law` is the one that goes into the file.
    """

    name: str
    times: Floats
    counts: Floats
    mean: Estimate
    cv: Estimate
    laws: tuple[FittedLaw, ...]
    written: tuple[FittedLaw, ...]
    law: Law

    @property
    def as_written(self) -> FittedLaw:
        """The law of the file with its moments and its distance from the data."""
        return next(one for one in self.written if one.law == self.law)

    @property
    def n(self) -> int:
        """Number of services."""
        return int(self.counts.sum())


def fit_service_times(seconds: Floats, name: str = ALL, law: Law | None = None) -> ServiceModel:
    """Fit service times (> 0, seconds). `law` overrules the choice by AIC."""
    times, counts = np.unique(seconds, return_counts=True)
    weights = counts.astype(np.float64)
    if times[-1] - times[0] < 1e-6 * times[-1]:
        raise CalibrationError(
            "no-spread", f"all service times of {name} are the same", help="state `deterministic` in the study"
        )
    mean, cv = sample_moments(seconds)
    fitted = sorted((f for one in LAWS if (f := fit_law(one, times, weights)) is not None), key=lambda f: f.aic)
    written = sorted(
        (
            law_at(one, mean.value, written_cv(one, cv.value), times, weights)
            for one in LAWS
            if _sensible(one, cv.value)
        ),
        key=lambda f: f.aic,
    )
    chosen = law or written[0].law
    if chosen not in {one.law for one in written}:
        raise CalibrationError("no-fit", f"a {chosen} law cannot have the cv of the sample, {cv.value:.3g}")
    return ServiceModel(name, times, weights, mean, cv, tuple(fitted), tuple(written), chosen)


def sample_moments(seconds: Floats) -> tuple[Estimate, Estimate]:
    """Mean and coefficient of variation with 95 % limits, on the log scale, by the delta method from sample moments."""
    n = len(seconds)
    mean = float(seconds.mean())
    sd = float(seconds.std(ddof=1))
    cv = sd / mean
    z = (seconds - mean) / sd
    skew, kurtosis = float((z**3).mean()), float((z**4).mean())
    mean_se = cv / math.sqrt(n)
    cv_se = math.sqrt(max((kurtosis - 1) / 4 + cv**2 - skew * cv, 0.0) / n)
    return (
        Estimate("mean", mean, mean * math.exp(-Z95 * mean_se), mean * math.exp(Z95 * mean_se), "s"),
        Estimate("cv", cv, cv * math.exp(-Z95 * cv_se), cv * math.exp(Z95 * cv_se)),
    )


def _sensible(law: Law, cv: float) -> bool:
    """A hyperexponential needs a cv above 1; an Erlang law of one stage is the exponential."""
    return {"hyperexponential": cv > 1, "erlang": stages_of(cv) > 1}.get(law, True)


def written_cv(law: Law, cv: float) -> float:
    """Coefficient of variation that the law has when it is written for a sample of this one."""
    if law == "exponential":
        return 1.0
    return 1 / math.sqrt(stages_of(cv)) if law == "erlang" else cv
