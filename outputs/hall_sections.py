"""The sections of the report on halls: what each shows, in which order, with which notes, tables and figures.

A section whose KPIs the study doesn't have is left out; a study of the market alone has none of them.
"""

from __future__ import annotations

from typing import Any

from outputs.bands import halls_of
from outputs.complaint_figure import complaint_sketches
from outputs.complaints import complaint_table
from outputs.day_figures import queue_sketches, wait_sketches
from outputs.drawing import Sketch
from outputs.fan_figure import fan_sketches
from outputs.findings import Findings
from outputs.hall_changes import change_table
from outputs.hall_means import shown_halls
from outputs.hall_waits import wait_tables
from outputs.heat_figure import heat_sketches
from outputs.language import say
from outputs.market_rows import Table
from outputs.sections import Section, place_words, section_of, shows
from outputs.target_figure import target_sketches

FIGURES = ("wait", "on-target", "queue", "queue-fan", "weekdays", "hall-complaints")
"""File stems of the figures of halls."""


def hall_sketches(findings: Findings, point: str, arm: str | None) -> list[Sketch]:
    """Return every figure of the halls at a sweep point, in the order of the sections."""
    return [
        *wait_sketches(findings, point, arm),
        *queue_sketches(findings, point, arm),
        *fan_sketches(findings, point, arm),
        *heat_sketches(findings, point, arm),
        *target_sketches(findings, point),
        *complaint_sketches(findings, point, arm),
    ]


def hall_sections(findings: Findings, point: str, arm: str | None, pictures: dict[str, Any]) -> list[Section]:
    """Return the sections that have something to show; `pictures` are the drawings by file stem."""
    where = place_words(findings, point)
    worst = _worst_words(findings, point)

    def section(key: str, tables: tuple[Table, ...] = (), *notes: str) -> Section:
        words = key.replace("-", "_")
        heading = say(findings.language, f"report.{words}")
        said = (say(findings.language, f"report.{words}_note"), *notes, where)
        return section_of(findings, key, heading, said, pictures, tables)

    changes, complaints = change_table(findings, point), complaint_table(findings, point)
    found = [
        section("hall-changes", (changes,) if changes else (), worst),
        section("wait"),
        section("hall-waits", wait_tables(findings, point, arm), worst),
        section("queue"),
        section("queue-fan", (), worst),
        section("weekdays", (), worst),
        section("on-target"),
        section("hall-complaints", (complaints,) if complaints else ()),
    ]
    return [each for each in found if shows(each)]


def _worst_words(findings: Findings, point: str) -> str:
    """Return which halls are shown of many; nothing where it is all of them."""
    shown, halls = shown_halls(findings, point), halls_of(findings)
    if len(shown) == len(halls):
        return ""
    return say(findings.language, "report.worst_halls", shown=len(shown), all=len(halls))
