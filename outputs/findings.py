"""What a comparison found, as plain frames: the one thing that every output is made from.

It decides which columns the frames must have. It holds no model, computes no verdict and writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from scenarios.kpis import OUR_OWN, operator_scope

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from outputs.partings import Parting
    from outputs.turning import Turning

Language = Literal["en", "zh"]

KPI_COLUMNS = ("arm", "point", "replication", "kpi", "scope", "period", "value", "unit", "weight")
"""Columns of the long table of measured results, one row a run and KPI."""

DECISION_COLUMNS = (
    "point",
    "arm",
    "metric",
    "kpi",
    "scope",
    "period",
    "unit",
    "goal",
    "n",
    "baseline_mean",
    "baseline_half_width",
    "arm_mean",
    "arm_half_width",
    "difference",
    "half_width",
    "low",
    "high",
    "level",
    "correlation",
    "variance_ratio",
    "indifference",
    "indifference_chosen",
    "verdict",
    "runs_to_settle",
)
"""Columns of the decision, one row a sweep point, strategy and metric; `difference` is strategy minus baseline."""

ASSUMPTION_COLUMNS = ("path", "value", "low", "high", "source", "note", "file", "line")
"""Columns of the numbers that went in, one row a belief, as the study writes them."""

TARGET_COLUMNS = ("hall", "class_", "period", "target_min")
"""Columns of the waiting targets: minutes that a class may wait in the half hour from `period` (HH:MM)."""

BEST_COLUMNS = (
    "point",
    "arm",
    "metric",
    "kpi",
    "scope",
    "period",
    "unit",
    "goal",
    "n",
    "mean",
    "low",
    "high",
    "level",
    "could_be_best",
    "procedure",
    "zone",
    "selection_n",
    "selection",
)
"""Columns of the best of many, one row a sweep point, metric and strategy, the baseline among them.

`low` to `high` is the interval of its mean less the best of the others'. Where the study selects by this metric,
`procedure` and `zone` say how, `selection` what became of the strategy (SELECTIONS) and `selection_n` after how many
replications; else they are "" and empty.
"""

OVER_DRAWS_COLUMNS = (
    "point",
    "arm",
    "metric",
    "kpi",
    "scope",
    "period",
    "unit",
    "goal",
    "draws",
    "runs",
    "mean",
    "difference",
    "half_width",
    "low",
    "high",
    "level",
    "p05",
    "p95",
    "indifference",
    "indifference_chosen",
    "better",
    "worse",
    "best",
    "verdict",
    "monte_carlo_variance",
    "beliefs_variance",
    "difference_monte_carlo_variance",
    "difference_beliefs_variance",
)
"""Columns of all draws of the beliefs together: one row a point that was drawn at, metric and strategy.

The baseline is among them, with a difference of 0. `runs` are those of a strategy in each of the `draws`; `better`,
`worse` and `best` are shares of draws. Variances are those of one run, and may be below 0 where they are estimated so.
"""

_CLAUSE_COLUMNS = ("point", "check", "title", "clause", "part", "condition")

CHECK_COLUMNS = (
    *_CLAUSE_COLUMNS,
    "arm",
    "stated",
    "note",
    "draws",
    "held",
    "share",
    "low",
    "high",
    "level",
)
"""How often a check of the study holds over draws of the beliefs: a row a sweep point, check, clause and strategy.

Clause 0 is the whole check, the others are its parts, by name. `stated` marks the strategy that the check
is about, which stands first.
"""

SEPARATION_COLUMNS = (
    *_CLAUSE_COLUMNS,
    "belief",
    "label",
    "source",
    "distance",
    "p_value",
    "decides",
    "held_median",
    "other_median",
    "rises",
)
"""How far a belief tells the draws in which a check (or a clause of it) holds from those in which it does not.

`distance` is Smirnov's, `p_value` adjusted for all beliefs; `decides` where that is settled. The medians are those of
the two groups of draws, in the unit as written; `rises` where the belief is higher in those in which the check holds.
"""

SELECTIONS = ("", "selected", "remains", "out")
"""What a selection makes of a strategy: nothing was selected for, the one, still possible, ruled out."""

VERDICTS = ("better", "worse", "no practical difference", "not settled")
"""Every verdict there is, as the decision table writes them."""

SOURCES = ("assumed", "published", "seed", "fitted")
"""Where a number may come from; the least certain first."""


class FindingsError(ValueError):
    """A frame handed to the outputs lacks columns or names a verdict that doesn't exist."""


