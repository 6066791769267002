"""What a study compares: metrics, zones of indifference, confidence and replications, checked against the arms."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from scenarios import units
from scenarios.consistency import Check, read_checks
from scenarios.kpis import KPIS, Kpi
from scenarios.metrics import Goal, Metric, in_kpi_unit, metric_kpi, split_key
from scenarios.problems import Problem
from scenarios.schema.shape import MOST_REPLICATIONS, Record, file_shape
from scenarios.schema.study import Study
from scenarios.selecting import Select, read_select
from scenarios.source import Map, Mark, Node, Scalar, plain, written
from scenarios.suggestions import suggestion
from scenarios.units import QuantityError

DEFAULT_METRICS = (
    "net_value",
    "churn_rate",
    "retention_rate",
    "wait_mean",
    "wait_over_target",
    "abandoned",
    "counter_hours",
)
"""What is compared where a study names nothing, as far as its market and its halls measure it."""

CONFIDENCE = 0.95
INITIAL, MAXIMUM = 10, 160
"""Replications of the first look and of the last, where a study says nothing."""


@dataclass(frozen=True)
class Compare:
    """What to compare with what, and when it is settled. `half_width`: targets by metric key, in the KPI's unit.

    `checks` are asked of the draws of the beliefs.
    """

    baseline: str
    metrics: tuple[Metric, ...]
    confidence: float = CONFIDENCE
    initial: int = INITIAL
    maximum: int = MAXIMUM
    half_width: Mapping[str, float] = field(default_factory=dict)
    select: Select | None = None
    checks: tuple[Check, ...] = ()


def _metric(key: str, kpi: Kpi, goal: Goal, indifference: float | None, studies: Sequence[Study]) -> Metric:
    name, scope, period = split_key(key, studies)
    return Metric(key, name, scope, period, kpi.unit, goal, indifference)


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
            self._unknown_keys(part, shape.fields, "compare")
        metrics, units_of = self._metrics(entries.get("metrics"))
        initial, maximum, half_width = self._replications(entries.get("replications"), units_of, shape)
        select = read_select(entries.get("select"), metrics, units_of, self.arms, self.problems)
        baseline = self._baseline(entries)
        checks = read_checks(entries.get("checks"), self.arms, baseline, self.studies, self.problems)
        return Compare(baseline, metrics, self._confidence(entries), initial, maximum, half_width, select, checks)

    def _refuse(self, mark: Mark, code: str, message: str, help: str, path: str) -> None:
        self.problems.append(mark.problem(code, message, help, path))

    def _unknown_keys(self, node: Map, known: Collection[str], path: str) -> None:
        for key, mark in node.keys.items():
            if key in node.entries and key not in known:
                help = suggestion(key, known)
                self._refuse(mark, "unknown-key", f"`{key}` is not a key here", help, f"{path}.{key}")

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
            return CONFIDENCE
        try:
            value = units.parse_share(plain(node))
            if not 0.5 <= value < 1:
                raise QuantityError(
                    "range", f"{units.described(plain(node))} is not from 50 % to below 100 %", "usual: 95 %"
                )
            return value
        except QuantityError as error:
            self._refuse(node.mark, error.code, error.message, error.help, "compare.confidence")
            return CONFIDENCE

    def _metrics(self, node: Node | None) -> tuple[tuple[Metric, ...], Mapping[str, str]]:
        if node is None:
            keys = [key for key in DEFAULT_METRICS if self.studies and self._is_measured(key)]
            metrics = tuple(_metric(key, KPIS[key], KPIS[key].goal or "min", None, self.studies) for key in keys)
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

    def _is_measured(self, key: str) -> bool:
        try:
            return bool(metric_kpi(key, self.studies))
        except QuantityError:
            return False

    def _kpi(self, key: str, mark: Mark, path: str) -> Kpi | None:
        try:
            return metric_kpi(key, self.studies)
        except QuantityError as error:
            self._refuse(mark, error.code, error.message, error.help, path)
            return None

    def _one(self, key: str, kpi: Kpi, node: Node, mark: Mark, path: str) -> Metric | None:
        if not isinstance(node, Map):
            if isinstance(node, Scalar) and node.value is None:
                node = Map(mark, {}, {})
            else:
                self._refuse(
                    node.mark, "type", "a map is wanted here", "write `{goal: min, indifference: 0.5 min}`", path
                )
                return None
        self._unknown_keys(node, ("goal", "indifference"), path)
        goal: Goal | None = kpi.goal
        given = node.entries.get("goal")
        if given is not None:
            word = plain(given)
            if word not in ("min", "max"):
                self._refuse(
                    given.mark, "choice", f"{units.described(word)} is not a goal", "allowed: min, max", f"{path}.goal"
                )
                return None
            goal = "min" if word == "min" else "max"
        if goal is None:
            help = f"write `{key}: {{goal: min}}` or `{{goal: max}}`"
            message = f"`{key}` has no better direction of its own: `goal` is missing"
            self._refuse(mark, "goal", message, help, path)
            return None
        zone = node.entries.get("indifference")
        indifference = self._in_unit(zone, kpi.unit, f"{path}.indifference") if zone is not None else None
        return _metric(key, kpi, goal, indifference, self.studies)

    def _in_unit(self, node: Node, unit: str, path: str) -> float | None:
        """Return a quantity in a KPI's unit; None and a problem if it has another unit."""
        try:
            return in_kpi_unit(plain(node), unit)
        except QuantityError as error:
            self._refuse(node.mark, error.code, error.message, error.help, path)
            return None

    def _replications(
        self, node: Node | None, units_of: Mapping[str, str], shape: Record
    ) -> tuple[int, int, dict[str, float]]:
        path = "compare.replications"
        if node is None:
            return INITIAL, MAXIMUM, {}
        if not isinstance(node, Map):
            self._refuse(
                node.mark, "type", "a map is wanted here", "write `replications: {initial: 10, max: 160}`", path
            )
            return INITIAL, MAXIMUM, {}
        inner = shape.fields["replications"]
        assert isinstance(inner, Record)
        self._unknown_keys(node, inner.fields, path)
        initial = self._count(node.entries.get("initial"), f"{path}.initial")
        maximum = self._count(node.entries.get("max"), f"{path}.max")
        if initial is not None and maximum is not None and maximum < initial:
            self._refuse(node.entries["max"].mark, "range", "`max` is below `initial`", "raise it", f"{path}.max")
        first = initial if initial is not None else min(INITIAL, maximum or INITIAL)
        most = maximum if maximum is not None else max(MAXIMUM, first)
        return first, most, self._half_widths(node.entries.get("half_width"), units_of, f"{path}.half_width")

    def _count(self, node: Node | None, path: str) -> int | None:
        if node is None:
            return None
        try:
            return units.parse_whole(plain(node), 2, MOST_REPLICATIONS)
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
