"""Shifts as patterns over the half hours of a hall: every start, with its breaks at every place that they may take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np

from scenarios.schema import Shift, Span
from scenarios.schema.staffing_checks import break_starts, fits
from scenarios.units import DAY_US, HALF_HOUR_US
from standfast.staffing.plan import Demand, Patterns

Spans = tuple[tuple[int, int], ...]

MOST_PATTERNS = 20_000


def patterns_of(demand: Demand, shifts: Mapping[str, Shift]) -> Patterns:
    """Every way to work the day of a hall: shifts that begin while it is open and end by closing, or later if it then
    serves those inside; in a hall that never closes they go on over midnight. Two breaks of a shift never overlap; a
    start that leaves a break no room is left out.

    Raises ValueError beyond MOST_PATTERNS.
    """
    span = Span(demand.open_us, demand.close_us)
    rows = [
        (name, shift, start_us, breaks)
        for name, shift in shifts.items()
        for start_us in shift.starts_us
        if fits(demand.hall_spec, span, start_us, shift.length_us)
        for breaks in _breaks(shift, start_us)
    ]
    if len(rows) > MOST_PATTERNS:
        message = f"shifts, starts and breaks of the hall {demand.hall} make {len(rows)} patterns"
        raise ValueError(f"{message}, more than {MOST_PATTERNS}: narrow the windows of breaks")
    cells_us = demand.cells_us // HALF_HOUR_US * HALF_HOUR_US
    cover = np.zeros((len(rows), demand.cells), dtype=np.int64)
    for row, (_, shift, start_us, breaks) in enumerate(rows):
        end_us = start_us + shift.length_us
        cover[row] = (cells_us + HALF_HOUR_US > start_us) & (cells_us < end_us)
        if demand.hall_spec.never_closes:
            cover[row] |= cells_us < end_us - DAY_US
        for begin_us, until_us in breaks:
            cover[row, (cells_us + HALF_HOUR_US > begin_us) & (cells_us < until_us)] = 0
    return Patterns(
        cover=cover,
        cost_fen=np.array([shift.cost_fen for _, shift, _, _ in rows], dtype=np.int64),
        shift=tuple(name for name, _, _, _ in rows),
        start_us=np.array([start_us for _, _, start_us, _ in rows], dtype=np.int64),
        end_us=np.array([start_us + shift.length_us for _, shift, start_us, _ in rows], dtype=np.int64),
        breaks=tuple(breaks for _, _, _, breaks in rows),
        part_time=np.array([shift.part_time for _, shift, _, _ in rows], dtype=np.bool_),
        most={name: shift.most for name, shift in shifts.items() if shift.most is not None},
    )


def _breaks(shift: Shift, start_us: int) -> Iterator[Spans]:
    """Every way to place the breaks of a shift, each within its window, in order of time."""
    places = [
        [(at, at + pause.length_us) for at in break_starts(shift, start_us, pause, HALF_HOUR_US)]
        for pause in shift.breaks
    ]
    seen: set[Spans] = set()
    for placed in product(*places):
        spans = tuple(sorted(placed))
        if spans not in seen and all(spans[n][1] <= spans[n + 1][0] for n in range(len(spans) - 1)):
            seen.add(spans)
            yield spans
