"""What would overturn the choice, in words: rivals, what gets worse, what is open, assumed numbers, sweep points."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outputs.findings import Findings
from outputs.labels import TITLE_CELLS, metric_label, metric_row, quoted_arm
from outputs.language import say
from outputs.plaintext import printable, shorten
from outputs.quantities import Scale, about_words
from outputs.recommendation import Recommendation, count_sources, recommend
from outputs.turning import turn_words

if TYPE_CHECKING:
    import pandas as pd

_TURNINGS = 4
"""So many numbers along which the choice turns are named."""

_LISTED = 6
"""So many open comparisons are listed one by one."""


def what_would_overturn(findings: Findings) -> tuple[str, ...]:
    """Return the reasons to doubt the choice: rivals, what gets worse, what is open, assumed numbers, sweep points."""
    choice = recommend(findings)
    found: list[str] = []
    if choice.arm and choice.metric:
        for rival in choice.rivals:
            row, scale = metric_row(findings, choice.point, rival, choice.metric)
            found.append(
                _say(
                    findings,
                    "overturn.rival",
                    rival=quoted_arm(findings, rival),
                    baseline=quoted_arm(findings, findings.baseline),
                    difference=_difference(findings, row, scale),
                )
            )
        for key in choice.worse:
            row, scale = metric_row(findings, choice.point, choice.arm, key)
            primary, _ = metric_row(findings, choice.point, choice.arm, choice.metric)
            words = {"metric": metric_label(findings, row), "primary": metric_label(findings, primary)}
            arm = quoted_arm(findings, choice.arm)
            found.append(
                _say(findings, "overturn.worse", arm=arm, **words, difference=_difference(findings, row, scale))
            )
        for turning in findings.turnings[:_TURNINGS]:
            if (turning.arm, turning.point, turning.metric) == (choice.arm, choice.point, choice.metric):
                number = _say(findings, "join.quote", text=shorten(turning.label, TITLE_CELLS))
                turn = turn_words(findings.language, turning, quoted_arm(findings, choice.arm))
                found.append(_say(findings, "overturn.turns", number=number, turn=turn))
    found += _unsettled(findings, choice)
    for point in findings.points[1:]:
        other = recommend(findings, point)
        if other.arm == choice.arm:
            continue
        where = printable(point)
        if other.arm is None:
            found.append(_say(findings, "overturn.point_none", point=where))
        else:
            found.append(_say(findings, "overturn.point", point=where, arm=quoted_arm(findings, other.arm)))
    sources = count_sources(findings)
    if sources.assumed:
        counts = {"assumed": sources.assumed, "all": sources.total, "ranged": sources.ranged}
        found.append(_say(findings, "overturn.assumed", **counts))
    elif sources.total:
        found.append(_say(findings, "overturn.none_assumed", all=sources.total))
    if findings.consistency:
        market = bool(findings.operator_titles)
        found.append(_say(findings, "overturn.consistency_market" if market else "overturn.consistency"))
    return tuple(found)


def _unsettled(findings: Findings, choice: Recommendation) -> list[str]:
    """Return the open comparisons: those of the chosen strategy first, then the primary metric, then the rest."""
    rows = findings.decision[
        (findings.decision["point"] == choice.point) & (findings.decision["verdict"] == "not settled")
    ]
    pairs = [(str(arm), str(metric)) for arm, metric in zip(rows["arm"], rows["metric"], strict=True)]
    ranked = sorted(pairs, key=lambda pair: (pair[0] != choice.arm, pair[1] != choice.metric))
    found = []
    for arm, metric in ranked[:_LISTED]:
        row, scale = metric_row(findings, choice.point, arm, metric)
        words = {"arm": quoted_arm(findings, str(row["arm"])), "metric": metric_label(findings, row)}
        ends = {"low": scale.number(row["low"], signed=True), "high": scale.change(row["high"])}
        if not (math.isfinite(row["low"]) and math.isfinite(row["high"])):
            found.append(_say(findings, "overturn.open_unknown", **words))
        elif math.isfinite(row["runs_to_settle"]):
            runs = about_words(float(row["runs_to_settle"]))
            found.append(_say(findings, "overturn.open_runs", runs=runs, **words, **ends))
        else:
            found.append(_say(findings, "overturn.open", **words, **ends))
    if len(ranked) > _LISTED:
        found.append(_say(findings, "overturn.open_more", count=len(ranked) - _LISTED))
    return found


def _difference(findings: Findings, row: pd.Series, scale: Scale) -> str:
    """Return a difference with its interval, or alone where all runs agree."""
    words = scale.change(row["difference"])
    low, high = scale.number(row["low"], signed=True), scale.number(row["high"], signed=True)
    return words if low == high else _say(findings, "overturn.difference", difference=words, low=low, high=high)


def _say(findings: Findings, key: str, **values: object) -> str:
    return say(findings.language, key, **values)
