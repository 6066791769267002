"""The page of a staffing: one HTML file that works offline, without scripts, beside its tables and pictures.

Every text is escaped in the template; only our own SVG and style sheet are trusted. No name from a study becomes the
name of a file.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from outputs.drawing import Drawing, render
from outputs.labels import TITLE_CELLS
from outputs.language import say
from outputs.page import LANGUAGE_TAGS, pictures_of, rendered, tell_missing_glyphs, write_figures
from outputs.plaintext import printable, shorten
from outputs.staffing_figures import staffing_sketches
from outputs.staffing_files import staffing_files
from outputs.staffing_findings import StaffingFindings
from outputs.staffing_rows import cell_note, cell_table, frontier_words, option_words, shift_words, summary_words
from outputs.staffing_sentences import binding_sentence, lead_sentence, notes, plan_sentences, plan_title
from scenarios.whole_files import write_whole

PAGE_FILE = "staffing.html"

_OURS = re.compile(r"(day|frontier)-\d+\.png")


def write_staffing(found: StaffingFindings, folder: str | Path) -> list[Path]:
    """Write staffing.html, the tables and figures/*.png into `folder`; return their paths, the page first.

    The folder is made if need be; files of an earlier staffing are replaced, and figures that this one lacks are
    removed. Equal findings give equal bytes. OSError: the folder can't be written.
    """
    home = Path(folder)
    drawings, absent = render(staffing_sketches(found))
    tell_missing_glyphs(found.language, absent)
    written = write_figures(home, drawings, _OURS)
    written += [write_whole(home / name, data) for name, data in staffing_files(found).items()]
    html = staffing_html(found, drawings)
    return [write_whole(home / PAGE_FILE, html.encode("utf-8", errors="replace")), *written]


def staffing_html(found: StaffingFindings, drawings: tuple[Drawing, ...]) -> str:
    """Return the page of a staffing as one HTML text that holds `drawings`."""
    return rendered("staffing.html.jinja", _context(found, pictures_of(drawings)))


def _context(found: StaffingFindings, pictures: dict[str, Any]) -> dict[str, Any]:
    language = found.language

    def words(key: str, **values: object) -> str:
        return say(language, key, **values)

    counts = [
        words("staff.numbers", number=number, source=words(f"source.{source}"))
        for source, number in found.numbers.items()
        if number
    ]
    sources = words("join.list").join(counts)
    return {
        "say": words,
        "lang": LANGUAGE_TAGS[language],
        "title": shorten(found.title or found.name, 2 * TITLE_CELLS),
        "consistency": found.consistency,
        "lead": lead_sentence(found),
        "stop": words("join.stop"),
        "notes": notes(found),
        "summary": summary_words(found) if len(found.plans) > 1 else None,
        "plans": [
            {
                "title": plan_title(language, plan),
                "sentences": words("join.sentences").join(plan_sentences(found, plan)),
                "binding": binding_sentence(language, plan),
                "day": pictures.get(f"day-{number}"),
                "curve": pictures.get(f"frontier-{number}"),
                "options": option_words(found, plan),
                "shifts_title": words("staff.shifts" if plan.found else "staff.nearest"),
                "shifts": shift_words(found, plan),
                "cells": cell_table(found, plan),
                "cells_note": cell_note(found, plan),
                "frontier": frontier_words(found, plan.frontier, "limits"),
                "kiosks": frontier_words(found, plan.kiosks, "kiosk_share"),
            }
            for number, plan in enumerate(found.plans, start=1)
        ],
        "inputs": words("staff.note.inputs", all=sum(found.numbers.values()), sources=sources) if counts else "",
        "provenance": [(printable(name), printable(value)) for name, value in found.provenance.items()],
    }
