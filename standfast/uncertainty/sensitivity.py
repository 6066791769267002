"""What a result hangs on: screening, variance in parts, value of information, ends of the ranges, break-evens, pilot.

It decides which draws are made, in which order, and hands the values to the pure parts. How it looks is not its
business.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from standfast.experiments.compare import RunsFailed
from standfast.experiments.intervals import MeanInterval, mean_interval
from standfast.uncertainty.beliefs import MOST_SINGLE, Belief, acting, beliefs_of, groups_of, under
from standfast.uncertainty.break_even import Crossing, Curve, crossings, next_quantile
from standfast.uncertainty.budget import Budget, budget_of, sobol_size, trajectories_of
from standfast.uncertainty.draws import BEST, Draw, Laboratory, draws_of, nested
from standfast.uncertainty.information import Risk, Worth, risk_now, worth_of
from standfast.uncertainty.piloting import Advice, advise
from standfast.uncertainty.screening import (
    ROUNDING,
    Effect,
    Index,
    morris_design,
    morris_effects,
    sobol_design,
    sobol_indices,
)
from standfast.uncertainty.variance import Split, split

if TYPE_CHECKING:
    from scenarios import LoadedStudy, Metric
    from standfast.experiments.campaign import Progress
    from standfast.experiments.worker import Simulate

Floats = NDArray[np.float64]
Method = Literal["morris", "sobol", "tornado"]

DRAWS = 64
"""Draws of the beliefs where nothing else is asked for."""

REPLICATIONS = 2
"""Replications of each draw where nothing else is asked for; the ends of ranges get those of the study's first look."""

TOP = 8
"""Beliefs that are looked at one by one where nothing else is asked for."""

CLOSER = 3
"""Points by which a bracketed break-even is closed in at most."""

ENOUGH_DRAWS = 16
"""Fewer complete draws say nothing about the value of information."""


