"""Export: what is kept, and nothing else, as files that other programs read and no spreadsheet runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from experiments_fakes import FakeLoaded, simulate

import scenarios
import standfast as sf
from outputs import export_files
from outputs.findings import ASSUMPTION_COLUMNS, BEST_COLUMNS, DECISION_COLUMNS, KPI_COLUMNS
from outputs.workbook import LONGEST_TEXT
from standfast.cli import main
from standfast.experiments import compare as comparing
from standfast.experiments import export as exporting
from standfast.experiments.chosen import NothingSelected
from standfast.experiments.export import RUN_TABLE, WrongTarget, export
from standfast.experiments.folder import StoreError, locked
from standfast.experiments.kept import Selection
from standfast.experiments.runs import make_runs

STUDY = """\
schema_version: 1
name: tiny
start: 2010-07-05
horizon: 2 days
halls:
  main:
    hours: "09:00-11:00"
    arrivals: {rate: {"09:00": {best: 30/h, source: assumed, note: "=HYPERLINK(1)"}}}
    transactions: {all: {share: 100 %, service: {dist: exponential, mean: 5 min}}}
    counters: {staffing: {"09:00": 2}}
arms:
  baseline: {}
  more: {halls.main.counters.staffing: {"09:00-11:00": "+1"}}
  same: {}
compare: {metrics: {wait_mean: {goal: min}, abandoned@hall/main@09:30: {goal: min}}}
"""
RUNS = 3


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tiny study and three runs of each of its arms."""
    folder = tmp_path_factory.mktemp("export")
    (folder / "tiny.yaml").write_text(STUDY, encoding="utf-8")
    make_runs(scenarios.load(folder / "tiny.yaml"), folder / "results", 1, RUNS)
    return folder


