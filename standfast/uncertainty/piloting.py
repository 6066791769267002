"""Which pilot a study needs: the first belief whose break-even lies in its range, and by which formula it is measured.

It reads from the study how many customers come in a month for it. The formulas are in `pilot`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scenarios import units
from scenarios.units import MONTH_DAYS, Dimension
from standfast.uncertainty.beliefs import Belief
from standfast.uncertainty.break_even import Crossing
from standfast.uncertainty.pilot import Kind, Pilot, pilot_for

if TYPE_CHECKING:
    from scenarios import Study

_DIMENSIONS = {each.name: each for each in vars(units).values() if isinstance(each, Dimension)}

_WORKING_DAYS_A_MONTH = 21
"""About five days a week; the calendar's own months have 20 to 22."""

WhyNot = Literal["", "no crossing", "no formula", "same number"]


@dataclass(frozen=True)
class Advice:
    """What to pilot: a belief, its crossing and the pilot; `why_not` says why there is no pilot where it is None."""

    belief: str
    crossing: Crossing
    pilot: Pilot | None
    why_not: WhyNot = ""


def advise(
    order: Sequence[str],
    beliefs: Mapping[str, Belief],
    break_evens: Mapping[str, tuple[Crossing, ...]],
    study: Study,
) -> Advice | None:
    """The pilot for the first belief, in the given order, with a break-even within its range; None without one.

    A belief whose break-even no formula fits is passed over while there is another one.
    """
    passed: Advice | None = None
    for name in dict.fromkeys(order):
        if not break_evens.get(name):
            continue
        crossing = min(break_evens[name], key=lambda each: abs(each.quantile - 0.5))
        advice = _of(beliefs[name], crossing, study)
        if advice.pilot is not None:
            return advice
        passed = passed or advice
    return passed


def _of(belief: Belief, crossing: Crossing, study: Study) -> Advice:
    believed, turning = number_at(belief, 0.5), number_at(belief, crossing.quantile)
    kind = _kind(belief)
    if kind is None or math.isnan(believed * turning):
        return Advice(belief.name, crossing, None, "no formula")
    cv = _variation(belief, study) if kind == "mean" else math.nan
    if kind == "mean" and not cv > 0:
        return Advice(belief.name, crossing, None, "no formula")
    if believed == turning:
        return Advice(belief.name, crossing, None, "same number")
    return Advice(belief.name, crossing, pilot_for(kind, believed, turning, cv, customers_a_month(belief, study)))


def number_at(belief: Belief, quantile: float) -> float:
    """What a belief says at a quantile, in base units of its dimension; NaN for a whole function or map."""
    dimension = _DIMENSIONS.get(belief.stated.dimension)
    try:
        return float(units.parse(belief.text_at(quantile), dimension)) if dimension is not None else math.nan
    except units.QuantityError:
        return math.nan


def _kind(belief: Belief) -> Kind | None:
    """The formula for a belief: shares, hazards and rates a month, and means of a law; None where none fits."""
    if belief.stated.dimension == "share":
        return "share"
    if belief.stated.dimension in ("share per month", "number per month"):
        return "rate"
    if belief.stated.path.endswith(".mean") and belief.stated.dimension == "duration":
        return "mean"
    return None


def _variation(belief: Belief, study: Study) -> float:
    """Coefficient of variation of the law that a mean belongs to; NaN where the study does not say."""
    law = _part_at(study, belief.stated.path.removesuffix(".mean"))
    if law is None:
        return math.nan
    if (cv := getattr(law, "cv", None)) is not None:
        return float(cv)
    if getattr(law, "dist", "") == "exponential":
        return 1.0
    shape = getattr(law, "k", None)
    return 1 / math.sqrt(shape) if shape else math.nan


def customers_a_month(belief: Belief, study: Study) -> float:
    """Customers that one area has for a belief in a month; NaN where the study does not say.

    A tactic's acceptance: as many as its channel reaches. A number of a hall: as many as come on an ordinary day, for
    that class or business; for the kiosks, those whose business they can do.
    """
    parts = belief.stated.path.split(".")
    if parts[0] == "tactics" and parts[-1] == "acceptance":
        tactic = study.tactics.get(".".join(parts[1:-1]))
        channel = study.channels.get(tactic.channel) if tactic is not None else None
        if channel is None or channel.capacity_per_day is None:
            return math.nan
        days = _WORKING_DAYS_A_MONTH if channel.days == "working" else MONTH_DAYS
        return float(channel.capacity_per_day * channel.reach * days)
    if parts[0] == "halls" and (hall := study.halls.get(parts[1])) is not None:
        # The rate as it stands in the hours of an ordinary day, without the calendar's factors; of its class or
        # business.
        steps, close = hall.arrivals.rate_per_hour, hall.hours.close_us
        spans = zip(steps.at_us, (*steps.at_us[1:], close), steps.value, strict=True)
        a_day = sum(max(0, min(end, close) - max(at, hall.hours.open_us)) * rate for at, end, rate in spans)
        part = _part_at(study, ".".join(parts[:4])) if parts[2] in ("customers", "transactions") else None
        share = float(getattr(part, "share", 1.0))
        if parts[2] == "kiosks":
            share = sum(each.share for each in hall.transactions.values() if each.kiosk)
        return a_day / units.HOUR_US * MONTH_DAYS * share or math.nan
    return math.nan


def _part_at(study: Study, path: str) -> object | None:
    found: object = study
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else getattr(found, name, None)
        if found is None:
            return None
    return found
