"""One line of the validation: a truth, where it comes from, what was measured here, and whether they agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["holds", "misses", "told"]
"""`told` is for what has no truth: the machine and its versions."""

Value = float | str | None


@dataclass(frozen=True)
class Row:
    """Truth beside measurement.

    part: which part of the pack. source: where the truth comes from. half_width: how far apart the two may lie, or the
    half-width of the interval that has to hold the truth; None where only equality will do. note: what else to know.
    """

    part: str
    name: str
    source: str
    truth: Value
    measured: Value
    half_width: float | None
    verdict: Verdict
    note: str = ""

    @property
    def misses(self) -> bool:
        return self.verdict == "misses"


def verdict_of(holds: bool) -> Verdict:
    """`holds` or `misses`."""
    return "holds" if holds else "misses"


def near(part: str, name: str, source: str, truth: float, measured: float, tolerance: float, note: str = "") -> Row:
    """A row that holds if the two lie within `tolerance` of each other; a measurement that is NaN misses."""
    return Row(part, name, source, truth, measured, tolerance, verdict_of(abs(measured - truth) <= tolerance), note)


def same(part: str, name: str, source: str, truth: Value, measured: Value, note: str = "") -> Row:
    """A row that holds if the two are equal."""
    return Row(part, name, source, truth, measured, None, verdict_of(measured == truth), note)


def broken(part: str, name: str, source: str, reason: str) -> Row:
    """A row whose measurement failed: it misses."""
    return Row(part, name, source, None, None, None, "misses", reason)
