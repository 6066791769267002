"""The market as a whole: bounds, how satisfaction moves, windows, neighbours, arrears, and number portability."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from scenarios.schema.amounts import Date, Hazard, PerMonth, Points, PositiveDays, PositiveMonths, Weight, WholeDays
from scenarios.schema.fields import Share, whole
from scenarios.schema.parts import Part


class SatisfactionMoves(Part):
    """How satisfaction moves, in points of 100: `long_wait` for each ten minutes over the target.

    `leader` moves nothing: it is the score of the province's best in the same survey, behind which we stand by
    `satisfaction_gap`.
    """

    half_life_days: PositiveDays = Field(default=60, alias="half_life")
    long_wait: Points = 4.0
    left_unserved: Points = 8.0
    good_visit: Points = 1.0
    complaint: Points = 6.0
    leader: Points | None = None


class Windows(Part):
    """For how long something makes people think of leaving: before the contract ends, and after the others."""

    expiry_days: WholeDays = Field(default=30, alias="expiry")
    complaint_days: WholeDays = Field(default=30, alias="complaint")
    price_rise_days: WholeDays = Field(default=60, alias="price_rise")
    neighbour_days: WholeDays = Field(default=30, alias="neighbour")


class ArrearsRules(Part):
    """How long debtors are suspended before they pay or are closed, and the share that pays."""

    grace_days: PositiveDays = Field(default=60, alias="grace")
    recovers: Share = 0.6


class Portability(Part):
    """Number portability from a day on: what it takes off the cost of switching, who uses it, how often it succeeds."""

    starts: Date
    lowers_switching: Weight = 0.0
    share: Share = 1.0
    succeeds: Share = 1.0


class Market(Part):
    """What holds for all people alike. `consideration_bound` is one number for every arm and sweep point."""

    consideration_bound: Hazard = 0.4
    visit_bound_per_month: PerMonth = Field(default=1.5, alias="visit_bound")
    satisfaction: SatisfactionMoves = SatisfactionMoves()
    windows: Windows = Windows()
    neighbours: Annotated[int, whole(0, 10_000)] = 0
    spread_months: PositiveMonths = Field(default=12, alias="spread")
    ceiling: Share = 1.0
    arrears: ArrearsRules = ArrearsRules()
    win_back_window_months: PositiveMonths = Field(default=24, alias="win_back_window")
    portability: Portability | None = None
