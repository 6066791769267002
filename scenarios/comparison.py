"""What a study compares: metrics, zones of indifference, confidence and replications, checked against the arms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from scenarios import units
from scenarios.kpis import ALL_HALLS, ALL_PERIODS, KPIS, OFFERED_WAIT_OVER, Kpi, find_kpi, offered_wait_kpi
from scenarios.problems import Problem
from scenarios.schema.fields import WEEKDAYS, nearest, suggestion
from scenarios.schema.shape import MOST_REPLICATIONS, Record, file_shape
from scenarios.schema.study import Study
from scenarios.source import Map, Mark, Node, Scalar, written
from scenarios.units import COUNT, DURATION, HOUR_US, MINUTE_US, SHARE, Dimension, QuantityError

Goal = Literal["min", "max"]
DEFAULT_METRICS = ("wait_mean", "wait_over_target", "abandoned", "counter_hours")
"""What is compared where a study with halls names nothing."""

_UNITS: Mapping[str, tuple[Dimension, Fraction]] = {
    "min": (DURATION, Fraction(MINUTE_US)),
    "h": (DURATION, Fraction(HOUR_US)),
    "1": (SHARE, Fraction(1)),
}
_PARTS_OF_THE_WEEK_AND_DAY = (*WEEKDAYS, "busy", "idle", "month_end")


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


@dataclass(frozen=True)
class Compare:
    """What to compare with what, and when it is settled. `half_width`: targets by metric key, in the KPI's unit."""

    baseline: str
    metrics: tuple[Metric, ...]
    confidence: float = 0.95
    initial: int = 10
    maximum: int = 160
    half_width: Mapping[str, float] = field(default_factory=dict)


def _metric(key: str, kpi: Kpi, goal: Goal, indifference: float | None) -> Metric:
    name, scope, period = split_key(key)
    return Metric(key, name, scope, period, kpi.unit, goal, indifference)


def split_key(key: str) -> tuple[str, str, str]:
    """Split `kpi@scope@period`; scope and period default to all halls and the whole time."""
    name, _, rest = key.partition("@")
    scope, _, period = rest.partition("@")
    return name, scope or ALL_HALLS, period or ALL_PERIODS


