"""Queueing formulas: published values that are always at hand, edges (empty, overloaded, thousands), monotonicity."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from decimal import Decimal, getcontext
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.queueing.abandonment import erlang_a
from sim.queueing.approximations import effective_rates, stationary_counters, stationary_waits
from sim.queueing.chain import exact_day
from sim.queueing.day import HallDay
from sim.queueing.erlang import erlang_b, erlang_b_load, erlang_c
from sim.queueing.finite import birth_death, engset, mmck
from sim.queueing.general_service import allen_cunneen, constant_service, pollaczek_khinchine
from sim.queueing.heavy_traffic import garnett, halfin_whitt
from sim.queueing.network import breakdowns, jackson
from sim.queueing.offered_load import counters_for, offered_load, p_at_least
from sim.queueing.phase_type import Phases, erlang_phases, hyperexponential_phases, phase_type_queue
from sim.queueing.priority import cobham, preemptive
from sim.queueing.profile import Profile
from sim.queueing.uniformisation import terms_needed

# Published values: (what was printed, what we compute, half a unit of the last digit printed, where)
PUBLISHED = [
    (0.2, erlang_b(1, 2), 1e-12, "pyworkforce tests"),
    (0.1741319335950498, erlang_c(100 / 30, 1 / 3, 14).p_wait, 1e-12, "pyworkforce README"),
    (0.8883500191794669, 1 - erlang_c(100 / 30, 1 / 3, 14).p_wait_over(1 / 3), 1e-12, "pyworkforce README"),
    (0.14526, erlang_a(100 / 30, 1 / 3, 1 / 5, 14).p_wait, 5e-6, "pyworkforce tests"),
    (0.013984, erlang_a(100 / 30, 1 / 3, 1 / 5, 14).p_abandon, 5e-7, "pyworkforce tests"),
    (4 / 3, erlang_c(2, 3, 1).mean_queue, 1e-12, "Hillier & Lieberman, County Hospital"),
    (1 / 24, erlang_c(2, 3, 2).mean_wait, 1e-12, "Hillier & Lieberman, County Hospital"),
    (0.238, cobham([0.2, 0.6, 1.2], 3, 1)[0], 5e-4, "Hillier & Lieberman, County Hospital, priorities"),
    (0.325, cobham([0.2, 0.6, 1.2], 3, 1)[1], 5e-4, "Hillier & Lieberman, County Hospital, priorities"),
    (0.024, preemptive([0.2, 0.6, 1.2], 3)[0], 5e-4, "Hillier & Lieberman, County Hospital, preemption"),
    (8 / 9, erlang_c(6, 3, 3).mean_queue, 1e-9, "Gross & Harris, eye clinic"),
    (0.00088, float(mmck(1, 1 / 6, 3, 7).probabilities[0]), 6e-6, "Gross & Harris, vehicle inspection"),
    (6.06, mmck(1, 1 / 6, 3, 7).mean_in_system, 6e-3, "Gross & Harris, vehicle inspection"),
    (2.711, pollaczek_khinchine(1 / 30, 24, 20 / 24).mean_queue, 6e-4, "Banks et al., Able"),
    (4.461, erlang_b_load(0.01, 10), 6e-4, "standard table of Erlang B"),
    (37.9, erlang_b_load(0.01, 50), 6e-3, "standard table of Erlang B"),
    (20.8, 60 * erlang_c(48, 1, 50).mean_wait, 0.06, "Garnett, Mandelbaum & Reiman 2002, table 1"),
    (0.031, erlang_a(48, 1, 0.5, 50).p_abandon, 6e-4, "Garnett, Mandelbaum & Reiman 2002, table 1"),
    (0.3233, constant_service(1, 1, 2).p_wait, 6e-5, "Seelen, Tijms & van Hoorn 1985"),
    (0.223, halfin_whitt(1), 6e-4, "Halfin & Whitt 1981"),
    (0.5, garnett(0, 1), 1e-12, "Garnett, Mandelbaum & Reiman 2002"),
]

# The hall of the design: 20 customers an hour, 6 an hour and counter; patience 15 minutes. Exact, to the digits given.
DESIGN = {
    "Erlang C, 4 counters, P(wait)": (0.65772, lambda: erlang_c(20, 6, 4).p_wait),
    "Erlang C, 4 counters, wait in minutes": (9.8658, lambda: 60 * erlang_c(20, 6, 4).mean_wait),
    "Erlang A, 3, P(abandon)": (0.24193, lambda: erlang_a(20, 6, 4, 3).p_abandon),
    "Erlang A, 3, queue": (1.2097, lambda: erlang_a(20, 6, 4, 3).mean_queue),
    "Erlang A, 3, wait in minutes": (3.629, lambda: 60 * erlang_a(20, 6, 4, 3).mean_wait),
    "Erlang A, 3, P(wait)": (0.69265, lambda: erlang_a(20, 6, 4, 3).p_wait),
    "Erlang A, 4, P(abandon)": (0.11737, lambda: erlang_a(20, 6, 4, 4).p_abandon),
    "Erlang A, 4, queue": (0.58684, lambda: erlang_a(20, 6, 4, 4).mean_queue),
    "Erlang A, 4, wait in minutes": (1.7605, lambda: 60 * erlang_a(20, 6, 4, 4).mean_wait),
    "Erlang A, 4, P(wait)": (0.45686, lambda: erlang_a(20, 6, 4, 4).p_wait),
    "Erlang A, 5, P(abandon)": (0.05105, lambda: erlang_a(20, 6, 4, 5).p_abandon),
    "Erlang A, 5, queue": (0.25523, lambda: erlang_a(20, 6, 4, 5).mean_queue),
    "Erlang A, 5, wait in minutes": (0.7657, lambda: 60 * erlang_a(20, 6, 4, 5).mean_wait),
    "Erlang A, 5, P(wait)": (0.25793, lambda: erlang_a(20, 6, 4, 5).p_wait),
}


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: str(case[3]).replace(" ", "-"))
def test_published_values_are_met(case: tuple[float, float, float, str]) -> None:
    printed, ours, tolerance, _ = case
    assert ours == pytest.approx(printed, abs=tolerance)


@pytest.mark.parametrize("name", DESIGN)
def test_the_hall_of_the_design_is_met(name: str) -> None:
    exact, ours = DESIGN[name]
    assert ours() == pytest.approx(exact, rel=1e-4)


def decimal_erlang_b(load: int, counters: int) -> Decimal:
    """The sum of the definition in 60 digits."""
    getcontext().prec = 60
    term = total = Decimal(1)
    for n in range(1, counters + 1):
        term = term * load / n
        total += term
    return term / total


@pytest.mark.parametrize(("load", "counters"), [(4000, 4000), (4000, 4100), (4000, 3000), (1, 60), (500, 700)])
def test_thousands_of_counters_keep_full_precision(load: int, counters: int) -> None:
    lost = decimal_erlang_b(load, counters)
    assert erlang_b(load, counters) == pytest.approx(float(lost), rel=1e-12)
    if counters > load:
        waits = counters * lost / (counters - load * (1 - lost))
        assert erlang_c(load, 1, counters).p_wait == pytest.approx(float(waits), rel=1e-12)


def decimal_erlang_a(arrivals: float, leave: float, counters: int, terms: int) -> tuple[float, float]:
    """P(wait) and P(abandon) with unit service rate, from sums in 60 digits."""
    getcontext().prec = 60
    rate, gone = Decimal(arrivals), Decimal(leave)
    lost = Decimal(1)
    for n in range(1, counters + 1):
        lost = rate * lost / (n + rate * lost)
    term = total = Decimal(1)
    queue = Decimal(0)
    for j in range(1, terms):
        term = term * rate / (counters + j * gone)
        total += term
        queue += j * term
    whole = (1 - lost) / lost + total
    return float(total / whole), float(gone * queue / whole / rate)


@pytest.mark.parametrize(
    ("arrivals", "leave", "counters", "terms"),
    [
        (4000, 0.25, 4000, 6000),
        (4000, 0.5, 2500, 9000),
        (4000, 2.0, 4200, 3000),
        (0.01, 1, 5, 60),
        (9.0, 1e-3, 10, 5000),
    ],
)
def test_erlang_a_keeps_full_precision(arrivals: float, leave: float, counters: int, terms: int) -> None:
    p_wait, p_abandon = decimal_erlang_a(arrivals, leave, counters, terms)
    found = erlang_a(arrivals, 1, leave, counters)
    assert found.p_wait == pytest.approx(p_wait, rel=1e-11)
    assert found.p_abandon == pytest.approx(p_abandon, rel=1e-11)


def test_patience_without_end_turns_erlang_a_into_erlang_c() -> None:
    found, limit = erlang_a(8, 1, 1e-11, 10), erlang_c(8, 1, 10)
    assert found.p_wait == pytest.approx(limit.p_wait, rel=1e-8)
    assert found.mean_wait == pytest.approx(limit.mean_wait, rel=1e-8)
    for wait in (0.1, 1.0, 5.0):
        assert found.p_offered_wait_over(wait) == pytest.approx(limit.p_wait_over(wait), rel=1e-6)


def test_very_patient_customers_at_full_load_meet_the_square_root_law() -> None:
    """The integral for long queues joins the recursion."""
    from sim.queueing import abandonment

    for arrivals in (99.97, 100.0, 100.03):
        direct = abandonment._queue_sums(arrivals, 1.0, 1e-6, 100)
        integral = abandonment._queue_integrals(arrivals, 100.0, 100.0 - arrivals, 1e-6)
        assert direct == pytest.approx(integral, rel=1e-12)


@pytest.mark.parametrize(
    ("arrivals", "leave", "p_wait", "mean_queue"),
    [
        (1.0, 1e-300, 1.0, math.sqrt(2 / math.pi) * 1e150),
        (0.5, 1e-300, 0.5, 0.5),
        (1 - 2.0**-40, 1e-300, 1 - 2.0**-40, 2.0**40),
        (1 - 2.0**-30, 1e-18, 0.9999999985295885, 539088867.8793358),
        (2.0, 1e-300, 1.0, 1e300),
    ],
)
def test_patience_of_any_length_is_answered_at_once(
    arrivals: float, leave: float, p_wait: float, mean_queue: float
) -> None:
    """One counter. The limits: Erlang C below full load, √(2/πθ) at it, the fluid above; the fourth in 60 digits."""
    found = erlang_a(arrivals, 1, leave, 1)
    assert found.p_wait == pytest.approx(p_wait, rel=1e-12)
    assert found.mean_queue == pytest.approx(mean_queue, rel=1e-9)


def test_the_offered_wait_outlasts_patience_by_any_factor() -> None:
    """With hardly any patience M/M/c+M is Erlang B: who finds all busy waits for the next end of a service."""
    for arrivals in (0.5, 1.0, 3.0, 2e5):
        found = erlang_a(arrivals, 1, 1e6, 1)
        for wait in (1e-3, 1.0, 20.0):
            assert found.p_offered_wait_over(wait) == pytest.approx(found.p_wait * math.exp(-wait), rel=0.3)
    assert erlang_a(3, 1, 1e6, 1).p_offered_wait_over(2.0) == pytest.approx(0.75 * math.exp(-2), rel=1e-5)


def test_counters_are_as_busy_as_those_who_stay_make_them() -> None:
    for arrivals, counters in ((1e-9, 3), (0.4, 1), (9.0, 10), (11.0, 10), (1e5, 2)):
        found = erlang_a(arrivals, 1, 0.3, counters)
        busy = arrivals / counters * (1 - found.p_abandon)
        assert found.utilisation == pytest.approx(busy, rel=1e-9, abs=0)
    assert erlang_a(1e300, 1, 0.3, 1).utilisation == 1.0


def test_without_counters_everybody_leaves_after_their_patience() -> None:
    for leave in (1e-300, 1e-9, 0.5, 1e9):
        found = erlang_a(3, 1, leave, 0)
        assert (found.p_wait, found.p_abandon, found.mean_wait) == (1.0, 1.0, 1 / leave)
        assert found.mean_queue == pytest.approx(3 / leave)


@pytest.mark.parametrize("arrivals", [1.2e6, 1e6, 0.99e6])
def test_the_offered_wait_of_a_million_counters_is_that_of_a_fluid(arrivals: float) -> None:
    """In overload nearly everybody waits for log(ρ)/θ; at or below full load nearly nobody waits long."""
    found = erlang_a(arrivals, 1, 0.5, 1_000_000)
    fluid = max(0.0, math.log(arrivals / 1e6) / 0.5)
    assert found.p_offered_wait_over(max(0.0, fluid - 0.02)) == pytest.approx(1.0 if fluid else found.p_wait, abs=1e-6)
    assert found.p_offered_wait_over(fluid + 0.02) < 1e-6


def test_the_offered_wait_of_erlang_a_integrates_to_the_mean_wait() -> None:
    """E[min(V, R)] = ∫ P(V > t) P(R > t) dt, in light load, at full load and in overload."""
    points, weights = np.polynomial.legendre.leggauss(400)
    for arrivals, counters in ((6.0, 10), (10.0, 10), (30.0, 10), (5.0, 1)):
        found = erlang_a(arrivals, 1, 0.3, counters)
        at = 15.0 * (points + 1)
        mean = 15.0 * float(weights @ [found.p_wait_over(float(t)) for t in at])
        assert mean == pytest.approx(found.mean_wait, rel=1e-9)


def test_nobody_comes() -> None:
    assert erlang_b(0, 3) == 0.0
    assert erlang_b(0, 0) == 1.0
    assert erlang_c(0, 1, 1).mean_wait == erlang_c(0, 1, 1).p_wait == 0.0
    assert erlang_a(0, 1, 1, 2).p_abandon == 0.0
    assert cobham([0, 0], 1, 1) == (0.0, 0.0)
    assert mmck(0, 1, 2, 4).mean_in_system == 0.0
    assert pollaczek_khinchine(0, 1, 1).mean_wait == constant_service(0, 1, 3).mean_wait == 0.0
    assert phase_type_queue(0, erlang_phases(1, 2), 2).mean_wait == 0.0
    assert breakdowns(0, 1, 0.1, 1) == 0.0
    assert jackson([0.0], [[0.0]], [1.0], [1]).total_in_system == 0.0
    assert offered_load(Profile((0.0,), (0.0,)), 5, (0, 60)).tolist() == [0.0, 0.0]
    assert counters_for(0.0, 0.1) == 1


@pytest.mark.parametrize("arrivals", [3.0, 3.5, 1e9])
def test_overload_is_infinite_and_never_negative(arrivals: float) -> None:
    assert erlang_c(arrivals, 1, 3).mean_wait == math.inf
    assert erlang_c(arrivals, 1, 3).p_wait_over(1e6) == 1.0
    assert pollaczek_khinchine(arrivals, 1, 0.5).mean_wait == math.inf
    assert allen_cunneen(arrivals, 1, 3, 1, 0).mean_wait == math.inf
    assert constant_service(arrivals, 1, 3).mean_wait == math.inf
    assert phase_type_queue(arrivals, hyperexponential_phases(1, 2), 3).mean_wait == math.inf
    assert breakdowns(arrivals, 3, 0.1, 1) == math.inf
    assert jackson([arrivals], [[0.0]], [1.0], [3]).total_in_system == math.inf
    assert 1 - 3 / arrivals <= erlang_a(arrivals, 1, 0.5, 3).p_abandon < 1


def test_overload_reaches_only_the_classes_that_cause_it() -> None:
    vip, std = cobham([1.0, 5.0], 1, 2)
    assert vip == pytest.approx(0.5 / (1 - 0.5))  # every counter busy: residual 1/(cμ), spared share 1/2
    assert std == math.inf


def test_near_full_load_the_wait_grows_as_the_spare_rate_shrinks() -> None:
    spare = [0.1 * 10.0**-k for k in range(10)]
    waits = [erlang_c(10 - gap, 1, 10).mean_wait * gap for gap in spare]
    assert waits[-1] == pytest.approx(1.0, rel=1e-6)
    assert (np.diff(waits) > -1e-6).all()


def test_near_full_load_no_digit_is_lost_to_the_rounding_of_a_product() -> None:
    """3 × 1.1 and 7 × 0.1 are no doubles: against exact fractions of the doubles given."""
    for counters, service, arrivals in ((3, 1.1, 3.3 - 1e-9), (7, 0.1, 0.7 - 1e-12), (1, 0.3, 0.3 - 1e-11)):
        load = Fraction(arrivals) / Fraction(service)
        lost = Fraction(1)
        for n in range(1, counters + 1):
            lost = load * lost / (n + load * lost)
        p_wait = counters * lost / (counters - load * (1 - lost))
        wait = float(p_wait / (counters * Fraction(service) - Fraction(arrivals)))
        assert erlang_c(arrivals, service, counters).mean_wait == pytest.approx(wait, rel=1e-13)
        vip, std = cobham([arrivals / 2, arrivals / 2], service, counters)
        assert std == pytest.approx(2 * wait, rel=1e-9)
        assert vip == pytest.approx(float(p_wait) / (counters * service - arrivals / 2), rel=1e-9)
    for arrivals, service in ((0.7 - 1e-12, 1 / 0.7), (10 - 1e-10, 0.1)):
        load = Fraction(arrivals) * Fraction(service)
        wait = float(load * Fraction(service) / (1 - load))
        assert pollaczek_khinchine(arrivals, service, 1).mean_wait == pytest.approx(wait, rel=1e-13)
        assert allen_cunneen(arrivals, service, 1, 1, 1).mean_wait == pytest.approx(wait, rel=1e-13)


def test_an_empty_road_costs_who_may_interrupt_next_to_nothing_but_something() -> None:
    first, second = preemptive([1e-12, 1e-12], 1.0)
    assert first == pytest.approx(1e-12, rel=1e-9, abs=0)
    assert second == pytest.approx(3e-12, rel=1e-9, abs=0)


def test_the_offered_load_of_a_long_service_grows_with_the_square_of_the_time() -> None:
    rising = Profile((0.0, 60.0), (0.0, 60.0), linear=True)
    found = offered_load(rising, 1e9, (1e-3, 1.0, 60.0))
    assert found.tolist() == pytest.approx([at**2 / 120 for at in (1e-3, 1.0, 60.0)], rel=1e-7, abs=0)


def test_one_counter_is_mm1() -> None:
    assert erlang_c(0.7, 1, 1).p_wait == pytest.approx(0.7, rel=1e-14)
    assert erlang_c(0.7, 1, 1).mean_wait == pytest.approx(0.7 / 0.3, rel=1e-14)


def test_laws_of_service_agree_where_they_meet() -> None:
    """M/PH/c, M/G/1, M/D/c, Allen–Cunneen and Erlang C on their common ground."""
    exponential = Phases((1.0,), (1.0,), ((0.0,),))
    for counters in (1, 2, 7):
        found, exact = phase_type_queue(0.9 * counters, exponential, counters), erlang_c(0.9 * counters, 1, counters)
        assert found.mean_wait == pytest.approx(exact.mean_wait, rel=1e-10)
        assert found.p_wait == pytest.approx(exact.p_wait, rel=1e-10)
        assert allen_cunneen(0.9 * counters, 1, counters, 1, 1).mean_wait == pytest.approx(exact.mean_wait, rel=1e-12)
    erlang = phase_type_queue(0.8, erlang_phases(1, 4), 1)
    assert erlang.mean_wait == pytest.approx(pollaczek_khinchine(0.8, 1, 0.5).mean_wait, rel=1e-9)
    hyper = phase_type_queue(0.8, hyperexponential_phases(1, 1.7), 1)
    assert hyper.mean_wait == pytest.approx(pollaczek_khinchine(0.8, 1, 1.7).mean_wait, rel=1e-9)
    assert constant_service(0.8, 1, 1).mean_wait == pytest.approx(pollaczek_khinchine(0.8, 1, 0).mean_wait, rel=1e-12)
    assert constant_service(4, 1, 5).mean_wait == pytest.approx(
        phase_type_queue(4, erlang_phases(1, 5), 5).mean_wait, rel=0.25
    )


def test_one_class_of_cobham_is_erlang_c_and_all_classes_conserve_work() -> None:
    rates = [0.3, 0.4, 0.6]
    plain = erlang_c(sum(rates), 0.5, 4).mean_wait
    assert cobham([sum(rates)], 0.5, 4)[0] == pytest.approx(plain, rel=1e-12)
    waits = cobham(rates, 0.5, 4)
    assert sum(r * w for r, w in zip(rates, waits, strict=True)) / sum(rates) == pytest.approx(plain, rel=1e-12)


def test_little_room_is_erlang_b_and_much_room_is_erlang_c() -> None:
    assert mmck(3, 0.25, 15, 15).p_lost == pytest.approx(erlang_b(12, 15), rel=1e-12)
    assert mmck(2, 1, 3, 2000).mean_wait == pytest.approx(erlang_c(2, 1, 3).mean_wait, rel=1e-12)
    assert mmck(5000, 1, 4000, 6000).p_lost == pytest.approx(0.2, rel=1e-6)
    assert engset(10_000, 5 / 10_000, 8) == pytest.approx(erlang_b(5, 8), rel=1e-2)
    assert engset(3, 1.0, 3) == 0.0


def test_breakdowns_that_never_come_leave_mm1() -> None:
    assert breakdowns(0.5, 1, 0, 1) == pytest.approx(1.0)


def test_limits_are_approached_by_many_counters() -> None:
    counters = 10_000
    load = counters - 100.0 * 0.7
    assert erlang_c(load, 1, counters).p_wait == pytest.approx(halfin_whitt(0.7), rel=0.02)
    assert erlang_a(load, 1, 0.5, counters).p_wait == pytest.approx(garnett(0.7, 0.5), rel=0.02)
    assert halfin_whitt(0) == halfin_whitt(-3) == 1.0
    assert garnett(-60, 1) == pytest.approx(1.0)
    assert 0 <= garnett(60, 1) < 1e-100
    assert 0 <= halfin_whitt(60) < 1e-100


def test_the_offered_load_solves_its_equation() -> None:
    """m' = λ − μm, on a profile with jumps and straight lines."""
    profile = Profile((0.0, 30.0, 90.0), (20.0, 80.0, 10.0), linear=True)
    at = np.linspace(1, 89, 30)
    at = at[np.abs(at - 30) > 0.1]
    step = 1e-4
    slope = (offered_load(profile, 7, at + step) - offered_load(profile, 7, at - step)) / (2 * step)
    rate = np.array([profile.at(float(t)) for t in at]) / 60
    np.testing.assert_allclose(slope, rate - offered_load(profile, 7, at) / 7, atol=1e-6)
    held = Profile((0.0, 10.0), (60.0, 0.0))
    peak = 5 * (1 - math.exp(-2))
    assert offered_load(held, 5, (10, 20)).tolist() == pytest.approx([peak, peak * math.exp(-2)])


