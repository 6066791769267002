"""A metric's key, `kpi@scope@period`: what it may name in the studies that are compared, and the unit of its sizes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from typing import Literal

from scenarios import units
from scenarios.calendar import WEEKDAYS
from scenarios.kpis import (
    ALL_PERIODS,
    CAUSE,
    KIOSK,
    KPIS,
    OFFERED_WAIT_OVER,
    OPERATOR,
    OUR_OWN,
    RUN_BY,
    Kpi,
    find_kpi,
    of_halls,
    offered_wait_kpi,
    operator_scope,
    scope_kind,
)
from scenarios.measured_parts import check_parts
from scenarios.schema.checks import opening_spans
from scenarios.schema.complaints import CAUSES
from scenarios.schema.hall import Hall
from scenarios.schema.operators import NO_OPERATOR
from scenarios.schema.study import Study
from scenarios.suggestions import did_you_mean, suggestion
from scenarios.units import (
    COUNT,
    DURATION,
    HALF_HOUR_US,
    HOUR_US,
    MINUTE_US,
    MONEY,
    MONEY_PER_MONTH,
    MONTHS,
    NUMBER,
    SHARE,
    SHARE_PER_MONTH,
    Dimension,
    QuantityError,
)

Goal = Literal["min", "max"]

_UNITS: Mapping[str, tuple[Dimension, Fraction]] = {
    "min": (DURATION, Fraction(MINUTE_US)),
    "h": (DURATION, Fraction(HOUR_US)),
    "1": (SHARE, Fraction(1)),
    "1/month": (SHARE_PER_MONTH, Fraction(1)),
    "CNY": (MONEY, Fraction(100)),
    "CNY/month": (MONEY_PER_MONTH, Fraction(100)),
    "months": (MONTHS, Fraction(1)),
    "points": (NUMBER, Fraction(1)),
}
_PARTS_OF_THE_WEEK_AND_DAY = (*WEEKDAYS, "busy", "idle", "month_end")
_OF_WHOLE_HALLS = ("counter_hours", "overtime", "kiosk_share", "sales_revenue", "remedy_cost")
_OF_WHOLE_DAYS = ("overtime", "remedy_cost")
_OF_SERVED = ("wait_mean", "wait_p50", "wait_p90", "utilisation", "fast_lane_share")
_OF_TARGETS = ("wait_over_target", "on_target")
_OF_TACTICS = ("roi",)
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Metric:
    """One result to compare: `kpi@scope@period`. `indifference` is in the KPI's unit; None: 1 % of the baseline."""

    key: str
    kpi: str
    scope: str
    period: str
    unit: str
    goal: Goal
    indifference: float | None


def split_key(key: str, studies: Sequence[Study]) -> tuple[str, str, str]:
    """Split `kpi@scope@period`; scope and period default to our own operator and the whole time."""
    name, _, rest = key.partition("@")
    scope, _, period = rest.partition("@")
    return name, scope or operator_scope(studies[0].own if studies else OUR_OWN), period or ALL_PERIODS


def in_kpi_unit(raw: object, unit: str) -> float:
    """Return a size, such as `30 s` or `2 %`, in a KPI's unit. Raises `QuantityError`; sizes are not negative."""
    dimension, size = _UNITS.get(unit, (COUNT, Fraction(1)))
    value = units.parse(raw, dimension) / size
    if value < 0:
        raise QuantityError("negative", f"{units.described(raw)} is negative", "write its size")
    return float(value)


def scopes(study: Study) -> list[str]:
    """Return every scope that a metric of this study may name."""
    found = [operator_scope(study.own)] if study.halls or study.has_market else []
    if study.has_market:
        rivals = [name for name in study.operators if name != study.own]
        ends = [*study.operators, NO_OPERATOR]
        found += [operator_scope(name) for name in rivals]
        found += [f"segment/{name}" for name in study.segments]
        found += [f"tactic/{name}" for name in study.tactics]
        found += [f"flow/{left}/{taken}" for left in ends for taken in ends if (left, taken) != (NO_OPERATOR,) * 2]
    for run_by in sorted({hall.run_by for hall in study.halls.values() if hall.complaints is not None}):
        found += [RUN_BY + run_by, *(f"{RUN_BY}{run_by}/{CAUSE}/{cause}" for cause in CAUSES)]
    for name, hall in study.halls.items():
        found += [f"hall/{name}", *(f"hall/{name}/{group}" for group in hall.customers)]
        if hall.kiosks is not None:
            found.append(f"hall/{name}/{KIOSK}")
        if hall.complaints is not None:
            found += [f"hall/{name}/{CAUSE}/{cause}" for cause in CAUSES]
    return found


