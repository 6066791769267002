"""`standfast validate`: truth beside measurement on this machine, as a table or as JSON."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

from standfast.commands.exits import DONE, INTERRUPTED, TERMINATED, TRUTH_MISSED, Terminated, counted, print_json, say
from standfast.commands.progress import ProgressShown, duration

if TYPE_CHECKING:
    from standfast.validation.rows import Row, Value

COLUMNS = ("", "truth", "measured", "±", "verdict", "source", "note")

PIPE_COLUMNS = 1_000
"""Width where stdout is no terminal and COLUMNS says nothing: a row is a line, for grep and for files."""


def validate_machine(full: bool, workers: int | None, as_json: bool) -> int:
    """Run the validation pack and print its rows; the exit code says whether all of them hold."""
    from standfast.validation.pack import validate

    begun = time.monotonic()
    try:
        with ProgressShown("validate") as progress:
            rows = validate(full, workers, progress)
    except KeyboardInterrupt as stop:
        terminated = isinstance(stop, Terminated)
        say(f"{'terminated' if terminated else 'interrupted'}: a validation keeps nothing, run it again")
        return TERMINATED if terminated else INTERRUPTED
    seconds = time.monotonic() - begun
    missed = [row for row in rows if row.misses]
    if as_json:
        found = {"holds": not missed, "full": full, "seconds": seconds, "missed": [row.name for row in missed]}
        print_json({**found, "rows": [asdict(row) for row in rows]})
    else:
        print_rows(rows)
        print(f"\n{verdict_line(rows)} ({'full' if full else 'short'} pack, {duration(seconds)})")
    return TRUTH_MISSED if missed else DONE


def verdict_line(rows: Sequence[Row]) -> str:
    """Whether all hold, in one line that names every row that does not."""
    judged = [row for row in rows if row.verdict != "told"]
    missed = [row for row in judged if row.misses]
    if not missed:
        return f"All {counted(len(judged), 'check')} hold."
    names = "; ".join(f"{row.part}: {row.name}" for row in missed)
    return f"{len(missed)} of {counted(len(judged), 'check')} missed: {names}."


def print_rows(rows: Sequence[Row]) -> None:
    """Print the rows part by part: a ruled table on a terminal, elsewhere plain columns, one line a row."""
    from rich.console import Console
    from rich.markup import escape

    terminal = sys.stdout.isatty()
    console = Console(
        file=sys.stdout, width=None if terminal or "COLUMNS" in os.environ else PIPE_COLUMNS, highlight=False
    )
    for part, of_part in groupby(rows, key=lambda row: row.part):
        console.print(f"\n[bold]{escape(part)}[/bold]")
        console.print(_table(list(of_part), terminal))


def _table(rows: Sequence[Row], terminal: bool) -> object:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD if terminal else None, pad_edge=False, padding=(0, 2, 0, 0))
    cells = [
        (row.name, shown(row.truth), shown(row.measured), shown(row.half_width, 2), row.verdict, row.source, row.note)
        for row in rows
    ]
    # Columns that hold nothing in this part would only take room.
    kept = [n for n in range(len(COLUMNS)) if any(cell[n] for cell in cells)]
    if all(row.verdict == "told" for row in rows):
        kept = [n for n in kept if COLUMNS[n] != "verdict"]
    for n in kept:
        number = COLUMNS[n] in ("truth", "measured", "±") and len(kept) > 2
        table.add_column(COLUMNS[n], justify="right" if number else "left", overflow="fold")
    for row, cell in zip(rows, cells, strict=True):
        style = "bold red" if row.misses else None
        table.add_row(*(escape(cell[n]) for n in kept), style=style)
    return table


def shown(value: Value, digits: int = 6) -> str:
    """A value for people: numbers to so many digits, nothing where there is none.

    >>> shown(0.17413193359504983), shown(0.0052849, 2), shown(None), shown("CPython 3.11")
    ('0.174132', '0.0053', '', 'CPython 3.11')
    """
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:.{digits}g}"
