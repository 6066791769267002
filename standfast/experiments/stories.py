"""Which paths are most frequent, and which ten subscribers tell them: pure functions on those who differ.

The frame of those who differ has a row a life (replication, id) and the columns of `standfast.experiments.differing`,
and of `followed` ones `path`, a number of the list of paths; others have -1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from outputs.stories import ARROW

if TYPE_CHECKING:
    import pandas as pd

STORIES = 10
"""So many stories are told."""

_UNEVENTFUL = frozenset(
    {"contacted", "considered", "visited", "waited_longer", "waited_less", "stayed", "ended", "more"}
)
"""Steps after which a subscriber with the same end has no story: reached, and nothing came of it."""

_TURNS = ("kept", "lost", "kept", "lost", "rest")
"""Whose turn it is to tell a story: as many lost as kept, and now and then another."""


def frequent(who: pd.DataFrame, scale: float) -> pd.DataFrame:
    """Return one row a change and path, the most frequent first: change, path, simulated, share, full.

    `share` is of those whose path is known; `full` is `simulated × scale`. Equally frequent ones stand in the order of
    their first subscriber.
    """
    known = who[who["path"] >= 0]
    table = known.groupby(["change", "path"], sort=False, as_index=False).size().rename(columns={"size": "simulated"})
    table = table.sort_values("simulated", ascending=False, kind="stable", ignore_index=True)
    table["share"] = table["simulated"] / max(len(known), 1)
    table["full"] = table["simulated"] * scale
    return table


def chosen(who: pd.DataFrame, most: int = STORIES) -> list[int]:
    """Return the row labels of those whose stories are told: spread over paths and changes, always the same.

    Of each change the first are the lowest ids of its most frequent paths, one a path, then the second ids of those.
    Of those with the same end, lives in which something happened (an acceptance, a change of plan, a complaint, a move)
    go first, and of lives in which nothing did one a path is told. Kept and lost take turns, and every fifth is one of
    the rest; who has no more leaves its turn to the others.
    """
    known = who[who["path"] >= 0].sort_values(["replication", "id"], kind="stable")
    table = frequent(known, 1.0)[["change", "path"]]
    table["place"] = range(len(table))
    places = known[["change", "path"]].merge(table, how="left")["place"].to_numpy()
    turns = known.groupby(["change", "path"], sort=False).cumcount()
    known = known.assign(turn=turns, place=places, quiet=_quiet(known))
    known = known[~known["quiet"] | (known["turn"] == 0)]
    known = known.sort_values(["quiet", "turn", "place"], kind="stable")
    rest = ~known["change"].isin(["kept", "lost"])
    queues = {name: list(known.index[known["change"] == name]) for name in ("kept", "lost")}
    queues["rest"] = list(known.index[rest])
    told: list[int] = []
    while len(told) < most and any(queues.values()):
        for name in _TURNS:
            if queues[name] and len(told) < most:
                told.append(int(queues[name].pop(0)))
    return told


def _quiet(who: pd.DataFrame) -> list[bool]:
    """Return of each whether its end is the same and nothing happened on its path in either arm."""
    codes = zip(who["change"], who["baseline_path"], who["arm_path"], strict=True)
    return [
        change == "same"
        and all(step.partition("(")[0] in _UNEVENTFUL for path in paths for step in path.split(ARROW) if step)
        for change, *paths in codes
    ]


def followed(ids: Sequence[int], most: int) -> tuple[list[int], int]:
    """Return those of the ids whose lives are recorded, and the step: every `step`-th, so that at most `most` are.

    >>> followed([3, 5, 8, 9, 12], 2)
    ([3, 9], 3)
    """
    step = max(1, -(-len(ids) // most))
    return list(ids[::step]), step
