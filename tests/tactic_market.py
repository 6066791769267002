"""A small market for tests of tactics and rivals: studies as text, and a run of nothing but contacts and rivals."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

import scenarios
from scenarios.calendar import Day, study_days
from scenarios.schema import Study
from sim.draws import Draws
from sim.market import batches, risk
from sim.market.contacts import ContactRun
from sim.market.diary import empty_diary
from sim.market.ledger import Books, months_of, open_books
from sim.market.people import LONG_AGO, People, nobody_yet
from sim.market.rivals import Rivals, campaign_names
from sim.market.tables import DayTables
from sim.market.tactic_terms import wake_of
from sim.market.terms import DECISION, LEAVE, Standing
from sim.market.terms_of import network_of, plans_of, rules_of, segments_of

Int64s = NDArray[np.int64]

NONE: Int64s = np.zeros(0, dtype=np.int64)

CALL: dict[str, Any] = {"enabled": True, "trigger": "schedule", "every": "1 months", "channel": "phone"}
"""A tactic that calls everyone once a month."""


def study(**parts: Any) -> Study:
    """A study of two months with 400 subscribers of ours in two segments, and a rival; `parts` replace or add keys."""
    whole: dict[str, Any] = {
        "schema_version": 1,
        "name": "tactics",
        "seed": 5,
        "start": "2010-07-01",
        "horizon": "3 months",
        "own": "mobile",
        "population": {"size": 4000, "simulate": 400},
        "operators": {"mobile": {"brands": {"gotone": {}, "easyown": {}}}, "unicom": {"brands": {"wo": {}}}},
        "plans": {
            "gotone": {"operator": "mobile", "brand": "gotone", "fee": "88 CNY/month", "minutes": "450 min/month",
                       "extra": "0.15 CNY/min", "contract": {"term": "24 months"}},
            "easyown": {"operator": "mobile", "brand": "easyown", "fee": "20 CNY/month"},
            "wo": {"operator": "unicom", "brand": "wo", "fee": "66 CNY/month"},
        },
        "segments": {
            "mass": {"share": "50 %", "start": {"mobile": "100 %"}, "usage": {"mean": "100 min/month"},
                     "choice": {"price": 0.05}},
            "vip": {"share": "50 %", "start": {"mobile": "60 %", "unicom": "40 %"}, "tier": "gold",
                    "usage": {"mean": "600 min/month"}, "considers": {"base": "2 %/month", "expiry": "10 %/month"},
                    "choice": {"price": 0.05, "bundle": 0.5, "contract": 0.25}},
        },
        "channels": {"phone": {}},
    }  # fmt: skip
    whole.update(parts)
    return scenarios.loads(json.dumps(whole, ensure_ascii=False)).resolve("baseline").study


class World:
    """Contacts and rivals of a study, with people that tests set as they like: all are ours, the second half vip."""

    def __init__(self, study: Study, replication: int = 1) -> None:
        assert study.population is not None
        self.study = study
        self.days: tuple[Day, ...] = tuple(study_days(study.start, study.days, study.calendar))
        self.draws = Draws(study.seed, replication)
        self.segments, self.plans = segments_of(study), plans_of(study)
        self.rules = rules_of(study, self.draws)
        self.months, _ = months_of(self.days, 0)
        number = study.population.simulate
        self.people = self._people(number)
        campaigns = len(campaign_names(study))
        self.books: Books = open_books(
            self.months, len(study.operators), len(study.segments), len(study.tactics), campaigns
        )
        self.diary = empty_diary(number, range(number), 1_000_000)
        self.network = network_of(study, number, wake_of(study))
        self.users = np.bincount(self.people.operator, minlength=len(study.operators))
        settle = partial(self._settle)
        self.rivals = Rivals(study, self.days, self.plans, self.people, self.months, settle)
        self.contacts = ContactRun(
            study, self.days, self.draws, self.people, self.segments, self.plans, self.rules, self.months, self.books,
            self.rivals, settle, self._note, self.hazards,
        )  # fmt: skip
        self.settled: list[tuple[int, int]] = []

    def _people(self, number: int) -> People:
        people = nobody_yet(number)
        people.operator = list(self.study.operators).index("mobile")
        people.segment = np.arange(number) * 2 // number
        people.plan = np.where(people.segment == 1, self.plan("gotone"), self.plan("easyown"))
        people.usage = np.where(people.segment == 1, 500, 100)
        people.satisfaction = 70.0
        people.joined_day = -400
        people.contract_end = LONG_AGO
        people.credit_end = LONG_AGO
        return people

    def plan(self, name: str) -> int:
        return list(self.study.plans).index(name)

    def tactic(self, name: str) -> int:
        return list(self.study.tactics).index(name)

    def number(self, on: str) -> int:
        return (date.fromisoformat(on) - self.study.start).days

    def hazards(self, ids: Int64s, day: int) -> NDArray[np.float64]:
        offers, network = self.rivals.offers, self.network
        nothing = Standing(np.zeros_like(self.segments.brand), np.zeros_like(self.segments.base))
        tables = DayTables(self.segments, self.plans, offers, nothing, network, compiled=False).of(self.rules)
        return risk.considering(self.people, ids, day, 0, tables)

    def _settle(self, ids: Int64s, day: int) -> None:
        self.settled.extend((int(i), day) for i in ids)
        batches.settle_some(self.people, ids, day, self.plans, self.months, self.books, self.rules.own)

    def _note(self, ids: Int64s, day: int, kind: int, a: int, b: Int64s) -> None:
        batches.note_some(self.people, ids, day, kind, a, b, self.diary)

    def begin(self) -> World:
        """What comes before the first day."""
        self.rivals.midnight(-1, self.users, self.books)
        self.contacts.tomorrow(-1, NONE)
        return self

    def midnight(self, day: int, decisions: Any = None, visitors: Int64s = NONE) -> Any:
        """The midnight of a day as far as contacts and rivals go; returns the decisions after the desk."""
        after = self.contacts.results(day, self.decisions() if decisions is None else decisions)
        self.rivals.midnight(day, self.users, self.books)
        self.contacts.tomorrow(day, visitors)
        return after

    def run(self, until: int | None = None) -> dict[int, dict[str, list[int]]]:
        """All midnights up to a day, left out; returns the lists of each day."""
        self.begin()
        lists = {}
        for day in range(len(self.days) if until is None else until):
            lists[day] = {name: ids.tolist() for name, ids in self.contacts.contacts_of_the_day().items()}
            self.midnight(day)
        return lists

    def decisions(self, *rows: tuple[int, int, float]) -> Any:
        """Leaving requests as (subscriber, time in µs, gap in utility)."""
        made = np.zeros(len(rows), DECISION)
        for row, (i, at_us, gap) in enumerate(rows):
            made[row] = (i, LEAVE, self.plan("wo"), -1, at_us, gap, int(self.people.plan[i]), False)
        return made

    def events(self) -> list[tuple[int, ...]]:
        """All events as (subscriber, day, kind, a, b)."""
        return [tuple(row) for row in self.diary.log[: int(self.diary.cursor[0])].tolist()]
