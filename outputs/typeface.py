"""The fonts of the figures: which of the list are on this machine, and which characters none of them has."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

FONTS = (
    "DejaVu Sans",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Microsoft YaHei",
    "PingFang SC",
)
"""Latin first, then Chinese on Linux, Windows and macOS. DejaVu Sans comes with matplotlib."""


@lru_cache(maxsize=1)
def families() -> tuple[str, ...]:
    """Return DejaVu Sans and the first Chinese font of the list that is on this machine.

    Only these are handed to matplotlib: it would report every absent one on stderr.
    """
    from matplotlib.font_manager import fontManager

    present = {entry.name for entry in fontManager.ttflist}
    return tuple(name for name in FONTS if name in present)[:2]


def missing_characters(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the visible characters of `texts` that no font of the figures can draw, in order of their code."""
    known = set().union(*(_characters(name) for name in families()))
    return tuple(sorted({c for text in texts for c in text if not c.isspace() and ord(c) not in known}))


@lru_cache(maxsize=len(FONTS))
def _characters(family: str) -> frozenset[int]:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    return frozenset(get_font(findfont(FontProperties(family=[family]))).get_charmap())
