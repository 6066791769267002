"""Sales talk in a hall: to whom, how long, what it brings, and what it sells wrongly."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from scenarios.schema.amounts import Money, MoneyPerMonth, Points
from scenarios.schema.days import When
from scenarios.schema.distributions import Distribution
from scenarios.schema.fields import Share, choice
from scenarios.schema.parts import Part


class Sales(Part):
    """Sales talk with those who are served (F-62): to whom, how long, what it brings, and what it sells wrongly.

    At counters it lengthens the service; at seats of its own, which cost `cost` a month, it does not. On the days of
    `paused` nobody is talked to. `unsuitable`: of all sales, those not asked for or not suitable (F-35, F-36, F-44),
    each of which costs a subscriber `unsuitable_costs` points of satisfaction.
    """

    share: Share
    takes: Distribution
    accepts: Share = 0.0
    revenue_fen: Money = Field(default=0, alias="revenue")
    unsuitable: Share = 0.0
    unsuitable_costs: Points | None = None
    at: Annotated[Literal["counters", "seats"], choice("counters", "seats")] = "counters"
    cost_fen: MoneyPerMonth = Field(default=0, alias="cost")
    paused: When | None = None
