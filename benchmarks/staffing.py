"""Cost of a day's shifts at equal confirmed service, against pyworkforce (if installed), in one run.

    python benchmarks/staffing.py

One day of 16 half hours with shifts of 3, 4 and 8 hours, once with customers who leave the queue and once with patient
ones. pyworkforce plans as its manual says: ErlangC for each half hour, then MinRequiredResources over the same shifts
and costs. Both plans are judged by the exact chain of the hall. A plan of pyworkforce that misses is made again for a
stricter service level until it passes, so that equal service is paid for. Times are of this machine; costs are not.

pyworkforce is under the MIT licence. It is no dependency of this project: `pip install pyworkforce` to compare.
"""

from __future__ import annotations

import math
import time
from importlib.util import find_spec
from typing import Any

import numpy as np

from scenarios import Study
from scenarios.schema import KindOfDay
from sim.queueing.erlang import erlang_c
from standfast.staffing.demand import demand_of
from standfast.staffing.plan import Demand, Ints, Patterns, StaffPlan, meets
from standfast.staffing.requirement import estimated_requirement
from standfast.staffing.search import search
from standfast.staffing.service import ExactJudge
from standfast.staffing.shifts import patterns_of
from standfast.staffing.shrinkage import paid

SERVICE_MIN, TARGET_MIN, WITHIN = 6.0, 8.0, 0.90
RATES = (10, 18, 30, 38, 40, 34, 26, 20, 16, 22, 30, 34, 28, 20, 14, 9)
SHIFTS = {
    "three": {"length": "3 h", "starts": ["09:00-14:00"], "cost": "36 CNY"},
    "four": {"length": "4 h", "starts": ["09:00-13:00"], "cost": "46 CNY"},
    "eight": {"length": "8 h", "starts": ["09:00"], "cost": "84 CNY"},
}
DAYS: dict[str, tuple[str | None, float | None]] = {
    "customers leave (patience 20 min, at most 8 % may)": ("20 min", 0.08),
    "nobody leaves": (None, None),
}


def study(patience: str | None) -> Study:
    """The day's hall, with shifts."""
    at = [f"{9 + n // 2:02d}:{30 * (n % 2):02d}" for n in range(len(RATES))]
    target = {"busy": f"{TARGET_MIN:g} min", "idle": f"{TARGET_MIN:g} min", "share": f"{WITHIN:.0%}".replace("%", " %")}
    leaves = {"patience": {"dist": "exponential", "mean": patience}} if patience else {}
    hall = {
        "hours": "09:00-17:00",
        "arrivals": {"rate": {when: f"{rate}/h" for when, rate in zip(at, RATES, strict=True)}},
        "customers": {"all": {"share": "100 %", "target": target, **leaves}},
        "transactions": {
            "visit": {"share": "100 %", "service": {"dist": "exponential", "mean": f"{SERVICE_MIN:g} min"}}
        },
    }
    return Study.model_validate(
        {"name": "bench", "horizon": "1 days", "halls": {"h": hall}, "staffing": {"shifts": SHIFTS}}
    )


def pyworkforce_plan(patterns: Patterns, level: float) -> tuple[int, Ints, Ints]:
    """Cost in fen, counters, and requirement: ErlangC by half hour, then its own covering."""
    from pyworkforce.queuing import ErlangC
    from pyworkforce.scheduling import MinRequiredResources

    need = [
        ErlangC(transactions=rate / 2, aht=SERVICE_MIN, asa=TARGET_MIN, interval=30).required_positions(level)[
            "raw_positions"
        ]
        for rate in RATES
    ]
    names = [f"{name}@{start}" for name, start in zip(patterns.shift, patterns.start_us.tolist(), strict=True)]
    cover = dict(zip(names, patterns.cover.tolist(), strict=True))
    costs = dict(zip(names, patterns.cost_fen.tolist(), strict=True))
    found = MinRequiredResources(1, len(RATES), cover, [need], 100, 100, cost_dict=costs, max_search_time=60.0).solve()
    people = np.array([row["resources"] for row in found["resources_shifts"]], dtype=np.int64)
    counters = np.sum([n * np.array(cover[name]) for name, n in zip(names, people, strict=True)], axis=0)
    return round(found["cost"]), counters, np.array(need)