@dataclass
class Comparing:
    """Reads the `compare` part against the arms and the studies that they resolve to."""

    arms: Sequence[str]
    studies: Sequence[Study]
    problems: list[Problem] = field(default_factory=list)

    def read(self, node: Node | None) -> Compare:
        """Return the comparison of a study; defaults where it has none. Faults go to `problems`."""
        if node is not None and not isinstance(node, Map):
            self._refuse(
                node.mark, "type", "a map is wanted here", "write `compare: {metrics: {wait_mean: {}}}`", "compare"
            )
        part = node if isinstance(node, Map) else None
        entries: Mapping[str, Node] = part.entries if part is not None else {}
        shape = file_shape().fields["compare"]
        assert isinstance(shape, Record)
        if part is not None:
            self._unknown_keys(part, shape, "compare")
        metrics, units_of = self._metrics(entries.get("metrics"))
        initial, maximum, half_width = self._replications(entries.get("replications"), units_of, shape)
        return Compare(self._baseline(entries), metrics, self._confidence(entries), initial, maximum, half_width)

    def _refuse(self, mark: Mark, code: str, message: str, help: str, path: str) -> None:
        self.problems.append(mark.problem(code, message, help, path))

    def _unknown_keys(self, node: Map, shape: Record, path: str) -> None:
        for key, mark in node.keys.items():
            if key in node.entries and key not in shape.fields:
                self._refuse(
                    mark, "unknown-key", f"`{key}` is not a key here", suggestion(key, shape.fields), f"{path}.{key}"
                )

    def _baseline(self, entries: Mapping[str, Node]) -> str:
        node = entries.get("baseline")
        default = "baseline" if "baseline" in self.arms else self.arms[0]
        if node is None:
            return default
        name = written(node)
        if name not in self.arms:
            self._refuse(
                node.mark, "unknown-arm", f"`{name}` is not an arm", suggestion(name, self.arms), "compare.baseline"
            )
        return name

    def _confidence(self, entries: Mapping[str, Node]) -> float:
        node = entries.get("confidence")
        if node is None:
            return 0.95
        try:
            value = units.parse_share(_value(node))
            if not 0.5 <= value < 1:
                raise QuantityError(
                    "range", f"{units.described(_value(node))} is not from 50 % to below 100 %", "usual: 95 %"
                )
            return value
        except QuantityError as error:
            self._refuse(node.mark, error.code, error.message, error.help, "compare.confidence")
            return 0.95

    def _metrics(self, node: Node | None) -> tuple[tuple[Metric, ...], Mapping[str, str]]:
        if node is None:
            with_halls = bool(self.studies) and all(study.halls for study in self.studies)
            keys = DEFAULT_METRICS if with_halls else ()
            metrics = tuple(_metric(key, KPIS[key], KPIS[key].goal or "min", None) for key in keys)
            return metrics, {metric.key: metric.unit for metric in metrics}
        if not isinstance(node, Map) or not node.entries:
            help = "write `metrics: {wait_mean: {goal: min, indifference: 0.5 min}}`"
            self._refuse(node.mark, "type", "a map from metrics to their goals is wanted here", help, "compare.metrics")
            return (), {}
        found: list[Metric] = []
        known: dict[str, str] = {}
        for key, inner in node.entries.items():
            path = f"compare.metrics.{key}"
            kpi = self._kpi(key, node.keys[key], path)
            if kpi is None:
                continue
            known[key] = kpi.unit
            metric = self._one(key, kpi, inner, node.keys[key], path)
            if metric is not None:
                found.append(metric)
        return tuple(found), known

    def _kpi(self, key: str, mark: Mark, path: str) -> Kpi | None:
        name, scope, period = split_key(key)
        kpi = find_kpi(name)
        thresholds = {
            offered_wait_kpi(us) for s in self.studies for h in s.halls.values() for us in h.offered_wait_thresholds_us
        }
        if kpi is None or (name.startswith(OFFERED_WAIT_OVER) and self.studies and name not in thresholds):
            known = (*KPIS, *sorted(thresholds))
            help = suggestion(name, known)
            self._refuse(mark, "unknown-metric", f"`{name}` is not a metric of this study", help, path)
            return None
        if key.count("@") > 2 or "@@" in key or key.endswith("@"):
            self._refuse(
                mark, "metric", f"`{key}` is not kpi@scope@period", "for example `wait_mean@hall/gaosheng@mon`", path
            )
            return None
        self._check_scope(name, scope, mark, path)
        self._check_period(name, period, mark, path)
        return kpi

    def _check_scope(self, name: str, scope: str, mark: Mark, path: str) -> None:
        shared: list[str] | None = None
        for study in self.studies:
            here = scopes(study)
            shared = here if shared is None else [known for known in shared if known in here]
        if shared is None:
            return
        if scope not in shared:
            somewhere = any(scope in scopes(study) for study in self.studies)
            where = "is not there in every arm" if somewhere else "names no hall or class of this study"
            self._refuse(mark, "unknown-scope", f"the scope `{scope}` {where}", suggestion(scope, shared), path)
        elif name == "on_target" and scope.endswith("/kiosk"):
            self._refuse(mark, "unknown-scope", "kiosks have no target", "use a hall or a class", path)

    def _check_period(self, name: str, period: str, mark: Mark, path: str) -> None:
        if period == ALL_PERIODS:
            return
        help = "all, a month such as 2010-07, a half hour such as 09:30, mon … sun, busy, idle or month_end"
        month = re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", period)
        half_hour = re.fullmatch(r"([01][0-9]|2[0-3]):(00|30)", period)
        if not (month or half_hour or period in _PARTS_OF_THE_WEEK_AND_DAY):
            near = nearest(period, _PARTS_OF_THE_WEEK_AND_DAY)
            help = f"did you mean `{near}`? {help}" if near else help
            self._refuse(mark, "unknown-period", f"`{period}` is not a period", help, path)
        elif month and any(period not in _months(study) for study in self.studies):
            shown = f"{_months(self.studies[0])[0]} to {_months(self.studies[0])[-1]}"
            self._refuse(mark, "unknown-period", f"{period} is not a month of the study", f"its months: {shown}", path)
        elif name == "on_target" and not month:
            self._refuse(
                mark, "unknown-period", "`on_target` is known by month and for `all`", "choose one of these", path
            )

    def _one(self, key: str, kpi: Kpi, node: Node, mark: Mark, path: str) -> Metric | None:
        if not isinstance(node, Map):
            if isinstance(node, Scalar) and node.value is None:
                node = Map(mark, {}, {})
            else:
                self._refuse(
                    node.mark, "type", "a map is wanted here", "write `{goal: min, indifference: 0.5 min}`", path
                )
                return None
        shape = Record({"goal": file_shape(), "indifference": file_shape()}, frozenset())
        self._unknown_keys(node, shape, path)
        goal: Goal | None = kpi.goal
        given = node.entries.get("goal")
        if given is not None:
            word = _value(given)
            if word not in ("min", "max"):
                self._refuse(
                    given.mark, "choice", f"{units.described(word)} is not a goal", "allowed: min, max", f"{path}.goal"
                )
                return None
            goal = "min" if word == "min" else "max"
        if goal is None:
            help = f"write `{key}: {{goal: min}}` or `{{goal: max}}`"
            self._refuse(
                mark, "goal", f"`{kpi.name}` has no better direction of its own: `goal` is missing", help, path
            )
            return None
        zone = node.entries.get("indifference")
        indifference = self._in_unit(zone, kpi.unit, f"{path}.indifference") if zone is not None else None
        return _metric(key, kpi, goal, indifference)

    def _in_unit(self, node: Node, unit: str, path: str) -> float | None:
        """Return a quantity in a KPI's unit; None and a problem if it has another unit."""
        dimension, size = _UNITS.get(unit, (COUNT, Fraction(1)))
        try:
            value = units.parse(_value(node), dimension) / size
            if value < 0:
                raise QuantityError("negative", f"{units.described(_value(node))} is negative", "write its size")
            return float(value)
        except QuantityError as error:
            self._refuse(node.mark, error.code, error.message, error.help, path)
            return None

    def _replications(
        self, node: Node | None, units_of: Mapping[str, str], shape: Record
    ) -> tuple[int, int, dict[str, float]]:
        path = "compare.replications"
        if node is None:
            return 10, 160, {}
        if not isinstance(node, Map):
            self._refuse(
                node.mark, "type", "a map is wanted here", "write `replications: {initial: 10, max: 160}`", path
            )
            return 10, 160, {}
        inner = shape.fields["replications"]
        assert isinstance(inner, Record)
        self._unknown_keys(node, inner, path)
        initial = self._count(node.entries.get("initial"), f"{path}.initial")
        maximum = self._count(node.entries.get("max"), f"{path}.max")
        if initial is not None and maximum is not None and maximum < initial:
            self._refuse(node.entries["max"].mark, "range", "`max` is below `initial`", "raise it", f"{path}.max")
        first = initial if initial is not None else min(10, maximum or 10)
        most = maximum if maximum is not None else max(160, first)
        return first, most, self._half_widths(node.entries.get("half_width"), units_of, f"{path}.half_width")

    def _count(self, node: Node | None, path: str) -> int | None:
        if node is None:
            return None
        try:
            return units.parse_whole(_value(node), 2, MOST_REPLICATIONS)
        except QuantityError as error:
            self._refuse(node.mark, error.code, error.message, error.help, path)
            return None

    def _half_widths(self, node: Node | None, units_of: Mapping[str, str], path: str) -> dict[str, float]:
        if node is None:
            return {}
        if not isinstance(node, Map):
            self._refuse(
                node.mark, "type", "a map from metrics to half-widths is wanted here", "{wait_mean: 0.2 min}", path
            )
            return {}
        targets: dict[str, float] = {}
        for key, inner in node.entries.items():
            if key not in units_of:
                help = suggestion(key, units_of)
                self._refuse(node.keys[key], "unknown-metric", f"`{key}` is not under `metrics`", help, f"{path}.{key}")
                continue
            value = self._in_unit(inner, units_of[key], f"{path}.{key}")
            if value == 0:
                self._refuse(inner.mark, "positive", "a half-width is above 0", "give a positive size", f"{path}.{key}")
            elif value is not None:
                targets[key] = value
        return targets


def _value(node: Node) -> object:
    return node.value if isinstance(node, Scalar) else {} if isinstance(node, Map) else []


def scopes(study: Study) -> list[str]:
    """Return every scope that a metric of this study may name."""
    found = [ALL_HALLS] if study.halls else []
    for name, hall in study.halls.items():
        found += [f"hall/{name}", *(f"hall/{name}/{group}" for group in hall.customers)]
        if hall.kiosks is not None:
            found.append(f"hall/{name}/kiosk")
    return found


def _months(study: Study) -> list[str]:
    first = study.start.year * 12 + study.start.month - 1
    last_day = study.start.toordinal() + study.days - 1
    last_date = type(study.start).fromordinal(last_day)
    last = last_date.year * 12 + last_date.month - 1
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(first, last + 1)]
