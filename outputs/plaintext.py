"""Text from studies made safe and short enough to show: what a name may contain, how wide it is, where it breaks.

Names are written by users, so they may hold control characters, terminal escapes or thousands of letters. Escaping for
HTML is not done here (the template does it).
"""

from __future__ import annotations

import unicodedata

from scenarios.problems import columns

_REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u2028\u2029")
"""Marks that turn the reading direction or break lines: they can make a name show as another one."""


def printable(text: object) -> str:
    """Return `text` on one line without control characters, terminal escapes or marks that reorder it."""
    kept = []
    for char in str(text):
        if char in _REORDERING or unicodedata.category(char) in ("Cc", "Cs", "Cn", "Co"):
            kept.append(" ")
        else:
            kept.append(char)
    return " ".join("".join(kept).split())


def shorten(text: str, cells: int) -> str:
    """Return `text` cut to at most `cells` cells, with an ellipsis where something was left out."""
    clean = printable(text)
    return clean if columns(clean) <= cells else _start(clean, cells - 1).rstrip() + "…"


def wrap(text: str, cells: int) -> str:
    """Return `text` on at most two lines of `cells` cells, broken at spaces, or anywhere in Chinese."""
    clean = printable(text)
    if columns(clean) <= cells:
        return clean
    head = _start(clean, cells)
    after = clean[len(head) :]
    if not after.startswith(" ") and head[-1:].isascii() and after[0].isascii() and " " in head:
        head = head.rsplit(" ", 1)[0]
    return f"{head.rstrip()}\n{shorten(clean[len(head) :], cells)}"


def _start(text: str, cells: int) -> str:
    """Return as much of the beginning of `text` as fits into so many cells."""
    kept = ""
    for char in text:
        if columns(kept + char) > cells:
            break
        kept += char
    return kept
