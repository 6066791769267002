"""Shares of draws in which a check holds, and what tells the draws apart: pure functions on made-up draws."""

from __future__ import annotations

import math

import numpy as np
import pytest

from standfast.uncertainty.consistency import FEWEST, separations, share_of


@pytest.mark.parametrize(
    ("held", "draws", "low", "high"),
    [(0, 10, 0.0, 0.2775), (1, 10, 0.0179, 0.4042), (81, 263, 0.2553, 0.3662), (10, 10, 0.7225, 1.0)],
)
def test_a_share_has_wilsons_interval(held: int, draws: int, low: float, high: float) -> None:
    """81 of 263: Newcombe, 1998, Statistics in Medicine 17:857, table I, method 3. The others by the formula."""
    found = share_of(np.arange(draws) < held, 0.95)
    assert (found.draws, found.held) == (draws, held)
    assert found.share == pytest.approx(held / draws)
    assert (found.low, found.high) == (pytest.approx(low, abs=6e-5), pytest.approx(high, abs=6e-5))


def test_without_draws_a_share_is_nothing() -> None:
    found = share_of(np.zeros(0, dtype=bool), 0.95)
    assert (found.draws, math.isnan(found.share), math.isnan(found.low)) == (0, True, True)


def test_the_belief_that_decides_comes_first_with_its_direction_and_others_are_not_settled() -> None:
    quantiles = np.random.default_rng(1).random((128, 6))
    found = separations(quantiles, quantiles[:, 4] > 0.6)
    first, *rest = found
    assert (first.column, first.distance) == (4, 1.0)
    assert first.p_value < 1e-9
    assert first.held > 0.6 > first.other
    assert min(each.p_value for each in rest) > 0.05
    assert [each.distance for each in found] == sorted((each.distance for each in found), reverse=True)


def test_beliefs_that_decide_nothing_are_rarely_said_to() -> None:
    """Of 200 studies of 20 beliefs each, at most 5 % may name any at 95 %, but for chance: 17 is three errors more."""
    rng = np.random.default_rng(2)
    named = 0
    for _ in range(200):
        found = separations(rng.random((64, 20)), rng.random(64) < 0.4)
        named += any(each.p_value <= 0.05 for each in found)
    assert named <= 19


def test_too_few_draws_on_one_side_compare_nothing() -> None:
    quantiles = np.random.default_rng(3).random((40, 2))
    held = np.arange(40) < FEWEST - 1
    assert separations(quantiles, held) == ()
    assert separations(quantiles, ~held) == ()
    assert len(separations(quantiles, np.arange(40) < FEWEST)) == 2