def test_infinite_server_staffing_is_the_least() -> None:
    for load in (0.3, 10.0, 4000.0):
        s = counters_for(load, 0.1)
        assert p_at_least(load, s) <= 0.1 < p_at_least(load, s - 1)


HALL = HallDay(
    tuple(np.arange(0.0, 241.0, 30.0).tolist()),
    Profile(tuple(np.arange(0.0, 240.0, 30.0).tolist()), (30.0, 50.0, 70.0, 60.0, 45.0, 40.0, 50.0, 35.0)),
    Profile(tuple(np.arange(0.0, 240.0, 30.0).tolist()), (4, 6, 7, 7, 6, 5, 6, 5)),
    5.0,
    20.0,
)


def test_stationary_methods_are_near_the_chain_where_customers_leave() -> None:
    exact = exact_day(HALL).over(10.0)
    for method in ("sipp", "lag_sipp", "mol"):
        assert np.abs(stationary_waits(HALL, method, 10.0) - exact).mean() < 0.02  # type: ignore[arg-type]


def test_a_constant_day_has_one_rate_by_every_method() -> None:
    flat = replace(HALL, arrivals_per_hour=Profile((0.0,), (40.0,)))
    for method in ("sipp", "lag_sipp", "mol"):
        np.testing.assert_allclose(effective_rates(flat, method)[2:], 40.0, rtol=1e-5)  # type: ignore[arg-type]


