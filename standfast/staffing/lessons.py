"""What a failed plan teaches: the shortest stretch that makes a half hour fail, with as many counters as still fail.

The longer a cut holds for, the fewer plans have to be tried: a short stretch with high levels forbids many plans.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable

from standfast.staffing.covering import Cut
from standfast.staffing.plan import Demand, Ints
from standfast.staffing.stretches import Stretch, Stretches, reach

Asking = Generator[Stretch, bool, Cut]


def lessons(
    demand: Demand, stretches: Stretches, counters: Ints, failed: Iterable[int], cap: float | None, least: Ints
) -> list[Cut]:
    """One cut for each cell that fails with these counters; questions of different cells are asked together.

    least: counters with which each cell is known to do, were there ample ones at all other times.
    """
    ample = stretches.ample(demand)
    running = [_lesson(demand, counters, ample, cell, bool(counters[cell] >= least[cell])) for cell in failed]
    asking = {n: next(one) for n, one in enumerate(running)}
    cuts: dict[int, Cut] = {}
    while asking:
        answers = stretches.fail(demand, list(asking.values()), cap)
        following = {}
        for n, fails in zip(asking, answers, strict=True):
            try:
                following[n] = running[n].send(fails)
            except StopIteration as done:
                cuts[n] = done.value
        asking = following
    return list(dict.fromkeys(cuts[n] for n in sorted(cuts)))


def _lesson(demand: Demand, counters: Ints, ample: Ints, cell: int, alone: bool) -> Asking:
    """The shortest stretch that fails, then its levels raised one by one from the far end, while it fails.

    alone: whether the cell does well by itself.
    """
    last = min(demand.cells, cell + 1 + reach(demand))
    found = None
    for end in range(cell + 1, last + 1):
        for first in range(cell, -1, -1):
            if alone and end - first == 1:
                continue
            stretch = Stretch(first, tuple(counters[first:end].tolist()), cell)
            if (yield stretch):
                found = stretch
                break
        if found is not None:
            break
    if found is None:  # it fails by a hair, or by what the night before left where a hall never closes
        last = demand.cells if demand.hall_spec.never_closes else last
        return tuple((h, int(counters[h]) + 1) for h in range(last))
    levels = list(found.levels)
    order = sorted(range(len(levels)), key=lambda n: (found.first + n == cell, n))
    for n in order:
        while levels[n] < ample[found.first + n]:
            higher = (*levels[:n], levels[n] + 1, *levels[n + 1 :])
            if not (yield Stretch(found.first, higher, cell)):
                break
            levels[n] += 1
    return tuple((found.first + n, level + 1) for n, level in enumerate(levels) if level < ample[found.first + n])
