"""The period of a metric: which there are, and in which of them a KPI is measured in a study."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from scenarios import units
from scenarios.calendar import WEEKDAYS, study_days
from scenarios.kpis import ALL_PERIODS, OF_THE_WEEK, QUEUE_PERCENTILES, week_period
from scenarios.opening import opening_span
from scenarios.schema.checks import opening_spans
from scenarios.schema.hall import Hall
from scenarios.schema.parts import Span
from scenarios.schema.study import Study
from scenarios.suggestions import did_you_mean
from scenarios.units import DAY_US, HALF_HOUR_US, QuantityError, clock_text

_PARTS_OF_THE_WEEK_AND_DAY = (*WEEKDAYS, "busy", "idle", "month_end")
_HALF_HOURS = tuple(clock_text(start_us) for start_us in range(0, DAY_US, HALF_HOUR_US))
_HALF_HOURS_OF_THE_WEEK = {week_period(day, start): (day, start) for day in WEEKDAYS for start in _HALF_HOURS}
_OF_WHOLE_DAYS = ("overtime", "remedy_cost")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def months(study: Study) -> list[str]:
    """Return the calendar months that a study measures, warm-up left out, as `2010-07`."""
    days = (study.start + timedelta(days=number) for number in range(study.warm_up_us // DAY_US, study.days))
    return list(dict.fromkeys(f"{day:%Y-%m}" for day in days))


def check_month(name: str, period: str, study: Study) -> None:
    """Refuse a period of a market KPI that is no month of the study: the market keeps its books by the month.

    Raises `QuantityError`.
    """
    if period == ALL_PERIODS:
        return
    if not _MONTH.fullmatch(period):
        help = f"all, or a month such as {months(study)[0]}"
        raise QuantityError("unknown-period", f"`{name}` is known by the month, not for `{period}`", help)
    _check_is_measured(period, study)


def check_period(name: str, scope: str, period: str, study: Study, halls: Sequence[Hall]) -> None:
    """Refuse a period in which no run would measure the KPI in the scope, which has these halls.

    Raises `QuantityError` with the nearest period.
    """
    month = _MONTH.fullmatch(period)
    half_hour = period in _HALF_HOURS
    of_week = _HALF_HOURS_OF_THE_WEEK.get(period)
    if not (month or half_hour or of_week or period in (ALL_PERIODS, *_PARTS_OF_THE_WEEK_AND_DAY)):
        help = (
            "all, a month such as 2010-07, a half hour such as 09:30 or mon-09:30, mon … sun, busy, idle or month_end"
        )
        near = (*_PARTS_OF_THE_WEEK_AND_DAY, *(_HALF_HOURS_OF_THE_WEEK if "-" in period else _HALF_HOURS))
        raise QuantityError("unknown-period", f"`{period}` is not a period", did_you_mean(period, near) + help)
    if month:
        _check_is_measured(period, study)
    if name in QUEUE_PERCENTILES and not half_hour:
        help = f"for example `{name}@{scope}@{clock_text(_floor(opening_spans(halls[0])[0].open_us))}`"
        raise QuantityError("unknown-period", f"`{name}` is known by the half hour, not for `{period}`", help)
    if name == "on_target" and not (month or period == ALL_PERIODS):
        raise QuantityError("unknown-period", "`on_target` is known by month and for `all`", "choose one of these")
    if name in _OF_WHOLE_DAYS and (half_hour or of_week or period in ("busy", "idle")):
        help = "all, a month, mon … sun or month_end"
        raise QuantityError("unknown-period", f"`{name}` is known for whole days, not for `{period}`", help)
    if of_week:
        _check_is_of_the_week(name, scope, period)
    if period == "busy" and all(hall.busy is None for hall in halls):
        help = 'add `busy: {hours: ["10:00-12:00"]}` to a hall'
        raise QuantityError("unknown-period", "no hall of this scope says when it is busy", help)
    if half_hour:
        _check_is_open(period, period, [span for hall in halls for span in opening_spans(hall)])
    if of_week:
        _check_is_open(period, of_week[1], _spans_on(of_week[0], study, halls))


def _check_is_measured(month: str, study: Study) -> None:
    if month not in months(study):
        shown = f"its months: {months(study)[0]} to {months(study)[-1]}"
        raise QuantityError("unknown-period", f"{month} is not a month of the study", shown)


def _check_is_of_the_week(name: str, scope: str, period: str) -> None:
    """Refuse a weekday's half hour of a KPI or scope for which it is not kept."""
    weekday, start = _HALF_HOURS_OF_THE_WEEK[period]
    if name not in OF_THE_WEEK:
        help = f"use `{start}` or `{weekday}`, or compare {', '.join(OF_THE_WEEK[:-1])} or {OF_THE_WEEK[-1]}"
        raise QuantityError("unknown-period", f"`{name}` is not known for the half hours of a weekday", help)
    kind, _, rest = scope.partition("/")
    if kind != "hall" or "/" in rest:
        place = f"hall/{rest.split('/')[0]}" if kind == "hall" else "hall/NAME"
        help = f"use `{name}@{place}@{period}`"
        raise QuantityError(
            "unknown-period", f"half hours of a weekday are known of one whole hall, not `{scope}`", help
        )


def _check_is_open(period: str, half_hour: str, spans: Sequence[Span]) -> None:
    start_us = units.parse_time(half_hour)
    if not any(span.open_us < start_us + HALF_HOUR_US and start_us < span.close_us for span in spans):
        raise QuantityError("unknown-period", f"no hall of this scope is open at {period}", "name an open half hour")


def _spans_on(weekday: str, study: Study, halls: Sequence[Hall]) -> list[Span]:
    """Opening hours that the halls have on such weekdays of the study."""
    days = [day for day in study_days(study.start, study.days, study.calendar) if day.weekday == weekday]
    spans = (opening_span(hall, day) for hall in halls for day in days if day.number >= study.warm_up_us // DAY_US)
    return [span for span in spans if span is not None]


def _floor(time_us: int) -> int:
    return time_us // HALF_HOUR_US * HALF_HOUR_US
