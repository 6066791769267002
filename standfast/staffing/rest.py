"""Rest between days: can those who worked one day work the next day's plan, each with enough hours in between?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scenarios.units import DAY_US
from standfast.staffing.plan import PlannedShift


@dataclass(frozen=True)
class RestedCrew:
    """People for two days in a row: who can work both, how many it takes, and how many more than without the rest."""

    matched: int
    heads: int
    extra: int


def rested_crew(first: Sequence[PlannedShift], then: Sequence[PlannedShift], rest_us: int) -> RestedCrew:
    """Match the shifts of a day with those of the next one that start at least `rest_us` after they end.

    The most people who can work both days: whoever ends first takes the earliest shift that is left and late enough,
    which is best because a shift that is late enough for one is so for everybody who ended before.
    """
    ends = sorted(shift.end_us for shift in first for _ in range(shift.number))
    starts = sorted(shift.start_us + DAY_US for shift in then for _ in range(shift.number))
    matched = 0
    for start in starts:
        if matched < len(ends) and ends[matched] + rest_us <= start:
            matched += 1
    heads = len(ends) + len(starts) - matched
    return RestedCrew(matched, heads, heads - max(len(ends), len(starts)))
