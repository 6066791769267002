"""What a sensitivity found, as plain frames: the one thing that its page, tables, figures and terminal are made from.

It decides which columns the frames have. It holds no model, computes nothing and writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from outputs.findings import FindingsError, Language

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "beliefs": ("belief", "label", "paths", "best", "low", "high", "source", "note", "file", "line", "active", "group"),
    "screening": (
        "stage",
        "name",
        "mu",
        "mu_star",
        "half_width",
        "sigma",
        "direction",
        "noise",
        "chance",
        "first",
        "first_half_width",
        "total",
        "total_half_width",
        "told",
    ),
    "tornado": (
        "belief",
        "low_text",
        "best_text",
        "high_text",
        "low",
        "low_half_width",
        "high",
        "high_half_width",
        "low_change",
        "low_change_half_width",
        "high_change",
        "high_change_half_width",
        "n",
    ),
    "break_evens": (
        "belief",
        "outcome",
        "value_text",
        "low_text",
        "high_text",
        "open_low",
        "open_high",
        "quantile",
        "better_above",
        "settled",
    ),
    "curves": ("belief", "quantile", "text", "mean", "half_width", "run"),
    "variance": ("metric", "unit", "side", "mean", "part", "variance", "low", "high", "share", "share_of_mean"),
    "information": ("belief", "value", "error", "told", "wrong_now", "wrong"),
}
"""Columns of each frame of a sensitivity."""

OUTCOMES = ("crosses", "better", "worse", "unknown")
"""Of a belief over its range: the choice turns, the arm is the better one, the worse one, or no run gave a value."""


@dataclass(frozen=True)
class PilotFound:
    """A pilot: the belief, the formula, customers in each of two areas, months (NaN: not known), values as written.

    `kind` is `share`, `rate`, `mean`, or empty where there is none; `why_not` says why then.
    """

    belief: str
    kind: str
    customers: int
    months: float
    believed: str
    break_even: str
    why_not: str = ""


@dataclass(frozen=True, eq=False)
class SensitivityFindings:
    """A sensitivity, ready to be shown.

    `baseline` is empty where the arm's own value is looked at. `best`, `best_half_width` and all numbers of the frames
    but `variance` are in `unit`, of arm − baseline. `goal` says which way is better. Frames have the columns of
    COLUMNS. `wrong` and `loss` are NaN where nothing could be said; `chosen` is the arm that is best on average over
    the draws. `failed` runs gave no result; `invalid` draws were no valid study.
    """

    name: str
    title: str
    language: Language
    arm: str
    arm_title: str
    baseline: str
    baseline_title: str
    chosen_title: str
    point: str
    points: int
    metric: str
    kpi: str
    scope: str
    period: str
    own_scope: str
    unit: str
    goal: str
    method: str
    level: float
    draws: int
    whole_draws: int
    replications: int
    end_replications: int
    study_replications: int
    best: float
    best_half_width: float
    noise_share: float
    wrong: float
    loss: float
    loss_error: float
    arms: int
    pilot: PilotFound | None
    beliefs: pd.DataFrame
    screening: pd.DataFrame
    tornado: pd.DataFrame
    break_evens: pd.DataFrame
    curves: pd.DataFrame
    variance: pd.DataFrame
    information: pd.DataFrame
    made: int
    kept: int
    failed: int
    invalid: Mapping[str, str] = field(default_factory=dict)
    models: tuple[str, ...] = ()
    consistency: bool = False
    provenance: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse frames that lack a column, so that no table is silently half empty."""
        for name, columns in COLUMNS.items():
            missing = [column for column in columns if column not in getattr(self, name).columns]
            if missing:
                raise FindingsError(f"findings.{name} lacks {', '.join(missing)}")

    @property
    def sign(self) -> int:
        """1 where more of the metric is better, −1 where less is."""
        return 1 if self.goal == "max" else -1

    def belief(self, name: str) -> Mapping[str, object]:
        """The row of a belief, as a mapping from column to cell."""
        row = self.beliefs[self.beliefs["belief"] == name].iloc[0]
        return {str(column): row[column] for column in self.beliefs.columns}
