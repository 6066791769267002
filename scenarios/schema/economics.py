"""Economics: what turns counts and bills into margin and value."""

from __future__ import annotations

from pydantic import Field

from scenarios.schema.amounts import Money, MoneyPerHour, PositiveMonths, SharePerYear
from scenarios.schema.fields import Share
from scenarios.schema.parts import Part


class Economics(Part):
    """Discount rate, serving cost as a share of revenue, commission for a new customer, and the cost of a counter."""

    discount: SharePerYear = 0.0
    serving_cost: Share = 0.0
    commission_fen: Money = Field(default=0, alias="commission")
    counter_hour_fen: MoneyPerHour = Field(default=0, alias="counter_hour")
    clv_horizon_months: PositiveMonths = Field(default=36, alias="clv_horizon")
