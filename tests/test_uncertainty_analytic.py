"""What is computed from draws of beliefs meets models whose answers are known, and noise is not taken for knowledge."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standfast.uncertainty.break_even import Curve, crossings, next_quantile
from standfast.uncertainty.information import risk_now, spline_basis, worth_of
from standfast.uncertainty.pilot import customers_for_means, customers_for_shares, person_months_for_rates, pilot_for
from standfast.uncertainty.screening import (
    LEVELS,
    morris_design,
    morris_effects,
    noise_of,
    noise_share,
    sobol_design,
    sobol_indices,
)
from standfast.uncertainty.variance import split


def repeated(values: np.ndarray, replications: int = 2) -> np.ndarray:
    """The same value in every replication: a model without noise."""
    return np.repeat(values[:, None], replications, axis=1)


def ishigami(quantiles: np.ndarray) -> np.ndarray:
    """Ishigami & Homma (1990) with a = 7, b = 0.1, on −π to π."""
    x = (2 * quantiles - 1) * np.pi
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


# Morris


def test_effects_of_a_linear_model_are_its_slopes() -> None:
    slopes = np.array([3.0, -2.0, 0.0])
    design = morris_design(["a", "b", "c"], None, 5, seed=1)
    assert design.shape == (20, 3)
    assert set(np.round(design.ravel() * (LEVELS - 1)).astype(int)) == {0, 1, 2, 3}
    found = morris_effects(["a", "b", "c"], None, design, repeated(design @ slopes))
    assert [each.mu for each in found] == pytest.approx(slopes)
    assert [each.mu_star for each in found] == pytest.approx(np.abs(slopes))
    assert [each.sigma for each in found] == pytest.approx([0, 0, 0], abs=1e-12)
    assert [each.direction for each in found] == [1, -1, 0]
    assert [each.told for each in found] == [True, True, False]


def test_effects_agree_with_salib_on_ishigami() -> None:
    from SALib.analyze import morris

    names = ["x1", "x2", "x3"]
    design = morris_design(names, None, 40, seed=3)
    values = ishigami(design)
    theirs = morris.analyze({"num_vars": 3, "names": names, "bounds": [[0, 1]] * 3}, design, values, seed=1)
    ours = morris_effects(names, None, design, repeated(values), seed=1)
    assert [each.mu for each in ours] == pytest.approx(theirs["mu"])
    assert [each.mu_star for each in ours] == pytest.approx(theirs["mu_star"])
    assert [each.sigma for each in ours] == pytest.approx(theirs["sigma"])
    assert [each.half_width for each in ours] == pytest.approx(theirs["mu_star_conf"], rel=0.35)
    # x3 acts through x1 alone: no direction, all interaction; x2 bends: up and down alike.
    assert ours[2].direction == 0
    assert ours[2].sigma > 0.5 * ours[2].mu_star


def test_groups_cost_one_step_each_and_find_the_group_that_acts() -> None:
    names = [f"b{n}" for n in range(12)]
    groups = [f"g{n // 4}" for n in range(12)]
    design = morris_design(names, groups, 6, seed=2)
    assert design.shape == (24, 12)
    effects = morris_effects(names, groups, design, repeated(design[:, 5] * 4 + design[:, 0]))
    assert [each.name for each in effects] == ["g0", "g1", "g2"]
    assert [each.mu_star for each in effects] == pytest.approx([1, 4, 0])
    assert math.isnan(effects[1].mu)


@pytest.mark.parametrize("groups", [None, ["all", "all"]])
def test_a_single_belief_or_group_can_be_screened(groups: list[str] | None) -> None:
    names = ["a"] if groups is None else ["a", "b"]
    design = morris_design(names, groups, 4, seed=1)
    assert design.shape == (8, len(names))
    (effect,) = morris_effects(names, groups, design, repeated(design[:, 0] * 5))
    assert effect.mu_star == pytest.approx(5)


def test_noise_is_not_taken_for_an_effect() -> None:
    """5 % of beliefs without effect are told from noise, no more; the floor is what they show."""
    rng = np.random.default_rng(5)
    names = [f"b{n}" for n in range(20)]
    told, sizes, floors = 0, [], []
    for seed in range(30):
        design = morris_design(names, None, 4, seed)
        effects = morris_effects(names, None, design, rng.normal(0, 1, (len(design), 3)))
        told += sum(each.told for each in effects)
        sizes += [each.mu_star for each in effects]
        floors += [each.noise for each in effects]
    assert told / 600 == pytest.approx(0.05, abs=0.03)
    assert np.mean(floors) == pytest.approx(np.mean(sizes), rel=0.05)
    real = np.array([[4.0, 4.4, 3.9]] * 4) + rng.normal(0, 1, (4, 3))
    assert noise_of(real)[1] < 0.05


def test_a_step_with_a_failed_run_is_left_out() -> None:
    design = morris_design(["a", "b"], None, 4, seed=1)
    values = repeated(design @ np.array([1.0, 2.0]))
    values[1, 1] = np.nan
    found = morris_effects(["a", "b"], None, design, values)
    assert [each.mu for each in found] == pytest.approx([1, 2])
    nothing = morris_effects(["a", "b"], None, design, np.full_like(values, np.nan))
    assert all(math.isnan(each.mu_star) and not each.told for each in nothing)


# Sobol'


def test_sobol_indices_meet_ishigamis() -> None:
    names = ["x1", "x2", "x3"]
    design = sobol_design(names, 1024, seed=1)
    found, noise = sobol_indices(names, repeated(ishigami(design)))
    # Known: V = a²/8 + bπ⁴/5 + b²π⁸/18 + 1/2 (Saltelli et al., Global Sensitivity Analysis, 2008).
    assert [each.first for each in found] == pytest.approx([0.3139, 0.4424, 0.0], abs=0.03)
    assert [each.total for each in found] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)
    assert noise == pytest.approx(0, abs=1e-12)
    with pytest.raises(ValueError, match="power of two"):
        sobol_design(names, 100, 1)


def test_the_share_of_noise_between_draws_is_measured() -> None:
    rng = np.random.default_rng(7)
    signal = rng.normal(0, 2, 400)
    common = rng.normal(0, 50, 4)  # a replication that is high in every draw is no noise between them
    values = signal[:, None] + common + rng.normal(0, 2, (400, 4))
    assert noise_share(values) == pytest.approx(1 / 5, abs=0.03)
    still, share = sobol_indices(["a", "b"], np.ones((16, 2)))
    assert [each.total for each in still] == [0, 0]
    assert share == 0


# Break-even


def test_the_break_even_of_a_line_is_where_it_crosses() -> None:
    noise = np.array([-1.0, 0.0, 1.0, 0.0, -0.5, 0.5])
    line = np.array([-3.0, 2.0, 7.0])[:, None] + noise
    curve = Curve(np.array([0.0, 0.5, 1.0]), line)
    (crossing,) = crossings(curve)
    assert crossing.quantile == pytest.approx(0.3)
    assert crossing.rises
    assert (crossing.open_low, crossing.open_high) == (False, False)
    # The interval of the difference is mean ± 0.742, the slope 10: the crossing's is ∓ 0.0742.
    half_width = 2.5706 * noise.std(ddof=1) / np.sqrt(6)
    assert crossing.low == pytest.approx(0.3 - half_width / 10, abs=0.001)
    assert crossing.high == pytest.approx(0.3 + half_width / 10, abs=0.001)


def test_no_crossing_and_several_are_told_as_they_are() -> None:
    at = np.array([0.0, 0.5, 1.0])
    assert crossings(Curve(at, repeated(np.array([1.0, 2.0, 3.0])))) == ()
    two = crossings(Curve(at, repeated(np.array([1.0, -1.0, 1.0]))))
    assert [(each.quantile, each.rises) for each in two] == [(0.25, False), (0.75, True)]
    (threshold,) = crossings(Curve(np.array([0.0, 0.25, 0.5, 1.0]), repeated(np.array([-1.0, 0.0, 0.0, 2.0]))))
    assert threshold.quantile == 0.5


def test_an_interval_that_reaches_the_end_of_the_range_is_open() -> None:
    rng = np.random.default_rng(2)
    curve = Curve(np.array([0.0, 0.5, 1.0]), np.array([-0.1, 1.0, 2.0])[:, None] + rng.normal(0, 0.3, 5))
    (crossing,) = crossings(curve)
    assert crossing.open_low
    assert not crossing.open_high


@settings(max_examples=50, deadline=None)
@given(st.floats(0.02, 0.98), st.floats(1.0, 4.0), st.booleans())
def test_a_few_points_more_close_in_on_any_crossing(root: float, bend: float, falls: bool) -> None:
    def truth(q: float) -> float:
        value = q**bend - root**bend
        return -value if falls else value

    start = np.array([0.0, 0.5, 1.0])
    curve = Curve(start, np.array([[truth(q)] * 2 for q in start]))
    for _ in range(8):
        q = next_quantile(curve)
        if q is None:
            break
        curve = curve.with_point(q, np.array([truth(q)] * 2))
    (crossing,) = crossings(curve) or (None,)
    assert crossing is not None
    assert crossing.quantile == pytest.approx(root, abs=0.02)
    assert crossing.rises is not falls


def test_the_interval_of_a_break_even_covers_it() -> None:
    """A slope that differs by replication as well as its height; nominal 95 %."""
    rng = np.random.default_rng(11)
    at = np.array([0.0, 0.25, 0.5, 1.0])
    covered = 0
    for _ in range(500):
        slope, height = rng.normal(4, 0.8, 8), rng.normal(-1.4, 0.7, 8)
        found = crossings(Curve(at, at[:, None] * slope + height))
        covered += any(each.low <= 0.35 <= each.high for each in found)
    assert covered / 500 == pytest.approx(0.95, abs=0.03)


# The variance in parts


def blocks_of(model: object, blocks: int, replications: int, rng: np.random.Generator, noise: float) -> np.ndarray:
    """The nested design of a model of one parameter and one assumption, with noise common to draws and of its own."""
    assert callable(model)
    p, a = rng.normal(size=(2, blocks)), rng.normal(size=(2, blocks))
    pairs = [(0, 0), (0, 1), (1, 0), (1, 1)]
    common = rng.normal(0, 3, replications)
    return np.stack(
        [model(p[i], a[j])[:, None] + common + rng.normal(0, noise, (blocks, replications)) for i, j in pairs],
        axis=1,
    )


def test_the_parts_of_a_variance_are_unbiased() -> None:
    """y = 2 P + A + ½ P·A + noise: 4, 1, ¼, and 9 + 4 of Monte Carlo, in the mean over many small studies."""
    rng = np.random.default_rng(3)
    found = [split(blocks_of(lambda p, a: 2 * p + a + 0.5 * p * a, 12, 2, rng, 2.0), seed=n) for n in range(600)]
    names = ("monte_carlo", "parameters", "assumptions", "interaction")
    estimates = np.array([[each.of(name) for name in names] for each in found])
    errors = estimates.std(axis=0, ddof=1) / np.sqrt(len(found))
    assert np.all(np.abs(estimates.mean(axis=0) - [13, 4, 1, 0.25]) < 4 * errors)
    assert np.all(errors < [0.5, 0.2, 0.1, 0.1])


def test_noise_alone_is_all_monte_carlo() -> None:
    rng = np.random.default_rng(4)
    found = split(blocks_of(lambda p, a: 0 * p, 400, 4, rng, 2.0))
    for part in found.parts[1:]:
        assert part.low < 0 < part.high
    assert found.share("monte_carlo") > 0.95
    with pytest.raises(ValueError, match="two replications"):
        split(np.ones((5, 4, 1)))


def test_a_study_without_fitted_numbers_is_split_in_two() -> None:
    rng = np.random.default_rng(6)
    x = rng.normal(0, 3, (2000, 2, 1))
    found = split(x + rng.normal(0, 1, (2000, 2, 4)))
    assert [part.name for part in found.parts] == ["monte_carlo", "assumptions"]
    assert found.of("assumptions") == pytest.approx(9, rel=0.1)
    assert found.of("monte_carlo") == pytest.approx(1, rel=0.1)
    assert found.share("assumptions", replications=10) == pytest.approx(9 / 9.1, abs=0.01)
    assert found.parts[1].low < 9 < found.parts[1].high


# Value of information


def linear_normal(
    mean: float, slopes: list[float], draws: int, noise: float, seed: int, replications: int = 4
) -> tuple[np.ndarray, np.ndarray]:
    """Two arms whose difference is normal and linear in normal beliefs."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(draws, len(slopes)))
    level = rng.normal(0, 5, (draws, 1, 1))
    outcomes = level + np.zeros((draws, 2, replications)) + rng.normal(0, noise, (draws, 2, replications))
    outcomes[:, 1] += (mean + x @ np.array(slopes))[:, None]
    return x, outcomes


