"""The clock: int64 microseconds since midnight of the study's first day. It decides how time is counted.

Every duration is rounded once, when drawn, to at least one microsecond; sums of waits are exact whatever their order.
"""

from __future__ import annotations

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HALF_HOUR_US = 30 * MINUTE_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US

HALF_HOURS_A_DAY = DAY_US // HALF_HOUR_US

NEVER_US = 1 << 62
"""A time that does not come: infinite patience, a wait that nothing ends."""


def half_hour_label(cell: int) -> str:
    """Name of a half hour of the day, by its start.

    >>> half_hour_label(0), half_hour_label(19)
    ('00:00', '09:30')
    """
    hour, half = divmod(cell, 2)
    return f"{hour:02d}:{30 * half:02d}"


def clock_text(time_us: int) -> str:
    """Time of day as a person reads it, to the second; times after midnight count on (25:10:00 is 01:10 next day).

    >>> clock_text(9 * HOUR_US + 1_500_000)
    '09:00:01'
    """
    seconds = time_us // SECOND_US
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
