"""One hall on one kind of day, or several that share staff: from demand to plans, ledgers and trade-offs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from scenarios.schema import Hall, KindOfDay, Study
from standfast.staffing.choice import Choice, Tried, cheapest_choice
from standfast.staffing.demand import demand_of
from standfast.staffing.frontier import Point, frontier, kiosk_frontier, service_of
from standfast.staffing.ledger import Ledger, counter_ledger
from standfast.staffing.limits import Limits, most_counters
from standfast.staffing.month import days_a_month
from standfast.staffing.options import AS_IT_IS, Option, decisions_of, options_of, with_option
from standfast.staffing.plan import Demand, Floats, Ints, Judge, NoPlan, Patterns, Service, StaffPlan
from standfast.staffing.robust import DaysOnTarget, days_on_target
from standfast.staffing.search import search
from standfast.staffing.service import ExactJudge, is_quick
from standfast.staffing.shrinkage import paid
from standfast.staffing.simulated import SimulatedJudge, confirm
from standfast.staffing.sites import Site, cells_of
from standfast.staffing.stretches import Stretches, WholeDays
from standfast.staffing.verdicts import plans_of
from standfast.staffing.waits import waits_of

FRONTIER_ROUNDS = 25
"""Most covers that a point of the frontier tries: its plans pass, but need not be the cheapest."""

FACTORS = (2.0, 0.5, 0.25)
"""Points of the frontier beside the plan: factors on the shares of customers who may wait too long, or leave."""


@dataclass(frozen=True, eq=False)
class PlannedDay:
    """One hall on one kind of day: what it needs, what it has, what it should have, and what that does.

    demand: with what was decided. least: counters by cell that no plan can go below. most: counters by cell that shifts
    and seats allow, one cell at a time. present: the study's own staffing, and `before` its service, in the hall as the
    study has it. waits, waits_before: see `waits_of`; `waits` are those of the best reachable where there is no plan.
    paid: heads that the plan pays, shrinkage included. ledger: None without a plan. confirmed: service on fresh days,
    where the judge simulates. frontier: () where not asked, and in halls that share staff. kiosks: the cheapest plan by
    share at the kiosks. on_target: share of days that keep everything, where the plan is to hold on a share of days.
    option: what was decided, and tried: all that could be, by the halls of `group`, which share staff.
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
    option: Option = AS_IT_IS
    tried: tuple[Tried, ...] = ()
    group: tuple[str, ...] = ()

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
    """One kind of day to plan in one hall, or in the `others` too with which it shares staff."""

    study: Study
    hall: str
    kind: KindOfDay
    trade_offs: bool = True
    kiosks: bool = False
    others: tuple[str, ...] = ()


def plan_day(job: Job, _replication: int = 0) -> PlannedDay | None:
    """Plan one hall on one kind of day; None where it is closed."""
    return plan_group(replace(job, others=()))[0]


def plan_group(job: Job, _replication: int = 0) -> tuple[PlannedDay | None, ...]:
    """Plan the halls of a job, together; None for each that is closed that day."""
    begun = time.perf_counter()
    halls = [_Today(job, name) for name in (job.hall, *job.others)]
    opened = [hall for hall in halls if hall.as_it_is is not None]
    if not opened:
        return (None,) * len(halls)
    staffing = job.study.staffing
    assert staffing is not None
    choice = cheapest_choice(
        [hall.options for hall in opened],
        lambda hall, option: opened[hall].demand(option),
        lambda demand: next(hall for hall in opened if hall.name == demand.hall).site(demand),
        staffing,
        opened[0].cap,
    )
    plans = plans_of(choice.found, choice.sites, choice.pool, opened[0].cap)
    total = choice.found.shown.cost_fen + sum(option.cost_fen for option in choice.options)
    gap = total - choice.lower_fen
    whole = choice.found.cover is not None
    made: dict[str, PlannedDay] = {}
    for number, (hall, plan) in enumerate(zip(opened, plans, strict=True)):
        if isinstance(plan, StaffPlan):
            decided = choice.options[number].cost_fen
            cost = plan.cost_fen + decided
            lower = max(0, cost - gap) if whole else plan.lower_bound_fen
            plan = replace(
                plan, cost_fen=cost, decided_fen=decided, lower_bound_fen=lower, proven=whole and choice.proven
            )
        made[hall.name] = hall.finished(choice, number, plan)
    took = (time.perf_counter() - begun) / len(made)
    return tuple(replace(made[hall.name], seconds=took) if hall.name in made else None for hall in halls)


