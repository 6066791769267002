"""What must hold between the parts of a market: names that exist, shares that sum up, hazards within the bound."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from scenarios.schema.competitors import OfferTerms
from scenarios.schema.names import unknown_in, unknown_name
from scenarios.schema.operators import NO_OPERATOR
from scenarios.schema.parts import Fault
from scenarios.schema.segments import BetaHazard
from scenarios.schema.tactic_checks import tactic_faults
from scenarios.suggestions import suggestion

if TYPE_CHECKING:
    from scenarios.schema.segments import Segment
    from scenarios.schema.study import Study

TOGETHER = ("population", "operators", "plans", "segments")
"""Parts without which there is no market."""
MARKET_PARTS = (*TOGETHER, "market", "competitors", "channels", "tactics")
MOST_SEGMENTS = 100
MOST_OPERATORS = 100
MOST_TACTICS = 100
MOST_PLANS = 1_000
MOST_CAMPAIGNS = 500
"""How many of each kind a simulated subscriber's record, or a draw, can tell apart."""


def market_faults(study: Study) -> list[Fault]:
    """Return every fault of a study's market, each with the keys that lead to it."""
    lone = list(_lone_parts(study))
    if lone or not study.has_market:
        return lone
    return [
        *_number_faults(study),
        *_operator_faults(study),
        *_plan_faults(study),
        *_segment_faults(study),
        *_hazard_faults(study),
        *_competitor_faults(study),
        *tactic_faults(study),
    ]


def market_doubts(study: Study) -> list[Fault]:
    """Return what is allowed in a market but probably not meant."""
    if not study.has_market:
        return []
    return [*_unused_operators(study), *_idle_competitors(study), *_heavy_tails(study)]


def _unused_operators(study: Study) -> Iterable[Fault]:
    for name in study.operators:
        if not any(segment.start.get(name, 0) > 0 for segment in study.segments.values()):
            message = f"nobody starts with the operator {name}"
            yield Fault("no-users", message, "give it a share under `start` of a segment", ("operators", name), True)


def _idle_competitors(study: Study) -> Iterable[Fault]:
    ends = study.start + timedelta(days=study.days - 1)
    for name, rival in study.competitors.items():
        terms = OfferTerms.model_fields.keys() & rival.model_fields_set
        if rival.enabled and terms and not rival.campaigns:
            message = f"the terms of {name} reach nobody: it has no campaign"
            help = "add `campaigns: {spring: {from: 2010-10-01, until: 2011-03-31}}`"
            yield Fault("no-campaign", message, help, ("competitors", name), True)
        for campaign, dated in rival.campaigns.items():
            if dated.until < study.start or dated.from_ > ends:
                message = f"the campaign {campaign} lies outside the study, {study.start} to {ends}"
                yield Fault("outside", message, "check its dates", ("competitors", name, "campaigns", campaign), True)


def _lone_parts(study: Study) -> Iterable[Fault]:
    """Name the parts that a market lacks; economics alone is no market."""
    given = [part for part in MARKET_PARTS if part in study.model_fields_set]
    there = {part for part in TOGETHER if getattr(study, part)}
    missing = [part for part in TOGETHER if part not in there]
    if given and missing:
        message = f"a market needs {', '.join(f'`{part}`' for part in missing)} too"
        yield Fault("missing", message, _help_with(missing[0]), (given[0],), on_key=True)


def _help_with(part: str) -> str:
    example = {
        "population": "population: {size: 190 thousand, simulate: 20000}",
        "operators": "operators: {mobile: {}, unicom: {}}",
        "plans": "plans: {basic: {operator: mobile, fee: 58 CNY/month}}",
        "segments": "segments: {all: {share: 100 %, start: {mobile: 70 %}, usage: {mean: 400 min/month}}}",
    }[part]
    return f"add `{example}`; for halls alone, remove every part of the market"


def _number_faults(study: Study) -> Iterable[Fault]:
    campaigns = sum(len(rival.campaigns) for rival in study.competitors.values())
    for key, number, most in (
        ("operators", len(study.operators), MOST_OPERATORS),
        ("plans", len(study.plans), MOST_PLANS),
        ("segments", len(study.segments), MOST_SEGMENTS),
        ("tactics", len(study.tactics), MOST_TACTICS),
        ("competitors", campaigns, MOST_CAMPAIGNS),
    ):
        if number > most:
            what = "campaigns" if key == "competitors" else key
            yield Fault("too-many", f"{number} {what} are more than {most}", "merge some", (key,), True)


def _operator_faults(study: Study) -> Iterable[Fault]:
    if NO_OPERATOR in study.operators:
        message = f"an operator cannot be called `{NO_OPERATOR}`: people without a number stand there"
        yield Fault("name", message, "choose another name", ("operators", NO_OPERATOR), True)
    if study.own not in study.operators:
        at = ("own",) if "own" in study.model_fields_set else ("operators",)
        message = f"`{study.own}`, whose side we are on, is not an operator of this study"
        help = suggestion(study.own, study.operators)
        yield Fault("unknown-name", message, help if at == ("own",) else f"write `own:`; {help}", at, at != ("own",))
    with_plans = {plan.operator for plan in study.plans.values()}
    for name in study.operators:
        users = any(segment.start.get(name, 0) > 0 for segment in study.segments.values())
        if users and name not in with_plans:
            message = f"people start with `{name}`, which has no plan"
            help = f"add `plans: {{basic: {{operator: {name}, fee: 58 CNY/month}}}}`"
            yield Fault("no-plan", message, help, ("operators", name), True)


