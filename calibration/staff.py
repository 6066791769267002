"""Counters staffed by half hour, inferred from who served when: logs of tickets and calls hold no rota.

Distinct servers seen in a half hour count people who came, left or paused within it, so an availability factor takes
them down to the counters that could really start a service. Where customers waited, every able counter was busy: the
servers busy at such moments measure the factor. Without enough of those moments it is an assumption with a range.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.errors import CalibrationError
from calibration.fit import Estimate, Finding, Table
from calibration.laws import Floats
from calibration.parameters import belief, factor
from calibration.survival import Z95
from calibration.tickets import TicketLog
from calibration.timetable import Grid, chosen_weekdays, grid_of, outside_of, second_of_day

ASSUMED_AVAILABILITY = (0.8, 0.65, 0.95)
"""Best, low and high of the factor where the log cannot tell. Assumed; no source gives one."""
_WAITING_HOURS_NEEDED = 5.0
_PULL_HOURS = 1.0
"""Hours of waiting that the day's factor counts for in each half hour's own."""


@dataclass(frozen=True)
class StaffModel:
    """Means over days by half hour: distinct servers, busy servers, busy while someone waits; the factor; the steps.

    `availability` is the factor over the whole day, `by_half_hour` the one used in each half hour.
    """

    grid: Grid
    days: int
    distinct: Floats
    busy: Floats
    busy_while_waiting: Floats
    waiting_hours: Floats
    availability: float
    low: float
    high: float
    by_half_hour: Floats
    measured: bool
    staffing: tuple[int, ...]


def fit_staff(
    log: TicketLog,
    *,
    hours: str | None = None,
    weekdays: Sequence[str] | None = None,
    availability: float | None = None,
) -> Finding:
    """Infer `counters.staffing` of a log. `availability` (0–1] overrules the measured or assumed factor."""
    if availability is not None and not 0 < availability <= 1:
        raise CalibrationError(
            "bad-availability", f"availability is {availability:g}", help="a number above 0, at most 1"
        )
    log.need("staff", "called", "ended", "server")
    frame = log.frame
    span = hours if hours is not None else log.mapping.hours
    days = chosen_weekdays(weekdays, log.mapping.weekdays)
    left_out = [
        ("not served", (frame["outcome"] == "abandoned").to_numpy()),
        *outside_of(frame["called"], days, span),
    ]
    used, rows = log.select("staff", ["outcome", "called", "ended"], left_out)
    grid = grid_of(span, [used["called"], used["ended"]])
    model = infer_staff(used, _queue(log, days, span), grid, availability)
    table = Table(
        "counters by half hour, mean over days",
        ("from", "distinct", "busy", "busy while waiting", "availability", "written"),
        tuple(
            (label, float(d), float(b), float(q), float(a), s)
            for label, d, b, q, a, s in zip(
                grid.labels,
                model.distinct,
                model.busy,
                model.busy_while_waiting,
                model.by_half_hour,
                model.staffing,
                strict=True,
            )
        ),
    )
    how = "measured: servers busy while someone waited, over distinct servers" if model.measured else (
        "given" if availability is not None else "assumed, no source"
    )  # fmt: skip
    goodness: dict[str, Any] = {
        "days": model.days,
        "hours with someone waiting": float(model.waiting_hours.sum()),
        "half hours whose mean of busy servers exceeds the counters written": int(
            (model.busy > np.asarray(model.staffing)).sum()
        ),
    }
    estimates = (
        Estimate("availability", model.availability, model.low, model.high, note=how),
        Estimate("server_hours_seen", float((model.distinct * grid.hours).sum()), unit="h a day"),
        Estimate("busy_hours", float((model.busy * grid.hours).sum()), unit="h a day"),
        Estimate("counter_hours_written", float((np.asarray(model.staffing) * grid.hours).sum()), unit="h a day"),
    )
    steps = dict(zip(grid.labels, model.staffing, strict=True))
    source = "fitted" if model.measured else "assumed"
    patch = {
        "counters": {
            "staffing": belief(
                steps, factor(model.low / model.availability), factor(model.high / model.availability), source=source,
                note=f"distinct servers × availability {model.availability:.2f} ({how}); {model.days} days",
            )
        }
    }  # fmt: skip
    nameless = int((used["server"] == "").sum())
    return Finding(rows, estimates, goodness, (table,), tuple(_warnings(model, availability, nameless)), patch, model)


def _queue(log: TicketLog, days: tuple[str, ...] | None, span: str | None) -> pd.DataFrame | None:
    """Moments at which customers joined and left the queue, or None where the log does not tell."""
    if not {"arrival", "wait"} <= log.has:
        return None
    frame = log.frame
    known = frame["wait_s"].gt(0) & frame["arrival"].notna()
    # Where leaving shows only at the call, nobody knows until when a chair was taken: only the served count.
    if log.mapping.abandonment_seen == "when_called":
        known &= frame["outcome"] == "served"
    for rule in log.mapping.leave_out:
        if "waits" in rule.kinds:
            known &= ~log.rules[rule.name]
    for _, mask in outside_of(frame["arrival"], days, span):
        known &= ~mask
    waiting = frame.loc[known, ["arrival", "called", "outcome", "wait_s"]]
    wait = pd.to_timedelta(waiting["wait_s"], unit="s")
    # A wait column measures the queue alone; count back from the call, since arrival may lie before a voice menu.
    start = (waiting["called"] - wait).where(waiting["outcome"] == "served", waiting["arrival"])
    start = start.where(start.notna(), waiting["arrival"])
    return pd.DataFrame({"start": start, "end": start + wait})


def infer_staff(
    served: pd.DataFrame, queue: pd.DataFrame | None, grid: Grid, availability: float | None = None
) -> StaffModel:
    """Infer counters from services (called, ended, server) and the times at which customers waited (start, end)."""
    date = served["called"].dt.normalize()
    dates, day = np.unique(date.to_numpy(), return_inverse=True)
    start = second_of_day(served["called"])
    length = (served["ended"] - served["called"]).dt.total_seconds().to_numpy(dtype=np.float64)
    named = (served["server"] != "").to_numpy()
    distinct = _distinct(
        day[named],
        start[named],
        (start + length)[named],
        served["server"].to_numpy(dtype=object)[named],
        grid,
        len(dates),
    )
    busy, busy_waiting, waiting = _occupied(day, start, start + length, queue, dates, grid)
    overlap = distinct * waiting
    waited = float(waiting.sum()) / 3600
    measured = availability is None and waited >= _WAITING_HOURS_NEEDED
    if availability is not None:
        best = low = high = availability
    elif measured:
        best, half = _ratio_of_days(busy_waiting.sum(axis=1), overlap.sum(axis=1))
        best = min(best, 1.0)
        low, high = max(best - half, 0.05), min(best + half, 1.0)
    else:
        best, low, high = ASSUMED_AVAILABILITY
    factors = np.full(len(grid.labels), best)
    if measured:  # each half hour's own factor, drawn towards the day's where customers seldom waited
        pull = _PULL_HOURS * 3600 * distinct.mean()
        factors = np.minimum((busy_waiting.sum(axis=0) + pull * best) / (overlap.sum(axis=0) + pull), 1.0)
    mean_distinct = distinct.mean(axis=0)
    length_s = grid.hours * 3600
    steps = np.floor(mean_distinct * factors + 0.5).astype(int)
    steps = np.where((steps == 0) & (mean_distinct >= 0.5), 1, steps)
    with np.errstate(invalid="ignore", divide="ignore"):
        while_waiting = busy_waiting.sum(axis=0) / waiting.sum(axis=0)
    return StaffModel(
        grid, len(dates), mean_distinct, busy.mean(axis=0) / length_s, while_waiting,
        waiting.sum(axis=0) / 3600, best, low, high, factors, measured, tuple(int(s) for s in steps),
    )  # fmt: skip


def _ratio_of_days(above: Floats, below: Floats) -> tuple[float, float]:
    """Ratio of sums over days with the half-width of its 95 % interval (days are the independent units)."""
    n = len(above)
    ratio = float(above.sum() / below.sum())
    if n < 2:
        return ratio, ratio / 2
    spread = float(((above - ratio * below) ** 2).sum() / (n - 1))
    return ratio, Z95 * math.sqrt(n * spread) / float(below.sum())


def _distinct(
    day: NDArray[np.int64], start: Floats, end: Floats, server: NDArray[np.object_], grid: Grid, days: int
) -> Floats:
    _, who = np.unique(server.astype(str), return_inverse=True)
    edges = np.asarray(grid.edges_s, dtype=np.float64)
    last = len(grid.labels) - 1
    first_slot = np.clip(np.searchsorted(edges, start, side="right") - 1, 0, last)
    last_slot = np.clip(np.searchsorted(edges, end, side="left") - 1, first_slot, last)
    reach = last_slot - first_slot + 1
    row = np.repeat(np.arange(len(start)), reach)
    slot = np.repeat(first_slot, reach) + (np.arange(len(row)) - np.repeat(np.cumsum(reach) - reach, reach))
    seen = np.unique(np.stack((day[row], slot, who[row])), axis=1)
    counts = np.zeros((days, last + 1))
    np.add.at(counts, (seen[0], seen[1]), 1.0)
    return counts


def _occupied(
    day: NDArray[np.int64],
    start: Floats,
    end: Floats,
    queue: pd.DataFrame | None,
    dates: NDArray[np.datetime64],
    grid: Grid,
) -> tuple[Floats, Floats, Floats]:
    """Per day and half hour: busy server seconds, the part of them while someone waits, seconds while someone waits."""
    edges = np.asarray(grid.edges_s, dtype=np.float64)
    shape = (len(dates), len(grid.labels))
    busy, busy_waiting, waiting = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    joined: list[tuple[Floats, Floats]] = [(np.zeros(0), np.zeros(0))] * len(dates)
    if queue is not None and len(queue):
        queue_date = queue["start"].dt.normalize().to_numpy()
        queue_start = second_of_day(queue["start"])
        queue_end = queue_start + (queue["end"] - queue["start"]).dt.total_seconds().to_numpy(dtype=np.float64)
        joined = [(queue_start[queue_date == date], queue_end[queue_date == date]) for date in dates]
    for d in range(len(dates)):
        mine = day == d
        q_start, q_end = joined[d]
        at = np.concatenate((start[mine], end[mine], q_start, q_end, edges))
        serving = np.concatenate((np.ones(mine.sum()), -np.ones(mine.sum()), np.zeros(2 * len(q_start) + len(edges))))
        queued = np.concatenate(
            (np.zeros(2 * mine.sum()), np.ones(len(q_start)), -np.ones(len(q_start)), np.zeros(len(edges)))
        )
        order = np.argsort(at, kind="stable")
        at, level, line = at[order], np.cumsum(serving[order]), np.cumsum(queued[order])
        gap = np.diff(at)
        slot = np.searchsorted(edges, at[:-1], side="right") - 1
        inside = (slot >= 0) & (slot < shape[1]) & (gap > 0)
        gap, slot, level, line = gap[inside], slot[inside], level[:-1][inside], line[:-1][inside]
        np.add.at(busy[d], slot, gap * level)
        np.add.at(busy_waiting[d], slot, gap * level * (line > 0))
        np.add.at(waiting[d], slot, gap * (line > 0))
    return busy, busy_waiting, waiting


def _warnings(model: StaffModel, availability: float | None, nameless: int) -> list[str]:
    said = ["staffing is inferred, not read: no rota is in a log; one level serves every chosen weekday"]
    if nameless:
        said.append(f"{nameless:,} services name no server: they count as busy time, not as servers")
    if availability is None and not model.measured:
        best, low, high = ASSUMED_AVAILABILITY
        said.append(
            f"availability {best} ({low}–{high}) is an assumption without a source; a rota or a visit settles it"
        )
    if model.measured:
        said.append(
            "availability is what customers met while someone waited; pauses taken when nobody waits are not in it"
        )
    short = [
        label for label, busy, steps in zip(model.grid.labels, model.busy, model.staffing, strict=True) if busy > steps
    ]
    if short:
        said.append(
            f"more servers were busy on average than are written from {', '.join(short[:8])}: "
            "whole counters round down there, or availability is too low"
        )
    return said
