"""Tables come in as they were written, whatever the encoding, and every fault of a file is told with its place."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

import calibration
from calibration import CalibrationError
from calibration.reading import read_log
from calibration.table import read_table

HEADER = "票号,取号时间,叫号时间,结束时间,过号,窗口,业务类型"
ROWS = [
    "A001,2010-07-01 09:00:00,2010-07-01 09:04:00,2010-07-01 09:09:00,,1,缴费",
    "A002,2010-07-01 09:01:00,2010-07-01 09:06:30,,是,2,缴费",
    "A003,2010-07-01 09:02:10,2010-07-01 09:09:00,2010-07-01 09:12:00,否,1,补卡",
]
TEXT = "\n".join([HEADER, *ROWS]) + "\n"


@pytest.mark.parametrize(
    ("codec", "told"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 with BOM"), ("gb18030", "GB18030"), ("gbk", "GB18030")]
)
@pytest.mark.parametrize(("delimiter", "named"), [(",", "comma"), ("\t", "tab"), (";", "semicolon")])
def test_encoding_and_delimiter_are_found_and_told(
    tmp_path: Path, codec: str, told: str, delimiter: str, named: str
) -> None:
    file = tmp_path / "tickets.csv"
    file.write_bytes(TEXT.replace(",", delimiter).encode(codec))
    table = read_table(file)
    assert table.form == f"{told}, {named}-separated"
    assert table.header == tuple(HEADER.split(","))
    assert table.rows[1][4] == "是"
    assert table.lines == [2, 3, 4]


def test_a_workbook_reads_like_the_text_it_came_from(tmp_path: Path) -> None:
    text, book = tmp_path / "tickets.csv", openpyxl.Workbook()
    text.write_bytes(TEXT.encode("gb18030"))
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER.split(","))
    for row in ROWS:
        cells = row.split(",")
        moments = [dt.datetime.fromisoformat(cell) if cell else None for cell in cells[1:4]]
        sheet.append([cells[0], *moments, cells[4] or None, int(cells[5]), cells[6]])
    book.save(tmp_path / "tickets.xlsx")
    mapping = calibration.load_mapping("queue-ticket-zh")
    from_text, from_book = (read_log([file], mapping) for file in (text, tmp_path / "tickets.xlsx"))
    assert from_book.tables[0].form == "XLSX, sheet 'Sheet'"
    assert from_text.frame.equals(from_book.frame)
    assert list(from_book.frame["wait_s"]) == [240.0, 330.0, 410.0]
    assert list(from_book.frame["outcome"]) == ["served", "abandoned", "served"]


def test_a_row_of_the_wrong_length_is_bad_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "tickets.csv"
    file.write_text(
        TEXT + "\nA004,2010-07-01 09:03:00\n" + '"A0\n05",2010-07-01 09:04:00,,,,1,缴费\n', encoding="utf-8"
    )
    table = read_table(file)
    assert [(fault.line, fault.reason) for fault in table.faults] == [(6, "2 fields where the header has 7")]
    assert table.blank == 1
    assert table.lines[-1] == 8  # a quoted line break counts
    assert table.read == 6


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"\xef\xbb\xbf\r\n", "empty-file"),
        (b"a,b\n", "empty-file"),
        ("a,b\n1,2\n".encode("utf-16"), "unknown-encoding"),
        (b"a,b\n\xff\xfe,\x80\n", "unknown-encoding"),
        (b"\x00\x01\x02", "unknown-encoding"),
        (b"PK\x03\x04 broken", "not-a-workbook"),
        (b"a,a\n1,2\n", "twin-column"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_name(tmp_path: Path, content: bytes, code: str) -> None:
    file = tmp_path / "log.csv"
    file.write_bytes(content)
    with pytest.raises(CalibrationError) as caught:
        read_table(file)
    assert caught.value.code == code
    assert "log.csv" in str(caught.value)


def test_a_byte_that_is_no_text_is_told_with_its_line(tmp_path: Path) -> None:
    content = TEXT.encode("gb18030")
    (tmp_path / "log.csv").write_bytes(content[:-20] + b"\xff" + content[-20:])
    with pytest.raises(CalibrationError) as caught:
        read_table(tmp_path / "log.csv")
    assert (caught.value.code, caught.value.line) == ("unknown-encoding", 4)


def test_an_absent_file_and_one_given_twice_are_refused(tmp_path: Path) -> None:
    mapping = calibration.load_mapping("queue-ticket-zh")
    with pytest.raises(CalibrationError, match="cannot-read"):
        read_log([tmp_path / "none.csv"], mapping)
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    with pytest.raises(CalibrationError, match=r"same bytes as a\.csv"):
        read_log([tmp_path / "a.csv", tmp_path / "b.csv"], mapping)


def test_a_missing_column_names_the_columns_that_are_there(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(TEXT.replace("叫号时间", "呼叫"), encoding="utf-8")
    log = read_log([file], calibration.load_mapping("queue-ticket-zh"))
    log.need("arrivals", "arrival")  # it is not missed where it is not needed
    with pytest.raises(CalibrationError) as caught:
        log.need("service", "service")
    assert (caught.value.code, caught.value.line, caught.value.column) == ("missing-column", 1, "叫号时间")
    assert "呼叫" in str(caught.value.help)
    file.write_text(TEXT.replace("取号时间", "来"), encoding="utf-8")
    with pytest.raises(CalibrationError, match="takes arrival from") as caught:
        read_log([file], calibration.load_mapping("queue-ticket-zh"))
    assert "queue-ticket-zh.yaml" in caught.value.message


MAPPING = """\
columns: {arrival: came, called: {column: called, absent: ["-"]}, ended: gone, server: desk}
formats: {datetime: ["%d.%m.%Y %H:%M"]}
"""


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (MAPPING.replace("arrival", "arival"), 1, "did you mean `arrival`"),
        (MAPPING + "weekdays: [mon, tuesday]\n", 3, "tuesday"),
        (MAPPING + "leave_out: {x: {where: {came: [a]}}}\n", 3, "needs `where` and `why`"),
        (MAPPING + "columns: {}\n", 3, "duplicate key"),
        (MAPPING + "abandonment_seen: sometimes\n", 3, "at_leaving, when_called"),
        (MAPPING + "clock_slack: soon\n", 3, "5 s"),
        ("- a\n", 1, "a YAML map"),
        ("columns: [", 1, ""),
        ("columns: {server: desk}\n", 1, "names no arrival"),
        ("extends: nowhere\n" + MAPPING, None, "nowhere"),
    ],
)
def test_a_fault_in_a_mapping_has_its_line(tmp_path: Path, text: str, line: int | None, said: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CalibrationError) as caught:
        calibration.load_mapping(file)
    assert caught.value.file == str(file)
    assert said in str(caught.value)
    if line is not None:
        assert caught.value.line == line


def test_a_mapping_that_extends_itself_or_is_unknown_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("extends: mine.yaml\n" + MAPPING, encoding="utf-8")
    with pytest.raises(CalibrationError, match="extends itself"):
        calibration.load_mapping(file)
    with pytest.raises(CalibrationError, match="did you mean `anonbank`"):
        calibration.load_mapping("anonbnk")


def test_every_shipped_mapping_loads() -> None:
    for name in calibration.shipped_mappings():
        assert calibration.load_mapping(name).columns
