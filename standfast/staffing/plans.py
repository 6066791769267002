"""The staffing of a study: a plan of every hall for every kind of day, and whether people rest between two of them.

Halls that share no staff don't touch each other, so each of them, or each group that does, is a task of its own for
every kind of day, for this process or for several.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from scenarios.schema import KindOfDay, Study
from scenarios.schema.staffing import KINDS_OF_DAY
from standfast.experiments.pool import runner
from standfast.experiments.queue import Task
from standfast.experiments.stopping import Stop, listening
from standfast.staffing.day_plan import Job, PlannedDay, plan_group
from standfast.staffing.demand import demand_of
from standfast.staffing.options import decisions_of, with_option
from standfast.staffing.plan import StaffPlan
from standfast.staffing.pool import pool_of
from standfast.staffing.rest import RestedCrew, rested_crew
from standfast.staffing.revenue import Closing, MarketSums, closing, lost_revenues, market_sums

Progress = Callable[[int, int, str, float | None], None]
"""Called with plans made, plans in all, "" (or "market run", where these are counted), seconds left if known."""

FRONTIERS = 12
"""Plans up to which frontiers are drawn unless somebody asks: each costs as much as two plans."""


@dataclass(frozen=True, eq=False)
class StudyPlans:
    """Plans of a study, in the order of its halls and kinds of day. closed: halls and kinds of day left out, as closed.

    rested: (hall, day, next day) → people who can work both in a row with the rest that the study asks for.
    unpriced: halls whose lost revenue was asked for and is not known: no subscriber comes there, or a counter fewer
    spoils no visit.
    """

    study: Study
    days: tuple[PlannedDay, ...]
    closed: tuple[tuple[str, str], ...] = ()
    rested: Mapping[tuple[str, str, str], RestedCrew] = field(default_factory=dict)
    unpriced: tuple[str, ...] = ()


class NothingToStaff(ValueError):
    """A study without halls or without `staffing`, or a hall or kind of day that it doesn't plan. `help` says more."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


class PlanFailed(RuntimeError):
    """The plan of a hall could not be made: a fault of ours, told with its cause."""


def plan_study(
    study: Study,
    halls: Sequence[str] = (),
    days: Sequence[str] = (),
    *,
    workers: int = 1,
    trade_offs: bool | None = None,
    kiosks: bool = False,
    revenue: bool = False,
    progress: Progress | None = None,
) -> StudyPlans:
    """Plan every hall and kind of day of a study's `staffing`, or those named.

    workers: processes; 1 plans here. trade_offs: the frontier too, by default with up to FRONTIERS plans. kiosks: the
    cheapest plan at several shares of customers at the kiosks too. revenue: also what counters closed in the market's
    halls lose a month, by runs of the whole market. Raises NothingToStaff; Stopped on Ctrl-C.
    """
    jobs = _jobs(study, halls, days, kiosks)
    if revenue and not study.has_market:
        raise NothingToStaff("the study has no market that could lose revenue", "leave `--revenue` out")
    if trade_offs is None:
        trade_offs = sum(1 + len(job.others) for job in jobs) <= FRONTIERS
    jobs = [replace(job, trade_offs=trade_offs) for job in jobs]
    _check_shifts(jobs)
    found: dict[str, tuple[PlannedDay | None, ...]] = {}
    with listening() as stop:
        shown = _Shown(progress, len(jobs))
        for key, planned in _work(jobs, min(workers, len(jobs)), stop):
            found[key] = planned
            shown.one_more()
        if stop.asked:
            stop.raise_stopped(0, "")
        made, closed = _in_order(study, jobs, found)
        unpriced: tuple[str, ...] = ()
        if revenue:
            made, unpriced = _priced(study, made, workers, stop, progress)
    return StudyPlans(study, made, closed, _rested(study, made), unpriced)


class _Shown:
    """Tells how many of so many tasks are done."""

    def __init__(self, progress: Progress | None, tasks: int, what: str = "") -> None:
        self._progress, self._tasks, self._what = progress, tasks, what
        self._begun, self._done = time.monotonic(), 0

    def one_more(self) -> None:
        self._done += 1
        if self._progress is not None:
            gone = time.monotonic() - self._begun
            self._progress(self._done, self._tasks, self._what, gone / self._done * (self._tasks - self._done))


