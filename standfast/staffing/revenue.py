"""What a bad visit costs in revenue: runs of the whole market, with a plan and with one counter fewer where it counts.

One counter for half an hour moves a market too little to be seen beside its noise. So the market is run with the halls
as they are planned and, for each hall, with one counter fewer in all the half hours in which that breaks a promise, by the
same draws; the revenue that the second loses, divided by the customers that it adds over their target or lets leave the
queue, is what one such customer costs. The ledger multiplies its own customers by that. This takes the loss as
proportional to bad visits, equal for each of them, and counts only what is lost within the study's horizon: a lower bound
for what a lost subscriber is worth.
"""  # noqa: E501

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scenarios.schema import Study
from scenarios.schema.parts import Steps
from standfast.staffing.ledger import CONFIDENCE, Estimate
from standfast.staffing.plan import Ints

if TYPE_CHECKING:
    import pandas as pd

REPLICATIONS = 6
"""Pairs of runs of the market."""

AS_PLANNED = ""
"""Name of the arm in which every hall has the counters of its plan; the others are named by the hall that has fewer."""


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


@dataclass(frozen=True)
class Closing:
    """Common counters of one hall by the time of day: as planned, and with one fewer where that counts."""

    planned: Steps
    fewer: Steps


def closing(starts_us: Sequence[int] | Ints, counters: Sequence[int] | Ints, deciding: Iterable[int] = ()) -> Closing:
    """One counter fewer in the `deciding` half hours, or in all if there are none; a single counter stays open."""
    starts = tuple(int(at) for at in starts_us)
    planned = tuple(int(level) for level in counters)
    which = set(deciding) or set(range(len(planned)))
    fewer = tuple(max(min(1, n), n - 1) if cell in which else n for cell, n in enumerate(planned))
    return Closing(Steps(starts, planned), Steps(starts, fewer))


@dataclass(frozen=True)
class MarketSums:
    """One run of the market: our revenue in fen, and customers over target or gone, by hall."""

    revenue_fen: float
    spoiled: Mapping[str, float]


Runs = Callable[[Mapping[str, Study], int], Iterator[tuple[str, int, MarketSums]]]
"""Studies by arm, replications → arm, replication and sums of each run, in any order."""


def arms_of(study: Study, closings: Mapping[str, Closing]) -> dict[str, Study]:
    """The study as planned, and for each hall the same with a counter fewer there."""
    planned = study
    for hall, each in closings.items():
        planned = with_staffing(planned, hall, each.planned)
    return {AS_PLANNED: planned} | {hall: with_staffing(planned, hall, each.fewer) for hall, each in closings.items()}


def lost_revenues(
    study: Study, closings: Mapping[str, Closing], *, replications: int = REPLICATIONS, runs: Runs | None = None
) -> dict[str, LostRevenue]:
    """What a customer costs who waits over target or leaves, by hall, from 1 + halls runs of the market a replication.

    Left out: halls to which no subscriber comes, all of them in a study without a market, and those in which a counter
    fewer spoils no visit. The interval is that of a ratio over replications; with a single one its half-width is NaN.
    """
    if not study.has_market:
        return {}
    mine = {hall: each for hall, each in closings.items() if study.halls[hall].arrivals.from_market}
    if not mine:
        return {}
    sums: dict[tuple[str, int], MarketSums] = {}
    for arm, replication, found in (runs or one_by_one)(arms_of(study, mine), replications):
        sums[arm, replication] = found
    rates = {}
    for hall in mine:
        pairs = [(sums[AS_PLANNED, n], sums[hall, n]) for n in range(replications)]
        lost = [planned.revenue_fen - fewer.revenue_fen for planned, fewer in pairs]
        spoiled = [fewer.spoiled[hall] - planned.spoiled[hall] for planned, fewer in pairs]
        if sum(spoiled) > 0:
            rates[hall] = LostRevenue(_ratio(lost, spoiled), replications)
    return rates


def one_by_one(arms: Mapping[str, Study], replications: int) -> Iterator[tuple[str, int, MarketSums]]:
    """Run the market in this process."""
    for arm, study in arms.items():
        for replication in range(replications):
            yield arm, replication, market_sums(study, replication)


def market_sums(study: Study, replication: int) -> MarketSums:
    """One run of the market."""
    import sim

    kpis = sim.simulate(study, replication)
    whole = kpis[kpis["period"] == "all"]
    revenue = whole[(whole["kpi"] == "revenue") & (whole["scope"] == f"operator/{study.own}")]
    return MarketSums(100.0 * float(revenue["value"].sum()), {hall: _spoiled(whole, hall) for hall in study.halls})


def _spoiled(whole: pd.DataFrame, hall: str) -> float:
    """Customers of a hall over their target, and those who left its queue, over the whole run."""
    here = whole[whole["scope"] == f"hall/{hall}"]
    over = here[here["kpi"] == "wait_over_target"]
    gone = here[here["kpi"] == "abandoned"]
    return float(np.nansum(over["value"] * over["weight"]) + np.nansum(gone["value"]))


def with_staffing(study: Study, hall: str, staffing: Steps) -> Study:
    """The study with these common counters in one hall."""
    spec = study.halls[hall]
    counters = spec.counters.model_copy(update={"staffing": staffing})
    return study.model_copy(update={"halls": study.halls | {hall: spec.model_copy(update={"counters": counters})}})


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
