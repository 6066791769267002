"""Counters staffed by half hour: distinct servers × an availability factor, as whole counters.

The factor is measured where the log shows services, servers and waits enough (`presence`); elsewhere it is an
assumption with a range, and the file says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from calibration.errors import CalibrationError
from calibration.fit import Estimate, Finding, Table
from calibration.laws import Floats
from calibration.parameters import belief, factor
from calibration.presence import GAP_S, Presence, observe_presence
from calibration.tickets import TicketLog
from calibration.timetable import Grid, chosen_weekdays, grid_of, outside_of

ASSUMED_AVAILABILITY = (0.8, 0.65, 0.95)
"""Best, low and high of the factor where the log cannot tell. Assumed; no source gives one."""
_WAITING_HOURS_NEEDED = 5.0


@dataclass(frozen=True)
class StaffModel:
    """Means over days by half hour: distinct servers, busy, busy while someone waits; the factor; the counters.

    `availability` is the factor over the whole day with its range, `by_half_hour` the one used in each half hour.
    """

    grid: Grid
    days: int
    distinct: Floats
    busy: Floats
    busy_while_waiting: Floats
    waiting_hours: float
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
    not_served = ("not served", (frame["outcome"] == "abandoned").to_numpy())
    left_out = [not_served, *outside_of(frame["called"], days, span)]
    used, rows = log.select("staff", ["outcome", "called", "ended"], left_out)
    if not (used["server"] != "").any():
        raise CalibrationError("no-servers", "no service names its server", file=log.tables[0].name, column="server")
    grid = grid_of(span, [used["called"], used["ended"]])
    model = infer_staff(observe_presence(used, _queue(log, days, span), grid), grid, availability)
    how = "given" if availability is not None else "measured" if model.measured else "assumed, no source"
    nameless = int((used["server"] == "").sum())
    return Finding(
        rows, _estimates(model, how), _goodness(model), (_table(model),), tuple(_warnings(model, how, nameless)),
        {"counters": {"staffing": _stated(model, how)}}, model,
    )  # fmt: skip


def infer_staff(seen: Presence, grid: Grid, availability: float | None = None) -> StaffModel:
    """Turn presence into whole counters: distinct servers of the mean day × the factor, rounded to the nearest."""
    length_s = grid.hours * 3600
    distinct = seen.distinct.mean(axis=0)
    waiting_hours = float(seen.waiting_s.sum()) / 3600
    measured = availability is None and waiting_hours >= _WAITING_HOURS_NEEDED
    if availability is not None:
        best = low = high = availability
    elif measured:
        everyone = float((seen.distinct * length_s).sum())
        best = min(float(seen.at_hand_s.sum()) / everyone, 1.0)  # more than 1: one name for several servers
        low = float(seen.busy_waiting_s.sum()) / float((seen.distinct * seen.waiting_s).sum())
        low, high = min(low, best), min(max(float(seen.at_hand_wide_s.sum()) / everyone, best), 1.0)
    else:
        best, low, high = ASSUMED_AVAILABILITY
    factors = np.full(len(grid.labels), best)
    if measured:
        with np.errstate(invalid="ignore", divide="ignore"):
            own = seen.at_hand_s.mean(axis=0) / (distinct * length_s)
        factors = np.where(distinct > 0, np.minimum(own, 1.0), best)
    steps = np.floor(distinct * factors + 0.5).astype(int)
    steps = np.where((steps == 0) & (distinct >= 0.5), 1, steps)
    with np.errstate(invalid="ignore", divide="ignore"):
        while_waiting = seen.busy_waiting_s.sum(axis=0) / seen.waiting_s.sum(axis=0)
    return StaffModel(
        grid, seen.days, distinct, seen.busy_s.mean(axis=0) / length_s, while_waiting, waiting_hours,
        best, low, high, factors, measured, tuple(int(s) for s in steps),
    )  # fmt: skip


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


def _estimates(model: StaffModel, how: str) -> tuple[Estimate, ...]:
    hours = model.grid.hours
    written = float((np.asarray(model.staffing) * hours).sum())
    return (
        Estimate("availability", model.availability, model.low, model.high, note=how),
        Estimate("server_hours_seen", float((model.distinct * hours).sum()), unit="h a day"),
        Estimate("busy_hours", float((model.busy * hours).sum()), unit="h a day"),
        Estimate("counter_hours_written", written, unit="h a day"),
    )


def _goodness(model: StaffModel) -> dict[str, Any]:
    short = int((model.busy > np.asarray(model.staffing)).sum())
    return {
        "days": model.days,
        "hours with someone waiting": model.waiting_hours,
        "half hours whose mean of busy servers exceeds the counters written": short,
    }


def _table(model: StaffModel) -> Table:
    columns = zip(
        model.grid.labels, model.distinct, model.busy, model.busy_while_waiting, model.by_half_hour, model.staffing,
        strict=True,
    )  # fmt: skip
    return Table(
        "counters by half hour, mean over days",
        ("from", "distinct", "busy", "busy while waiting", "availability", "written"),
        tuple((label, float(d), float(b), float(q), float(a), s) for label, d, b, q, a, s in columns),
    )


def _stated(model: StaffModel, how: str) -> dict[str, Any]:
    steps = dict(zip(model.grid.labels, model.staffing, strict=True))
    note = f"distinct servers × availability {model.availability:.2f} ({how}); mean of {model.days} days, rounded"
    if how == "given":
        return belief(steps, source="assumed", note=note)
    low, high = model.low / model.availability, model.high / model.availability
    return belief(steps, factor(low), factor(high), source="fitted" if model.measured else "assumed", note=note)


def _warnings(model: StaffModel, how: str, nameless: int) -> list[str]:
    said = ["staffing is inferred, not read: a log holds no rota; one level serves every chosen weekday"]
    if nameless:
        said.append(f"{nameless:,} services name no server: they count as busy time, not as servers")
    if model.measured:
        said.append(
            "availability: best, servers busy or idle in a gap of at most "
            f"{GAP_S / 60:.0f} min in which nobody waited; low, servers busy while someone waited; high, longer gaps. "
            "The range is of readings, not a 95 % interval"
        )
    elif how != "given":
        best, low, high = ASSUMED_AVAILABILITY
        said.append(
            f"availability {best} ({low}–{high}) is an assumption without a source: the log shows only "
            f"{model.waiting_hours:.1f} h with someone waiting. A rota or a visit settles it"
        )
    if (model.busy > model.distinct).any():
        said.append(
            "services of one server overlap: more were busy than servers are named, so the server column does not name "
            "single servers, or times are wrong, and the counters written are too few"
        )
    levels = zip(model.grid.labels, model.busy, model.staffing, strict=True)
    short = [label for label, busy, steps in levels if busy > steps]
    if short:
        said.append(
            f"more servers were busy on average than are written from {', '.join(short[:8])}: "
            "whole counters round down there, or availability is too low"
        )
    return said
