"""The pictures of a war game: regret by strategy, and when each playbook runs and shows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outputs.drawing import FAINT, INK, MUTED, STRATEGY, TARGET, Sketch, blank_figure, plain_number
from outputs.language import say
from outputs.month_axis import month_axis
from outputs.plaintext import wrap
from outputs.robust_findings import Floats, RobustFindings
from outputs.robust_sentences import QUIET, arm_words, book_words, regret_scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW_IN = 0.36
_FRAME_IN = 0.85
_LABEL_CELLS = 30
_RUNS = "#cfd9e6"


def robust_sketches(found: RobustFindings) -> tuple[Sketch, ...]:
    """The figures of the page: regret of each strategy, and the signs of each playbook where they were looked for."""
    language = found.language
    sketches = []
    if len(found.arms) > 1:
        sketches.append(Sketch("regret", say(language, "robust.figure.regret"), lambda: draw_regret(found)))
    looked = found.replications >= found.fewest_runs and len(found.months) > 1
    if looked and any(book.name != QUIET for book in found.playbooks):
        sketches.append(Sketch("signals", say(language, "robust.figure.signal"), lambda: draw_signals(found)))
    return tuple(sketches)


def draw_regret(found: RobustFindings) -> Figure:
    """A row a strategy, the least worst regret on top: a ring a playbook, a dot and an interval for the worst."""
    from matplotlib.lines import Line2D

    scale = regret_scale(found)
    order = sorted(range(len(found.arms)), key=lambda at: (at != found.choice, found.worst.value[at]))
    figure = blank_figure(_FRAME_IN + _ROW_IN * len(order))
    axes = figure.subplots()
    for row, at in enumerate(order):
        value, low, high = (float(each[at]) * scale.factor for each in _ends(found))
        colour = STRATEGY if at == found.choice else MUTED
        if math.isfinite(high):
            axes.plot([low, high], [row, row], color=colour, linewidth=2, solid_capstyle="butt", zorder=2)
        each = found.regret.value[at] * scale.factor
        axes.plot(each, [row] * len(each), "o", mfc="white", mec=colour, markersize=4.5, linewidth=0, zorder=3)
        axes.plot([value], [row], "o", color=colour, markersize=7, zorder=4)
    names = [wrap(arm_words(found, found.arms[at]), _LABEL_CELLS) for at in order]
    _rows(axes, names)
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
    axes.axvline(0, color=FAINT, linewidth=1, zorder=0)
    axes.set_xlabel(say(found.language, "robust.figure.regret_axis", unit=scale.change_words))
    axes.xaxis.set_major_formatter(plain_number)
    axes.grid(axis="x")
    handles = [
        Line2D([], [], marker="o", color=STRATEGY, linewidth=2, label=say(found.language, "robust.figure.worst")),
        Line2D([], [], marker="o", mfc="white", color=MUTED, lw=0, label=say(found.language, "robust.figure.each")),
    ]
    figure.legend(handles=handles, loc="outside upper right", ncols=2, fontsize=8)
    return figure


def draw_signals(found: RobustFindings) -> Figure:
    """A row a playbook: the months of its campaigns, a ring where something shows, a dot where the playbook does."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    books = [book for book in found.playbooks if book.name != QUIET]
    months = list(found.months)
    figure = blank_figure(_FRAME_IN + _ROW_IN * len(books))
    axes = figure.subplots()
    for row, book in enumerate(books):
        if book.begins and book.begins <= months[-1] and book.ends >= months[0]:
            begin = months.index(max(book.begins, months[0]))
            end = months.index(min(book.ends, months[-1]))
            axes.barh(row, end - begin + 1, 0.5, begin - 0.5, color=_RUNS, linewidth=0, zorder=1)
        begun, told = found.signal(book.name, QUIET), found.signal(book.name)
        for signal, fill in ((begun, "white"), (told, TARGET)):
            if signal is not None:
                at = months.index(signal.month)
                size = 10 if fill == "white" else 6
                axes.plot([at], [row], "o", mfc=fill, mec=TARGET, mew=1.5, markersize=size, zorder=3)
    _rows(axes, [wrap(book_words(found, book.name), _LABEL_CELLS) for book in books])
    month_axis(axes, months)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x")
    words = {key: say(found.language, f"robust.figure.{key}") for key in ("runs", "begun", "told")}
    handles = [
        Patch(color=_RUNS, label=words["runs"]),
        Line2D([], [], marker="o", mfc="white", mec=TARGET, mew=1.5, lw=0, markersize=9, label=words["begun"]),
        Line2D([], [], marker="o", color=TARGET, lw=0, markersize=6, label=words["told"]),
    ]
    figure.legend(handles=handles, loc="outside upper right", ncols=3, fontsize=8)
    return figure


def _ends(found: RobustFindings) -> tuple[Floats, Floats, Floats]:
    return found.worst.value, found.worst.low, found.worst.high


def _rows(axes: Axes, names: list[str]) -> None:
    axes.set_yticks(range(len(names)), names, fontsize=8.5, color=INK)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_axisbelow(True)
