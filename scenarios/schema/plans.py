"""Plans: what an operator offers in public, with its fee, minutes, contract, and dated changes of the fee."""

from __future__ import annotations

import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from scenarios.schema.amounts import (
    Date,
    MilliFenPerMinute,
    MoneyPerMonth,
    PositiveMonths,
    WholeMinutesPerMonth,
)
from scenarios.schema.fields import Flag, Text
from scenarios.schema.names import Titled
from scenarios.schema.parts import Part


class PlanContract(Part):
    """The contract that comes with a plan: its term, the fee for each month left, whether it locks a handset."""

    term_months: PositiveMonths = Field(alias="term")
    leaving_fee_fen: MoneyPerMonth = Field(default=0, alias="leaving_fee")
    handset: Flag = False


def _in_order(changes: dict[datetime.date, int]) -> dict[datetime.date, int]:
    return dict(sorted(changes.items()))


class Plan(Titled):
    """A public plan. `extra_milli_fen` is the price of a minute beyond those included, in thousandths of a fen."""

    operator: Text
    brand: Text = ""
    fee_fen: MoneyPerMonth = Field(alias="fee")
    minutes: WholeMinutesPerMonth = 0
    extra_milli_fen: MilliFenPerMinute = Field(default=0, alias="extra")
    contract: PlanContract | None = None
    price_changes: Annotated[dict[Date, MoneyPerMonth], AfterValidator(_in_order)] = Field(default_factory=dict)
