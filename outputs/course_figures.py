"""Courses over the months as lines: market shares by operator, and what is kept of the customers at the start.

The baseline stands beside one strategy, each with its band over the runs; the last values are written at the ends.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outputs.bands import band
from outputs.drawing import BASELINE, INK, MUTED, STRATEGY, Sketch, blank_figure, legend_text
from outputs.findings import Findings
from outputs.labels import MONTH, arm_label, capital, operator_label
from outputs.language import say
from outputs.month_axis import DASHES, month_axis, months_of
from outputs.operators import operator_colours, operators_of
from outputs.plaintext import shorten
from outputs.quantities import fit_scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D


@dataclass(frozen=True)
class Course:
    """One panel of lines: a KPI of shares of one scope over the months, its title and the strategy's colour."""

    title: str
    kpi: str
    scope: str
    colour: str


def share_sketches(findings: Findings, point: str, arm: str | None) -> list[Sketch]:
    """Return the market shares by month, a panel for each operator."""
    colours = operator_colours(findings)
    courses = [
        Course(operator_label(findings, name), "share", f"operator/{name}", colours[name])
        for name in operators_of(findings)
    ]
    return _course_sketches(findings, "share", courses, point, arm)


def retention_sketches(findings: Findings, point: str, arm: str | None) -> list[Sketch]:
    """Return what is kept of the customers and of the revenue at the start, by month."""
    courses = [
        Course(capital(say(findings.language, f"figure.{kpi}")), kpi, findings.operator, STRATEGY)
        for kpi in ("retention_rate", "revenue_retention")
    ]
    return _course_sketches(findings, "retention", courses, point, arm)


def _course_sketches(findings: Findings, key: str, courses: list[Course], point: str, arm: str | None) -> list[Sketch]:
    shown = [course for course in courses if len(months_of(findings, course.kpi, course.scope, point)) > 1]
    if not shown:
        return []
    alt = say(findings.language, f"report.{key}")
    return [Sketch(key, alt, lambda: _draw_courses(findings, shown, point, arm))]


def _draw_courses(findings: Findings, courses: list[Course], point: str, arm: str | None) -> Figure:
    columns = min(3, len(courses))
    lines = math.ceil(len(courses) / columns)
    figure = blank_figure(lines * 1.95 + 0.45)
    grid = figure.subplots(lines, columns, squeeze=False)
    for i, axes in enumerate(grid.flat):
        if i < len(courses):
            _course(axes, findings, courses[i], point, arm)
            if i % columns == 0:
                axes.set_ylabel("%", fontsize=8)
        else:
            axes.set_axis_off()
    handles = [_line(findings, findings.baseline, BASELINE, dashed=True)]
    if arm is not None:
        handles.append(_line(findings, arm, INK if len({course.colour for course in courses}) > 1 else STRATEGY))
    figure.legend(handles=handles, loc="outside upper left", ncols=2, handlelength=2, columnspacing=1.6)
    return figure


def _line(findings: Findings, arm: str, colour: str, dashed: bool = False) -> Line2D:
    from matplotlib.lines import Line2D

    label = legend_text(shorten(arm_label(findings, arm), 44))
    return Line2D([], [], color=colour, linewidth=1.8, linestyle=DASHES if dashed else "-", label=label)


def _course(axes: Axes, findings: Findings, course: Course, point: str, arm: str | None) -> None:
    drawn = [(findings.baseline, BASELINE, DASHES)] + ([] if arm is None else [(arm, course.colour, "-")])
    ends: list[tuple[float, str]] = []
    months = months_of(findings, course.kpi, course.scope, point)
    for name, colour, dashes in drawn:
        table = band(findings, course.kpi, course.scope, name, point, MONTH).reindex(months) * 100
        x = range(len(months))
        axes.fill_between(x, table["low"], table["high"], color=colour, alpha=0.2, linewidth=0)
        axes.plot(x, table["mean"], color=colour, linewidth=1.7, linestyle=dashes)
        ends.append((float(table["mean"].iloc[-1]), colour))
    axes.set_title(shorten(course.title, 32), color=course.colour)
    month_axis(axes, months)
    axes.margins(y=0.12)
    _end_labels(axes, findings, ends, len(months) - 1)


def _end_labels(axes: Axes, findings: Findings, ends: list[tuple[float, str]], last: int) -> None:
    """Write the last value of each line beside its end, apart enough to be read."""
    low, high = axes.get_ylim()
    apart = 0.09 * (high - low)
    places = [value for value, _ in ends]
    if len(places) == 2 and abs(places[0] - places[1]) < apart:
        middle, up = sum(places) / 2, 1 if places[0] >= places[1] else -1
        places = [middle + up * apart / 2, middle - up * apart / 2]
    scale = fit_scale(findings.language, "1", [], [abs(ends[0][0] - ends[-1][0]) / 100 or 0.01])
    for (value, colour), place in zip(ends, places, strict=True):
        axes.annotate(
            f"{value:.{max(1, min(2, scale.decimals))}f}",
            (last, place),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=colour if colour != BASELINE else MUTED,
            annotation_clip=False,
        )
