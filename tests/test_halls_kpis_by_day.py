"""The queue over days and the half hours of each weekday, against a count from the records, customer by customer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hall_studies import day_hall, random_halls, study
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sim
from outputs.labels import period_label
from scenarios.calendar import WEEKDAYS
from scenarios.kpis import QUEUE_PERCENTILES, find_kpi
from sim.clock import DAY_US, HALF_HOUR_US, HOUR_US, MINUTE_US, half_hour_label
from sim.halls.outcomes import Fate
from sim.halls.record import HallRecord

Row = tuple[str, str, str]


def rows_of(frame: pd.DataFrame) -> dict[Row, tuple[float, float]]:
    rows = frame[frame["kpi"].isin(QUEUE_PERCENTILES) | frame["period"].str.contains("-..:")]
    names = zip(rows["kpi"], rows["scope"], rows["period"], strict=True)
    found = dict(zip(names, zip(rows["value"], rows["weight"], strict=True), strict=True))
    assert len(found) == len(rows), "no row stands twice"
    return found


def overlap_us(start_us: int, end_us: int, cell_us: int) -> int:
    return max(0, min(end_us, cell_us + HALF_HOUR_US) - max(start_us, cell_us))


def counted_again(record: HallRecord) -> dict[Row, tuple[float, float]]:
    """Every row by plain loops over days, half hours and customers."""
    plan, outcomes, layout = record.plan, record.outcomes, record.layout
    targets = [who.target for who in record.hall.customers.values()]
    end_us = len(record.days) * DAY_US
    means: dict[str, list[float]] = {}
    open_us: dict[str, int] = {}
    week: dict[str, list[int]] = {}  # arrivals, served, their wait, with a target, over it
    for day, span in zip(record.days, record.spans, strict=True):
        for cell in range(48):
            cell_us = day.number * DAY_US + cell * HALF_HOUR_US
            if cell_us < record.warm_up_us or span is None:
                continue
            close_us = day.number * DAY_US + span.close_us
            this_us = overlap_us(day.number * DAY_US + span.open_us, close_us, cell_us)
            if not this_us:
                continue
            label, waiting_us = half_hour_label(cell), 0
            sums = week.setdefault(f"{day.weekday}-{label}", [0] * 5)
            here = (plan.arrival_us < cell_us + HALF_HOUR_US) & (outcomes.left_us >= cell_us)
            for i in np.flatnonzero(here & (outcomes.queue != layout.kiosk_queue)).tolist():
                came_us, left_us = int(plan.arrival_us[i]), int(outcomes.left_us[i])
                until_us = end_us if record.hall.never_closes else close_us
                if record.hall.never_closes or plan.day[i] == day.number:
                    waiting_us += overlap_us(came_us, min(left_us, until_us), cell_us)
                if not cell_us <= came_us < cell_us + HALF_HOUR_US:
                    continue
                served, target = outcomes.fate[i] == Fate.SERVED, targets[plan.customer_class[i]]
                sums[0] += 1
                sums[1] += int(served)
                sums[2] += (left_us - came_us) * int(served)
                if target is not None and (target.over != "served" or served):
                    busy = record.hall.busy is not None and (
                        day.date.day in record.hall.busy.day_of_month
                        or any(
                            overlap_us(
                                day.number * DAY_US + hours.open_us, day.number * DAY_US + hours.close_us, cell_us
                            )
                            for hours in record.hall.busy.hours
                        )
                    )
                    waits_us = left_us - came_us if target.over == "served" else int(outcomes.offered_us[i])
                    sums[3] += 1
                    sums[4] += waits_us > (target.busy_us if busy else target.idle_us)
            means.setdefault(label, []).append(waiting_us / this_us)
            open_us[label] = open_us.get(label, 0) + this_us
    scope = f"hall/{layout.name}"
    found: dict[Row, tuple[float, float]] = {}
    for label, values in means.items():
        for kpi in QUEUE_PERCENTILES:
            place = math.ceil(len(values) * int(kpi.removeprefix("queue_p")) / 100) - 1
            found[kpi, scope, label] = sorted(values)[place], open_us[label] / HOUR_US
    for period, (arrivals, served_, wait_us, counted, over) in week.items():
        found["arrivals", scope, period] = float(arrivals), 1.0
        if served_:
            found["wait_mean", scope, period] = wait_us / MINUTE_US / served_, float(served_)
        if counted:
            found["wait_over_target", scope, period] = over / counted, float(counted)
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(random_halls(), st.integers(0, 3), st.integers(0, 2))
def test_random_halls_have_the_queues_and_weekdays_that_a_plain_count_finds(
    hall: dict[str, Any], replication: int, warm_up: int
) -> None:
    spec = study({"h": hall}, "9 days", warm_up=f"{warm_up} days")
    (record,) = sim.run_halls(spec, replication, engine="compiled")
    frames = [sim.simulate(spec, replication, engine=engine) for engine in ("simpy", "compiled")]
    assert frames[0].equals(frames[1])
    assert rows_of(frames[1]) == counted_again(record)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"hours": "09:15-17:40", "days": {"sat": "10:00-13:00", "sun": "closed"}},
        {"hours": "00:00-24:00", "busy": None, "counters": {"staffing": {"00:00": 3}}},
    ],
)
def test_days_differ_by_their_hours_and_only_open_ones_count(changes: dict[str, Any]) -> None:
    if "hours" in changes:
        changes = changes | {"arrivals": {"rate": {changes["hours"][:5]: "30/h"}, "day_to_day_cv": 0.3}}
        changes = {"counters": {"staffing": {changes["hours"][:5]: 2}}} | changes
    spec = study({"h": day_hall(**changes)}, "16 days", warm_up="1 day")
    (record,) = sim.run_halls(spec, 0)
    found = rows_of(sim.simulate(spec, 0))
    assert found == counted_again(record)
    closed_on_sundays = {period for _, _, period in found if period.startswith("sun-")} == set()
    assert closed_on_sundays == ("days" in changes)


def test_the_half_hours_of_the_weekdays_add_up_to_the_half_hour() -> None:
    frame = sim.simulate(study({"h": day_hall()}, "30 days"), 0).set_index(["kpi", "scope", "period"])
    for kpi in ("arrivals", "wait_mean", "wait_over_target"):
        of_week = frame.loc[[(kpi, "hall/h", f"{weekday}-10:30") for weekday in WEEKDAYS]]
        whole = frame.loc[(kpi, "hall/h", "10:30")]
        total = (of_week["value"] * of_week["weight"]).sum()
        assert total == pytest.approx(whole["value"] * (1 if kpi == "arrivals" else whole["weight"]))


def test_these_kpis_are_not_pooled_and_have_words() -> None:
    assert all(find_kpi(kpi).pooled == "none" for kpi in QUEUE_PERCENTILES)  # type: ignore[union-attr]
    assert period_label("en", "mon-09:30") == "Mondays 09:30–10:00"
    assert period_label("zh", "sun-23:30") == "周日 23:30–24:00"
