"""What a staffing found, as plain data: everything that tables, figures and the page of a plan show.

Arrays run over the half hours of one day. Times of day are microseconds since midnight, money is fen, shares are 0–1,
waits are minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from outputs.findings import Language

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class WorkedShift:
    """`number` people who work the same hours. breaks: spans (from, until). cost_fen: of all of them, with their way if
    another hall lends them (`lender`, its title; empty for the hall's own)."""

    title: str
    start_us: int
    end_us: int
    breaks: tuple[tuple[int, int], ...]
    number: int
    cost_fen: int
    part_time: bool
    lender: str = ""


@dataclass(frozen=True)
class Why:
    """Why there is no plan. kind: "short" (`when`, a span such as `10:00-10:30`, needs so many counters, and shifts and
    seats allow so few), "limits" (each half hour could be covered, not all), "unconfirmed", "trials".
    """

    kind: str
    when: str = ""
    needed: int = 0
    most: int = 0


@dataclass(frozen=True)
class TriedOption:
    """One thing that could be decided, and what became of it; money a day.

    decided: by hall (its title, empty where there is one hall alone), what and how many. shifts_fen: the cheapest
    shifts with it, None where none are known. lower_fen: no plan with it costs less in all, None where it has none.
    verdict: "chosen", "dearer", "none" (`why`).
    """

    decided: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    decisions_fen: int
    shifts_fen: int | None
    lower_fen: int | None
    verdict: str
    why: Why | None = None


@dataclass(frozen=True, eq=False)
class ClassService:
    """What one class of customers meets. Only classes with a target.

    within: the share that must not wait longer than target_min (NaN without a target then). over: share that does;
    margin: what is added before it is held to its limit, 0 if exact. wait_min: what the share `within` doesn't pass.
    The same `_before`: with the study's own staffing.
    """

    name: str
    within: float
    target_min: Floats
    over: Floats
    margin: Floats
    over_before: Floats
    wait_min: Floats
    wait_before_min: Floats


@dataclass(frozen=True)
class Bottleneck:
    """What binds: a half hour and a class's wait, or the cap on leaving (class_ None); what one more shift does.

    shift: None where no shift helps. start_us, end_us, cost_fen: of that shift.
    """

    cell: int
    class_: str | None
    target_min: float
    now: float
    limit: float
    shift: str | None
    start_us: int
    end_us: int
    then: float
    cost_fen: int


@dataclass(frozen=True)
class Amount:
    """A number and the half-width of its 95 % interval: 0 where exact, NaN where unknown."""

    value: float
    half_width: float = 0.0


@dataclass(frozen=True)
class Effect:
    """What another staffing does against the plan: customers a day over target and who leave, half hours that miss.

    worst: largest share over its target. revenue_fen: revenue lost a month; None without a market.
    """

    over: Amount
    left: Amount
    missed: tuple[int, ...]
    worst: float
    revenue_fen: Amount | None = None


@dataclass(frozen=True)
class LedgerEntry:
    """One half hour: one counter fewer for it alone; one more by the cheapest shift that opens one then."""

    cell: int
    fewer: Effect | None
    more: Effect | None
    more_shift: str = ""
    more_start_us: int = 0
    more_end_us: int = 0
    more_cost_fen: int = 0


@dataclass(frozen=True)
class TradeOff:
    """One plan of a curve. setting: factor on what may miss, or share at the kiosks. cost_fen None: no plan."""

    setting: float
    cost_fen: int | None
    people: int | None
    worst: float
    left: float


@dataclass(frozen=True, eq=False)
class DayPlan:
    """The plan of one hall for one kind of day, or the best reachable where there is none (`found` False).

    edges_us: ends of the half hours, one more than there are. required: counters that no plan can go below. scheduled:
    the plan's. most: what shifts and seats allow, each half hour for itself. present: the study's own staffing.
    cost_fen, lower_bound_fen: no plan costs less than the bound; proven: this is the cheapest. missed: half hours that
    miss something with `scheduled`; missed_before: with `present`. judge: "exact" or "simulated" on `days` days.
    on_target: share of days that keep everything (None where the study doesn't ask).

    own: its own people at work, here and where they are lent: those whom `paid` heads stand for.
    decided: what was decided beside the shifts, (what, how many); decided_fen: the part of the cost that is for it;
    options: all that could be. partners: titles of the halls with which it shares staff; lent: shifts of its people who
    work there, by hall. why: why there is no plan; reached: who works in the plan that comes nearest.
    """

    hall: str
    hall_title: str
    day: str
    found: bool
    proven: bool
    cost_fen: int
    lower_bound_fen: int
    people: int
    paid: int
    edges_us: tuple[int, ...]
    required: Ints
    scheduled: Ints
    most: Ints
    present: Ints
    shifts: tuple[WorkedShift, ...]
    classes: tuple[ClassService, ...]
    cap: float | None
    abandoned: Floats
    abandoned_margin: Floats
    abandoned_before: Floats
    arrivals: Floats
    busy: Floats
    missed: tuple[int, ...]
    missed_before: tuple[int, ...]
    judge: str
    days: int
    bottleneck: Bottleneck | None
    ledger: tuple[LedgerEntry, ...] = ()
    days_a_month: float = 1.0
    frontier: tuple[TradeOff, ...] = ()
    kiosks: tuple[TradeOff, ...] = ()
    on_target: float | None = None
    own: int = 0
    decided: tuple[tuple[str, int], ...] = ()
    decided_fen: int = 0
    options: tuple[TriedOption, ...] = ()
    partners: tuple[str, ...] = ()
    lent: tuple[tuple[str, WorkedShift], ...] = ()
    why: Why | None = None
    reached: tuple[WorkedShift, ...] = ()
    seconds: float = 0.0

    @property
    def cells(self) -> int:
        """Half hours of the day."""
        return len(self.edges_us) - 1

    @cached_property
    def worst(self) -> tuple[int, str, float, float]:
        """Half hour, class, target and share that waits too long, where that share is furthest over its limit or
        nearest to it; (−1, "", NaN, NaN) without targets."""
        found = (-1, "", float("nan"), float("nan"))
        most = -1.0
        for one in self.classes:
            use = one.over / max(1.0 - one.within, 1e-9)
            if not np.isnan(use).all() and float(np.nanmax(use)) > most:
                cell = int(np.nanargmax(use))
                most = float(use[cell])
                found = (cell, one.name, float(one.target_min[cell]), float(one.over[cell]))
        return found


@dataclass(frozen=True)
class Rest:
    """Two days in a row in one hall: how many heads more it takes so that everybody rests long enough between."""

    hall_title: str
    day: str
    next_day: str
    both: int
    heads: int
    extra: int


@dataclass(frozen=True, eq=False)
class StaffingFindings:
    """Everything that the outputs of a staffing show.

    closed: (hall title, kind of day) that are closed then. robust: share of days that every plan is made for, None: the
    mean over the days. unpriced: titles of halls in which nothing is known of lost revenue, though it was asked for.
    consistency: no fitted number went in. numbers: stated numbers by source.
    """

    name: str
    title: str
    language: Language
    plans: tuple[DayPlan, ...]
    shrinkage: float
    rest_h: float | None = None
    robust: float | None = None
    rests: tuple[Rest, ...] = ()
    closed: tuple[tuple[str, str], ...] = ()
    unpriced: tuple[str, ...] = ()
    consistency: bool = True
    numbers: Mapping[str, int] = field(default_factory=dict)
    provenance: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_found(self) -> bool:
        """Whether every hall and kind of day has a plan."""
        return all(plan.found for plan in self.plans)
