"""`standfast sensitivity`: which numbers decide, where the choice turns, what to measure first, how large a pilot."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from standfast.commands.exits import DONE, SOME_RUNS_FAILED, Refused, counted, print_json, say, unknown
from standfast.commands.progress import ProgressShown
from standfast.commands.run import load_study

if TYPE_CHECKING:
    from outputs.findings import Language
    from outputs.sensitivity_findings import SensitivityFindings
    from standfast.uncertainty.budget import Budget
    from standfast.uncertainty.sensitivity import Method

PIPE_COLUMNS = 150
"""Width where stdout is no terminal and COLUMNS says nothing."""


def study_sensitivity(
    study: str,
    arm: str | None,
    metric: str | None,
    method: str,
    paths: Sequence[str],
    draws: int | None,
    replications: int | None,
    top: int | None,
    point: str | None,
    out: Path,
    workers: int | str | None,
    engine: str,
    sets: Sequence[str],
    as_json: bool,
    language: Language,
) -> int:
    """Find what a study's choice hangs on, print it, write page and tables; see `standfast.cli.sensitivity`."""
    from outputs.sensitivity_report import told_sensitivity
    from standfast.commands.compare import simulator, tell_trouble
    from standfast.uncertainty.sensitivity import DRAWS, TOP, NothingToVary, sensitivity
    from standfast.uncertainty.shown import findings_of

    loaded = load_study(study, sets, arm, point)
    keys = [each.key for each in loaded.compare.metrics]
    if metric is not None and metric not in keys:
        raise unknown("metric of the comparison", metric, keys)
    try:
        with ProgressShown(loaded.name) as progress:
            found = sensitivity(
                loaded,
                out,
                arm,
                metric,
                method=cast("Method", method),
                paths=paths,
                draws=DRAWS if draws is None else draws,
                replications=replications,
                top=TOP if top is None else top,
                point=point,
                workers=workers,
                progress=progress,
                tell=lambda budget: say(budget_words(budget, language)),
                simulate=simulator(engine),
            )
    except NothingToVary as fault:
        raise Refused(str(fault), fault.help) from None
    shown = findings_of(found, language)
    written = write_page(shown, out)
    if as_json:
        print_json(told_sensitivity(shown) | {"files": [str(path) for path in written]})
    else:
        print_found(shown, written[0])
        laboratory = found.laboratory
        print(f"{counted(laboratory.ran, 'run')} made, {laboratory.kept} kept from before")
    tell_trouble(found.laboratory.damaged, found.laboratory.failures)
    return SOME_RUNS_FAILED if found.laboratory.failures else DONE


def budget_words(budget: Budget, language: Language) -> str:
    """How many runs there will be at most, stage by stage, and how to make it less."""
    from outputs.language import say as words

    stages = [
        words(language, f"sens.stage.{stage.name}", runs=f"{stage.runs:,}", draws=stage.draws)
        if stage.name == "draws"
        else words(language, f"sens.stage.{stage.name}", runs=f"{stage.runs:,}")
        for stage in budget.stages
    ]
    return words(language, "sens.budget", runs=f"{budget.runs:,}", stages=words(language, "join.list").join(stages))


def write_page(found: SensitivityFindings, out: Path) -> list[Path]:
    """Write page, tables and pictures into the study's folder; the page comes first. Raises StoreError."""
    from outputs.sensitivity_report import write_sensitivity
    from standfast.experiments.folder import store_errors
    from standfast.experiments.store import study_folder

    folder = study_folder(out, found.name)
    with store_errors(folder, "write"):
        return write_sensitivity(found, folder)


def print_found(found: SensitivityFindings, page: Path) -> None:
    """Print the findings on stdout, then where the page is."""
    from rich.console import Console

    from outputs.language import say as words
    from outputs.sensitivity_terminal import print_sensitivity

    wide = None if sys.stdout.isatty() or "COLUMNS" in os.environ else PIPE_COLUMNS
    print_sensitivity(found, Console(file=sys.stdout, width=wide, highlight=False))
    print()
    print(words(found.language, "sens.written", path=page))