def months(study: Study) -> list[str]:
    """Return the calendar months that a study measures, warm-up left out, as `2010-07`."""
    days = (study.start + timedelta(days=number) for number in range(study.warm_up_us // units.DAY_US, study.days))
    return list(dict.fromkeys(f"{day:%Y-%m}" for day in days))


def metric_kpi(key: str, studies: Sequence[Study]) -> Kpi:
    """Return the KPI that a metric's key names, if every study (one for each arm) measures it there.

    Raises `QuantityError` with the nearest metric, scope or period.
    """
    name, scope, period = split_key(key, studies)
    kpi = find_kpi(name)
    halls = [hall for study in studies for hall in study.halls.values()]
    thresholds = {offered_wait_kpi(us) for hall in halls for us in hall.offered_wait_thresholds_us}
    if kpi is None or (name.startswith(OFFERED_WAIT_OVER) and studies and name not in thresholds):
        help = suggestion(name, (*KPIS, *sorted(thresholds)))
        raise QuantityError("unknown-metric", f"`{name}` is not a metric of this study", help)
    if key.count("@") > 2 or "@@" in key or key.endswith("@"):
        raise QuantityError("metric", f"`{key}` is not kpi@scope@period", "for example `wait_mean@hall/gaosheng@mon`")
    _check_scope(scope, studies)
    for study in studies:
        _check_measured(kpi, scope, study)
        if of_halls(kpi) and scope_kind(scope, study.own) != "tactic":
            _check_kind(name, scope, _halls_in(study, scope))
            _check_period(name, period, study, _halls_in(study, scope))
        else:
            _check_month(name, period, study)
    rival = any(scope_kind(scope, study.own) == "rival" for study in studies)
    return replace(kpi, goal=None) if rival else kpi


_PLACES = {
    "hall": "hall/NAME",
    "own": "operator/OWN",
    "rival": "operator/RIVAL",
    "segment": "segment/NAME",
    "tactic": "tactic/NAME",
    "flow": "flow/FROM/TO",
    "run_by": "run_by/own",
}


def _check_measured(kpi: Kpi, scope: str, study: Study) -> None:
    """Refuse a KPI in a kind of scope, or a study, in which nothing of it is measured."""
    in_halls = of_halls(kpi) and scope_kind(scope, study.own) != "tactic"
    if in_halls and not study.halls:
        message = f"`{kpi.name}` is measured in halls, and this study has none"
        raise QuantityError("no-halls", message, "add a hall under `halls`, or compare another metric")
    if not in_halls and not study.has_market:
        message = f"`{kpi.name}` is measured in a market, and this study has none"
        raise QuantityError("no-market", message, "add `population` and the market, or compare another metric")
    kind = scope_kind(scope, study.own)
    if kind not in kpi.of:
        places = ", ".join(f"`{_PLACES[each].replace('OWN', study.own)}`" for each in kpi.of)
        raise QuantityError("unknown-scope", f"`{kpi.name}` is not measured for `{scope}`", f"measured for: {places}")
    if kpi.name in _OF_TACTICS:
        tactics = [study.tactics[scope.partition("/")[2]]] if kind == "tactic" else list(study.tactics.values())
        if not any(tactic.enabled for tactic in tactics):
            message = f"`{kpi.name}` needs a tactic that acts in every arm, and some arm has none here"
            raise QuantityError("no-tactic", message, "compare another metric, such as net_value")


def _check_month(name: str, period: str, study: Study) -> None:
    """Refuse a period of a market KPI that is no month of the study: the market keeps its books by the month."""
    if period == ALL_PERIODS:
        return
    if not _MONTH.fullmatch(period):
        help = f"all, or a month such as {months(study)[0]}"
        raise QuantityError("unknown-period", f"`{name}` is known by the month, not for `{period}`", help)
    _check_is_measured(period, study)


def _check_is_measured(month: str, study: Study) -> None:
    if month not in months(study):
        shown = f"its months: {months(study)[0]} to {months(study)[-1]}"
        raise QuantityError("unknown-period", f"{month} is not a month of the study", shown)


def _check_scope(scope: str, studies: Sequence[Study]) -> None:
    known = [scopes(study) for study in studies]
    if all(scope in here for here in known):
        return
    shared = [name for name in known[0] if all(name in here for here in known)]
    where = "is not there in every arm" if any(scope in here for here in known) else "names nothing of this study"
    help = suggestion(scope, shared) or "add a hall under `halls`, or a market; nothing else is measured"
    raise QuantityError("unknown-scope", f"the scope `{scope}` {where}", help)


def _halls_in(study: Study, scope: str) -> list[Hall]:
    """Return the halls of a scope; hall names hold no slash."""
    if scope.startswith(RUN_BY):
        return [hall for hall in study.halls.values() if hall.run_by == scope.split("/")[1]]
    return list(study.halls.values()) if scope.startswith(OPERATOR) else [study.halls[scope.split("/")[1]]]


def _check_kind(name: str, scope: str, halls: Sequence[Hall]) -> None:
    """Refuse a KPI that is not measured in this kind of scope, or for which the halls lack the parts."""
    check_parts(name, scope, halls)
    group = scope.split("/")[2] if scope.count("/") == 2 else ""
    if group and name in _OF_WHOLE_HALLS:
        raise QuantityError(
            "unknown-scope", f"`{name}` is measured for whole halls", f"use `{scope.rpartition('/')[0]}`"
        )
    if group and group != KIOSK and name == "utilisation":
        raise QuantityError("unknown-scope", "counters serve every class", f"use `{scope.rpartition('/')[0]}`")
    if group == KIOSK and name in (*_OF_TARGETS, "fast_lane_share"):
        raise QuantityError("unknown-scope", f"kiosks have no `{name}`", f"use `{scope.rpartition('/')[0]}`")
    classes = [hall.customers[group] for hall in halls] if group and group != KIOSK else []
    classes = classes or [one for hall in halls for one in hall.customers.values()]
    if name in _OF_TARGETS and all(one.target is None for one in classes):
        help = "add `target: {busy: 15 min, idle: 5 min}` to a class, or compare another metric"
        raise QuantityError("no-target", f"`{name}` needs a class with a target, and none of this scope has one", help)
    if name in _OF_SERVED and group != KIOSK and not any(_serves(hall) for hall in halls):
        help = "give every arm a counter, or compare another metric, such as turned_away"
        raise QuantityError("no-counters", f"`{name}` needs counters, and none of this scope is ever staffed", help)
    if name == "overtime" and all(hall.never_closes for hall in halls):
        raise QuantityError("no-closing", "a hall that never closes has no overtime", "compare another metric")
    if name == "kiosk_share" and all(hall.kiosks is None for hall in halls):
        raise QuantityError(
            "no-kiosks", "`kiosk_share` needs kiosks in every arm", "add `kiosks`, with `count: 0` if none"
        )


def _serves(hall: Hall) -> bool:
    steps = (hall.counters.staffing, *(lane.staffing for lane in hall.counters.lanes.values()))
    return any(level > 0 for each in steps for level in each.value)


def _check_period(name: str, period: str, study: Study, halls: Sequence[Hall]) -> None:
    if period == ALL_PERIODS:
        return
    month = _MONTH.fullmatch(period)
    half_hour = re.fullmatch(r"([01][0-9]|2[0-3]):(00|30)", period)
    if not (month or half_hour or period in _PARTS_OF_THE_WEEK_AND_DAY):
        help = "all, a month such as 2010-07, a half hour such as 09:30, mon … sun, busy, idle or month_end"
        help = did_you_mean(period, _PARTS_OF_THE_WEEK_AND_DAY) + help
        raise QuantityError("unknown-period", f"`{period}` is not a period", help)
    if month:
        _check_is_measured(period, study)
    if name == "on_target" and not month:
        raise QuantityError("unknown-period", "`on_target` is known by month and for `all`", "choose one of these")
    if name in _OF_WHOLE_DAYS and (half_hour or period in ("busy", "idle")):
        help = "all, a month, mon … sun or month_end"
        raise QuantityError("unknown-period", f"`{name}` is known for whole days, not for `{period}`", help)
    if period == "busy" and all(hall.busy is None for hall in halls):
        help = 'add `busy: {hours: ["10:00-12:00"]}` to a hall'
        raise QuantityError("unknown-period", "no hall of this scope says when it is busy", help)
    if half_hour:
        start_us = units.parse_time(period)
        spans = [span for hall in halls for span in opening_spans(hall)]
        if not any(span.open_us < start_us + HALF_HOUR_US and start_us < span.close_us for span in spans):
            raise QuantityError(
                "unknown-period", f"no hall of this scope is open at {period}", "name an open half hour"
            )
