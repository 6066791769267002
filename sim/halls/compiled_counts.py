"""The tally of a hall with many customers: one compiled pass over them, day by day.

It counts what `sim.halls.counts` counts; a test holds both equal. Importing this module imports numba; the machine code
is cached on disk.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.calendar import WEEKDAYS
from sim.clock import DAY_US, HALF_HOUR_US, HALF_HOURS_A_DAY, NEVER_US, SECOND_US, half_hour_label
from sim.compiling import cached
from sim.halls.columns import stored
from sim.halls.complaints import CONTENT
from sim.halls.counts import named_lanes, targets_us, time_limits
from sim.halls.outcomes import Fate
from sim.halls.periods import BUSY, IDLE, Periods
from sim.halls.record import HallRecord
from sim.halls.setbacks import DONE
from sim.halls.tally import Tally
from sim.halls.treatment import Treated

Bools = NDArray[np.bool_]

_DAY, _HALF_HOUR, _CELLS, _SECOND, _NEVER = DAY_US, HALF_HOUR_US, HALF_HOURS_A_DAY, SECOND_US, NEVER_US
_SERVED, _DONE, _BOUGHT, _CONTENT = int(Fate.SERVED), int(DONE), int(Treated.BOUGHT), int(CONTENT)

_FATES = len(Fate)
_WAIT_US, _WITH_TARGET, _OVER_TARGET, _ELIGIBLE, _IN_NAMED_LANES, _UNFINISHED, _SALES, _COMPLAINTS, _THRESHOLDS = range(
    _FATES, _FATES + 9
)
"""Columns of a table of sums: first customers by their fate, last those over each threshold."""


def tallied(record: HallRecord, periods: Periods, busy: Bools) -> Tally:
    """Sum up the customers of a hall; `busy` marks its busy half hours, (days, 48)."""
    plan, outcomes, hall = record.plan, record.outcomes, record.hall
    days, scopes, customers = len(record.days), len(record.layout.classes) + 1, len(plan)
    thresholds_us = np.array(hall.offered_wait_thresholds_us, dtype=np.int64)
    columns, labels = _THRESHOLDS + thresholds_us.size, periods.labels
    whole_days = np.stack(periods.by_day)
    _, month = np.unique(periods.by_day[1], return_inverse=True)
    totals = np.zeros((scopes, len(labels), columns), dtype=np.int64)
    week = np.zeros((len(WEEKDAYS), _CELLS, columns), dtype=np.int64)
    targets = np.zeros((2, int(month.max()) + 1, scopes, 2, _CELLS), dtype=np.int64)
    part_us, change = np.zeros((2, 2, scopes, days * _CELLS + 1), dtype=np.int64)
    last_us = np.zeros(days, dtype=np.int64)
    waits = np.empty((3, customers), dtype=np.int32)
    no_flags = np.zeros(0, dtype=np.int8)
    target_us, over_served = targets_us(record)
    named = named_lanes(record)
    found = add_up(
        *(stored(column) for column in (plan.arrival_us, plan.customer_class, plan.eligible)),
        *(stored(column) for column in (outcomes.fate, outcomes.queue, outcomes.lane)),
        *(stored(column) for column in (outcomes.left_us, outcomes.gone_us, outcomes.offered_us)),
        stored(plan.setback) if hall.setbacks is not None else no_flags,
        stored(plan.treated) if hall.sales is not None else no_flags,
        stored(record.complained.cause) if hall.complaints is not None else no_flags,
        record.layout.kiosk_queue if record.layout.has_kiosks else -2,
        time_limits(record),
        target_us,
        over_served,
        thresholds_us,
        named if named.any() else named[:0],
        busy,
        np.ascontiguousarray(periods.measured),
        whole_days,
        np.array([labels.index(label) for label in (WEEKDAYS[0], half_hour_label(0), IDLE, BUSY)]),
        month,
        totals,
        week,
        targets,
        part_us,
        change,
        last_us,
        waits,
    )
    passed_us = np.cumsum(change, axis=2)
    passed_us *= _HALF_HOUR
    passed_us += part_us
    waiting_us, busy_us = passed_us[:, :, :-1].reshape(2, scopes, days, _CELLS)
    return Tally(
        totals=_by_name(record, np.moveaxis(totals, 2, 0)),
        of_the_week=_by_name(record, np.moveaxis(week, 2, 0)),
        targets=targets[:, :, :-1],
        waiting_us=waiting_us,
        busy_us=busy_us,
        last_us=last_us,
        waits_s=waits[0, :found],
        wait_scope=waits[1, :found],
        wait_half_hour=waits[2, :found],
    )


def _by_name(record: HallRecord, sums: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
    """The columns of a table, the first axis here, by name; without those that the hall does not have."""
    hall, numbers = record.hall, np.ascontiguousarray(sums)
    found = {fate.name.lower(): numbers[fate] for fate in Fate if fate != Fate.PRESENT}
    found |= {
        "arrivals": numbers[:_FATES].sum(axis=0),
        "wait_us": numbers[_WAIT_US],
        "with_target": numbers[_WITH_TARGET],
        "over_target": numbers[_OVER_TARGET],
        "eligible": numbers[_ELIGIBLE],
        "in_named_lanes": numbers[_IN_NAMED_LANES],
    }
    for at, threshold_us in enumerate(sorted(hall.offered_wait_thresholds_us), _THRESHOLDS):
        found[f"over_{threshold_us}"] = numbers[at]
    for name, part, at in (
        ("unfinished", hall.setbacks, _UNFINISHED),
        ("sales", hall.sales, _SALES),
        ("complaints", hall.complaints, _COMPLAINTS),
    ):
        if part is not None:
            found[name] = numbers[at]
    return found


def _add_up(  # type: ignore[no-untyped-def]
    arrival_us, customer_class, eligible, fate, queue, lane, left_us, gone_us, offered_us, setback, treated, cause,
    kiosk_queue, limits_us, target_us, over_served, thresholds_us, named, busy, measured, whole_days, first_labels,
    month, totals, week, targets, part_us, change, last_us, waits,
):  # fmt: skip
    """Fill the last eight arrays; returns how many waits there are. Columns of thresholds ascend.

    Times are kept as what they are apart from whole half hours: `change` counts who begins and who ends in each half
    hour, `part_us` holds for them how far within it.
    """
    scopes, _, columns = totals.shape
    sums = np.zeros((scopes, _CELLS, columns), np.int64)
    in_line, a_scope, kiosks = sums.reshape(-1), np.uint64(_CELLS * columns), np.uint64(scopes - 1)
    mondays, half_hours, idle, at_busy = first_labels
    at_once = np.zeros((2, columns), np.int64)
    i, found, customers = np.uint64(0), np.uint64(0), np.uint64(arrival_us.size)  # unsigned: none counts from the end
    for d in range(limits_us.size):
        midnight_us, limit_us, last = d * _DAY, limits_us[d], 0
        first_cell, end_cell = _CELLS, 0
        while i < customers and arrival_us[i] < midnight_us + _DAY:
            cell = (arrival_us[i] - midnight_us) // _HALF_HOUR
            at, cell_us = d * _CELLS + cell, midnight_us + cell * _HALF_HOUR
            at_busy_time, counts = np.int64(busy[d, max(cell, 0)]), measured[d, max(cell, 0)]
            first_cell, end_cell = min(first_cell, cell), max(end_cell, cell + 1)
            while i < customers and arrival_us[i] < cell_us + _HALF_HOUR:
                came_us, offered, ends = arrival_us[i], offered_us[i], fate[i]
                if came_us < cell_us or cell < 0:
                    raise ValueError("customers stand in another order than that of their arrivals")
                wait_us, served = left_us[i] - came_us, ends == _SERVED
                s = kiosks if queue[i] == kiosk_queue else np.uint64(customer_class[i])
                row = s * a_scope + np.uint64(cell * columns)
                in_line[row + np.uint64(ends)] += 1
                in_line[row + np.uint64(_ELIGIBLE)] += eligible[i]
                if over_served[s]:
                    in_line[row + np.uint64(_OVER_TARGET)] += served & (wait_us > target_us[s, at_busy_time])
                else:
                    in_line[row + np.uint64(_OVER_TARGET)] += offered > target_us[s, at_busy_time]
                over = np.uint64(_THRESHOLDS - 1)  # who waits longer than one threshold does so than those below it
                for k in range(thresholds_us.size):
                    over += np.uint64(offered > thresholds_us[k])
                in_line[row + over] += over >= np.uint64(_THRESHOLDS)
                if named.size and lane[i] >= 0:
                    in_line[row + np.uint64(_IN_NAMED_LANES)] += named[lane[i]]
                if cause.size:
                    in_line[row + np.uint64(_COMPLAINTS)] += cause[i] != _CONTENT

                leaves_us, end = min(left_us[i], limit_us), at
                if cell_us <= leaves_us < cell_us + _HALF_HOUR:
                    part_us[0, s, at] += leaves_us - came_us
                else:
                    end = leaves_us // _HALF_HOUR
                    change[0, s, at] += 1
                    part_us[0, s, at] -= came_us - cell_us
                    change[0, s, end] -= 1
                    part_us[0, s, end] += leaves_us - end * _HALF_HOUR
                if served:
                    in_line[row + np.uint64(_WAIT_US)] += wait_us
                    if setback.size:
                        in_line[row + np.uint64(_UNFINISHED)] += setback[i] != _DONE
                    if treated.size:
                        in_line[row + np.uint64(_SALES)] += (treated[i] & _BOUGHT) != 0
                    if s < kiosks:
                        last = max(last, gone_us[i])
                    if counts:
                        waits[0, found] = (wait_us + _SECOND - 1) // _SECOND
                        waits[1, found], waits[2, found] = s, at
                        found += np.uint64(1)
                    ends_us = min(gone_us[i], limit_us)
                    if ends_us < (end + 1) * _HALF_HOUR:
                        part_us[1, s, end] += ends_us - leaves_us
                    else:
                        change[1, s, end] += 1
                        part_us[1, s, end] -= leaves_us - end * _HALF_HOUR
                        end = ends_us // _HALF_HOUR
                        change[1, s, end] -= 1
                        part_us[1, s, end] += ends_us - end * _HALF_HOUR
                i += np.uint64(1)

        last_us[d], weekday = last, whole_days[2, d] - mondays
        for scope in range(scopes):
            for cell in range(first_cell, end_cell):
                row, at_busy_time = sums[scope, cell], np.int64(busy[d, cell])
                if measured[d, cell]:
                    for k in range(columns - 2, _THRESHOLDS - 1, -1):
                        row[k] += row[k + 1]
                    if target_us[scope, 0] < _NEVER:
                        row[_WITH_TARGET] = row[_SERVED] if over_served[scope] else row[:_FATES].sum()
                    targets[0, month[d], scope, at_busy_time, cell] += row[_WITH_TARGET]
                    targets[1, month[d], scope, at_busy_time, cell] += row[_OVER_TARGET]
                    for k in range(columns):
                        at_once[at_busy_time, k] += row[k]
                        totals[scope, half_hours + cell, k] += row[k]
                        if scope < scopes - 1:
                            week[weekday, cell, k] += row[k]
                for k in range(columns):
                    row[k] = 0
            for k in range(columns):
                totals[scope, idle, k] += at_once[0, k]
                totals[scope, at_busy, k] += at_once[1, k]
                for family in range(whole_days.shape[0]):
                    if whole_days[family, d] >= 0:
                        totals[scope, whole_days[family, d], k] += at_once[0, k] + at_once[1, k]
                at_once[0, k] = at_once[1, k] = 0
    if i < customers:
        raise ValueError("customers come after the last day")
    return found


add_up: Any = cached()(_add_up)
"""Arguments and meaning as for `_add_up`."""
