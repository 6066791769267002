"""The choice in words: the sentence that a director reads, and what would overturn it.

The words follow `outputs.recommend`. Means that are no metric of the study are told without an interval.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outputs.bands import mean_of
from outputs.findings import Findings
from outputs.labels import arm_label, capital, kpi_label, metric_label, metric_scale
from outputs.language import say
from outputs.plaintext import printable
from outputs.quantities import Scale, count_words, fit_scale, level_words
from outputs.recommendation import Recommendation, count_sources, recommend
from scenarios.kpis import ALL_PERIODS, KPIS

if TYPE_CHECKING:
    import pandas as pd

_QUEUES = ("wait_mean", "queue_mean")
"""What a director asks about the halls, in this order."""

_NAMED = 4
"""So many gains, the primary one among them, are named in the sentence; the table has the rest."""

_LISTED = 6
"""So many open comparisons are listed one by one."""


def verdict_sentence(findings: Findings) -> str:
    """Return the verdict in one sentence, in the language of the findings."""
    return _say(findings, "join.parts").join(verdict_parts(findings)) + _say(findings, "join.stop")


def verdict_parts(findings: Findings) -> tuple[str, ...]:
    """Return the parts of the sentence: first the choice, then queues, gains, price, what is open, assumptions."""
    choice = recommend(findings)
    if choice.metric is None:
        return (capital(_say(findings, "verdict.only_baseline", baseline=_quoted(findings, findings.baseline))),)
    parts = _chosen(findings, choice) if choice.arm else _none(findings, choice)
    parts.append(_assumptions(findings))
    if len(findings.points) > 1:
        parts.append(_sweep(findings, choice))
    return tuple(parts)


def what_would_overturn(findings: Findings) -> tuple[str, ...]:
    """Return the reasons to doubt the choice: rivals, what gets worse, what is open, assumed numbers, sweep points."""
    choice = recommend(findings)
    found: list[str] = []
    if choice.arm and choice.metric:
        for rival in choice.rivals:
            row, scale = _row(findings, choice.point, rival, choice.metric)
            found.append(
                _say(
                    findings,
                    "overturn.rival",
                    rival=_quoted(findings, rival),
                    baseline=_quoted(findings, findings.baseline),
                    difference=_difference(findings, row, scale),
                )
            )
        for key in choice.worse:
            row, scale = _row(findings, choice.point, choice.arm, key)
            primary, _ = _row(findings, choice.point, choice.arm, choice.metric)
            words = {"metric": metric_label(findings, row), "primary": metric_label(findings, primary)}
            arm = _quoted(findings, choice.arm)
            found.append(
                _say(findings, "overturn.worse", arm=arm, **words, difference=_difference(findings, row, scale))
            )
    found += _unsettled(findings, choice)
    for point in findings.points[1:]:
        other = recommend(findings, point)
        if other.arm == choice.arm:
            continue
        where = printable(point)
        if other.arm is None:
            found.append(_say(findings, "overturn.point_none", point=where))
        else:
            found.append(_say(findings, "overturn.point", point=where, arm=_quoted(findings, other.arm)))
    sources = count_sources(findings)
    if sources.assumed:
        counts = {"assumed": sources.assumed, "all": sources.total, "ranged": sources.ranged}
        found.append(_say(findings, "overturn.assumed", **counts))
    elif sources.total:
        found.append(_say(findings, "overturn.none_assumed", all=sources.total))
    if findings.consistency:
        found.append(_say(findings, "overturn.consistency"))
    return tuple(found)


def _chosen(findings: Findings, choice: Recommendation) -> list[str]:
    assert choice.arm is not None
    assert choice.metric is not None
    row, scale = _row(findings, choice.point, choice.arm, choice.metric)
    low, high = sorted((abs(float(row["low"])), abs(float(row["high"]))))
    change = _say(
        findings,
        "verdict.falls" if row["difference"] < 0 else "verdict.rises",
        metric=metric_label(findings, row),
        by=scale.change(abs(row["difference"]), signed=False),
        before=scale.first(row["baseline_mean"]),
        after=scale.value(row["arm_mean"]),
        level=level_words(findings.language, float(row["level"])),
        low=scale.number(low),
        high=scale.number(high),
    )
    parts = [_say(findings, "verdict.choose", arm=_quoted(findings, choice.arm), change=change)]
    told = {choice.metric}
    for kpi in _QUEUES:
        words, key = _queue(findings, choice, kpi)
        if words and key not in told:
            parts.append(words)
            told.add(key)
    gains = [key for key in choice.better if key not in told][: max(0, _NAMED - len(parts))]
    parts += [_also(findings, *_row(findings, choice.point, choice.arm, key)) for key in gains]
    prices = [_price(findings, *_row(findings, choice.point, choice.arm, key)) for key in choice.worse]
    if prices:
        parts.append(_say(findings, "verdict.price", changes=_say(findings, "join.list").join(prices)))
    elif not choice.unsettled:
        parts.append(_say(findings, "verdict.no_price"))
    if choice.unsettled:
        names = [metric_label(findings, _row(findings, choice.point, choice.arm, key)[0]) for key in choice.unsettled]
        parts.append(_say(findings, "verdict.open", metrics=_say(findings, "join.list").join(names)))
    return parts


def _none(findings: Findings, choice: Recommendation) -> list[str]:
    assert choice.metric is not None
    rows = _rows(findings, choice.point, choice.metric)
    metric = metric_label(findings, rows.iloc[0])
    parts = [_say(findings, "verdict.none", baseline=_quoted(findings, findings.baseline), metric=metric)]
    for verdict in ("worse", "no practical difference", "not settled"):
        arms = [_quoted(findings, arm) for arm, said in choice.primary if said == verdict]
        if arms:
            words = _say(findings, f"verdict.{verdict}")
            names = _say(findings, "join.list").join(arms)
            parts.append(_say(findings, "verdict.none_of", verdict=words, arms=names))
    runs = rows[rows["verdict"] == "not settled"]["runs_to_settle"].max()
    if math.isfinite(runs):
        parts.append(_say(findings, "verdict.runs", runs=count_words(float(runs))))
    return parts


def _queue(findings: Findings, choice: Recommendation, kpi: str) -> tuple[str, str]:
    """Return what the choice does to a queue KPI over all halls and the metric key it comes from (else the KPI)."""
    assert choice.arm is not None
    rows = findings.decision[
        (findings.decision["point"] == choice.point)
        & (findings.decision["arm"] == choice.arm)
        & (findings.decision["kpi"] == kpi)
        & (findings.decision["scope"] == findings.operator)
        & (findings.decision["period"] == ALL_PERIODS)
    ]
    if not rows.empty:
        key = str(rows.iloc[0]["metric"])
        if key in choice.worse or key in choice.unsettled:
            return "", key
        return _also(findings, *_row(findings, choice.point, choice.arm, key)), key
    before, after = (
        mean_of(findings, kpi, findings.operator, arm, choice.point, ALL_PERIODS)
        for arm in (findings.baseline, choice.arm)
    )
    if not (math.isfinite(before) and math.isfinite(after)):
        return "", kpi
    scale = fit_scale(findings.language, KPIS[kpi].unit, [before, after], [])
    return _moved(findings, kpi_label(findings.language, kpi), scale, before, after), kpi


def _also(findings: Findings, row: pd.Series, scale: Scale) -> str:
    return _moved(findings, metric_label(findings, row), scale, float(row["baseline_mean"]), float(row["arm_mean"]))


def _moved(findings: Findings, metric: str, scale: Scale, before: float, after: float) -> str:
    if scale.number(before) == scale.number(after):
        return _say(findings, "verdict.also_same", metric=metric, after=scale.value(after))
    key = "verdict.also_falls" if after < before else "verdict.also_rises"
    return _say(findings, key, metric=metric, before=scale.first(before), after=scale.value(after))


def _price(findings: Findings, row: pd.Series, scale: Scale) -> str:
    return _say(
        findings,
        "verdict.less" if row["difference"] < 0 else "verdict.more",
        metric=metric_label(findings, row),
        by=scale.change(abs(float(row["difference"])), signed=False),
        before=scale.first(row["baseline_mean"]),
        after=scale.value(row["arm_mean"]),
    )


def _assumptions(findings: Findings) -> str:
    sources = count_sources(findings)
    if not sources.total:
        return _say(findings, "verdict.no_numbers")
    if not sources.assumed:
        return _say(findings, "verdict.no_assumptions", all=sources.total)
    return _say(findings, "verdict.assumptions", assumed=sources.assumed, all=sources.total)


def _sweep(findings: Findings, choice: Recommendation) -> str:
    others = sum(recommend(findings, point).arm != choice.arm for point in findings.points[1:])
    if not others:
        return _say(findings, "verdict.holds", all=len(findings.points))
    return _say(findings, "verdict.changes", changed=others, all=len(findings.points))


def _unsettled(findings: Findings, choice: Recommendation) -> list[str]:
    """Return the open comparisons: those of the chosen strategy first, then the primary metric, then the rest."""
    rows = findings.decision[
        (findings.decision["point"] == choice.point) & (findings.decision["verdict"] == "not settled")
    ]
    pairs = [(str(arm), str(metric)) for arm, metric in zip(rows["arm"], rows["metric"], strict=True)]
    ranked = sorted(pairs, key=lambda pair: (pair[0] != choice.arm, pair[1] != choice.metric))
    found = []
    for arm, metric in ranked[:_LISTED]:
        row, scale = _row(findings, choice.point, arm, metric)
        words = {"arm": _quoted(findings, str(row["arm"])), "metric": metric_label(findings, row)}
        ends = {"low": scale.number(row["low"], signed=True), "high": scale.change(row["high"])}
        if math.isfinite(row["runs_to_settle"]):
            runs = count_words(float(row["runs_to_settle"]))
            found.append(_say(findings, "overturn.open_runs", runs=runs, **words, **ends))
        else:
            found.append(_say(findings, "overturn.open", **words, **ends))
    if len(ranked) > _LISTED:
        found.append(_say(findings, "overturn.open_more", count=len(ranked) - _LISTED))
    return found


def _rows(findings: Findings, point: str, metric: str) -> pd.DataFrame:
    return findings.decision[(findings.decision["point"] == point) & (findings.decision["metric"] == metric)]


def _row(findings: Findings, point: str, arm: str, metric: str) -> tuple[pd.Series, Scale]:
    """Return one row of the decision and the scale of its metric."""
    rows = _rows(findings, point, metric)
    return rows[rows["arm"] == arm].iloc[0], metric_scale(findings, rows)


def _difference(findings: Findings, row: pd.Series, scale: Scale) -> str:
    """Return a difference with its interval, or alone where all runs agree."""
    words = scale.change(row["difference"])
    low, high = scale.number(row["low"], signed=True), scale.number(row["high"], signed=True)
    return words if low == high else _say(findings, "overturn.difference", difference=words, low=low, high=high)


def _quoted(findings: Findings, arm: str) -> str:
    return _say(findings, "join.quote", text=arm_label(findings, arm))


def _say(findings: Findings, key: str, **values: object) -> str:
    return say(findings.language, key, **values)
