"""A run can be made again and told apart: its digest is that of its events, in either engine, on any study."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import pytest
from experiments_fakes import simulate, two_points
from hall_studies import day_hall, random_halls, study
from hypothesis import HealthCheck, given, settings
from market_studies import WHOLE
from market_studies import study as market_study

import scenarios
import sim
from sim.digest import DIGEST_HEX, OF_CUSTOMERS, event_digest
from standfast.cli import main
from standfast.experiments import chunk
from standfast.experiments.compare import compare
from standfast.experiments.receipt import Receipt
from standfast.experiments.replay import replayed
from standfast.experiments.runs import make_runs
from standfast.experiments.sources import study_sources

SOME = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def digest(of: Any, replication: int = 0, engine: sim.Engine = "simpy") -> str:
    return str(sim.simulate(of, replication, engine=engine).attrs["digest"])


# the digest of a run


@SOME
@given(random_halls())
def test_both_engines_have_the_same_digest_on_random_halls(hall: dict[str, Any]) -> None:
    spec = study({"h": hall}, "2 days", calendar="none")
    assert digest(spec, engine="simpy") == digest(spec, engine="compiled")


def test_both_engines_have_the_same_digest_on_a_market_with_everything() -> None:
    of = market_study(WHOLE, "horizon=2 months")
    found = {digest(of, 3, engine) for engine in ("simpy", "compiled")}
    assert len(found) == 1
    assert len(found.pop()) == DIGEST_HEX


def test_the_same_run_has_the_same_digest_and_another_replication_another() -> None:
    spec = study({"h": day_hall()}, "2 days")
    assert digest(spec) == digest(spec)
    assert digest(spec) != digest(spec, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"counters": {"staffing": {"09:00": 3, "10:00": 5, "14:00": 4, "17:00": 3}}},
        {"arrivals": {"rate": {"09:00": "28.1/h"}}},
        {"title": ""},
    ],
)
def test_what_changes_a_run_changes_its_digest_and_a_title_does_not(change: dict[str, Any]) -> None:
    """One counter more in the last hour of two days is told, also where no customer would notice it."""
    before, after = study({"h": day_hall()}, "2 days"), study({"h": day_hall() | change}, "2 days")
    assert (digest(before) == digest(after)) == ("title" in change)


def test_a_touch_of_goodwill_in_a_market_shows_in_its_digest() -> None:
    before, after = (
        market_study(WHOLE, "horizon=2 months", f"tactics.care.effect.satisfaction={points}") for points in (8, 8.001)
    )
    assert digest(before, engine="compiled") != digest(after, engine="compiled")


def test_one_customer_one_microsecond_is_enough_to_change_a_digest() -> None:
    (record,) = sim.run_halls(study({"h": day_hall()}, "2 days"), 0)
    before = event_digest([record], None)
    for part in ("plan", "outcomes", "complained"):
        rows = getattr(record, part)
        for name in (*OF_CUSTOMERS, "arrival_us") if part == "plan" else [field.name for field in fields(rows)]:
            for row in (0, len(record.plan) // 2, len(record.plan) - 1):
                values = getattr(rows, name).copy()
                values[row] += 1
                after = replace(record, **{part: replace(rows, **{name: values})})
                assert event_digest([after], None) != before, (part, name, row)
    assert event_digest([replace(record, changes=record.changes[:-1])], None) != before
    assert event_digest([record, record], None) != before


# a run made again


STUDY = """\
schema_version: 1
name: tiny
extends: [hall.yaml]
horizon: 2 days
start: 2010-07-05
arms:
  baseline: {}
  more: {halls.main.counters.staffing: {"09:00-12:00": "+1"}}
"""
HALL = """\
schema_version: 1
halls:
  main:
    hours: "09:00-12:00"
    arrivals: {rate: {"09:00": {best: 30/h, source: assumed}}}
    transactions: {all: {share: 100 %, service: {dist: exponential, mean: 5 min}}}
    counters: {staffing: {"09:00": 2}}
