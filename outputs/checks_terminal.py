"""The consistency checks on a terminal: how often each holds, by strategy and part, and which beliefs decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from outputs.checks import check_notes, check_sections
from outputs.findings import Findings
from outputs.language import say

if TYPE_CHECKING:
    from rich.console import Console


def print_checks(findings: Findings, console: Console, plain: Callable[[str], str]) -> None:
    """Print every check; nothing for a study without any."""
    from rich.table import Table
    from rich.text import Text

    def text(words: str, style: str = "") -> Text:
        return Text(plain(words), style=style)

    for at, section in enumerate(check_sections(findings)):
        console.print()
        if not at:
            console.print(text(say(findings.language, "check.heading"), "bold underline"))
        if section["point"]:
            console.print(text(section["point"], "bold"))
        first, *rest = section["words"]
        console.print(text(first, "bold"))
        for sentence in rest:
            console.print(text(sentence))
        table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim", expand=True)
        table.add_column(text(say(findings.language, "table.strategy"), "dim"), ratio=2, overflow="fold")
        for head in section["heads"]:
            table.add_column(text(head, "dim"), justify="right", ratio=1, overflow="fold")
        for row in section["rows"]:
            cells = [text(f"{share}\n{interval}") for share, interval in row["cells"]]
            table.add_row(text(row["name"] + (" ←" if row["stated"] else "")), *cells)
        console.print(table)
        for part in section["deciding"]:
            console.print(text(part["heading"], "bold"))
            if part["note"]:
                console.print(text(part["note"]))
            for row in part["rows"]:
                told = f"{row['held']} / {row['other']}"
                console.print(text(f"- {row['belief']} ({row['source']}): {told}, {row['distance']}"))
    for note in check_notes(findings):
        console.print(text(note, "dim"))
