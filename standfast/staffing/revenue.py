"""What a bad visit costs in revenue: two runs of the whole market, one with a counter fewer all day.

One counter for half an hour moves a market too little to be seen beside its noise. So the market is run with the hall
as it is and with one counter fewer in all its hours, with the same draws; the revenue that the second loses, divided by
the customers that it adds over their target or lets leave the queue, is what one such customer costs. The ledger
multiplies its own customers by that. This takes the loss as proportional to bad visits, equal for each of them, and
counts only what is lost within the study's horizon: a lower bound for what a lost subscriber is worth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenarios.schema import Study
from scenarios.schema.parts import Steps
from standfast.staffing.ledger import CONFIDENCE, Estimate

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class LostRevenue:
    """Revenue lost for each customer over target or gone, in fen; replications: pairs of market runs it rests on."""

    fen_a_customer: Estimate
    replications: int

    def of(self, over: Estimate, left: Estimate) -> Estimate:
        """Revenue that so many more customers over target and gone lose; both errors enter."""
        customers = over.value + left.value
        sure = math.hypot(over.half_width, left.half_width)
        rate = self.fen_a_customer
        return Estimate(customers * rate.value, math.hypot(customers * rate.half_width, sure * rate.value))


def lost_revenue(
    study: Study, hall: str, *, staffing: Steps | None = None, replications: int = 4
) -> LostRevenue | None:
    """What a customer of a hall costs who waits over target or leaves, from 2 × `replications` runs of the market.

    staffing: the counters of the plan, those of the study if None. None where the study has no market, or no subscriber
    comes to the hall, or one counter fewer spoils no visit. The interval is that of a ratio over replications; with a
    single one its half-width is NaN.
    """
    import sim

    if not study.has_market or not study.halls[hall].arrivals.from_market:
        return None
    whole = with_staffing(study, hall, staffing if staffing is not None else study.halls[hall].counters.staffing)
    levels = whole.halls[hall].counters.staffing
    fewer = with_staffing(
        whole, hall, Steps(levels.at_us, tuple(max(min(1, int(n)), int(n) - 1) for n in levels.value))
    )
    lost, spoiled = [], []
    for replication in range(replications):
        before = _sums(sim.simulate(whole, replication), study.own, hall)
        after = _sums(sim.simulate(fewer, replication), study.own, hall)
        lost.append(before[0] - after[0])
        spoiled.append(after[1] - before[1])
    if sum(spoiled) <= 0:
        return None
    return LostRevenue(_ratio(lost, spoiled), replications)


def with_staffing(study: Study, hall: str, staffing: Steps) -> Study:
    """The study with these common counters in one hall."""
    spec = study.halls[hall]
    counters = spec.counters.model_copy(update={"staffing": staffing})
    return study.model_copy(update={"halls": study.halls | {hall: spec.model_copy(update={"counters": counters})}})


def _sums(kpis: pd.DataFrame, own: str | None, hall: str) -> tuple[float, float]:
    """Our revenue in fen, and customers of the hall over target or gone, over the whole run."""
    whole = kpis[kpis["period"] == "all"]
    revenue = whole[(whole["kpi"] == "revenue") & (whole["scope"] == f"operator/{own}")]
    here = whole[whole["scope"] == f"hall/{hall}"]
    over = here[here["kpi"] == "wait_over_target"]
    gone = here[here["kpi"] == "abandoned"]
    return (
        100.0 * float(revenue["value"].sum()),
        float((over["value"] * over["weight"]).sum() + gone["value"].sum()),
    )


def _ratio(above: list[float], below: list[float]) -> Estimate:
    """Ratio of sums and the half-width of its interval, linearised over replications."""
    from scipy.special import stdtrit

    size, total = len(above), sum(below)
    ratio = sum(above) / total
    if size < 2:
        return Estimate(ratio, math.nan)
    spread = sum((a - ratio * b) ** 2 for a, b in zip(above, below, strict=True))
    error = math.sqrt(spread * size / (size - 1)) / total
    return Estimate(ratio, float(stdtrit(size - 1, 0.5 + CONFIDENCE / 2)) * error)
