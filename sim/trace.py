"""A trace that a person can read: one line an event, with date, time, hall, customer and what happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from sim.clock import DAY_US, clock_text
from sim.draws import CANDIDATES_MOST
from sim.halls.floor import Record
from sim.halls.layout import Layout
from sim.halls.plan import Plan


def tracer(start: date, write: Callable[[str], None]) -> Record:
    """A recorder for `Floor` that writes lines such as `2010-07-01 09:03:12 gaosheng #524289 vip/payment waits`."""

    def record(now_us: int, layout: Layout, plan: Plan, row: int, what: str) -> None:
        day, time_us = divmod(now_us, DAY_US)
        who = f"#{int(plan.entity[row]) % CANDIDATES_MOST}"
        kind = f"{layout.classes[plan.customer_class[row]]}/{layout.transactions[plan.transaction[row]]}"
        write(f"{start + timedelta(days=day)} {clock_text(time_us)} {layout.name} {who} {kind} {what}")

    return record
