"""The tables of a staffing as files: CSV for programs, and all of them as one workbook for people.

Texts from studies are written as texts: nothing in either is a formula or a link.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from outputs.language import has, say
from outputs.staffing_findings import StaffingFindings
from outputs.staffing_tables import frontier_frame, half_hour_frame, ledger_frame, plan_frame, summary_frame
from outputs.tables import csv_bytes, inert

_LONGEST_SHEET = 31
"""Characters that a workbook allows for the name of a sheet."""

FILES: Mapping[str, Callable[[StaffingFindings], Any]] = {
    "plan.csv": plan_frame,
    "half-hours.csv": half_hour_frame,
    "ledger.csv": ledger_frame,
    "frontier.csv": frontier_frame,
}
"""CSV files of a staffing and their frames."""


def staffing_files(found: StaffingFindings) -> dict[str, bytes]:
    """Every table as file name → bytes: the CSV files and `plan.xlsx`."""
    files = {name: csv_bytes(frame(found)) for name, frame in FILES.items()}
    return files | {"plan.xlsx": workbook(found)}


def workbook(found: StaffingFindings) -> bytes:
    """`plan.xlsx`: summary, shifts, half hours, ledger and frontier as sheets; no live formulas, always equal bytes."""
    from datetime import datetime

    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": datetime(2010, 7, 1)})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        share = book.add_format({"num_format": "0.0%"})
        number = book.add_format({"num_format": "#,##0.##"})
        for key, frame in (
            ("summary", summary_frame(found)),
            ("shifts", plan_frame(found)),
            ("cells", half_hour_frame(found)),
            ("ledger", ledger_frame(found)),
            ("frontier", frontier_frame(found)),
        ):
            sheet = book.add_worksheet(say(found.language, f"staff.sheet.{key}")[:_LONGEST_SHEET])
            sheet.freeze_panes(1, 3 if key in ("cells", "ledger") else 2)
            for column, name in enumerate(frame.columns):
                sheet.write_string(0, column, column_words(found, str(name)), head)
                cells = frame[name].tolist()
                sheet.set_column(column, column, _width(column_words(found, str(name)), cells))
                for row, cell in enumerate(cells, start=1):
                    _write(sheet, row, column, cell, share if _is_share(str(name)) else number)
    return buffer.getvalue()


def column_words(found: StaffingFindings, name: str) -> str:
    """A column's heading for people; its plain name where there are no words for it."""
    key = f"staff.sheet.col.{name}"
    return say(found.language, key) if has(found.language, key) else name.replace("_", " ")


def _is_share(name: str) -> bool:
    return ("over_target" in name or "abandoned" in name or name in ("share_within", "days_on_target")) and not (
        name.startswith(("fewer_over", "more_over", "fewer_abandoned", "more_abandoned")) or name.endswith("_a_day")
    )


def _write(sheet: Any, row: int, column: int, cell: Any, style: Any) -> None:
    """Write one cell: numbers as numbers, texts as texts, nothing where there is nothing."""
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell, style)
    else:
        sheet.write_string(row, column, str(inert(str(cell))))


def _width(head: str, cells: Iterable[Any]) -> float:
    from scenarios.problems import columns

    longest = max((columns(str(cell)) for cell in cells if isinstance(cell, str)), default=0)
    return float(min(40, max(9, longest + 1, min(16, columns(head) + 1))))
