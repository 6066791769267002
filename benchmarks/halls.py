"""Customers a second through one M/M/c hall at load 0.8, against SimPy and (if installed) Ciw, in one run; and through
a hall with priorities, reneging, kiosks and records, in our two engines.

    python benchmarks/halls.py [customers]

The same work for all: exponential arrivals and services, draws included, every customer's wait kept, and the mean wait
checked against Erlang C. Timings are of this machine and moment: read the ratios. Best of two rounds.
"""

from __future__ import annotations

import math
import random
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
import simpy

import sim
from scenarios.schema import Study
from sim.clock import MINUTE_US
from sim.queueing.erlang import erlang_c

LOAD = 0.8
SERVICE_MIN = 1.0


def plain_simpy(counters: int, customers: int) -> np.ndarray:
    """SimPy as its manual shows it: a process a customer and a Resource."""
    rng, waits = random.Random(1), []
    env = simpy.Environment()
    desk = simpy.Resource(env, counters)

    def customer() -> simpy.events.ProcessGenerator:
        came = env.now
        with desk.request() as turn:
            yield turn
            waits.append(env.now - came)
            yield env.timeout(rng.expovariate(1 / SERVICE_MIN))

    def door() -> simpy.events.ProcessGenerator:
        for _ in range(customers):
            yield env.timeout(rng.expovariate(LOAD * counters / SERVICE_MIN))
            env.process(customer())

    env.process(door())
    env.run()
    return np.array(waits)


def ciw_queue(counters: int, customers: int) -> np.ndarray:
    """The same queue in Ciw."""
    import ciw

    ciw.seed(1)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=LOAD * counters / SERVICE_MIN)],
        service_distributions=[ciw.dists.Exponential(rate=1 / SERVICE_MIN)],
        number_of_servers=[counters],
    )
    run = ciw.Simulation(network)
    run.simulate_until_max_customers(customers)
    return np.array([record.waiting_time for record in run.get_all_records()])


def standfast_hall(engine: sim.Engine) -> Callable[[int, int], np.ndarray]:
    """The same queue as a hall that never closes."""

    def run(counters: int, customers: int) -> np.ndarray:
        per_hour = LOAD * counters / SERVICE_MIN * 60
        hall = {
            "hours": "00:00-24:00",
            "arrivals": {"rate": {"00:00": f"{per_hour}/h"}},
            "transactions": {"visit": {"share": "100 %", "service": {"dist": "exponential", "mean": "1 min"}}},
            "counters": {"staffing": {"00:00": counters}},
        }
        days = math.ceil(customers / per_hour / 24)
        study = Study.model_validate(
            {"name": "benchmark", "horizon": f"{days} days", "calendar": "none", "halls": {"h": hall}}
        )
        (record,) = sim.run_halls(study, 0, engine=engine)
        return (record.outcomes.left_us - record.plan.arrival_us) / MINUTE_US

    return run


def rich_hall(counters: int) -> Study:
    """A hall by the day with two priorities, reneging and kiosks that break down, for a year."""
    patience = {"dist": "exponential", "mean": "8 min"}
    hall = {
        "hours": "09:00-18:00",
        "arrivals": {"rate": {"09:00": f"{LOAD * counters / SERVICE_MIN * 60}/h"}, "day_to_day_cv": 0.15},
        "customers": {
            "vip": {"share": "20 %", "priority": 1, "target": {"busy": "5 min", "idle": "2 min"}, "patience": patience},
            "all": {"share": "80 %", "priority": 2, "target": {"busy": "9 min", "idle": "5 min"}, "patience": patience},
        },
        "transactions": {
            "payment": {"share": "40 %", "service": {"dist": "lognormal", "mean": "1 min", "cv": 0.6}, "kiosk": True},
            "other": {"share": "60 %", "service": {"dist": "lognormal", "mean": "1 min", "cv": 0.6}},
        },
        "counters": {"staffing": {"09:00": counters}},
        "kiosks": {
            "count": counters,
            "share": "30 %",
            "service": {"dist": "exponential", "mean": "1 min"},
            "breakdown": {"every": "20 h", "lasts": "2 h"},
        },
    }
    return Study.model_validate({"name": "rich", "horizon": "365 days", "calendar": "none", "halls": {"h": hall}})


def compare_engines(counters: int) -> None:
    """Print what our two engines make of the rich hall, KPIs included: they are equal."""
    study, speeds, frames = rich_hall(counters), {}, {}
    customers = len(sim.run_halls(study, 0, engine="compiled")[0].plan)
    for engine in ("simpy", "compiled"):
        start = time.perf_counter()
        frames[engine] = sim.simulate(study, 0, engine=engine)
        speeds[engine] = customers / (time.perf_counter() - start)
    assert frames["simpy"].equals(frames["compiled"])
    print(
        f"{'rich hall, SimPy engine':30}{counters:>4}{speeds['simpy']:>14,.0f}\n"
        f"{'rich hall, compiled engine':30}{counters:>4}{speeds['compiled']:>14,.0f}"
        f"{speeds['compiled'] / speeds['simpy']:>9.1f} x its SimPy engine"
    )


def main() -> None:
    """Print customers a second and the ratio to SimPy."""
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
    engines: dict[str, Callable[[int, int], np.ndarray]] = {
        "SimPy, process and Resource": plain_simpy,
        "Standfast, SimPy engine": standfast_hall("simpy"),
        "Standfast, compiled engine": standfast_hall("compiled"),
    }
    if find_spec("ciw") is not None:
        engines["Ciw"] = ciw_queue
    standfast_hall("compiled")(2, 2 * 25_000)  # compiles before the clock starts
    print(f"{'engine':30}{'c':>4}{'customers/s':>14}{'x SimPy':>9}{'mean wait':>11}{'Erlang C':>10}")
    for counters in (1, 10):
        simpy_speed = 0.0
        for name, run in engines.items():
            speed, waits = 0.0, np.zeros(0)
            for _ in range(2):
                start = time.perf_counter()
                waits = run(counters, customers)
                speed = max(speed, len(waits) / (time.perf_counter() - start))
            simpy_speed = simpy_speed or speed
            exact = erlang_c(LOAD * counters / SERVICE_MIN, 1 / SERVICE_MIN, counters).mean_wait
            ratio, wait = speed / simpy_speed, waits.mean()
            print(f"{name:30}{counters:>4}{speed:>14,.0f}{ratio:>9.1f}{wait:>11.3f}{exact:>10.3f}")
        compare_engines(counters)


if __name__ == "__main__":
    main()
