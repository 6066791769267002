"""The market in the outputs: money adds up, flows balance, sections come and go with what is measured."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from scipy import stats
from synthetic_findings import make_assumptions, make_findings
from synthetic_market import ARMS, HALL_METRICS, MARKET_METRICS, OPERATORS, OWN, SEGMENTS, TACTICS, make_market
from test_outputs_report import Page

import outputs
from outputs.acquiring import acquiring_words
from outputs.bands import Estimate, estimate, per_run, ratio
from outputs.bridge import MARGIN, VALUE, bridges
from outputs.doubts import what_would_overturn
from outputs.drawing import render
from outputs.findings import Findings, FindingsError
from outputs.flows import balance, flow_matrix, joiners, leavers
from outputs.language import say
from outputs.market_rows import _amounts, bridge_table, tactic_table
from outputs.market_sections import market_sections, market_sketches
from outputs.market_terminal import market_lines
from outputs.operators import operator_colours, operators_of
from outputs.quantities import Scale, fit_scale
from outputs.report import report_html
from scenarios.problems import columns as cells

FEN = 0.01
ALL_SECTIONS = ["bridge", "acquiring", "tactics", "spend", "share", "churn", "retention", "flows", "segments"]
HOSTILE = ("<script>alert(1)</script>", '=1+1"><img src=x onerror=alert(2)>', "_$\\frac{1}{0}$ {{ 7*7 }} \x1b[31m\x00")


def sections(findings: Findings) -> list[str]:
    """Return the market's sections, as they would be with every figure drawn."""
    sketches = market_sketches(findings, "base", "outbound-call")
    pictures = dict.fromkeys((sketch.key for sketch in sketches), "drawn")
    return [section["id"] for section in market_sections(findings, "base", "outbound-call", pictures)]


def without(findings: Findings, *kpis: str) -> Findings:
    """Return findings that never measured some KPIs."""
    return replace(findings, kpis=findings.kpis[~findings.kpis["kpi"].isin(kpis)])


def plain(text: str) -> str:
    """Return text with ordinary spaces."""
    return text.replace("\u00a0", " ")


# Money.


def test_the_bridge_adds_up_to_the_fen_in_every_run() -> None:
    findings = make_market()
    found = bridges(findings, "base")
    assert [bridge.arm for bridge in found] == list(ARMS)[1:]
    for bridge in found:
        old, new = (per_run(findings, "margin", OWN, arm, "base") for arm in ("baseline", bridge.arm))
        runs = {step.key: np.array(step.runs) for step in bridge.steps}
        assert runs[MARGIN] == pytest.approx((new - old).to_numpy(), abs=FEN / 2)
        assert sum(run for key, run in runs.items() if key not in (MARGIN, VALUE, "discounting")) == pytest.approx(
            runs[MARGIN], abs=FEN / 2
        )
        assert runs[MARGIN] + runs["discounting"] == pytest.approx(runs[VALUE], abs=FEN / 2)
        before = 0.0
        for step in bridge.steps:
            assert step.before == pytest.approx(0.0 if step.total else before, abs=FEN)
            before = step.before + step.amount.mean


def test_a_bridge_that_leaves_a_rest_is_refused() -> None:
    findings = make_market()
    kpis = findings.kpis.copy()
    wrong = (kpis["kpi"] == "staff_cost") & (kpis["arm"] == "bundle") & (kpis["period"] == "all")
    kpis.loc[wrong, "value"] += 0.02
    with pytest.raises(FindingsError, match=r"bridge of bundle at base does not add up: 0\.02 CNY"):
        bridges(replace(findings, kpis=kpis), "base")


def test_steps_that_no_strategy_takes_are_left_out() -> None:
    findings = make_market()
    kpis = findings.kpis.copy()
    value = (kpis["kpi"] == "net_value") & (kpis["period"] == "all")
    kpis.loc[value, "value"] = kpis.loc[(kpis["kpi"] == "margin") & (kpis["period"] == "all"), "value"].to_numpy()
    arms = ("baseline", "outbound-call")
    some = replace(findings, arms=arms, kpis=kpis, decision=findings.decision[findings.decision["arm"].isin(arms)])
    keys = [step.key for step in bridges(some, "base")[0].steps]
    assert keys == ["gained", "price_cuts", "subsidy", "tactics", "serving", "margin"], "no labour, no discounting"


def test_cannibalised_price_cuts_are_a_part_of_those_given() -> None:
    for bridge in bridges(make_market(), "base"):
        cuts = next(step for step in bridge.steps if step.key == "price_cuts")
        assert cuts.amount.mean <= bridge.cannibalised.mean <= 0
    table = bridge_table(make_market(), "base")
    assert table is not None
    assert [row["cells"][0][0] for row in table["groups"][0]["rows"]][2] == "of which cannibalised"


