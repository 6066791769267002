"""The command line: names, arguments and options. What a command does stands in `standfast.commands`.

Nothing heavy is imported here, and a command imports its own module only when it runs, so that help is quick.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial, wraps
from pathlib import Path
from typing import Annotated, Any, ParamSpec

import typer

from standfast.commands.exits import Refused, conduct

Options = ParamSpec("Options")


class Engine(StrEnum):
    """Which engine runs a study, with the same results. `auto` compiles where a run is long enough to gain by it."""

    auto = "auto"
    simpy = "simpy"
    compiled = "compiled"


class Language(StrEnum):
    """Language of reports and decisions."""

    en = "en"
    zh = "zh"


class TableFormat(StrEnum):
    """What tables are exported as."""

    csv = "csv"
    xlsx = "xlsx"


class Method(StrEnum):
    """How `sensitivity` finds the numbers that it looks at one by one."""

    morris = "morris"
    sobol = "sobol"
    tornado = "tornado"


class Kind(StrEnum):
    """What `calibrate` fits."""

    arrivals = "arrivals"
    service = "service"
    patience = "patience"
    staff = "staff"


Study = Annotated[str, typer.Argument(metavar="STUDY", help="A study file, or the name of a study of the library.")]
Out = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where results are kept, a folder for each study.")]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Set one value of the study, for every arm. Repeatable."),
]
Replications = Annotated[
    int | None,
    typer.Option(
        "--replications", metavar="N", min=1, help="Exactly N runs for each arm, not as many as the verdicts need."
    ),
]
Workers = Annotated[
    int | None, typer.Option("--workers", metavar="N", min=1, max=1024, help="Processes that run. Default: all cores.")
]
Cluster = Annotated[
    str | None,
    typer.Option("--cluster", metavar="ADDRESS", help="Run on a Dask cluster: the address of its scheduler."),
]
EngineChoice = Annotated[Engine, typer.Option("--engine", help="Engine that runs the study; same results.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Lang = Annotated[Language, typer.Option("--lang", help="Language of the decision and the report.")]
Arm = Annotated[str | None, typer.Option("--arm", metavar="ARM", help="One arm of the study.")]
Point = Annotated[str | None, typer.Option("--point", metavar="POINT", help="One point of the sweep.")]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only", metavar="ARM[@POINT]", help="Keep to these arms or sweep points; * is any text. Repeatable."
    ),
]

RESULTS = Path("results")
MY_STUDY = "my-study"

app = typer.Typer(
    name="standfast",
    help="Compare strategies of a telecom operator, in its market and its halls, by simulating them many times over.",
    epilog="Exit codes: 0 done, 1 some runs failed or a known answer is missed, 2 usage or invalid study, 3 a target "
    "is missed, 4 disk or store trouble, 5 nothing selected, 70 a fault of ours, 130 interrupted, 143 terminated.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # rich's help costs 0.25 s of start-up
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def guarded(command: Callable[Options, int]) -> Callable[Options, None]:
    """Make a function that returns an exit code into a command that ends the way `standfast.commands.exits` says."""

    @wraps(command)
    def ended(*args: Options.args, **kwargs: Options.kwargs) -> None:
        raise typer.Exit(conduct(partial(command, *args, **kwargs), as_json=kwargs.get("json") is True))

    return ended


def hands(workers: int | None, cluster: str | None) -> int | str | None:
    """Who makes the runs, as the functions behind the commands take it: so many processes, or a cluster's scheduler."""
    if workers is not None and cluster is not None:
        raise Refused("--cluster says already who runs", "leave out --workers")
    return cluster or workers


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"standfast {version('standfast')}")
        raise typer.Exit


