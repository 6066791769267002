"""Competitors: their standing terms, the dated campaigns that carry them out, and how they react."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from scenarios.schema.amounts import Budget, Date, Hazard, Money, MoneyPerMonth, Months, Utility, WholeDays
from scenarios.schema.fields import Factor, Flag, Names, Share, whole
from scenarios.schema.names import Named, Titled
from scenarios.schema.parts import Part

Products = Annotated[int, whole(0, 20)]


class OfferTerms(Part):
    """What a rival's campaign offers to whom; no `segments` means all. Terms that are 0 offer nothing."""

    segments: Names = ()
    reach: Hazard = 0.0
    wake: Hazard = 0.0
    price_cut_fen: MoneyPerMonth = Field(default=0, alias="price_cut")
    term_months: Months = Field(default=0, alias="term")
    subsidy_fen: Money = Field(default=0, alias="subsidy")
    lock_in_months: Months = Field(default=0, alias="lock_in")
    leaving_fee_fen: MoneyPerMonth = Field(default=0, alias="leaving_fee")
    bundle: Products = 0
    brand: Utility = 0.0
    budget_fen: Budget | None = Field(default=None, alias="budget")


class Offer(OfferTerms):
    """A campaign with all its terms, both days included."""

    from_: Date
    until: Date


class Campaign(Titled):
    """A dated campaign, both days included. Terms that it leaves out are its operator's standing terms."""

    from_: Date = Field(alias="from")
    until: Date
    segments: Names | None = None
    reach: Hazard | None = None
    wake: Hazard | None = None
    price_cut_fen: MoneyPerMonth | None = Field(default=None, alias="price_cut")
    term_months: Months | None = Field(default=None, alias="term")
    subsidy_fen: Money | None = Field(default=None, alias="subsidy")
    lock_in_months: Months | None = Field(default=None, alias="lock_in")
    leaving_fee_fen: MoneyPerMonth | None = Field(default=None, alias="leaving_fee")
    bundle: Products | None = None
    brand: Utility | None = None
    budget_fen: Budget | None = Field(default=None, alias="budget")


class Match(Part):
    """Reaction to a lower public price of another operator: its own fees fall by a share of that cut, after a delay."""

    delay_days: WholeDays = Field(default=30, alias="delay")
    share: Share = 1.0


class Escalate(Part):
    """Reaction to losses: when its share of users fell by so many points, reach, price cut and subsidy times `by`."""

    when_share_falls: Share
    by: Factor


class Competitor(OfferTerms):
    """How a rival operator acts. Its terms reach people through `campaigns` only."""

    enabled: Flag = True
    campaigns: Annotated[dict[str, Campaign], Named] = Field(default_factory=dict)
    match: Match | None = None
    escalate: Escalate | None = None

    def offers(self) -> dict[str, Offer]:
        """Return the campaigns by name, each with the standing terms where it states none of its own."""
        return {name: self._offer(campaign) for name, campaign in self.campaigns.items()}

    def _offer(self, campaign: Campaign) -> Offer:
        terms = {}
        for name in OfferTerms.model_fields:
            own = getattr(campaign, name)
            terms[name] = getattr(self, name) if own is None else own
        return Offer.model_construct(None, from_=campaign.from_, until=campaign.until, **terms)