def test_money_is_told_in_the_units_that_people_use() -> None:
    assert plain(fit_scale("en", "CNY", [3_456_000.0], [120_000.0]).value(3_456_000.0)) == "3.46 million CNY"
    assert plain(fit_scale("zh", "CNY", [3_456_000.0], [120_000.0]).value(3_456_000.0)) == "346 万元"
    assert plain(fit_scale("en", "CNY", [45_600.0], [400.0]).value(45_600.0)) == "45,600 CNY"
    assert plain(fit_scale("zh", "CNY", [4_560.0], [40.0]).value(4_560.0)) == "4,560 元"
    assert plain(fit_scale("en", "CNY/month", [88.0], [0.3]).change(-1.5)) == "−1.5 CNY a month"
    rate = fit_scale("en", "1/month", [0.0331], [0.0004])
    assert plain(rate.value(0.0331)) == "3.31 % a month"
    assert plain(rate.change(-0.002)) == "−0.20 points a month"
    assert fit_scale("zh", "1/month", [0.0331], [0.0004]).value(0.0331) == "3.31%/月"


def test_a_ratio_has_the_interval_that_fieller_gives() -> None:
    rng = np.random.default_rng(1)
    b = rng.normal(10, 1, 12)
    a = 3 * b + rng.normal(0, 2, 12)
    found = ratio(a, b)
    t = stats.t.ppf(0.975, 11)
    for end in (found.low, found.high):
        rest = a - end * b
        assert abs(rest.mean()) == pytest.approx(t * rest.std(ddof=1) / np.sqrt(12))
    assert found.low < found.mean < found.high
    assert np.isnan(ratio(a, rng.normal(0, 5, 12)).high), "a denominator that may be zero bounds nothing"


def test_winning_and_keeping_stand_beside_what_the_sources_say() -> None:
    lines = [plain(line) for line in acquiring_words(make_market(), "base")]
    assert lines[0].startswith("Winning one customer costs 60.0 CNY in the baseline")
    assert re.search(r"“Bundle of products”: keeping one more customer costs 3\d\d CNY \(95 % interval: ", lines[2])
    assert "Winning one costs 0.18 times as much as keeping one" in lines[2]
    assert "don’t show that fewer customers leave" in lines[4], "more counters keep nobody here"
    assert "7 times (money, H-01) and 6 times (effort, H-02)" in lines[-1]
    assert acquiring_words(without(make_market(), "switches"), "base") == ()


def test_money_that_is_equal_but_for_the_rounding_of_floats_is_no_step() -> None:
    findings = make_market()
    kpis = findings.kpis.copy()
    halls = (kpis["arm"] == "more-counters") & (kpis["period"] == "all")
    for kpi in ("revenue", "forgone", "margin"):
        old = kpis[(kpis["kpi"] == kpi) & (kpis["arm"] == "baseline") & (kpis["period"] == "all")]
        rows = halls & (kpis["kpi"] == kpi) & (kpis["scope"] == OWN)
        costs = 0.0 if kpi != "margin" else made_up_costs(kpis, "more-counters")
        kpis.loc[rows, "value"] = old[old["scope"] == OWN]["value"].to_numpy() * (1 + 1e-14) - costs
    bridge = next(each for each in bridges(replace(findings, kpis=kpis), "base") if each.arm == "more-counters")
    assert bridge.steps[0].runs == (0.0,) * 8
    table = bridge_table(replace(findings, kpis=kpis), "base")
    assert table is not None
    assert table["groups"][0]["rows"][0]["cells"][4][0] in ("0", "0.00")


def made_up_costs(kpis: pd.DataFrame, arm: str) -> np.ndarray:
    """Return by how much a strategy's costs exceed the baseline's, by run."""
    here = kpis[(kpis["scope"] == OWN) & (kpis["period"] == "all")].set_index(["arm", "kpi"])["value"]
    costs = [np.asarray(here[arm, kpi]) - np.asarray(here["baseline", kpi]) for kpi in COSTS if ("care", kpi) in here]
    return np.sum(costs, axis=0)


COSTS = ("subsidy", "commission", "tactic_cost", "staff_cost", "serving_cost")


