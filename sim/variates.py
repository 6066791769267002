"""From uniform numbers to durations: every law of the study by inversion, each monotone in its own uniforms.

Logarithms and exponentials come from `math`, because numpy's differ from them in the last bit on some arguments, and
another engine must get the same microsecond. A duration is rounded once, here, to at least 1 µs.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from sim.clock import NEVER_US
from sim.draws import COMPILED_FROM

Floats = NDArray[np.float64]
Int64s = NDArray[np.int64]

_LONGEST_US = float(NEVER_US >> 8)
"""About 570 years: a longer draw is held here, so that sums stay within 64 bits."""


def _each(function: Callable[[float], float], values: Floats) -> Floats:
    return np.fromiter(map(function, values.tolist()), dtype=np.float64, count=values.size)


def is_small(size: int) -> bool:
    """Whether compiling costs more than it saves: below some size, unless the machine code is loaded anyway."""
    return size < COMPILED_FROM and "sim.compiled_draws" not in sys.modules


def _exponentials_of(exponents: Floats) -> Floats:
    if is_small(exponents.size):
        return _each(math.exp, exponents)
    from sim.compiled_draws import exponentials_of

    found = np.empty(exponents.size)
    exponentials_of(exponents, found)
    return found


def _unit_exponentials(u: Floats) -> Floats:
    if is_small(u.size):
        return _each(_unit_exponential, u)
    from sim.compiled_draws import unit_exponentials

    found = np.empty(u.size)
    unit_exponentials(u, found)
    return found


def _whole(durations_us: Floats) -> Int64s:
    return np.clip(np.rint(durations_us), 1.0, _LONGEST_US).astype(np.int64)


def _unit_exponential(u: float) -> float:
    return -math.log1p(-u)


def durations_us(law: schema.Distribution, u: Floats, v: Floats) -> Int64s:
    """Durations in whole microseconds, one for each pair of uniforms.

    `u` inverts the distribution function; `v` is used by the hyperexponential law alone, whose branch `v` chooses.
    """
    match law:
        case schema.Deterministic():
            return np.full(u.size, max(law.mean_us, 1), dtype=np.int64)
        case schema.Exponential():
            return exponentials_us(law.mean_us, u)
        case schema.Lognormal():
            from scipy.special import ndtri

            mu, sigma = lognormal_terms(law)
            return _whole(_exponentials_of(mu + sigma * ndtri(u)))
        case schema.Gamma():
            return _whole(law.mean_us * unit_gamma(law.cv, u))
        case schema.Erlang():
            return _whole(law.mean_us * unit_gamma(1 / math.sqrt(law.stages), u))
        case schema.Weibull():
            power = 1 / weibull_shape(law.cv)
            scale = law.mean_us / math.gamma(1 + power)
            return _whole(_each(lambda p: scale * _unit_exponential(p) ** power, u))
        case schema.Hyperexponential():
            # balanced means: each branch carries half of the mean (Whitt 1982)
            often = (1 + math.sqrt((law.cv**2 - 1) / (law.cv**2 + 1))) / 2
            branch_mean_us = np.where(v < often, law.mean_us / (2 * often), law.mean_us / (2 * (1 - often)))
            return _whole(branch_mean_us * _unit_exponentials(u))
        case schema.Uniform():
            return _whole(law.min_us + (law.max_us - law.min_us) * u)
        case schema.Triangular():
            return _whole(_triangular(law, u))
        case schema.Empirical():
            weights = law.weights if law.weights is not None else (1.0,) * len(law.values_us)
            ranked = sorted(zip(law.values_us, weights, strict=True))
            values_us = np.array([value for value, _ in ranked], dtype=np.float64)
            return _whole(values_us[choices([weight for _, weight in ranked], u)])
    raise TypeError(f"no law {law!r}")


def lognormal_terms(law: schema.Lognormal) -> tuple[float, float]:
    """Mean and standard deviation of the logarithm of a lognormal duration in µs."""
    sigma = math.sqrt(math.log1p(law.cv**2))
    return math.log(law.mean_us) - sigma**2 / 2, sigma


def exponentials_us(mean_us: float, u: Floats) -> Int64s:
    """Exponential durations in whole microseconds."""
    return _whole(mean_us * _unit_exponentials(u))


def _triangular(law: schema.Triangular, u: Floats) -> Floats:
    width_us, rise_us = law.max_us - law.min_us, law.mode_us - law.min_us
    rising = law.min_us + np.sqrt(u * width_us * rise_us)
    falling = law.max_us - np.sqrt((1 - u) * width_us * (width_us - rise_us))
    return np.where(u < rise_us / width_us, rising, falling)


def choices(weights: Iterable[float], u: Floats) -> Int64s:
    """Index of the alternative that each uniform falls on; weights need not add up to 1.

    >>> choices([1, 3], np.array([0.2, 0.3])).tolist()
    [0, 1]
    """
    return np.searchsorted(bounds_of(weights), u, side="right").astype(np.int64)


def bounds_of(weights: Iterable[float]) -> Floats:
    """Where from 0 to 1 each alternative but the first begins: as many of them as lie at a uniform or below it.

    >>> bounds_of([1, 3]).tolist()
    [0.25]
    """
    heights = np.array(list(accumulate(weights)), dtype=np.float64)
    return heights[:-1] / heights[-1] if heights.size > 1 else heights[:0]


def unit_gamma(cv: float, u: Floats) -> Floats:
    """Gamma variates of mean 1 and coefficient of variation `cv`; ones where `cv` is 0."""
    if cv == 0:
        return np.ones(u.size)
    from scipy.special import gammaincinv

    shape = 1 / cv**2
    return np.asarray(gammaincinv(shape, u) / shape, dtype=np.float64)


@lru_cache
def weibull_shape(cv: float) -> float:
    """Shape of the Weibull law whose coefficient of variation is `cv`, by Brent's method on its logarithm."""
    from scipy.optimize import brentq
    from scipy.special import gammaln

    def excess(shape: float) -> float:
        return float(gammaln(1 + 2 / shape) - 2 * gammaln(1 + 1 / shape) - math.log1p(cv**2))

    return float(brentq(excess, 0.05, 1e4, xtol=1e-12))
