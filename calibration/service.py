"""Service times from a log: which law fits, and mean and cv with intervals, for all services or by transaction.

The mean and cv that are written are the sample's own, because the load of a hall and the waits of a loaded queue hang
on them. The law is the one of best Akaike criterion with just these moments, so what is compared is what is written;
the laws of highest likelihood stand beside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from calibration.errors import CalibrationError
from calibration.fit import Estimate, Finding, Table
from calibration.groups import EACH, group_masks, share_text
from calibration.laws import LAWS, FittedLaw, Floats, Law, fit_law, law_at, stages_of
from calibration.parameters import belief, figures, quantity
from calibration.survival import Z95
from calibration.tickets import TicketLog

if TYPE_CHECKING:
    import pandas as pd

ALL = "all"
"""Name of the one transaction (or class) where a fit is not split."""
_SHORT_S = 10.0
_FEWEST = 20


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
    mean, cv = sample_moments(seconds)
    if cv.value < 1e-6:
        raise CalibrationError("no-spread", "all service times are the same", help="state `deterministic` in the study")
    fitted = sorted((f for one in LAWS if (f := fit_law(one, times, weights)) is not None), key=lambda f: f.aic)
    written = sorted(
        (
            law_at(one, mean.value, _written_cv(one, cv.value), times, weights)
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


def _written_cv(law: Law, cv: float) -> float:
    if law == "exponential":
        return 1.0
    return 1 / math.sqrt(stages_of(cv)) if law == "erlang" else cv


def fit_service(
    log: TicketLog, *, transaction: str | None = None, law: str | None = None, shortest_s: float = 0.0
) -> Finding:
    """Fit service times of a log.

    `transaction` None: all in one, written as `all`; a name: the rows of that transaction (all rows where the log has
    no such column); `EACH`: one fit for every transaction of the log, with shares. Services shorter than `shortest_s`
    seconds are left out by a counted rule.
    """
    if law is not None and law not in LAWS:
        raise CalibrationError("unknown-law", f"unknown law {law!r} of service", help=f"one of {', '.join(LAWS)}")
    log.need("service", "service")
    frame = log.frame
    seconds = frame["service_s"].to_numpy(dtype=np.float64)
    left_out = [("not served", (frame["outcome"] == "abandoned").to_numpy()), ("service of 0 s", seconds == 0)]
    if shortest_s > 0:
        left_out.append((f"service shorter than {shortest_s:g} s", seconds < shortest_s))
    left_out += group_masks(log, "transaction", transaction)
    used, rows = log.select("service", ["outcome", "service_s"], left_out)
    groups = _groups(used, transaction)
    models = [fit_service_times(part, name, law) for name, part in groups]
    patch: dict[str, Any] = {}
    total = sum(model.n for model in models)
    shares = share_text([model.n for model in models])
    for model, share in zip(models, shares, strict=True):
        stated: dict[str, Any] = {}
        if transaction == EACH:
            stated["share"] = belief(share[0], share[1], share[2], note=f"{model.n} of {total} services")
        elif transaction is None:
            stated["share"] = "100 %"
        patch[model.name] = stated | {"service": _stated(model)}
    return Finding(
        rows, tuple(e for model in models for e in _estimates(model, len(models) > 1)), _goodness(models),
        tuple(_law_table(model) for model in models), tuple(_warnings(models, log, shortest_s)),
        {"transactions": patch}, tuple(models),
    )  # fmt: skip


def _groups(used: pd.DataFrame, transaction: str | None) -> list[tuple[str, Floats]]:
    seconds = used["service_s"].to_numpy(dtype=np.float64)
    if transaction != EACH:
        if len(seconds) < _FEWEST:
            raise CalibrationError("too-few", f"only {len(seconds)} services: a fit needs {_FEWEST}")
        return [(transaction or ALL, seconds)]
    names = used["transaction"].to_numpy(dtype=object)
    sizes = {str(name): int((names == name).sum()) for name in dict.fromkeys(sorted(map(str, names)))}
    small = {name for name, size in sizes.items() if size < _FEWEST or not name}
    groups = [(name, seconds[names == name]) for name in sizes if name not in small]
    rest = seconds[[str(name) in small for name in names]]
    if len(rest) >= _FEWEST:
        groups.append(("other", rest))
    elif len(rest) and groups:  # too few to stand alone: they go with the largest, and the note says so
        largest = max(range(len(groups)), key=lambda i: len(groups[i][1]))
        groups[largest] = (groups[largest][0], np.concatenate((groups[largest][1], rest)))
    if not groups:
        raise CalibrationError("too-few", f"no transaction has {_FEWEST} services", help="fit all together")
    return groups


def _stated(model: ServiceModel) -> dict[str, Any]:
    n = f"sample mean of {model.n} services"
    mean, cv = model.mean, model.cv
    stated: dict[str, Any] = {
        "dist": model.law,
        "mean": belief(quantity(mean.value, "s"), quantity(mean.low or 0, "s"), quantity(mean.high or 0, "s"), note=n),
    }
    if model.law == "erlang":
        stated["stages"] = belief(stages_of(cv.value), note="1/cv² of the sample, rounded")
    elif model.law != "exponential":
        stated["cv"] = belief(figures(cv.value), figures(cv.low or 0), figures(cv.high or 0), note="of the sample")
    return stated


def _estimates(model: ServiceModel, named: bool) -> list[Estimate]:
    prefix = f"{model.name} " if named else ""
    sample = np.repeat(model.times, model.counts.astype(int))
    logs = np.log(sample[sample >= _SHORT_S])
    found = [
        Estimate(f"{prefix}mean", model.mean.value, model.mean.low, model.mean.high, "s"),
        Estimate(f"{prefix}sd", float(sample.std(ddof=1)), unit="s"),
        Estimate(f"{prefix}cv", model.cv.value, model.cv.low, model.cv.high),
        Estimate(f"{prefix}median", float(np.median(sample)), unit="s"),
    ]
    if len(logs) > 1:
        found += [
            Estimate(
                f"{prefix}log_mean", float(logs.mean()), note=f"of ln seconds, services of {_SHORT_S:g} s or more"
            ),
            Estimate(
                f"{prefix}log_sd", float(logs.std(ddof=1)), note=f"of ln seconds, services of {_SHORT_S:g} s or more"
            ),
        ]
    return found


def _goodness(models: list[ServiceModel]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for model in models:
        prefix = f"{model.name}: " if len(models) > 1 else ""
        found[f"{prefix}law written"] = model.law
        found[f"{prefix}KS distance of the law as written"] = model.as_written.ks
        found[f"{prefix}KS distance that pure chance would exceed in 5 % of samples"] = 1.358 / math.sqrt(model.n)
    return found


def _law_table(model: ServiceModel) -> Table:
    likeliest = {one.law: one for one in model.laws}
    best, best_written = model.laws[0].aic, model.written[0].aic
    nothing = float("nan")
    rows = []
    for one in model.written:
        top = likeliest.get(one.law)
        free = (top.mean, top.cv, top.aic - best, top.ks) if top else (nothing,) * 4
        rows.append((one.law, one.aic - best_written, one.ks, *free))
    name = "" if model.name == ALL else f" of {model.name}"
    return Table(
        f"laws{name}, {model.n:,} services: with the sample's mean and cv (as written), and at highest likelihood (ML)",
        ("law", "AIC over best", "KS", "ML mean s", "ML cv", "ML AIC over best", "ML KS"),
        tuple(rows),
    )


def _warnings(models: list[ServiceModel], log: TicketLog, shortest_s: float) -> list[str]:
    said = []
    for model in models:
        name = "" if model.name == ALL else f"{model.name}: "
        short = float(model.counts[model.times < _SHORT_S].sum())
        if shortest_s < _SHORT_S and short > 0.02 * model.n and model.mean.value > 6 * _SHORT_S:
            said.append(
                f"{name}{short:,.0f} services ({short / model.n:.1%}) are shorter than {_SHORT_S:g} s, often no real "
                "service. They are in the fit; set a shortest service to leave them out"
            )
        best = next((one for one in model.laws if one.law == model.law), None)
        if best is not None and abs(best.mean / model.mean.value - 1) > 0.05:
            said.append(
                f"{name}the {model.law} of highest likelihood has mean {best.mean:.4g} s, the sample "
                f"{model.mean.value:.4g} s: the sample's is written"
            )
        if model.as_written.ks > 0.05:
            said.append(
                f"{name}no law fits closely (KS {model.as_written.ks:.3f}): look at the figure, or state `empirical`"
            )
    return said
