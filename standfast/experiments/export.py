"""Export: what is kept of a study as files for other programs. It runs nothing.

It decides which tables there are and where they go; how a file is written is `outputs.export_files`' business.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from outputs.results import KPI_FILE
from standfast.experiments.chosen import NothingSelected, chosen
from standfast.experiments.folder import StoreError, store_errors
from standfast.experiments.kept import KeptRun, Selection, kept_runs, pieces, run_nothing
from standfast.experiments.plan import Variant, resolve_variants
from standfast.experiments.store import Damage, Store, study_file, study_folder

if TYPE_CHECKING:
    import pandas as pd

    from scenarios import LoadedStudy, Metric

Format = Literal["csv", "xlsx"]

FOLDER = "export"
"""Folder of the exported files, in the study's results folder."""

WORKBOOK = "export.xlsx"

RUN_TABLE = ("arm", "point", "replication", "seed", "engine", "study", "digest", "seconds")
"""Columns of the table of runs. `study` is the file, in the results folder, that makes the run again."""

MOST_CELLS = 50_000_000
"""Cells of a wide table: it is put together in memory."""


class WrongTarget(ValueError):
    """A place to export to that cannot be meant. `help` says what can."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


@dataclass(frozen=True)
class Exported:
    """Files written, runs and rows in the first of them, chunks left out as damaged, and why no decision is there."""

    files: tuple[Path, ...]
    runs: int
    rows: int
    damaged: tuple[Damage, ...]
    undecided: str


def export(
    loaded: LoadedStudy,
    out: Path,
    to: Path | None = None,
    form: Format | None = None,
    *,
    wide: bool = False,
    only: Sequence[str] = (),
    selection: Selection | None = None,
    replications: int | None = None,
) -> Exported:
    """Write the kept runs of a study as it stands now: KPIs, decision, assumptions, runs.

    Parameters
    ----------
    out: folder below which the study has its results folder.
    to: a folder for `kpis.csv` (or `wide.csv`), `decision.csv`, `best.csv`, `assumptions.csv` and `runs.csv`, with
        draws of beliefs `over-draws.csv` and `draws.csv` too, or for `export.xlsx`; a file that ends in `.xlsx` for all
        in one; a file that ends in `.csv` for the KPIs alone. Without it, the folder `export` of the results.
    wide: one row a run, one column a metric `kpi@scope@period`: those of the study's comparison, or with a selection
        all that it selects.
    only: arms and points, as `standfast.experiments.chosen` reads them.
    replications: the first so many of each alone.

    The decision is made anew from the kept runs, as `standfast report` does. Raises NothingSelected, WrongTarget,
    `outputs.export_files.TooLarge`, StoreError.
    """
    import sim
    from outputs.export_files import write_csv, write_workbook

    selection = selection or Selection()
    variants = resolve_variants(loaded)
    wanted = chosen(only, variants)
    store = Store(study_folder(Path(out), loaded.name))
    place, form, alone = _target(to, form, store.folder / FOLDER)
    damaged = store.scan()
    asked = {pair: variant for pair, variant in variants.items() if pair in wanted}
    runs = kept_runs(store, asked, sim.ENGINE_VERSION, replications)
    if not runs:
        raise NothingSelected(*_nothing_kept(loaded, store))
    counted = _Counted(_wide(store, runs, selection, loaded) if wide else pieces(store, runs, selection))
    counted.begin()
    name = "wide" if wide else "kpis"
    if alone:
        with _place_for(place.parent):
            write_csv(place, counted)
        return Exported((place,), len(runs), counted.rows, damaged, "")
    others, undecided = _decided(loaded, Path(out), only, replications, asked)
    others["runs"] = _run_table(runs, store)
    if form == "xlsx":
        with _place_for(place.parent):
            write_workbook(place, {title: [frame] for title, frame in others.items()} | {name: counted})
        return Exported((place,), len(runs), counted.rows, damaged, undecided)
    with _place_for(place):
        files = [write_csv(place / f"{name}.csv", counted)]
        files += [write_csv(place / f"{title}.csv", [frame]) for title, frame in others.items()]
    return Exported(tuple(files), len(runs), counted.rows, damaged, undecided)


@contextmanager
def _place_for(folder: Path) -> Iterator[None]:
    """Make a folder to write to; if nothing comes of it, it is as if it had never been. Raises StoreError."""
    new = not folder.exists()
    try:
        with store_errors(folder, "write to"):
            folder.mkdir(parents=True, exist_ok=True)
            yield
    except BaseException:
        if new:
            with suppress(OSError):
                folder.rmdir()
        raise


class _Counted:
    """Pieces of a table on their way, counted. `begin` fetches the first, so that nothing is written if none comes."""

    def __init__(self, pieces: Iterator[pd.DataFrame]) -> None:
        self._pieces = pieces
        self._first: list[pd.DataFrame] = []
        self.rows = 0

    def begin(self) -> None:
        self._first.append(next(self._pieces))

    def __iter__(self) -> Iterator[pd.DataFrame]:
        for piece in chain(self._first, self._pieces):
            self.rows += len(piece)
            yield piece


def _target(to: Path | None, form: Format | None, folder: Path) -> tuple[Path, Format, bool]:
    """Where to write: the file or folder, the form, and whether it is a CSV file for the KPIs alone."""
    to = folder if to is None else Path(to)
    suffix = to.suffix.lower()
    if to.is_dir() or not suffix:
        return (to / WORKBOOK if form == "xlsx" else to), form or "csv", False
    if suffix not in (".csv", ".xlsx"):
        raise WrongTarget(f"{to}: files end in .csv or .xlsx", "name a folder, or a file with one of these endings")
    if form is not None and suffix != f".{form}":
        raise WrongTarget(f"{to} is not a file for {form}", f"end it in .{form}, or leave out --format")
    return to, "xlsx" if suffix == ".xlsx" else "csv", suffix == ".csv"


def _decided(
    loaded: LoadedStudy,
    out: Path,
    only: Sequence[str],
    replications: int | None,
    variants: Mapping[tuple[str, str], Variant],
) -> tuple[dict[str, pd.DataFrame], str]:
    """Decision and best of many, where they can be made of what is kept, and assumptions; else why there is none."""
    import sim
    from standfast.experiments.compare import RunsFailed, compare
    from standfast.experiments.findings import assumptions_frame
    from standfast.experiments.metrics import NoData

    assumptions = assumptions_frame([each for variant in variants.values() for each in variant.beliefs], loaded.path)
    try:
        with TemporaryDirectory(prefix="standfast-") as aside:  # the table of the last command stays as it is
            table = Path(aside) / KPI_FILE
            found = compare(
                loaded, out, 1, replications, only=only, table=table, simulate=run_nothing, engine=sim.ENGINE_VERSION
            ).findings
    except RunsFailed:
        return {"assumptions": assumptions}, "too few runs are kept to compare arms"
    except (NoData, StoreError) as fault:
        return {"assumptions": assumptions}, str(fault)
    if found.decision.empty:
        return {"assumptions": found.assumptions}, "no arm is compared with the baseline"
    tables = {
        "decision": found.decision,
        "best": found.best,
        "over-draws": found.over_draws,
        "draws": found.drawn_decision,
        "assumptions": found.assumptions,
    }
    return {name: each for name, each in tables.items() if each is not None and not each.empty}, ""


def _run_table(runs: Iterable[KeptRun], store: Store) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for label, record in ((run.label, run.record) for run in runs):
        path = store.studies / study_file(record.model)
        study = path.relative_to(store.folder).as_posix() if path.is_file() else ""
        names = (label.arm, label.point, label.replication)
        rows.append((*names, record.seed, record.engine, study, record.digest, record.elapsed_s))
    return pd.DataFrame(rows, columns=list(RUN_TABLE))


def _wide(store: Store, runs: Sequence[KeptRun], selection: Selection, loaded: LoadedStudy) -> Iterator[pd.DataFrame]:
    """One row a run, one column a metric, as a single piece."""
    import pandas as pd

    names = pd.DataFrame(
        {
            "arm": [run.label.arm for run in runs],
            "point": [run.label.point for run in runs],
            "replication": [run.label.replication for run in runs],
        }
    )
    cells = _of_metrics(store, runs, loaded.compare.metrics) if not selection else _of_rows(store, runs, selection)
    yield names.join(cells)


def _of_metrics(store: Store, runs: Sequence[KeptRun], metrics: Sequence[Metric]) -> pd.DataFrame:
    import pandas as pd

    from standfast.experiments.metrics import metric_values

    values = metric_values(store, [run.label.key for run in runs], metrics)
    return pd.DataFrame(values, columns=[metric.key for metric in metrics])


def _of_rows(store: Store, runs: Sequence[KeptRun], selection: Selection) -> pd.DataFrame:
    import pandas as pd

    from outputs.export_files import TooLarge

    columns: dict[str, int] = {}
    found = []
    for piece in pieces(store, runs, selection):
        key = piece["kpi"].astype(str) + "@" + piece["scope"].astype(str) + "@" + piece["period"].astype(str)
        for each in key.unique():
            columns.setdefault(each, len(columns))
        if len(columns) * len(runs) > MOST_CELLS:
            told = f"a wide table of {len(runs):,} runs and {len(columns):,} columns or more does not fit into memory"
            raise TooLarge(told, "choose fewer with --kpi, --scope, --period or --only, or leave out --wide")
        of_runs = piece.assign(column=key).set_index(["arm", "point", "replication", "column"])
        found.append(of_runs["value"].unstack("column"))
    order = [(run.label.arm, run.label.point, run.label.replication) for run in runs]
    return pd.concat(found).reindex(index=order, columns=list(columns)).reset_index(drop=True)


def _nothing_kept(loaded: LoadedStudy, store: Store) -> tuple[str, str]:
    told = f"nothing is selected: no run of {loaded.name} as it stands now is kept in {store.folder}"
    others = len(store.index.records)
    if others:
        return told, f"{others} other runs are kept there; `standfast plan` says what has changed since"
    return told, "run it first, with `standfast compare` or `standfast run`, or say with --out where its results are"
