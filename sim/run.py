"""One run: a SimPy environment that holds the study's calendar, and what it measured."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Literal

import simpy
from simpy.events import Event

from scenarios import schema
from scenarios.calendar import Day, study_days
from sim.clock import DAY_US
from sim.draws import Draws, hall_numbers
from sim.halls.kpis import hall_kpis
from sim.halls.measure import HallRecord, measure
from sim.halls.run import HallRun
from sim.order import Rank, Timed
from sim.trace import tracer

if TYPE_CHECKING:
    import pandas as pd

ENGINE_VERSION = "2"
"""Part of every run key: raised by hand whenever the same study would give other results. Guarded by golden tests."""


Engine = Literal["auto", "simpy", "compiled"]

COMPILED_FROM = 20_000
"""Customers in a run from which `auto` compiles: below, loading numba takes longer than SimPy does."""


def simulate(
    study: schema.Study,
    replication: int,
    *,
    engine: Engine = "auto",
    trace: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Run a study once and return its KPIs: columns kpi, scope, period, value, unit, weight.

    The same study, seed and replication give the same result, to the bit, on one platform, in either engine.
    `replication` counts from 0. `trace` is called with a readable line for every event, by the SimPy engine. Raises
    `ModelError` for what the model cannot state.
    """
    records = run_halls(study, replication, engine=engine, trace=trace)
    return hall_kpis([measure(record) for record in records], study.own)


def run_halls(
    study: schema.Study,
    replication: int,
    *,
    engine: Engine = "auto",
    trace: Callable[[str], None] | None = None,
) -> list[HallRecord]:
    """Run a study once and return what each hall left: its customers, their outcomes, its staffing."""
    draws = Draws(study.seed, replication)
    days = study_days(study.start, study.days, study.calendar)
    env = simpy.Environment()
    numbers = hall_numbers(study.halls)
    record = tracer(study.start, trace) if trace is not None else None
    halls = [HallRun(env, name, hall, numbers[name], days, draws, record) for name, hall in study.halls.items()]
    if trace is None and engine != "simpy":
        customers = sum(len(hall.plan) for hall in halls)
        for hall in halls:
            hall.compiled = engine == "compiled" or customers >= COMPILED_FROM
    env.process(_conduct(env, days, halls))
    env.run()
    return [hall.record(study.warm_up_us) for hall in halls]


def _conduct(env: simpy.Environment, days: Sequence[Day], halls: list[HallRun]) -> Generator[Event, None, None]:
    """The calendar: at every midnight, open the day."""
    for day in days:
        yield Timed(env, day.number * DAY_US, Rank.MIDNIGHT, 0)
        for hall in halls:
            hall.open_day(day.number)
