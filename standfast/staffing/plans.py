"""The staffing of a study: a plan of every hall for every kind of day, and whether people rest between two of them.

Halls don't touch each other, so each hall and kind of day is a task of its own, for this process or for several.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from scenarios.schema import KindOfDay, Study
from scenarios.schema.staffing import KINDS_OF_DAY
from standfast.experiments.pool import Task, runner
from standfast.experiments.stopping import Stop, listening
from standfast.staffing.day_plan import Job, PlannedDay, plan_day
from standfast.staffing.demand import demand_of
from standfast.staffing.plan import StaffPlan
from standfast.staffing.rest import RestedCrew, rested_crew
from standfast.staffing.shifts import patterns_of

Progress = Callable[[int, int, str, float | None], None]
"""Called with plans made, plans in all, what is planned, and the seconds left if known."""

FRONTIERS = 12
"""Plans up to which frontiers are drawn unless somebody asks: each costs as much as two plans."""


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
