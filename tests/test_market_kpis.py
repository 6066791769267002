"""KPIs of the market on a story of ten people and two months in which every number can be checked by hand.

July: 3 switches to the rival's campaign on the 15th, 4 lapses on the 31st, 8 is suspended then. August: 9 joins us on
the 10th, 5 takes a new number with us on the 15th, 6 comes back from the rival with its number on the 20th, when 8 is
closed. One tactic gave 1 and 2 a credit of 8 CNY: it keeps 1 until 15 August, 2 would have stayed anyway.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from market_story import BIG, OPERATORS, RIVAL, SEGMENTS, SMALL, SPRING, TACTICS, Market, ten_people

from scenarios.kpis import KPIS, of_halls, scope_kind
from scenarios.schema.economics import Economics
from sim.clock import HOUR_US
from sim.market.kpis import market_kpis
from sim.market.ledger import Count, Line, book
from sim.market.measure import Account
from sim.market.people import GIVEN_CREDIT
from sim.market.terms import END_SUSPENSION, JOIN, LAPSE, LEAVE, REREGISTER, SUSPEND

WEIGHT = 100.0
OWN, OTHER, CALL = "operator/mobile", "operator/unicom", "tactic/call"
STORY = {
    14: [(3, LEAVE, RIVAL, SPRING)],
    30: [(4, LAPSE, -1, -1), (8, SUSPEND, -1, -1)],
    40: [(9, JOIN, SMALL, -1)],
    45: [(5, REREGISTER, -1, -1)],
    50: [(8, END_SUSPENSION, -1, -1)],
}
RETURN = [(6, LEAVE, BIG, -1)]


def told(warm_up_days: int = 0) -> Market:
    """The story, lived and booked."""
    market = Market(ten_people(), 62, warm_up_days)
    people, books = market.people, market.books
    people.credit_fen[[1, 2]], people.credit_end[[1, 2]] = 800, (46, 999)
    people.tactic[[1, 2]], people.terms[[1, 2]], people.kept_by[1] = 0, GIVEN_CREDIT, 0
    people.leaving_fen[3], people.contract_end[3] = 1000, 15 + 61
    people.left_own_day[6] = -100
    people.satisfaction[0] = 50.0
    market.close(0)
    for day in range(62):
        market.midnight(day, STORY.get(day, []))
        if day == 50:
            market.midnight(day, RETURN, portable=True)
        if market.months.of_day[day + 1] != market.months.of_day[day]:
            market.close(day + 1)
    book(books, 0, 0, 1, 0, Line.COST, 500)
    book(books, 0, 0, 1, 0, Line.COMMISSION, 2000)
    books.fixed[0, 0] = 100_000
    books.counts[0, 0, [Count.CONTACTS, Count.ACCEPTANCES, Count.COMPLAINTS]] = 5, 2, 1
    books.counts[:, 0, Count.BUDGET_STOPS] = 1
    books.saved[0, 1] = 1
    return market


def account_of(market: Market, weight: float = WEIGHT, leader: float | None = 76.4) -> Account:
    staffed_us = np.zeros(len(market.labels), dtype=np.int64)
    staffed_us[0] = 10 * HOUR_US
    return Account(
        books=market.books, months=market.months, labels=market.labels, operators=OPERATORS, segments=SEGMENTS,
        tactics=TACTICS, own=0, weight=weight, staffed_us=staffed_us,
        remedies_fen=np.zeros_like(staffed_us), leader=leader, attributed=range(len(TACTICS)),
        economics=Economics.model_construct(
            discount=0.08, serving_cost=0.3, commission_fen=6000, counter_hour_fen=4000, clv_horizon_months=36
        ),
    )  # fmt: skip


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return market_kpis(account_of(told()))


def value(frame: pd.DataFrame, kpi: str, scope: str = OWN, period: str = "all") -> float:
    found = frame[(frame.kpi == kpi) & (frame.scope == scope) & (frame.period == period)]
    assert len(found) == 1, (kpi, scope, period)
    return float(found.value.iloc[0])


def by_month(frame: pd.DataFrame, kpi: str, scope: str = OWN) -> list[float]:
    return [value(frame, kpi, scope, period) for period in ("2010-07", "2010-08", "all")]


JULY, AUGUST = 41_510.0, 38_366.0
"""Revenue: 91 + 80 + 80 + 28.06 (15 days) + 20.04 (leaving fee for 61 days) + 58 + 58 CNY a person, and in August
91 + 84.13 + 80 + 58 + 39.30 (21 days) + 31.23 (11 days), each person standing for a hundred."""

HAND_COMPUTED: dict[tuple[str, str], list[float]] = {
    ("subscribers", OWN): [400, 600, 600],
    ("subscribers", OTHER): [400, 200, 200],
    ("share", OWN): [4 / 8, 6 / 8, 6 / 8],
    ("churn_rate", OWN): [2 / 5, 1 / 5, 3 / 10],
    ("churn_switching", OWN): [1 / 5, 0, 1 / 10],
    ("churn_lapse", OWN): [1 / 5, 0, 1 / 10],
    ("churn_arrears", OWN): [0, 0, 0],
    ("churn_reregistration", OWN): [0, 1 / 5, 1 / 10],
    ("churn_rate", OTHER): [0, 2 / 3, 2 / 6.5],
    ("churn_switching", OTHER): [0, 1 / 3, 1 / 6.5],
    ("churn_arrears", OTHER): [0, 1 / 3, 1 / 6.5],
    ("acquisitions", OWN): [0, 300, 300],
    ("acquisitions", OTHER): [100, 0, 100],
    ("net_additions", OWN): [-200, 200, 0],
    ("net_additions", OTHER): [100, -200, -100],
    ("port_in", OWN): [0, 100, 100],
    ("port_out", OTHER): [0, 100, 100],
    ("revenue", OWN): [JULY, AUGUST, JULY + AUGUST],
    ("revenue", OTHER): [22_639, 16_358, 38_997],
    ("arpu", OWN): [JULY / 500, AUGUST / 500, (JULY + AUGUST) / 1000],
    ("retention_rate", OWN): [4 / 6, 3 / 6, 3 / 6],
    ("revenue_retention", OWN): [395.06 / 425, 283.19 / 425, 283.19 / 425],
    ("win_back", OWN): [0, 100, 100],
    ("tactic_cost", OWN): [1500, 0, 1500],
    ("staff_cost", OWN): [400, 0, 400],
    ("subsidy", OWN): [0, 0, 0],
    ("subsidy", OTHER): [30_000, 0, 30_000],
    ("spend", OTHER): [30_000 + 568, 1100, 31_668],
    ("commission", OWN): [2000, 12_000, 14_000],
    ("forgone", OWN): [1600, 1187, 2787],
    ("spend", OWN): [5100, 13_187, 18_287],
    ("cannibalised", OWN): [800, 800, 1600],
    ("kept_revenue", OWN): [8000, 8413, 16_413],
    ("serving_cost", OWN): [0.3 * JULY, 0.3 * AUGUST, 0.3 * (JULY + AUGUST)],
    ("margin", OWN): [25_157, 14_856.2, 40_013.2],
    ("net_value", OWN): [25_157, 14_856.2 / 1.08 ** (1 / 12), 25_157 + 14_856.2 / 1.08 ** (1 / 12)],
    ("subscribers", "segment/vip"): [300, 300, 300],
    ("subscribers", "segment/mass"): [100, 300, 300],
    ("churn_rate", "segment/mass"): [1, 1 / 2, 3 / 4],
    ("retention_rate", "segment/mass"): [1 / 3, 0, 0],
    ("contacts", CALL): [500, 0, 500],
    ("acceptances", CALL): [200, 0, 200],
    ("complaints", CALL): [100, 0, 100],
    ("budget_stops", CALL): [1, 1, 2],
    ("tactic_cost", CALL): [1500, 0, 1500],
    ("commission", CALL): [2000, 0, 2000],
    ("forgone", CALL): [1600, 1187, 2787],
    ("cannibalised", CALL): [800, 800, 1600],
    ("kept_revenue", CALL): [8000, 8413, 16_413],
    ("switches", "flow/mobile/unicom"): [100, 0, 100],
    ("switches", "flow/mobile/none"): [100, 0, 100],
    ("switches", "flow/none/mobile"): [0, 100, 100],
    ("switches", "flow/mobile/mobile"): [0, 100, 100],
    ("switches", "flow/unicom/mobile"): [0, 100, 100],
    ("switches", "flow/unicom/none"): [0, 100, 100],
    ("switches", "flow/unicom/unicom"): [0, 0, 0],
}


@pytest.mark.parametrize(("kpi", "scope"), HAND_COMPUTED)
def test_the_story_has_the_values_computed_by_hand(frame: pd.DataFrame, kpi: str, scope: str) -> None:
    assert by_month(frame, kpi, scope) == pytest.approx(HAND_COMPUTED[kpi, scope], rel=1e-12, abs=1e-12)


def test_satisfaction_is_the_mean_of_users_at_month_ends(frame: pd.DataFrame) -> None:
    recovering = [80 - 30 * 2 ** (-days / 60) for days in (31, 62)]
    july, august = (recovering[0] + 80 + 80 + 60) / 4, (recovering[1] + 80 + 80 + 60 * 3) / 6
    assert by_month(frame, "satisfaction") == pytest.approx([july, august, (4 * july + 6 * august) / 10])
    assert by_month(frame, "satisfaction", OTHER) == pytest.approx([60, 60, 60])


def test_satisfaction_stands_behind_the_leaders_by_the_difference_and_only_where_that_is_stated(
    frame: pd.DataFrame,
) -> None:
    ours = np.array(by_month(frame, "satisfaction"))
    assert by_month(frame, "satisfaction_gap") == pytest.approx(76.4 - ours)
    assert set(frame[frame.kpi == "satisfaction_gap"].scope) == {OWN}
    assert not (market_kpis(account_of(told(), leader=None)).kpi == "satisfaction_gap").any()


def test_of_those_who_asked_to_leave_the_desk_saved_half_and_a_month_without_any_has_no_rate(
    frame: pd.DataFrame,
) -> None:
    rates = frame[frame.kpi == "save_rate"]
    assert dict(zip(rates.period, rates.value, strict=True)) == {"2010-07": 0.5, "all": 0.5}


def test_lifetime_value_and_payback_rest_on_margin_before_the_cost_of_acquiring(frame: pd.DataFrame) -> None:
    each = (40_013.2 + 12_000) / 1000
    kept = 0.7 / 1.08 ** (1 / 12)
    assert value(frame, "clv") == pytest.approx(each * (1 - kept**36) / (1 - kept))
    assert value(frame, "payback") == pytest.approx(60 / each)
    assert value(frame, "payback", period="2010-08") == pytest.approx(60 / ((14_856.2 + 12_000) / 500))
    assert not ((frame.kpi == "payback") & (frame.period == "2010-07")).any()  # nobody joined


def test_a_tactic_returns_the_bills_it_kept_for_all_that_it_laid_out(frame: pd.DataFrame) -> None:
    laid_out = 1500 + 2000 + 2787
    gained = 16_413 * 0.7 + (2787 - 1600)
    assert value(frame, "roi", CALL) == pytest.approx((gained - laid_out) / laid_out)
    assert value(frame, "roi") == value(frame, "roi", CALL)


def test_an_acquisition_that_no_margin_pays_for_has_no_payback() -> None:
    account = account_of(told())
    account.staffed_us[:] = 10_000 * HOUR_US
    assert not (market_kpis(account).kpi == "payback").any()


def test_churn_is_the_sum_of_its_four_parts_everywhere(frame: pd.DataFrame) -> None:
    table = frame.pivot(index=["scope", "period"], columns="kpi", values="value").dropna(subset="churn_rate")
    parts = table[["churn_switching", "churn_lapse", "churn_arrears", "churn_reregistration"]].sum(axis=1)
    assert len(table) == 4 * 3
    assert np.allclose(parts, table.churn_rate, rtol=1e-12)


def test_flows_close_with_those_who_have_no_number(frame: pd.DataFrame) -> None:
    for period in ("2010-07", "2010-08", "all"):
        flows = frame[(frame.kpi == "switches") & (frame.period == period)]
        ends = flows.scope.str.split("/", expand=True)
        for name in OPERATORS:
            grew = flows.value[ends[2] == name].sum() - flows.value[ends[1] == name].sum()
            assert grew == value(frame, "net_additions", f"operator/{name}", period)
        assert "flow/none/none" not in set(flows.scope)


def test_value_times_weight_pools_over_months_and_segments(frame: pd.DataFrame) -> None:
    as_they_stand = {"subscribers", "share", "retention_rate", "revenue_retention", "clv", "payback"}
    checked = 0
    for (kpi, scope), rows in frame.groupby(["kpi", "scope"]):
        months, whole = rows[rows.period != "all"], rows[rows.period == "all"]
        if kpi in as_they_stand:
            continue
        pooled = (months.value * months.weight).sum()
        if KPIS[str(kpi)].pooled == "mean":
            pooled /= months.weight.sum()
        assert pooled == pytest.approx(float(whole.value.iloc[0]), abs=1e-9), (kpi, scope)
        checked += 1
    assert checked > 50
    for kpi in ("churn_rate", "arpu", "satisfaction", "retention_rate", "revenue_retention"):
        parts = frame[(frame.kpi == kpi) & frame.scope.str.startswith("segment/") & (frame.period == "all")]
        assert (parts.value * parts.weight).sum() / parts.weight.sum() == pytest.approx(value(frame, kpi))


def test_people_and_money_scale_with_the_weight_but_fixed_costs_and_counters_do_not(frame: pd.DataFrame) -> None:
    single = market_kpis(account_of(told(), 1.0))
    for kpi in ("subscribers", "acquisitions", "net_additions", "revenue", "commission", "forgone", "kept_revenue"):
        assert value(frame, kpi) == pytest.approx(WEIGHT * value(single, kpi))
    for kpi in ("share", "churn_rate", "arpu", "satisfaction", "retention_rate", "revenue_retention", "save_rate"):
        assert value(frame, kpi) == pytest.approx(value(single, kpi))
    assert value(frame, "staff_cost") == value(single, "staff_cost") == 400
    assert (value(frame, "tactic_cost"), value(single, "tactic_cost")) == (1500, 1005)
    assert value(single, "budget_stops", CALL) == 2


def test_months_of_the_warm_up_are_left_out_and_the_cohort_is_taken_after_it(frame: pd.DataFrame) -> None:
    later = market_kpis(account_of(told(31)))
    assert set(later.period) == {"2010-08", "all"}
    for kpi in ("churn_rate", "revenue", "acquisitions", "satisfaction", "forgone", "kept_revenue"):
        assert value(later, kpi) == value(later, kpi, period="2010-08") == value(frame, kpi, period="2010-08")
    assert value(later, "retention_rate") == 3 / 4
    assert value(later, "net_value") == pytest.approx(14_856.2)  # discounted to the start of what is measured


def test_a_month_in_which_the_warm_up_ends_counts_from_there_with_rates_a_month() -> None:
    cut = market_kpis(account_of(told(10)))
    assert value(cut, "revenue", period="2010-07") == JULY - 137.05 * WEIGHT
    assert value(cut, "churn_rate", period="2010-07") == pytest.approx(2 / (5 * 21 / 31))
    assert value(cut, "revenue_retention", period="2010-07") == pytest.approx((395.06 - 137.05) / (425 * 21 / 31))
    assert value(cut, "retention_rate", period="2010-07") == 4 / 6


def test_every_row_is_in_the_vocabulary_and_every_word_of_it_is_measured(frame: pd.DataFrame) -> None:
    measured = {(str(kpi), scope_kind(str(scope), "mobile")) for kpi, scope in zip(frame.kpi, frame.scope, strict=True)}
    words = {(kpi.name, kind) for kpi in KPIS.values() for kind in kpi.of if not of_halls(kpi) or kind == "tactic"}
    assert measured == words | {("staff_cost", "own")}  # of single halls it is measured there
    assert all(frame.unit == frame.kpi.map(lambda kpi: KPIS[kpi].unit))
    assert (frame.weight > 0).all()
    assert not frame.duplicated(["kpi", "scope", "period"]).any()


def test_a_market_in_which_nobody_has_a_number_gives_no_rate_and_no_error() -> None:
    people: Any = ten_people()
    people.operator, people.plan = -1, -1
    market = Market(people, 31)
    market.run({})
    empty = market_kpis(account_of(market))
    assert value(empty, "subscribers") == 0
    assert not empty.kpi.isin(["churn_rate", "arpu", "share", "retention_rate", "clv", "save_rate"]).any()
    assert np.isfinite(empty.value).all()
