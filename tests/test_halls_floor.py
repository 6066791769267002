"""The floor of a hall: who is served when, by whom, and what becomes of the others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import simpy
from hall_studies import day_hall, exponential, one_class, one_service, study

import sim
from sim.clock import DAY_US, HOUR_US, MINUTE_US, NEVER_US
from sim.halls.floor import Floor
from sim.halls.layout import Layout, layout_of
from sim.halls.measure import HallRecord
from sim.halls.outcomes import Fate, Outcomes
from sim.halls.plan import Plan


def run(horizon: str = "7 days", replication: int = 0, calendar: str = "none", **changes: Any) -> HallRecord:
    (record,) = sim.run_halls(study({"h": day_hall(**changes)}, horizon, calendar=calendar), replication)
    return record


def customers(
    arrivals_min: list[float],
    service_min: list[float] | float = 5,
    patience_min: list[float] | None = None,
    priority: list[int] | None = None,
    **extra: Any,
) -> Plan:
    """A plan written by hand: times in minutes."""
    n = len(arrivals_min)
    service = np.broadcast_to(np.array(service_min, dtype=float) * MINUTE_US, n).astype(np.int64)
    patience = np.full(n, NEVER_US) if patience_min is None else (np.array(patience_min) * MINUTE_US).astype(np.int64)
    plan = Plan(
        entity=np.arange(n, dtype=np.int64),
        arrival_us=(np.array(arrivals_min) * MINUTE_US).astype(np.int64),
        day=np.zeros(n, np.int64),
        customer_class=np.zeros(n, np.int16),
        transaction=np.zeros(n, np.int16),
        priority=np.array(priority if priority is not None else [1] * n, dtype=np.int16),
        service_us=service,
        checked_service_us=service,
        kiosk_service_us=service,
        patience_us=patience,
        willingness=np.full(n, 0.5),
        to_kiosk=np.zeros(n, bool),
        eligible=np.zeros(n, bool),
        check_us=np.zeros(n, np.int64),
        setback=np.full(n, -1, np.int8),
        treated=np.zeros(n, np.int8),
    )
    return replace(plan, **{name: np.array(values) for name, values in extra.items()})


def simple_layout(**changes: Any) -> Layout:
    hall: dict[str, Any] = {
        "hours": "00:00-23:00",
        "arrivals": {"rate": {"00:00": "1/h"}},
        "transactions": one_service(exponential("5 min")),
        "counters": {"staffing": {"00:00": 1}},
    }
    spec = study({"h": hall | changes}).halls["h"]
    return layout_of("h", 0, spec)


def play(
    layout: Layout, plan: Plan, staffing: list[list[tuple[float, int]]] | None = None, close_min: float = 23 * 60
) -> Outcomes:
    """Run one floor by hand; `staffing` has (minute, level) for every lane in the layout's order."""
    env = simpy.Environment()
    floor = Floor(env, layout, plan)
    for lane, steps in enumerate(staffing if staffing is not None else [[(0, 1)]] * len(layout.lanes)):
        env.process(floor.staff(lane, tuple((int(at * MINUTE_US), level) for at, level in steps)))
    env.process(floor.door(0, len(plan)))
    env.process(floor.close(int(close_min * MINUTE_US)))
    env.run()
    return floor.outcomes()


def minutes(times_us: np.ndarray) -> list[float]:
    return [float(t) / MINUTE_US for t in times_us]


def test_waiting_customers_are_served_by_priority_then_time() -> None:
    plan = customers([0, 1, 2, 3], service_min=10, priority=[2, 2, 1, 2])
    assert minutes(play(simple_layout(), plan).left_us) == [0, 20, 10, 30]


def test_nobody_is_interrupted_when_staff_falls_and_the_next_to_finish_leaves() -> None:
    plan = customers([0, 0.5, 1, 2], service_min=[10, 4, 5, 5])
    found = play(simple_layout(), plan, [[(0, 2), (3, 1)]])
    # the second counter is busy until 4.5 and closes then; the first, free at 10, takes both who wait
    assert minutes(found.left_us) == [0, 0.5, 10, 15]


def test_a_rise_cancels_the_leaving_that_was_owed() -> None:
    plan = customers([0, 0.5, 1, 2], service_min=[10, 4, 5, 5])
    found = play(simple_layout(), plan, [[(0, 2), (3, 1), (4, 2)]])
    assert minutes(found.left_us) == [0, 0.5, 4.5, 9.5]


def test_a_rise_takes_waiting_customers_at_once() -> None:
    found = play(simple_layout(), customers([0, 1, 2], service_min=10), [[(0, 1), (3, 3)]])
    assert minutes(found.left_us) == [0, 3, 3]


def test_a_customer_whose_patience_ends_as_a_counter_becomes_free_is_served() -> None:
    found = play(simple_layout(), customers([0, 1], service_min=5, patience_min=[9, 4]))
    assert found.fate.tolist() == [Fate.SERVED, Fate.SERVED]


