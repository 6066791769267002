"""`--fail-if "[ARM:] METRIC > VALUE"`: what it means, and whether it holds in the findings of a comparison."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from standfast.commands.exits import Refused, unknown

if TYPE_CHECKING:
    from outputs import Findings
    from scenarios import LoadedStudy, Metric

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_TARGET = re.compile(r"\s*(?:(?P<arm>.+?)\s*:\s+)?(?P<metric>[^<>=]+?)\s*(?P<op>>=|<=|>|<)\s*(?P<value>.*?)\s*", re.S)
_HOW = 'write "METRIC > VALUE" or "ARM: METRIC > VALUE", for example "wait_over_target > 5 %"'


@dataclass(frozen=True)
class Target:
    """One condition that makes a comparison fail: `metric` on `arm` (None: the recommended one) beyond `value`.

    `value` is in the KPI's unit.
    """

    text: str
    arm: str | None
    metric: Metric
    op: str
    value: float


@dataclass(frozen=True)
class Missed:
    """A condition that holds: the arm and point where it does, and the mean over replications that was found."""

    target: Target
    arm: str
    point: str
    found: float


def read_targets(texts: Iterable[str], loaded: LoadedStudy) -> tuple[Target, ...]:
    """Read every condition against a study. Raises Refused for the first that makes no sense."""
    return tuple(_read(text, loaded) for text in texts)


def _read(text: str, loaded: LoadedStudy) -> Target:
    match = _TARGET.fullmatch(text)
    if match is None or not match["value"]:
        raise Refused(f"--fail-if {text!r} is not a condition", _HOW)
    arm = match["arm"]
    if arm is not None and arm not in loaded.arms:
        raise unknown("arm", arm, loaded.arms)
    metric, value = _metric(text, match["metric"], match["value"], loaded)
    return Target(text, arm, metric, match["op"], value)


def _metric(text: str, key: str, value: str, loaded: LoadedStudy) -> tuple[Metric, float]:
    """Read metric and value by the rules of a study's own `compare.metrics`, so that both refuse the same."""
    from scenarios.metrics import Metric, in_kpi_unit, metric_kpi, split_key
    from scenarios.units import QuantityError

    studies = [loaded.resolve(arm, loaded.points[0].name).study for arm in loaded.arms]
    try:
        kpi = metric_kpi(key, studies)
        size = in_kpi_unit(value, kpi.unit)
    except QuantityError as error:
        raise Refused(f"--fail-if {text!r}: {error.message}", error.help) from None
    name, scope, period = split_key(key, studies)
    return Metric(key, name, scope, period, kpi.unit, "min", None), size


def missed_targets(targets: Iterable[Target], findings: Findings) -> tuple[Missed, ...]:
    """Return the conditions that hold, at every sweep point; where no arm is recommended the baseline stands in.

    Raises Refused where the runs hold no value of a metric, for example a period in which the hall is closed.
    """
    from outputs import recommend

    found = []
    for target in targets:
        for point in findings.points:
            arm = target.arm or recommend(findings, point).arm or findings.baseline
            mean = _mean(findings, arm, point, target)
            if _COMPARE[target.op](mean, target.value):
                found.append(Missed(target, arm, point, mean))
    return tuple(found)


def _mean(findings: Findings, arm: str, point: str, target: Target) -> float:
    rows, metric = findings.kpis, target.metric
    here = rows[
        (rows["arm"] == arm)
        & (rows["point"] == point)
        & (rows["kpi"] == metric.kpi)
        & (rows["scope"] == metric.scope)
        & (rows["period"] == metric.period)
    ]
    if here.empty:
        raise Refused(
            f"--fail-if {target.text!r}: no run has a value of {metric.key}",
            "see `standfast show STUDY --kpis` for what is measured, and whether the hall is open then",
        )
    return float(here["value"].mean())
