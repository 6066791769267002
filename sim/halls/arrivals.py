"""The arrival process of a hall: a Poisson process whose rate follows the day, by thinning numbered candidates.

Rates are cut into layers of fixed height, the same in every study. A candidate belongs to a half hour and a layer, and
has a moment and a height of its own; it comes in if the arrival rate at that moment stands above its height. So a
higher rate keeps every customer that came before and adds others, and no bound has to be shared between arms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from scenarios.calendar import Day
from sim.clock import DAY_US, HALF_HOUR_US, HALF_HOURS_A_DAY, HOUR_US
from sim.draws import Draws, Purpose, walk_ins
from sim.errors import ModelError
from sim.halls.event_order import in_event_order
from sim.variates import is_small, unit_gamma

Int64s = NDArray[np.int64]
Floats = NDArray[np.float64]

PROFILE = 0
"""Source of customers who come by the hall's own profile. Every other cause of arrivals is a source of its own."""
CROWD = 1
"""Source of the first crowd; those of the others follow it."""

_LOWEST_LAYER_PER_HOUR = 32.0
_SLOTS_BITS = 16
"""Candidate number = half hour << 16 | slot. Layer 0 has slots 0–63; layer j has 64·2^(j−1) from there on, four times
the mean number of candidates, which a Poisson number of that mean never reaches."""

HIGHEST_RATE_PER_HOUR = _LOWEST_LAYER_PER_HOUR * 2 ** (_SLOTS_BITS - 6)
"""Limit of the draw key: a hall's arrival rate, with all its factors, in customers an hour."""