def test_one_who_reneges_leaves_a_ghost_whose_offered_wait_ends_when_a_counter_would_take_it() -> None:
    plan = customers([0, 1, 2], service_min=10, patience_min=[99, 3, 99])
    found = play(simple_layout(), plan)
    assert found.fate.tolist() == [Fate.SERVED, Fate.ABANDONED, Fate.SERVED]
    assert minutes(found.left_us) == [0, 4, 10]
    assert minutes(found.offered_us) == [0, 9, 8]


def test_a_ghost_counts_in_no_queue_and_takes_no_service() -> None:
    layout = simple_layout(balking={"queue": {2: "100 %"}})
    plan = customers([0, 1, 2, 5], service_min=10, patience_min=[99, 2, 99, 99])
    found = play(layout, plan)
    # at 5 one waits and one is a ghost: the last comes in
    assert found.fate.tolist() == [Fate.SERVED, Fate.ABANDONED, Fate.SERVED, Fate.SERVED]
    assert minutes(found.left_us) == [0, 3, 10, 20]


def test_balking_counts_those_waiting_and_only_when_no_counter_is_idle() -> None:
    layout = simple_layout(balking={"queue": {0: "40 %", 1: "60 %"}})
    plan = customers([0, 1, 2, 30], service_min=10, willingness=[0.5, 0.5, 0.5, 0.1])
    found = play(layout, plan)
    assert found.fate.tolist() == [Fate.SERVED, Fate.SERVED, Fate.BALKED, Fate.SERVED]
    # the one who balked would have been taken after the one who waited, at 20
    assert minutes(found.offered_us) == [0, 9, 18, 0]


def test_closing_serves_all_inside_or_turns_away_those_waiting() -> None:
    plan = customers([0, 1, 2], service_min=10)
    inside = play(simple_layout(), plan, close_min=5)
    assert inside.fate.tolist() == [Fate.SERVED] * 3
    away = play(simple_layout(closing="turn_away_waiting"), plan, close_min=5)
    assert away.fate.tolist() == [Fate.SERVED, Fate.TURNED_AWAY, Fate.TURNED_AWAY]
    assert minutes(away.gone_us) == [10, 5, 5]
    assert away.offered_us.tolist() == [0, NEVER_US, NEVER_US]


def test_a_hall_without_counters_is_legal_and_serves_nobody() -> None:
    found = play(simple_layout(), customers([0, 1], patience_min=[3, 9999]), [[(0, 0)]], close_min=60)
    assert found.fate.tolist() == [Fate.ABANDONED, Fate.TURNED_AWAY]
    assert found.offered_us.tolist() == [NEVER_US, NEVER_US]
    record = run(counters={}, balking=None, kiosks=None)
    assert set(record.outcomes.fate.tolist()) <= {Fate.ABANDONED, Fate.TURNED_AWAY}


TWO_KINDS = {
    "payment": {"share": "50 %", "service": exponential("5 min"), "kiosk": True},
    "other": {"share": "50 %", "service": exponential("5 min")},
}
FAST = {"staffing": {"00:00": 1}, "lanes": {"fast": {"serves": ["payment"], "staffing": {"00:00": 1}}}}


def test_an_arrival_takes_the_idle_counter_that_serves_fewest_transactions() -> None:
    layout = simple_layout(transactions=TWO_KINDS, counters=FAST)
    assert layout.lanes == ("fast", "counters")
    payment, other = layout.transactions.index("payment"), layout.transactions.index("other")
    plan = customers([0, 1, 2, 3], service_min=10, transaction=[payment, other, other, payment])
    found = play(layout, plan)
    assert [layout.lanes[lane] for lane in found.lane] == ["fast", "counters", "counters", "fast"]
    assert minutes(found.left_us) == [0, 1, 11, 10]


def test_a_free_counter_takes_the_first_customer_that_it_may_serve() -> None:
    layout = simple_layout(transactions=TWO_KINDS, counters=FAST)
    payment, other = layout.transactions.index("payment"), layout.transactions.index("other")
    plan = customers(
        [0, 0.5, 1, 2, 3], service_min=[4, 9, 5, 5, 5], transaction=[payment, other, other, payment, payment]
    )
    found = play(layout, plan)
    assert minutes(found.left_us) == [0, 0.5, 9.5, 4, 9]


def kiosk_layout(when_full: str) -> Layout:
    kiosks = {"count": 1, "share": "50 %", "service": exponential("2 min"), "when_full": when_full}
    return simple_layout(transactions=TWO_KINDS, kiosks=kiosks)


def test_a_full_kiosk_sends_to_the_counter_or_has_a_queue_of_its_own() -> None:
    plan = customers([0, 1, 2], service_min=10, to_kiosk=[True, True, False], transaction=[1, 1, 1])
    to_counter = kiosk_layout("counter")
    found = play(to_counter, plan)
    assert [to_counter.lanes[lane] for lane in found.lane] == ["kiosk", "counters", "counters"]
    assert minutes(found.left_us) == [0, 1, 11]
    queues = play(kiosk_layout("queue"), plan)
    assert minutes(queues.left_us) == [0, 10, 2]


