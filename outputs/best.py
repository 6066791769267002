"""The best of many in words and rows: which strategies may be the best on a metric, and which one was selected."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from outputs.findings import BEST_COLUMNS, Findings
from outputs.labels import arm_label, capital, metric_label, quoted_arm
from outputs.language import say
from outputs.quantities import Scale, fit_scale, level_words
from outputs.tables import csv_bytes

if TYPE_CHECKING:
    import pandas as pd


def best_metrics(findings: Findings, point: str) -> Iterator[pd.DataFrame]:
    """Give the rows of each metric of which it is known which strategies may be the best at a sweep point."""
    if findings.best is None:
        return
    here = findings.best[findings.best["point"] == point]
    for metric in dict.fromkeys(here["metric"]):
        yield here[here["metric"] == metric]


def best_words(findings: Findings, point: str) -> tuple[str, ...]:
    """Return a sentence a metric on which strategies may be the best, and one on what was selected."""
    found = []
    for rows in best_metrics(findings, point):
        left = [quoted_arm(findings, str(arm)) for arm in rows[rows["could_be_best"].astype(bool)]["arm"]]
        level = level_words(findings.language, float(rows["level"].iloc[0]))
        words = {"metric": metric_label(findings, rows.iloc[0]), "level": level, "all": len(rows)}
        if len(left) == 1:
            found.append(say(findings.language, "best.one", arm=left[0], **words))
        elif len(left) == len(rows):
            found.append(say(findings.language, "best.all", **words))
        else:
            found.append(say(findings.language, "best.some", arms=_listed(findings, left), count=len(left), **words))
        if selection := _selection(findings, rows):
            found.append(selection)
    return tuple(found)


def best_groups(findings: Findings, point: str) -> list[dict[str, Any]]:
    """Return the table at a sweep point: one group a metric, one row a strategy, the best mean first."""
    groups = []
    for rows in best_metrics(findings, point):
        scale = best_scale(findings, rows)
        ranked = rows.sort_values("mean", ascending=str(rows["goal"].iloc[0]) == "min", kind="stable")
        about = (scale.words, say(findings.language, f"goal.{rows['goal'].iloc[0]}"))
        groups.append(
            {
                "name": capital(metric_label(findings, rows.iloc[0])),
                "about": " · ".join(filter(None, about)),
                "rows": [_row(findings, row, scale) for _, row in ranked.iterrows()],
            }
        )
    return groups


def best_scale(findings: Findings, rows: pd.DataFrame) -> Scale:
    """Return one scale for the rows of a metric."""
    return fit_scale(findings.language, str(rows["unit"].iloc[0]), rows["mean"], (rows["high"] - rows["low"]) / 2)


def best_csv(findings: Findings) -> bytes:
    """Return `best.csv`: the frame of the best of many, every column and digit."""
    assert findings.best is not None
    return csv_bytes(findings.best[list(BEST_COLUMNS)])


def _row(findings: Findings, row: pd.Series, scale: Scale) -> dict[str, Any]:
    state = str(row["selection"]) or ("may" if row["could_be_best"] else "no")
    return {
        "name": arm_label(findings, str(row["arm"])),
        "mean": scale.number(float(row["mean"])),
        "interval": scale.interval(float(row["low"]), float(row["high"])),
        "state": say(findings.language, f"best.state.{state}"),
        "chosen": state == "selected",
    }


def _selection(findings: Findings, rows: pd.DataFrame) -> str:
    procedure = str(rows["procedure"].iloc[0])
    if not procedure:
        return ""
    scale = best_scale(findings, rows)
    words: dict[str, object] = {
        "procedure": say(findings.language, f"best.procedure.{procedure}"),
        "zone": scale.size(float(rows["zone"].iloc[0])),
        "runs": int(rows["selection_n"].iloc[0]) if math.isfinite(rows["selection_n"].iloc[0]) else 0,
    }
    one = rows[rows["selection"] == "selected"]
    if len(one):
        return say(findings.language, "best.selected", arm=quoted_arm(findings, str(one["arm"].iloc[0])), **words)
    left = [quoted_arm(findings, str(arm)) for arm in rows[rows["selection"] == "remains"]["arm"]]
    return say(findings.language, "best.not_selected", arms=_listed(findings, left), **words)


def _listed(findings: Findings, names: list[str]) -> str:
    return say(findings.language, "join.list").join(names)
