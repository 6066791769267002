"""The names that people see: strategies, halls, classes, KPIs, and a metric with its place and time.

Titles come from the study, words from the language table; everything returned is printable on one line.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from outputs.findings import Findings, Language
from outputs.language import has, say
from outputs.plaintext import printable, shorten
from outputs.quantities import NOTHING, Scale, fit_scale, unit_words
from scenarios.kpis import ALL_PERIODS, CAUSE, KIOSK, OFFERED_WAIT_OVER, RUN_BY

if TYPE_CHECKING:
    import pandas as pd

HALF_HOUR = re.compile(r"\d\d:\d\d")
WEEKDAY_HALF_HOUR = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)-(\d\d:\d\d)")
MONTH = re.compile(r"\d{4}-\d\d")
NONE = "none"
"""Operator of people without a number; it closes the matrix of flows."""

TITLE_CELLS = 80
"""Longest title (of a strategy, hall, operator, tactic …) that is shown, in cells; a Chinese character takes two."""


def arm_label(findings: Findings, arm: str) -> str:
    """Return the title of a strategy, or its name where it has none; the name `baseline` has words."""
    title = findings.arm_titles.get(arm) or arm
    return say(findings.language, "table.baseline") if title == "baseline" else shorten(title, TITLE_CELLS)


def hall_label(findings: Findings, hall: str) -> str:
    """Return the title of a hall, or its name where it has none."""
    return shorten(findings.hall_titles.get(hall) or hall, TITLE_CELLS)


def operator_label(findings: Findings, name: str) -> str:
    """Return the title of an operator, or its name where it has none; `none` is having no number at all."""
    if name == NONE and name not in findings.operator_titles:
        return say(findings.language, "scope.none")
    return shorten(findings.operator_titles.get(name) or name, TITLE_CELLS)


def segment_label(findings: Findings, name: str) -> str:
    """Return the title of a segment, or its name where it has none."""
    return shorten(findings.segment_titles.get(name) or name, TITLE_CELLS)


def tactic_label(findings: Findings, name: str) -> str:
    """Return the title of a tactic, or its name where it has none."""
    return shorten(findings.tactic_titles.get(name) or name, TITLE_CELLS)


def class_label(language: Language, name: str) -> str:
    """Return the name of a class of customers; the brands of the market are known in both languages."""
    if name == KIOSK:
        return say(language, "scope.kiosk")
    return say(language, f"class.{name}") if has(language, f"class.{name}") else shorten(name, TITLE_CELLS)


def kpi_label(language: Language, kpi: str) -> str:
    """Return the words of a KPI; one without words is shown by its name."""
    if kpi.startswith(OFFERED_WAIT_OVER):
        threshold = re.fullmatch(r"([\d.]+)(min|s)", kpi.removeprefix(OFFERED_WAIT_OVER))
        if threshold:
            words = f"{threshold[1]} {unit_words(language, threshold[2])}"
            return say(language, "kpi.offered_wait_over", threshold=words)
    return say(language, f"kpi.{kpi}") if has(language, f"kpi.{kpi}") else printable(kpi)


def scope_label(findings: Findings, scope: str) -> str:
    """Return the words of a scope path such as `hall/gaosheng/gotone`."""
    if scope == findings.operator:
        return say(findings.language, "scope.halls")
    parts = scope.split("/")
    if parts[0] == "flow" and len(parts) == 3:
        return " → ".join(operator_label(findings, part) for part in parts[1:])
    titles = {"operator": operator_label, "segment": segment_label, "tactic": tactic_label}
    if parts[0] in titles and len(parts) == 2:
        return titles[parts[0]](findings, parts[1])
    if scope.startswith(RUN_BY):
        place = say(findings.language, f"scope.run_by.{parts[1]}")
    elif parts[0] == "hall" and len(parts) > 1:
        place = hall_label(findings, parts[1])
    else:
        return printable(scope)
    if parts[2:3] == [CAUSE]:
        return " · ".join([place, say(findings.language, f"cause.{parts[3]}")])
    return " · ".join([place, *(class_label(findings.language, part) for part in parts[2:])])


def period_label(language: Language, period: str) -> str:
    """Return the words of a period; a half hour as its span, with its weekday if it has one, a month as it is."""
    if HALF_HOUR.fullmatch(period):
        minutes = int(period[:2]) * 60 + int(period[3:]) + 30
        return f"{period}–{minutes // 60:02d}:{minutes % 60:02d}"
    of_weekday = WEEKDAY_HALF_HOUR.fullmatch(period)
    if of_weekday:
        return f"{period_label(language, of_weekday[1])} {period_label(language, of_weekday[2])}"
    return say(language, f"period.{period}") if has(language, f"period.{period}") else printable(period)


def metric_label(findings: Findings, row: pd.Series) -> str:
    """Return a metric in words, with its place and time where these aren't the whole study.

    `row` is a row of the decision.
    """
    where = []
    if row["scope"] != findings.operator:
        where.append(scope_label(findings, str(row["scope"])))
    if row["period"] != ALL_PERIODS:
        where.append(period_label(findings.language, str(row["period"])))
    kpi = kpi_label(findings.language, str(row["kpi"]))
    return say(findings.language, "label.part", kpi=kpi, where=", ".join(where)) if where else kpi


def metric_scale(findings: Findings, rows: pd.DataFrame) -> Scale:
    """Return one scale for all rows of one metric, so that its column lines up.

    Where an end of an interval would round onto the edge of the indifference zone, one more decimal shows on which
    side it lies.
    """
    unit, values = str(rows["unit"].iloc[0]), [*rows["baseline_mean"], *rows["arm_mean"]]
    scale = fit_scale(findings.language, unit, values, rows["half_width"])
    edge = scale.number(float(rows["indifference"].iloc[0]))
    ends = {scale.number(abs(float(end))) for end in (*rows["low"], *rows["high"])}
    return replace(scale, decimals=scale.decimals + 1) if edge in ends and edge != NOTHING else scale


def metric_rows(findings: Findings, point: str, metric: str) -> pd.DataFrame:
    """Return the decision on one metric at a sweep point, a row for each strategy."""
    return findings.decision[(findings.decision["point"] == point) & (findings.decision["metric"] == metric)]


def metric_row(findings: Findings, point: str, arm: str, metric: str) -> tuple[pd.Series, Scale]:
    """Return one row of the decision and the scale of its metric."""
    rows = metric_rows(findings, point, metric)
    return rows[rows["arm"] == arm].iloc[0], metric_scale(findings, rows)


def quoted_arm(findings: Findings, arm: str) -> str:
    """Return the title of a strategy in quotation marks, for sentences."""
    return say(findings.language, "join.quote", text=arm_label(findings, arm))


def quoted_tactic(findings: Findings, tactic: str) -> str:
    """Return the title of a tactic in quotation marks, for sentences."""
    return say(findings.language, "join.quote", text=tactic_label(findings, tactic))


def capital(words: str) -> str:
    """Return words with a first capital, for headings and table cells."""
    return words[:1].upper() + words[1:]


def uncapital(words: str) -> str:
    """Return words with a first small letter, for use within a sentence."""
    return words[:1].lower() + words[1:]
