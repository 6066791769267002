"""Rivals: their campaigns, prices and reactions, set each midnight for the day that begins. They choose for nobody.

Dated changes of our own plans' fees are carried out here too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from scenarios.calendar import Day
from scenarios.schema.amounts import MOST_FEN
from sim.draws import name_numbers
from sim.market import draw
from sim.market.ledger import Books, Months
from sim.market.people import People
from sim.market.terms import Offers, Plans
from sim.market.terms_of import NAME_BITS, days_of
from sim.rules.competition import escalation, fee_fen, matching_cut_fen

Floats = NDArray[np.float64]
Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]
Settle = Callable[[Int64s, int], None]
"""Bill these subscribers up to a day, which is left out."""


def campaign_names(study: schema.Study) -> tuple[str, ...]:
    """All campaigns of the study as `operator/campaign`, in the order of their numbers."""
    return tuple(f"{rival}/{name}" for rival, terms in study.competitors.items() for name in terms.campaigns)


def offers_of(study: schema.Study) -> Offers:
    """Every campaign with its own or its operator's standing terms; none is active yet."""
    operators, segments = list(study.operators), list(study.segments)
    each = [(rival, offer) for rival, terms in study.competitors.items() for offer in terms.offers().values()]
    names = campaign_names(study)
    numbers = name_numbers(names, NAME_BITS, "campaigns")

    def whole(values: list[int]) -> Int64s:
        return np.array(values, dtype=np.int64)

    def real(values: list[float]) -> Floats:
        return np.array(values, dtype=np.float64)

    mask = [[not offer.segments or segment in offer.segments for segment in segments] for _, offer in each]
    return Offers(
        operator=whole([operators.index(rival) for rival, _ in each]),
        number=whole([numbers[name] for name in names]),
        active=np.zeros(len(each), dtype=bool),
        reach=real([offer.reach for _, offer in each]),
        wake=real([offer.wake for _, offer in each]),
        price_cut_fen=whole([offer.price_cut_fen for _, offer in each]),
        term_days=whole([days_of(offer.term_months) for _, offer in each]),
        subsidy_fen=whole([offer.subsidy_fen for _, offer in each]),
        lock_days=whole([days_of(offer.lock_in_months) for _, offer in each]),
        leaving_fen=whole([offer.leaving_fee_fen for _, offer in each]),
        products=whole([offer.bundle for _, offer in each]),
        brand=real([offer.brand for _, offer in each]),
        segments=np.array(mask, dtype=bool).reshape(len(each), len(segments)),
    )


@dataclass(frozen=True)
class _Campaign:
    """When a campaign runs, as days of the study, both included, and the budget it draws on."""

    first: int
    last: int
    pool: int
    """Number of the budget; campaigns that state none of their own share their operator's."""


