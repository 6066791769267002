"""Halls whose customers are simulated subscribers: they heed notices, go elsewhere, and feel how they are treated.

What remedies cost and sales bring stands in the market's books, and the value bridge adds up with it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hall_studies import day_hall, exponential
from halls_at_work import figure, hall, near
from market_studies import WAITS
from test_halls_visitors import is_visit, run, spec_of

import scenarios
import sim
import standfast as sf
from outputs.bridge import bridges
from sim.clock import DAY_US, HOUR_US
from sim.draws import Kind
from sim.halls.outcomes import Fate
from sim.halls.treatment import Treated

VISITS = {day: list(range(400)) for day in range(6)}


def of_visits(entity: Any) -> Any:
    return entity[entity >> 48 == int(Kind.VISIT)]


def test_visitors_heed_a_notice_as_others_do() -> None:
    notice = {"n": {"heeded": "40 %", "away_from": ["10:00-12:00"], "towards": ["14:00-16:00"]}}
    base, _ = run(spec_of(day_hall()), VISITS, compiled=True)
    found, _ = run(spec_of(hall(notices=notice)), VISITS, compiled=True)
    times = dict(zip(base.plan.entity.tolist(), base.plan.arrival_us.tolist(), strict=True))
    mine = is_visit(found)
    was_us = np.array([times[one] for one in found.plan.entity[mine].tolist()]) % DAY_US
    now_us = found.plan.arrival_us[mine] % DAY_US
    at_peak = (was_us >= 10 * HOUR_US) & (was_us < 12 * HOUR_US)
    moved = was_us != now_us
    assert mine.sum() == 2400
    assert not moved[~at_peak].any()
    assert near(int(moved.sum()), int(at_peak.sum()), 0.4)
    assert ((now_us[moved] >= 14 * HOUR_US) & (now_us[moved] < 16 * HOUR_US)).all()


@pytest.mark.parametrize("compiled", [False, True])
def test_visitors_whom_another_channel_serves_do_not_come_and_are_counted_there(compiled: bool) -> None:
    taking = {"web": {"takes": {"payment": "50 %"}, "each": "1 CNY"}}
    absent = frozenset(range(100))
    base, met = run(spec_of(day_hall()), VISITS, compiled=compiled, absent=absent)
    found, met_too = run(spec_of(hall(elsewhere=taking)), VISITS, compiled=compiled, absent=absent)
    assert not of_visits(base.away.entity).size
    gone = of_visits(found.away.entity)
    assert is_visit(found).sum() + gone.size == is_visit(base).sum() == 6 * 300
    assert set(gone.tolist()) == set(of_visits(base.plan.entity).tolist()) - set(of_visits(found.plan.entity).tolist())
    assert near(gone.size, int((base.plan.transaction[is_visit(base)] == 0).sum()), 0.5)
    assert (np.diff(found.away.arrival_us) >= 0).all()
    assert sum(one.subscriber.size for one in met_too) == sum(one.subscriber.size for one in met) - gone.size


def test_visitors_feel_the_hall_and_what_is_done_to_them() -> None:
    """MISSION F-18, F-23, F-36, F-76: points whatever the wait, by what each of them met."""
    customers = {name: what | {"forced_costs": points} for (name, what), points in
                 zip(day_hall()["customers"].items(), (8, 3), strict=True)}  # fmt: skip
    changed = hall(
        feel=-1.5,
        customers=customers,
        kiosks=day_hall()["kiosks"] | {"forced": "50 %"},
        sales={"share": "60 %", "takes": exponential("1 min"), "accepts": "60 %", "unsuitable": "50 %",
               "unsuitable_costs": 7},
    )  # fmt: skip
    _, plain = run(spec_of(day_hall()), VISITS, compiled=True)
    assert not np.concatenate([one.points for one in plain]).any()
    found, met = run(spec_of(changed), VISITS, compiled=True)
    points = {
        (one, day): at for day, those in enumerate(met) for one, at in zip(those.subscriber, those.points, strict=True)
    }
    mine = np.flatnonzero(is_visit(found))
    who = found.plan.entity[mine] & ((1 << 48) - 1)
    seen = set()
    for row, one in zip(mine.tolist(), who.tolist(), strict=True):
        treated = found.plan.treated[row]
        expected = -1.5
        if treated & Treated.FORCED:
            expected -= (8, 3)[found.plan.customer_class[row]]
        if treated & Treated.UNSUITABLE and found.outcomes.fate[row] == Fate.SERVED:
            expected -= 7
        seen.add(expected)
        assert points[one >> 12, one & 4095] == expected
    assert seen == {-1.5, -9.5, -4.5, -8.5}


def test_feel_moves_satisfaction_and_satisfaction_moves_who_leaves() -> None:
    def satisfaction(*sets: str) -> float:
        spec = scenarios.loads(WAITS, ["horizon=3 months", *sets]).resolve("baseline").study
        return figure(sim.simulate(spec, 0, engine="compiled"), "satisfaction", "operator/mobile")

    good, plain, bad = (satisfaction(f"halls.*.feel={feel}") for feel in (2, 0, -2))
    assert satisfaction() == plain
    assert bad < plain < good


def test_a_closed_hall_with_subscribers_sends_as_many_as_it_would_have_had() -> None:
    works = "halls.north.closures={works: {from: 2010-07-05, until: 2010-07-20, sends: {south: 50 %}}}"

    def customers(*sets: str) -> pd.DataFrame:
        spec = scenarios.loads(WAITS, ["horizon=1 months", *sets]).resolve("baseline").study
        return sim.simulate(spec, 0, engine="compiled")

    base, shut = customers(), customers(works)
    a_day = 3 * 30
    assert figure(shut, "arrivals", "hall/north") == pytest.approx(
        figure(base, "arrivals", "hall/north") * 15 / 31, rel=0.15
    )
    more = figure(shut, "arrivals", "hall/south") - figure(base, "arrivals", "hall/south")
    assert more == pytest.approx(16 * a_day * 0.5, rel=0.15)


REMEDIES = """
economics: {counter_hour: 30 CNY/h, discount: 8 %/year}
arms:
  baseline:
    halls.north.advisers: {count: 0, cost: 3000 CNY/month}
    halls.north.sales: {share: 0 %, takes: {dist: exponential, mean: 1 min}}
    halls.*.complaints: {rate: 0.5 %, waiting: 3 %}
  remedied:
    halls.*.advisers: {count: 1, care: 1.5, cost: 3000 CNY/month}
    halls.*.sales: {share: 30 %, takes: {dist: exponential, mean: 1 min}, accepts: 20 %, revenue: 11 CNY, at: seats,
        unsuitable: 20 %, unsuitable_costs: 3, cost: 500 CNY/month}
    halls.*.complaints: {rate: 0.5 %, waiting: 3 %, mis_sold: 5 %, compensation: {share: 50 %, gift: 15 CNY}}
    halls.south.run_by: partner
