"""Draws of the beliefs told together: variance components against a known truth, shares, percentiles, intervals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standfast.experiments.decision import Rule
from standfast.uncertainty.components import components
from standfast.uncertainty.over_draws import over_draws

LOWER = Rule("wait_mean", "min", 0.5)


def runs(draws: int, n: int, beliefs: float, noise: float, seed: int = 1) -> np.ndarray:
    """Runs by draw with a known standard deviation between draws and within them."""
    rng = np.random.default_rng(seed)
    return rng.normal(7, beliefs, (draws, 1)) + rng.normal(0, noise, (draws, n))


def test_components_are_unbiased_for_a_known_truth() -> None:
    found = [components(runs(8, 3, 2.0, 3.0, seed)) for seed in range(2000)]
    between, within = ([getattr(each, part) for each in found] for part in ("between", "within"))
    assert np.mean(within) == pytest.approx(9.0, abs=4 * np.std(within) / math.sqrt(2000))
    assert np.mean(between) == pytest.approx(4.0, abs=4 * np.std(between) / math.sqrt(2000))
    assert np.mean([max(each, 0) for each in between]) > np.mean(between)  # what is shown is not what is averaged


def test_components_stay_unbiased_where_runs_failed() -> None:
    rng = np.random.default_rng(5)
    found = []
    for seed in range(2000):
        values = runs(8, 4, 2.0, 3.0, seed)
        values[rng.random(values.shape) < 0.3] = np.nan
        found.append(components(values))
    between, within = ([getattr(each, part) for each in found] for part in ("between", "within"))
    assert np.mean(within) == pytest.approx(9.0, abs=4 * np.std(within) / math.sqrt(2000))
    assert np.mean(between) == pytest.approx(4.0, abs=4 * np.std(between) / math.sqrt(2000))


def test_components_of_a_published_example() -> None:
    # Montgomery, Design and Analysis of Experiments, example 13.1: 4 looms, 4 samples of each
    looms = [[98, 97, 99, 96], [91, 90, 93, 92], [96, 95, 97, 95], [95, 96, 99, 98]]
    found = components(looms)
    assert found.within == pytest.approx(1.90, abs=0.005)
    assert found.between == pytest.approx(6.96, abs=0.005)
    assert found.share() == pytest.approx(6.96 / 8.86, abs=0.001)


def test_noise_alone_is_told_as_no_variance_of_the_beliefs() -> None:
    found = [components(runs(6, 2, 0.0, 1.0, seed)) for seed in range(300)]
    below = [each for each in found if each.below_zero]
    assert 0.4 < len(below) / 300 < 0.8
    assert all(each.beliefs == 0 and each.share() == 0 for each in below)
    assert np.mean([each.between for each in found]) == pytest.approx(0, abs=0.1)


def test_too_little_to_tell_is_not_a_number() -> None:
    assert math.isnan(components([[1.0], [2.0]]).between)
    assert math.isnan(components([[1.0, 2.0]]).between)
    assert components([[1.0, 2.0]]).within == 0.5
    assert components([[math.nan, math.nan]]).draws == 0
    assert math.isnan(components([[1.0, 1.0], [1.0, 1.0]]).share())
    with pytest.raises(ValueError, match="shape"):
        components([1.0, 2.0])


def test_draws_are_judged_by_their_means_against_the_zone() -> None:
    base = np.full((4, 2), 10.0)
    arm = base + np.array([[-2.0, -1.0], [-0.5, -0.5], [0.4, 0.6], [1.0, 3.0]])
    found = over_draws({"now": base, "more": arm}, "now", LOWER, 0.95)
    more = found["more"]
    assert (more.better, more.worse, more.best) == (0.25, 0.25, 0.5)
    assert more.difference.mean == pytest.approx(0.125)
    assert more.draws == 4
    assert more.verdict == "not settled"
    assert (found["now"].better, found["now"].difference.half_width, found["now"].best) == (0, 0, 0.5)
    up = over_draws({"now": base, "more": arm}, "now", Rule("wait_mean", "max", 0.5), 0.95)["more"]
    assert (up.better, up.worse, up.best) == (0.25, 0.25, 0.5)


def test_equal_arms_share_the_first_place() -> None:
    base = runs(5, 3, 1, 1)
    found = over_draws({"a": base, "b": base.copy(), "c": base + 1}, "a", LOWER, 0.95)
    assert [found[arm].best for arm in "abc"] == [0.5, 0.5, 0.0]


def test_a_zone_that_nobody_states_is_one_per_cent_of_the_baseline() -> None:
    base = np.full((3, 2), -50.0)
    assert over_draws({"a": base, "b": base}, "a", Rule("x", "max"), 0.9)["b"].zone == 0.5


def test_a_draw_without_a_common_run_is_left_out_everywhere() -> None:
    base, arm = np.ones((3, 2)), np.zeros((3, 2))
    arm[1, 0], base[1, 1] = np.nan, np.nan
    arm[2, 0] = np.nan
    found = over_draws({"now": base, "more": arm}, "now", LOWER, 0.95)
    assert (found["now"].draws, found["more"].draws) == (2, 2)
    assert found["more"].difference.mean == -1
    nothing = over_draws({"now": base[:0], "more": arm[:0]}, "now", LOWER, 0.95)["more"]
    assert nothing.draws == 0
    assert math.isnan(nothing.better)
    assert nothing.verdict == "not settled"


@given(st.integers(0, 10_000), st.floats(-3, 3))
@settings(max_examples=30, deadline=None)
def test_a_constant_shift_is_better_or_worse_in_every_draw(seed: int, shift: float) -> None:
    base = runs(6, 3, 2, 1, seed)
    more = over_draws({"now": base, "more": base + shift}, "now", LOWER, 0.95)["more"]
    assert more.p05 == pytest.approx(shift, abs=1e-9)
    assert more.p95 == pytest.approx(shift, abs=1e-9)
    assert more.better in (0.0, 1.0)
    assert more.better + more.worse <= 1
    assert more.change.beliefs == pytest.approx(0, abs=1e-9)


def test_the_interval_over_draws_covers_the_mean_over_beliefs() -> None:
    hits = 0
    for seed in range(400):
        base = runs(12, 2, 1.0, 1.0, seed)
        rng = np.random.default_rng(seed + 10_000)
        arm = base + rng.normal(0.3, 0.8, (12, 1)) + rng.normal(0, 0.5, (12, 2))
        found = over_draws({"now": base, "more": arm}, "now", LOWER, 0.9)["more"].difference
        hits += found.low <= 0.3 <= found.high
    assert 0.9 - 4 * math.sqrt(0.09 / 400) < hits / 400 < 0.9 + 4 * math.sqrt(0.09 / 400)
