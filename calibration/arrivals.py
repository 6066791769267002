"""Arrivals from a log: which rows count, the fitted profile and factors as a patch of the hall, and what to mind.

The model itself stands in `daycounts`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from calibration.daycounts import DAYS_NEEDED, MONTHS_NEEDED, ArrivalModel, DayCounts, count_by_half_hour, fit_counts
from calibration.fit import Estimate, Finding, Table
from calibration.laws import Floats
from calibration.parameters import belief, factor, figures, quantity
from calibration.tickets import TicketLog
from calibration.timetable import chosen_weekdays, grid_of, outside_of
from scenarios.calendar import WEEKDAYS

_ODD_DAY = 4.0
_YEARS_ODD = 10


def fit_arrivals(log: TicketLog, *, hours: str | None = None, weekdays: Sequence[str] | None = None) -> Finding:
    """Fit arrivals of a log. `hours` and `weekdays` limit the fit; without them the mapping's, else all rows count."""
    from scipy.stats import chi2

    log.need("arrivals", "arrival")
    arrival = log.frame["arrival"]
    span = hours if hours is not None else log.mapping.hours
    left_out = outside_of(arrival, chosen_weekdays(weekdays, log.mapping.weekdays), span)
    used, rows = log.select("arrivals", ["arrival"], left_out)
    grid = grid_of(span, [used["arrival"]])
    data = count_by_half_hour(used["arrival"], grid)
    model = fit_counts(data)
    totals = data.counts.sum(axis=1)

    day_p = float(chi2.sf(model.day_chi2, model.free)) if model.free else math.nan
    shape_p = float(chi2.sf(model.shape_chi2, model.shape_df)) if model.shape_df else math.nan
    goodness: dict[str, Any] = {
        "days": len(totals),
        "variance over mean of day totals, after factors": model.day_chi2 / model.free if model.free else math.nan,
        "p that days differ by chance only (Poisson)": day_p,
        "chi-square per degree of freedom of the profile within days": model.shape_chi2 / max(model.shape_df, 1),
        "p that every day has the same profile": shape_p,
        "p that all weekdays are alike": model.weekday_p,
    }
    estimates = [
        Estimate("mean_per_day", float(np.mean(model.rate @ grid.hours)), unit="customers"),
        Estimate("day_to_day_cv", model.cv, model.cv_low, model.cv_high),
        *(Estimate(f"weekday {name}", e.value, e.low, e.high, note=e.note) for name, e in model.weekday.items()),
        *(
            Estimate(f"day_of_month {name}", e.value, e.low, e.high, note=e.note)
            for name, e in model.month_part.items()
        ),
    ]
    table = Table(
        "rate per hour by half hour",
        ("from", "customers", "rate/h", "low", "high"),
        tuple(
            (label, int(n), float(r), float(lo), float(hi))
            for label, n, r, lo, hi in zip(
                grid.labels, data.counts.sum(axis=0), model.rate, model.rate_low, model.rate_high, strict=True
            )
        ),
    )
    estimates += [
        Estimate(f"rate {label}", float(r), float(lo), float(hi), "/h", tabled=True)
        for label, r, lo, hi in zip(grid.labels, model.rate, model.rate_low, model.rate_high, strict=True)
    ]
    return Finding(
        rows, tuple(estimates), goodness, (*_by_hour(data), table), tuple(_warnings(data, model, totals)),
        {"arrivals": _parameters(data, model)}, (data, model),
    )  # fmt: skip


def _by_hour(data: DayCounts) -> tuple[Table, ...]:
    hour = np.array([edge // 3600 for edge in data.grid.edges_s[:-1]])
    mean = data.counts.mean(axis=0)
    rows = tuple((f"{h:02d}", float(mean[hour == h].sum())) for h in np.unique(hour))
    return (Table("mean customers per observed day, by hour", ("hour", "customers"), rows),)


def _parameters(data: DayCounts, model: ArrivalModel) -> dict[str, Any]:
    profile = {label: quantity(rate, "/h", 4) for label, rate in zip(data.grid.labels, model.rate, strict=True)}
    n = f"{len(data.days)} days"
    patch: dict[str, Any] = {
        "rate": belief(
            profile, factor(model.level_low), factor(model.level_high),
            note=f"half-hour means over {n}; low and high are the 95 % interval of the whole level, nodes under fit",
        ),
        "interpolate": "constant",
    }  # fmt: skip
    if len(model.weekday) > 1 and min(data.weekday.count(day) for day in model.weekday) >= 2:
        patch["weekday"] = belief(
            {day: figures(e.value) for day, e in model.weekday.items()}, note=f"mean 1 over the weekdays; {n}"
        )
    if model.month_part:
        patch["day_of_month"] = belief(
            {part: figures(e.value) for part, e in model.month_part.items()}, note=f"all other days 1; {n}"
        )
    high = model.cv_high if math.isfinite(model.cv_high) else None
    patch["day_to_day_cv"] = belief(
        figures(model.cv), figures(model.cv_low) if high is not None else None,
        figures(high) if high is not None else None,
        note=f"Paule-Mandel moments beyond Poisson, after weekday effects; {n}",
    )  # fmt: skip
    return patch


def _warnings(data: DayCounts, model: ArrivalModel, totals: Floats) -> list[str]:
    said = []
    years = int(data.days[-1][:4]) - int(data.days[0][:4])
    if years > _YEARS_ODD:
        said.append(f"dates reach from {data.days[0]} to {data.days[-1]}: is one of them misread?")
    span = pd.date_range(data.days[0] if years <= _YEARS_ODD else data.days[-1], data.days[-1])
    wanted = set(data.weekday)
    missing = [
        day.strftime("%Y-%m-%d") for day in span
        if WEEKDAYS[day.weekday()] in wanted and day.strftime("%Y-%m-%d") not in data.days
    ]  # fmt: skip
    if missing:
        some = ", ".join(missing[:6]) + (" …" if len(missing) > 6 else "")
        said.append(f"{len(missing)} days without any row, taken as missing and not as empty days: {some}")
    z = (totals - model.expected) / np.sqrt(model.expected + (model.cv * model.expected) ** 2 + 1e-12)
    odd = [
        f"{data.days[i]} ({int(totals[i])} against {model.expected[i]:.0f})"
        for i in np.flatnonzero(np.abs(z) > _ODD_DAY)
    ]
    odd += [
        f"{data.days[i]} ({int(totals[i])} against {model.expected[i]:.0f})"
        for i in np.flatnonzero((totals < 0.25 * model.expected) & (np.abs(z) <= _ODD_DAY))
    ]
    if odd:
        said.append("days far from their weekday (a holiday, or a log cut off?): " + ", ".join(odd[:6]))
    if len(totals) < 10:
        said.append(f"only {len(totals)} days: factors and day_to_day_cv are rough")
    if len(model.weekday) > 1 and min(data.weekday.count(day) for day in model.weekday) < 2:
        said.append("a weekday was seen once only: no weekday factors are written")
    if not model.month_part:
        said.append(f"no month-day factors: they need {MONTHS_NEEDED} months and {DAYS_NEEDED} days in each part")
    if model.free and len(totals) >= 5:
        trend = float(np.corrcoef(np.arange(len(totals)), totals / model.expected)[0, 1])
        if abs(trend) > 3 / math.sqrt(len(totals)) and len(totals) > 9:
            said.append(
                f"the level drifts over the log (correlation with the day {trend:+.2f}): "
                "part of day_to_day_cv is a trend"
            )
    return said
