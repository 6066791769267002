"""What is in the store is whole or set aside; nothing leaves the results folder; the plan says why runs are missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from experiments_fakes import simulate, two_points
from hypothesis import given
from hypothesis import strategies as st

import standfast as sf
from scenarios.whole_files import write_whole
from standfast.experiments import chunk
from standfast.experiments.compare import Comparison, compare
from standfast.experiments.folder import StoreError, folder_name
from standfast.experiments.plan import changed_paths, content_hash, make_plan, run_key
from standfast.experiments.store import opened, study_folder


def run(loaded: Any, out: Path, replications: int = 3) -> Comparison:
    return compare(loaded, out, 1, replications, simulate=simulate, engine="fake-1")


def one_chunk(out: Path) -> Path:
    return next(each for each in (out / "fake" / "runs").iterdir())


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0x10
    path.write_bytes(content)


def tear_rows(folder: Path) -> None:
    cut(folder / chunk.ROWS)


def flip_rows(folder: Path) -> None:
    flip(folder / chunk.ROWS)


def lose_rows(folder: Path) -> None:
    (folder / chunk.ROWS).unlink()


def cut_receipt(folder: Path) -> None:
    cut(folder / chunk.RECEIPT)


def empty_receipt(folder: Path) -> None:
    (folder / chunk.RECEIPT).write_bytes(b"")


def lose_receipt(folder: Path) -> None:
    (folder / chunk.RECEIPT).unlink()


def miscount_in_receipt(folder: Path) -> None:
    text = (folder / chunk.RECEIPT).read_text()
    (folder / chunk.RECEIPT).write_text(text.replace('"rows":9', '"rows":8', 1))


HARMS = [tear_rows, flip_rows, lose_rows, cut_receipt, empty_receipt, miscount_in_receipt, lose_receipt]


@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_chunk_is_set_aside_told_and_run_again(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    run(two_points(), tmp_path)
    before = (tmp_path / "fake" / "kpis.parquet").read_bytes()
    harmed = one_chunk(tmp_path)
    harm(harmed)
    planned = make_plan(two_points(), tmp_path, 3, "fake-1")
    assert planned.todo == 18
    assert all("its file was set aside: its " in line.why or "not finished" in line.why for line in planned.lines)
    again = run(two_points(), tmp_path)
    assert [each.chunk for each in again.set_aside] == [harmed.name]
    assert (tmp_path / "fake" / "quarantine" / harmed.name).is_dir()
    assert again.ran == 18
    assert (tmp_path / "fake" / "kpis.parquet").read_bytes() == before
    assert run(two_points(), tmp_path).ran == 0


def test_every_flipped_byte_of_the_rows_is_found(tmp_path: Path) -> None:
    run(two_points(), tmp_path)
    folder = one_chunk(tmp_path)
    content = (folder / chunk.ROWS).read_bytes()
    for at in range(0, len(content), 97):
        (folder / chunk.ROWS).write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        with pytest.raises(chunk.Damaged, match="rows are damaged"):
            chunk.read_receipt(folder)


def test_leftovers_of_a_killed_command_are_removed(tmp_path: Path) -> None:
    run(two_points(), tmp_path)
    leftover = tmp_path / "fake" / "runs" / ".part-abc-1"
    leftover.mkdir()
    (leftover / chunk.ROWS).write_bytes(b"half")
    again = run(two_points(), tmp_path)
    assert (again.ran, again.set_aside) == (0, ())
    assert not leftover.exists()


def test_a_receipt_says_what_was_run_and_with_what(tmp_path: Path) -> None:
    run(two_points(), tmp_path)
    folder = one_chunk(tmp_path)
    receipt = json.loads((folder / chunk.RECEIPT).read_text())
    assert receipt["sha256"] == chunk.file_hash(folder / chunk.ROWS)
    runs = receipt["runs"]
    assert {"key", "model", "seed", "engine", "elapsed_s", "rows"} <= {*runs["same"], *runs["each"]}
    assert len(runs["each"]["key"]) == runs["count"] == 18
    assert {"python", "platform", "standfast", "numpy"} <= set(receipt["made_with"])


def test_a_second_command_on_the_same_results_is_refused_and_says_who_has_them(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom standfast.experiments.store import opened\n"
        "with opened(Path(sys.argv[1]), 'fake'):\n    print('in', flush=True)\n    sys.stdin.read()\n"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert first.stdout is not None
    assert first.stdout.readline() == "in\n"
    with pytest.raises(StoreError, match=f"in use by process {first.pid}"), opened(tmp_path, "fake"):
        pass
    first.kill()
    first.wait()
    first.communicate()
    with opened(tmp_path, "fake"):
        pass  # the lock went with its process


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_a_store_error_and_nothing_torn_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = write_whole

    def full(path: Path, content: bytes) -> None:
        with open("/dev/full", "wb", buffering=0) as file:
            file.write(content)

    monkeypatch.setattr(chunk, "write_whole", full)
    with pytest.raises(StoreError, match="No space left on device"):
        run(two_points(), tmp_path)
    monkeypatch.setattr(chunk, "write_whole", real)
    again = run(two_points(), tmp_path)
    assert (again.ran, again.kept) == (18, 0)
    assert [each.why for each in again.set_aside] == ["it was not finished"]


def test_a_folder_that_cannot_be_made_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file stands here")
    with pytest.raises(StoreError, match="cannot create"):
        run(two_points(), tmp_path / "results")


@given(st.text(max_size=300))
def test_no_name_leaves_the_results_folder(name: str) -> None:
    folder = study_folder(Path("/results"), name)
    assert Path(os.path.normpath(folder)).parent == Path("/results")
    assert 0 < len(folder.name.encode()) < 200
    assert "\0" not in folder.name


def test_chinese_names_stay_and_different_names_never_share_a_folder() -> None:
    assert folder_name("冬季保有") == "冬季保有"
    names = ["a/b", "a-b", "a\\b", "..", "", ".", "CON", "con", "x" * 300, "x" * 301, "a b", "a\tb"]
    assert len({folder_name(name) for name in names}) == len(names)


def test_a_run_key_is_made_of_model_seed_replication_and_engine_alone() -> None:
    parts = [("m", 1, 2, "e"), ("n", 1, 2, "e"), ("m", 2, 2, "e"), ("m", 1, 3, "e"), ("m", 1, 2, "f")]
    assert len({run_key(*each) for each in parts}) == len(parts)
    assert run_key(*parts[0]) == run_key(*parts[0])
    assert content_hash({"b": 1, "a": "厅"}) == content_hash({"a": "厅", "b": 1})
    with pytest.raises(ValueError, match="not JSON compliant"):
        content_hash({"a": float("nan")})


def test_the_plan_says_how_many_what_is_done_why_the_rest_and_how_long(tmp_path: Path) -> None:
    study = two_points(0.01)
    fresh = make_plan(study, tmp_path, engine="fake-1")
    assert (fresh.different, fresh.done, fresh.todo, fresh.at_most) == (24, 0, 24, 48)
    assert {line.why for line in fresh.lines} == {"never run"}
    assert fresh.estimate_s(2) is None
    assert not any(tmp_path.iterdir())

    run(study, tmp_path)
    study.levers["more"]["shift"] = -1.5
    after = make_plan(study, tmp_path, replications=4, engine="fake-1")
    assert {(line.arm, line.runs, line.why) for line in after.lines if line.point == "calm"} == {
        ("now", 3, ""),
        ("now", 1, "never run"),
        ("more", 3, "the model changed: shift"),
        ("more", 1, "never run"),
        ("最多", 3, ""),
        ("最多", 1, "never run"),
    }
    seconds = after.estimate_s(2)
    assert seconds is not None
    assert 0.01 * 12 / 2 <= seconds < 2
    engine = make_plan(study, tmp_path, replications=3, engine="fake-2")
    assert {line.why for line in engine.lines if line.arm == "now"} == {"the engine changed: fake-1 → fake-2"}
    seed = make_plan(two_points(0.01, seed=5), tmp_path, replications=3, engine="fake-1")
    assert {line.why for line in seed.lines} == {"the seed changed: 1 → 5"}


def test_changed_paths_are_dotted_and_a_list_is_one_value() -> None:
    old = {"halls": {"a": {"staffing": [1, 2], "closing": "x"}, "b": {}}, "days": 31}
    new = {"halls": {"a": {"staffing": [1, 3], "closing": "x"}, "c": {}}, "days": 31}
    assert changed_paths(old, new) == ("halls.a.staffing", "halls.b", "halls.c")


def test_results_are_read_from_their_folder(tmp_path: Path) -> None:
    found = run(two_points(), tmp_path)
    assert len(sf.read(tmp_path / "fake")) == len(found.findings.kpis)
    with pytest.raises(FileNotFoundError, match="no results here"):
        sf.read(tmp_path)