def gain(mean: float, spread: float) -> float:
    """E max(0, d) − max(0, E d) of a normal difference (Raiffa & Schlaifer, 1961: the unit normal loss integral)."""
    z = mean / spread
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return spread * density + mean * 0.5 * (1 + math.erf(z / math.sqrt(2))) - max(0.0, mean)


def test_the_value_of_information_meets_the_linear_normal_case() -> None:
    slopes = [2.0, 1.0, 0.0]
    whole = math.sqrt(5)
    losses, wrongs, worths = [], [], []
    for seed in range(24):
        x, outcomes = linear_normal(0.8, slopes, 256, 0.7, seed)
        risk = risk_now(outcomes)
        losses.append(risk.loss)
        wrongs.append(risk.wrong)
        worths.append([each.value for each in worth_of(["a", "b", "c"], x, outcomes, np.arange(256), seed)])
    assert np.mean(losses) == pytest.approx(gain(0.8, whole), rel=0.08)
    assert np.mean(wrongs) == pytest.approx(0.5 * (1 - math.erf(0.8 / whole / math.sqrt(2))), abs=0.02)
    a, b, c = np.mean(worths, axis=0)
    # A rule learned from 256 draws earns a little less than the best rule there is.
    assert 0.9 * gain(0.8, 2.0) < a < 1.1 * gain(0.8, 2.0)
    assert 0.6 * gain(0.8, 1.0) < b < 1.2 * gain(0.8, 1.0)
    assert abs(c) < 0.02


