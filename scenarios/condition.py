"""Conditions: comparisons of named values with quantities or with each other, joined by `and`, `or`, `not`.

A small grammar, parsed here; nothing is evaluated but it. What value a name has, is decided by who asks: a sweep of its
paths (`sweep.where`), a comparison of its results (`compare.checks`).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from scenarios import change, units
from scenarios.change import ChangeError
from scenarios.condition_grammar import Comparison, Joined, Misread, Operand, parsed
from scenarios.problems import Problem
from scenarios.source import Mark, Node, Scalar
from scenarios.suggestions import suggestion
from scenarios.swept import Value
from scenarios.units import QuantityError

PATH = "sweep.where"
LONGEST = 2_000
"""Characters that a condition may have."""

_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_EXAMPLE = "for example `competitors.unicom.subsidy < 500 CNY and not plans.basic.fee > plans.large.fee`"


@dataclass(frozen=True)
class Condition:
    """A condition, where it stands, and the path of the study's part that it belongs to.

    Points of a sweep at which its condition does not hold are left out.
    """

    text: str
    mark: Mark
    tree: Comparison | Joined
    path: str = PATH

    @property
    def operands(self) -> tuple[Operand, ...]:
        """Every operand, from left to right."""
        return tuple(side for pair in self.comparisons for side in pair)

    @property
    def comparisons(self) -> tuple[tuple[Operand, Operand], ...]:
        """Both sides of every comparison, from left to right."""
        return tuple(_comparisons(self.tree))

    def holds(
        self, values: Mapping[str, Value], problems: list[Problem] | None = None, known: Collection[str] = ()
    ) -> bool | None:
        """Say whether the condition holds at a point; None where that rests on a path without a value there.

        `problems`, where given, takes what is wrong with the condition, such a path included; `known` are the paths
        that its help may name beside those with a value.
        """
        found = [] if problems is None else problems
        whole = {**dict.fromkeys(known), **values}
        return self._joined(self.tree, whole, found, problems is not None)

    def _joined(
        self, part: Comparison | Joined, values: Mapping[str, Value | None], problems: list[Problem], complete: bool
    ) -> bool | None:
        if isinstance(part, Comparison):
            return self._compared(part, values, problems, complete)
        sides = [self._joined(each, values, problems, complete) for each in part.parts]
        if part.word == "not":
            return None if sides[0] is None else not sides[0]
        deciding = part.word == "or"
        if deciding in sides:
            return deciding
        return None if None in sides else not deciding

    def _compared(
        self, part: Comparison, values: Mapping[str, Value | None], problems: list[Problem], complete: bool
    ) -> bool | None:
        left, right = values.get(part.left.text), values.get(part.right.text)
        if left is None and right is None:
            sides = [side for side in (part.left, part.right) if is_name(side.text)] or [part.left]
            problems += [self._unknown(side, values) for side in sides if complete]
            return None
        try:
            if right is None:
                assert left is not None
                right = _literal(part.right.text, left, self.mark)
            elif left is None:
                left = _literal(part.left.text, right, self.mark)
        except QuantityError as error:
            side = part.right if values.get(part.right.text) is None else part.left
            if complete:
                wrong = self._unknown(side, values) if is_name(side.text) else None
                problems.append(wrong or self.problem(side, error.code, error.message, error.help))
            return None
        assert left is not None
        if fault := _apart(left, right, part.sign):
            problems.append(self.problem(part.left, "condition", fault, "compare like with like"))
            return None
        return _COMPARISONS[part.sign](left.number, right.number)

    def _unknown(self, side: Operand, known: Collection[str]) -> Problem:
        if not is_name(side.text):
            message = f"`{side.text}` is compared with nothing that the sweep changes"
            return self.problem(side, "condition", message, f"compare it with one of {', '.join(sorted(known)[:5])}")
        message = f"`{side.text}` is not swept"
        return self.problem(side, "unknown-path", message, suggestion(side.text, known) or "nothing is swept here")

    def problem(self, side: Operand, code: str, message: str, help: str) -> Problem:
        """Return what is wrong with one side of a comparison, at its place."""
        return _mark_at(self.mark, side.at, len(side.text)).problem(code, message, help, self.path)


def read_condition(
    node: Node | None, problems: list[Problem], path: str = PATH, example: str = _EXAMPLE
) -> Condition | None:
    """Parse a condition of the part at `path`; None, with the problem and its column, where it is none."""
    if node is None:
        return None
    if not isinstance(node, Scalar) or not isinstance(node.value, str) or len(node.value) > LONGEST:
        problems.append(node.mark.problem("type", "a condition is one text", example, path))
        return None
    try:
        return Condition(node.value, node.mark, parsed(node.value), path)
    except Misread as error:
        mark = _mark_at(node.mark, error.at, error.span)
        problems.append(mark.problem("condition", str(error), error.help or example, path))
        return None


def _comparisons(part: Comparison | Joined) -> list[tuple[Operand, Operand]]:
    if isinstance(part, Comparison):
        return [(part.left, part.right)]
    return [pair for each in part.parts for pair in _comparisons(each)]


def is_name(text: str) -> bool:
    """Say whether an operand reads as a name, and not as a quantity or a change."""
    return bool(text) and (text[0].isalpha() or text[0] in "*_") and not units.RELATIVE.fullmatch(text)


def _literal(text: str, other: Value, mark: Mark) -> Value:
    """Read a quantity as the value that it is compared with is written: whole, as a factor, or as a change."""
    if other.dimension is None:
        return Value(text, "", None, text)
    relative = Scalar(mark, text, text)
    if not other.form:
        return Value(text, "", other.dimension, units.parse(text, other.dimension))
    if not change.is_relative(relative):
        message = f"`{text}` is a value, and what it is compared with is a change, {other.text}"
        raise QuantityError("condition", message, "write for example `x1.1`")
    try:
        moved = change.read_change(relative, other.dimension)
    except ChangeError as error:
        raise QuantityError(error.code, error.message, error.help) from None
    if moved.factor is not None:
        return Value(text, "x", other.dimension, moved.factor)
    return Value(text, "+", other.dimension, moved.amount)


def _apart(left: Value, right: Value, sign: str) -> str:
    """Say why two values cannot be compared by a sign; empty if they can."""
    for value in (left, right):
        if value.number is None:
            return f"`{value.text[:60]}` is not one number"
    if left.dimension is not right.dimension:
        kinds = [value.dimension.a_name if value.dimension is not None else "a word" for value in (left, right)]
        return f"{kinds[0]} is compared with {kinds[1]}"
    if left.form != right.form:
        return f"a value and a change are compared: {left.text} and {right.text}"
    if left.dimension is None and sign not in ("==", "!="):
        return f"`{sign}` stands between words; only `==` and `!=` compare them"
    return ""


def _mark_at(mark: Mark, at: int, span: int) -> Mark:
    """Return the place of a piece of a text that starts at a mark; the mark itself where it spans several lines."""
    quoted = mark.written[:1] in ("'", '"')
    if mark.written[:1] in ("|", ">"):
        return mark
    return Mark(mark.source, mark.line, mark.col + at + quoted, max(1, span))
