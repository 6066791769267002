"""The search: the cheapest cover, judged; what fails becomes a cut; until a plan keeps every promise, or none can.

Every cut holds for all plans that keep the promises, so no plan is cheaper than the cover at hand, and the first that
passes is the cheapest. That is proven where more counters provably never make anybody wait longer (`Demand.monotone`)
and the judge is exact. Where trying ends before, the best plan known is given with the bound that was reached.

Halls that share staff are searched together: one cover for all of them, judged hall by hall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from standfast.staffing.covering import Cover, Cut, solve_cover
from standfast.staffing.lessons import lessons
from standfast.staffing.limits import Limits, most_counters
from standfast.staffing.plan import Demand, Ints, Judge, NoPlan, Patterns, StaffPlan, meets
from standfast.staffing.pool import alone
from standfast.staffing.requirement import estimated_requirement, least_counters
from standfast.staffing.sites import Confirm, Found, Site, cells_of
from standfast.staffing.stretches import Stretches
from standfast.staffing.verdicts import plans_of

ROUNDS = 400
"""Most covers that are tried for one day."""
REPAIRS = 40
"""Most covers that are tried for a plan that need not be the cheapest."""
PATIENCE = 6
"""Covers that are tried before such a plan is looked for: most searches are over by then."""


@dataclass
class _Search:
    sites: Sequence[Site]
    patterns: Patterns
    cap: float | None
    limits: Limits
    cuts: list[Cut] = field(default_factory=list)
    rounds: int = 0
    best: Cover | None = None

    def __post_init__(self) -> None:
        self.inside = cells_of(self.sites)
        estimates = [estimated_requirement(site.demand, self.cap) for site in self.sites]
        self.least: Ints = np.concatenate(
            [
                least_counters(site.demand, site.stretches, self.cap, estimate)
                for site, estimate in zip(self.sites, estimates, strict=True)
            ]
        )
        self.wished: Ints = np.maximum(np.concatenate(estimates), self.least)

    def missed(self, counters: Ints) -> list[list[int]]:
        """Cells of each site that miss a promise with these counters."""
        return [
            np.flatnonzero(~meets(site.demand, site.judge(site.demand, counters[own]), self.cap)).tolist()
            for site, own in zip(self.sites, self.inside, strict=True)
        ]

    def unconfirmed(self, counters: Ints) -> list[int]:
        """The first site whose counters fail on fresh days, if any."""
        for number, (site, own) in enumerate(zip(self.sites, self.inside, strict=True)):
            if site.confirm is not None and not site.confirm(site.demand, counters[own]):
                return [number]
        return []

    def learn(self, counters: Ints) -> bool:
        """Judge a cover: True if it keeps every promise, on fresh days too; else what it teaches becomes cuts."""
        missed = self.missed(counters)
        if not any(missed):
            refused = self.unconfirmed(counters)
            for number in refused:
                own = self.inside[number]
                levels = enumerate(counters[own].tolist(), own.start)
                self.cuts.append(tuple((cell, level + 1) for cell, level in levels))
            return not refused
        for site, own, failed in zip(self.sites, self.inside, missed, strict=True):
            learnt = lessons(site.demand, site.stretches, counters[own], failed, self.cap, self.least[own])
            self.cuts += [tuple((own.start + cell, level) for cell, level in cut) for cut in learnt]
        return False

    def repair(self) -> None:
        """A plan that passes, quickly: cover the estimate, and ask for one more where it misses."""
        need = self.wished.copy()
        top = most_counters(self.patterns, self.limits)
        for _ in range(REPAIRS):
            cover = solve_cover(np.minimum(need, top), self.patterns, (), self.limits)
            if cover is None:
                return
            missed = self.missed(cover.counters)
            if not any(missed):
                refused = self.unconfirmed(cover.counters)
                if not refused:
                    self.best = cover
                    return
                missed = [list(range(site.demand.cells)) if n in refused else [] for n, site in enumerate(self.sites)]
            for own, failed in zip(self.inside, missed, strict=True):
                for cell in failed:
                    if cell - 1 not in failed:
                        need[own.start + cell] = max(need[own.start + cell], cover.counters[own.start + cell]) + 1


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
    """The cheapest plan of one hall for one kind of day, or why there is none.

    judge: service of whole days. stretches: the same judge asked about parts of a day (an ExactJudge is both, WholeDays
    makes one of any judge). cap: largest share of arrivals that may leave in a cell, None for any. confirm: has the
    last word on a plan that the judge passes, on days that the search has not seen. rounds: most covers to try.
    """
    sites = [Site(demand, judge, stretches, confirm)]
    pool = alone(demand, patterns, limits or Limits())
    (found,) = plans_of(search_together(sites, pool.patterns, cap, pool.limits, rounds=rounds), sites, pool, cap)
    return found


def search_together(
    sites: Sequence[Site],
    patterns: Patterns,
    cap: float | None,
    limits: Limits | None = None,
    *,
    rounds: int = ROUNDS,
    below_fen: int | None = None,
) -> Found:
    """The cheapest cover of all sites at once that keeps every promise in each of them.

    patterns cover the cells of all sites, one site after the other. cap: largest share of arrivals that may leave in a
    cell, None for any. rounds: most covers to try. below_fen: give up as soon as no plan can cost less than this.
    """
    at_work = _Search(sites, patterns, cap, limits or Limits())
    lower = 0
    while at_work.rounds < rounds:
        at_work.rounds += 1
        cover = solve_cover(at_work.least, patterns, at_work.cuts, at_work.limits, at_work.wished)
        if cover is None:
            return _ended(at_work, lower)
        lower = cover.cost_fen
        if below_fen is not None and lower >= below_fen:
            return Found(None, lower, at_work.rounds, at_work.least, dearer=True)
        if at_work.best is not None and lower >= at_work.best.cost_fen:
            return _ended(at_work, lower)
        if at_work.learn(cover.counters):
            at_work.best = cover
            return _ended(at_work, lower)
        if at_work.rounds == PATIENCE:
            at_work.repair()
    if at_work.best is None:
        at_work.repair()
    return _ended(at_work, lower, out_of_trials=True)


def _ended(at_work: _Search, lower: int, out_of_trials: bool = False) -> Found:
    best, reached = at_work.best, None
    if best is None:
        reached = solve_cover(at_work.least, at_work.patterns, at_work.cuts, at_work.limits, elastic=True)
    lower = lower if best is None else min(lower, best.cost_fen)
    return Found(best, lower, at_work.rounds, at_work.least, reached=reached, out_of_trials=out_of_trials)
