"""Rehearsals: of workers that begin together each compiles another part, and nothing of it in vain."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from market_studies import WHOLE, study

from sim import rehearsal, simulate
from sim.compiling import twin
from sim.halls.event_loop import play_floors
from sim.halls.fifo import play_plain
from sim.halls.stations import play_stations
from sim.market import day, moves
from sim.rehearsal import rehearse
from standfast.experiments.pool import runner
from standfast.experiments.queue import Task
from standfast.experiments.rows import Packing
from standfast.experiments.stopping import Stop

FLOORS = (play_plain, play_stations, play_floors)


def signatures() -> list[set[Any]]:
    """Of what takes longest to compile: of the market by function, and of the loops that play floors."""
    market = [set(function.signatures) for function in (twin(day).decide, twin(moves).carry_out)]
    return [*market, {each for loop in FLOORS for each in loop.signatures}]


def test_what_is_rehearsed_apart_is_what_a_run_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsal, "_kept", lambda function, names: False)
    # visitors who are served out of their turn, which only the market knows, would ask for another loop
    of = study(WHOLE, "population.simulate=2000", "tactics.priority.enabled=false")
    before = signatures()
    rehearse(of, 0)
    rehearse(of, 1)
    rehearsed = signatures()
    assert all(rehearsed)
    simulate(of, 0, engine="compiled")
    assert signatures() == rehearsed
    assert all(len(now - old) <= 1 for old, now in zip(before, rehearsed, strict=True))


@pytest.mark.parametrize("kept", [False, True])
def test_only_what_is_not_kept_is_rehearsed_each_part_alone(monkeypatch: pytest.MonkeyPatch, kept: bool) -> None:
    played: list[tuple[bool, bool]] = []

    def play(of: Any, replication: int, *, engine: str) -> None:
        played.append((bool(of.halls), of.has_market))

    monkeypatch.setattr(rehearsal, "_kept", lambda function, names: kept)
    monkeypatch.setattr(rehearsal, "run", play)
    monkeypatch.setattr(rehearsal, "simulate", play)
    for part in range(3):
        rehearse(study(WHOLE, "population.simulate=2000"), part)
    assert played == ([] if kept else [(True, False), (False, True)])
    rehearse(study(WHOLE, "population.simulate=1999"), 0)
    rehearse(study(WHOLE, "population.simulate=2000").model_copy(update={"halls": {}}), 1)
    assert len(played) == (0 if kept else 2)


def test_machine_code_that_is_kept_is_found() -> None:
    simulate(study(WHOLE, "population.simulate=2000"), 0, engine="compiled")
    assert rehearsal._halls_kept()
    assert rehearsal._market_kept()
    assert not rehearsal._kept(twin(day).decide, "*.decide_of_other_sources-*.nbi")


@dataclass(frozen=True)
class Told:
    """A call that leaves a file for each part that it was asked to rehearse, and fails at it."""

    folder: Path

    def __call__(self, study: Any, replication: int) -> int:
        return replication

    def rehearse(self, study: Any, part: int) -> None:
        (self.folder / f"{study}-{part}").touch()
        raise RuntimeError("cannot")


@pytest.mark.parametrize(("tasks", "parts"), [(4, {"s-0", "s-1"}), (1, set())])
def test_workers_that_begin_together_rehearse_a_part_each_and_one_alone_none(
    tmp_path: Path, tasks: int, parts: set[str]
) -> None:
    with runner(2, Told(tmp_path), {"s": "s"}, Stop()) as hands:
        outcomes = list(hands.run(Task(str(n), "s", n) for n in range(tasks)))
    assert sorted(outcome.result for outcome in outcomes) == list(range(tasks))
    assert {path.name for path in tmp_path.iterdir()} <= parts
    assert bool(parts) == any(tmp_path.iterdir())


def test_another_simulator_has_nothing_to_rehearse(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr("sim.rehearsal.rehearse", lambda study, part: asked.append(part))
    Packing(lambda study, replication: None).rehearse(None, 0)  # type: ignore[arg-type, return-value]
    assert asked == []
    Packing(simulate).rehearse(None, 1)
    assert asked == [1]
