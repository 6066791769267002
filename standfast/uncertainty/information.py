"""Value of information: how likely the choice is wrong, what that costs, and which belief, if known, would help most.

Pure: outcomes of every arm over common draws of the beliefs, larger being better. A rule that chooses by what is known
is learned on some of the draws and tried on the others, so that what is learned from noise earns nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

KNOT_SHARES = (0.05, 0.275, 0.5, 0.725, 0.95)
"""Quantiles of a belief at which the spline bends (Harrell, Regression Modeling Strategies, 2nd ed., table 2.3)."""

FOLDS = 10
"""Parts of the draws, each of which is judged by a rule learned on the others."""

REPEATS = 10
"""Divisions into parts over which the value is averaged, so that no one division decides it."""


@dataclass(frozen=True)
class Risk:
    """The choice as it stands: the arm that is best on average over the draws, and what choosing it risks.

    `wrong` is the share of draws in which another arm is better; `loss` what is lost on average against choosing
    rightly in each draw: the expected value of perfect information, with its standard error. Both are freed of noise in
    the mean outcomes of a draw.
    """

    arm: int
    means: tuple[float, ...]
    wrong: float
    loss: float
    loss_error: float


@dataclass(frozen=True)
class Worth:
    """What knowing one belief alone would be worth: partial perfect information, with its standard error.

    `value` is a mean over draws that the rule has not seen, so it is about 0, and may lie below, for a belief that
    cannot change the choice. `wrong` is the share of draws in which the arm chosen by that belief is not the best one.
    """

    belief: str
    value: float
    error: float
    wrong: float
    among: int = 1

    @property
    def told(self) -> bool:
        """Whether it is told from nothing: above two standard errors, as 4 % of worthless beliefs were in trials.

        Of many beliefs (`among`) more errors are wanted, so that chance alone names none of them in 95 % of studies.
        """
        from scipy.special import ndtri

        return self.value > max(2.0, -float(ndtri(0.05 / self.among))) * self.error


def risk_now(outcomes: Floats) -> Risk:
    """Risk of the choice as it stands.

    `outcomes`: shape (draws, arms, replications), larger better, none missing.

    The mean outcome of a draw holds the noise of its replications, which would pass for risk. Differences from the arm
    that is best on average are drawn together around their mean until their variance is that of the expected outcomes
    alone (constrained empirical Bayes: Louis, 1984, JASA 79:393).
    """
    gains, best = gains_over_best(outcomes)
    lost = np.maximum(gains.max(axis=1), 0.0)
    means = outcomes.mean(axis=(0, 2))
    error = float(lost.std(ddof=1) / np.sqrt(len(lost))) if len(lost) > 1 else float("nan")
    return Risk(best, tuple(float(each) for each in means), float((lost > 0).mean()), float(lost.mean()), error)


def gains_over_best(outcomes: Floats) -> tuple[Floats, int]:
    """By how much each arm is better than the one that is best on average, in each draw, freed of noise; and that arm.

    Shape (draws, arms); the column of the best arm is 0.
    """
    best = int(outcomes.mean(axis=(0, 2)).argmax())
    differences = outcomes - outcomes[:, best : best + 1]
    means = differences.mean(axis=2)
    centre = means.mean(axis=0)
    return centre + (means - centre) * _shrinkage(differences), best


def worth_of(
    names: Sequence[str], quantiles: Floats, outcomes: Floats, blocks: NDArray[np.int64], seed: int = 0
) -> tuple[Worth, ...]:
    """What knowing each belief would be worth, in the order of the names.

    Parameters
    ----------
    quantiles: drawn quantiles, shape (draws, beliefs).
    outcomes: shape (draws, arms, replications), larger better, none missing.
    blocks: number of the block that each draw belongs to: draws that share beliefs are never torn apart.

    For each belief the outcome of every arm is regressed on it (restricted cubic spline; Strong, Oakley & Brennan,
    2014, Medical Decision Making 34:311) on nine tenths of the blocks, and the arm with the best prediction is chosen
    in the remaining tenth; what it gains there over the arm that was best on average on the nine tenths is the value.
    """
    means = outcomes.mean(axis=2)
    scaled, _ = gains_over_best(outcomes)
    rng = np.random.default_rng(seed)
    divisions = [_folds(blocks, rng) for _ in range(REPEATS)]
    found = []
    for at, name in enumerate(names):
        basis = spline_basis(quantiles[:, at])
        gains = np.zeros(len(means))
        wrong = np.zeros(len(means))
        for folds in divisions:
            chosen, plain = _chosen(basis, means, folds)
            rows = np.arange(len(means))
            gains += (means[rows, chosen] - means[rows, plain]) / len(divisions)
            wrong += (scaled[rows, chosen] < scaled.max(axis=1)) / len(divisions)
        error = _error(gains, blocks)
        found.append(Worth(name, float(gains.mean()), error, float(wrong.mean()), len(names)))
    return tuple(found)


def spline_basis(values: Floats) -> Floats:
    """Restricted cubic spline with five knots and a constant, shape (draws, columns); straight beyond the outer knots.

    Values that take few places get fewer columns; a single one gets the constant alone.
    """
    knots = np.unique(np.quantile(values, KNOT_SHARES))
    columns = [np.ones(len(values))]
    if len(knots) > 1:
        columns.append((values - knots[0]) / (knots[-1] - knots[0]))
    if len(knots) > 2:
        last, before = knots[-1], knots[-2]
        for knot in knots[:-2]:
            bent = _cube(values - knot)
            bent -= _cube(values - before) * (last - knot) / (last - before)
            bent += _cube(values - last) * (before - knot) / (last - before)
            columns.append(bent / (last - knots[0]) ** 3)
    return np.column_stack(columns)


def _cube(values: Floats) -> Floats:
    found: Floats = np.maximum(values, 0.0) ** 3
    return found


def _chosen(basis: Floats, means: Floats, folds: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each draw the arm chosen by the belief, and the arm best on average, both learned on the other folds."""
    chosen = np.zeros(len(means), dtype=np.int64)
    plain = np.zeros(len(means), dtype=np.int64)
    for fold in range(int(folds.max()) + 1):
        out = folds == fold
        best = int(means[~out].mean(axis=0).argmax())
        # Differences from one arm, so that what moves all arms alike is no noise of the regression.
        fit, *_ = np.linalg.lstsq(basis[~out], means[~out] - means[~out, best : best + 1], rcond=None)
        predicted = basis[out] @ fit
        top = predicted.argmax(axis=1)
        chosen[out] = np.where(predicted.max(axis=1) > 0, top, best)
        plain[out] = best
    return chosen, plain