@app.callback()
def standfast(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command()
@guarded
def init(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Name of the study; the file is NAME.yaml.")] = MY_STUDY,
) -> int:
    """Write a commented study to start from."""
    from standfast.commands.init import write_study

    return write_study(name)


@app.command()
@guarded
def check(study: Study, sets: Sets = None, json: Json = False) -> int:
    """Say what is wrong with a study, or what its numbers rest on."""
    from standfast.commands.check import check_study

    return check_study(study, sets or (), json)


@app.command()
@guarded
def show(
    study: Study,
    arm: Arm = None,
    point: Point = None,
    why: Annotated[bool, typer.Option("--why", help="Say which file and line set each value.")] = False,
    kpis: Annotated[bool, typer.Option("--kpis", help="List what can be measured, and stop.")] = False,
    warm_up: Annotated[
        bool, typer.Option("--warm-up", help="Find the warm-up of halls that never close, from pilot runs, and stop.")
    ] = False,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="STUDY[:ARM[@POINT]]",
            help="Say what differs from another study, or with :ARM alone from another arm of this one.",
        ),
    ] = None,
    sets: Sets = None,
    json: Json = False,
) -> int:
    """Print a study as it is understood, every value filled in."""
    if warm_up:
        from standfast.commands.warm_up import show_warm_up

        return show_warm_up(study, arm, point, sets or (), json)
    if against is not None:
        from standfast.commands.against import show_against

        return show_against(study, arm, point, against, sets or (), json)
    from standfast.commands.show import show_study

    return show_study(study, arm, point, why, kpis, sets or (), json)


@app.command()
@guarded
def plan(
    study: Study,
    out: Out = RESULTS,
    only: Only = None,
    replications: Replications = None,
    sets: Sets = None,
    json: Json = False,
) -> int:
    """Say how many runs there are, which are done, and why not all."""
    from standfast.commands.plan import show_plan

    return show_plan(study, out, replications, only or (), sets or (), json)


@app.command()
@guarded
def run(
    study: Study,
    arm: Arm = None,
    point: Point = None,
    replication: Annotated[
        int | None, typer.Option("--replication", metavar="R", min=0, help="One run, from 0; shown, not kept.")
    ] = None,
    trace: Annotated[bool, typer.Option("--trace", help="Print every event of one run, and keep nothing.")] = False,
    out: Out = RESULTS,
    only: Only = None,
    replications: Replications = None,
    workers: Workers = None,
    cluster: Cluster = None,
    engine: EngineChoice = Engine.auto,
    sets: Sets = None,
    json: Json = False,
) -> int:
    """Make the missing runs, or show one run event by event."""
    from standfast.commands.run import run_study, show_run

    if trace or replication is not None:
        return show_run(study, arm, point, replication or 0, trace, out, only or (), engine.value, sets or (), json)
    return run_study(
        study, arm, point, out, only or (), replications, hands(workers, cluster), engine.value, sets or (), json
    )


@app.command()
@guarded
def compare(
    study: Study,
    out: Out = RESULTS,
    only: Only = None,
    replications: Replications = None,
    workers: Workers = None,
    cluster: Cluster = None,
    engine: EngineChoice = Engine.auto,
    sets: Sets = None,
    json: Json = False,
    lang: Lang = Language.en,
    fail_if: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-if",
            metavar='"[ARM:] METRIC > VALUE"',
            help="Exit with 3 if this holds, on the recommended arm or on ARM. Repeatable.",
        ),
    ] = None,
) -> int:
    """Run what is missing, print the decision and write the report. The main job."""
    from standfast.commands.compare import compare_study

    options = (engine.value, sets or (), json, lang.value, fail_if or ())
    return compare_study(study, out, only or (), replications, hands(workers, cluster), *options)


@app.command()
@guarded
def why(
    study: Study,
    arm: Annotated[str, typer.Argument(metavar="ARM", help="The arm to hold against the baseline.")],
    point: Point = None,
    out: Out = RESULTS,
    replications: Annotated[
        int, typer.Option("--replications", metavar="N", min=1, help="Replications to look at, from the first on.")
    ] = 1,
    engine: EngineChoice = Engine.auto,
    sets: Sets = None,
    json: Json = False,
    lang: Lang = Language.en,
) -> int:
    """Say which subscribers an arm keeps or loses, and why, in up to ten short stories."""
    from standfast.commands.why import tell_why

    return tell_why(study, arm, point, out, replications, engine.value, sets or (), json, lang.value)


@app.command()
@guarded
def report(
    study: Study,
    out: Out = RESULTS,
    replications: Replications = None,
    sets: Sets = None,
    json: Json = False,
    lang: Lang = Language.en,
) -> int:
    """Write the report again from the runs that are kept."""
    from standfast.commands.report import rewrite_report

    return rewrite_report(study, out, replications, sets or (), json, lang.value)


