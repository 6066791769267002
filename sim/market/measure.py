"""Measure: sums of the books over a period, for an operator, one of its segments, or a tactic. It divides nothing.

Head counts and money are brought to full scale here, money in CNY; fixed costs and counters are at full scale already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scenarios import schema
from scenarios.kpis import ALL_PERIODS
from sim.clock import HOUR_US
from sim.market.ledger import Books, Count, Int64s, Line, Months, Part

FEN_A_CNY = 100

_MOVES = slice(int(Part.SWITCHED), int(Part.JOINED) + 1)
"""Parts that are apart from each other."""

CHURN_PARTS = {
    "churn_switching": (Part.SWITCHED, Part.PORTED),
    "churn_lapse": (Part.LAPSED,),
    "churn_arrears": (Part.CLOSED,),
    "churn_reregistration": (Part.REREGISTERED,),
}
"""The four parts of churn: no one belongs to two, and together they are all who leave the books."""


@dataclass(frozen=True)
class Account:
    """All that one run left in the books, with the names of what is numbered there.

    `weight` is how many subscribers a simulated one stands for. `staffed_us` holds the counter time of our halls by
    accounting month, at full scale, `remedies_fen` what their remedies cost less what their sales brought. `leader` is
    the satisfaction of the province's best, in points, where the study states it.
    """

    books: Books
    months: Months
    labels: Sequence[str]
    operators: Sequence[str]
    segments: Sequence[str]
    tactics: Sequence[str]
    own: int
    weight: float
    economics: schema.Economics
    staffed_us: Int64s
    remedies_fen: Int64s
    leader: float | None
    attributed: Sequence[int]
    """Numbers of the tactics of which it can be told whom they keep: by terms, or at a save desk."""

    def periods(self) -> list[tuple[str, list[int]]]:
        """Each measured period with its accounting months, in order: the calendar months, then `all`.

        A month that lies before the end of the warm-up belongs to none. A calendar month in which the warm-up ends is
        measured from there; rates of it stay rates a month.
        """
        measured = np.flatnonzero(self.months.measured).tolist()
        return [*((self.labels[month], [month]) for month in measured), (ALL_PERIODS, measured)]


@dataclass(frozen=True)
class Side:
    """What the books hold of one operator, or of its people in one segment (None: of all), over accounting months."""

    account: Account
    operator: int
    segment: int | None = None

    @property
    def who(self) -> slice:
        """Which segments, as an index into the books."""
        return slice(None) if self.segment is None else slice(self.segment, self.segment + 1)

    def users(self, boundary: int) -> float:
        """Users at the start of an accounting month; those at the end of month m are those at the start of m + 1."""
        return float(self.account.books.users[boundary, self.operator, self.who].sum()) * self.account.weight

    def user_months(self, over: Sequence[int]) -> float:
        """User months: the mean of a month's first and last count (月均用户), for part of a month that part of it."""
        months = self.account.months
        shares = (months.end_day - months.first_day) / months.calendar_days
        return sum((self.users(m) + self.users(m + 1)) / 2 * float(shares[m]) for m in over)

    def satisfaction(self, over: Sequence[int]) -> tuple[float, float]:
        """Sum of satisfaction at month ends, and the users it is summed over."""
        weight = self.account.weight
        points = sum(self.account.books.satisfaction[m + 1, self.operator, self.who].sum() for m in over)
        return float(points) * weight, sum(self.users(m + 1) for m in over)

    def came(self, over: Sequence[int], parts: Sequence[Part] | None = None) -> float:
        """People who came onto the books of the operator, by all parts or some."""
        return self._moved(self.account.books.flows[over, :, self.operator, self.who], parts)

    def went(self, over: Sequence[int], parts: Sequence[Part] | None = None) -> float:
        """People who left the books of the operator, by all parts or some."""
        return self._moved(self.account.books.flows[over, self.operator, :, self.who], parts)

    def _moved(self, flows: Int64s, parts: Sequence[Part] | None) -> float:
        people = flows[..., _MOVES].sum() if parts is None else sum(flows[..., part].sum() for part in parts)
        return float(people) * self.account.weight

    def asked(self, over: Sequence[int]) -> tuple[float, float]:
        """People whom the save desk kept, and all who asked to leave."""
        books, weight = self.account.books, self.account.weight
        saved, let_go = float(books.saved[over, self.who].sum()), float(books.let_go[over, self.who].sum())
        return saved * weight, (saved + let_go) * weight

    def booked(self, over: Sequence[int], line: Line) -> float:
        """CNY booked under a line."""
        fen = self.account.books.lines[over, self.operator, self.who, line].sum()
        return float(fen) * self.account.weight / FEN_A_CNY

    def revenue(self, over: Sequence[int]) -> float:
        """CNY: bills, price reductions taken off, and leaving fees."""
        billed, forgone = self.booked(over, Line.BILLED), self.booked(over, Line.FORGONE)
        return billed - forgone + self.booked(over, Line.LEAVING_FEES)

    def cohort(self, boundary: int) -> float:
        """People of the snapshot cohort still on our books at the start of an accounting month."""
        return float(self.account.books.cohort[boundary, self.who].sum()) * self.account.weight

    def cohort_revenue(self, month: int) -> tuple[float, float]:
        """CNY that the cohort's people were billed in a month, and what as long a time brought when it was taken."""
        books, months = self.account.books, self.account.months
        share = (months.end_day[month] - months.first_day[month]) / months.calendar_days[month]
        scale = self.account.weight / FEN_A_CNY
        start = float(books.cohort_start_fen[self.who].sum()) * float(share)
        return float(books.cohort_fen[month, self.who].sum()) * scale, start * scale


