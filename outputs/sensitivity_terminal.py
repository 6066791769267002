"""A sensitivity on a terminal: what the choice hangs on, the tornado, what to measure, whence the uncertainty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outputs.labels import TITLE_CELLS
from outputs.language import say
from outputs.plaintext import shorten
from outputs.sensitivity_findings import SensitivityFindings
from outputs.sensitivity_rows import information_words, screening_words, tornado_words, variance_words
from outputs.sensitivity_sentences import joined, lead_sentence, notes, pilot_sentence, question_words, sentences
from outputs.staffing_rows import Words
from outputs.terminal import Plainer, plain_text

if TYPE_CHECKING:
    from rich.console import Console


def print_sensitivity(found: SensitivityFindings, console: Console) -> None:
    """Print a sensitivity on a rich console; text from studies is printed as text."""
    plain = Plainer(console)
    language = found.language

    def line(text: str, style: str = "") -> None:
        console.print(plain_text(plain(text), style))

    def section(key: str, words: Words, style: str = "") -> None:
        if words.rows:
            console.print()
            line(say(language, key), "bold")
            console.print(_table(words, plain, style))

    line(shorten(found.title or found.name, 2 * TITLE_CELLS), "bold")
    line(question_words(found))
    if found.consistency:
        line(say(language, "report.badge"), "yellow")
    console.print()
    line(lead_sentence(found) + say(language, "join.stop"), "bold")
    line(joined(found, sentences(found)))
    if pilot := pilot_sentence(found):
        line(pilot)
    for note in notes(found):
        line(note, "dim")
    if len(found.tornado):
        section("sens.tornado", tornado_words(found), "yellow")
    if len(found.information) and found.information["told"].any():
        section("sens.information", information_words(found), "bold")
    if len(found.variance):
        section("sens.variance", variance_words(found))
    if (found.screening["stage"] == "beliefs").any():
        section("sens.screening", screening_words(found, "beliefs"), "dim")
    elif len(found.screening):
        section("sens.screening_groups", screening_words(found, "groups"), "dim")


def _table(words: Words, plain: Plainer, style: str) -> object:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for at, head in enumerate(words.head):
        right = at not in words.texts
        table.add_column(plain_text(plain(head), "dim"), justify="right" if right else "left", overflow="fold")
    for number, row in enumerate(words.rows):
        table.add_row(*(plain_text(plain(cell), style if number in words.marks else "") for cell in row))
    return table
