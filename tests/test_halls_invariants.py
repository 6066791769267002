"""What holds in every hall whatever the study says (hypothesis), and what keyed draws promise between arms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hall_studies import day_hall, hours, random_halls, study
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sim
from sim.clock import DAY_US, HALF_HOUR_US, HOUR_US, NEVER_US
from sim.halls.measure import HallRecord
from sim.halls.outcomes import Fate
from sim.halls.run import HallRun

SOME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@SOME
@given(random_halls())
def test_every_customer_ends_once_and_the_counts_agree(hall: dict[str, Any]) -> None:
    spec = study({"h": hall}, "2 days", calendar="none")
    (record,) = sim.run_halls(spec, 0)
    assert not (record.outcomes.fate == Fate.PRESENT).any()
    frame = sim.simulate(spec, 0)
    counted = frame[(frame["unit"] == "customers") & ~frame["period"].str.contains("-..:")]
    counts = counted.pivot_table(index=["scope", "period"], columns="kpi", values="value")
    ends = counts[["served", "abandoned", "balked", "turned_away"]].sum(axis=1)
    assert (counts["arrivals"] == ends).all()
    everyone = [scope for scope in frame["scope"].unique() if scope in ("hall/h", "hall/h/kiosk")]
    assert counts.loc[[(scope, "all") for scope in everyone], "arrivals"].sum() == len(record.plan)


@SOME
@given(random_halls())
def test_littles_law_holds_in_every_half_hour(hall: dict[str, Any]) -> None:
    """Time spent waiting, added up customer by customer, is the integral of the queue's length."""
    (record,) = sim.run_halls(study({"h": hall}, "2 days", calendar="none"), 0)
    plan, outcomes = record.plan, record.outcomes
    frame = sim.simulate(study({"h": hall}, "2 days", calendar="none"), 0)
    queue = frame[(frame["kpi"] == "queue_mean") & (frame["scope"].isin(["hall/h", "hall/h/kiosk"]))]
    span = record.spans[0]
    assert span is not None
    for period, first_us, last_us in [
        ("all", span.open_us, span.close_us),
        (hours(span.open_us // HALF_HOUR_US), span.open_us, span.open_us + HALF_HOUR_US),
    ]:
        waited_us = 0
        for day in range(2):
            start, end = day * DAY_US + first_us, day * DAY_US + last_us
            waited_us += int(
                np.maximum(np.minimum(outcomes.left_us, end) - np.maximum(plan.arrival_us, start), 0).sum()
            )
        rows = queue[queue["period"] == period]
        assert (rows["value"] * rows["weight"]).sum() == pytest.approx(waited_us / HOUR_US, rel=1e-9, abs=1e-12)


@SOME
@given(random_halls())
def test_counters_serve_one_customer_at_a_time_and_start_only_while_staffed(hall: dict[str, Any]) -> None:
    (record,) = sim.run_halls(study({"h": hall}, "1 days", calendar="none"), 0)
    outcomes = record.outcomes
    for lane, changes in enumerate(record.changes):
        mine = (outcomes.fate == Fate.SERVED) & (outcomes.lane == lane)
        starts, ends, numbers = outcomes.left_us[mine], outcomes.gone_us[mine], outcomes.counter[mine]
        for number in set(numbers.tolist()):
            order = np.argsort(starts[numbers == number])
            assert (starts[numbers == number][order][1:] >= ends[numbers == number][order][:-1]).all()
        times = np.array([at for at, _ in changes])
        levels = [level for _, level in changes]
        for start in starts.tolist():
            staffed = levels[int(np.searchsorted(times, start, side="right")) - 1]
            serving = int(((starts < start) & (ends > start)).sum())
            together = int((starts == start).sum())
            assert serving + together <= staffed


@SOME
@given(random_halls())
def test_offered_wait_is_the_wait_of_those_served_and_never_less_than_the_time_others_stayed(
    hall: dict[str, Any],
) -> None:
    (record,) = sim.run_halls(study({"h": hall}, "1 days", calendar="none"), 0)
    plan, outcomes = record.plan, record.outcomes
    stayed_us = outcomes.left_us - plan.arrival_us
    served = outcomes.fate == Fate.SERVED
    assert (outcomes.offered_us[served] == stayed_us[served]).all()
    assert (outcomes.offered_us[~served] >= stayed_us[~served]).all()


@SOME
@given(random_halls(), st.integers(0, 5))
def test_a_run_repeats_to_the_bit_and_replications_differ(hall: dict[str, Any], replication: int) -> None:
    spec = study({"h": hall}, "1 days", calendar="none")
    assert sim.simulate(spec, replication).equals(sim.simulate(spec, replication))
    (one,), (other,) = sim.run_halls(spec, replication), sim.run_halls(spec, replication + 1)
    if len(one.plan) > 3:
        assert one.plan.arrival_us.tolist() != other.plan.arrival_us.tolist()


def record_of(horizon: str = "10 days", replication: int = 0, **changes: Any) -> HallRecord:
    (record,) = sim.run_halls(study({"h": day_hall(**changes)}, horizon, calendar="none"), replication)
    return record


def rows(record: HallRecord, before_us: int = NEVER_US) -> list[tuple[Any, ...]]:
    plan, outcomes = record.plan, record.outcomes
    there = plan.arrival_us < before_us
    columns = [plan.entity, plan.arrival_us, plan.service_us, plan.patience_us, plan.willingness]
    columns += [outcomes.fate, outcomes.lane, outcomes.counter, outcomes.left_us, outcomes.gone_us, outcomes.offered_us]
    return list(zip(*(column[there].tolist() for column in columns), strict=True))


def test_arms_are_identical_until_the_first_difference_acts() -> None:
    """One more counter from 10:00 to 12:00: every morning up to 10:00 is the same, to the microsecond."""
    base = record_of()
    more = day_hall()["counters"] | {"staffing": {"09:00": 3, "10:00": 6, "12:00": 5, "14:00": 4, "17:00": 2}}
    other = record_of(counters=more)
    assert base.plan.arrival_us.tolist() == other.plan.arrival_us.tolist()
    until_us = 10 * HOUR_US
    done = [row for row in rows(base, until_us) if row[-2] < until_us and row[-1] < until_us]
    assert done
    assert set(done) <= set(rows(other, until_us))
    changed = set(rows(base)) ^ set(rows(other))
    assert changed, "the lever acts"
    assert min(row[1] for row in changed) > 9 * HOUR_US


def test_a_lane_that_opens_late_in_the_month_leaves_the_days_before_untouched() -> None:
    counters = day_hall()["counters"]
    lane = counters["lanes"]["fast"] | {"when": {"day_of_month": ["9-31"]}}
    base = record_of(counters=counters | {"lanes": {"fast": lane}})
    other = record_of(counters=counters | {"lanes": {"fast": lane | {"staffing": {"10:00": 2}}}})
    eighth_us = 8 * DAY_US  # 1 July is day 0, so 9 July is day 8
    assert rows(base, eighth_us) == rows(other, eighth_us)
    assert rows(base) != rows(other)


def test_one_more_customer_changes_nobody_it_does_not_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    """A customer is taken out of the plan: other days, and all who came and went before it, stay as they were."""
    base = record_of()
    gone = 40
    absent_entity, absent_us = int(base.plan.entity[gone]), int(base.plan.arrival_us[gone])
    plan_of_run = HallRun.__init__

    def without(self: HallRun, *args: Any, **named: Any) -> None:
        plan_of_run(self, *args, **named)
        keep = self.plan.entity != absent_entity
        self.plan = type(self.plan)(**{name: column[keep] for name, column in vars(self.plan).items()})
        self._rows = np.searchsorted(self.plan.day, np.arange(len(self.days) + 1)).tolist()

    monkeypatch.setattr(HallRun, "__init__", without)
    other = record_of()
    assert len(other.plan) == len(base.plan) - 1
    day_us = absent_us // DAY_US * DAY_US
    mine = [row for row in rows(base) if row[0] != absent_entity]
    elsewhere = [row for row in mine if not day_us <= row[1] < day_us + DAY_US]
    assert elsewhere == [row for row in rows(other) if not day_us <= row[1] < day_us + DAY_US]
    before = [row for row in mine if row[1] >= day_us and max(row[-2], row[1] + row[-1]) < absent_us]
    assert set(before) <= set(rows(other))
    assert [row[:5] for row in mine] == [row[:5] for row in rows(other)], "what the others bring is theirs"


def test_a_higher_rate_keeps_every_customer_and_adds_others() -> None:
    arrivals = day_hall()["arrivals"]
    more = {at: f"{1.1 * float(rate.removesuffix('/h'))}/h" for at, rate in arrivals["rate"].items()}
    base, busier = record_of(), record_of(arrivals=arrivals | {"rate": more})
    few = dict(zip(base.plan.entity.tolist(), [row[1:5] for row in rows(base)], strict=True))
    many = dict(zip(busier.plan.entity.tolist(), [row[1:5] for row in rows(busier)], strict=True))
    assert few.items() <= many.items()
    assert 1.05 < len(many) / len(few) < 1.15


def test_adding_a_hall_leaves_the_others_as_they_were() -> None:
    alone = sim.simulate(study({"h": day_hall()}, calendar="none"), 0)
    together = sim.simulate(study({"a": day_hall(), "h": day_hall(), "z": day_hall()}, calendar="none"), 0)
    mine = together[together["scope"].str.startswith("hall/h")].reset_index(drop=True)
    assert mine.equals(alone[alone["scope"] != "operator/own"].reset_index(drop=True))


def test_more_kiosk_users_are_the_same_ones_and_others() -> None:
    few = record_of()
    many = record_of(kiosks=day_hall()["kiosks"] | {"share": "60 %"})
    assert (few.plan.to_kiosk <= many.plan.to_kiosk).all()
    assert many.plan.to_kiosk.sum() > 1.7 * few.plan.to_kiosk.sum()


def test_more_counters_shorter_service_and_patience_order_the_waits() -> None:
    def wait(**changes: Any) -> float:
        frame = sim.simulate(study({"h": day_hall(**changes)}, "30 days", calendar="none"), 0)
        chosen = frame[(frame["kpi"] == "offered_wait_over_5min") & (frame["scope"] == "hall/h")]
        return float(chosen.set_index("period")["value"]["all"])

    base = wait()
    assert wait(counters={"staffing": {"09:00": 4, "10:00": 6, "14:00": 5, "17:00": 3}}) < base
    assert wait(counters={"staffing": {"09:00": 2, "10:00": 4, "14:00": 3, "17:00": 2}}) > base
    quicker = day_hall()["transactions"] | {
        "replacement": day_hall()["transactions"]["replacement"] | {"redesigned": {"saves": "3 min"}}
    }
    assert wait(transactions=quicker) < base


def test_a_vip_share_of_nought_or_one_is_first_come_first_served() -> None:
    def waits(share: float) -> list[int]:
        customers = {
            "vip": {"share": f"{100 * share} %", "priority": 1},
            "std": {"share": f"{100 - 100 * share} %", "priority": 2},
        }
        record = record_of(customers=customers)
        return record.outcomes.left_us.tolist()

    assert waits(0) == waits(1)
    assert waits(0) != waits(0.5)
