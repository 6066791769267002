"""A metric's key, `kpi@scope@period`: what it may name in the studies that are compared, and the unit of its sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from scenarios import units
from scenarios.kpis import (
    ALL_PERIODS,
    CAUSE,
    KIOSK,
    KPIS,
    OFFERED_WAIT_OVER,
    OPERATOR,
    OUR_OWN,
    QUEUE_PERCENTILES,
    RUN_BY,
    Kpi,
    find_kpi,
    of_halls,
    offered_wait_kpi,
    operator_scope,
    scope_kind,
)
from scenarios.measured_parts import check_parts
from scenarios.measured_periods import check_month, check_period
from scenarios.schema.complaints import CAUSES
from scenarios.schema.hall import Hall
from scenarios.schema.operators import NO_OPERATOR
from scenarios.schema.study import Study
from scenarios.suggestions import suggestion
from scenarios.swept import Value
from scenarios.units import (
    COUNT,
    DURATION,
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
_OF_WHOLE_HALLS = (
    "counter_hours",
    "overtime",
    "kiosk_share",
    "sales_revenue",
    "remedy_cost",
    "staff_cost",
    *QUEUE_PERCENTILES,
)
_OF_SERVED = ("wait_mean", "wait_p50", "wait_p90", "utilisation", "fast_lane_share")
_OF_TARGETS = ("wait_over_target", "on_target")
_OF_TACTICS = ("roi",)


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


def as_value(value: float, unit: str) -> Value:
    """Return a KPI's value in a form that can be compared with a quantity, exact as its shortest decimal."""
    dimension, size = _UNITS.get(unit, (COUNT, Fraction(1)))
    return Value(f"{value!r} {unit}", "", dimension, Fraction(repr(float(value))) * size)


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
        if _in_halls(kpi, scope, study):
            _check_kind(name, scope, _halls_in(study, scope))
            check_period(name, scope, period, study, _halls_in(study, scope))
        else:
            check_month(name, period, study)
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


def _in_halls(kpi: Kpi, scope: str, study: Study) -> bool:
    """Whether it is measured in halls there. What all their staff costs stands in the books of a market, if any."""
    kind = scope_kind(scope, study.own)
    return of_halls(kpi) and kind != "tactic" and not (kpi.name == "staff_cost" and kind == "own" and study.has_market)


def _check_measured(kpi: Kpi, scope: str, study: Study) -> None:
    """Refuse a KPI in a kind of scope, or a study, in which nothing of it is measured."""
    in_halls = _in_halls(kpi, scope, study)
    if in_halls and not study.halls:
        message = f"`{kpi.name}` is measured in halls, and this study has none"
        raise QuantityError("no-halls", message, "add a hall under `halls`, or compare another metric")
    if in_halls and kpi.name == "staff_cost" and not study.economics.counter_hour_fen:
        help = "add `economics: {counter_hour: 40 CNY/h}`, or compare counter_hours"
        raise QuantityError("nothing-measured", "`staff_cost` needs the price of a counter hour", help)
    if not in_halls and not study.has_market:
        message = f"`{kpi.name}` is measured in a market, and this study has none"
        raise QuantityError("no-market", message, "add `population` and the market, or compare another metric")
    kind = scope_kind(scope, study.own)
    if kind not in kpi.of:
        places = ", ".join(f"`{_PLACES[each].replace('OWN', study.own)}`" for each in kpi.of)
        raise QuantityError("unknown-scope", f"`{kpi.name}` is not measured for `{scope}`", f"measured for: {places}")
    if kpi.name == "satisfaction_gap" and study.market.satisfaction.leader is None:
        help = "add `market: {satisfaction: {leader: 74}}`, or compare satisfaction"
        raise QuantityError("nothing-measured", "`satisfaction_gap` needs the score of the province's best", help)
    if kpi.name in _OF_TACTICS:
        tactics = [study.tactics[scope.partition("/")[2]]] if kind == "tactic" else list(study.tactics.values())
        if not any(tactic.enabled for tactic in tactics):
            message = f"`{kpi.name}` needs a tactic that acts in every arm, and some arm has none here"
            raise QuantityError("no-tactic", message, "compare another metric, such as net_value")


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
