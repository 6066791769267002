"""Amounts of a staffing in words: spans of the day, money, shares, minutes."""

from __future__ import annotations

import math

from outputs.findings import Language
from outputs.language import say
from outputs.quantities import NOTHING, unit_words
from scenarios.units import clock_text

_SPACE = "\u00a0"


def span_words(begin_us: int, end_us: int, language: Language = "en") -> str:
    """A span of the day: `10:00–10:30`."""
    return say(language, "staff.span", begin=clock_text(begin_us), end=clock_text(end_us))


def money(language: Language, fen: float, unit: bool = True, cents: bool = False) -> str:
    """A sum to the fen, whole ones without decimals unless `cents`: `3.50 CNY`, `1,200 CNY`."""
    if not math.isfinite(fen):
        return NOTHING
    yuan = fen / 100
    shown = f"{yuan:,.0f}" if not cents and abs(yuan - round(yuan)) < 0.005 else f"{yuan:,.2f}"
    return shown.replace("-", "−") + (f"{_SPACE}{unit_words(language, 'CNY')}" if unit else "")


def per_cent(language: Language, share: float, unit: bool = True) -> str:
    """A share in per cent with two digits, as finely as small ones need: `22 %`, `4.3 %`, `0.08 %`."""
    if not math.isfinite(share):
        return NOTHING
    shown = share * 100
    decimals = 0 if shown == 0 or shown >= 9.95 else 1 if shown >= 0.095 else 2
    gap = "" if language == "zh" else _SPACE
    return f"{shown:.{decimals}f}" + (f"{gap}%" if unit else "")


def limit_words(language: Language, share: float) -> str:
    """A limit as it was stated: `5 %`, `2.5 %`."""
    return f"{share * 100:.6g}" + ("%" if language == "zh" else f"{_SPACE}%")


def minutes(language: Language, value: float) -> str:
    """Minutes as they were stated: `15 min`."""
    return f"{value:g}{_SPACE}{unit_words(language, 'min')}" if math.isfinite(value) else NOTHING