"""


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a tiny study of two files and two runs of each of its arms."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "hall.yaml").write_text(HALL, encoding="utf-8")
    make_runs(scenarios.load("tiny.yaml"), tmp_path / "results", 1, 2)
    return tmp_path


def receipts(folder: Path) -> list[Receipt]:
    return [chunk.read_receipt(path) for path in (folder / "results" / "tiny" / "runs").iterdir()]


def ended(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_a_receipt_says_what_was_read_what_was_run_with_what_and_what_happened(kept: Path) -> None:
    told = receipts(kept)
    for receipt in told:
        assert receipt.sources == {name: chunk.file_hash(kept / name) for name in ("tiny.yaml", "hall.yaml")}
        assert {"python", "platform", "standfast", "numpy"} <= set(receipt.made_with)
    loaded = scenarios.load("tiny.yaml")
    runs = [run for receipt in told for run in receipt.runs]
    assert len(runs) == 4
    for run in runs:
        study_of_it = loaded.resolve(run.arm).study
        assert run.seed == study_of_it.seed
        assert run.digest == digest(study_of_it, run.replication)


def test_the_data_behind_a_fitted_number_is_named_by_its_hash(tmp_path: Path) -> None:
    fit = 'fit: {data: [{file: "/home/us/tickets.csv", sha256: abc, form: csv}]}\n'
    (tmp_path / "params.yaml").write_text(f"schema_version: 1\nhalls: {{}}\n{fit}", encoding="utf-8")
    (tmp_path / "tiny.yaml").write_text(f"parameters: [params.yaml]\n{STUDY}", encoding="utf-8")
    (tmp_path / "hall.yaml").write_text(HALL, encoding="utf-8")
    found = study_sources(scenarios.load(tmp_path / "tiny.yaml"))
    assert found["data tickets.csv"] == "abc"
    assert set(found) == {"tiny.yaml", "hall.yaml", "params.yaml", "data tickets.csv"}


def test_every_kept_run_can_be_made_again_from_the_results_folder_alone(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (kept / "tiny.yaml").unlink()
    (kept / "hall.yaml").unlink()
    runs = [run for receipt in receipts(kept) for run in receipt.runs]
    for run in runs:
        file = f"results/tiny/studies/{run.model[:16]}.yaml"
        code, out, _ = ended(capsys, "run", file, "--replication", str(run.replication))
        assert code == 0
        assert out.splitlines()[-1] == f"events {run.digest}: replayed exactly, as kept in results/tiny"


def test_a_report_says_where_its_numbers_come_from_and_how_to_make_them_again(kept: Path) -> None:
    loaded = scenarios.load("tiny.yaml")
    first, second = (compare(loaded, kept / out, 1, 2).findings.provenance for out in ("results", "elsewhere"))
    assert first == second, "made now or found kept, here or there: the same events"
    files = first["Files it was read from, with SHA-256"]
    assert files == ", ".join(f"{name} {chunk.file_hash(kept / name)[:12]}" for name in ("tiny.yaml", "hall.yaml"))
    again = first["To run one again: standfast run FILE --replication N"]
    told = dict(each.split(": ") for each in again.split(", "))
    assert list(told) == ["baseline", "more"]
    for arm, file in told.items():
        redone = scenarios.load(kept / "results" / "tiny" / file).resolve("baseline")
        assert redone.model_parts == loaded.resolve(arm).model_parts
    other = compare(scenarios.load("tiny.yaml", ["seed=2"]), kept / "results", 1, 2).findings.provenance
    assert len(other["Digest of all events"]) == DIGEST_HEX
    assert other["Digest of all events"] != first["Digest of all events"]


def test_a_replay_is_told_from_a_run_that_is_not_kept(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ended(capsys, "run", "tiny.yaml", "--replication", "1", "--json")
    assert (code, "replayed exactly" in err) == (0, True)
    assert json.loads(out)[0]["replication"] == 1
    code, out, _ = ended(capsys, "run", "tiny.yaml", "--replication", "2")
    assert (code, "no such run is kept in results/tiny" in out) == (0, True)
    code, out, _ = ended(capsys, "run", "tiny.yaml", "--replication", "1", "--set", "seed=7")
    assert (code, "no such run is kept in results/tiny" in out) == (0, True)
    code, out, _ = ended(capsys, "run", "tiny.yaml", "--replication", "1", "--out", "elsewhere")
    assert (code, "no such run is kept in elsewhere/tiny" in out) == (0, True)
    assert not (kept / "elsewhere").exists()


def test_a_run_that_came_out_otherwise_than_it_is_kept_is_told_and_fails(
    kept: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.run.event_digest", lambda halls, market: "0" * DIGEST_HEX)
    monkeypatch.setattr("standfast.experiments.replay.made_with", lambda: {"numpy": "99"})
    code, out, _ = ended(capsys, "run", "tiny.yaml", "--replication", "1")
    assert code == 1
    assert "NOT as kept in results/tiny" in out
    assert "numpy 99 (then " in out


def test_a_simulator_without_a_digest_is_kept_and_replayed_without_one(tmp_path: Path) -> None:
    compare(two_points(), tmp_path, 1, 2, simulate=simulate, engine="fake-1")
    (receipt,) = [chunk.read_receipt(path) for path in (tmp_path / "fake" / "runs").iterdir()]
    assert {run.digest for run in receipt.runs} == {""}
    assert not (tmp_path / "fake" / "studies").exists()


def test_receipts_from_before_digests_are_still_read(kept: Path) -> None:
    path = next((kept / "results" / "tiny" / "runs").glob("*/receipt.json"))
    receipt = chunk.read_receipt(path.parent)
    runs = [{name: value for name, value in asdict(run).items() if name != "digest"} for run in receipt.runs]
    old = {"runs": runs, "sha256": receipt.sha256, "finished": receipt.finished, "made_with": dict(receipt.made_with)}
    seal = hashlib.sha256(json.dumps(old, sort_keys=True).encode()).hexdigest()
    path.write_text(json.dumps({**old, "seal": seal}))
    again = make_runs(scenarios.load("tiny.yaml"), kept / "results", 1, 2)
    assert (again.ran, again.set_aside) == (0, ())
    assert replayed(scenarios.load("tiny.yaml"), None, None, 0, "d", kept / "results").verdict == "no digest"
