"""Events of a subscriber's life: what a diary notes and a fate is made of. Codes are fixed for ever."""

from __future__ import annotations

from enum import IntEnum


class Happened(IntEnum):
    """What happened to a subscriber on a day; `a` and `b` of the note are given behind the dash."""

    CONSIDERED = 1
    """Thought of its contract and compared offers — a: plan it found best; b: rival campaign that reached it, or -1."""
    CHANGED_PLAN = 2
    """Moved to another plan of its operator — a: plan; b: campaign or -1."""
    ASKED_TO_LEAVE = 3
    """Asked our operator to let it go — a: plan it wants; b: campaign or -1."""
    SAVED = 4
    """The save desk kept it — a: tactic; b: 0."""
    LEFT = 5
    """Left an operator for another — a: operator left; b: plan taken."""
    JOINED = 6
    """Took a number without having one — a: plan; b: campaign or -1."""
    LAPSED = 7
    """Gave its number up for none — a: operator left; b: 0."""
    SUSPENDED = 8
    """Ran into arrears — a: operator; b: 0."""
    PAID_UP = 9
    """Paid its arrears — a: operator; b: 0."""
    CLOSED = 10
    """Was closed for arrears — a: operator; b: 0."""
    REREGISTERED = 11
    """Took a new number with its own operator — a: operator; b: plan."""
    PORT_FAILED = 12
    """Wanted to take its number along and was refused, and stays — a: plan wanted; b: 0."""
    VISITED = 13
    """Was served in a hall within the target — a: hall; b: minutes waited, whole."""
    WAITED_LONG = 14
    """Was served in a hall after more than the target — a: hall; b: minutes waited, whole."""
    LEFT_QUEUE = 15
    """Left a hall unserved — a: hall; b: minutes waited, whole."""
    COMPLAINED = 16
    """Complained — a: hall or -1; b: 0."""
    CONTACTED = 17
    """Was reached by a tactic — a: tactic; b: contact number."""
    ACCEPTED = 18
    """Accepted a tactic's offer — a: tactic; b: 0."""


MINUTES_APART = frozenset({Happened.VISITED, Happened.WAITED_LONG, Happened.LEFT_QUEUE})
"""Events whose `b` stays out of the fate: a wait a little longer is not another fate."""
