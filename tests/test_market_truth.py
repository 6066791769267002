"""The market against truths that are known without it: Markov chain, logit, survival, and what a tactic can do."""

from __future__ import annotations

from calendar import monthrange
from collections import deque
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from market_studies import CHAIN, LAB, LOGIT, SBG, WAITS, WHOLE, Event, lives, market, measured, study

import sim
from scenarios import Study
from sim.market.events import Happened
from sim.market.run import MarketRun

Floats = np.ndarray[Any, np.dtype[np.float64]]

ERRORS = 4
"""Standard errors within which a measurement has to lie."""


# constant hazards: a Markov chain

PLANS = ("big", "small", "tianyi", "wo")
ENDS = ("mobile", "telecom", "unicom", "none")
OPERATOR = (0, 0, 1, 2)
"""Operator of each plan, an index into ENDS."""


def logit(utility: Floats) -> Floats:
    """Shares by which alternatives are best, where tastes are Gumbel; the last axis holds the alternatives."""
    weights = np.exp(utility - utility.max(axis=-1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


def daily(hazard: float, days: int) -> float:
    return float(1 - (1 - hazard) ** (1 / days))


def chain_months(until: int) -> Iterator[tuple[str, Floats, Floats]]:
    """The chain of CHAIN: by month its label, people in ENDS when it ends, and flows between them in it.

    States are the four plans, debtors of each plan by the day of their suspension, and no number. People are a mass of
    1; who joins meets a market that is as saturated as the chain says.
    """
    worth = -0.02 * np.array([90.0, 40.0, 60.0, 70.0]) + np.array([1.0, 1.0, 0.8, 0.9])
    operator = np.array(OPERATOR)
    costs = np.where(operator[:, None] != operator, 0.7, np.where(np.eye(4) > 0, 0.0, 0.3))
    to, first = logit(worth - costs), logit(worth)
    at = np.array([0.0, 0.0, 0.1, 0.2])
    at[:2] = 0.5 * logit(worth[:2])
    none = 1 - at.sum()
    debtors = deque([np.zeros(4)] * 20)
    today = date(2010, 7, 1)
    of_plans = np.eye(4)[operator][:, :3]  # [plan, operator]
    for _ in range(until):
        label, flows = f"{today:%Y-%m}", np.zeros((4, 4))
        days = monthrange(today.year, today.month)[1]
        lapse, arrears, again, considers = (daily(hazard, days) for hazard in (0.04, 0.1, 0.03, 0.25))
        for _ in range(days):
            joins = none * daily(0.2 * none, days)
            ends = debtors.popleft()
            debtors.append(at * arrears)
            moved = at[:, None] * considers * to
            switched = of_plans.T @ moved @ of_plans
            flows[:3, :3] += switched - np.diag(np.diag(switched)) + np.diag(of_plans.T @ at) * again
            flows[:3, 3] += of_plans.T @ (at * lapse + ends * 0.4)
            flows[3, :3] += joins * (first @ of_plans)
            none += (at * lapse).sum() + 0.4 * ends.sum() - joins
            at = at * (1 - lapse - arrears - considers) + moved.sum(axis=0) + 0.6 * ends + joins * first
        today += timedelta(days)
        owing = np.sum(debtors, axis=0)
        yield label, np.append(of_plans.T @ (at + owing), none), flows


@pytest.fixture(scope="module")
def chain() -> tuple[int, pd.DataFrame]:
    of = study(CHAIN)
    assert of.population is not None
    return of.population.simulate, sim.simulate(of, 0)


def test_with_constant_hazards_shares_are_those_of_the_markov_chain_in_every_month(
    chain: tuple[int, pd.DataFrame],
) -> None:
    number, frame = chain
    users = {name: measured(frame, "subscribers", f"operator/{name}") for name in ENDS[:3]}
    shares = {name: measured(frame, "share", f"operator/{name}") for name in ENDS[:3]}
    for month, people, _ in chain_months(24):
        counts = [users[name][month] for name in ENDS[:3]]
        found = np.array([*counts, number - sum(counts)]) / number
        assert (abs(found - people) <= ERRORS * np.sqrt(people * (1 - people) / number)).all(), month
        share = people[:3] / people[:3].sum()
        told = np.array([shares[name][month] for name in ENDS[:3]])
        assert (abs(told - share) <= ERRORS * np.sqrt(share * (1 - share) / sum(counts))).all(), month


def test_with_constant_hazards_flows_are_those_of_the_markov_chain(chain: tuple[int, pd.DataFrame]) -> None:
    """By month, and over the two years, where a day too many in a month would show."""
    number, frame = chain
    whole = np.zeros((4, 4))
    for month, _, flows in chain_months(24):
        whole += flows
        found = flow_matrix(frame, month, ENDS)
        assert (abs(found - number * flows) <= ERRORS * np.sqrt(number * flows)).all(), month
    assert (abs(flow_matrix(frame, "all", ENDS) - number * whole) <= ERRORS * np.sqrt(number * whole)).all()


def flow_matrix(frame: pd.DataFrame, period: str, ends: tuple[str, ...]) -> Floats:
    """People who went from one operator to another in a period; from nobody to nobody goes none."""
    rows = frame[(frame["kpi"] == "switches") & (frame["period"] == period)].set_index("scope")["value"]
    return np.array([[rows.get(f"flow/{a}/{b}", 0.0) for b in ends] for a in ends])


# choice: a logit

FEES = np.array([20.0, 88.0, 59.5, 66.0])
"""Of the plans of LOGIT: easyown and gotone of ours, tianyi of telecom, wo of unicom."""
MINUTES = np.array([0, 450, 300, 300])
EXTRA = np.array([0.2, 0.15, 0.1, 0.2])
YEARS = np.array([0, 1, 2, 0])
QUALITY = np.array([1.0, 1.0, 0.8, 0.9])


def bills(usage: Floats) -> Floats:
    return np.asarray(FEES + np.maximum(0, usage[:, None] - MINUTES) * EXTRA)


def assert_chosen(plans: Any, shares: Floats) -> None:
    """As many take each plan as the shares of each person say, within the standard errors of so many choices."""
    taken = np.bincount(plans, minlength=shares.shape[1])
    errors = np.sqrt((shares * (1 - shares)).sum(axis=0))
    assert (errors > 3).all()  # a plan that nobody wants would prove nothing
    assert (abs(taken - shares.sum(axis=0)) <= ERRORS * errors).all()


def test_joiners_are_spread_over_operators_and_plans_as_the_logit_says() -> None:
    of = study(LOGIT, "segments.mass.share=100 %", "segments.vip.share=0 %")
    people = market(of).people
    assert (people.operator >= 0).all()  # all join on the first day
    brand = np.array([0.2, 0.0, 0.0, -0.1])
    utility = brand - 0.03 * bills(people.usage.astype(float)) + QUALITY - 0.2 * YEARS
    assert_chosen(people.plan, logit(utility))


@pytest.mark.parametrize("home", ["mobile", "telecom", "unicom"])
def test_customers_who_compare_go_where_the_logit_says(home: str) -> None:
    """Tenure, satisfaction, contract, campaign and shares of users count as they are on the first day."""
    sets = ("segments.mass.share=0 %", "segments.vip.share=100 %")
    before = market(study(LOGIT, *sets, "segments.vip.considers.base=0 %/month")).people
    people = market(study(LOGIT, *sets)).people
    operators, plans = ("mobile", "telecom", "unicom"), np.array([0, 0, 1, 2])
    ours = operators.index(home)
    mine = np.flatnonzero(before.operator == ours)
    share = np.bincount(before.operator, minlength=3) / before.size
    utility = np.array([0.0, 0.5, 0.0, 0.0]) - 0.02 * bills(before.usage[mine].astype(float)) + 2 * QUALITY
    utility = utility + 1.5 * share[plans]
    present = before.plan[mine][:, None] == np.arange(4)
    utility = utility - np.where(present, 0.0, 0.3 * YEARS)
    loyal = 0.8 * (62 - 50) / 50 + 0.4 * np.log1p(-before.joined_day[mine] / 365.25)
    months_left = np.maximum(0, before.contract_end[mine].astype(int)) / (365.25 / 12)
    leaving = 0.9 + 0.02 * before.leaving_fen[mine] / 100 * months_left / 12
    utility += np.where(plans == ours, loyal[:, None] - np.where(present, 0, 0.4), -leaving[:, None])
    if home != "unicom":
        utility[:, 3] += 0.1 + 0.02 * (12 * 6 + 60) / 12 + 0.5 - 0.3
    assert mine.size > 1_000
    assert_chosen(people.plan[mine], logit(utility))


# survival: the shifted-beta-geometric law

SURVIVAL = (
    (0.704, 1.182, (0.627, 0.474, 0.388, 0.332, 0.292, 0.262, 0.239, 0.220)),
    (0.668, 3.806, (0.851, 0.747, 0.670, 0.610, 0.562, 0.522, 0.489, 0.460)),
)
"""Alpha, beta and survivors (Fader & Hardie 2007)."""


@pytest.mark.parametrize(("alpha", "beta", "table"), SURVIVAL)
def test_own_hazards_from_a_beta_law_give_the_published_retention(
    alpha: float, beta: float, table: tuple[float, ...]
) -> None:
    t = np.arange(1, 9)
    survivors = np.cumprod((beta + t - 1) / (alpha + beta + t - 1))
    assert survivors == pytest.approx(table, abs=0.0011)  # prints are cut off or rounded
    frame = sim.simulate(study(SBG, f"segments.all.lapse={{dist: beta, alpha: {alpha}, beta: {beta}}}"), 0)
    retained = measured(frame, "retention_rate").drop("all").to_numpy()
    assert (abs(retained - survivors) <= ERRORS * np.sqrt(survivors * (1 - survivors) / 10_000)).all()


# what a tactic can and can't do


def on(tactic: str, *sets: str) -> tuple[str, ...]:
    return f"tactics.{tactic}.enabled=true", *sets


def retention(of: Study) -> float:
    return float(measured(sim.simulate(of, 0), "retention_rate")["all"])


TACTICS = ("bundle", "call", "care", "credit", "desk", "match", "priority")
ALL_OFF = tuple(f"tactics.{name}.enabled=false" for name in TACTICS)
SHORT = ("horizon=4 months",)


@pytest.fixture(scope="module")
def nothing_on() -> tuple[MarketRun, pd.DataFrame]:
    of = study(WHOLE, *SHORT, *ALL_OFF)
    return market(of), sim.simulate(of, 0, engine="compiled")


@pytest.mark.parametrize("tactic", TACTICS)
def test_a_tactic_for_a_share_of_0_is_event_identical_to_none(
    tactic: str, nothing_on: tuple[MarketRun, pd.DataFrame]
) -> None:
    """Whatever else happens in the market: every event, every field of every subscriber, every KPI."""
    of = study(WHOLE, *SHORT, *ALL_OFF, f"tactics.{tactic}.enabled=true", f"tactics.{tactic}.share=0 %")
    without, frame = nothing_on
    with_it = market(of)
    assert lives(with_it) == lives(without)
    assert with_it.people.tobytes() == without.people.tobytes()
    pd.testing.assert_frame_equal(sim.simulate(of, 0, engine="compiled"), frame, check_exact=True)


def test_tactics_that_are_off_are_event_identical_to_tactics_that_nobody_wrote(
    nothing_on: tuple[MarketRun, pd.DataFrame],
) -> None:
    of = study(WHOLE.replace(WHOLE[WHOLE.index("tactics:") : WHOLE.index("economics:")], ""), *SHORT)
    without, frame = nothing_on
    assert not of.tactics
    assert lives(market(of)) == lives(without)
    others = frame[~frame["scope"].str.startswith("tactic/")].reset_index(drop=True)
    pd.testing.assert_frame_equal(sim.simulate(of, 0, engine="compiled"), others, check_exact=True)


@pytest.fixture(scope="module")
def lab_baseline() -> float:
    return retention(study(LAB))


@pytest.mark.parametrize(
    ("tactic", "path", "small", "large"),
    [
        ("bundle", "effect.products", "1", "3"),
        ("bundle", "share", "30 %", "100 %"),
        ("call", "effect.credit", "5 CNY/month", "40 CNY/month"),
        ("care", "effect.satisfaction", "3", "15"),
        ("credit", "effect.credit", "3 CNY/month", "30 CNY/month"),
        ("desk", "acceptance", "20 %", "90 %"),
    ],
)
def test_a_larger_tactic_keeps_more(tactic: str, path: str, small: str, large: str, lab_baseline: float) -> None:
    kept = [retention(study(LAB, *on(tactic, f"tactics.{tactic}.{path}={size}"))) for size in (small, large)]
    assert lab_baseline < kept[0] < kept[1]


def test_a_contact_can_hurt_and_a_larger_one_hurts_more(lab_baseline: float) -> None:
    """Nobody accepts anything: the call only makes people think."""
    sizes = ("2 %/month", "15 %/month")
    kept = [retention(study(LAB, *on("survey", f"tactics.survey.effect.wake={size}"))) for size in sizes]
    assert lab_baseline > kept[0] > kept[1]


CONTACT = {int(Happened.CONTACTED), int(Happened.ACCEPTED)}


@pytest.mark.parametrize(
    ("tactic", "mediator"),
    [
        ("bundle", ("segments.vip.choice.bundle=0",)),
        ("call", ("segments.vip.choice.price=0",)),
        ("care", ("segments.vip.considers.dissatisfaction=0", "segments.vip.choice.satisfaction=0")),
        ("care", ("tactics.care.effect.satisfaction=0",)),
        (
            "credit",
            (
                "segments.vip.choice.price=0",
                "tactics.credit.effect.contract=0 months",
                "tactics.credit.effect.leaving_fee=0 CNY/month",
            ),
        ),
        ("desk", ("tactics.desk.acceptance=0 %",)),
        ("survey", ("channels.phone.reach=0 %",)),
    ],
)
def test_without_its_mediator_a_tactic_changes_no_decision(tactic: str, mediator: tuple[str, ...]) -> None:
    """People are called, and decide day by day what they would have decided."""
    few = ("population.simulate=800", *mediator)
    without, with_it = (market(study(LAB, *few, *more)) for more in ((), on(tactic)))
    decided = [[event for event in life if event[1] not in CONTACT] for life in lives(with_it)]
    assert decided == lives(without)
    assert with_it.books.counts.sum() > 100  # contacts


def test_without_contracts_nobody_is_called_before_one_ends() -> None:
    bare = ("population.simulate=800", "plans.big.contract=null", "plans.small.contract=null")
    without, with_it = (market(study(LAB, *bare, *more)) for more in ((), on("call")))
    assert lives(with_it) == lives(without)
    assert without.diary.cursor[0] > 100


def test_who_is_served_first_stays_longer_and_without_waits_it_makes_no_difference() -> None:
    crowded = 'halls.*.counters.staffing={"09:00": 2}'
    roomy = 'halls.*.counters.staffing={"09:00": 40}'
    frames = [sim.simulate(study(WAITS, crowded, *more), 0) for more in ((), on("priority"))]
    kept = [measured(frame, "retention_rate", "segment/vip")["all"] for frame in frames]
    felt = [measured(frame, "satisfaction", "segment/vip")["all"] for frame in frames]
    assert felt[1] > felt[0] + 1
    assert kept[1] > kept[0]
    frames = [sim.simulate(study(WAITS, "horizon=2 months", roomy, *more), 0) for more in ((), on("priority"))]
    assert (measured(frames[0], "wait_mean") == 0).all()
    pd.testing.assert_frame_equal(frames[1], frames[0], check_exact=True)


# a better offer of ours

NO_FEEDBACK = (
    "horizon=4 months", "population.simulate=200", "market.neighbours=0",
    "segments.mass.choice.onnet=0", "segments.vip.choice.onnet=0",
    "competitors.unicom.match=null", "competitors.unicom.budget=null", "competitors.telecom.escalate=null",
)  # fmt: skip
"""What of WHOLE lets one customer's choice act on another's through rivals, circles and shares: taken out."""

BETTER = st.lists(
    st.one_of(
        st.integers(1, 40).map(lambda cut: f"plans.gotone.fee=-{cut} CNY/month"),
        st.integers(1, 18).map(lambda cut: f"plans.easyown.fee=-{cut} CNY/month"),
        st.integers(1, 17).map(lambda cut: f"plans.easyown.extra=-0.{cut:02} CNY/min"),
        st.integers(1, 90).map(lambda more: f"operators.mobile.network=+{more / 100}"),
        st.integers(1, 90).map(lambda more: f"segments.vip.choice.brands.gotone=+{more / 100}"),
        st.integers(1, 30).map(lambda more: f"tactics.desk.effect.credit=+{more} CNY/month"),
        st.integers(1, 30).map(lambda more: f"tactics.call.effect.credit=+{more} CNY/month"),
        st.just("tactics.care.effect.satisfaction=+10"),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda change: change.partition("=")[0],
)  # fmt: skip


NO_SHRINKING = (Phase.explicit, Phase.generate)
"""A failing study is small as it stands; shrinking it takes minutes."""


def assert_for_us(better: list[str], seed: int, switching: str, *more: str) -> None:
    sets = (*NO_FEEDBACK, f"seed={seed}", f"segments.mass.choice.switching={switching}", *more)
    before, after = (market(study(WHOLE, *sets, *change)) for change in ((), better))
    for home, one, other in parted(before, after):
        assert home == OURS or won(one, other, before), (home, one, other)


@settings(max_examples=5, deadline=None, derandomize=True, phases=NO_SHRINKING)
@given(better=BETTER, seed=st.integers(0, 10_000), switching=st.sampled_from(("0", "1", "3")))
def test_a_better_offer_of_ours_never_moves_a_customer_from_one_rival_to_another(
    better: list[str], seed: int, switching: str
) -> None:
    """The first event in which a customer's two lives differ happens to a customer of ours, or brings it to us.

    So of two rivals none wins a customer from the other because of us. Later events may differ in any way: who stayed
    with us in one life may go elsewhere another day. It holds because tastes and candidates are the customer's own, and
    because it never depends on the operator whether somebody has a number: so saturation is the same in both lives.
    """
    assert_for_us(better, seed, switching)


@pytest.mark.slow
@settings(max_examples=100, deadline=None, phases=NO_SHRINKING)
@given(better=BETTER, seed=st.integers(0, 10_000), switching=st.sampled_from(("0", "1", "3")))
def test_a_better_offer_never_moves_a_customer_between_rivals_in_many_large_markets(
    better: list[str], seed: int, switching: str
) -> None:
    assert_for_us(better, seed, switching, "population.simulate=1000", "horizon=8 months")


def test_a_better_offer_of_ours_does_win_customers_of_rivals() -> None:
    """Otherwise the test above would prove nothing."""
    better = ("plans.gotone.fee=-40 CNY/month", "operators.mobile.network=+1")
    before, after = (market(study(WHOLE, *NO_FEEDBACK, *more)) for more in ((), better))
    ways = [(home == OURS, won(one, other, before)) for home, one, other in parted(before, after)]
    assert ways.count((False, True)) >= 5
    assert ways.count((True, False)) + ways.count((True, True)) >= 5


OURS = 0
"""Our operator's number in WHOLE."""


def parted(before: MarketRun, after: MarketRun) -> Iterator[tuple[int, Event | None, Event | None]]:
    """Of each customer with two lives: its operator when they part, and the first event that differs, in both."""
    start, plans = before.operator_at_start.tolist(), before.plans.operator.tolist()
    for home, one, other in zip(start, lives(before), lives(after), strict=True):
        for event, instead in zip_longest(one, other):
            if event != instead:
                yield home, event, instead
                break
            _, kind, a, b = event
            if kind in (Happened.LEFT, Happened.JOINED):
                home = plans[b if kind == Happened.LEFT else a]
            elif kind in (Happened.LAPSED, Happened.CLOSED):
                home = -1


def won(one: Event | None, other: Event | None, of: MarketRun) -> bool:
    """Whether people choose at the same moment in both lives, and us in the other one."""
    if one is None or other is None or one[:2] != other[:2]:
        return False
    _, kind, plan, _ = other
    return kind in (Happened.CONSIDERED, Happened.JOINED) and int(of.plans.operator[plan]) == OURS