def test_stationary_counters_are_the_least_that_keep_the_target() -> None:
    counters = stationary_counters(HALL, "mol", 10.0, 0.1)
    kept = replace(HALL, counters=replace(HALL.counters, value=counters))
    assert (stationary_waits(kept, "mol", 10.0) <= 0.1).all()
    fewer = replace(HALL, counters=replace(HALL.counters, value=tuple(s - 1 for s in counters)))
    assert (stationary_waits(fewer, "mol", 10.0) > 0.1).all()
    with pytest.raises(ValueError, match="more than 4 counters"):
        stationary_counters(HALL, "sipp", 10.0, 0.1, most=4)
    with pytest.raises(ValueError, match="one class"):
        stationary_waits(replace(HALL, vip_share=0.2), "mol", 10.0)
    with pytest.raises(ValueError, match="none of"):
        effective_rates(HALL, "guess")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "p_wait_over_10_min"),
    [
        ("S1_const_abandon", {"sipp": 0.009, "lag_sipp": 0.006, "mol": 0.006}),
        ("S2_linear_nopatience", {"sipp": 0.320, "lag_sipp": 0.256, "mol": 0.237}),
    ],
)
def test_stationary_methods_err_as_was_measured(name: str, p_wait_over_10_min: dict[Any, float]) -> None:
    """../shared/validation/README.md, mean by half hour: small with reneging, large where queues are carried on."""
    path = Path(__file__).parents[1].parent / "shared" / "validation" / "time_varying_exact.json"
    if not path.exists():
        pytest.skip(f"the exact days, {path.name}, are not there")
    days = json.loads(path.read_text(encoding="utf-8"))["instances"]
    inputs, outputs = next((day["inputs"], day["outputs"]) for day in days if day["inputs"]["name"] == name)
    rates = tuple(inputs["arrival_per_hour"])
    edges = tuple(float(at) for at in range(0, 601, 30))
    day = HallDay(
        edges,
        Profile(tuple(inputs["arrival_t_min"][: len(rates)]), rates, inputs["arrival_kind"] == "piecewise_linear"),
        Profile(edges[:-1], tuple(inputs["servers"])),
        inputs["mean_service_min"],
        inputs["mean_patience_min"] or math.inf,
    )
    truth = np.array(outputs["std_P_vwait_gt_10"])
    errors = {m: float(np.abs(stationary_waits(day, m, 10.0) - truth).mean()) for m in p_wait_over_10_min}
    for method, error in p_wait_over_10_min.items():
        assert errors[method] == pytest.approx(error, rel=0.25, abs=0.003), errors


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: erlang_b(-1, 2), "load -1"),
        (lambda: erlang_b(math.nan, 2), "load nan"),
        (lambda: erlang_b(1, 2.5), "counters 2.5"),  # type: ignore[arg-type]
        (lambda: erlang_b_load(1, 3), "blocking 1"),
        (lambda: erlang_c(1, 0, 1), "service_rate 0"),
        (lambda: erlang_c(1, 1, 0), "counters 0"),
        (lambda: pollaczek_khinchine(2, 1, -1), "service_cv -1"),
        (lambda: p_at_least(3, 1.5), "counters 1.5"),
        (lambda: Phases((0.5, 0.2), (1.0, 1.0), ((0.0, 0.0), (0.0, 0.0))), "add to 1"),
        (lambda: Phases((1.0,), (0.0,), ((0.0,),)), "rate 0"),
        (lambda: Phases((1.0,), (1.0,), ((1.0,),)), "way out"),
        (lambda: Phases((1.0,), (1.0, 1.0), ((0.0,),)), "2 phases"),
        (lambda: erlang_a(1, 1, 0, 1), "abandonment_rate 0"),
        (lambda: erlang_a(1, 1, 1, 1).p_offered_wait_over(-1), "wait -1"),
        (lambda: mmck(1, 1, 3, 2), "room 2"),
        (lambda: birth_death([1], []), "1 births and 0 deaths"),
        (lambda: engset(0, 1, 1), "sources 0"),
        (lambda: pollaczek_khinchine(0.5, 1, -1), "service_cv -1"),
        (lambda: hyperexponential_phases(1, 0.5), "cv 0.5"),
        (lambda: phase_type_queue(1, erlang_phases(1, 9), 30), "more than 1000 states"),
        (lambda: halfin_whitt(math.nan), "beta"),
        (lambda: garnett(1, 0), "patience_ratio 0"),
        (lambda: jackson([1], [[1.0]], [2], [1]), "way out"),
        (lambda: jackson([1], [[1.5]], [2], [1]), "shares"),
        (lambda: jackson([1, 1], [[0.0]], [2], [1]), "2 nodes"),
        (lambda: offered_load(Profile((0.0,), (1.0,)), 5, (-1,)), "at_min -1"),
        (lambda: counters_for(1, 0), "p_wait 0"),
    ],
)
def test_a_wrong_argument_is_named(call: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call()


loads = st.floats(0, 200)


@settings(max_examples=60, deadline=None)
@given(loads, st.integers(1, 250))
def test_more_counters_and_less_load_never_lengthen_a_wait(load: float, counters: int) -> None:
    now, more, less = erlang_c(load, 1, counters), erlang_c(load, 1, counters + 1), erlang_c(0.9 * load, 1, counters)
    assert 0 <= more.p_wait <= now.p_wait <= 1
    assert 0 <= more.mean_wait <= now.mean_wait
    assert less.mean_wait <= now.mean_wait
    assert erlang_b(load, counters + 1) <= erlang_b(load, counters) <= 1


@settings(max_examples=60, deadline=None)
@given(loads, st.floats(1e-3, 1e3), st.integers(0, 250), st.floats(0, 5))
def test_erlang_a_stays_a_probability_and_falls_with_counters(
    load: float, leave: float, counters: int, wait: float
) -> None:
    now, more = erlang_a(load, 1, leave, counters), erlang_a(load, 1, leave, counters + 1)
    slack = 1 + 1e-9
    assert 0 <= more.p_abandon <= now.p_abandon * slack <= slack
    assert 0 <= more.p_wait <= now.p_wait * slack <= slack
    assert 0 <= now.p_offered_wait_over(2 * wait) <= now.p_offered_wait_over(wait) * slack <= slack
    assert now.mean_queue >= 0


@settings(max_examples=40, deadline=None)
@given(st.floats(1e-6, 0.99), st.integers(1, 300))
def test_the_inverse_of_erlang_b_inverts(blocking: float, counters: int) -> None:
    assert erlang_b(erlang_b_load(blocking, counters), counters) == pytest.approx(blocking, rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40), st.floats(1e-6, 1e6))
def test_birth_and_death_balance(births: list[float], death: float) -> None:
    p = birth_death(births, [death] * len(births))
    assert float(p.sum()) == pytest.approx(1.0)
    assert (p >= 0).all()
    np.testing.assert_allclose(p[:-1] * births, p[1:] * death, rtol=1e-9, atol=1e-280)


@given(st.floats(0, 60), st.floats(0, 50))
def test_a_step_has_a_finite_number_of_terms(transitions: float, bend: float) -> None:
    assert transitions <= terms_needed(transitions, bend) <= 100 + 5 * (transitions + 2 * bend)
