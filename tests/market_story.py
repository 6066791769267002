"""A market that fits on one page, for tests of its books: two operators, three plans, two segments, ten people.

Bills, days and fees are chosen so that every amount can be checked by hand. It starts on 1 July 2010; July and August
have 31 days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from scenarios.calendar import study_days
from scenarios.units import DAY_US
from sim.market import accounts, moves
from sim.market.diary import Diary, empty_diary
from sim.market.ledger import Books, Months, months_of, open_books
from sim.market.moves import Moving
from sim.market.people import LONG_AGO, People, nobody_yet
from sim.market.terms import DECISION, Network, Offers, Plans, Rules, Segments

OPERATORS, SEGMENTS, TACTICS = ("mobile", "unicom"), ("mass", "vip"), ("call",)
MOBILE, UNICOM = 0, 1
MASS, VIP = 0, 1
BIG, SMALL, RIVAL = 0, 1, 2
"""Plans: 88 CNY with 100 minutes and 0.15 CNY for more, 58 CNY, and the rival's 66 CNY."""

SPRING = 0
"""The rival's campaign: 11 CNY off for 365 days, 300 CNY at once, bound for 730 days at 10 CNY a month, one product."""

RULES = Rules(
    own=MOBILE, seed=1, replication=0, day_bound=0.01, visit_day_bound=0.05, half_life_days=60.0, expiry_days=30,
    complaint_days=30, price_rise_days=60, neighbour_days=30, circle=5, spread_months=12.0, ceiling=1.0, grace_days=10,
    recovers=0.0, ported=1.0, port_succeeds=1.0, port_lowers=0.0,
)  # fmt: skip


def whole(*values: int) -> Any:
    return np.array(values, dtype=np.int64)


def make_plans(term_days: int = 0) -> Plans:
    """The three plans; the rival's binds for `term_days` at 10 CNY a month."""
    return Plans(
        operator=whole(MOBILE, MOBILE, UNICOM), number=whole(0, 1, 2),
        fee_fen=whole(8800, 5800, 6600), minutes=whole(100, 0, 0), extra_milli_fen=whole(15_000, 0, 0),
        term_days=whole(0, 0, term_days), leaving_fen=whole(0, 0, 1000), handset=np.array([False, False, True]),
        rise_day=whole(LONG_AGO, LONG_AGO, LONG_AGO),
    )  # fmt: skip


def make_offers() -> Offers:
    return Offers(
        operator=whole(UNICOM), number=whole(0), active=np.array([True]), reach=np.array([1.0]), wake=np.array([0.0]),
        price_cut_fen=whole(1100), term_days=whole(365), subsidy_fen=whole(30_000), lock_days=whole(730),
        leaving_fen=whole(1000), products=whole(1), brand=np.array([0.0]), segments=np.array([[True, True]]),
    )  # fmt: skip


def make_segments() -> Segments:
    rest = {name: np.zeros(2) for name in Segments._fields}
    return Segments(**rest | {"satisfaction": np.array([60.0, 80.0]), "brand": np.zeros((2, 3))})


@dataclass
class Market:
    """People, terms and open books; `engines` are the modules that act on them, plain or compiled."""

    people: People
    days: int
    warm_up_days: int = 0
    rules: Rules = RULES
    plans: Plans = field(default_factory=make_plans)
    engines: tuple[Any, Any] = (accounts, moves)
    weight: float = 1.0

    def __post_init__(self) -> None:
        calendar = study_days(date(2010, 7, 1), self.days, "none")
        found: tuple[Months, tuple[str, ...]] = months_of(calendar, self.warm_up_days * DAY_US)
        self.months, self.labels = found
        self.books: Books = open_books(self.months, 2, 2, 1, 1)
        self.segments, self.offers = make_segments(), make_offers()
        circles = np.full(-(-self.people.size // 5), LONG_AGO, dtype=np.int64)
        self.network = Network(np.ones(2), whole(0, 0), circles, np.zeros(1))
        self.diary: Diary = empty_diary(self.people.size, range(self.people.size), 1000)
        self.paid = 0

    def close(self, day: int) -> None:
        """Close the books up to `day`, left out, and count who is there."""
        levels = self.segments.satisfaction
        self.paid += self.engines[0].close_month(
            self.people, day, self.plans, levels, self.rules, self.months, self.books
        )

    def midnight(self, day: int, decided: Iterable[tuple[int, int, int, int]], portable: bool = False) -> None:
        """Carry out decisions (id, kind, plan, campaign) of a day."""
        rows = np.zeros(0, DECISION)
        for who, kind, plan, campaign in decided:
            rows = np.append(rows, np.array([(who, kind, plan, campaign, 0, 0.0, -1, False)], DECISION))
        self.engines[1].carry_out(
            rows, day, self.people, self.segments, self.plans, self.offers, self.rules, self.network,
            Moving(commission_fen=6000, win_back_days=730, portable=portable), self.months, self.books, self.diary,
        )  # fmt: skip

    def run(self, decided: Mapping[int, list[tuple[int, int, int, int]]], portable: bool = False) -> None:
        """The whole study: decisions by day, books closed when an accounting month begins."""
        self.close(0)
        for day in range(self.days):
            if day in decided:
                self.midnight(day, decided[day], portable)
            if self.months.of_day[day + 1] != self.months.of_day[day]:
                self.close(day + 1)


def ten_people() -> People:
    """Six with us (0–2 VIP on the big plan, 3–5 on the small one), 6–8 with the rival, 9 without a number."""
    people = nobody_yet(10)
    people.operator = [MOBILE] * 6 + [UNICOM] * 3 + [-1]
    people.plan = [BIG] * 3 + [SMALL] * 3 + [RIVAL] * 3 + [-1]
    people.segment = [VIP] * 3 + [MASS] * 7
    people.satisfaction = [80.0] * 3 + [60.0] * 7
    people.joined_day = -100
    people.contract_end = LONG_AGO
    people.usage[0] = 120
    return people
