"""What a search goes over, and what it comes to: halls with their judges, and covers of all of them.

Arrays run over the cells of all halls of a search, one hall after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from standfast.staffing.covering import Cover
from standfast.staffing.plan import Demand, Ints, Judge
from standfast.staffing.stretches import Stretches

Confirm = Callable[[Demand, Ints], bool]


@dataclass(frozen=True, eq=False)
class Site:
    """One hall of a search.

    judge: service of whole days. stretches: the same judge asked about parts of a day. confirm: has the last word on
    counters that the judge passes, on days that the search has not seen.
    """

    demand: Demand
    judge: Judge
    stretches: Stretches
    confirm: Confirm | None = None


@dataclass(frozen=True, eq=False)
class Found:
    """What a search came to.

    cover: the best that passes, None without one. lower_fen: no plan costs less. dearer: the search ended because no
    plan costs less than it was asked for. reached: where nothing passes, the cover that breaks the fewest requirements.
    least: see `least_counters`. out_of_trials: rounds ran out.
    """

    cover: Cover | None
    lower_fen: int
    rounds: int
    least: Ints
    dearer: bool = False
    reached: Cover | None = None
    out_of_trials: bool = False

    @property
    def shown(self) -> Cover:
        """The cover that passes, or that comes nearest to it."""
        cover = self.cover if self.cover is not None else self.reached
        assert cover is not None, "a search that ended as too dear has nothing to show"
        return cover


def cells_of(sites: Sequence[Site]) -> list[slice]:
    """Where the cells of each site lie in arrays over all of them."""
    ends = np.cumsum([0, *(site.demand.cells for site in sites)]).tolist()
    return [slice(begin, end) for begin, end in pairwise(ends)]