def test_an_irrelevant_belief_is_worth_nothing_within_its_error() -> None:
    told = 0
    for seed in range(60):
        x, outcomes = linear_normal(0.3, [1.5, 0.0], 80, 1.0, 100 + seed, replications=2)
        told += worth_of(["a", "b"], x, outcomes, np.arange(80), seed)[1].told
    assert told <= 6


def test_noise_without_any_belief_is_no_risk() -> None:
    """Two equal arms: a naive count would call every second choice wrong."""
    rng = np.random.default_rng(9)
    losses = [risk_now(rng.normal(0, 1, (100, 2, 4))).loss for _ in range(20)]
    naive = [np.maximum(np.diff(rng.normal(0, 1, (100, 2, 4)).mean(axis=2), axis=1), 0).mean() for _ in range(20)]
    assert np.mean(losses) < 0.25 * np.mean(naive)
    same = np.repeat(rng.normal(0, 1, (50, 1, 2)), 2, axis=1)
    assert (risk_now(same).loss, risk_now(same).wrong) == (0, 0)


def test_what_decides_between_three_arms_is_found() -> None:
    rng = np.random.default_rng(1)
    x = rng.uniform(size=(128, 3))
    outcomes = np.stack([np.zeros(128), 10 * (x[:, 0] - 0.5), 8 * (0.5 - x[:, 0]) + x[:, 1]], axis=1)
    found = worth_of(["a", "b", "c"], x, repeated(outcomes.reshape(-1), 2).reshape(128, 3, 2), np.arange(128))
    assert found[0].told
    assert found[0].wrong < 0.1
    assert not found[2].told
    assert spline_basis(np.array([0.5] * 9)).shape == (9, 1)


