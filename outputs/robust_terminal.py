"""A war game on a terminal: the lead, the worst case of each strategy, both matrices, and the signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outputs.labels import TITLE_CELLS
from outputs.language import say
from outputs.plaintext import shorten
from outputs.robust_findings import RobustFindings
from outputs.robust_rows import regret_table, unit_heading, value_table, worst_table
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
from outputs.staffing_rows import Words
from outputs.terminal import Plainer, plain_text

if TYPE_CHECKING:
    from rich.console import Console


def print_robust(found: RobustFindings, console: Console) -> None:
    """Print a war game on a rich console; text from studies is printed as text."""
    plain = Plainer(console)
    language = found.language

    def line(text: str, style: str = "") -> None:
        console.print(plain_text(plain(text), style))

    def table(title: str, words: Words, note: str) -> None:
        console.print()
        line(title, "bold")
        console.print(_table(words, plain))
        if note:
            line(note, "dim")

    line(shorten(found.title or found.name, 2 * TITLE_CELLS), "bold")
    if found.consistency:
        line(say(language, "report.badge"), "yellow")
    console.print()
    line(lead_sentence(found) + say(language, "join.stop"), "bold")
    for sentence in (*supporting_sentences(found), *notes(found)):
        line(sentence)
    values, regrets = value_scale(found), regret_scale(found)
    several = len(found.arms) > 1
    if several:
        table(unit_heading(say(language, "robust.worst"), regrets, change=True), worst_table(found), "")
    heading = unit_heading(say(language, "robust.values"), values, change=False)
    table(heading, value_table(found), value_note(found))
    if several:
        heading = unit_heading(say(language, "robust.regrets"), regrets, change=True)
        table(heading, regret_table(found), regret_note(found))
    console.print()
    line(say(language, "robust.signals"), "bold")
    for sentence in signal_sentences(found):
        line(f"- {sentence}")
    line(signal_note(found), "dim")


def _table(words: Words, plain: Plainer) -> object:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for at, head in enumerate(words.head):
        right = at not in words.texts
        table.add_column(plain_text(plain(head), "dim"), justify="right" if right else "left", overflow="fold")
    for number, row in enumerate(words.rows):
        table.add_row(*(plain_text(plain(cell), "bold" if number in words.marks else "") for cell in row))
    return table
