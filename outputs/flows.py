"""Who moves where: the matrix of flows between operators and `none`, as numbers and as a picture.

Every move has one place that it leaves and one that it enters, so what comes in equals what goes out. The diagonal is
re-registration: a new number with the same operator, no move in the market.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outputs.bands import mean_of, summed
from outputs.drawing import BASELINE, INK, MUTED, STRATEGY, Sketch, blank_figure
from outputs.findings import Findings
from outputs.labels import NONE, arm_label, operator_label
from outputs.language import say
from outputs.operators import operator_colours, operators_of
from outputs.plaintext import wrap
from outputs.quantities import Scale

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FLOW = "flow/"
_CELL_IN = 0.42
_THOUSANDS = 20_000
"""From this many moves in a cell they are told in thousands."""

_NO_MOVE, _MANY = (0.965, 0.973, 0.984), (0.62, 0.74, 0.88)
"""Fill of a cell without moves and of the fullest one; text on either stays readable."""


def flow_matrix(findings: Findings, point: str, arm: str) -> pd.DataFrame:
    """Return people who moved over the whole time, mean of the runs: from (rows) to (columns), `none` last.

    Empty where the study measures no flows; a flow that was not recorded is 0.
    """
    import pandas as pd

    names = places(findings)
    cells = [[mean_of(findings, "switches", f"{FLOW}{a}/{b}", arm, point) for b in names] for a in names]
    return pd.DataFrame(cells, index=list(names), columns=list(names), dtype=float).fillna(0.0)


def balance(matrix: pd.DataFrame) -> pd.DataFrame:
    """Return what comes in, what goes out and the difference, by place; re-registrations are neither."""
    import numpy as np
    import pandas as pd

    moved = matrix.to_numpy(dtype=float).copy()
    np.fill_diagonal(moved, 0.0)
    came, went = moved.sum(axis=0), moved.sum(axis=1)
    return pd.DataFrame({"in": came, "out": went, "net": came - went}, index=matrix.index)


def places(findings: Findings) -> tuple[str, ...]:
    """Return the operators of the matrix, ours first, and `none`; empty where no flow was measured."""
    found = {part for scope in findings.scopes if scope.startswith(FLOW) for part in scope.split("/")[1:]}
    if not found:
        return ()
    known = [name for name in operators_of(findings) if name in found]
    return (*known, *sorted(found - set(known) - {NONE}), *((NONE,) if NONE in found else ()))


def leavers(findings: Findings, point: str, arm: str) -> pd.Series:
    """Return, by run, how many left our operator for a rival or for none; empty where no flow was measured."""
    ways = [f"{FLOW}{findings.own}/{name}" for name in places(findings) if name != findings.own]
    return summed(findings, point, arm, [("switches", way) for way in ways])


def joiners(findings: Findings, point: str, arm: str) -> pd.Series:
    """Return, by run, how many came to our operator from a rival or from none."""
    ways = [f"{FLOW}{name}/{findings.own}" for name in places(findings) if name != findings.own]
    return summed(findings, point, arm, [("switches", way) for way in ways])


def flow_sketches(findings: Findings, point: str, arm: str | None) -> list[Sketch]:
    """Return the matrix of the baseline and of one strategy, side by side; none without flows."""
    if not flow_matrix(findings, point, findings.baseline).to_numpy().any():
        return []
    return [Sketch("flows", say(findings.language, "report.flows"), lambda: _draw(findings, point, arm))]


def _draw(findings: Findings, point: str, arm: str | None) -> Figure:
    arms = [findings.baseline] if arm is None else [findings.baseline, arm]
    matrices = [flow_matrix(findings, point, name) for name in arms]
    top = max(float(matrix.to_numpy().max()) for matrix in matrices)
    scale = Scale(findings.language, "subscribers", 1e-3 if top >= _THOUSANDS else 1.0, 1 if top >= _THOUSANDS else 0)
    figure = blank_figure(1.05 + _CELL_IN * (len(matrices[0]) + 2))
    grid = figure.subplots(1, len(arms), squeeze=False)
    for i, axes in enumerate(grid.flat):
        before = matrices[0] if i else None
        _panel(axes, findings, matrices[i], before, scale, labels=i == 0)
        title = wrap(arm_label(findings, arms[i]), 40)
        if scale.factor != 1:
            title = say(findings.language, "figure.thousands", title=title)
        axes.set_title(title, color=STRATEGY if i else MUTED, pad=22)
    return figure


def _panel(
    axes: Axes, findings: Findings, matrix: pd.DataFrame, before: pd.DataFrame | None, scale: Scale, *, labels: bool
) -> None:
    import numpy as np

    cells, size = matrix.to_numpy(dtype=float), len(matrix)
    moved = cells.copy()
    np.fill_diagonal(moved, 0.0)
    top = float(moved.max()) or 1.0
    for y in range(size):
        for x in range(size):
            if x == y and not cells[y, x]:
                continue
            share = 0.0 if x == y else float(np.sqrt(moved[y, x] / top))
            fill = tuple(a + (b - a) * share for a, b in zip(_NO_MOVE, _MANY, strict=True))
            change = None if before is None else float(cells[y, x] - before.iloc[y, x])
            _cell(axes, x, y, scale, float(cells[y, x]), change, fill="#eceef1" if x == y else fill)
    totals, old = balance(matrix), None if before is None else balance(before)
    for i in range(size):
        corners = {"out": (size + 0.12, float(i)), "in": (float(i), size + 0.12), "net": (float(i), size + 1.12)}
        for key, (left, top_edge) in corners.items():
            value = float(totals[key].iloc[i])
            change = None if old is None else value - float(old[key].iloc[i])
            _cell(axes, left, top_edge, scale, value, change, signed=key == "net", bold=True)
    colours = operator_colours(findings)
    names = [wrap(operator_label(findings, name), 10) for name in matrix.index]
    small = any("…" in name for name in names)
    if small:
        names = [wrap(operator_label(findings, name), 13) for name in matrix.index]
    size_of_names = 5.9 if small else 8.0
    rows = [*names, say(findings.language, "figure.in"), say(findings.language, "figure.net")]
    axes.xaxis.tick_top()
    axes.set_xlim(0, size + 1.12)
    axes.set_ylim(size + 2.12, 0)
    axes.set_xticks([*(x + 0.5 for x in range(size)), size + 0.62])
    axes.set_xticklabels([*names, say(findings.language, "figure.out")], fontsize=size_of_names)
    axes.set_yticks([*(y + 0.5 for y in range(size)), size + 0.62, size + 1.62])
    axes.set_yticklabels(rows if labels else [], fontsize=size_of_names)
    for ticks in (axes.get_xticklabels(), axes.get_yticklabels()):
        for text, name in zip(ticks, matrix.index, strict=False):
            text.set_color(colours.get(str(name), BASELINE if name == NONE else INK))
    axes.tick_params(length=0)
    if labels:
        axes.text(
            -0.02, 1.02, say(findings.language, "figure.from_to"),
            transform=axes.transAxes, ha="right", fontsize=7.5, color=MUTED,
        )  # fmt: skip
    for spine in axes.spines.values():
        spine.set_visible(False)


def _cell(
    axes: Axes,
    x: float,
    y: float,
    scale: Scale,
    value: float,
    change: float | None,
    *,
    fill: object = None,
    signed: bool = False,
    bold: bool = False,
) -> None:
    """Write a number into the cell whose corner is (x, y), and below it the change against the baseline."""
    from matplotlib.patches import Rectangle

    if fill is not None:
        axes.add_patch(Rectangle((x + 0.02, y + 0.03), 0.96, 0.94, facecolor=fill, linewidth=0))
    middle = y + (0.5 if change is None else 0.36)
    weight = "bold" if bold else "normal"
    centred: dict[str, Any] = {"ha": "center", "va": "center"}
    axes.text(x + 0.5, middle, scale.number(value, signed), fontsize=8.2, color=INK, weight=weight, **centred)
    if change is not None:
        axes.text(x + 0.5, y + 0.72, scale.number(change, signed=True), fontsize=6.8, color=MUTED, **centred)