def _folds(blocks: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    names = np.unique(blocks)
    places = rng.permutation(len(names)) % min(FOLDS, len(names))
    found: NDArray[np.int64] = places[np.searchsorted(names, blocks)]
    return found


def _shrinkage(differences: Floats) -> Floats:
    """Root of the share of each arm's variance between draws that is not noise, shape (arms,)."""
    draws, _, replications = differences.shape
    between = differences.mean(axis=2).var(axis=0, ddof=1) if draws > 1 else np.zeros(differences.shape[1])
    if replications < 2:
        return np.ones(differences.shape[1])
    # Noise common to all draws (the replication itself) moves no draw against another.
    rest = differences - differences.mean(axis=2, keepdims=True)
    rest = rest - rest.mean(axis=0, keepdims=True)
    noise = (rest**2).sum(axis=(0, 2)) / (max(draws - 1, 1) * (replications - 1)) / replications
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(between > 0, 1 - noise / between, 0.0)
    found: Floats = np.sqrt(np.clip(share, 0.0, 1.0))
    return found


def _error(gains: Floats, blocks: NDArray[np.int64]) -> float:
    """Standard error of a mean over draws that come in blocks."""
    names, member = np.unique(blocks, return_inverse=True)
    if len(names) < 2:
        return float("nan")
    sums = np.bincount(member, weights=gains - gains.mean())
    return float(np.sqrt((sums**2).sum() * len(names) / (len(names) - 1)) / len(gains))
