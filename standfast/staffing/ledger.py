"""The counter ledger: what one counter fewer in a half hour costs the customers, and what one more costs and brings.

"One fewer": a counter stays closed for that half hour alone, as when somebody is called away; the queue that it leaves
behind is counted in every half hour it reaches. "One more": nobody comes for half an hour, so it is the cheapest shift
that has a counter open then, with all it does for the rest of the day.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from standfast.staffing.plan import Demand, Judge, Patterns, Service, meets

if TYPE_CHECKING:
    from standfast.staffing.revenue import LostRevenue

Floats = NDArray[np.float64]
Int64s = NDArray[np.int64]

CONFIDENCE = 0.95


@runtime_checkable
class DailyJudge(Protocol):
    """A judge that can tell the counts of single days, the same days for every staffing."""

    def daily(self, demand: Demand, counters: Sequence[int] | Int64s) -> tuple[Floats, Floats]: ...


@dataclass(frozen=True)
class Estimate:
    """A number and the half-width of its interval of 95 %: 0 where it is exact, NaN where it isn't known."""

    value: float
    half_width: float

    def times(self, factor: float) -> Estimate:
        """The number of so many days."""
        return Estimate(self.value * factor, self.half_width * factor)


@dataclass(frozen=True)
class Change:
    """What another staffing does against the plan: negative is fewer.

    over, left: customers a day over their target, and who leave the queue. missed: cells that then miss a target or the
    cap. worst_over: the largest share over its target of any class and cell. revenue_fen_a_month: revenue that it loses
    a month, None without a market.
    """

    counters: tuple[int, ...]
    over: Estimate
    left: Estimate
    missed: tuple[int, ...]
    worst_over: float
    revenue_fen_a_month: Estimate | None = None


@dataclass(frozen=True)
class Addition:
    """The cheapest shift that opens one more counter in a half hour: which, what it costs a day, what it changes."""

    pattern: int
    shift: str
    start_us: int
    end_us: int
    cost_fen: int
    change: Change


@dataclass(frozen=True)
class LedgerRow:
    """One half hour. fewer: None where no counter is open. more: None where no shift of the catalogue can be added."""

    cell: int
    start_us: int
    counters: int
    fewer: Change | None
    more: Addition | None


@dataclass(frozen=True)
class Ledger:
    """The ledger of one plan. days_a_month: days of this kind in a month, by which months count."""

    hall: str
    day: str
    days_a_month: float
    rows: tuple[LedgerRow, ...]

    def a_month(self, daily: Estimate) -> Estimate:
        """What a daily number makes in a month."""
        return daily.times(self.days_a_month)

    @property
    def deciding(self) -> tuple[int, ...]:
        """Cells in which one counter fewer breaks a promise."""
        return tuple(row.cell for row in self.rows if row.fewer is not None and row.fewer.missed)

    def with_revenue(self, lost: LostRevenue) -> Ledger:
        """The ledger with what its spoiled visits lose a month: see `revenue.lost_revenues`."""

        def told(change: Change) -> Change:
            return replace(change, revenue_fen_a_month=self.a_month(lost.of(change.over, change.left)))

        rows = [
            replace(
                row,
                fewer=None if row.fewer is None else told(row.fewer),
                more=None if row.more is None else replace(row.more, change=told(row.more.change)),
            )
            for row in self.rows
        ]
        return replace(self, rows=tuple(rows))


