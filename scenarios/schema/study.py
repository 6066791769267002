"""A whole study as one run sees it: calendar, seed and halls. Arms, sweep and compare are taken off before."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationInfo, field_validator, model_validator

from scenarios import units
from scenarios.calendar import unknown_years
from scenarios.kpis import OUR_OWN
from scenarios.schema.amounts import Date
from scenarios.schema.competitors import Competitor
from scenarios.schema.economics import Economics
from scenarios.schema.fields import Duration, Text, choice, whole
from scenarios.schema.hall import Hall
from scenarios.schema.market import Market
from scenarios.schema.names import Named, Titled, check_name
from scenarios.schema.operators import Operator, Population
from scenarios.schema.parts import Fault, Leaf, Part, refusal
from scenarios.schema.plans import Plan
from scenarios.schema.segments import Segment
from scenarios.schema.staffing import Staffing
from scenarios.schema.tactics import Channel, Tactic
from scenarios.units import QuantityError

SCHEMA_VERSION = 1
LONGEST_DAYS = 4_096
"""Longest horizon in days."""


def _schema_version(raw: Any) -> int:
    try:
        version = units.parse_whole(raw, 0, 1_000_000)
    except QuantityError:
        version = -1
    if version != SCHEMA_VERSION:
        if version > SCHEMA_VERSION:
            message, help = f"schema version {version} is newer than this Standfast knows", "update Standfast"
        else:
            message, help = f"{units.described(raw)} is not a schema version", ""
        raise QuantityError("schema-version", message, help or f"write `schema_version: {SCHEMA_VERSION}`")
    return version


def horizon_days(raw: Any, start: datetime.date) -> int:
    """Return the days of a horizon: whole days, or calendar months and years counted from `start`.

    A start on a day that the last month lacks ends on that month's last day.
    """
    try:
        months = units.parse(raw, units.MONTHS)
    except QuantityError as not_months:
        if not_months.code != "unit":
            raise QuantityError(not_months.code, not_months.message, _HORIZON_HELP) from None
        try:
            days = units.parse(raw, units.DURATION) / units.DAY_US
        except QuantityError as error:
            raise QuantityError(error.code, error.message.replace("duration", "horizon"), _HORIZON_HELP) from None
        if days.denominator != 1:
            raise QuantityError(
                "horizon", f"{units.described(raw)} is not a whole number of days", _HORIZON_HELP
            ) from None
    else:
        if months.denominator != 1:
            raise QuantityError("horizon", f"{units.described(raw)} is not a whole number of months", _HORIZON_HELP)
        if months > 12 * LONGEST_DAYS:
            raise QuantityError("huge", f"{units.described(raw)} is longer than 4,096 days", "choose a shorter horizon")
        days = months if months <= 0 else Fraction((_months_later(start, int(months)) - start).days)
    if days <= 0:
        raise QuantityError(
            "horizon", f"{units.described(raw)} leaves nothing to simulate", "choose a horizon of at least 1 day"
        )
    if days > LONGEST_DAYS:
        raise QuantityError("huge", f"{units.described(raw)} is longer than 4,096 days", "choose a shorter horizon")
    return int(days)


_HORIZON_HELP = "allowed units: days weeks months years; for example `3 months`"


def _months_later(start: datetime.date, months: int) -> datetime.date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for day in range(start.day, 27, -1):
        try:
            return datetime.date(year, month + 1, day)
        except ValueError:
            continue
    return datetime.date(year, month + 1, start.day)


class Study(Part):
    """Everything that one run needs. `days` comes from `horizon`; results start after `warm_up_us`."""

    schema_version: Annotated[int, Leaf("version", _schema_version)] = SCHEMA_VERSION
    name: Annotated[str, Leaf("name", lambda raw: check_name(str(raw)))]
    title: Text = ""
    seed: Annotated[int, whole(0, 2**32 - 1)] = 1
    start: Date = datetime.date(2010, 7, 1)
    days: Annotated[int, Leaf("horizon", lambda raw: raw, units.MONTHS)] = Field(alias="horizon")
    warm_up_us: Duration = Field(default=0, alias="warm_up")
    own: Annotated[str, Leaf("name", lambda raw: check_name(str(raw)))] = OUR_OWN
    calendar: Annotated[Literal["china", "none"], choice("china", "none")] = "china"
    population: Population | None = None
    operators: Annotated[dict[str, Operator], Named] = Field(default_factory=dict)
    plans: Annotated[dict[str, Plan], Named] = Field(default_factory=dict)
    segments: Annotated[dict[str, Segment], Named] = Field(default_factory=dict)
    market: Market = Market()
    competitors: Annotated[dict[str, Competitor], Named] = Field(default_factory=dict)
    channels: Annotated[dict[str, Channel], Named] = Field(default_factory=dict)
    tactics: Annotated[dict[str, Tactic], Named] = Field(default_factory=dict)
    economics: Economics = Economics()
    halls: Annotated[dict[str, Hall], Named] = Field(default_factory=dict)
    staffing: Staffing | None = None

    @property
    def has_market(self) -> bool:
        """Whether subscribers are simulated, and not halls alone."""
        return self.population is not None

    @field_validator("days", mode="after")
    @classmethod
    def _days(cls, raw: Any, info: ValidationInfo) -> int:
        try:
            return horizon_days(raw, info.data.get("start", datetime.date(2010, 7, 1)))
        except QuantityError as error:
            raise refusal([Fault(error.code, error.message, error.help)]) from None

    @model_validator(mode="after")
    def _consistent(self) -> Study:
        if self.warm_up_us >= self.days * units.DAY_US:
            message = "the warm-up is as long as the whole study: nothing is left to measure"
            raise refusal([Fault("warm-up", message, "shorten `warm_up` or lengthen `horizon`", ("warm_up",))])
        from scenarios.schema.catchments import catchment_faults
        from scenarios.schema.market_checks import market_faults
        from scenarios.schema.staffing_checks import staffing_faults
        from scenarios.schema.traffic_checks import shared_traffic_faults

        faults = [
            *self._holidays(),
            *market_faults(self),
            *catchment_faults(self),
            *staffing_faults(self),
            *shared_traffic_faults(self),
        ]
        if faults:
            raise refusal(faults)
        return self

    def _holidays(self) -> Iterator[Fault]:
        """Refuse hours and factors for public holidays in years whose holidays the calendar does not know."""
        unknown: list[int] | None = None
        for name, hall in self.halls.items():
            for place, used in (("days", "holiday" in hall.days), ("arrivals", hall.arrivals.holiday != 1)):
                if not used:
                    continue
                if unknown is None:
                    unknown = unknown_years(self.start, self.days, self.calendar)
                if unknown:
                    message = f"the public holidays of {', '.join(map(str, unknown))} are not known"
                    help = "write `calendar: none` for a study without public holidays, or leave `holiday` out"
                    yield Fault("calendar", message, help, ("halls", name, place, "holiday"))


P = TypeVar("P", bound=Titled)


def _titled(parts: Mapping[str, P]) -> dict[str, P]:
    return {name: part if part.title else part.model_copy(update={"title": name}) for name, part in parts.items()}


def with_titles(study: Study) -> Study:
    """Return the study with every missing title filled by its name."""
    operators = {
        name: operator.model_copy(update={"brands": _titled(operator.brands)})
        for name, operator in study.operators.items()
    }
    competitors = {
        name: rival.model_copy(update={"campaigns": _titled(rival.campaigns)})
        for name, rival in study.competitors.items()
    }
    titled: dict[str, Any] = {
        "halls": _titled(study.halls),
        "operators": _titled(operators),
        "plans": _titled(study.plans),
        "segments": _titled(study.segments),
        "competitors": competitors,
        "channels": _titled(study.channels),
        "tactics": _titled(study.tactics),
    }
    if study.staffing is not None:
        shifts = _titled(study.staffing.shifts)
        titled["staffing"] = study.staffing.model_copy(update={"shifts": shifts})
    return study.model_copy(update={"title": study.title or study.name, **titled})
