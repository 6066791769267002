"""Covering: the cheapest people by pattern that keep so many counters open, and satisfy what failed plans have taught.

A cut is a list of (cell, level): at least one of these cells has at least its level of counters. It is what is learnt
from a plan that failed: every plan with no more counters in these cells fails too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.errors import ModelError
from standfast.staffing.limits import MOST_PEOPLE, Limits, crowds_of, most_counters, part_time_excess, seats_by_cell
from standfast.staffing.plan import Ints, Patterns

Cut = tuple[tuple[int, int], ...]

INFEASIBLE = 2
"""Status of HiGHS where nothing satisfies all constraints."""
MISSING = 1_000.0
"""What a missing counter costs where requirements may be broken, in the largest cost of a pattern."""


@dataclass(frozen=True, eq=False)
class Cover:
    """People by pattern, counters by cell, their cost, and how many counters of requirements and cuts are missing."""

    people: Ints
    counters: Ints
    cost_fen: int
    missing: int = 0


def solve_cover(
    requirement: Sequence[int] | Ints,
    patterns: Patterns,
    cuts: Sequence[Cut] = (),
    limits: Limits | None = None,
    wished: Sequence[int] | Ints | None = None,
    elastic: bool = False,
) -> Cover | None:
    """The cheapest people with at least `requirement` counters in each cell and all cuts; None if nobody can do it.

    Of the cheapest, one with most of the `wished` counters. `elastic` breaks as few requirements as it can instead of
    giving up. HiGHS proves that no cover costs less; costs are whole fen.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    limits = limits or Limits()
    need = np.asarray(requirement, dtype=np.int64)
    if not len(patterns):
        missing = int(need.sum()) + len(cuts)
        nobody = Cover(np.zeros(0, dtype=np.int64), np.zeros(len(need), dtype=np.int64), 0, missing)
        return nobody if elastic or not missing else None
    model = _Model(patterns, need, most_counters(patterns, limits), elastic)
    model.learn(cuts)
    model.wish(np.asarray(need if wished is None else wished, dtype=np.int64))
    model.limit(limits)
    matrix = csr_array((model.value, (model.row, model.column)), shape=(len(model.low), len(model.cost)))
    found = milp(
        np.array(model.cost),
        integrality=np.array(model.whole),
        bounds=Bounds(np.zeros(len(model.cost)), np.array(model.upper)),
        constraints=LinearConstraint(matrix, np.array(model.low), np.array(model.high)),
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:
        if found.status != INFEASIBLE:
            raise ModelError(
                f"the covering of shifts stopped: {found.message}", "staffing.shifts", "State fewer shifts."
            )
        return None
    people = np.rint(found.x[: len(patterns)]).astype(np.int64)
    missing = round(sum(found.x[column] for column in model.spare))
    return Cover(people, people @ patterns.cover, int(people @ patterns.cost_fen), missing)


@dataclass
class _Model:
    """Columns: people by pattern; steps (has the cell this level?); wishes; spares. Rows as they are added."""

    patterns: Patterns
    need: Ints
    top: Ints
    elastic: bool
    cost: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    spare: list[int] = field(default_factory=list)
    row: list[int] = field(default_factory=list)
    column: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.unit = math.gcd(*self.patterns.cost_fen.tolist()) or 1
        for fen in self.patterns.cost_fen.tolist():
            self._variable(fen / self.unit, MOST_PEOPLE, 1)
        self.counters = [
            [(int(p), 1.0) for p in np.flatnonzero(self.patterns.cover[:, cell])] for cell in range(len(self.need))
        ]

    def learn(self, cuts: Sequence[Cut]) -> None:
        """Requirements and cuts. A step is one more counter than the step below it, from the requirement upwards."""
        open_ = [cut for cut in cuts if all(level > self.need[cell] for cell, level in cut)]
        highest = self.need.copy()
        for cut in open_:
            for cell, level in cut:
                if level <= self.top[cell]:
                    highest[cell] = max(highest[cell], level)
        steps: dict[tuple[int, int], int] = {}
        for cell, counters in enumerate(self.counters):
            mine = range(int(self.need[cell]) + 1, int(highest[cell]) + 1)
            for level in mine:
                steps[cell, level] = self._variable(0.0, 1, 1)
                if level > mine.start:
                    self._row([(steps[cell, level - 1], 1.0), (steps[cell, level], -1.0)], 0.0)
            if highest[cell] > 0:
                above = [(steps[cell, level], -1.0) for level in mine]
                self._row([*counters, *above, *self._spare(self.need[cell] > 0)], float(self.need[cell]))
        for cut in open_:
            any_of = [(steps[step], 1.0) for step in cut if step in steps]
            self._row([*any_of, *self._spare()], 1.0)

    def wish(self, wished: Ints) -> None:
        """Reward counters between the requirement and the wish by less than the least difference of costs."""
        wished = np.minimum(wished, self.top)
        cells = [] if self.elastic else np.flatnonzero(wished > self.need).tolist()
        total = float(sum(wished[cell] - self.need[cell] for cell in cells))
        for cell in cells:
            column = self._variable(-0.5 / total, float(wished[cell] - self.need[cell]), 0)
            self._row([*self.counters[cell], (column, -1.0)], float(self.need[cell]))

    def limit(self, limits: Limits) -> None:
        """Seats, numbers of people, and the share of part-time hours."""
        if limits.seats is not None:
            seats = seats_by_cell(limits, len(self.need)).tolist()
            for counters, most in zip(self.counters, seats, strict=True):
                if most < MOST_PEOPLE:
                    self._row(counters, 0.0, float(most))
        for crowd in crowds_of(self.patterns, limits):
            self._row([(p, 1.0) for p in crowd.patterns], 0.0, float(crowd.most))
        for part, over in part_time_excess(self.patterns, limits):
            self._row(zip(part, over.tolist(), strict=True), -np.inf, 1e-9)

    def _spare(self, wanted: bool = True) -> list[tuple[int, float]]:
        if not (self.elastic and wanted):
            return []
        self.spare.append(self._variable(MISSING * max(1.0, float(self.patterns.cost_fen.max()) / self.unit), 1e6, 1))
        return [(self.spare[-1], 1.0)]

    def _variable(self, cost: float, upper: float, whole: int) -> int:
        self.cost.append(cost)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.cost) - 1

    def _row(self, entries: Iterable[tuple[int, float]], low: float, high: float = math.inf) -> None:
        for column, value in entries:
            self.row.append(len(self.low))
            self.column.append(column)
            self.value.append(value)
        self.low.append(low)
        self.high.append(high)
