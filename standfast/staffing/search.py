"""The search: the cheapest cover, judged; what fails becomes a cut; until a plan keeps every promise, or none can.

Every cut holds for all plans that keep the promises, so no plan is cheaper than the cover at hand, and the first that
passes is the cheapest. That is proven where more counters provably never make anybody wait longer (`Demand.monotone`)
and the judge is exact. Where trying ends before, the best plan known is given with the bound that was reached.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from standfast.staffing.bindings import binding_of
from standfast.staffing.covering import Cover, Cut, Limits, most_counters, solve_cover
from standfast.staffing.lessons import lessons
from standfast.staffing.plan import Demand, Ints, Judge, NoPlan, Patterns, PlannedShift, Service, StaffPlan, meets
from standfast.staffing.requirement import estimated_requirement, least_counters
from standfast.staffing.stretches import Stretches

ROUNDS = 400
"""Most covers that are tried for one day."""
REPAIRS = 40
"""Most covers that are tried for a plan that need not be the cheapest."""
PATIENCE = 6
"""Covers that are tried before such a plan is looked for: most searches are over by then."""

Confirm = Callable[[Demand, Ints], bool]


@dataclass
class _Search:
    demand: Demand
    patterns: Patterns
    judge: Judge
    stretches: Stretches
    cap: float | None
    limits: Limits
    confirm: Confirm | None
    least: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    cuts: list[Cut] = field(default_factory=list)
    rounds: int = 0
    best: Cover | None = None
    refused: set[tuple[int, ...]] = field(default_factory=set)

    def missed(self, counters: Ints) -> list[int]:
        """Cells that miss a promise with these counters."""
        return np.flatnonzero(~meets(self.demand, self.judge(self.demand, counters), self.cap)).tolist()

    def passes(self, cover: Cover) -> bool:
        """Whether a cover keeps every promise, on fresh days too where they are asked."""
        if self.missed(cover.counters):
            return False
        if self.confirm is None or self.confirm(self.demand, cover.counters):
            return True
        self.refused.add(tuple(cover.counters.tolist()))
        return False


def search(
    demand: Demand,
    patterns: Patterns,
    judge: Judge,
    stretches: Stretches,
    cap: float | None,
    limits: Limits | None = None,
    *,
    confirm: Confirm | None = None,
    rounds: int = ROUNDS,
) -> StaffPlan | NoPlan:
    """The cheapest plan of a hall for one kind of day, or why there is none.

    judge: service of whole days. stretches: the same judge asked about parts of a day (an ExactJudge is both, WholeDays
    makes one of any judge). cap: largest share of arrivals that may leave in a cell, None for any. confirm: has the
    last word on a plan that the judge passes, on days that the search has not seen. rounds: most covers to try.
    """
    at_work = _Search(demand, patterns, judge, stretches, cap, limits or Limits(), confirm)
    wished = estimated_requirement(demand, cap)
    at_work.least = least_counters(demand, stretches, cap, wished)
    wished = np.maximum(wished, at_work.least)
    lower = 0
    while at_work.rounds < rounds:
        at_work.rounds += 1
        cover = solve_cover(at_work.least, patterns, at_work.cuts, at_work.limits, wished)
        if cover is None:
            return _plan(at_work, lower) if at_work.best is not None else _none(at_work)
        lower = cover.cost_fen
        if at_work.best is not None and lower >= at_work.best.cost_fen:
            return _plan(at_work, lower)
        if at_work.passes(cover):
            at_work.best = cover
            return _plan(at_work, lower)
        if at_work.rounds == PATIENCE:
            _some_plan(at_work, wished)
        missed = at_work.missed(cover.counters)
        if missed:
            at_work.cuts += lessons(demand, stretches, cover.counters, missed, cap, at_work.least)
        else:  # unconfirmed on fresh days
            at_work.cuts.append(tuple((h, int(level) + 1) for h, level in enumerate(cover.counters.tolist())))
    if at_work.best is None:
        _some_plan(at_work, wished)
    return _plan(at_work, lower) if at_work.best is not None else _none(at_work)


def _some_plan(at_work: _Search, wished: Ints) -> None:
    """A plan that passes, quickly: cover the estimate, and ask for one more where it misses."""
    need = wished.copy()
    top = most_counters(at_work.patterns, at_work.limits)
    for _ in range(REPAIRS):
        cover = solve_cover(np.minimum(need, top), at_work.patterns, (), at_work.limits)
        if cover is None:
            return
        if at_work.passes(cover):
            at_work.best = cover
            return
        missed = at_work.missed(cover.counters) or list(range(at_work.demand.cells))
        for cell in missed:
            if cell - 1 not in missed:
                need[cell] = max(need[cell], cover.counters[cell]) + 1


def _plan(at_work: _Search, lower: int) -> StaffPlan:
    cover = at_work.best
    assert cover is not None
    demand, patterns = at_work.demand, at_work.patterns
    service = at_work.judge(demand, cover.counters)
    lower = min(lower, cover.cost_fen)
    return StaffPlan(
        hall=demand.hall,
        day=demand.day,
        counters=cover.counters,
        shifts=tuple(_shift(patterns, p, int(n)) for p, n in enumerate(cover.people) if n),
        cost_fen=cover.cost_fen,
        lower_bound_fen=lower,
        proven=lower == cover.cost_fen and demand.monotone and service.judge == "exact",
        service=service,
        binding=binding_of(demand, patterns, at_work.judge, at_work.cap, at_work.limits, cover),
        evaluations=getattr(at_work.judge, "evaluations", 0),
        rounds=at_work.rounds,
    )


def _shift(patterns: Patterns, pattern: int, number: int) -> PlannedShift:
    return PlannedShift(
        shift=patterns.shift[pattern],
        start_us=int(patterns.start_us[pattern]),
        end_us=int(patterns.end_us[pattern]),
        breaks=patterns.breaks[pattern],
        number=number,
        cost_fen=number * int(patterns.cost_fen[pattern]),
        part_time=bool(patterns.part_time[pattern]),
    )


def _none(at_work: _Search) -> NoPlan:
    """Why there is no plan: what still misses in the plan that breaks the fewest requirements."""
    demand, patterns = at_work.demand, at_work.patterns
    cover = solve_cover(at_work.least, patterns, at_work.cuts, at_work.limits, elastic=True)
    assert cover is not None
    service: Service = at_work.judge(demand, cover.counters)
    missed = at_work.missed(cover.counters)
    return NoPlan(demand.hall, demand.day, tuple(missed), cover.counters, service, _why(at_work, cover, missed))


def _why(at_work: _Search, cover: Cover, missed: list[int]) -> str:
    top = most_counters(at_work.patterns, at_work.limits)
    short = np.flatnonzero(at_work.least > top)
    if len(short):
        cell = int(short[np.argmax((at_work.least - top)[short])])
        needed, most = int(at_work.least[cell]), int(top[cell])
        return f"{at_work.demand.clock(cell)} needs {needed} counters, and shifts and seats allow {most} at most"
    if not missed:
        return "no plan was confirmed in the trials allowed"
    if at_work.rounds >= ROUNDS:
        return "no plan was found in the trials allowed"
    cell = missed[0]
    return (
        f"shifts, their limits and seats allow too few counters around {at_work.demand.clock(cell)}: "
        f"{int(cover.counters[cell])} there, in the plan that misses least"
    )
