"""A page and its pictures: how an offline HTML file is rendered, and how its figures are kept in their folder.

Every text is escaped in the template; only our own SVG and style sheet are trusted.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from outputs.drawing import Drawing
from outputs.findings import Language
from outputs.language import say
from scenarios.whole_files import write_whole

FIGURES_FOLDER = "figures"
"""Folder of the pictures, beside their page."""

LANGUAGE_TAGS = {"en": "en", "zh": "zh-CN"}
"""Language of a page as HTML names it."""

_GLYPHS_TOLD = 20


def tell_missing_glyphs(language: Language, absent: Sequence[str]) -> None:
    """Say on stderr which characters no font here can draw; nothing if there are none."""
    if absent:
        shown = "".join(absent[:_GLYPHS_TOLD]) + ("…" if len(absent) > _GLYPHS_TOLD else "")
        print(say(language, "font.missing", characters=shown), file=sys.stderr)


def write_figures(home: Path, drawings: Sequence[Drawing], ours: re.Pattern[str]) -> list[Path]:
    """Write the drawings as PNG into the page's folder of figures; return their paths.

    Files there whose whole name `ours` matches, and that these drawings do not replace, are removed.
    """
    figures = home / FIGURES_FOLDER
    figures.mkdir(parents=True, exist_ok=True)
    written = [write_whole(figures / f"{drawing.key}.png", drawing.png) for drawing in drawings]
    for old in figures.iterdir():
        if ours.fullmatch(old.name) and old not in written:
            old.unlink()
    return written


def pictures_of(drawings: Sequence[Drawing]) -> dict[str, Any]:
    """Return the drawings by key as SVG that a template takes as it stands."""
    from markupsafe import Markup

    return {drawing.key: Markup(drawing.svg) for drawing in drawings}


def rendered(template: str, context: Mapping[str, Any]) -> str:
    """Return the page that a template of this package makes of a context, with the style sheet in it."""
    import jinja2
    from markupsafe import Markup

    here = Path(__file__).parent
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    text = environment.from_string((here / template).read_text(encoding="utf-8"))
    css = (here / "report.css").read_text(encoding="utf-8")
    return text.render(css=Markup(css), **context)
