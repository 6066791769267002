"""The best of many after a comparison: who may be the best, and the selection of one, with the promise they make."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from experiments_fakes import FakeLoaded, metric, simulate, two_points
from numpy.typing import NDArray

from outputs.best import best_csv, best_groups, best_words
from outputs.findings import BEST_COLUMNS, SELECTIONS
from scenarios.selecting import Select
from standfast.experiments.best import best_of, select_best
from standfast.experiments.compare import Comparison, compare
from standfast.experiments.verdicts import looks

Floats = NDArray[np.float64]

SCHEDULE = looks(10, 160)
KN, TWO = Select("m", "kn", 1.0), Select("m", "two_stage", 1.0)


class Made:
    """Values of arms made beforehand, (replications, arms), and how many of each were asked for."""

    def __init__(self, values: Floats, arms: Sequence[str]) -> None:
        self.values, self.arms = values, tuple(arms)
        self.asked = dict.fromkeys(arms, 0)

    def __call__(self, arms: Sequence[str], n: int) -> Floats:
        self.asked |= {arm: max(n, self.asked[arm]) for arm in arms}
        return self.values[:n, [self.arms.index(arm) for arm in arms]]


def paired(rng: np.random.Generator, means: Sequence[float], n: int, own: float = 1.5) -> Floats:
    return rng.normal(50, 4, (n, 1)) + np.array(means) + rng.normal(0, own, (n, len(means)))


@pytest.mark.parametrize("select", [KN, TWO])
@pytest.mark.parametrize("goal", ["max", "min"])
def test_the_best_arm_is_selected_as_often_as_promised(select: Select, goal: Any) -> None:
    """The hardest case that the promise covers: all others exactly one zone behind."""
    rng = np.random.default_rng(3)
    arms, studies, right = ("a", "b", "c", "d"), 150, 0
    sign = 1 if goal == "max" else -1
    for _ in range(studies):
        made = Made(sign * paired(rng, [0, 0, 1, 0], 2_000), arms)
        found = select_best(arms, select, goal, 0.9, 10, 2_000, made)
        right += found.selected == "c"
        assert found.n <= max(made.asked.values())
    assert right / studies >= 0.9 - 2 * math.sqrt(0.9 * 0.1 / studies)


def test_arms_that_are_ruled_out_are_not_run_on() -> None:
    made = Made(paired(np.random.default_rng(1), [0, 20, 19.5], 4_000), ("a", "b", "c"))
    found = select_best(made.arms, Select("m", "kn", 0.2), "max", 0.95, 10, 4_000, made)
    assert made.asked["a"] == 10
    assert made.asked["b"] > 100
    assert found.selected == "b"


@pytest.mark.parametrize("procedure", ["kn", "two_stage"])
def test_at_the_most_replications_those_that_remain_are_named(procedure: str) -> None:
    made = Made(paired(np.random.default_rng(1), [0, 9, 9], 100, own=6), ("a", "b", "c"))
    found = select_best(made.arms, Select("m", procedure, 0.1), "max", 0.95, 10, 40, made)
    assert found.selected is None
    assert {"b", "c"} <= set(found.remain)
    assert max(made.asked.values()) == 40


@pytest.mark.parametrize("procedure", ["kn", "two_stage"])
def test_replications_that_failed_are_left_out(procedure: str) -> None:
    values = paired(np.random.default_rng(1), [0, 5], 200)
    values[3, 1] = values[12, 0] = math.nan
    made = Made(values, ("a", "b"))
    assert select_best(made.arms, Select("m", procedure, 1.0), "max", 0.95, 10, 200, made).selected == "b"
    nothing = Made(np.full((40, 2), math.nan), ("a", "b"))
    found = select_best(("a", "b"), Select("m", procedure, 1.0), "max", 0.95, 10, 40, nothing)
    assert (found.selected, found.remain) == (None, ("a", "b"))


def test_arms_that_are_the_same_end_a_selection_at_once() -> None:
    same = np.repeat(np.random.default_rng(1).normal(size=(40, 1)), 2, axis=1)
    found = select_best(("a", "b"), KN, "max", 0.95, 10, 40, Made(same, ("a", "b")))
    assert (found.selected, found.n) == ("a", 10)


def coverage(studies: int) -> float:
    """Share of studies whose intervals with the best hold at the first look with one survivor, or the last."""
    rng = np.random.default_rng(11)
    means = np.array([0.0, 0.4, 0.5, 1.5])
    truth = [means[i] - max(np.delete(means, i)) for i in range(4)]
    held = 0
    for _ in range(studies):
        values = dict(zip("abcd", paired(rng, means.tolist(), SCHEDULE[-1]).T, strict=True))
        for number in SCHEDULE:
            found = best_of(values, number, 0.95, len(SCHEDULE), "max")
            assert found is not None
            if len(found.survivors) == 1:
                break
        held += all(each.low <= true <= each.high for each, true in zip(found.intervals, truth, strict=True))
    return held / studies


def test_intervals_with_the_best_hold_at_a_look_that_the_data_chose() -> None:
    assert coverage(200) >= 0.95 - 0.01


@pytest.mark.slow
def test_intervals_with_the_best_hold_over_2000_studies() -> None:
    held = coverage(2_000)
    print(f"all intervals with the best held in {held:.2%}")
    assert held >= 0.95 - 0.01


def test_of_one_arm_nothing_is_the_best() -> None:
    assert best_of({"a": np.arange(9.0)}, 9, 0.95, 1, "max") is None
    assert best_of({}, 9, 0.95, 1, "max") is None
    assert best_of({"a": np.arange(9.0), "b": np.full(9, math.nan)}, 9, 0.95, 1, "max") is None


# in a comparison


def run(out: Path, replications: int | None = None, **changes: Any) -> Comparison:
    loaded: FakeLoaded = FakeLoaded(**changes) if "levers" in changes else two_points(**changes)
    return compare(loaded, out, 1, replications, simulate=simulate, engine="fake-1")


def test_a_comparison_says_which_arms_may_be_the_best_on_its_first_metric(tmp_path: Path) -> None:
    found = run(tmp_path, initial=8, maximum=16).findings
    assert found.best is not None
    assert tuple(found.best.columns) == BEST_COLUMNS
    calm = found.best[found.best["point"] == "calm"].set_index("arm")
    assert list(calm.index) == list(found.arms)
    assert calm["could_be_best"].to_dict() == {"now": False, "more": False, "最多": True}
    assert calm.loc["最多", "low"] < 0
    assert calm.loc["最多", "high"] == 0
    assert set(calm["selection"]) == {""}
    assert calm["level"].unique() == pytest.approx([1 - 0.05 / 2])
    assert found.best["n"].isin([8, 16]).all()


def test_a_selection_runs_on_until_one_is_left(tmp_path: Path) -> None:
    metrics = (metric("wait_mean", indifference=0.2), metric("served", goal="max", indifference=0.05))
    select = Select("served", "kn", 0.05)
    found = run(tmp_path, metrics=metrics, initial=6, maximum=3_000, select=select, noises={"calm": 0.2}, levers=LEVERS)
    best = found.findings.best
    assert best is not None
    rows = best[best["metric"] == "served"].set_index("arm")
    assert rows["selection"].to_dict() == {"now": "out", "more": "selected", "most": "out"}
    assert set(best["metric"]) == {"wait_mean", "served"}
    runs = found.findings.kpis.groupby("arm")["replication"].nunique()
    assert runs["more"] >= rows["selection_n"].iloc[0] > 6
    assert set(rows["selection"]) <= set(SELECTIONS)
    again = run(tmp_path, metrics=metrics, initial=6, maximum=3_000, select=select, noises={"calm": 0.2}, levers=LEVERS)
    assert again.ran == 0
    assert again.findings.best is not None
    assert again.findings.best.equals(best)


LEVERS = {"now": {"shift": 0.0}, "more": {"shift": 0.1}, "most": {"shift": -0.4}}


def test_exactly_so_many_replications_are_not_exceeded_by_a_selection(tmp_path: Path) -> None:
    found = run(tmp_path, 5, select=Select("wait_mean", "kn", 0.001), levers=LEVERS)
    assert found.findings.kpis["replication"].max() == 4
    assert found.findings.best is not None
    assert "remains" in set(found.findings.best["selection"])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_is_told_in_words_and_rows(language: Any, tmp_path: Path) -> None:
    options: dict[str, Any] = {"initial": 8, "maximum": 16}
    for select in (None, Select("wait_mean", "kn", 0.5), Select("wait_mean", "two_stage", 1e-6)):
        loaded: FakeLoaded = two_points(select=select, **options)
        found = compare(loaded, tmp_path, 1, language=language, simulate=simulate, engine="fake-1").findings
        words = best_words(found, "calm")
        assert len(words) == (1 if select is None else 2)
        assert "最多" in words[0]
        (group,) = best_groups(found, "calm")
        assert [row["name"] for row in group["rows"]] == ["最多", "more", "now"]
        assert best_csv(found).decode("utf-8-sig").splitlines()[0] == ",".join(BEST_COLUMNS)


def test_the_command_gives_it_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from standfast.cli import main

    with pytest.raises(SystemExit) as ended:
        main(
            ["compare", "one-hall", "--out", str(tmp_path), "--replications", "3", "--workers", "1", "--json",
             "--set", "horizon=2 days"]
        )  # fmt: skip
    assert not ended.value.code
    told = json.loads(capsys.readouterr().out)
    assert {row["arm"] for row in told["best"]} == {"baseline", "more-counters"}
    assert told["partings"][0]["first"]["clock"] == "10:00:00"
    assert (tmp_path / "one-hall" / "best.csv").is_file()
    page = (tmp_path / "one-hall" / "report.html").read_text(encoding="utf-8")
    assert 'id="best"' in page
    assert 'id="believe"' in page