def test_a_half_width_of_the_bridge_is_never_shown_as_nothing() -> None:
    scale = Scale("zh", "CNY", 1e-4, 1, large=True)
    assert _amounts(scale, [Estimate(-45_000, -45_200, -44_800), Estimate(9e5, 8e5, 1e6)]) == [
        "−4.50 ±\u00a00.02",
        "+90.00 ±\u00a010.00",
    ]
    assert _amounts(scale, [Estimate(-45_000, -47_000, -43_000)]) == ["−4.5 ±\u00a00.2"]
    assert _amounts(scale, [Estimate(-45_000, -45_000.1, -44_999.9)]) == ["−4.5000 ±\u00a0<0.0001"]
    assert _amounts(scale, [Estimate(0.0, -0.004, 0.004), Estimate(1e6, float("nan"), float("nan"))]) == [
        "0.0",
        "+100.0",
    ]


# Flows.


@pytest.mark.parametrize("arm", ["baseline", "bundle"])
def test_what_flows_out_of_one_place_flows_into_another(arm: str) -> None:
    findings = make_market()
    totals = balance(flow_matrix(findings, "base", arm))
    assert list(totals.index) == ["mobile", "unicom", "telecom", "none"]
    assert totals["net"].sum() == pytest.approx(0, abs=1e-6)
    for name in OPERATORS:
        added = per_run(findings, "net_additions", f"operator/{name}", arm, "base").mean()
        assert totals.loc[name, "net"] == pytest.approx(added)
    assert leavers(findings, "base", arm).mean() == pytest.approx(totals.loc["mobile", "out"])
    assert joiners(findings, "base", arm).mean() == pytest.approx(totals.loc["mobile", "in"])


def test_an_operator_has_one_colour_and_ours_comes_first() -> None:
    findings = make_market()
    titles = {"unicom": "U", "mobile": "M", "telecom": "T"}
    assert operators_of(replace(findings, operator_titles=titles)) == ("mobile", "unicom", "telecom")
    colours = operator_colours(findings)
    assert len(set(colours.values())) == 3
    assert colours == operator_colours(make_market("zh", halls=True))


# Sections.


def test_every_section_of_the_market_is_there_in_order() -> None:
    assert sections(make_market()) == ALL_SECTIONS
    assert sections(make_market("zh", halls=True)) == ALL_SECTIONS


@pytest.mark.parametrize(
    ("kpis", "gone"),
    [
        (("margin",), ["bridge"]),
        (("switches",), ["acquiring", "flows"]),
        (("churn_switching", "churn_lapse", "churn_arrears", "churn_reregistration"), ["churn"]),
        (("retention_rate", "revenue_retention"), ["retention"]),
        (("share",), ["share"]),
    ],
)
def test_what_is_not_measured_has_no_section(kpis: tuple[str, ...], gone: list[str]) -> None:
    assert sections(without(make_market(), *kpis)) == [name for name in ALL_SECTIONS if name not in gone]


def test_tactics_and_segments_come_and_go_with_their_scopes() -> None:
    findings = make_market()
    for prefix, gone in (("tactic/", "tactics"), ("segment/", "segments")):
        kept = replace(findings, kpis=findings.kpis[~findings.kpis["scope"].str.startswith(prefix)])
        assert sections(kept) == [name for name in ALL_SECTIONS if name != gone]


def test_halls_alone_show_nothing_of_a_market_and_a_market_alone_nothing_of_halls() -> None:
    halls = make_findings()
    assert market_sections(halls, "base", "kiosk-60", {}) == []
    assert market_sketches(halls, "base", "kiosk-60") == []
    assert market_lines(halls) == ()
    ids = set(Page(report_html(make_market(), ())).values("id"))
    assert {"bridge", "tactics"} <= ids
    assert not ids & {"wait", "on-target", "queue", "classes"}


def test_one_run_and_no_strategies_still_make_a_report(tmp_path: Path) -> None:
    full = make_market(replications=2)
    first = full.kpis[(full.kpis["arm"] == "baseline") & (full.kpis["replication"] == 0)]
    alone = replace(full, arms=("baseline",), decision=full.decision.iloc[:0], kpis=first, replications=1)
    outputs.write_report(alone, tmp_path)
    ids = Page((tmp_path / "report.html").read_text(encoding="utf-8")).values("id")
    assert [name for name in ALL_SECTIONS if name in ids] == [
        "acquiring", "spend", "share", "churn", "retention", "flows", "segments",
    ]  # fmt: skip


# Words.


