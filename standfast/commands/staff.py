"""`standfast staff`: the cheapest shifts that keep every promise of a hall, what binds them, what less would cost."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from standfast.commands.exits import DONE, INTERRUPTED, TARGET_MISSED, TERMINATED, Refused, Terminated, print_json, say
from standfast.commands.progress import ProgressShown
from standfast.commands.run import load_study

if TYPE_CHECKING:
    from outputs.findings import Language
    from outputs.staffing_findings import StaffingFindings

FOLDER = "staffing"
"""Folder of the files, in that of the study's results."""

PIPE_COLUMNS = 150
"""Width where stdout is no terminal and COLUMNS says nothing."""


def staff_study(
    study: str,
    halls: Sequence[str],
    days: Sequence[str],
    arm: str | None,
    out: Path,
    workers: int | None,
    trade_offs: bool | None,
    kiosks: bool,
    revenue: bool,
    sets: Sequence[str],
    as_json: bool,
    language: Language,
) -> int:
    """Plan the halls of a study, print the plans, write tables, pictures and page; TARGET_MISSED where one has none."""
    from outputs.staffing_decisions import why_sentence
    from outputs.staffing_tables import told_staffing
    from standfast.experiments.pool import cores
    from standfast.staffing.plans import NothingToStaff, plan_study
    from standfast.staffing.shown import findings_of

    loaded = load_study(study, sets, arm, None)
    arm = arm or loaded.compare.baseline
    model = loaded.resolve(arm, loaded.points[0].name).study
    try:
        with ProgressShown(loaded.name, "plan") as progress:

            def told(done: int, planned: int, what: str, left_s: float | None) -> None:
                progress.noun = what or "plan"
                progress(done, planned, "", left_s)

            plans = plan_study(
                model,
                halls,
                days,
                workers=workers or cores(),
                trade_offs=trade_offs,
                kiosks=kiosks,
                revenue=revenue,
                progress=told,
            )
    except NothingToStaff as fault:
        raise Refused(str(fault), fault.help) from None
    except KeyboardInterrupt as stop:
        terminated = isinstance(stop, Terminated) or getattr(stop, "terminated", False)
        say(f"{'terminated' if terminated else 'interrupted'}: plans are kept when all are made, run it again")
        return TERMINATED if terminated else INTERRUPTED
    found = findings_of(loaded, arm, plans, language)
    written = write_plans(found, out)
    if as_json:
        print_json(told_staffing(found) | {"arm": arm, "files": [str(path) for path in written]})
    else:
        print_found(found, written[0])
    for plan in found.plans:
        if not plan.found:
            why = why_sentence("en", plan.why) if plan.why is not None else ""
            say(f"target missed: {plan.hall}, {plan.day}: {why}")
    return DONE if found.all_found else TARGET_MISSED


def write_plans(found: StaffingFindings, out: Path) -> list[Path]:
    """Write page, tables and pictures below the study's results; the page comes first. Raises StoreError."""
    from outputs.staffing_report import write_staffing
    from standfast.experiments.folder import store_errors
    from standfast.experiments.store import study_folder

    folder = study_folder(out, found.name) / FOLDER
    with store_errors(folder, "write"):
        return write_staffing(found, folder)


def print_found(found: StaffingFindings, page: Path) -> None:
    """Print the plans on stdout, then where the page is."""
    from rich.console import Console

    from outputs.language import say as words
    from outputs.staffing_terminal import DETAILS_OF, print_staffing

    wide = None if sys.stdout.isatty() or "COLUMNS" in os.environ else PIPE_COLUMNS
    print_staffing(found, Console(file=sys.stdout, width=wide, highlight=False))
    print()
    if len(found.plans) > DETAILS_OF:
        print(words(found.language, "staff.selected", path=page))
    else:
        print(words(found.language, "staff.written", path=page))
