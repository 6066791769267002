"""Plans: what an operator offers in public, with its fee, minutes, contract, and dated changes of the fee."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from scenarios.schema.amounts import (
    MilliFenPerMinute,
    MoneyPerMonth,
    PositiveMonths,
    WholeMinutesPerMonth,
    read_date,
)
from scenarios.schema.fields import Flag, Text
from scenarios.schema.names import Titled
from scenarios.schema.parts import Fault, Part, refusal
from scenarios.units import QuantityError


class PlanContract(Part):
    """The contract that comes with a plan: its term, the fee for each month left, whether it locks a handset."""

    term_months: PositiveMonths = Field(alias="term")
    leaving_fee_fen: MoneyPerMonth = Field(default=0, alias="leaving_fee")
    handset: Flag = False


def _by_date(raw: Any) -> Any:
    if not isinstance(raw, Mapping):
        return raw
    found: dict[datetime.date, Any] = {}
    faults: list[Fault] = []
    for written, value in raw.items():
        try:
            day = read_date(written)
        except QuantityError as error:
            faults.append(Fault(error.code, error.message, error.help, (str(written),), on_key=True))
            continue
        found[day] = value
    if faults:
        raise refusal(faults)
    return dict(sorted(found.items()))


class Plan(Titled):
    """A public plan. `extra_milli_fen` is the price of a minute beyond those included, in thousandths of a fen."""

    operator: Text
    brand: Text = ""
    fee_fen: MoneyPerMonth = Field(alias="fee")
    minutes: WholeMinutesPerMonth = 0
    extra_milli_fen: MilliFenPerMinute = Field(default=0, alias="extra")
    contract: PlanContract | None = None
    price_changes: Annotated[dict[datetime.date, MoneyPerMonth], BeforeValidator(_by_date)] = Field(
        default_factory=dict
    )
