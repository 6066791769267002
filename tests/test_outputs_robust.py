"""The page, terminal and tables of a war game: they say what was found, in both languages, whatever names are like."""

from __future__ import annotations

import io
import math
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from rich.console import Console
from synthetic_robust import around, make_robust, sign

from outputs.robust_findings import RobustFindings
from outputs.robust_report import PAGE_FILE, write_robust
from outputs.robust_rows import pair_table, regret_table, value_table, worst_table
from outputs.robust_sentences import (
    lead_sentence,
    limit_words,
    notes,
    signal_note,
    signal_sentences,
    supporting_sentences,
)
from outputs.robust_tables import robust_frame, signal_frame, strategy_frame, told_robust
from outputs.robust_terminal import print_robust

EVIL = '<script>alert("1")</script>=HYPERLINK(1)\x1b[31m'


def text_of(html: str) -> str:
    """What a reader of a page sees, on one line."""
    return " ".join(re.sub(r"<style>.*?</style>|<svg.*?</svg>|<[^>]+>", " ", html, flags=re.S).split())


def printed(found: RobustFindings, width: int = 150, encoding: str = "utf-8") -> str:
    """What stands on a terminal."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace")
    print_robust(found, Console(file=stream, width=width, highlight=False))
    stream.flush()
    raw = stream.buffer
    assert isinstance(raw, io.BytesIO)
    return raw.getvalue().decode(encoding)


def test_the_lead_names_the_arm_its_worst_case_and_how_sure_it_is() -> None:
    lead = lead_sentence(make_robust())
    assert lead.startswith("“主动关怀 · Care” is regretted least whatever rivals do: at worst,")
    assert "if the rivals’ playbook is “策反高端 Poaching”, it costs 200,000\u00a0CNY of net value" in lead
    assert "(95\u00a0% interval: 50,000 to 350,000\u00a0CNY)" in lead
    told = " ".join(supporting_sentences(make_robust()))
    assert "The next, “Baseline”, costs 800,000\u00a0CNY at worst." in told
    assert "“Baseline” under “Rivals stay quiet”, “策反高端 Poaching”" in told


def test_what_is_not_certain_is_not_claimed() -> None:
    best = make_robust(best=(1, 1, 1, 1), regret=around([[1e5] * 4, [0] * 4, [2e5] * 4], 1.5e5))
    sure = make_robust(best=(1, 1, 1, 1), worst=around([1e6, 0, 9e5], 1.5e5))
    assert "is the best strategy whatever rivals do: first under all 4 playbooks" in lead_sentence(sure)
    open_ = make_robust(best=(1, 1, 1, 1), worst=best.worst, rivals=(0,), more_runs=42.0)
    assert "not yet for certain" in lead_sentence(open_)
    told = " ".join(supporting_sentences(open_))
    assert "It cannot be told from “Baseline”." in told
    assert "at least about 42 more replications" in told
    assert "It cannot be told from any other strategy yet." in supporting_sentences(make_robust(rivals=(0, 2)))


def test_one_run_has_no_interval_and_says_so() -> None:
    unbounded = around([8e5, 2e5, 9e5], math.inf)
    found = make_robust(worst=unbounded, rivals=(0, 2), replications=1)
    assert "which so few runs do not bound" in lead_sentence(found)
    assert "ask for more with --replications" in " ".join(supporting_sentences(found))
    assert "1 replications are too few to look for signs" in signal_note(found)
    assert signal_sentences(found) == ()
    assert "inf" not in printed(found)


def test_signs_are_rules_that_a_planner_can_apply() -> None:
    war, poach, match = signal_sentences(make_robust())
    assert poach.startswith(
        "If churn of 中高端 Mid and high end is above 1.95\u00a0% a month in 2010-09 (month 2 of it), it is "
        "“策反高端 Poaching”: right in 97 of 100 such cases."
    )
    assert "shows earlier" in poach
    assert war.startswith("“价格战 Price war”: no single figure tells it from all others before 2010-12.")
    assert "customers won or re-registered is below 1,300" in war
    assert "revenue per user is between 71.5\u00a0CNY a month and 73\u00a0CNY a month on average over the 3" in match
    assert "(no campaign marks its start)" in match


def test_where_nothing_shows_it_is_said() -> None:
    told = signal_sentences(make_robust(signals=()))
    assert len(told) == 3
    assert all("Nothing tells it from rivals who stay quiet either." in each for each in told)
    assert set(pair_table(make_robust(signals=())).rows[0][1:]) == {"not in time", ""}


def test_a_limit_keeps_the_digits_that_make_it_what_it_is() -> None:
    found = make_robust()
    cases = [(0.0195, "1/month", "1.95\u00a0% a month"), (1300.0, "subscribers", "1,300\u00a0subscribers")]
    cases += [(0.7, "1", "70\u00a0%"), (0.70125, "1", "70.125\u00a0%"), (-12.0, "subscribers", "−12\u00a0subscribers")]
    for limit, unit, words in cases:
        assert limit_words(found, sign("poach", unit=unit), limit) == words


def test_tables_hold_every_cell_once_and_mark_the_choice() -> None:
    found = make_robust()
    values, regrets, worst, pairs = (table(found) for table in (value_table, regret_table, worst_table, pair_table))
    assert [row[0] for row in values.rows] == ["Baseline", "主动关怀 · Care", "Cheaper"]
    assert len(values.head) == len(values.rows[0]) == 5
    assert [cell.count("★") for cell in values.rows[0][1:]] == [1, 0, 1, 0]
    assert regrets.rows[2][1] == "900,000\n[750,000,\u00a01,050,000]"
    assert (worst.rows[0][0], worst.marks) == ("主动关怀 · Care", frozenset({0}))
    assert [row[-1] for row in worst.rows] == ["the least", "more, for certain", "more, for certain"]
    assert pairs.rows[1] == ("策反高端 Poaching", "2010-08", "2010-09", "")


def test_frames_hold_every_digit() -> None:
    found = make_robust()
    assert len(robust_frame(found)) == 12
    assert robust_frame(found)["best"].sum() == 4
    assert strategy_frame(found).set_index("arm").loc["care", "least"]
    assert len(signal_frame(found)) == 5
    assert told_robust(found)["least_regretted"] == "care"
    assert told_robust(found)["told_from_all_others"] is True


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_is_one_offline_file_without_script(language: Any, tmp_path: Path) -> None:
    paths = write_robust(make_robust(language), tmp_path)
    html = paths[0].read_text(encoding="utf-8")
    assert paths[0].name == PAGE_FILE
    assert {path.name for path in paths[1:]} == {
        "regret.png",
        "signals.png",
        "robust.csv",
        "strategies.csv",
        "signals.csv",
    }
    assert not re.search(r"<script|<link|<img|<iframe|https?:|@import|\son[a-z]+=", html)
    assert "default-src 'none'" in html
    seen = text_of(html)
    assert lead_sentence(make_robust(language)).replace("\u00a0", " ") in seen.replace("\u00a0", " ")
    for note in notes(make_robust(language)):
        assert note in seen
    assert html.count("<svg") == 2
    assert ('lang="zh-CN"' in html) == (language == "zh")
    table = pd.read_csv(tmp_path / "robust.csv", encoding="utf-8-sig")
    assert (tmp_path / "robust.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert len(table) == 12


def test_equal_findings_give_equal_bytes_and_old_pictures_go(tmp_path: Path) -> None:
    first = {path: path.read_bytes() for path in write_robust(make_robust(), tmp_path)}
    assert {path: path.read_bytes() for path in write_robust(make_robust(), tmp_path)} == first
    write_robust(make_robust(replications=2, signals=()), tmp_path)
    assert [path.name for path in (tmp_path / "figures").iterdir()] == ["regret.png"]


def test_hostile_names_are_inert(tmp_path: Path) -> None:
    found = make_robust(
        title=EVIL,
        arm_titles={"care": EVIL, "baseline": EVIL},
        segment_titles={"vip": EVIL},
        left_out=((EVIL, EVIL),),
        replaced=(EVIL,),
        provenance={EVIL: EVIL},
        arms=("=1+1", "care", "cheaper"),
    )
    html = write_robust(found, tmp_path)[0].read_text(encoding="utf-8")
    assert "<script" not in html
    assert "\x1b" not in html + printed(found)
    assert "'=1+1" in (tmp_path / "strategies.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("width", "encoding"), [(80, "utf-8"), (150, "utf-8"), (150, "ascii")])
def test_the_terminal_tells_the_same_within_its_width(language: Any, width: int, encoding: str) -> None:
    from scenarios.problems import columns

    told = printed(make_robust(language), width, encoding)
    assert max(columns(line) for line in told.splitlines()) <= width
    if (language, encoding) == ("en", "utf-8"):
        assert "is regretted least whatever rivals do" in " ".join(told.split())


def test_a_study_with_one_strategy_still_has_its_signs(tmp_path: Path) -> None:
    found = make_robust(
        arms=("baseline",),
        means=around([[5e7] * 4], 6e5),
        regret=around([[0.0] * 4], 0),
        worst=around([0.0], 0),
        mean=around([0.0], 0),
        best=(0, 0, 0, 0),
        worst_at=(0,),
        choice=0,
    )
    assert lead_sentence(found) == "There is one strategy only: nothing to regret"
    html = write_robust(found, tmp_path)[0].read_text(encoding="utf-8")
    assert 'id="regrets"' not in html
    assert 'id="signals"' in html
    assert "regret" not in [path.stem for path in (tmp_path / "figures").iterdir()]
