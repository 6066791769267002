"""The compiled engine of the market is the plain source, translated: same bits, and never old machine code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.schema.amounts import MOST_SIMULATED
from sim import compiling
from sim.compiling import sources_digest, twin
from sim.draws import CANDIDATES_MOST, DAYS_MOST, Draws, Kind, Purpose, entity
from sim.halls.visitors import visit_entities
from sim.market import calendar, day, diary, draw
from sim.market.events import MINUTES_APART, Happened
from sim.market.people import nobody_yet
from sim.rules import choice, hazard

ROOT = Path(__file__).parents[1]
WORDS = st.integers(0, 2**32 - 1)
QUICK = settings(max_examples=60, deadline=None, derandomize=True)


@QUICK
@given(st.integers(0, 2**56 - 1), st.sampled_from(Purpose), WORDS, WORDS, WORDS)
def test_a_single_draw_has_the_bits_of_a_draw_of_arrays_in_both_engines(
    who: int, purpose: Purpose, index: int, seed: int, replication: int
) -> None:
    u, v = Draws(seed, replication).uniforms(who, purpose, index)
    for engine in (draw, twin(draw)):
        assert engine.pair(who, int(purpose), index, seed, replication) == (u[0], v[0])


def test_entities_of_subscribers_visits_contacts_and_campaigns_are_apart() -> None:
    last, on = MOST_SIMULATED - 1, DAYS_MOST - 1
    assert draw.subscriber(last) == entity(Kind.SUBSCRIBER, last)
    assert visit_entities(np.array([last]), np.array([on])) == entity(Kind.VISIT, last << 12 | on)
    assert draw.contact(last, 1023, on) == entity(Kind.CONTACT, (last << 10 | 1023) << 12 | on)
    assert draw.campaign(last, 1023, on) == entity(Kind.CAMPAIGN, (last << 10 | 1023) << 12 | on)
    assert draw.campaign(last, 1023, on) < 1 << 56
    assert CANDIDATES_MOST <= 1 << 32


@QUICK
@given(st.lists(st.tuples(st.integers(-5, 4095), st.sampled_from(Happened), st.integers(-1, 99), st.integers(-1, 99))))
def test_fates_are_the_same_in_both_engines(happened: list[tuple[int, Happened, int, int]]) -> None:
    fates = []
    for engine in (diary, twin(diary)):
        people, kept = nobody_yet(3), diary.empty_diary(3, [1], 200)
        for on, kind, a, b in happened:
            engine.note(people, 1, on, int(kind), a, b, kept)
        assert diary.events(kept).tolist() == [[1, on, int(kind), a, b] for on, kind, a, b in happened]
        fates.append(people.fate.tolist())
    assert fates[0] == fates[1]
    assert fates[0][0] == fates[0][2] == 0


def test_a_fate_tells_apart_what_happened_when_and_in_which_order_but_not_minutes() -> None:
    def fate(*happened: tuple[int, int, int, int]) -> int:
        people, kept = nobody_yet(1), diary.empty_diary(1)
        for on, kind, a, b in happened:
            diary.note(people, 0, on, kind, a, b, kept)
        return int(people.fate[0])

    left, joined = (3, int(Happened.LEFT), 0, 2), (9, int(Happened.JOINED), 1, -1)
    changed = [(4, left[1], 0, 2), (3, int(Happened.CONSIDERED), 0, 2), (3, left[1], 1, 2), (3, left[1], 0, 3)]
    fates = [fate(left), fate(joined), fate(left, joined), fate(joined, left), *(fate(other) for other in changed)]
    assert len(set(fates)) == len(fates)
    for kind in Happened:
        same = fate((5, int(kind), 2, 30)) == fate((5, int(kind), 2, 31))
        assert same == (kind in MINUTES_APART)


def test_a_log_that_is_too_short_is_an_error_not_a_shorter_story() -> None:
    people, kept = nobody_yet(2), diary.empty_diary(2, [0], 1)
    diary.note(people, 0, 1, 1, 0, 0, kept)
    assert len(diary.events(kept)) == 1
    diary.note(people, 0, 2, 1, 0, 0, kept)
    with pytest.raises(OverflowError, match=r"2 events .* log of 1 rows"):
        diary.events(kept)


@QUICK
@given(st.floats(1e-9, 1 - 1e-9), st.floats(1e-6, 1.0), st.floats(-3, 3), st.floats(0, 100))
def test_rules_give_the_same_bits_in_both_engines(u: float, share: float, slope: float, points: float) -> None:
    hazards, choices = twin(hazard), twin(choice)
    assert hazards.daily(share, 31) == hazard.daily(share, 31)
    assert hazards.gap_days(u, share) == hazard.gap_days(u, share)
    assert hazards.dissatisfied(share, slope, 70.0, points) == hazard.dissatisfied(share, slope, 70.0, points)
    assert choices.taste(u) == choice.taste(u)
    assert choices.loyalty(0.8, points, slope, 30 * u, 0.5, 2) == choice.loyalty(0.8, points, slope, 30 * u, 0.5, 2)


def test_a_changed_rule_gives_the_twins_that_contain_it_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """So numba's cache, which looks at one file only, can't serve machine code with the old rule inside."""
    before = {module: sources_digest(module.__name__) for module in (day, calendar, draw, diary)}
    assert twin(diary).__name__ == f"sim.market.diary_{before[diary]}"
    source = compiling._source

    def changed(name: str) -> tuple[bytes, frozenset[str]]:
        text, imported = source(name)
        return (text + b"#" if name == "sim.rules.hazard" else text), imported

    monkeypatch.setattr(compiling, "_source", changed)
    for module, contains in ((day, True), (calendar, True), (draw, False), (diary, False)):
        assert (sources_digest(module.__name__) != before[module]) == contains


def test_loops_of_halls_are_kept_under_names_that_change_with_all_that_they_contain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from sim import compiled_draws
    from sim.halls import stations

    Draws(5, 0).compiled(np.arange(2, dtype=np.uint64), Purpose.SERVICE, np.zeros(2, np.uint64))
    kept = Path(compiled_draws.uniforms.stats.cache_path)
    assert list(kept.glob(f"*_uniforms_{sources_digest(compiled_draws.__name__)}-*.nbi"))
    before, source = sources_digest(stations.__name__), compiling._source

    def changed(name: str) -> tuple[bytes, frozenset[str]]:
        text, imported = source(name)
        return (text + b"#" if name == "sim.halls.turns" else text), imported

    monkeypatch.setattr(compiling, "_source", changed)
    assert sources_digest(stations.__name__) != before


def test_machine_code_is_kept_for_the_next_process(tmp_path: Path) -> None:
    program = (
        "from sim.compiling import twin; from sim.market import draw; pair = twin(draw).pair;"
        "print(pair(5, 17, 9, 3, 2));"
        "print(sum(pair.stats.cache_hits.values()), sum(pair.stats.cache_misses.values()))"
    )
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    first, second = (
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT, env=environment
        ).stdout.splitlines()
        for _ in range(2)
    )
    assert first[0] == second[0] == str(draw.pair(5, 17, 9, 3, 2))
    assert (first[1], second[1]) == ("0 1", "1 0")


def test_twins_of_one_source_are_one_module_and_call_twins_of_other_rooms() -> None:
    assert twin(diary) is twin(diary)
    assert twin(diary).chained is twin(draw).chained
    assert twin(diary).Happened is Happened
    assert isinstance(diary.note, type(test_twins_of_one_source_are_one_module_and_call_twins_of_other_rooms))
    assert np.dtype(np.uint64) == nobody_yet(1).fate.dtype
