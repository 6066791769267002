"""Rehearsals: two processes that begin at the same time compile half of the engine each, instead of all of it twice.

A rehearsal plays a part of a study alone, for what it compiles on the way; numba's cache on disk hands it to the other.
It decides nothing and leaves no result.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scenarios import schema
from sim.run import COMPILED_FROM_SUBSCRIBERS, run, simulate

MARKET_DAYS = 3
"""Days after which a market has done what it does on any day."""


def rehearse(study: schema.Study, part: int) -> None:
    """Compile the halls (part 0) or the market (part 1) of a study that has both, if nobody on this machine has yet.

    Any other part, and a study too small to be compiled, has nothing to rehearse. Raises what a run raises.
    """
    if study.population is None or not study.halls or study.population.simulate < COMPILED_FROM_SUBSCRIBERS:
        return
    if part == 0 and not _halls_kept():
        simulate(study.model_copy(update={"population": None}), 0, engine="compiled")
    elif part == 1 and not _market_kept():
        run(study.model_copy(update={"halls": {}, "days": min(MARKET_DAYS, study.days)}), 0, engine="compiled")


def _halls_kept() -> bool:
    """Whether there is machine code of one of the loops that play floors."""
    from sim.halls.event_loop import play_floors

    return _kept(play_floors, "*.play_*.nbi")


def _market_kept() -> bool:
    """Whether there is machine code of the market's day; files of other sources have another name."""
    from sim.compiling import twin
    from sim.market import day

    decide = twin(day).decide
    return _kept(decide, f"*.{decide.__qualname__}-*.nbi")


def _kept(function: Any, names: str) -> bool:
    """Whether files of such names are in numba's cache, where it keeps that function."""
    return any(Path(function.stats.cache_path).glob(names))
