"""The validation pack: what is true holds, and every part tells a truth that is broken on purpose as a miss."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import FrozenInstanceError, replace
from fractions import Fraction
from itertools import accumulate
from operator import mul

import numpy as np
import pandas as pd
import pytest

import standfast as sf
from standfast.cli import main
from standfast.validation import chain, draws, engines, machine, market, pack, steady
from standfast.validation.chain import LateCounts
from standfast.validation.days import DAYS, study_of
from standfast.validation.formulas import formula_rows
from standfast.validation.market import survival
from standfast.validation.published import TRUTHS, Published
from standfast.validation.random_halls import random_study
from standfast.validation.rows import Row, near, same
from standfast.validation.sampled import Check, run_checks

Ended = tuple[int, str, str]


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ended:
    """Run the command line in this process: exit code, stdout, stderr."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def verdicts(rows: Sequence[Row]) -> dict[str, str]:
    return {row.name: row.verdict for row in rows}


@pytest.fixture
def nothing_simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pack of formulas, chain limits, draws and the machine: quick."""
    for name in ("steady.steady_checks", "chain.chain_checks", "engines.engine_checks", "market.market_checks"):
        monkeypatch.setattr(f"standfast.validation.{name}", lambda full: [])
    monkeypatch.setattr("standfast.validation.draws.repeat_checks", list)


# what is true holds


def test_formulas_meet_every_published_value() -> None:
    rows = formula_rows()
    assert len(rows) >= 30
    assert {row.verdict for row in rows} == {"holds"}
    assert all(row.source for row in rows)


def test_names_of_the_table_are_told_apart() -> None:
    names = [truth.name for truth in TRUTHS]
    assert len(set(names)) == len(names)


def stationary(births: Sequence[Fraction], deaths: Sequence[Fraction]) -> list[Fraction]:
    """Steady state of a birth–death chain in fractions."""
    weights = list(accumulate((b / d for b, d in zip(births, deaths, strict=True)), mul, initial=Fraction(1)))
    return [weight / sum(weights) for weight in weights]


def test_exact_values_of_the_table_are_sums_over_states() -> None:
    """Three rows again in fractions, to see that the table was not filled by the formulas that it judges."""
    exact = {truth.name: truth.exact for truth in TRUTHS}
    room = stationary([Fraction(2)] * 3, [Fraction(3)] * 3)
    assert exact["M/M/1/3, 2 and 3 an hour: empty"] == pytest.approx(float(room[0]), rel=1e-15)
    lost = stationary([Fraction(20)] * 30, [Fraction(n) for n in range(1, 31)])[-1]
    assert exact["Erlang B, 20 erlang, 30 counters: lost"] == pytest.approx(float(lost), rel=1e-15)
    leaving = stationary([Fraction(20)] * 120, [Fraction(6 * min(n, 3) + 4 * max(n - 3, 0)) for n in range(1, 121)])
    queue = float(sum(share * max(n - 3, 0) for n, share in enumerate(leaving)))
    assert exact["Erlang A, 20 and 6 an hour, 3 counters: queue"] == pytest.approx(queue, rel=1e-15)


def test_the_chain_ends_in_formulas_and_philox_gives_its_published_answers() -> None:
    rows = [*chain.limit_rows(), *draws.draw_rows()]
    assert {row.verdict for row in rows} == {"holds"}
    assert len(rows) == 6


def test_runs_engines_a_formula_a_chain_and_markets_agree_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short form of the short pack: every kind of check, in this process."""
    monkeypatch.setattr(engines, "HALLS", (6, 6))
    erlang_a = [check for check in steady.steady_checks(False) if check.name.startswith("Erlang A")]
    leave = {"customers who leave": DAYS["customers who leave"]}
    monkeypatch.setattr(chain, "RUNS", (1, 1))
    monkeypatch.setattr(chain, "ROOT_MEAN_SQUARE", ((0.3, 2.0),) * 2)  # a thousand days are few
    told: list[int] = []
    checks = [
        *draws.repeat_checks(),
        *engines.engine_checks(False),
        *erlang_a,
        *chain.chain_checks(False, leave),
        *market.market_checks(False),
    ]
    rows = run_checks(checks, 1, lambda done, planned, what, left: told.append(done))
    assert [row for row in rows if row.misses] == []
    assert {row.part for row in rows} == {draws.PART, engines.PART, steady.PART, chain.AGAINST, market.PART}
    assert told == list(range(1, sum(check.replications for check in checks) + 1))


