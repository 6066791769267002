"""What holds over draws of the beliefs, in words and rows: one table for all draws instead of one for each."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from outputs.findings import OVER_DRAWS_COLUMNS, Findings
from outputs.labels import arm_label, capital, metric_label, quoted_arm
from outputs.language import say
from outputs.plaintext import printable
from outputs.quantities import NOTHING, Scale, fit_scale, level_words
from outputs.recommendation import recommend
from outputs.tables import csv_bytes

if TYPE_CHECKING:
    import pandas as pd

HEADS = ("over.mean", "over.difference", "table.interval", "over.middle", "over.better", "over.worse", "over.best")
_SURE = 1.96
"""Quantile of the normal law for 95 %, two-sided."""


def drawn_metrics(findings: Findings, point: str) -> Iterator[pd.DataFrame]:
    """Give the rows of each metric over the draws that were made at a sweep point, an arm each."""
    if findings.over_draws is None:
        return
    here = findings.over_draws[findings.over_draws["point"] == point]
    for metric in dict.fromkeys(here["metric"]):
        yield here[here["metric"] == metric]


def drawn_sections(findings: Findings) -> list[dict[str, Any]]:
    """Return what the report shows of the draws, a part for every sweep point that they were made at."""
    sections = []
    for point in findings.points:
        groups = [drawn_group(findings, rows) for rows in drawn_metrics(findings, point)]
        if groups:
            where = say(findings.language, "over.at", point=printable(point)) if len(findings.points) > 1 else ""
            words, notes = drawn_words(findings, point), drawn_notes(findings, point)
            sections.append({"point": where, "groups": groups, "words": words, "notes": notes})
    return sections


def drawn_group(findings: Findings, rows: pd.DataFrame) -> dict[str, Any]:
    """Return the table of one metric: a row an arm, the baseline first; `cells` are in the order of the headings."""
    first = rows.iloc[0]
    scale = drawn_scale(findings, rows)
    chosen = recommend(findings, str(first["point"])).arm
    about = (scale.words, say(findings.language, f"goal.{first['goal']}"))
    return {
        "name": capital(metric_label(findings, first)),
        "about": " · ".join(filter(None, about)),
        "rows": [
            {
                "name": arm_label(findings, str(row["arm"])),
                "chosen": row["arm"] == chosen,
                "cells": _cells(findings, row, scale, str(row["arm"]) == findings.baseline),
            }
            for _, row in rows.iterrows()
        ],
    }


def drawn_heads(findings: Findings) -> tuple[str, ...]:
    """Return the headings of a table's cells, after the strategy's name."""
    keys = (*HEADS, "over.spread")
    return tuple(say(findings.language, key) for key in keys)


def drawn_words(findings: Findings, point: str) -> tuple[str, ...]:
    """Return a sentence an arm on what it does to the first metric over the draws."""
    rows = next(drawn_metrics(findings, point), None)
    if rows is None:
        return ()
    scale = drawn_scale(findings, rows)
    sentences = []
    for _, row in rows[rows["arm"] != findings.baseline].iterrows():
        ends = {"low": scale.number(float(row["low"]), True), "high": scale.number(float(row["high"]), True)}
        difference = scale.change(float(row["difference"]))
        sentences.append(
            say(
                findings.language,
                "over.sentence",
                arm=quoted_arm(findings, str(row["arm"])),
                metric=metric_label(findings, row),
                change=say(findings.language, "over.change", difference=difference, **ends),
                draws=int(row["draws"]),
                **{name: part_words(findings, float(row[name])) for name in ("better", "worse", "best")},
            )
        )
    return tuple(sentences)


def drawn_notes(findings: Findings, point: str) -> tuple[str, ...]:
    """Return what a reader must know of the draws at a point."""
    tables = list(drawn_metrics(findings, point))
    if not tables:
        return ()
    first = tables[0].iloc[0]
    draws, runs = int(first["draws"]), int(first["runs"])
    # a share of independent draws, at worst a half; draws that are spread evenly are rather surer
    points = f"{100 * _SURE * math.sqrt(0.25 / draws):.0f}" if draws else NOTHING
    level = level_words(findings.language, float(first["level"]))
    notes = [
        say(findings.language, "over.note", draws=draws, runs=runs),
        say(findings.language, "over.read", level=level, draws=draws, points=points),
        say(findings.language, "over.spread_note"),
    ]
    if any((rows["beliefs_variance"] < 0).any() for rows in tables):
        notes.append(say(findings.language, "over.zero_note"))
    made = len(set(findings.drawn_decision["point"])) if findings.drawn_decision is not None else 0
    lost = made // max(1, len(set(findings.over_draws["point"]))) - draws if findings.over_draws is not None else 0
    if lost > 0:
        notes.append(say(findings.language, "over.left_out", count=lost))
    return tuple(notes)


def drawn_part(findings: Findings, point: str) -> str:
    """Return the part of the verdict that says how far the choice holds over the draws; empty without draws."""
    rows = next(drawn_metrics(findings, point), None)
    if rows is None or not int(rows.iloc[0]["draws"]):
        return ""
    draws, chosen = int(rows.iloc[0]["draws"]), recommend(findings, point).arm
    if chosen is not None:
        row = rows[rows["arm"] == chosen].iloc[0]
        shares = {name: part_words(findings, float(row[name])) for name in ("better", "worse")}
        return say(findings.language, "verdict.over", draws=draws, **shares)
    row = rows.iloc[int(rows["best"].to_numpy().argmax())]
    best = part_words(findings, float(row["best"]))
    return say(
        findings.language, "verdict.over_none", draws=draws, arm=quoted_arm(findings, str(row["arm"])), best=best
    )


def over_draws_csv(findings: Findings) -> bytes:
    """Return `over-draws.csv`: all draws together, every column and digit."""
    assert findings.over_draws is not None
    return csv_bytes(findings.over_draws[list(OVER_DRAWS_COLUMNS)])


def drawn_scale(findings: Findings, rows: pd.DataFrame) -> Scale:
    """Return one scale for the rows of a metric."""
    return fit_scale(findings.language, str(rows["unit"].iloc[0]), rows["mean"], rows["half_width"])


def part_words(findings: Findings, share: float) -> str:
    """Return a share of draws in whole per cent; a dash where there is none."""
    if not math.isfinite(share):
        return NOTHING
    return f"{100 * share:.0f}%" if findings.language == "zh" else f"{100 * share:.0f}\u00a0%"


def _cells(findings: Findings, row: pd.Series, scale: Scale, is_baseline: bool) -> list[str]:
    spread = [_spread(scale, float(row[name])) for name in ("monte_carlo_variance", "beliefs_variance")]
    told = [part_words(findings, float(row["best"])), " / ".join(spread)]
    if is_baseline:
        return [scale.number(float(row["mean"])), *[NOTHING] * 5, *told]
    return [
        scale.number(float(row["mean"])),
        scale.number(float(row["difference"]), signed=True),
        scale.interval(float(row["low"]), float(row["high"])),
        scale.interval(float(row["p05"]), float(row["p95"])),
        part_words(findings, float(row["better"])),
        part_words(findings, float(row["worse"])),
        *told,
    ]


def _spread(scale: Scale, variance: float) -> str:
    return scale.number(math.sqrt(max(variance, 0.0))) if math.isfinite(variance) else NOTHING
