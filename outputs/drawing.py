"""From a matplotlib figure to the bytes that are written: SVG for the report, PNG for slides.

The SVG is taken apart and put together again: no comments (matplotlib writes every label into one), no metadata, no
style sheet, no namespaces, ids that are unique within the report. Equal input gives equal bytes.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from outputs.plaintext import printable
from outputs.typeface import families

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK = "#1d2733"
MUTED = "#667080"
FAINT = "#e3e7ec"
BASELINE = "#8b95a3"
STRATEGY = "#2a5b9c"
TARGET = "#b4552d"
VERDICT_COLOURS = {
    "better": "#19785a",
    "worse": "#b23a2e",
    "no practical difference": "#667080",
    "not settled": "#9a6b0b",
}
"""Ink of each verdict; dark enough for text on white, and never the only sign (see VERDICT_SYMBOLS)."""

VERDICT_SYMBOLS = {"better": "▲", "worse": "▼", "no practical difference": "■", "not settled": "○"}
"""A sign for each verdict, for readers and printers without colour."""

WIDTH_IN = 7.6
"""Width of every figure in inches."""

PNG_DPI = 150

_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_LETTER = re.compile(r" *([A-Za-z]) *")
_TRANSLATE = re.compile(r"translate\([^)]*\)")
_FINE = re.compile(r"-?\d+\.\d{3,}")


@dataclass(frozen=True)
class Sketch:
    """A figure still to be drawn: file name stem, a sentence for readers who can't see it, and how to draw it."""

    key: str
    alt: str
    draw: Callable[[], Figure]


@dataclass(frozen=True)
class Drawing:
    """A figure as it is written: `svg` stands inside an HTML page, `png` is a file of its own."""

    key: str
    svg: str
    png: bytes


def render(sketches: Sequence[Sketch]) -> tuple[tuple[Drawing, ...], tuple[str, ...]]:
    """Draw figures; return them and the characters that no font here has.

    A figure with such characters keeps its text as text in the SVG, so that the reader's browser can find a font.
    """
    from matplotlib.text import Text

    from outputs.typeface import missing_characters

    drawings: list[Drawing] = []
    absent: set[str] = set()
    for sketch in sketches:
        with _style():
            figure = sketch.draw()
            texts = [text.get_text() for text in figure.findobj(Text) if isinstance(text, Text)]
            missing = missing_characters(texts)
            absent.update(missing)
            svg = _svg(figure, sketch, text_as_text=bool(missing))
            drawings.append(Drawing(sketch.key, svg, _png(figure)))
    return tuple(drawings), tuple(sorted(absent))


def blank_figure(height_in: float) -> Figure:
    """Return an empty figure of the report's width whose panels make room for their labels."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    layout = ConstrainedLayoutEngine(h_pad=0.07, w_pad=0.06)
    return Figure(figsize=(WIDTH_IN, height_in), layout=layout)


def plain_number(value: float, _place: float | None = None) -> str:
    """Return a number of an axis with thousands apart and no exponent."""
    return f"{value:,.10g}".replace("-", "−")


def legend_text(label: str) -> str:
    """Return a label that matplotlib shows even if it begins with its mark for hidden ones, the underscore."""
    return f" {label}" if label.startswith("_") else label


@contextmanager
def _style() -> Iterator[None]:
    """Set fonts, sizes and the fixed salt of SVG ids; names with `$` are no formulas."""
    import matplotlib

    settings: dict[Any, Any] = {
        "font.family": list(families()),
        "font.size": 9,
        "text.color": INK,
        "text.parse_math": False,
        "axes.edgecolor": "#c9d0d9",
        "axes.labelcolor": MUTED,
        "axes.titlesize": 9.5,
        "axes.titlelocation": "left",
        "axes.titlepad": 6,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "axes.formatter.use_mathtext": False,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelsize": 8,
        "ytick.labelsize": 8,
        "xtick.major.size": 3,
        "ytick.major.size": 0,
        "grid.color": FAINT,
        "grid.linewidth": 0.7,
        "legend.frameon": False,
        "legend.fontsize": 9,
        "figure.facecolor": "white",
        "svg.hashsalt": "standfast",
        "svg.fonttype": "path",
    }
    with warnings.catch_warnings(), matplotlib.rc_context(settings):
        # Missing characters are found beforehand and told once, in plain words.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def _png(figure: Figure) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure.set_dpi(PNG_DPI)
    canvas: Any = FigureCanvasAgg(figure)
    buffer = io.BytesIO()
    canvas.print_png(buffer, metadata={"Software": None})
    return buffer.getvalue()


def _svg(figure: Figure, sketch: Sketch, *, text_as_text: bool) -> str:
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    canvas: Any = FigureCanvasSVG(figure)
    buffer = io.BytesIO()
    layout = figure.get_layout_engine()
    with matplotlib.rc_context({"svg.fonttype": "none" if text_as_text else "path"}):
        if layout is not None:  # `savefig` would draw everything once more to find the places, for each format
            layout.execute(figure)
            figure.set_layout_engine("none")
        canvas.print_svg(buffer, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _inline(buffer.getvalue(), sketch)


def _inline(svg: bytes, sketch: Sketch) -> str:
    """Return an SVG file as an element that stands in an HTML page beside others."""
    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if _local(child.tag) in ("metadata", "style", "script"):
                parent.remove(child)
    for element in root.iter():
        element.tag = _local(element.tag)
        for name in list(element.attrib):
            value = element.attrib.pop(name)
            local = _local(name)
            if local == "id":
                value = f"{sketch.key}-{value}"
            elif local == "href":
                value = f"#{sketch.key}-{value.removeprefix('#')}"
            else:
                value = _REFERENCE.sub(rf"url(#{sketch.key}-\1)", value)
            element.attrib[local] = value
    _thin(root)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    label = printable(sketch.alt)
    root.attrib.update(
        {"id": f"{sketch.key}-figure", "role": "img", "aria-label": label, "style": "stroke-linejoin:round"}
    )
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)


def _thin(root: ElementTree.Element) -> None:
    """Drop what no eye sees: blank text, bare groups, ids that nothing refers to, third decimals of coordinates."""
    used = {value.removeprefix("#") for element in root.iter() for value in [element.get("href", "")]}
    for element in root.iter():
        for value in element.attrib.values():
            used.update(_REFERENCE.findall(value))
    for element in root.iter():
        if element.text and not element.text.strip():
            element.text = None
        if element.tail and not element.tail.strip():
            element.tail = None
        if element.get("id") not in used:
            element.attrib.pop("id", None)
        for name in ("d", "x", "y"):
            if name in element.attrib:
                element.set(name, _rounded(element.attrib[name]))
        if "d" in element.attrib:
            element.set("d", _LETTER.sub(r"\1", element.attrib["d"]))
        if "transform" in element.attrib:
            element.set("transform", _TRANSLATE.sub(lambda shift: _rounded(shift[0]), element.attrib["transform"]))
    for parent in root.iter():
        parent[:] = list(_ungrouped(parent))


def _rounded(numbers: str) -> str:
    """Return text with every number in it rounded to two decimals."""
    return _FINE.sub(lambda number: f"{float(number[0]):.2f}", numbers).strip()


def _ungrouped(parent: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Yield the children of an element, those of groups that say nothing in place of these groups."""
    for child in parent:
        if child.tag == "g" and not child.attrib:
            yield from _ungrouped(child)
        else:
            yield child


def _local(name: object) -> str:
    return str(name).rsplit("}", 1)[-1]
