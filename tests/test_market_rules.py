"""Rules of hazards, choice and bills: each against its formula."""

from __future__ import annotations

import doctest
import math
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.draws import Draws, Purpose
from sim.rules import bills, choice, hazard

QUICK = settings(max_examples=150, deadline=None, derandomize=True)
SHARES = st.floats(0.0, 0.999)


def uniforms(count: int) -> tuple[list[float], list[float]]:
    u, v = Draws(7, 1).uniforms(np.arange(count), Purpose.CANDIDATE, 0)
    return u.tolist(), v.tolist()


@pytest.mark.parametrize("module", [bills, choice, hazard])
def test_examples_of_the_rules_hold(module: ModuleType) -> None:
    failed, tried = doctest.testmod(module)
    assert tried > 0
    assert failed == 0


@QUICK
@given(SHARES, st.integers(28, 31))
def test_a_hazard_leaves_its_share_after_any_calendar_month(share: float, days: int) -> None:
    assert (1 - hazard.daily(share, days)) ** days == pytest.approx(1 - share, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("probability", [0.02, 0.3, 0.9])
def test_gaps_are_geometric(probability: float) -> None:
    count = 40_000
    gaps = np.array([hazard.gap_days(u, probability) for u in uniforms(count)[0]])
    assert gaps.min() == 1
    for days in range(1, 6):
        expected = (1 - probability) ** (days - 1) * probability
        assert abs((gaps == days).mean() - expected) < 4 * math.sqrt(expected * (1 - expected) / count)
    assert abs(gaps.mean() - 1 / probability) < 4 * math.sqrt(1 - probability) / probability / math.sqrt(count)


def test_candidates_come_to_each_thing_with_its_probability() -> None:
    count, bound = 40_000, 0.5
    parts = {hazard.LAPSES: 0.05, hazard.FALLS_INTO_ARREARS: 0.1, hazard.REREGISTERS: 0.02, hazard.CONSIDERS: 0.25}
    heights = uniforms(count)[1]
    came = np.array([hazard.outcome(height, bound, *parts.values()) for height in heights])
    for what, probability in parts.items():
        expected = probability / bound
        assert abs((came == what).mean() - expected) < 4 * math.sqrt(expected * (1 - expected) / count)


@QUICK
@given(st.floats(1e-6, 1 - 1e-6), st.floats(0.0, 0.2), st.floats(0.0, 0.2), st.floats(0.0, 0.1), st.floats(0.0, 0.2))
def test_a_higher_hazard_of_considering_only_adds_people_who_consider(
    height: float, lapse: float, arrears: float, reregister: float, consider: float
) -> None:
    before = hazard.outcome(height, 0.8, lapse, arrears, reregister, consider)
    after = hazard.outcome(height, 0.8, lapse, arrears, reregister, consider + 0.1)
    assert after == before or (before, after) == (hazard.NOTHING, hazard.CONSIDERS)


def test_dissatisfaction_raises_the_hazard_and_contentment_lowers_it() -> None:
    hazards = [hazard.dissatisfied(0.02, 1.5, 70.0, points) for points in (90.0, 70.0, 40.0, 0.0)]
    assert hazards == sorted(hazards)
    assert hazards[1] == 0.02
    assert hazard.dissatisfied(0.02, 0.0, 70.0, 10.0) == 0.02
    assert math.isfinite(hazard.dissatisfied(0.02, 1e9, 70.0, 0.0))


def test_nobody_joins_a_full_market() -> None:
    assert hazard.joining(0.02, 0, 100, 0.8) == 0.02
    assert hazard.joining(0.02, 80, 100, 0.8) == hazard.joining(0.02, 90, 100, 0.8) == 0.0
    assert hazard.joining(0.02, 0, 100, 0.0) == 0.0


def test_the_highest_utility_with_taste_is_chosen_with_logit_shares() -> None:
    utilities, count = [0.3, -0.5, 1.1], 20_000
    ids = np.arange(count)
    tastes = np.array([[choice.taste(u) for u in Draws(7, 1).uniforms(ids, Purpose.CHOICE, k)[0]] for k in range(3)])
    chosen = np.argmax(np.array(utilities)[:, None] + tastes, axis=0)
    weights = np.exp(utilities)
    for k, expected in enumerate(weights / weights.sum()):
        assert abs((chosen == k).mean() - expected) < 4 * math.sqrt(expected * (1 - expected) / count)


@QUICK
@given(st.integers(0, 50_000), st.integers(0, 2_000), st.integers(0, 100_000), st.integers(0, 40_000))
def test_a_bill_is_the_fee_and_what_goes_beyond_it(fee: int, minutes: int, extra: int, usage: int) -> None:
    bill = bills.bill_fen(fee, minutes, extra, usage)
    assert abs(bill - (fee + max(0, usage - minutes) * extra / 1000)) <= 0.5
    assert bills.bill_cny(fee, minutes, extra, usage) == bill / 100
    assert bills.bill_fen(fee, minutes, extra, usage + 1) >= bill
    assert bills.bill_fen(fee, minutes + 1, extra, usage) <= bill


def test_the_fee_for_leaving_falls_with_the_contract_to_nothing() -> None:
    fees = [bills.fee_left_fen(1_000, days) for days in (730, 365, 30, 1, 0, -5)]
    assert fees == [23_984, 11_992, 986, 33, 0, 0]


def test_what_a_plan_is_worth_falls_with_the_bill_and_rises_with_all_else() -> None:
    worth = choice.worth(0.5, 0.03, 90.0, 1.0, 0.9, 1.5, 0.6)
    assert choice.worth(0.5, 0.03, 100.0, 1.0, 0.9, 1.5, 0.6) == pytest.approx(worth - 0.3)
    better = [(0.6, 90.0, 0.9, 0.6), (0.5, 80.0, 0.9, 0.6), (0.5, 90.0, 1.0, 0.6), (0.5, 90.0, 0.9, 0.7)]
    assert all(choice.worth(b, 0.03, bill, 1.0, network, 1.5, share) > worth for b, bill, network, share in better)


def test_loyalty_grows_with_satisfaction_tenure_and_products() -> None:
    loyalty = choice.loyalty(0.8, 60.0, 0.4, 2.0, 0.5, 1)
    assert loyalty == pytest.approx(0.8 * 0.2 + 0.4 * math.log(3) + 0.5)
    for points, years, products in ((61.0, 2.0, 1), (60.0, 2.5, 1), (60.0, 2.0, 2)):
        assert choice.loyalty(0.8, points, 0.4, years, 0.5, products) > loyalty


@QUICK
@given(st.floats(0, 200), st.floats(0, 200), st.floats(0, 40), st.floats(1, 24))
def test_a_credit_is_worth_at_most_the_bill_and_nothing_once_it_has_ended(
    credit: float, bill: float, months: float, spread: float
) -> None:
    worth = choice.credit_worth(0.03, credit, bill, months, spread)
    assert 0 <= worth <= 0.03 * min(credit, bill) * (1 + 1e-12)
    assert choice.credit_worth(0.03, credit, bill, 0.0, spread) == 0
    assert choice.credit_worth(0.03, credit, bill, months + 1, spread) >= worth
