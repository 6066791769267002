"""How many days of a kind a month has: by them a ledger counts months."""

from __future__ import annotations

from scenarios.calendar import study_days
from scenarios.schema import KindOfDay, Study
from scenarios.schema.staffing import HOLIDAY, KINDS_OF_DAY, MONTH_END, MONTH_START, ORDINARY

DAYS_A_YEAR = 365


def days_a_month(study: Study, hall: str, kind: KindOfDay) -> float:
    """Days of a kind that a month has on average, over a year from the study's start; open days alone.

    Month start and end: the days of either half whose factor is above 1, or that are busy. Ordinary: all others that
    are no holidays. A day that the study names itself counts once a month.
    """
    if kind.name not in KINDS_OF_DAY:
        return 1.0
    spec = study.halls[hall]
    busy = spec.busy.day_of_month if spec.busy is not None else frozenset()
    counted = 0
    for day in study_days(study.start, DAYS_A_YEAR, study.calendar):
        hours = spec.days.get("holiday", spec.days.get(day.works_as, spec.hours)) if day.holiday else None
        if not day.holiday:
            hours = spec.days.get(day.works_as, spec.hours)
        of_month = day.date.day
        peak = spec.arrivals.day_of_month.get(of_month, 1.0) > 1 or of_month in busy
        own = ORDINARY
        if day.holiday:
            own = HOLIDAY
        elif peak:
            own = MONTH_START if of_month <= 15 else MONTH_END
        counted += hours is not None and own == kind.name
    return counted / 12.0
