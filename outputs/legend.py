"""What stands around a decision table, on the terminal and in the report: terms of a metric, and notes below."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outputs.findings import Findings
from outputs.language import say
from outputs.quantities import Scale, level_words

if TYPE_CHECKING:
    import pandas as pd


def metric_terms(findings: Findings, row: pd.Series, scale: Scale) -> list[str]:
    """Return which way a metric is better and, where there is one, its indifference zone. `row` is of the decision."""
    terms = [say(findings.language, f"goal.{row['goal']}")]
    if math.isfinite(row["indifference"]):
        key = "table.zone_chosen" if row["indifference_chosen"] else "table.zone"
        terms.append(say(findings.language, key, zone=scale.size(float(row["indifference"]))))
    return terms


def decision_notes(findings: Findings) -> tuple[str, ...]:
    """Return the notes under the decision table: levels, correlation, runs, zones chosen by Standfast."""
    levels = [float(level) for level in findings.decision["level"] if math.isfinite(level)]
    notes = []
    if levels:
        low, high = (level_words(findings.language, level) for level in (min(levels), max(levels)))
        notes.append(say(findings.language, "table.level_note", level=low if low == high else f"{low} – {high}"))
    notes.append(say(findings.language, "table.correlation_note"))
    if findings.decision["runs_to_settle"].notna().any():
        notes.append(say(findings.language, "table.more_note"))
    if findings.decision["indifference_chosen"].astype(bool).any():
        notes.append(say(findings.language, "table.chosen_note"))
    return tuple(notes)