class _Today:
    """One hall of a job: its demand with whatever is decided, its judges, and what is made of its plan."""

    def __init__(self, job: Job, name: str) -> None:
        staffing = job.study.staffing
        assert staffing is not None
        self.job, self.name, self.staffing = job, name, staffing
        self.spec: Hall = job.study.halls[name]
        self.cap = staffing.abandonment if staffing.abandonment < 1 else None
        self._decisions = decisions_of(job.study, name)
        self.options = options_of(self._decisions)
        self.as_it_is = demand_of(name, self.spec, job.kind, staffing.robust)
        self._fresh = _FreshDays(self.cap, job.study.seed)

    def demand(self, option: Option, robust: bool = True) -> Demand:
        """The demand with what is decided; not `robust`: over all days, whatever share of them a plan is to hold on."""
        spec = with_option(self.spec, self._decisions, option)
        if robust and spec is self.spec and self.as_it_is is not None:
            return self.as_it_is
        found = demand_of(self.name, spec, self.job.kind, self.staffing.robust if robust else None)
        assert found is not None
        return found

    def site(self, demand: Demand) -> Site:
        """The hall of a search: the exact judge where the chain describes it and is quick, else the simulated one."""
        judge, stretches = _judges(demand, self.job.study.seed, self.cap)
        return Site(demand, judge, stretches, None if is_quick(demand) else self._fresh)

    def finished(self, choice: Choice, number: int, plan: StaffPlan | NoPlan) -> PlannedDay:
        """Everything that is told about a plan."""
        job, site, option = self.job, choice.sites[number], choice.options[number]
        demand, judge, own = site.demand, site.judge, cells_of(choice.sites)[number]
        today = self.as_it_is
        assert today is not None
        counters = plan.counters if isinstance(plan, StaffPlan) else plan.best_counters
        present = np.array([int(self.spec.counters.staffing.at(at)) for at in today.cells_us.tolist()], dtype=np.int64)
        if demand is today:
            before = judge(demand, present)
            waits, waits_before = waits_of(demand, (counters, present), seed=job.study.seed)
        else:
            before = self.site(today).judge(today, present)
            (waits,) = waits_of(demand, (counters,), seed=job.study.seed)
            (waits_before,) = waits_of(today, (present,), seed=job.study.seed)
        done = PlannedDay(
            demand=demand,
            plan=plan,
            cap=self.cap,
            least=choice.found.least[own],
            most=most_counters(choice.pool.patterns, choice.pool.limits)[own],
            present=present,
            before=before,
            waits=waits,
            waits_before=waits_before,
            paid=None,
            ledger=None,
            confirmed=self._fresh.held.get((demand, tuple(counters.tolist()))),
            frontier=(),
            kiosks=(),
            on_target=None,
            seconds=0.0,
            option=option,
            tried=choice.tried if len(choice.tried) > 1 else (),
            group=choice.pool.halls,
        )
        return self._traded(done, plan, choice, number) if isinstance(plan, StaffPlan) else done

    def _traded(self, done: PlannedDay, plan: StaffPlan, choice: Choice, number: int) -> PlannedDay:
        """The ledger of a plan, its trade-offs, and the share of days on which it holds."""
        job, site, pool = self.job, choice.sites[number], choice.pool
        demand, judge = site.demand, site.judge
        patterns = pool.at(number, cells_of(choice.sites)[number])
        points: tuple[Point, ...] = ()
        at_kiosks: tuple[Point, ...] = ()
        if len(choice.sites) == 1:
            if job.trade_offs:
                points = _frontier(site, patterns, pool.limits, self.cap, plan)
            if job.kiosks and demand.hall_spec.kiosks is not None and demand.hall_spec.kiosks.count:
                at_kiosks = _at_kiosks(site, patterns, pool.limits, self.cap, job.study.seed, plan)
        on_target = None
        if self.staffing.robust is not None:
            on_target = days_on_target(
                self.demand(choice.options[number], robust=False), plan.counters, judge, self.cap
            )
        return replace(
            done,
            paid=paid(sum(shift.number for shift in plan.own), self.staffing.shrinkage),
            ledger=counter_ledger(
                demand,
                plan.counters,
                judge,
                cap=self.cap,
                days_a_month=days_a_month(job.study, self.name, job.kind),
                patterns=patterns,
                may_add=pool.may_add(choice.found.shown.people, number),
            ),
            frontier=points,
            kiosks=at_kiosks,
            on_target=on_target,
        )


