"""The page of a sensitivity: one HTML file that works offline, without scripts, beside its tables and pictures.

Every text is escaped in the template; only our own SVG and style sheet are trusted. No name from a study becomes the
name of a file.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

from outputs.drawing import Drawing, render
from outputs.labels import TITLE_CELLS
from outputs.language import say
from outputs.page import LANGUAGE_TAGS, pictures_of, rendered, tell_missing_glyphs, write_figures
from outputs.plaintext import printable, shorten
from outputs.quantities import level_words
from outputs.sensitivity_figures import sensitivity_sketches
from outputs.sensitivity_findings import COLUMNS, SensitivityFindings
from outputs.sensitivity_rows import belief_rows, information_words, screening_words, tornado_words, variance_words
from outputs.sensitivity_sentences import (
    joined,
    lead_sentence,
    metric_words,
    notes,
    pilot_sentence,
    question_words,
    sentences,
    share_words,
)
from outputs.tables import csv_bytes
from scenarios.whole_files import write_whole

PAGE_FILE = "sensitivity.html"
DATA_FILE = "sensitivity.json"
"""What was found as plain data: the report of a comparison reads the break-evens from it."""

_PICTURES = ("tornado", "break_even", "variance")

_OURS = re.compile(r"sensitivity-[a-z-]+\.png")


def write_sensitivity(found: SensitivityFindings, folder: str | Path) -> list[Path]:
    """Write sensitivity.html, its tables (CSV, JSON) and figures/*.png into `folder`; return their paths, page first.

    The folder is made if need be; files of an earlier sensitivity are replaced. Equal findings give equal bytes.
    OSError: the folder can't be written.
    """
    home = Path(folder)
    drawings, absent = render(sensitivity_sketches(found))
    tell_missing_glyphs(found.language, absent)
    written = write_figures(home, drawings, _OURS)
    for name in COLUMNS:
        file = f"sensitivity-{name.replace('_', '-')}.csv"
        written.append(write_whole(home / file, csv_bytes(getattr(found, name))))
    data = json.dumps(told_sensitivity(found), ensure_ascii=False, indent=1, allow_nan=False)
    written.append(write_whole(home / DATA_FILE, data.encode()))
    html = sensitivity_html(found, drawings)
    return [write_whole(home / PAGE_FILE, html.encode("utf-8", errors="replace")), *written]


def told_sensitivity(found: SensitivityFindings) -> dict[str, Any]:
    """A sensitivity as plain data for JSON; what is not a number is null."""
    frames = {name: getattr(found, name).astype(object).to_dict("records") for name in COLUMNS if name != "curves"}
    pilot = found.pilot
    told: dict[str, Any] = {
        "study": found.name,
        "arm": found.arm,
        "baseline": found.baseline,
        "point": found.point,
        "metric": found.metric,
        "unit": found.unit,
        "method": found.method,
        "level": found.level,
        "difference": {"mean": found.best, "half_width": found.best_half_width, "n": found.end_replications},
        "sentences": [lead_sentence(found), *sentences(found)],
        "risk": {"wrong": found.wrong, "loss": found.loss, "error": found.loss_error, "draws": found.whole_draws},
        "pilot": {**vars(pilot), "words": pilot_sentence(found)} if pilot is not None else None,
        "models": list(found.models),
        "runs": {"made": found.made, "kept": found.kept, "failed": found.failed, "invalid": len(found.invalid)},
        **frames,
    }
    clean: dict[str, Any] = _finite(told)
    return clean


def sensitivity_html(found: SensitivityFindings, drawings: tuple[Drawing, ...]) -> str:
    """Return the page of a sensitivity as one HTML text that holds `drawings`."""
    return rendered("sensitivity.html.jinja", _context(found, pictures_of(drawings)))


def _context(found: SensitivityFindings, pictures: dict[str, Any]) -> dict[str, Any]:
    language = found.language
    level = level_words(language, found.level)

    def words(key: str, **values: object) -> str:
        return say(language, key, **values)

    metric = metric_words(found)
    singles = found.screening[found.screening["stage"] == "beliefs"]
    sobol = bool(singles["total"].notna().any())
    tornado_note = words(
        "sens.tornado_note" if found.baseline else "sens.tornado_note_own",
        metric=metric[:1].upper() + metric[1:] if found.baseline else metric,
        level=level,
        replications=found.end_replications,
    )
    return {
        "say": words,
        "lang": LANGUAGE_TAGS[language],
        "title": shorten(found.title or found.name, 2 * TITLE_CELLS),
        "consistency": found.consistency,
        "question": question_words(found),
        "lead": lead_sentence(found) + words("join.stop"),
        "sentences": joined(found, sentences(found)),
        "notes": notes(found),
        "tornado": tornado_words(found) if len(found.tornado) else None,
        "tornado_note": tornado_note,
        "break_even_note": words("sens.break_even_note", level=level),
        "information": information_words(found) if len(found.information) else None,
        "pilot": pilot_sentence(found),
        "variance": variance_words(found) if len(found.variance) else None,
        "variance_note": words("sens.variance_note", replications=found.study_replications),
        "groups": screening_words(found, "groups") if (found.screening["stage"] == "groups").any() else None,
        "screening": screening_words(found, "beliefs") if len(singles) else None,
        "screening_note": words("sens.sobol_note", noise=share_words(language, found.noise_share))
        if sobol
        else words("sens.screening_note"),
        "beliefs": belief_rows(found),
        "pictures": {name: pictures.get(f"sensitivity-{name.replace('_', '-')}") for name in _PICTURES},
        "provenance": [(printable(name), printable(value)) for name, value in found.provenance.items()],
    }


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
