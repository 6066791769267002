"""Batches: what diary and accounts do for one subscriber, done for many.

Plain functions: the compiled engine translates them as they stand.
"""

from __future__ import annotations

from sim.market.accounts import settle
from sim.market.diary import Diary, note
from sim.market.ledger import Books, Months
from sim.market.people import Int64s, People
from sim.market.terms import Plans


def note_some(people: People, ids: Int64s, day: int, kind: int, a: int, b: Int64s, diary: Diary) -> None:
    """Note the same kind of event, with the same `a`, of every subscriber of `ids`."""
    for k in range(ids.size):
        note(people, int(ids[k]), day, kind, a, int(b[k]), diary)


def settle_some(people: People, ids: Int64s, day: int, plans: Plans, months: Months, books: Books, own: int) -> None:
    """Bill the subscribers of `ids` up to `day`, which is left out."""
    for k in range(ids.size):
        settle(people[int(ids[k])], day, plans, months, books, own)