@pytest.fixture
def kept(there: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(there)

    def run(*ignored: Any, **named: Any) -> None:
        raise AssertionError("an export runs nothing")

    monkeypatch.setattr("sim.run.run", run)
    return there


def ended(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def sheets(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type in "snb" and cell.hyperlink is None for cell in cells)
    return {sheet.title: list(sheet.values) for sheet in book}


def table(path: Path) -> pd.DataFrame:
    """A CSV file with every number as it is written; pandas' own reader may be off by the last bit."""
    frame = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
    for name in frame.columns:
        if name == "replication":
            frame[name] = frame[name].astype("int64")
        elif name not in ("arm", "point", "kpi", "scope", "period", "unit"):
            frame[name] = [float(text) for text in frame[name]]
    return frame


def alike(rows: list[tuple[Any, ...]], frame: pd.DataFrame) -> bool:
    """Whether a sheet holds a table: a workbook has 16 digits of a number."""
    wanted = list(frame.itertuples(index=False, name=None))
    return len(rows) == len(wanted) and all(
        (one == other) if isinstance(other, str) else one == pytest.approx(other, rel=1e-15)
        for row, want in zip(rows, wanted, strict=True)
        for one, other in zip(row, want, strict=True)
    )


# what is written


def test_the_kpis_come_out_to_the_last_digit_and_open_in_excel(kept: Path, tmp_path: Path) -> None:
    files = sf.export("tiny.yaml", to=tmp_path / "new")
    assert [path.name for path in files] == ["kpis.csv", "decision.csv", "best.csv", "assumptions.csv", "runs.csv"]
    content = files[0].read_bytes()
    assert content.startswith(b"\xef\xbb\xbf" + ",".join(KPI_COLUMNS).encode() + b"\r\n")
    assert content.count(b"\n") == content.count(b"\r\n")
    exported = table(files[0])
    pd.testing.assert_frame_equal(exported, sf.read("results/tiny"), check_exact=True)


def test_decision_assumptions_and_runs_stand_beside_them(kept: Path, tmp_path: Path) -> None:
    _, decision, best, assumptions, runs = (pd.read_csv(path) for path in sf.export("tiny.yaml", to=tmp_path))
    assert list(decision.columns) == list(DECISION_COLUMNS)
    assert set(decision["arm"]) == {"more", "same"}
    assert set(decision["n"]) == {RUNS}
    assert list(best.columns) == list(BEST_COLUMNS)
    assert set(best["arm"]) == {"baseline", "more", "same"}
    assert list(assumptions.columns) == list(ASSUMPTION_COLUMNS)
    assert assumptions["note"].tolist() == ["'=HYPERLINK(1)"]
    assert list(runs.columns) == list(RUN_TABLE)
    assert len(runs) == 3 * RUNS
    assert all((kept / "results" / "tiny" / study).is_file() for study in runs["study"])
    by_run = runs.set_index(["arm", "replication"])["digest"]
    assert by_run["baseline"].tolist() == by_run["same"].tolist() != by_run["more"].tolist()
    assert by_run["baseline"].is_unique


def test_a_workbook_holds_all_tables_and_nothing_that_runs(kept: Path, tmp_path: Path) -> None:
    (path,) = sf.export("tiny.yaml", to=tmp_path, format="xlsx")
    assert path == tmp_path / "export.xlsx"
    found = sheets(path)
    assert list(found) == ["decision", "best", "assumptions", "runs", "kpis"]
    assert found["kpis"][0] == KPI_COLUMNS
    assert alike(found["kpis"][1:], sf.read("results/tiny"))
    note = found["assumptions"][1][ASSUMPTION_COLUMNS.index("note")]
    assert note == "'=HYPERLINK(1)"
    again = sf.export("tiny.yaml", to=tmp_path / "again.xlsx")
    assert again[0].read_bytes() == path.read_bytes()


def test_a_wide_table_has_a_row_a_run_and_a_column_a_metric(kept: Path, tmp_path: Path) -> None:
    frame = sf.read("results/tiny")
    (path,) = sf.export("tiny.yaml", to=tmp_path / "wide.csv", wide=True)
    wide = table(path)
    assert list(wide.columns) == ["arm", "point", "replication", "wait_mean", "abandoned@hall/main@09:30"]
    long = frame[(frame["kpi"] == "wait_mean") & (frame["scope"] == "operator/own") & (frame["period"] == "all")]
    assert wide["wait_mean"].tolist() == long["value"].tolist()
    (path,) = sf.export("tiny.yaml", to=tmp_path / "more.csv", wide=True, kpis=["serve?", "arr*"], periods=["all"])
    wide = table(path)
    served = [name for name in wide.columns if name.startswith("served@")]
    assert set(wide.columns[3:]) == {f"{kpi}@{scope}@all" for kpi in ("served", "arrivals") for scope in SCOPES}
    assert len(wide) == 3 * RUNS
    for name in served:
        _, scope, period = name.split("@")
        long = frame[(frame["kpi"] == "served") & (frame["scope"] == scope) & (frame["period"] == period)]
        assert wide[name].tolist() == long["value"].tolist()


SCOPES = ("operator/own", "hall/main", "hall/main/all")


# what is chosen


def test_rows_are_chosen_by_kpi_scope_period_arm_and_number(kept: Path, tmp_path: Path) -> None:
    chosen = {"kpis": ["wait_*", "served"], "scopes": ["hall/main"], "periods": ["all", "09:30"]}
    (path,) = sf.export("tiny.yaml", to=tmp_path / "a.csv", only=["more", "base*"], replications=2, **chosen)
    found = table(path)
    frame = sf.read("results/tiny")
    wanted = frame[
        (frame["kpi"].str.startswith("wait_") | (frame["kpi"] == "served"))
        & (frame["scope"] == "hall/main")
        & frame["period"].isin(["all", "09:30"])
        & frame["arm"].isin(["baseline", "more"])
        & (frame["replication"] < 2)
    ]
    assert len(found) == len(wanted) > 0
    pd.testing.assert_frame_equal(found, wanted.reset_index(drop=True), check_exact=True)


def test_in_pieces_or_at_once_the_same_files(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sf.export("tiny.yaml", to=tmp_path / "whole")
    wide = sf.export("tiny.yaml", to=tmp_path / "wide.csv", wide=True, kpis=["served"])
    monkeypatch.setattr("standfast.experiments.kept.PIECE_ROWS", 700)
    for one, other in zip(whole, sf.export("tiny.yaml", to=tmp_path / "pieces"), strict=True):
        assert one.read_bytes() == other.read_bytes()
    (again,) = sf.export("tiny.yaml", to=tmp_path / "again.csv", wide=True, kpis=["served"])
    assert again.read_bytes() == wide[0].read_bytes()


@pytest.mark.parametrize(
    ("arguments", "told", "help"),
    [
        (("--kpi", "wait_men"), "no kept run has a kpi called 'wait_men'", "did you mean `wait_mean`?"),
        (("--kpi", "served", "--scope", "hall/man"), "has a scope called 'hall/man'", "did you mean `hall/main`?"),
        (("--kpi", "served", "--kpi", "nix*"), "has a kpi called 'nix*'", "known here: "),
        (("--kpi", "on_target", "--period", "09:30"), "nothing is selected: ", ""),
        (("--only", "mor"), "no arm or point is called 'mor'", "did you mean `more`?"),
        (("--set", "seed=5"), "no run of tiny as it stands now is kept", "`standfast plan` says what has changed"),
        (("--out", "elsewhere"), "no run of tiny as it stands now is kept in elsewhere/tiny", "run it first"),
    ],
)
def test_where_nothing_is_chosen_nothing_is_written(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str, help: str
) -> None:
    for place in ("a.csv", "a.xlsx", "a"):
        code, out, err = ended(capsys, "export", "tiny.yaml", "--to", str(tmp_path / place), *arguments)
        assert (code, out) == (5, "")
        assert told in err
        assert help in err
    assert not list(tmp_path.iterdir())
    assert not (kept / "elsewhere").exists()


# where it goes


def test_without_a_place_it_goes_into_the_studys_own_folder(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ended(capsys, "export", "tiny.yaml", "--json")
    told = json.loads(out)
    assert code == 0
    assert told["runs"] == 3 * RUNS
    assert told["rows"] == len(sf.read("results/tiny"))
    assert {Path(file).parent for file in told["files"]} == {Path("results/tiny/export")}
    code, out, _ = ended(capsys, "export", "tiny.yaml", "--format", "xlsx")
    assert (code, out.splitlines()[-1]) == (0, "results/tiny/export/export.xlsx")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--to", "kpis.parquet"), "files end in .csv or .xlsx"),
        (("--to", "a.csv", "--format", "xlsx"), "a.csv is not a file for xlsx"),
        (("--format", "ods"), "ods"),
        (("--replications", "0"), "--replications"),
    ],
)
def test_a_place_that_cannot_be_meant_is_refused(
    kept: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str
) -> None:
    code, _, err = ended(capsys, "export", "tiny.yaml", *arguments)
    assert code == 2
    assert told in err


def test_a_place_that_cannot_be_written_is_store_trouble(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for place in ("tiny.yaml/a.csv", "tiny.yaml/folder", "tiny.yaml/a.xlsx"):
        code, _, err = ended(capsys, "export", "tiny.yaml", "--to", place)
        assert code == 4
        assert "cannot write to tiny.yaml" in err


def test_a_failed_export_leaves_what_was_there(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: path.read_bytes() for path in sf.export("tiny.yaml", to=tmp_path)}
    monkeypatch.setattr("standfast.experiments.kept.PIECE_ROWS", 700)
    monkeypatch.setattr(export_files, "csv_bytes", failing(export_files.csv_bytes, after=2))
    with pytest.raises(StoreError, match="No space left"):
        sf.export("tiny.yaml", to=tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def failing(write: Any, after: int) -> Any:
    calls = []

    def call(*given: Any, **named: Any) -> Any:
        calls.append(1)
        if len(calls) > after:
            raise OSError(28, "No space left on device")
        return write(*given, **named)

    return call


def test_an_export_leaves_the_results_as_they_are(kept: Path, tmp_path: Path) -> None:
    results = kept / "results" / "tiny"
    before = {path: path.read_bytes() for path in results.rglob("*") if path.is_file() and path.name != ".lock"}
    sf.export("tiny.yaml", to=tmp_path / "to", replications=1)
    after = {path: path.read_bytes() for path in results.rglob("*") if path.is_file() and path.name != ".lock"}
    assert after == before
    assert len(pd.read_csv(tmp_path / "to" / "runs.csv")) == 3


# long tables


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = len(sf.read("results/tiny"))
    monkeypatch.setattr(export_files, "ROWS_A_SHEET", rows // 3 + 1)
    (path,) = sf.export("tiny.yaml", to=tmp_path / "long.xlsx")
    found = sheets(path)
    names = [name for name in found if name.startswith("kpis")]
    assert names == ["kpis", "kpis 2", "kpis 3"] + (["kpis 4"] if rows % 3 else [])
    assert all(found[name][0] == KPI_COLUMNS for name in names)
    values = [row for name in names for row in found[name][1:]]
    assert alike(values, sf.read("results/tiny"))


@pytest.mark.parametrize("most", ["ROWS_A_SHEET", "COLUMNS_A_SHEET", "MOST_CELLS"])
def test_a_table_that_no_workbook_holds_is_refused_with_what_can_be_done(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, most: str
) -> None:
    monkeypatch.setattr(exporting if most == "MOST_CELLS" else export_files, most, 50)
    wide = () if most == "ROWS_A_SHEET" else ("--wide", "--kpi", "*")
    code, _, err = ended(capsys, "export", "tiny.yaml", "--to", str(tmp_path / "long.xlsx"), *wide)
    assert code == 2
    assert "help: choose fewer with --kpi, --scope" in err
    assert not list(tmp_path.iterdir())


# names that want out, and texts that want to run


EVIL = ("=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "../../out", 'a,b\n"c')


@pytest.fixture
def evil(tmp_path: Path) -> Any:
    """A fake study whose name and arms want to be run or to leave the folder, with two runs of each."""
    levers = {arm: {"shift": float(at)} for at, arm in enumerate(EVIL)}
    loaded = FakeLoaded(levers, {"=2+2": 1.0}, name="../../evil")
    comparing.compare(loaded, tmp_path / "out", 1, 2, simulate=simulate, engine="2")  # type: ignore[arg-type]
    return loaded


def test_names_are_written_as_texts_and_lead_nowhere(evil: Any, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("sim.ENGINE_VERSION", "2")
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    for form in ("csv", "xlsx"):
        export(evil, tmp_path / "out", None, form)
    made = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    (folder,) = {path.parent for path in made}
    assert folder.parent.parent == tmp_path / "out"
    assert {path.name for path in made} >= {"kpis.csv", "runs.csv", "export.xlsx"}
    frame = pd.read_csv(folder / "kpis.csv", dtype=str, keep_default_na=False)
    assert not any(str(cell).startswith(("=", "+", "-", "@", "\t")) for cell in [*frame["arm"], *frame["point"]])
    for name, rows in sheets(folder / "export.xlsx").items():
        texts = [cell for row in rows for cell in row if isinstance(cell, str)]
        assert not any(text.startswith(("=", "+", "-", "@", "\t")) for text in texts), name


def test_a_text_longer_than_a_cell_is_cut_where_one_sees_it(tmp_path: Path) -> None:
    notes = pd.Series(["x" * 40_000, "\ud800", None], dtype=object)
    frame = pd.DataFrame({"note": notes, "value": [1.0, float("inf"), float("nan")]})
    path = export_files.write_workbook(tmp_path / "a.xlsx", {"t": [frame]})
    (_, first, second, *third) = sheets(path)["t"]
    assert (len(first[0]), first[0][-1]) == (LONGEST_TEXT, "…")
    assert second == ("?", "∞")
    assert third in ([], [(None, None)])


# what stands in the way of a decision


def test_while_another_command_writes_the_kpis_are_exported_without_a_decision(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with locked(kept / "results" / "tiny"):
        code, _, err = ended(capsys, "export", "tiny.yaml", "--to", str(tmp_path))
    assert code == 0
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["assumptions.csv", "kpis.csv", "runs.csv"]
    assert "no decision is exported: " in err
    assert "is in use by" in err


def test_runs_of_one_arm_are_exported_without_a_decision(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(STUDY, encoding="utf-8")
    loaded = scenarios.load(tmp_path / "tiny.yaml")
    make_runs(loaded, tmp_path / "results", 1, 2, only=["more"])
    done = export(loaded, tmp_path / "results", tmp_path / "to")
    assert [path.name for path in done.files] == ["kpis.csv", "assumptions.csv", "runs.csv"]
    assert done.undecided == "too few runs are kept to compare arms"
    with pytest.raises(NothingSelected):
        export(loaded, tmp_path / "results", only=["baseline"])
    with pytest.raises(WrongTarget):
        export(loaded, tmp_path / "results", Path("x.txt"))


def test_what_was_decided_over_draws_of_the_beliefs_is_exported_too(tmp_path: Path) -> None:
    rate = "{best: 30/h, low: 25/h, high: 35/h, source: assumed}"
    text = STUDY.replace('{best: 30/h, source: assumed, note: "=HYPERLINK(1)"}', rate)
    (tmp_path / "tiny.yaml").write_text(f"{text}sweep: {{sample: {{n: 2}}}}\n", encoding="utf-8")
    loaded = scenarios.load(tmp_path / "tiny.yaml")
    make_runs(loaded, tmp_path / "results", 1, 2)
    files = {path.name: path for path in sf.export(loaded, tmp_path / "results", tmp_path / "to")}
    assert {"over-draws.csv", "draws.csv", "decision.csv"} <= set(files)
    assert set(pd.read_csv(files["draws.csv"])["arm"]) == {"more", "same"}
    points = pd.read_csv(files["runs.csv"])["point"].unique()
    assert set(pd.read_csv(files["kpis.csv"])["point"]) == set(points)
    assert len(points) == 3


def test_a_selection_of_nothing_chooses_everything() -> None:
    assert not Selection()
    frame = pd.DataFrame({"kpi": ["a", "b"], "scope": ["x", "y"], "period": ["all", "all"]})
    assert len(Selection().of(frame)) == 2
    assert Selection(kpi=("a*",)).filters() is None
    assert Selection(kpi=("a[b]",)).of(frame).empty
