"""Whole runs of the market: engines, dates, books, flows, waits and bounds, with everything switched on at once."""

from __future__ import annotations

import os
import subprocess
import sys
from calendar import monthrange
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from market_studies import LAB, WAITS, WHOLE, Event, lives, market, measured, study

import sim
from scenarios import Study
from sim import ModelError
from sim.draws import Kind
from sim.market.events import Happened
from sim.market.ledger import Count, Line, Part
from sim.market.run import MarketRun
from sim.run import run

OPERATORS = ("mobile", "telecom", "unicom")
ENDS = (*OPERATORS, "none")
ENGINES: tuple[sim.Engine, ...] = ("simpy", "compiled")
WEIGHT = 100
"""People that one of the 300 of WHOLE stands for."""


@pytest.fixture(scope="module")
def whole() -> tuple[MarketRun, pd.DataFrame]:
    of = study(WHOLE)
    return market(of), sim.simulate(of, 0, engine="compiled")


# one model, two engines


def test_everything_that_can_happen_to_a_subscriber_happens_in_the_whole(
    whole: tuple[MarketRun, pd.DataFrame],
) -> None:
    """So that the other tests of this file mean what they say."""
    found = {kind for life in lives(whole[0]) for _, kind, _, _ in life}
    assert found == set(Happened)
    flows, counts = whole[0].books.flows.sum(axis=(0, 1, 2, 3)), whole[0].books.counts.sum(axis=(0, 1))
    assert all(flows[part] > 0 for part in Part)
    assert all(counts[what] > 0 for what in Count)


def test_both_engines_make_the_same_market_to_the_bit(whole: tuple[MarketRun, pd.DataFrame]) -> None:
    of = study(WHOLE)
    compiled, _ = whole
    plain = market(of, "simpy")
    assert lives(plain) == lives(compiled)
    assert plain.people.tobytes() == compiled.people.tobytes()
    for name, ours in plain.books._asdict().items():
        assert ours.tobytes() == getattr(compiled.books, name).tobytes(), name
    short = study(WHOLE, "horizon=2 months")
    frames = [sim.simulate(short, 3, engine=engine) for engine in ENGINES]
    pd.testing.assert_frame_equal(frames[0], frames[1], check_exact=True)
    fates = [sim.fates(short, 3, engine=engine) for engine in ENGINES]
    pd.testing.assert_frame_equal(fates[0], fates[1], check_exact=True)


@pytest.mark.slow
@pytest.mark.parametrize("replication", [1, 2, 3])
def test_both_engines_make_the_same_larger_markets_to_the_bit(replication: int) -> None:
    of = study(
        WHOLE, "population.size=90000", "population.simulate=900", 'halls.gaosheng.arrivals.rate={"09:00": 20/h}'
    )
    plain, compiled = (market(of, engine, replication) for engine in ENGINES)
    assert lives(plain) == lives(compiled)
    assert plain.people.tobytes() == compiled.people.tobytes()


PROGRAM = """
import hashlib
import sim
from market_studies import WHOLE, study
of = study(WHOLE, "horizon=1 months")
told = sim.simulate(of, 0, engine="simpy").to_csv() + sim.fates(of, 0, engine="simpy").to_csv()
digest = hashlib.sha256(told.encode()).hexdigest()
"""


