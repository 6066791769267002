"""Which beliefs move a result: elementary effects (Morris) and variance shares (Sobol'), and what is mere noise.

Pure: designs are quantiles of beliefs, results are arrays of one value per draw and replication. All draws share their
replications, so that Monte Carlo noise is common to them; what is left of it is measured, not taken for sensitivity.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVELS = 4
"""Levels of each belief in a Morris design: its quantiles 0, 1/3, 2/3 and 1."""

STEP = LEVELS / (2 * (LEVELS - 1))
"""Step of a Morris design in quantiles: 2/3."""

ROUNDING = 1e-9
"""A change of a result that is smaller, against the largest result, is the rounding of sums and no effect."""

RESAMPLES = 500
"""Bootstrap resamples behind an interval."""

NOISE_RISK = 0.05
"""Chance with which a belief without any effect is told from noise all the same."""


@dataclass(frozen=True)
class Effect:
    """Elementary effects of one belief, or of a group: in the result's unit, over the whole range of the belief.

    `mu` is their mean (NaN for a group, whose beliefs move in different directions), `mu_star` that of their sizes with
    the half-width of its bootstrap interval, `sigma` their standard deviation: interactions and bends. `noise` is the
    mu_star that Monte Carlo noise alone would show, `chance` that of effects as large as these from noise alone.
    """

    name: str
    mu: float
    mu_star: float
    half_width: float
    sigma: float
    noise: float
    chance: float

    @property
    def told(self) -> bool:
        """Whether the effect is told from Monte Carlo noise."""
        return self.chance < NOISE_RISK

    @property
    def direction(self) -> int:
        """1: the result rises with the belief, −1: it falls, 0: now one, now the other, or not known."""
        if not math.isfinite(self.mu) or abs(self.mu) < 0.5 * self.mu_star or self.mu == 0:
            return 0
        return 1 if self.mu > 0 else -1


@dataclass(frozen=True)
class Index:
    """Sobol' indices of one belief: its share of the variance alone (`first`) and with all interactions (`total`)."""

    name: str
    first: float
    first_half_width: float
    total: float
    total_half_width: float

    @property
    def told(self) -> bool:
        """Whether the total index is told from nothing."""
        return self.total > max(self.total_half_width, ROUNDING)


def morris_design(names: Sequence[str], groups: Sequence[str] | None, trajectories: int, seed: int) -> Floats:
    """Quantiles of a Morris design, shape (trajectories × (groups + 1), beliefs); without groups each is its own.

    Morris (1991), Technometrics 33:161; groups: Campolongo, Cariboni & Saltelli (2007), Env. Modelling & Software 22.
    """
    from SALib.sample import morris

    problem = _problem(names, groups)
    if len(set(groups if groups is not None else names)) == 1:
        return _single(len(names), trajectories, seed)
    return np.asarray(morris.sample(problem, trajectories, num_levels=LEVELS, seed=seed), dtype=np.float64)


