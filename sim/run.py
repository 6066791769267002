"""One run: a SimPy environment that holds the study's calendar, and what it measured."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import simpy
from simpy.events import Event

from scenarios import schema
from scenarios.calendar import Day, study_days
from sim.clock import DAY_US
from sim.digest import event_digest
from sim.draws import Draws, hall_numbers
from sim.halls.city import plan_halls
from sim.halls.kpis import hall_kpis
from sim.halls.layout import layout_of
from sim.halls.measure import HallRecord, HallSums, measure
from sim.halls.run import HallRun
from sim.order import Rank, Timed
from sim.trace import tracer

if TYPE_CHECKING:
    import pandas as pd

    from sim.market.run import MarketRun

ENGINE_VERSION = "3"
"""Part of every run key: raised by hand whenever the same study would give other results. Guarded by golden tests."""


Engine = Literal["auto", "simpy", "compiled"]

COMPILED_FROM = 20_000
"""Customers in a run from which `auto` compiles: below, loading numba takes longer than SimPy does."""

COMPILED_FROM_SUBSCRIBERS = 2_000
"""Simulated subscribers from which `auto` compiles."""


@dataclass(frozen=True)
class Ran:
    """What a run left: the record of each hall, and the market, if the study has one."""

    days: Sequence[Day]
    halls: tuple[HallRecord, ...]
    market: MarketRun | None


@dataclass(frozen=True)
class Running:
    """A run under way: `env.run` lets its time pass."""

    env: simpy.Environment
    days: Sequence[Day]
    halls: dict[str, HallRun]
    market: MarketRun | None


def simulate(
    study: schema.Study,
    replication: int,
    *,
    engine: Engine = "auto",
    trace: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Run a study once and return its KPIs: columns kpi, scope, period, value, unit, weight.

    The same study, seed and replication give the same result, to the bit, on one platform, in either engine.
    `replication` counts from 0. `trace` is called with a readable line for every event in a hall, by the SimPy engine.
    The frame's `attrs["digest"]` is a hash of every event of the run. Raises `ModelError` for what the model cannot
    state.
    """
    ran = run(study, replication, engine=engine, trace=trace)
    frame = _kpis(study, ran)
    frame.attrs["digest"] = event_digest(ran.halls, ran.market)
    return frame


def _kpis(study: schema.Study, ran: Ran) -> pd.DataFrame:
    """What is measured of a run: the market's KPIs, then those of its halls."""
    import pandas as pd

    sums = [measure(record) for record in ran.halls]
    halls = hall_kpis(sums, study.own, study.economics.counter_hour_fen, ran.market is not None)
    if ran.market is None:
        return halls
    from sim.market.kpis import market_kpis

    account = ran.market.account(staffed_by_month(ran.market, sums), remedies_by_month(ran.market, sums))
    market = market_kpis(account)
    return pd.concat([market, halls], ignore_index=True) if sums else market


def run(
    study: schema.Study,
    replication: int,
    *,
    engine: Engine = "auto",
    trace: Callable[[str], None] | None = None,
    recorded: Iterable[int] = (),
    rows: int = 0,
) -> Ran:
    """Run a study once and return what it left. The diary keeps up to `rows` events of the subscribers `recorded`."""
    running = begin(study, replication, engine=engine, trace=trace, recorded=recorded, rows=rows)
    running.env.run()
    return Ran(running.days, tuple(hall.record(study.warm_up_us) for hall in running.halls.values()), running.market)


def begin(
    study: schema.Study,
    replication: int,
    *,
    engine: Engine = "auto",
    trace: Callable[[str], None] | None = None,
    recorded: Iterable[int] = (),
    rows: int = 0,
) -> Running:
    """Prepare a run as `run` does, and let nothing happen yet."""
    draws = Draws(study.seed, replication)
    days = study_days(study.start, study.days, study.calendar)
    env = simpy.Environment()
    numbers = hall_numbers(study.halls)
    record = tracer(study.start, trace) if trace is not None else None
    shares = dict.fromkeys(study.halls, 0.0)
    if study.has_market:
        from sim.market.visits import market_shares

        shares = market_shares(study)
    layouts = {name: layout_of(name, numbers[name], hall) for name, hall in study.halls.items()}
    planned = plan_halls(study.halls, layouts, days, draws, shares)
    halls = {
        name: HallRun(env, name, hall, numbers[name], days, draws, record, planned=planned[name])
        for name, hall in study.halls.items()
    }
    compiled = engine == "compiled"
    if engine == "auto":
        people = study.population.simulate if study.population is not None else 0
        customers = sum(len(hall.plan) for hall in halls.values())
        compiled = customers >= COMPILED_FROM or people >= COMPILED_FROM_SUBSCRIBERS
    for hall in halls.values():
        hall.compiled = compiled and trace is None
    market = None
    if study.has_market:
        from sim.market.run import MarketRun

        market = MarketRun(study, days, draws, halls, compiled, recorded, rows)
    env.process(_conduct(env, days, halls, market))
    return Running(env, days, halls, market)


def run_halls(
    study: schema.Study,
    replication: int,
    *,
    engine: Engine = "auto",
    trace: Callable[[str], None] | None = None,
) -> list[HallRecord]:
    """Run a study once and return what each hall left: its customers, their outcomes, its staffing."""
    return list(run(study, replication, engine=engine, trace=trace).halls)


def staffed_by_month(market: MarketRun, sums: Sequence[HallSums]) -> np.ndarray:
    """Staffed counter time of all halls by accounting month of the market, in µs; only measured months have any."""
    staffed_us = np.zeros(len(market.labels), dtype=np.int64)
    for month, label in enumerate(market.labels):
        if market.months.measured[month]:
            for hall in sums:
                staffed_us[month] += hall.counts["staffed_us"][:, hall.periods.labels.index(label)].sum()
    return staffed_us


def remedies_by_month(market: MarketRun, sums: Sequence[HallSums]) -> np.ndarray:
    """What the remedies of all halls cost, less what their sales brought, by accounting month of the market, in fen."""
    cost_fen = np.zeros(len(market.labels), dtype=np.int64)
    for month, label in enumerate(market.labels):
        for hall in sums if market.months.measured[month] else ():
            column = hall.periods.labels.index(label)
            if hall.remedy_fen is not None:
                cost_fen[month] += hall.remedy_fen[column]
            if "sales" in hall.counts:
                cost_fen[month] -= hall.sale_fen * hall.counts["sales"][:, column].sum()
    return cost_fen


def _conduct(
    env: simpy.Environment, days: Sequence[Day], halls: dict[str, HallRun], market: MarketRun | None
) -> Generator[Event, None, None]:
    """The calendar: at every midnight, end the day before and open the day."""
    for day in days:
        yield Timed(env, day.number * DAY_US, Rank.MIDNIGHT, 0)
        coming = {}
        if market is not None:
            if day.number:
                market.midnight(day.number - 1)
            coming = market.begin_day(day.number)
        for name, hall in halls.items():
            hall.open_day(day.number, coming.get(name))
        if market is None and all(hall.is_over for hall in halls.values()):
            return
    if market is not None:
        yield Timed(env, len(days) * DAY_US, Rank.MIDNIGHT, 0)
        market.midnight(len(days) - 1)
