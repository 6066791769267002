"""Customers a second through one M/M/c hall at load 0.8, against SimPy and (if installed) Ciw and cimba, in one run;
through a hall with priorities and reneging, in our two engines; days a second of one hall, and how both grow.

    python benchmarks/halls.py [customers]

The same work for all: exponential arrivals and services, draws included, every customer's wait kept, and the mean wait
checked against Erlang C. Timings are processor time of this machine and moment: read the ratios. Best of some rounds in
which the engines take turns, after one that compiles: a machine is quicker at one moment than at another. As in our
workers, all of them keep the memory of one run for the next.
"""

from __future__ import annotations

import math
import random
import resource
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

import numpy as np
import simpy

import sim
from scenarios.schema import Study
from sim.clock import MINUTE_US
from sim.queueing.erlang import erlang_c
from standfast.experiments.worker import keep_memory

LOAD = 0.8
SERVICE_MIN = 1.0
ROUNDS = 8
ENGINES: tuple[sim.Engine, sim.Engine] = ("simpy", "compiled")

Found = TypeVar("Found")
Run = Callable[[int, int], tuple[int, float]]
"""Counters and customers → how many customers there were, and their mean wait in minutes."""


def plain_simpy(counters: int, customers: int) -> tuple[int, float]:
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
    return len(waits), float(np.mean(waits))


def ciw_queue(counters: int, customers: int) -> tuple[int, float]:
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
    waits = [record.waiting_time for record in run.get_all_records()]
    return len(waits), float(np.mean(waits))


def cimba_queue(counters: int, customers: int) -> tuple[int, float]:
    """The same queue in cimba."""
    from queue_in_cimba import run_queue

    return run_queue(counters, SERVICE_MIN / (LOAD * counters), SERVICE_MIN, customers)


def standfast_hall(engine: sim.Engine) -> Run:
    """The same queue as a hall that never closes."""

    def run(counters: int, customers: int) -> tuple[int, float]:
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
        # nobody leaves a plain hall: what each waited is what each was offered
        return len(record.plan), float(record.outcomes.offered_us.mean()) / MINUTE_US

    return run


def rich_hall(counters: int, days: int, kiosks: bool) -> Study:
    """A hall by the day with two priorities and reneging; on request with kiosks that break down."""
    patience = {"dist": "exponential", "mean": "8 min"}
    exponential = {"dist": "exponential", "mean": "1 min"}
    lognormal = {"dist": "lognormal", "mean": "1 min", "cv": 0.6}
    hall = {
        "hours": "09:00-18:00",
        "arrivals": {"rate": {"09:00": f"{LOAD * counters / SERVICE_MIN * 60}/h"}, "day_to_day_cv": 0.15},
        "customers": {
            "vip": {"share": "20 %", "priority": 1, "target": {"busy": "5 min", "idle": "2 min"}, "patience": patience},
            "all": {"share": "80 %", "priority": 2, "target": {"busy": "9 min", "idle": "5 min"}, "patience": patience},
        },
        "transactions": {"visit": {"share": "100 %", "service": exponential}},
        "counters": {"staffing": {"09:00": counters}},
    }
    if kiosks:
        hall["transactions"] = {
            "payment": {"share": "40 %", "service": lognormal, "kiosk": True},
            "other": {"share": "60 %", "service": lognormal},
        }
        breakdown = {"every": "20 h", "lasts": "2 h"}
        hall["kiosks"] = {"count": counters, "share": "30 %", "service": exponential, "breakdown": breakdown}
    return Study.model_validate({"name": "rich", "horizon": f"{days} days", "calendar": "none", "halls": {"h": hall}})


def ends(study: Study, engine: sim.Engine) -> Any:
    """When each customer of a study's only hall left its queue."""
    return sim.run_halls(study, 0, engine=engine)[0].outcomes.left_us


def simulated(study: Study, engine: sim.Engine) -> Any:
    """KPIs of a study."""
    return sim.simulate(study, 0, engine=engine)


