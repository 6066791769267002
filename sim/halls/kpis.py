"""From sums to KPIs: the one place where halls divide. A row a (kpi, scope, period), with its weight for pooling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenarios.calendar import WEEKDAYS
from scenarios.kpis import (
    ALL_PERIODS,
    CAUSE,
    KIOSK,
    QUEUE_PERCENTILES,
    RUN_BY,
    find_kpi,
    offered_wait_kpi,
    operator_scope,
    week_period,
)
from sim.clock import HALF_HOURS_A_DAY, HOUR_US, MINUTE_US, half_hour_label
from sim.halls.measure import HallSums
from sim.halls.percentiles import queue_percentiles, wait_percentiles

if TYPE_CHECKING:
    import pandas as pd

Int64s = NDArray[np.int64]
Floats = NDArray[np.float64]
Labels = NDArray[np.object_]

_COUNTS = ("served", "abandoned", "balked", "turned_away")
_TROUBLES = ("unfinished", "elsewhere", "sales", "complaints")
"""Counts of what only some halls have."""
_PERCENTILES = {"wait_p50": 0.5, "wait_p90": 0.9}
_HALF_HOURS = np.array([half_hour_label(cell) for cell in range(HALF_HOURS_A_DAY)], dtype=object)
_HALF_HOURS_OF_THE_WEEK = np.array([week_period(day, at) for day in WEEKDAYS for at in _HALF_HOURS], dtype=object)


@dataclass(frozen=True)
class _Scope:
    """A scope as reported: its path and the (hall, row of the hall's sums) pairs that add up to it."""

    path: str
    parts: tuple[tuple[int, int], ...]
    kind: str

    @property
    def halls(self) -> list[int]:
        """The halls that the parts belong to, in order."""
        return sorted({hall for hall, _ in self.parts})

    def rows_of(self, hall: int) -> list[int]:
        """Rows of that hall's sums."""
        return [row for of, row in self.parts if of == hall]


def hall_kpis(
    halls: Sequence[HallSums], own: str, counter_hour_fen: int = 0, with_market: bool = False
) -> pd.DataFrame:
    """All hall KPIs of one run, as columns kpi, scope, period, value, unit, weight.

    `own` is the operator whose halls they are; with a market, its staff cost stands in the books. Without a price of
    the counter hour there is none. Rows without data (weight 0) are left out.
    """
    import pandas as pd

    labels = np.array(halls[0].periods.labels if halls else (), dtype=object)
    names: list[tuple[str, str, str, int]] = []
    numbers: list[tuple[Labels, Floats, Floats]] = []

    def add(kpi: str, scope: str, periods: Labels, values: Floats, weights: Floats) -> None:
        known = weights > 0
        numbers.append((periods[known], values[known], weights[known]))
        names.append((kpi, scope, _unit(kpi), numbers[-1][0].size))

    scopes = _scopes(halls, own)
    waits, served = wait_percentiles(halls, [scope.parts for scope in scopes], tuple(_PERCENTILES.values()))
    for number, scope in enumerate(scopes):
        sums = _added(halls, scope)
        shared = set.intersection(*(set(halls[hall].thresholds_us) for hall in scope.halls))
        for kpi, values, weights in _rows(sums, scope.kind, sorted(shared)):
            add(kpi, scope.path, labels, values, weights)
        for kpi, values in zip(_PERCENTILES, waits[number], strict=True):
            add(kpi, scope.path, labels, values, served[number].astype(np.float64))
        if counter_hour_fen and (scope.kind == "hall" or (scope.kind == "operator" and not with_market)):
            hours = sums["staffed_us"] / HOUR_US
            add("staff_cost", scope.path, labels, hours * counter_hour_fen / 100, (sums["open_us"] > 0).astype(float))
        if scope.kind in ("hall", "operator"):
            priced = [cost for hall in scope.halls if (cost := halls[hall].remedy_fen) is not None]
            if priced:
                cost_cny = np.sum(priced, axis=0) / 100
                add("remedy_cost", scope.path, labels, cost_cny, halls[0].periods.of_days)
        if scope.kind == "hall":
            for cause, counts in halls[scope.halls[0]].complaints.items():
                path = f"{scope.path}/{CAUSE}/{cause}"
                for kpi, filed in zip(("complaints", "complaints_filed"), counts, strict=True):
                    add(kpi, path, labels, filed.astype(np.float64), (sums["open_us"] > 0).astype(np.float64))
            for kpi, values, weights in _of_the_week(halls[scope.halls[0]].of_the_week):
                add(kpi, scope.path, _HALF_HOURS_OF_THE_WEEK, values.ravel(), weights.ravel())
            for kpi, values, weights in _of_the_queue(halls[scope.halls[0]]):
                add(kpi, scope.path, _HALF_HOURS, values, weights)
        verdicts = _on_target(halls, scope)
        if verdicts:
            months, shares, halls_judged = zip(*verdicts, strict=True)
            add("on_target", scope.path, np.array(months, dtype=object), np.array(shares), np.array(halls_judged))
    for path, kpi, complaints, open_us in _by_ownership(halls):
        add(kpi, path, labels, complaints.astype(np.float64), (open_us > 0).astype(np.float64))
    nothing = np.zeros(0, dtype=object), np.zeros(0), np.zeros(0)
    period, value, weight = (np.concatenate(parts) for parts in zip(nothing, *numbers, strict=True))
    times = [count for *_, count in names]
    kpis, paths, units = (np.repeat(np.array([each[n] for each in names], dtype=object), times) for n in range(3))
    return pd.DataFrame(
        {
            "kpi": kpis,
            "scope": paths,
            "period": period,
            "value": value,
            "unit": pd.Series(units, dtype=object),
            "weight": weight,
        }
    )


def _unit(kpi: str) -> str:
    found = find_kpi(kpi)
    if found is None:
        raise LookupError(f"{kpi} is measured but stands in no vocabulary")
    return found.unit


def _scopes(halls: Sequence[HallSums], own: str) -> list[_Scope]:
    scopes: list[_Scope] = []
    everyone: list[tuple[int, int]] = []
    for number, hall in enumerate(halls):
        path = f"hall/{hall.layout.name}"
        classes = [(number, row) for row in range(len(hall.layout.classes))]
        everyone += classes
        scopes.append(_Scope(path, tuple(classes), "hall"))
        scopes += [_Scope(f"{path}/{name}", (classes[row],), "class") for row, name in enumerate(hall.layout.classes)]
        if hall.layout.has_kiosks:
            scopes.append(_Scope(f"{path}/{KIOSK}", ((number, len(classes)),), "kiosk"))
    return [_Scope(operator_scope(own), tuple(everyone), "operator"), *scopes] if halls else []


def _by_ownership(halls: Sequence[HallSums]) -> Iterable[tuple[str, str, Int64s, Int64s]]:
    """(scope, kpi, complaints, opening time) of the halls of each ownership that count any, in all and by cause."""
    for run_by in sorted({hall.run_by for hall in halls}):
        those = [hall for hall in halls if hall.run_by == run_by and hall.complaints]
        if not those:
            continue
        open_us = np.sum([hall.open_us for hall in those], axis=0)
        yield (
            RUN_BY + run_by,
            "complaints",
            np.sum([hall.counts["complaints"].sum(axis=0) for hall in those], axis=0),
            open_us,
        )
        for cause in those[0].complaints:
            for number, kpi in enumerate(("complaints", "complaints_filed")):
                counts = np.sum([hall.complaints[cause][number] for hall in those], axis=0)
                yield f"{RUN_BY}{run_by}/{CAUSE}/{cause}", kpi, counts, open_us


def _added(halls: Sequence[HallSums], scope: _Scope) -> dict[str, Int64s]:
    """Sums over the parts of a scope; and, with kiosks, those who could and those who did use them."""
    found: dict[str, Int64s] = {}
    for hall, row in scope.parts:
        for name, sums in halls[hall].counts.items():
            found[name] = found.get(name, np.zeros_like(sums[row])) + sums[row]
    doors = [halls[hall] for hall in scope.halls]
    found["open_us"] = np.sum([hall.open_us for hall in doors], axis=0)
    kiosks = [hall.counts for hall in doors if hall.layout.has_kiosks]
    if kiosks and scope.kind in ("hall", "operator"):
        found["kiosk_served"] = np.sum([counts["served"][-1] for counts in kiosks], axis=0)
        found["kiosk_eligible"] = np.sum([counts["eligible"].sum(axis=0) for counts in kiosks], axis=0)
    if "complaints" in found and scope.kind in ("hall", "operator"):
        # those of kiosk customers too: who was sent there against its will complains of the hall
        found["complaints"] = np.sum([d.counts["complaints"].sum(axis=0) for d in doors if d.complaints], axis=0)
    sold = [(halls[hall], row) for hall, row in scope.parts if "sales" in halls[hall].counts]
    if sold:
        found["sales_fen"] = np.sum([hall.counts["sales"][row] * hall.sale_fen for hall, row in sold], axis=0)
    return found


def _rows(sums: Mapping[str, Int64s], kind: str, thresholds_us: Sequence[int]) -> list[tuple[str, Floats, Floats]]:
    """(kpi, values, weights) of one scope, each over all periods."""
    is_open = (sums["open_us"] > 0).astype(np.float64)
    rows = _of_the_week(sums)
    rows += [(kpi, sums[kpi].astype(np.float64), is_open) for kpi in _COUNTS]
    rows += [(offered_wait_kpi(over), sums[f"over_{over}"].astype(np.float64), is_open) for over in thresholds_us]
    rows.append(("queue_mean", *_time_ratio(sums["waiting_us"], sums["open_us"])))
    rows.append(("busy_mean", *_time_ratio(sums["busy_us"], sums["open_us"])))
    if kind != "class":
        rows.append(("utilisation", *_time_ratio(sums["busy_us"], sums["staffed_us"])))
    if kind in ("hall", "operator"):
        rows.append(("counter_hours", sums["staffed_us"] / HOUR_US, is_open))
        rows.append(("overtime", *_ratio(sums["overtime_us"], sums["open_days"], MINUTE_US)))
    rows += [(kpi, sums[kpi].astype(np.float64), is_open) for kpi in _TROUBLES if kpi in sums]
    if "sales" in sums and kind in ("hall", "operator"):
        rows.append(("sales_revenue", sums["sales_fen"] / 100, is_open))
    if "kiosk_served" in sums:
        rows.append(("kiosk_share", *_ratio(sums["kiosk_served"], sums["kiosk_eligible"])))
    if kind != "kiosk":
        rows.append(("fast_lane_share", *_ratio(sums["in_named_lanes"], sums["served"])))
    return rows


def _of_the_week(sums: Mapping[str, Int64s]) -> list[tuple[str, Floats, Floats]]:
    """(kpi, values, weights) of what is known for the half hours of each weekday as for every other period."""
    return [
        ("arrivals", sums["arrivals"].astype(np.float64), (sums["open_us"] > 0).astype(np.float64)),
        ("wait_mean", *_ratio(sums["wait_us"], sums["served"], MINUTE_US)),
        ("wait_over_target", *_ratio(sums["over_target"], sums["with_target"])),
    ]


def _of_the_queue(hall: HallSums) -> list[tuple[str, Floats, Floats]]:
    """(kpi, values, weights) of the percentiles of a hall's queue over days, each over the half hours of the day."""
    hours = hall.queue_open_us.sum(axis=0) / HOUR_US
    values = queue_percentiles(hall.queue_us, hall.queue_open_us, tuple(QUEUE_PERCENTILES.values()))
    return [(kpi, of_half_hours, hours) for kpi, of_half_hours in zip(QUEUE_PERCENTILES, values, strict=True)]


def _ratio(parts: Int64s, whole: Int64s, unit: int = 1) -> tuple[Floats, Floats]:
    """Value and weight of a ratio of sums."""
    weights = whole.astype(np.float64)
    values = np.divide(parts / unit, weights, out=np.zeros_like(weights), where=weights > 0)
    return values, weights


def _time_ratio(parts_us: Int64s, whole_us: Int64s) -> tuple[Floats, Floats]:
    """Value of a ratio of times, and the hours that it is a share of."""
    values, weights = _ratio(parts_us, whole_us)
    return values, weights / HOUR_US


def _on_target(halls: Sequence[HallSums], scope: _Scope) -> list[tuple[str, float, float]]:
    """(period, value, weight) for each month and for all; a hall meets its targets if every class of it does."""
    if scope.kind == "kiosk":
        return []
    rows: list[tuple[str, float, float]] = []
    for month in halls[0].on_target:
        verdicts = []
        for number in scope.halls:
            classes = halls[number].on_target[month][scope.rows_of(number)]
            if (classes >= 0).any():
                verdicts.append(bool((classes != 0).all()))
        if verdicts:
            rows.append((month, sum(verdicts) / len(verdicts), float(len(verdicts))))
    if rows:
        weight = sum(weight for _, _, weight in rows)
        rows.insert(0, (ALL_PERIODS, sum(value * weight for _, value, weight in rows) / weight, weight))
    return rows
