"""Draws: Philox against the published vectors, and what keyed draws promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.draws import (
    DAYS_MOST,
    HALLS_MOST,
    Draws,
    Kind,
    Purpose,
    entity,
    hall_numbers,
    walk_ins,
)
from sim.philox import philox4x32

# kat_vectors of Random123 1.14.0, rows "philox4x32 10": counter, key, result
KNOWN_ANSWERS = [
    (
        (0x00000000, 0x00000000, 0x00000000, 0x00000000),
        (0x00000000, 0x00000000),
        (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8),
    ),
    (
        (0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF),
        (0xFFFFFFFF, 0xFFFFFFFF),
        (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
    ),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_philox_gives_the_published_answers(
    counter: tuple[int, int, int, int], key: tuple[int, int], answer: tuple[int, ...]
) -> None:
    words = tuple(np.array([word, word], dtype=np.uint64) for word in counter)
    found = philox4x32(words, key)  # type: ignore[arg-type]
    assert tuple(int(word[1]) for word in found) == answer


def test_uniforms_lie_inside_the_unit_interval_and_look_uniform() -> None:
    u, v = Draws(7, 3).uniforms(np.arange(200_000), Purpose.SERVICE, 0)
    for numbers in (u, v):
        assert numbers.min() > 0
        assert numbers.max() < 1
        counts = np.bincount((numbers * 100).astype(int), minlength=100)
        assert ((counts - 2000) ** 2 / 2000).sum() < 160  # chi-square with 99 degrees of freedom, p about 1e-4
    assert abs(np.corrcoef(u, v)[0, 1]) < 0.01


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.integers(0, 2**56 - 1), st.integers(0, 2**32 - 1))
def test_a_draw_depends_on_its_key_alone(seed: int, replication: int, who: int, index: int) -> None:
    draws = Draws(seed, replication)
    alone = draws.uniforms(who, Purpose.PATIENCE, index)
    among = draws.uniforms(np.array([1, who, 2]), Purpose.PATIENCE, np.array([0, index, 5]))
    assert alone[0][0] == among[0][1]
    assert alone[1][0] == among[1][1]


def test_seed_replication_purpose_and_index_each_change_the_draw() -> None:
    base = Draws(1, 1).uniforms(5, Purpose.SERVICE, 0)[0][0]
    others = [
        Draws(2, 1).uniforms(5, Purpose.SERVICE, 0)[0][0],
        Draws(1, 2).uniforms(5, Purpose.SERVICE, 0)[0][0],
        Draws(1, 1).uniforms(6, Purpose.SERVICE, 0)[0][0],
        Draws(1, 1).uniforms(5, Purpose.PATIENCE, 0)[0][0],
        Draws(1, 1).uniforms(5, Purpose.SERVICE, 1)[0][0],
    ]
    assert len({base, *others}) == 6


def test_codes_of_kinds_and_purposes_stay_as_they_are() -> None:
    """They are part of every result: a changed code changes every study."""
    assert {kind.name: int(kind) for kind in Kind} == {
        "HALL": 1,
        "WALK_IN": 2,
        "KIOSK": 3,
        "SUBSCRIBER": 4,
        "VISIT": 5,
        "CONTACT": 6,
        "CAMPAIGN": 7,
        "RETURN": 8,
    }
    assert {purpose.name: int(purpose) for purpose in Purpose} == {
        "DAY_FACTOR": 1,
        "CANDIDATES": 2,
        "ARRIVAL": 3,
        "KIND_OF_VISIT": 4,
        "SERVICE": 5,
        "PATIENCE": 6,
        "WILLINGNESS": 7,
        "KIOSK_SERVICE": 8,
        "PRE_CHECK": 9,
        "BREAKDOWN": 10,
        "START": 11,
        "START_PLAN": 12,
        "CANDIDATE": 13,
        "MOMENT": 14,
        "CHOICE": 15,
        "PORTING": 16,
        "VISIT_CANDIDATE": 17,
        "VISIT_MOMENT": 18,
        "CONTACT": 19,
        "CONTACT_LIST": 20,
        "CAMPAIGN": 21,
        "WARNING": 22,
        "WHEREABOUTS": 23,
        "NOTICE": 24,
        "SETBACK": 25,
        "OUTAGE": 26,
        "KIOSK_TROUBLE": 27,
        "SALES": 28,
        "SALES_TALK": 29,
        "HALL_COMPLAINT": 30,
    }


def test_walk_ins_of_different_halls_days_and_candidates_are_different_entities() -> None:
    last = walk_ins(HALLS_MOST - 1, np.array([DAYS_MOST - 1]), 15, np.array([2**22 - 1]))[0]
    assert last == entity(Kind.WALK_IN, 2**48 - 1)
    some = [walk_ins(hall, np.array([day]), 0, np.array([n]))[0] for hall in (0, 1) for day in (0, 1) for n in (0, 1)]
    assert len(set(some)) == 8


def test_a_hall_keeps_its_number_whatever_its_neighbours_and_their_order() -> None:
    names = ["gaosheng", "xinhua", "shawan", "向阳"]
    numbers = hall_numbers(names)
    assert hall_numbers(reversed(names)) == numbers
    assert hall_numbers([*names, "another"])["shawan"] == numbers["shawan"]
    assert len(set(hall_numbers(f"hall {i}" for i in range(HALLS_MOST)).values())) == HALLS_MOST
    with pytest.raises(ValueError, match="more than the 1024"):
        hall_numbers(f"hall {i}" for i in range(HALLS_MOST + 1))


def test_compiled_draws_are_the_same_bits() -> None:
    draws, who = Draws(20261121, 3), np.arange(5_000, dtype=np.uint64) * np.uint64(7919)
    which = np.arange(5_000, dtype=np.uint64) % np.uint64(366)
    compiled = draws.compiled(who, Purpose.SERVICE, which)
    for one, other in zip(compiled, draws.uncompiled(who, Purpose.SERVICE, which), strict=True):
        assert one.tobytes() == other.tobytes()
