"""The decision and the assumptions as CSV files that a spreadsheet opens without running anything.

UTF-8 with a byte order mark, so that Chinese Excel reads the names; texts that a spreadsheet would take for a formula
get an apostrophe in front. Numbers keep all their digits.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from outputs.findings import ASSUMPTION_COLUMNS, DECISION_COLUMNS, Findings

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""First characters that Excel, WPS or LibreOffice read as a formula (OWASP, CSV injection), full-width ones too."""


def inert(cell: object) -> object:
    """Return a text cell with an apostrophe in front if a spreadsheet would run it; anything else as it is."""
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return "'" + cell
    return cell


def csv_bytes(frame: pd.DataFrame, head: bool = True) -> bytes:
    """Return a frame as CSV: UTF-8 with byte order mark, CRLF lines, inert texts, no index.

    Without `head` it is what comes after: rows alone, to be appended.
    """
    safe = frame.copy()
    for column in safe.columns:
        if safe[column].dtype.kind not in "biufM":
            safe[column] = safe[column].map(inert)
    text = io.StringIO()
    named = safe.rename(columns=lambda name: str(inert(str(name))))
    named.to_csv(text, index=False, header=head, lineterminator="\r\n")
    return text.getvalue().encode("utf-8-sig" if head else "utf-8", errors="replace")


def decision_csv(findings: Findings) -> bytes:
    """Return `decision.csv`: the decision at every sweep point, then at every draw of the beliefs; all digits."""
    drawn = findings.drawn_decision
    frames = [findings.decision] if drawn is None else [findings.decision, drawn]
    parts = [csv_bytes(frame[list(DECISION_COLUMNS)], head=not at) for at, frame in enumerate(frames)]
    return b"".join(parts)


def assumptions_csv(findings: Findings) -> bytes:
    """Return `assumptions.csv`: the numbers that went in, as the study writes them."""
    return csv_bytes(findings.assumptions[list(ASSUMPTION_COLUMNS)])
