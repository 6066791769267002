"""The simulator against formulas: halls that never close, with constant rates, have a steady state that is known.

Thirty independent replications each. The formula's value has to lie in their 99.9 % interval, and that interval has to
be as narrow as the bar says: otherwise everything would hold.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sim.queueing.abandonment import erlang_a
from sim.queueing.erlang import erlang_c
from sim.queueing.general_service import pollaczek_khinchine
from sim.queueing.priority import cobham
from standfast.validation.rows import Row, verdict_of
from standfast.validation.sampled import Check

if TYPE_CHECKING:
    import pandas as pd

    from scenarios import Study

PART = "simulator against formulas"
REPLICATIONS = 30
LEVEL = 0.999

RELATIVE = (0.06, 0.02)
"""Widest half-width of a mean, as a share of its value: short and full."""

ABSOLUTE = (0.01, 0.002)
"""Widest half-width of a probability: short and full."""


@dataclass(frozen=True)
class Known:
    """A number of a hall that a formula knows. kpi is divided by the kpi `over` where that is given (a share)."""

    name: str
    truth: float
    kpi: str
    over: str = ""
    scope: str = "hall/h"


@dataclass(frozen=True)
class SteadyHall:
    """A hall with a steady state: how it is stated, whose formulas know it, days of a replication, short and full."""

    name: str
    source: str
    hall: dict[str, Any]
    days: tuple[int, int]
    known: tuple[Known, ...]


def steady_halls() -> tuple[SteadyHall, ...]:
    """The halls of this part. Services of about a minute: a faster clock changes no share and no queue."""
    one, two, four = erlang_c(40, 60, 1), erlang_c(80, 50, 2), erlang_a(200, 60, 40, 4)
    vip, std = cobham([1.0, 3.0], 1.0, 5)
    varied, constant = pollaczek_khinchine(42 / 60, 1.0, 0.8), pollaczek_khinchine(48 / 60, 1.0, 0.0)
    waits = partial(Known, "share that waits", kpi="offered_wait_over_0min", over="arrivals")
    queue = partial(Known, "mean queue", kpi="queue_mean")
    minute = _exponential("1 min")
    return (
        SteadyHall(
            "M/M/1",
            "Erlang C",
            _hall("40/h", 1, minute),
            (16, 401),
            (waits(one.p_wait), queue(one.mean_queue)),
        ),
        SteadyHall(
            "M/M/2",
            "Erlang C",
            _hall("80/h", 2, _exponential("72 s")),
            (26, 601),
            (waits(two.p_wait), queue(two.mean_queue)),
        ),
        SteadyHall(
            "Erlang A, 4 counters",
            "Palm 1957; Garnett, Mandelbaum & Reiman 2002",
            _hall("200/h", 4, minute, customers={"all": {"share": "100 %", "patience": _exponential("90 s")}}),
            (6, 41),
            (
                waits(four.p_wait),
                Known("share that abandons", four.p_abandon, "abandoned", "arrivals"),
                Known(
                    "offered wait over 1 min", four.p_offered_wait_over(1 / 60), "offered_wait_over_1min", "arrivals"
                ),
                queue(four.mean_queue),
            ),
        ),
        SteadyHall(
            "two classes, 5 counters",
            "Cobham 1954",
            _hall(
                "240/h",
                5,
                minute,
                customers={"vip": {"share": "25 %", "priority": 1}, "std": {"share": "75 %", "priority": 2}},
            ),
            (11, 121),
            (
                Known("mean wait of the first, min", vip, "wait_mean", scope="hall/h/vip"),
                Known("mean wait of the second, min", std, "wait_mean", scope="hall/h/std"),
            ),
        ),
        SteadyHall(
            "M/G/1, lognormal, cv 0.8",
            "Pollaczek 1930, Khinchine 1932",
            _hall("42/h", 1, {"dist": "lognormal", "mean": "1 min", "cv": 0.8}),
            (16, 401),
            (queue(varied.mean_queue),),
        ),
        SteadyHall(
            "M/D/1",
            "Pollaczek 1930, Khinchine 1932",
            _hall("48/h", 1, {"dist": "deterministic", "mean": "1 min"}),
            (16, 401),
            (queue(constant.mean_queue),),
        ),
    )


def steady_checks(full: bool) -> list[Check]:
    """One check a hall."""
    return [
        Check(
            PART,
            hall.name,
            Sample(_study(hall.hall, hall.days[full], seed), hall.known),
            REPLICATIONS,
            partial(judge, hall, full),
        )
        for seed, hall in enumerate(steady_halls(), start=1)
    ]


@dataclass(frozen=True)
class Sample:
    """Runs a study once and keeps the value of each known number: one row, a column each."""

    study: Study
    known: tuple[Known, ...]

    def __call__(self, replication: int) -> pd.DataFrame:
        import pandas as pd

        import sim

        found = sim.simulate(self.study, replication, engine="compiled")
        whole = found[found["period"] == "all"]
        value = dict(zip(zip(whole["scope"], whole["kpi"], strict=True), whole["value"], strict=True))
        values = [
            value[each.scope, each.kpi] / (value[each.scope, each.over] if each.over else 1.0) for each in self.known
        ]
        return pd.DataFrame([values])


def judge(hall: SteadyHall, full: bool, frames: Sequence[pd.DataFrame]) -> list[Row]:
    """One row a known number: does the interval of the replications hold it, and is the interval narrow enough?"""
    import numpy as np
    from scipy.stats import t as student

    samples = np.concatenate([frame.to_numpy(dtype=float) for frame in frames])
    n = len(samples)
    rows = []
    for each, values in zip(hall.known, samples.T, strict=True):
        half_width = float(student.ppf(0.5 + LEVEL / 2, n - 1) * values.std(ddof=1) / math.sqrt(n))
        widest = ABSOLUTE[full] if each.over else RELATIVE[full] * each.truth
        measured = float(values.mean())
        note = f"{n} runs of {hall.days[full] - 1} days; half-width at most {widest:.2g}"
        holds = abs(measured - each.truth) <= half_width <= widest
        if not half_width <= widest:
            note += ", which it is not"
        name = f"{hall.name}: {each.name}"
        rows.append(Row(PART, name, hall.source, each.truth, measured, half_width, verdict_of(holds), note))
    return rows


def _exponential(mean: str) -> dict[str, Any]:
    return {"dist": "exponential", "mean": mean}


def _hall(rate: str, counters: int, service: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "hours": "00:00-24:00",
        "arrivals": {"rate": {"00:00": rate}},
        "transactions": {"visit": {"share": "100 %", "service": service}},
        "counters": {"staffing": {"00:00": counters}},
        "offered_wait_thresholds": ["0 min", "1 min"],
        **more,
    }


def _study(hall: dict[str, Any], days: int, seed: int) -> Study:
    from scenarios import Study

    spec = {"name": "steady", "start": "2010-07-01", "seed": seed, "calendar": "none", "warm_up": "1 days"}
    return Study.model_validate({**spec, "horizon": f"{days} days", "halls": {"h": hall}})
