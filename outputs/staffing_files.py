"""The tables of a staffing as files: CSV for programs, and all of them as one workbook for people.

Texts from studies are written as texts: nothing in either is a formula or a link.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

from outputs.language import has, say
from outputs.staffing_findings import StaffingFindings
from outputs.staffing_tables import (
    frontier_frame,
    half_hour_frame,
    ledger_frame,
    option_frame,
    plan_frame,
    summary_frame,
)
from outputs.tables import csv_bytes
from outputs.workbook import LONGEST_SHEET_NAME, column_width, heading, opened_workbook, write_cell

FILES: Mapping[str, Callable[[StaffingFindings], Any]] = {
    "plan.csv": plan_frame,
    "half-hours.csv": half_hour_frame,
    "ledger.csv": ledger_frame,
    "frontier.csv": frontier_frame,
    "options.csv": option_frame,
}
"""CSV files of a staffing and their frames."""


def staffing_files(found: StaffingFindings) -> dict[str, bytes]:
    """Every table as file name → bytes: the CSV files and `plan.xlsx`."""
    files = {name: csv_bytes(frame(found)) for name, frame in FILES.items()}
    return files | {"plan.xlsx": workbook(found)}


def workbook(found: StaffingFindings) -> bytes:
    """`plan.xlsx`: summary, shifts, half hours, ledger, frontier, options; no live formulas, always equal bytes."""
    buffer = io.BytesIO()
    with opened_workbook(buffer) as book:
        head = heading(book)
        share = book.add_format({"num_format": "0.0%"})
        number = book.add_format({"num_format": "#,##0.##"})
        for key, frame in (
            ("summary", summary_frame(found)),
            ("shifts", plan_frame(found)),
            ("cells", half_hour_frame(found)),
            ("ledger", ledger_frame(found)),
            ("frontier", frontier_frame(found)),
            *([("options", option_frame(found))] if any(plan.options for plan in found.plans) else []),
        ):
            sheet = book.add_worksheet(say(found.language, f"staff.sheet.{key}")[:LONGEST_SHEET_NAME])
            sheet.freeze_panes(1, 3 if key in ("cells", "ledger") else 2)
            for column, name in enumerate(frame.columns):
                words = column_words(found, str(name))
                sheet.write_string(0, column, words, head)
                cells = frame[name].tolist()
                sheet.set_column(column, column, column_width(words, cells))
                for row, cell in enumerate(cells, start=1):
                    write_cell(sheet, row, column, cell, share if _is_share(str(name)) else number)
    return buffer.getvalue()


def column_words(found: StaffingFindings, name: str) -> str:
    """A column's heading for people; its plain name where there are no words for it."""
    key = f"staff.sheet.col.{name}"
    return say(found.language, key) if has(found.language, key) else name.replace("_", " ")


def _is_share(name: str) -> bool:
    return ("over_target" in name or "abandoned" in name or name in ("share_within", "days_on_target")) and not (
        name.startswith(("fewer_over", "more_over", "fewer_abandoned", "more_abandoned")) or name.endswith("_a_day")
    )
