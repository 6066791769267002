"""The grammar of a condition: comparisons of operands, joined by `and`, `or`, `not`, grouped by parentheses.

It knows words, signs and columns; what an operand means is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

SIGNS = ("<", "<=", ">", ">=", "==", "!=")
DEEPEST = 40
"""Levels of parentheses and `not` that a condition may have."""

_SPELLINGS = {"≤": "<=", "≥": ">=", "≠": "!="}
_TOKEN = re.compile(r"""\s*(<=|>=|==|!=|[<>=!()≤≥≠]|"[^"]*"|'[^']*'|[^\s<>=!()≤≥≠"']+)""")
_WORDS = ("and", "or", "not")


@dataclass(frozen=True)
class Operand:
    """One side of a comparison as written, and its column from 0 in the condition."""

    text: str
    at: int


@dataclass(frozen=True)
class Comparison:
    """Two operands and the sign between them."""

    left: Operand
    sign: str
    right: Operand


@dataclass(frozen=True)
class Joined:
    """Conditions joined by `and`, by `or`, or one of them turned round by `not`."""

    word: str
    parts: tuple[Comparison | Joined, ...]


class Misread(Exception):
    """A text that is no condition: the column from 0, how many characters, and the words."""

    def __init__(self, message: str, at: int, span: int = 1, help: str = "") -> None:
        super().__init__(message)
        self.at, self.span, self.help = at, span, help


class _Parser:
    """Recursive descent: `or` binds least, then `and`, `not`, comparisons; parentheses group."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, int]] = []
        at = 0
        while at < len(text.rstrip()):
            match = _TOKEN.match(text, at)
            if match is None:
                start = at + len(text[at:]) - len(text[at:].lstrip())
                raise Misread(f"`{text[start]}` is not understood here", start)
            self.tokens.append((_SPELLINGS.get(match[1], match[1]), match.start(1)))
            at = match.end()
        self.index = 0

    def whole(self) -> Comparison | Joined:
        found = self.any_of(0)
        if self.index < len(self.tokens):
            token, at = self.tokens[self.index]
            raise Misread(f"`{token}` is not understood here", at, len(token), "join comparisons by `and` or `or`")
        return found

    def any_of(self, depth: int) -> Comparison | Joined:
        return self._series("or", self.all_of, depth)

    def all_of(self, depth: int) -> Comparison | Joined:
        return self._series("and", self.one, depth)

    def _series(self, word: str, part: Callable[[int], Comparison | Joined], depth: int) -> Comparison | Joined:
        parts = [part(depth)]
        while self._next() == word:
            self.index += 1
            parts.append(part(depth))
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def one(self, depth: int) -> Comparison | Joined:
        token, at = self._here()
        if depth > DEEPEST:
            raise Misread(f"the condition is nested more than {DEEPEST} levels deep", at, help="write it flatter")
        if token == "not":
            self.index += 1
            return Joined("not", (self.one(depth + 1),))
        if token == "(":
            self.index += 1
            found = self.any_of(depth + 1)
            if self._next() != ")":
                raise Misread("this parenthesis is not closed", at, help="add `)`")
            self.index += 1
            return found
        return self.comparison()

    def comparison(self) -> Comparison:
        left = self.operand()
        sign, at = self._here()
        if sign not in SIGNS:
            help = "write `==`" if sign == "=" else ""
            raise Misread(f"a comparison (<, <=, >, >=, ==, !=) is wanted here, not `{sign}`", at, len(sign), help)
        self.index += 1
        right = self.operand()
        if self._next() in SIGNS:
            sign, at = self.tokens[self.index]
            raise Misread("comparisons cannot be chained", at, len(sign), "write `a < b and b < c`")
        return Comparison(left, sign, right)

    def operand(self) -> Operand:
        words: list[str] = []
        start = self._here()[1]
        while self.index < len(self.tokens):
            token, at = self.tokens[self.index]
            if token in _WORDS or token in SIGNS or token in ("(", ")", "=", "!"):
                break
            if token[0] in "\"'":
                if words:
                    raise Misread("a quoted name stands alone", at, len(token))
                self.index += 1
                return Operand(token[1:-1], at)
            words.append(token)
            self.index += 1
        if not words:
            token, at = self._here()
            raise Misread(f"a name or a quantity is wanted here, not `{token}`", at, len(token))
        return Operand(" ".join(words), start)

    def _next(self) -> str:
        return self.tokens[self.index][0] if self.index < len(self.tokens) else ""

    def _here(self) -> tuple[str, int]:
        if self.index == len(self.tokens):
            raise Misread("the condition ends too early", len(self.text.rstrip()))
        return self.tokens[self.index]


def parsed(text: str) -> Comparison | Joined:
    """Return the tree of a condition. Raises `Misread`."""
    return _Parser(text).whole()