@dataclass(frozen=True)
class Spent:
    """CNY that tactics cost and brought over a period."""

    cost: float
    """Contacts and acceptances, and what is fixed."""
    subsidy: float
    commission: float
    forgone: float
    cannibalised: float
    kept: float

    @property
    def all(self) -> float:
        """All that was laid out: cost, subsidy, commission and price reductions."""
        return self.cost + self.subsidy + self.commission + self.forgone


def spent(account: Account, over: Sequence[int], tactics: Sequence[int]) -> Spent:
    """Sum up these tactics, by their numbers."""
    books, which = account.books, np.ix_(over, tactics)

    def booked(line: Line) -> float:
        return float(books.tactics[..., line][which].sum()) * account.weight / FEN_A_CNY

    fixed = float(books.fixed[which].sum()) / FEN_A_CNY
    return Spent(
        cost=booked(Line.COST) + fixed,
        subsidy=booked(Line.SUBSIDY),
        commission=booked(Line.COMMISSION),
        forgone=booked(Line.FORGONE),
        cannibalised=booked(Line.CANNIBALISED),
        kept=booked(Line.KEPT),
    )


def counted(account: Account, over: Sequence[int], tactic: int, what: Count) -> float:
    """People, at full scale, or months, counted of a tactic."""
    number = float(account.books.counts[over, tactic, what].sum())
    return number if what == Count.BUDGET_STOPS else number * account.weight


def staff_cost(account: Account, over: Sequence[int]) -> float:
    """CNY for the counters of our halls while they were staffed."""
    hours = float(account.staffed_us[over].sum()) / HOUR_US
    return hours * account.economics.counter_hour_fen / FEN_A_CNY


def remedies_cost(account: Account, over: Sequence[int]) -> float:
    """CNY for the remedies of our halls, less what their sales brought."""
    return float(account.remedies_fen[over].sum()) / FEN_A_CNY


def switched(account: Account, over: Sequence[int], origin: int, destination: int) -> float:
    """People who moved from one operator to another, the last being `none`; from one to itself: re-registrations."""
    return float(account.books.flows[over, origin, destination, :, _MOVES].sum()) * account.weight
