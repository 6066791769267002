"""Rows become customers by stated rules, and every row is counted once: used, left out or bad."""

from __future__ import annotations

from pathlib import Path

import pytest

import calibration
from calibration import CalibrationError
from calibration.reading import read_log
from calibration.tickets import TicketLog

MAPPING = """\
columns:
  date: day
  arrival: came
  called: {column: called, absent: ["-"]}
  ended: {column: done, absent: ["-"]}
  outcome: what
  server: desk
formats: {date: ["%d/%m/%Y"], time: ["%H:%M:%S"]}
outcomes: {served: [ok], abandoned: [left]}
clock_slack: 2 s
leave_out:
  tests: {where: {what: [test]}, why: a test ticket}
"""


def log_of(tmp_path: Path, rows: list[str], mapping: str = MAPPING) -> TicketLog:
    (tmp_path / "log.csv").write_text("\n".join(["day,came,called,done,what,desk", *rows]) + "\n", encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(mapping, encoding="utf-8")
    return read_log([tmp_path / "log.csv"], calibration.load_mapping(tmp_path / "mine.yaml"))


def test_every_row_ends_in_one_bucket_with_line_and_reason(tmp_path: Path) -> None:
    rows = [
        "01/07/2010,09:00:00,09:01:00,09:03:00,ok,1",
        "01/07/2010,09:00:30,09:02:00,-,left,",
        "01/07/2010,nine,09:02:00,09:03:00,ok,1",
        "01/07/2010,09:05:00,09:04:00,09:06:00,ok,1",
        "01/07/2010,09:05:01,09:05:00,09:06:00,ok,1",
        "32/07/2010,09:07:00,09:08:00,09:09:00,ok,1",
        "01/07/2010,09:07:00,09:08:00,09:09:00,gone,1",
        "rubbish,rubbish,rubbish,rubbish,test,1",
        "",
        "01/07/2010,09:10:00",
        "01/07/2010,09:11:00,09:12:00,09:13:00,ok,1",
        "01/07/2010,09:11:30,09:12:00,09:13:00,ok,1",
        "01/07/2010,09:11:40,09:12:00,09:13:00,ok,1",
    ]
    used, found = log_of(tmp_path, rows).select("waits", ["arrival", "outcome", "wait_s"])
    assert found.left_out == {"blank line": 1, "a test ticket": 1}
    assert found.read == found.used + sum(found.left_out.values()) + len(found.bad) == 13
    assert [(fault.line, fault.reason) for fault in found.bad] == [
        (4, "'nine' is not a time in any format of the mapping"),
        (5, "times run backwards: called 2010-07-01 09:04:00 before arrival 2010-07-01 09:05:00"),
        (7, "'32/07/2010' is not a date in any format of the mapping"),
        (8, "the mapping knows no outcome 'gone'"),
        (11, "2 fields where the header has 6"),
    ]
    assert used["wait_s"].tolist() == [60.0, 90.0, 0.0, 60.0, 30.0, 20.0]  # one second backwards is the clock's


def test_a_time_after_midnight_belongs_to_the_next_day(tmp_path: Path) -> None:
    log = log_of(tmp_path, ["01/07/2010,23:58:00,23:59:30,00:04:00,ok,1", "01/07/2010,23:59:00,00:01:00,00:02:00,ok,1"])
    assert log.frame["wait_s"].tolist() == [90.0, 120.0]
    assert log.frame["service_s"].tolist() == [270.0, 60.0]


def test_a_service_that_ends_before_it_begins_is_bad(tmp_path: Path) -> None:
    rows = ["01/07/2010,09:00:00,09:01:00,09:00:30,ok,1"] + ["01/07/2010,09:00:00,09:01:00,09:03:00,ok,1"] * 2
    for needs in (["service_s"], ["called", "ended"]):
        _, found = log_of(tmp_path, rows).select("service", needs)
        assert [fault.line for fault in found.bad] == [2]
        assert "times run backwards" in found.bad[0].reason


def test_a_wait_of_days_is_a_fault_and_not_a_wait(tmp_path: Path) -> None:
    mapping = MAPPING.replace('time: ["%H:%M:%S"]', 'datetime: ["%Y-%m-%d %H:%M"]')
    rows = ["01/07/2010,2010-07-01 09:00,2010-07-09 09:01,2010-07-09 09:02,ok,1"]
    rows += ["01/07/2010,2010-07-01 09:00,2010-07-01 09:01,2010-07-01 09:02,ok,1"] * 2
    _, found = log_of(tmp_path, rows, mapping).select("waits", ["wait_s"])
    assert [(fault.line, "more than a day" in fault.reason) for fault in found.bad] == [(2, True)]


def test_a_log_of_mostly_bad_rows_is_an_error_with_the_first(tmp_path: Path) -> None:
    log = log_of(tmp_path, ["01.07.2010,09:00:00,09:01:00,09:03:00,ok,1"] * 3)
    with pytest.raises(CalibrationError) as caught:
        log.select("arrivals", ["arrival"])
    assert (caught.value.code, caught.value.file, caught.value.line) == ("nothing-left", "log.csv", 2)
    assert "mine.yaml" in str(caught.value.help)


def test_a_fit_asks_for_the_column_that_the_mapping_lacks(tmp_path: Path) -> None:
    log = log_of(tmp_path, ["01/07/2010,09:00:00,09:01:00,09:03:00,ok,1"], MAPPING.replace("  server: desk\n", ""))
    with pytest.raises(CalibrationError, match="needs the server of each row"):
        log.need("staff", "server")


def test_a_rule_of_the_mapping_may_not_name_a_column_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CalibrationError, match="leave_out rule") as caught:
        log_of(
            tmp_path, ["01/07/2010,09:00:00,09:01:00,09:03:00,ok,1"], MAPPING.replace("{what: [test]}", "{wat: [x]}")
        )
    assert "did you mean `what`" in str(caught.value.help)


