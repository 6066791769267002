"""A trace that a person can read: one line an event, with date, time, hall, customer and what happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from sim.draws import CANDIDATES_MOST
from sim.halls.floor import Record
from sim.halls.layout import Layout
from sim.halls.plan import Plan


def tracer(start: date, write: Callable[[str], None]) -> Record:
    """A recorder for `Floor` that writes lines such as `2010-07-01 09:03:12 gaosheng #524289 vip/payment waits`."""
    midnight = datetime.combine(start, time())

    def record(now_us: int, layout: Layout, plan: Plan, row: int, what: str) -> None:
        now = midnight + timedelta(microseconds=now_us)
        who = f"#{int(plan.entity[row]) % CANDIDATES_MOST}"
        kind = f"{layout.classes[plan.customer_class[row]]}/{layout.transactions[plan.transaction[row]]}"
        write(f"{now:%Y-%m-%d %H:%M:%S} {layout.name} {who} {kind} {what}")

    return record
