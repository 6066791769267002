"""Why a comparison may be believed: how many runs common random numbers save, and where two arms first part."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outputs.findings import Findings
from outputs.labels import arm_label, capital, metric_label, quoted_arm
from outputs.language import say
from outputs.partings import parting_words
from outputs.quantities import correlation_words
from outputs.stories import Titles

if TYPE_CHECKING:
    import pandas as pd

_LISTED = 6
"""So many comparisons without a gain are listed one by one."""


def pairing_words(findings: Findings, point: str) -> tuple[str, ...]:
    """Return for each metric how many times the runs independent arms would need, then the comparisons without gain."""
    rows = findings.decision[findings.decision["point"] == point]
    found = []
    for metric in findings.metrics(point):
        here = rows[rows["metric"] == metric]
        gains = [words for _, row in here.iterrows() if (words := _gain(findings, row))]
        if gains:
            name = capital(metric_label(findings, here.iloc[0]))
            found.append(
                say(
                    findings.language, "belief.gain", metric=name, gains=say(findings.language, "join.list").join(gains)
                )
            )
    doubted = [row for _, row in rows.iterrows() if float(row["correlation"]) <= 0]
    for row in doubted[:_LISTED]:
        found.append(
            say(
                findings.language,
                "belief.no_gain",
                arm=arm_label(findings, str(row["arm"])),
                metric=metric_label(findings, row),
                correlation=correlation_words(float(row["correlation"])),
            )
        )
    if len(doubted) > _LISTED:
        found.append(say(findings.language, "belief.no_gain_more", count=len(doubted) - _LISTED))
    return tuple(found)


def parted_words(findings: Findings, point: str) -> tuple[str, ...]:
    """Return for each strategy where it first parts from the baseline at a sweep point."""
    titles = Titles(
        findings.own,
        {
            "operator": findings.operator_titles,
            "plan": findings.plan_titles,
            "tactic": findings.tactic_titles,
            "hall": findings.hall_titles,
            "segment": findings.segment_titles,
        },
    )
    return tuple(
        parting_words(findings.language, each, titles, quoted_arm(findings, each.arm))
        for each in findings.partings
        if each.point == point
    )


def _gain(findings: Findings, row: pd.Series) -> str:
    ratio, arm = float(row["variance_ratio"]), arm_label(findings, str(row["arm"]))
    if math.isnan(ratio):
        return ""
    if math.isinf(ratio):
        return say(findings.language, "belief.certain", arm=arm)
    return say(findings.language, "belief.ratio", ratio=times_words(ratio), arm=arm)


def times_words(ratio: float) -> str:
    """Return a ratio with two significant digits, whole from 10 on.

    >>> times_words(6.84), times_words(0.713), times_words(1234.5)
    ('6.8', '0.71', '1,234')
    """
    decimals = 0 if ratio >= 10 else 1 if ratio >= 1 else 2
    return f"{ratio:,.{decimals}f}"
