"""The market that ships: it loads in every arm and point, says where numbers are from, and starts as published."""

from __future__ import annotations

import csv
import math
from functools import cache
from pathlib import Path

import pytest

import scenarios
from scenarios import schema
from scenarios.calendar import study_days

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
EXAMPLE = ROOT / "examples" / "answers-to-a-price-war.yaml"
PLAYBOOKS = sorted((scenarios.library_folder() / "playbooks").glob("*.yaml"))
ARMS = ("baseline", "outbound-call", "bundle", "care", "save-desk", "more-counters", "call-and-counters")
ONE_TACTIC = {
    "outbound-call": "outbound_call",
    "bundle": "product_bundle",
    "care": "proactive_care",
    "save-desk": "save_desk",
}
DAY_CUSTOMERS = 391.7
"""Customers on the average day of the branch whose day every hall has."""
SIZES = {"xinhua": 1.1, "gaosheng": 1.0, "shawan": 1.15, "xiangyang": 0.8}


@cache
def load(study: str | Path = "chengdu-2010") -> scenarios.LoadedStudy:
    return scenarios.load(study)


def chengdu(arm: str = "baseline", point: int = 0) -> schema.Study:
    return load().resolve(arm, load().points[point].name).study


def own_users(study: schema.Study) -> float:
    """Share of all people who start with us."""
    return sum(segment.share * segment.start[study.own] for segment in study.segments.values())


@pytest.mark.parametrize("study", ["chengdu-2010", EXAMPLE], ids=str)
def test_every_arm_and_point_of_a_shipped_market_is_valid(study: str | Path) -> None:
    for point in load(study).points:
        for arm in load(study).arms:
            resolved = load(study).resolve(arm, point.name)
            assert resolved.study.has_market
            assert {belief.source for belief in resolved.beliefs} <= {"seed", "published", "assumed"}


def test_chengdu_2010_compares_calls_bundles_care_and_counters_over_two_years() -> None:
    assert load().arms == ARMS
    study = chengdu()
    assert (study.start.isoformat(), study.days) == ("2010-07-01", 731)
    assert set(study.operators) == {"mobile", "unicom", "telecom"}
    assert set(study.halls) == set(SIZES)
    assert load().compare.metrics[0].kpi == "net_value"


def test_the_sweep_is_without_and_with_the_price_war() -> None:
    calm, war = chengdu(point=0), chengdu(point=1)
    for rival in ("unicom", "telecom"):
        assert calm.competitors[rival].campaigns["price_war"].reach == 0
        assert (war.competitors[rival].campaigns["price_war"].reach or 0) > 0
    assert set(calm.competitors["unicom"].campaigns) == {"handset_subsidy", "price_war"}
    assert set(calm.competitors["telecom"].campaigns) == {"fixed_line_bundle", "price_war"}


def test_an_arm_changes_what_its_name_says_and_nothing_else() -> None:
    base = chengdu()
    for arm, tactic in ONE_TACTIC.items():
        study = chengdu(arm)
        assert [name for name, each in study.tactics.items() if each.enabled] == [tactic]
        assert study.halls == base.halls
    assert not any(each.enabled for each in chengdu("more-counters").tactics.values())
    both = chengdu("call-and-counters")
    assert both.tactics == chengdu("outbound-call").tactics
    assert both.halls == chengdu("more-counters").halls != base.halls


def test_the_crews_of_the_arm_with_more_counters_are_those_of_the_study_of_halls() -> None:
    halls = scenarios.load("chengdu-halls").resolve("more-counters").study.halls
    for name, hall in chengdu("more-counters").halls.items():
        assert hall.counters == halls[name].counters


def test_the_population_is_that_whose_visits_fill_the_four_halls() -> None:
    study = chengdu()
    assert study.population is not None
    a_month = sum(each.share * each.start["mobile"] * each.visits_per_month for each in study.segments.values())
    seen = DAY_CUSTOMERS * sum(SIZES.values()) * 365.25 / 12
    assert study.population.size == pytest.approx(seen / a_month, rel=0.005)
    assert study.population.weight == pytest.approx(11.8)


def test_a_halls_catchment_is_its_part_of_the_visitors() -> None:
    halls = chengdu().halls
    for name, size in SIZES.items():
        assert halls[name].arrivals.from_market
        assert halls[name].arrivals.catchment == pytest.approx(size / sum(SIZES.values()), abs=1e-3)
    assert sum(hall.arrivals.catchment or 0 for hall in halls.values()) == pytest.approx(1)


def test_gotone_customers_of_the_halls_are_the_mid_and_high_end_in_the_same_part() -> None:
    study = chengdu()
    visits = {name: each.share * each.start["mobile"] * each.visits_per_month for name, each in study.segments.items()}
    for hall in study.halls.values():
        assert hall.customers["gotone"].segments == ("vip",)
        assert visits["vip"] / sum(visits.values()) == pytest.approx(hall.customers["gotone"].share, abs=0.005)


