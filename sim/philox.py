"""Philox4x32-10, the counter-based generator under every draw, and how its words become uniform numbers.

It decides nothing about what is drawn. Source: Salmon, Moraes, Dror & Shaw 2011 (Random123).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

UInt64s = NDArray[np.uint64]
Floats = NDArray[np.float64]

M0, M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
W0, W1 = 0x9E3779B9, 0xBB67AE85
"""Multipliers and Weyl increments of Philox4x32, by their names in Random123."""

LOW, HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
"""Mask of a word's lower 32 bits, and how far its upper ones are shifted."""


def philox4x32(
    counter: tuple[UInt64s, UInt64s, UInt64s, UInt64s], key: tuple[int, int]
) -> tuple[UInt64s, UInt64s, UInt64s, UInt64s]:
    """Philox4x32 with ten rounds. Words are 32-bit numbers held in uint64 arrays of one shape.

    Source: Random123, checked against its published known-answer vectors.
    """
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        product0, product1 = c0 * M0, c2 * M1
        c0, c1, c2, c3 = (
            (product1 >> HALF) ^ c1 ^ np.uint64(k0),
            product1 & LOW,
            (product0 >> HALF) ^ c3 ^ np.uint64(k1),
            product0 & LOW,
        )
        k0, k1 = (k0 + W0) & 0xFFFFFFFF, (k1 + W1) & 0xFFFFFFFF
    return c0, c1, c2, c3


def uniform(low: UInt64s, high: UInt64s) -> Floats:
    """53-bit uniforms in (0, 1) from pairs of 32-bit words."""
    bits = ((high << HALF) | low) >> np.uint64(11)
    np.maximum(bits, np.uint64(1), out=bits)  # 0 would be outside the open interval
    return bits.astype(np.float64) * 2.0**-53