def _in_order(
    study: Study, jobs: Sequence[Job], found: Mapping[str, tuple[PlannedDay | None, ...]]
) -> tuple[tuple[PlannedDay, ...], tuple[tuple[str, str], ...]]:
    """Plans by hall and then by kind of day, and which of both are closed."""
    assert study.staffing is not None
    days = {
        (hall, job.kind.name): planned
        for n, job in enumerate(jobs)
        for hall, planned in zip((job.hall, *job.others), found[str(n)], strict=True)
    }
    kinds = list(dict.fromkeys(job.kind.name for job in jobs))
    all_halls = list(study.staffing.halls or study.halls)
    ordered = sorted(days, key=lambda which: (all_halls.index(which[0]), kinds.index(which[1])))
    made = [planned for which in ordered if (planned := days[which]) is not None]
    return tuple(made), tuple(which for which in ordered if days[which] is None)


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
    asked = [hall for hall in all_halls if not halls or hall in halls]
    return [
        Job(study, group[0], kind, kiosks=kiosks, others=group[1:])
        for group in staffing.groups(asked)
        for kind in ([kinds.get(name, KindOfDay(name)) for name in dict.fromkeys(days)] or staffing.days)
    ]


def _check_shifts(jobs: Sequence[Job]) -> None:
    """Refuse shifts whose breaks can be placed in too many ways, before anything is planned."""
    for job in jobs:
        staffing = job.study.staffing
        assert staffing is not None
        group = [demand_of(name, job.study.halls[name], job.kind) for name in (job.hall, *job.others)]
        demands = [demand for demand in group if demand is not None]
        if not demands:
            continue
        try:
            pool_of(demands, staffing)
        except ValueError as fault:
            message, _, help = str(fault).partition(": ")
            raise NothingToStaff(message, help) from None


def _those(names: Sequence[str]) -> str:
    return f"there are: {', '.join(names)}"


def _work(jobs: Sequence[Job], workers: int, stop: Stop) -> Iterator[tuple[str, tuple[PlannedDay | None, ...]]]:
    """Yield the number of each job and its plans, as they are ready."""
    tasks = [Task(str(n), str(n), 0) for n in range(len(jobs))]
    call = cast("Any", plan_group)  # the pool hands back whatever the callable returns
    with runner(workers, call, {str(n): job for n, job in enumerate(jobs)}, stop) as hands:
        for outcome in hands.run(tasks):
            if outcome.reason:
                job = jobs[int(outcome.key)]
                raise PlanFailed(f"hall {job.hall}, {job.kind.name}: {outcome.reason}\n{outcome.details}")
            yield outcome.key, cast("tuple[PlannedDay | None, ...]", outcome.result)


def _priced(
    study: Study, days: tuple[PlannedDay, ...], workers: int, stop: Stop, progress: Progress | None
) -> tuple[tuple[PlannedDay, ...], tuple[str, ...]]:
    """Ledgers with the revenue that a missing counter loses, and halls in which that is not known.

    What a spoiled visit costs is measured once for each hall, about its first plan.
    """
    closings: dict[str, Closing] = {}
    planned = study
    for day in days:
        hall = day.demand.hall
        if day.ledger is not None and hall not in closings:
            closings[hall] = closing(day.demand.cells_us, day.counters, day.ledger.deciding)
            decided = decisions_of(study, hall)
            changed = with_option(study.halls[hall], decided, day.option)
            planned = planned.model_copy(update={"halls": planned.halls | {hall: changed}})

    def runs(arms: Mapping[str, Study], replications: int) -> Iterator[tuple[str, int, MarketSums]]:
        tasks = [Task(f"{n}/{arm}", arm, n) for n in range(replications) for arm in arms]
        shown = _Shown(progress, len(tasks), "market run")
        with runner(min(workers, len(tasks)), cast("Any", market_sums), arms, stop) as hands:
            for outcome in hands.run(tasks):
                if outcome.reason:
                    raise PlanFailed(f"a run of the market failed: {outcome.reason}\n{outcome.details}")
                replication, _, arm = outcome.key.partition("/")
                yield arm, int(replication), cast("MarketSums", outcome.result)
                shown.one_more()
        if stop.asked:
            stop.raise_stopped(0, "")

    rates = lost_revenues(planned, closings, runs=runs)
    priced = tuple(
        replace(day, ledger=day.ledger.with_revenue(rates[day.demand.hall]))
        if day.ledger is not None and day.demand.hall in rates
        else day
        for day in days
    )
    return priced, tuple(hall for hall in closings if hall not in rates)


def _rested(study: Study, days: Sequence[PlannedDay]) -> dict[tuple[str, str, str], RestedCrew]:
    """Whether the same people can work each kind of day after each other, where the study asks for a rest."""
    rest_us = study.staffing.rest_us if study.staffing is not None else None
    if rest_us is None:
        return {}
    planned = [(day.plan.hall, day.plan.day, day.plan) for day in days if isinstance(day.plan, StaffPlan)]
    return {
        (hall, day, then_day): rested_crew(first.own, then.own, rest_us)
        for hall, day, first in planned
        for then_hall, then_day, then in planned
        if hall == then_hall
    }
