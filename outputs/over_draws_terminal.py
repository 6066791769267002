"""The draws of the beliefs on a terminal: one table a metric for all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from outputs.findings import Findings
from outputs.language import say
from outputs.over_draws import HEADS, drawn_heads

if TYPE_CHECKING:
    from rich.console import Console


def print_drawn(
    findings: Findings, section: dict[str, Any], console: Console, plain: Callable[[str], str], *, wide: bool
) -> None:
    """Print what holds over the draws at one sweep point. Without room, spread and levels are left to the report."""
    from rich.table import Table
    from rich.text import Text

    def text(words: str, style: str = "") -> Text:
        return Text(plain(words), style=style)

    console.print()
    heading = say(findings.language, "over.heading") + (f" – {section['point']}" if section["point"] else "")
    console.print(text(heading, "bold underline"))
    for group in section["groups"]:
        console.print()
        console.print(text(" · ".join(filter(None, (group["name"], group["about"]))), "bold"))
        table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim", expand=True)
        table.add_column(text(say(findings.language, "table.strategy"), "dim"), ratio=1, overflow="fold")
        for key, head in zip((*HEADS, "over.spread"), drawn_heads(findings), strict=True):
            if wide or key in _NARROW:
                table.add_column(text(head, "dim"), justify="right", width=_WIDTHS[key], overflow="fold")
        for row in group["rows"]:
            name = text(row["name"] + (" ★" if row["chosen"] else ""))
            cells = zip((*HEADS, "over.spread"), row["cells"], strict=True)
            table.add_row(name, *[text(cell) for key, cell in cells if wide or key in _NARROW])
        console.print(table)
    console.print()
    for note in section["notes"]:
        console.print(text(note, "dim"))


_NARROW = ("over.difference", "over.middle", "over.better", "over.worse", "over.best")
_WIDTHS = {
    "over.mean": 9,
    "over.difference": 10,
    "table.interval": 18,
    "over.middle": 18,
    "over.better": 6,
    "over.worse": 6,
    "over.best": 6,
    "over.spread": 15,
}
"""Columns without room, and the widths of all in characters."""
