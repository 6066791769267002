"""The best of many against published numbers: MCB, screening, KN (COMPARISON.md D4, D5, D9)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from published_systems import INSPECTIONS

from standfast.experiments.selection import (
    best_intervals,
    best_quantile,
    compare_with_best,
    difference_variances,
    higher_is_better,
    screen,
)
from standfast.experiments.sequential_selection import KnState, kn_constants, kn_start, kn_step
from standfast.experiments.verdicts import Goal

MEANS = INSPECTIONS.mean(axis=0)
OUTPUTS = arrays(np.float64, (6, 4), elements=st.integers(-50, 50).map(float))
GOALS = st.sampled_from(["min", "max"])


def ran(rows: np.ndarray, n0: int, alpha: float, delta: float, goal: Goal) -> KnState:
    """KN on rows made beforehand, until an arm is selected."""
    state = kn_start(rows[:n0], alpha, delta, goal)
    while state.selected is None:
        state = kn_step(state, rows[state.n, list(state.survivors)])
    return state


def test_differences_of_the_vehicle_inspection_vary_as_published() -> None:
    variances = difference_variances(INSPECTIONS)
    printed = {(0, 1): 2.1208, (0, 2): 5.3384, (0, 3): 2.3430, (1, 2): 3.4435, (1, 3): 0.3445, (2, 3): 3.1384}
    for pair, deviation in printed.items():
        assert variances[pair] == variances[pair[::-1]] == pytest.approx(deviation**2, abs=2 * deviation * 5.1e-5)
    assert variances.max() == pytest.approx(28.49805, abs=5.1e-6)
    assert np.diag(variances).tolist() == [0.0] * 4


def test_intervals_with_the_best_of_the_vehicle_inspection() -> None:
    found = [[each.low, each.high] for each in best_intervals(MEANS, 0.0, "min")]
    assert np.array(found) == pytest.approx(np.array([[0, 5.686], [0, 4.886], [-4.428, 0], [0, 4.428]]), abs=1e-9)


def test_intervals_with_the_best_add_the_zone_on_both_sides() -> None:
    """KSL prints the second δ with a minus sign; Hsu's interval has a plus (COMPARISON.md, D4)."""
    found = [[each.low, each.high] for each in best_intervals(MEANS, 1.0, "min")]
    assert np.array(found) == pytest.approx(np.array([[0, 6.686], [0, 5.886], [-5.428, 0], [0, 5.428]]), abs=1e-9)
    level = best_intervals([1.0, 1.5], 2.0, "max")
    assert [(each.low, each.high) for each in level] == [(-2.5, 1.5), (-1.5, 2.5)]


def test_screening_of_the_vehicle_inspection() -> None:
    found = screen(INSPECTIONS, 0.05, "min")
    assert best_quantile(0.05, 4, 10) == pytest.approx(2.5096, abs=5e-5)
    assert found.limits[0, 1:] == pytest.approx([50.9191, 48.5865, 50.6374], abs=5e-5)
    assert found.survivors == (2,)


@pytest.mark.parametrize(
    ("arms", "n0", "eta", "h_squared"),
    [
        (2, 10, 0.33405, 6.0129),
        (3, 20, 0.18536, 7.0438),
        (4, 10, 0.56468, 10.1642),
        (5, 10, 0.63497, 11.4294),
        (10, 10, 0.85908, 15.4635),
        (10, 20, 0.30293, 11.5115),
        (10, 5, 4.24342, 33.9473),
    ],
)
def test_constants_of_kn(arms: int, n0: int, eta: float, h_squared: float) -> None:
    assert kn_constants(0.05, arms, n0) == (pytest.approx(eta, abs=5e-6), pytest.approx(h_squared, abs=5e-5))


def test_kn_on_the_vehicle_inspection_keeps_only_design_3() -> None:
    state = kn_start(INSPECTIONS, 0.05, 2.0, "min")
    upper = np.triu_indices(4, 1)
    assert state.stages[upper].tolist() == [11, 72, 13, 30, 0, 25]
    assert state.tolerances()[upper] == pytest.approx([0.1430, 6.2415, 0.3949, 2.0130, 0, 1.5028], abs=5e-5)
    assert state.survivors == (2,)
    wider = kn_start(INSPECTIONS, 0.05, 5.0, "min")
    assert wider.tolerances()[upper] == pytest.approx([0, 0.3966, 0, 0, 0, 0], abs=5e-5)
    assert wider.selected == 2


