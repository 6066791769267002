"""A hall as a study describes it: hours, arrivals, customers, transactions, counters, kiosks. It runs nothing.

All times are int64 microseconds (`_us`); times of day count from midnight. Keys in the study are the aliases.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from scenarios.calendar import WEEKDAYS
from scenarios.schema.amounts import MoneyPerMonth, Points, SignedPoints
from scenarios.schema.complaints import Complaints
from scenarios.schema.days import When
from scenarios.schema.distributions import Distribution
from scenarios.schema.fields import (
    DayFactors,
    DaysOfMonth,
    Duration,
    Durations,
    Factor,
    Flag,
    Names,
    PositiveDuration,
    QueueShares,
    Rates,
    Servers,
    Share,
    SpanOfDay,
    SpansOfDay,
    Staffing,
    Variation,
    WeekdayFactors,
    choice,
    whole,
)
from scenarios.schema.names import Named, Titled
from scenarios.schema.parts import Fault, Leaf, Part, Span, Steps, refusal
from scenarios.schema.sales import Sales
from scenarios.schema.traffic import Closure, Crowd, Elsewhere, Notice, Outages, Setback
from scenarios.suggestions import suggestion
from scenarios.units import DAY_US, MINUTE_US, QuantityError, parse_span

NOBODY = Steps((0,), (0,))


class Busy(Part):
    """When the busy targets count: these hours of every day, and the whole of these days of the month."""

    hours: SpansOfDay = ()
    day_of_month: DaysOfMonth = frozenset()


class Arrivals(Part):
    """Customers per hour over the day, and the factors of the calendar.

    `catchment` is the share of all people who live by a hall with `from_market`.
    """

    rate_per_hour: Rates = Field(alias="rate")
    interpolate: Annotated[Literal["constant", "linear"], choice("constant", "linear")] = "constant"
    weekday: WeekdayFactors = Field(default_factory=dict)
    day_of_month: DayFactors = Field(default_factory=dict)
    holiday: Factor = 1.0
    day_to_day_cv: Variation = 0.0
    from_market: Flag = False
    catchment: Share | None = None
    crowds: Annotated[dict[str, Crowd], Named] | None = None
    notices: Annotated[dict[str, Notice], Named] | None = None
    elsewhere: Annotated[dict[str, Elsewhere], Named] | None = None


class Target(Part):
    """The longest offered wait that a class should meet in busy and in idle time, for `share` of its customers."""

    busy_us: Duration = Field(alias="busy")
    idle_us: Duration = Field(alias="idle")
    share: Share = 0.95
    per: Annotated[Literal["half_hour", "period"], choice("half_hour", "period")] = "half_hour"
    over: Annotated[Literal["all", "served"], choice("all", "served")] = "all"


class CustomerClass(Part):
    """A class of customers; a lower `priority` is served first; `patience` None waits for ever.

    Simulated subscribers of its `segments` come as this class. `forced_costs` are the points of satisfaction that being
    sent to a kiosk against its will costs one of them (MISSION F-18: more with age).
    """

    share: Share
    priority: Annotated[int, whole(0, 1_000)] = 1
    target: Target | None = None
    patience: Distribution | None = None
    segments: Names = ()
    forced_costs: Points | None = None


def _everybody() -> dict[str, CustomerClass]:
    return {"all": CustomerClass.model_validate({"share": "100 %"})}


class Redesigned(Part):
    """A transaction made shorter: `saves_us` off every service."""

    saves_us: Duration = Field(alias="saves")


class Transaction(Part):
    """What customers come for: its share, its service time, and whether a kiosk can do it."""

    share: Share
    service: Distribution
    kiosk: Flag = False
    redesigned: Redesigned | None = None


class Lane(Part):
    """Counters of their own for some transactions; their staff come on top of the common counters."""

    serves: Names
    staffing: Staffing
    when: When | None = None


class Counters(Part):
    """Staffed counters over the day, and named lanes. Without any, nobody is served."""

    staffing: Staffing = NOBODY
    lanes: Annotated[dict[str, Lane], Named] = Field(default_factory=dict)


class Breakdown(Part):
    """Mean time between failures of one kiosk and mean time to mend it."""

    every_us: PositiveDuration = Field(alias="every")
    lasts_us: PositiveDuration = Field(alias="lasts")


class Kiosks(Part):
    """Self-service machines: how many, which share of eligible customers chooses them, and what if all are busy.

    `forced` is the share of the others whom the counters refuse, to raise the kiosks' share (MISSION F-45, F-18).
    `no_change` is the share of its users whom a kiosk without change sends to the counters (F-43). `cost` is that of
    each a month.
    """

    count: Servers
    share: Share
    service: Distribution
    breakdown: Breakdown | None = None
    when_full: Annotated[Literal["counter", "queue"], choice("counter", "queue")] = "counter"
    forced: Share | None = None
    no_change: Share | None = None
    cost_fen: MoneyPerMonth | None = Field(default=None, alias="cost")


class PreCheck(Part):
    """A check of papers before the queue: takes some time of an adviser, saves some at the counter."""

    transactions: Names
    takes: Distribution
    saves_us: Duration = Field(alias="saves")


class Advisers(Part):
    """Staff on the floor. Where there is one, patience is `care` times as long (MISSION F-65, F-71), and `guides` more
    of the eligible customers take to a kiosk (F-58). `cost` is that of each a month.
    """

    count: Servers
    pre_check: PreCheck | None = None
    care: Factor | None = None
    guides: Share | None = None
    cost_fen: MoneyPerMonth | None = Field(default=None, alias="cost")


class Balking(Part):
    """From this many waiting, this share walks away."""

    queue: QueueShares


def _day_hours(raw: object) -> Span | None:
    if raw is None or raw == "closed":
        return None
    if isinstance(raw, Span):
        return raw
    try:
        return Span(*parse_span(raw))
    except QuantityError as error:
        help = 'write "10:00-16:00", or closed'
        raise QuantityError(error.code, error.message, help) from None


DAYS_WITH_HOURS = (*WEEKDAYS, "holiday")
DayHours = Annotated[Span | None, Leaf("hours_or_closed", _day_hours)]


def _days(days: dict[str, Span | None]) -> dict[str, Span | None]:
    faults = [
        Fault("unknown-key", f"`{day}` is not a day here", suggestion(day, DAYS_WITH_HOURS), (day,), on_key=True)
        for day in days
        if day not in DAYS_WITH_HOURS
    ]
    if faults:
        raise refusal(faults)
    return {day: days[day] for day in DAYS_WITH_HOURS if day in days}


class Hall(Titled):
    """A hall or hotline: a queueing network with a clock.

    `feel` is what its surroundings, noise and cleanliness give a subscriber at each visit, in points of satisfaction,
    against those of rivals' halls (MISSION F-23, F-76).
    """

    class_: Annotated[Literal["A", "B", "C"] | None, choice("A", "B", "C")] = Field(default=None, alias="class")
    run_by: Annotated[Literal["own", "partner"], choice("own", "partner")] = "own"
    kind: Annotated[Literal["hall", "hotline"], choice("hall", "hotline")] = "hall"
    hours: SpanOfDay
    days: Annotated[dict[str, DayHours], AfterValidator(_days)] = Field(default_factory=dict)
    closing: Annotated[
        Literal["serve_all_inside", "turn_away_waiting"], choice("serve_all_inside", "turn_away_waiting")
    ] = "serve_all_inside"
    busy: Busy | None = None
    arrivals: Arrivals
    customers: Annotated[dict[str, CustomerClass], Named] = Field(default_factory=_everybody)
    transactions: Annotated[dict[str, Transaction], Named]
    counters: Counters = Counters()
    kiosks: Kiosks | None = None
    advisers: Advisers | None = None
    balking: Balking | None = None
    closures: Annotated[dict[str, Closure], Named] | None = None
    setbacks: Annotated[dict[str, Setback], Named] | None = None
    outages: Outages | None = None
    sales: Sales | None = None
    complaints: Complaints | None = None
    feel: SignedPoints | None = None
    offered_wait_thresholds_us: Durations = Field(
        default=(0, 5 * MINUTE_US, 10 * MINUTE_US, 15 * MINUTE_US), alias="offered_wait_thresholds"
    )

    @property
    def never_closes(self) -> bool:
        """Whether it is open all day, every day, so that queue and service go on over midnight."""
        return (self.hours.open_us, self.hours.close_us) == (0, DAY_US) and not self.days

    @model_validator(mode="after")
    def _consistent(self) -> Hall:
        from scenarios.schema.checks import hall_faults
        from scenarios.schema.traffic_checks import traffic_faults

        faults = [*hall_faults(self), *traffic_faults(self)]
        if faults:
            raise refusal(faults)
        return self


def has_priced_remedy(hall: Hall) -> bool:
    """Whether anything of a hall but its counters has a price."""
    notices, channels = (hall.arrivals.notices or {}).values(), (hall.arrivals.elsewhere or {}).values()
    return (
        any(notice.cost_fen for notice in notices)
        or any(channel.cost_fen or channel.each_fen for channel in channels)
        or bool(hall.kiosks is not None and hall.kiosks.cost_fen)
        or bool(hall.advisers is not None and hall.advisers.cost_fen)
        or bool(hall.sales is not None and hall.sales.cost_fen)
        or bool(hall.complaints is not None and hall.complaints.compensation and hall.complaints.compensation.gift_fen)
    )
