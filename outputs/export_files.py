"""Tables of any length as files: CSV for programs, one workbook for people. They come in pieces and leave in pieces.

A file is whole or absent, and nothing in it runs or links.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outputs.tables import csv_bytes
from outputs.workbook import (
    COLUMNS_A_SHEET,
    ROWS_A_SHEET,
    cell_text,
    column_width,
    heading,
    opened_workbook,
    write_cell,
)
from scenarios.whole_files import made_whole

if TYPE_CHECKING:
    import pandas as pd

MOST_SHEETS = 4
"""Sheets that one table may fill; longer ones are no reading for people, and take minutes to write."""

_SEEN_FOR_WIDTH = 200


class TooLarge(ValueError):
    """A table that a workbook cannot hold. `help` says what can be done."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


def write_csv(path: Path, pieces: Iterable[pd.DataFrame]) -> Path:
    """Write the pieces of a table as one CSV file; the columns are those of the first. Raises OSError."""
    with made_whole(path) as beside, open(beside, "wb") as file:
        for number, piece in enumerate(pieces):
            file.write(csv_bytes(piece, head=number == 0))
    return path


def write_workbook(path: Path, tables: Mapping[str, Iterable[pd.DataFrame]]) -> Path:
    """Write tables as sheets of one workbook, by their names; a long one fills several: `kpis`, `kpis 2` …

    Raises TooLarge for more than MOST_SHEETS sheets or COLUMNS_A_SHEET columns, and OSError.
    """
    from xlsxwriter.exceptions import FileCreateError

    with made_whole(path) as beside, open(beside, "wb") as file:
        try:
            with opened_workbook(file, by_rows=True) as book:
                style = heading(book)
                for name, pieces in tables.items():
                    _Sheets(book, name, style).write(pieces)
        except FileCreateError as fault:
            raise OSError(f"{path}: {fault}") from fault
    return path


class _Sheets:
    """The sheets of one table: a new one each time that the last is full."""

    def __init__(self, book: Any, name: str, style: Any) -> None:
        self._book, self._name, self._style = book, name, style
        self._number = 0
        self._row = ROWS_A_SHEET
        self._sheet: Any = None

    def write(self, pieces: Iterable[pd.DataFrame]) -> None:
        for piece in pieces:
            if len(piece.columns) > COLUMNS_A_SHEET:
                told = (
                    f"a sheet holds {COLUMNS_A_SHEET:,} columns, and the table {self._name} has {len(piece.columns):,}"
                )
                raise TooLarge(told, "choose fewer with --kpi, --scope or --period, or export CSV")
            if self._number == 0:
                self._open(piece)
            for cells in zip(*(piece[name].tolist() for name in piece.columns), strict=True):
                if self._row == ROWS_A_SHEET:
                    self._open(piece)
                for column, cell in enumerate(cells):
                    write_cell(self._sheet, self._row, column, cell)
                self._row += 1

    def _open(self, piece: pd.DataFrame) -> None:
        self._number += 1
        if self._number > MOST_SHEETS:
            most = MOST_SHEETS * (ROWS_A_SHEET - 1)
            told = f"the table {self._name} has more than the {most:,} rows that {MOST_SHEETS} sheets hold"
            raise TooLarge(told, "choose fewer with --kpi, --scope, --period or --only, or export CSV")
        self._sheet = self._book.add_worksheet(self._name if self._number == 1 else f"{self._name} {self._number}")
        self._sheet.freeze_panes(1, 0)
        for column, name in enumerate(map(str, piece.columns)):
            self._sheet.write_string(0, column, cell_text(name), self._style)
            seen = piece[name].head(_SEEN_FOR_WIDTH)
            self._sheet.set_column(column, column, column_width(name, seen.tolist()))
        self._row = 1
