"""One draw at a time, for loops over subscribers: the bits of `sim.draws.Draws.uniforms`, and the numbers of entities.

Functions are plain: the compiled engine translates them as they stand.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.draws import Kind
from sim.philox import M0, M1, W0, W1

_word: Any = int if __name__ == "sim.market.draw" else np.uint64
"""A word of Philox. Compiled ones have 64 bits; Python's own numbers are as exact and far quicker than NumPy's."""

_M0, _M1 = _word(M0), _word(M1)
_W0, _W1 = _word(W0), _word(W1)
_LOW, _HALF = _word(0xFFFFFFFF), _word(32)
_SPARE, _LEFT, _ONE = _word(11), _word(21), _word(1)
_STEP = 2.0**-53

_SUBSCRIBER = int(Kind.SUBSCRIBER) << 48
_CONTACT, _CAMPAIGN = int(Kind.CONTACT) << 48, int(Kind.CAMPAIGN) << 48

Who = TypeVar("Who", int, NDArray[np.int64])
"""A subscriber, or many of them at once."""


def subscriber(i: Who) -> Who:
    """Entity of a subscriber."""
    return _SUBSCRIBER + i


def contact(i: Who, tactic_number: int, day: int) -> Who:
    """Entity of a contact: a subscriber, the 10-bit number of the tactic's name, a day."""
    return _CONTACT + (((i << 10) + tactic_number) << 12) + day


def campaign(i: Who, campaign_number: int, month: int) -> Who:
    """Entity of a campaign's way to a subscriber: the 10-bit number of its name, calendar months since the start."""
    return _CAMPAIGN + (((i << 10) + campaign_number) << 12) + month


def mixed(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> tuple[Any, Any, Any, Any]:
    """Philox4x32-10 of four words under a key of two, all of 32 bits."""
    for _ in range(10):
        product0, product1 = c0 * _M0, c2 * _M1
        c0, c1, c2, c3 = (
            (product1 >> _HALF) ^ c1 ^ k0,
            product1 & _LOW,
            (product0 >> _HALF) ^ c3 ^ k1,
            product0 & _LOW,
        )
        k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
    return c0, c1, c2, c3


def pair(entity: int, purpose: int, index: int, seed: int, replication: int) -> tuple[float, float]:
    """Two independent 53-bit uniforms in (0, 1), by entity, purpose and index of 32 bits."""
    who = _word(entity)
    c0, c1, c2, c3 = mixed(
        who & _LOW, who >> _HALF, _word(purpose), _word(index) & _LOW, _word(seed), _word(replication)
    )
    u = float(max((c1 << _LEFT) | (c0 >> _SPARE), _ONE)) * _STEP
    v = float(max((c3 << _LEFT) | (c2 >> _SPARE), _ONE)) * _STEP
    return u, v


def chained(hash64: Any, day: int, kind: int, a: int, b: int) -> Any:
    """Hash of 64 bits that takes one more event in: equal only where all before and the event were equal."""
    before = _word(hash64)
    c0, c1, _, _ = mixed(
        before & _LOW, before >> _HALF, _word(day) & _LOW, _word(kind) & _LOW, _word(a) & _LOW, _word(b) & _LOW
    )
    return (c1 << _HALF) | c0
