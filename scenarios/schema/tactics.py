"""Our tactics, as data: what sets one off, whom it is for, through which channel, what it does, what it costs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from scenarios.schema.amounts import (
    Budget,
    Fraction01,
    Hazard,
    Money,
    MoneyPerMonth,
    Months,
    PerDay,
    PositiveDays,
    PositiveMonths,
    SignedPoints,
    Utility,
    WholeDays,
)
from scenarios.schema.competitors import Products
from scenarios.schema.fields import Flag, Names, Share, Text, choice, listed_of, whole
from scenarios.schema.names import Titled
from scenarios.schema.parts import Part
from scenarios.schema.segments import TIERS

ALWAYS = "always"
TRIGGERS = (
    ALWAYS,
    "schedule",
    "contract_expiry",
    "warning",
    "offer_detected",
    "complaint",
    "leaving_request",
    "moment_of_truth",
    "hall_visit",
)
SCORES = ("value", "risk", "none")
Trigger = Literal[
    "always",
    "schedule",
    "contract_expiry",
    "warning",
    "offer_detected",
    "complaint",
    "leaving_request",
    "moment_of_truth",
    "hall_visit",
]


class Fatigue(Part):
    """How contacts tire: each that still tires multiplies acceptance by `factor`; all is forgotten after so long."""

    factor: Fraction01 = 1.0
    recovers_days: PositiveDays = Field(default=90, alias="recovers")


class Channel(Titled):
    """A way to reach subscribers; `capacity_per_day` None is no limit, `reach` the share of contacts that succeed."""

    capacity_per_day: PerDay | None = Field(default=None, alias="capacity")
    reach: Share = 1.0
    cost_fen: Money = Field(default=0, alias="cost")
    fatigue: Fatigue | None = None
    days: Annotated[Literal["all", "working"], choice("all", "working")] = "all"


class TacticTarget(Part):
    """Whom a tactic is for: every condition must hold; one that is left out always holds."""

    segments: Names = ()
    brands: Names = ()
    tiers: Annotated[tuple[str, ...], listed_of(TIERS, "tiers")] = ()
    bill_from_fen: MoneyPerMonth = Field(default=0, alias="bill_from")
    tenure_from_months: Months = Field(default=0, alias="tenure_from")


class ChurnWarning(Part):
    """A churn warning: those whose hazard is above `hazard` are found with `recall`, others by mistake."""

    hazard: Hazard
    recall: Share
    false_alarms: Share = 0.0


class Detection(Part):
    """What we see of a rival's offers: this share of those whom it reached, after this many days."""

    share: Share
    delay_days: WholeDays = Field(default=0, alias="delay")


class Effect(Part):
    """What a tactic does. Satisfaction and wake act on everyone reached, the other terms on those who accept."""

    credit_fen: MoneyPerMonth = Field(default=0, alias="credit")
    credit_term_months: Months = Field(default=0, alias="credit_term")
    contract_months: Months = Field(default=0, alias="contract")
    leaving_fee_fen: MoneyPerMonth = Field(default=0, alias="leaving_fee")
    handset_lock: Flag = False
    subsidy_fen: Money = Field(default=0, alias="subsidy")
    products: Products = 0
    satisfaction: SignedPoints = 0.0
    wake: Hazard = 0.0
    wake_days: WholeDays = Field(default=0, alias="wake_for")
    brand: Utility = 0.0
    switching: Utility = 0.0
    hall_priority: Annotated[int, whole(0, 1_000)] | None = None
    complaints: Share = 0.0


class TacticCost(Part):
    """What a tactic costs: a month, for each contact, for each acceptance, and as commission for each acceptance."""

    fixed_fen: Budget = Field(default=0, alias="fixed")
    per_contact_fen: Money = Field(default=0, alias="per_contact")
    per_acceptance_fen: Money = Field(default=0, alias="per_acceptance")
    commission_fen: Money = Field(default=0, alias="commission")


class Tactic(Titled):
    """A tactic of ours. It acts only while `enabled`; `budget_fen` caps what it spends in a month."""

    stratagems: Names = ()
    enabled: Flag = False
    trigger: Annotated[Trigger, choice(*TRIGGERS)]
    days_before_expiry: Annotated[int, whole(0, 4_096)] | None = None
    every_months: PositiveMonths | None = Field(default=None, alias="every")
    share: Share = 1.0
    target: TacticTarget = TacticTarget()
    score: Annotated[Literal["value", "risk", "none"], choice(*SCORES)] = "none"
    channel: Text = ""
    acceptance: Share = 0.0
    warning: ChurnWarning | None = None
    detection: Detection | None = None
    effect: Effect = Effect()
    cost: TacticCost = TacticCost()
    budget_fen: Budget | None = Field(default=None, alias="budget")
    conceals: Flag = False
