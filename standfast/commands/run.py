"""`standfast run`: make the runs that are missing, or show one run, event by event if wanted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from standfast.commands.compare import failure_row, simulator, tell_trouble
from standfast.commands.exits import DONE, REPLAY_DIFFERS, SOME_RUNS_FAILED, Refused, counted, print_json, say, unknown
from standfast.commands.progress import ProgressShown

if TYPE_CHECKING:
    import pandas as pd

    from scenarios import LoadedStudy


def run_study(
    study: str,
    arm: str | None,
    point: str | None,
    out: Path,
    only: Sequence[str],
    replications: int | None,
    workers: int | str | None,
    engine: str,
    sets: Sequence[str],
    as_json: bool,
) -> int:
    """Make the missing runs of a study and keep them: all, or those of `only`, or of one arm or point by its name."""
    from standfast.experiments.runs import make_runs

    loaded = load_study(study, sets, arm, point)
    if arm is not None or point is not None:
        if only:
            raise Refused("--only says already which runs", f"leave out --arm and --point: --only {only[0]}")
        only = (f"{arm or '*'}@{point or '*'}",)
    with ProgressShown(loaded.name) as progress:
        made = make_runs(loaded, out, workers, replications, progress, only=only, simulate=simulator(engine))
    if as_json:
        counts = {"made": made.ran, "kept": made.kept, "failed": len(made.failures)}
        failures = [failure_row(failure) for failure in made.failures]
        print_json({"study": loaded.name, "runs": counts, "failures": failures, "folder": str(made.folder)})
    else:
        print(f"{counted(made.ran, 'run')} made, {made.kept} kept from before, in {made.folder}")
    tell_trouble(made.set_aside, made.failures)
    return SOME_RUNS_FAILED if made.failures else DONE


def show_run(
    study: str,
    arm: str | None,
    point: str | None,
    replication: int,
    trace: bool,
    out: Path,
    only: Sequence[str],
    engine: str,
    sets: Sequence[str],
    as_json: bool,
) -> int:
    """Make one run here and print what it measured, or with `trace` every event of it. Keeps nothing.

    Then say whether its events are those of the same run where `out` keeps it; 1 where they are not.
    """
    from sim import ModelError
    from standfast.experiments.compare import run_one
    from standfast.experiments.replay import replayed
    from standfast.experiments.worker import digest_of

    if only:
        raise Refused("one run is shown, and --only names many", "name it with --arm and --point")
    if trace and as_json:
        raise Refused("a trace is a list of events to read, and --json has no form for it", "leave out one of the two")
    if trace and engine == "compiled":
        raise Refused("the compiled engine tells no events", "leave out --engine: the SimPy engine gives the same run")
    loaded = load_study(study, sets, arm, point)
    try:
        frame = run_one(loaded, arm, point, replication, print if trace else None, simulate=simulator(engine))
    except ModelError as fault:
        say(f"error: the run failed: {fault}")
        return SOME_RUNS_FAILED
    replay = replayed(loaded, arm, point, replication, digest_of(frame), out)
    if as_json:
        print_json(frame.to_dict("records"))
    elif not trace:
        _print_kpis(frame)
        print(f"\n{replay.told()}")
    if as_json or trace:  # stdout is for the rows or the events alone
        say(replay.told())
    return REPLAY_DIFFERS if replay.verdict == "different" else DONE


def load_study(study: str, sets: Sequence[str], arm: str | None, point: str | None) -> LoadedStudy:
    """Load a study and refuse an arm or sweep point that it does not have; None is any."""
    import scenarios

    loaded = scenarios.load(study, sets)
    if arm is not None and arm not in loaded.arms:
        raise unknown("arm", arm, loaded.arms)
    points = [each.name for each in loaded.points]
    if point is not None and point not in points:
        raise unknown("sweep point", point, points)
    return loaded


def _print_kpis(frame: pd.DataFrame) -> None:
    from outputs.quantities import fit_scale

    whole = frame[frame["period"] == "all"]
    scopes, kpis = whole["scope"].str.len().max(), whole["kpi"].str.len().max()
    for scope, kpi, value, unit in whole[["scope", "kpi", "value", "unit"]].itertuples(index=False):
        shown = fit_scale("en", str(unit), [float(value)], []).value(float(value))
        print(f"{scope:<{scopes}}  {kpi:<{kpis}}  {shown}")
