"""Markets as plain arrays, for tests of the subscribers' day: small worlds without a study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.draws import Purpose
from sim.market import calendar, day, diary
from sim.market.people import LONG_AGO, NOBODY, nobody_yet
from sim.market.tables import DayTables, Tables
from sim.market.terms import Network, Offers, Plans, Rules, Segments, Standing
from sim.rules.hazard import daily

MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""Days of the months of a year, for tests that need no dates."""


class Engine(NamedTuple):
    """The modules of one engine."""

    calendar: ModuleType
    day: ModuleType
    diary: ModuleType
    compiled: bool


PLAIN = Engine(calendar, day, diary, False)


def compiled() -> Engine:
    from sim.compiling import twin

    return Engine(twin(calendar), twin(day), twin(diary), True)


def rows(kind: type, count: int, **columns: Any) -> Any:
    """A NamedTuple of arrays with `count` elements each; columns that are left out are 0."""
    found = {}
    for name in kind._fields:  # type: ignore[attr-defined]
        note = kind.__annotations__[name]
        dtype = {"Floats": np.float64, "Int64s": np.int64, "Bools": np.bool_}[
            str(getattr(note, "__forward_arg__", note))
        ]
        found[name] = np.zeros(count, dtype)
        if name in columns:
            found[name][:] = columns[name]
    return kind(**found)


def plans(operators: Sequence[int], **columns: Any) -> Plans:
    columns = {"number": np.arange(len(operators)) * 7 + 3, "rise_day": LONG_AGO, "fee_fen": 5_000, **columns}
    return rows(Plans, len(operators), operator=operators, **columns)


def segments(count: int, number_of_plans: int, brand: Any = 0.0, **columns: Any) -> Segments:
    made: Segments = rows(Segments, count, **{"satisfaction": 70.0, **columns})
    return made._replace(brand=np.zeros((count, number_of_plans)) + brand)


def offers(operators: Sequence[int] = (), number_of_segments: int = 1, **columns: Any) -> Offers:
    columns = {"number": np.arange(len(operators)) * 5 + 1, "active": True, "reach": 1.0, **columns}
    made: Offers = rows(Offers, len(operators), operator=operators, **columns)
    return made._replace(segments=np.ones((len(operators), number_of_segments), np.bool_))


RULES = Rules(
    own=0,
    seed=20261101,
    replication=0,
    day_bound=daily(0.4, 28),
    visit_day_bound=1.5 / 30,
    half_life_days=60.0,
    expiry_days=30,
    complaint_days=30,
    price_rise_days=60,
    neighbour_days=30,
    circle=0,
    spread_months=12.0,
    ceiling=1.0,
    grace_days=60,
    recovers=0.6,
    ported=0.3,
    port_succeeds=0.6,
    port_lowers=0.0,
)


@dataclass(frozen=True)
class World:
    """Everything that a day reads besides the people."""

    plans: Plans
    segments: Segments
    offers: Offers = field(default_factory=offers)
    rules: Rules = RULES
    standing: Standing | None = None
    wake: tuple[float, ...] = (0.0,)
    quality: tuple[float, ...] | None = None
    own_lapse: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    @property
    def operators(self) -> int:
        return int(self.plans.operator.max()) + 1

    def network(self, people: Any) -> Network:
        users = np.bincount(people.operator[people.operator >= 0].astype(np.int64), minlength=self.operators)
        circles = -(-people.size // self.rules.circle) if self.rules.circle else 0
        return Network(
            quality=np.array(self.quality or (1.0,) * self.operators),
            users=users.astype(np.int64),
            circle_day=np.full(circles, LONG_AGO, dtype=np.int64),
            wake=np.array(self.wake),
        )

    def tables(self, network: Network, compiled: bool) -> Tables:
        count = self.segments.base.size
        standing = self.standing or Standing(np.zeros((count, self.plans.operator.size)), np.zeros(count))
        return DayTables(self.segments, self.plans, self.offers, standing, network, compiled).of(self.rules)

    def with_rules(self, **changed: Any) -> World:
        return replace(self, rules=self.rules._replace(**changed))

    def with_segments(self, **changed: Any) -> World:
        columns = {name: np.zeros_like(getattr(self.segments, name)) + value for name, value in changed.items()}
        return replace(self, segments=self.segments._replace(**columns))


def people(number: int, plan: Any = 0, operator: Any = 0, segment: Any = 0, **columns: Any) -> Any:
    """Customers of one plan without contract, with satisfaction at 70 and nothing behind them."""
    made = nobody_yet(number)
    made.plan, made.operator, made.segment = plan, operator, segment
    made.satisfaction, made.contract_end, made.credit_end = 70.0, LONG_AGO, LONG_AGO
    for name, values in columns.items():
        made[name] = values
    return made


def decisions_today(
    world: World,
    who: Any,
    today: int = 40,
    network: Network | None = None,
    kept: diary.Diary | None = None,
    engine: Engine = PLAIN,
    month: int = 1,
    month_days: int = 30,
    numbers: Any = None,
    ids: Any = None,
) -> Any:
    """Let everybody (or `ids`) be due on one day, each with candidate number 0, and return what they decide."""
    ids = np.arange(who.size) if ids is None else np.asarray(ids, dtype=np.int64)
    numbers = np.zeros(ids.size, np.int64) if numbers is None else numbers
    found, faults = day.no_decisions(ids.size), day.no_fault()
    made = engine.day.decide(
        who,
        ids,
        numbers,
        today,
        month,
        month_days,
        world.tables(network or world.network(who), engine.compiled),
        world.own_lapse,
        kept or diary.empty_diary(who.size),
        found,
        faults,
    )
    day.refuse_fault(faults, [f"segment {n}" for n in range(world.segments.base.size)], 0.4)
    return found[:made]


def everybody_considers(world: World, share: float = 1.0) -> World:
    """The same world in which everyone due thinks of its contract, or that share of them."""
    return world.with_segments(base=share).with_rules(day_bound=daily(share, 30))


class Emission(NamedTuple):
    """What a month's calendar gave, by day."""

    first: int
    ids: Any
    numbers: Any
    starts: Any

    def on(self, today: int) -> tuple[Any, Any]:
        rows = slice(self.starts[today - self.first], self.starts[today - self.first + 1])
        return self.ids[rows], self.numbers[rows]


def emitted(who: Any, rules: Rules, first: int, end: int, engine: Engine = PLAIN) -> Emission:
    purpose = int(Purpose.CANDIDATE)
    made = engine.calendar.candidates(
        who.candidate_day, who.candidate, purpose, rules.day_bound, first, end, rules.seed, rules.replication
    )
    return Emission(first, *made)


def started(who: Any, rules: Rules, engine: Engine = PLAIN) -> Any:
    """The same people with their first candidates set."""
    purpose = int(Purpose.CANDIDATE)
    engine.calendar.first_candidates(
        who.candidate_day, who.candidate, purpose, rules.day_bound, rules.seed, rules.replication
    )
    return who


def gone(who: Any, ids: Any) -> None:
    """Give up the numbers of these people."""
    who.operator[ids], who.plan[ids] = NOBODY, NOBODY
