"""The best of many arms after a comparison: how each stands to the best of the others, and the selection of one.

It decides which runs a selection needs (through `Reach`) and what follows from them. Verdicts against the baseline are
not its business: they and the selection are two promises, each at the study's confidence.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from standfast.experiments.selection import BestInterval, compare_with_best, screen
from standfast.experiments.sequential_selection import KnState, kn_start, kn_step
from standfast.experiments.two_stage import matejcik_nelson_size
from standfast.experiments.verdicts import Goal

if TYPE_CHECKING:
    from scenarios.selecting import Select

Floats = NDArray[np.float64]

Reach = Callable[[Sequence[str], int], Floats]
"""Values of the first n replications of some arms, (n, arms), made where they are missing; NaN where a run failed."""

_GROWTH = 4
"""A selection asks for a quarter more runs at a time: few for nothing, and as many with any number of hands."""


@dataclass(frozen=True)
class Best:
    """How each arm stands to the best of the others on one metric.

    `n` common replications went in. `intervals` are of an arm's mean less the best of the others', all together at the
    study's confidence at every look (`level` at this one); arms of `survivors` may be the best, one of them is.
    """

    arms: tuple[str, ...]
    n: int
    level: float
    means: tuple[float, ...]
    intervals: tuple[BestInterval, ...]
    survivors: tuple[str, ...]


@dataclass(frozen=True)
class Selection:
    """What a selection came to after `n` replications: the arm selected, or None and those that `remain`."""

    procedure: str
    zone: float
    n: int
    selected: str | None
    remain: tuple[str, ...]


def best_of(values: Mapping[str, Floats], n: int, confidence: float, looks: int, goal: Goal) -> Best | None:
    """Compare every arm with the best of the others on the first `n` replications of each, (n,) an arm.

    `n` must be one of the `looks` sizes fixed beforehand: each of them spends its part of the error, so that whichever
    it was, the intervals hold. Replications that failed in any arm are left out; None with fewer than two, or one arm.
    """
    arms = tuple(values)
    table = _common(np.column_stack([values[arm][:n] for arm in arms])) if arms else np.zeros((0, 0))
    if len(arms) < 2 or len(table) < 2:
        return None
    alpha = (1 - confidence) / max(looks, 1)
    kept = screen(table, alpha, goal).survivors
    return Best(
        arms=arms,
        n=len(table),
        level=1 - alpha,
        means=tuple(table.mean(axis=0).tolist()),
        intervals=compare_with_best(table, alpha, goal),
        survivors=tuple(arms[column] for column in kept),
    )


def select_best(
    arms: Sequence[str], select: Select, goal: Goal, confidence: float, initial: int, maximum: int, reach: Reach
) -> Selection:
    """Run on until one arm is selected, or every arm that is left has `maximum` replications.

    Where the best arm leads by the zone, it is selected with probability at least `confidence`, for metrics whose run
    values are near normal. The first stage is `initial` replications of every arm.
    """
    first = _common(reach(arms, min(initial, maximum)))
    alpha = 1 - confidence
    if len(arms) < 2 or len(first) < 2:
        return Selection(select.procedure, select.zone, len(first), None, tuple(arms))
    if select.procedure == "two_stage":
        return _two_stages(arms, select, goal, alpha, first, maximum, reach)
    return _sequential(arms, select, goal, alpha, first, min(initial, maximum), maximum, reach)


def _two_stages(
    arms: Sequence[str], select: Select, goal: Goal, alpha: float, first: Floats, maximum: int, reach: Reach
) -> Selection:
    needed = matejcik_nelson_size(first, alpha, select.zone)
    made = min(needed, maximum)
    table = _common(reach(arms, made))
    while len(table) < needed and made < maximum:  # in place of those that failed
        made = min(maximum, made + needed - len(table))
        table = _common(reach(arms, made))
    if needed > len(table):
        left = screen(table, alpha, goal).survivors
        return Selection(select.procedure, select.zone, len(table), None, tuple(arms[column] for column in left))
    means = table.mean(axis=0)
    column = int(means.argmax() if goal == "max" else means.argmin())
    return Selection(select.procedure, select.zone, len(table), arms[column], (arms[column],))


def _sequential(
    arms: Sequence[str],
    select: Select,
    goal: Goal,
    alpha: float,
    first: Floats,
    made: int,
    maximum: int,
    reach: Reach,
) -> Selection:
    state = kn_start(first, alpha, select.zone, goal)
    while state.selected is None and made < maximum:
        more = min(maximum, made + max(1, math.ceil(made / _GROWTH)))
        columns = state.survivors
        for row in reach([arms[column] for column in columns], more)[made:]:
            state = _step(state, row, columns)
            if state.selected is not None:
                break
        made = more
    left = tuple(arms[column] for column in state.survivors)
    return Selection(select.procedure, select.zone, state.n, left[0] if len(left) == 1 else None, left)


def _step(state: KnState, row: Floats, columns: Sequence[int]) -> KnState:
    """Take a replication of `columns`, some of whom may have left by now; not one that failed in any of the rest."""
    mine = row[[columns.index(column) for column in state.survivors]]
    return kn_step(state, mine) if np.isfinite(mine).all() else state


def _common(table: Floats) -> Floats:
    """The replications that every arm has."""
    return np.asarray(table[np.isfinite(table).all(axis=1)], dtype=np.float64)
