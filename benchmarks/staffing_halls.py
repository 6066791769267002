"""Seconds that `standfast staff` takes for many simulated halls, on the clock and of the processor.

    python benchmarks/staffing_halls.py [--halls 50] [--workers 2] [--write FILE]

The halls are drawn from seed 1: the day of a bank branch in the library's base file (two classes, seven kinds of business,
log-normal service, kiosks that break, balking, a day factor), times 0.3 to 2.5 (log-uniform), with hours that rise and fall by
up to a fifth each. Shifts and limits are those of the library study hall-staffing. One plan each, ordinary day. `--write` keeps the
study, for `standfast staff FILE --workers 2`.

Where other programs share the machine, seconds of the processor over the number of workers say what a quiet one takes.
"""  # noqa: E501

from __future__ import annotations

import argparse
import os
import random
import resource
import time
from pathlib import Path

import scenarios
from standfast.staffing.plan import StaffPlan
from standfast.staffing.plans import plan_study

SEED = 1
DAY = {
    "08:30": 25.5, "09:00": 46.6, "10:00": 57.2, "11:00": 44.4, "12:00": 34.2,
    "13:00": 30.4, "14:00": 58.1, "15:00": 56.6, "16:00": 32.8, "17:00": 18.7,
}  # fmt: skip
"""Customers an hour of the branch, as in scenarios/library/base/mobile-hall-2010.yaml."""


def study_text(halls: int) -> str:
    """A study of so many halls, as YAML."""
    rng = random.Random(SEED)
    lines = ["name: many-halls", "extends: hall-staffing", "halls:"]
    for number in range(1, halls + 1):
        size = 0.3 * (2.5 / 0.3) ** rng.random()
        rates = {at: rate * size * rng.uniform(0.8, 1.2) for at, rate in DAY.items()}
        counters = max(2, round(5 * size))
        shown = ", ".join(f'"{at}": {rate:.1f}/h' for at, rate in rates.items())
        lines += [f"  h{number:02d}:", f"    arrivals: {{rate: {{{shown}}}}}"]
        lines += [f'    counters: {{staffing: {{"08:30": {counters}}}}}']
    names = ", ".join(f"h{number:02d}" for number in range(1, halls + 1))
    return "\n".join([*lines, f"staffing: {{halls: [{names}], days: [ordinary]}}", ""])


def processor_s() -> float:
    """Seconds of the processor that this process and its ended children have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def main() -> None:
    """Plan the halls and print how long it took, and what became of each."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--halls", type=int, default=50)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--write", type=Path)
    options = asked.parse_args()
    text = study_text(options.halls)
    if options.write is not None:
        options.write.write_text(text, encoding="utf-8")
    model = scenarios.loads(text).resolve("baseline").study
    load = os.getloadavg()[0]
    begun, used = time.perf_counter(), processor_s()
    found = plan_study(model, workers=options.workers)
    took, used = time.perf_counter() - begun, processor_s() - used
    for day in found.days:
        plan = day.plan
        cost = f"{plan.cost_fen / 100:7.0f} CNY, bound {plan.lower_bound_fen / 100:7.0f}" if day.found else "no plan"
        rounds = plan.rounds if isinstance(plan, StaffPlan) else 0
        print(f"{day.demand.hall}  {int(max(day.counters)):2d} counters at most  {cost}  {rounds:3d} covers  "
              f"{day.seconds:5.1f} s")  # fmt: skip
    slowest = max(day.seconds for day in found.days)
    print(f"{len(found.days)} halls on {options.workers} workers: {took:.0f} s on the clock (load before {load:.1f}), "
          f"{used:.0f} s of the processor, {used / options.workers:.0f} s a worker; slowest hall {slowest:.0f} s"
          )  # fmt: skip


if __name__ == "__main__":
    main()
