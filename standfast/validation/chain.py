"""The exact time-varying chain: where it must end in a formula, and the simulator against it, half hour by half hour.

Standard errors are clustered by day: customers of one day wait in one queue. A half hour in which fewer than fifty
days, or customers, are over a threshold is too rare for that; in the full pack its count is held to a Poisson law.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from standfast.validation.days import DAYS, EDGES, HALF_HOURS, OPENS_MIN, clock, study_of
from standfast.validation.rows import Row, near, verdict_of
from standfast.validation.sampled import Check

if TYPE_CHECKING:
    import pandas as pd

    from scenarios import Study
    from sim.queueing.day import DayResult, HallDay

PART = "exact chain"
AGAINST = "simulator against the chain"
SOURCE = "exact chain, this machine"

THRESHOLDS_MIN = (5.0, 10.0, 15.0)
DAYS_A_RUN = 1_000
RUNS = (4, 120)
"""Runs of a day: short and full."""

MOST_ERRORS = 4.0
"""Standard errors that a half hour may lie from the chain."""

MOST_APART = 0.004
"""How far it may lie from the chain in the full pack."""

FEWEST = 50
"""Customers and days over the threshold from which a standard error is one."""

RARE = 1e-6
"""Probability by a Poisson law below which a count of a rare half hour is a miss."""

ROOT_MEAN_SQUARE = ((0.7, 1.4), (0.8, 1.3))
"""Bounds of the root mean square score: short, with few days that rise and fall together, and full."""


def limit_rows() -> list[Row]:
    """The chain on long days with constant rates: it has to end in Erlang A and in Cobham's waits."""
    from sim.queueing.abandonment import erlang_a
    from sim.queueing.chain import exact_day
    from sim.queueing.day import HallDay
    from sim.queueing.priority import cobham
    from sim.queueing.profile import Profile

    edges = (0.0, 300.0, 600.0)
    leaving = exact_day(HallDay(edges, Profile((0.0,), (80.0,)), Profile((0.0,), (5,)), 5.0, 12.0), (10.0,))
    exact = erlang_a(80 / 60, 1 / 5, 1 / 12, 5)
    first = exact_day(
        HallDay((0.0, 1400.0, 1500.0), Profile((0.0,), (40.0,)), Profile((0.0,), (5,)), 5.0, vip_share=0.3), ()
    )
    vip, _ = cobham([12 / 60, 28 / 60], 1 / 5, 5)
    over, queue = exact.p_offered_wait_over(10.0), vip * 12 / 60
    return [
        near(
            PART, "a long day: offered wait over 10 min", "Erlang A", over, float(leaving.over(10.0)[-1]), 1e-6 * over
        ),
        near(
            PART,
            "a long day: queue of the first class",
            "Cobham 1954",
            queue,
            float(first.queue["vip"][-1]),
            1e-6 * queue,
        ),
    ]


def chain_checks(full: bool, days: Mapping[str, HallDay] = DAYS) -> list[Check]:
    """One check for all days: their replications take turns."""
    studies = tuple(study_of(day, DAYS_A_RUN, seed) for seed, day in enumerate(days.values(), start=1))
    return [Check(AGAINST, "hall days", LateCounts(studies), len(days) * RUNS[full], partial(judge, days, full))]


