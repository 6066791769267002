"""The tables of a war game in words, for the page and the terminal alike: heads, and rows of ready texts."""

from __future__ import annotations

import math

from outputs.language import say
from outputs.quantities import Scale
from outputs.robust_findings import RobustFindings
from outputs.robust_sentences import arm_words, book_words, regret_scale, value_scale
from outputs.staffing_rows import Words

BEST = "★"


def value_table(found: RobustFindings) -> Words:
    """A row a strategy, a column a playbook: mean and half-width, in the unit of the heading."""
    scale = value_scale(found)
    rows = []
    for at, arm in enumerate(found.arms):
        cells = [
            scale.plus_minus(float(found.means.value[at, book]), _half(found, at, book)) + _star(found, at, book)
            for book in range(len(found.playbooks))
        ]
        rows.append((arm_words(found, arm), *cells))
    return Words(_head(found), tuple(rows), marks=frozenset({found.choice}))


def regret_table(found: RobustFindings) -> Words:
    """A row a strategy, a column a playbook: regret, and its interval on a second line."""
    scale = regret_scale(found)
    rows = [
        (
            arm_words(found, arm),
            *(
                f"{scale.number(float(found.regret.value[at, book]))}{_star(found, at, book)}\n"
                + _interval(scale, float(found.regret.low[at, book]), float(found.regret.high[at, book]))
                for book in range(len(found.playbooks))
            ),
        )
        for at, arm in enumerate(found.arms)
    ]
    return Words(_head(found), tuple(rows), marks=frozenset({found.choice}))


def worst_table(found: RobustFindings) -> Words:
    """A row a strategy, the least worst regret first."""
    language, scale = found.language, regret_scale(found)
    order = sorted(range(len(found.arms)), key=lambda at: (at != found.choice, found.worst.value[at]))
    rows = []
    for at in order:
        told = "robust.least" if at == found.choice else "robust.told_apart"
        rows.append(
            (
                arm_words(found, found.arms[at]),
                scale.number(float(found.worst.value[at])),
                _interval(scale, float(found.worst.low[at]), float(found.worst.high[at])),
                book_words(found, found.playbooks[found.worst_at[at]].name) if found.worst.value[at] > 0 else "",
                scale.number(float(found.mean.value[at])),
                _interval(scale, float(found.mean.low[at]), float(found.mean.high[at])),
                say(language, "robust.not_told" if at in found.rivals else told),
            )
        )
    keys = ("arm", "worst", "interval", "at", "mean", "interval", "told")
    head = tuple(say(language, f"robust.col.{key}") for key in keys)
    return Words(head, tuple(rows), (0, 3, 6), frozenset({0}))


def pair_table(found: RobustFindings) -> Words:
    """For each two playbooks the first month in which one figure tells them apart."""
    names = [book.name for book in found.playbooks]
    rows = []
    for one in names[1:]:
        cells = []
        for other in names[:-1]:
            signal = found.signal(one, other) or found.signal(other, one)
            later = names.index(other) >= names.index(one)
            never = say(found.language, "robust.pair.never")
            cells.append("" if later else signal.month if signal is not None else never)
        rows.append((book_words(found, one), *cells))
    head = (say(found.language, "robust.col.playbook"), *(book_words(found, name) for name in names[:-1]))
    return Words(head, tuple(rows))


def unit_heading(title: str, scale: Scale, *, change: bool) -> str:
    """A heading with the unit of its table in brackets."""
    words = scale.change_words if change else scale.words
    return f"{title} [{words}]" if words else title


def _head(found: RobustFindings) -> tuple[str, ...]:
    return (
        say(found.language, "robust.col.arm"),
        *(book_words(found, book.name) for book in found.playbooks),
    )


def _star(found: RobustFindings, arm: int, book: int) -> str:
    return f" {BEST}" if found.best[book] == arm else ""


def _half(found: RobustFindings, arm: int, book: int) -> float:
    return float(found.means.high[arm, book] - found.means.value[arm, book])


def _interval(scale: Scale, low: float, high: float) -> str:
    if not math.isfinite(high):
        return ""
    return f"[{scale.number(low)},\u00a0{scale.number(high)}]"
