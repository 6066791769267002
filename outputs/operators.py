"""Which operators, segments and tactics have results, in the study's order, and the colour of each operator.

Ours comes first and has one colour, the rivals follow in the study's order, so that an operator looks the same in every
figure.
"""

from __future__ import annotations

from collections.abc import Mapping

from outputs.drawing import STRATEGY
from outputs.findings import Findings
from scenarios.kpis import OPERATOR

OURS = STRATEGY
_RIVALS = ("#b8621b", "#2f8578", "#8a5a9e", "#a14a5f", "#6b7a2c")
"""Colours of the rivals in order; a sixth rival begins again."""


def operators_of(findings: Findings) -> tuple[str, ...]:
    """Return the operators with results of the market, ours first."""
    found = _named(findings, OPERATOR, findings.operator_titles, "subscribers")
    return tuple(sorted(found, key=lambda name: name != findings.own))


def segments_of(findings: Findings) -> tuple[str, ...]:
    """Return the segments with results."""
    return _named(findings, "segment/", findings.segment_titles, None)


def tactics_of(findings: Findings) -> tuple[str, ...]:
    """Return the tactics with results."""
    return _named(findings, "tactic/", findings.tactic_titles, None)


def operator_colours(findings: Findings) -> Mapping[str, str]:
    """Return the colour of each operator with results."""
    own, *rivals = operators_of(findings) or (findings.own,)
    return {own: OURS} | {name: _RIVALS[i % len(_RIVALS)] for i, name in enumerate(rivals)}


def _named(findings: Findings, prefix: str, titles: Mapping[str, str], kpi: str | None) -> tuple[str, ...]:
    """Return the names under a prefix of scopes: those with a title in that order, then the others by name."""
    scopes = {scope for (_, _, name, scope) in findings.measured if kpi is None or name == kpi}
    found = {scope.removeprefix(prefix) for scope in scopes if scope.startswith(prefix)}
    return (*(name for name in titles if name in found), *sorted(found - set(titles)))