def test_a_run_does_not_depend_on_the_order_of_hashes() -> None:
    root = Path(__file__).parents[1]
    path = os.pathsep.join([str(root), str(root / "tests")])
    other = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM + "print(digest)"],
        env={**os.environ, "PYTHONHASHSEED": other, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    here: dict[str, str] = {}
    exec(PROGRAM, here)
    assert ran.stdout.strip() == here["digest"]


def test_replications_differ_and_repeat(whole: tuple[MarketRun, pd.DataFrame]) -> None:
    of = study(WHOLE)
    assert lives(market(of)) == lives(whole[0])
    assert lives(market(of, replication=1)) != lives(whole[0])


# arms are the same until their first difference acts


def before(of: MarketRun, day: int) -> list[list[Event]]:
    return [[event for event in life if event[0] < day] for life in lives(of)]


@pytest.mark.parametrize(
    ("acts", "change", "until"),
    [
        ("2010-11-01", ("market.portability=null",), "2010-10"),
        ("2010-10-16", ('plans.gotone.price_changes={"2010-10-16": 60 CNY/month}',), "2010-09"),
        ("2010-09-01", ("competitors.unicom.campaigns.autumn.subsidy=500 CNY",), "2010-08"),
        ("2011-01-15", ("competitors.unicom.campaigns.spring=null",), "2010-12"),
    ],
)
def test_arms_are_event_identical_until_their_first_difference_acts(
    acts: str, change: tuple[str, ...], until: str, whole: tuple[MarketRun, pd.DataFrame]
) -> None:
    """Every event and its minutes before the day; every KPI of the months before; and then something differs."""
    day = (date.fromisoformat(acts) - date(2010, 7, 1)).days
    of = study(WHOLE, *change)
    other = market(of)
    assert before(other, day) == before(whole[0], day)
    assert lives(other) != lives(whole[0])
    frame = sim.simulate(of, 0, engine="compiled")
    pd.testing.assert_frame_equal(months(frame, until), months(whole[1], until), check_exact=True)


def months(frame: pd.DataFrame, until: str) -> pd.DataFrame:
    rows = frame[(frame["period"].str.startswith("20")) & (frame["period"] <= until)]
    assert len(rows) > 100
    return rows.reset_index(drop=True)


def test_a_tactic_that_waits_for_rivals_changes_nothing_before_their_campaign() -> None:
    """Its first offer can be seen seven days after the campaign begins, on the first of September."""
    quiet = (
        "tactics.match.detection.share=100 %",
        "tactics.match.acceptance=80 %",
        "competitors.telecom.campaigns=null",
    )
    with_it, without = (market(study(WHOLE, *quiet, *more)) for more in ((), ("tactics.match.enabled=false",)))
    day = (date(2010, 9, 8) - date(2010, 7, 1)).days
    assert before(with_it, day) == before(without, day)
    met = {event[0] for life in lives(with_it) for event in life if event[1:3] == (Happened.CONTACTED, 5)}
    assert list(with_it.study.tactics)[5] == "match"
    assert min(met) >= day
    assert lives(with_it) != lives(without)


def test_before_portability_nobody_ports_and_then_some_do_and_some_fail(
    whole: tuple[MarketRun, pd.DataFrame],
) -> None:
    for name in OPERATORS:
        ported = measured(whole[1], "port_out", f"operator/{name}").drop("all")
        assert (ported[ported.index < "2010-11"] == 0).all()
        assert ported[ported.index >= "2010-11"].sum() > 0
    failed = [event[0] for life in lives(whole[0]) for event in life if event[1] == Happened.PORT_FAILED]
    assert min(failed) >= (date(2010, 11, 1) - date(2010, 7, 1)).days


def test_a_tactic_leaves_the_arrivals_of_walk_ins_alone() -> None:
    few = ("horizon=2 months",)
    off = tuple(f"tactics.{name}.enabled=false" for name in ("bundle", "call", "care", "credit", "desk", "match"))
    plans = []
    for sets in (few, (*few, *off)):
        (record,) = run(study(WHOLE, *sets), 0, engine="compiled").halls
        walked_in = record.plan.entity >> 48 == int(Kind.WALK_IN)
        assert 0 < walked_in.sum() < walked_in.size
        plans.append([record.plan.entity[walked_in], record.plan.arrival_us[walked_in]])
    for one, other in zip(*plans, strict=True):
        np.testing.assert_array_equal(one, other)


# flows and books


def test_in_equals_out_with_those_who_have_no_operator(whole: tuple[MarketRun, pd.DataFrame]) -> None:
    """From the published KPIs alone: what an operator's users grew by is what came less what went, month by month."""
    of, frame = whole
    start = np.bincount(of.operator_at_start + 1, minlength=4)[[1, 2, 3, 0]] * WEIGHT
    flows = frame[frame["kpi"] == "switches"].set_index(["scope", "period"])["value"]
    users = np.stack([measured(frame, "subscribers", f"operator/{name}").to_numpy() for name in OPERATORS], axis=1)
    counts = np.vstack([start, np.column_stack([users, 300 * WEIGHT - users.sum(axis=1)])])
    periods = measured(frame, "subscribers").index
    assert len(periods) == 9
    for row, month in enumerate([*periods[:-1]]):
        matrix = np.array([[flows.get((f"flow/{a}/{b}", month), 0.0) for b in ENDS] for a in ENDS])
        grew = counts[row + 1] - counts[row]
        assert (matrix.sum(axis=0) - matrix.sum(axis=1) == grew).all(), month
        net = [measured(frame, "net_additions", f"operator/{name}")[month] for name in OPERATORS]
        assert net == grew[:3].tolist()
    assert flows.sum() > 0


CREDITS = {"call": (1111, 4), "credit": (555, 6), "desk": (2000, 6), "match": (777, 3)}
"""Fen a month and months of the credit that each tactic of WHOLE gives."""


def test_what_each_subscriber_paid_is_what_its_diary_says_and_their_sum_is_what_we_booked(
    whole: tuple[MarketRun, pd.DataFrame],
) -> None:
    """A meter that reads the diary day by day knows every bill of ours to the fen."""
    of, frame = whole
    paid = [
        metered(life, int(person.plan), int(person.usage), of)
        for life, person in zip(lives(of), starting(of.study), strict=True)
    ]
    assert paid == of.people.paid_fen.tolist()
    lines = of.books.lines[:, of.rules.own].sum(axis=(0, 1))
    assert sum(paid) == lines[Line.BILLED] - lines[Line.FORGONE]
    assert lines[Line.FORGONE] > 0
    assert lines[Line.LEAVING_FEES] > 0
    revenue = measured(frame, "revenue")
    assert revenue["all"] == (sum(paid) + lines[Line.LEAVING_FEES]) * WEIGHT / 100
    assert revenue["all"] == pytest.approx(revenue.drop("all").sum(), rel=1e-12)
    fates = sim.fates(of.study, 0, engine="compiled")
    assert fates["revenue_fen"].tolist() == paid


def starting(of: Study) -> Any:
    """People as they start."""
    from sim.draws import Draws
    from sim.market.population import people_at_start
    from sim.market.terms_of import plans_of, segments_of
    from sim.market.visits import catchments

    return people_at_start(of, segments_of(of), plans_of(of), Draws(of.seed, 0), catchments(of))


def metered(life: list[Event], plan: int, usage: int, of: MarketRun) -> int:
    """Fen that a subscriber paid us, from its diary and the study alone, day by day."""
    plans, tactics = list(of.study.plans.values()), list(of.study.tactics)
    suspended, credit_fen, credit_end, paid = False, 0, -1, 0
    rows = iter([*life, (10_000, -1, -1, -1)])
    event = next(rows)
    for day in range(of.study.days):
        today = of.study.start + timedelta(day)
        if plan >= 0 and plans[plan].operator == "mobile" and not suspended:
            length = monthrange(today.year, today.month)[1]
            offered = plans[plan]
            fee = [offered.fee_fen, *(fen for on, fen in offered.price_changes.items() if on <= today)][-1]
            bill = fee + (max(0, usage - offered.minutes) * offered.extra_milli_fen + 500) // 1000
            for fen in (bill, -min(credit_fen, bill) if day < credit_end else 0):
                part = abs(fen) * today.day // length - abs(fen) * (today.day - 1) // length
                paid += part if fen > 0 else -part
        while event[0] == day:
            _, kind, a, b = event
            if kind in (Happened.ACCEPTED, Happened.SAVED) and tactics[a] in CREDITS:
                fen, length_months = CREDITS[tactics[a]]
                days = int(length_months * 365.25 / 12)
                if fen * days >= credit_fen * max(0, credit_end - day - 1):
                    credit_fen, credit_end = fen, day + 1 + days
            elif kind in (Happened.LEFT, Happened.JOINED, Happened.LAPSED, Happened.CLOSED, Happened.REREGISTERED):
                credit_fen, credit_end, suspended = 0, -1, False
                plan = {Happened.LAPSED: -1, Happened.CLOSED: -1, Happened.JOINED: a}.get(Happened(kind), b)
            elif kind == Happened.CHANGED_PLAN:
                plan = a
            elif kind in (Happened.SUSPENDED, Happened.PAID_UP):
                suspended = kind == Happened.SUSPENDED
            event = next(rows)
    return paid


# waits cost loyalty


HALF = 'halls.north.counters.staffing={"09:00": 2}'


def test_closing_half_the_counters_lowers_satisfaction_the_next_day_of_those_who_came() -> None:
    of, other = study(WAITS, "horizon=1 days"), study(WAITS, "horizon=1 days", HALF)
    one, closed = sim.fates(of, 0), sim.fates(other, 0)
    lost = one["satisfaction_end"] - closed["satisfaction_end"]
    assert (lost >= 0).all()
    assert lost.sum() > 100
    people = market(of).people
    assert set(people.hall[lost > 0]) == {list(of.halls).index("north")}
    visited = [bool(life) for life in lives(market(other))]
    assert all(visited[i] for i in np.flatnonzero(lost > 0))


def test_closing_half_the_counters_lowers_retention_in_later_months_and_the_diary_names_the_hall() -> None:
    of, other = study(WAITS), study(WAITS, HALF)
    kept, closed = (measured(sim.simulate(each, 0), "retention_rate").drop("all").to_numpy() for each in (of, other))
    assert (closed[1:] < kept[1:]).all()
    assert closed[-1] < kept[-1] - 0.01
    fates = sim.fates(of, 0), sim.fates(other, 0)
    ids = np.flatnonzero(fates[0]["fate"] != fates[1]["fate"])
    assert 100 < ids.size < 1_100  # those who live by the other hall meet nothing new
    told = sim.diary(other, 0, ids.tolist())
    waits = told[told["event"].isin(["waited_long", "left_queue", "complained"])]
    assert set(waits["what"]) == {"north"}
    assert set(waits["id"]) == set(ids)


# bounds and budgets


def test_a_budget_stops_a_tactic_for_the_month_and_is_counted() -> None:
    calls = ("tactics.call.enabled=true", "channels.phone.cost=10 CNY", "tactics.call.cost.fixed=1000 CNY/month")
    free, capped = (
        sim.simulate(study(LAB, "horizon=4 months", *calls, *more), 0)
        for more in ((), ("tactics.call.budget=20000 CNY/month",))
    )

    def told(frame: pd.DataFrame, kpi: str) -> pd.Series:
        return measured(frame, kpi, "tactic/call")

    stops = told(capped, "budget_stops")
    assert told(free, "budget_stops")["all"] == 0
    assert stops["all"] == stops.drop("all").sum() == 4
    assert (told(capped, "contacts") < told(free, "contacts")).all()
    promised = (told(capped, "tactic_cost") + told(capped, "acceptances") * 10 * 12).drop("all")
    assert (promised <= 20_000).all()
    assert (promised > 20_000 - 10 * (10 + 10 * 12)).all()  # one more acceptance would have passed it


@pytest.mark.parametrize("engine", ENGINES)
def test_a_hazard_that_passes_the_bound_in_a_run_names_segment_and_hazard(engine: sim.Engine) -> None:
    """Calls that annoy: within the bound as the study stands, far above it when satisfaction has fallen."""
    of = study(LAB, "population.simulate=300", "tactics.care.enabled=true", "tactics.care.effect.satisfaction=-20",
               "segments.vip.considers.dissatisfaction=5", "market.consideration_bound=60 %/month")  # fmt: skip
    with pytest.raises(ModelError, match=r"segment vip .*bound of 60 %/month: considers.base \d+") as told:
        sim.simulate(of, 0, engine=engine)
    assert told.value.path == "market.consideration_bound"
    assert "considers.base of vip" in told.value.help
