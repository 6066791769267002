"""Relative changes: `x1.1`, `+2 min`, `-1` on a number, a belief or a whole function of time, and spans of the day.

It computes on values as written, exactly, and leaves refusing bad results to the schema.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from scenarios import units
from scenarios.merge import is_belief
from scenarios.schema.parts import Leaf
from scenarios.source import Map, Mark, Node, Scalar
from scenarios.units import Dimension, Quantity, QuantityError


class ChangeError(Exception):
    """A change that cannot be made: where it stands, and a `QuantityError` with the words."""

    def __init__(self, mark: Mark, code: str, message: str, help: str = "") -> None:
        super().__init__(message)
        self.mark, self.code, self.message, self.help = mark, code, message, help


@dataclass(frozen=True)
class Change:
    """A relative change: `factor` multiplies, or `amount` (in base units of the dimension) is added."""

    factor: Fraction | None
    amount: Fraction


def is_relative(node: Node) -> bool:
    """True for a text such as `x1.1`, `+2 min` or `"-1"`. A bare negative number is a value, not a change."""
    return isinstance(node, Scalar) and isinstance(node.value, str) and bool(units.RELATIVE.fullmatch(node.value))


def read_change(node: Scalar, dimension: Dimension) -> Change:
    """Read a relative change of a quantity. Raises `ChangeError`."""
    match = units.RELATIVE.fullmatch(str(node.value))
    assert match is not None
    try:
        if match["factor"]:
            try:
                return Change(units.parse_number(match["factor"]), Fraction(0))
            except QuantityError as error:
                help = "a factor has no unit, for example `x1.1`"
                raise QuantityError(error.code, error.message, error.help or help) from None
        amount = units.parse(match["amount"], dimension)
    except QuantityError as error:
        raise ChangeError(node.mark, error.code, error.message, error.help or dimension.allowed) from None
    return Change(None, -amount if match["sign"] == "-" else amount)


def changed(quantity: Quantity, change: Change, dimension: Dimension) -> Quantity:
    """Return a quantity after a change, in the unit in which it was written. Whole numbers round half up."""
    if change.factor is None:
        number = quantity.number + change.amount / dimension.units[quantity.unit]
    else:
        number = quantity.number * change.factor
    if dimension is units.WHOLE:
        number = Fraction(math.floor(number + Fraction(1, 2)))
    return Quantity(number, quantity.unit)


def apply(base: Node, patch: Scalar, leaf: Leaf, how: str) -> Node:
    """Return the value at a leaf after a relative patch; every number of a map and every end of a belief moves.

    A base that is itself not readable is returned as it is: the schema refuses it at its own place.
    """
    if leaf.dimension is None or leaf.kind in ("horizon", "durations", "weights"):
        raise ChangeError(patch.mark, "relative", "this value cannot be changed relatively", "write the whole value")
    return _moved(base, patch, leaf.dimension, read_change(patch, leaf.dimension), how)


def _moved(base: Node, patch: Scalar, dimension: Dimension, change: Change, how: str) -> Node:
    if isinstance(base, Map):
        if is_belief(base):
            ends = {key: node for key, node in base.entries.items() if key in ("best", "low", "high")}
        else:
            ends = dict(base.entries)
        moved = {key: _moved(node, patch, dimension, change, how) for key, node in ends.items()}
        return replace(base, mark=patch.mark, entries={**base.entries, **moved}, how=how, over=base)
    if not isinstance(base, Scalar) or is_relative(base):
        return base
    try:
        quantity = changed(units.read_quantity(base.value, dimension), change, dimension)
    except QuantityError:
        return base
    text = units.quantity_text(quantity)
    value = text if quantity.unit else int(text) if quantity.number.denominator == 1 else float(text)
    return Scalar(patch.mark, value, text, how, base)


def is_span_patch(node: Node) -> bool:
    """True for a map with at least one span of the day among its keys."""
    return isinstance(node, Map) and any(units.is_span(key) for key in node.entries)


def patch_spans(base: Node, patch: Map, leaf: Leaf, hours: tuple[int, int], how: str) -> Node:
    """Return a function of time with the patched spans of the day; outside them it stays what it was.

    `hours` are the earliest opening and the latest closing: a span that ends at closing adds no step there, because the
    last level holds after closing. Raises `ChangeError`.
    """
    if is_belief(base):
        assert isinstance(base, Map)
        ends = {
            key: node for key, node in base.entries.items() if key in ("best", "low", "high") and isinstance(node, Map)
        }
        moved = {key: patch_spans(node, patch, leaf, hours, how) for key, node in ends.items()}
        return replace(base, mark=patch.mark, entries={**base.entries, **moved}, how=how, over=base)
    if not isinstance(base, Map):
        return base
    try:
        steps = sorted((units.parse_time(key), key, node) for key, node in base.entries.items())
    except QuantityError:
        return base
    spans = _spans(patch, hours)
    levels: list[tuple[int, Node]] = [(time_us, node) for time_us, _, node in steps]
    for start, end, node in spans:
        levels = _with_span(levels, start, end, _setter(node, leaf, how), end < hours[1])
    entries = {units.clock_text(time_us): node for time_us, node in levels}
    marks = {units.clock_text(time_us): base.keys.get(key, patch.mark) for time_us, key, _ in steps}
    for start, end, node in spans:
        for time_us in (start, end):
            marks.setdefault(units.clock_text(time_us), patch.keys[_key_of(patch, node)])
    return Map(patch.mark, entries, marks, how, base)


def _key_of(patch: Map, node: Node) -> str:
    return next(key for key, inner in patch.entries.items() if inner is node)


def _spans(patch: Map, hours: tuple[int, int]) -> list[tuple[int, int, Node]]:
    spans: list[tuple[int, int, Node]] = []
    for key, node in patch.entries.items():
        mark = patch.keys[key]
        if not units.is_span(key):
            help = 'write spans only ("11:30-13:30"), or times only to replace the whole function'
            raise ChangeError(mark, "span", f"`{key}` is not a span, but others here are", help)
        try:
            start, end = units.parse_span(key)
        except QuantityError as error:
            raise ChangeError(mark, error.code, error.message, error.help) from None
        if start < hours[0] or end > hours[1]:
            shown = f"{units.clock_text(hours[0])}-{units.clock_text(hours[1])}"
            raise ChangeError(
                mark, "outside-hours", f"`{key}` is not within the opening hours {shown}", "shorten the span"
            )
        for other_start, other_end, _ in spans:
            if start < other_end and other_start < end:
                raise ChangeError(
                    mark, "overlap", f"`{key}` overlaps another span", "give each time of the day one change"
                )
        spans.append((start, end, node))
    return spans


Setter = Callable[[Node | None], Node]


def _setter(patch: Node, leaf: Leaf, how: str) -> Setter:
    """Return what a span does to a level; None is the level 0 before the first time."""
    assert leaf.dimension is not None
    zero = "0" if leaf.dimension is units.WHOLE else "0/h"

    def set_level(level: Node | None) -> Node:
        if isinstance(patch, Scalar) and is_relative(patch):
            return apply(
                level or Scalar(patch.mark, zero, zero, how=how), patch, Leaf("value", leaf.read, leaf.dimension), how
            )
        return replace(patch, how=how, over=level)

    return set_level


def _with_span(
    levels: list[tuple[int, Node]], start: int, end: int, set_level: Setter, ends_before_closing: bool
) -> list[tuple[int, Node]]:
    before = [(time_us, node) for time_us, node in levels if time_us < start]
    inside = [(time_us, node) for time_us, node in levels if start <= time_us < end]
    after = [(time_us, node) for time_us, node in levels if time_us >= end]
    at_start = before[-1][1] if before else None
    at_end = inside[-1][1] if inside else at_start
    patched = [(time_us, set_level(node)) for time_us, node in inside]
    if not inside or inside[0][0] > start:
        patched.insert(0, (start, set_level(at_start)))
    if ends_before_closing and (not after or after[0][0] > end):
        if at_end is None:
            mark = patched[0][1].mark
            at_end = Scalar(mark, "0/h" if "/" in _text(patched[0][1]) else "0", "0")
        after.insert(0, (end, at_end))
    return before + patched + after


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""
