"""Why customers of a hall complain, and how the complaints are filed: rates, causes and their weights."""

from __future__ import annotations

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
CAUSES = (*SURVEY_WEIGHTS, WAITING, UNFINISHED, FORCED, NO_CHANGE, MIS_SOLD)
"""Every cause that a complaint can have: those of the survey, and those that a visit meets."""


def _weights(weights: dict[str, float]) -> dict[str, float]:
    faults = [
        Fault(
            "unknown-name", f"`{name}` is not a reason of the survey", suggestion(name, SURVEY_WEIGHTS), (name,), True
        )
        for name in weights
        if name not in SURVEY_WEIGHTS
    ]
    if faults:
        raise refusal(faults)
    return {name: weights[name] for name in SURVEY_WEIGHTS if name in weights}


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
    `no_change`, `mis_sold`: of the visits that met it. `misfiled`: of all complaints, filed under another cause (F-41).
    """

    rate: Share = 0.0
    weights: Annotated[dict[str, Factor], AfterValidator(_weights)] = Field(default_factory=dict)
    waiting: Share = 0.0
    per_10min: Share = 0.0
    unfinished: Share = 0.0
    forced: Share = 0.0
    no_change: Share = 0.0
    mis_sold: Share = 0.0
    misfiled: Share = 0.0
    compensation: Compensation | None = None

    def survey_weights(self) -> dict[str, float]:
        """Weights of the survey's reasons: those stated, which leave out the rest, or the survey's own."""
        return dict(self.weights) if self.weights else dict(SURVEY_WEIGHTS)
