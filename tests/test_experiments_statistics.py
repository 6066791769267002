"""Intervals, looks and verdicts against published numbers (Law & Kelton, Rossetti, Banks et al. as shipped by KSL)."""

from __future__ import annotations

import doctest
import math
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from published_systems import INSPECTION, INSPECTIONS, LAW_20_40, LAW_20_80, REVIEW_1, REVIEW_2, REVIEW_2_CRN

from standfast.experiments import intervals, replications, sequential_selection, two_stage, verdicts
from standfast.experiments.decision import Rule, Standing, look
from standfast.experiments.intervals import (
    independent_difference,
    mean_interval,
    paired_difference,
    paired_p_value,
    quantile_interval,
)
from standfast.experiments.verdicts import holm, level_per_interval, looks, runs_to_settle, verdict


def test_paired_interval_of_law_and_kelton() -> None:
    found = paired_difference(LAW_20_40, LAW_20_80, 0.90)
    assert found.mean == pytest.approx(4.978, abs=1e-9)
    assert [found.low, found.high] == pytest.approx([1.649, 8.307], abs=5e-4)
    assert np.var(np.subtract(LAW_20_40, LAW_20_80), ddof=1) / 5 == pytest.approx(2.4383, abs=5e-5)


def test_half_width_of_rossetti() -> None:
    around = np.array([-1.0, 1.0] * 5)
    values = 2.22 + 0.55 * around / around.std(ddof=1)
    found = mean_interval(values, 0.95)
    assert [found.low, found.high] == pytest.approx([1.8266, 2.6134], abs=5e-5)


def test_common_numbers_of_the_review_sheet() -> None:
    found = paired_difference(REVIEW_1, REVIEW_2_CRN, 0.95)
    assert [found.low, found.high] == pytest.approx([-1.4427, -0.7493], abs=5e-5)
    assert found.correlation == pytest.approx(0.9837, abs=5e-5)
    assert found.variance_ratio == pytest.approx((2.192**2 + 2.438**2) / 0.485**2, rel=5e-3)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        (1, 2, -0.7172, 2.3172),
        (1, 3, 1.8672, 9.5048),
        (1, 4, -0.4181, 2.9341),
        (2, 3, 2.4227, 7.3493),
        (2, 4, 0.2116, 0.7044),
        (3, 4, -6.6731, -2.1829),
    ],
)
def test_paired_intervals_of_the_vehicle_inspection(first: int, second: int, low: float, high: float) -> None:
    found = paired_difference(INSPECTION[first], INSPECTION[second], 0.95)
    assert [found.low, found.high] == pytest.approx([low, high], abs=5e-5)


@pytest.mark.parametrize(("other", "low", "high"), [(2, -1.167, 2.767), (3, 0.734, 10.638), (4, -0.915, 3.431)])
def test_bonferroni_intervals_of_the_vehicle_inspection(other: int, low: float, high: float) -> None:
    level = level_per_interval(0.95, looks=1, arms=3, metrics=1)
    found = paired_difference(INSPECTION[1], INSPECTION[other], level)
    assert [found.low, found.high] == pytest.approx([low, high], abs=5e-4)


def test_the_error_is_shared_over_looks_arms_and_metrics() -> None:
    assert level_per_interval(0.95, looks=5, arms=4, metrics=3) == pytest.approx(1 - 0.05 / 60)
    assert level_per_interval(0.95, looks=1, arms=0, metrics=0) == pytest.approx(0.95)


def test_looks_double_and_end_at_the_maximum() -> None:
    assert looks(10, 160) == (10, 20, 40, 80, 160)
    assert looks(10, 50) == (10, 20, 40, 50)
    assert looks(30, 10) == (10,)
    with pytest.raises(ValueError, match="at least one"):
        looks(0, 10)


@pytest.mark.parametrize(
    ("low", "high", "for_max", "for_min"),
    [
        (1.1, 2.0, "better", "worse"),
        (-2.0, -1.1, "worse", "better"),
        (-1.0, 1.0, "no practical difference", "no practical difference"),
        (0.2, 0.8, "no practical difference", "no practical difference"),
        (0.5, 1.5, "not settled", "not settled"),
        (1.0, 2.0, "not settled", "not settled"),
        (-3.0, 3.0, "not settled", "not settled"),
    ],
)
def test_rule_of_practical_difference(low: float, high: float, for_max: str, for_min: str) -> None:
    assert verdict(low, high, 1.0, "max") == for_max
    assert verdict(low, high, 1.0, "min") == for_min