@dataclass(frozen=True)
class LateCounts:
    """Runs one of the studies of one hall each, in turns, and sums over days, by class, threshold and half hour.

    came: customers. late: those whose offered wait is over the threshold. came_came, came_late, late_late: sums of
    the products of both by day, from which the judge makes a variance. late_days: days with anybody late.
    """

    studies: tuple[Study, ...]

    def __call__(self, replication: int) -> pd.DataFrame:
        import numpy as np
        import pandas as pd

        import sim
        from sim.clock import DAY_US, HALF_HOUR_US, MINUTE_US

        study = self.studies[replication % len(self.studies)]
        (record,) = sim.run_halls(study, replication // len(self.studies), engine="compiled")
        plan, days = record.plan, study.days
        half_hour = (plan.arrival_us % DAY_US - OPENS_MIN * MINUTE_US) // HALF_HOUR_US
        place = plan.day * HALF_HOURS + half_hour
        parts = []
        for number, customers in enumerate(record.layout.classes):
            mine = plan.customer_class == number
            came = np.bincount(place[mine], minlength=days * HALF_HOURS).reshape(days, HALF_HOURS)
            for threshold in THRESHOLDS_MIN:
                over = mine & (record.outcomes.offered_us > threshold * MINUTE_US)
                late = np.bincount(place[over], minlength=days * HALF_HOURS).reshape(days, HALF_HOURS)
                sums = {
                    "came": came.sum(axis=0),
                    "late": late.sum(axis=0),
                    "came_came": (came * came).sum(axis=0),
                    "came_late": (came * late).sum(axis=0),
                    "late_late": (late * late).sum(axis=0),
                    "late_days": (late > 0).sum(axis=0),
                }
                keys = {"class": customers, "threshold": threshold, "half_hour": np.arange(HALF_HOURS)}
                parts.append(pd.DataFrame({**keys, **sums}))
        return pd.concat(parts)


def judge(days: Mapping[str, HallDay], full: bool, frames: Sequence[pd.DataFrame]) -> list[Row]:
    """One row a day, class and threshold, told by its worst half hour, and one for the scores of all together."""
    import pandas as pd

    from sim.queueing.chain import exact_day

    rows, often = [], []
    for number, (name, day) in enumerate(days.items()):
        own = frames[number :: len(days)]
        cells = scored(exact_day(day, THRESHOLDS_MIN), own)
        often.append(cells[cells["often"]])
        for (customers, threshold), part in cells.groupby(["class", "threshold"], sort=True):
            rows.append(_row(f"{name}: {customers}, over {threshold:g} min", part, full, len(own) * DAYS_A_RUN))
    return [*rows, _together(pd.concat(often), full)]


def scored(truth: DayResult, frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Sums of all runs of a day with the exact share over each threshold, the measured one, its error and score."""
    import pandas as pd

    cells = pd.concat(frames).groupby(["class", "threshold", "half_hour"], sort=True).sum().reset_index()
    keys = zip(cells["class"], cells["threshold"], cells["half_hour"], strict=True)
    exact = [float(truth.over(threshold, customers)[half_hour]) for customers, threshold, half_hour in keys]
    came, late, p = cells["came"], cells["late"], pd.Series(exact)
    squares = cells["late_late"] - 2 * p * cells["came_late"] + p**2 * cells["came_came"]
    cells = cells.assign(exact=p, measured=late / came, error=squares.clip(lower=0) ** 0.5 / came)
    cells["score"] = (cells["measured"] - cells["exact"]) / cells["error"]
    cells["often"] = (came * p >= FEWEST) & (cells["late_days"] >= FEWEST)
    return cells


def _row(name: str, cells: pd.DataFrame, full: bool, days: int) -> Row:
    """The worst half hour of one class and threshold; the row holds if all of them do."""
    often, rare = cells[cells["often"]], cells[~cells["often"]]
    told = f"{days:,} days"
    if full:
        strange = rare[
            [_strange(late, mean) for late, mean in zip(rare["late"], rare["came"] * rare["exact"], strict=True)]
        ]
        if len(strange):
            worst = strange.iloc[0]
            note = f"{told}; at {_start(worst)} {worst['late']:.0f} late, {worst['came'] * worst['exact']:.2f} expected"
            return Row(AGAINST, name, SOURCE, float(worst["exact"]), float(worst["measured"]), None, "misses", note)
    if not len(often):
        return Row(AGAINST, name, SOURCE, None, None, None, "told", f"{told}; too rare for a verdict")
    worst = often.iloc[int(often["score"].abs().to_numpy().argmax())]
    apart = float((often["measured"] - often["exact"]).abs().max())
    holds = abs(worst["score"]) <= MOST_ERRORS and (not full or apart <= MOST_APART)
    note = f"{told}; worst of {len(often)} half hours, at {_start(worst)}, {worst['score']:+.1f} standard errors"
    if full:
        note += f"; none is more than {apart:.4f} apart"
    half_width, verdict = MOST_ERRORS * float(worst["error"]), verdict_of(bool(holds))
    return Row(AGAINST, name, SOURCE, float(worst["exact"]), float(worst["measured"]), half_width, verdict, note)


def _start(cell: pd.Series[Any]) -> str:
    return clock(EDGES[int(cell["half_hour"])])


def _strange(late: float, expected: float) -> bool:
    from scipy.stats import poisson

    return bool(poisson.cdf(late, expected) < RARE or poisson.sf(late - 1, expected) < RARE)


def _together(often: pd.DataFrame, full: bool) -> Row:
    """The scores of all half hours: standard errors that are too wide or too narrow show here."""
    found = math.sqrt(float((often["score"] ** 2).mean())) if len(often) else math.nan
    low, high = ROOT_MEAN_SQUARE[full]
    note = f"{len(often)} half hours of all days; has to lie between {low} and {high}"
    verdict = verdict_of(low <= found <= high)
    return Row(AGAINST, "root mean square of all scores", "variance of a score is 1", 1.0, found, None, verdict, note)
