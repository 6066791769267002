"""The main job: run what is missing, look, extend the arms whose verdicts are open, and hand over what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.kpis import find_kpi
from standfast.experiments.best_rows import best_rows
from standfast.experiments.campaign import Campaign, Failure, Progress, conducting
from standfast.experiments.chosen import chosen, narrowed
from standfast.experiments.decision import Rule, Standing, look
from standfast.experiments.drawn_checks import checks_frames
from standfast.experiments.drawn_points import compare_draws, over_draws_frame
from standfast.experiments.plan import Variant, resolve_variants
from standfast.experiments.sources import study_sources
from standfast.experiments.store import Damage
from standfast.experiments.verdicts import level_per_interval, looks
from standfast.experiments.worker import Simulate

if TYPE_CHECKING:
    import pandas as pd

    from outputs import Findings
    from outputs.partings import Parting
    from scenarios import Compare, LoadedStudy


class RunsFailed(Exception):
    """So many runs failed that nothing can be compared. `failures` says which and why."""

    def __init__(self, failures: Sequence[Failure]) -> None:
        first = failures[0]
        where = f"arm {first.arm}, point {first.point}, replication {first.replication}"
        super().__init__(
            f"{len(failures)} runs failed and nothing can be compared; the first of them, {where}: {first.reason}"
        )
        self.failures = tuple(failures)


@dataclass(frozen=True)
class Comparison:
    """What a comparison found and did.

    Attributes
    ----------
    findings: everything that outputs show.
    ran, kept: different runs made now, and found finished in the store.
    failures: runs that gave no result; their pairs are left out of the differences.
    set_aside: chunks found damaged and moved to `quarantine/`; what they held has been run again.
    folder: the study's results folder.
    """

    findings: Findings
    ran: int
    kept: int
    failures: tuple[Failure, ...]
    set_aside: tuple[Damage, ...]
    folder: Path

    @property
    def failed(self) -> int:
        """Number of runs that gave no result."""
        return len(self.failures)


def compare(
    loaded: LoadedStudy,
    out: Path,
    workers: int | str | None = None,
    replications: int | None = None,
    progress: Progress | None = None,
    *,
    only: Sequence[str] = (),
    language: str = "en",
    table: Path | None = None,
    simulate: Simulate | None = None,
    engine: str | None = None,
) -> Comparison:
    """Compare the arms of a study with its baseline, at every sweep point, under common random numbers.

    Parameters
    ----------
    out: folder below which the study has its results folder.
    workers: processes; None for one a core, 1 to run in this process; or the address of a Dask scheduler.
    replications: exactly so many of every arm and a single look; None for the looks that the study asks for.
    only: arms and points to keep to, beside the baseline at these points, as `standfast.experiments.chosen` reads them.
    progress: called with (runs done, runs planned so far, arm, seconds left or None) after each run.
    table: where to write the table of runs; without it, `kpis.parquet` of the results folder.
    simulate, engine: the simulator, importable by workers, and its version; those of `sim` if not given.

    Draws of the beliefs (`sweep.sample`) get as many runs as the first look, no more, and are told together beside what
    holds at the best values.

    Each interval is at 1 − α / (looks × arms × metrics), with all arms of the study also under `only`, so that arms
    looked at one after the other promise no less; sweep points are families of their own. Raises StudyErrors and
    NothingSelected before anything is written; StoreError, Stopped, NoData, RunsFailed, WorkersCannotStart, with
    finished runs kept.
    """
    from standfast.experiments.findings import assemble, decision_frame

    of_sim = engine is None  # another simulator tells no events
    simulate, engine = _simulator(simulate, engine)
    if replications is not None and replications < 1:
        raise ValueError(f"replications must be at least 1, not {replications}")
    plan = loaded.compare
    variants = resolve_variants(loaded)
    wanted = chosen(only, variants)
    arms = tuple(arm for arm in loaded.arms if arm != plan.baseline)
    rules = judged(plan)
    schedule = (replications,) if replications else looks(plan.initial, plan.maximum)
    level = level_per_interval(plan.confidence, len(schedule), len(arms), len(rules))
    if only:
        loaded = narrowed(loaded, wanted)
    written = tuple(point for point in loaded.points if point.draw is None) or loaded.points
    draws = tuple(point for point in loaded.points if point not in written)
    points = tuple(point.name for point in written)
    sides = wanted | {(plan.baseline, point.name) for point in loaded.points}
    variants = {pair: variant for pair, variant in variants.items() if pair in sides}

    sources = study_sources(loaded)
    with conducting(variants, Path(out), loaded.name, simulate, engine, workers, progress, sources) as campaign:
        asked = {point: tuple(arm for arm in arms if (arm, point) in wanted) for point in points}
        standings = {point: Standing(open_arms=asked[point]) for point in points}
        reached = {pair: 0 for pair in variants if pair[1] in points}
        for number in schedule:
            going = [point for point in points if standings[point].open_arms or number == schedule[0]]
            open_sides = {(arm, point) for point in going for arm in (plan.baseline, *standings[point].open_arms)}
            campaign.ensure([variant for variant in variants if variant in open_sides], number)
            reached |= dict.fromkeys(open_sides, number)
            for point in going:
                before = standings[point]
                values = {arm: campaign.values(arm, point, number, plan.metrics) for arm in before.open_arms}
                baseline = campaign.values(plan.baseline, point, number, plan.metrics)
                standings[point] = look(before, values, baseline, rules, level)
        failures = campaign.failures
        rows = [row for standing in standings.values() for row in standing.rows.values()]
        if failures and (not any(campaign.labels()) or (rows and all(row.difference.n == 0 for row in rows))):
            raise RunsFailed(failures)
        best = best_rows(campaign, plan, reached, schedule)
        drawn = None
        if draws:
            one_look = level_per_interval(plan.confidence, 1, len(arms), len(rules))
            drawn = compare_draws(campaign, plan, draws, wanted, arms, rules, schedule[0], one_look)
        failures = campaign.failures
        table = campaign.write_table(table)
        campaign.stop_if_asked()
        shown = replace(loaded, points=written) if draws else loaded
        findings = replace(
            assemble(shown, variants, standings, table, language, engine, campaign.events()),
            best=best,
            partings=_partings(campaign, shown, variants, engine, find=of_sim),
            over_draws=over_draws_frame(drawn, plan.metrics, rules) if drawn else None,
            drawn_decision=decision_frame(replace(loaded, points=draws), drawn.standings) if drawn else None,
        )
        if drawn and plan.checks:
            checks, told_apart = checks_frames(loaded, drawn, plan.confidence)
            findings = replace(findings, checks=checks, separations=told_apart)
        return Comparison(findings, campaign.ran, campaign.kept, failures, campaign.set_aside, campaign.folder)


def judged(plan: Compare) -> list[Rule]:
    """How each metric of a study is judged, in its order."""
    return [
        Rule(
            metric=each.key,
            goal=each.goal,
            indifference=each.indifference,
            half_width=plan.half_width.get(each.key),
            yes_or_no=(kpi := find_kpi(each.kpi)) is not None and kpi.yes_or_no,
        )
        for each in plan.metrics
    ]


def run_one(
    loaded: LoadedStudy,
    arm: str | None = None,
    point: str | None = None,
    replication: int = 0,
    trace: Any = None,
    *,
    simulate: Any = None,
) -> pd.DataFrame:
    """Run one replication in this process and return its rows with the columns of `kpis.parquet`. Stores nothing.

    `arm` is the baseline and `point` the first one if not given; `trace` is what `sim.simulate` takes.
    """
    if simulate is None:
        from sim import simulate
    arm = loaded.compare.baseline if arm is None else arm
    point = loaded.points[0].name if point is None else point
    frame: pd.DataFrame = simulate(loaded.resolve(arm, point).study, replication, trace=trace)
    frame.insert(0, "arm", arm)
    frame.insert(1, "point", point)
    frame.insert(2, "replication", replication)
    return frame


def _partings(
    campaign: Campaign,
    loaded: LoadedStudy,
    variants: Mapping[tuple[str, str], Variant],
    engine: str,
    *,
    find: bool,
) -> tuple[Parting, ...]:
    """Where each arm parts from the baseline at the first point; without `find`, of what was found before."""
    from standfast.experiments.parting import partings

    def each_day(day: int) -> None:
        campaign.stop_if_asked()

    point, baseline = loaded.points[0].name, loaded.compare.baseline
    return partings(variants, baseline, point, campaign.folder, engine, find=find, each_day=each_day)


def _simulator(simulate: Simulate | None, engine: str | None) -> tuple[Simulate, str]:
    if simulate is not None and engine is not None:
        return simulate, engine
    import sim

    return simulate or sim.simulate, engine or sim.ENGINE_VERSION
