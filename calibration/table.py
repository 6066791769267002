"""Raw tables: CSV or TSV in UTF-8 or GB18030, and XLSX, as rows of text with their line numbers.

It detects encoding and delimiter and says what it found. It gives no meaning to any column.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from calibration.errors import CalibrationError

_DELIMITERS = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}
_ENOUGH_TO_SNIFF = 20


@dataclass(frozen=True)
class RowFault:
    """A row that could not be used: 1-based line (of the file or sheet) and the reason."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True)
class RawTable:
    """One file as text. `lines[i]` is the line on which `rows[i]` ends; rows have as many fields as the header."""

    name: str
    sha256: str
    form: str
    header: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]
    faults: tuple[RowFault, ...]
    blank: int

    @property
    def read(self) -> int:
        """Rows below the header, of whatever kind."""
        return len(self.rows) + len(self.faults) + self.blank


def read_table(path: Path, sheet: str | None = None) -> RawTable:
    """Read one CSV, TSV or XLSX file. Raise `CalibrationError` where it is absent, empty or in an unknown encoding."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CalibrationError(
            "cannot-read", f"cannot read the file: {error.strerror}", file=path, help="check the path and its rights"
        ) from None
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise CalibrationError("empty-file", "the file is empty", file=path, help="export the log again, with a header")
    if content.startswith(b"PK\x03\x04"):
        numbered, form = _workbook_rows(path, content, sheet)
    else:
        if sheet is not None and path.suffix.lower() in {".xls", ".xlsx"}:
            raise CalibrationError("not-a-workbook", "this is not an XLSX workbook", file=path, help="save it as .xlsx")
        text, encoding = _decode(path, content)
        numbered, delimiter = _text_rows(path, text)
        form = f"{encoding}, {delimiter}-separated"
    return _table(path, hashlib.sha256(content).hexdigest(), form, numbered)


def _table(path: Path, sha256: str, form: str, numbered: Iterator[tuple[int, list[str]]]) -> RawTable:
    header: tuple[str, ...] | None = None
    rows: list[list[str]] = []
    lines: list[int] = []
    faults: list[RowFault] = []
    blank = 0
    for line, cells in numbered:
        if not any(cell.strip() for cell in cells):
            blank += header is not None
        elif header is None:
            header = tuple(clean_name(cell) for cell in cells)
            while header and not header[-1]:
                header = header[:-1]
            _refuse_twin_columns(path, line, header)
        elif len(cells) < len(header) or any(cell.strip() for cell in cells[len(header) :]):
            faults.append(RowFault(path.name, line, f"{len(cells)} fields where the header has {len(header)}"))
        else:
            rows.append([cell.strip() for cell in cells[: len(header)]])
            lines.append(line)
    if header is None or not (rows or faults):
        raise CalibrationError("empty-file", "the file has a header but no rows", file=path)
    return RawTable(path.name, sha256, form, header, rows, lines, tuple(faults), blank)


def _refuse_twin_columns(path: Path, line: int, header: tuple[str, ...]) -> None:
    seen: set[str] = set()
    for name in header:
        if name and name in seen:
            raise CalibrationError(
                "twin-column",
                "two columns have this name",
                file=path,
                line=line,
                column=name,
                help="rename one of them",
            )
        seen.add(name)


def clean_name(text: str) -> str:
    """Return a column name without outer blanks, full-width forms or a stray byte order mark."""
    return unicodedata.normalize("NFKC", text).strip().strip("\ufeff").strip()


def _decode(path: Path, content: bytes) -> tuple[str, str]:
    if content.startswith(b"\xef\xbb\xbf"):
        candidates = [("utf-8-sig", "UTF-8 with BOM")]
    elif content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content:
        candidates = []
    else:
        candidates = [("utf-8", "UTF-8"), ("gb18030", "GB18030")]
    reached = 0
    for codec, name in candidates:
        try:
            return content.decode(codec), name
        except UnicodeDecodeError as error:
            reached = max(reached, error.start)
    raise CalibrationError(
        "unknown-encoding",
        "the text is neither UTF-8 nor GB18030",
        file=path,
        line=content[:reached].count(b"\n") + 1 if candidates else None,
        help="save it as CSV UTF-8, or as an .xlsx workbook",
    )


def _text_rows(path: Path, text: str) -> tuple[Iterator[tuple[int, list[str]]], str]:
    delimiter = _delimiter(text)

    def rows() -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            for cells in reader:
                yield reader.line_num, cells
        except csv.Error as error:
            raise CalibrationError("not-a-table", f"not a table: {error}", file=path, line=reader.line_num) from None

    return rows(), _DELIMITERS[delimiter]


def _delimiter(text: str) -> str:
    """Pick the delimiter that splits the header into most columns among those that split the first rows alike."""
    lines = [line for line in text[:100_000].splitlines() if line.strip()][:_ENOUGH_TO_SNIFF]

    def score(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        if not widths or widths[0] == 1:
            return (0.0, 0)
        return (sum(width == widths[0] for width in widths) / len(widths), widths[0])

    scores = {delimiter: score(delimiter) for delimiter in _DELIMITERS}
    steady = [d for d, (alike, _) in scores.items() if alike >= 0.5]
    return max(steady or _DELIMITERS, key=lambda d: scores[d][1])


def _workbook_rows(path: Path, content: bytes, sheet: str | None) -> tuple[Iterator[tuple[int, list[str]]], str]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises many kinds for a broken archive
        raise CalibrationError("not-a-workbook", f"cannot open the workbook: {error}", file=path) from None
    if sheet is not None and sheet not in book.sheetnames:
        raise CalibrationError(
            "no-such-sheet",
            f"no sheet named {sheet!r}",
            file=path,
            help=f"the workbook has {', '.join(map(repr, book.sheetnames))}",
        )
    chosen = book[sheet] if sheet is not None else book.worksheets[0]
    chosen.reset_dimensions()  # some machines write a wrong extent; read what is there
    cells: Iterable[tuple[object, ...]] = chosen.iter_rows(values_only=True)
    trimmed = ((number, [_cell_text(cell) for cell in row]) for number, row in enumerate(cells, 1))
    return _squared(trimmed), f"XLSX, sheet {chosen.title!r}"


def _squared(rows: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """Fill short rows: a workbook leaves out empty cells at the end of a row."""
    width = 0
    for number, row in rows:
        if not width and any(cell for cell in row):
            width = len(row)
        yield number, row + [""] * (width - len(row))


def _cell_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ", timespec="microseconds" if cell.microsecond else "seconds")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, dt.time):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, dt.timedelta):
        return str(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
