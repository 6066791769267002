"""The studies that ship: they load in every arm, say where each number is from, and stay within plausible bounds."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import pytest

import scenarios
from scenarios import schema

ROOT = Path(__file__).parents[1]
LIBRARY = ("chengdu-halls", "one-hall")
EXAMPLES = (ROOT / "examples" / "hall-remedies.yaml", ROOT / "examples" / "hotline.yaml")
HOURLY = (1608, 5876, 7202, 5592, 4313, 3828, 7321, 7134, 4128, 2354)
"""Customers of a public bank branch in 18 weeks, by the hour from 8."""
WEEKLY = (9183, 8327, 8232, 7067, 8886, 3866, 3795)
"""The same customers, Monday to Sunday."""


@cache
def load(name: str | Path) -> scenarios.LoadedStudy:
    return scenarios.load(name)


def halls(arm: str = "baseline") -> dict[str, schema.Hall]:
    return load("chengdu-halls").resolve(arm).study.halls


@pytest.mark.parametrize("name", [*LIBRARY, *EXAMPLES], ids=str)
def test_every_arm_of_a_shipped_study_is_valid(name: str | Path) -> None:
    loaded = load(name)
    assert len(loaded.arms) > 1
    for arm in loaded.arms:
        assert loaded.resolve(arm).study.halls


@pytest.mark.parametrize("name", LIBRARY)
def test_no_number_of_the_library_pretends_to_be_local_data(name: str) -> None:
    loaded = load(name)
    for arm in loaded.arms:
        assert {belief.source for belief in loaded.resolve(arm).beliefs} <= {"seed", "published", "assumed"}


def test_chengdu_is_the_four_watched_halls_for_three_months_of_2010() -> None:
    study = load("chengdu-halls").resolve("baseline").study
    assert set(study.halls) == {"xinhua", "gaosheng", "shawan", "xiangyang"}
    assert (study.start.isoformat(), study.days) == ("2010-07-01", 31 + 31 + 30)
    assert all(any("\u4e00" <= char <= "\u9fff" for char in hall.title) for hall in study.halls.values())


def test_the_wait_targets_are_ten_fifteen_and_five_minutes() -> None:
    minute = 60_000_000
    for hall in halls().values():
        gotone, others = hall.customers["gotone"].target, hall.customers["others"].target
        assert gotone is not None
        assert others is not None
        assert (gotone.busy_us, others.busy_us) == (10 * minute, 15 * minute)
        assert gotone.idle_us == others.idle_us == 5 * minute
        assert hall.customers["gotone"].priority < hall.customers["others"].priority


@pytest.mark.parametrize(("hall", "factor"), [("gaosheng", 1), ("xinhua", 1.1), ("shawan", 1.15), ("xiangyang", 0.8)])
def test_a_hall_has_the_published_day_times_its_size(hall: str, factor: float) -> None:
    rates = halls()[hall].arrivals.rate_per_hour
    open_hours = (0.5, *(1.0,) * 9)
    wanted = [factor * count / 126 / hours for count, hours in zip(HOURLY, open_hours, strict=True)]
    assert [at_us / 3_600_000_000 for at_us in rates.at_us] == [8.5, 9, 10, 11, 12, 13, 14, 15, 16, 17]
    assert list(rates.value) == pytest.approx(wanted, abs=0.06)


def test_the_week_is_the_published_one_with_mean_one() -> None:
    mean = sum(WEEKLY) / 7
    for hall in halls().values():
        factors = list(hall.arrivals.weekday.values())
        assert factors == pytest.approx([total / mean for total in WEEKLY], abs=6e-4)
        assert sum(factors) / 7 == pytest.approx(1, abs=1e-3)


def counter_minutes(hall: schema.Hall) -> tuple[float, float, float]:
    """Share of customers at the counters, and mean and coefficient of variation of their service, in minutes."""
    kiosk_share = hall.kiosks.share if hall.kiosks else 0.0
    weights, means, squares = [], [], []
    for transaction in hall.transactions.values():
        law = transaction.service
        assert isinstance(law, schema.Lognormal)
        weights.append(transaction.share * (1 - kiosk_share if transaction.kiosk else 1))
        means.append(law.mean_us / 6e7)
        squares.append((law.mean_us / 6e7) ** 2 * (1 + law.cv**2))
    share = sum(weights)
    mean = sum(w * m for w, m in zip(weights, means, strict=True)) / share
    square = sum(w * s for w, s in zip(weights, squares, strict=True)) / share
    return share, mean, math.sqrt(square - mean**2) / mean


def test_services_last_four_to_five_minutes_and_vary_as_in_the_published_log() -> None:
    share, mean, cv = counter_minutes(halls()["gaosheng"])
    assert share == pytest.approx(0.865)
    assert mean == pytest.approx(4.31, abs=0.005)
    assert cv == pytest.approx(math.sqrt(math.exp(0.927**2) - 1), abs=0.02)


BLOCKS = {
    "08:30": ((0,), 0.65),
    "09:00": ((1, 2, 3), 0.86),
    "12:00": ((4, 5), 0.65),
    "14:00": ((6, 7), 0.86),
    "16:00": ((8, 9), 0.65),
}
"""What each block of the crew's day covers, as indices into `HOURLY`, and the load a counter is planned for."""


