"""The save desk: who of those that ask to leave is heard, by which desk, and stays. It moves nobody itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.market.budgets import MonthBudget
from sim.market.channels import ChannelRoom
from sim.market.grants import Hands, offer_to_leaving
from sim.market.selection import Selection
from sim.market.tactic_terms import TacticTerms
from sim.market.terms import CHANGE_PLAN, LEAVE, STAY


@dataclass(frozen=True)
class Desk:
    """A tactic that answers leaving requests, the channel through which it does, and its budget."""

    tactic: TacticTerms
    channel: ChannelRoom
    budget: MonthBudget


def hear(desks: Sequence[Desk], decisions: Any, day: int, selection: Selection, hands: Hands) -> Any:
    """Let the desks answer the day's leaving requests, and return the decisions as they stand after it.

    Requests are heard in the order in which they are made, as far as the channel's day goes; whom no desk hears or
    keeps goes. Desks come in the order of their names; one request meets one desk, the first that is for it and has
    room. Who is kept stays on the best plan of ours, `stay_plan`.
    """
    rows = np.flatnonzero(decisions["kind"] == LEAVE)
    rows = rows[hands.people["operator"][decisions["id"][rows]] == hands.own]
    if not rows.size or not desks:
        return decisions
    decisions = decisions.copy()
    rows = rows[np.lexsort((decisions["id"][rows], decisions["at_us"][rows]))]
    for desk in desks:
        mine = np.flatnonzero(selection.is_for(desk.tactic, decisions["id"][rows], day))[: desk.channel.left]
        if mine.size:
            heard, stays = offer_to_leaving(desk.tactic, desk.channel, desk.budget, decisions[rows[mine]], day, hands)
            desk.channel.left -= heard
            _keep(decisions, rows[mine[:heard]][stays], day, hands)
            rows = np.delete(rows, mine[:heard])
    return decisions


def _keep(decisions: Any, rows: Any, day: int, hands: Hands) -> None:
    people, ids, stay_plan = hands.people, decisions["id"][rows], decisions["stay_plan"][rows]
    decisions["kind"][rows] = np.where(stay_plan == people["plan"][ids], STAY, CHANGE_PLAN)
    decisions["plan"][rows] = stay_plan
    decisions["campaign"][rows] = -1
    segments = np.bincount(people["segment"][ids], minlength=hands.levels.size)
    hands.books.saved[hands.months.of_day[day]] += segments