def compare_engines(counters: int, customers: int) -> None:
    """Print what our two engines make of a rich hall: records alone, and KPIs of one with kiosks. They are equal."""
    days = max(2, round(customers / (LOAD * counters * 60 * 9)))
    for what, kiosks, run in (
        ("rich hall, records", False, ends),
        ("and kiosks, KPIs", True, simulated),
    ):
        few, many = (rich_hall(counters, max(1, days // share), kiosks) for share in (20, 1))
        found = {engine: run(rich_hall(counters, 2, kiosks), engine) for engine in ENGINES}
        rounds = [
            [timed(run, study, engine)[0] for engine, study in zip(ENGINES, (few, many), strict=True)]
            for _ in range(ROUNDS)
        ]
        sizes = [len(sim.run_halls(study, 0, engine="compiled")[0].plan) for study in (few, many)]
        speeds = {engine: sizes[at] / min(each[at] for each in rounds) for at, engine in enumerate(ENGINES)}
        same = found["simpy"].equals(found["compiled"]) if kiosks else (found["simpy"] == found["compiled"]).all()
        assert same, "the engines differ"
        print(
            f"{what + ', SimPy engine':34}{counters:>4}{speeds['simpy']:>14,.0f}\n"
            f"{what + ', compiled':34}{counters:>4}{speeds['compiled']:>14,.0f}"
            f"{speeds['compiled'] / speeds['simpy']:>9.1f} x its SimPy engine"
        )


def timed(run: Callable[..., Found], *of: Any) -> tuple[float, Found]:
    """Processor time of a call in seconds, and what it returned."""
    start = time.process_time()
    found = run(*of)
    return time.process_time() - start, found


def show_growth() -> None:
    """Print the time and memory of a customer from 10⁵ to 10⁷, and the time of a thousand days of one hall."""
    run, before = standfast_hall("compiled"), (0, 0)
    for customers in (100_000, 1_000_000, 10_000_000):
        seconds, (size, _) = min(timed(run, 10, customers) for _ in range(ROUNDS))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        grown = f", {(peak - before[1]) / (size - before[0]):.0f} bytes each" if before[0] else ""
        print(f"{size:>12,} customers: {seconds / size * 1e9:.1f} ns each{grown}")
        before = size, peak
    study = rich_hall(1, 1000, kiosks=True)
    seconds = min(timed(simulated, study, "compiled")[0] for _ in range(ROUNDS))
    print(f"1,000 days of a hall with kiosks, KPIs included: {seconds:.2f} s, {1000 / seconds:,.0f} days a second")


def main() -> None:
    """Print customers a second and the ratios."""
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    keep_memory()
    engines: dict[str, tuple[Run, int]] = {
        "SimPy, process and Resource": (plain_simpy, 10),
        "Standfast, SimPy engine": (standfast_hall("simpy"), 20),
    }
    if find_spec("ciw") is not None:
        engines["Ciw"] = ciw_queue, 20
    if find_spec("cimba") is not None:
        import_module("cimba")  # once something else is compiled, its own types would no longer be found
        engines["cimba, servers and Store"] = cimba_queue, 1
    ours = "Standfast, compiled engine"
    engines[ours] = standfast_hall("compiled"), 1
    print(f"{'engine':34}{'c':>4}{'customers/s':>14}{'x SimPy':>9}{'mean wait':>11}{'Erlang C':>10}")
    for counters in (1, 10):
        exact = erlang_c(LOAD * counters / SERVICE_MIN, 1 / SERVICE_MIN, counters).mean_wait
        found: dict[str, list[tuple[float, tuple[int, float]]]] = {name: [] for name in engines}
        for run, share in engines.values():
            run(counters, 50_000 if share == 1 else 1_000)
        for _ in range(ROUNDS):
            for name, (run, share) in engines.items():  # slow ones get a part of the customers
                found[name].append(timed(run, counters, customers // share))
        speeds: dict[str, float] = {}
        for name, rounds in found.items():
            seconds, (size, wait) = min(rounds)
            speeds[name] = size / seconds
            ratio = speeds[name] / next(iter(speeds.values()))
            print(f"{name:34}{counters:>4}{speeds[name]:>14,.0f}{ratio:>9.1f}{wait:>11.3f}{exact:>10.3f}", flush=True)
        print(", ".join(f"{speeds[ours] / speed:.1f} x {name}" for name, speed in speeds.items() if name != ours))
        compare_engines(counters, customers)
    show_growth()


if __name__ == "__main__":
    main()
