"""The choice: of all that may be decided in the halls of a group, what is cheapest together with its shifts.

Every option is searched like a hall of its own, the promising ones first, and only as far as it can still beat the
cheapest total known. What that leaves open is a lower bound: no plan with this option costs less.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from scenarios.schema import Staffing
from standfast.staffing.covering import solve_cover
from standfast.staffing.limits import most_counters
from standfast.staffing.options import Option
from standfast.staffing.plan import Demand, Reason
from standfast.staffing.pool import Pool, pool_of
from standfast.staffing.requirement import estimated_requirement
from standfast.staffing.search import search_together
from standfast.staffing.sites import Found, Site
from standfast.staffing.verdicts import is_exact, reason_of

SiteOf = Callable[[Demand], Site]
DemandOf = Callable[[int, Option], Demand]
"""A hall of the group, by its number, with an option → its demand."""


@dataclass(frozen=True)
class Tried:
    """One option of a group of halls, and what became of it.

    options: by hall. decisions_fen: what is decided costs so much a day. shifts_fen: its cheapest plan beside that,
    None where none is known. lower_fen: no plan with this option costs less in all; None where it has no plan at all.
    verdict: "chosen", "dearer" (`shifts_fen` is None where it was dropped as soon as it could not be cheaper) or "none"
    (no plan was found; `reasons` by hall). exact: whether an exact judge stands behind the bound.
    """

    options: tuple[Option, ...]
    decisions_fen: int
    shifts_fen: int | None
    lower_fen: int | None
    verdict: str
    exact: bool
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, eq=False)
class Choice:
    """The cheapest option, its search and its sites; or, if no option has a plan, the one that comes nearest.

    lower_fen: no plan costs less, whatever is decided. tried: every option, in the order of the study.
    """

    options: tuple[Option, ...]
    found: Found
    sites: tuple[Site, ...]
    pool: Pool
    lower_fen: int
    proven: bool
    tried: tuple[Tried, ...]


def cheapest_choice(
    choices: Sequence[Sequence[Option]],
    demand_of: DemandOf,
    site_of: SiteOf,
    staffing: Staffing,
    cap: float | None,
) -> Choice:
    """Search every combination of the options of each hall, as far as it can still be the cheapest."""
    combined = list(product(*choices))
    demands = [tuple(demand_of(hall, option) for hall, option in enumerate(options)) for options in combined]
    pools = [pool_of(each, staffing) for each in demands]
    order = list(range(len(combined)))
    if len(combined) > 1:
        guessed = [
            _decided(options) + _guess(each, pool, cap)
            for options, each, pool in zip(combined, demands, pools, strict=True)
        ]
        order = sorted(order, key=lambda n: (guessed[n], n))
    tried: dict[int, Tried] = {}
    best: tuple[int, int, Found, tuple[Site, ...]] | None = None
    nearest: tuple[int, int, Found, tuple[Site, ...]] | None = None
    for n in order:
        decided = _decided(combined[n])
        sites = tuple(site_of(demand) for demand in demands[n])
        below = best[0] - decided if best is not None else None
        exact = is_exact(sites)
        if below is not None and below <= 0:
            tried[n] = Tried(combined[n], decided, None, decided, "dearer", exact)
            continue
        found = search_together(sites, pools[n].patterns, cap, pools[n].limits, below_fen=below)
        shifts = found.cover.cost_fen if found.cover is not None else None
        lower = decided + found.lower_fen
        if found.dearer or (shifts is not None and best is not None and decided + shifts >= best[0]):
            tried[n] = Tried(combined[n], decided, shifts, lower, "dearer", exact)
        elif shifts is not None:
            best = (decided + shifts, n, found, sites)
            tried[n] = Tried(combined[n], decided, shifts, lower, "dearer", exact)
        else:
            reasons = reason_of(found, sites, pools[n], cap)
            bound = lower if found.out_of_trials else None
            tried[n] = Tried(combined[n], decided, None, bound, "none", exact, reasons)
            if nearest is None or found.shown.missing < nearest[0]:
                nearest = (found.shown.missing, n, found, sites)
    kept = best or nearest
    assert kept is not None, "a group of halls without options"
    _, n, found, sites = kept
    if best is not None:
        tried[n] = replace(tried[n], verdict="chosen")
    told = tuple(tried[number] for number in range(len(combined)))
    lower = min((each.lower_fen for each in told if each.lower_fen is not None), default=0)
    proven = best is not None and lower == best[0] and all(each.exact for each in told)
    return Choice(combined[n], found, sites, pools[n], lower, proven, told)


def _decided(options: Sequence[Option]) -> int:
    return sum(option.cost_fen for option in options)


def _guess(demands: Sequence[Demand], pool: Pool, cap: float | None) -> float:
    """What the shifts of an option may cost, by the quick estimate of its requirement."""
    wished = np.concatenate([estimated_requirement(demand, cap) for demand in demands])
    cover = solve_cover(np.minimum(wished, most_counters(pool.patterns, pool.limits)), pool.patterns, (), pool.limits)
    return np.inf if cover is None else float(cover.cost_fen)