class NothingToVary(ValueError):
    """The study has no belief that could be varied as asked. `help` says what to do."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


@dataclass(frozen=True)
class Swing:
    """The result at both ends of one belief, all others at their best values, and its change from there, paired."""

    belief: str
    low: MeanInterval
    high: MeanInterval
    low_change: MeanInterval
    high_change: MeanInterval

    @property
    def size(self) -> float:
        """The larger of the two changes; −1 where no run gave a value."""
        sizes = [abs(each.mean) for each in (self.low_change, self.high_change) if not math.isnan(each.mean)]
        return max(sizes, default=-1.0)


@dataclass(frozen=True)
class VarianceOf:
    """The parts of the variance of one metric: of the baseline, of the arm, or of their difference."""

    metric: str
    unit: str
    side: Literal["baseline", "arm", "difference"]
    split: Split


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """What a sensitivity found. All numbers of `metric` are arm − `baseline`, or the arm's own where that is None.

    Attributes
    ----------
    beliefs: those asked for; `active` are the names of those that change a model of these two arms.
    groups, group_effects: the first screening, where there were too many beliefs for one by one.
    effects, indices: of single beliefs, by Morris or by Sobol'; `noise_share` belongs to the latter.
    best: the result at the best values; `curves`, `swings` and `break_evens` are by belief, the largest swing first.
    risk, worths: None and () where there is nothing to choose between, or too few draws are whole.
    """

    loaded: LoadedStudy
    arm: str
    baseline: str | None
    metric: Metric
    point: str
    method: Method
    budget: Budget
    level: float
    beliefs: tuple[Belief, ...]
    active: frozenset[str]
    groups: Mapping[str, str]
    group_effects: tuple[Effect, ...]
    effects: tuple[Effect, ...]
    indices: tuple[Index, ...]
    noise_share: float
    best: MeanInterval
    swings: tuple[Swing, ...]
    curves: Mapping[str, Curve]
    break_evens: Mapping[str, tuple[Crossing, ...]]
    variances: tuple[VarianceOf, ...]
    risk: Risk | None
    worths: tuple[Worth, ...]
    whole_draws: int
    pilot: Advice | None
    laboratory: Laboratory

    def belief(self, name: str) -> Belief:
        """The belief with that name."""
        return next(each for each in self.beliefs if each.name == name)


def sensitivity(
    loaded: LoadedStudy,
    out: Path,
    arm: str | None = None,
    metric: str | None = None,
    *,
    method: Method = "morris",
    paths: Sequence[str] = (),
    draws: int = DRAWS,
    replications: int | None = None,
    top: int = TOP,
    point: str | None = None,
    workers: int | str | None = None,
    progress: Progress | None = None,
    tell: Callable[[Budget], None] | None = None,
    simulate: Simulate | None = None,
    engine: str | None = None,
) -> Sensitivity:
    """Find which beliefs decide between an arm and the baseline, where the choice turns, and what to measure next.

    Parameters
    ----------
    arm, metric: the arm with the best mean and the first metric of the comparison if not given.
    method: how beliefs are screened: Morris, Sobol', or both ends of each one (`tornado`).
    paths: beliefs to keep to, by path or its beginning; all if empty.
    draws: how many draws the variance and the value of information get; the screening follows it.
    replications: of every draw; REPLICATIONS, and the study's first look at the ends of ranges, if not given.
    tell: called with the budget before anything runs.

    Raises NothingToVary and ValueError before anything runs, and what `standfast.experiments.compare.compare` raises.
    """
    import sim

    if replications is not None and replications < 2:
        raise NothingToVary("one replication cannot tell a belief from noise", "give --replications 2 or more")
    if draws < 4:
        raise NothingToVary(f"{draws} draws say nothing", "give --draws 16 or more")
    point = point or loaded.points[0].name
    plan = loaded.compare
    chosen_metric = next((each for each in plan.metrics if metric is None or each.key == metric), plan.metrics[0])
    beliefs = _selected(loaded, loaded.arms, point, paths)
    arms = (plan.baseline, *(each for each in loaded.arms if each != plan.baseline))
    budget = budget_of(
        method, beliefs, len(arms), draws, replications or REPLICATIONS, replications or plan.initial, top
    )
    _check_size(method, beliefs, loaded, arm, point)
    if tell is not None:
        tell(budget)
    laboratory = Laboratory(
        loaded, point, out, simulate or sim.simulate, engine or sim.ENGINE_VERSION, workers, progress
    )
    every = laboratory.measure([Draw(BEST)], arms, budget.end_replications, plan.metrics)[0]
    if np.isnan(every).all():
        raise RunsFailed(laboratory.failures)
    column = [each.key for each in plan.metrics].index(chosen_metric.key)
    arm = arm or _best_arm(arms, every[:, :, column], chosen_metric.goal)
    baseline = plan.baseline if arm != plan.baseline else None
    sides = (baseline, arm) if baseline is not None else (arm,)
    # The arm's own range is the one that is told, where it states another than the baseline.
    beliefs = _selected(loaded, (arm, *loaded.arms), point, paths)
    study = _Asked(laboratory, sides, plan.metrics, column, plan.confidence, int(loaded.resolve(arm, point).study.seed))
    screened = _screen(study, method, acting(beliefs, [loaded.resolve(side, point) for side in sides]), budget, top)
    drawn = acting(beliefs, [loaded.resolve(each, point) for each in arms])
    design = nested(max(2, draws // _pairs(drawn)), drawn, np.random.default_rng([study.seed, 2]))
    outcomes = laboratory.measure(
        draws_of("draw", drawn, design.reshape(-1, len(drawn))), arms, budget.replications, plan.metrics
    )
    variances = _variances(study, outcomes, arms, design.shape[1], all(belief.fitted for belief in drawn))
    risk, worths, whole = _information(design, drawn, outcomes[:, :, :, column], chosen_metric.goal, study.seed)
    best = study.own(every[[arms.index(side) for side in sides]])
    names = [*screened.top, *(worth.belief for worth in worths[:1] if worth.told and worth.belief not in screened.top)]
    curves = _curves(study, [each for each in beliefs if each.name in names], best, budget.end_replications)
    swings = sorted((_swing(name, curve, plan.confidence) for name, curve in curves.items()), key=lambda one: -one.size)
    found = {each.belief: crossings(curves[each.belief], plan.confidence) for each in swings} if baseline else {}
    order = [*(worth.belief for worth in worths if worth.told), *(each.belief for each in swings)]
    pilot = advise(order, {each.name: each for each in beliefs}, found, loaded.resolve(arm, point).study)
    return Sensitivity(
        loaded=loaded,
        arm=arm,
        baseline=baseline,
        metric=chosen_metric,
        point=point,
        method=method,
        budget=budget,
        level=plan.confidence,
        beliefs=beliefs,
        active=frozenset(each.name for each in screened.active),
        groups=screened.groups,
        group_effects=screened.group_effects,
        effects=screened.effects,
        indices=screened.indices,
        noise_share=screened.noise_share,
        best=mean_interval(best[~np.isnan(best)], plan.confidence),
        swings=tuple(swings),
        curves=curves,
        break_evens=found,
        variances=variances,
        risk=risk,
        worths=worths,
        whole_draws=whole,
        pilot=pilot,
        laboratory=laboratory,
    )


_ROUNDING = 1e-13


@dataclass(frozen=True)
class _Asked:
    """What is asked of every draw: which sides, and the column of the metric."""

    laboratory: Laboratory
    sides: tuple[str, ...]
    metrics: tuple[Metric, ...]
    column: int
    level: float
    seed: int

    def own(self, values: Floats) -> Floats:
        """Arm − baseline of the metric, or the arm's own: (…, sides, replications, metrics) → (…, replications)."""
        arm: Floats = values[..., -1, :, self.column]
        if len(self.sides) < 2:
            return arm
        baseline: Floats = values[..., 0, :, self.column]
        difference = arm - baseline
        # Two sums that differ in their last bits alone are equal.
        return np.where(np.abs(difference) <= _ROUNDING * np.abs(arm), 0.0, difference)

    def of(self, draws: Sequence[Draw], replications: int) -> Floats:
        """The metric at some draws: shape (draws, replications)."""
        return self.own(self.laboratory.measure(draws, self.sides, replications, self.metrics))


