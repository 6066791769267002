"""`standfast plan`: how many runs, what is done already, why the rest must run, time and memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from standfast.commands.exits import DONE, counted, print_json
from standfast.commands.progress import duration

if TYPE_CHECKING:
    from scenarios import LoadedStudy, Study
    from standfast.experiments.plan import Plan

WORKER_MIB = 300
"""Memory of one process that runs, in MiB, without what a run holds: libraries, and the compiled engine."""

BYTES_A_CUSTOMER = 400
"""Memory that a run holds for each customer of its halls, and likewise for each subscriber, at the most. Measured on
four halls for three and for 24 months, with and without 20,000 subscribers."""

COORDINATOR_MIB = 250
"""Memory of the process that hands out runs to several workers, in MiB; likewise, with up to 100,000 runs."""


def worker_mib(study: Study) -> int:
    """Memory of one process that runs a study, in MiB, about."""
    from scenarios.schema.catchments import customers_a_day

    a_day = sum(customers_a_day(hall.arrivals, hall.hours) for hall in study.halls.values())
    people = study.population.simulate if study.population is not None else 0
    return WORKER_MIB + int((a_day * study.days + people) * BYTES_A_CUSTOMER / 2**20)


def plan_lines(plan: Plan, loaded: LoadedStudy) -> dict[tuple[str, str], int]:
    """Runs by arm (and point, where there are several) and reason; the draws of the beliefs at a point together."""
    drawn = {point.name: point.at for point in loaded.points if point.draw is not None}
    found: dict[tuple[str, str], int] = {}
    for line in plan.lines:
        point = f"{drawn[line.point]}, draws" if line.point in drawn else line.point
        arm = f"{line.arm}@{point}" if len(loaded.points) > 1 else line.arm
        found[arm, line.why] = found.get((arm, line.why), 0) + line.runs
    return found


def show_plan(
    study: str, out: Path, replications: int | None, only: Sequence[str], sets: Sequence[str], as_json: bool
) -> int:
    """Print the plan of a study's runs. Makes none and writes nothing."""
    import scenarios
    from standfast.experiments.plan import make_plan
    from standfast.experiments.pool import cores

    loaded = scenarios.load(study, sets)
    plan = make_plan(loaded, out, replications, only=only)
    workers = min(cores(), max(plan.todo, 1))
    seconds = plan.estimate_s(workers)
    memory = workers * worker_mib(loaded.resolve(loaded.arms[0]).study) + (COORDINATOR_MIB if workers > 1 else 0)
    if as_json:
        counts = {"runs": plan.different, "done": plan.done, "todo": plan.todo, "at_most": plan.at_most}
        needs = {"workers": workers, "seconds": seconds, "memory_mib": memory}
        lines = [asdict(line) for line in plan.lines]
        print_json({"study": plan.name, "folder": str(plan.folder), **counts, **needs, "lines": lines})
        return DONE
    more = f", up to {plan.at_most} while verdicts stay open" if plan.at_most > plan.different else ""
    print(f"{plan.name}: {counted(plan.different, 'run')}{more}; {plan.done} done, {plan.todo} to run")
    told = plan_lines(plan, loaded)
    widest = max((len(arm) for arm, _ in told), default=0)
    for (arm, why), runs in told.items():
        print(f"  {arm:<{widest}}  {runs:>6}  {why or 'done'}")
    if len(plan.runs) > plan.different:
        print(f"{len(plan.runs) - plan.different} of them are the same in another arm and run once")
    if plan.todo:
        time = f"about {duration(seconds)}" if seconds is not None else "time unknown until the first run"
        print(f"with {counted(workers, 'worker')}: {time}, about {memory} MiB of memory")
    return DONE
