"""What changes who comes to a hall, and when: promotion crowds, closed halls, notices, other channels, setbacks.

Every size is a number of the study: left out, nothing of it happens.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from scenarios.schema.amounts import Money, MoneyPerMonth
from scenarios.schema.days import Dated, When
from scenarios.schema.fields import Duration, Factor, Flag, Names, PositiveDuration, Share, SpansOfDay, Text
from scenarios.schema.names import Named
from scenarios.schema.parts import Part
from scenarios.units import DAY_US


class Crowd(Dated):
    """Customers beyond the profile whom a promotion draws (MISSION F-73): a share of the hall's own rate on its days.

    They come for its `transactions`, or for what all others come for.
    """

    adds: Share
    transactions: Names = ()


class Closure(Dated):
    """Days on which the hall is shut for works (F-56, F-74). Of its customers these shares go to other halls.

    The rest stays at home. Where customers are simulated subscribers, as many go, but nobody in particular: what they
    meet there moves no satisfaction. Of closures that share a day, the first by name says where its customers go.
    """

    sends: Annotated[dict[str, Share], Named] = Field(default_factory=dict)


class Notice(When):
    """A broadcast or a notice of quiet hours (F-64, F-66): a share of those who come in some hours comes in others.

    `cost` is its own, a month.
    """

    heeded: Share
    away_from: SpansOfDay
    towards: SpansOfDay
    cost_fen: MoneyPerMonth = Field(default=0, alias="cost")


class Elsewhere(When):
    """A point in the quarter, an electronic channel or self-service round the clock (F-70, F-75).

    `takes` is the share of each transaction that it takes from the hall. `each` is what a customer costs there, `cost`
    its own cost a month.
    """

    takes: Annotated[dict[str, Share], Named]
    each_fen: Money = Field(default=0, alias="each")
    cost_fen: MoneyPerMonth = Field(default=0, alias="cost")


class Setback(When):
    """Business that is not done at a visit: stock-out, claimed failure, missing approval, refusal (F-28 to F-39).

    It meets a share of some transactions. The visit takes `service` of its service time. Of those who met it,
    `returns` come again `after` that time, to the same hall or to the hall `to`.
    """

    transactions: Names
    share: Share
    service: Factor = 1.0
    returns: Share = 0.0
    after_us: Duration = Field(default=DAY_US, alias="after")
    to: Text = ""


class Outages(Part):
    """Failures of the system (F-22): no service at a counter starts while one lasts; with `kiosks`, none there either.

    Mean opening time between two of them and mean length; a platform that shows them (F-49) shortens `lasts`.
    """

    every_us: PositiveDuration = Field(alias="every")
    lasts_us: PositiveDuration = Field(alias="lasts")
    kiosks: Flag = False
