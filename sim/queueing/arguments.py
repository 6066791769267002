"""Checks of arguments: one line for each kind, naming the argument and its value."""

from __future__ import annotations

import math
import sys
from fractions import Fraction


def finite(name: str, value: float) -> float:
    """`value` if it is finite and not negative. Raises ValueError otherwise (NaN too)."""
    if not 0 <= value < math.inf:
        raise ValueError(f"{name} {value} must be finite and not negative")
    return float(value)


def positive(name: str, value: float) -> float:
    """`value` if it is positive and finite. Raises ValueError otherwise (NaN too)."""
    if not 0 < value < math.inf:
        raise ValueError(f"{name} {value} must be positive and finite")
    return float(value)


def whole(name: str, value: int, least: int = 0) -> int:
    """`value` as an int if it is a whole number of at least `least`. Raises ValueError otherwise."""
    if not least <= value < math.inf or value != int(value):
        raise ValueError(f"{name} {value} must be a whole number of at least {least}")
    return int(value)


def share(name: str, value: float) -> float:
    """`value` if it lies in [0, 1]. Raises ValueError otherwise (NaN too)."""
    if not 0 <= value <= 1:
        raise ValueError(f"{name} {value} must lie in [0, 1]")
    return float(value)


def spare(counters: float, serve: float, arrive: float, service: float) -> float:
    """counters × serve − arrive × service, rounded once: near full load a product's rounding is most of it."""
    rest = Fraction(counters) * Fraction(serve) - Fraction(arrive) * Fraction(service)
    return float(rest) if abs(rest) < sys.float_info.max else math.copysign(math.inf, rest)
