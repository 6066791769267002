"""What is kept of a study as it stands now: its runs, and their rows in pieces of bounded size. It runs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outputs.findings import KPI_COLUMNS
from standfast.experiments.chosen import NothingSelected, pattern_of
from standfast.experiments.plan import Variant
from standfast.experiments.receipt import RUN_COLUMNS, RunRecord
from standfast.experiments.store import Label, Store

if TYPE_CHECKING:
    import pandas as pd

PIECE_ROWS = 1_000_000
"""Rows that a piece holds at most before a selection, but for a single run that has more."""

SELECTED = ("kpi", "scope", "period")
"""Columns by which rows are selected."""


class NotKept(Exception):
    """Stands for a run that the store lacks: a comparison leaves it out, as it does with one that failed."""


def run_nothing(study: Any, replication: int) -> Any:
    """The simulator of what reads kept runs alone."""
    raise NotKept("not kept, and nothing is run")


@dataclass(frozen=True)
class KeptRun:
    """A kept run under the arm and point of the study as it stands now, and what its receipt says of it."""

    label: Label
    record: RunRecord


@dataclass(frozen=True)
class Selection:
    """Which rows of the runs: those of any of these KPIs, scopes and periods, all where none is named.

    `*` stands for any characters, `?` for one.
    """

    kpi: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    period: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.kpi or self.scope or self.period)

    def filters(self) -> list[tuple[str, str, set[str]]] | None:
        """What of it a Parquet reader can do: the columns for which every name is plain."""
        plain = {name: set(texts) for name in SELECTED if (texts := getattr(self, name)) and not _any(texts)}
        return [(name, "in", texts) for name, texts in plain.items()] or None

    def of(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows of a frame that it selects."""
        for name in SELECTED:
            if texts := getattr(self, name):
                rows = rows[rows[name].isin([each for each in rows[name].unique() if _matches(each, texts)])]
        return rows


def kept_runs(
    store: Store, variants: Mapping[tuple[str, str], Variant], engine: str, replications: int | None = None
) -> tuple[KeptRun, ...]:
    """Runs of the variants in a scanned store, by arm, point and replication; the first `replications` if given."""
    by_model: dict[tuple[str, int], list[RunRecord]] = {}
    for record in store.index.records.values():
        if record.engine == engine and (replications is None or record.replication < replications):
            by_model.setdefault((record.model, record.seed), []).append(record)
    for records in by_model.values():
        records.sort(key=lambda record: record.replication)
    return tuple(
        KeptRun(Label(arm, point, record.replication, record.key), record)
        for (arm, point), variant in variants.items()
        for record in by_model.get((variant.model, int(variant.study.seed)), ())
    )


def pieces(store: Store, runs: Sequence[KeptRun], selection: Selection) -> Iterator[pd.DataFrame]:
    """The selected rows of the runs with the columns of `kpis.parquet`, in its order; pieces without rows left out.

    Raises NothingSelected at the end for a name that selects nothing, StoreError.
    """
    unmet = {(name, text) for name in SELECTED for text in getattr(selection, name)}
    rows = 0
    for group in _groups(runs):
        piece = selection.of(_rows(store, group, selection))
        unmet -= {(name, text) for name, text in unmet if any(_matches(each, (text,)) for each in piece[name].unique())}
        rows += len(piece)
        if len(piece):
            yield piece
    if unmet or not rows:
        raise _nothing(store, runs, unmet)


def _rows(store: Store, runs: Sequence[KeptRun], selection: Selection) -> pd.DataFrame:
    import pandas as pd

    labels = [run.label for run in runs]
    keys = dict.fromkeys(label.key for label in labels)
    found = pd.concat(store.rows(keys, ("run", *RUN_COLUMNS), selection.filters()), ignore_index=True)
    wanted = pd.DataFrame(
        {
            "run": [label.key for label in labels],
            "arm": [label.arm for label in labels],
            "point": [label.point for label in labels],
            "replication": [label.replication for label in labels],
        }
    )
    return wanted.merge(found, on="run", how="inner", sort=False)[list(KPI_COLUMNS)]


def _groups(runs: Iterable[KeptRun]) -> Iterator[list[KeptRun]]:
    group: list[KeptRun] = []
    rows = 0
    for run in runs:
        if group and rows + run.record.rows > PIECE_ROWS:
            yield group
            group, rows = [], 0
        group.append(run)
        rows += run.record.rows
    if group:
        yield group


def _nothing(store: Store, runs: Sequence[KeptRun], unmet: set[tuple[str, str]]) -> NothingSelected:
    """Why nothing is selected, with the nearest of what the first run has."""
    from scenarios.suggestions import suggestion

    first = _rows(store, runs[:1], Selection())
    for name in SELECTED:
        for text in sorted(text for column, text in unmet if column == name):
            known = [str(each) for each in first[name].unique()]
            if text not in known:
                told = f"nothing is selected: no kept run has a {name} called {text!r}"
                return NothingSelected(told, suggestion(text, known))
    told = "nothing is selected: no kept run has rows of these KPIs, scopes and periods together"
    return NothingSelected(told, "see what is measured where with: standfast show STUDY --kpis")


def _any(texts: Iterable[str]) -> bool:
    return any("*" in text or "?" in text for text in texts)


def _matches(name: str, texts: Iterable[str]) -> bool:
    return any(name == text or pattern_of(text).fullmatch(name) is not None for text in texts)
