"""Event order of many arrivals, compiled with numba: a test holds it equal to sorting.

Importing this module imports numba; the machine code is cached on disk.
"""

from __future__ import annotations

from typing import Any

from sim.compiling import cached


def _into_order(times_us, entities, first_us, shift, places, ordered_us, ordered):  # type: ignore[no-untyped-def]
    for n in range(times_us.size):
        places[((times_us[n] - first_us) >> shift) + 1] += 1
    for bucket in range(1, places.size):
        places[bucket] += places[bucket - 1]
    for n in range(times_us.size):
        bucket = (times_us[n] - first_us) >> shift
        at = places[bucket]
        places[bucket] += 1
        ordered_us[at], ordered[at] = times_us[n], entities[n]
    # buckets stand in order, and those in one are few
    for n in range(1, times_us.size):
        time_us, entity = ordered_us[n], ordered[n]
        at = n
        while at > 0 and (ordered_us[at - 1] > time_us or (ordered_us[at - 1] == time_us and ordered[at - 1] > entity)):
            ordered_us[at], ordered[at] = ordered_us[at - 1], ordered[at - 1]
            at -= 1
        ordered_us[at], ordered[at] = time_us, entity


into_order: Any = cached()(_into_order)
"""into_order(times_us, entities, first_us, shift, places, ordered_us, ordered): fill the last two.

A bucket holds 2**shift µs from `first_us` on; `places` are zeros, two more than the last bucket's number.
"""