def test_an_arm_equal_to_the_baseline_shows_no_practical_difference_even_without_a_zone() -> None:
    found = paired_difference([3.1, 4.7, 5.9], [3.1, 4.7, 5.9], 0.99)
    assert (found.mean, found.half_width) == (0.0, 0.0)
    assert found.correlation == pytest.approx(1.0)
    assert found.variance_ratio == math.inf
    assert verdict(found.low, found.high, 0.0, "min") == "no practical difference"


def test_a_constant_difference_has_no_width_in_spite_of_rounding() -> None:
    found = paired_difference([0.1] * 7, [0.3] * 7, 0.95)
    assert found.half_width == 0.0
    assert math.isnan(found.correlation)
    assert math.isnan(found.variance_ratio)


def test_one_replication_knows_no_width() -> None:
    found = paired_difference([2.0], [1.0], 0.95)
    assert (found.mean, found.half_width, found.n) == (1.0, math.inf, 1)
    standing = look(Standing(), {"a": np.array([[2.0]])}, np.array([[1.0]]), [Rule("m", "max")], 0.95)
    assert standing.rows["a", "m"].verdict == "not settled"
    assert math.isnan(standing.rows["a", "m"].runs_to_settle)


def test_values_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        paired_difference([1.0, math.nan], [1.0, 2.0], 0.95)
    with pytest.raises(ValueError, match="equal numbers"):
        paired_difference([1.0, 2.0], [1.0], 0.95)


def test_runs_to_settle_follow_the_square_of_the_half_width() -> None:
    assert runs_to_settle(0.0, 2.0, 10, zone=1.0) == 30
    assert runs_to_settle(3.0, 4.0, 10, zone=1.0) == 30
    assert runs_to_settle(1.0, 4.0, 10, zone=1.0) == math.inf
    assert runs_to_settle(3.0, 0.5, 10, zone=1.0, target=0.25) == 30
    assert math.isnan(runs_to_settle(3.0, math.inf, 1, zone=1.0))


def test_a_wanted_half_width_keeps_a_settled_row_open() -> None:
    baseline = np.linspace(10, 12, 10).reshape(-1, 1)
    arm = baseline + 5 + np.array([[0.3], [-0.3]] * 5)
    loose = look(Standing(), {"a": arm}, baseline, [Rule("m", "max", indifference=1.0)], 0.95)
    strict = look(Standing(), {"a": arm}, baseline, [Rule("m", "max", indifference=1.0, half_width=0.1)], 0.95)
    assert loose.open_arms == ()
    assert strict.open_arms == ("a",)
    assert strict.rows["a", "m"].verdict == "better"
    assert strict.rows["a", "m"].runs_to_settle > 0


def test_a_settled_row_is_frozen_while_another_metric_goes_on() -> None:
    rng = np.random.default_rng(5)
    rules = [Rule("clear", "max", 1.0), Rule("noisy", "max", 0.01)]
    baseline = rng.normal(100, 1, (20, 2))
    arm = baseline + np.column_stack([np.full(20, 9.0), rng.normal(0, 5, 20)])
    first = look(Standing(), {"a": arm[:10]}, baseline[:10], rules, 0.95)
    second = look(first, {"a": arm}, baseline, rules, 0.95)
    assert first.open_arms == ("a",)
    assert second.rows["a", "clear"] == first.rows["a", "clear"]
    assert second.rows["a", "noisy"].difference.n == 20


def test_a_failed_run_leaves_its_pair_out() -> None:
    baseline = np.array([[1.0], [2.0], [math.nan], [4.0]])
    arm = np.array([[2.0], [math.nan], [4.0], [5.5]])
    row = look(Standing(), {"a": arm}, baseline, [Rule("m", "max")], 0.95).rows["a", "m"]
    assert row.difference.n == 2
    assert row.difference.mean == pytest.approx(1.25)
    assert row.baseline_mean.mean == pytest.approx(2.5)


def test_sequential_intervals_hold_together_and_the_edge_of_the_zone_is_rarely_called() -> None:
    """400 studies of two arms × two metrics over five looks, every true difference on the edge of its zone."""
    studies, schedule, zone = 400, looks(10, 160), 1.0
    rules = [Rule("a", "max", zone), Rule("b", "min", zone)]
    level = level_per_interval(0.95, len(schedule), 2, len(rules))
    truth = {"x": np.array([zone, -zone]), "y": np.array([-zone, zone])}
    rng = np.random.default_rng(20261101)
    covered = wrong = 0
    for _ in range(studies):
        shared = rng.normal(50, 3, (schedule[-1], 2))
        baseline = shared + rng.normal(0, 1, shared.shape)
        values = {arm: shared + truth[arm] + rng.normal(0, 2, shared.shape) for arm in truth}
        standing, going, holds = Standing(), tuple(values), True
        for n in schedule:
            standing = look(standing, {arm: values[arm][:n] for arm in going}, baseline[:n], rules, level)
            going = standing.open_arms
            for (arm, metric), row in standing.rows.items():
                true = truth[arm][[rule.metric for rule in rules].index(metric)]
                holds &= row.difference.low <= true <= row.difference.high
            if not going:
                break
        covered += holds
        wrong += any(row.verdict != "not settled" for row in standing.rows.values())
    noise = 2 * math.sqrt(0.05 * 0.95 / studies)
    assert covered / studies >= 0.95 - 0.01 - noise
    assert wrong / studies <= 0.05 + noise


