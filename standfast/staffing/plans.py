"""The staffing of a study: every hall on every kind of day, from its demand to a plan, its ledger and its trade-offs.

Halls don't touch each other, so each hall and kind of day is a task of its own, for this process or for several.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np

from scenarios.calendar import study_days
from scenarios.schema import KindOfDay, Study
from scenarios.schema.staffing import HOLIDAY, KINDS_OF_DAY, MONTH_END, MONTH_START, ORDINARY
from standfast.experiments.pool import Task, runner
from standfast.experiments.stopping import Stop, listening
from standfast.staffing.covering import Limits, most_counters
from standfast.staffing.demand import demand_of
from standfast.staffing.frontier import Point, frontier, kiosk_frontier, service_of
from standfast.staffing.ledger import Ledger, counter_ledger
from standfast.staffing.plan import Demand, Floats, Ints, Judge, NoPlan, Patterns, Service, StaffPlan
from standfast.staffing.requirement import estimated_requirement, least_counters
from standfast.staffing.rest import RestedCrew, rested_crew
from standfast.staffing.revenue import lost_revenue
from standfast.staffing.robust import DaysOnTarget, days_on_target
from standfast.staffing.search import search
from standfast.staffing.service import ExactJudge
from standfast.staffing.shifts import patterns_of
from standfast.staffing.shrinkage import paid
from standfast.staffing.simulated import Confirmer, SimulatedJudge
from standfast.staffing.stretches import Stretches, WholeDays
from standfast.staffing.waits import waits_of

Progress = Callable[[int, int, str, float | None], None]
"""Called with plans made, plans in all, what is planned, and the seconds left if known."""

FRONTIER_ROUNDS = 25
"""Most covers that a point of the frontier tries: its plans pass, but need not be the cheapest."""

FACTORS = (2.0, 0.5, 0.25)
"""Points of the frontier beside the plan: factors on the shares of customers who may wait too long, or leave."""

FRONTIERS = 12
"""Plans up to which frontiers are drawn unless somebody asks: each costs as much as two plans."""

DAYS_A_YEAR = 365


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


@dataclass(frozen=True, eq=False)
class StudyPlans:
    """Plans of a study, in the order of its halls and kinds of day. closed: halls and kinds of day left out, as closed.

    rested: (hall, day, next day) → people who can work both in a row with the rest that the study asks for.
    """

    study: Study
    days: tuple[PlannedDay, ...]
    closed: tuple[tuple[str, str], ...] = ()
    rested: Mapping[tuple[str, str, str], RestedCrew] = field(default_factory=dict)


class NothingToStaff(ValueError):
    """A study without halls or without `staffing`, or a hall or kind of day that it doesn't plan. `help` says more."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


class PlanFailed(RuntimeError):
    """The plan of a hall could not be made: a fault of ours, told with its cause."""


@dataclass(frozen=True)
class Job:
    """One hall and kind of day to plan."""

    study: Study
    hall: str
    kind: KindOfDay
    trade_offs: bool = True
    kiosks: bool = False


def plan_study(
    study: Study,
    halls: Sequence[str] = (),
    days: Sequence[str] = (),
    *,
    workers: int = 1,
    trade_offs: bool | None = None,
    kiosks: bool = False,
    progress: Progress | None = None,
) -> StudyPlans:
    """Plan every hall and kind of day of a study's `staffing`, or those named.

    workers: processes; 1 plans here. trade_offs: the frontier too, by default with up to FRONTIERS plans. kiosks: the
    cheapest plan at several shares of customers at the kiosks too. Raises NothingToStaff; Stopped on Ctrl-C.
    """
    jobs = _jobs(study, halls, days, kiosks)
    if trade_offs is None:
        trade_offs = len(jobs) <= FRONTIERS
    jobs = [replace(job, trade_offs=trade_offs) for job in jobs]
    _check_shifts(jobs)
    begun = time.monotonic()
    found: dict[str, PlannedDay | None] = {}
    with listening() as stop:
        for key, planned in _work(jobs, min(workers, len(jobs)), stop):
            found[key] = planned
            if progress is not None:
                gone, left = time.monotonic() - begun, len(jobs) - len(found)
                progress(len(found), len(jobs), "", gone / len(found) * left)
        if stop.asked:
            stop.raise_stopped(0, "")
    ordered = [found[str(n)] for n in range(len(jobs))]
    made = tuple(planned for planned in ordered if planned is not None)
    closed = tuple((job.hall, job.kind.name) for job, day in zip(jobs, ordered, strict=True) if day is None)
    return StudyPlans(study, made, closed, _rested(study, made))


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
    fresh = None if demand.exact_chain else _FreshDays(cap, study.seed)
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