@app.command()
@guarded
def export(
    study: Study,
    out: Out = RESULTS,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="PLACE", help="A folder, or a file in .xlsx (all) or .csv (the KPIs alone)."),
    ] = None,
    form: Annotated[
        TableFormat | None, typer.Option("--format", help="CSV files, the default, or one workbook.")
    ] = None,
    wide: Annotated[bool, typer.Option("--wide", help="One row a run, one column a metric.")] = False,
    only: Only = None,
    kpi: Annotated[
        list[str] | None, typer.Option("--kpi", metavar="KPI", help="Keep to these KPIs; * is any text. Repeatable.")
    ] = None,
    scope: Annotated[
        list[str] | None, typer.Option("--scope", metavar="SCOPE", help="Likewise for scopes: hall/main, tactic/* …")
    ] = None,
    period: Annotated[
        list[str] | None, typer.Option("--period", metavar="PERIOD", help="Likewise for periods: all, 2010-07, 09:30 …")
    ] = None,
    replications: Annotated[
        int | None, typer.Option("--replications", metavar="N", min=1, help="The first N runs of each arm alone.")
    ] = None,
    sets: Sets = None,
    json: Json = False,
) -> int:
    """Write kept runs, decision and assumptions as CSV files or a workbook."""
    from standfast.commands.export import export_study
    from standfast.experiments.kept import Selection

    rows = Selection(tuple(kpi or ()), tuple(scope or ()), tuple(period or ()))
    return export_study(study, out, to, form and form.value, wide, only or (), rows, replications, sets or (), json)


@app.command()
@guarded
def schema() -> int:
    """Print the JSON Schema of a study file, for editors."""
    from standfast.commands.schema import print_schema

    return print_schema()


@app.command()
@guarded
def calibrate(
    kind: Annotated[Kind, typer.Argument(metavar="KIND", help="arrivals, service, patience or staff.")],
    data: Annotated[list[Path], typer.Argument(metavar="DATA...", help="Ticket or call logs: CSV, text or XLSX.")],
    mapping: Annotated[
        str, typer.Option("--mapping", metavar="NAME", help="What the columns mean: a file or a shipped name.")
    ],
    hall: Annotated[str, typer.Option("--hall", metavar="HALL", help="Hall of the study that the numbers are for.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Parameter file to write.")],
    customer_class: Annotated[
        str | None, typer.Option("--class", metavar="CLASS", help="For patience: one class, or * for each.")
    ] = None,
    transaction: Annotated[
        str | None, typer.Option("--transaction", metavar="NAME", help="For service: one transaction, or * for each.")
    ] = None,
    hours: Annotated[
        str | None, typer.Option("--hours", metavar="09:00-18:00", help="For arrivals and staff: opening hours.")
    ] = None,
    weekdays: Annotated[
        str | None, typer.Option("--weekdays", metavar="mon,tue", help="For arrivals and staff: these days alone.")
    ] = None,
    law: Annotated[
        str | None, typer.Option("--law", metavar="LAW", help="For service and patience: the distribution.")
    ] = None,
    shortest: Annotated[
        float, typer.Option("--shortest", metavar="SECONDS", min=0, help="For service: leave out shorter ones.")
    ] = 0.0,
    availability: Annotated[
        float | None, typer.Option("--availability", metavar="FACTOR", help="For staff: share of servers at work.")
    ] = None,
    json: Json = False,
) -> int:
    """Fit parameters to real records and write a parameter file."""
    from standfast.commands.calibrate import calibrate_kind

    options = {
        "customer_class": customer_class,
        "transaction": transaction,
        "hours": hours,
        "weekdays": [day.strip() for day in weekdays.split(",")] if weekdays is not None else None,
        "law": law,
        "shortest_s": shortest,
        "availability": availability,
    }
    return calibrate_kind(kind.value, data, mapping, hall, out, json, options)


