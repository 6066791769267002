"""A part of the report as its template takes it: heading, note, drawings, tables, sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from outputs.findings import Findings
from outputs.language import say
from outputs.plaintext import printable

Section = dict[str, Any]


def section_of(
    findings: Findings,
    key: str,
    heading: str,
    notes: Iterable[str],
    pictures: Mapping[str, Any],
    tables: Iterable[dict[str, Any]] = (),
    items: Iterable[str] = (),
) -> Section:
    """Return a part with the `pictures` (drawings by file stem) of its key; empty notes are left out."""
    return {
        "id": key,
        "heading": heading,
        "note": say(findings.language, "join.sentences").join(filter(None, notes)),
        "drawings": [picture for name, picture in pictures.items() if re.fullmatch(rf"{key}(-\d+)?", name)],
        "tables": tuple(tables),
        "items": tuple(items),
    }


def shows(section: Section) -> bool:
    """Say whether a part has more to show than words on what it would show."""
    return bool(section["drawings"] or section["tables"] or section["items"])


def place_words(findings: Findings, point: str) -> str:
    """Return at which sweep point a part is told; nothing where there is one point alone."""
    if len(findings.points) < 2:
        return ""
    return say(findings.language, "report.point_note", point=printable(point))
