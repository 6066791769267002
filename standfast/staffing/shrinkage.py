"""Shrinkage: the share of paid time that nobody works (leave, training), in exact arithmetic."""

from __future__ import annotations

import math
from fractions import Fraction

Exact = Fraction | int | str | float


def exact(number: Exact) -> Fraction:
    """A number as it was written: a float stands for its shortest decimal, a text may end in a per cent sign.

    ValueError for a text that is no number, or for a number that is not finite.

    >>> exact(0.15) == exact("15 %") == Fraction(3, 20)
    True
    """
    if isinstance(number, float):
        if not math.isfinite(number):
            raise ValueError(f"{number} is not finite")
        return Fraction(repr(number))
    if isinstance(number, str) and number.rstrip().endswith("%"):
        return Fraction(number.rstrip()[:-1].strip()) / 100
    return Fraction(number)


def paid(scheduled: Exact, shrinkage: Exact) -> int:
    """Heads to pay so that `scheduled` of them are at work: scheduled / (1 − shrinkage), rounded up once.

    `shrinkage` is a share of paid time in [0, 1). In binary floating point 21 / (1 − 0.3) is a little more than 30, so
    a rounding up that starts from there pays a 31st; exact arithmetic doesn't.
    ValueError for a shrinkage outside [0, 1) or a negative number of heads.

    >>> paid(21, 0.3), math.ceil(21 / (1 - 0.3))
    (30, 31)
    """
    heads, share = exact(scheduled), exact(shrinkage)
    if not 0 <= share < 1:
        raise ValueError(f"shrinkage {shrinkage} must be a share of at least 0 and below 1")
    if heads < 0:
        raise ValueError(f"scheduled {scheduled} must not be negative")
    return math.ceil(heads / (1 - share))


def at_work(paid_heads: Exact, shrinkage: Exact) -> int:
    """Heads at work on average of those paid, rounded down once: never more than `paid` asked for.

    >>> at_work(10, 0.9), math.floor((1 - 0.9) * 10)
    (1, 0)
    """
    heads, share = exact(paid_heads), exact(shrinkage)
    if not 0 <= share < 1:
        raise ValueError(f"shrinkage {shrinkage} must be a share of at least 0 and below 1")
    if heads < 0:
        raise ValueError(f"paid {paid_heads} must not be negative")
    return math.floor(heads * (1 - share))
