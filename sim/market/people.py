"""People: the state of every simulated subscriber, one record each. It decides nothing.

Days count from the study's start; days before it are negative. Money is in fen at the scale of one subscriber.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

NOBODY = -1
"""Operator of people with no subscription (operator `none`), and plan, hall or tactic of nobody."""

LONG_AGO = -30_000
"""Day of what has not happened."""

PERSON = np.dtype(
    [
        ("satisfaction", np.float64),  # 0–100, as of `satisfaction_day`; it relaxes towards the segment's level
        ("fate", np.uint64),  # hash of all that happened, in order
        ("paid_fen", np.int64),  # what it was billed by our operator so far, reductions taken off
        ("usage", np.int32),  # minutes a month
        ("credit_fen", np.int32),  # price reduction a month under a tactic or a rival's offer, until `credit_end`
        ("leaving_fen", np.int32),  # fee for each month that is left of the contract
        ("candidate", np.int32),  # number of the next candidate for a decision
        ("visit_candidate", np.int32),  # number of the next candidate for a visit
        ("candidate_day", np.int16),
        ("visit_day", np.int16),
        ("satisfaction_day", np.int16),
        ("joined_day", np.int16),  # start of tenure with the operator
        ("contract_end", np.int16),  # first day without contract
        ("credit_end", np.int16),  # first day without the credit
        ("billed_to", np.int16),  # first day that is not billed yet
        ("complaint_day", np.int16),  # day of the last complaint
        ("contact_day", np.int16),  # day of the last contact
        ("woken_until", np.int16),  # first day on which the last contact or save no longer wakes
        ("suspended_until", np.int16),  # day on which a debtor pays or is closed; LONG_AGO: not suspended
        ("left_own_day", np.int16),  # day on which it last left our operator
        ("operator", np.int8),
        ("plan", np.int16),
        ("segment", np.int8),
        ("hall", np.int16),  # index of the hall in whose catchment it lives
        ("products", np.int8),  # products bundled with the number
        ("tactic", np.int8),  # tactic that gave the present terms (credit, contract, product)
        ("terms", np.int8),  # what of them: bits of `Given`
        ("kept_by", np.int8),  # tactic without whose terms it would have left
        ("woken_by", np.int8),  # tactic of the last contact that can wake
        ("contacts", np.int8),  # contacts that still tire
        ("handset_locked", np.bool_),  # until `contract_end`
    ]
)
"""One subscriber. Engines hold an array of these as `numpy.recarray`, so that both read and write `person.plan`."""

People = Any
"""`numpy.recarray` of PERSON."""

GIVEN_CREDIT, GIVEN_CONTRACT, GIVEN_PRODUCT = 1, 2, 4
"""Bits of `terms`: what of credit, contract and product came from the tactic."""

Int64s = NDArray[np.int64]


def nobody_yet(number: int) -> People:
    """Records for `number` subscribers, all fields at rest."""
    people = np.zeros(number, PERSON).view(np.recarray)
    for name in ("operator", "plan", "hall", "tactic", "kept_by", "woken_by"):
        people[name] = NOBODY
    for name in ("complaint_day", "contact_day", "woken_until", "suspended_until", "left_own_day"):
        people[name] = LONG_AGO
    return people
