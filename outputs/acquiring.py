"""What winning a customer costs against what keeping one costs, beside what the source documents say of it.

Winning: commission and subsidies that no tactic gave, for each who joined in the baseline. Keeping: what a strategy
lays out more than the baseline on customers we have (tactics with their subsidies and commissions, price cuts, labour
in halls), for each customer fewer who leaves.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outputs.bands import BAND_LEVEL, Estimate, all_zero, estimate, per_run, ratio, summed
from outputs.findings import Findings
from outputs.flows import joiners, leavers
from outputs.labels import quoted_arm
from outputs.language import say
from outputs.operators import tactics_of
from outputs.quantities import fit_scale, level_words

if TYPE_CHECKING:
    import pandas as pd

_BY_TACTICS = ("subsidy", "commission")


def acquiring_words(findings: Findings, point: str) -> tuple[str, ...]:
    """Return what winning and keeping cost, a sentence each; none where money or flows are not measured."""
    came = joiners(findings, point, findings.baseline)
    if not len(came) or not len(per_run(findings, "commission", findings.operator, findings.baseline, point)):
        return ()
    won = ratio(_winning(findings, point, findings.baseline), came)
    lines = [
        say(findings.language, "acquiring.won", cost=_cost(findings, won.mean))
        if won.mean > 0
        else say(findings.language, "acquiring.nothing")
    ]
    for arm in findings.challengers():
        lines += _kept(findings, point, arm, won)
    return (*lines, say(findings.language, "acquiring.sources"))


def _kept(findings: Findings, point: str, arm: str, won: Estimate) -> list[str]:
    stayed = leavers(findings, point, findings.baseline) - leavers(findings, point, arm)
    more = _keeping(findings, point, arm) - _keeping(findings, point, findings.baseline)
    shared = stayed.dropna().index.intersection(more.dropna().index)
    fewer = estimate(stayed.loc[shared])
    name = quoted_arm(findings, arm)
    if len(shared) > 1 and all_zero(stayed.loc[shared], leavers(findings, point, arm)):
        return [say(findings.language, "acquiring.same", arm=name)]
    if not fewer.low > 0:
        return [say(findings.language, "acquiring.none", arm=name)]
    people = fit_scale(findings.language, "subscribers", [fewer.mean], [fewer.high - fewer.mean]).number(fewer.mean)
    outlay = estimate(more.loc[shared])
    if outlay.mean <= 0:
        return [say(findings.language, "acquiring.saves", arm=name, kept=people)]
    cost = ratio(more.loc[shared], stayed.loc[shared])
    scale = fit_scale(findings.language, "CNY", [cost.mean], [cost.high - cost.low])
    words: dict[str, object] = {
        "arm": name,
        "kept": people,
        "cost": scale.value(cost.mean),
        "level": level_words(findings.language, BAND_LEVEL),
        "low": scale.number(cost.low),
        "high": scale.number(cost.high),
    }
    told = [say(findings.language, "acquiring.kept", **words)]
    if won.mean > 0 and cost.low > 0:
        times = [won.mean / part for part in (cost.mean, cost.high, cost.low)]
        shown = [f"{each:.2f}" if each < 10 else f"{each:,.0f}" for each in times]
        told.append(say(findings.language, "acquiring.ratio", ratio=shown[0], low=shown[1], high=shown[2]))
    return [say(findings.language, "join.sentences").join(told)]


def _winning(findings: Findings, point: str, arm: str) -> pd.Series:
    """Return, by run, commission and subsidies that no tactic gave."""
    total = summed(findings, point, arm, [(kpi, findings.operator) for kpi in _BY_TACTICS])
    return total.sub(_of_tactics(findings, point, arm), fill_value=0.0)


def _keeping(findings: Findings, point: str, arm: str) -> pd.Series:
    """Return, by run, what is laid out on customers we have."""
    own = [(kpi, findings.operator) for kpi in ("tactic_cost", "forgone", "staff_cost")]
    return summed(findings, point, arm, own).add(_of_tactics(findings, point, arm), fill_value=0.0)


def _of_tactics(findings: Findings, point: str, arm: str) -> pd.Series:
    named = [(kpi, f"tactic/{name}") for name in tactics_of(findings) for kpi in _BY_TACTICS]
    return summed(findings, point, arm, named)


def _cost(findings: Findings, value: float) -> str:
    return fit_scale(findings.language, "CNY", [value], []).value(value) if math.isfinite(value) else ""