@pytest.mark.slow
def test_the_short_pack_holds_and_does_not_depend_on_workers() -> None:
    rows = sf.validate(workers=2)
    assert [row for row in rows if row.misses] == []
    assert rows == sf.validate(workers=1)


@pytest.mark.slow
def test_the_full_pack_holds() -> None:
    assert [row for row in sf.validate(full=True) if row.misses] == []


# a truth that is broken is told


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: truth.name)
def test_a_formula_that_is_off_by_a_millionth_misses(truth: Published) -> None:
    (row,) = formula_rows([replace(truth, exact=truth.exact * (1 + 1e-6))])
    assert row.misses


def test_a_formula_that_is_not_what_was_printed_misses() -> None:
    printed = next(truth for truth in TRUTHS if truth.printed == "0.238")
    (row,) = formula_rows([replace(printed, printed="0.240")])
    assert row.misses
    assert "another number" in row.note


@pytest.mark.parametrize(
    ("values", "truth", "verdict"),
    [
        ("close", 10.0, "holds"),
        ("close", 10.5, "misses"),  # outside the interval
        ("wide", 10.0, "misses"),  # inside an interval that would hold anything
        ("nan", 10.0, "misses"),
    ],
)
def test_a_formula_holds_only_inside_a_narrow_interval(values: str, truth: float, verdict: str) -> None:
    spread = {"close": 0.2, "wide": 5.0, "nan": float("nan")}[values]
    samples = 10.0 + spread * np.linspace(-1, 1, 30)
    hall = steady.SteadyHall("M/M/1", "", {}, (2, 2), (steady.Known("mean queue", truth, "queue_mean"),))
    (row,) = steady.judge(hall, False, [pd.DataFrame([[value]]) for value in samples])
    assert row.verdict == verdict


def test_a_chain_of_another_hall_misses() -> None:
    """Customers who wait a fifth longer than those simulated: the day's shares over each threshold are others."""
    day = DAYS["customers who leave"]
    frames = [LateCounts((study_of(day, 1000, 1),))(0)]
    assert not any(row.misses for row in chain.judge({"day": day}, False, frames)[:-1])
    rows = chain.judge({"day": replace(day, mean_patience_min=22.0)}, False, frames)
    assert [row.verdict for row in rows[:2]] == ["misses", "misses"]
    assert "standard errors" in rows[0].note


def test_a_rare_half_hour_with_too_many_late_customers_misses_the_full_pack() -> None:
    day = DAYS["a class that goes first"]
    (frame,) = [LateCounts((study_of(day, 1000, 2),))(0)]
    first = (frame["class"] == "vip") & (frame["threshold"] == 15) & (frame["half_hour"] == 0)
    crowded = frame.assign(late=frame["late"].where(~first, frame["late"] + 60))
    name = "day: vip, over 15 min"
    assert verdicts(chain.judge({"day": day}, True, [frame]))[name] != "misses"
    assert verdicts(chain.judge({"day": day}, True, [crowded]))[name] == "misses"


def test_a_market_of_another_law_misses(monkeypatch: pytest.MonkeyPatch) -> None:
    """People who lapse more often, to whom money means more, with another tail: the shares of some month are others."""
    monkeypatch.setattr(market, "PEOPLE", 10_000)
    frames = [[market.Sample(known)(0)] for known in market.known_markets()]
    for known, frame in zip(market.known_markets(), frames, strict=True):
        assert not any(row.misses for row in market.judge(known, frame)), known.name
    for law, other in (("LAPSE", 0.045), ("PRICE", 0.036)):
        monkeypatch.setattr(market, law, other)
    monkeypatch.setattr(market, "survival", lambda alpha, beta, months: survival(alpha + 0.05, beta, months))
    for known, frame in zip(market.known_markets(), frames, strict=True):
        assert any(row.misses for row in market.judge(known, frame)), known.name


def test_a_market_without_a_share_misses() -> None:
    known = market.known_markets()[1]
    (truth,) = known.truth["operator/a"].values()
    frame = pd.DataFrame({name: {"2010-07": truth} for name in known.truth})
    assert not market.judge(known, [frame])[0].misses
    assert market.judge(known, [frame.assign(**{"operator/a": float("nan")})])[0].misses


