"""Seconds a run of the market, microseconds a subscriber-month and bytes a subscriber, against SimPy, in one run.

    python benchmarks/market.py [subscribers]

First a whole market, that of the library: 20,000 simulated subscribers with their four halls and without, and at city
scale without (`subscribers`, 1,000,000 if not given). Then one simple job for all: people who think of leaving at a
constant rate and take one of three operators at random. Every switch is counted, and the count is held to its
expectation. KPIs are part of a run.

Each measurement has a process of its own and begins with a small run, which compiles. Memory is what the peak grows by
after that. Seconds are those of the processor, so other programs disturb little; still they are of this machine and
moment: read the ratios. Best of two rounds, but for the SimPy engine.
"""

from __future__ import annotations

import math
import random
import resource
import sys
import time
from calendar import monthrange
from collections.abc import Callable
from multiprocessing import get_context
from typing import Any, NamedTuple

import simpy

import scenarios
import sim
from scenarios.schema import Study

MONTHS, DAYS = 24, 731
"""July 2010 to June 2012."""

CONSIDERS = 0.1
"""Share that thinks of leaving, a month; of three operators each is as good as another."""

SMALL = 2_000


Prepared = Callable[[int, int], Callable[[], float]]
"""From subscribers and months to a run, which returns the switches it counted, or NaN. Studies are read beforehand."""


class Job(NamedTuple):
    """What a row measures."""

    name: str
    prepared: Prepared
    subscribers: int
    months: int = MONTHS
    rounds: int = 2
    simple: bool = False
    """Whether it does the simple job."""


def considerations(months: int) -> float:
    """How often one subscriber thinks of leaving in so many months, by a hazard a month that acts by the day."""
    days = [monthrange(2010 + (6 + month) // 12, (6 + month) % 12 + 1)[1] for month in range(months)]
    return sum(-each * math.expm1(math.log1p(-CONSIDERS) / each) for each in days)


def simpy_processes(subscribers: int, months: int) -> Callable[[], float]:
    """SimPy as its manual shows it: a process a subscriber."""
    return lambda: _simpy_switches(subscribers, months)


def _simpy_switches(subscribers: int, months: int) -> float:
    rng, env, switches = random.Random(1), simpy.Environment(), 0
    rate = considerations(months) / months

    def subscriber(home: int) -> simpy.events.ProcessGenerator:
        nonlocal switches
        while True:
            yield env.timeout(rng.expovariate(rate))
            taken = rng.randrange(3)
            switches += taken != home
            home = taken

    for number in range(subscribers):
        env.process(subscriber(number % 3))
    env.run(until=months)
    return switches


def simple_market(engine: sim.Engine) -> Prepared:
    """The same as a study."""

    def prepared(subscribers: int, months: int) -> Callable[[], float]:
        names = ("a", "b", "c")
        study = Study.model_validate(
            {
                "name": "benchmark",
                "start": "2010-07-01",
                "horizon": f"{months} months",
                "calendar": "none",
                "own": "a",
                "population": {"size": subscribers, "simulate": subscribers},
                "operators": {name: {} for name in names},
                "plans": {name: {"operator": name, "fee": "50 CNY/month"} for name in names},
                "segments": {
                    "all": {
                        "share": "100 %",
                        "start": {"a": "34 %", "b": "33 %", "c": "33 %"},
                        "usage": {"mean": "100 min/month"},
                        "considers": {"base": f"{CONSIDERS * 100} %/month"},
                    }
                },
                "market": {"consideration_bound": f"{CONSIDERS * 110} %/month"},
            }
        )

        def run() -> float:
            frame = sim.simulate(study, 0, engine=engine)
            rows = frame[(frame["kpi"] == "switches") & (frame["period"] == "all")]
            return float(rows["value"].sum())

        return run

    return prepared


def library_market(engine: sim.Engine, halls: bool) -> Prepared:
    """The baseline of the library's market, with halls or without, at the weight that it states."""

    def prepared(subscribers: int, months: int) -> Callable[[], float]:
        loaded = scenarios.load("chengdu-2010")
        study = loaded.resolve("baseline", loaded.points[0].name).study
        people = study.population
        assert people is not None
        scaled = people.model_copy(update={"simulate": subscribers, "size": people.weight * subscribers})
        changes: dict[str, Any] = {"population": scaled, "days": DAYS if months == MONTHS else 30 * months}
        study = study.model_copy(update=changes if halls else {**changes, "halls": {}})

        def run() -> float:
            sim.simulate(study, 0, engine=engine)
            return math.nan

        return run

    return prepared


def jobs(city: int) -> tuple[Job, ...]:
    """All rows, in order. The last of each group is its yardstick."""
    return (
        Job("library market, four halls", library_market("compiled", True), 20_000),
        Job("  one month", library_market("compiled", True), 20_000, 1),
        Job("  one month, SimPy engine", library_market("simpy", True), 20_000, 1, 1),
        Job("library market, no halls", library_market("compiled", False), 20_000),
        Job("library market, no halls", library_market("compiled", False), city),
        Job("simple market", simple_market("compiled"), 100_000, simple=True),
        Job("  SimPy engine", simple_market("simpy"), 10_000, rounds=1, simple=True),
        Job("  SimPy, a process a subscriber", simpy_processes, 100_000, simple=True),
    )


def peak_bytes() -> int:
    """Largest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def measured(number: int, city: int) -> tuple[float, float, float]:
    """Seconds a run, bytes by which a subscriber raises the peak, and switches, of a job in this process."""
    job = jobs(city)[number]
    job.prepared(min(SMALL, job.subscribers), job.months)()
    run = job.prepared(job.subscribers, job.months)
    before, seconds, switches = peak_bytes(), math.inf, math.nan
    for _ in range(job.rounds):
        start = time.process_time()
        switches = run()
        seconds = min(seconds, time.process_time() - start)
    return seconds, (peak_bytes() - before) / job.subscribers, switches


def main() -> None:
    """Print a row a job."""
    city = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(f"{'':34}{'subscribers':>12}{'months':>7}{'s a run':>9}{'us each':>9}{'bytes':>7}", end="")
    print(f"{'switches':>10}{'expected':>10}")
    spent = {}
    for number, job in enumerate(jobs(city)):
        with get_context("spawn").Pool(1) as process:
            seconds, bytes_each, switches = process.apply(measured, (number, city))
        each = seconds / job.subscribers / job.months * 1e6
        spent[job.name] = each
        row = f"{job.name:34}{job.subscribers:>12,}{job.months:>7}{seconds:>9.2f}{each:>9.3f}{bytes_each:>7.0f}"
        if job.simple:
            expected = job.subscribers * considerations(job.months) * 2 / 3
            row += f"{switches:>10,.0f}{expected:>10,.0f}"
            assert abs(switches - expected) < 5 * math.sqrt(expected), "another job than the others do"
        print(row, flush=True)
    whole = spent["  one month, SimPy engine"] / spent["  one month"]
    simple = spent["  SimPy, a process a subscriber"] / spent["simple market"]
    print(f"\nus each: a subscriber-month. The whole market runs {whole:.1f} x as fast as in the SimPy engine,")
    print(f"the simple one {simple:.1f} x as fast as SimPy with a process a subscriber.")


if __name__ == "__main__":
    main()