def morris_effects(
    names: Sequence[str],
    groups: Sequence[str] | None,
    design: Floats,
    values: Floats,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[Effect, ...]:
    """Effects of each belief or group, in the order of the names.

    Parameters
    ----------
    design: as `morris_design` gave it.
    values: the result, shape (draws, replications); NaN where a run failed: the steps to and from it are left out.
    """
    labels = list(dict.fromkeys(groups if groups is not None else names))
    member = np.array([labels.index(each) for each in (groups if groups is not None else names)])
    length = len(labels) + 1
    paths = design.reshape(-1, length, design.shape[1])
    results = values.reshape(len(paths), length, values.shape[1])
    steps = elementary_effects(paths, results, member, len(labels))
    alone = np.bincount(member, minlength=len(labels)) == 1
    rng = np.random.default_rng(seed)
    found = []
    for at, name in enumerate(labels):
        each = steps[:, at]
        each = each[~np.isnan(each).any(axis=1)]
        if not len(each):
            found.append(Effect(name, math.nan, math.nan, math.nan, math.nan, math.nan, 1.0))
            continue
        means = each.mean(axis=1)
        mu_star = float(np.abs(means).mean())
        picks = rng.integers(0, len(means), (RESAMPLES, len(means)))
        spread = float(np.abs(means)[picks].mean(axis=1).std(ddof=1)) if len(means) > 1 else math.nan
        noise, chance = noise_of(each)
        found.append(
            Effect(
                name,
                float(means.mean()) if alone[at] else math.nan,
                mu_star,
                _normal(level) * spread,
                float(means.std(ddof=1)) if len(means) > 1 else math.nan,
                noise,
                chance,
            )
        )
    return tuple(found)


def elementary_effects(paths: Floats, results: Floats, member: NDArray[np.int64], labels: int) -> Floats:
    """Change of the result for each step, scaled to the whole range: shape (trajectories, labels, replications).

    The sign is that of a rising belief; a group's is that of the first of its beliefs, and means nothing.
    """
    moves = np.diff(paths, axis=1)
    least = ROUNDING * float(np.nanmax(np.abs(results), initial=0.0))
    effects = np.zeros((len(paths), labels, results.shape[2]))
    for trajectory, steps in enumerate(moves):
        for step, move in enumerate(steps):
            moved = np.flatnonzero(move)
            change = results[trajectory, step + 1] - results[trajectory, step]
            effects[trajectory, member[moved[0]]] = np.where(np.abs(change) <= least, 0.0, change) / move[moved[0]]
    return effects


def noise_of(effects: Floats) -> tuple[float, float]:
    """The mean size that noise alone would give to these effects, and the chance of effects like these from it.

    `effects` has the shape (trajectories, replications). Under no effect, the sum of squared means against the variance
    over replications follows F(T, T(R − 1)). An effect without any variance over replications is no noise.
    """
    trajectories, replications = effects.shape
    if not effects.any():
        return 0.0, 1.0
    if replications < 2:
        return math.nan, 1.0
    variance = float(effects.var(axis=1, ddof=1).mean())
    if variance == 0:
        return 0.0, 0.0
    from scipy.special import fdtrc

    ratio = float((effects.mean(axis=1) ** 2).mean()) * replications / variance
    return math.sqrt(2 / math.pi * variance / replications), float(
        fdtrc(trajectories, trajectories * (replications - 1), ratio)
    )


def sobol_design(names: Sequence[str], size: int, seed: int) -> Floats:
    """Quantiles of a Saltelli design, shape (size × (beliefs + 2), beliefs); `size` is a power of two.

    Saltelli et al. (2010), Computer Physics Communications 181:259.
    """
    from SALib.sample import sobol

    if size < 2 or size & (size - 1):
        raise ValueError(f"a Saltelli design has a power of two as its size, not {size}")
    return np.asarray(sobol.sample(_problem(names, None), size, calc_second_order=False, seed=seed), dtype=np.float64)


def sobol_indices(
    names: Sequence[str], values: Floats, level: float = 0.95, seed: int = 0
) -> tuple[tuple[Index, ...], float]:
    """Indices of each belief, and the share of the variance between draws that is Monte Carlo noise.

    `values`: the result, shape (draws, replications). A block of the design with a failed run (NaN) is left out; the
    indices of a result that does not vary are 0.
    """
    from SALib.analyze import sobol

    blocks = values.reshape(-1, len(names) + 2, values.shape[1])
    blocks = blocks[~np.isnan(blocks).any(axis=(1, 2))]
    means = blocks.mean(axis=2).ravel()
    if not len(blocks) or means.min() == means.max():
        return tuple(Index(name, 0.0, 0.0, 0.0, 0.0) for name in names), 0.0
    found = sobol.analyze(
        _problem(names, None),
        means,
        calc_second_order=False,
        num_resamples=RESAMPLES,
        conf_level=level,
        seed=seed,
    )
    columns = zip(names, found["S1"], found["S1_conf"], found["ST"], found["ST_conf"], strict=True)
    indices = tuple(Index(name, float(s), float(sc), float(t), float(tc)) for name, s, sc, t, tc in columns)
    return indices, noise_share(blocks.reshape(-1, values.shape[1]))


def noise_share(values: Floats) -> float:
    """Share of the variance between draws that is noise: what draw and replication do together (two-way ANOVA).

    `values`: shape (draws, replications). What a replication adds to every draw alike is no part of it. NaN with one
    replication.
    """
    draws, replications = values.shape
    between = float(values.mean(axis=1).var(ddof=1)) if draws > 1 else 0.0
    if replications < 2:
        return math.nan
    if between == 0:
        return 0.0
    rest = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0, keepdims=True) + values.mean()
    variance = float((rest**2).sum()) / ((draws - 1) * (replications - 1))
    return float(min(1.0, variance / replications / between))


def _problem(names: Sequence[str], groups: Sequence[str] | None) -> dict[str, Any]:
    problem: dict[str, Any] = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
    if groups is not None and len(set(groups)) < len(names):
        problem["groups"] = list(groups)
    return problem


def _single(beliefs: int, trajectories: int, seed: int) -> Floats:
    """A Morris design of one belief or one group, which SALib does not make."""
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, LEVELS, (trajectories, beliefs)) / (LEVELS - 1)
    ends = np.where(starts < 0.5, starts + STEP, starts - STEP)
    return np.stack([starts, ends], axis=1).reshape(-1, beliefs)


def _normal(level: float) -> float:
    from scipy.special import ndtri

    return float(ndtri((1 + level) / 2))