def test_engines_that_differ_miss_and_so_does_an_empty_comparison() -> None:
    frame = engines.compare_engines(3)
    assert not any(row.misses for row in engines.judge([frame]))
    assert [row.verdict for row in engines.judge([frame.assign(different=1)])] == ["misses", "holds"]
    assert all(row.misses for row in engines.judge([frame.assign(customers=0, tied=0)]))


def test_any_other_outcome_of_a_customer_counts_once() -> None:
    import sim

    (record,) = sim.run_halls(random_study(3), 0, engine="simpy")
    found = record.outcomes
    later = found.gone_us.copy()
    later[[0, 4]] += 1
    assert engines.different(found, found) == 0
    assert engines.different(found, replace(found, gone_us=later, offered_us=later)) > 2
    assert engines.different(found, replace(found, gone_us=later)) == 2


def test_a_run_that_does_not_repeat_misses() -> None:
    digests = [pd.DataFrame({"digest": [digest]}) for digest in ("aa", "aa", "ab")]
    assert [row.verdict for row in draws.judge(digests)] == ["holds", "misses"]


def fails(replication: int) -> pd.DataFrame:
    raise RuntimeError("out of paper")


def test_a_measurement_that_fails_misses_and_says_why() -> None:
    (row,) = run_checks([Check("part", "name", fails, 2, lambda frames: [])], 1)
    assert row.misses
    assert "out of paper" in row.note


# rows, the machine, the command


def test_rows_are_frozen_and_nan_misses() -> None:
    row = near("part", "name", "source", 1.0, float("nan"), 0.1)
    assert row.misses
    assert same("part", "name", "source", "a", "b").misses
    with pytest.raises(FrozenInstanceError):
        row.verdict = "holds"  # type: ignore[misc]


def test_the_machine_is_told_with_versions_cores_memory_and_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {row.name: row.measured for row in machine.machine_rows()}
    assert {"platform", "python", "cores", "memory", "fonts", "numpy", "numba", "simpy", "engine version"} <= set(told)
    monkeypatch.setattr("outputs.typeface.missing_characters", lambda texts: ("营",))
    assert "none for Chinese labels" in machine.fonts()


@pytest.mark.usefixtures("nothing_simulated")
def test_the_command_prints_truth_beside_measurement_and_ends_with_0(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)  # a stated width would cut the sources short
    code, out, _ = outcome(capsys, "validate", "--workers", "1")
    assert code == 0
    assert "0.238095" in out
    assert "County Hospital" in out
    assert "6627e8d5" in out
    assert "checks hold" in out.splitlines()[-1]
    assert "\x1b[" not in out


@pytest.mark.usefixtures("nothing_simulated")
def test_the_command_ends_with_1_and_names_a_broken_truth(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = formula_rows([replace(TRUTHS[0], exact=0.21), *TRUTHS[1:]])
    monkeypatch.setattr("standfast.validation.formulas.formula_rows", lambda: rows)
    code, out, _ = outcome(capsys, "validate", "--workers", "1")
    assert code == 1
    assert f"1 of {len(rows) + 6} checks missed: formulas: {TRUTHS[0].name}." in out
    code, out, _ = outcome(capsys, "validate", "--workers", "1", "--json")
    told = json.loads(out)
    assert code == 1
    assert told["holds"] is False
    assert told["missed"] == [TRUTHS[0].name]
    found = {"part", "name", "source", "truth", "measured", "half_width", "verdict", "note"}
    assert all(set(row) == found for row in told["rows"])


def test_an_interrupted_validation_says_that_it_keeps_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> tuple[Row, ...]:
        raise KeyboardInterrupt

    monkeypatch.setattr("standfast.validation.pack.validate", interrupted)
    code, out, err = outcome(capsys, "validate", "--json")
    assert (code, out) == (130, "")
    assert "keeps nothing" in err


def test_python_gets_the_same_rows_as_a_tuple(nothing_simulated: None) -> None:
    rows = sf.validate(workers=1)
    assert isinstance(rows, tuple)
    assert [row.name for row in rows] == [row.name for row in pack.validate(workers=1)]
