"""Event order of arrivals: by time, then by entity."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.variates import is_small

Int64s = NDArray[np.int64]


def in_event_order(times_us: Int64s, entities: Int64s) -> tuple[Int64s, Int64s]:
    """Times and entities of arrivals, in event order.

    >>> [found.tolist() for found in in_event_order(np.array([7, 3, 3]), np.array([1, 9, 2]))]
    [[3, 3, 7], [2, 9, 1]]
    """
    if not times_us.size or is_small(times_us.size):
        order = np.lexsort((entities, times_us))
        return times_us[order], entities[order]
    from sim.halls.compiled_order import into_order

    first_us = int(times_us.min())
    span_us = int(times_us.max()) - first_us + 1
    shift = max(0, (span_us // times_us.size).bit_length() - 1)  # buckets for one arrival each, or two
    ordered = np.empty_like(times_us), np.empty_like(entities)
    into_order(times_us, entities, first_us, shift, np.zeros((span_us >> shift) + 2, np.int64), *ordered)
    return ordered
