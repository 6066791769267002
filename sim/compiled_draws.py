"""Draws for large arrays, compiled with numba: the same bits as `sim.draws` and `sim.variates` make, many times faster.

Importing this module imports numba; the machine code is cached on disk. A test holds both ways equal.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from sim.compiling import cached
from sim.philox import HALF, LOW, M0, M1, W0, W1

_jit = cached()
_inlined = njit(nogil=True, inline="always")  # a call would keep loops from being vectorised

_W0, _W1 = np.uint64(W0), np.uint64(W1)
_SPARE, _ONE = np.uint64(11), np.uint64(1)
_STEP = 2.0**-53


@_inlined
def block(who, purpose, index, seed, replication):  # type: ignore[no-untyped-def]
    """The four words of one draw: Philox4x32-10. All arguments are uint64."""
    c0, c1 = who & LOW, who >> HALF
    c2, c3 = purpose, index & LOW
    k0, k1 = seed, replication
    for _ in range(10):
        product0, product1 = c0 * M0, c2 * M1
        c0, c1, c2, c3 = (
            (product1 >> HALF) ^ c1 ^ k0,
            product1 & LOW,
            (product0 >> HALF) ^ c3 ^ k1,
            product0 & LOW,
        )
        k0, k1 = (k0 + _W0) & LOW, (k1 + _W1) & LOW
    return c0, c1, c2, c3


@_inlined
def uniform_of(low, high):  # type: ignore[no-untyped-def]
    """A 53-bit uniform in (0, 1) from two words."""
    return float(max(((high << HALF) | low) >> _SPARE, _ONE)) * _STEP


def _uniforms(who, purpose, index, seed, replication, u, v):  # type: ignore[no-untyped-def]
    for n in range(who.size):
        c0, c1, c2, c3 = block(who[n], purpose, index[n], seed, replication)
        u[n], v[n] = uniform_of(c0, c1), uniform_of(c2, c3)


def _unit_exponentials(u, found):  # type: ignore[no-untyped-def]
    for n in range(u.size):
        found[n] = -math.log1p(-u[n])


def _exponentials_of(exponents, found):  # type: ignore[no-untyped-def]
    for n in range(exponents.size):
        found[n] = math.exp(exponents[n])


uniforms: Any = _jit(_uniforms)
"""uniforms(who, purpose, index, seed, replication, u, v): fill `u` and `v`. `who` and `index` are uint64 vectors."""

unit_exponentials: Any = _jit(_unit_exponentials)
"""unit_exponentials(u, found): exponential variates of mean 1."""

exponentials_of: Any = _jit(_exponentials_of)
"""exponentials_of(exponents, found): e to the power of each."""
