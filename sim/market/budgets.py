"""Budgets: how many of the next contacts a tactic can still pay for this month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.market.tactic_terms import TacticTerms

Bools = NDArray[np.bool_]


@dataclass
class MonthBudget:
    """What a tactic spends and promises in a calendar month, against its budget at full scale.

    Fixed costs, contacts, commissions, subsidies and credits over their whole terms count, in the month in which they
    are promised. A contact is made only if the budget would also bear its acceptance, so it is never exceeded; the
    first that it would not bear stops the tactic until the next month.
    """

    tactic: TacticTerms
    weight: float
    spent_fen: int = 0
    """At the scale of one subscriber, fixed costs apart."""
    stopped: bool = False
    month: str = ""

    def begin(self, month: str) -> None:
        """Begin a day of a calendar month; a new month opens a new budget."""
        if month != self.month:
            self.month, self.spent_fen, self.stopped = month, 0, False

    def affords(self, reached: Bools, accepts: Bools) -> int:
        """How many of the next contacts are made and paid for; the arrays say which reach somebody, who accepts."""
        tactic, budget_fen = self.tactic, self.tactic.tactic.budget_fen
        cost_fen = tactic.attempt_fen + reached * tactic.met_fen + accepts * tactic.promised_fen
        made = 0 if self.stopped else accepts.size
        if budget_fen is not None and made:
            before_fen = self.spent_fen + np.cumsum(cost_fen) - cost_fen
            at_most_fen = before_fen + tactic.attempt_fen + tactic.met_fen + tactic.promised_fen
            within = at_most_fen * self.weight + tactic.tactic.cost.fixed_fen <= budget_fen
            made = made if within.all() else int(within.argmin())
        self.stopped = self.stopped or made < accepts.size
        self.spent_fen += int(cost_fen[:made].sum())
        return made