@pytest.mark.parametrize(("hall", "planned"), [("gaosheng", 1), ("xinhua", 1.1), ("shawan", 1), ("xiangyang", 0.8)])
def test_crews_follow_one_rule_and_are_not_fitted_hall_by_hall(hall: str, planned: float) -> None:
    share, mean, _ = counter_minutes(halls()[hall])
    weekday = sum(WEEKLY[:5]) / 5 / (sum(WEEKLY) / 7)
    rates = [count / 126 / (0.5 if hour == 0 else 1) for hour, count in enumerate(HOURLY)]
    crew = [
        math.ceil(max(rates[hour] for hour in hours) * planned * weekday * share * mean / 60 / most)
        for hours, most in BLOCKS.values()
    ]
    assert list(halls()[hall].counters.staffing.value) == crew


def test_the_kiosk_arm_doubles_the_share_and_brings_the_kiosks_for_it() -> None:
    for name, hall in halls("kiosks").items():
        before = halls()[name].kiosks
        assert before is not None
        assert hall.kiosks is not None
        assert (before.share, hall.kiosks.share) == (0.3, 0.6)
        assert hall.kiosks.count > before.count
        assert hall.counters == halls()[name].counters


def test_the_fast_lane_opens_around_month_ends_only() -> None:
    for hall in halls("fast-lane").values():
        lane = hall.counters.lanes["fast"]
        assert lane.when is not None
        assert lane.when.day_of_month == {1, 2, 3, *range(26, 32)}
        assert "promotion" not in lane.serves


def test_all_together_is_the_three_other_arms_at_once() -> None:
    for name, hall in halls("all-together").items():
        assert hall.counters.staffing == halls("more-counters")[name].counters.staffing
        assert hall.kiosks == halls("kiosks")[name].kiosks
        assert hall.counters.lanes == halls("fast-lane")[name].counters.lanes


WITHOUT_SOURCE = (
    ".title", ".class", ".run_by", ".kind", ".hours", ".closing", ".day_of_month", ".interpolate", ".holiday",
    ".from_market", ".priority", ".per", ".over", ".dist", ".kiosk", ".when_full", ".offered_wait_thresholds",
    ".target.share", ".segments",
)  # fmt: skip
"""What is no number about the world: forms, hours, the order of service, and defaults of the schema."""


@pytest.mark.parametrize("name", LIBRARY)
def test_every_number_of_the_library_says_where_it_is_from(name: str) -> None:
    resolved = load(name).resolve("baseline")
    told = {belief.path for belief in resolved.beliefs}
    silent = [path for path in resolved.origins if path.startswith("halls.") and path not in told]
    assert [path for path in silent if not path.endswith(WITHOUT_SOURCE)] == []


def test_what_the_source_documents_tell_is_marked_seed_and_nothing_else() -> None:
    beliefs = load("chengdu-halls").resolve("all-together").beliefs
    seed = {belief.path.split(".", 2)[2]: belief.best for belief in beliefs if belief.source == "seed"}
    assert seed == {
        "customers.gotone.target.busy": "10 min",
        "customers.others.target.busy": "15 min",
        "customers.gotone.target.idle": "5 min",
        "customers.others.target.idle": "5 min",
        "kiosks.share": "60 %",
    }