@dataclass(frozen=True)
class _Screened:
    active: tuple[Belief, ...]
    groups: Mapping[str, str]
    group_effects: tuple[Effect, ...]
    effects: tuple[Effect, ...]
    indices: tuple[Index, ...]
    noise_share: float
    top: tuple[str, ...]


def _selected(loaded: LoadedStudy, arms: Sequence[str], point: str, paths: Sequence[str]) -> tuple[Belief, ...]:
    every = beliefs_of([loaded.resolve(arm, point) for arm in dict.fromkeys(arms)])
    if not every:
        help = "write a number as {best: 7 %, low: 4 %, high: 13 %, source: assumed} to say how far it may be off"
        raise NothingToVary(f"{loaded.name} states no range for any of its numbers, so there is nothing to vary", help)
    for path in paths:
        if not under(every, [path]):
            from scenarios.suggestions import did_you_mean

            beginnings = dict.fromkeys(
                ".".join(belief.name.split(".")[:depth]) for belief in every for depth in range(1, 8)
            )
            message = f"no number with a range lies at {path!r}"
            raise NothingToVary(message, f"{did_you_mean(path, beginnings)}`standfast check` counts them by source")
    return under(every, paths)


def _check_size(method: Method, beliefs: Sequence[Belief], loaded: LoadedStudy, arm: str | None, point: str) -> None:
    """Refuse Sobol' for more beliefs than it can tell apart with a bearable number of runs."""
    if method != "sobol":
        return
    arms = loaded.arms if arm is None else (loaded.compare.baseline, arm)
    number = len(acting(beliefs, [loaded.resolve(each, point) for each in arms]))
    if number > MOST_SINGLE:
        raise NothingToVary(
            f"{number} beliefs are too many for Sobol' indices, which need {MOST_SINGLE} or fewer",
            "screen them with --method morris first, then keep to the first ones with --path",
        )


def _best_arm(arms: Sequence[str], values: Floats, goal: str) -> str:
    """The arm other than the baseline, the first one, with the best mean; the baseline if it is alone."""
    if len(arms) == 1:
        return arms[0]
    means = np.nanmean(values, axis=1) * (1 if goal == "max" else -1)
    return arms[1 + int(np.nan_to_num(means[1:], nan=-np.inf).argmax())]


def _screen(study: _Asked, method: Method, active: tuple[Belief, ...], budget: Budget, top: int) -> _Screened:
    nothing = _Screened(active, {}, (), (), (), math.nan, ())
    if not active:
        return nothing
    if method == "tornado":
        return replace(nothing, top=tuple(each.name for each in active))
    names = [each.name for each in active]
    if method == "sobol":
        design = sobol_design(names, sobol_size(budget.draws), study.seed)
        values = study.of(draws_of("sobol", active, design), budget.replications)
        indices, noise = sobol_indices(names, values, study.level, study.seed)
        ranked = sorted((each for each in indices if each.total > ROUNDING), key=lambda each: (-each.told, -each.total))
        return replace(nothing, indices=indices, noise_share=noise, top=tuple(each.name for each in ranked[:top]))
    groups: dict[str, str] = {}
    group_effects: tuple[Effect, ...] = ()
    singles, turn = active, 0
    while len(singles) > MOST_SINGLE:
        turn += 1
        labels = groups_of(singles)
        groups |= dict(zip((each.name for each in singles), labels, strict=True))
        found = _morris(study, f"groups{turn}", singles, labels, budget)
        group_effects += found
        singles = _finalists(singles, groups, found)
    effects = _morris(study, "morris", singles, None, budget)
    ranked_effects = sorted((each for each in effects if each.mu_star > 0), key=lambda one: (-one.told, -one.mu_star))
    best = tuple(each.name for each in ranked_effects[:top])
    return replace(nothing, groups=groups, group_effects=group_effects, effects=effects, top=best)


