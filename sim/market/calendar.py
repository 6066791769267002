"""Calendar: on which days each subscriber is due, emitted for a calendar month at once. It does not say what they do.

Candidates come by geometric gaps that depend on the subscriber alone, so they are the same in every arm. Functions are
plain: the compiled engine translates them as they stand.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.market.draw import pair, subscriber
from sim.market.terms import SUSPEND
from sim.rules.hazard import NEVER_DAYS, gap_days

Int64s = NDArray[np.int64]
Int32s = NDArray[np.int32]
Floats = NDArray[np.float64]

NO_CANDIDATE = -1
"""Candidate number of a subscriber who is due for another reason."""


def first_candidates(
    next_day: Any, next_number: Any, purpose: int, probability: float, seed: int, replication: int
) -> None:
    """Set each subscriber's first candidate, number 0. `next_day` and `next_number` are fields of people, changed here.

    `purpose` is that of the draw: CANDIDATE, or VISIT_CANDIDATE. `probability` is that of a candidate a day.
    """
    for i in range(next_day.size):
        u, _ = pair(subscriber(i), purpose, 0, seed, replication)
        next_day[i] = min(NEVER_DAYS, gap_days(u, probability) - 1)
        next_number[i] = 0


def candidates(
    next_day: Any,
    next_number: Any,
    purpose: int,
    probability: float,
    first: int,
    end: int,
    seed: int,
    replication: int,
) -> tuple[Int32s, Int32s, Int64s]:
    """Emit all candidates of the days `first` … `end` − 1; `next_day` and `next_number` move on to those after them.

    Returns subscribers, their candidates' numbers, and where each day starts: day d has the rows `starts[d − first]` to
    `starts[d − first + 1]`, in ascending order of subscribers.
    """
    length = end - first
    room = int(next_day.size * length * probability * 1.05) + 64 + length
    days, ids, numbers = np.empty(room, np.int16), np.empty(room, np.int32), np.empty(room, np.int32)
    rows = 0
    for i in range(next_day.size):
        day = int(next_day[i])
        if day >= end:
            continue
        if rows + length > room:
            room *= 2
            days, ids, numbers = _longer(days, room), _longer(ids, room), _longer(numbers, room)
        number = int(next_number[i])
        while day < end:
            days[rows] = day - first
            ids[rows] = i
            numbers[rows] = number
            rows += 1
            number += 1
            u, _ = pair(subscriber(i), purpose, number, seed, replication)
            day = min(NEVER_DAYS, day + gap_days(u, probability))
        next_day[i] = day
        next_number[i] = number
    return _by_day(days[:rows], ids, numbers, length)


def _longer(values: Any, room: int) -> Any:
    longer = np.empty(room, values.dtype)
    for n in range(values.size):  # numba compiles it ten times faster than an assignment of a part
        longer[n] = values[n]
    return longer


def _by_day(days: NDArray[np.int16], ids: Int32s, numbers: Int32s, length: int) -> tuple[Int32s, Int32s, Int64s]:
    """Sort rows by day, keeping their order within a day."""
    starts = np.zeros(length + 1, np.int64)
    for row in range(days.size):
        starts[days[row] + 1] += 1
    for day in range(length):
        starts[day + 1] += starts[day]
    place = starts.copy()
    ids_by_day, numbers_by_day = np.empty(days.size, np.int32), np.empty(days.size, np.int32)
    for row in range(days.size):
        at = place[days[row]]
        place[days[row]] += 1
        ids_by_day[at] = ids[row]
        numbers_by_day[at] = numbers[row]
    return ids_by_day, numbers_by_day, starts


def admitted(
    ids: Int32s,
    numbers: Int32s,
    starts: Int64s,
    purpose: int,
    segment: Any,
    hall: Any,
    rate: Floats,
    factor: Floats,
    bound: float,
    seed: int,
    replication: int,
) -> tuple[Int32s, Int32s, Int64s]:
    """Those of the emitted candidates that come to something where the rate depends on segment, hall and day.

    A candidate of height v is admitted if v · bound ≤ rate[segment] · factor[hall, day of the block]; people in
    nobody's catchment (hall −1) never are. `bound`, in the unit of `rate`, is at least any rate · factor.
    """
    length = starts.size - 1
    kept_ids, kept_numbers = np.empty(ids.size, np.int32), np.empty(ids.size, np.int32)
    kept_starts = np.zeros(length + 1, np.int64)
    kept = 0
    for day in range(length):
        for row in range(starts[day], starts[day + 1]):
            i = int(ids[row])
            if hall[i] < 0:
                continue
            needed = rate[segment[i]] * factor[hall[i], day]
            if needed > 0.0:
                _, height = pair(subscriber(i), purpose, int(numbers[row]), seed, replication)
                if height * bound <= needed:
                    kept_ids[kept] = i
                    kept_numbers[kept] = numbers[row]
                    kept += 1
        kept_starts[day + 1] = kept
    return kept_ids[:kept], kept_numbers[:kept], kept_starts


def due(ids: Int32s, numbers: Int32s, debtors: Int64s, suspended_until: Any, day: int) -> tuple[Int64s, Int64s]:
    """Who is due today: those with a candidate, and the debtors whose suspension ends today, in ascending order.

    `ids` and `numbers` are today's candidates, `debtors` all who are suspended; both ascending.
    """
    found, found_numbers = np.empty(ids.size + debtors.size, np.int64), np.empty(ids.size + debtors.size, np.int64)
    row = count = 0
    for place in range(debtors.size + 1):
        if place < debtors.size and suspended_until[debtors[place]] != day:
            continue
        until = int(debtors[place]) if place < debtors.size else suspended_until.size
        while row < ids.size and ids[row] < until:
            found[count] = ids[row]
            found_numbers[count] = numbers[row]
            count += 1
            row += 1
        if place < debtors.size and (row == ids.size or ids[row] != until):
            found[count] = until
            found_numbers[count] = NO_CANDIDATE
            count += 1
    return found[:count], found_numbers[:count]


def debtors_after(debtors: Int64s, decisions: Any, suspended_until: Any, day: int) -> Int64s:
    """All who are suspended after a day and its midnight, ascending: `decisions` are those of the day."""
    together = np.union1d(debtors, decisions.id[decisions.kind == SUSPEND])
    left: Int64s = together[suspended_until[together] > day]
    return left
