"""The warm-up of a study's halls that never close, found by MSER from a few pilot replications.

The series is the mean number of customers in the hall, waiting or being served, in each half hour from the start; in
batches of five (MSER-5), or of a whole day or week where hours or weekdays differ, so that quiet nights pass for no
warm-up. It judges halls alone: one that closes starts every day empty, and the market starts where the study says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenarios.units import DAY_US, HALF_HOUR_US, HOUR_US
from standfast.experiments.steady_state import BATCH, FEWEST_BATCHES, mser

if TYPE_CHECKING:
    from scenarios import LoadedStudy, Study
    from scenarios.schema import Hall
    from sim.halls.record import HallRecord

Floats = NDArray[np.float64]

REPLICATIONS = 5
"""Pilot replications if not given: their mean is a good deal steadier than one run."""

_A_DAY = DAY_US // HALF_HOUR_US
_A_WEEK = 7 * _A_DAY


@dataclass(frozen=True)
class HallWarmUp:
    """Where the warm-up of one hall ends.

    Attributes
    ----------
    cut_us: time to leave out; None where the series is too short to tell.
    too_short: why it is, and what to do; "" where it isn't.
    batch: half hours of which MSER takes the mean.
    series: customers in the hall in each half hour, mean over the replications.
    """

    hall: str
    cut_us: int | None
    too_short: str
    batch: int
    series: Floats


@dataclass(frozen=True)
class WarmUp:
    """The warm-up that an arm needs, from `replications` pilots; `closing` are halls that need none."""

    arm: str
    replications: int
    halls: tuple[HallWarmUp, ...]
    closing: tuple[str, ...]

    @property
    def hours(self) -> int | None:
        """The longest of the halls', in whole hours, rounded up; None where one is too short to tell."""
        cuts = [hall.cut_us for hall in self.halls if hall.cut_us is not None]
        return -(-max(cuts, default=0) // HOUR_US) if len(cuts) == len(self.halls) else None

    @property
    def text(self) -> str | None:
        """What to write into the study, such as `warm_up: 6 h`; None where a longer run is needed."""
        return None if self.hours is None else f"warm_up: {self.hours} h"


def find_warm_up(
    loaded: LoadedStudy, arm: str | None = None, point: str | None = None, replications: int = REPLICATIONS
) -> WarmUp:
    """Run `replications` pilots of an arm (the baseline) at a sweep point (the first), and judge each hall.

    The study's own `warm_up` doesn't matter to it. Stores nothing. Raises ModelError, StudyErrors.
    """
    import sim

    if replications < 1:
        raise ValueError(f"replications must be at least 1, not {replications}")
    arm = arm or loaded.compare.baseline
    study = loaded.resolve(arm, point or loaded.points[0].name).study
    open_always = [name for name, hall in study.halls.items() if hall.never_closes]
    closing = tuple(name for name in study.halls if name not in open_always)
    if not open_always:
        return WarmUp(arm, replications, (), closing)
    pilots = [sim.run_halls(study, number) for number in range(replications)]
    at = {name: place for place, name in enumerate(study.halls)}
    halls = tuple(_judged(study, name, [pilot[at[name]] for pilot in pilots]) for name in open_always)
    return WarmUp(arm, replications, halls, closing)


def customers_inside(record: HallRecord) -> Floats:
    """Mean number of customers in the hall, waiting or being served, in each half hour of the study."""
    from sim.halls.integrals import time_in_cells

    end_us = len(record.days) * DAY_US
    arrived, gone = record.plan.arrival_us, np.minimum(record.outcomes.gone_us, end_us)
    edges = np.arange(0, end_us + 1, HALF_HOUR_US)
    return np.asarray(time_in_cells(arrived, np.maximum(gone, arrived), edges) / HALF_HOUR_US)


def batch_of(hall: Hall) -> int:
    """Half hours in a batch of MSER: five, or a day or week, after which arrivals and staffing repeat.

    Days of the month and holidays are not part of it: they count as chance.
    """
    lanes = hall.counters.lanes.values()
    if len({*hall.arrivals.weekday.values(), 1.0}) > 1 or any(lane.when and lane.when.weekday for lane in lanes):
        return _A_WEEK
    levels = [hall.arrivals.rate_per_hour, hall.counters.staffing, *(lane.staffing for lane in lanes)]
    steady = all(each.at_us[:1] == (0,) and len(set(each.value)) == 1 for each in levels)
    return BATCH if steady else _A_DAY


def _judged(study: Study, name: str, records: Sequence[HallRecord]) -> HallWarmUp:
    series = np.mean([customers_inside(record) for record in records], axis=0)
    batch = batch_of(study.halls[name])
    least = -(-FEWEST_BATCHES * batch // _A_DAY)
    if study.days < least:
        differ = {_A_DAY: " where hours differ", _A_WEEK: " where weekdays differ"}.get(batch, "")
        why = f"MSER needs {least} days at least{differ}, not {study.days}: run longer, with `horizon: {least} days`"
        return HallWarmUp(name, None, why, batch, series)
    found = mser(series, batch)
    if found.settled:
        return HallWarmUp(name, found.cut * int(HALF_HOUR_US), "", batch, series)
    why = (
        f"MSER would cut in the second half of {study.days} days: run longer, with `horizon: {2 * study.days} days`; "
        "if that says the same, more customers come than the counters can serve, and the queue has no steady state"
    )
    return HallWarmUp(name, None, why, batch, series)