@pytest.mark.parametrize(
    ("column", "words", "outcomes"),
    [
        ("状态", ["完成", "过号", "已办结"], ["served", "abandoned", "served"]),
        ("过号", ["", "是", "09:06:00"], ["served", "abandoned", "abandoned"]),
        ("是否过号", ["否", "Y", "0"], ["served", "abandoned", "served"]),
    ],
)
def test_chinese_machines_say_who_was_gone_in_their_own_ways(
    tmp_path: Path, column: str, words: list[str], outcomes: list[str]
) -> None:
    lines = [f"日期,取号,叫号,结束,{column},窗口"]
    lines += [f"2010/7/1,9:0{i}:00,9:05:00,9:0{i + 6}:00,{word},3号窗" for i, word in enumerate(words)]
    (tmp_path / "票据.csv").write_bytes("\n".join(lines).encode("gb18030"))
    log = read_log([tmp_path / "票据.csv"], calibration.load_mapping("queue-ticket-zh"))
    assert log.frame["outcome"].tolist() == outcomes
    assert log.frame["wait_s"].iloc[:2].tolist() == [300.0, 240.0]
    assert log.mapping.abandonment_seen == "when_called"


def test_times_of_day_take_the_date_of_the_arrival(tmp_path: Path) -> None:
    text = "取号,叫号,结束,过号,窗口\n2010-07-01 09:00:00,09:05:00,09:08:00,,1\n2010-07-01 23:58:00,,,00:03:00,1\n"
    (tmp_path / "log.csv").write_text(text, encoding="utf-8")
    log = read_log([tmp_path / "log.csv"], calibration.load_mapping("queue-ticket-zh"))
    assert log.frame["wait_s"].tolist() == [300.0, 300.0]
    assert log.frame["outcome"].tolist() == ["served", "abandoned"]


def test_a_time_of_day_without_any_date_is_bad(tmp_path: Path) -> None:
    rows = ["2010-07-01 09:00:00,,,,1"] * 3 + ["09:00:00,,,,1"]
    (tmp_path / "log.csv").write_text("\n".join(["取号,叫号,结束,过号,窗口", *rows]), encoding="utf-8")
    _, found = read_log([tmp_path / "log.csv"], calibration.load_mapping("queue-ticket-zh")).select(
        "arrivals", ["arrival"]
    )
    assert [(fault.line, fault.reason) for fault in found.bad] == [(5, "a time of day without a date")]


def test_observed_waits_are_ratios_of_sums_over_days(tmp_path: Path) -> None:
    rows = [f"0{day}/07/2010,09:0{i}:00,09:0{i + day}:00,09:30:00,ok,1" for day in (1, 2) for i in range(day * 2)]
    rows += ["01/07/2010,10:00:00,10:03:00,-,left,"]
    log_of(tmp_path, rows)
    frame = calibration.observed([tmp_path / "log.csv"], mapping=tmp_path / "mine.yaml", hours="09:00-10:30")
    assert list(frame.index) == ["09:00", "09:30", "10:00", "all"]
    assert frame.loc["09:00", "wait_mean_min"] == pytest.approx((2 * 1 + 4 * 2) / 6)
    assert frame.loc["09:00", "arrivals_per_day"] == 3
    assert frame.loc["10:00", "abandoned_share"] == 1
    assert frame["wait_mean_min"].isna().tolist() == [False, True, True, False]
    assert frame.loc["all", "abandoned"] == 1
