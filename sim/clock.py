"""The clock: int64 microseconds since midnight of the study's first day. It decides how time is counted.

Every duration is rounded once, when drawn, to at least one microsecond; sums of waits are exact whatever their order.
"""

from __future__ import annotations

from scenarios.units import DAY_US, HALF_HOUR_US, HOUR_US, MINUTE_US, SECOND_US, clock_text

__all__ = [
    "DAY_US", "HALF_HOURS_A_DAY", "HALF_HOUR_US", "HOUR_US", "MINUTE_US", "NEVER_US", "SECOND_US", "half_hour_label",
]  # fmt: skip

HALF_HOURS_A_DAY = DAY_US // HALF_HOUR_US

NEVER_US = 1 << 62
"""A time that does not come: infinite patience, a wait that nothing ends."""


def half_hour_label(cell: int) -> str:
    """Name of a half hour of the day, by its start.

    >>> half_hour_label(0), half_hour_label(19)
    ('00:00', '09:30')
    """
    return clock_text(cell * HALF_HOUR_US)
