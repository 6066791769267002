"""One figure for each kind of fit: the data, the fit over it, and the 95 % band. Drawn without a display."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from calibration.daycounts import ArrivalModel, DayCounts
from calibration.fit import Finding
from calibration.laws import survival
from calibration.patience import PatienceModel
from calibration.service_times import ServiceModel
from calibration.staff import StaffModel
from calibration.survival import Z95

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DATA, _FIT, _OTHER = "#4d4d4d", "#0b6e99", "#d1495b"
_FONTS = ["Noto Sans CJK SC", "Noto Sans CJK JP", "Microsoft YaHei", "PingFang SC", "SimHei", "DejaVu Sans"]


def draw(kind: str, finding: Finding, title: str) -> bytes:
    """Return the PNG of a finding. `title` names hall and data."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MultipleLocator

    with matplotlib.rc_context({"font.family": _installed(), "axes.unicode_minus": False, "font.size": 9}):
        figure = Figure(figsize=(9.0, 4.2), layout="constrained")
        FigureCanvasAgg(figure)
        figure.suptitle(title)
        drawing: dict[str, Callable[[Figure, Any], None]] = {
            "arrivals": _arrivals, "service": _service, "patience": _patience, "staff": _staff,
        }  # fmt: skip
        drawing[kind](figure, finding.plot)
        for axes in figure.axes:
            if axes.get_xlabel() == "hour of day":
                axes.xaxis.set_major_locator(MultipleLocator(2))
            axes.spines[["top", "right"]].set_visible(False)
        stream = io.BytesIO()
        figure.savefig(stream, format="png", dpi=130, metadata={"Software": None})
    return stream.getvalue()


def _installed() -> list[str]:
    """Fonts of the list that this machine has: a missing one costs a warning for every text."""
    from matplotlib import font_manager

    there = {font.name for font in font_manager.fontManager.ttflist}
    return [name for name in _FONTS if name in there] or ["sans-serif"]


def _arrivals(figure: Figure, plot: tuple[DayCounts, ArrivalModel]) -> None:
    data, model = plot
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    at = np.asarray(data.grid.edges_s, dtype=np.float64) / 3600
    per_hour = data.counts / data.grid.hours
    middle = (at[:-1] + at[1:]) / 2
    left.plot(middle, per_hour.T, color=_DATA, alpha=max(0.06, 0.6 / len(per_hour)), linewidth=0.8)
    left.plot([], [], color=_DATA, alpha=0.5, label="one day")
    left.fill_between(
        at, [*model.rate_low, model.rate_low[-1]], [*model.rate_high, model.rate_high[-1]],
        step="post", color=_FIT, alpha=0.3, linewidth=0, label="95 % interval",
    )  # fmt: skip
    left.stairs(model.rate, at, color=_FIT, linewidth=1.6, baseline=None, label="fitted rate")
    left.set(xlabel="hour of day", ylabel="customers per hour", ylim=(0, None))
    left.legend(frameon=False)
    ratio = data.counts.sum(axis=1) / model.expected
    spread = np.sqrt(1 / model.expected + model.cv**2)
    days = np.arange(len(ratio))
    right.fill_between(
        days, 1 - Z95 * spread, 1 + Z95 * spread, color=_FIT, alpha=0.2, linewidth=0, label="95 % of days"
    )
    right.plot(days, ratio, "o", color=_DATA, markersize=3, label="day")
    right.axhline(1, color=_FIT, linewidth=1)
    right.set(
        xlabel=f"observed day, {data.days[0]} to {data.days[-1]}", ylabel="day total / expected",
        title=f"day_to_day_cv {model.cv:.3f}", ylim=(0, None),
    )  # fmt: skip
    right.legend(frameon=False)


def _service(figure: Figure, models: tuple[ServiceModel, ...]) -> None:
    shown = sorted(models, key=lambda model: -model.n)[:6]
    columns = min(3, len(shown))
    grid: Any = figure.subplots(-(-len(shown) // columns), columns, squeeze=False)
    for axes, model in zip(grid.flat, shown, strict=False):
        _cumulative(axes, model)
    for axes in list(grid.flat)[len(shown) :]:
        axes.set_visible(False)


def _cumulative(axes: Axes, model: ServiceModel) -> None:
    minutes = model.times / 60
    share = np.cumsum(model.counts) / model.counts.sum()
    axes.step(minutes, share, where="post", color=_DATA, linewidth=1.8, label=f"{model.n:,} services")
    until = float(minutes[np.searchsorted(share, 0.98)])
    at = np.linspace(1e-3, max(until, 0.1), 300)
    for one, colour in zip(model.written[:3], (_FIT, _OTHER, "#8a8a8a"), strict=False):
        line = 1 - survival(one.law, one.mean, one.cv, at * 60)
        axes.plot(
            at, line, color=colour, linewidth=1.2, label=f"{one.law}{' (written)' if one.law == model.law else ''}"
        )
    axes.set(
        xlim=(0, until), ylim=(0, 1), xlabel="minutes", ylabel="share shorter",
        title=f"{model.name}: mean {model.mean.value / 60:.2f} min, cv {model.cv.value:.2f}",
    )  # fmt: skip
    axes.legend(frameon=False, loc="lower right")


def _patience(figure: Figure, models: tuple[PatienceModel, ...]) -> None:
    shown = sorted(models, key=lambda model: -model.left)[:3]
    grid: Any = figure.subplots(1, len(shown), squeeze=False)
    for axes, model in zip(grid.flat, shown, strict=True):
        curve = model.curve
        at = np.concatenate(([0.0], curve.at)) / 60
        axes.step(
            at, np.concatenate(([1.0], curve.value)), where="post", color=_DATA, linewidth=1.8, label="data, censored"
        )
        if np.isfinite(curve.low).any():
            axes.fill_between(curve.at / 60, curve.low, curve.high, step="post", color=_DATA, alpha=0.2, linewidth=0)
        fine = np.linspace(1e-3, at[-1], 300)
        for one, colour in zip(model.laws, (_FIT, _OTHER, "#8a8a8a"), strict=False):
            written = " (written)" if one.law == model.written.law else ""
            axes.plot(
                fine, survival(one.law, one.mean, one.cv, fine * 60), color=colour, linewidth=1.2,
                label=f"{one.law}, mean {one.mean / 60:.1f} min{written}",
            )  # fmt: skip
        axes.set(
            ylim=(0, 1), xlim=(0, None), xlabel="minutes", ylabel="share still willing to wait",
            title=f"{model.name}: {model.left:,} of {model.customers:,} left",
        )  # fmt: skip
        axes.legend(frameon=False)


def _staff(figure: Figure, model: StaffModel) -> None:
    axes = figure.subplots()
    at = np.asarray(model.grid.edges_s, dtype=np.float64) / 3600
    axes.stairs(model.distinct, at, color=_DATA, linewidth=1.2, baseline=None, label="distinct servers, mean of days")
    axes.stairs(model.busy, at, color=_OTHER, linewidth=1.2, baseline=None, label="busy, mean of days")
    axes.plot(
        (at[:-1] + at[1:]) / 2,
        model.busy_while_waiting,
        "o",
        color=_OTHER,
        markersize=3,
        label="busy while someone waits",
    )
    axes.stairs(np.asarray(model.staffing), at, color=_FIT, linewidth=2, baseline=None, label="written")
    how = "measured" if model.measured else "not measured"
    axes.set(
        xlabel="hour of day", ylabel="counters", ylim=(0, None), title=f"availability {model.availability:.2f}, {how}"
    )
    axes.legend(frameon=False, ncols=2)