def _plan_faults(study: Study) -> Iterable[Fault]:
    for name, plan in study.plans.items():
        operator = study.operators.get(plan.operator)
        if operator is None:
            message = f"`{plan.operator}` is not an operator of this study"
            yield unknown_name(plan.operator, study.operators, message, ("plans", name, "operator"))
        elif plan.brand and plan.brand not in operator.brands:
            message = f"`{plan.brand}` is not a brand of {plan.operator}"
            yield unknown_name(plan.brand, operator.brands, message, ("plans", name, "brand"))


def _segment_faults(study: Study) -> Iterable[Fault]:
    total = sum(segment.share for segment in study.segments.values())
    if abs(total - 1) > 1e-9:
        listed = ", ".join(f"{name} {segment.share * 100:.6g} %" for name, segment in study.segments.items())
        message = f"the shares of the segments sum to {total * 100:.6g} %, not 100 %"
        yield Fault("shares", message, f"now: {listed}", ("segments",))
    brands = sorted({brand for operator in study.operators.values() for brand in operator.brands})
    for name, segment in study.segments.items():
        for operator in segment.start:
            if operator not in study.operators:
                message = f"`{operator}` is not an operator of this study"
                yield unknown_name(operator, study.operators, message, ("segments", name, "start", operator), True)
        started = sum(segment.start.values())
        if started > 1 + 1e-9:
            message = f"the shares at the start sum to {started * 100:.6g} %, more than 100 %"
            help = "what they leave starts without a number"
            yield Fault("shares", message, help, ("segments", name, "start"))
        for brand in segment.choice.brands:
            if brand not in brands:
                at = ("segments", name, "choice", "brands", brand)
                yield unknown_name(brand, brands, f"`{brand}` is not a brand of any operator", at, True)


def _hazard_faults(study: Study) -> Iterable[Fault]:
    """Refuse hazards that pass the bound whatever happens. What satisfaction and contacts add, only the run knows."""
    bound = study.market.consideration_bound
    for name, segment in study.segments.items():
        parts = _hazards(segment)
        total = sum(parts.values())
        for what, hazard, shown in (
            ("hazards that can act at once", total, ", ".join(f"{k} {v * 100:.3g} %" for k, v in parts.items() if v)),
            ("hazard of joining", segment.join, f"join {segment.join * 100:.3g} %"),
        ):
            if hazard > bound + 1e-12:
                message = (
                    f"the {what} in the segment {name}, {shown} a month, make {hazard * 100:.3g} %/month, above the "
                    f"bound of {bound * 100:.3g} %/month"
                )
                help = "raise `market.consideration_bound`, the same in every arm, or lower the hazards"
                yield Fault("bound", message, help, ("segments", name), True)


def _heavy_tails(study: Study) -> Iterable[Fault]:
    """Tell of a beta law of which some simulated person would draw a hazard of lapsing above the bound."""
    bound = study.market.consideration_bound
    for name, segment in study.segments.items():
        if not isinstance(segment.lapse, BetaHazard) or study.population is None or bound >= 1:
            continue
        from scipy.special import betaincc

        with_number = study.population.simulate * segment.share * min(1.0, sum(segment.start.values()))
        above = with_number * float(betaincc(segment.lapse.alpha, segment.lapse.beta, bound))
        if above >= 0.5:
            message = (
                f"about {above:,.0f} simulated people of the segment {name} will draw a hazard of lapsing above the "
                f"bound of {bound * 100:.3g} %/month, at which the run stops"
            )
            help = "write `market: {consideration_bound: 100 %/month}`, the same in every arm"
            yield Fault("bound", message, help, ("segments", name, "lapse"), True)


def _hazards(segment: Segment) -> dict[str, float]:
    considers = segment.considers
    names = ("base", "expiry", "complaint", "neighbour", "price_rise")
    lapse = segment.lapse.mean if isinstance(segment.lapse, BetaHazard) else segment.lapse
    return {
        **{name: getattr(considers, name) for name in names},
        "lapse": lapse,
        "arrears": segment.arrears,
        "reregister": segment.reregister,
    }


def _competitor_faults(study: Study) -> Iterable[Fault]:
    for name, rival in study.competitors.items():
        at: tuple[str, ...] = ("competitors", name)
        if name == study.own:
            message = f"`{name}` is our own side, not a competitor"
            yield Fault("own", message, "what we do stands under `tactics` and `plans`", at, True)
        elif name not in study.operators:
            others = [operator for operator in study.operators if operator != study.own]
            yield unknown_name(name, others, f"`{name}` is not an operator of this study", at, True)
        yield from unknown_in(study.segments, "segment of this study", rival.segments, (*at, "segments"))
        for campaign, terms in rival.campaigns.items():
            here = (*at, "campaigns", campaign)
            yield from unknown_in(study.segments, "segment of this study", terms.segments or (), (*here, "segments"))
            if terms.until < terms.from_:
                message = f"the campaign ends on {terms.until}, before it starts on {terms.from_}"
                yield Fault("order", message, "both days belong to it", (*here, "until"))
        for campaign, offer in rival.offers().items():
            if offer.price_cut_fen and not offer.term_months:
                message = f"the price cut of the campaign {campaign} has no term"
                yield Fault("no-term", message, "add `term: 12 months`", (*at, "campaigns", campaign), True)