# Pilot


def test_pilot_sizes_meet_the_textbooks() -> None:
    # R, power.prop.test(p1 = .50, p2 = .75, power = .90): n = 76.7, two-sided 5 %.
    assert customers_for_shares(0.50, 0.75, significance=0.025, power=0.9) == 77
    # Smith, Morrow & Ross, Field Trials of Health Interventions, 5.4.2: 10.5 (r1 + r2) / (r1 − r2)² at 90 % power,
    # two-sided 5 %.
    assert person_months_for_rates(0.010, 0.005, 0.025, 0.9) == pytest.approx(10.5 * 0.015 / 0.005**2, rel=0.001)
    # Gelman, Hill & Vehtari, Regression and Other Stories, 16.3: half a standard deviation, 80 % power: 125.4 in both
    # areas, with 2.8 for 1.96 + 0.84; the spread is that of a mean of 1 in both.
    both = 2 * customers_for_means(1.0, 1.0 + 1e-6, 2e-6, significance=0.025)
    assert both == pytest.approx(125.4, abs=1)


def test_a_pilot_for_the_break_even_of_a_call() -> None:
    pilot = pilot_for("share", 0.07, 0.041, a_month=3600)
    assert pilot.customers == 770  # (1.6449 √.10484 + .8416 √.10442)² / .029²
    assert pilot.months == pytest.approx(770 / 3600)
    rate = pilot_for("rate", 0.03, 0.02)
    assert rate.customers == pytest.approx(6.1826 * 0.05 / 0.01**2 / 3, rel=0.001)
    assert math.isnan(pilot_for("mean", 3.0, 2.5, cv=0.6).months)
    with pytest.raises(ValueError, match="equal"):
        pilot_for("share", 0.07, 0.07)
    with pytest.raises(ValueError, match="not from"):
        pilot_for("share", 1.2, 0.07)
    with pytest.raises(ValueError, match="variation"):
        pilot_for("mean", 3.0, 2.5)