def counter_ledger(
    demand: Demand,
    counters: Sequence[int] | Int64s,
    judge: Judge,
    *,
    cap: float | None,
    days_a_month: float,
    patterns: Patterns | None = None,
    may_add: Callable[[int], bool] = lambda _: True,
) -> Ledger:
    """The ledger of these counters by cell, (H,), as an exact or a simulated judge sees it.

    patterns: the catalogue that one more counter is taken from; may_add: whether the limits of the plan allow one more
    person in a pattern.
    """
    now = tuple(int(level) for level in counters)
    ledger = _Book(demand, now, judge, cap)
    rows = []
    for cell, start_us in enumerate(demand.cells_us.tolist()):
        fewer = None
        if now[cell] > 0:
            fewer = ledger.change((*now[:cell], now[cell] - 1, *now[cell + 1 :]))
        more = None
        which = cheapest_at(cell, patterns, may_add) if patterns is not None else None
        if patterns is not None and which is not None:
            added = tuple((np.array(now) + patterns.cover[which]).tolist())
            more = Addition(
                which,
                patterns.shift[which],
                int(patterns.start_us[which]),
                int(patterns.end_us[which]),
                int(patterns.cost_fen[which]),
                ledger.change(added),
            )
        rows.append(LedgerRow(cell, start_us, now[cell], fewer, more))
    return Ledger(demand.hall, demand.day, days_a_month, tuple(rows))


def cheapest_at(cell: int, patterns: Patterns, may_add: Callable[[int], bool]) -> int | None:
    """The cheapest pattern with a counter open in a cell that may still be added; of equals, the one open longest."""
    best: tuple[int, int, int] | None = None
    for pattern in np.flatnonzero(patterns.cover[:, cell]).tolist():
        rank = (int(patterns.cost_fen[pattern]), -int(patterns.cover[pattern].sum()), pattern)
        if (best is None or rank < best) and may_add(pattern):
            best = rank
    return best[2] if best is not None else None


class _Book:
    """Compares staffings with the plan; the same staffing is judged once."""

    def __init__(
        self,
        demand: Demand,
        now: tuple[int, ...],
        judge: Judge,
        cap: float | None,
    ) -> None:
        self._demand, self._judge, self._cap = demand, judge, cap
        self._known: dict[tuple[int, ...], Change] = {}
        self._service = judge(demand, now)
        self._daily = self._counts(now, self._service)

    def change(self, counters: tuple[int, ...]) -> Change:
        if counters not in self._known:
            self._known[counters] = self._compared(counters)
        return self._known[counters]

    def _compared(self, counters: tuple[int, ...]) -> Change:
        service = self._judge(self._demand, counters)
        over, left = (
            _difference(then, before) for then, before in zip(self._counts(counters, service), self._daily, strict=True)
        )
        return Change(
            counters=counters,
            over=over,
            left=left,
            missed=tuple(np.flatnonzero(~meets(self._demand, service, self._cap)).tolist()),
            worst_over=worst(service)[2],
        )

    def _counts(self, counters: tuple[int, ...], service: Service) -> tuple[Floats, Floats]:
        """Customers over target and leaving: of each simulated day, or expected of the one exact day."""
        if service.days and isinstance(self._judge, DailyJudge):
            return self._judge.daily(self._demand, counters)
        over, left = expected_a_day(self._demand, service)
        unsure = np.nan if service.days else 0.0
        return np.array([over, over + unsure]), np.array([left, left + unsure])


def _difference(then: Floats, before: Floats) -> Estimate:
    """Mean of paired differences; two equal days stand for an exact number, a NaN for one without an interval."""
    from scipy.special import stdtrit

    paired = then - before
    if np.isnan(paired).any():
        return Estimate(float(np.nanmean(paired)), math.nan)
    spread = float(paired.std(ddof=1))
    quantile = float(stdtrit(paired.size - 1, 0.5 + CONFIDENCE / 2))
    return Estimate(float(paired.mean()), quantile * spread / math.sqrt(paired.size))


def expected_a_day(demand: Demand, service: Service) -> tuple[float, float]:
    """Customers expected a day over their target, and who leave the queue, of those who come to the counters."""
    over = sum(float(np.nansum(service.arrivals * one.share * service.over[one.name])) for one in demand.classes)
    return over, float(np.nansum(service.arrivals * service.abandoned))


def worst(service: Service) -> tuple[int, str, float]:
    """Cell and class with the largest share over its target, and that share; (−1, "", NaN) if nothing is promised."""
    found = (-1, "", math.nan)
    for name, shares in service.over.items():
        if not np.isnan(shares).all() and not found[2] >= np.nanmax(shares):
            found = (int(np.nanargmax(shares)), name, float(np.nanmax(shares)))
    return found
