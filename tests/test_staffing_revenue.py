"""What a missing counter loses in revenue: the difference of two runs of the whole market, by the same draws."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from staffing_halls import demand, plain_hall

import scenarios
import sim
import standfast as sf
from scenarios import Study
from scenarios.schema import Steps
from standfast.staffing.ledger import Estimate, Ledger, counter_ledger
from standfast.staffing.plans import NothingToStaff, plan_study
from standfast.staffing.revenue import (
    AS_PLANNED,
    REPLICATIONS,
    LostRevenue,
    MarketSums,
    arms_of,
    closing,
    lost_revenues,
    market_sums,
    with_staffing,
)
from standfast.staffing.service import ExactJudge

pytestmark = pytest.mark.usefixtures("exact_days_once")

HALF_HOUR_US = 1_800_000_000
OPENS_US = 18 * HALF_HOUR_US
PLAN = (3, 4, 5, 5)

MARKET = """\
name: visits
start: 2010-07-01
horizon: 1 months
own: mobile
population: {size: 1000, simulate: 1000}
operators: {mobile: {}, unicom: {}}
plans: {one: {operator: mobile, fee: 60 CNY/month}, wo: {operator: unicom, fee: 60 CNY/month}}
segments:
  mass:
    share: 100 %
    start: {mobile: 100 %}
    usage: {mean: 100 min/month}
    satisfaction: 75
    considers: {base: 3 %/month, complaint: 20 %/month, dissatisfaction: 3}
    visits: 1/month
    complaints: 40 %
    choice: {satisfaction: 1, switching: 1}
market: {consideration_bound: 95 %/month}
halls:
  main:
    hours: "09:00-11:00"
    arrivals: {rate: {"09:00": 50/h}, from_market: true}
    customers: {all: {share: 100 %, target: {busy: 10 min, idle: 10 min, share: 90 %}, patience: {dist: exponential, mean: 20 min}}}
    transactions: {visit: {share: 100 %, service: {dist: exponential, mean: 4 min}}}
    counters: {staffing: {"09:00": 3}}
  quiet:
    hours: "09:00-11:00"
    arrivals: {rate: {"09:00": 10/h}}
    customers: {all: {share: 100 %, target: {busy: 10 min, idle: 10 min, share: 90 %}, patience: {dist: exponential, mean: 20 min}}}
    transactions: {visit: {share: 100 %, service: {dist: exponential, mean: 4 min}}}
    counters: {staffing: {"09:00": 2}}
staffing:
  abandonment: 20 %
  days: [ordinary, {promotion: {factor: 1.1}}]
  shifts: {hour: {length: 1 h, starts: ["09:00", "10:00"], cost: 12 CNY}}