def _morris(
    study: _Asked, stage: str, beliefs: Sequence[Belief], groups: Sequence[str] | None, budget: Budget
) -> tuple[Effect, ...]:
    names = [each.name for each in beliefs]
    design = morris_design(names, groups, trajectories_of(budget.draws), study.seed)
    values = study.of(draws_of(stage, beliefs, design), budget.replications)
    if np.isnan(values).any(axis=1).all() and study.laboratory.failures:
        raise RunsFailed(study.laboratory.failures)
    return morris_effects(names, groups, design, values, study.level, study.seed)


def _finalists(active: Sequence[Belief], groups: Mapping[str, str], effects: Sequence[Effect]) -> tuple[Belief, ...]:
    """The beliefs of the groups with the largest effects, as many whole groups as MOST_SINGLE allows, at least one."""
    kept: set[str] = set()
    for effect in sorted(effects, key=lambda each: -each.mu_star if each.mu_star > 0 else 0.0):
        members = {belief.name for belief in active if groups[belief.name] == effect.name}
        if not kept or len(kept) + len(members) <= MOST_SINGLE:
            kept |= members
    return tuple(belief for belief in active if belief.name in kept)


def _pairs(drawn: Sequence[Belief]) -> int:
    return 4 if len({belief.fitted for belief in drawn}) == 2 else 2


def _variances(
    study: _Asked, outcomes: Floats, arms: Sequence[str], pairs: int, fitted: bool
) -> tuple[VarianceOf, ...]:
    sides: dict[Literal["baseline", "arm", "difference"], Floats] = {}
    arm = outcomes[:, arms.index(study.sides[-1])]
    if len(study.sides) == 2:
        baseline = outcomes[:, arms.index(study.sides[0])]
        sides = {"difference": arm - baseline, "arm": arm, "baseline": baseline}
    else:
        sides = {"arm": arm}
    found = []
    for at, metric in enumerate(study.metrics):
        for side, values in sides.items():
            blocks = values[:, :, at].reshape(-1, pairs, values.shape[1])
            if (~np.isnan(blocks).any(axis=(1, 2))).sum() >= 2:
                parts = split(blocks, study.level, study.seed, fitted)
                found.append(VarianceOf(metric.key, metric.unit, side, parts))
    return tuple(found)


def _information(
    design: Floats, drawn: Sequence[Belief], outcomes: Floats, goal: str, seed: int
) -> tuple[Risk | None, tuple[Worth, ...], int]:
    blocks = np.repeat(np.arange(len(design)), design.shape[1])
    whole = ~np.isnan(outcomes).any(axis=(1, 2))
    count = int(whole.sum())
    if outcomes.shape[1] < 2 or count < ENOUGH_DRAWS:
        return None, (), count
    benefit = outcomes[whole] * (1 if goal == "max" else -1)
    names = [belief.name for belief in drawn]
    quantiles = design.reshape(-1, len(drawn))[whole]
    worths = worth_of(names, quantiles, benefit, blocks[whole], seed)
    return risk_now(benefit), tuple(sorted(worths, key=lambda each: (-each.told, -each.value))), count


def _curves(study: _Asked, beliefs: Sequence[Belief], best: Floats, replications: int) -> dict[str, Curve]:
    """The metric along each belief: at low, best and high, and closer around the crossing next to the best value."""
    ends = study.of(
        [Draw(f"end-{at:04d}-{end}", each.at(q)) for at, each in enumerate(beliefs, 1) for end, q in _ENDS],
        replications,
    )
    curves = {
        each.name: Curve(np.array([0.0, 0.5, 1.0]), np.stack([ends[2 * at], best, ends[2 * at + 1]]))
        for at, each in enumerate(beliefs)
    }
    if len(study.sides) < 2:
        return curves
    for step in range(1, CLOSER + 1):
        wanted = [(at, each, next_quantile(curves[each.name])) for at, each in enumerate(beliefs, 1)]
        asked = [(at, each, quantile) for at, each, quantile in wanted if quantile is not None]
        if not asked:
            break
        values = study.of([Draw(f"even-{at:04d}-{step}", each.at(q)) for at, each, q in asked], replications)
        for (_, each, quantile), row in zip(asked, values, strict=True):
            if not np.isnan(row).all():
                curves[each.name] = curves[each.name].with_point(quantile, row)
    return curves


_ENDS = (("low", 0.0), ("high", 1.0))


def _swing(name: str, curve: Curve, level: float) -> Swing:
    best = int(np.flatnonzero(curve.quantiles == 0.5)[0])
    low, middle, high = curve.values[0], curve.values[best], curve.values[-1]

    def interval(values: Floats) -> MeanInterval:
        return mean_interval(values[~np.isnan(values)], level)

    return Swing(name, interval(low), interval(high), interval(low - middle), interval(high - middle))
