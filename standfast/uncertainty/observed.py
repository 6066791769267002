"""What an operator sees of its market month by month: its own books and published shares, nothing inside a rival."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenarios.kpis import find_kpi, operator_scope

if TYPE_CHECKING:
    from scenarios import Study
    from standfast.experiments.store import Label, Store

OF_OURS = ("share", "churn_rate", "acquisitions", "port_out", "port_in", "win_back", "arpu")
"""Monthly figures of our own operator. All operators publish their users, so the share of each; the rest are books."""

OF_A_SEGMENT = ("churn_rate", "acquisitions", "port_out", "arpu")
"""Monthly figures of each of our segments. Why somebody left is not among them: nobody's books tell it (B-12)."""


SPANS = (1, 3)
"""Months that a figure covers: the month itself, or the mean of the last three, which comes later and varies less."""


@dataclass(frozen=True)
class Series:
    """One monthly figure: KPI, scope and unit; `span` months up to the one that it is told for, their plain mean."""

    kpi: str
    scope: str
    unit: str
    span: int = 1


def observable(study: Study) -> tuple[Series, ...]:
    """Every figure of one month that our operator can see."""
    named = [(kpi, operator_scope(study.own)) for kpi in OF_OURS]
    named += [("share", operator_scope(rival)) for rival in study.operators if rival != study.own]
    named += [(kpi, f"segment/{segment}") for segment in study.segments for kpi in OF_A_SEGMENT]
    return tuple(Series(kpi, scope, found.unit) for kpi, scope in named if (found := find_kpi(kpi)) is not None)


def over_spans(values: NDArray[np.float64], series: Sequence[Series]) -> tuple[NDArray[np.float64], tuple[Series, ...]]:
    """Put the means of longer spans beside the monthly figures, (points, replications, series, months).

    A span that begins before the first month is NaN.
    """
    parts = [values]
    for span in SPANS[1:]:
        mean = np.full_like(values, np.nan)
        if values.shape[-1] >= span:
            windows = np.lib.stride_tricks.sliding_window_view(values, span, axis=-1)
            mean[..., span - 1 :] = windows.mean(axis=-1)
        parts.append(mean)
    named = tuple(replace(each, span=span) for span in SPANS for each in series)
    return np.concatenate(parts, axis=2), named


def monthly(
    store: Store, labels: Iterable[Label], points: Sequence[str], series: Sequence[Series], months: Sequence[str]
) -> NDArray[np.float64]:
    """Read the series of one arm, (points, replications, series, months), in the replications that every point has.

    `labels` are the arm's runs. NaN: nothing was measured in that month.
    """
    keys: dict[int, dict[str, str]] = {}
    for label in labels:
        if label.point in points:
            keys.setdefault(label.replication, {})[label.point] = label.key
    whole = [number for number, by_point in sorted(keys.items()) if len(by_point) == len(points)]
    values = np.full((len(points), len(whole), len(series), len(months)), np.nan)
    places: dict[str, list[tuple[int, int]]] = {}
    for at, number in enumerate(whole):
        for where, point in enumerate(points):
            places.setdefault(keys[number][point], []).append((where, at))
    rows = {(each.kpi, each.scope): at for at, each in enumerate(series)}
    columns = {month: at for at, month in enumerate(months)}
    filters = [("kpi", "in", {each.kpi for each in series}), ("period", "in", set(months))]
    for frame in store.rows(places, ("run", "kpi", "scope", "period", "value"), filters):
        for run, kpi, scope, period, value in frame.itertuples(index=False):
            row = rows.get((kpi, scope))
            if row is not None:
                for where, at in places[run]:
                    values[where, at, row, columns[period]] = value
    return values
