"""The picture of one day's plan: counters required and scheduled, who works when, waits before and after, on one clock.

Half hours that are short of counters are red, those above the least that can do are pale. Beside it, what better
service costs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from outputs.drawing import BASELINE, FAINT, INK, MUTED, STRATEGY, TARGET, Sketch, blank_figure, plain_number
from outputs.labels import capital
from outputs.language import say
from outputs.plaintext import shorten
from outputs.staffing_amounts import limit_words
from outputs.staffing_findings import ClassService, DayPlan, Floats, StaffingFindings, TradeOff, WorkedShift
from outputs.staffing_sentences import plan_title, who_words
from scenarios.units import HOUR_US, clock_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GAP = "#c2402f"
SURPLUS = "#cfdcee"
COVERED = "#8fb0d8"
MISSED = "#e2a79b"
PART_TIME = "#d9a441"

_COUNTERS_IN, _WAIT_IN, _ROW_IN, _AXIS_IN = 1.75, 1.3, 0.19, 0.35
_ROWS_DRAWN = 24
_SHIFT_CELLS = 20


def staffing_sketches(found: StaffingFindings) -> list[Sketch]:
    """Return the pictures of a staffing: `day-1` … one for each plan, `frontier-1` … where it has a frontier."""
    sketches = []
    for number, plan in enumerate(found.plans, start=1):
        sketches.append(_day_sketch(found, plan, number))
        if sum(point.cost_fen is not None for point in plan.frontier) > 1:
            sketches.append(_frontier_sketch(found, plan, number))
    return sketches


def _day_sketch(found: StaffingFindings, plan: DayPlan, number: int) -> Sketch:
    alt = f"{plan_title(found.language, plan)}: {say(found.language, 'staff.figure.day')}"
    return Sketch(f"day-{number}", alt, lambda: draw_day(found, plan))


def _frontier_sketch(found: StaffingFindings, plan: DayPlan, number: int) -> Sketch:
    alt = f"{plan_title(found.language, plan)}: {say(found.language, 'staff.figure.frontier')}"
    return Sketch(f"frontier-{number}", alt, lambda: draw_frontier(found, plan))


def draw_day(found: StaffingFindings, plan: DayPlan) -> Figure:
    """Counters, shifts and waits of a plan, one above the other."""
    shown = _workers(plan)[:_ROWS_DRAWN]
    heights = [_COUNTERS_IN, *([_AXIS_IN + _ROW_IN * len(shown)] if shown else []), *[_WAIT_IN for _ in plan.classes]]
    figure = blank_figure(sum(heights) + 0.4 * len(heights))
    panels = figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0].tolist()
    _counters(panels.pop(0), found, plan)
    if shown:
        _gantt(panels.pop(0), found, plan, len(shown))
    for axes, one in zip(panels, plan.classes, strict=True):
        _waits(axes, found, plan, one)
    _clock(figure.axes, plan)
    return figure


def draw_frontier(found: StaffingFindings, plan: DayPlan) -> Figure:
    """Cost a day against the worst half hour, a mark for each strictness that has a plan."""
    figure = blank_figure(2.3)
    axes = figure.subplots()
    points = sorted(
        (point for point in plan.frontier if point.cost_fen is not None and math.isfinite(point.worst)),
        key=lambda point: (point.cost_fen or 0, -point.worst),
    )
    x = [(point.cost_fen or 0) / 100 for point in points]
    y = [100 * point.worst for point in points]
    axes.plot(x, y, color=STRATEGY, linewidth=1.4, zorder=2)
    for at, over, point in zip(x, y, points, strict=True):
        own = point.setting == 1.0
        axes.plot([at], [over], "o", color=STRATEGY if own else "white", mec=STRATEGY, markersize=7, zorder=3)
        words = setting_words(found, point, "limits")
        axes.annotate(words, (at, over), (7, 6), textcoords="offset points", fontsize=8.5, color=INK)
    axes.set_xlabel(say(found.language, "staff.figure.cost"))
    axes.set_title(say(found.language, "staff.figure.worst"), color=INK)
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    axes.set_ylim(0, 1.25 * max(y, default=1.0) or 1.0)
    axes.margins(x=0.16)
    axes.xaxis.set_major_formatter(plain_number)
    axes.yaxis.set_major_formatter(plain_number)
    return figure


def setting_words(found: StaffingFindings, point: TradeOff, what: str) -> str:
    """What was turned at a point of a curve: a factor on the limits, or the share at the kiosks."""
    if what == "kiosk_share":
        return limit_words(found.language, point.setting)
    if point.setting == 1.0:
        return say(found.language, "staff.as_stated")
    return say(found.language, "staff.times", factor=f"{point.setting:g}")


def _counters(axes: Axes, found: StaffingFindings, plan: DayPlan) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.ticker import MaxNLocator

    language = found.language
    edges = np.array(plan.edges_us) / HOUR_US
    left, width = edges[:-1], np.diff(edges)
    both = np.minimum(plan.required, plan.scheduled)
    colours = [MISSED if cell in plan.missed else COVERED for cell in range(plan.cells)]
    axes.bar(left, both, width, align="edge", color=colours, linewidth=0)
    axes.bar(left, plan.scheduled - both, width, bottom=both, align="edge", color=SURPLUS, linewidth=0)
    axes.bar(left, plan.required - both, width, bottom=both, align="edge", color=GAP, linewidth=0)
    _steps(axes, edges, plan.required.astype(float), INK, 1.5)
    _steps(axes, edges, plan.present.astype(float), MUTED, 1.1, (0, (3, 2)))
    axes.set_ylim(0, 1.12 * max(1, int(plan.required.max()), int(plan.scheduled.max()), int(plan.present.max())))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.set_title(say(language, "staff.figure.counters"), color=INK)
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    handles = [
        Line2D([], [], color=INK, linewidth=1.5, label=say(language, "staff.figure.required")),
        Patch(color=COVERED, label=_plan_words(found, plan)),
        Patch(color=SURPLUS, label=say(language, "staff.figure.surplus")),
    ]
    if plan.missed:
        handles.append(Patch(color=MISSED, label=say(language, "staff.figure.missed")))
    if (plan.required > plan.scheduled).any():
        handles.append(Patch(color=GAP, label=say(language, "staff.figure.gap")))
    present = say(language, "staff.figure.present")
    handles.append(Line2D([], [], color=MUTED, linewidth=1.1, linestyle=(0, (3, 2)), label=present))
    _legend(axes, handles)


def _gantt(axes: Axes, found: StaffingFindings, plan: DayPlan, rows: int) -> None:
    from matplotlib.patches import Patch

    language = found.language
    shown = _workers(plan)
    for row, shift in enumerate(shown[:rows]):
        begin, end = shift.start_us / HOUR_US, shift.end_us / HOUR_US
        colour = PART_TIME if shift.part_time else STRATEGY
        axes.barh(row, end - begin, 0.72, begin, color=colour, linewidth=0)
        for pause in shift.breaks:
            away = (pause[1] - pause[0]) / HOUR_US
            axes.barh(row, away, 0.72, pause[0] / HOUR_US, color="white", edgecolor=colour, linewidth=0.8)
        words = say(language, "staff.figure.number", number=shift.number)
        axes.text(begin + 0.08, row, words, ha="left", va="center", fontsize=8, color="white")
    titles = [f"{shift.title} ← {shift.lender}" if shift.lender else shift.title for shift in shown]
    names = [shorten(title, _SHIFT_CELLS) for title in titles]
    axes.set_yticks(range(rows), names[:rows], fontsize=8, color=INK)
    axes.set_ylim(rows - 0.4, -0.6)
    axes.set_title(say(language, "staff.figure.people" if plan.found else "staff.figure.nearest"), color=INK)
    handles = [
        Patch(color=colour, label=say(language, key))
        for colour, key, there in (
            (STRATEGY, "staff.figure.full", any(not shift.part_time for shift in shown)),
            (PART_TIME, "staff.figure.part", any(shift.part_time for shift in shown)),
        )
        if there
    ]
    if any(shift.breaks for shift in shown):
        handles.append(Patch(facecolor="white", edgecolor=MUTED, label=say(language, "staff.figure.break")))
    _legend(axes, handles)


def _workers(plan: DayPlan) -> list[WorkedShift]:
    """Who works, from the earliest; in the plan that comes nearest where there is none."""
    return sorted(plan.shifts or plan.reached, key=lambda shift: (shift.start_us, shift.end_us, shift.breaks))


def _waits(axes: Axes, found: StaffingFindings, plan: DayPlan, one: ClassService) -> None:
    from matplotlib.lines import Line2D

    language = found.language
    edges = np.array(plan.edges_us) / HOUR_US
    _steps(axes, edges, one.wait_before_min, BASELINE, 1.5)
    _steps(axes, edges, one.target_min, TARGET, 1.3)
    _steps(axes, edges, one.wait_min, STRATEGY, 1.8)
    tops = [values[np.isfinite(values)] for values in (one.wait_min, one.wait_before_min, one.target_min)]
    top = max((float(values.max()) for values in tops if len(values)), default=1.0)
    axes.set_ylim(0, 1.1 * max(top, 1.0))
    share = one.within if one.within < 1 else 0.95
    who = shorten(capital(who_words(language, one.name)), 30)
    title = say(language, "staff.figure.wait", who=who, share=limit_words(language, share))
    axes.set_title(title, color=INK)
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    _legend(
        axes,
        [
            Line2D([], [], color=BASELINE, linewidth=1.5, label=say(language, "staff.figure.before")),
            Line2D([], [], color=STRATEGY, linewidth=1.8, label=_plan_words(found, plan)),
            Line2D([], [], color=TARGET, linewidth=1.3, label=say(language, "staff.figure.target")),
        ],
    )


def _plan_words(found: StaffingFindings, plan: DayPlan) -> str:
    return say(found.language, "staff.figure.after" if plan.found else "staff.figure.reached")


def _legend(axes: Axes, handles: Sequence[object]) -> None:
    """The legend in the panel's title line, on its right."""
    axes.legend(
        handles=list(handles),
        loc="lower right",
        bbox_to_anchor=(1.0, 0.985),
        ncols=len(handles),
        handlelength=1.2,
        columnspacing=1.2,
        handletextpad=0.5,
        borderaxespad=0.1,
        fontsize=8,
    )


def _steps(
    axes: Axes,
    edges: Floats,
    values: Floats,
    colour: str,
    width: float,
    dashes: tuple[int, tuple[int, int]] | str = "-",
) -> None:
    """A level over each half hour; a gap where there is none."""
    axes.stairs(values, edges, baseline=None, color=colour, linewidth=width, linestyle=dashes)


def _clock(panels: list[Axes], plan: DayPlan) -> None:
    begin = plan.edges_us[0] / HOUR_US
    end = max([plan.edges_us[-1], *(shift.end_us for shift in _workers(plan))]) / HOUR_US
    hours = [hour for hour in range(49) if begin <= hour <= end]
    step = 1 if len(hours) <= 14 else 2
    for axes in panels:
        axes.set_xlim(begin, end)
        axes.set_xticks(hours[::step], [clock_text(hour * HOUR_US) for hour in hours[::step]])
        axes.tick_params(labelbottom=True)
        for hour in hours:
            axes.axvline(hour, color=FAINT, linewidth=0.5, zorder=0)