@dataclass(frozen=True, eq=False)
class Findings:
    """The result of one study, ready to be shown.

    `kpis`, `decision`, `assumptions` and `targets` have the columns named in this module. `arms` includes `baseline`;
    `arm_titles` and `hall_titles` may leave names out (the name is shown then). `consistency` is true where no number
    was fitted to local data. `provenance` is shown as it stands: label → text. `own` is our operator's name.

    Of the market: titles of operators, segments and tactics by name, in the study's order; `concealing` are the tactics
    that rest on concealment (the study's flag `conceals`); `discount` is the share a year by which later money counts
    less.

    `best` has BEST_COLUMNS (None: nothing of it is known); `partings` say where strategies part from the baseline,
    `turnings` where a sensitivity of these very models found the choice to turn.

    Where beliefs were drawn, `over_draws` has OVER_DRAWS_COLUMNS and `drawn_decision` the decision of every draw by
    itself; `points` and `decision` hold what stands at the best values. None without draws. Where the study
    has checks, `checks` has CHECK_COLUMNS and `separations` SEPARATION_COLUMNS.
    """

    name: str
    title: str
    language: Language
    baseline: str
    arms: tuple[str, ...]
    arm_titles: Mapping[str, str]
    points: tuple[str, ...]
    kpis: pd.DataFrame
    decision: pd.DataFrame
    assumptions: pd.DataFrame
    targets: pd.DataFrame
    hall_titles: Mapping[str, str]
    consistency: bool
    provenance: Mapping[str, str]
    replications: int
    own: str = OUR_OWN
    operator_titles: Mapping[str, str] = field(default_factory=dict)
    segment_titles: Mapping[str, str] = field(default_factory=dict)
    tactic_titles: Mapping[str, str] = field(default_factory=dict)
    concealing: frozenset[str] = frozenset()
    discount: float = 0.0
    best: pd.DataFrame | None = None
    partings: tuple[Parting, ...] = ()
    turnings: tuple[Turning, ...] = ()
    plan_titles: Mapping[str, str] = field(default_factory=dict)
    over_draws: pd.DataFrame | None = None
    drawn_decision: pd.DataFrame | None = None
    checks: pd.DataFrame | None = None
    separations: pd.DataFrame | None = None

    @property
    def operator(self) -> str:
        """Scope of our own operator: its market, and all halls of the study together."""
        return operator_scope(self.own)

    def __post_init__(self) -> None:
        """Refuse frames that lack a column, so that no table is silently half empty."""
        for name, columns in (
            ("kpis", KPI_COLUMNS),
            ("decision", DECISION_COLUMNS),
            ("assumptions", ASSUMPTION_COLUMNS),
            ("targets", TARGET_COLUMNS),
            ("best", BEST_COLUMNS if self.best is not None else ()),
            ("over_draws", OVER_DRAWS_COLUMNS if self.over_draws is not None else ()),
            ("drawn_decision", DECISION_COLUMNS if self.drawn_decision is not None else ()),
            ("checks", CHECK_COLUMNS if self.checks is not None else ()),
            ("separations", SEPARATION_COLUMNS if self.separations is not None else ()),
        ):
            missing = [column for column in columns if column not in getattr(self, name).columns]
            if missing:
                raise FindingsError(f"findings.{name} lacks {', '.join(missing)}")
        unknown = sorted(set(self.decision["verdict"]) - set(VERDICTS))
        if unknown:
            raise FindingsError(f"findings.decision has no such verdict: {', '.join(map(str, unknown))}")
        strangers = sorted(set(self.decision["arm"]) - set(self.arms)) + sorted(
            set(self.decision["point"]) - set(self.points)
        )
        if strangers:
            raise FindingsError(f"findings.decision has strategies or points unknown to it: {', '.join(strangers)}")

    @cached_property
    def measured(self) -> Mapping[tuple[str, str, str, str], np.ndarray]:
        """Row numbers of `kpis` by (point, arm, kpi, scope); the table may have millions of rows."""
        indices: dict[Any, Any] = self.kpis.groupby(["point", "arm", "kpi", "scope"], observed=True).indices
        return {(str(p), str(a), str(k), str(s)): rows for (p, a, k, s), rows in indices.items()}

    @cached_property
    def cells(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Period, replication and value of every row of `kpis`, to be taken by the numbers of `measured`."""
        return tuple(self.kpis[name].to_numpy() for name in ("period", "replication", "value"))  # type: ignore[return-value]

    @cached_property
    def scopes(self) -> tuple[str, ...]:
        """Scopes that have results, in order of first appearance."""
        return tuple(str(scope) for scope in self.kpis["scope"].unique())

    def challengers(self) -> tuple[str, ...]:
        """Return the strategies that are compared with the baseline, in the study's order."""
        return tuple(arm for arm in self.arms if arm != self.baseline)

    def metrics(self, point: str) -> tuple[str, ...]:
        """Return the metric keys decided at a sweep point, in the study's order; the first is the primary one."""
        here = self.decision[self.decision["point"] == point]
        return tuple(str(key) for key in dict.fromkeys(here["metric"]))
