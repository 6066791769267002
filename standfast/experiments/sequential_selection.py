"""KN, the fully sequential selection of the best arm: a stage at a time, arms leave as soon as they can't be the best.

Pure: a state and one replication of the arms that are left give the next state. Common random numbers are allowed and
make it shorter. It does not decide how replications are made.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standfast.experiments.selection import difference_variances, higher_is_better, replications_by_arm
from standfast.experiments.verdicts import Goal

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class KnState:
    """Where a selection stands after `n` replications of the arms that are left.

    Attributes
    ----------
    delta: indifference zone, in the unit of the values, and `goal`.
    h_squared: the constant h² of arms and first stage.
    variances: S²_ij of the first stage's differences, (arms, arms). Later replications never change them.
    sums: sum of each arm's values, (arms,); of arms that have left, until they did.
    survivors: columns of the arms that are left, ascending.
    """

    delta: float
    goal: Goal
    h_squared: float
    variances: Floats
    n: int
    sums: Floats
    survivors: tuple[int, ...]

    @property
    def selected(self) -> int | None:
        """Column of the selected arm, once one is left."""
        return self.survivors[0] if len(self.survivors) == 1 else None

    @property
    def stages(self) -> NDArray[np.int64]:
        """N_ij = ⌊h² S²_ij/δ²⌋, (arms, arms): a pair is decided after N_ij + 1 replications at the latest."""
        most = np.minimum(self.h_squared * self.variances / self.delta**2, float(1 << 62))
        return np.floor(most).astype(np.int64)

    @property
    def longest(self) -> int:
        """Replications after which the selection of the arms that are left ends at the latest."""
        left = np.ix_(self.survivors, self.survivors)
        return max(self.n, int(self.stages[left].max()) + 1) if self.selected is None else self.n

    @property
    def means(self) -> Floats:
        """Mean of each arm that is left, in the order of `survivors`."""
        return np.asarray(self.sums[list(self.survivors)] / self.n, dtype=np.float64)

    def tolerances(self) -> Floats:
        """W_ij(n), (arms, arms): by how much arm i may trail arm j without leaving. 0 from stage N_ij on."""
        wide = self.delta / (2 * self.n) * (self.h_squared * self.variances / self.delta**2 - self.n)
        return np.asarray(np.maximum(0.0, wide), dtype=np.float64)


def kn_constants(alpha: float, arms: int, n0: int) -> tuple[float, float]:
    """η and h² of KN, with c = 1: η = ½[(2α/(k−1))^(−2/(n0−1)) − 1], h² = 2η(n0−1).

    >>> eta, h_squared = kn_constants(0.05, 4, 10)
    >>> round(eta, 5), round(h_squared, 4)
    (0.56468, 10.1642)
    """
    if not 0 < alpha < (arms - 1) / arms:
        raise ValueError(f"the risk for {arms} arms must lie between 0 and {(arms - 1) / arms:g}, not {alpha}")
    eta = ((2 * alpha / (arms - 1)) ** (-2 / (n0 - 1)) - 1) / 2
    return eta, 2 * eta * (n0 - 1)


def kn_start(first_stage: ArrayLike, alpha: float, delta: float, goal: Goal) -> KnState:
    """Begin with the first stage, (n0, arms), and drop whom it already rules out.

    Where the best arm leads by `delta` or more, it is selected with probability at least 1 − `alpha` (Kim & Nelson,
    2001, ACM TOMACS 11), for values that are near normal and replications that are independent; arms may depend on
    each other. Raises ValueError.
    """
    data = replications_by_arm(first_stage)
    if not delta > 0:
        raise ValueError(f"the indifference zone must be above 0, not {delta}: without it a tie would never end")
    n0, arms = data.shape
    _, h_squared = kn_constants(alpha, arms, n0)
    state = KnState(
        delta, goal, h_squared, difference_variances(data), n0, np.asarray(data.sum(axis=0)), tuple(range(arms))
    )
    return _without_the_beaten(state)


def kn_step(state: KnState, row: ArrayLike) -> KnState:
    """Take one more replication of the survivors, in their order, and drop whom it rules out.

    Raises ValueError where an arm is selected already or the row isn't one finite value for each survivor.
    """
    if state.selected is not None:
        raise ValueError(f"arm {state.selected} is selected: there is nothing left to decide")
    values = np.asarray(row, dtype=np.float64)
    if values.shape != (len(state.survivors),) or not np.isfinite(values).all():
        raise ValueError(f"a step takes one finite value for each of the {len(state.survivors)} survivors")
    sums = state.sums.copy()
    sums[list(state.survivors)] += values
    return _without_the_beaten(replace(state, n=state.n + 1, sums=sums))


def _without_the_beaten(state: KnState) -> KnState:
    left = list(state.survivors)
    means = higher_is_better(state.means, state.goal)
    pairs = np.ix_(left, left)
    beaten = np.any(means[:, None] < means[None, :] - state.tolerances()[pairs], axis=1).tolist()
    if state.n > state.stages[pairs].max():
        # Only equal means can be left then; as in the procedure, the best mean is taken, and of equals the first.
        return replace(state, survivors=(left[int(means.argmax())],))
    return replace(state, survivors=tuple(arm for arm, out in zip(left, beaten, strict=True) if not out))
