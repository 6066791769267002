"""A workbook for people: texts as texts, numbers with all their digits, nothing in it that runs or links.

It decides how a cell is written; what stands in the sheets is others' business.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any

from outputs.tables import inert

ROWS_A_SHEET = 1_048_576
"""Rows that Excel allows in a sheet, its heading among them."""

COLUMNS_A_SHEET = 16_384
"""Columns that Excel allows in a sheet."""

LONGEST_TEXT = 32_767
"""Characters that Excel allows in a cell."""

LONGEST_SHEET_NAME = 31
"""Characters that Excel allows for the name of a sheet."""

_CREATED = datetime(2010, 7, 1)
"""Date in the properties of every workbook: equal contents give equal bytes."""

_NARROWEST, _WIDEST, _WIDEST_HEAD = 9, 40, 16


@contextmanager
def opened_workbook(file: IO[bytes], by_rows: bool = False) -> Iterator[Any]:
    """Give an xlsxwriter workbook that is written to `file` at the end of the block.

    `by_rows`: sheets are written row by row, one sheet after the other, and none is held in memory.
    """
    import xlsxwriter

    texts = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(
        file, {"constant_memory": True} | texts if by_rows else {"in_memory": True} | texts
    ) as book:
        book.set_properties({"created": _CREATED})
        yield book


def heading(book: Any) -> Any:
    """The style of the first row of a sheet."""
    return book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})


def write_cell(sheet: Any, row: int, column: int, cell: Any, style: Any = None) -> None:
    """Write one cell: numbers as numbers, texts as texts, nothing where there is nothing."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float) and math.isfinite(cell):
        sheet.write_number(row, column, cell, style)
    elif isinstance(cell, int | float):
        sheet.write_string(row, column, "∞" if cell > 0 else "−∞")
    else:
        sheet.write_string(row, column, cell_text(cell))


def cell_text(cell: object) -> str:
    """A text as a cell can hold it: inert, in Unicode, cut with `…` where it is longer than a cell may be."""
    text = str(inert(str(cell))).encode(errors="replace").decode()
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def column_width(head: str, cells: Iterable[Any]) -> float:
    """Width of a column that shows its texts, within bounds."""
    from scenarios.problems import columns

    longest = max((columns(str(cell)) for cell in cells if isinstance(cell, str)), default=0)
    return float(min(_WIDEST, max(_NARROWEST, longest + 1, min(_WIDEST_HEAD, columns(head) + 1))))
