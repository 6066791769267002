"""`standfast export`: kept runs, decision and assumptions as CSV files or one workbook. It runs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from standfast.commands.exits import DONE, Refused, counted, print_json, say

if TYPE_CHECKING:
    from standfast.experiments.export import Format
    from standfast.experiments.kept import Selection


def export_study(
    study: str,
    out: Path,
    to: Path | None,
    form: str | None,
    wide: bool,
    only: Sequence[str],
    selection: Selection,
    replications: int | None,
    sets: Sequence[str],
    as_json: bool,
) -> int:
    """Export what is kept of a study, and say what was written. Raises NothingSelected where nothing is."""
    import scenarios
    from outputs.export_files import TooLarge
    from standfast.experiments.export import WrongTarget, export

    loaded = scenarios.load(study, sets)
    try:
        kind = cast("Format | None", form)
        done = export(loaded, out, to, kind, wide=wide, only=only, selection=selection, replications=replications)
    except (TooLarge, WrongTarget) as fault:
        raise Refused(str(fault), fault.help) from None
    if as_json:
        files = [str(path) for path in done.files]
        told = {"study": loaded.name, "runs": done.runs, "rows": done.rows, "files": files}
        print_json(told | {"undecided": done.undecided})
    else:
        print(f"{counted(done.runs, 'run')}, {done.rows:,} rows; none made")
        for path in done.files:
            print(path)
    for damage in done.damaged:
        say(
            f"warning: {damage.chunk} is damaged ({damage.why}) and left out; the next command that runs makes it again"
        )
    if done.undecided:
        say(f"warning: no decision is exported: {done.undecided}")
    return DONE
