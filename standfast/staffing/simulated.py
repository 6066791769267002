"""The simulated judge: what service a staffing gives in any hall, over many independent days, and how sure that is.

Every candidate meets the same customers (`hall_days`). Before a share is held to its limit, the judge adds a margin up
to the upper end of a one-sided interval clustered by day. A plan passes only if every cell does, so one that truly
misses a target in some cell passes with probability of at most `error`, however many cells there are. A search looks at
many candidates and would in the end find a lucky one: so what it found must be confirmed on days that it never saw
(`confirm`), with an error that is spent over the attempts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.clock import MINUTE_US, NEVER_US
from standfast.staffing.confidence import Sums, sums
from standfast.staffing.hall_days import DayCounts, HallDays
from standfast.staffing.plan import Demand, Service, meets

Int64s = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LOOKS = (250, 1_000)
"""Days after which a candidate is looked at: most are clear after the first look."""

CONFIRM_DAYS = 4_000
"""Fresh days on which a plan is confirmed."""

ERROR = 0.01
"""Probability, at most, that the judge passes one candidate that truly misses a target."""

CONFIRM_ERROR = 0.05
"""Probability, at most, that a plan is confirmed that truly misses a target, over all attempts together."""

_BLOCK = 1_000
_RECENT = 8
"""Blocks played last that are kept: a ledger asks for the service and the single days of the same counters."""
_CONFIRM_FROM, _BLOCKS_A_TRY = 1 << 16, 64


class SimulatedJudge:
    """Judges staffings of any hall by its compiled simulation. It is a `Judge`.

    It looks after so many `days`, one number or several, and goes on only while some cell is open: neither within its
    limits with the margin, nor over one of them beyond doubt. Each look is given its part of `error`. A cell that is
    still open at the last counts as missed. `cap` is the cap on customers who leave, None without one. `seed` and
    `block` choose the days: a judge with another block sees other days.

    Days of the hall judged last are kept in memory, 80 bytes a customer, and all answers. `evaluations` counts looks.
    """

    name = "simulated"

    def __init__(
        self,
        *,
        seed: int = 0,
        days: int | Sequence[int] = LOOKS,
        error: float = ERROR,
        cap: float | None = None,
        block: int = 0,
    ) -> None:
        self._looks = (days,) if isinstance(days, int) else tuple(sorted(set(days)))
        if not self._looks or self._looks[0] < 2 or not 0 < error < 0.5:
            raise ValueError(f"looks after {days} days, error {error}: at least two days, an error between 0 and 0.5")
        self._seed, self._first_block, self._error, self._cap = seed, block, error, cap
        self.evaluations = 0
        self._demand: Demand | None = None
        self._blocks: list[HallDays] = []
        self._recent: dict[tuple[int, tuple[int, ...]], DayCounts] = {}
        self._answers: dict[tuple[Demand, tuple[int, ...]], Service] = {}

    def __call__(self, demand: Demand, counters: Sequence[int] | Int64s) -> Service:
        """Service by cell, with margins. Raises ValueError unless there is one level ≥ 0 for each cell."""
        key = (demand, tuple(int(level) for level in counters))
        if key not in self._answers:
            self._answers[key] = self._judged(demand, key[1])
        return self._answers[key]

    def within(self, demand: Demand, counters: Sequence[int] | Int64s, came: Bools) -> Service:
        """Service by cell if only those come who arrive in the cells marked, (H,): to ask about parts of a day."""
        return self._judged(demand, tuple(int(level) for level in counters), came)

    def daily(self, demand: Demand, counters: Sequence[int] | Int64s) -> tuple[Floats, Floats]:
        """Customers over their target and customers who left the queue, day by day, on the days of the last look.

        Day k is the same day for every staffing, so differences of two of them are paired.
        """
        levels = tuple(int(level) for level in counters)
        blocks = self._days_of(demand, self._looks[-1])
        found = [self._played(number, block, levels) for number, block in enumerate(blocks)]
        return (
            np.concatenate([counts.over.sum(axis=(1, 2)) for counts in found]).astype(np.float64),
            np.concatenate([counts.abandoned.sum(axis=1) for counts in found]).astype(np.float64),
        )

    def _judged(self, demand: Demand, counters: tuple[int, ...], came: Bools | None = None) -> Service:
        tally: _Tally | None = None
        done = 0
        error = self._error / len(self._looks)
        for days in self._looks:
            self.evaluations += 1
            blocks = self._days_of(demand, days)
            for number in range(done, len(blocks)):
                block = blocks[number]
                played = self._played(number, block, counters) if came is None else block.play(counters, came)
                counts = _tally(played)
                tally = counts if tally is None else tally + counts
            done = len(blocks)
            assert tally is not None
            service = tally.service(demand, error)
            if (meets(demand, service, self._cap) | tally.surely_over(demand, self._cap, error)).all():
                break
        return service

    def _played(self, number: int, block: HallDays, counters: tuple[int, ...]) -> DayCounts:
        """A block played, or what it gave a moment ago."""
        key = (number, counters)
        if key not in self._recent:
            self._recent[key] = block.play(counters)
            while len(self._recent) > _RECENT:
                del self._recent[next(iter(self._recent))]
        return self._recent[key]

    def _days_of(self, demand: Demand, days: int) -> list[HallDays]:
        """Blocks of days of a hall, planned as far as they are wanted; those of another hall are let go."""
        if demand is not self._demand:
            self._demand, self._blocks, self._recent = demand, [], {}
        ends = sorted({*range(0, days, _BLOCK), *(look for look in self._looks if look <= days)})
        for number in range(len(self._blocks), len(ends) - 1):
            size = ends[number + 1] - ends[number]
            self._blocks.append(hall_days(demand, size, self._seed, self._first_block + number))
        return self._blocks[: len(ends) - 1]


def hall_days(demand: Demand, days: int, seed: int, block: int) -> HallDays:
    """Days of the hall of a demand, with its targets by class and cell."""
    targets_us = np.full((len(demand.hall_spec.customers), demand.cells), NEVER_US, dtype=np.int64)
    by_name = {one.name: one for one in demand.classes}
    for row, name in enumerate(demand.hall_spec.customers):
        if name in by_name:
            wait_min = by_name[name].target_min
            promised = ~np.isnan(wait_min)
            targets_us[row, promised] = np.rint(wait_min[promised] * MINUTE_US).astype(np.int64)
    return HallDays(demand.hall, demand.hall_spec, targets_us, days=days, seed=seed, block=block)


@dataclass(frozen=True)
class Confirmation:
    """Whether a plan holds on days that no search has seen. `error`: chance, at most, that this says so wrongly."""

    holds: bool
    service: Service
    error: float


def confirm(
    demand: Demand,
    counters: Sequence[int] | Int64s,
    cap: float | None,
    *,
    attempt: int = 0,
    seed: int = 0,
    days: int = CONFIRM_DAYS,
    error: float = CONFIRM_ERROR,
) -> Confirmation:
    """Judge a plan on fresh days, other ones for every `attempt`, counted from 0.

    Attempt k is given the error `error` / 2^(k + 1), so that over all attempts of a search, whatever plans it proposes,
    a plan that truly misses a target is confirmed with probability of at most `error`.
    """
    own = error / 2 ** (attempt + 1)
    judge = SimulatedJudge(seed=seed, days=days, error=own, cap=cap, block=_CONFIRM_FROM + attempt * _BLOCKS_A_TRY)
    service = judge(demand, counters)
    return Confirmation(bool(meets(demand, service, cap).all()), service, own)


class Confirmer:
    """Has the last word on plans of one hall and day after the other: counts the attempts of each, as `confirm` wants.

    Call it with a demand and the counters of a plan; `last` is what it found then.
    """

    def __init__(
        self, cap: float | None, *, seed: int = 0, days: int = CONFIRM_DAYS, error: float = CONFIRM_ERROR
    ) -> None:
        self._cap, self._seed, self._days, self._error = cap, seed, days, error
        self._attempts: dict[Demand, int] = {}
        self.last: Confirmation | None = None

    def __call__(self, demand: Demand, counters: Sequence[int] | Int64s) -> bool:
        """Whether the plan holds on days that nobody has seen."""
        attempt = self._attempts.get(demand, 0)
        self._attempts[demand] = attempt + 1
        self.last = confirm(
            demand, counters, self._cap, attempt=attempt, seed=self._seed, days=self._days, error=self._error
        )
        return self.last.holds


@dataclass(frozen=True, eq=False)
class _Tally:
    """Sums over days: waits over the target by class and cell, customers who left in a cell, counters that serve.

    As in the exact judge, who gives up counts in the cell in which it leaves.
    """

    over: Sums
    abandoned: Sums
    busy_days: Floats

    def __add__(self, other: _Tally) -> _Tally:
        return _Tally(self.over + other.over, self.abandoned + other.abandoned, self.busy_days + other.busy_days)

    def service(self, demand: Demand, error: float) -> Service:
        names = list(demand.hall_spec.customers)
        promised = {one.name: ~np.isnan(one.target_min) for one in demand.classes}
        share, margin = self.over.share, self.over.upper(error) - self.over.share
        rows = {one.name: names.index(one.name) for one in demand.classes}
        return Service(
            over={name: np.where(promised[name], share[row], np.nan) for name, row in rows.items()},
            over_margin={name: np.where(promised[name], margin[row], np.nan) for name, row in rows.items()},
            abandoned=self.abandoned.share,
            abandoned_margin=self.abandoned.upper(error) - self.abandoned.share,
            arrivals=self.abandoned.n / self.abandoned.days,
            busy=self.busy_days / self.abandoned.days,
            judge="simulated",
            days=self.abandoned.days,
        )

    def surely_over(self, demand: Demand, cap: float | None, error: float) -> Bools:
        """Cells that are over one of their limits beyond doubt."""
        names = list(demand.hall_spec.customers)
        least = self.over.lower(error)
        found = np.zeros(demand.cells, dtype=np.bool_)
        for one in demand.classes:
            promised = ~np.isnan(one.target_min)
            found |= promised & (least[names.index(one.name)] > 1.0 - one.share_within)
        if cap is not None:
            found |= self.abandoned.lower(error) > cap
        return found


def _tally(counts: DayCounts) -> _Tally:
    return _Tally(sums(counts.over, counts.customers), sums(counts.left, counts.arrivals), counts.busy * counts.days)
