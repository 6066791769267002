"""The exact chain of a day: ../shared/validation, an ODE solver, steady states, closed forms, what must not matter."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.special import gammaincc

from sim.queueing import offered_wait
from sim.queueing.abandonment import erlang_a
from sim.queueing.chain import exact_day
from sim.queueing.day import ChainTooLarge, DayResult, HallDay
from sim.queueing.day_factor import day_factors
from sim.queueing.erlang import erlang_c
from sim.queueing.pieces import cut
from sim.queueing.priority import cobham
from sim.queueing.profile import Profile
from sim.queueing.states import tagged_moves, tagged_space
from sim.queueing.truncation import longest_queue, tail_of
from sim.queueing.uniformisation import generator

DAYS = Path(__file__).parents[1].parent / "shared" / "validation" / "time_varying_exact.json"
NAMES = ("S1_const_abandon", "S2_linear_nopatience", "S3_linear_vip_priority", "S4_const_balk_renege")


def day_of(inputs: dict[str, Any]) -> HallDay:
    """A day of the validation pack; its balking says who joins, ours who walks away."""
    edges = tuple(float(at) for at in range(0, inputs["horizon_min"] + 1, inputs["interval_min"]))
    rates = tuple(inputs["arrival_per_hour"])
    linear = inputs["arrival_kind"] == "piecewise_linear"
    return HallDay(
        edges,
        Profile(tuple(inputs["arrival_t_min"][: len(rates)]), rates, linear),
        Profile(edges[:-1], tuple(inputs["servers"])),
        inputs["mean_service_min"],
        inputs["mean_patience_min"] or math.inf,
        inputs.get("vip_share", 0.0),
        {waiting: 1 - joins for waiting, joins in inputs.get("balking", [])},
    )


def shared_day(name: str) -> tuple[HallDay, dict[str, Any]]:
    if not DAYS.exists():
        pytest.skip(f"the exact days, {DAYS.name}, are not there")
    days = json.loads(DAYS.read_text(encoding="utf-8"))["instances"]
    return next((day_of(day["inputs"]), day["outputs"]) for day in days if day["inputs"]["name"] == name)


def flat_day(
    rate: float, counters: int, service: float = 5.0, minutes: float = 3000.0, interval: float = 100.0, **extra: Any
) -> HallDay:
    """Constant rate an hour and counters, long enough for a steady state at its end."""
    edges = tuple(np.arange(0.0, minutes + 1, interval).tolist())
    return HallDay(edges, Profile((0.0,), (rate,)), Profile((0.0,), (counters,)), service, **extra)


SMALL = HallDay(
    (0.0, 20.0, 40.0, 60.0),
    Profile((0.0, 25.0, 60.0), (40.0, 90.0, 30.0), linear=True),
    Profile((0.0, 20.0, 40.0), (3, 5, 2)),
    4.0,
    15.0,
)


@pytest.mark.parametrize("name", NAMES)
def test_a_day_of_the_validation_pack_is_met_within_1e_4(name: str) -> None:
    """Its own error is 1.3e-5 for probabilities, and its time averages of counts are sums over a grid (5e-4)."""
    day, truth = shared_day(name)
    found = exact_day(day)
    assert found.lost < 1e-9
    np.testing.assert_allclose(found.over(0.0), truth["P_wait_gt_0"], atol=1e-4)
    for customers in found.queue:
        for wait in (5, 10, 15):
            np.testing.assert_allclose(found.over(wait, customers), truth[f"{customers}_P_vwait_gt_{wait}"], atol=1e-4)
            whole = truth[f"{customers}_day_P_vwait_gt_{wait}"]
            assert found.over_the_day(wait, customers) == pytest.approx(whole, abs=1e-4)
        np.testing.assert_allclose(found.queue[customers], truth[f"mean_queue_{customers}"], atol=5e-4)
    np.testing.assert_allclose(found.arrivals, truth["mean_arrivals"], rtol=1e-12)
    np.testing.assert_allclose(found.busy, truth["mean_busy"], atol=5e-4)
    np.testing.assert_allclose(sum(found.abandonments.values()), truth["abandon_events"], atol=1e-3)
    np.testing.assert_allclose(found.join_fraction, truth["join_fraction"], atol=1e-4)


def test_queue_and_busy_counters_agree_with_an_ode_solver() -> None:
    """Independently: number in system by DOP853 on the first half hour of SMALL, 3 counters and a rising rate."""
    most = 60
    n = np.arange(most + 1)
    out = np.minimum(n, 3) / 4.0 + np.maximum(n - 3, 0) / 15.0

    def flow(at: float, y: np.ndarray) -> np.ndarray:
        p, rate = y[: most + 1], (40 + 2 * at) / 60
        change = -(out + rate) * p
        change[1:] += rate * p[:-1]
        change[:-1] += (out * p)[1:]
        return np.concatenate((change, [p @ np.minimum(n, 3), p @ np.maximum(n - 3, 0), rate * p[3:].sum()]))

    start = np.zeros(most + 4)
    start[0] = 1
    busy, queue, waits = solve_ivp(flow, (0, 20), start, method="DOP853", rtol=1e-11, atol=1e-14).y[-3:, -1]
    found = exact_day(SMALL)
    assert found.busy[0] == pytest.approx(busy / 20, abs=1e-9)
    assert found.queue["std"][0] == pytest.approx(queue / 20, abs=1e-9)
    assert found.over(0.0)[0] == pytest.approx(waits / found.arrivals[0], abs=1e-9)


def test_customers_are_conserved_hall_wide() -> None:
    """What joined has been served, has left, or is still there: checked by a long idle end of the day."""
    day = replace(
        SMALL,
        edges_min=(0.0, 60.0, 400.0),
        counters=Profile((0.0, 20.0, 40.0, 60.0), (3, 5, 2, 4)),
        vip_share=0.4,
        balking={2: 0.3, 6: 0.8},
    )
    found = exact_day(day)
    served = float((found.busy * np.diff(day.edges_min)).sum()) / day.mean_service_min
    left = float(sum(values.sum() for values in found.abandonments.values()))
    joined = float(found.arrivals[0] * found.join_fraction[0])
    assert served + left == pytest.approx(joined, abs=1e-8)
    assert found.arrivals[1] == 0
    assert math.isnan(found.join_fraction[1])


def test_a_long_constant_day_ends_in_erlang_c() -> None:
    exact = erlang_c(40 / 60, 1 / 5, 5)
    found = exact_day(flat_day(40, 5))
    assert found.queue["std"][-1] == pytest.approx(exact.mean_queue, rel=1e-7)
    for wait in found.thresholds_min:
        assert found.over(wait)[-1] == pytest.approx(exact.p_wait_over(wait), rel=1e-6)


def test_a_long_constant_day_ends_in_erlang_a() -> None:
    exact = erlang_a(80 / 60, 1 / 5, 1 / 12, 5)
    found = exact_day(flat_day(80, 5, mean_patience_min=12.0, minutes=600, interval=200))
    assert found.abandonments["std"][-1] / found.arrivals[-1] == pytest.approx(exact.p_abandon, rel=1e-8)
    assert found.busy[-1] == pytest.approx(5 * exact.utilisation, rel=1e-8)
    for wait in found.thresholds_min:
        assert found.over(wait)[-1] == pytest.approx(exact.p_offered_wait_over(wait), rel=1e-6)


def test_a_long_constant_day_with_vips_ends_in_cobham() -> None:
    day = flat_day(40, 5, vip_share=0.3)
    vip, std = cobham([12 / 60, 28 / 60], 1 / 5, 5)
    found = exact_day(day, (0.0,))
    assert found.queue["vip"][-1] == pytest.approx(vip * 12 / 60, rel=1e-7)
    assert found.queue["std"][-1] == pytest.approx(std * 28 / 60, rel=1e-6)


def test_two_customers_without_staff_wait_for_the_first_counter() -> None:
    """Nobody serves until minute 30, then one counter: the waits of an arrival at t follow from a gamma law.

    Arrivals at 12 an hour for 30 minutes. Who comes at t finds k ahead, k Poisson with mean t/5, and starts when those
    have been served: P(wait > w) = Σ P(k) P(gamma(k) > t + w − 30).
    """
    day = HallDay((0.0, 30.0, 60.0), Profile((0.0, 30.0), (12.0, 0.0)), Profile((0.0, 30.0), (0, 1)), 5.0)
    found = exact_day(day, (0.0, 10.0, 40.0))
    assert found.over(0.0)[0] == pytest.approx(1.0, abs=1e-12)
    points, weights = np.polynomial.legendre.leggauss(60)

    def chance(at: float, wait: float) -> float:
        after = at + wait - 30
        if after < 0:
            return 1.0
        chances, mean = [], at / 5
        weight = math.exp(-mean)
        for k in range(60):
            chances.append(weight * (float(gammaincc(k, after / 5)) if k else 0.0))
            weight *= mean / (k + 1)
        return math.fsum(chances)

    def mean_between(low: float, high: float, wait: float) -> float:
        at = low + (high - low) * (points + 1) / 2
        return (high - low) / 2 * float(weights @ [chance(t, wait) for t in at]) / 30

    assert found.over(10.0)[0] == pytest.approx(20 / 30 + mean_between(20, 30, 10), abs=1e-7)
    assert found.over(40.0)[0] == pytest.approx(mean_between(0, 30, 40), abs=1e-7)
    assert math.isnan(found.over(10.0)[1])


def test_nobody_is_interrupted_when_staff_falls() -> None:
    """All eight counters close; those serving finish: the mean number busy decays at the service rate."""
    day = HallDay((0.0, 200.0, 210.0), Profile((0.0, 200.0), (60.0, 0.0)), Profile((0.0, 200.0), (8, 0)), 5.0, 6.0)
    found = exact_day(day)
    at_close = erlang_a(1.0, 1 / 5, 1 / 6, 8).utilisation * 8
    assert found.busy[1] * 10 == pytest.approx(at_close * 5 * (1 - math.exp(-2)), rel=1e-8)


def close(one: DayResult, other: DayResult, atol: float = 1e-9) -> None:
    np.testing.assert_allclose(one.over(5.0), other.over(5.0), atol=atol)
    np.testing.assert_allclose(sum(one.queue.values()), sum(other.queue.values()), atol=atol)
    np.testing.assert_allclose(one.busy, other.busy, atol=atol)


def test_a_vip_share_of_1_is_first_come_first_served() -> None:
    all_vip = exact_day(replace(SMALL, vip_share=1.0))
    plain = exact_day(SMALL)
    np.testing.assert_allclose(all_vip.over(5.0, "vip"), plain.over(5.0), atol=1e-8)
    np.testing.assert_allclose(all_vip.queue["vip"], plain.queue["std"], atol=1e-8)
    np.testing.assert_allclose(all_vip.queue["std"], 0, atol=1e-12)


def test_a_vip_share_of_almost_0_is_first_come_first_served() -> None:
    close(exact_day(replace(SMALL, vip_share=1e-12)), exact_day(SMALL))


def test_priority_changes_no_total_and_helps_vips() -> None:
    mixed, plain = exact_day(replace(SMALL, vip_share=0.3)), exact_day(SMALL)
    np.testing.assert_allclose(mixed.queue["vip"] + mixed.queue["std"], plain.queue["std"], atol=1e-9)
    np.testing.assert_allclose(mixed.busy, plain.busy, atol=1e-9)
    assert (mixed.over(5.0, "vip") < plain.over(5.0)).all()
    assert (mixed.over(5.0, "std") > plain.over(5.0)).all()


def test_balking_that_never_happens_changes_nothing_even_with_vips() -> None:
    """The chain that follows customers behind the one who waits agrees with the one that need not."""
    day = replace(SMALL, vip_share=0.3)
    close(exact_day(replace(day, balking={3: 0.0})), exact_day(day))


def test_balking_with_vips_shortens_the_wait_of_the_rest() -> None:
    day = replace(SMALL, vip_share=0.3)
    assert (exact_day(replace(day, balking={2: 0.5})).over(5.0) < exact_day(day).over(5.0)).all()


def test_scaling_the_unit_of_time_changes_nothing() -> None:
    slow = HallDay(
        (0.0, 40.0, 80.0, 120.0),
        Profile((0.0, 50.0, 120.0), (20.0, 45.0, 15.0), linear=True),
        Profile((0.0, 40.0, 80.0), (3, 5, 2)),
        8.0,
        30.0,
    )
    np.testing.assert_allclose(
        exact_day(slow, (10.0, 20.0)).offered_wait_over["std"],
        exact_day(SMALL, (5.0, 10.0)).offered_wait_over["std"],
        atol=1e-9,
    )


def test_reporting_in_other_intervals_changes_no_day() -> None:
    fine = exact_day(replace(SMALL, edges_min=tuple(np.arange(0.0, 61.0, 4.0).tolist())))
    whole = exact_day(SMALL)
    for wait in whole.thresholds_min:
        assert fine.over_the_day(wait) == pytest.approx(whole.over_the_day(wait), abs=1e-6)


def test_the_quadrature_over_arrivals_is_good_to_1e_6(monkeypatch: pytest.MonkeyPatch) -> None:
    day = replace(SMALL, vip_share=0.3)
    coarse = exact_day(day)
    plain = offered_wait.gauss_legendre
    monkeypatch.setattr(offered_wait, "gauss_legendre", lambda count: plain(2 * count))
    fine = exact_day(day)
    for name, values in coarse.offered_wait_over.items():
        np.testing.assert_allclose(values, fine.offered_wait_over[name], atol=1e-6)


@pytest.mark.parametrize("top", [4, 6])
def test_neighbours_side_by_side_lose_no_rate_of_a_waiting_customer(top: int) -> None:
    day = replace(SMALL, vip_share=0.3, balking={2: 0.3})
    moves = generator(*tagged_moves(tagged_space(4, top, 9, 9), day, True), 1.5)
    other, fixed, per_rate = moves.side_by_side
    assert other.shape[1] <= 6  # what the loop of columns costs
    row = np.repeat(np.arange(len(moves)), np.diff(moves.first).astype(int))
    for places, values, expected in ((other, fixed, moves.shifted), (other[:, :3], per_rate, moves.per_rate)):
        whole, found = (np.zeros((len(moves), len(moves))) for _ in range(2))
        np.add.at(whole, (row, moves.other.astype(int)), expected)
        np.add.at(found, (np.arange(len(moves))[:, None], places.astype(int)), values)
        np.testing.assert_array_equal(found, whole)


def test_a_day_of_ten_counters_stays_small() -> None:
    """Columns × states are the work: 20 half hours, load 1.1, and the rarest of 8 kinds of day at cv 0.15."""
    edges = tuple(30.0 * n for n in range(21))
    factors, chances = day_factors(0.15, 8)
    busiest = Profile((0.0,), (132.0 * float(factors[-1]),))
    day = HallDay(edges, busiest, Profile((0.0,), (10,)), 5.0, 20.0, 0.2, {5: 0.1, 10: 0.3, 15: 0.6})
    pieces = cut(day, 15.0)
    asked = offered_wait.arrivals_to_ask(day, pieces, (0.0, 5.0, 10.0, 15.0))
    tail = tail_of(float(chances[-1]))
    assert longest_queue(day, pieces[:-1], 2**30, tail) <= 40 < longest_queue(day, pieces[:-1], 2**30)
    assert len(asked) <= 1700


def test_days_that_differ_more_take_more_nodes() -> None:
    """Eight would be off by 8e-6 on this day at cv 0.3."""
    for cv in (0.15, 0.3):
        found, fine = exact_day(SMALL, (5.0,), day_cv=cv), exact_day(SMALL, (5.0,), day_cv=cv, day_nodes=30)
        np.testing.assert_allclose(found.over(5.0), fine.over(5.0), atol=1e-6)


def test_the_day_factor_keeps_mean_and_variance() -> None:
    for cv in (0.01, 0.15, 0.5, 1.0, 2.0):
        factors, chances = day_factors(cv, 10)
        assert float(chances.sum()) == pytest.approx(1.0, abs=1e-7)
        assert float(chances @ factors) == pytest.approx(1.0, abs=1e-6)
        assert float(chances @ (factors - 1) ** 2) == pytest.approx(cv**2, rel=1e-3)


def test_a_varying_day_is_the_mean_over_its_days() -> None:
    """Ratio of sums: a busy day counts with all its customers."""
    factors, chances = day_factors(0.4, 5)
    days = [
        exact_day(replace(SMALL, arrivals_per_hour=replace(rate, value=tuple(f * v for v in rate.value))))
        for f in factors
        for rate in [SMALL.arrivals_per_hour]
    ]
    found = exact_day(SMALL, day_cv=0.4, day_nodes=5)
    expected = sum(p * f * day.over(5.0) for p, f, day in zip(chances, factors, days, strict=True))
    np.testing.assert_allclose(found.over(5.0), expected, rtol=1e-9)
    np.testing.assert_allclose(found.busy, sum(p * d.busy for p, d in zip(chances, days, strict=True)), rtol=1e-9)
    assert found.over_the_day(5.0) > exact_day(SMALL).over_the_day(5.0)


def test_too_large_a_chain_is_refused_before_it_is_built() -> None:
    crowd = flat_day(60_000, 3, minutes=600)
    with pytest.raises(ChainTooLarge, match=r"MiB.*simulate the hall") as refused:
        exact_day(crowd, limit_bytes=2**26)
    assert refused.value.bytes_needed > refused.value.limit_bytes == 2**26


@pytest.mark.parametrize(
    "wrong",
    [
        {"edges_min": (5.0, 10.0)},
        {"edges_min": (0.0, 10.0, 10.0)},
        {"edges_min": (0.0, math.inf)},
        {"mean_service_min": 0.0},
        {"mean_service_min": math.nan},
        {"mean_patience_min": -1.0},
        {"mean_patience_min": math.nan},
        {"vip_share": 1.5},
        {"counters": Profile((0.0,), (2.5,))},
        {"balking": {-1: 0.5}},
        {"balking": {3: 1.5}},
    ],
)
def test_a_wrong_day_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must|whole"):
        replace(SMALL, **wrong)


@pytest.mark.parametrize("nodes", [((), ()), ((0.0, 0.0), (1.0, 2.0)), ((0.0,), (-1.0,)), ((0.0,), (math.nan,))])
def test_a_wrong_profile_is_refused(nodes: tuple[tuple[float, ...], tuple[float, ...]]) -> None:
    with pytest.raises(ValueError, match=r"node|values"):
        Profile(*nodes)


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="thresholds"):
        exact_day(SMALL, (-1.0,))
    with pytest.raises(ValueError, match="day_cv"):
        exact_day(SMALL, day_cv=-0.1)
    with pytest.raises(ValueError, match="day_nodes"):
        exact_day(SMALL, day_cv=0.1, day_nodes=0)
    with pytest.raises(ValueError, match="was not computed"):
        exact_day(SMALL).over(7.0)


def test_an_empty_day_waits_for_nobody() -> None:
    found = exact_day(replace(SMALL, arrivals_per_hour=Profile((0.0,), (0.0,))))
    assert np.isnan(found.over(5.0)).all()
    assert found.busy.max() == 0
    assert math.isnan(found.over_the_day(5.0))


days = st.builds(
    HallDay,
    st.just((0.0, 15.0, 30.0)),
    st.builds(Profile, st.just((0.0, 30.0)), st.tuples(st.floats(0, 90), st.floats(0, 90)), st.just(True)),
    st.builds(Profile, st.just((0.0, 10.0, 15.0)), st.tuples(*[st.integers(0, 5)] * 3)),
    st.floats(1, 10),
    st.one_of(st.floats(2, 60), st.just(math.inf)),
    st.sampled_from((0.0, 0.3)),
    st.sampled_from(({}, {1: 0.5, 4: 0.9})),
)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(days)
def test_any_small_day_gives_probabilities_that_fall_with_the_threshold(day: HallDay) -> None:
    found = exact_day(day)
    for values in found.offered_wait_over.values():
        there = values[:, found.arrivals > 0]
        assert ((there >= 0) & (there <= 1)).all()
        assert (np.diff(there, axis=0) <= 1e-6).all()
    assert (found.busy >= -1e-12).all()
    assert all((queue >= -1e-9).all() for queue in found.queue.values())


@settings(max_examples=10, deadline=None, derandomize=True)
@given(days, st.integers(0, 2))
def test_one_more_counter_never_lengthens_a_wait_where_nobody_leaves(day: HallDay, at: int) -> None:
    """Where customers leave it can: a service that began at the added counter goes on after staff has fallen, and the
    next customer waits for it, whereas without it somebody would have left the queue."""
    day = replace(day, balking={}, vip_share=0.0, mean_patience_min=math.inf)
    levels = list(day.counters.value)
    levels[at] += 1
    more = exact_day(replace(day, counters=replace(day.counters, value=tuple(levels))))
    fewer = exact_day(day)
    for wait in fewer.thresholds_min:
        come = fewer.arrivals > 0
        assert (more.over(wait)[come] <= fewer.over(wait)[come] + 1e-7).all()
