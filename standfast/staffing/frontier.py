"""Trade-offs: what service a staffing gives, what better service costs, and what kiosks do for both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scenarios.schema import KindOfDay
from standfast.staffing.demand import demand_of
from standfast.staffing.ledger import expected_a_day, worst
from standfast.staffing.plan import Demand, Judge, NoPlan, Service, StaffPlan, meets

Int64s = NDArray[np.int64]

Search = Callable[[Demand, float | None], StaffPlan | NoPlan]
"""Demand and cap → the cheapest plan, or why there is none."""

RELAXED = (2.0, 1.5, 1.0, 0.75, 0.5, 0.25)
"""Factors on the share of customers that may wait longer than the target, from lax to strict."""


@dataclass(frozen=True)
class Answer:
    """What a given staffing does: the reverse question.

    missed: cells that miss a target or the cap, () if the staffing keeps all. worst_cell, worst_class, worst_over:
    where most customers wait too long, and which share of them. over, left: customers a day. abandoned: their share.
    """

    counters: tuple[int, ...]
    service: Service
    missed: tuple[int, ...]
    worst_cell: int
    worst_class: str
    worst_over: float
    over: float
    left: float
    abandoned: float

    @property
    def meets_all(self) -> bool:
        return not self.missed


def service_of(demand: Demand, counters: Sequence[int] | Int64s, judge: Judge, cap: float | None) -> Answer:
    """Answer the reverse question: these counters by cell, (H,) → service."""
    service = judge(demand, counters)
    cell, name, share = worst(service)
    over, left = expected_a_day(demand, service)
    come = float(np.nansum(service.arrivals))
    return Answer(
        counters=tuple(int(level) for level in counters),
        service=service,
        missed=tuple(np.flatnonzero(~meets(demand, service, cap)).tolist()),
        worst_cell=cell,
        worst_class=name,
        worst_over=share,
        over=over,
        left=left,
        abandoned=left / come if come > 0 else 0.0,
    )


@dataclass(frozen=True)
class Point:
    """One point of a frontier. cost_fen and answer are None where no plan reaches the setting; `why` says so then.

    setting: what was turned: the factor on the share that may wait too long, or the share at the kiosks.
    """

    setting: float
    cost_fen: int | None
    scheduled: int | None
    answer: Answer | None
    why: str = ""


def frontier(
    demand: Demand,
    search: Search,
    judge: Judge,
    cap: float | None,
    factors: Iterable[float] = RELAXED,
) -> tuple[Point, ...]:
    """The cheapest plan for targets from lax to strict: cost against the worst half hour and those who leave.

    A factor multiplies the share of customers that may wait too long (5 % × 0.5: 2.5 %), and the cap alike, so that one
    is not bought with the other. Plans are judged against the targets as the study states them.
    """
    points = []
    for factor in factors:
        found = search(with_slack(demand, factor), None if cap is None else min(1.0, cap * factor))
        points.append(_point(factor, found, demand, judge, cap))
    return tuple(points)


def with_slack(demand: Demand, factor: float) -> Demand:
    """The demand with this factor on the share of customers of each class who may wait longer than its target.

    >>> round(1 - (1 - 0.95) * 0.5, 9)
    0.975
    """
    if not factor > 0:
        raise ValueError(f"factor {factor} on the share over target must be positive")
    classes = tuple(
        replace(one, share_within=max(0.0, 1.0 - (1.0 - one.share_within) * factor)) for one in demand.classes
    )
    return replace(demand, classes=classes)


def with_kiosk_share(demand: Demand, share: float) -> Demand:
    """The demand if this share of the customers whose business a kiosk could do takes to one.

    For a simulated judge: it draws who takes to a kiosk, and who then finds it taken or out of order.
    ValueError for a hall without kiosks.
    """
    hall = demand.hall_spec
    if hall.kiosks is None or hall.kiosks.count == 0:
        raise ValueError(f"hall {demand.hall} has no kiosks")
    if not 0 <= share <= 1:
        raise ValueError(f"share {share} at the kiosks must lie in [0, 1]")
    kiosks = hall.kiosks.model_copy(update={"share": share})
    found = demand_of(demand.hall, hall.model_copy(update={"kiosks": kiosks}), KindOfDay(demand.day, 1.0))
    assert found is not None  # the day is written into the hall: it opens
    return replace(found, classes=demand.classes)


def kiosk_service(
    demand: Demand,
    counters: Sequence[int] | Int64s,
    judge: Judge,
    cap: float | None,
    shares: Iterable[float] = (0.3, 0.4, 0.5, 0.6),
) -> tuple[Point, ...]:
    """What the same counters do with more customers at the kiosks."""
    return tuple(
        Point(share, None, None, service_of(with_kiosk_share(demand, share), counters, judge, cap)) for share in shares
    )


def kiosk_frontier(
    demand: Demand,
    search: Search,
    judge: Judge,
    cap: float | None,
    shares: Iterable[float] = (0.3, 0.4, 0.5, 0.6),
) -> tuple[Point, ...]:
    """The cheapest plan for each share of customers at the kiosks, judged with that share."""
    points = []
    for share in shares:
        then = with_kiosk_share(demand, share)
        points.append(_point(share, search(then, cap), then, judge, cap))
    return tuple(points)


def _point(setting: float, found: StaffPlan | NoPlan, demand: Demand, judge: Judge, cap: float | None) -> Point:
    if isinstance(found, NoPlan):
        return Point(setting, None, None, None, found.why)
    return Point(setting, found.cost_fen, found.scheduled, service_of(demand, found.counters, judge, cap))
