"""Numbers as people read them: shares in per cent, money in millions or 万元, decimals as the interval carries, units.

It rounds for the eye only. Tables for machines (CSV, Parquet) keep the full number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from outputs.findings import Language
from outputs.language import has, say

NOTHING = "–"
"""Stands where there is no number."""

_MINUS = "−"
_SPACE = "\u00a0"

_SHARES = ("1", "1/month")
"""Units shown in per cent; differences of them are in points."""

_LARGE_MONEY: Mapping[Language, tuple[float, float]] = {"en": (1e6, 1e6), "zh": (1e5, 1e4)}
"""From which sum money is told in larger units, and how many CNY one of them is: million CNY, 万元."""


@dataclass(frozen=True)
class Scale:
    """How the numbers of one metric are shown: `factor` × value, so many decimals, and the unit's words.

    `large` says that the factor turns the unit into its larger one (CNY into million CNY or 万元).
    """

    language: Language
    unit: str
    factor: float
    decimals: int
    large: bool = False

    def number(self, value: float, signed: bool = False) -> str:
        """Return the bare number; `signed` writes the plus too. Not finite: a dash."""
        if not math.isfinite(value):
            return NOTHING
        shown = round(value * self.factor, self.decimals) + 0.0
        sign = _MINUS if shown < 0 else "+" if signed and shown > 0 else ""
        return f"{sign}{abs(shown):,.{self.decimals}f}"

    def value(self, value: float) -> str:
        """Return a level with its unit: `18.2 %`, `7.9 min`."""
        return self._with(self.number(value), self.words)

    def first(self, value: float) -> str:
        """Return the first of two levels, whose unit follows the second; per cent stands at both."""
        return self.value(value) if self.unit == "1" else self.number(value)

    def change(self, value: float, signed: bool = True) -> str:
        """Return a difference with its unit; a difference of shares is in points."""
        return self._with(self.number(value, signed), self.change_words)

    def size(self, value: float) -> str:
        """Return the size of a difference with its unit, with more decimals where these would round it to 0."""
        shown = abs(value) * self.factor
        if not math.isfinite(shown) or shown == 0 or round(shown, self.decimals) > 0:
            return self.change(abs(value), signed=False)
        return replace(self, decimals=-math.floor(math.log10(shown))).change(abs(value), signed=False)

    def plus_minus(self, value: float, half_width: float) -> str:
        """Return `18.2 ± 0.9` without the unit; the bare value where there is no half-width."""
        if not math.isfinite(half_width):
            return self.number(value)
        return f"{self.number(value)}{_SPACE}±{_SPACE}{self.number(half_width)}"

    def interval(self, low: float, high: float) -> str:
        """Return `[−13.2, −11.0]`, signed, without the unit."""
        return f"[{self.number(low, True)},{_SPACE}{self.number(high, True)}]"

    @property
    def words(self) -> str:
        """The unit of a level as it stands in a heading; empty for a unit without a name."""
        return unit_words(self.language, f"{self.unit}.large" if self.large else self.unit)

    @property
    def change_words(self) -> str:
        """The unit of a difference: points for shares, else that of a level."""
        return unit_words(self.language, f"{self.unit}.change") if self.unit in _SHARES else self.words

    def _with(self, number: str, words: str) -> str:
        if number == NOTHING or not words:
            return number
        return number + ("" if words.startswith("%") and self.language == "zh" else _SPACE) + words


def unit_words(language: Language, unit: str) -> str:
    """Return the words of a unit in a language; a unit that the table lacks is shown as it is."""
    return say(language, f"unit.{unit}") if has(language, f"unit.{unit}") else unit


def fit_scale(language: Language, unit: str, values: Iterable[float], half_widths: Iterable[float]) -> Scale:
    """Return the scale on which the middle half-width has one significant digit, two if it begins with 1.

    Without a usable half-width the values get three significant digits. At most four decimals, so that no table
    spreads noise. The largest value decides the unit of money.
    """
    values = list(values)
    factor = 100.0 if unit in _SHARES else 1.0
    least, size = _LARGE_MONEY[language]
    large = unit == "CNY" and any(math.isfinite(v) and abs(v) >= least for v in values)
    if large:
        factor = 1 / size
    widths = sorted(abs(w) * factor for w in half_widths if math.isfinite(w) and w != 0)
    sizes = sorted(abs(v) * factor for v in values if math.isfinite(v) and v != 0)
    if widths:
        middle = widths[len(widths) // 2]
        exponent = math.floor(math.log10(middle))
        decimals = (1 if middle / 10**exponent < 1.95 else 0) - exponent
    elif sizes:
        decimals = 2 - math.floor(math.log10(sizes[-1]))
    else:
        decimals = 0
    return Scale(language, unit, factor, min(4, max(0, decimals)), large)


def level_words(language: Language, level: float) -> str:
    """Return a confidence level in per cent with the digits that tell it from 100 %: `95 %`, `99.79 %`."""
    if not 0 < level < 1:
        return NOTHING
    decimals = max(0, 1 - math.floor(math.log10((1 - level) * 100))) if level > 0.99 else 1
    return f"{level * 100:.{decimals}f}".rstrip("0").rstrip(".") + ("%" if language == "zh" else f"{_SPACE}%")


def correlation_words(value: float) -> str:
    """Return a correlation with two decimals, three where two would round it to 1; a dash where there is none."""
    if not math.isfinite(value):
        return NOTHING
    return f"{value:.2f}" if abs(value) < 0.995 else f"{value:.3f}"


def count_words(count: float) -> str:
    """Return a number of runs or things; a dash where there is none."""
    return f"{math.ceil(count):,}" if math.isfinite(count) else NOTHING


def about_words(count: float) -> str:
    """Return an estimated number of runs, from 100 on with two significant digits; a dash where there is none."""
    if not math.isfinite(count):
        return NOTHING
    whole = math.ceil(count)
    return f"{whole if whole < 100 else round(whole, 2 - len(str(whole))):,}"
