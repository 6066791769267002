"""The figures of a sensitivity: the tornado, the lines along each number with their break-even, the split variances."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outputs.drawing import INK, MUTED, STRATEGY, TARGET, Sketch, blank_figure, plain_number
from outputs.labels import TITLE_CELLS
from outputs.language import say
from outputs.plaintext import printable, shorten, wrap
from outputs.sensitivity_findings import SensitivityFindings
from outputs.sensitivity_rows import PARTS, result_words
from outputs.sensitivity_sentences import label_words, metric_words, scale_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LOW_END, HIGH_END = "#8fb0d6", STRATEGY
"""Colours of the two ends of a range."""

PART_COLOURS = {"monte_carlo": "#c9d0d9", "parameters": "#8fb0d6", "assumptions": STRATEGY, "interaction": TARGET}
"""Colours of the parts of a variance; what no data can lower by more runs is the darker."""

CURVES_SHOWN = 6
"""So many numbers have a line drawn along their range: those that turn the choice first."""

RESULTS_SHOWN = 12
"""So many results have their variance drawn."""

_LABEL_CELLS = 34
_TICK_CHARACTERS = 20
"""Characters that the three labels below a small panel may have together beside each other."""


def sensitivity_sketches(found: SensitivityFindings) -> list[Sketch]:
    """The figures that these findings have, in the order of the page."""
    sketches = []
    metric = metric_words(found)
    if len(found.tornado):
        alt = say(found.language, "sens.figure.tornado", metric=metric)
        sketches.append(Sketch("sensitivity-tornado", alt, partial(_tornado, found)))
    if found.baseline and len(found.curves):
        alt = say(found.language, "sens.figure.curves", metric=metric)
        sketches.append(Sketch("sensitivity-break-even", alt, partial(_curves, found)))
    if _varying(found):
        alt = say(found.language, "sens.figure.variance")
        sketches.append(Sketch("sensitivity-variance", alt, partial(_variance, found)))
    return sketches


def shown_curves(found: SensitivityFindings) -> list[str]:
    """The beliefs whose lines are drawn: those along which the choice turns, then the largest swings."""
    turning = set(found.break_evens[found.break_evens["outcome"] == "crosses"]["belief"])
    there = set(found.curves["belief"])
    names = [str(name) for name in found.tornado["belief"] if name in there]
    return sorted(names, key=lambda name: name not in turning)[:CURVES_SHOWN]


def _tornado(found: SensitivityFindings) -> Figure:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    shown = found.tornado
    factor, words = _factor(found)
    figure = blank_figure(0.95 + 0.42 * len(shown))
    axes = figure.subplots()
    best = found.best * factor
    for row, (_, each) in enumerate(shown.iterrows()):
        reaches = [best]
        for end, colour in (("low", LOW_END), ("high", HIGH_END)):
            value, half_width = each[end] * factor, each[f"{end}_half_width"] * factor
            axes.barh(row, value - best, 0.52, best, color=colour, linewidth=0, zorder=2)
            if np.isfinite(half_width):
                axes.plot([value - half_width, value + half_width], [row, row], color=INK, linewidth=1, zorder=4)
            axes.plot([value], [row], "|", color=INK, markersize=7, zorder=4)
            reaches += [at for at in (value, value - half_width, value + half_width) if np.isfinite(at)]
        # beyond both whiskers, the smaller value's on the left: both ends may lie on one side of the stated value
        left, right = ("low", "high") if each["low"] <= each["high"] else ("high", "low")
        for end, at, shift in ((left, min(reaches), -5), (right, max(reaches), 5)):
            axes.annotate(
                shorten(str(each[f"{end}_text"]), 14),
                (at, row),
                (shift, 0),
                textcoords="offset points",
                ha="right" if shift < 0 else "left",
                va="center",
                fontsize=7.5,
                color=MUTED,
            )
    axes.axvline(best, color=INK, linewidth=1, linestyle=(0, (3, 2)), zorder=3)
    if found.baseline:
        axes.axvline(0, color=TARGET, linewidth=1.2, zorder=1)
    labels = [wrap(label_words(found, str(name)), _LABEL_CELLS) for name in shown["belief"]]
    axes.set_yticks(range(len(shown)), labels, fontsize=8, color=INK)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.margins(x=0.26)
    axes.set_xlabel(f"{metric_words(found)}{words}")
    axes.xaxis.set_major_formatter(plain_number)
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    handles = [
        Patch(color=LOW_END, label=say(found.language, "sens.figure.low")),
        Patch(color=HIGH_END, label=say(found.language, "sens.figure.high")),
        Line2D([], [], color=INK, linewidth=1, linestyle=(0, (3, 2)), label=say(found.language, "sens.col.stated")),
    ]
    axes.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, fontsize=8, borderaxespad=0.2)
    return figure


def _curves(found: SensitivityFindings) -> Figure:
    names = shown_curves(found)
    factor, words = _factor(found)
    columns = min(3, len(names))
    rows = -(-len(names) // columns)
    figure = blank_figure(0.35 + 2.05 * rows)
    panels = figure.subplots(rows, columns, squeeze=False)
    for at, axes in enumerate(panels.ravel()):
        if at >= len(names):
            axes.set_axis_off()
            continue
        _curve(axes, found, names[at], factor)
    figure.supylabel(f"{metric_words(found)}{words}", fontsize=8.5, color=MUTED)
    return figure


def _curve(axes: Axes, found: SensitivityFindings, name: str, factor: float) -> None:
    here = found.curves[found.curves["belief"] == name]
    at, mean = here["quantile"].to_numpy(), here["mean"].to_numpy() * factor
    half_width = here["half_width"].to_numpy() * factor
    run = here["run"].to_numpy(dtype=bool)
    if np.isfinite(half_width).all():
        axes.fill_between(at, mean - half_width, mean + half_width, color=STRATEGY, alpha=0.16, linewidth=0)
    axes.plot(at, mean, color=STRATEGY, linewidth=1.5)
    axes.plot(at[run], mean[run], "o", color=STRATEGY, markersize=3.5)
    axes.axhline(0, color=TARGET, linewidth=1.1)
    turns = found.break_evens[(found.break_evens["belief"] == name) & (found.break_evens["outcome"] == "crosses")]
    for _, turn in turns.iterrows():
        axes.axvline(turn["quantile"], color=TARGET, linewidth=0.9, linestyle=(0, (3, 2)))
        axes.annotate(
            shorten(str(turn["value_text"]), 16),
            (turn["quantile"], 1.0),
            (3, -9),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            fontsize=7.5,
            color=TARGET,
        )
    row = found.tornado[found.tornado["belief"] == name].iloc[0]
    ends = [shorten(printable(row[f"{end}_text"]), 13) for end in ("low", "best", "high")]
    if sum(map(len, ends)) > _TICK_CHARACTERS:
        ends[1] = f"\n{ends[1]}"  # a line lower, or it would stand in the others
    axes.set_xticks([0, 0.5, 1], ends, fontsize=7.5)
    axes.set_xlim(-0.02, 1.02)
    axes.set_title(wrap(label_words(found, name), 30), color=INK, fontsize=8.5)
    axes.yaxis.set_major_formatter(plain_number)
    axes.tick_params(axis="y", labelsize=7.5)
    axes.grid(axis="y")
    axes.set_axisbelow(True)


def _variance(found: SensitivityFindings) -> Figure:
    from matplotlib.patches import Patch

    results = _varying(found)[:RESULTS_SHOWN]
    figure = blank_figure(0.75 + 0.3 * len(results))
    axes = figure.subplots()
    for row, (metric, side) in enumerate(results):
        here = found.variance[(found.variance["metric"] == metric) & (found.variance["side"] == side)]
        shares = dict(zip(here["part"], here["share"], strict=True))
        begin = 0.0
        for part in PARTS:
            width = 100 * float(shares.get(part, 0.0))
            axes.barh(row, width, 0.62, begin, color=PART_COLOURS[part], linewidth=0)
            begin += width
    labels = [wrap(result_words(found, metric, side), _LABEL_CELLS) for metric, side in results]
    axes.set_yticks(range(len(results)), labels, fontsize=8, color=INK)
    axes.set_ylim(len(results) - 0.4, -0.6)
    axes.set_xlim(0, 100)
    axes.set_xlabel(say(found.language, "sens.figure.share"))
    parts = [part for part in PARTS if part in set(found.variance["part"])]
    handles = [Patch(color=PART_COLOURS[part], label=say(found.language, f"sens.part.{part}")) for part in parts]
    axes.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=4, fontsize=8, borderaxespad=0.2)
    return figure


def _varying(found: SensitivityFindings) -> list[tuple[str, str]]:
    """The results that vary at all, differences first where there are too many to draw."""
    here = found.variance[found.variance["variance"] > 0]
    varying = list(dict.fromkeys(zip(here["metric"].map(str), here["side"].map(str), strict=True)))
    if len(varying) > RESULTS_SHOWN:
        varying.sort(key=lambda each: each[1] != "difference")
    return varying


def _factor(found: SensitivityFindings) -> tuple[float, str]:
    """The factor on numbers of the metric for an axis, and its unit's words in brackets."""
    scale = scale_of(found)
    words = scale.change_words if found.baseline else scale.words
    return scale.factor, f" [{shorten(words, TITLE_CELLS)}]" if words else ""