def days_a_month(study: Study, hall: str, kind: KindOfDay) -> float:
    """Days of a kind that a month has on average, over a year from the study's start; open days alone.

    Month start and end: the days of either half whose factor is above 1, or that are busy. Ordinary: all others that
    are no holidays. A day that the study names itself counts once a month.
    """
    if kind.name not in KINDS_OF_DAY:
        return 1.0
    spec = study.halls[hall]
    busy = spec.busy.day_of_month if spec.busy is not None else frozenset()
    counted = 0
    for day in study_days(study.start, DAYS_A_YEAR, study.calendar):
        hours = spec.days.get("holiday", spec.days.get(day.works_as, spec.hours)) if day.holiday else None
        if not day.holiday:
            hours = spec.days.get(day.works_as, spec.hours)
        of_month = day.date.day
        peak = spec.arrivals.day_of_month.get(of_month, 1.0) > 1 or of_month in busy
        own = ORDINARY
        if day.holiday:
            own = HOLIDAY
        elif peak:
            own = MONTH_START if of_month <= 15 else MONTH_END
        counted += hours is not None and own == kind.name
    return counted / 12.0


def _jobs(study: Study, halls: Sequence[str], days: Sequence[str], kiosks: bool) -> list[Job]:
    from scenarios.suggestions import did_you_mean

    staffing = study.staffing
    if not study.halls:
        raise NothingToStaff("the study has no halls to staff", "add `halls`, and `staffing` with the shifts to work")
    if staffing is None:
        raise NothingToStaff(
            "the study has no `staffing`",
            'add `staffing: {shifts: {day: {length: 8 h, starts: ["09:00"], cost: 80 CNY}}}`; '
            "the study hall-staffing of the library is an example",
        )
    all_halls = list(staffing.halls or study.halls)
    kinds = {kind.name: kind for kind in staffing.days}
    for name in halls:
        if name not in all_halls:
            raise NothingToStaff(f"no hall {name!r} is staffed here", did_you_mean(name, all_halls) + _those(all_halls))
    for name in days:
        if name not in kinds and name not in KINDS_OF_DAY:
            known = [*kinds, *(kind for kind in KINDS_OF_DAY if kind not in kinds)]
            raise NothingToStaff(f"no kind of day is called {name!r}", did_you_mean(name, known) + _those(known))
    return [
        Job(study, hall, kind, kiosks=kiosks)
        for hall in all_halls
        if not halls or hall in halls
        for kind in ([kinds.get(name, KindOfDay(name)) for name in dict.fromkeys(days)] or staffing.days)
    ]


def _check_shifts(jobs: Sequence[Job]) -> None:
    """Refuse shifts whose breaks can be placed in too many ways, before anything is planned."""
    for job in jobs:
        staffing = job.study.staffing
        demand = demand_of(job.hall, job.study.halls[job.hall], job.kind)
        if staffing is None or demand is None:
            continue
        try:
            patterns_of(demand, staffing.shifts)
        except ValueError as fault:
            message, _, help = str(fault).partition(": ")
            raise NothingToStaff(message, help) from None


def _those(names: Sequence[str]) -> str:
    return f"there are: {', '.join(names)}"


def _work(jobs: Sequence[Job], workers: int, stop: Stop) -> Any:
    """Yield the number of each job and its plan, as they are ready."""
    tasks = [Task(str(n), str(n), 0) for n in range(len(jobs))]
    call = cast("Any", plan_day)  # the pool hands back whatever the callable returns
    with runner(workers, call, {str(n): job for n, job in enumerate(jobs)}, stop) as hands:
        for outcome in hands.run(tasks):
            if outcome.reason:
                job = jobs[int(outcome.key)]
                raise PlanFailed(f"hall {job.hall}, {job.kind.name}: {outcome.reason}\n{outcome.details}")
            yield outcome.key, cast("PlannedDay | None", outcome.frame)


def _judges(demand: Demand, seed: int, cap: float | None) -> tuple[Judge, Stretches]:
    """The exact judge where the chain describes the hall, else the simulated one."""
    if demand.exact_chain:
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


def _rested(study: Study, days: Sequence[PlannedDay]) -> dict[tuple[str, str, str], RestedCrew]:
    """Whether the same people can work each kind of day after each other, where the study asks for a rest."""
    rest_us = study.staffing.rest_us if study.staffing is not None else None
    if rest_us is None:
        return {}
    planned = [(day.plan.hall, day.plan.day, day.plan) for day in days if isinstance(day.plan, StaffPlan)]
    return {
        (hall, day, then_day): rested_crew(first.shifts, then.shifts, rest_us)
        for hall, day, first in planned
        for then_hall, then_day, then in planned
        if hall == then_hall
    }
