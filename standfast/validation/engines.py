"""Two engines, one schedule: SimPy and the compiled engine have to give every customer the same outcome.

Each random hall runs as it is, and once more with all times on the whole minute: then events fall together everywhere,
and only the order of events decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np

from standfast.validation.random_halls import random_study
from standfast.validation.rows import Row, same
from standfast.validation.sampled import Check

if TYPE_CHECKING:
    import pandas as pd

    from sim.halls.measure import HallRecord
    from sim.halls.outcomes import Outcomes
    from sim.halls.plan import Plan

PART = "two engines"
HALLS = (60, 1_000)
"""Random halls: short and full."""


def engine_checks(full: bool) -> list[Check]:
    """One check: as many random halls as the pack asks for."""
    return [Check(PART, "random halls", compare_engines, HALLS[full], judge)]


def compare_engines(number: int) -> pd.DataFrame:
    """Run random hall `number` in both engines: customers, those with different outcomes, and the same with ties."""
    import pandas as pd

    import sim

    study = random_study(number)
    (reference,) = sim.run_halls(study, 0, engine="simpy")
    (compiled,) = sim.run_halls(study, 0, engine="compiled")
    one, other = _tied(reference)
    return pd.DataFrame(
        {
            "customers": [len(reference.plan)],
            "different": [different(reference.outcomes, compiled.outcomes)],
            "tied": [len(one.fate)],
            "tied_different": [different(one, other)],
        }
    )


def different(one: Outcomes, other: Outcomes) -> int:
    """Customers whose outcome differs in any respect."""
    found = np.zeros(len(one.fate), dtype=bool)
    for field in fields(one):
        found |= getattr(one, field.name) != getattr(other, field.name)
    return int(found.sum())


def judge(frames: Sequence[pd.DataFrame]) -> list[Row]:
    """Two rows: as drawn, and on the whole minute. A comparison without customers misses too."""
    import pandas as pd

    sums = pd.concat(frames).sum()
    rows = []
    for name, customers, found in (
        ("customers with another outcome", "customers", "different"),
        ("the same, all times on the minute", "tied", "tied_different"),
    ):
        number = int(sums[customers])
        note = f"{len(frames)} random halls, {number:,} customers"
        measured = int(sums[found]) if number else "no customers"
        rows.append(same(PART, name, "SimPy engine", 0, measured, note))
    return rows


def _tied(record: HallRecord) -> tuple[Outcomes, Outcomes]:
    """The first day of a run with every time rounded to minutes, by the SimPy processes and by the compiled loop."""
    import simpy

    from sim.halls.compiled import schedule
    from sim.halls.floor import Floor

    plan = on_the_minute(record.plan.rows(0, int(np.searchsorted(record.plan.day, 1))))
    span = record.spans[0]
    assert span is not None  # random halls open every day
    changes = [tuple(change for change in lane if change[0] <= span.close_us) for lane in record.changes]
    env = simpy.Environment()
    floor = Floor(env, record.layout, plan)
    for lane, of_lane in enumerate(changes):
        env.process(floor.staff(lane, of_lane))
    env.process(floor.door(0, len(plan)))
    env.process(floor.close(span.close_us))
    env.run()
    return floor.outcomes(), schedule(record.layout, plan, changes, span.close_us)


def on_the_minute(plan: Plan) -> Plan:
    """The plan with every time rounded down to whole minutes, at least one: ties everywhere, in event order again."""
    from sim.clock import MINUTE_US, NEVER_US

    columns = {field.name: getattr(plan, field.name) for field in fields(plan)}
    for name, times_us in columns.items():
        if name.endswith("_us") and name != "arrival_us":
            kept = (times_us == 0) | (times_us == NEVER_US)
            columns[name] = np.where(kept, times_us, np.maximum(times_us // MINUTE_US, 1) * MINUTE_US)
    columns["arrival_us"] = plan.arrival_us // MINUTE_US * MINUTE_US
    order = np.lexsort((plan.entity, columns["arrival_us"]))
    return replace(plan, **{name: column[order] for name, column in columns.items()})
