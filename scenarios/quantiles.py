"""What a number says at a quantile of its belief: from `low` over `best` to `high`, in the unit of `best`.

It computes exactly, as patches do; which beliefs there are and which quantiles are drawn is not decided here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

from scenarios import change, units
from scenarios.change import Change
from scenarios.schema.parts import Leaf
from scenarios.source import Map, Node, Scalar
from scenarios.units import Dimension, Quantity

DIGITS = 15
"""Significant digits of a drawn value in its unit: as many as a number of the computer surely keeps."""
SHOWN_DIGITS = 3
"""Significant digits of a drawn value as a text for people."""
_HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Scale:
    """What values a belief may take: its dimension, the step of whole numbers in base units, and digits to keep."""

    dimension: Dimension
    grain: Fraction | None
    digits: int


WHOLE_SIZES = {
    units.WHOLE.name: Fraction(1),
    units.COUNT.name: Fraction(1),
    units.MONTHS.name: Fraction(1),
    units.DURATION.name: Fraction(units.DAY_US),
}
"""The step of what comes in whole numbers, in base units: heads, months, and days where only whole days may stand."""


def grain_of(leaf: Leaf) -> Fraction | None:
    assert leaf.dimension is not None
    if leaf.dimension is units.DURATION and leaf.size != units.DAY_US:
        return None
    return WHOLE_SIZES.get(leaf.dimension.name)


def drawn(best: Node, low: Node | None, high: Node | None, scale: Scale, quantile: Fraction, how: str) -> Node:
    """Return a best value moved towards one of its ends; a map cell by cell. The best value itself at one half."""
    end = low if quantile < _HALF else high
    way = abs(2 * quantile - 1)
    if way == 0 or end is None:
        return best
    if isinstance(best, Map):
        cells = {
            key: drawn(inner, _end_at(low, key), _end_at(high, key), scale, quantile, how)
            for key, inner in best.entries.items()
        }
        return replace(best, entries=cells, how=how, over=best)
    if not isinstance(best, Scalar) or not isinstance(end, Scalar):
        return best
    if way == 1 and not change.is_relative(end):
        return replace(end, how=how, over=best)
    middle = units.read_quantity(best.value, scale.dimension)
    size = scale.dimension.units[middle.unit]
    start, stop = middle.number, _end_number(middle, end, scale.dimension)
    number = _rounded(start + (stop - start) * way, size, scale, way == 1)
    number = min(max(number, min(start, stop)), max(start, stop)) if scale.grain is None else number
    text = units.quantity_text(Quantity(number, middle.unit))
    value = text if middle.unit else int(text) if number.denominator == 1 else float(text)
    return Scalar(best.mark, value, text, how, best)


def _end_at(end: Node | None, key: str) -> Node | None:
    return end.entries.get(key) if isinstance(end, Map) else end


def _end_number(middle: Quantity, end: Scalar, dimension: Dimension) -> Fraction:
    """Return an end in the unit of the best value, before whole numbers are rounded."""
    size = dimension.units[middle.unit]
    if not change.is_relative(end):
        return units.parse(end.value, dimension) / size
    moved = change.read_change(end, dimension)
    return middle.number * moved.factor if moved.factor is not None else middle.number + moved.amount / size


def _rounded(number: Fraction, size: Fraction, scale: Scale, is_end: bool) -> Fraction:
    if scale.grain is not None:
        steps = math.floor(number * size / scale.grain + _HALF)
        return steps * scale.grain / size
    return number if is_end or number == 0 else _to_digits(number, scale.digits)


def _to_digits(number: Fraction, digits: int) -> Fraction:
    places = digits - 1 - math.floor(math.log10(abs(number)))
    return round(number * Fraction(10) ** places) / Fraction(10) ** places


def change_at(low: Scalar, high: Scalar, dimension: Dimension, quantile: Fraction) -> Change:
    """Return what a whole function is changed by at a quantile, between two relative ends."""
    moved, way = change.read_change(low if quantile < _HALF else high, dimension), abs(2 * quantile - 1)
    if moved.factor is not None:
        return Change(1 + (moved.factor - 1) * way, Fraction(0))
    return Change(None, moved.amount * way)


def change_text(low: Scalar, high: Scalar, dimension: Dimension, quantile: Fraction) -> str:
    """Return what a whole function is changed by at a quantile as a text: `x0.93`, or `+1.5/h`."""
    if quantile in (0, 1):
        return (high if quantile else low).text
    moved = change_at(low, high, dimension, quantile)
    if moved.factor is not None:
        return f"x{units.decimal_text(_shown(moved.factor))}"
    unit, sign = dimension.shown[0] if dimension.shown else "", "-" if moved.amount < 0 else "+"
    amount = _shown(abs(moved.amount) / dimension.units[unit])
    return sign + units.quantity_text(Quantity(amount, unit))


def _shown(number: Fraction) -> Fraction:
    return _to_digits(number, SHOWN_DIGITS) if number else number