@pytest.mark.parametrize(
    ("changes", "pieces"),
    [
        ({}, ["Choose “Call before the contract ends”: net value up by", "customers kept since the start up from"]),
        ({"halls": True}, ["net value up by 1.4 million CNY, from 108.0 to 109.4", "mean wait unchanged at 6.88 min"]),
        (
            {"metrics": MARKET_METRICS[1:2]},
            ["churn down by 0.25 points a month", "net value up by 1.1 million CNY (95"],
        ),
        (
            {"metrics": HALL_METRICS[:1], "halls": True},
            ["mean wait down by", "net value down by 0.8 mill", "since the start not settled, between"],
        ),
        ({"language": "zh"}, ["净价值由 10,796 升至 10,938 万元", "拍照客户保有率由 56.91% 升至 59.30%"]),
    ],
)
def test_the_first_sentence_tells_money_loyalty_and_queues(changes: dict[str, Any], pieces: list[str]) -> None:
    sentence = plain(outputs.verdict_sentence(make_market(**changes)))
    for piece in pieces:
        assert piece in sentence
    assert ("wait" in sentence) == bool(changes.get("halls"))
    assert "13" in sentence


@pytest.mark.parametrize("residue", [0.0, 1e-17])
def test_what_is_equal_in_every_run_is_no_practical_difference(residue: float) -> None:
    findings = make_market(halls=True, metrics=HALL_METRICS[:1])
    kpis = findings.kpis.copy()
    whole = (kpis["scope"] == OWN) & (kpis["period"] == "all")
    for kpi in ("retention_rate", "churn_rate"):
        old = kpis[whole & (kpis["kpi"] == kpi) & (kpis["arm"] == "baseline")]["value"].to_numpy()
        kpis.loc[whole & (kpis["kpi"] == kpi) & (kpis["arm"] == "more-counters"), "value"] = old + residue
    sentence = outputs.verdict_sentence(replace(findings, kpis=kpis))
    assert "no practical difference in customers kept since the start, which is equal in every run" in sentence
    assert "kept since the start not settled" not in sentence
    moves = kpis["kpi"] == "switches"
    same = kpis[moves & (kpis["arm"] == "baseline")]
    other = kpis[moves & (kpis["arm"] == "care")]
    equal = pd.concat([kpis.drop(other.index), same.assign(arm="care")])
    told = acquiring_words(replace(findings, kpis=equal), "base")
    assert [line for line in told if "as many customers leave us as in the baseline, in every run" in line] == [told[3]]


def test_one_run_settles_nothing_and_shows_no_interval() -> None:
    findings = make_market(metrics=MARKET_METRICS[1:2])
    first = replace(findings, kpis=findings.kpis[findings.kpis["replication"] == 0])
    assert "net value not settled, with too few runs for an interval" in outputs.verdict_sentence(first)
    rows = findings.decision.assign(low=np.nan, high=np.nan, verdict="not settled", runs_to_settle=np.nan)
    reasons = what_would_overturn(replace(findings, decision=rows))
    assert reasons[0].endswith("not settled. There are too few runs for an interval.")


def test_halls_bought_at_a_loss_are_told_as_such() -> None:
    findings = make_market(halls=True, metrics=(HALL_METRICS[0], MARKET_METRICS[0]))
    rows = findings.decision[findings.decision["arm"] == "more-counters"]
    loss = {"difference": -8e5, "low": -1e6, "high": -6e5, "verdict": "worse"}
    rows = rows.assign(**{key: rows[key].where(rows["metric"] != "net_value", told) for key, told in loss.items()})
    sentence = plain(outputs.verdict_sentence(replace(findings, decision=rows)))
    assert "net value down by 0.8 million CNY (99.8 % interval: 0.6 to 1.0)" in sentence


def test_where_no_strategy_is_better_the_nearest_one_is_told_with_its_intervals() -> None:
    findings = make_market(halls=True)
    open_rows = findings.decision.assign(verdict="not settled")
    sentence = plain(outputs.verdict_sentence(replace(findings, decision=open_rows)))
    assert sentence.startswith("No strategy is shown to be better than “Baseline” on net value; not settled: ")
    assert "nearest to it comes “Call before the contract ends”: net value up by 1.4 million CNY (99.8 %" in sentence
    assert "mean wait not settled, between" in sentence


