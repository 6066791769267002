"""The market on a terminal in a few lines: where the value comes from, loyalty, budgets that stopped a tactic."""

from __future__ import annotations

import math
from dataclasses import replace

from outputs.bands import mean_of
from outputs.bridge import bridges
from outputs.bridge_figure import bridge_scale
from outputs.findings import Findings
from outputs.labels import kpi_label, quoted_arm, uncapital
from outputs.language import say
from outputs.plaintext import printable
from outputs.quantities import fit_scale
from outputs.recommendation import shown_arm
from outputs.tactics import budget_words, concealing_words
from scenarios.kpis import KPIS

_LOYALTY = ("retention_rate", "revenue_retention", "churn_rate", "share")
_DECIMALS = 2
"""Most decimals of a share: one line is no place for noise."""


def market_lines(findings: Findings) -> tuple[str, ...]:
    """Return the lines at the first sweep point, for the strategy shown beside the baseline; none without a market."""
    point = findings.points[0]
    arm = shown_arm(findings, point)
    found = [] if arm is None else [_value(findings, point, arm), _loyalty(findings, point, arm)]
    lines = (*filter(None, found), *budget_words(findings, point), *concealing_words(findings, point))
    several = bool(lines) and len(findings.points) > 1
    return (say(findings.language, "terminal.point", point=printable(point)), *lines) if several else lines


def _value(findings: Findings, point: str, arm: str) -> str:
    found = bridges(findings, point)
    scale = bridge_scale(findings, found) if found else None
    for bridge in found:
        if bridge.arm == arm and scale is not None:
            told = []
            for step in (each for each in bridge.steps if each.total or any(each.runs)):
                name = uncapital(say(findings.language, f"bridge.{step.key}"))
                amount = scale.number(step.amount.mean, signed=True)
                if step is bridge.steps[-1]:
                    amount = scale.change(step.amount.mean)
                told.append(say(findings.language, "terminal.step", step=name, amount=amount))
            words = say(findings.language, "join.list").join(told)
            return say(findings.language, "terminal.value", arm=quoted_arm(findings, arm), steps=words)
    return ""


def _loyalty(findings: Findings, point: str, arm: str) -> str:
    changes = []
    for kpi in _LOYALTY:
        values = [mean_of(findings, kpi, findings.operator, name, point) for name in (findings.baseline, arm)]
        if all(map(math.isfinite, values)):
            scale = fit_scale(findings.language, KPIS[kpi].unit, values, [abs(values[1] - values[0]) / 4])
            scale = replace(scale, decimals=min(scale.decimals, _DECIMALS))
            words = f"{scale.first(values[0])} → {scale.value(values[1])}"
            changes.append(
                say(findings.language, "terminal.step", step=kpi_label(findings.language, kpi), amount=words)
            )
    if not changes:
        return ""
    return say(findings.language, "terminal.loyalty", changes=say(findings.language, "join.list").join(changes))
