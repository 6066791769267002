"""Intervals, looks and verdicts under one name; they stand in `intervals` and `verdicts`."""

from __future__ import annotations

from standfast.experiments.intervals import (
    MeanInterval,
    PairedDifference,
    mean_interval,
    paired_difference,
    t_quantile,
    unseen_half_width,
)
from standfast.experiments.verdicts import Goal, Verdict, level_per_interval, looks, runs_to_settle, verdict

__all__ = [
    "Goal",
    "MeanInterval",
    "PairedDifference",
    "Verdict",
    "level_per_interval",
    "looks",
    "mean_interval",
    "paired_difference",
    "runs_to_settle",
    "t_quantile",
    "unseen_half_width",
    "verdict",
]
