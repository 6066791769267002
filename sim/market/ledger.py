"""The ledger: what is booked, in fen at the scale of one subscriber, and how many moved. It decides no amounts.

Everything is an int64 sum by accounting month, so that the order of bookings never matters and the books balance
exactly. `book` is plain: the compiled engine translates it as it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenarios.calendar import Day
from sim.clock import DAY_US

Int64s = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Line(IntEnum):
    """Lines of the books. What a tactic books stands under its operator too."""

    BILLED = 0
    """Bills by the tariff, before price reductions."""
    FORGONE = 1
    """Price reductions given: credits of tactics, price cuts of campaigns."""
    CANNIBALISED = 2
    """What of them went to people who would have stayed without."""
    KEPT = 3
    """Bills, reductions taken off, of people who are there only because of a tactic's terms."""
    LEAVING_FEES = 4
    """Fees paid by people who left before their contract ended."""
    SUBSIDY = 5
    COMMISSION = 6
    """Paid to those who sell: for each acquisition of ours, and for each acceptance of a tactic."""
    COST = 7
    """Contacts and acceptances of a tactic, its fixed cost apart."""


class Part(IntEnum):
    """How a subscriber moved. The first six are apart from each other; WON_BACK counts some of them a second time."""

    SWITCHED = 0
    """To another operator with a new number."""
    PORTED = 1
    """To another operator with its number."""
    LAPSED = 2
    CLOSED = 3
    """Closed for arrears."""
    REREGISTERED = 4
    """A new number with the same operator: churn in the books, not in the market."""
    JOINED = 5
    """From no operator."""
    WON_BACK = 6
    """To our operator, by someone who left it not long ago."""


class Count(IntEnum):
    """What is counted of a tactic in a month, in simulated people; BUDGET_STOPS is 1 if its budget stopped it."""

    CONTACTS = 0
    ACCEPTANCES = 1
    COMPLAINTS = 2
    BUDGET_STOPS = 3


class Months(NamedTuple):
    """Accounting months, `[m]`: calendar months, but one in which the warm-up ends is cut there into two.

    The day on which the warm-up ends is measured whole: people move at its midnight, after that end. It begins
    at `first_day` and holds the days before `end_day`.
    """

    of_day: Int64s
    """[day] its month; the day after the study is in a month after the last."""
    first_day: Int64s
    end_day: Int64s
    calendar_first: Int64s
    """First day of its calendar month; negative where that began before the study."""
    calendar_days: Int64s
    """Days of its calendar month: the divisor of bills."""
    measured: Bools
    cohort_day: int
    """First measured day: on it the snapshot cohort is those on our books."""


class Books(NamedTuple):
    """Sums by accounting month; operator `none` comes after the last operator in `flows`."""

    lines: Int64s
    """[m, operator, segment, Line] fen."""
    tactics: Int64s
    """[m, tactic, Line] fen: what of our operator's lines a tactic caused."""
    fixed: Int64s
    """[m, tactic] fen at full scale: fixed costs of tactics."""
    campaigns: Int64s
    """[m, campaign] fen: what campaigns promised to those who took them: subsidy, and price cut over its term."""
    counts: Int64s
    """[m, tactic, Count]."""
    saved: Int64s
    """[m, segment]: people who asked our operator to let them go and whom the save desk kept."""
    let_go: Int64s
    """[m, segment]: people who asked and were not kept, those whose port then failed included."""
    flows: Int64s
    """[m, from, to, segment, Part] people."""
    users: Int64s
    """[m, operator, segment] people at the start of the month; the last row is the end of the study."""
    satisfaction: Floats
    """Sum of their satisfaction, likewise."""
    cohort: Int64s
    """[m, segment]: the snapshot cohort's people still on our books, likewise; 0 before it is taken."""
    cohort_fen: Int64s
    """[m, segment]: what the cohort's people on our books were billed, reductions taken off."""
    cohort_start_fen: Int64s
    """[segment]: the cohort's bills for a month when it was taken, reductions taken off."""


def months_of(days: Sequence[Day], warm_up_us: int) -> tuple[Months, tuple[str, ...]]:
    """Accounting months of a study and their labels, such as `2010-07`; a month that the warm-up cuts has two."""
    cut = warm_up_us // DAY_US
    firsts = [n for n, day in enumerate(days) if n in (0, cut) or day.date.day == 1]
    ends = [*firsts[1:], len(days)]
    dates = [days[first].date for first in firsts]
    lengths = [(date.replace(year=date.year + date.month // 12, month=date.month % 12 + 1, day=1) - date.replace(day=1))
               for date in dates]  # fmt: skip
    months = Months(
        of_day=np.repeat(np.arange(len(firsts) + 1, dtype=np.int64), [*np.diff([*firsts, len(days)]), 1]),
        first_day=np.array(firsts, dtype=np.int64),
        end_day=np.array(ends, dtype=np.int64),
        calendar_first=np.array([first - (date.day - 1) for first, date in zip(firsts, dates, strict=True)], np.int64),
        calendar_days=np.array([length.days for length in lengths], dtype=np.int64),
        measured=np.array([first >= cut for first in firsts]),
        cohort_day=cut,
    )
    return months, tuple(days[first].month for first in firsts)


def open_books(months: Months, operators: int, segments: int, tactics: int, campaigns: int) -> Books:
    """Empty books for so many operators (`none` not counted), segments, tactics and rival campaigns."""
    count = len(months.first_day)

    def zeros(*shape: int) -> Int64s:
        return np.zeros(shape, dtype=np.int64)

    return Books(
        lines=zeros(count, operators, segments, len(Line)),
        tactics=zeros(count, tactics, len(Line)),
        fixed=zeros(count, tactics),
        campaigns=zeros(count, campaigns),
        counts=zeros(count, tactics, len(Count)),
        saved=zeros(count, segments),
        let_go=zeros(count, segments),
        flows=zeros(count, operators + 1, operators + 1, segments, len(Part)),
        users=zeros(count + 1, operators, segments),
        satisfaction=np.zeros((count + 1, operators, segments)),
        cohort=zeros(count + 1, segments),
        cohort_fen=zeros(count, segments),
        cohort_start_fen=zeros(segments),
    )


def book(books: Books, month: int, operator: int, segment: int, tactic: int, line: int, fen: int) -> None:
    """Book an amount under an operator and, unless `tactic` is -1, under the tactic that caused it."""
    books.lines[month, operator, segment, line] += fen
    if tactic >= 0:
        books.tactics[month, tactic, line] += fen
