"""A staffing on a terminal: the lead, a row a plan, and of each its sentences, shifts, half hours and trade-offs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outputs.labels import TITLE_CELLS
from outputs.language import say
from outputs.plaintext import shorten
from outputs.staffing_findings import DayPlan, StaffingFindings
from outputs.staffing_rows import Words, cell_note, cell_table, frontier_words, option_words, shift_words, summary_words
from outputs.staffing_sentences import binding_sentence, lead_sentence, notes, plan_sentences, plan_title
from outputs.terminal import Plainer, plain_text

if TYPE_CHECKING:
    from rich.console import Console

DETAILS_OF = 3
"""So many plans are printed in full; of more, their sentences."""


def print_staffing(found: StaffingFindings, console: Console) -> None:
    """Print a staffing on a rich console; text from studies is printed as text."""
    plain = Plainer(console)
    language = found.language

    def line(text: str, style: str = "") -> None:
        console.print(plain_text(plain(text), style))

    def table(words: Words) -> None:
        console.print(_table(words, plain))

    line(shorten(found.title or found.name, 2 * TITLE_CELLS), "bold")
    if found.consistency:
        line(say(language, "report.badge"), "yellow")
    console.print()
    line(lead_sentence(found) + say(language, "join.stop"), "bold" if found.all_found else "bold red")
    for note in notes(found):
        line(note)
    if len(found.plans) > 1:
        console.print()
        table(summary_words(found))
    for plan in found.plans:
        console.print()
        line(plan_title(language, plan), "bold underline")
        for sentence in plan_sentences(found, plan):
            line(sentence)
        if binding := binding_sentence(language, plan):
            line(binding, "bold")
        if len(found.plans) <= DETAILS_OF:
            _details(found, plan, table, line, console)


def _details(found: StaffingFindings, plan: DayPlan, table: object, line: object, console: Console) -> None:
    language = found.language
    assert callable(table)
    assert callable(line)
    if plan.options:
        console.print()
        line(say(language, "staff.options"), "bold")
        table(option_words(found, plan))
    if plan.shifts or plan.reached:
        console.print()
        if not plan.found:
            line(say(language, "staff.nearest"), "bold")
        table(shift_words(found, plan))
    console.print()
    table(cell_table(found, plan))
    line(cell_note(found, plan), "dim")
    for key, points, what in (("frontier", plan.frontier, "limits"), ("kiosks", plan.kiosks, "kiosk_share")):
        if points:
            console.print()
            line(say(language, f"staff.{key}"), "bold")
            table(frontier_words(found, points, what))
            line(say(language, f"staff.note.{key}"), "dim")


def _table(words: Words, plain: Plainer) -> object:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for at, head in enumerate(words.head):
        right = at not in words.texts
        table.add_column(plain_text(plain(head), "dim"), justify="right" if right else "left", overflow="fold")
    for number, row in enumerate(words.rows):
        table.add_row(*(plain_text(plain(cell), "red" if number in words.marks else "") for cell in row))
    return table
