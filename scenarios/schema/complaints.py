"""Why customers of a hall complain, and how the complaints are filed: rates, causes and their weights."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, Field

from scenarios.schema.amounts import Money
from scenarios.schema.fields import Factor, Share
from scenarios.schema.parts import Fault, Part, refusal
from scenarios.suggestions import suggestion

SURVEY_WEIGHTS = MappingProxyType(
    {
        "attitude": 38.29,
        "skill": 7.81,
        "slow_handling": 15.24,
        "procedures": 1.67,
        "equipment": 5.76,
        "premises": 4.46,
        "tariff": 6.69,
        "channel": 5.39,
        "network": 2.97,
        "promotion": 1.49,
    }
)
"""Weights of reasons for discontent in the survey of 2010, in per cent of the discontented (MISSION F-04 to F-17)."""

WAITING, UNFINISHED, FORCED, NO_CHANGE, MIS_SOLD = "waiting", "unfinished", "forced", "no_change", "mis_sold"
KINDS = ("no_reply", "explanation", "handling_error", "hidden_terms", "fee")
"""Kinds of complaints on record that the survey does not ask for: no answer by the promised time (MISSION F-33), wrong
explanations (F-27, F-38), errors of handling (F-79), key terms held back (F-37), a fee for a recharge (F-40)."""

CAUSES = (*SURVEY_WEIGHTS, WAITING, UNFINISHED, FORCED, NO_CHANGE, MIS_SOLD, *KINDS)
"""Every cause that a complaint can have: those of the survey, those that a visit meets, and the other kinds."""


def _known(parts: dict[str, float], known: Iterable[str], what: str) -> dict[str, float]:
    names = tuple(known)
    faults = [
        Fault("unknown-name", f"`{name}` is not {what}", suggestion(name, names), (name,), True)
        for name in parts
        if name not in names
    ]
    if faults:
        raise refusal(faults)
    return {name: parts[name] for name in names if name in parts}


def _weights(weights: dict[str, float]) -> dict[str, float]:
    return _known(weights, SURVEY_WEIGHTS, "a reason of the survey")


def _kinds(kinds: dict[str, float]) -> dict[str, float]:
    return _known(kinds, KINDS, "a kind of complaint here")


class Compensation(Part):
    """Credit given so that somebody does not complain further (F-42): what it costs, and what it teaches the others.

    Each month all rates grow by `share` × `raises`.
    """

    share: Share
    gift_fen: Money = Field(default=0, alias="gift")
    raises: Share = 0.0


class Complaints(Part):
    """Shares of visits that end in a complaint.

    `rate`: of all who were served, for a reason of the survey; its `weights` may be replaced. `waiting`: of those whose
    wait was over their target or who left, and `per_10min` more for each ten minutes over it. `unfinished`, `forced`,
    `no_change`, `mis_sold`: of the visits that met it. `kinds`: of all who were served, for what the survey did not
    ask. `misfiled`: of all complaints, filed under another cause (F-41).
    """

    rate: Share = 0.0
    weights: Annotated[dict[str, Factor], AfterValidator(_weights)] = Field(default_factory=dict)
    waiting: Share = 0.0
    per_10min: Share = 0.0
    unfinished: Share = 0.0
    forced: Share = 0.0
    no_change: Share = 0.0
    mis_sold: Share = 0.0
    kinds: Annotated[dict[str, Share], AfterValidator(_kinds)] = Field(default_factory=dict)
    misfiled: Share = 0.0
    compensation: Compensation | None = None

    def survey_weights(self) -> dict[str, float]:
        """Weights of the survey's reasons: those stated, which leave out the rest, or the survey's own."""
        return dict(self.weights) if self.weights else dict(SURVEY_WEIGHTS)
