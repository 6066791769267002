"""What people see of a staffing: sentences, tables, pictures, the page; in both languages, safe, and the same twice."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from rich.console import Console
from synthetic_staffing import make_none, make_plan, make_shared, make_staffing

from outputs.drawing import render
from outputs.language import LANGUAGES
from outputs.staffing_amounts import money, per_cent
from outputs.staffing_figures import GAP, MISSED, SURPLUS, draw_day, staffing_sketches
from outputs.staffing_files import FILES, staffing_files
from outputs.staffing_findings import Amount, Why
from outputs.staffing_report import staffing_html, write_staffing
from outputs.staffing_rows import option_words
from outputs.staffing_sentences import (
    binding_sentence,
    lead_sentence,
    none_sentence,
    notes,
    plan_sentences,
    reached_sentence,
)
from outputs.staffing_tables import half_hour_frame, ledger_frame, option_frame, plan_frame, told_staffing
from outputs.staffing_terminal import print_staffing


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def printed(found: Any, width: int = 150, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, newline="", errors="replace")
    print_staffing(found, Console(file=file, width=width))
    file.flush()
    return plain(raw.getvalue().decode(encoding))


def test_what_binds_is_one_sentence_with_time_shares_and_money() -> None:
    assert plain(binding_sentence("en", make_plan())) == (
        "10:00–10:30 binds: 4.3 % of others wait longer than 15 min, and 5 % may; "
        "one more 3-hour shift at 10:00 cuts that to 1.2 % for 35 CNY a day."
    )
    assert "10:00 起加一个 3 小时班次可降至 1.2%" in plain(binding_sentence("zh", make_plan()))
    tight = make_plan().bottleneck
    assert tight is not None
    nothing = replace(make_plan(), bottleneck=replace(tight, shift=None))
    assert "no further shift" in binding_sentence("en", nothing)
    left = replace(make_plan(), bottleneck=replace(tight, class_=None, target_min=float("nan")))
    assert "of the customers leave the queue" in binding_sentence("en", left)
    assert binding_sentence("en", replace(make_plan(), bottleneck=None)) == ""


def test_a_day_without_a_plan_names_its_half_hours_and_the_best_reachable() -> None:
    said = plain(none_sentence("en", make_none()))
    assert said.startswith("No plan keeps every promise: 10:30–11:30 cannot.")
    assert "10:30–11:00 needs 5 counters, and shifts and seats allow 4 at most" in said
    assert "22 % of others who come 10:30–11:00 wait longer than 15 min, where 5 % may" in plain(
        reached_sentence("en", make_none())
    )
    together = make_none(most=np.full(16, 9), why=Why("limits", "10:30-11:00", most=3))
    assert "not all of them together" in none_sentence("en", together)


def test_why_there_is_no_plan_is_told_in_both_languages() -> None:
    for kind in ("short", "limits", "unconfirmed", "trials"):
        why = Why(kind, "10:30-11:00", 5, 4)
        told = {language: plain(none_sentence(language, make_none(why=why))) for language in LANGUAGES}
        assert told["zh"] != told["en"]
        assert "{" not in "".join(told.values())
        assert all("10:30–11" in words for words in told.values())
    nowhere = make_none(missed=(), most=np.full(16, 9), why=Why("unconfirmed"))
    assert none_sentence("en", nowhere).startswith("No plan keeps every promise. What the search found did not hold")


def test_what_was_decided_and_shared_is_told_with_its_cost() -> None:
    found = make_staffing(plans=(make_shared(),))
    assert plain(lead_sentence(found)).endswith("6 shifts and 2 kiosks, 1 adviser for 415 CNY a day keep every promise")
    said = plain(" ".join(plan_sentences(found, make_shared())))
    assert "6 shifts for 355 CNY, with 2 kiosks, 1 adviser: 415 CNY a day in all." in said
    assert "Planned together with 沙湾营业厅 Shawan" in said
    assert "lent by 沙湾营业厅 Shawan: 1." in said
    assert "working in 沙湾营业厅 Shawan that day, where they cost: 2." in said
    assert "heads must be paid for 7 at work" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_option_is_shown_with_why_it_was_not_chosen(language: Any) -> None:
    found = make_staffing(language, plans=(make_shared(),))
    rows = option_words(found, found.plans[0]).rows
    assert len(rows) == 4
    assert [row[1] for row in rows] == ["0", "30", "60", "90"]
    assert [row[3] for row in rows] == ["–", "630", "580", "–"]
    assert "625" in plain(rows[3][4])
    assert option_words(found, found.plans[0]).marks == {0}
    frame = option_frame(found)
    assert frame["verdict"].tolist() == ["none", "dearer", "chosen", "dearer"]
    assert frame["why"].tolist()[0] != ""
    assert frame["total"].dropna().tolist() == [630.0, 580.0]
    html = staffing_html(found, render(staffing_sketches(found))[0])
    assert all(row[0].replace("'", "&#39;") in html for row in rows)
    assert printed(found).count("Shawan") >= 6
    book = openpyxl.load_workbook(io.BytesIO(staffing_files(found)["plan.xlsx"]))
    assert len(book.sheetnames) == 6
    assert not any("_" in str(cell.value) for sheet in book for cell in sheet[1])


def test_the_plan_that_comes_nearest_is_drawn_and_listed_as_such_and_is_no_plan() -> None:
    found = make_staffing(plans=(make_none(),))
    panels = [axes.get_title() for axes in draw_day(found, make_none()).axes]
    assert "Who works when, in the plan that comes nearest" in panels
    assert plan_frame(found).empty
    assert "Shifts of the plan that comes nearest, and misses" in printed(found)
    told = told_staffing(found)["plans"][0]
    assert told["shifts"] == []
    assert sum(row["people"] for row in told["nearest"]) == 3


def test_a_ledger_with_revenue_tells_its_interval_and_where_nothing_is_known() -> None:
    entry = make_plan().ledger[0]
    assert entry.fewer is not None
    priced = replace(entry, fewer=replace(entry.fewer, revenue_fen=Amount(123_456.0, 34_500.0)))
    text = printed(make_staffing(plans=(make_plan(ledger=(priced, *make_plan().ledger[1:])),)))
    assert "1,235 ± 345" in text
    assert "runs of the whole market" in text
    assert "runs of the whole market" not in printed(make_staffing())
    assert "not known of: 东厅" in " ".join(notes(make_staffing(unpriced=("东厅",))))


def test_the_judge_and_the_proof_are_named() -> None:
    found = make_staffing()
    simulated, none, exact = (" ".join(plan_sentences(found, plan)) for plan in found.plans)
    assert "on 4,000 days that the search had not seen" in simulated
    assert "Lower bound of the search: 330" in simulated
    assert "proven" not in simulated
    assert "not seen" not in none
    assert "exact chain" in exact
    assert "proven" in exact


def test_shrinkage_is_told_as_heads_to_pay() -> None:
    assert "7 heads must be paid for 6 at work" in " ".join(plan_sentences(make_staffing(), make_plan()))
    assert "heads" not in " ".join(plan_sentences(make_staffing(shrinkage=0.0), make_plan()))


def test_the_lead_never_claims_more_plans_than_there_are() -> None:
    assert lead_sentence(make_staffing()).startswith("2 of 3 plans keep every promise")
    assert lead_sentence(make_staffing(plans=(make_none(),))).endswith("no plan keeps every promise with these shifts")
    assert "6 shifts for 345 CNY a day" in plain(lead_sentence(make_staffing(plans=(make_plan(),))))
    assert lead_sentence(make_staffing(plans=(make_plan(), make_plan()))).startswith("All 2 plans")
    assert "it takes 1 more at work" in notes(make_staffing())[0]


@pytest.mark.parametrize(("share", "shown"), [(0.22, "22 %"), (0.0434, "4.3 %"), (0.0008, "0.08 %"), (0.0, "0 %")])
def test_shares_show_what_matters(share: float, shown: str) -> None:
    assert plain(per_cent("en", share)) == shown


def test_money_is_exact_to_the_fen() -> None:
    assert plain(money("en", 350)) == "3.50 CNY"
    assert plain(money("zh", 120_000)) == "1,200 元"
    assert money("en", 800, unit=False, cents=True) == "8.00"
    assert money("en", float("nan")) == "–"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_terminal_shows_every_half_hour_of_a_few_plans(language: Any) -> None:
    text = printed(make_staffing(language))
    assert text.count("09:00–09:30") >= 3
    assert "24 → 4.3" in text
    assert printed(make_staffing(language), encoding="gbk")


def test_many_plans_are_told_by_their_sentences_alone() -> None:
    text = printed(make_staffing(plans=tuple(make_plan() for _ in range(8))))
    assert text.count("binds") == 8
    assert "09:00–09:30" not in text


def test_names_are_text_and_neither_markup_nor_escapes() -> None:
    shifts = (replace(make_plan().shifts[0], title="[red]x[/red]\x1b[31m"),)
    text = printed(make_staffing(plans=(make_plan(hall_title="[bold]h[/bold]\x07", shifts=shifts),)))
    assert "[red]x[/red]" in text
    assert "[bold]h[/bold]" in text
    assert "\x1b" not in text
    assert "\x07" not in text


def test_the_tables_hold_every_number_and_a_byte_order_mark() -> None:
    files = staffing_files(make_staffing())
    assert set(files) == {*FILES, "plan.xlsx"}
    assert all(data.startswith(b"\xef\xbb\xbf") for name, data in files.items() if name.endswith(".csv"))
    shifts = list(csv.DictReader(io.StringIO(files["plan.csv"].decode("utf-8-sig"))))
    assert shifts[0] == {
        "hall": "gaosheng",
        "day": "ordinary",
        "shift": "早班 · Early",
        "start": "09:00",
        "end": "17:00",
        "breaks": "11:30-12:00",
        "people": "2",
        "part_time": "False",
        "lent_by": "",
        "cost": "160.0",
    }
    plan = make_plan()
    assert plan_frame(make_staffing(plans=(plan,)))["cost"].sum() == plan.cost_fen / 100
    cells = half_hour_frame(make_staffing(plans=(plan,)))
    assert len(cells) == 16 * 2
    assert cells["scheduled"].iloc[6] == 5
    ledger = ledger_frame(make_staffing(plans=(plan,)))
    assert ledger["fewer_over_target"].iloc[7] == pytest.approx(4.2)
    assert ledger["more_cost_a_day"].iloc[0] == 35.0


def test_the_workbook_has_no_live_formula_and_is_the_same_twice() -> None:
    shifts = (replace(make_plan().shifts[0], title='=HYPERLINK("http://x","y")'),)
    found = make_staffing("zh", plans=(make_plan(shifts=shifts, hall="+1"),))
    data = staffing_files(found)["plan.xlsx"]
    assert data == staffing_files(found)["plan.xlsx"]
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["方案", "班次", "半小时", "台席账本", "成本与服务"]
    assert book["班次"]["C1"].value == "班次"
    for sheet in book:
        assert not any("_" in str(cell.value) for cell in sheet[1]), "a heading without words"
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert not any(cell.hyperlink for sheet in book for row in sheet.iter_rows() for cell in row)
    assert staffing_files(found)["plan.csv"].decode("utf-8-sig").count("'=HYPERLINK") == 1


def test_gaps_are_red_and_surplus_is_pale() -> None:
    from matplotlib.colors import to_hex

    def colours(plan: Any) -> set[str]:
        axes = draw_day(make_staffing(), plan).axes[0]
        return {to_hex(bar.get_facecolor()) for bar in axes.patches if getattr(bar, "get_height", int)() > 0}

    assert GAP in colours(make_none())
    assert MISSED in colours(make_none())
    assert MISSED not in colours(make_plan())
    assert GAP not in colours(make_plan())
    assert SURPLUS in colours(make_plan())


def test_a_break_is_drawn_where_the_plan_puts_it() -> None:
    axes = draw_day(make_staffing(), make_plan()).axes[1]
    white = [bar.get_extents().x0 for bar in axes.patches if bar.get_facecolor()[:3] == (1.0, 1.0, 1.0)]
    white = [float(axes.transData.inverted().transform((at, 0))[0]) for at in white]
    assert white == pytest.approx([11.5, 12.0])


def test_the_page_is_one_file_without_scripts_and_escapes_names(tmp_path: Path) -> None:
    bad = "<script>alert(1)</script>"
    plan = make_plan(hall_title=bad, shifts=(replace(make_plan().shifts[0], title=bad),))
    found = make_staffing(title=bad, plans=(plan, make_none()))
    written = write_staffing(found, tmp_path)
    assert written[0].name == "staffing.html"
    html = written[0].read_text(encoding="utf-8")
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert not re.search(r'(src|href)="(?!#)', html)
    assert "default-src 'none'" in html
    assert html.count("<svg") == 3
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {"day-1.png", "day-2.png", "frontier-1.png"}
    again = write_staffing(make_staffing(title=bad, plans=(make_none(),)), tmp_path)
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {"day-1.png"}
    assert len(again) == len(set(again))


def test_equal_findings_give_equal_pages_in_chinese() -> None:
    found = make_staffing("zh", plans=(make_plan(),))
    drawings, absent = render(staffing_sketches(found))
    assert not absent or all(ord(char) > 0x2E80 for char in absent), "only a machine without Chinese fonts lacks any"
    html = staffing_html(found, drawings)
    assert html == staffing_html(found, render(staffing_sketches(found))[0])
    assert "瓶颈在" in html
    assert 'lang="zh-CN"' in html


def test_json_tells_why_there_is_no_plan() -> None:
    told = told_staffing(make_staffing())
    assert told["all_found"] is False
    none = told["plans"][1]
    assert none["blocking"] == ["10:30–11:00", "11:00–11:30"]
    assert none["cost"] is None
    assert "needs 5 counters" in none["why"]
