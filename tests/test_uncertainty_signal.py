"""The signal that tells which playbook has begun: found where the truth has one, and not where it hasn't."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from standfast.uncertainty.signal import FEWEST_RUNS, earliest_rule, roundest

Floats = NDArray[np.float64]


def noise(playbooks: int, runs: int, series: int, months: int, seed: int = 1, common: float = 0.0) -> Floats:
    """Standard normal noise of each figure; a part `common` of its variance is the same under all playbooks."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(0, np.sqrt(common), (1, runs, series, months))
    values: Floats = shared + rng.normal(0, np.sqrt(1 - common), (playbooks, runs, series, months))
    return values


def test_the_month_and_the_series_in_which_a_playbook_shows_are_found() -> None:
    values = noise(3, 20, 4, 6)
    values[1, :, 2, 3:] += 12
    values[1, :, 0, 4:] += 30
    rule = earliest_rule(values, 1, [0, 2])
    assert rule is not None
    assert (rule.series, rule.month, rule.below) == (2, 3, None)
    assert rule.above == pytest.approx(6, abs=1.5)
    assert rule.right > 0.99
    assert (rule.missed, rule.mistaken, rule.runs) == (0, 0, 20)
    assert (rule.holds(13), rule.holds(1)) == (True, False)


def test_a_fall_is_as_good_as_a_rise() -> None:
    values = noise(2, 10, 1, 3)
    values[1, :, 0, 1:] -= 9
    rule = earliest_rule(values, 1, [0])
    assert rule is not None
    assert (rule.month, rule.above) == (1, None)
    assert rule.below == pytest.approx(-4.5, abs=1.5)


def test_a_playbook_in_the_middle_has_a_limit_on_either_side() -> None:
    values = noise(3, 20, 1, 2)
    values[1, :, 0, 1] += 12
    values[2, :, 0, 1] += 24
    rule = earliest_rule(values, 1, [0, 2])
    assert rule is not None
    assert rule.above is not None
    assert rule.below is not None
    assert rule.above < 12 < rule.below
    assert [rule.holds(x) for x in (0, 12, 24)] == [False, True, False]


def test_of_two_series_in_the_same_month_the_surer_one_is_taken() -> None:
    values = noise(2, 20, 2, 1)
    values[1, :, 0] += 6
    values[1, :, 1] += 8
    rule = earliest_rule(values, 1, [0])
    assert rule is not None
    assert rule.series == 1


def test_what_tells_from_one_playbook_need_not_tell_from_all() -> None:
    values = noise(3, 20, 1, 4)
    values[1:, :, :, 2:] += 20
    assert earliest_rule(values, 1, [0]) is not None
    assert earliest_rule(values, 1, [0, 2]) is None


@pytest.mark.parametrize("runs", [FEWEST_RUNS, 10, 40])
@pytest.mark.parametrize("common", [0.0, 0.9])
def test_where_nothing_tells_them_apart_nothing_is_found(runs: int, common: float) -> None:
    """Forty series over two years, many times: to search so much must not make a signal out of luck."""
    found = [earliest_rule(noise(3, runs, 40, 24, seed, common), 1, [0, 2]) for seed in range(25)]
    assert found == [None] * 25


def test_too_few_runs_tell_nothing_however_far_apart() -> None:
    values = noise(2, FEWEST_RUNS - 1, 1, 1)
    values[1] += 1000
    assert earliest_rule(values, 1, [0]) is None


def test_a_shift_too_small_to_tell_within_the_horizon_is_not_told() -> None:
    values = noise(2, 50, 1, 12)
    values[1] += 2.5
    assert earliest_rule(values, 1, [0]) is None


def test_figures_that_never_vary_need_enough_runs_to_be_believed() -> None:
    still = np.zeros((2, 10, 1, 1))
    still[1] = 1
    assert earliest_rule(still, 1, [0]) is None
    rule = earliest_rule(still.repeat(2, axis=1), 1, [0])
    assert rule is not None
    assert rule.right == pytest.approx(1 - 1 / 22)


def test_nobody_is_told_from_a_figure_that_is_always_nought_by_a_figure_that_is_often_nought() -> None:
    values = np.zeros((2, 20, 1, 1))
    values[1, ::3] = 2
    assert earliest_rule(values, 1, [0]) is None


def test_a_month_without_a_figure_is_not_used() -> None:
    values = noise(2, 10, 1, 2)
    values[1] += 20
    values[0, 3, 0, 0] = np.nan
    rule = earliest_rule(values, 1, [0])
    assert rule is not None
    assert rule.month == 1


def test_rules_are_as_often_right_about_new_runs_as_they_say() -> None:
    """At the smallest distance that is told, with few runs to learn from."""
    rng = np.random.default_rng(4)
    missed = mistaken = told = 0
    least = []
    for _ in range(300):
        values = rng.normal(0, 1, (2, 8, 1, 1))
        values[1] += 4.5
        rule = earliest_rule(values, 1, [0])
        if rule is None:
            continue
        told += 1
        least.append(rule.right)
        missed += not rule.holds(float(rng.normal(4.5, 1)))
        mistaken += rule.holds(float(rng.normal(0, 1)))
    assert told > 100
    assert min(least) >= 0.95 - 1e-9
    assert max(missed, mistaken) / told <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / told)


def test_what_is_no_set_of_series_is_refused() -> None:
    with pytest.raises(ValueError, match="playbook"):
        earliest_rule(np.zeros((2, 9, 1)), 0, [1])
    with pytest.raises(ValueError, match="playbook"):
        earliest_rule(np.zeros((2, 9, 1, 1)), 0, [0])


@given(st.floats(-1e9, 1e9), st.floats(0, 1e6))
def test_the_roundest_number_lies_between(low: float, width: float) -> None:
    high = low + width
    assert low - 1e-6 * abs(low) <= roundest(low, high) <= high + 1e-6 * abs(high)


def test_the_roundest_number_is_round() -> None:
    assert roundest(0.01873, 0.01952) == 0.019
    assert roundest(1180, 1460) == 1300
    assert roundest(-0.4, 0.3) == 0
    assert roundest(6.81, 9.2) == 8
