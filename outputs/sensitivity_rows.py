"""The tables of a sensitivity in words, row by row, as the page and the terminal show them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outputs.labels import kpi_label
from outputs.language import say
from outputs.plaintext import printable, shorten
from outputs.quantities import NOTHING, fit_scale
from outputs.sensitivity_findings import SensitivityFindings
from outputs.sensitivity_sentences import label_words, scale_of, share_words, turnings_of
from outputs.staffing_rows import Words
from outputs.turning import value_words

if TYPE_CHECKING:
    import pandas as pd

WORTHS_SHOWN = 10
"""So many numbers are ranked by what knowing them would be worth."""

SCREENED_SHOWN = 30
"""So many numbers of a screening are shown; the table as a file has all."""

PARTS = ("monte_carlo", "parameters", "assumptions", "interaction")


def tornado_words(found: SensitivityFindings) -> Words:
    """Each number, its range and source, the result at both ends, and where the choice turns."""
    scale = scale_of(found)
    head = ["belief", "range", "stated", "source", "low", "high"]
    rows = []
    for _, row in found.tornado.iterrows():
        name = str(row["belief"])
        belief = found.belief(name)
        cells = [
            label_words(found, name),
            f"{printable(row['low_text'])} … {printable(row['high_text'])}",
            printable(row["best_text"]),
            _say(found, f"source.{belief['source']}"),
            scale.plus_minus(row["low"], row["low_half_width"]),
            scale.plus_minus(row["high"], row["high_half_width"]),
        ]
        if found.baseline:
            cells.append(outcome_words(found, name))
        rows.append(cells)
    if found.baseline:
        head.append("turns")
    heads = _heads(found, head)
    for at in (4, 5):
        heads[at] += f" [{scale.change_words if found.baseline else scale.words}]" if scale.words else ""
    marks = {at for at, name in enumerate(found.tornado["belief"]) if outcomes_of(found, str(name)) == "crosses"}
    return _words(heads, rows, (0, 1, 2, 3, 6), marks)


def outcomes_of(found: SensitivityFindings, name: str) -> str:
    """Whether the choice turns along a belief, as `outputs.sensitivity_findings.OUTCOMES` writes it."""
    rows = found.break_evens[found.break_evens["belief"] == name]
    return str(rows.iloc[0]["outcome"]) if len(rows) else "unknown"


def outcome_words(found: SensitivityFindings, name: str) -> str:
    """Where the choice turns along a belief, or that it does not."""
    rows = found.break_evens[found.break_evens["belief"] == name]
    if not len(rows):
        return NOTHING
    outcome = str(rows.iloc[0]["outcome"])
    if outcome == "crosses":
        values = (value_words(found.language, turning) for turning in turnings_of(found, name))
        turns = [_say(found, "sens.turns_at", value=value) for value in values]
        return _say(found, "join.list").join(turns)
    if outcome == "unknown":
        return _say(found, "sens.unknown")
    return _say(found, f"sens.{outcome}" if rows.iloc[0]["settled"] else f"sens.{outcome}_open")


def information_words(found: SensitivityFindings) -> Words:
    """The numbers by what knowing them would be worth, the first ones."""
    scale = scale_of(found)
    rows: list[list[str]] = []
    marks: set[int] = set()
    for _, row in found.information.head(WORTHS_SHOWN).iterrows():
        told = bool(row["told"])
        if told:
            marks.add(len(rows))
        worth = scale.number(max(float(row["value"]), 0.0)) + (" *" if told else "")
        rows.append(
            [
                label_words(found, str(row["belief"])),
                worth,
                scale.number(float(row["error"])),
                share_words(found.language, float(row["wrong"])),
            ]
        )
    heads = _heads(found, ["belief", "worth", "error", "risk"])
    heads[1] += f" [{scale.change_words}]" if scale.change_words else ""
    return _words(heads, rows, (0,), marks)


def variance_words(found: SensitivityFindings) -> Words:
    """Mean, spread and the parts of the variance of each result, in per cent of the variance of one run."""
    parts = [part for part in PARTS if part in set(found.variance["part"])]
    rows = []
    for (metric, side), group in found.variance.groupby(["metric", "side"], sort=False):
        shares = dict(zip(group["part"], group["share"], strict=True))
        later = dict(zip(group["part"], group["share_of_mean"], strict=True))
        total = sum(max(0.0, float(each)) for each in group["variance"])
        mean = float(group["mean"].iloc[0])
        scale = fit_scale(found.language, str(group["unit"].iloc[0]), [mean], [math.sqrt(total)])
        differs = side == "difference"
        rows.append(
            [
                result_words(found, str(metric), str(side)),
                scale.change(mean) if differs else scale.value(mean),
                scale.number(math.sqrt(total)),
                *(share_words(found.language, float(shares.get(part, math.nan))) for part in parts),
                share_words(found.language, 1 - float(later.get("monte_carlo", math.nan))),
            ]
        )
    heads = [
        *_heads(found, ["metric", "mean", "sd"]),
        *(_say(found, f"sens.part.{part}") for part in parts),
        *_heads(found, ["stays"]),
    ]
    return _words(heads, rows, (0,), set())


def result_words(found: SensitivityFindings, metric: str, side: str) -> str:
    """A result whose variance is split: the metric, and whether it is the baseline's, the arm's or the difference."""
    kpi, _, where = metric.partition("@")
    name = kpi_label(found.language, kpi) + (f" @{printable(where)}" if where else "")
    if not found.baseline:
        return name
    which = _say(found, f"sens.side.{side}", arm=shorten(found.arm_title, 24))
    return _say(found, "label.part", kpi=name, where=which)


def screening_words(found: SensitivityFindings, stage: str) -> Words:
    """The effects of a screening, `groups` or `beliefs`, the largest first."""
    shown = found.screening[found.screening["stage"] == stage].head(SCREENED_SHOWN)
    sobol = bool(shown["total"].notna().any())
    scale = fit_scale(found.language, found.unit, shown["mu_star"], shown["half_width"])
    rows: list[list[str]] = []
    marks: set[int] = set()
    for _, row in shown.iterrows():
        if not row["told"]:
            marks.add(len(rows))
        name = ("" if row["told"] else "○ ") + label_words(found, str(row["name"]))
        if sobol:
            shares = [_share(row, each) for each in ("first", "total")]
            rows.append([name, *shares])
            continue
        known = stage == "beliefs" and row["mu_star"] > 0
        direction = _say(found, f"sens.direction.{int(row['direction'])}") if known else NOTHING
        rows.append(
            [
                name,
                scale.plus_minus(row["mu_star"], row["half_width"]),
                direction,
                scale.number(row["sigma"]),
                scale.number(row["noise"]),
            ]
        )
    names = ["first", "total"] if sobol else ["mu_star", "direction", "sigma", "noise"]
    heads = _heads(found, ["group" if stage == "groups" else "belief", *names])
    if not sobol:
        heads[1] += f" [{scale.change_words if found.baseline else scale.words}]" if scale.words else ""
    return _words(heads, rows, (0,) if sobol else (0, 2), marks)


def belief_rows(found: SensitivityFindings) -> Words:
    """Every number that acts: label, path, range, source, note, file and line."""
    acting = found.beliefs[found.beliefs["active"].astype(bool)]
    rows = [
        [
            shorten(str(row["label"]), 60),
            printable(row["belief"]),
            f"{printable(row['low'])} … {printable(row['high'])}",
            printable(row["best"]),
            _say(found, f"source.{row['source']}"),
            printable(row["note"]),
            f"{printable(row['file'])}:{row['line']}",
        ]
        for _, row in acting.iterrows()
    ]
    heads = [
        *_heads(found, ["belief", "path", "range", "stated", "source"]),
        _say(found, "report.note"),
        *_heads(found, ["place"]),
    ]
    return _words(heads, rows, tuple(range(7)), set())


def _share(row: pd.Series, name: str) -> str:
    value, half_width = float(row[name]), float(row[f"{name}_half_width"])
    return f"{value:.2f}\u00a0±\u00a0{half_width:.2f}" if math.isfinite(half_width) else f"{value:.2f}"


def _heads(found: SensitivityFindings, names: list[str]) -> list[str]:
    return [_say(found, f"sens.col.{name}") for name in names]


def _words(head: list[str], rows: list[list[str]], texts: tuple[int, ...], marks: set[int]) -> Words:
    return Words(tuple(head), tuple(tuple(row) for row in rows), texts, frozenset(marks))


def _say(found: SensitivityFindings, key: str, **values: object) -> str:
    return say(found.language, key, **values)
