"""Counters that could serve, by half hour, inferred from who served when and from when customers waited.

A log holds no rota. Three things can be seen: distinct servers (too many: people come, leave and pause within a half
hour), servers busy while someone waited (too few as a mean: customers wait when servers are few), and servers at hand:
busy, or between two services in a gap during which nobody waited. Whoever lets a customer wait was not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from calibration.laws import Floats
from calibration.timetable import Grid, second_of_day

if TYPE_CHECKING:
    import pandas as pd

GAP_S, SLACK_S = 900.0, 5.0
"""Longest idle gap between two services that counts as being at hand, and the wait that a server may overlook."""
WIDE_GAP_S, WIDE_SLACK_S = 1800.0, 20.0
"""The same, as generous as seems fair: the upper end of the range."""


@dataclass(frozen=True)
class Presence:
    """Per day and half hour: distinct servers; seconds busy, busy while someone waits, waiting, at hand (twice)."""

    days: int
    distinct: Floats
    busy_s: Floats
    busy_waiting_s: Floats
    waiting_s: Floats
    at_hand_s: Floats
    at_hand_wide_s: Floats


def observe_presence(served: pd.DataFrame, queue: pd.DataFrame | None, grid: Grid) -> Presence:
    """Measure presence from services (called, ended, server) and the times at which customers waited (start, end).

    Services without a server's name count as busy time, not as servers.
    """
    dates, day = np.unique(served["called"].dt.normalize().to_numpy(), return_inverse=True)
    start = second_of_day(served["called"])
    end = start + (served["ended"] - served["called"]).dt.total_seconds().to_numpy(dtype=np.float64)
    _, server = np.unique(served["server"].to_numpy(dtype=object).astype(str), return_inverse=True)
    named = (served["server"] != "").to_numpy(dtype=bool)
    edges = np.asarray(grid.edges_s, dtype=np.float64)
    shape = (len(dates), len(grid.labels))
    distinct, busy, busy_waiting, waiting, at_hand, wide = (np.zeros(shape) for _ in range(6))
    lines = _queues_by_day(queue, dates)
    for d in range(len(dates)):
        mine = day == d
        both = mine & named
        distinct[d] = _distinct(start[both], end[both], server[both], edges)
        busy[d] = seconds_within(start[mine], end[mine], edges)
        waited = _union(*lines[d])
        waiting[d] = seconds_within(*waited, edges)
        busy_waiting[d] = _busy_within(start[mine], end[mine], *waited, edges)
        gap_from, gap_to = _gaps(start[both], end[both], server[both], edges)
        for found, longest, slack in ((at_hand, GAP_S, SLACK_S), (wide, WIDE_GAP_S, WIDE_SLACK_S)):
            idle = _idle_parts(gap_from, gap_to, *waited, longest, slack)
            found[d] = busy[d] + seconds_within(*idle, edges)
    return Presence(len(dates), distinct, busy, busy_waiting, waiting, at_hand, wide)


def seconds_within(start: Floats, end: Floats, edges: Floats) -> Floats:
    """Total length of the spans that falls between each pair of edges."""
    reached = [np.clip(end, None, edge).sum() - np.clip(start, None, edge).sum() for edge in edges]
    return np.diff(np.asarray(reached, dtype=np.float64))


def _queues_by_day(queue: pd.DataFrame | None, dates: NDArray[np.datetime64]) -> list[tuple[Floats, Floats]]:
    nothing = np.zeros(0)
    if queue is None or not len(queue):
        return [(nothing, nothing)] * len(dates)
    date = queue["start"].dt.normalize().to_numpy()
    start = second_of_day(queue["start"])
    end = start + (queue["end"] - queue["start"]).dt.total_seconds().to_numpy(dtype=np.float64)
    return [(start[date == one], end[date == one]) for one in dates]


def _union(start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Merge spans that touch, so that they are apart and ascending."""
    if not len(start):
        return start, end
    order = np.argsort(start, kind="stable")
    start, latest = start[order], np.maximum.accumulate(end[order])
    fresh = np.concatenate(([True], start[1:] > latest[:-1]))
    last = np.concatenate((np.flatnonzero(fresh)[1:] - 1, [len(start) - 1]))
    return start[fresh], latest[last]


