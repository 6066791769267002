"""Probability of correct selection, measured on the inventory with known costs: at least what each procedure promises.

The short forms are always on. A measured share may fall below its promise by chance with probability 0.001 at most.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from inventory import BEST, EXPECTED, costs
from scipy.special import bdtr

from standfast.experiments.sequential_selection import kn_start, kn_step
from standfast.experiments.two_stage import (
    dudewicz_dalal_constant,
    dudewicz_dalal_sizes,
    dudewicz_dalal_weights,
    matejcik_nelson_size,
)

LEAD = float(EXPECTED[0] - EXPECTED[BEST])
"""By how much the best policy leads: as an indifference zone, the hardest that the promises speak of."""

Selected = tuple[int, float]
Selection = Callable[[np.random.Generator], Selected]
"""Policy selected, and replications of all policies that it took."""

Rows = Callable[[np.random.Generator, int], np.ndarray]
"""So many replications more, (replications, policies)."""


def common_costs(rng: np.random.Generator, replications: int) -> np.ndarray:
    """Costs of all policies under common demand."""
    return costs(rng, replications, common=True)


def level_field(rng: np.random.Generator, replications: int) -> np.ndarray:
    """The hardest case: four arms whose means are equal but the best's, arm 1, which is less by LEAD; all correlate."""
    means = np.array([LEAD, 0.0, LEAD, LEAD])
    return means + rng.normal(0, 4, (replications, 1)) + rng.normal(0, 3, (replications, 4))


def by_kn(rng: np.random.Generator, alpha: float = 0.05, delta: float = LEAD, rows: Rows = common_costs) -> Selected:
    """KN under common numbers, first stage 10."""
    first = rows(rng, 10)
    state = kn_start(first, alpha, delta, "min")
    used = first.size
    while state.selected is None:
        for row in rows(rng, 32):
            used += len(state.survivors)
            state = kn_step(state, row[list(state.survivors)])
            if state.selected is not None:
                break
    return int(state.selected), used


def by_two_stages(
    rng: np.random.Generator, alpha: float = 0.05, delta: float = LEAD, rows: Rows = common_costs
) -> Selected:
    """Matejcik & Nelson under common numbers, first stage 10."""
    first = rows(rng, 10)
    size = matejcik_nelson_size(first, alpha, delta)
    total = first.sum(axis=0) + rows(rng, size - 10).sum(axis=0)
    return int(total.argmin()), size * first.shape[1]


def by_dudewicz_dalal(
    rng: np.random.Generator, h: float = dudewicz_dalal_constant(5, 0.90, 20), delta: float = LEAD
) -> Selected:
    """Dudewicz & Dalal with demand of each policy's own, first stage 20."""
    first = costs(rng, 20, common=False)
    variances = first.var(axis=0, ddof=1)
    sizes = dudewicz_dalal_sizes(variances, h, 20, delta)
    weights = np.array(dudewicz_dalal_weights(variances, sizes, h, 20, delta))
    more = costs(rng, max(sizes) - 20, common=False)
    second = [more[: size - 20, policy].mean() for policy, size in enumerate(sizes)]
    return int((weights * first.mean(axis=0) + (1 - weights) * second).argmin()), sum(sizes)


def by_ten_replications(rng: np.random.Generator) -> Selected:
    """The best mean of a first stage, without the rest: what no promise is made for."""
    return int(costs(rng, 10, common=True).mean(axis=0).argmin()), 50


def measured(select: Selection, studies: int, seed: int) -> tuple[int, float]:
    """Correct selections among that many studies, and replications of all policies on average."""
    found = [select(np.random.default_rng([seed, study])) for study in range(studies)]
    return sum(policy == BEST for policy, _ in found), float(np.mean([used for _, used in found]))


def kept(correct: int, studies: int, promise: float) -> bool:
    """Whether so few correct ones, or fewer, are no rarer than 1 in 1,000 where the promise holds."""
    return float(bdtr(correct, studies, promise)) > 0.001


def test_the_inventory_has_the_costs_that_are_known_of_it() -> None:
    cost = costs(np.random.default_rng(8), 20_000, common=True)
    assert np.abs(cost.mean(axis=0) - EXPECTED).max() <= 4 * (cost.std(axis=0) / 20_000**0.5).max()


@pytest.mark.parametrize(
    ("select", "promise", "studies"),
    [(by_kn, 0.95, 150), (by_two_stages, 0.95, 300), (by_dudewicz_dalal, 0.90, 300)],
)
def test_the_best_policy_is_selected_as_often_as_promised(select: Selection, promise: float, studies: int) -> None:
    correct, _ = measured(select, studies, 1)
    assert kept(correct, studies, promise), f"{correct} of {studies}"


@pytest.mark.parametrize("select", [by_kn, by_two_stages])
def test_the_promise_holds_where_all_others_trail_by_no_more_than_the_zone(select: Callable[..., Selected]) -> None:
    correct, _ = measured(partial(select, rows=level_field), 150, 5)
    assert kept(correct, 150, 0.95), f"{correct} of 150"


def test_the_measurement_would_notice_a_broken_promise() -> None:
    correct, _ = measured(by_ten_replications, 300, 1)
    assert not kept(correct, 300, 0.95)


def test_common_numbers_and_stages_save_replications() -> None:
    replications = {select: measured(select, 40, 3)[1] for select in (by_kn, by_two_stages, by_dudewicz_dalal)}
    assert replications[by_kn] < replications[by_two_stages]


@pytest.mark.slow
@pytest.mark.parametrize("delta", [LEAD, 1.0])
@pytest.mark.parametrize(("select", "promise"), [(by_kn, 0.95), (by_two_stages, 0.95), (by_dudewicz_dalal, 0.90)])
def test_the_best_policy_is_selected_as_often_as_promised_in_many_studies(
    select: Callable[..., Selected], promise: float, delta: float
) -> None:
    correct, used = measured(partial(select, delta=delta), 4000, 2)
    print(f"{select.__name__} δ={delta:.3f}: {correct / 4000:.4f} correct (promise {promise}), {used:.0f} replications")
    assert kept(correct, 4000, promise)


@pytest.mark.slow
@pytest.mark.parametrize("select", [by_kn, by_two_stages])
def test_the_promise_holds_in_the_hardest_case_in_many_studies(select: Callable[..., Selected]) -> None:
    correct, used = measured(partial(select, rows=level_field), 4000, 6)
    print(f"{select.__name__} level field: {correct / 4000:.4f} correct (promise 0.95), {used:.0f} replications")
    assert kept(correct, 4000, 0.95)
