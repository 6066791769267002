"""The choice in words: the sentence that a director reads.

The words follow `outputs.recommend`. Of what is no metric of the study, queues are told by means alone, net value and
loyalty with a paired interval.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outputs.bands import BAND_LEVEL, all_zero, estimate, mean_of, per_run
from outputs.findings import Findings
from outputs.labels import capital, kpi_label, metric_label, metric_row, metric_rows, quoted_arm
from outputs.language import say
from outputs.over_draws import drawn_part
from outputs.quantities import Scale, about_words, fit_scale, level_words
from outputs.recommendation import Recommendation, count_sources, recommend, shown_arm
from scenarios.kpis import ALL_PERIODS, KPIS

if TYPE_CHECKING:
    import pandas as pd

_QUEUES = ("wait_mean", "queue_mean")
"""What a director asks about the halls, in this order."""

_LOYALTY = ("retention_rate", "churn_rate")
"""What a director asks about loyalty; those that are metrics of the study are told, else the first one measured."""

_VALUE = "net_value"

_NAMED = 4
"""So many gains, the primary one among them, are named in the sentence; the table has the rest."""


def verdict_sentence(findings: Findings) -> str:
    """Return the verdict in one sentence, in the language of the findings."""
    return _say(findings, "join.parts").join(verdict_parts(findings)) + _say(findings, "join.stop")


def verdict_parts(findings: Findings) -> tuple[str, ...]:
    """Return the parts of the sentence: first the choice, then queues, gains, price, what is open, assumptions."""
    choice = recommend(findings)
    if choice.metric is None:
        return (capital(_say(findings, "verdict.only_baseline", baseline=quoted_arm(findings, findings.baseline))),)
    parts = _chosen(findings, choice) if choice.arm else _none(findings, choice)
    if over := drawn_part(findings, choice.point):
        parts.append(over)
    parts.append(_assumptions(findings))
    if len(findings.points) > 1:
        parts.append(_sweep(findings, choice))
    return tuple(parts)


def _chosen(findings: Findings, choice: Recommendation) -> list[str]:
    assert choice.arm is not None
    assert choice.metric is not None
    row, scale = metric_row(findings, choice.point, choice.arm, choice.metric)
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
    parts = [_say(findings, "verdict.choose", arm=quoted_arm(findings, choice.arm), change=change)]
    told = {choice.metric}
    market = [each for each in (_paired(findings, choice, _VALUE), *_loyalty(findings, choice)) if each.key]
    queues = [each for each in (_mean(findings, choice, kpi) for kpi in _QUEUES) if each.key]
    for each in (*market, *queues[: 1 if market else None]):
        if each.words and each.key not in told:
            parts.append(each.words)
            told.add(each.key)
    gains = [key for key in choice.better if key not in told][: max(0, _NAMED - len(parts))]
    parts += [_also(findings, *metric_row(findings, choice.point, choice.arm, key)) for key in gains]
    worse = [key for key in choice.worse if key not in told]
    prices = [_price(findings, *metric_row(findings, choice.point, choice.arm, key)) for key in worse]
    unsettled = [key for key in choice.unsettled if key not in told]
    if prices:
        parts.append(_say(findings, "verdict.price", changes=_say(findings, "join.list").join(prices)))
    elif not unsettled:
        parts.append(_say(findings, "verdict.no_price"))
    if unsettled:
        names = [metric_label(findings, metric_row(findings, choice.point, choice.arm, key)[0]) for key in unsettled]
        parts.append(_say(findings, "verdict.open", metrics=_say(findings, "join.list").join(names)))
    return parts


def _none(findings: Findings, choice: Recommendation) -> list[str]:
    assert choice.metric is not None
    rows = metric_rows(findings, choice.point, choice.metric)
    metric = metric_label(findings, rows.iloc[0])
    parts = [_say(findings, "verdict.none", baseline=quoted_arm(findings, findings.baseline), metric=metric)]
    for verdict in ("worse", "no practical difference", "not settled"):
        arms = [quoted_arm(findings, arm) for arm, said in choice.primary if said == verdict]
        if arms:
            words = _say(findings, f"verdict.{verdict}")
            names = _say(findings, "join.list").join(arms)
            parts.append(_say(findings, "verdict.none_of", verdict=words, arms=names))
    nearest = _nearest(findings, choice)
    if nearest:
        parts.append(nearest)
    runs = rows[rows["verdict"] == "not settled"]["runs_to_settle"].max()
    if math.isfinite(runs):
        parts.append(_say(findings, "verdict.runs", runs=about_words(float(runs))))
    return parts


def _nearest(findings: Findings, choice: Recommendation) -> str:
    """Return what the strategy with the best mean does to money, loyalty and queues; empty without a market."""
    arm = shown_arm(findings, choice.point)
    if arm is None:
        return ""
    best = replace(choice, arm=arm)
    market = [each for each in (_paired(findings, best, kpi) for kpi in (_VALUE, *_LOYALTY)) if each.key]
    queues = [
        _mean(findings, best, kpi) if _rows_of(findings, best, kpi).empty else _paired(findings, best, kpi)
        for kpi in _QUEUES
    ]
    queues = [each for each in queues if each.key]
    if not market:
        return ""
    changes = _say(findings, "join.list").join(each.words for each in (*market[:2], *queues[:1]))
    return _say(findings, "verdict.nearest", arm=quoted_arm(findings, arm), changes=changes)


@dataclass(frozen=True)
class _Told:
    """A KPI of the whole study in words; `key` is its metric's, else the KPI's name, empty where nothing was measured.

    `words` are empty where it belongs to the price or to what is open.
    """

    words: str = ""
    key: str = ""
    is_metric: bool = False


def _loyalty(findings: Findings, choice: Recommendation) -> list[_Told]:
    """Return what the choice does to loyalty: the metrics of the study, else a difference of what is measured."""
    compared = [kpi for kpi in _LOYALTY if not _rows_of(findings, choice, kpi).empty]
    if compared:
        return [_mean(findings, choice, kpi) for kpi in compared]
    return [each for each in (_paired(findings, choice, kpi) for kpi in _LOYALTY) if each.key][:1]


def _mean(findings: Findings, choice: Recommendation, kpi: str) -> _Told:
    """Return what the choice does to a KPI of our operator over the whole time."""
    assert choice.arm is not None
    rows = _rows_of(findings, choice, kpi)
    if not rows.empty:
        key = str(rows.iloc[0]["metric"])
        if key in choice.worse or key in choice.unsettled:
            return _Told("", key, True)
        return _Told(_also(findings, *metric_row(findings, choice.point, choice.arm, key)), key, True)
    before, after = (
        mean_of(findings, kpi, findings.operator, arm, choice.point, ALL_PERIODS)
        for arm in (findings.baseline, choice.arm)
    )
    if not (math.isfinite(before) and math.isfinite(after)):
        return _Told()
    scale = fit_scale(findings.language, KPIS[kpi].unit, [before, after], [])
    return _Told(_moved(findings, kpi_label(findings.language, kpi), scale, before, after), kpi)


def _paired(findings: Findings, choice: Recommendation, kpi: str) -> _Told:
    """Return by how much the choice changes a KPI of our operator, with its metric's interval, else one of 95 %."""
    assert choice.arm is not None
    rows = _rows_of(findings, choice, kpi)
    key = kpi if rows.empty else str(rows.iloc[0]["metric"])
    if rows.empty:
        old, new = (
            per_run(findings, kpi, findings.operator, arm, choice.point) for arm in (findings.baseline, choice.arm)
        )
        differences = (new - old).dropna()
        found, level = estimate(differences), BAND_LEVEL
        change, low, high = found.mean, found.low, found.high
        equal = len(differences) > 1 and all_zero(differences, old)
        scale = fit_scale(findings.language, KPIS[kpi].unit, [old.mean(), new.mean()], [high - change])
    else:
        row, scale = metric_row(findings, choice.point, choice.arm, key)
        change, low, high, level = (float(row[name]) for name in ("difference", "low", "high", "level"))
        equal = low == high == 0 and row["verdict"] == "no practical difference"
    if not math.isfinite(change):
        return _Told()
    words = {"metric": kpi_label(findings.language, kpi), "level": level_words(findings.language, level)}
    if equal:
        return _Told(_say(findings, "verdict.equal_value", **words), key, not rows.empty)
    if not math.isfinite(low * high):
        return _Told(_say(findings, "verdict.unknown_value", **words), key, not rows.empty)
    if not low * high > 0:
        settled = not rows.empty and rows.iloc[0]["verdict"] == "no practical difference"
        ends = {"low": scale.number(low, signed=True), "high": scale.change(high)}
        said = _say(findings, "verdict.same_value" if settled else "verdict.unsettled_value", **words, **ends)
        return _Told(said, key, not rows.empty)
    least, most = sorted((abs(low), abs(high)))
    size = {"by": scale.change(abs(change), signed=False), "low": scale.number(least), "high": scale.number(most)}
    way = "verdict.also_falls_by" if change < 0 else "verdict.also_rises_by"
    return _Told(_say(findings, way, **words, **size), key, not rows.empty)


def _rows_of(findings: Findings, choice: Recommendation, kpi: str) -> pd.DataFrame:
    """Return the decision of the recommended strategy on a KPI of our operator over the whole time; it may be empty."""
    return findings.decision[
        (findings.decision["point"] == choice.point)
        & (findings.decision["arm"] == choice.arm)
        & (findings.decision["kpi"] == kpi)
        & (findings.decision["scope"] == findings.operator)
        & (findings.decision["period"] == ALL_PERIODS)
    ]


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
    if not others and choice.arm is None:
        return _say(findings, "verdict.holds_none", all=len(findings.points))
    if not others:
        return _say(findings, "verdict.holds", all=len(findings.points))
    return _say(findings, "verdict.changes", changed=others, all=len(findings.points))


def _say(findings: Findings, key: str, **values: object) -> str:
    return say(findings.language, key, **values)
