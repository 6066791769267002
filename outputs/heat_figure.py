"""The heat map of the week: share of customers over the target, weekday × half hour, baseline beside one strategy.

Fixed steps of colour, the same in every panel and every report, from light to dark, so that they keep their order on a
grey printer. The palest one holds what a target of 95 % allows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outputs.drawing import INK, Sketch, blank_figure
from outputs.findings import Findings
from outputs.hall_means import hall_means, shown_halls
from outputs.hall_panels import lines_of, paged, panels, strategies
from outputs.hour_axis import HALF_H, hour_axis, hours
from outputs.labels import WEEKDAY_HALF_HOUR
from outputs.language import say
from scenarios.calendar import WEEKDAYS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

KEY = "weekdays"
"""File stem of the figure."""

STEPS = (0, 5, 10, 20, 30, 45, 60, 80)
"""From how many per cent on each colour stands."""

COLOURS = ("#f4ede1", "#f3dcb8", "#eec086", "#e39c58", "#cf7637", "#b0522a", "#8a3422", "#5f1c1c")
"""A colour for each step; lightness falls evenly from 95 to 23 of 100 (CIELAB)."""

_KPI = "wait_over_target"
_LIGHT_INK_FROM = 4
"""Step from which numbers in the cells are white."""

_PANEL_IN = 1.62
_MOST_NUMBERED = 24
"""Half hours a day up to which numbers fit into the cells."""

Week = dict[tuple[int, float], float]
"""Per cent by number of the weekday and start of the half hour in hours."""


def heat_sketches(findings: Findings, point: str, arm: str | None) -> list[Sketch]:
    """Return the heat maps of the halls shown, a line of panels for each; none where no hall has a target."""
    table = hall_means(findings, point, [_KPI], WEEKDAY_HALF_HOUR, shown_halls(findings, point))
    if table.empty:
        return []
    halls = list(table.index.unique("hall"))
    alt = say(findings.language, "report.weekdays")
    return paged(KEY, alt, halls, lambda page: _draw(findings, table, page, strategies(findings, arm)))


def step_of(share: float) -> int:
    """Return the number of the step of colour for so many per cent, as they are printed."""
    return max(at for at, least in enumerate(STEPS) if round(share) >= least)


def _draw(findings: Findings, table: pd.DataFrame, halls: list[str], arms: list[str]) -> Figure:
    figure = blank_figure(lines_of(halls, arms) * _PANEL_IN + 0.4)
    for panel in panels(findings, figure, halls, arms, label=""):
        _week_map(panel.axes, findings, _week(table, panel.hall, panel.arm), labels=panel.first)
    _legend(figure, findings)
    return figure


def _week(table: pd.DataFrame, hall: str, arm: str) -> Week:
    found: Week = {}
    here = table[(table.index.get_level_values("hall") == hall) & (table.index.get_level_values("arm") == arm)]
    for period, share in zip(here.index.get_level_values("period"), here[_KPI], strict=True):
        parts = WEEKDAY_HALF_HOUR.fullmatch(str(period))
        if parts:
            found[WEEKDAYS.index(parts[1]), hours(parts[2])] = 100 * float(share)
    return found


def _week_map(axes: Axes, findings: Findings, week: Week, *, labels: bool) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    for step, colour in enumerate(COLOURS):
        boxes = [Path(_box(x, end, y), closed=True) for x, end, y, of in _stretches(week) if of == step]
        if boxes:
            axes.add_patch(PathPatch(Path.make_compound_path(*boxes), facecolor=colour, linewidth=0))
    starts = sorted({x for _, x in week})
    if len(starts) <= _MOST_NUMBERED:
        for (y, x), share in week.items():
            if round(share) == 0:
                continue
            ink = "white" if step_of(share) >= _LIGHT_INK_FROM else INK
            place = (x + HALF_H / 2, y + 0.5)
            number = axes.text(*place, f"{share:.0f}", ha="center", va="center_baseline", fontsize=5.8, color=ink)
            number.set_in_layout(False)  # it lies within its panel; a thousand of them would take seconds to lay out
    lines = [Path([(x, 0), (x, len(WEEKDAYS))]) for x in starts[1:]]
    lines += [Path([(starts[0], y), (starts[-1] + HALF_H, y)]) for y in range(1, len(WEEKDAYS)) if starts]
    if lines:
        axes.add_patch(PathPatch(Path.make_compound_path(*lines), edgecolor="white", linewidth=0.6, fill=False))
    axes.set_ylim(len(WEEKDAYS), 0)
    axes.set_yticks([y + 0.5 for y in range(len(WEEKDAYS))])
    names = [say(findings.language, f"weekday.{day}") for day in WEEKDAYS]
    axes.set_yticklabels(names if labels else [])
    if starts:
        hour_axis(axes, starts[0], starts[-1] + HALF_H)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _stretches(week: Week) -> list[tuple[float, float, int, int]]:
    """Return start, end, weekday and step of colour of half hours that follow each other on one step: few shapes."""
    found: list[tuple[float, float, int, int]] = []
    for y, x in sorted(week):
        step = step_of(week[y, x])
        if found and found[-1][1:] == (x, y, step):
            found[-1] = (found[-1][0], x + HALF_H, y, step)
        else:
            found.append((x, x + HALF_H, y, step))
    return found


def _box(x: float, end: float, y: int) -> list[tuple[float, float]]:
    return [(x, y), (end, y), (end, y + 1), (x, y + 1), (x, y)]


def _legend(figure: Figure, findings: Findings) -> None:
    from matplotlib.patches import Patch

    names = [f"{least}–{above - 1}" for least, above in zip(STEPS, [*STEPS[1:], 101], strict=True)]
    handles = [Patch(facecolor=colour, label=name) for colour, name in zip(COLOURS, names, strict=True)]
    title = say(findings.language, "figure.over_target")
    figure.legend(
        handles=handles,
        loc="outside upper left",
        ncols=len(handles),
        handlelength=1.3,
        columnspacing=1.1,
        fontsize=8,
        title=title,
        title_fontsize=8.5,
        alignment="left",
    )
