"""Formulas against published values: every row of the table within 1e-9 of the exact value, and as it was printed."""

from __future__ import annotations

from collections.abc import Iterable

from standfast.validation.published import TRUTHS, Published
from standfast.validation.rows import Row, verdict_of

PART = "formulas"

TOLERANCE = 1e-9
"""Largest relative error of a formula."""


def formula_rows(truths: Iterable[Published] = TRUTHS) -> list[Row]:
    """One row a truth. It also misses if it is more than a unit of the last digit from what was printed."""
    return [_row(truth) for truth in truths]


def _row(truth: Published) -> Row:
    measured = truth.formula()
    tolerance = TOLERANCE * abs(truth.exact)
    holds = abs(measured - truth.exact) <= tolerance
    note = ""
    if truth.printed:
        as_printed = abs(measured - float(truth.printed)) <= last_digit(truth.printed)
        note = f"printed {truth.printed}" + ("" if as_printed else ", which is another number")
        holds = holds and as_printed
    return Row(PART, truth.name, truth.source, truth.exact, measured, tolerance, verdict_of(holds), note)


def last_digit(printed: str) -> float:
    """One unit of the last digit: prints are rounded or cut off.

    >>> last_digit("0.238")
    0.001
    """
    return float(f"1e-{len(printed.partition('.')[2])}")