def test_a_budget_that_stopped_a_tactic_and_a_concealing_tactic_are_told() -> None:
    for text in (Page(report_html(make_market(), ())).text, " ".join(market_lines(make_market()))):
        assert "“Bundle of products”: the budget stopped “Product bundle” in 3 of 24 months." in text
        assert "“Pressing close”: what this tactic gains rests on concealing" in text
    table = tactic_table(make_market(), "base")
    assert table is not None
    names = [row["cells"][0][0] for group in table["groups"] for row in group["rows"]]
    assert [name for name in names if "⚑" in name] == ["Pressing close ⚑ rests on concealment"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_tactic_whose_kept_revenue_cannot_be_told_has_dashes_and_a_reason(language: Any) -> None:
    full = make_market(language)
    reason = say(language, "tactics.untold")
    assert reason not in Page(report_html(full, ())).text
    told = full.kpis["kpi"].isin(["roi", "kept_revenue", "cannibalised", "budget_stops", "acceptances"])
    for gone in (["tactic/care"], [f"tactic/{name}" for name in TACTICS]):
        findings = replace(full, kpis=full.kpis[~(told & full.kpis["scope"].isin(gone))])
        table = tactic_table(findings, "base")
        assert table is not None
        rows = [[words for words, _ in row["cells"]] for group in table["groups"] for row in group["rows"]]
        untold = [row for row in rows if len(gone) > 1 or row[0] == say_tactic(full, "care")]
        assert untold
        assert all(row[8:10] == ["–", "–"] for row in untold)
        assert all("–" not in row for row in rows if row not in untold)
        page = Page(report_html(findings, ())).text
        assert page.count(reason) == 1


def say_tactic(findings: Findings, name: str) -> str:
    """Return what people call a tactic."""
    return str(findings.tactic_titles[name])


def test_a_market_at_several_sweep_points_says_which_one_it_shows() -> None:
    one = make_market()
    two = replace(one, points=("base", "reach=x0"))
    note = "Shown for the first sweep point only: base."
    assert all(note in section["note"] for section in market_sections(two, "base", "bundle", {}))
    assert not any(note in section["note"] for section in market_sections(one, "base", "bundle", {}))
    assert market_lines(two)[0] == "At the first sweep point, base:"
    assert market_lines(two)[1:] == market_lines(one)


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "gbk"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_terminal_tells_value_and_loyalty_within_its_width(language: Any, encoding: str) -> None:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="")
    outputs.print_decision(make_market(language), Console(file=file, width=80, legacy_windows=False))
    file.flush()
    text = file.buffer.getvalue().decode(encoding)
    assert max(cells(line) for line in text.splitlines()) <= 80
    if language == "en":
        told = " ".join(text.split())
        assert "net margin +1.57, discounting -0.14, net value +1.42 million CNY" in told
        assert "the budget stopped" in told


# Safety.


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of a market whose every name is hostile."""
    folder = tmp_path_factory.mktemp("market")
    numbers = make_assumptions()
    numbers["note"] = HOSTILE[0]
    names = {"arm_titles": ARMS, "operator_titles": OPERATORS, "segment_titles": SEGMENTS, "tactic_titles": TACTICS}
    titles: dict[str, Any] = {
        field: {name: HOSTILE[i % len(HOSTILE)] for i, name in enumerate(titles)} for field, titles in names.items()
    }
    findings = make_market(replications=2, title=HOSTILE[0], assumptions=numbers, **titles)
    some = ("baseline", "bundle", "care")
    findings = replace(findings, arms=some, decision=findings.decision[findings.decision["arm"].isin(some)])
    outputs.write_report(findings, folder)
    return folder


def test_hostile_names_of_a_market_are_shown_and_do_nothing(hostile: Path) -> None:
    html = (hostile / "report.html").read_text(encoding="utf-8")
    page = Page(html)
    assert not {"script", "img", "iframe", "object", "link", "a"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert all(value.startswith("#") for name in ("href", "xlink:href") for value in page.values(name))
    assert HOSTILE[0] in page.text
    assert "{{ 7*7 }}" in page.text
    assert not set(page.text) & {"\x1b", "\x00"}
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    for file in hostile.glob("*.csv"):
        rows = csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig")))
        assert not [cell for row in rows for cell in row if re.match(r"[=+@\t\r]|-(?![\d.])", cell)]


def test_figures_of_an_earlier_market_report_go(hostile: Path) -> None:
    assert (hostile / "figures" / "flows.png").is_file()
    outputs.write_report(make_findings(replications=2, halls=()), hostile)
    assert [path.name for path in (hostile / "figures").iterdir()] == ["differences.png"]


def test_equal_findings_give_equal_pictures() -> None:
    sketches = [sketch for sketch in market_sketches(make_market(), "base", "bundle") if sketch.key == "flows"]
    first, second = (render(sketches)[0][0] for _ in range(2))
    assert (first.svg, first.png) == (second.svg, second.png)


def test_an_estimate_of_one_run_has_no_interval() -> None:
    assert np.isnan(estimate([3.0]).low)
    assert estimate([3.0]).mean == 3.0
    assert np.isnan(estimate(pd.Series(dtype=float)).mean)
