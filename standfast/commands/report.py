"""`standfast report`: write the report again from the runs that are kept. It runs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from standfast.commands.compare import print_found, runs_are_kept, told, write_outputs
from standfast.commands.exits import DONE, Refused, counted, print_json, say


def rewrite_report(
    study: str, out: Path, replications: int | None, sets: Sequence[str], as_json: bool, language: str
) -> int:
    """Decide and report from kept runs alone. Raises Refused where none is kept."""
    import scenarios
    from sim import ENGINE_VERSION
    from standfast.experiments.compare import RunsFailed, compare
    from standfast.experiments.kept import run_nothing
    from standfast.experiments.plan import make_plan

    loaded = scenarios.load(study, sets)
    help = f"run it first: standfast compare {study}"
    plan = make_plan(loaded, out, replications)
    if not plan.done:
        raise Refused(f"no run of {loaded.name} as it stands now is kept in {plan.folder}", help)
    try:
        comparison = compare(
            loaded, out, 1, replications, language=language, simulate=run_nothing, engine=ENGINE_VERSION
        )
    except RunsFailed:
        raise Refused(f"too few runs of {loaded.name} are kept in {plan.folder} to compare", help) from None
    with runs_are_kept(comparison):
        written = write_outputs(comparison)
        if as_json:
            print_json(told(comparison, written))
        else:
            print_found(comparison.findings, written[0], [f"{counted(comparison.kept, 'run')} kept, none made"])
    if plan.todo:
        say(f"warning: {plan.todo} of the first {counted(plan.different, 'run')} are missing; {help}")
    elif comparison.failed:
        say(f"warning: runs that open verdicts ask for are missing; go on with: standfast compare {study}")
    return DONE