def test_kn_measures_spread_on_the_first_stage_alone() -> None:
    rng = np.random.default_rng(3)
    state = kn_start(rng.normal(0, 1, (10, 3)), 0.05, 0.3, "max")
    after = kn_step(state, rng.normal(0, 50, len(state.survivors)))
    assert (after.variances == state.variances).all()
    assert after.n == 11


def test_kn_ends_by_the_stage_that_it_promised_even_with_equal_arms() -> None:
    rng = np.random.default_rng(11)
    rows = np.repeat(rng.normal(0, 1, (400, 1)), 3, axis=1)
    assert ran(rows, 10, 0.05, 0.5, "min").selected == 0
    rows += rng.normal(0, 0.5, rows.shape)
    start = kn_start(rows[:10], 0.05, 0.5, "min")
    assert ran(rows, 10, 0.05, 0.5, "min").n <= start.longest


@given(OUTPUTS, GOALS)
def test_goals_are_mirror_images(values: np.ndarray, goal: Goal) -> None:
    other: Goal = "min" if goal == "max" else "max"
    assert (higher_is_better(higher_is_better(values, goal), goal) == values).all()
    assert screen(values, 0.05, goal).survivors == screen(-values, 0.05, other).survivors
    assert kn_start(values, 0.05, 2.0, goal).survivors == kn_start(-values, 0.05, 2.0, other).survivors
    for one, turned in zip(compare_with_best(values, 0.05, goal), compare_with_best(-values, 0.05, other), strict=True):
        assert (one.low, one.high) == (-turned.high, -turned.low)


@given(OUTPUTS, GOALS)
def test_the_arm_with_the_best_mean_always_stays_and_may_be_the_best(values: np.ndarray, goal: Goal) -> None:
    best = int(higher_is_better(values.mean(axis=0), goal).argmax())
    assert best in screen(values, 0.05, goal).survivors
    interval = compare_with_best(values, 0.05, goal)[best]
    assert interval.low <= 0 <= interval.high
    assert (interval.high if goal == "max" else -interval.low) >= 0


@given(OUTPUTS, st.floats(0.0, 20.0), GOALS)
def test_equal_widths_for_each_pair_are_one_width(values: np.ndarray, width: float, goal: Goal) -> None:
    means = values.mean(axis=0)
    assert best_intervals(means, width, goal) == best_intervals(means, np.full((4, 4), width), goal)


def test_intervals_with_the_best_hold_together_and_the_best_survives_under_common_numbers() -> None:
    """1,000 studies of four arms, unequal spreads, two of them tied near the best: coverage at least as stated."""
    studies, alpha = 1000, 0.10
    truth = np.array([0.0, 0.2, 1.0, 3.0])
    from_best = np.array([-0.2, 0.2, 1.0, 3.0])
    rng = np.random.default_rng(20261101)
    held = kept = 0
    for _ in range(studies):
        values = rng.normal(0, 3, (12, 1)) + truth + rng.normal(0, [0.5, 1.0, 2.0, 1.0], (12, 4))
        found = compare_with_best(values, alpha, "min")
        held += all(each.low <= true <= each.high for each, true in zip(found, from_best, strict=True))
        kept += 0 in screen(values, alpha, "min").survivors
    noise = 3 * (alpha * (1 - alpha) / studies) ** 0.5
    assert held / studies >= 1 - alpha - noise
    assert kept / studies >= 1 - alpha - noise


def test_selection_refuses_what_it_cannot_judge() -> None:
    with pytest.raises(ValueError, match="two arms"):
        screen([[1.0], [2.0]], 0.05, "min")
    with pytest.raises(ValueError, match="at least 2"):
        screen([[1.0, 2.0]], 0.05, "min")
    with pytest.raises(ValueError, match="finite"):
        compare_with_best([[1.0, np.nan], [1.0, 2.0]], 0.05, "min")
    with pytest.raises(ValueError, match="above 0"):
        kn_start(INSPECTIONS, 0.05, 0.0, "min")
    with pytest.raises(ValueError, match="risk"):
        kn_start(INSPECTIONS, 0.8, 1.0, "min")
    done = kn_start(INSPECTIONS, 0.05, 2.0, "min")
    with pytest.raises(ValueError, match="selected"):
        kn_step(done, [1.0])
    going = kn_start(INSPECTIONS, 0.05, 0.1, "min")
    with pytest.raises(ValueError, match="each of the"):
        kn_step(going, [1.0])
