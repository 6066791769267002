"""What a plan is made of and what comes out: demand, service, patterns of shifts, a plan or the reasons for none.

Arrays run over the cells of one day: the half hours of the clock from opening to closing, the first and the last cut
short where the hall opens or closes in between. Cell h lasts from `edges_min[h]` to `edges_min[h + 1]`, in minutes
since opening. Shares are 0–1, money is fen, times of day are microseconds since midnight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scenarios.schema import Hall
from scenarios.units import MINUTE_US, clock_text
from sim.queueing.profile import Profile

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class ClassDemand:
    """One class of customers: its share of arrivals, its priority (lower first), and what it is promised.

    target_min: longest offered wait by cell, NaN without one. share_within: share of customers who must meet it.
    """

    name: str
    share: float
    priority: int
    target_min: Floats
    share_within: float


@dataclass(frozen=True, eq=False)
class Demand:
    """One hall on one kind of day.

    hall_spec: the hall with this day written into it: hours of every day, arrivals of this day (its factors are in the
    rate, the gamma day factor is `day_cv`), lanes that are open on it. rate: those who come to the counters, per hour
    over minutes since opening (expected kiosk users left out). mean_patience_min: infinite if nobody leaves.
    exact_chain: whether the chain judges exactly (exponential service and patience, one pool, at most one class ahead).
    monotone: whether one more counter at any time provably never makes any offered wait longer (patience is at least as
    long as service on average, laws are exponential): cuts then never cut off the best plan.
    """

    hall: str
    day: str
    hall_spec: Hall
    open_us: int
    close_us: int
    edges_min: tuple[float, ...]
    rate: Profile
    day_cv: float
    mean_service_min: float
    mean_patience_min: float
    exact_chain: bool
    monotone: bool
    classes: tuple[ClassDemand, ...]

    @property
    def cells(self) -> int:
        return len(self.edges_min) - 1

    @property
    def cells_us(self) -> Ints:
        """Start of each cell as a time of day."""
        return np.array([self.open_us + round(at * MINUTE_US) for at in self.edges_min[:-1]], dtype=np.int64)

    def clock(self, cell: int) -> str:
        """A cell as its span of the day, such as `10:00-10:30`."""
        begin, end = (self.open_us + round(at * MINUTE_US) for at in self.edges_min[cell : cell + 2])
        return f"{clock_text(begin)}-{clock_text(end)}"

    @property
    def longest_target_min(self) -> float:
        return max((float(np.nanmax(one.target_min, initial=0.0)) for one in self.classes), default=0.0)


@dataclass(frozen=True, eq=False)
class Service:
    """What one plan does, by cell.

    over: class → share of its customers whose offered wait exceeds its target (NaN without a target or arrivals).
    abandoned: share of arrivals that leave the queue. busy: mean counters that serve. The margins are what is added
    before a share is held to its limit: 0 when exact, a one-sided interval when simulated. days: simulated, 0 if exact.
    """

    over: Mapping[str, Floats]
    over_margin: Mapping[str, Floats]
    abandoned: Floats
    abandoned_margin: Floats
    arrivals: Floats
    busy: Floats
    judge: str
    days: int = 0


class Judge(Protocol):
    """Says what service a number of counters by cell gives. Answers are kept: the same counters cost nothing twice."""

    def __call__(self, demand: Demand, counters: Sequence[int] | Ints) -> Service: ...


def meets(demand: Demand, service: Service, cap: float | None) -> Bools:
    """Whether each cell keeps every class's promise and the cap on customers who leave (None: no cap)."""
    fine = np.ones(demand.cells, dtype=np.bool_)
    for one in demand.classes:
        late = service.over[one.name] + service.over_margin[one.name]
        fine &= ~(late > 1.0 - one.share_within + ROUNDING)
    if cap is not None:
        fine &= ~(service.abandoned + service.abandoned_margin > cap + ROUNDING)
    return fine


ROUNDING = 1e-12
"""What a share may pass its limit by: 1 − 0.9 is not 0.1 in binary."""