def test_without_sharing_the_error_over_looks_the_same_studies_are_called_too_often() -> None:
    """The fault that sharing out the error avoids: ordinary 95 % intervals at every look."""
    schedule, zone = looks(10, 160), 1.0
    rng = np.random.default_rng(7)
    called = 0
    for _ in range(300):
        baseline = rng.normal(50, 1, (schedule[-1], 1))
        arm = baseline + zone + rng.normal(0, 2, baseline.shape)
        standing = Standing()
        for n in schedule:
            standing = look(standing, {"x": arm[:n]}, baseline[:n], [Rule("a", "max", zone)], 0.95)
        called += standing.rows["x", "a"].verdict != "not settled"
    assert called / 300 > 0.12


def test_equal_verdicts_in_a_few_runs_are_no_certainty() -> None:
    """All of n runs showed the same difference of a share of yes-or-no verdicts: others may have gone unseen."""
    few = paired_difference([1.0] * 4, [0.0] * 4, 0.95, yes_or_no=True)
    assert few.low < 0 < few.high == 1.0
    assert verdict(few.low, few.high, 0.05, "max") == "not settled"
    many = paired_difference([1.0] * 100, [0.0] * 100, 0.95, yes_or_no=True)
    assert many.low == pytest.approx(1 - 2 * (1 - 0.05**0.01))
    assert verdict(many.low, many.high, 0.05, "max") == "better"
    never = paired_difference([0.0] * 60, [0.0] * 60, 0.95, yes_or_no=True)
    assert never.high == pytest.approx(0.049, abs=5e-4)


def test_arms_that_agree_verdict_by_verdict_while_these_vary_show_no_difference() -> None:
    values = [0.0, 1.0, 0.5, 1.0]
    same = paired_difference(values, values, 0.95, yes_or_no=True)
    assert (same.low, same.high) == (0.0, 0.0)
    plain = paired_difference([1.0] * 4, [0.0] * 4, 0.95)
    assert (plain.low, plain.high) == (1.0, 1.0), "other metrics, such as staffed hours, may well be certain"


def test_independent_arms_of_the_review_sheet_point_the_wrong_way() -> None:
    found = independent_difference(REVIEW_1, REVIEW_2, 0.95)
    assert [found.low, found.high] == pytest.approx([-0.7359, 3.3659], abs=5e-5)
    assert found.degrees == pytest.approx(17.9987, abs=5e-5)
    assert found.mean > 0 > paired_difference(REVIEW_1, REVIEW_2_CRN, 0.95).high
    printed = {15.612: 2.192, 14.297: 2.174, 16.708: 2.438}
    for data, (mean, deviation) in zip((REVIEW_1, REVIEW_2, REVIEW_2_CRN), printed.items(), strict=True):
        assert [np.mean(data), np.std(data, ddof=1)] == pytest.approx([mean, deviation], abs=5.1e-4)
    differences = np.subtract(REVIEW_1, REVIEW_2_CRN)
    assert [differences.mean(), differences.std(ddof=1)] == pytest.approx([-1.096, 0.485], abs=5.1e-4)


def test_welch_interval_of_law_and_kelton() -> None:
    found = independent_difference(LAW_20_40, LAW_20_80, 0.90)
    assert [found.low, found.high] == pytest.approx([2.661, 7.295], abs=5e-4)
    assert found.degrees == pytest.approx(7.9924, abs=5e-5)
    assert [np.mean(LAW_20_40), np.mean(LAW_20_80)] == pytest.approx([125.57, 120.592], abs=1e-9)
    assert [np.var(LAW_20_40, ddof=1), np.var(LAW_20_80, ddof=1)] == pytest.approx([4.0009, 3.7613], abs=5e-5)
    assert independent_difference([1.0, 1.0], [3.0, 3.0, 3.0], 0.9).half_width == 0
    with pytest.raises(ValueError, match="two replications"):
        independent_difference([1.0], [1.0, 2.0], 0.9)


