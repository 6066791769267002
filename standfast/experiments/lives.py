"""Diaries of two arms made into lives: events with names for their numbers, each told from its like in the other life.

Arrays throughout, so that many lives take little room; events of one subscriber are made when asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from outputs.stories import Step

if TYPE_CHECKING:
    import pandas as pd

Int64s = NDArray[np.int64]

VISITS = frozenset({"visited", "waited_long", "left_queue"})
"""Events whose `b` is the minutes waited; the minutes are no part of the likeness of two events."""

MOVES = frozenset({"left", "joined", "lapsed", "closed"})
"""Events after which a subscriber is with another operator, or with none."""

_OF_A_PLAN = frozenset({"considered", "changed_plan", "asked_to_leave", "joined", "port_failed"})
_TO_A_PLAN = frozenset({"left", "reregistered"})
_TO_AN_OPERATOR = frozenset({"asked_to_leave", "left", "joined"})
_WITH_US = VISITS | {"contacted", "accepted", "saved", "complained"}


@dataclass(frozen=True)
class Names:
    """What the numbers in a diary mean: plans, the operator of each plan and of each campaign; and who we are."""

    plans: tuple[str, ...]
    operators: tuple[str, ...]
    campaigns: tuple[str, ...]
    own: str


class Sort(NamedTuple):
    """What two events must share to be alike: the step and the plan that it is about."""

    step: Step
    plan: str


class Event(NamedTuple):
    """An event of one life. `minutes` is -1 but for visits; `other` is that of its like, -1 where it has none."""

    day: int
    step: Step
    plan: str
    minutes: int
    alike: bool
    other: int


@dataclass(frozen=True)
class Lives:
    """Events of many lives, in order of id and of what happened; `sort` numbers `sorts`."""

    id: Int64s
    day: Int64s
    sort: Int64s
    minutes: Int64s
    other: Int64s
    sorts: tuple[Sort, ...]

    def of(self, id: int) -> list[Event]:
        """Return the events of one life, in order; none for a stranger."""
        first, end = np.searchsorted(self.id, [id, id + 1])
        here = slice(int(first), int(end))
        columns = (self.day[here], self.sort[here], self.minutes[here], self.other[here])
        return [
            Event(day, self.sorts[n].step, self.sorts[n].plan, minutes, other != _NO_LIKE, max(other, -1))
            for day, n, minutes, other in zip(*(column.tolist() for column in columns), strict=True)
        ]


_NO_LIKE = -2
"""Stands in `other` for an event without a like; likes that are no visits have -1."""


def telling(baseline: pd.DataFrame, arm: pd.DataFrame, names: tuple[Names, Names]) -> tuple[Lives, Lives]:
    """Return of both diaries the events that can tell something of a difference between them.

    Those are events without a like in the other life (same day, step and plan), moves, and long waits that lasted
    otherwise than their like. The n-th of several equal events of a day is like the n-th of them in the other life.
    """
    known: dict[Sort, int] = {}
    sorts = [_sorted(diary, of, known) for diary, of in zip((baseline, arm), names, strict=True)]
    minutes = [_minutes(diary) for diary in (baseline, arm)]
    others = _likes(baseline, arm, sorts, minutes, len(known))
    table = tuple(known)
    moves = np.array([sort.step.kind in MOVES for sort in table], dtype=bool)
    waits = np.array([sort.step.kind == "waited_long" for sort in table], dtype=bool)
    found = []
    for diary, sort, waited, other in zip((baseline, arm), sorts, minutes, others, strict=True):
        kept = (other == _NO_LIKE) | moves[sort] | (waits[sort] & (waited != other))
        id, day = (diary[name].to_numpy(dtype=np.int64)[kept] for name in ("id", "day"))
        found.append(Lives(id, day, sort[kept], waited[kept], other[kept], table))
    return found[0], found[1]


def _sorted(diary: pd.DataFrame, names: Names, known: dict[Sort, int]) -> Int64s:
    """The number in `known` of each event's sort; new ones are added. There are few sorts and many events."""
    import pandas as pd

    if diary.empty:
        return np.zeros(0, dtype=np.int64)
    kind_codes, kinds = pd.factorize(diary["event"])
    what_codes, whats = pd.factorize(diary["what"])
    visits = np.array([str(kind) in VISITS for kind in kinds])
    b = np.where(visits[kind_codes], 0, diary["b"].to_numpy(dtype=np.int64))
    wide = int(b.max()) + 2
    codes, different = pd.factorize((kind_codes * len(whats) + what_codes) * wide + b + 1)
    numbers = []
    for each in different.tolist():
        rest, with_b = divmod(each, wide)
        kind, what = divmod(rest, len(whats))
        sort = named(str(kinds[kind]), str(whats[what]), with_b - 1, names)
        numbers.append(known.setdefault(sort, len(known)))
    return np.array(numbers, dtype=np.int64)[codes]


def named(kind: str, what: str, b: int, names: Names) -> Sort:
    plan = what if kind in _OF_A_PLAN else names.plans[b] if kind in _TO_A_PLAN else ""
    if kind in _TO_AN_OPERATOR:
        return Sort(Step(kind, names.operators[names.plans.index(plan)]), plan)
    if kind == "considered":
        return Sort(Step(kind, names.campaigns[b] if b >= 0 else ""), plan)
    return Sort(Step(kind, what if kind in _WITH_US else ""), plan)


def _minutes(diary: pd.DataFrame) -> Int64s:
    return np.asarray(np.where(diary["event"].isin(VISITS), diary["b"], -1), dtype=np.int64)


def _likes(
    baseline: pd.DataFrame, arm: pd.DataFrame, sorts: list[Int64s], minutes: list[Int64s], number: int
) -> list[Int64s]:
    """For each event of both diaries the minutes of its like, _NO_LIKE where it has none."""
    import pandas as pd

    keys = []
    for diary, sort in zip((baseline, arm), sorts, strict=True):
        who_and_when = (diary["id"].to_numpy(dtype=np.int64) << 12) | diary["day"].to_numpy(dtype=np.int64)
        same = pd.Series(who_and_when * number + sort)
        keys.append(pd.DataFrame({"same": same, "nth": same.groupby(same, sort=False).cumcount()}))
    found = []
    for here, there in ((0, 1), (1, 0)):
        likes = keys[there].assign(other=minutes[there])
        other = keys[here].merge(likes, on=["same", "nth"], how="left")["other"]
        found.append(other.fillna(_NO_LIKE).to_numpy(dtype=np.int64))
    return found
