"""Tactics as data: what a run needs of each that acts, and what structural ones add to our standing.

Tactics are numbered in the order of their names among all of the study, so no number shifts when an arm enables one;
draws are keyed by a digest of the name. One that is off, or whose share is 0, does not act: no draws, no cost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from sim.draws import name_numbers
from sim.market.accounts import part_fen
from sim.market.draw import contact
from sim.market.ledger import Books, Months
from sim.market.terms import Plans, Segments, Standing
from sim.market.terms_of import NAME_BITS, days_of
from sim.rules.contact import offer_value

Floats = NDArray[np.float64]
Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]

ALWAYS, LEAVING_REQUEST = "always", "leaving_request"
"""Triggers of tactics that list nobody: structural ones, and save desks."""


@dataclass(frozen=True)
class Target:
    """Whom a tactic is for: every condition must hold."""

    segments: Bools
    """[s]"""
    plans: Bools
    """[p]: plans of our own operator, of the brands it is for."""
    bill_from_fen: int
    tenure_from_days: int


@dataclass(frozen=True)
class Terms:
    """What who accepts gets. Lengths are days from the day after."""

    credit_fen: int
    credit_days: int
    contract_days: int
    leaving_fen: int
    handset_lock: bool
    products: int


@dataclass(frozen=True)
class TacticTerms:
    """A tactic that acts, as a run reads it. Money is in fen at the scale of one subscriber, budget at full scale."""

    name: str
    code: int
    """Its place among all tactics of the study."""
    number: int
    """Digest of its name, for draws."""
    tactic: schema.Tactic
    target: Target
    terms: Terms
    attempt_fen: int
    """What its channel costs for everyone tried."""
    met_fen: int
    """What the tactic costs for everyone reached."""
    promised_fen: int
    """All that one acceptance costs: commission, subsidy, and credit over its whole term."""
    value: Floats
    """[s]: utility of what it offers."""

    def entities(self, ids: Int64s, day: int) -> Int64s:
        """Entities of its contacts with subscribers on a day, for draws."""
        return contact(ids, self.number, day)


def acting(study: schema.Study, plans: Plans, segments: Segments) -> tuple[TacticTerms, ...]:
    """The tactics that act, in the order of their names."""
    numbers = name_numbers(study.tactics, NAME_BITS, "tactics")
    return tuple(
        _terms(study, code, name, numbers[name], plans, segments)
        for code, (name, tactic) in enumerate(study.tactics.items())
        if acts(tactic)
    )


def keeps_by_terms(tactic: schema.Tactic) -> bool:
    """Whether it can be told of a person that the tactic kept it: by terms that can be thought away, or at the desk."""
    effect = tactic.effect
    return bool(effect.credit_fen or effect.contract_months or effect.products) or tactic.trigger == LEAVING_REQUEST


def acts(tactic: schema.Tactic) -> bool:
    """Whether a tactic does anything at all."""
    return tactic.enabled and tactic.share > 0


def wake_of(study: schema.Study) -> Floats:
    """[t]: what a contact of each tactic adds to the hazard of considering, a month, for `Network.wake`."""
    return np.array([tactic.effect.wake for tactic in study.tactics.values()], dtype=np.float64)


def standing_of(study: schema.Study, plans: Plans) -> Standing:
    """What structural tactics add to our standing. One of a smaller `share` counts as that part of it for everybody."""
    count = len(study.segments)
    brand, switching = np.zeros((count, plans.operator.size)), np.zeros(count)
    for tactic in study.tactics.values():
        if acts(tactic) and tactic.trigger == ALWAYS:
            target = target_of(study, tactic, plans)
            brand += np.outer(target.segments, target.plans) * (tactic.effect.brand * tactic.share)
            switching += target.segments * (tactic.effect.switching * tactic.share)
    return Standing(brand=brand, switching=switching)


def hall_priority_of(study: schema.Study, plans: Plans) -> Int64s:
    """[s]: priority in halls that a tactic gives the people of a segment, the best of several; -1: none."""
    priority = np.full(len(study.segments), -1, dtype=np.int64)
    for tactic in study.tactics.values():
        given = tactic.effect.hall_priority
        if acts(tactic) and tactic.trigger == ALWAYS and given is not None:
            better = target_of(study, tactic, plans).segments & ((priority < 0) | (priority > given))
            priority[better] = given
    return priority


def book_fixed_costs(study: schema.Study, months: Months, books: Books) -> None:
    """Book the fixed costs of all tactics that act, at full scale; part of a month costs its part."""
    for code, tactic in enumerate(study.tactics.values()):
        if not acts(tactic):
            continue
        for month in range(months.first_day.size):
            first, days = int(months.calendar_first[month]), int(months.calendar_days[month])
            start, end = int(months.first_day[month]) - first, int(months.end_day[month]) - first
            books.fixed[month, code] += part_fen(tactic.cost.fixed_fen, start, end, days)


def target_of(study: schema.Study, tactic: schema.Tactic, plans: Plans) -> Target:
    """Whom a tactic is for, as masks; tiers are tiers of segments."""
    target = tactic.target
    segments = [
        (not target.segments or name in target.segments) and (not target.tiers or segment.tier in target.tiers)
        for name, segment in study.segments.items()
    ]
    brands = [not target.brands or plan.brand in target.brands for plan in study.plans.values()]
    own = plans.operator == list(study.operators).index(study.own)
    return Target(
        segments=np.array(segments, dtype=bool),
        plans=np.array(brands, dtype=bool) & own,
        bill_from_fen=target.bill_from_fen,
        tenure_from_days=days_of(target.tenure_from_months),
    )


def _terms(study: schema.Study, code: int, name: str, number: int, plans: Plans, segments: Segments) -> TacticTerms:
    tactic = study.tactics[name]
    effect, cost = tactic.effect, tactic.cost
    value = [
        offer_value(
            float(segments.price[s]),
            effect.credit_fen,
            effect.credit_term_months,
            study.market.spread_months,
            effect.subsidy_fen,
            float(segments.bundle[s]),
            effect.products,
            float(segments.contract[s]),
            effect.contract_months,
        )
        for s in range(len(study.segments))
    ]
    channel = study.channels.get(tactic.channel)
    return TacticTerms(
        name=name,
        code=code,
        number=number,
        tactic=tactic,
        target=target_of(study, tactic, plans),
        terms=Terms(
            credit_fen=effect.credit_fen,
            credit_days=days_of(effect.credit_term_months),
            contract_days=days_of(effect.contract_months),
            leaving_fen=effect.leaving_fee_fen,
            handset_lock=effect.handset_lock,
            products=effect.products,
        ),
        attempt_fen=channel.cost_fen if channel is not None else 0,
        met_fen=cost.per_contact_fen,
        promised_fen=cost.per_acceptance_fen
        + cost.commission_fen
        + effect.subsidy_fen
        + effect.credit_fen * effect.credit_term_months,
        value=np.array(value, dtype=np.float64),
    )
