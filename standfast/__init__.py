"""Standfast from Python: load a study, compare its arms, run one replication, read results.

>>> import standfast as sf
>>> comparison = sf.compare("chengdu-halls", out="results")            # doctest: +SKIP
>>> comparison.findings.decision[["arm", "metric", "verdict"]]         # doctest: +SKIP

Importing this costs next to nothing: each function loads what it needs when called.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

    from outputs.differences import Differences
    from outputs.partings import Parting
    from outputs.sensitivity_findings import SensitivityFindings
    from outputs.staffing_findings import StaffingFindings
    from scenarios import LoadedStudy, Study
    from scenarios.differences import StudyDifferences
    from standfast.experiments.campaign import Progress
    from standfast.experiments.compare import Comparison
    from standfast.experiments.warm_up import WarmUp
    from standfast.uncertainty.war_game import WarGame
    from standfast.validation.rows import Row

__all__ = [
    "compare",
    "differences",
    "export",
    "load",
    "parting",
    "read",
    "robust",
    "run",
    "sensitivity",
    "simulate",
    "staff",
    "validate",
    "warm_up",
    "why",
]


def load(study: str | Path, sets: Sequence[str] = ()) -> LoadedStudy:
    """Load a study by path or library name; `sets` are `path=value` texts as for `--set`. Raises StudyErrors."""
    import scenarios

    return scenarios.load(study, sets)


def compare(
    study: str | Path | LoadedStudy,
    out: str | Path = "results",
    *,
    workers: int | str | None = None,
    replications: int | None = None,
    only: Sequence[str] = (),
    sets: Sequence[str] = (),
    language: str = "en",
    progress: Progress | None = None,
) -> Comparison:
    """Run what is missing of a study and decide between its arms; see `standfast.experiments.compare.compare`.

    Writes below `out`/NAME. Needs no `if __name__ == "__main__"` guard in the calling script.
    """
    from standfast.experiments.compare import compare as decide

    loaded = load(study, sets) if isinstance(study, (str, Path)) else study
    return decide(loaded, Path(out), workers, replications, progress, only=only, language=language)


def why(
    study: str | Path | LoadedStudy,
    arm: str,
    point: str | None = None,
    replications: int = 1,
    *,
    sets: Sequence[str] = (),
    engine: str = "auto",
    progress: Progress | None = None,
) -> Differences:
    """Find which subscribers differ between an arm and the baseline, and why; see `standfast.experiments.why.why`.

    `.who` is a frame of everybody who differs, `.paths` counts the ways in which lives part, `.story_texts()` tells ten
    of them. Stores nothing.
    """
    from standfast.experiments.why import why as ask

    loaded = load(study, sets) if isinstance(study, (str, Path)) else study
    return ask(loaded, arm, point, replications, progress, engine=engine)


def parting(
    study: str | Path | LoadedStudy,
    arm: str,
    point: str | None = None,
    replication: int = 0,
    *,
    sets: Sequence[str] = (),
) -> Parting:
    """Find the first event at which an arm parts from the baseline; see `standfast.experiments.parting.parting`.

    `.first` is that event in both arms, `.person` the first that a customer or subscriber meets with; None where the
    two never part. Stores nothing.
    """
    from standfast.experiments.parting import parting as find

    loaded = load(study, sets) if isinstance(study, (str, Path)) else study
    return find(loaded, arm, point, replication)


def differences(
    study: str | Path | LoadedStudy,
    other: str | Path | LoadedStudy | None = None,
    *,
    arm: str | None = None,
    point: str | None = None,
    other_arm: str | None = None,
    other_point: str | None = None,
    sets: Sequence[str] = (),
) -> StudyDifferences:
    """Find what differs between two studies, or two arms of one, value by value; see `scenarios.differences`.

    Without `other` it is the same study; without names, baselines and first points. `sets` change `study`. `.model` are
    the values that decide runs, with file and line of each side, `.notes` what decides none.
    """
    from scenarios.differences import differences as find

    here = load(study, sets) if isinstance(study, (str, Path)) else study
    there = here if other is None else load(other) if isinstance(other, (str, Path)) else other
    sides = ((here, arm, point), (there, other_arm, other_point))
    one, two = (of.resolve(a or of.compare.baseline, p or of.points[0].name) for of, a, p in sides)
    return find(one, two)


def run(
    study: str | Path | LoadedStudy,
    arm: str | None = None,
    point: str | None = None,
    replication: int = 0,
    *,
    sets: Sequence[str] = (),
    trace: Any = None,
) -> pd.DataFrame:
    """Run one replication here and return its KPI rows; stores nothing. The baseline and first point if not given."""
    from standfast.experiments.compare import run_one

    loaded = load(study, sets) if isinstance(study, (str, Path)) else study
    return run_one(loaded, arm, point, replication, trace)


def simulate(study: Study, replication: int, *, trace: Any = None) -> pd.DataFrame:
    """Run one replication of a resolved study: rows kpi, scope, period, value, unit, weight."""
    import sim

    return sim.simulate(study, replication, trace=trace)


def read(results: str | Path) -> pd.DataFrame:
    """Read a study's table of results: its folder below `out`, or the `kpis.parquet` in it.

    Columns arm, point, replication, kpi, scope, period, value, unit, weight; one row a run and KPI. FileNotFoundError
    where there are no results.
    """
    import outputs

    return outputs.read(results)


def export(
    study: str | Path | LoadedStudy,
    out: str | Path = "results",
    to: str | Path | None = None,
    *,
    format: Literal["csv", "xlsx"] | None = None,
    wide: bool = False,
    only: Sequence[str] = (),
    kpis: Sequence[str] = (),
    scopes: Sequence[str] = (),
    periods: Sequence[str] = (),
    replications: int | None = None,
    sets: Sequence[str] = (),
) -> tuple[Path, ...]:
    """Write the kept runs of a study as files for other programs; see `standfast.experiments.export.export`.

    Returns the files: KPIs first, then decision, assumptions and runs, or one workbook. `only` names `ARM`, `ARM@POINT`
    or `@POINT`; in it and in the names of KPIs, scopes and periods `*` stands for any text. Runs nothing. Raises
    `standfast.experiments.chosen.NothingSelected` where nothing is kept or chosen.
    """
    from standfast.experiments.export import export as write
    from standfast.experiments.kept import Selection

    loaded = load(study, sets) if isinstance(study, (str, Path)) else study
    place, rows = None if to is None else Path(to), Selection(tuple(kpis), tuple(scopes), tuple(periods))
    done = write(loaded, Path(out), place, format, wide=wide, only=only, selection=rows, replications=replications)
    return done.files


def staff(
    study: str | Path | LoadedStudy,
    halls: Sequence[str] = (),
    days: Sequence[str] = (),
    *,
    arm: str | None = None,
    workers: int = 1,
    frontier: bool | None = None,
    kiosks: bool = False,
    revenue: bool = False,
    sets: Sequence[str] = (),
    language: Literal["en", "zh"] = "en",
    progress: Progress | None = None,
) -> StaffingFindings:
    """Find the cheapest shifts that keep every promise of each hall and kind of day; see `standfast staff`.

    `.plans` holds one `DayPlan` for each, with `found` False where no plan keeps every promise. The frames of
    `outputs.staffing_tables` are made from it, and `outputs.staffing_report.write_staffing` writes page and tables.
    `revenue` adds what a counter fewer loses a month, by runs of the whole market, to the ledgers of its halls.
    Stores nothing itself. Raises `standfast.staffing.plans.NothingToStaff` for a study without halls or `staffing`.
    """
    from standfast.staffing.plans import plan_study
    from standfast.staffing.shown import findings_of

    loaded = load(study, sets) if isinstance(study, (str, Path)) else study
    arm = arm or loaded.compare.baseline
    model = loaded.resolve(arm, loaded.points[0].name).study
    plans = plan_study(
        model, halls, days, workers=workers, trade_offs=frontier, kiosks=kiosks, revenue=revenue, progress=progress
    )
    return findings_of(loaded, arm, plans, language)


def sensitivity(
    study: str | Path | LoadedStudy,
    out: str | Path = "results",
    arm: str | None = None,
    metric: str | None = None,
    *,
    method: Literal["morris", "sobol", "tornado"] = "morris",
    paths: Sequence[str] = (),
    draws: int = 64,
    replications: int | None = None,
    top: int = 8,
    point: str | None = None,
    workers: int | str | None = None,
    sets: Sequence[str] = (),
    language: Literal["en", "zh"] = "en",
    progress: Progress | None = None,
) -> SensitivityFindings:
    """Find which beliefs decide between an arm and the baseline; see `standfast sensitivity`.

    `.tornado`, `.break_evens`, `.information`, `.variance` and `.screening` are frames, `.pilot` the pilot for what to
    measure first; `outputs.sensitivity_report.write_sensitivity` writes page and tables. Runs are kept below `out`.
    Raises `standfast.uncertainty.sensitivity.NothingToVary` for a study without ranges.
    """
    from standfast.uncertainty.sensitivity import sensitivity as find
    from standfast.uncertainty.shown import findings_of

    loaded = load(study, sets) if isinstance(study, (str, Path)) else study
    found = find(
        loaded,
        Path(out),
        arm,
        metric,
        method=method,
        paths=paths,
        draws=draws,
        replications=replications,
        top=top,
        point=point,
        workers=workers,
        progress=progress,
    )
    return findings_of(found, language)


def robust(
    study: str | Path,
    playbooks: Sequence[str] = (),
    out: str | Path = "results",
    *,
    metric: str | None = None,
    point: str | None = None,
    replications: int = 10,
    workers: int | str | None = None,
    sets: Sequence[str] = (),
    language: Literal["en", "zh"] = "en",
    progress: Progress | None = None,
) -> WarGame:
    """Hold a study's arms against playbooks of the rivals; see `standfast.uncertainty.war_game.play`.

    `.findings` has values and regrets with intervals, the arm of the least worst regret and the signals;
    `outputs.robust_report.write_robust` writes page and tables. Keeps its runs below `out`/NAME. Raises
    `standfast.uncertainty.playbooks.NotPlayable` for a study without a market.
    """
    from standfast.uncertainty.war_game import play

    return play(
        study,
        Path(out),
        playbooks,
        metric,
        point=point,
        replications=replications,
        workers=workers,
        sets=sets,
        language=language,
        progress=progress,
    )


def validate(full: bool = False, workers: int | None = None, progress: Progress | None = None) -> tuple[Row, ...]:
    """Measure this installation against known answers, a row each; `row.misses` says where they differ.

    See `standfast.validation.pack.validate`. Needs no `if __name__ == "__main__"` guard in the calling script.
    """
    from standfast.validation.pack import validate as measure

    return measure(full, workers, progress)


def warm_up(
    study: str | Path | LoadedStudy,
    arm: str | None = None,
    point: str | None = None,
    replications: int = 5,
    *,
    sets: Sequence[str] = (),
) -> WarmUp:
    """Find the warm-up that halls which never close need, by MSER over pilot runs; see
    `standfast.experiments.warm_up.find_warm_up`.

    `.text` is what to write into the study, None where a longer run is needed; `.halls` says why, and has the series.
    Stores nothing.
    """
    from standfast.experiments.warm_up import find_warm_up

    loaded = load(study, sets) if isinstance(study, (str, Path)) else study
    return find_warm_up(loaded, arm, point, replications)
