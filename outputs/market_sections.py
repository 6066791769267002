"""The sections of the report on the market: what each shows, in which order, with which notes, tables and figures.

A section whose KPIs the study doesn't have is left out; a study of halls alone has none of them.
"""

from __future__ import annotations

from typing import Any

from outputs.acquiring import acquiring_words
from outputs.bands import BAND_LEVEL
from outputs.bridge import bridges
from outputs.bridge_figure import bridge_sketches
from outputs.course_figures import retention_sketches, share_sketches
from outputs.drawing import Sketch
from outputs.findings import Findings
from outputs.flows import flow_sketches
from outputs.labels import arm_label
from outputs.language import say
from outputs.market_rows import Table, bridge_table, segment_table, tactic_table
from outputs.quantities import level_words
from outputs.sections import Section, place_words, section_of, shows
from outputs.stack_figures import churn_sketches, spend_sketches
from outputs.tactics import budget_words, concealing_words, untold_words

FIGURES = ("bridge", "spend", "share", "churn", "retention", "flows")
"""File stems of the figures of the market."""


def market_sketches(findings: Findings, point: str, arm: str | None) -> list[Sketch]:
    """Return every figure of the market at a sweep point, in the order of the sections."""
    return [
        *bridge_sketches(findings, point),
        *spend_sketches(findings, point),
        *share_sketches(findings, point, arm),
        *churn_sketches(findings, point),
        *retention_sketches(findings, point, arm),
        *flow_sketches(findings, point, arm),
    ]


def market_sections(findings: Findings, point: str, arm: str | None, pictures: dict[str, Any]) -> list[Section]:
    """Return the sections that have something to show; `pictures` are the drawings by file stem."""
    where = place_words(findings, point)

    def section(key: str, note: str, table: Table | None = None, items: tuple[str, ...] = ()) -> Section:
        heading = say(findings.language, f"report.{key}")
        return section_of(findings, key, heading, (note, where), pictures, (table,) if table else (), items)

    after = say(findings.language, "report.classes_note", arm=arm_label(findings, arm)) if arm else ""
    words = {key: say(findings.language, f"report.{key}_note") for key in FIGURES if key != "bridge"}
    found = [
        section("bridge", _bridge_note(findings, point), bridge_table(findings, point)),
        section("acquiring", "", items=acquiring_words(findings, point)),
        section(
            "tactics",
            say(findings.language, "report.tactics_note"),
            tactic_table(findings, point),
            (
                *untold_words(findings, point),
                *budget_words(findings, point),
                *concealing_words(findings, point),
            ),
        ),
        *(section(key, words[key]) for key in FIGURES[1:]),
        section(
            "segments",
            after or say(findings.language, "report.classes_baseline"),
            segment_table(findings, point, arm),
        ),
    ]
    return [each for each in found if shows(each)]


def _bridge_note(findings: Findings, point: str) -> str:
    found = bridges(findings, point)
    notes = [say(findings.language, "report.bridge_note", level=level_words(findings.language, BAND_LEVEL))]
    if any(bridge.cannibalised.mean for bridge in found):
        notes.append(say(findings.language, "report.bridge_cannibalised"))
    if findings.discount and any(step.key == "discounting" for bridge in found for step in bridge.steps):
        rate = level_words(findings.language, findings.discount)
        notes.append(say(findings.language, "report.bridge_discount", rate=rate))
    return say(findings.language, "join.sentences").join(notes)
