"""What the report shows of halls: changes, waits, fans, heat maps, complaints; of which halls, and how safely."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from synthetic_findings import ARM_TITLES, HALF_HOURS, HALLS, make_findings
from synthetic_halls import CREWS, HEARD, REPLICATIONS, extra, make_halls
from synthetic_market import make_market
from test_outputs_report import HOSTILE, Page

import outputs
from outputs import complaints, hall_panels
from outputs.complaint_figure import complaint_sketches
from outputs.complaints import ALL_HALLS, complaint_table, complaints_by_cause, shown_parts
from outputs.drawing import INK, render
from outputs.fan_figure import fan_sketches
from outputs.findings import Findings
from outputs.hall_changes import change_table, hall_changes
from outputs.hall_files import hall_files
from outputs.hall_means import MOST_HALLS, half_hours, shown_halls
from outputs.hall_sections import hall_sections, hall_sketches
from outputs.hall_waits import wait_tables
from outputs.heat_figure import COLOURS, STEPS, heat_sketches, step_of
from outputs.report import report_html

SECTIONS = ["hall-changes", "wait", "hall-waits", "queue", "queue-fan", "weekdays", "on-target", "hall-complaints"]
ARM = "all-together"


def without(findings: Findings, *kpis: str) -> Findings:
    """Return findings that never measured some KPIs."""
    return replace(findings, kpis=findings.kpis[~findings.kpis["kpi"].isin(kpis)])


def sections(findings: Findings, arm: str | None = ARM) -> list[str]:
    """Return the sections on halls, as they would be with every figure drawn."""
    pictures = dict.fromkeys((sketch.key for sketch in hall_sketches(findings, "base", arm)), "drawn")
    return [section["id"] for section in hall_sections(findings, "base", arm, pictures)]


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


# Sections come and go.


def test_a_hall_study_has_every_section_and_a_market_alone_none() -> None:
    findings = make_halls()
    assert sections(findings) == SECTIONS
    assert sections(make_findings(halls=())) == []
    assert sections(without(findings, "complaints", "complaints_filed")) == SECTIONS[:-1]
    assert sections(without(findings, "queue_p50")) == [key for key in SECTIONS if key != "queue-fan"]
    assert sections(without(findings, "wait_p50")) == [key for key in SECTIONS if key != "hall-waits"]
    assert "weekdays" not in sections(without(findings, "wait_over_target"))


def test_a_market_with_halls_has_both_kinds_of_sections() -> None:
    findings = make_market()
    for arm in findings.arms:
        findings = replace(findings, kpis=extra(findings, arm, "wait_mean", "hall/main", [3.0, 4.0, 5.0]))
    html = report_html(findings, ())
    assert Page(html).values("id").count("hall-changes") == 1
    assert Page(html).values("id").count("bridge") == 1


def test_a_baseline_alone_still_shows_its_halls() -> None:
    findings = make_halls()
    alone = replace(
        findings,
        arms=("baseline",),
        decision=findings.decision.iloc[:0],
        kpis=findings.kpis[findings.kpis["arm"] == "baseline"],
    )
    shown = sections(alone, None)
    assert shown == [key for key in SECTIONS if key != "hall-changes"], "nothing is compared"
    drawings, _ = render([*fan_sketches(alone, "base", None), *heat_sketches(alone, "base", None)])
    assert len(drawings) == 2


# Before and after.


def test_a_change_is_the_paired_difference_with_its_t_interval() -> None:
    findings = make_halls()
    change = next(c for c in hall_changes(findings, "base", ("shawan",)) if (c.kpi, c.arm) == ("wait_mean", ARM))
    k = findings.kpis
    here = k[(k.kpi == "wait_mean") & (k.scope == "hall/shawan") & (k.period == "all")]
    runs = here.pivot(index="replication", columns="arm", values="value")
    pairs = runs[ARM] - runs["baseline"]
    low, high = stats.t.interval(0.95, REPLICATIONS - 1, pairs.mean(), pairs.std(ddof=1) / np.sqrt(REPLICATIONS))
    assert (change.before, change.after) == pytest.approx((runs["baseline"].mean(), runs[ARM].mean()))
    assert (change.difference.mean, change.difference.low, change.difference.high) == pytest.approx(
        (pairs.mean(), low, high)
    )
    assert (change.n, change.sign) == (REPLICATIONS, "better")


@pytest.mark.parametrize(
    ("kpi", "before", "after", "sign"),
    [
        ("wait_mean", [5, 6, 7, 8, 9], [4, 5.1, 5.9, 7, 8], "better"),
        ("wait_mean", [5, 6, 7, 8, 9], [6, 7.1, 7.9, 9, 10], "worse"),
        ("wait_mean", [5, 6, 7, 8, 9], [5, 6, 7, 8, 9], "same"),
        ("wait_mean", [5, 6, 7, 8, 9], [6, 5, 8, 7, 9], "open"),
        ("kiosk_share", [0.3, 0.31, 0.32, 0.3, 0.3], [0.6, 0.61, 0.6, 0.6, 0.6], "better"),
        ("counter_hours", [100] * 5, [120] * 5, "worse"),
        ("arrivals", [100, 101, 102, 103, 104], [90, 91, 92, 93, 95], ""),
        ("on_target", [0] * 5, [1] * 5, "open"),
        ("on_target", [0] * 5, [1 / 3] * 5, "open"),
        ("on_target", [0, 1 / 3, 2 / 3, 1 / 3, 0], [1 / 3, 2 / 3, 1, 1 / 3 + 1 / 3, 1 - 2 / 3], "open"),
        ("on_target", [0] * 5, [0] * 5, "same"),
    ],
)
def test_a_sign_says_only_what_the_runs_show(kpi: str, before: list[float], after: list[float], sign: str) -> None:
    findings = make_halls()
    for arm, values in (("baseline", before), (ARM, after)):
        findings = replace(findings, kpis=extra(findings, arm, kpi, "hall/shawan", values))
    change = next(c for c in hall_changes(findings, "base", ("shawan",)) if (c.kpi, c.arm) == (kpi, ARM))
    assert change.sign == sign


def test_one_run_gives_means_and_settles_nothing() -> None:
    findings = make_halls(kpis=make_halls().kpis.query("replication == 0"))
    changes = hall_changes(findings, "base", ("shawan",))
    assert {change.sign for change in changes} == {"open", ""}
    table = change_table(findings, "base")
    assert table is not None
    assert not [cell for group in table["groups"] for row in group["rows"] for cell in row["cells"] if "±" in str(cell)]


def test_better_and_worse_have_a_symbol_beside_their_colour() -> None:
    table = change_table(make_halls(), "base")
    assert table is not None
    assert [words for words, _ in table["head"]][-1] == "All together ★"
    assert [group["name"] for group in table["groups"]] == list(HALLS.values())
    cells = [cell for group in table["groups"] for row in group["rows"] for cell in row["cells"] if len(cell) > 2]
    symbols = {"better": "▲", "worse": "▼", "same": "■", "open": "○", "": ""}
    assert {cell[3] for cell in cells} >= {"better", "worse", "same", ""}
    assert all(cell[2].endswith(symbols[cell[3]]) for cell in cells)
    row = next(row for row in table["groups"][0]["rows"] if row["cells"][0][0].startswith("Mean wait"))
    assert re.fullmatch(r"−\d\.\d+ ± \d\.\d+ ▲", plain(row["cells"][-1][2]))


# Which halls.


def test_of_many_halls_the_worst_are_shown_and_the_page_says_so() -> None:
    findings = make_halls(many=9)
    shown = shown_halls(findings, "base")
    assert len(shown) == MOST_HALLS
    assert [hall for hall in shown if hall.startswith("extra")] == [f"extra-{number}" for number in range(4)]
    assert set(HALLS) < set(shown)
    notes = [section["note"] for section in hall_sections(findings, "base", ARM, {"queue-fan": "drawn"})]
    assert sum("8 of 13 halls" in note for note in notes) == 3
    assert {row["hall"] for row in rows_of(hall_files(findings)["hall-changes.csv"])} == set(findings.hall_titles)
    assert "halls in which" not in "".join(
        section["note"] for section in hall_sections(make_halls(), "base", ARM, {"queue-fan": "drawn"})
    )


def test_without_targets_the_halls_with_the_longest_waits_are_shown() -> None:
    findings = without(make_halls(many=9), "wait_over_target")
    kpis = findings.kpis.copy()
    long = (kpis["scope"] == "hall/extra-8") & (kpis["kpi"] == "wait_mean")
    kpis.loc[long, "value"] *= 100
    assert "extra-8" in shown_halls(replace(findings, kpis=kpis), "base")


def test_figures_hold_four_halls_and_go_on_in_the_next() -> None:
    keys = [sketch.key for sketch in hall_panels.paged("queue-fan", "", list("abcdefghi"), lambda page: None)]  # type: ignore[arg-type, return-value]
    assert keys == ["queue-fan", "queue-fan-2", "queue-fan-3"]


# Half hours.


def test_half_hours_hold_means_over_runs_and_the_counters_of_an_average_day() -> None:
    findings = make_halls()
    table = half_hours(findings, "base")
    for arm in ("baseline", "more-counters"):
        assert table.loc[(arm, "shawan", "", "10:30"), "counters"] == CREWS[arm]
    k = findings.kpis
    here = k[(k.kpi == "queue_p90") & (k.scope == "hall/shawan") & (k.arm == ARM) & (k.period == "10:30")]
    assert table.loc[(ARM, "shawan", "", "10:30"), "queue_p90"] == pytest.approx(here["value"].mean())
    assert list(table.index.unique("arm")) == list(ARM_TITLES)
    assert list(table.index.unique("hall")) == list(HALLS)


def test_waits_over_their_target_are_marked() -> None:
    findings = make_halls()
    (table,) = wait_tables(findings, "base", ARM)
    assert [words for words, _ in table["head"]] == ["", *HALF_HOURS]
    assert [group["name"] for group in table["groups"]][:2] == ["新华营业厅 · GoTone", "新华营业厅 · Others"]
    means = half_hours(findings, "base")
    target = findings.targets.set_index(["hall", "class_", "period"])["target_min"]
    marked = 0
    for group, hall, name in zip(
        table["groups"], np.repeat(list(HALLS), 2), ["gotone", "others"] * len(HALLS), strict=True
    ):
        row = next(row["cells"] for row in group["rows"] if row["cells"][0][0] == "9 in 10 · Baseline")
        for (shown, style), half in zip(row[1:], HALF_HOURS, strict=True):
            wait = float(means.loc[("baseline", hall, name, half), "wait_p90"])
            assert shown == f"{wait:.1f}"
            assert ("over" in style) == (wait > target.loc[(hall, name, half)])
            marked += "over" in style
    assert marked


def test_long_days_go_on_in_a_second_table() -> None:
    findings = make_halls()
    night = findings.kpis[findings.kpis["period"].isin(HALF_HOURS[:6])].copy()
    night["period"] = night["period"].map(lambda period: f"{int(period[:2]) + 10}{period[2:]}")
    longer = replace(findings, kpis=pd.concat([findings.kpis, night], ignore_index=True))
    first, second = wait_tables(longer, "base", ARM)
    assert (len(first["head"]), len(second["head"])) == (21, 5)
    assert len(first["groups"]) == len(second["groups"])


# The heat map.


def test_steps_of_colour_hold_what_is_printed_and_grow_darker() -> None:
    assert [step_of(share) for share in (0, 4.4, 4.6, 9.5, 19.4, 79.6, 100)] == [0, 0, 1, 2, 2, 7, 7]
    assert len(COLOURS) == len(STEPS)
    light = [_lightness(colour) for colour in COLOURS]
    falls = np.diff(light)
    assert (falls < -4).all(), "each step is darker, on a grey printer too"
    white = [step for step, colour in enumerate(COLOURS) if _contrast(colour, INK) < 4.5]
    assert all(_contrast(COLOURS[step], "#ffffff") >= 3 for step in white), "numbers can be read in every cell"


def _luminance(colour: str) -> float:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def _lightness(colour: str) -> float:
    return float(116 * np.cbrt(_luminance(colour)) - 16)


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


# Complaints.


def test_complaints_are_told_true_and_as_filed_and_halls_add_up() -> None:
    findings = make_halls()
    table = complaints_by_cause(findings, "base")
    causes = list(table.index.unique("cause"))
    assert causes == ["attitude", "waiting", "skill", "fee"], "by size; what nobody complains of is left out"
    assert list(table.index.unique("hall")) == [ALL_HALLS, *HALLS]
    each = table.drop(index=ALL_HALLS, level="hall").groupby(["arm", "cause"]).sum()
    pooled = table.loc[ALL_HALLS].sort_index()
    pd.testing.assert_frame_equal(pooled, each.sort_index(), check_names=False)
    told = complaint_table(findings, "base")
    assert told is not None
    fee = told["groups"][0]["rows"][-1]["cells"]
    assert fee[1][0] == "0.0"
    assert fee[1][2] == f"filed {len(HALLS):.1f}", "nobody complains of it, yet the statistics show it"
    assert HEARD["fee"] == 0


def test_rightly_filed_complaints_are_told_once() -> None:
    findings = make_halls()
    kpis = findings.kpis.copy()
    filed = kpis["kpi"] == "complaints_filed"
    true = kpis[kpis["kpi"] == "complaints"].set_index(["arm", "replication", "scope"])["value"]
    where = pd.MultiIndex.from_frame(kpis.loc[filed, ["arm", "replication", "scope"]])
    kpis.loc[filed, "value"] = true.reindex(where).to_numpy()
    told = complaint_table(replace(findings, kpis=kpis), "base")
    assert told is not None
    assert {len(cell) for row in told["groups"][0]["rows"] for cell in row["cells"]} == {2}


def test_complaints_about_many_halls_are_drawn_together(monkeypatch: pytest.MonkeyPatch) -> None:
    table = complaints_by_cause(make_halls(), "base")
    assert shown_parts(table) == list(HALLS)
    monkeypatch.setattr(complaints, "MOST_HALLS", 3)
    assert shown_parts(table) == [ALL_HALLS]
    one = table[table.index.get_level_values("hall") == "shawan"]
    assert shown_parts(one) == ["shawan"]


# The files.


def test_the_files_hold_every_strategy_and_all_digits(tmp_path: Path) -> None:
    findings = make_halls()
    files = hall_files(findings)
    assert list(files) == ["hall-changes.csv", "hall-half-hours.csv", "hall-weekdays.csv", "hall-complaints.csv"]
    changes = rows_of(files["hall-changes.csv"])
    found = hall_changes(findings, "base")
    assert len(changes) == len(found)
    assert [float(row["difference"]) for row in changes] == [change.difference.mean for change in found]
    halves = rows_of(files["hall-half-hours.csv"])
    assert len(halves) == len(ARM_TITLES) * len(HALLS) * 3 * len(HALF_HOURS)
    gotone = next(row for row in halves if row["class"] == "gotone" and row["half_hour"] == "10:30")
    assert float(gotone["target_min"]) == 10
    week = rows_of(files["hall-weekdays.csv"])
    assert len(week) == len(ARM_TITLES) * len(HALLS) * 6 * len(HALF_HOURS)
    assert set(week[0]) == {
        *("point", "arm", "hall", "weekday", "half_hour", "arrivals", "wait_mean", "wait_over_target"),
    }
    assert {row["cause"] for row in rows_of(files["hall-complaints.csv"])} == {"attitude", "waiting", "skill", "fee"}
    assert hall_files(make_findings(halls=())) == {}


# The page.


def test_the_page_with_halls_is_inert_and_repeats_to_the_byte(tmp_path: Path) -> None:
    first = outputs.write_report(make_halls("zh", halls=("shawan",)), tmp_path / "one")
    again = outputs.write_report(make_halls("zh", halls=("shawan",)), tmp_path / "two")
    assert [a.name for a, b in zip(first, again, strict=True) if a.read_bytes() != b.read_bytes()] == []
    assert {"queue-fan.png", "weekdays.png", "hall-complaints.png"} <= {path.name for path in first}
    html = (tmp_path / "one" / "report.html").read_text(encoding="utf-8")
    page = Page(html)
    assert set(SECTIONS) <= set(page.values("id"))
    assert len(page.values("id")) == len(set(page.values("id")))
    assert not {"script", "img", "image", "a", "link"} & set(page.tags)
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page.values("content")
    assert "服务态度差" in page.text
    assert "Attitude of staff" not in page.text
    assert len(html) < 450_000


def test_hostile_halls_and_strategies_do_nothing_on_the_page_of_halls(tmp_path: Path) -> None:
    halls = dict(zip(HALLS, HOSTILE.values(), strict=False))
    findings = make_halls(halls=("xinhua", "shawan"), arm_titles=HOSTILE, hall_titles=halls)
    paths = outputs.write_report(findings, tmp_path / "out")
    page = Page((tmp_path / "out/report.html").read_text(encoding="utf-8"))
    assert not {"script", "img"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert "<script>alert(1)</script>" in page.text
    assert "Attitude of staff" in page.text
    assert "服务态度差" not in page.text
    assert all(re.fullmatch(r"[a-z-]+(-\d+)?\.(png|csv|html)", path.name) for path in paths)
    for path in paths:
        if path.name.startswith("hall-") and path.suffix == ".csv":
            assert not [
                cell for row in rows_of(path.read_bytes()) for cell in row.values() if cell[:1] in set("=+@\t\r")
            ]


def test_a_class_or_hall_named_like_a_formula_is_inert_in_the_files() -> None:
    findings = make_halls()
    kpis = findings.kpis.copy()
    kpis["scope"] = kpis["scope"].str.replace("hall/shawan", "hall/=1+1")
    cells = {row["hall"] for row in rows_of(hall_files(replace(findings, kpis=kpis))["hall-changes.csv"])}
    assert "'=1+1" in cells
    assert "=1+1" not in cells


def test_drawings_stay_small_and_numbers_stand_in_the_cells() -> None:
    findings = make_halls()
    (heat,), _ = render(heat_sketches(findings, "base", ARM))
    (bars,), _ = render(complaint_sketches(findings, "base", ARM))
    cells = 2 * len(HALLS) * 6 * len(HALF_HOURS)
    assert heat.svg.count("<use") > cells
    assert len(heat.svg) < 300 * cells
    assert len(bars.svg) < 120_000
