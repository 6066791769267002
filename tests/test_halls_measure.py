"""From outcomes to KPIs: targets, periods, percentiles, time integrals. Checked by counting again from the records."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hall_studies import day_hall, exponential, one_class, study

import sim
from scenarios.schema import Study
from sim.clock import DAY_US, HALF_HOUR_US, HOUR_US, MINUTE_US
from sim.halls.integrals import time_in_cells
from sim.halls.outcomes import Fate


def spec(**changes: Any) -> Study:
    return study({"h": day_hall(**changes)}, "35 days")


def value(frame: pd.DataFrame, kpi: str, scope: str = "hall/h", period: str = "all") -> float:
    rows = frame[(frame["kpi"] == kpi) & (frame["scope"] == scope) & (frame["period"] == period)]
    assert len(rows) == 1, f"{len(rows)} rows of {kpi}@{scope}@{period}"
    return float(rows["value"].iloc[0])


def test_time_in_cells_is_the_overlap_of_every_interval_with_every_cell() -> None:
    rng = np.random.default_rng(1)
    starts = rng.integers(0, 1000, 200)
    ends = starts + rng.integers(0, 300, 200)
    edges = np.arange(0, 1500, 100)
    plain = [
        sum(max(0, min(e, b) - max(s, a)) for s, e in zip(starts.tolist(), ends.tolist(), strict=True))
        for a, b in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    ]
    assert time_in_cells(starts, ends, edges).tolist() == plain


def test_counts_waits_and_percentiles_are_those_of_the_customers() -> None:
    frame, (record,) = sim.simulate(spec(), 0), sim.run_halls(spec(), 0)
    plan, outcomes, layout = record.plan, record.outcomes, record.layout
    for name in layout.classes:
        mine = (plan.customer_class == layout.classes.index(name)) & (outcomes.queue != layout.kiosk_queue)
        here = mine & (plan.arrival_us % DAY_US // HALF_HOUR_US == 20)
        served = here & (outcomes.fate == Fate.SERVED)
        wait_min = (outcomes.left_us - plan.arrival_us)[served] / MINUTE_US
        scope = f"hall/h/{name}"
        assert value(frame, "arrivals", scope, "10:00") == here.sum()
        assert value(frame, "wait_mean", scope, "10:00") == pytest.approx(wait_min.mean(), rel=1e-12)
        assert (
            value(frame, "offered_wait_over_5min", scope, "10:00") == (outcomes.offered_us[here] > 5 * MINUTE_US).sum()
        )
        for kpi, share in (("wait_p50", 0.5), ("wait_p90", 0.9)):
            seconds = value(frame, kpi, scope, "10:00") * 60
            assert seconds == pytest.approx(round(seconds))
            assert (wait_min * 60 <= seconds + 1e-9).mean() >= share
            assert (wait_min * 60 <= seconds - 1 + 1e-9).mean() < share


def test_the_busy_target_counts_in_busy_hours_and_on_all_of_the_busy_days() -> None:
    frame, (record,) = sim.simulate(spec(), 0), sim.run_halls(spec(), 0)
    plan, outcomes, layout = record.plan, record.outcomes, record.layout
    others = (plan.customer_class == layout.classes.index("others")) & (outcomes.queue != layout.kiosk_queue)
    day_of_month = np.array([day.date.day for day in record.days])[plan.day]
    hour = plan.arrival_us % DAY_US / HOUR_US
    busy = ((hour >= 10) & (hour < 12)) | (day_of_month <= 3) | (day_of_month >= 26)
    over = others & (outcomes.offered_us > np.where(busy, 15, 5) * MINUTE_US)
    assert value(frame, "wait_over_target", "hall/h/others") == pytest.approx(over.sum() / others.sum())
    assert value(frame, "arrivals", "hall/h/others", "busy") == (others & busy).sum()
    assert value(frame, "arrivals", "hall/h/others", "idle") == (others & ~busy).sum()


def test_a_half_hour_that_busy_hours_touch_is_busy_as_a_whole() -> None:
    frame = sim.simulate(spec(hours="08:45-18:00", busy={"hours": ["08:45-10:15"]}), 0)
    early = sum(value(frame, "arrivals", period=period) for period in ("09:00", "09:30", "10:00"))
    assert value(frame, "arrivals", period="busy") == early


def test_a_target_may_count_the_waits_of_those_served_alone() -> None:
    target = {"busy": "4 min", "idle": "2 min"}
    patient = {"patience": exponential("2 min"), "target": target}
    every = sim.simulate(spec(customers=one_class(**patient)), 0)
    served = sim.simulate(spec(customers=one_class(**patient | {"target": target | {"over": "served"}})), 0)
    rows = {
        name: f[(f["kpi"] == "wait_over_target") & (f["period"] == "all") & (f["scope"] == "hall/h")]
        for name, f in (("every", every), ("served", served))
    }
    assert float(rows["every"]["weight"].iloc[0]) == value(every, "arrivals")
    assert float(rows["served"]["weight"].iloc[0]) == value(served, "served")
    assert float(rows["served"]["value"].iloc[0]) < float(rows["every"]["value"].iloc[0])


def test_on_target_needs_the_share_in_every_half_hour_or_in_busy_and_idle_time_as_a_whole() -> None:
    loose = {"busy": "15 min", "idle": "15 min", "share": "60 %"}
    strict = {"busy": "15 min", "idle": "1 s", "share": "99 %"}
    hall = day_hall()["customers"]
    for target, expected in ((loose, 1.0), (strict, 0.0)):
        frame = sim.simulate(spec(customers={n: c | {"target": target} for n, c in hall.items()}), 0)
        assert value(frame, "on_target") == expected
        assert value(frame, "on_target", "hall/h", "2010-07") == expected
    between = {"busy": "8 min", "idle": "3 min", "share": "90 %"}
    one = one_class(patience=exponential("20 min"))
    by_cell = sim.simulate(spec(customers={"all": one["all"] | {"target": between}}), 0)
    whole = sim.simulate(spec(customers={"all": one["all"] | {"target": between | {"per": "period"}}}), 0)
    assert value(by_cell, "on_target") <= value(whole, "on_target")
    kept = 1 - value(whole, "wait_over_target", "hall/h", "2010-07")
    assert 0 < kept < 1


def test_a_hall_without_targets_has_no_service_level_rows() -> None:
    frame = sim.simulate(spec(customers=one_class()), 0)
    assert not frame["kpi"].isin(["on_target", "wait_over_target"]).any()


def test_values_times_weights_pool_over_classes_and_half_hours() -> None:
    frame = sim.simulate(spec(), 0)
    for kpi in ("wait_mean", "wait_over_target"):
        classes = frame[(frame["kpi"] == kpi) & frame["scope"].isin(["hall/h/gotone", "hall/h/others"])]
        pooled = classes[classes["period"] == "all"]
        whole = (pooled["value"] * pooled["weight"]).sum() / pooled["weight"].sum()
        assert whole == pytest.approx(value(frame, kpi))
        cells = frame[
            (frame["kpi"] == kpi) & (frame["scope"] == "hall/h") & frame["period"].str.fullmatch(r"\d\d:\d\d")
        ]
        assert (cells["value"] * cells["weight"]).sum() / cells["weight"].sum() == pytest.approx(value(frame, kpi))


def test_staffed_hours_busy_counters_and_overtime_are_those_of_the_roster() -> None:
    counters = {"staffing": {"09:00": 3, "10:00": 5, "17:00": 2}}
    frame, (record,) = (f(spec(counters=counters), 0) for f in (sim.simulate, sim.run_halls))
    assert value(frame, "counter_hours") == pytest.approx(35 * (3 + 5 * 7 + 2))
    served = (record.outcomes.fate == Fate.SERVED) & (record.outcomes.lane == record.layout.lanes.index("counters"))
    close_us = record.plan.day * DAY_US + 18 * HOUR_US
    inside_us = (np.minimum(record.outcomes.gone_us, close_us) - np.minimum(record.outcomes.left_us, close_us))[
        served
    ].sum()
    assert value(frame, "busy_mean") == pytest.approx(inside_us / (35 * 9 * HOUR_US))
    assert value(frame, "utilisation") == pytest.approx(inside_us / HOUR_US / (35 * 40))
    late_us = np.zeros(35, dtype=np.int64)
    np.maximum.at(late_us, record.plan.day[served], (record.outcomes.gone_us - close_us)[served])
    assert value(frame, "overtime") == pytest.approx(late_us.mean() / MINUTE_US)


def test_kiosk_customers_are_counted_apart() -> None:
    frame, (record,) = sim.simulate(spec(), 0), sim.run_halls(spec(), 0)
    at_kiosk = record.outcomes.lane == record.layout.kiosk_lane
    assert value(frame, "served", "hall/h/kiosk") == at_kiosk.sum()
    assert value(frame, "kiosk_share") == pytest.approx(at_kiosk.sum() / record.plan.eligible.sum())
    assert value(frame, "arrivals") + value(frame, "arrivals", "hall/h/kiosk") == len(record.plan)


def test_the_warm_up_is_not_measured() -> None:
    hall = day_hall(
        hours="00:00-24:00", busy=None, arrivals={"rate": {"00:00": "20/h"}}, counters={"staffing": {"00:00": 3}}
    )
    whole, later = (sim.simulate(study({"h": hall}, "6 days", warm_up=f"{w} days"), 0) for w in (0, 2))
    days = later[
        (later["kpi"] == "arrivals") & (later["scope"] == "hall/h") & later["period"].isin(["thu", "fri", "sat"])
    ]
    assert set(days["period"]) == {"sat"}, "1 and 2 July 2010, a Thursday and a Friday, are warm-up"
    assert value(later, "counter_hours") == pytest.approx(4 * 24 * 3)
    assert value(later, "arrivals") < value(whole, "arrivals")


def test_a_month_within_the_warm_up_is_neither_on_target_nor_off() -> None:
    frame = sim.simulate(study({"h": day_hall()}, "2 months", warm_up="31 days"), 0)
    months = frame[(frame["kpi"] == "on_target") & (frame["scope"] == "hall/h")]
    assert months["period"].tolist() == ["all", "2010-08"]
    assert (months["weight"] == 1).all()


def test_a_hall_that_never_closes_counts_the_time_after_midnight_and_has_no_overtime() -> None:
    laws = {"visit": {"share": "100 %", "service": {"dist": "deterministic", "mean": "3 h"}}}
    hall = {
        "hours": "00:00-24:00",
        "arrivals": {"rate": {"00:00": "0/h", "23:00": "1/h"}},
        "transactions": laws,
        "counters": {"staffing": {"00:00": 1}},
    }
    spec = study({"h": hall}, "20 days")
    frame, (record,) = sim.simulate(spec, 0), sim.run_halls(spec, 0)
    end_us = 20 * DAY_US
    left_us, gone_us = np.minimum(record.outcomes.left_us, end_us), np.minimum(record.outcomes.gone_us, end_us)
    assert len(record.plan) > 10
    assert value(frame, "busy_mean") == pytest.approx((gone_us - left_us).sum() / end_us)
    assert value(frame, "utilisation") == pytest.approx((gone_us - left_us).sum() / end_us)
    assert value(frame, "queue_mean") == pytest.approx((left_us - record.plan.arrival_us).sum() / end_us)
    assert frame[frame["kpi"] == "overtime"].empty


def test_a_kiosk_mended_after_closing_takes_no_working_time_away() -> None:
    kiosks = {
        "count": 2,
        "share": "30 %",
        "service": exponential("2 min"),
        "breakdown": {"every": "5 h", "lasts": "5 h"},
    }
    frame, (record,) = sim.simulate(spec(kiosks=kiosks), 0), sim.run_halls(spec(kiosks=kiosks), 0)
    working_us = late = 0
    for day, span in enumerate(record.spans):
        assert span is not None
        today = [(at, level) for at, level in record.changes[record.layout.kiosk_lane] if at // DAY_US == day]
        close_us = day * DAY_US + span.close_us
        late += sum(at > close_us for at, _ in today)
        for (at, level), (until, _) in zip(today, [*today[1:], (close_us, 0)], strict=True):
            working_us += level * max(0, min(until, close_us) - at)
    assert late, "some are mended after closing"
    rows = frame[(frame["kpi"] == "utilisation") & (frame["scope"] == "hall/h/kiosk")]
    assert rows[rows["period"] == "all"]["weight"].item() == pytest.approx(working_us / HOUR_US)
    assert rows[rows["period"].str.contains(":")]["weight"].sum() == pytest.approx(working_us / HOUR_US)


def test_a_hall_without_lanes_has_a_fast_lane_share_of_nothing() -> None:
    with_lanes, without = day_hall(), day_hall(counters={"staffing": {"09:00": 4}})
    frame = sim.simulate(study({"with": with_lanes, "without": without}, "10 days"), 0)
    assert value(frame, "fast_lane_share", "hall/without") == 0
    rows = frame[(frame["kpi"] == "fast_lane_share") & (frame["period"] == "all")].set_index("scope")
    halls = rows.loc[["hall/with", "hall/without"]]
    pooled = (halls["value"] * halls["weight"]).sum() / halls["weight"].sum()
    assert rows.loc["operator/own", "value"] == pytest.approx(pooled)


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_a_hall_that_opens_on_no_day_of_the_study_measures_nothing(engine: sim.Engine) -> None:
    closed = study({"h": day_hall(days={"thu": "closed", "fri": "closed"})}, "2 days")  # 1 July 2010 is a Thursday
    frame = sim.simulate(closed, 0, engine=engine)
    assert frame.empty


def test_a_study_without_halls_measures_nothing_in_the_same_columns() -> None:
    frame = sim.simulate(study({}, "3 days"), 0)
    assert len(frame) == 0
    assert frame.columns.tolist() == sim.simulate(spec(), 0).columns.tolist()
    assert not frame["scope"].str.startswith("hall/").any()


GOLDEN = {"arrivals": 13670.0, "served": 12478.0, "abandoned": 901.0, "balked": 291.0}


def test_the_same_engine_version_gives_the_same_results() -> None:
    """If this fails, results have changed: raise `sim.ENGINE_VERSION` and write the new numbers here."""
    assert sim.ENGINE_VERSION == "3"
    frame = sim.simulate(spec(), 0)
    assert {kpi: value(frame, kpi) for kpi in GOLDEN} == GOLDEN
    assert value(frame, "wait_mean") == pytest.approx(1.2744535721576642, rel=1e-12)
