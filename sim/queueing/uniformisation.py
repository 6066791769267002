"""Linear systems y' = (S + λ(τ) D) y with a rate λ that is constant or linear in time, solved to rounding error.

Uniformisation: with y = exp(−Λτ) z and Λ at least as large as every exit rate, z' = (ΛI + S + λ(τ) D) z has a matrix
without negative entries, so its Taylor series adds without cancellation. For a linear λ each coefficient follows from
the two before it. A majorant of the series says beforehand how many terms leave less than `REST`.

Source: Jensen (1953), Skand. Aktuarietidskr. 36:87; Grassmann (1977), Comput. Oper. Res. 4:47. The linear rate and its
bound are worked out here: the norm of the transformed system is at most Λ + 2|slope|τ.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.special import gammainc

Floats = NDArray[np.float64]
Places = NDArray[np.uint64]

REST = 1e-12
"""What the terms left out of one step may add up to, of a vector whose entries (or whose sum) are at most 1."""

LONGEST_STEP = 100.0
"""Most transitions Λ·h of one step: longer ones save little, and exp(−100) is far from underflow."""


def exponentials(exponents: Floats) -> Floats:
    """exp of each entry by the C library, whose last bit does not depend on the processor."""
    return np.array([math.exp(value) for value in exponents.ravel()]).reshape(exponents.shape)


@cache
def terms_needed(transitions: float, bend: float) -> int:
    """How many terms leave less than REST in a step of Λ·h = `transitions` with `bend` = |slope of λ|·h² (Chernoff)."""
    count = math.ceil(transitions + 2 * bend) + 4
    while True:
        spread = transitions + math.sqrt(transitions**2 + 8 * bend * count)
        x = 2 * count / spread if spread > 1e-100 else 1e100
        if bend * x * x + transitions * (x - 1) - count * math.log(x) < math.log(REST):
            return count
        count += 1


@dataclass(frozen=True, eq=False)
class Generator:
    """S + λD in one sparse pattern, by rows; `pace` is the largest exit rate of S + λD for λ up to the highest rate."""

    first: Places
    other: Places
    shifted: Floats
    per_rate: Floats
    pace: float

    def __len__(self) -> int:
        return len(self.first) - 1

    @cached_property
    def side_by_side(self) -> tuple[Places, Floats, Floats]:
        """`other` and `shifted` as (states, 3, 6, …), rows filled up with zeros, and `per_rate` as (states, 3).

        What depends on the rate stands first in its row; no state has more than three such entries.
        """
        entries = np.diff(self.first).astype(np.int64)
        row = np.repeat(np.arange(len(self)), entries)
        order = np.lexsort((self.per_rate == 0.0, row))
        width = 3 * max(1, math.ceil(int(entries.max()) / 3))
        there = np.arange(width) < entries[:, None]
        other = np.zeros(there.shape, dtype=np.uint64)
        shifted, per_rate = np.zeros(there.shape), np.zeros(there.shape)
        other[there], shifted[there], per_rate[there] = (
            values[order] for values in (self.other, self.shifted, self.per_rate)
        )
        return other, shifted, np.ascontiguousarray(per_rate[:, :3])


def generator(fixed: csr_array[Any], per_rate: csr_array[Any] | None, highest_rate: float) -> Generator:
    """Put S and D (or no D) on one pattern and add Λ to the diagonal of S, with Λ for rates up to `highest_rate`."""
    states = fixed.shape[0]
    here = np.arange(states)
    s: Any = coo_array(fixed)
    d: Any = coo_array(per_rate) if per_rate is not None else coo_array((states, states))
    pace = float(-(fixed.diagonal() + highest_rate * (per_rate.diagonal() if per_rate is not None else 0.0)).min())
    rows = np.concatenate((s.row, d.row, here))
    columns = np.concatenate((s.col, d.col, here))
    a = np.concatenate((s.data, np.zeros(len(d.data)), np.full(states, pace)))
    b = np.concatenate((np.zeros(len(s.data)), d.data, np.zeros(states)))
    flat: NDArray[np.int64] = np.asarray(rows, dtype=np.int64) * states + columns
    cells, cell = np.unique(flat, return_inverse=True)
    first = np.searchsorted(cells, np.arange(states + 1, dtype=np.int64) * states)
    return Generator(
        first.astype(np.uint64),
        (cells % states).astype(np.uint64),
        np.bincount(cell, weights=a, minlength=len(cells)).astype(np.float64),
        np.bincount(cell, weights=b, minlength=len(cells)).astype(np.float64),
        pace,
    )


def step_sums(start: Floats, moves: Generator, length: float, rate: float, slope: float, weights: Floats) -> Floats:
    """Sums Σ weights[row, n] dₙ (rows, states) over the terms of y(σh) = exp(Λh(1 − σ)) Σ dₙ σⁿ for σ in [0, 1].

    start: y(0), one vector. length h; λ(0) = `rate`; λ rises by `slope` a unit of time. weights: (rows, terms) with as
    many terms as `step_length` says; a row of ones gives y at the end of the step.
    """
    from sim.queueing.compiled import weigh_terms

    begin = start * math.exp(-moves.pace * length)
    found: Floats = weigh_terms(
        moves.first, moves.other, moves.shifted, moves.per_rate, length, rate, slope, begin, weights
    )
    return found


def step_length(moves: Generator, length: float, slope: float) -> int:
    """Terms needed for one step of this length."""
    return terms_needed(moves.pace * length, abs(slope) * length**2)


def advance(start: Floats, moves: Generator, lengths: Floats, rates: Floats, slope: float) -> Floats:
    """y after one step for many columns (states, columns), each with its own length h and rate λ(0)."""
    from sim.queueing.compiled import sum_terms

    order = np.argsort(-lengths)
    longest = float(lengths[order[0]])
    level = (
        np.ceil(4.0 * lengths[order] / longest).astype(np.int64)
        if longest > 0
        else np.zeros(len(order), dtype=np.int64)
    )
    counts = np.array([step_length(moves, longest * n / 4.0, slope) for n in range(5)], dtype=np.int32)[level]
    begin = np.ascontiguousarray(start[:, order] * exponentials(-moves.pace * lengths[order]))
    found: Floats = np.empty_like(begin)
    found[:, order] = sum_terms(*moves.side_by_side, lengths[order], rates[order], slope, counts, begin)
    return found


def steps_needed(moves: Generator, length: float) -> int:
    """Into how many equal steps a stretch has to be cut."""
    return max(1, math.ceil(moves.pace * length / LONGEST_STEP))


def time_weights(transitions: float, length: float, terms: int) -> tuple[Floats, Floats]:
    """Weights wₙ and vₙ with ∫ y dτ = Σ wₙ dₙ and ∫ (τ/h) y dτ = Σ vₙ dₙ over one step of length h.

    wₙ = h ∫ σⁿ exp(Λh(1 − σ)) dσ, an incomplete gamma function; vₙ = wₙ₊₁.
    """
    if transitions == 0.0:
        plain = length / np.arange(1.0, terms + 2)
        return plain[:-1], plain[1:]
    n = np.arange(1.0, terms + 1)
    scale = length * math.exp(transitions) / transitions * np.concatenate(([1.0], np.cumprod(n / transitions)))
    weights = scale * gammainc(np.arange(terms + 1) + 1.0, transitions)
    return weights[:-1], weights[1:]