def test_shares_of_users_at_the_start_are_those_of_july_2010() -> None:
    path = DATA / "market" / "china_three_operators_2008_12_to_2012_03.csv"
    if not path.is_file():
        pytest.skip("the published panel is not here: no ../shared/data")
    rows = {row["month"]: row for row in csv.DictReader(path.open(encoding="utf-8"))}

    def in_june(column: str, before: str, months: int, span: int) -> float:
        low, high = float(rows[before][column]), float(rows["2010-12"][column])
        return low + (high - low) * months / span

    millions = {
        "mobile": in_june("cm_subs", "2010-03", 3, 9),
        "unicom": in_june("cu_subs", "2010-01", 5, 11),
        "telecom": float(rows["2010-06"]["ct_subs"]),
    }
    study = chengdu()
    start = {name: sum(segment.share * segment.start[name] for segment in study.segments.values()) for name in millions}
    for name, users in millions.items():
        assert start[name] / sum(start.values()) == pytest.approx(users / sum(millions.values()), abs=0.002)


def test_a_fifth_of_the_users_are_mid_or_high_end() -> None:
    vip = chengdu().segments["vip"]
    users = sum(segment.share * sum(segment.start.values()) for segment in chengdu().segments.values())
    assert vip.share * sum(vip.start.values()) / users == pytest.approx(0.20, abs=0.005)
    assert vip.tier == "gold"


def test_our_users_talk_as_many_minutes_as_published() -> None:
    """490 minutes a month in the first half of 2009, 524 at the end of 2010."""
    study = chengdu()
    minutes = sum(each.share * each.start["mobile"] * each.usage.mean_minutes for each in study.segments.values())
    assert 490 <= minutes / own_users(study) <= 524


def test_price_counts_alike_for_a_segments_usual_bill() -> None:
    """4 for a doubling of the bill; 5.0 in a published choice of supplier."""
    usual = {"vip": 150, "young": 57, "household": 61, "ordinary": 45, "migrant": 40}
    for name, segment in chengdu().segments.items():
        assert segment.choice.price * usual[name] == pytest.approx(4, rel=0.03)


def test_the_wake_of_a_call_is_the_published_ratio_of_hazards() -> None:
    """Churn in three months 6.4 % and 10.0 %: the ratio of hazards, on a base of 3 % a month."""
    ratio = math.log(1 - 0.100) / math.log(1 - 0.064)
    study = chengdu()
    effect = study.tactics["outbound_call"].effect
    assert effect.wake == pytest.approx((ratio - 1) * study.segments["vip"].considers.base, abs=0.0005)
    assert effect.wake_days == 90


def test_fatigue_is_that_of_the_published_calls() -> None:
    """13.0 % at the first contact, 7.5 % at the fifth."""
    fatigue = load().resolve("baseline").study.channels["outbound"].fatigue
    assert fatigue is not None
    assert fatigue.factor == pytest.approx((7.5 / 13.0) ** (1 / 4), abs=0.005)


def test_two_years_of_month_ends_and_holidays_are_known() -> None:
    days = study_days(chengdu().start, chengdu().days, "china")
    assert sum(day.holiday for day in days) > 50


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda path: path.stem)
def test_a_playbook_joins_any_study_of_that_market(playbook: Path, tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(
        f"name: tried\nhorizon: 3 months\nextends: [base/chengdu-2010.yaml, playbooks/{playbook.name}]\n",
        encoding="utf-8",
    )
    study = scenarios.load(path).resolve("baseline").study
    (campaign,) = {name for rival in study.competitors.values() for name in rival.campaigns}
    assert campaign == playbook.stem.replace("-", "_")
    acting = [rival for rival in study.competitors.values() if rival.campaigns]
    assert all((rival.campaigns[campaign].reach or 0) > 0 for rival in acting)
    assert all(rival.campaigns or rival.match for rival in study.competitors.values())


def test_there_is_a_playbook_for_prices_handsets_fixed_lines_and_poaching() -> None:
    assert [path.stem for path in PLAYBOOKS] == [
        "fixed-line-bundle",
        "handset-subsidy",
        "poach",
        "price-match",
        "price-war",
    ]


WITHOUT_SOURCE = (
    ".title", ".operator", ".brand", ".tier", ".handset", ".segments", ".from", ".until", ".enabled", ".trigger",
    ".channel", ".stratagems", ".score", ".target", ".every", ".budget", ".conceals", ".days", ".hall_priority",
    ".handset_lock", ".simulate", ".consideration_bound", ".visit_bound", ".win_back_window", ".clv_horizon",
    ".from_market", ".bill_from", ".tiers", ".minutes",
)  # fmt: skip
"""What is no number about the world: forms, whom a tactic is for, its budget and calendar, bounds of computation."""
MARKET_PARTS = {
    "population", "operators", "plans", "segments", "market", "competitors", "channels", "tactics", "economics",
}  # fmt: skip


def test_every_number_of_the_market_says_where_it_is_from() -> None:
    resolved = load().resolve("baseline")
    told = {belief.path for belief in resolved.beliefs}
    written = (path for path, origin in resolved.origins.items() if origin.how != "default")
    silent = [path for path in written if path.split(".")[0] in MARKET_PARTS and path not in told]
    assert [path for path in silent if not path.endswith(WITHOUT_SOURCE)] == []


def test_our_three_brands_are_there_and_m_zone_is_liked_by_the_young_alone() -> None:
    study = chengdu()
    assert set(study.operators["mobile"].brands) == {"gotone", "mzone", "easyown"}
    assert {plan.brand for plan in study.plans.values() if plan.operator == "mobile"} == {"gotone", "mzone", "easyown"}
    liked = {name for name, segment in study.segments.items() if segment.choice.brands.get("mzone", 0) > 0}
    assert liked == {"young"}
