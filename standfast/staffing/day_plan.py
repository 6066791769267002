"""One hall on one kind of day: from its demand to a plan, what is there today, the ledger and the trade-offs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scenarios.schema import KindOfDay, Study
from standfast.staffing.covering import Limits, most_counters
from standfast.staffing.demand import demand_of
from standfast.staffing.frontier import Point, frontier, kiosk_frontier, service_of
from standfast.staffing.ledger import Ledger, counter_ledger
from standfast.staffing.month import days_a_month
from standfast.staffing.plan import Demand, Floats, Ints, Judge, NoPlan, Patterns, Service, StaffPlan
from standfast.staffing.requirement import estimated_requirement, least_counters
from standfast.staffing.revenue import lost_revenue
from standfast.staffing.robust import DaysOnTarget, days_on_target
from standfast.staffing.search import search
from standfast.staffing.service import ExactJudge, is_quick
from standfast.staffing.shifts import patterns_of
from standfast.staffing.shrinkage import paid
from standfast.staffing.simulated import Confirmer, SimulatedJudge
from standfast.staffing.stretches import Stretches, WholeDays
from standfast.staffing.waits import waits_of

FRONTIER_ROUNDS = 25
"""Most covers that a point of the frontier tries: its plans pass, but need not be the cheapest."""

FACTORS = (2.0, 0.5, 0.25)
"""Points of the frontier beside the plan: factors on the shares of customers who may wait too long, or leave."""


@dataclass(frozen=True, eq=False)
class PlannedDay:
    """One hall on one kind of day: what it needs, what it has, what it should have, and what that does.

    least: counters by cell that no plan can go below. most: counters by cell that shifts and seats allow, one cell at a
    time. present: the study's own staffing, and `before` its service. waits, waits_before: see `waits_of`; `waits` are
    those of the best reachable where there is no plan. paid: heads that the plan pays, shrinkage included. ledger: None
    without a plan. confirmed: service on fresh days, where the judge simulates. frontier: () where not asked. kiosks:
    the cheapest plan by share at the kiosks. on_target: share of days that keep everything, where the plan is to hold
    on a share of days.
    """

    demand: Demand
    plan: StaffPlan | NoPlan
    cap: float | None
    least: Ints
    most: Ints
    present: Ints
    before: Service
    waits: Mapping[str, Floats]
    waits_before: Mapping[str, Floats]
    paid: int | None
    ledger: Ledger | None
    confirmed: Service | None
    frontier: tuple[Point, ...]
    kiosks: tuple[Point, ...]
    on_target: DaysOnTarget | None
    seconds: float

    @property
    def found(self) -> bool:
        """Whether there is a plan."""
        return isinstance(self.plan, StaffPlan)

    @property
    def service(self) -> Service:
        """Service of the plan, on fresh days if it was simulated, or the best reachable."""
        if isinstance(self.plan, StaffPlan):
            return self.plan.service if self.confirmed is None else self.confirmed
        return self.plan.best_service

    @property
    def counters(self) -> Ints:
        """Counters by cell of the plan, or of the best reachable."""
        return self.plan.counters if isinstance(self.plan, StaffPlan) else self.plan.best_counters


@dataclass(frozen=True)
class Job:
    """One hall and kind of day to plan."""

    study: Study
    hall: str
    kind: KindOfDay
    trade_offs: bool = True
    kiosks: bool = False


def plan_day(job: Job, _replication: int = 0) -> PlannedDay | None:
    """Plan one hall on one kind of day; None where it is closed."""
    begun = time.perf_counter()
    study, hall = job.study, job.study.halls[job.hall]
    staffing = study.staffing
    assert staffing is not None
    demand = demand_of(job.hall, hall, job.kind, staffing.robust)
    if demand is None:
        return None
    cap = staffing.abandonment if staffing.abandonment < 1 else None
    limits = Limits(staffing.seats.get(job.hall), staffing.part_time_share)
    patterns = patterns_of(demand, staffing.shifts)
    judge, stretches = _judges(demand, study.seed, cap)
    fresh = None if is_quick(demand) else _FreshDays(cap, study.seed)
    plan = search(demand, patterns, judge, stretches, cap, limits, confirm=fresh)
    least = least_counters(demand, stretches, cap, estimated_requirement(demand, cap))
    present = np.array([int(hall.counters.staffing.at(at)) for at in demand.cells_us.tolist()], dtype=np.int64)
    counters = plan.counters if isinstance(plan, StaffPlan) else plan.best_counters
    waits, waits_before = waits_of(demand, (counters, present), seed=study.seed)
    ledger = on_target = None
    points: tuple[Point, ...] = ()
    at_kiosks: tuple[Point, ...] = ()
    if isinstance(plan, StaffPlan):
        ledger = counter_ledger(
            demand,
            counters,
            judge,
            cap=cap,
            days_a_month=days_a_month(study, job.hall, job.kind),
            patterns=patterns,
            worked=plan.shifts,
            seats=limits.seats,
            revenue=lost_revenue(study, job.hall) if study.has_market and hall.arrivals.from_market else None,
        )
        if job.trade_offs:
            own = Point(1.0, plan.cost_fen, plan.scheduled, service_of(demand, counters, judge, cap))
            points = _frontier(demand, patterns, judge, stretches, limits, cap, own)
        if job.kiosks and hall.kiosks is not None and hall.kiosks.count:
            at_kiosks = kiosk_frontier(
                demand, lambda then, its_cap: _fresh(then, study, patterns, limits, its_cap), judge, cap
            )
        if staffing.robust is not None:
            whole = demand_of(job.hall, hall, job.kind)
            assert whole is not None
            on_target = days_on_target(whole, counters, judge, cap)
    return PlannedDay(
        demand=demand,
        plan=plan,
        cap=cap,
        least=least,
        most=most_counters(patterns, limits),
        present=present,
        before=judge(demand, present),
        waits=waits,
        waits_before=waits_before,
        paid=paid(plan.scheduled, staffing.shrinkage) if isinstance(plan, StaffPlan) else None,
        ledger=ledger,
        confirmed=fresh.held.get(tuple(counters.tolist())) if fresh is not None else None,
        frontier=points,
        kiosks=at_kiosks,
        on_target=on_target,
        seconds=time.perf_counter() - begun,
    )


def _judges(demand: Demand, seed: int, cap: float | None) -> tuple[Judge, Stretches]:
    """The exact judge where the chain describes the hall and is quick, else the simulated one."""
    if is_quick(demand):
        exact = ExactJudge()
        return exact, exact
    simulated = SimulatedJudge(seed=seed, cap=cap)
    return simulated, WholeDays(simulated)


class _FreshDays:
    """Confirms plans, and keeps the service of those that held."""

    def __init__(self, cap: float | None, seed: int) -> None:
        self._confirm = Confirmer(cap, seed=seed)
        self.held: dict[tuple[int, ...], Service] = {}

    def __call__(self, demand: Demand, counters: Ints) -> bool:
        holds = self._confirm(demand, counters)
        if holds and self._confirm.last is not None:
            self.held[tuple(counters.tolist())] = self._confirm.last.service
        return holds


def _frontier(
    demand: Demand,
    patterns: Patterns,
    judge: Judge,
    stretches: Stretches,
    limits: Limits,
    cap: float | None,
    own: Point,
) -> tuple[Point, ...]:
    """Laxer and stricter promises by quick searches, with the plan's own point in its place."""

    def find(then: Demand, its_cap: float | None) -> StaffPlan | NoPlan:
        return search(then, patterns, judge, stretches, its_cap, limits, rounds=FRONTIER_ROUNDS)

    points = (*frontier(demand, find, judge, cap, FACTORS), own)
    return tuple(sorted(points, key=lambda point: -point.setting))


def _fresh(demand: Demand, study: Study, patterns: Patterns, limits: Limits, cap: float | None) -> StaffPlan | NoPlan:
    """A quick plan for a changed hall, by a judge of its own."""
    judge, stretches = _judges(demand, study.seed, cap)
    return search(demand, patterns, judge, stretches, cap, limits, rounds=FRONTIER_ROUNDS)