@dataclass(frozen=True, eq=False)
class Patterns:
    """Ways to work a day, one a row: a shift, its start, and where its breaks lie.

    cover[p, h] is 1 where pattern p has a counter open in cell h. cost_fen, minutes (paid, breaks included), part_time
    by pattern. breaks: spans (from, until). most: shift → most that may work it a day.
    """

    cover: Ints
    cost_fen: Ints
    shift: tuple[str, ...]
    start_us: Ints
    end_us: Ints
    breaks: tuple[tuple[tuple[int, int], ...], ...]
    part_time: Bools
    most: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.shift)

    def some(self, rows: Ints, cells: slice) -> Patterns:
        """Some of the patterns, over some of the cells."""
        return Patterns(
            cover=self.cover[rows, cells],
            cost_fen=self.cost_fen[rows],
            shift=tuple(self.shift[row] for row in rows),
            start_us=self.start_us[rows],
            end_us=self.end_us[rows],
            breaks=tuple(self.breaks[row] for row in rows),
            part_time=self.part_time[rows],
            most=self.most,
        )


@dataclass(frozen=True)
class PlannedShift:
    """`number` people who work one pattern: a shift, its times of day, its breaks, the cost of all of them.

    home: the hall that lends them, whose travel is in the cost; empty for the hall's own.
    """

    shift: str
    start_us: int
    end_us: int
    breaks: tuple[tuple[int, int], ...]
    number: int
    cost_fen: int
    part_time: bool
    home: str = ""


@dataclass(frozen=True)
class Binding:
    """What keeps a plan from being cheaper or better: the cell nearest to its limit, and what one more shift would do.

    class_: whose wait, or None where the cap on leaving binds; target_min: that wait (NaN for the cap). now, limit,
    with_one_more: shares of customers. shift, start_us, cost_fen: the cheapest shift that helps (None: none does).
    """

    cell: int
    class_: str | None
    target_min: float
    now: float
    limit: float
    shift: str | None
    start_us: int | None
    with_one_more: float
    cost_fen: int


@dataclass(frozen=True, eq=False)
class StaffPlan:
    """A plan that meets every target: counters by cell, who works when, its cost, and how good it provably is.

    No plan costs less than `lower_bound_fen`; `proven`: this is the cheapest there is, by an exact judge. In a group of
    halls that share staff both speak of the group: the bound is the group's, less what its other halls cost.
    evaluations: days that were judged; rounds: plans that were tried. decided_fen: the part of the cost that is for
    kiosks, advisers and fast lanes. lent: (hall, shift) of people who work elsewhere that day, and cost there.
    """

    hall: str
    day: str
    counters: Ints
    shifts: tuple[PlannedShift, ...]
    cost_fen: int
    lower_bound_fen: int
    proven: bool
    service: Service
    binding: Binding | None
    evaluations: int = 0
    rounds: int = 0
    decided_fen: int = 0
    lent: tuple[tuple[str, PlannedShift], ...] = ()

    @property
    def scheduled(self) -> int:
        """People at work in the hall that day."""
        return sum(shift.number for shift in self.shifts)

    @property
    def own(self) -> tuple[PlannedShift, ...]:
        """Shifts of the hall's own people, here and where they are lent."""
        return (*(shift for shift in self.shifts if not shift.home), *(shift for _, shift in self.lent))


@dataclass(frozen=True)
class Reason:
    """Why there is no plan, and when (a span of the day, such as `10:00-10:30`; empty if at no time of its own).

    kind: "short" (a half hour `needed` more counters than the `most` that shifts, people and seats allow), "limits"
    (each half hour could be staffed, not all of them: with `most` counters then, the nearest plan misses there),
    "unconfirmed" (what the judge passed failed on fresh days) or "trials" (none was found in the trials allowed).
    """

    kind: str
    when: str = ""
    needed: int = 0
    most: int = 0

    def __str__(self) -> str:
        if self.kind == "short":
            return f"{self.when} needs {self.needed} counters, and shifts and seats allow {self.most} at most"
        if self.kind == "unconfirmed":
            return "no plan was confirmed in the trials allowed"
        if self.kind == "trials":
            return "no plan was found in the trials allowed"
        return (
            f"shifts, their limits and seats allow too few counters around {self.when}: "
            f"{self.most} there, in the plan that misses least"
        )


@dataclass(frozen=True, eq=False)
class NoPlan:
    """No plan meets every target: the cells that cannot, and the best service that shifts and seats can reach.

    best_counters, best_shifts, best_cost_fen: the plan that breaks the fewest requirements. It is no plan.
    """

    hall: str
    day: str
    blocking: tuple[int, ...]
    best_counters: Ints
    best_service: Service
    reason: Reason
    best_shifts: tuple[PlannedShift, ...] = ()
    best_cost_fen: int = 0

    @property
    def why(self) -> str:
        """The reason in English."""
        return str(self.reason)
