"""What a fit returns: estimates with intervals, goodness of fit, where every row went, warnings, and the files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from calibration.table import RawTable
from calibration.tickets import Rows

_MOST_BAD_ROWS_SHOWN = 20

_TINY = 1e-30
"""A p value may be 1e-107, and studies take no exponents as long as that."""


@dataclass(frozen=True)
class Estimate:
    """One estimated number with its 95 % interval (None where there is none; a note says where it is a range)."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    unit: str = ""
    note: str = ""
    tabled: bool = False
    """True where a printed table shows it already."""

    def to_dict(self) -> dict[str, Any]:
        """Return the fields that are set; numbers that are not finite become None."""
        fields = {"value": _plain(self.value), "low": _plain(self.low), "high": _plain(self.high)}
        texts = {"unit": self.unit, "note": self.note}
        return {key: v for key, v in fields.items() if v is not None} | {key: t for key, t in texts.items() if t}


@dataclass(frozen=True)
class Table:
    """A small table to print: `rows[i][j]` under `columns[j]`."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | float, ...], ...]

    def lines(self) -> list[str]:
        """Return the table as text, numbers to four figures, columns aligned."""
        cells = [[_cell(value) for value in row] for row in self.rows]
        widths = [max(len(name), *(len(row[j]) for row in cells), 1) for j, name in enumerate(self.columns)]
        text = [self.title] if self.title else []
        text.append("  " + "  ".join(name.rjust(width) for name, width in zip(self.columns, widths, strict=True)))
        text += ["  " + "  ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True)) for row in cells]
        return text


@dataclass(frozen=True)
class Finding:
    """What one kind of fit found, before any file is written. `parameters` is the patch of the hall."""

    rows: Rows
    estimates: tuple[Estimate, ...]
    goodness: Mapping[str, Any]
    tables: tuple[Table, ...]
    warnings: tuple[str, ...]
    parameters: Mapping[str, Any]
    plot: Any = field(repr=False, default=None)


@dataclass(frozen=True)
class Fit:
    """A finished fit of one kind for one hall, with the parameter file `out` and the figure beside it."""

    kind: str
    hall: str
    mapping: str
    tables_read: tuple[RawTable, ...] = field(repr=False)
    finding: Finding
    out: Path
    figure: Path
    versions: Mapping[str, str]

    @property
    def rows(self) -> Rows:
        """Where every row went."""
        return self.finding.rows

    @property
    def estimates(self) -> Mapping[str, Estimate]:
        """Estimates by name."""
        return {estimate.name: estimate for estimate in self.finding.estimates}

    @property
    def goodness(self) -> Mapping[str, Any]:
        """Goodness of fit: statistics by name."""
        return self.finding.goodness

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a careful reader of the numbers has to know."""
        return self.finding.warnings

    def record(self) -> dict[str, Any]:
        """Return the `fit` block of the parameter file."""
        rows = self.rows
        return {
            "kind": self.kind,
            "hall": self.hall,
            "mapping": self.mapping,
            "data": [{"file": t.name, "sha256": t.sha256, "form": t.form} for t in self.tables_read],
            "rows": {"read": rows.read, "used": rows.used, "left_out": dict(rows.left_out), "bad": len(rows.bad)},
            "estimates": {e.name: e.to_dict() for e in self.finding.estimates},
            "goodness": _plain(dict(self.goodness)),
            "warnings": list(self.warnings),
            "versions": dict(self.versions),
        }

    def to_dict(self) -> dict[str, Any]:
        """Return everything for `--json`: the `fit` block, bad rows by line and reason, tables and files written."""
        tables = [
            {"title": t.title, "columns": list(t.columns), "rows": [[_plain(v) for v in row] for row in t.rows]}
            for t in self.finding.tables
        ]
        files = {"out": str(self.out), "figure": str(self.figure)}
        return self.record() | {"rows": self.rows.to_dict(), "tables": tables} | files

    def lines(self) -> list[str]:
        """Return the fit as plain text lines for a terminal."""
        rows = self.rows
        text = [f"{self.kind} of hall {self.hall}, mapping {self.mapping}"]
        text += [f"  {t.name}: {t.form}, {t.read:,} rows" for t in self.tables_read]
        text.append(f"rows: {rows.read:,} read, {rows.used:,} used, {len(rows.bad):,} bad")
        text += [f"  left out {count:,}: {why}" for why, count in rows.left_out.items()]
        text += [f"  bad {fault.file}:{fault.line}: {fault.reason}" for fault in rows.bad[:_MOST_BAD_ROWS_SHOWN]]
        if len(rows.bad) > _MOST_BAD_ROWS_SHOWN:
            text.append(f"  … and {len(rows.bad) - _MOST_BAD_ROWS_SHOWN:,} more bad rows (all are in the JSON output)")
        text.append("estimates (95 % interval)")
        listed = [estimate for estimate in self.finding.estimates if not estimate.tabled]
        width = max((len(e.name) for e in listed), default=0)
        text += [f"  {e.name.ljust(width)}  {_estimate_text(e)}" for e in listed]
        for table in self.finding.tables:
            text += table.lines()
        if self.goodness:
            text.append("goodness of fit")
            text += [f"  {name}: {_cell(value)}" for name, value in self.goodness.items()]
        text += [f"note: {warning}" for warning in self.warnings]
        text += [f"written: {self.out}", f"         {self.figure}"]
        return text


def _estimate_text(estimate: Estimate) -> str:
    text = f"{_cell(estimate.value)}{' ' + estimate.unit if estimate.unit else ''}"
    if estimate.low is not None and estimate.high is not None:
        text += f"  ({_cell(estimate.low)} … {_cell(estimate.high)})"
    return text + (f"  {estimate.note}" if estimate.note else "")


def _cell(value: Any) -> str:
    if isinstance(value, float):
        if not math.isfinite(value):
            return "-"
        if value == int(value) and abs(value) < 1e7:
            return f"{value:,.0f}"
        return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _plain(value: Any) -> Any:
    """Return JSON-able data: floats to eight figures, tiny ones as 0, not-finite ones as None."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, bool) or value is None or isinstance(value, (str, int)):
        return value
    number = float(value)
    if not math.isfinite(number):
        return None
    return float(f"{number:.8g}") if abs(number) >= _TINY else 0.0
