"""The consistency checks of a study in words and rows: how often each holds over the draws, and what decides it."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from outputs.findings import CHECK_COLUMNS, SEPARATION_COLUMNS, Findings
from outputs.labels import arm_label, metric_label, quoted_arm
from outputs.language import say
from outputs.over_draws import part_words
from outputs.plaintext import printable
from outputs.quantities import NOTHING, level_words
from outputs.sections import Section, section_of
from outputs.tables import csv_bytes
from scenarios.kpis import ALL_PERIODS, find_kpi

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

MOST_TOLD = 6
"""Beliefs that are named of those which decide a clause; the file has all."""

MOST_UNSETTLED = 3
"""Beliefs that are named where none is settled: the most telling ones, called not settled."""

_TOKEN = re.compile(r"[^\s<>=!()≤≥≠\"']+|<=|>=|!=")
_SIGNS = {"<=": "≤", ">=": "≥", "!=": "≠"}
_JOINTS = ("and", "or", "not")
_DECIDING = (("belief", "name"), ("source", ""), ("held", "number"), ("other", "number"), ("distance", "number"))
"""Columns of the table of what decides, and the style of their cells."""


def check_sections(findings: Findings) -> list[dict[str, Any]]:
    """Return what the report shows of the checks: a part for each check at each sweep point that was drawn at."""
    if findings.checks is None:
        return []
    sections = []
    for (point, _), rows in findings.checks.groupby(["point", "check"], sort=False):
        where = say(findings.language, "over.at", point=printable(str(point))) if len(findings.points) > 1 else ""
        first = rows.iloc[0]
        clauses = list(dict.fromkeys(rows["clause"]))
        sections.append(
            {
                "point": where,
                "title": check_title(first),
                "words": check_words(findings, rows),
                "heads": [_head(findings, rows, clause) for clause in clauses],
                "rows": [_row(findings, str(arm), here) for arm, here in rows.groupby("arm", sort=False)],
                "deciding": [_deciding(findings, rows, clause) for clause in clauses],
            }
        )
    return sections


def check_pages(findings: Findings) -> list[Section]:
    """Return the parts of the report on the checks: tables of shares and of what decides, and the sentences."""
    pages: list[Section] = []
    for at, section in enumerate(check_sections(findings)):
        title = say(findings.language, "check.one", title=section["title"])
        heading = " – ".join(filter(None, (title, section["point"])))
        told = [part for part in section["deciding"] if part["rows"]]
        tables = [_share_table(findings, section), *([_deciding_table(findings, told)] if told else [])]
        untold = [f"{part['heading']}: {part['note']}" for part in section["deciding"] if not part["rows"]]
        pages.append(section_of(findings, f"check-{at + 1}", heading, section["words"], {}, tables, untold))
    if pages:
        pages[-1]["items"] = (*pages[-1]["items"], *check_notes(findings))
    return pages


def _share_table(findings: Findings, section: dict[str, Any]) -> dict[str, Any]:
    heads = [(say(findings.language, "table.strategy"), ""), *((head, "number") for head in section["heads"])]
    rows = [
        {
            "total": row["stated"],
            "cells": [(row["name"], "name"), *((cell, "number", small, "") for cell, small in row["cells"])],
        }
        for row in section["rows"]
    ]
    return {"head": heads, "groups": [{"name": "", "rows": rows}]}


def _deciding_table(findings: Findings, told: list[dict[str, Any]]) -> dict[str, Any]:
    heads = [(say(findings.language, f"check.{key}"), style if key != "belief" else "") for key, style in _DECIDING]
    groups = [
        {
            "name": " – ".join(filter(None, (part["heading"], part["note"]))),
            "rows": [
                {"total": False, "cells": [(row[key], style) for key, style in _DECIDING]} for row in part["rows"]
            ],
        }
        for part in told
    ]
    return {"head": heads, "groups": groups}


def check_notes(findings: Findings) -> tuple[str, ...]:
    """Return what a reader must know of all checks: what they are, and how to read what decides them."""
    if findings.checks is None or findings.checks.empty:
        return ()
    level = level_words(findings.language, float(findings.checks["level"].iloc[0]))
    return tuple(say(findings.language, key, level=level) for key in ("check.note", "check.read"))


def check_title(row: pd.Series) -> str:
    """Return the title of a check, or its name where it has none."""
    return printable(str(row["title"] or row["check"]))


def check_words(findings: Findings, rows: pd.DataFrame) -> tuple[str, ...]:
    """Return how often a check holds with the strategy that it is about, and where it comes from."""
    row = rows[rows["stated"] & (rows["clause"] == 0)].iloc[0]
    parts = {name: part_words(findings, float(row[name])) for name in ("share", "low", "high")}
    key = "check.sentence" if int(row["draws"]) else "check.nothing"
    words = [
        say(
            findings.language,
            key,
            title=check_title(row),
            arm=quoted_arm(findings, str(row["arm"])),
            draws=int(row["draws"]),
            **parts,
        )
    ]
    if row["note"]:
        words.append(say(findings.language, "check.from", note=printable(str(row["note"]))))
    return tuple(words)


def condition_words(findings: Findings, condition: str) -> str:
    """Return a condition with its metrics in words: `on_target@hall/west >= 50 %` as `on target (west) ≥ 50 %`."""
    import pandas as pd

    def word(found: re.Match[str]) -> str:
        token = found[0]
        if token in _SIGNS:
            return _SIGNS[token]
        if token in _JOINTS:
            return say(findings.language, f"check.{token}")
        kpi, _, rest = token.partition("@")
        if find_kpi(kpi) is None:
            return token
        scope, _, period = rest.partition("@")
        place = {"kpi": kpi, "scope": scope or findings.operator, "period": period or ALL_PERIODS}
        return metric_label(findings, pd.Series(place))

    return printable(_TOKEN.sub(word, condition))


def checks_csv(findings: Findings) -> bytes:
    """Return `checks.csv`: how often each check holds, every column and digit."""
    assert findings.checks is not None
    return csv_bytes(findings.checks[list(CHECK_COLUMNS)])


def separations_csv(findings: Findings) -> bytes:
    """Return `separations.csv`: how far each belief tells the draws apart, every column and digit."""
    assert findings.separations is not None
    return csv_bytes(findings.separations[list(SEPARATION_COLUMNS)])


def _is_sum(rows: pd.DataFrame, clause: int) -> bool:
    """Say whether a clause is all the parts of a check together."""
    return clause == 0 and bool(rows["clause"].max() > 0)


def _head(findings: Findings, rows: pd.DataFrame, clause: int) -> str:
    if _is_sum(rows, clause):
        return say(findings.language, "check.whole")
    first = rows[rows["clause"] == clause].iloc[0]
    return printable(str(first["part"])) if first["part"] else condition_words(findings, str(first["condition"]))


def _row(findings: Findings, arm: str, rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "name": arm_label(findings, arm),
        "stated": bool(rows["stated"].any()),
        "cells": list(_cells(findings, rows)),
    }


def _cells(findings: Findings, rows: pd.DataFrame) -> Iterator[tuple[str, str]]:
    for _, row in rows.sort_values("clause").iterrows():
        share, low, high = (part_words(findings, float(row[name])) for name in ("share", "low", "high"))
        yield share, f"[{low}, {high}]" if math.isfinite(float(row["share"])) else NOTHING


def _deciding(findings: Findings, rows: pd.DataFrame, clause: int) -> dict[str, Any]:
    assert findings.separations is not None
    first = rows.iloc[0]
    all_told = findings.separations
    here = all_told[
        (all_told["point"] == first["point"]) & (all_told["check"] == first["check"]) & (all_told["clause"] == clause)
    ]
    settled = here[here["decides"].astype(bool)]
    if _is_sum(rows, clause):
        heading = say(findings.language, "check.decide_whole")
    else:
        heading = say(findings.language, "check.decide", condition=_head(findings, rows, clause))
    more = len(settled) - MOST_TOLD
    note = ""
    if settled.empty:
        note = say(findings.language, "check.decide_few" if here.empty else "check.decide_none")
        settled = here.head(MOST_UNSETTLED)
    elif more > 0:
        note = say(findings.language, "check.more", count=more)
    return {
        "heading": heading,
        "note": note,
        "rows": [
            {
                "belief": printable(str(row["label"])),
                "source": say(findings.language, f"source.{row['source']}"),
                "held": f"{printable(str(row['held_median']))} {'↑' if row['rises'] else '↓'}",
                "other": printable(str(row["other_median"])),
                "distance": f"{float(row['distance']):.2f}",
            }
            for _, row in settled.head(MOST_TOLD).iterrows()
        ],
    }