@pytest.mark.parametrize(
    ("mean", "deviation", "low", "high"),
    [(64.7723, 57.8792, 43.1599, 86.3848), (64.9215, 33.0561, 52.5781, 77.2648)],
    ids=["independent", "common"],
)
def test_intervals_of_the_pallet_model(mean: float, deviation: float, low: float, high: float) -> None:
    """KSL prints mean and deviation of 30 differences; any values with these have its interval."""
    around = np.linspace(-1, 1, 30)
    found = mean_interval(mean + deviation * around / around.std(ddof=1), 0.95)
    assert [found.low, found.high] == pytest.approx([low, high], abs=1.01e-4)


def test_means_of_the_vehicle_inspection() -> None:
    assert INSPECTIONS.mean(axis=0) == pytest.approx([50.0360, 49.2360, 44.3500, 48.7780], abs=5e-5)
    assert INSPECTIONS.std(axis=0, ddof=1) == pytest.approx([17.7027, 16.2450, 13.1509, 15.9415], abs=5.1e-5)


def test_holm_decides_as_bonferroni_does_or_more() -> None:
    p_values = [paired_p_value(INSPECTION[1], INSPECTION[other]) for other in (2, 3, 4)]
    adjusted = holm(p_values)
    assert [each <= 0.05 for each in adjusted] == [False, True, False]
    assert adjusted[1] == pytest.approx(3 * p_values[1])
    assert adjusted[2] == pytest.approx(2 * p_values[2])
    assert holm([0.04, 0.01, 0.03, 0.02, 0.05]) == pytest.approx((0.09, 0.05, 0.09, 0.08, 0.09))
    assert holm([0.6, 0.7]) == (1.0, 1.0)
    assert holm([]) == ()


def test_a_p_value_is_at_the_edge_of_its_interval() -> None:
    p_value = paired_p_value(REVIEW_1, REVIEW_2)
    found = paired_difference(REVIEW_1, REVIEW_2, 1 - p_value)
    assert found.low == pytest.approx(0.0, abs=1e-9)
    assert paired_p_value([1.0, 2.0], [1.0, 2.0]) == 1.0
    assert paired_p_value([1.0, 2.0], [0.0, 1.0]) == 0.0
    assert math.isnan(paired_p_value([1.0], [2.0]))


@pytest.mark.parametrize(
    ("n", "quantile", "ranks", "achieved"),
    [
        (6, 0.5, (1, 6), 0.96875),
        (10, 0.5, (2, 9), 0.978516),
        (20, 0.5, (6, 15), 0.958611),
        (5, 0.5, (0, 6), 1.0),
        (10, 0.9, (7, 11), 0.987205),
        (60, 0.9, (49, 59), 0.971638),
    ],
)
def test_quantile_intervals_are_exact(n: int, quantile: float, ranks: tuple[int, int], achieved: float) -> None:
    """The chances are sums of binomial ones; the medians' stand in every table of the sign test (Conover, A3)."""
    found = quantile_interval(np.arange(1.0, n + 1)[::-1], quantile, 0.95)
    assert found.ranks == ranks
    inside = range(ranks[0], ranks[1])
    sums = sum(math.comb(n, i) * quantile**i * (1 - quantile) ** (n - i) for i in inside)
    assert found.achieved == pytest.approx(sums) == pytest.approx(achieved, abs=5e-7)
    assert found.achieved >= 0.95
    chances = [math.comb(n, i) * quantile**i * (1 - quantile) ** (n - i) for i in range(n + 1)]
    assert sum(chances[: ranks[0]]) <= 0.025 < sum(chances[: ranks[0] + 1])
    assert sum(chances[ranks[1] :]) <= 0.025 < sum(chances[ranks[1] - 1 :])
    assert found.low == (ranks[0] if ranks[0] > 0 else -math.inf)
    assert found.high == (ranks[1] if ranks[1] <= n else math.inf)


def test_quantile_intervals_hold_for_a_skewed_law() -> None:
    rng = np.random.default_rng(9)
    held = 0
    for _ in range(1000):
        found = quantile_interval(rng.exponential(1, 40), 0.8, 0.9)
        held += found.low <= -math.log(0.2) <= found.high
    assert held / 1000 >= 0.9 - 3 * (0.09 / 1000) ** 0.5


def test_the_examples_of_the_manual_run() -> None:
    page = Path(__file__).parents[1] / "docs" / "statistics.md"
    failed, tried = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert tried >= 20
    assert failed == 0


@pytest.mark.parametrize("module", [intervals, verdicts, sequential_selection, two_stage, replications])
def test_the_examples_of_the_docstrings_run(module: ModuleType) -> None:
    failed, tried = doctest.testmod(module)
    assert tried >= 1
    assert failed == 0
