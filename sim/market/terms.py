"""Terms: what the day reads of a study, as plain arrays, so that one loop serves both engines.

Operators, segments, plans, campaigns and tactics are numbered in the order of their names; draws are keyed by a digest
of the name, never by that number.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Segments(NamedTuple):
    """What is fixed for each segment; hazards are shares a month, `[s]` unless said otherwise."""

    base: Floats
    expiry: Floats
    complaint: Floats
    neighbour: Floats
    price_rise: Floats
    dissatisfaction: Floats
    lapse: Floats
    arrears: Floats
    reregister: Floats
    join: Floats
    satisfaction: Floats
    """Level to which satisfaction relaxes, 0–100."""
    price: Floats
    """Utility lost for each CNY a month."""
    quality: Floats
    onnet: Floats
    loyalty: Floats
    """Utility of satisfaction: for each 50 points above 50."""
    tenure: Floats
    bundle: Floats
    switching: Floats
    handset_lock: Floats
    contract: Floats
    """Utility lost for each year that a new contract binds."""
    migration: Floats
    """Utility lost by moving to another plan of the same operator: the soft firewall (MISSION H-13)."""
    brand: Floats
    """[s, p]: utility of the brand of each plan."""


class Plans(NamedTuple):
    """Every plan, `[p]`; `fee_fen` and `rise_day` change at midnight, the rest is fixed."""

    operator: Int64s
    number: Int64s
    """Digest of the name, 12 bits, for draws."""
    fee_fen: Int64s
    minutes: Int64s
    extra_milli_fen: Int64s
    """Price of a minute beyond those included, in thousandths of a fen."""
    term_days: Int64s
    """Length of the contract that comes with the plan; 0: none."""
    leaving_fen: Int64s
    """Fee for each month that is left of it."""
    handset: Bools
    """Whether it comes with a locked handset."""
    rise_day: Int64s
    """Day of the last rise of the fee; LONG_AGO: none."""


class Offers(NamedTuple):
    """Rival campaigns, `[c]`; `active` and sizes are set at midnight by `rivals`."""

    operator: Int64s
    number: Int64s
    """Digest of the name, 10 bits, for draws."""
    active: Bools
    reach: Floats
    """Share of its segments that it reaches in a month."""
    wake: Floats
    """What it adds to the hazard of considering, a month, in the month in which it reaches someone."""
    price_cut_fen: Int64s
    term_days: Int64s
    """How long the price cut lasts."""
    subsidy_fen: Int64s
    lock_days: Int64s
    leaving_fen: Int64s
    products: Int64s
    brand: Floats
    segments: Bools
    """[c, s]: whom it is for."""


class Standing(NamedTuple):
    """What tactics with the trigger `always` add to the standing of our own operator."""

    brand: Floats
    """[s, p]: added to the brand of our plans."""
    switching: Floats
    """[s]: added to what switching away from us costs."""


class Rules(NamedTuple):
    """Numbers of the market as a whole."""

    own: int
    seed: int
    replication: int
    day_bound: float
    """Probability a day of a candidate for a decision."""
    visit_day_bound: float
    half_life_days: float
    expiry_days: int
    complaint_days: int
    price_rise_days: int
    neighbour_days: int
    circle: int
    """People are neighbours of those in the same circle of this many consecutive numbers; 0: nobody has neighbours."""
    spread_months: float
    """Months over which people spread what they pay or get once."""
    ceiling: float
    """Share of the population with a number at which nobody joins any more."""
    grace_days: int
    recovers: float
    ported: float
    """Share of switchers who take their number along."""
    port_succeeds: float
    port_lowers: float
    """How much portability lowers the cost of switching, in utility; 0 while it is not in force."""


class Network(NamedTuple):
    """What changes with the day for whole operators."""

    quality: Floats
    """[o]: quality of the network, fixed."""
    users: Int64s
    """[o]: subscribers at the last midnight."""
    circle_day: Int64s
    """[circle]: day on which the last of the circle switched operator; LONG_AGO: none. Empty without circles."""
    wake: Floats
    """[t]: what a contact of tactic t adds to the hazard of considering, a month."""


DECISION = np.dtype(
    [
        ("id", np.int64),
        ("kind", np.int64),  # a Decided
        ("plan", np.int64),  # plan chosen
        ("campaign", np.int64),  # rival campaign whose offer it takes, or -1
        ("at_us", np.int64),  # when, since the study's start
        ("gap", np.float64),  # by how much utility its operator's best plan falls short of the best, tastes included
        ("stay_plan", np.int64),  # that best plan of its own operator
        ("kept", np.bool_),  # whether it stays with us only because of what a tactic gave it
    ]
)
"""What a subscriber decides in a day; carried out at midnight."""

STAY, CHANGE_PLAN, LEAVE, JOIN, LAPSE, SUSPEND, END_SUSPENSION, REREGISTER = range(8)
"""Kinds of decision. LEAVE goes to another operator; END_SUSPENSION pays or closes."""
