"""Patience from a log: how long customers would wait before they leave, when most are served first.

A served customer censors its patience. Two kinds of log: a call centre notes the moment of leaving; a hall notices an
empty chair only when it calls the ticket (过号), so there the wait bounds patience from above.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibration.errors import CalibrationError
from calibration.fit import Estimate, Finding, Table
from calibration.groups import group_masks, renamed, study_names
from calibration.laws import Floats, Law, survival
from calibration.mapping import EACH
from calibration.parameters import belief, figures, quantity
from calibration.service_times import ALL
from calibration.survival import (
    PATIENCE_LAWS,
    CensoredLaw,
    Curve,
    Seen,
    current_status_curve,
    fit_censored,
    kaplan_meier,
)
from calibration.tickets import TicketLog

_CURVE_S = (30.0, 60.0, 120.0, 180.0, 300.0, 600.0)
_HALL_CURVE_S = (300.0, 600.0, 900.0, 1200.0, 1800.0, 3600.0)
_FEWEST_LEFT = 10
_CLEARLY_BETTER = 10.0


@dataclass(frozen=True)
class PatienceModel:
    """Patience of one class (seconds): the curve, the fitted laws (best BIC first), the one written.

    `left_early` is the share that left among the shortest tenth of the waits.
    """

    name: str
    customers: int
    left: int
    longest_s: float
    left_early: float
    curve: Curve
    points_s: tuple[float, ...]
    laws: tuple[CensoredLaw, ...]
    written: CensoredLaw


def fit_patience_times(
    waits_s: Floats,
    gone: NDArray[np.bool_],
    *,
    seen: Seen = "at_leaving",
    name: str = ALL,
    law: Law | str = "exponential",
) -> PatienceModel:
    """Fit patience to waits (seconds) that ended in leaving (`gone`) or in service.

    `law`: `exponential` (default: its mean is known without looking past the data), `weibull`, `lognormal`, or `best`
    by Schwarz's criterion.
    """
    left = int(gone.sum())
    if left < _FEWEST_LEFT:
        raise CalibrationError(
            "too-few-left",
            f"only {left} of {len(gone)} customers of {name} left before service: a fit needs {_FEWEST_LEFT}",
            help="use a longer log, or state patience as an assumption",
        )
    curve = kaplan_meier(waits_s, gone) if seen == "at_leaving" else current_status_curve(waits_s, gone)
    laws = [found for one in PATIENCE_LAWS if (found := fit_censored(one, waits_s, gone, seen, curve)) is not None]
    laws.sort(key=lambda found: found.bic)
    written = laws[0] if law == "best" and laws else next((found for found in laws if found.law == law), None)
    if written is None:
        raise CalibrationError("no-fit", f"the {law} law of patience has no finite fit here", help="try another law")
    points = _CURVE_S if np.quantile(waits_s, 0.9) < 600 else _HALL_CURVE_S
    shortest = waits_s <= np.quantile(waits_s, 0.1)
    early = float(gone[shortest].mean())
    return PatienceModel(name, len(gone), left, float(waits_s.max()), early, curve, points, tuple(laws), written)


def fit_patience(log: TicketLog, *, customer_class: str | None = None, law: Law | str = "exponential") -> Finding:
    """Fit patience of a log. `customer_class` None: all; a name: rows of that class; `EACH`: one fit per class."""
    if law not in (*PATIENCE_LAWS, "best"):
        raise CalibrationError(
            "unknown-law", f"unknown law {law!r} of patience", help=f"{', '.join(PATIENCE_LAWS)} or best"
        )
    log.need("patience", "wait")
    seen = log.mapping.abandonment_seen
    used, rows = log.select("patience", ["outcome", "wait_s"], group_masks(log, "class", customer_class))
    waits = used["wait_s"].to_numpy(dtype=np.float64)
    gone = (used["outcome"] == "abandoned").to_numpy(dtype=bool)
    if customer_class == EACH:
        classes = used["class_"].to_numpy(dtype=object)
        groups = [(name, classes == name) for name in sorted({str(name) for name in classes})]
    else:
        groups = [(customer_class or ALL, np.ones(len(used), dtype=bool))]
    names = study_names([name for name, _ in groups])
    models = [fit_patience_times(waits[on], gone[on], seen=seen, name=names[name], law=law) for name, on in groups]
    patch = {
        model.name: ({"share": "100 %"} if customer_class is None else {}) | {"patience": _stated(model)}
        for model in models
    }
    named = len(models) > 1
    goodness: dict[str, Any] = {}
    for model in models:
        prefix = f"{model.name}: " if named else ""
        goodness[f"{prefix}law written"] = model.written.law
        goodness[f"{prefix}largest gap between the law written and the curve"] = model.written.gap
    return Finding(
        rows, tuple(e for model in models for e in _estimates(model, named)), goodness,
        tuple(t for model in models for t in _tables(model)), (*_warnings(models, seen), *renamed(names)),
        {"customers": patch}, tuple(models),
    )  # fmt: skip


def _stated(model: PatienceModel) -> dict[str, Any]:
    law = model.written
    mean = belief(
        quantity(law.mean, "s"), quantity(law.mean_low, "s"), quantity(law.mean_high, "s"),
        note=f"censored likelihood, {model.left} of {model.customers} left before service",
    )  # fmt: skip
    stated: dict[str, Any] = {"dist": law.law, "mean": mean}
    if law.law != "exponential":
        stated["cv"] = belief(figures(law.cv), figures(law.cv_low), figures(law.cv_high), note="censored likelihood")
    return stated


def _estimates(model: PatienceModel, named: bool) -> list[Estimate]:
    prefix = f"{model.name} " if named else ""
    found = [Estimate(f"{prefix}left_before_service", model.left / model.customers, note=f"{model.left:,} customers")]
    for one in sorted(model.laws, key=lambda law: PATIENCE_LAWS.index(law.law)):
        found.append(Estimate(f"{prefix}{one.law}_mean", one.mean, one.mean_low, one.mean_high, "s"))
        if one.law != "exponential":
            found.append(Estimate(f"{prefix}{one.law}_cv", one.cv, one.cv_low, one.cv_high))
    for at in model.points_s:
        if at <= model.longest_s:
            low, high = model.curve.interval(at)
            known = math.isfinite(low) and math.isfinite(high)
            limits = (low, high) if known else (None, None)
            found.append(Estimate(f"{prefix}stays_over_{at:g}s", model.curve(at), limits[0], limits[1], tabled=True))
    return found


def _tables(model: PatienceModel) -> tuple[Table, Table]:
    name = "" if model.name == ALL else f" of {model.name}"
    best = model.laws[0].bic
    laws = tuple((one.law, one.mean, one.cv, one.bic - best, one.gap) for one in model.laws)
    points = [at for at in model.points_s if at <= model.longest_s]
    at = np.asarray(points, dtype=np.float64)
    curves = [survival(one.law, one.mean, one.cv, at) for one in model.laws]
    shares: tuple[tuple[str | float, ...], ...] = tuple(
        (f"{t:g} s", model.curve(t), *model.curve.interval(t), *(float(c[i]) for c in curves))
        for i, t in enumerate(points)
    )
    return (
        Table(f"laws of patience{name}", ("law", "mean s", "cv", "BIC over best", "gap to curve"), laws),
        Table(
            f"share{name} whose patience exceeds",
            ("time", "curve", "low", "high", *(one.law for one in model.laws)),
            shares,
        ),
    )


def _doubt(model: PatienceModel) -> str | None:
    """Where leaving shows at the call, hardly anybody is gone after a short wait; a log with many notes the leaving."""
    share = model.left / model.customers
    if model.left_early < 0.5 * share:
        return None
    return (
        f"{'' if model.name == ALL else model.name + ': '}of the shortest tenth of waits {model.left_early:.0%} ended "
        f"in leaving, of all {share:.0%}: either many leave at once, or the log notes the moment of leaving. Then the "
        "mapping has to say abandonment_seen: at_leaving"
    )


def _warnings(models: list[PatienceModel], seen: Seen) -> list[str]:
    said = []
    if seen == "when_called":
        said += [told for model in models if (told := _doubt(model))]
        said.append(
            "leaving is noticed only when a ticket is called: the wait bounds patience from above, and the fit says so "
            "(current status data); the curve has no simple interval"
        )
    for model in models:
        name = "" if model.name == ALL else f"{model.name}: "
        best, written = model.laws[0], model.written
        if best.bic < written.bic - _CLEARLY_BETTER:
            said.append(
                f"{name}{best.law} fits clearly better than {written.law} (BIC {written.bic - best.bic:.0f} lower): "
                f"ask for law {best.law} or best. Its mean looks past the longest wait seen: read the curve"
            )
        beyond = float(survival(written.law, written.mean, written.cv, np.array([model.longest_s]))[0])
        if beyond > 0.1 and written.law != "exponential":
            said.append(
                f"{name}{beyond:.0%} of the {written.law} law lies past the longest wait, {model.longest_s:.0f} s: "
                "its mean and cv hold the curve together there and are no fact of their own"
            )
    return said