@app.command()
@guarded
def staff(
    study: Study,
    hall: Annotated[
        list[str] | None, typer.Option("--hall", metavar="HALL", help="One hall of the study. Repeatable.")
    ] = None,
    day: Annotated[
        list[str] | None,
        typer.Option("--day", metavar="DAY", help="One kind of day: ordinary, month_end, holiday … Repeatable."),
    ] = None,
    arm: Arm = None,
    frontier: Annotated[
        bool | None,
        typer.Option(
            "--frontier/--no-frontier", help="What laxer and stricter promises cost. Default: with up to 12 plans."
        ),
    ] = None,
    kiosks: Annotated[
        bool, typer.Option("--kiosks", help="Also the cheapest plan with 30 to 60 % of their business at the kiosks.")
    ] = False,
    revenue: Annotated[
        bool,
        typer.Option("--revenue", help="Also the revenue that a counter fewer loses, by runs of the whole market."),
    ] = False,
    out: Out = RESULTS,
    workers: Workers = None,
    sets: Sets = None,
    json: Json = False,
    lang: Lang = Language.en,
) -> int:
    """Find the cheapest shifts that keep every promise of a hall, half hour by half hour."""
    from standfast.commands.staff import staff_study

    return staff_study(
        study, hall or (), day or (), arm, out, workers, frontier, kiosks, revenue, sets or (), json, lang.value
    )


@app.command()
@guarded
def sensitivity(
    study: Study,
    arm: Arm = None,
    metric: Annotated[
        str | None, typer.Option("--metric", metavar="KEY", help="A metric of the comparison. Default: the first.")
    ] = None,
    method: Annotated[
        Method, typer.Option("--method", help="How the numbers to look at are found: by screening, or all of them.")
    ] = Method.morris,
    path: Annotated[
        list[str] | None,
        typer.Option("--path", metavar="PATH", help="Keep to the numbers at or below this path. Repeatable."),
    ] = None,
    draws: Annotated[
        int | None, typer.Option("--draws", metavar="N", min=4, help="Draws of the beliefs. Fewer draws, fewer runs.")
    ] = None,
    top: Annotated[
        int | None, typer.Option("--top", metavar="K", min=1, help="Numbers to look at one by one. Default: 8.")
    ] = None,
    point: Point = None,
    out: Out = RESULTS,
    replications: Annotated[
        int | None, typer.Option("--replications", metavar="N", min=2, help="Runs of each arm at each draw.")
    ] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    engine: EngineChoice = Engine.auto,
    sets: Sets = None,
    json: Json = False,
    lang: Lang = Language.en,
) -> int:
    """Say which assumptions decide, where the choice turns, and what to measure first."""
    from standfast.commands.sensitivity import study_sensitivity

    asked = (arm, metric, method.value, path or (), draws, replications, top, point)
    return study_sensitivity(study, *asked, out, hands(workers, cluster), engine.value, sets or (), json, lang.value)


@app.command()
@guarded
def robust(
    study: Study,
    playbook: Annotated[
        list[str] | None,
        typer.Option(
            "--playbook", metavar="NAME", help="A playbook: library name, file, quiet or as-stated. Repeatable."
        ),
    ] = None,
    metric: Annotated[
        str | None, typer.Option("--metric", metavar="KPI", help="What to hold against. Default: the study's first.")
    ] = None,
    point: Point = None,
    out: Out = RESULTS,
    replications: Annotated[
        int | None, typer.Option("--replications", metavar="N", min=1, help="Runs of each arm and playbook.")
    ] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    sets: Sets = None,
    json: Json = False,
    lang: Lang = Language.en,
) -> int:
    """Say which arm is regretted least whatever rivals do, and how it shows which playbook has begun."""
    from standfast.commands.robust import play_study

    return play_study(
        study, playbook or (), metric, point, replications, out, hands(workers, cluster), sets or (), json, lang.value
    )


@app.command()
@guarded
def validate(
    full: Annotated[bool, typer.Option("--full", help="The full pack: minutes, and narrow intervals.")] = False,
    workers: Workers = None,
    json: Json = False,
) -> int:
    """Measure this installation against known answers, and say which are missed."""
    from standfast.commands.validate import validate_machine

    return validate_machine(full, workers, json)


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line and exit with its code."""
    return app(arguments, prog_name="standfast")