def _judges(demand: Demand, seed: int, cap: float | None) -> tuple[Judge, Stretches]:
    if is_quick(demand):
        exact = ExactJudge()
        return exact, exact
    simulated = SimulatedJudge(seed=seed, cap=cap)
    return simulated, WholeDays(simulated)


class _FreshDays:
    """Confirms plans of one hall on days that nobody has seen, and keeps the service of those that held.

    Whatever is decided in the hall, attempts are counted on: the chance to confirm a plan that misses is spent once.
    """

    def __init__(self, cap: float | None, seed: int) -> None:
        self._cap, self._seed = cap, seed
        self._known: dict[tuple[Demand, tuple[int, ...]], bool] = {}
        self.held: dict[tuple[Demand, tuple[int, ...]], Service] = {}

    def __call__(self, demand: Demand, counters: Ints) -> bool:
        key = (demand, tuple(counters.tolist()))
        if key not in self._known:
            found = confirm(demand, counters, self._cap, attempt=len(self._known), seed=self._seed)
            self._known[key] = found.holds
            if found.holds:
                self.held[key] = found.service
        return self._known[key]


def _frontier(site: Site, patterns: Patterns, limits: Limits, cap: float | None, plan: StaffPlan) -> tuple[Point, ...]:
    """Laxer and stricter promises by quick searches, with the plan's own point in its place."""

    def find(then: Demand, its_cap: float | None) -> StaffPlan | NoPlan:
        return search(then, patterns, site.judge, site.stretches, its_cap, limits, rounds=FRONTIER_ROUNDS)

    own = Point(1.0, plan.cost_fen, plan.scheduled, service_of(site.demand, plan.counters, site.judge, cap))
    points = _with_decided(frontier(site.demand, find, site.judge, cap, FACTORS), plan.decided_fen)
    return tuple(sorted((*points, own), key=lambda point: -point.setting))


def _at_kiosks(
    site: Site, patterns: Patterns, limits: Limits, cap: float | None, seed: int, plan: StaffPlan
) -> tuple[Point, ...]:
    """The cheapest plan by share at the kiosks, quickly, each by a judge of its own."""

    def find(then: Demand, its_cap: float | None) -> StaffPlan | NoPlan:
        judge, stretches = _judges(then, seed, its_cap)
        return search(then, patterns, judge, stretches, its_cap, limits, rounds=FRONTIER_ROUNDS)

    return _with_decided(kiosk_frontier(site.demand, find, site.judge, cap), plan.decided_fen)


def _with_decided(points: tuple[Point, ...], decided_fen: int) -> tuple[Point, ...]:
    """Points that cost what is decided too."""
    return tuple(
        point if point.cost_fen is None else replace(point, cost_fen=point.cost_fen + decided_fen) for point in points
    )
