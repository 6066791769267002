"""Segments: how people of one kind use the telephone, when they think of leaving, and what counts when they choose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from scenarios.schema.amounts import Hazard, MinutesPerMonth, PerMonth, Points, PositiveMonths, Shape, Utility, Weight
from scenarios.schema.fields import Share, Variation, choice
from scenarios.schema.names import Named, Titled
from scenarios.schema.parts import Part

TIERS = ("silver", "gold", "diamond")
"""Card tiers of good customers (MISSION A-17)."""
Tier = Annotated[Literal["", "silver", "gold", "diamond"], choice("", *TIERS)]


class Usage(Part):
    """Minutes a month: lognormal, by its mean and coefficient of variation."""

    mean_minutes: MinutesPerMonth = Field(alias="mean")
    cv: Variation = 0.0


class Considers(Part):
    """What makes people think of leaving: shares a month. `dissatisfaction` is how strongly low satisfaction adds."""

    base: Hazard = 0.0
    expiry: Hazard = 0.0
    complaint: Hazard = 0.0
    neighbour: Hazard = 0.0
    price_rise: Hazard = 0.0
    dissatisfaction: Weight = 0.0


class BetaHazard(Part):
    """A hazard that differs between people: each draws its own share a month from a beta law, once."""

    dist: Annotated[Literal["beta"], choice("beta")]
    alpha: Shape
    beta: Shape

    @property
    def mean(self) -> float:
        """Mean share a month."""
        return self.alpha / (self.alpha + self.beta)


class Choice(Part):
    """What counts in a choice, in utility; left out, it does not count. `price` is for each CNY a month."""

    price: Weight = 0.0
    quality: Weight = 0.0
    onnet: Weight = 0.0
    satisfaction: Weight = 0.0
    tenure: Weight = 0.0
    bundle: Weight = 0.0
    switching: Weight = 0.0
    handset_lock: Weight = 0.0
    contract: Weight = 0.0
    migration: Weight = 0.0
    brands: Annotated[dict[str, Utility], Named] = Field(default_factory=dict)


def _form(raw: Any) -> str:
    return "law" if isinstance(raw, Mapping | BetaHazard) else "value"


Lapse = Annotated[Annotated[Hazard, Tag("value")] | Annotated[BetaHazard, Tag("law")], Discriminator(_form)]


class Segment(Titled):
    """People who use, think and choose alike. `start` are shares by operator; the rest starts without a number."""

    share: Share
    start: Annotated[dict[str, Share], Named] = Field(default_factory=dict)
    tier: Tier = ""
    usage: Usage
    tenure_months: PositiveMonths = Field(default=36, alias="tenure")
    satisfaction: Points = 70.0
    considers: Considers = Considers()
    lapse: Lapse = 0.0
    arrears: Hazard = 0.0
    reregister: Hazard = 0.0
    join: Hazard = 0.0
    visits_per_month: PerMonth = Field(default=0.0, alias="visits")
    complaints: Share = 0.0
    choice: Choice = Choice()
