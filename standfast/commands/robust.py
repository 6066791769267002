"""`standfast robust`: our arms under every playbook of rivals, the least regret, and how a playbook shows itself."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from standfast.commands.compare import failure_row, tell_trouble
from standfast.commands.exits import DONE, SOME_RUNS_FAILED, Refused, counted, print_json
from standfast.commands.progress import ProgressShown

if TYPE_CHECKING:
    from outputs.findings import Language
    from outputs.robust_findings import RobustFindings

FOLDER = "robust"
"""Folder of the files, in that of the study's results."""

PIPE_COLUMNS = 150
"""Width where stdout is no terminal and COLUMNS says nothing."""


def play_study(
    study: str,
    playbooks: Sequence[str],
    metric: str | None,
    point: str | None,
    replications: int | None,
    out: Path,
    workers: int | str | None,
    sets: Sequence[str],
    as_json: bool,
    language: Language,
) -> int:
    """Hold a study's arms against the playbooks, print what was found, write page, tables and pictures."""
    from outputs.language import say as words
    from outputs.robust_report import write_robust
    from outputs.robust_tables import told_robust
    from standfast.experiments.folder import store_errors
    from standfast.uncertainty.playbooks import NotPlayable
    from standfast.uncertainty.war_game import REPLICATIONS, play

    try:
        with ProgressShown(Path(study).stem) as progress:
            game = play(
                study,
                out,
                playbooks,
                metric,
                point=point,
                replications=replications or REPLICATIONS,
                workers=workers,
                sets=sets,
                language=language,
                progress=progress,
            )
    except NotPlayable as fault:
        raise Refused(str(fault), fault.help) from None
    found = game.findings
    folder = game.folder / FOLDER
    with store_errors(folder, "write"):
        written = write_robust(found, folder)
    if as_json:
        runs = {"made": game.ran, "kept": game.kept, "failed": len(game.failures)}
        told = {"runs": runs, "failures": [failure_row(each) for each in game.failures]}
        print_json(told_robust(found) | told | {"files": [str(path) for path in written]})
    else:
        print_found(found)
        print()
        print(words(found.language, "robust.written", path=written[0]))
        print(f"{counted(game.ran, 'run')} made, {game.kept} kept from before")
    tell_trouble(game.set_aside, game.failures)
    return SOME_RUNS_FAILED if game.failures else DONE


def print_found(found: RobustFindings) -> None:
    """Print a war game on stdout."""
    from rich.console import Console

    from outputs.robust_terminal import print_robust

    wide = None if sys.stdout.isatty() or "COLUMNS" in os.environ else PIPE_COLUMNS
    print_robust(found, Console(file=sys.stdout, width=wide, highlight=False))
