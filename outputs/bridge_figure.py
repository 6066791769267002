"""The value bridge as a picture: one waterfall a strategy, all on one scale of money."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from outputs.bridge import PRICE_CUTS, Bridge, Step, bridges
from outputs.drawing import INK, MUTED, STRATEGY, VERDICT_COLOURS, Sketch, blank_figure, plain_number
from outputs.findings import Findings
from outputs.labels import arm_label
from outputs.language import say
from outputs.plaintext import wrap
from outputs.quantities import Scale, fit_scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLUMNS = 2
_ROW_IN = 0.215
_FRAME_IN = 0.62
_PANELS_A_FIGURE = 8
_GAIN, _COST = VERDICT_COLOURS["better"], VERDICT_COLOURS["worse"]


def bridge_sketches(findings: Findings, point: str) -> list[Sketch]:
    """Return the waterfalls of all strategies at a sweep point; none where the study has no net margin."""
    found = bridges(findings, point)
    pages = [found[i : i + _PANELS_A_FIGURE] for i in range(0, len(found), _PANELS_A_FIGURE)]
    alt = say(findings.language, "report.bridge")

    def sketch(number: int, page: tuple[Bridge, ...]) -> Sketch:
        name = "bridge" if number == 0 else f"bridge-{number + 1}"
        return Sketch(name, alt, lambda: _draw(findings, page, bridge_scale(findings, found)))

    return [sketch(number, page) for number, page in enumerate(pages)]


def bridge_scale(findings: Findings, found: tuple[Bridge, ...]) -> Scale:
    """Return one scale of money for all steps of all strategies."""
    steps = [step.amount for bridge in found for step in bridge.steps]
    widths = [each.high - each.mean for each in steps]
    ends = [end for each in steps for end in (each.mean, each.low, each.high)]
    return fit_scale(findings.language, "CNY", ends, widths)


def _draw(findings: Findings, page: tuple[Bridge, ...], scale: Scale) -> Figure:
    columns = min(_COLUMNS, len(page))
    lines = math.ceil(len(page) / columns)
    figure = blank_figure(lines * (_FRAME_IN + _ROW_IN * len(page[0].steps)))
    grid = figure.subplots(lines, columns, squeeze=False, sharex=True)
    for i, axes in enumerate(grid.flat):
        if i < len(page):
            _panel(axes, findings, page[i], scale, labels=i % columns == 0)
            axes.tick_params(labelbottom=i + columns >= len(page))
            if i + columns >= len(page):
                axes.set_xlabel(scale.words, fontsize=8)
        else:
            axes.set_axis_off()
    return figure


def _panel(axes: Axes, findings: Findings, bridge: Bridge, scale: Scale, *, labels: bool) -> None:
    axes.axvline(0, color=MUTED, linewidth=0.8, zorder=1)
    steps = bridge.steps
    for y, step in enumerate(steps):
        start, end = step.before * scale.factor, (step.before + step.amount.mean) * scale.factor
        said = scale.number(step.amount.mean, signed=True)
        colour = _colour(step)
        axes.barh(y, end - start, left=start, height=0.62, color=colour, linewidth=0, zorder=2)
        if step.key == PRICE_CUTS:
            part = bridge.cannibalised.mean * scale.factor
            hatched: dict[str, Any] = {"facecolor": "none", "edgecolor": "white", "hatch": "////", "linewidth": 0}
            axes.barh(y, part, left=start, height=0.62, zorder=3, **hatched)
        if y + 1 < len(steps):
            axes.plot([end, end], [y - 0.31, y + 1.31], color=MUTED, linewidth=0.6, zorder=2.5)
        low, high = (step.before + step.amount.low), (step.before + step.amount.high)
        if math.isfinite(low) and low < high:
            axes.plot([low * scale.factor, high * scale.factor], [y, y], color=INK, linewidth=1.1, zorder=4)
        weight = "bold" if step.total else "normal"
        ink = colour if step.total or said[0] in "+−" else MUTED
        axes.text(
            1.02, y, said, transform=axes.get_yaxis_transform(), va="center", fontsize=8.5, color=ink, weight=weight
        )
    axes.set_title(wrap(arm_label(findings, bridge.arm), 44), color=INK)
    axes.set_ylim(len(steps) - 0.45, -0.55)
    axes.set_yticks(range(len(steps)))
    names = [wrap(say(findings.language, f"bridge.{step.key}"), 26) for step in steps]
    axes.set_yticklabels(names if labels else [], color=INK, fontsize=8.5)
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=5 if scale.large else 3)
    axes.xaxis.set_major_formatter(plain_number)
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    axes.margins(x=0.06)


def _colour(step: Step) -> str:
    if step.total:
        return STRATEGY
    return _GAIN if step.amount.mean > 0 else _COST if step.amount.mean < 0 else MUTED
