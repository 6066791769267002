"""What must hold for a tactic: its channel, what its trigger needs, whom it may name, and which effects act."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from scenarios.schema.names import unknown_in, unknown_name
from scenarios.schema.parts import Fault
from scenarios.schema.tactics import ALWAYS, Effect

if TYPE_CHECKING:
    from scenarios.schema.study import Study
    from scenarios.schema.tactics import Tactic

STANDING_EFFECTS = ("brand", "switching", "hall_priority")
"""What a tactic with the trigger `always` can do, and no other: it belongs to whole segments, not to subscribers."""

_NEEDS = {
    "contract_expiry": ("days_before_expiry", "days_before_expiry: 45"),
    "schedule": ("every_months", "every: 3 months"),
    "warning": ("warning", "warning: {hazard: 5 %/month, recall: 60 %}"),
    "offer_detected": ("detection", "detection: {share: 50 %, delay: 14 days}"),
}


def tactic_faults(study: Study) -> Iterable[Fault]:
    """Yield every fault of the tactics of a study, each with the keys that lead to it."""
    for name, tactic in study.tactics.items():
        at = ("tactics", name)
        yield from _channel_faults(study, tactic, at)
        yield from _trigger_faults(tactic, at)
        yield from _budget_faults(tactic, at)
        yield from _target_faults(study, tactic, at)
        yield from _effect_faults(tactic, at)


def _channel_faults(study: Study, tactic: Tactic, at: tuple[str, ...]) -> Iterable[Fault]:
    if tactic.channel and tactic.channel not in study.channels:
        message = f"`{tactic.channel}` is not a channel of this study"
        yield unknown_name(tactic.channel, study.channels, message, (*at, "channel"))
    elif not tactic.channel and tactic.trigger != ALWAYS:
        known = ", ".join(study.channels) or "none is there yet: add `channels: {outbound: {capacity: 400/day}}`"
        message = f"a tactic with the trigger `{tactic.trigger}` reaches nobody without a channel"
        yield Fault("no-channel", message, f"add `channel:` with one of the channels: {known}", at, True)


def _trigger_faults(tactic: Tactic, at: tuple[str, ...]) -> Iterable[Fault]:
    attribute, example = _NEEDS.get(tactic.trigger, ("", ""))
    if attribute and getattr(tactic, attribute) is None:
        key = example.partition(":")[0]
        message = f"the trigger `{tactic.trigger}` needs `{key}`"
        yield Fault("missing", message, f"add `{example}`", (*at, "trigger"))
    if tactic.trigger != ALWAYS:
        return
    cost = tactic.cost
    spent = {"per_contact": cost.per_contact_fen, "per_acceptance": cost.per_acceptance_fen}
    spent["commission"] = cost.commission_fen
    for key, given in spent.items():
        if given:
            message = f"a tactic with the trigger `always` meets nobody, so `{key}` is never paid"
            yield Fault("standing", message, "write what it costs as `fixed`", (*at, "cost", key))
    if tactic.budget_fen is not None:
        message = "a tactic with the trigger `always` has a fixed cost only, which no budget stops"
        yield Fault("standing", message, "remove `budget`", (*at, "budget"))


def _budget_faults(tactic: Tactic, at: tuple[str, ...]) -> Iterable[Fault]:
    if tactic.budget_fen is not None and tactic.cost.fixed_fen > tactic.budget_fen:
        message = "the fixed cost alone passes the budget"
        yield Fault("budget", message, "raise the budget, or lower `cost.fixed`", (*at, "budget"))


def _target_faults(study: Study, tactic: Tactic, at: tuple[str, ...]) -> Iterable[Fault]:
    target, here = tactic.target, (*at, "target")
    yield from unknown_in(study.segments, "segment of this study", target.segments, (*here, "segments"))
    own = study.operators.get(study.own)
    brands = sorted(own.brands) if own is not None else []
    yield from unknown_in(brands, f"brand of {study.own}", target.brands, (*here, "brands"))
    tiers = sorted({segment.tier for segment in study.segments.values()} - {""})
    for index, tier in enumerate(target.tiers):
        if tier not in tiers and tactic.enabled:
            message = f"no segment has the tier `{tier}`"
            yield unknown_name(tier, tiers, message, (*here, "tiers", str(index)))
    if tactic.trigger != ALWAYS:
        return
    for key, given in (("bill_from", target.bill_from_fen), ("tenure_from", target.tenure_from_months)):
        if given:
            message = f"`{key}` picks subscribers, but a tactic with the trigger `always` acts on whole segments"
            yield Fault("standing", message, "target segments, brands or tiers", (*here, key))
    if target.brands and (tactic.effect.switching or tactic.effect.hall_priority is not None):
        message = "`switching` and `hall_priority` belong to segments, not to brands"
        yield Fault(
            "standing", message, "target segments or tiers, or leave only `brand` under `effect`", (*here, "brands")
        )


def _effect_faults(tactic: Tactic, at: tuple[str, ...]) -> Iterable[Fault]:
    effect, here = tactic.effect, (*at, "effect")
    for name, field in Effect.model_fields.items():
        value, key = getattr(effect, name), field.alias or name
        if not _acts(name, value):
            continue
        if tactic.trigger == ALWAYS and name not in STANDING_EFFECTS:
            message = f"a tactic with the trigger `always` meets nobody, so `{key}` cannot act"
            help = f"it may have {', '.join(STANDING_EFFECTS)}; for `{key}`, choose another trigger"
            yield Fault("standing", message, help, (*here, key))
        elif tactic.trigger != ALWAYS and name in STANDING_EFFECTS:
            message = f"`{key}` acts only with the trigger `always`"
            yield Fault("standing", message, "make it a tactic of its own with `trigger: always`", (*here, key))
    if tactic.trigger == ALWAYS:
        return
    if effect.credit_fen and not effect.credit_term_months:
        yield Fault("no-term", "the credit has no term", "add `credit_term: 12 months`", (*here, "credit"))
    if effect.wake and not effect.wake_days:
        yield Fault("no-term", "how long a contact wakes is missing", "add `wake_for: 30 days`", (*here, "wake"))
    if not effect.contract_months:
        for key, given in (("leaving_fee", effect.leaving_fee_fen), ("handset_lock", effect.handset_lock)):
            if given:
                message = f"`{key}` lasts as long as the contract, and there is none"
                yield Fault("no-term", message, "add `contract: 12 months`", (*here, key))


def _acts(name: str, value: object) -> bool:
    """Whether a value of an effect changes anything; a priority acts even as 0."""
    return value is not None if name == "hall_priority" else bool(value)