class Rivals:
    """What rivals do from day to day. Days are rows of `active_on`, `reach_on` and `cut_on`: -1 comes before the first.

    `offers` and the fees of `plans` are changed in place. `active_on` and `reach_on` are `[day, campaign]`; `cut_on` is
    `[day, operator]`: the deepest cut an operator makes unprovoked, by a dated price or a campaign, in fen a month.
    Cuts that answer another's are not answered in turn: two rivals would hold each other down for ever.
    """

    __slots__ = (
        "_budgets", "_campaigns", "_dated_fen", "_days", "_months", "_offers_at_start", "_people", "_reactions",
        "_settle", "_start_fen", "_start_share", "_weight", "active_on", "cut_on", "offers", "plans", "reach_on",
    )  # fmt: skip

    def __init__(
        self, study: schema.Study, days: Sequence[Day], plans: Plans, people: People, months: Months, settle: Settle
    ) -> None:
        assert study.population is not None
        self.offers = offers_of(study)
        self.plans = plans
        self._offers_at_start = offers_of(study)
        self._people, self._settle, self._days, self._months = people, settle, days, months
        self._weight = study.population.weight
        self._start_fen = plans.fee_fen.copy()
        self._start_share = np.zeros(len(study.operators))
        self._dated_fen = [_dated(plan, days[0]) for plan in study.plans.values()]
        operators = list(study.operators)
        rivals = {operators.index(name): rival for name, rival in study.competitors.items() if rival.enabled}
        self._reactions = dict(sorted(rivals.items()))
        self._campaigns, self._budgets = _campaigns(study, days[0])
        count = len(self._campaigns)
        self.active_on = np.zeros((len(days) + 1, count), dtype=bool)
        self.reach_on = np.zeros((len(days) + 1, count))
        self.cut_on = np.zeros((len(days) + 1, len(operators)), dtype=np.int64)

    def entities(self, campaign: int, ids: Int64s, month: int) -> Int64s:
        """Entities of what a campaign does to subscribers in a month of the study, for draws."""
        return draw.campaign(ids, int(self.offers.number[campaign]), month)

    def midnight(self, day: int, users: Int64s, books: Books) -> None:
        """Set what rivals do, and all fees, for the day after `day`; the study begins with `day` -1.

        `users` are the operators' subscribers now; those at the beginning are what a rival's share falls from. What
        campaigns promised so far this month is read from the books.
        """
        share = users / max(1, int(users.sum()))
        if day < 0:
            self._start_share = share
        on = day + 1
        if on >= len(self._days):
            return
        self._campaign(on, share, books)
        self._price(on)

    def _campaign(self, on: int, share: Floats, books: Books) -> None:
        offers, start = self.offers, self._offers_at_start
        spent = self._spent_fen(on, books)
        for number, campaign in enumerate(self._campaigns):
            operator = int(offers.operator[number])
            rival = self._reactions.get(operator)
            budget_fen = self._budgets[campaign.pool]
            within = budget_fen is None or spent[campaign.pool] * self._weight < budget_fen
            offers.active[number] = rival is not None and campaign.first <= on <= campaign.last and within
            factor = 1.0
            if rival is not None and rival.escalate is not None:
                reaction = rival.escalate
                fell_from, now = float(self._start_share[operator]), float(share[operator])
                factor = escalation(fell_from, now, reaction.when_share_falls, reaction.by)
            offers.reach[number] = min(1.0, float(start.reach[number]) * factor)
            offers.price_cut_fen[number] = min(MOST_FEN, round(int(start.price_cut_fen[number]) * factor))
            offers.subsidy_fen[number] = min(MOST_FEN, round(int(start.subsidy_fen[number]) * factor))
        self.active_on[on] = offers.active
        self.reach_on[on] = offers.reach

    def _spent_fen(self, on: int, books: Books) -> Int64s:
        """What each budget has been drawn on in the calendar month of a day, at the scale of one subscriber."""
        months = self._months
        month = months.of_day[on]
        same = months.calendar_first == months.calendar_first[month]
        spent = np.zeros(len(self._budgets), dtype=np.int64)
        for number, campaign in enumerate(self._campaigns):
            spent[campaign.pool] += books.campaigns[same, number].sum()
        return spent

    def _price(self, on: int) -> None:
        plans = self.plans
        matching = np.zeros(self.cut_on.shape[1], dtype=np.int64)
        for operator, rival in self._reactions.items():
            if rival.match is not None:
                seen = on - max(1, rival.match.delay_days)
                if seen >= 0:
                    cuts = np.delete(self.cut_on[seen], operator)
                    matching[operator] = matching_cut_fen(int(cuts.max(initial=0)), rival.match.share)
        start_fen = self._start_fen.tolist()
        dated_fen = [_on(dated, on, start) for dated, start in zip(self._dated_fen, start_fen, strict=True)]
        answers = matching[plans.operator].tolist()
        fees = np.array([fee_fen(*each) for each in zip(dated_fen, start_fen, answers, strict=True)], dtype=np.int64)
        changed = fees != plans.fee_fen
        if changed.any():
            on_plan = self._people["plan"].astype(np.int64)
            self._settle(np.flatnonzero((on_plan >= 0) & changed[on_plan]), on)
            plans.rise_day[fees > plans.fee_fen] = on
            plans.fee_fen[:] = fees
        cuts = self.cut_on[on]
        np.maximum.at(cuts, plans.operator, self._start_fen - np.array(dated_fen, dtype=np.int64))
        public = self.offers.active & (self.offers.reach > 0)
        np.maximum.at(cuts, self.offers.operator[public], self.offers.price_cut_fen[public])


def _dated(plan: schema.Plan, first: Day) -> list[tuple[int, int]]:
    """Dated fees of a plan as (day of the study, fen), in order."""
    return sorted(((on - first.date).days, fen) for on, fen in plan.price_changes.items())


def _on(dated: list[tuple[int, int]], day: int, start_fen: int) -> int:
    fen = start_fen
    for since, changed_fen in dated:
        if since <= day:
            fen = changed_fen
    return fen


def _campaigns(study: schema.Study, first: Day) -> tuple[list[_Campaign], list[int | None]]:
    """When each campaign runs, and the budgets; the standing budget of an operator is one for all its campaigns."""
    campaigns: list[_Campaign] = []
    budgets: list[int | None] = []
    for rival in study.competitors.values():
        standing = len(budgets)
        budgets.append(rival.budget_fen)
        for campaign in rival.campaigns.values():
            pool = standing
            if "budget_fen" in campaign.model_fields_set:
                pool = len(budgets)
                budgets.append(campaign.budget_fen)
            days = ((campaign.from_ - first.date).days, (campaign.until - first.date).days)
            campaigns.append(_Campaign(*days, pool))
    return campaigns, budgets