compare:
  metrics:
    net_value: {goal: max}
    complaints: {goal: min}
    complaints@hall/north/cause/waiting: {goal: min}
    complaints@run_by/own/cause/attitude@2010-07: {goal: min}
    complaints_filed@hall/south/cause/mis_sold: {goal: min}
    remedy_cost: {goal: min}
    sales_revenue@hall/north: {goal: max}
  replications: {initial: 3, max: 3}
"""


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    folder = tmp_path_factory.mktemp("remedies")
    text = WAITS.replace("horizon: 8 months", "horizon: 1 months").replace("2000", "1000") + REMEDIES
    (folder / "waits.yaml").write_text(text, encoding="utf-8")
    return sf.compare(folder / "waits.yaml", folder / "results", workers=1), folder


def test_the_margin_bears_what_remedies_cost_and_sales_bring(compared: tuple[Any, Path]) -> None:
    _, folder = compared
    table = pd.read_parquet(folder / "results" / "waits" / "kpis.parquet")
    whole = table[(table["scope"] == "operator/mobile") & (table["period"] == "all")]
    rows = whole.pivot_table(index=["arm", "replication"], columns="kpi", values="value")
    laid_out = ["serving_cost", "tactic_cost", "staff_cost", "subsidy", "commission", "remedy_cost"]
    margin = rows["revenue"] - rows[laid_out].sum(axis=1) + rows["sales_revenue"]
    assert np.allclose(margin, rows["margin"], atol=0.01)
    remedied = rows.xs("remedied")
    assert (remedied["sales_revenue"] > 0).all()
    assert (remedied["remedy_cost"] > 2 * 3500 * 0.99).all()
    assert (rows.xs("baseline")["remedy_cost"] == 0).all()


def test_the_bridge_tells_remedies_and_sales_apart_and_adds_up(compared: tuple[Any, Path]) -> None:
    comparison, _ = compared
    (bridge,) = bridges(comparison.findings, "base")
    runs = {step.key: np.array(step.runs) for step in bridge.steps}
    assert (runs["remedies"] < 0).all()
    assert (runs["sales"] > 0).all()
    steps = [key for key in runs if key not in ("margin", "discounting", "value")]
    assert np.allclose(sum(runs[key] for key in steps), runs["margin"], atol=0.01)


def test_the_report_and_the_terminal_have_words_for_complaints_and_remedies(
    compared: tuple[Any, Path], tmp_path: Path
) -> None:
    from rich.console import Console

    from outputs import print_decision, write_report

    findings = compared[0].findings
    (tmp_path / "zh").mkdir()
    write_report(replace(findings, language="zh"), tmp_path / "zh")
    page = (tmp_path / "zh" / "report.html").read_text(encoding="utf-8")
    for word in ("营业厅改善措施成本", "服务态度差", "自营厅", "投诉", "厅内营销收入"):
        assert word in page, word
    assert "remedy_cost" not in page
    console = Console(record=True, width=200)
    print_decision(findings, console)
    shown = console.export_text().lower()
    for word in ("cost of remedies in halls", "attitude of staff", "own-run halls", "revenue from sales"):
        assert word in shown, word