def _distinct(start: Floats, end: Floats, server: NDArray[np.int64], edges: Floats) -> Floats:
    last = len(edges) - 2
    first_slot = np.clip(np.searchsorted(edges, start, side="right") - 1, 0, last)
    last_slot = np.clip(np.searchsorted(edges, end, side="left") - 1, first_slot, last)
    reach = last_slot - first_slot + 1
    row = np.repeat(np.arange(len(start)), reach)
    slot = np.repeat(first_slot, reach) + (np.arange(len(row)) - np.repeat(np.cumsum(reach) - reach, reach))
    seen = np.unique(np.stack((slot, server[row])), axis=1)
    return np.bincount(seen[0], minlength=last + 1).astype(np.float64)


def _busy_within(start: Floats, end: Floats, wait_from: Floats, wait_to: Floats, edges: Floats) -> Floats:
    """Server seconds of the services that fall into the waiting spans, by half hour."""
    at = np.concatenate((start, end, wait_from, wait_to, edges))
    rest = len(at) - 2 * len(start)
    serving = np.concatenate((np.ones(len(start)), -np.ones(len(start)), np.zeros(rest)))
    someone = np.concatenate(
        (np.zeros(2 * len(start)), np.ones(len(wait_from)), -np.ones(len(wait_to)), np.zeros(len(edges)))
    )
    order = np.argsort(at, kind="stable")
    at, level, waited = at[order], np.cumsum(serving[order])[:-1], np.cumsum(someone[order])[:-1]
    slot = np.searchsorted(edges, at[:-1], side="right") - 1
    inside = (slot >= 0) & (slot < len(edges) - 1) & (waited > 0)
    weight = np.diff(at)[inside] * level[inside]
    return np.bincount(slot[inside], weights=weight, minlength=len(edges) - 1).astype(np.float64)


def _gaps(start: Floats, end: Floats, server: NDArray[np.int64], edges: Floats) -> tuple[Floats, Floats]:
    """Idle spans between consecutive services of the same server.

    Who serves in the first or last half hour of the day counts from opening and until closing.
    """
    order = np.lexsort((start, server))
    start, end, server = start[order], end[order], server[order]
    same = server[1:] == server[:-1]
    first, last = np.concatenate(([True], ~same)), np.concatenate((~same, [True]))
    early, late = start[first & (start < edges[1])], end[last & (end > edges[-2])]
    gap_from = np.concatenate((end[:-1][same], np.full(len(early), edges[0]), late))
    gap_to = np.concatenate((start[1:][same], early, np.full(len(late), edges[-1])))
    real = gap_to > gap_from
    return gap_from[real], gap_to[real]


def _idle_parts(
    gap_from: Floats, gap_to: Floats, wait_from: Floats, wait_to: Floats, longest: float, slack: float
) -> tuple[Floats, Floats]:
    """Parts of the gaps in which the server was at hand: before the first and after the last wait that it ignored."""
    seen = wait_to - wait_from > slack
    wait_from, wait_to = wait_from[seen], wait_to[seen]
    until, since = gap_to.copy(), gap_to.copy()
    if len(wait_from):
        first = np.searchsorted(wait_to, gap_from + slack, side="right")
        last = np.searchsorted(wait_from, gap_to - slack, side="left") - 1
        hit = first <= last
        until[hit] = np.maximum(wait_from[first[hit]], gap_from[hit])
        since[hit] = np.minimum(wait_to[last[hit]], gap_to[hit])
    starts, ends = np.concatenate((gap_from, since)), np.concatenate((until, gap_to))
    kept = (ends > starts) & (ends - starts <= longest)
    return starts[kept], ends[kept]
