"""The report: one HTML file that works offline, without scripts, beside the tables and pictures that it shows.

It puts ready rows and drawings into the template; every text is escaped there, and only our own SVG and style sheet
are trusted. No name from a study becomes a file name.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from outputs.belief import pairing_words, parted_words
from outputs.best import best_csv, best_groups, best_words
from outputs.checks import check_pages, checks_csv, separations_csv
from outputs.difference_figure import difference_key, difference_sketch
from outputs.doubts import what_would_overturn
from outputs.drawing import Drawing, Sketch, render
from outputs.findings import Findings
from outputs.hall_files import hall_files
from outputs.hall_sections import FIGURES as HALL_FIGURES
from outputs.hall_sections import hall_sections, hall_sketches
from outputs.labels import TITLE_CELLS, arm_label
from outputs.language import say
from outputs.legend import decision_notes
from outputs.market_sections import FIGURES, market_sections, market_sketches
from outputs.over_draws import drawn_heads, drawn_sections, over_draws_csv
from outputs.page import LANGUAGE_TAGS, pictures_of, rendered, tell_missing_glyphs, write_figures
from outputs.plaintext import printable, shorten
from outputs.recommendation import shown_arm
from outputs.report_rows import class_rows, decision_groups, highlight_cards, number_rows, source_counts
from outputs.tables import assumptions_csv, decision_csv
from outputs.verdict import verdict_parts
from scenarios.whole_files import write_whole

REPORT_FILE = "report.html"
DECISION_FILE = "decision.csv"
ASSUMPTIONS_FILE = "assumptions.csv"
BEST_FILE = "best.csv"
OVER_DRAWS_FILE = "over-draws.csv"
CHECKS_FILE = "checks.csv"
SEPARATIONS_FILE = "separations.csv"

_OURS = re.compile(rf"(differences|{'|'.join((*HALL_FIGURES, *FIGURES))})(-\d+)?\.png")


def write_report(findings: Findings, folder: str | Path) -> list[Path]:
    """Write report.html, decision.csv, assumptions.csv, best.csv, hall-*.csv and figures/*.png into `folder`.

    Return their paths. The folder is made if need be; files of an earlier report are replaced, and figures that this
    one lacks are removed. Equal findings give equal bytes. OSError: the folder can't be written.
    """
    home = Path(folder)
    sketches = _sketches(findings)
    drawings, absent = render(sketches)
    tell_missing_glyphs(findings.language, absent)
    written = write_figures(home, drawings, _OURS)
    written.append(write_whole(home / DECISION_FILE, decision_csv(findings)))
    written.append(write_whole(home / ASSUMPTIONS_FILE, assumptions_csv(findings)))
    if findings.best is not None:
        written.append(write_whole(home / BEST_FILE, best_csv(findings)))
    if findings.over_draws is not None:
        written.append(write_whole(home / OVER_DRAWS_FILE, over_draws_csv(findings)))
    if findings.checks is not None:
        written.append(write_whole(home / CHECKS_FILE, checks_csv(findings)))
        written.append(write_whole(home / SEPARATIONS_FILE, separations_csv(findings)))
    written += [write_whole(home / name, table) for name, table in hall_files(findings).items()]
    html = report_html(findings, drawings)
    return [write_whole(home / REPORT_FILE, html.encode("utf-8", errors="replace")), *written]


def report_html(findings: Findings, drawings: tuple[Drawing, ...]) -> str:
    """Return the report as one HTML page that holds `drawings`; a section without a drawing is left out."""
    return rendered("report.html.jinja", _context(findings, pictures_of(drawings)))


def _context(findings: Findings, pictures: dict[str, Any]) -> dict[str, Any]:
    def words(key: str, **values: object) -> str:
        return say(findings.language, key, **values)

    point = findings.points[0]
    arm = shown_arm(findings, point)
    several = len(findings.points) > 1
    lead, *rest = verdict_parts(findings)
    stop = words("join.stop")
    gap = words("join.sentences")
    where = words("report.point_note", point=printable(point)) if several else ""
    classes = class_rows(findings, point, arm)
    after = words("report.classes_note", arm=arm_label(findings, arm)) if arm else words("report.classes_baseline")
    return {
        "say": words,
        "lang": LANGUAGE_TAGS[findings.language],
        "title": shorten(findings.title or findings.name, 2 * TITLE_CELLS),
        "consistency": findings.consistency,
        "lead": lead,
        "join": words("join.parts") if rest else stop,
        "rest": words("join.parts").join(rest) + stop if rest else "",
        "stop": stop,
        "replications": findings.replications,
        "reasons": what_would_overturn(findings) if not findings.decision.empty else (),
        "cards": highlight_cards(findings, point),
        "decisions": [
            {
                "point": printable(name) if several else "",
                "groups": decision_groups(findings, name),
                "drawings": [pictures[key] for key in [difference_key(i)] if key in pictures],
            }
            for i, name in enumerate(findings.points)
            if findings.metrics(name)
        ],
        "notes": decision_notes(findings) if not findings.decision.empty else (),
        "drawn": drawn_sections(findings),
        "drawn_heads": drawn_heads(findings),
        "bests": [
            {"point": printable(name) if several else "", "words": best_words(findings, name), "groups": groups}
            for name in findings.points
            if (groups := best_groups(findings, name))
        ],
        "believed": (*pairing_words(findings, point), *parted_words(findings, point)),
        "believed_note": gap.join((words("belief.note"), where)).strip(),
        "checks": check_pages(findings),
        "market": market_sections(findings, point, arm, pictures),
        "halls": hall_sections(findings, point, arm, pictures),
        "classes": classes,
        "classes_note": gap.join((after, words("report.lost_note"), where)).strip(),
        "numbers": number_rows(findings),
        "counts": source_counts(findings),
        "provenance": [(printable(name), printable(value)) for name, value in findings.provenance.items()],
    }


def _sketches(findings: Findings) -> list[Sketch]:
    """Return every figure of the report: differences at each point, the rest at the first."""
    found = [difference_sketch(findings, point) for point in findings.points]
    point = findings.points[0]
    arm = shown_arm(findings, point)
    return [
        *(sketch for sketch in found if sketch is not None),
        *market_sketches(findings, point, arm),
        *hall_sketches(findings, point, arm),
    ]
