"""Lines of panels, a hall each, baseline and strategy side by side; what doesn't fit goes to the next figure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outputs.drawing import INK, Sketch
from outputs.findings import Findings
from outputs.labels import arm_label, hall_label
from outputs.plaintext import shorten
from scenarios.problems import columns as cells

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_HALLS_A_FIGURE = 4
_TITLE_CELLS = 46


@dataclass(frozen=True)
class Panel:
    """A place for one hall and strategy; `first` is whether it stands at the left edge of the figure."""

    axes: Axes
    hall: str
    arm: str
    first: bool


def paged(key: str, alt: str, halls: Sequence[str], draw: Callable[[list[str]], Figure]) -> list[Sketch]:
    """Return a sketch for every few halls; `draw` is given the halls of one. Names are `key`, `key-2` and so on."""

    def sketch(number: int) -> Sketch:
        page = list(halls[number * _HALLS_A_FIGURE : (number + 1) * _HALLS_A_FIGURE])
        return Sketch(key if number == 0 else f"{key}-{number + 1}", alt, lambda: draw(page))

    return [sketch(number) for number in range(math.ceil(len(halls) / _HALLS_A_FIGURE))]


def lines_of(halls: Sequence[str], arms: Sequence[str]) -> int:
    """Return how many lines the panels of these halls and strategies take, two side by side."""
    return math.ceil(len(halls) * len(arms) / 2)


def panels(
    findings: Findings, figure: Figure, halls: Sequence[str], arms: Sequence[str], label: str
) -> Iterator[Panel]:
    """Yield a panel for each hall and strategy, with its title; those at the left edge say `label` beside their axis.

    The first of two strategies has the hall in its title, the second only its own name: it stands beside.
    """
    columns = min(2, len(halls) * len(arms))
    grid = figure.subplots(lines_of(halls, arms), columns, squeeze=False)
    places = [(hall, arm) for hall in halls for arm in arms]
    for number, axes in enumerate(grid.flat):
        if number >= len(places):
            axes.set_axis_off()
            continue
        hall, arm = places[number]
        title = hall_label(findings, hall)
        if len(arms) > 1:
            strategy = shorten(arm_label(findings, arm), _TITLE_CELLS if arm != arms[0] else _TITLE_CELLS // 2)
            room = _TITLE_CELLS - cells(strategy) - len(" · ")
            title = f"{shorten(title, room)} · {strategy}" if arm == arms[0] else strategy
        axes.set_title(shorten(title, _TITLE_CELLS), color=INK)
        if number % columns == 0 and label:
            axes.set_ylabel(label, fontsize=8)
        yield Panel(axes, hall, arm, number % columns == 0)


def strategies(findings: Findings, arm: str | None) -> list[str]:
    """Return the baseline and, where there is one, the strategy that is set beside it."""
    return [findings.baseline] if arm is None else [findings.baseline, arm]
