"""`standfast why`: who differs between an arm and the baseline, by which paths, and ten of their stories."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

from standfast.commands.exits import (
    DONE,
    INTERRUPTED,
    SOME_RUNS_FAILED,
    TERMINATED,
    Refused,
    Terminated,
    print_json,
    say,
)
from standfast.commands.progress import ProgressShown
from standfast.commands.run import load_study

if TYPE_CHECKING:
    from outputs.differences import Differences
    from outputs.findings import Language
    from outputs.partings import Parting
    from scenarios import LoadedStudy
    from sim import Engine

PIPE_COLUMNS = 160
"""Width where stdout is no terminal and COLUMNS says nothing: paths are long."""


def tell_why(
    study: str,
    arm: str,
    point: str | None,
    out: Path,
    replications: int,
    engine: str,
    sets: Sequence[str],
    as_json: bool,
    language: Language,
) -> int:
    """Print the first event that differs, who differs and why, and write `why-ARM.csv` beside the study's results.

    That nobody differs is an answer like any other: it says so and is done. Of halls alone the event is all there is.
    """
    from outputs.differences import told_differences
    from outputs.partings import told_parting
    from sim import ModelError
    from standfast.experiments.differing import OtherPeople
    from standfast.experiments.parting import OtherDays, parting
    from standfast.experiments.why import NoMarket, SameArm, why

    loaded = load_study(study, sets, arm, point)
    found: Differences | None = None
    try:
        with ProgressShown(loaded.name) as progress:
            with suppress(NoMarket):
                found = why(loaded, arm, point, replications, progress, engine=engine)
            parted = parting(loaded, arm, point, engine=cast("Engine", engine))
    except SameArm as fault:
        others = ", ".join(name for name in loaded.arms if name != arm)
        raise Refused(str(fault), f"name another arm: {others}" if others else "the study has no other arm") from None
    except OtherDays as fault:
        raise Refused(str(fault), "compare arms of equal `start` and `horizon`") from None
    except OtherPeople as fault:
        raise Refused(str(fault), "compare arms of equal `population.simulate`") from None
    except ModelError as fault:
        say(f"error: the run failed: {fault}")
        return SOME_RUNS_FAILED
    except KeyboardInterrupt as stop:
        terminated = isinstance(stop, Terminated)
        say(f"{'terminated' if terminated else 'interrupted'}: `why` keeps nothing, run it again")
        return TERMINATED if terminated else INTERRUPTED
    words = parting_sentences(loaded, parted, language)
    told = {"parting": told_parting(parted) | {"words": words}}
    if found is None:
        if as_json:
            print_json({"study": loaded.name, "arm": arm} | told)
        else:
            print(words)
        return DONE
    file = write_differences(found, out)
    if as_json:
        print_json(told_differences(found, language) | told | {"file": str(file)})
    else:
        print_found(found, words, language, file)
    return DONE


def parting_sentences(loaded: LoadedStudy, parted: Parting, language: Language) -> str:
    """Where an arm parts from the baseline, in a few sentences."""
    from outputs.partings import parting_words
    from standfast.experiments.why import titles_of

    studies = [loaded.resolve(name, parted.point).study for name in (parted.baseline, parted.arm)]
    return parting_words(language, parted, titles_of(studies), loaded.arm_titles.get(parted.arm) or parted.arm)


def write_differences(found: Differences, out: Path) -> Path:
    """Write everybody who differs beside the study's results and return the file. Raises StoreError.

    Of a sweep, the name tells the point too.
    """
    from outputs.differences import differences_csv
    from scenarios.whole_files import write_whole
    from standfast.experiments.folder import folder_name, store_errors
    from standfast.experiments.store import study_folder

    point = f"-{folder_name(found.point)}" if found.points > 1 else ""
    path = study_folder(out, found.study) / f"why-{folder_name(found.arm)}{point}.csv"
    with store_errors(path, "write"):
        path.parent.mkdir(parents=True, exist_ok=True)
        return write_whole(path, differences_csv(found))


def print_found(found: Differences, parted: str, language: Language, file: Path) -> None:
    """Print tables, the first event that differs and stories on stdout, then where everybody who differs is listed."""
    from rich.console import Console
    from rich.text import Text

    from outputs.differences import print_differences
    from outputs.language import say as words

    wide = None if sys.stdout.isatty() or "COLUMNS" in os.environ else PIPE_COLUMNS
    console = Console(file=sys.stdout, width=wide, highlight=False)
    print_differences(found, console, language)
    console.print(Text(f"\n{words(language, 'parting.heading')}", "bold"))
    console.print(Text(parted))
    if len(found.who):
        print(words(language, "why.file", path=file))