@dataclass(frozen=True)
class Rate:
    """Arrival rate of a hall over the day: nodes in µs since midnight and customers an hour.

    Constant: a rate holds until the next node. Linear: straight between nodes. Nobody arrives before the first node.
    """

    at_us: Floats
    per_hour: Floats
    linear: bool

    def __call__(self, time_of_day_us: Int64s) -> Floats:
        """Customers an hour at these times of day."""
        found = np.searchsorted(self.at_us, time_of_day_us, side="right") - 1
        if self.linear:
            # not np.interp, which some machines round once less
            after = np.minimum(found + 1, self.at_us.size - 1)
            run_us = np.where((found >= 0) & (after > found), self.at_us[after] - self.at_us[found], 1.0)
            slope = (self.per_hour[after] - self.per_hour[found]) / run_us
            between = slope * (time_of_day_us - self.at_us[found]) + self.per_hour[found]
            return np.where(found < 0, 0.0, between)
        return np.where(found < 0, 0.0, self.per_hour[found])

    def highest_by_half_hour(self) -> Floats:
        """The highest rate in each of the day's 48 half hours."""
        edges_us = np.arange(HALF_HOURS_A_DAY + 1) * HALF_HOUR_US
        starts = self(edges_us[:-1])
        highest = np.maximum(starts, self(edges_us[1:])) if self.linear else starts
        cells = np.minimum(self.at_us // HALF_HOUR_US, HALF_HOURS_A_DAY - 1).astype(np.int64)
        np.maximum.at(highest, cells, self.per_hour)
        return highest


def rate_of(arrivals: schema.Arrivals) -> Rate:
    """The arrival rate of an ordinary day."""
    steps = arrivals.rate_per_hour
    return Rate(
        np.array(steps.at_us, dtype=np.float64),
        np.array(steps.value, dtype=np.float64),
        arrivals.interpolate == "linear",
    )


def calendar_factors(arrivals: schema.Arrivals, days: Sequence[Day]) -> Floats:
    """Known factor on the rate for each day: weekday × day of the month × public holiday."""
    return np.array(
        [
            arrivals.weekday.get(day.works_as, 1.0)
            * arrivals.day_of_month.get(day.date.day, 1.0)
            * (arrivals.holiday if day.holiday else 1.0)
            for day in days
        ],
        dtype=np.float64,
    )


def day_factors(arrivals: schema.Arrivals, hall_entity: int, days: Sequence[Day], draws: Draws) -> Floats:
    """Factor on the rate for each day: what the calendar says × a gamma day factor of mean 1."""
    known = calendar_factors(arrivals, days)
    u, _ = draws.uniforms(hall_entity, Purpose.DAY_FACTOR, np.array([day.number for day in days], dtype=np.int64))
    return np.asarray(known * unit_gamma(arrivals.day_to_day_cv, u))


def arrive(
    hall: schema.Hall,
    name: str,
    number: int,
    hall_entity: int,
    days: Sequence[Day],
    spans: Sequence[schema.Span],
    draws: Draws,
    share: float | Floats = 1.0,
    source: int = PROFILE,
) -> tuple[Int64s, Int64s]:
    """Entities of those who come in on these open days, and their times in µs since the start, in event order.

    `share` is their part of the hall's profile, one for all days or one a day: simulated subscribers replace the rest.
    """
    rate, factors = rate_of(hall.arrivals), share * day_factors(hall.arrivals, hall_entity, days, draws)
    numbers = np.array([day.number for day in days], dtype=np.int64)
    highest = factors[:, None] * rate.highest_by_half_hour()[None, :]
    if highest.size and highest.max() > HIGHEST_RATE_PER_HOUR:
        raise ModelError(
            f"{highest.max():.0f} arrivals an hour, day factor included, are more than {HIGHEST_RATE_PER_HOUR:.0f}",
            f"halls.{name}.arrivals",
            "Split the hall into several.",
        )
    edges = [(span.open_us, span.close_us) for span in spans]
    opens_us, closes_us = np.array(edges, dtype=np.int64).reshape(-1, 2).T
    cells_us = np.arange(HALF_HOURS_A_DAY) * HALF_HOUR_US
    closed = (cells_us + HALF_HOUR_US <= opens_us[:, None]) | (cells_us >= closes_us[:, None])
    highest[closed] = 0.0  # none of those candidates would come in
    if highest.any() and not is_small(int(highest.sum() * HALF_HOUR_US / HOUR_US)):
        return _arrive_compiled(highest, rate, factors, numbers, opens_us, closes_us, number, source, draws)
    found = [
        _layer(layer, highest, rate, factors, numbers, opens_us, closes_us, number, source, draws)
        for layer in range(_layers(highest.max(initial=0.0)))
    ]
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    entities, times_us = (np.concatenate(parts) for parts in zip(*found, strict=True))
    times_us, entities = in_event_order(times_us, entities)
    return entities, times_us


def _arrive_compiled(
    highest: Floats,
    rate: Rate,
    factors: Floats,
    numbers: Int64s,
    opens_us: Int64s,
    closes_us: Int64s,
    hall_number: int,
    source: int,
    draws: Draws,
) -> tuple[Int64s, Int64s]:
    """The same customers in the same order, from compiled loops."""
    from sim.halls.compiled_arrivals import admit, count_candidates

    layers = range(_layers(highest.max(initial=0.0)))
    bounds = np.array([_bounds(layer) for layer in layers]).reshape(-1, 2)
    lowers, uppers = bounds[:, 0].copy(), bounds[:, 1].copy()
    first_slots = np.array([_slots(layer)[0] for layer in layers], dtype=np.int64)
    by_layer = [_poisson_heights(layer) for layer in layers]
    heights, heights_from = np.concatenate(by_layer), np.cumsum([0, *(each.size for each in by_layer)])
    entities = walk_ins(hall_number, numbers, source, np.zeros_like(numbers))
    seed, replication = np.uint64(draws.seed), np.uint64(draws.replication)
    counts = np.zeros((*highest.shape, len(layers)), dtype=np.int64)
    candidates = count_candidates(
        numbers,
        entities,
        highest,
        lowers,
        first_slots,
        heights,
        heights_from,
        seed,
        replication,
        counts,
    )
    entity, arrival_us = np.empty((2, candidates), dtype=np.int64)
    found = admit(
        numbers, entities, counts, lowers, uppers, first_slots, rate.at_us, rate.per_hour, rate.linear, factors,
        np.ascontiguousarray(opens_us), np.ascontiguousarray(closes_us), seed, replication, entity, arrival_us,
    )  # fmt: skip
    return entity[:found], arrival_us[:found]


def _bounds(layer: int) -> tuple[float, float]:
    """Lower and upper rate of a layer, customers an hour."""
    upper = _LOWEST_LAYER_PER_HOUR * 2.0**layer
    return (upper / 2 if layer else 0.0), upper


def _layers(highest: float) -> int:
    return next(n for n in range(_SLOTS_BITS) if (n == 0 and highest <= 0) or (n and highest <= _bounds(n - 1)[1]))


@lru_cache
def _poisson_heights(layer: int) -> Floats:
    """Distribution function of the number of candidates of a layer in a half hour, from 0 up."""
    from scipy.special import pdtr

    lower, upper = _bounds(layer)
    mean = (upper - lower) * HALF_HOUR_US / HOUR_US
    return np.asarray(pdtr(np.arange(_slots(layer)[1]), mean), dtype=np.float64)


def _slots(layer: int) -> tuple[int, int]:
    """First slot of a layer and how many it has."""
    return (64 << (layer - 1), 64 << (layer - 1)) if layer else (0, 64)


def _layer(
    layer: int,
    highest: Floats,
    rate: Rate,
    factors: Floats,
    numbers: Int64s,
    opens_us: Int64s,
    closes_us: Int64s,
    hall_number: int,
    source: int,
    draws: Draws,
) -> tuple[Int64s, Int64s]:
    """Entities and times of the candidates of one layer that the rate admits within opening hours, over all days."""
    lower, upper = _bounds(layer)
    first_slot, _ = _slots(layer)
    row, cell = np.nonzero(highest > lower)
    blocks = walk_ins(hall_number, numbers[row], source, (cell << _SLOTS_BITS) + first_slot)
    u, _ = draws.uniforms(blocks, Purpose.CANDIDATES, numbers[row])
    counts = np.searchsorted(_poisson_heights(layer), u, side="left")
    row, cell = np.repeat(row, counts), np.repeat(cell, counts)
    within = np.arange(row.size) - np.repeat(np.cumsum(counts) - counts, counts)
    entities = np.repeat(blocks, counts) + within
    moment, height = draws.uniforms(entities, Purpose.ARRIVAL, numbers[row])
    time_of_day_us = cell * HALF_HOUR_US + (moment * HALF_HOUR_US).astype(np.int64)
    admitted = lower + height * (upper - lower) < factors[row] * rate(time_of_day_us)
    admitted &= (opens_us[row] <= time_of_day_us) & (time_of_day_us < closes_us[row])
    return entities[admitted], (numbers[row] * DAY_US + time_of_day_us)[admitted]
