"""Complaints about a hall: which visits end in one, of what cause, and under which cause it is filed.

A visit ends in one complaint at most (MISSION F-03 to F-45).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from scenarios.calendar import Day
from scenarios.schema.complaints import CAUSES, FORCED, KINDS, MIS_SOLD, NO_CHANGE, UNFINISHED, WAITING
from sim.clock import HALF_HOUR_US, MINUTE_US
from sim.draws import Draws, Purpose
from sim.halls.columns import alike
from sim.halls.outcomes import Fate, Outcomes
from sim.halls.plan import Plan
from sim.halls.setbacks import DONE
from sim.halls.treatment import Treated

Int8s = NDArray[np.int8]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

CONTENT = -1
"""Cause of a visit that ends in no complaint."""


@dataclass(frozen=True)
class Complained:
    """For each customer the cause of its complaint, and the one under which it is filed: indices into `CAUSES`."""

    cause: Int8s
    filed: Int8s


def complaints_of(
    hall: schema.Hall, plan: Plan, outcomes: Outcomes, days: Sequence[Day], busy: Bools, draws: Draws
) -> Complained:
    """Who complains, and of what. `busy` holds the busy half hours, (days, 48)."""
    said = hall.complaints
    if said is None:
        return Complained(*[alike(np.int8(CONTENT), len(plan))] * 2)
    cause = np.full(len(plan), CONTENT, dtype=np.int8)
    if not len(plan):
        return Complained(cause, cause.copy())
    served = outcomes.fate == Fate.SERVED
    shares = _shares(said, served, _minutes_over(hall, plan, outcomes, busy), plan)
    expected = _expectation(said, days)[plan.day]
    u, v = draws.uniforms(plan.entity, Purpose.HALL_COMPLAINT, plan.day)
    before = np.zeros(len(plan))
    for code, share in enumerate(shares):
        after = before + share * expected
        cause[(before <= u) & (u < after)] = code
        before = after
    return Complained(cause, _filed(cause, v, said.misfiled))


def _shares(said: schema.Complaints, served: Bools, minutes_over: Floats, plan: Plan) -> list[Floats]:
    """Share of each visit that ends in a complaint, by cause in the order of `CAUSES`."""
    weights = said.survey_weights()
    total = sum(weights.values()) or 1.0
    treated = plan.treated
    met = {
        WAITING: np.where(minutes_over > 0, said.waiting + said.per_10min * minutes_over / 10, 0.0),
        UNFINISHED: said.unfinished * (served & (plan.setback != DONE)),
        FORCED: said.forced * ((treated & Treated.FORCED) != 0),
        NO_CHANGE: said.no_change * ((treated & Treated.NO_CHANGE) != 0),
        MIS_SOLD: said.mis_sold * (served & ((treated & Treated.UNSUITABLE) != 0)),
    }
    met |= {kind: said.kinds.get(kind, 0.0) * served for kind in KINDS}
    return [
        np.asarray(
            met[cause] if cause in met else said.rate * weights.get(cause, 0.0) / total * served, dtype=np.float64
        )
        for cause in CAUSES
    ]


def _minutes_over(hall: schema.Hall, plan: Plan, outcomes: Outcomes, busy: Bools) -> Floats:
    """Minutes by which each customer waited longer than promised: at least a second for those who left unserved."""
    promised_us = np.array(
        [
            (who.target.idle_us, who.target.busy_us) if who.target is not None else (np.inf, np.inf)
            for who in hall.customers.values()
        ],
        dtype=np.float64,
    )
    at_busy_time = busy.ravel()[plan.arrival_us // HALF_HOUR_US].astype(np.int64)
    over_us = outcomes.left_us - plan.arrival_us - promised_us[plan.customer_class, at_busy_time]
    unserved = outcomes.fate != Fate.SERVED
    return np.maximum(over_us / MINUTE_US, np.where(unserved, 1 / 60, 0.0))


def _expectation(said: schema.Complaints, days: Sequence[Day]) -> Floats:
    """Factor on all shares by day: each month of compensations raises what people expect (F-42)."""
    growth = 0.0 if said.compensation is None else said.compensation.share * said.compensation.raises
    months = {month: number for number, month in enumerate(dict.fromkeys(day.month for day in days))}
    return np.array([(1.0 + growth) ** months[day.month] for day in days])


def _filed(cause: Int8s, v: Floats, misfiled: float) -> Int8s:
    """The causes as they are filed: a share of the complaints goes to any of the others with equal chances (F-41)."""
    wrong = (cause != CONTENT) & (v < misfiled)
    filed = cause.copy()
    if wrong.any():
        steps = 1 + np.floor(v[wrong] / misfiled * (len(CAUSES) - 1)).astype(np.int64)
        filed[wrong] = (cause[wrong] + np.minimum(steps, len(CAUSES) - 1)) % len(CAUSES)
    return filed
