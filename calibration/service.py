"""Service times from a log: which rows count, one law for all or one by transaction, as a patch of the hall.

How a law is chosen stands in `service_times`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from calibration.errors import CalibrationError
from calibration.fit import Estimate, Finding, Table
from calibration.groups import group_masks, renamed, share_text, study_names
from calibration.laws import LAWS, Floats, stages_of
from calibration.mapping import EACH
from calibration.parameters import belief, figures, quantity
from calibration.service_times import ALL, ServiceModel, fit_service_times
from calibration.tickets import TicketLog

if TYPE_CHECKING:
    import pandas as pd

_SHORT_S = 10.0
_FEWEST = 20


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
    if transaction == EACH:
        rare = used["transaction"].value_counts().loc[lambda counts: counts < _FEWEST].index
        if len(rare):
            seldom = log.frame["transaction"].isin(rare).to_numpy()
            left_out.append((f"transaction seen fewer than {_FEWEST} times", seldom))
            used, rows = log.select("service", ["outcome", "service_s"], left_out)
    groups = _groups(used, transaction)
    names = study_names([name for name, _ in groups])
    models = [fit_service_times(part, names[name], law) for name, part in groups]
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
    hours, uneven = _by_hour(used)
    return Finding(
        rows, tuple(e for model in models for e in _estimates(model, len(models) > 1)), _goodness(models),
        (*(_law_table(model) for model in models), *hours), (*_warnings(models, shortest_s), *uneven, *renamed(names)),
        {"transactions": patch}, tuple(models),
    )  # fmt: skip


def _groups(used: pd.DataFrame, transaction: str | None) -> list[tuple[str, Floats]]:
    if transaction != EACH:
        if len(used) < _FEWEST:
            raise CalibrationError("too-few", f"only {len(used)} services: a fit needs {_FEWEST}")
        return [(transaction or ALL, used["service_s"].to_numpy(dtype=np.float64))]
    return [
        (str(name) or "unnamed", part.to_numpy(dtype=np.float64))
        for name, part in used.groupby("transaction", sort=True)["service_s"]
    ]


def _by_hour(used: pd.DataFrame) -> tuple[tuple[Table, ...], tuple[str, ...]]:
    """Mean service by hour of its start, and a warning where hours differ by more than chance and by 15 %."""
    known = used[used["called"].notna()]
    if not len(known):
        return (), ()
    by = known.groupby(known["called"].dt.hour)["service_s"].agg(["size", "mean", "std"])
    by = by[by["size"] >= _FEWEST]
    rows = tuple((f"{hour:02d}", int(row["size"]), float(row["mean"])) for hour, row in by.iterrows())
    table = Table("mean service by hour of its start", ("hour", "services", "mean s"), rows)
    mean = float(known["service_s"].mean())
    far = (by["mean"] - mean).abs() > np.maximum(0.15 * mean, 3.3 * by["std"] / np.sqrt(by["size"]))
    if not far.any():
        return (table,), ()
    named = ", ".join(f"{hour:02d} h {by['mean'][hour]:.0f} s" for hour in by.index[far])
    return (table,), (f"service is not the same all day ({named}; all {mean:.0f} s); a study states one law for it",)


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


def _warnings(models: list[ServiceModel], shortest_s: float) -> list[str]:
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
        if model.as_written.ks > max(0.05, 1.358 / math.sqrt(model.n)):
            said.append(f"{name}no law fits closely (KS {model.as_written.ks:.3f}): look at the figure")
    return said
