"""The sequential decision: which arms go on, and what each metric's row says, at looks fixed beforehand.

Pure: arrays in, standings out. A row is frozen at the look at which it is settled, so its verdict and its numbers
belong together; an arm goes on while one of its rows is open.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from standfast.experiments.intervals import MeanInterval, PairedDifference, mean_interval, paired_difference
from standfast.experiments.verdicts import Goal, Verdict, runs_to_settle, verdict

CHOSEN_ZONE = 0.01
"""Zone of no practical difference where the study gives none, as a share of the baseline's mean."""


@dataclass(frozen=True)
class Rule:
    """How one metric is judged: `indifference` and `half_width` (a wanted precision) in its unit; None: not given.

    `yes_or_no`: its values are shares of few verdicts, see `paired_difference`.
    """

    metric: str
    goal: Goal
    indifference: float | None = None
    half_width: float | None = None
    yes_or_no: bool = False


@dataclass(frozen=True)
class Row:
    """What is known of one arm and metric: the paired difference, both means, the zone and the verdict.

    `open` says that the row wants more replications: not settled, or wider than the study's half-width.
    """

    arm: str
    rule: Rule
    difference: PairedDifference
    baseline_mean: MeanInterval
    arm_mean: MeanInterval
    zone: float
    verdict: Verdict
    runs_to_settle: float
    open: bool


@dataclass(frozen=True)
class Standing:
    """Rows by (arm, metric) after a look, and the arms that go on."""

    rows: Mapping[tuple[str, str], Row] = field(default_factory=dict)
    open_arms: tuple[str, ...] = ()


def judge(
    arm: str,
    rule: Rule,
    arm_values: NDArray[np.float64],
    baseline: NDArray[np.float64],
    level: float,
    settled: Verdict = "not settled",
) -> Row:
    """Judge one arm and metric on the replications that both have (a failed run is NaN in both its metrics).

    Parameters
    ----------
    arm_values, baseline: one value per replication, same order; NaN where the run failed.
    level: confidence of this one interval, after sharing out the error.
    settled: the verdict of an earlier look, which stays.
    """
    both = ~(np.isnan(arm_values) | np.isnan(baseline))
    difference = paired_difference(arm_values[both], baseline[both], level, yes_or_no=rule.yes_or_no)
    baseline_mean = mean_interval(baseline[both], level)
    zone = rule.indifference if rule.indifference is not None else CHOSEN_ZONE * abs(baseline_mean.mean)
    said = settled
    if said == "not settled" and difference.n > 1:
        said = verdict(difference.low, difference.high, zone, rule.goal)
    wide = rule.half_width is not None and not difference.half_width <= rule.half_width
    is_open = said == "not settled" or wide
    more = math.nan
    if is_open:
        # A settled row that is only too wide waits for its half-width; no zone is in its way.
        in_the_way = zone if said == "not settled" else math.inf
        more = runs_to_settle(difference.mean, difference.half_width, difference.n, in_the_way, rule.half_width, level)
    return Row(
        arm=arm,
        rule=rule,
        difference=difference,
        baseline_mean=baseline_mean,
        arm_mean=mean_interval(arm_values[both], level),
        zone=zone,
        verdict=said,
        runs_to_settle=more,
        open=is_open,
    )


def look(
    before: Standing,
    arms: Mapping[str, NDArray[np.float64]],
    baseline: NDArray[np.float64],
    rules: Sequence[Rule],
    level: float,
) -> Standing:
    """Take one look at the arms that are still open and return the new standing.

    Parameters
    ----------
    arms: values of each open arm, shape (replications, metrics) in the order of `rules`.
    baseline: values of the baseline, same shape and replications.

    A verdict once settled stays, even where the half-width keeps the row open: all intervals of all looks hold
    together, so a later one cannot honestly take it back. An arm without two common replications doesn't go on.
    """
    rows = dict(before.rows)
    for arm, values in arms.items():
        for column, rule in enumerate(rules):
            old = rows.get((arm, rule.metric))
            if old is not None and not old.open:
                continue
            settled: Verdict = old.verdict if old is not None else "not settled"
            rows[arm, rule.metric] = judge(arm, rule, values[:, column], baseline[:, column], level, settled)
    still_open = tuple(
        arm for arm in arms if any(row.open and row.difference.n > 1 for (of, _), row in rows.items() if of == arm)
    )
    return Standing(rows, still_open)
