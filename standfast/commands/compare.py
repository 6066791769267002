"""`standfast compare`: run what is missing, print the decision, write the report. `report` shares all but the runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from standfast.commands.exits import DONE, SOME_RUNS_FAILED, TARGET_MISSED, Terminated, counted, print_json, say
from standfast.commands.progress import ProgressShown
from standfast.commands.target import Missed, missed_targets, read_targets

if TYPE_CHECKING:
    from outputs import Findings
    from standfast.experiments.campaign import Failure
    from standfast.experiments.compare import Comparison
    from standfast.experiments.store import Damage
    from standfast.experiments.worker import Simulate

FAILURES_TOLD = 5
"""So many failed runs are told one by one."""

PIPE_COLUMNS = 120
"""Width of the decision where stdout is no terminal and COLUMNS says nothing."""


def compare_study(
    study: str,
    out: Path,
    only: Sequence[str],
    replications: int | None,
    workers: int | str | None,
    engine: str,
    sets: Sequence[str],
    as_json: bool,
    language: str,
    fail_if: Sequence[str],
) -> int:
    """Compare a study's arms and return the exit code; see `standfast.cli.compare` for the options."""
    import scenarios
    from outputs.quantities import fit_scale
    from standfast.experiments.compare import compare

    loaded = scenarios.load(study, sets)
    targets = read_targets(fail_if, loaded)
    with ProgressShown(loaded.name) as progress:
        comparison = compare(
            loaded, out, workers, replications, progress, only=only, language=language, simulate=simulator(engine)
        )
    with runs_are_kept(comparison):
        written = write_outputs(comparison)
        missed = missed_targets(targets, comparison.findings)
        made = [f"{counted(comparison.ran, 'run')} made, {comparison.kept} kept from before"]
        if as_json:
            print_json(told(comparison, written) | {"missed": [missed_row(each) for each in missed]})
        else:
            print_found(comparison.findings, written[0], made)
    tell_trouble(comparison.set_aside, comparison.failures)
    for each in missed:
        found = fit_scale("en", each.target.metric.unit, [each.found], []).value(each.found)
        say(f"target missed: {each.target.text!r} holds for {each.arm}, point {each.point}: it is {found}")
    if comparison.failed:
        return SOME_RUNS_FAILED
    return TARGET_MISSED if missed else DONE


def simulator(engine: str) -> Simulate:
    """The simulator with that engine, in a form that workers can import."""
    from functools import partial
    from typing import Literal, cast

    import sim

    return partial(sim.simulate, engine=cast("Literal['auto', 'simpy', 'compiled']", engine))


def write_outputs(comparison: Comparison) -> list[Path]:
    """Write report, tables and figures into the study's folder; the report comes first."""
    from outputs import write_report

    return write_report(comparison.findings, comparison.folder)


def print_found(findings: Findings, report: Path, lines: Sequence[str]) -> None:
    """Print the decision on stdout, then where the report is, then `lines`."""
    from rich.console import Console

    from outputs import print_decision

    # A pipe has no width; rich would take 80 and break the table into two lines an arm.
    wide = None if sys.stdout.isatty() or "COLUMNS" in os.environ else PIPE_COLUMNS
    print_decision(findings, Console(file=sys.stdout, width=wide, highlight=False, soft_wrap=False))
    print(f"\nreport: {report}")
    for line in lines:
        print(line)


def told(comparison: Comparison, written: Sequence[Path]) -> dict[str, Any]:
    """A comparison as `--json` gives it: numbers are in the unit that stands beside them."""
    from outputs import recommend, verdict_sentence
    from outputs.partings import told_parting

    findings = comparison.findings
    return {
        "study": findings.name,
        "baseline": findings.baseline,
        "verdict": verdict_sentence(findings),
        "recommended": {point: recommend(findings, point).arm for point in findings.points},
        "decision": findings.decision.to_dict("records"),
        "best": findings.best.to_dict("records") if findings.best is not None else [],
        "over_draws": findings.over_draws.to_dict("records") if findings.over_draws is not None else [],
        "partings": [told_parting(each) for each in findings.partings],
        "replications": findings.replications,
        "runs": {"made": comparison.ran, "kept": comparison.kept, "failed": comparison.failed},
        "failures": [failure_row(each) for each in comparison.failures],
        "folder": str(comparison.folder),
        "files": [str(path) for path in written],
    }


def failure_row(failure: Failure) -> dict[str, Any]:
    """A failed run as `--json` gives it."""
    return {name: getattr(failure, name) for name in ("arm", "point", "replication", "reason")}


def missed_row(missed: Missed) -> dict[str, Any]:
    """A target that is missed as `--json` gives it."""
    metric = missed.target.metric
    found = {"metric": metric.key, "found": missed.found, "limit": missed.target.value, "unit": metric.unit}
    return {"target": missed.target.text, "arm": missed.arm, "point": missed.point, **found}


def tell_trouble(set_aside: Sequence[Damage], failures: Sequence[Failure]) -> None:
    """Say on stderr which chunks were set aside and which runs failed."""
    for damage in set_aside:
        say(f"warning: {damage.chunk} was damaged ({damage.why}) and set aside; its runs were made again")
    for failure in failures[:FAILURES_TOLD]:
        say(f"error: {failure.arm}, point {failure.point}, replication {failure.replication}: {failure.reason}")
    if failures:
        say(f"error: {counted(len(failures), 'run')} failed; the others are kept")


@contextmanager
def runs_are_kept(comparison: Comparison) -> Iterator[None]:
    """Let Ctrl-C after the runs say that they are kept, as it does while they are under way."""
    from standfast.experiments.stopping import Stopped

    try:
        yield
    except KeyboardInterrupt as stop:
        kept = comparison.ran + comparison.kept
        raise Stopped(kept, str(comparison.folder), isinstance(stop, Terminated)) from None
