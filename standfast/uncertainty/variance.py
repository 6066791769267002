"""The variance of a result in parts: Monte Carlo, fitted parameters, assumptions, and what the two last do together.

Pure. The design is nested: every block draws the parameters twice (P, P') and the assumptions twice (A, A'),
independent of each other, and runs all four pairs with the same replications. Products of contrasts are taken over
different replications only, so that noise common to the draws and noise of a single one both drop out of their mean.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RESAMPLES = 1000
"""Bootstrap resamples of the blocks behind an interval."""

PARTS = ("monte_carlo", "parameters", "assumptions", "interaction")
"""The parts of a variance, in the order in which they are told."""


@dataclass(frozen=True)
class Part:
    """One part of a variance, in the square of the result's unit, with its interval. It may come out below 0."""

    name: str
    variance: float
    low: float
    high: float


@dataclass(frozen=True)
class Split:
    """The parts of the variance of one run of a result. `mean` is the mean over all draws.

    With n replications at fixed beliefs the first part falls to 1/n of itself; the others stay.
    """

    mean: float
    parts: tuple[Part, ...]

    def of(self, name: str) -> float:
        """Variance of a part; 0 for one that the study has not."""
        return next((part.variance for part in self.parts if part.name == name), 0.0)

    @property
    def total(self) -> float:
        """Variance of one run of one draw: the parts together, those below 0 as 0."""
        return sum(max(part.variance, 0.0) for part in self.parts)

    def share(self, name: str, replications: int = 1) -> float:
        """Share of a part in the variance of a mean of `replications` runs; NaN where nothing varies."""
        sizes = {part.name: max(part.variance, 0.0) for part in self.parts}
        if "monte_carlo" in sizes:
            sizes["monte_carlo"] /= replications
        total = sum(sizes.values())
        return sizes.get(name, 0.0) / total if total > 0 else math.nan


def split(values: Floats, level: float = 0.95, seed: int = 0, fitted: bool | None = None) -> Split:
    """Split the variance of a result.

    Parameters
    ----------
    values: shape (blocks, 4, replications), pairs in the order (P, A), (P, A'), (P', A), (P', A'); or (blocks, 2,
        replications) where there is one kind of beliefs: X, X'. Blocks with a failed run (NaN) are left out.
    fitted: of two pairs, whether the beliefs are fitted ones; assumptions if not given.

    The estimates are unbiased: Monte Carlo is E Var(y | beliefs), the others are the variances of E(y | P), E(y | A)
    and of what they do together (Sobol', 1993; Janon et al., 2014, with replications apart). Intervals are percentiles
    over resampled blocks. Raises ValueError with fewer than two replications or blocks.
    """
    whole = values[~np.isnan(values).any(axis=(1, 2))]
    if len(whole) < 2 or whole.shape[2] < 2:
        raise ValueError("a split of the variance needs two blocks and two replications at least")
    terms = _four(whole) if whole.shape[1] == 4 else _two(whole, "parameters" if fitted else "assumptions")
    rng = np.random.default_rng(seed)
    picks = rng.integers(0, len(whole), (RESAMPLES, len(whole)))
    tails = ((1 - level) / 2, (1 + level) / 2)
    parts = []
    for name in PARTS:
        if name in terms:
            low, high = np.quantile(terms[name][picks].mean(axis=1), tails)
            parts.append(Part(name, float(terms[name].mean()), float(low), float(high)))
    return Split(float(whole.mean()), tuple(parts))


def _four(values: Floats) -> dict[str, Floats]:
    first, second, third, fourth = (values[:, at] for at in range(4))
    interaction = _apart(first - second - third + fourth) / 4
    parameters = (_apart((first + second - third - fourth) / 2) - interaction) / 2
    assumptions = (_apart((first + third - second - fourth) / 2) - interaction) / 2
    return {
        "monte_carlo": values.var(axis=2, ddof=1).mean(axis=1),
        "parameters": parameters,
        "assumptions": assumptions,
        "interaction": interaction,
    }


def _two(values: Floats, name: str) -> dict[str, Floats]:
    return {
        "monte_carlo": values.var(axis=2, ddof=1).mean(axis=1),
        name: _apart(values[:, 0] - values[:, 1]) / 2,
    }


def _apart(contrasts: Floats) -> Floats:
    """Mean product of contrasts of different replications: shape (blocks, replications) → (blocks,)."""
    n = contrasts.shape[1]
    found: Floats = (contrasts.sum(axis=1) ** 2 - (contrasts**2).sum(axis=1)) / (n * (n - 1))
    return found
