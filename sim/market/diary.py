"""Diary: what happened to each subscriber. A hash of it for all, and the events themselves of those who are recorded.

Every event of a subscriber's life goes through `note`. Functions are plain: the compiled engine translates them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.market.draw import chained
from sim.market.events import MINUTES_APART, Happened
from sim.market.people import People

_VISITED, _WAITED_LONG, _LEFT_QUEUE = (
    int(kind) for kind in (Happened.VISITED, Happened.WAITED_LONG, Happened.LEFT_QUEUE)
)
assert {_VISITED, _WAITED_LONG, _LEFT_QUEUE} == MINUTES_APART


class Diary(NamedTuple):
    """What is kept of events. Without anybody recorded, `recorded` and `log` are empty."""

    recorded: NDArray[np.bool_]
    """[i]: whose events are kept; size 0: nobody's."""
    log: NDArray[np.int64]
    """(rows, 5): subscriber, day, `Happened`, a, b, in the order in which things happened."""
    cursor: NDArray[np.int64]
    """[1]: how many events of those recorded there were; beyond the rows of the log they are lost."""


def empty_diary(number: int, recorded: Iterable[int] = (), rows: int = 0) -> Diary:
    """Diary for `number` subscribers that keeps up to `rows` events of those recorded."""
    who = np.fromiter(recorded, np.int64)
    mask = np.zeros(number if who.size else 0, np.bool_)
    mask[who] = True
    return Diary(mask, np.zeros((rows, 5), np.int64), np.zeros(1, np.int64))


def note(people: People, i: int, day: int, kind: int, a: int, b: int, diary: Diary) -> None:
    """Note that something of a kind (a code of `Happened`) happened to subscriber `i`, with its `a` and `b`.

    A wait a little longer is not another fate: minutes stay out of the hash.
    """
    apart = kind in (_VISITED, _WAITED_LONG, _LEFT_QUEUE)
    people[i].fate = chained(people[i].fate, day, kind, a, 0 if apart else b)
    if diary.recorded.size > 0 and diary.recorded[i]:
        row = diary.cursor[0]
        if row < diary.log.shape[0]:
            diary.log[row, 0] = i
            diary.log[row, 1] = day
            diary.log[row, 2] = kind
            diary.log[row, 3] = a
            diary.log[row, 4] = b
        diary.cursor[0] = row + 1


def events(diary: Diary) -> NDArray[np.int64]:
    """Events of those who are recorded, (events, 5). OverflowError if there were more than the log has rows."""
    happened = int(diary.cursor[0])
    if happened > len(diary.log):
        raise OverflowError(f"{happened} events of recorded subscribers do not fit into a log of {len(diary.log)} rows")
    return diary.log[:happened]