"""  # noqa: E501


def market() -> Study:
    return scenarios.loads(MARKET).resolve("baseline").study


def ledger_of_plain(plan: tuple[int, ...] = PLAN) -> Ledger:
    return counter_ledger(demand(plain_hall()), plan, ExactJudge(), cap=0.2, days_a_month=22)


def test_one_counter_fewer_is_closed_where_it_decides_and_the_last_one_stays() -> None:
    some = closing((0, 1, 2), (3, 1, 2), deciding=(0, 1))
    assert (some.planned.value, some.fewer.value) == ((3, 1, 2), (2, 1, 2))
    assert closing((0, 1, 2), (3, 1, 2)).fewer.value == (2, 1, 1)
    ledger = ledger_of_plain((3, 3, 4, 4))
    assert ledger.deciding == tuple(row.cell for row in ledger.rows if row.fewer is not None and row.fewer.missed)
    assert ledger.deciding


def test_the_same_staffing_draws_the_same_market_to_the_fen() -> None:
    study, levels = market(), Steps((OPENS_US,), (4,))
    same = closing(levels.at_us, levels.value)
    arms = arms_of(study, {"main": same})
    again = with_staffing(study, "main", levels)
    assert list(arms) == [AS_PLANNED, "main"]
    planned, repeated, fewer = (market_sums(of, 3) for of in (arms[AS_PLANNED], again, arms["main"]))
    assert planned == repeated
    assert fewer.spoiled["main"] > planned.spoiled["main"]
    assert fewer.spoiled["quiet"] == planned.spoiled["quiet"], "a hall that has no counter fewer draws other customers"


def test_common_draws_make_the_lost_revenue_sharper_than_independent_ones() -> None:
    study = market()
    arms = arms_of(study, {"main": closing((OPENS_US,), (4,))})
    planned = np.array([market_sums(arms[AS_PLANNED], n).revenue_fen for n in range(4)])
    fewer = np.array([market_sums(arms["main"], n).revenue_fen for n in range(4)])
    assert (planned - fewer).std() < 0.7 * np.hypot(planned.std(), fewer.std())


def test_a_ledger_is_priced_once_for_a_hall_and_for_those_of_the_market_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[tuple[float, ...], int]] = []

    def made_up(of: Study, replication: int) -> MarketSums:
        levels = of.halls["main"].counters.staffing.value
        asked.append((levels, replication))
        return MarketSums(1e6 + replication + 300.0 * sum(levels), {"main": 50.0 - sum(levels), "quiet": 1.0})

    monkeypatch.setattr("standfast.staffing.plans.market_sums", made_up)
    found = plan_study(market(), trade_offs=False, revenue=True)
    assert found.unpriced == ("quiet",)
    assert len(asked) == len(set(asked)) == 2 * REPLICATIONS, "an arm of the market is run more than once"
    for day in found.days:
        assert day.ledger is not None
        priced = [row.fewer.revenue_fen_a_month for row in day.ledger.rows if row.fewer is not None]
        assert all((price is not None) == (day.demand.hall == "main") for price in priced)
    ordinary, promotion = (day.ledger for day in found.days if day.demand.hall == "main")
    assert ordinary is not None
    assert promotion is not None
    rates = set()
    for ledger in (ordinary, promotion):
        fewer = ledger.rows[0].fewer
        assert fewer is not None
        assert fewer.revenue_fen_a_month is not None
        spoiled = ledger.days_a_month * (fewer.over.value + fewer.left.value)
        rates.add(round(fewer.revenue_fen_a_month.value / spoiled, 6))
    assert len(rates) == 1
    assert rates.pop() == pytest.approx(300)


def test_revenue_is_told_only_where_it_was_asked_for() -> None:
    found = sf.staff(scenarios.loads(MARKET), ["quiet"], ["ordinary"], frontier=False, revenue=True)
    assert len(found.unpriced) == 1
    assert all(entry.fewer is None or entry.fewer.revenue_fen is None for entry in found.plans[0].ledger)
    alone = MARKET.partition("operators:")[0].replace("population: {size: 1000, simulate: 1000}\n", "")
    alone += "halls:" + MARKET.partition("halls:")[2].replace(", from_market: true", "")
    with pytest.raises(NothingToStaff, match="no market"):
        plan_study(scenarios.loads(alone).resolve("baseline").study, revenue=True)


def _market(monkeypatch: pytest.MonkeyPatch, slope: float) -> Study:
    """A study whose market loses `slope` CNY for each customer whom a missing counter spoils."""
    spec = {"name": "s", "start": "2010-07-01", "calendar": "none", "horizon": "1 days", "own": "mobile"}
    hall = plain_hall(counters={"staffing": {"09:00": 3, "10:00": 1}})
    study = Study.model_validate({**spec, "halls": {"h": hall}})
    arrivals = study.halls["h"].arrivals.model_copy(update={"from_market": True})
    study = study.model_copy(update={"halls": {"h": study.halls["h"].model_copy(update={"arrivals": arrivals})}})
    monkeypatch.setattr(Study, "has_market", property(lambda _: True))

    def simulate(what: Study, replication: int) -> pd.DataFrame:
        short = 3 - what.halls["h"].counters.staffing.value[0]
        spoiled = (40 + replication) * short
        rows = [
            ("revenue", "operator/mobile", 10_000 - slope * spoiled, 1.0),
            ("wait_over_target", "hall/h", (100 + spoiled - 10 * short) / 500, 500.0),
            ("abandoned", "hall/h", 20 + 10 * short, 1.0),
        ]
        frame = pd.DataFrame(rows, columns=["kpi", "scope", "value", "weight"])
        return frame.assign(period="all", unit="")

    monkeypatch.setattr(sim, "simulate", simulate)
    return study


def test_a_bad_visit_costs_what_a_missing_counter_loses_over_whom_it_spoils(monkeypatch: pytest.MonkeyPatch) -> None:
    study = _market(monkeypatch, slope=3.5)
    levels = study.halls["h"].counters.staffing
    (found,) = lost_revenues(study, {"h": closing(levels.at_us, levels.value)}, replications=3).values()
    assert found.fen_a_customer.value == pytest.approx(350)
    assert found.fen_a_customer.half_width == pytest.approx(0, abs=1e-6)
    monkeypatch.undo()
    rows = ledger_of_plain().with_revenue(found).rows
    fewer = rows[0].fewer
    assert fewer is not None
    assert fewer.revenue_fen_a_month is not None
    assert fewer.revenue_fen_a_month.value == pytest.approx(22 * 350 * (fewer.over.value + fewer.left.value))


def test_revenue_carries_the_doubt_of_both_its_factors() -> None:
    found = LostRevenue(Estimate(100.0, 30.0), 4).of(Estimate(3.0, 0.3), Estimate(1.0, 0.4))
    assert found.value == 400
    assert found.half_width == pytest.approx(math.hypot(4 * 30, 100 * 0.5))


def test_without_a_market_no_revenue_is_invented() -> None:
    spec = {"name": "s", "start": "2010-07-01", "calendar": "none", "horizon": "1 days"}
    study = Study.model_validate({**spec, "halls": {"h": plain_hall()}})
    assert lost_revenues(study, {"h": closing((OPENS_US,), (7,))}) == {}
    changed = with_staffing(study, "h", Steps((OPENS_US,), (7,)))
    assert changed.halls["h"].counters.staffing.value == (7,)
    assert study.halls["h"].counters.staffing.value == (0,)