def test_a_broken_kiosk_finishes_the_service_and_starts_none() -> None:
    plan = customers([0, 12, 40], service_min=10, to_kiosk=[True] * 3, transaction=[1] * 3)
    found = play(kiosk_layout("queue"), plan, [[(0, 0)], [(0, 1), (5, 0), (30, 1)]])
    assert minutes(found.left_us) == [0, 30, 40]
    assert minutes(found.gone_us) == [10, 40, 50]


def test_breakdowns_take_the_share_of_time_that_their_means_say() -> None:
    record = run("400 days", kiosks=day_hall()["kiosks"] | {"count": 1, "breakdown": {"every": "9 h", "lasts": "1 h"}})
    (changes,) = (c for lane, c in enumerate(record.changes) if lane == record.layout.kiosk_lane)
    down_us = sum(
        min(next_us, at_us // DAY_US * DAY_US + 18 * HOUR_US) - at_us
        for (at_us, level), (next_us, _) in zip(changes, [*changes[1:], (400 * DAY_US, 0)], strict=True)
        if level == 0
    )
    # up 9 h on average, down up to 1 h; repairs that last over closing go on at night
    assert 0.06 < down_us / (400 * 9 * HOUR_US) < 0.11


def test_an_adviser_checks_those_who_wait_and_their_service_is_shorter() -> None:
    advisers = {"count": 1, "pre_check": {"transactions": ["other"], "takes": exponential("2 min"), "saves": "3 min"}}
    layout = simple_layout(transactions=TWO_KINDS, advisers=advisers)
    service = np.array([10, 10, 10, 10]) * MINUTE_US
    plan = customers(
        [0, 1, 2, 3],
        service_min=10,
        check_us=np.array([2, 2, 30, 2]) * MINUTE_US,
        checked_service_us=service - 4 * MINUTE_US,
    )
    found = play(layout, plan)
    # the second is checked by 3; the third is called at 16 with its check unfinished; the fourth is checked by 18
    assert minutes(found.left_us) == [0, 10, 16, 26]
    assert minutes(found.gone_us) == [10, 16, 26, 32]


def test_offered_wait_is_what_a_patient_customer_in_that_place_would_wait() -> None:
    record = run("3 days", advisers=None, balking=None, counters={"staffing": {"09:00": 3, "12:00": 2, "15:00": 3}})
    plan, outcomes = record.plan, record.outcomes
    left = np.flatnonzero(outcomes.fate == Fate.ABANDONED)[:12]
    assert left.size == 12
    for i in left.tolist():
        day = int(plan.day[i])
        rows = slice(int(np.searchsorted(plan.day, day)), int(np.searchsorted(plan.day, day + 1)))
        patience_us = plan.patience_us.copy()
        patience_us[i] = NEVER_US
        patient = replace(plan, patience_us=patience_us).rows(rows.start, rows.stop)
        env = simpy.Environment()
        floor = Floor(env, record.layout, patient)
        for lane, changes in enumerate(record.changes):
            env.process(floor.staff(lane, tuple(c for c in changes if c[0] // DAY_US == day)))
        env.process(floor.door(0, len(patient)))
        env.process(floor.close(day * DAY_US + 18 * HOUR_US))
        env.run()
        again = floor.outcomes()
        mine = i - rows.start
        assert again.fate[mine] == Fate.SERVED
        assert again.left_us[mine] - plan.arrival_us[i] == outcomes.offered_us[i]


def test_a_hall_that_never_closes_carries_its_queue_over_midnight() -> None:
    never = {
        "hours": "00:00-24:00",
        "busy": None,
        "arrivals": {"rate": {"00:00": "12/h"}},
        "counters": {"staffing": {"00:00": 1}},
        "customers": one_class(),
        "balking": None,
        "kiosks": None,
        "advisers": None,
    }
    record = run("3 days", **never)
    plan, outcomes = record.plan, record.outcomes
    over = (plan.arrival_us < DAY_US) & (outcomes.left_us > DAY_US)
    assert over.sum() > 10
    assert (outcomes.fate == Fate.SERVED).all()
    busy_from, busy_to = np.sort(outcomes.left_us), np.sort(outcomes.gone_us)
    assert (busy_from[1:] >= busy_to[:-1]).all(), "one counter serves one customer at a time"


def test_closed_days_and_short_days_have_no_arrivals_outside_their_hours() -> None:
    record = run("14 days", days={"sat": "10:00-12:00", "sun": "closed"})
    hour = record.plan.arrival_us % DAY_US / HOUR_US
    weekday = (record.plan.day + 3) % 7  # 2010-07-01 is a Thursday
    assert not (weekday == 6).any()
    saturday = hour[weekday == 5]
    assert saturday.size > 20
    assert saturday.min() >= 10
    assert saturday.max() < 12
