"""The page of a war game: one HTML file that works offline, without scripts, beside its tables and pictures.

Every text is escaped in the template; only our own SVG and style sheet are trusted.
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
from outputs.robust_figures import robust_sketches
from outputs.robust_findings import RobustFindings
from outputs.robust_rows import pair_table, regret_table, unit_heading, value_table, worst_table
from outputs.robust_sentences import (
    lead_sentence,
    notes,
    regret_note,
    regret_scale,
    signal_note,
    signal_sentences,
    supporting_sentences,
    value_note,
    value_scale,
)
from outputs.robust_tables import robust_files
from scenarios.whole_files import write_whole

PAGE_FILE = "robust.html"

_OURS = re.compile(r"(regret|signals)\.png")


def write_robust(found: RobustFindings, folder: str | Path) -> list[Path]:
    """Write robust.html, the tables and figures/*.png into `folder`; return their paths, the page first.

    The folder is made if need be; files of an earlier game are replaced, and figures that this one lacks are removed.
    Equal findings give equal bytes. OSError: the folder can't be written.
    """
    home = Path(folder)
    drawings, absent = render(robust_sketches(found))
    tell_missing_glyphs(found.language, absent)
    written = write_figures(home, drawings, _OURS)
    written += [write_whole(home / name, data) for name, data in robust_files(found).items()]
    html = robust_html(found, drawings)
    return [write_whole(home / PAGE_FILE, html.encode("utf-8", errors="replace")), *written]


def robust_html(found: RobustFindings, drawings: tuple[Drawing, ...]) -> str:
    """Return the page of a war game as one HTML text that holds `drawings`."""
    return rendered("robust.html.jinja", _context(found, pictures_of(drawings)))


def _context(found: RobustFindings, pictures: dict[str, Any]) -> dict[str, Any]:
    language = found.language

    def words(key: str, **values: object) -> str:
        return say(language, key, **values)

    signals = signal_sentences(found)
    return {
        "say": words,
        "lang": LANGUAGE_TAGS[language],
        "title": shorten(found.title or found.name, 2 * TITLE_CELLS),
        "consistency": found.consistency,
        "lead": lead_sentence(found),
        "supporting": words("join.sentences").join(supporting_sentences(found)),
        "notes": notes(found),
        "regret": pictures.get("regret"),
        "worst_heading": unit_heading(words("robust.worst"), regret_scale(found), change=True),
        "worst": worst_table(found) if len(found.arms) > 1 else None,
        "values_heading": unit_heading(words("robust.values"), value_scale(found), change=False),
        "values": value_table(found),
        "value_note": value_note(found),
        "regrets_heading": unit_heading(words("robust.regrets"), regret_scale(found), change=True),
        "regrets": regret_table(found) if len(found.arms) > 1 else None,
        "regret_note": regret_note(found),
        "timeline": pictures.get("signals"),
        "signals": signals,
        "signal_note": signal_note(found),
        "pairs": pair_table(found) if signals and len(found.playbooks) > 1 else None,
        "provenance": [(printable(name), printable(value)) for name, value in found.provenance.items()],
    }
