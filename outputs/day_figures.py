"""Figures of the day, half hour by half hour: waits against their target, queues, use of counters.

The baseline stands beside one strategy, each with its band over the runs. Halls that don't fit on one figure go to the
next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outputs.bands import band, classes_of, halls_of
from outputs.drawing import BASELINE, INK, STRATEGY, TARGET, Sketch, blank_figure, legend_text
from outputs.findings import Findings
from outputs.hour_axis import HALF_H, hour_axis, hours, middles
from outputs.labels import HALF_HOUR, arm_label, class_label, hall_label
from outputs.language import say
from outputs.plaintext import shorten
from scenarios.kpis import KIOSK
from scenarios.problems import columns

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PANELS_A_FIGURE = 12
_PANEL_IN = 1.55


@dataclass(frozen=True)
class Panel:
    """One small plot: a title, the KPI and scope it shows, and what is drawn beside it.

    `faint` is a KPI drawn as a thin dashed line; `target` names the hall and class whose target is drawn; `factor`
    turns the KPI's unit into the axis's (100: shares in per cent); `top` ends the axis, else the data does;
    `axis` is written beside it.
    """

    title: str
    kpi: str
    scope: str
    faint: str | None = None
    target: tuple[str, str] | None = None
    factor: float = 1.0
    top: float | None = None
    axis: str = ""


def wait_sketches(findings: Findings, point: str, arm: str | None) -> list[Sketch]:
    """Return the waits by half hour, a panel for each hall and class (for the hall where classes have none)."""
    panels = []
    for hall in halls_of(findings):
        classes = [name for name in classes_of(findings, hall) if name != KIOSK]
        shown = [(f"hall/{hall}/{name}", name) for name in classes]
        shown = [(scope, name) for scope, name in shown if _recorded(findings, "wait_mean", scope, point)]
        for scope, name in shown or [(f"hall/{hall}", "")]:
            if not _recorded(findings, "wait_mean", scope, point):
                continue
            target = (hall, name) if name else None
            title = hall_label(findings, hall)
            if name:
                title = _joined(title, shorten(class_label(findings.language, name), 24))
            unit = say(findings.language, "unit.min")
            panels.append(Panel(title, "wait_mean", scope, "wait_p90", target, axis=unit))
    return _sketches(findings, "wait", "report.wait", panels, point, arm)


def queue_sketches(findings: Findings, point: str, arm: str | None) -> list[Sketch]:
    """Return queue and use of counters by half hour, two panels a hall."""
    panels = []
    for hall in halls_of(findings):
        scope, title = f"hall/{hall}", hall_label(findings, hall)
        queue, use = (say(findings.language, key) for key in ("figure.queue", "figure.utilisation"))
        pair = [
            Panel(_joined(title, queue), "queue_mean", scope),
            Panel(_joined(title, use), "utilisation", scope, factor=100.0, top=100.0),
        ]
        if all(_recorded(findings, panel.kpi, scope, point) for panel in pair):
            panels += pair
    return _sketches(findings, "queue", "report.queue", panels, point, arm)


def _sketches(
    findings: Findings, key: str, words: str, panels: list[Panel], point: str, arm: str | None
) -> list[Sketch]:
    pages = [panels[i : i + _PANELS_A_FIGURE] for i in range(0, len(panels), _PANELS_A_FIGURE)]

    def sketch(number: int, page: list[Panel]) -> Sketch:
        name = key if number == 0 else f"{key}-{number + 1}"
        return Sketch(name, say(findings.language, words), lambda: _draw(findings, page, point, arm))

    return [sketch(number, page) for number, page in enumerate(pages)]


def _draw(findings: Findings, panels: list[Panel], point: str, arm: str | None) -> Figure:
    from matplotlib.lines import Line2D

    columns = min(2, len(panels))
    lines = -(-len(panels) // columns)
    figure = blank_figure(lines * _PANEL_IN + 0.45)
    grid = figure.subplots(lines, columns, squeeze=False)
    for i, axes in enumerate(grid.flat):
        if i < len(panels):
            _panel(axes, findings, panels[i], point, arm)
        else:
            axes.set_axis_off()
    for line in grid:
        top = max(float(axes.get_ylim()[1]) for axes in line)
        if panels[0].target or panels[0].faint:
            for axes in line:
                axes.set_ylim(0, 1.03 * top)
    handles = [
        Line2D([], [], color=colour, linewidth=2, label=legend_text(shorten(arm_label(findings, name), 34)))
        for name, colour in _strategies(findings, arm)
    ]
    if any(panel.faint for panel in panels):
        words = say(findings.language, "figure.p90")
        handles.append(Line2D([], [], color=INK, linewidth=0.9, linestyle=(0, (3, 2)), label=words))
    if any(panel.target and not _target(findings, panel.target).empty for panel in panels):
        handles.append(Line2D([], [], color=TARGET, linewidth=1.2, label=say(findings.language, "figure.target")))
    figure.legend(handles=handles, loc="outside upper left", ncols=len(handles), handlelength=1.6, columnspacing=1.6)
    return figure


def _panel(axes: Axes, findings: Findings, panel: Panel, point: str, arm: str | None) -> None:
    ends: list[float] = []
    for name, colour in _strategies(findings, arm):
        table = band(findings, panel.kpi, panel.scope, name, point, HALF_HOUR)
        if table.empty:
            continue
        x = middles(table.index)
        ends += [x[0] - HALF_H / 2, x[-1] + HALF_H / 2]
        low, high = table["low"] * panel.factor, table["high"] * panel.factor
        axes.fill_between(x, low.clip(lower=0), high, color=colour, alpha=0.22, linewidth=0)
        axes.plot(x, table["mean"] * panel.factor, color=colour, linewidth=1.7)
        if panel.faint:
            tail = band(findings, panel.faint, panel.scope, name, point, HALF_HOUR)
            axes.plot(
                middles(tail.index), tail["mean"] * panel.factor, color=colour, linewidth=0.9, linestyle=(0, (3, 2))
            )
    if panel.target:
        _step(axes, _target(findings, panel.target))
    axes.set_title(shorten(panel.title, 54), color=INK)
    axes.set_ylabel(panel.axis, fontsize=8)
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    axes.set_ylim(0, panel.top)
    if ends:
        hour_axis(axes, min(ends), max(ends))


def _step(axes: Axes, targets: pd.DataFrame) -> None:
    """Draw a target as a level over each half hour; a gap where there is none."""
    for run in _runs(targets):
        x = [start for start, _ in run] + [run[-1][0] + HALF_H]
        y = [minutes for _, minutes in run] + [run[-1][1]]
        axes.step(x, y, where="post", color=TARGET, linewidth=1.2)


def _runs(targets: pd.DataFrame) -> Iterator[list[tuple[float, float]]]:
    run: list[tuple[float, float]] = []
    for period, minutes in zip(targets["period"], targets["target_min"], strict=True):
        start = hours(str(period))
        if run and abs(start - run[-1][0] - HALF_H) > 1e-9:
            yield run
            run = []
        run.append((start, float(minutes)))
    if run:
        yield run


def _target(findings: Findings, hall_class: tuple[str, str]) -> pd.DataFrame:
    hall, name = hall_class
    rows = findings.targets[(findings.targets["hall"] == hall) & (findings.targets["class_"] == name)]
    return rows[rows["target_min"].notna()].sort_values("period", kind="stable")


def _strategies(findings: Findings, arm: str | None) -> list[tuple[str, str]]:
    first = [(findings.baseline, BASELINE)]
    return first if arm is None else [*first, (arm, STRATEGY)]


def _recorded(findings: Findings, kpi: str, scope: str, point: str) -> bool:
    return not band(findings, kpi, scope, findings.baseline, point, HALF_HOUR).empty


def _joined(title: str, measure: str) -> str:
    """Return a panel's title; the hall's name is cut short first."""
    return f"{shorten(title, max(12, 50 - columns(measure)))} · {measure}"
