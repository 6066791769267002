"""A run costs little beside itself: what makes it so changes nothing in what is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from experiments_fakes import FakeLoaded, metric, simulate, two_points
from hypothesis import given, settings
from hypothesis import strategies as st

from standfast.experiments import pending, table
from standfast.experiments.campaign import conducting
from standfast.experiments.chunk import RECEIPT
from standfast.experiments.compare import compare
from standfast.experiments.metrics import metric_values
from standfast.experiments.plan import RunKeys, resolve_variants, run_key
from standfast.experiments.receipt import Receipt, RunColumns, RunRecord, sealed, unsealed
from standfast.experiments.rows import BadRows, packed
from standfast.experiments.store import Store, study_folder

ROOT = Path(__file__).parents[1]

records = st.builds(
    RunRecord,
    key=st.text("0123456789abcdef", min_size=64, max_size=64),
    model=st.sampled_from(["m", "n"]),
    seed=st.integers(0, 2**70),
    engine=st.sampled_from(["2", "引擎"]),
    arm=st.text(max_size=8),
    point=st.text(max_size=8),
    replication=st.integers(0, 2**40),
    elapsed_s=st.floats(0, 1e6).map(lambda each: round(each, 6)),
    rows=st.integers(0, 10**6),
    digest=st.sampled_from(["", "a1"]),
)


@given(st.lists(records, min_size=1, max_size=6))
def test_a_receipt_gives_back_its_records_and_no_flipped_byte_changes_what_it_says(runs: list[RunRecord]) -> None:
    receipt = Receipt(RunColumns.of(runs), "hash", "now", {"python": "3"}, {"study.yaml": "h"})
    text = sealed(receipt)
    back = unsealed(text)
    assert list(back.runs) == runs
    assert (back.sha256, back.finished, back.made_with, back.sources) == (
        "hash",
        "now",
        {"python": "3"},
        receipt.sources,
    )
    for at in range(0, len(text), 37):
        try:
            flipped = unsealed(text[:at] + bytes([text[at] ^ 2]) + text[at + 1 :])
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        # JSON has several spellings of one text: a byte that makes one of another says the same.
        assert (list(flipped.runs), flipped.sha256, flipped.finished) == (runs, "hash", "now")


def test_receipts_of_the_first_format_are_still_read(tmp_path: Path) -> None:
    from dataclasses import asdict
    from hashlib import sha256

    compare(two_points(), tmp_path, 1, 3, simulate=simulate, engine="fake-1")
    before = (tmp_path / "fake" / "kpis.parquet").read_bytes()
    (path,) = (tmp_path / "fake" / "runs").glob(f"*/{RECEIPT}")
    new = unsealed(path.read_bytes())
    runs = [{name: value for name, value in asdict(run).items() if name != "digest"} for run in new.runs]
    old: dict[str, Any] = {"runs": runs, "sha256": new.sha256, "finished": new.finished, "made_with": {}}
    seal = sha256(json.dumps(old, sort_keys=True).encode()).hexdigest()
    path.write_text(json.dumps({**old, "seal": seal}, indent=1))
    again = compare(two_points(), tmp_path, 1, 3, simulate=simulate, engine="fake-1")
    assert (again.ran, again.kept, again.set_aside) == (0, 18, ())
    assert (tmp_path / "fake" / "kpis.parquet").read_bytes() == before


@given(st.integers(0, 10**9), st.integers(0, 2**63), st.text(max_size=12))
def test_quick_keys_are_the_keys(replication: int, seed: int, engine: str) -> None:
    variant = resolve_variants(two_points(seed=seed))["最多", "calm"]
    assert RunKeys(variant, engine)[replication] == run_key(variant.model, seed, replication, engine)


def test_rows_come_back_as_the_simulator_gave_them_and_what_they_are_called_is_held_once() -> None:
    first, second = (packed(simulate(two_points().resolve("now", "calm").study, each)) for each in (0, 1))
    assert first.labels is second.labels
    frame = simulate(two_points().resolve("now", "calm").study, 1)
    assert np.frombuffer(second.values).tolist() == frame["value"].tolist()
    assert list(second.labels.scope) == frame["scope"].tolist()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (None, "returned nothing"),
        ({"unit": None}, "no column unit"),
        ({"value": [1.0, float("nan")]}, "measured value nan for b at s, all"),
        ({"weight": [float("inf"), 1.0]}, "measured weight inf for a at s, all"),
        ({"period": ["all", None]}, "a period that is no text"),
    ],
)
def test_what_is_no_table_of_kpis_is_told_in_a_line(wrong: dict[str, Any] | None, told: str) -> None:
    good = {"kpi": ["a", "b"], "scope": "s", "period": "all", "value": 1.0, "unit": "min", "weight": 1.0}
    frame = None
    if wrong is not None:
        frame = pd.DataFrame({name: each for name, each in {**good, **wrong}.items() if each is not None})
    with pytest.raises(BadRows, match=told):
        packed(frame)


@settings(max_examples=6, deadline=None)
@given(chunk_s=st.sampled_from([0.0, 0.001, 0.003, 9.0]), block=st.integers(1, 300), at_hand=st.integers(1, 200))
def test_the_table_has_the_same_bytes_however_runs_are_kept(
    tmp_path_factory: pytest.TempPathFactory, chunk_s: float, block: int, at_hand: int
) -> None:
    out = tmp_path_factory.mktemp("chunks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "BLOCK_ROWS", block)
        compare(two_points(), out, 1, 4, simulate=simulate, engine="fake-1")
        expected = (out / "fake" / "kpis.parquet").read_bytes()
        patch.setattr(pending, "CHUNK_S", chunk_s)
        patch.setattr(table, "ROWS_AT_HAND", at_hand)
        for replications in (1, 3, 4):
            compare(two_points(), out / "other", 1, replications, simulate=simulate, engine="fake-1")
    assert (out / "other" / "fake" / "kpis.parquet").read_bytes() == expected


def test_metrics_are_read_in_the_order_of_the_keys_and_pooled_where_their_scope_is_not_recorded(tmp_path: Path) -> None:
    compare(two_points(), tmp_path, 1, 4, simulate=simulate, engine="fake-1")
    store = Store(study_folder(tmp_path, "fake"))
    store.scan()
    keys = sorted(store.index.records)
    metrics = [metric("wait_mean", "hall/a"), metric("served", "halls"), metric("served", "nowhere")]
    metrics[1].scope = "operator/other"  # pooled from the halls below
    found = metric_values(store, keys, metrics)
    frame = pd.concat(store.rows(keys, ("run", "kpi", "scope", "period", "value")))
    frame = frame[(frame["scope"] == "hall/a") & (frame["period"] == "all")].set_index(["run", "kpi"])["value"]
    assert found[:, 0].tolist() == [frame[key, "wait_mean"] for key in keys]
    assert found[:, 1].tolist() == [frame[key, "served"] for key in keys]
    assert np.isnan(found[:, 2]).all()


def test_a_batch_costs_less_than_a_millisecond_a_run_and_little_memory(tmp_path: Path) -> None:
    """The small form of `benchmarks/batches.py`: processor time, so that other programs don't count."""
    code = "import json, sys, batches; print(json.dumps(batches.command(*sys.argv[1:])))"
    arguments = [sys.executable, "-c", code, str(tmp_path), "1", "10000", "1"]
    done = subprocess.run(
        arguments, cwd=ROOT / "benchmarks", stdout=subprocess.PIPE, text=True, check=True, timeout=120
    )
    found = json.loads(done.stdout)
    assert found["ran"] == 10000
    assert found["make_cpu"] + found["table_cpu"] < 10000 * 1e-3
    assert found["peak_mib"] < 286  # 300 MB


def test_a_campaign_takes_its_tasks_as_they_come_near(tmp_path: Path) -> None:
    """A batch of any length is never a list in memory: the first outcome comes before the last task is made."""
    variants = resolve_variants(FakeLoaded({"now": {}}, noises={"base": 1.0}))
    asked: list[int] = []

    class Hands:
        size = 1

        def run(self, tasks: Any) -> Any:
            for task in tasks:
                asked.append(task.replication)
                if len(asked) == 3:
                    return
            yield from ()

    with conducting(variants, tmp_path, "fake", simulate, "fake-1", 1) as campaign:
        campaign._hands = Hands()  # type: ignore[assignment]
        campaign.ensure(list(variants), 50_000)
    assert asked == [0, 1, 2]
