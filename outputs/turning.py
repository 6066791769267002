"""Where a choice turns along one number of a study: the break-even as it is stored, read again, and put into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from outputs.findings import Language
from outputs.language import has, say
from outputs.plaintext import printable


@dataclass(frozen=True)
class Turning:
    """A break-even of an arm against the baseline: texts of values as written, and on which side the arm is better.

    `quantile` is that of the break-even within the number's range, 0.5 being the stated value. `open_low` and
    `open_high` say that its interval leaves the range.
    """

    arm: str
    point: str
    metric: str
    unit: str
    label: str
    stated: str
    source: str
    value: str
    low: str
    high: str
    open_low: bool
    open_high: bool
    quantile: float
    better_above: bool


def turnings_in(saved: Mapping[str, Any]) -> tuple[Turning, ...]:
    """The break-evens of a `sensitivity.json`, the number with the largest swing first; () if it is not one."""
    try:
        beliefs = {row["belief"]: row for row in saved["beliefs"]}
        stated = {row["belief"]: str(row["best_text"]) for row in saved["tornado"]}
        order = {name: place for place, name in enumerate(stated)}
        rows = [row for row in saved["break_evens"] if row["outcome"] == "crosses"]
        return tuple(
            Turning(
                arm=str(saved["arm"]),
                point=str(saved["point"]),
                metric=str(saved["metric"]),
                unit=str(saved["unit"]),
                label=str(beliefs[row["belief"]]["label"]),
                stated=stated[row["belief"]],
                source=str(beliefs[row["belief"]]["source"]),
                value=str(row["value_text"]),
                low=str(row["low_text"]),
                high=str(row["high_text"]),
                open_low=bool(row["open_low"]),
                open_high=bool(row["open_high"]),
                quantile=float(row["quantile"]),
                better_above=bool(row["better_above"]),
            )
            for row in sorted(rows, key=lambda row: order[row["belief"]])
        )
    except (KeyError, TypeError, ValueError):
        return ()


def turn_words(language: Language, turning: Turning, arm: str) -> str:
    """Where the arm stops or starts being the better one: `… stops paying below 4.1 % (3.2 % to 5.0 %); stated 7 %`."""
    stated_above = turning.quantile < 0.5
    if stated_above == turning.better_above:
        key = "sens.stops_below" if stated_above else "sens.stops_above"
    else:
        key = "sens.starts_above" if turning.better_above else "sens.starts_below"
    if turning.unit == "CNY" and has(language, f"{key}.money"):
        key += ".money"
    source = f"source.{turning.source}"
    words = {
        "value": value_words(language, turning),
        "best": printable(turning.stated),
        "source": say(language, source) if has(language, source) else printable(turning.source),
    }
    return say(language, key, arm=arm, **words)


def value_words(language: Language, turning: Turning) -> str:
    """The break-even with its interval: `4.1 % (3.2 % to 5.0 %)`."""
    sides = {(False, False): "", (True, False): "_below", (False, True): "_above", (True, True): "_open"}
    texts = {"value": turning.value, "low": turning.low, "high": turning.high}
    key = f"sens.value{sides[turning.open_low, turning.open_high]}"
    return say(language, key, **{name: printable(text) for name, text in texts.items()})