def confirmed_pyworkforce(
    demand: Demand, patterns: Patterns, judge: ExactJudge, cap: float | None
) -> tuple[int, Ints, float, bool]:
    """Its first plan that the chain confirms, asking for more service by half a point at a time; cost, counters, the
    level asked, and whether the first one had passed."""
    level, first = WITHIN, True
    while level < 1:
        cost, counters, _ = pyworkforce_plan(patterns, level)
        if meets(demand, judge(demand, counters), cap).all():
            return cost, counters, level, first
        level, first = level + 0.005, False
    return 0, np.zeros(len(RATES), dtype=np.int64), math.nan, False


def line(
    name: str, cost: float, demand: Demand, judge: ExactJudge, counters: Ints, cap: float | None, note: str
) -> str:
    """One plan as the chain sees it."""
    service = judge(demand, counters)
    worst, left = float(np.nanmax(service.over["all"])), float(np.nanmax(service.abandoned))
    keeps = "keeps all" if meets(demand, service, cap).all() else "MISSES"
    return (
        f"  {name:<34} {cost / 100:8.2f}   {counters.sum() / 2:5.1f} h   worst half hour {worst:6.2%} over"
        f"   {left:6.2%} leave   {keeps}   {note}"
    )


def compare(title: str, patience: str | None, cap: float | None, with_peer: bool) -> None:
    """Plan one day both ways and print what each costs."""
    of = study(patience)
    assert of.staffing is not None
    demand = demand_of("h", of.halls["h"], KindOfDay("ordinary"))
    assert demand is not None
    patterns, judge = patterns_of(demand, of.staffing.shifts), ExactJudge()
    begun = time.perf_counter()
    ours = search(demand, patterns, judge, judge, cap)
    took = time.perf_counter() - begun
    assert isinstance(ours, StaffPlan), ours
    print(f"{title}: at most {1 - WITHIN:.0%} may wait longer than {TARGET_MIN:g} min")
    note = f"{'proven cheapest' if ours.proven else 'best found'}, {took:.1f} s"
    print(line("standfast", ours.cost_fen, demand, judge, ours.counters, cap, note))
    begun = time.perf_counter()
    estimated_requirement(demand, cap)
    print(f"  requirement: {(time.perf_counter() - begun) / len(RATES) * 1000:.2f} ms a half hour (first estimate)")
    if not with_peer:
        return
    begun = time.perf_counter()
    cost, counters, _ = pyworkforce_plan(patterns, WITHIN)
    took = time.perf_counter() - begun
    print(line("pyworkforce", cost, demand, judge, counters, cap, f"{took:.1f} s"))
    cost, counters, level, first = confirmed_pyworkforce(demand, patterns, judge, cap)
    if not first:
        note = f"asked for {level:.1%} in every half hour"
        print(line("pyworkforce, until confirmed", cost, demand, judge, counters, cap, note))
    print(f"  cost at equal confirmed service: pyworkforce / standfast = {cost / ours.cost_fen:.3f}")


def faults() -> None:
    """Where pyworkforce counts one too many, beside what is needed."""
    from pyworkforce.queuing import ErlangC

    load, target_min = 1.6, 20.0
    theirs = ErlangC(transactions=load / SERVICE_MIN * 30, aht=SERVICE_MIN, asa=target_min, interval=30)
    found = theirs.required_positions(0.8)["raw_positions"]
    need = next(n for n in range(2, 20) if erlang_c(load, 1.0, n).p_wait_over(target_min / SERVICE_MIN) <= 0.2)
    print(f"fewest counters for {load} erlang, 80 % within {target_min:g} min: pyworkforce {found}, standfast {need}")
    heads = ErlangC(transactions=200, aht=3, asa=0.33, interval=30, shrinkage=0.3).required_positions(0.0)
    raw = heads["raw_positions"]
    print(f"heads for {raw} at work with 30 % shrinkage: pyworkforce {heads['positions']}, standfast {paid(raw, 0.3)}")


def main() -> None:
    """Print both days, then the faults."""
    peer: Any = find_spec("pyworkforce")
    if peer is None:
        print("pyworkforce is not installed: only our own plans are shown. `pip install pyworkforce` to compare.\n")
    for title, (patience, cap) in DAYS.items():
        compare(title, patience, cap, peer is not None)
        print()
    if peer is not None:
        faults()


if __name__ == "__main__":
    main()
