"""What a study says of selecting one arm: which metric decides, by which procedure, and which differences matter."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from scenarios import units
from scenarios.metrics import Metric
from scenarios.problems import Problem
from scenarios.schema.shape import SELECTION_PROCEDURES
from scenarios.source import Map, Mark, Node, plain, written
from scenarios.suggestions import suggestion

_PATH = "compare.select"
_KEYS = ("metric", "procedure")


@dataclass(frozen=True)
class Select:
    """Which metric (its key) selects the best arm, by a procedure of `SELECTION_PROCEDURES`, and its zone.

    An arm that is better by less than `zone`, in the KPI's unit, need not be found.
    """

    metric: str
    procedure: str
    zone: float


def read_select(
    node: Node | None,
    metrics: Sequence[Metric],
    known: Collection[str],
    arms: Sequence[str],
    problems: list[Problem],
) -> Select | None:
    """Return what `compare.select` says, None where it says nothing. Faults go to `problems`.

    `known` are the keys under `metrics`, also of those that are not right themselves.
    """

    def refuse(mark: Mark, code: str, message: str, help: str, key: str = "") -> None:
        problems.append(mark.problem(code, message, help, f"{_PATH}.{key}" if key else _PATH))

    if node is None:
        return None
    if not isinstance(node, Map):
        refuse(node.mark, "type", "a map is wanted here", "write `select: {metric: net_value}`")
        return None
    for key, mark in node.keys.items():
        if key in node.entries and key not in _KEYS:
            refuse(mark, "unknown-key", f"`{key}` is not a key here", suggestion(key, _KEYS), key)
    if len(arms) < 2:
        refuse(node.mark, "one-arm", "one arm alone cannot be selected from", "add an arm under `arms`")
    given, procedure = node.entries.get("procedure"), SELECTION_PROCEDURES[0]
    if given is not None:
        procedure = written(given)
        if procedure not in SELECTION_PROCEDURES:
            message = f"{units.described(plain(given))} is not a procedure of selection"
            refuse(given.mark, "choice", message, f"allowed: {', '.join(SELECTION_PROCEDURES)}", "procedure")
    named = node.entries.get("metric")
    if named is None:
        refuse(node.mark, "missing", "`metric` is missing", "name one of `compare.metrics`", "metric")
        return None
    key = written(named)
    if key not in known:
        refuse(named.mark, "unknown-metric", f"`{key}` is not under `metrics`", suggestion(key, known), "metric")
        return None
    zone = next((metric.indifference for metric in metrics if metric.key == key), None)
    if any(problem.path.startswith(f"compare.metrics.{key}") for problem in problems):
        return None  # what is wrong with it has been said
    if not zone:
        message = f"`{key}` has no indifference zone above 0, so no difference is known to matter"
        help = f"write `metrics: {{{key}: {{indifference: …}}}}`, the smallest lead that is worth finding"
        refuse(named.mark, "indifference", message, help, "metric")
        return None
    return Select(key, procedure, zone)
