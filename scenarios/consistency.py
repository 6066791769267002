"""`compare.checks`: what results should look like if the study is right, asked of every draw of the beliefs.

A check is a condition on KPIs of one arm, or several with a name each that should all hold. It decides and tunes
nothing: reports say in which share of the draws it holds, in every arm, and which beliefs tell the draws apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scenarios.condition import Condition, is_name, read_condition
from scenarios.metrics import Metric, as_value, metric_kpi, split_key
from scenarios.problems import Problem
from scenarios.schema.study import Study
from scenarios.source import Map, Node, Scalar, written
from scenarios.suggestions import suggestion
from scenarios.units import QuantityError

PATH = "compare.checks"
KEYS = ("title", "arm", "holds", "note")
_EXAMPLE = "for example `on_target@hall/gaosheng >= 50 % and wait_mean < 6 min`"


@dataclass(frozen=True)
class Check:
    """Conditions on what one arm comes to, by the check's name; `metrics` are all that they name, each once.

    `parts` have names where there are several. `note` says where the expectation comes from.
    """

    name: str
    title: str
    arm: str
    parts: tuple[tuple[str, Condition], ...]
    metrics: tuple[Metric, ...]
    note: str = ""

    @property
    def clauses(self) -> tuple[tuple[str, str], ...]:
        """What is told of the check, name and text: all of it, without a name, then its parts if it has several."""
        texts = [(name, condition.text) for name, condition in self.parts]
        whole = " and ".join(f"({text})" for _, text in texts) if len(texts) > 1 else texts[0][1]
        return (("", whole), *texts) if len(texts) > 1 else (("", whole),)

    def holds(self, values: Mapping[str, float]) -> tuple[bool, ...]:
        """Say for each of `clauses` whether it holds, given the value of each metric by key, in the KPI's unit."""
        known = {metric.key: as_value(values[metric.key], metric.unit) for metric in self.metrics}
        found = tuple(bool(condition.holds(known)) for _, condition in self.parts)
        return (all(found), *found) if len(found) > 1 else found


def read_checks(
    node: Node | None, arms: Sequence[str], default_arm: str, studies: Sequence[Study], problems: list[Problem]
) -> tuple[Check, ...]:
    """Read the checks of a comparison. What is wrong with one goes to `problems`, and it is left out."""
    if node is None:
        return ()
    if not isinstance(node, Map) or not node.entries:
        help = "write `checks: {as-reported: {arm: ARM, holds: wait_mean < 6 min}}`"
        problems.append(node.mark.problem("type", "a map from names to checks is wanted here", help, PATH))
        return ()
    found = [
        _check(name, inner, arms, default_arm, studies, problems, f"{PATH}.{name}")
        for name, inner in node.entries.items()
    ]
    return tuple(check for check in found if check is not None)


def _check(
    name: str,
    node: Node,
    arms: Sequence[str],
    default_arm: str,
    studies: Sequence[Study],
    problems: list[Problem],
    path: str,
) -> Check | None:
    if not isinstance(node, Map) or "holds" not in node.entries:
        message = "`holds` is missing" if isinstance(node, Map) else "a map is wanted here"
        problems.append(node.mark.problem("missing", message, f"write `holds: …`, {_EXAMPLE}", path))
        return None
    known = len(problems)
    for key in node.entries:
        if key not in KEYS:
            help = suggestion(key, KEYS)
            problems.append(node.keys[key].problem("unknown-key", f"`{key}` is not a key here", help, f"{path}.{key}"))
    texts = {key: _text(node.entries.get(key), f"{path}.{key}", problems) for key in ("title", "arm", "note")}
    arm = texts["arm"] or default_arm
    if arm not in arms:
        mark = node.entries["arm"].mark
        problems.append(mark.problem("unknown-arm", f"`{arm}` is not an arm", suggestion(arm, arms), f"{path}.arm"))
    parts = _parts(node.entries["holds"], f"{path}.holds", problems)
    metrics = _metrics([condition for _, condition in parts], studies, problems)
    if len(problems) > known:
        return None
    zeros = {metric.key: as_value(0.0, metric.unit) for metric in metrics}
    for _, condition in parts:
        condition.holds(zeros, problems)
    return Check(name, texts["title"], arm, parts, metrics, texts["note"]) if len(problems) == known else None


def _parts(node: Node, path: str, problems: list[Problem]) -> tuple[tuple[str, Condition], ...]:
    """Read one condition, or a map from names to conditions."""
    if isinstance(node, Map):
        if not node.entries:
            problems.append(
                node.mark.problem("missing", "no condition is named", f"write `holds: …`, {_EXAMPLE}", path)
            )
        read = [
            (name, read_condition(inner, problems, f"{path}.{name}", _EXAMPLE)) for name, inner in node.entries.items()
        ]
    else:
        read = [("", read_condition(node, problems, path, _EXAMPLE))]
    return tuple((name, condition) for name, condition in read if condition is not None)


def _text(node: Node | None, path: str, problems: list[Problem]) -> str:
    if node is None:
        return ""
    if not isinstance(node, Scalar):
        problems.append(node.mark.problem("type", "a text is wanted here", "write it as one text", path))
        return ""
    return " ".join(written(node).split())


def _metrics(conditions: Sequence[Condition], studies: Sequence[Study], problems: list[Problem]) -> tuple[Metric, ...]:
    """Return the metrics that conditions name; each comparison has to name one."""
    found: dict[str, Metric] = {}
    for condition, left, right in ((each, *sides) for each in conditions for sides in each.comparisons):
        if not any(is_name(side.text) for side in (left, right)):
            problems.append(condition.problem(left, "condition", f"`{left.text}` is compared with no metric", _EXAMPLE))
        for side in (left, right):
            if not is_name(side.text):
                continue
            try:
                kpi = metric_kpi(side.text, studies)
            except QuantityError as error:
                problems.append(condition.problem(side, error.code, error.message, error.help))
            else:
                found[side.text] = Metric(side.text, *split_key(side.text, studies), kpi.unit, kpi.goal or "min", None)
    return tuple(found.values())
