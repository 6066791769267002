"""How customers are treated in a hall, and what it costs: kiosks by force, care at the door, sales talk, prices.

Of each: size nought is as if it were not there, a larger size meets the same customers and some more, and who is not
concerned brings the same.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hall_studies import day_hall, exponential, study
from halls_at_work import assert_no_difference, figure, frame, lived, near, record, who

import sim
from sim.clock import NEVER_US
from sim.halls.outcomes import Fate
from sim.halls.record import HallRecord
from sim.halls.treatment import Treated

MONTH_DAYS = 365.25 / 12


def kiosks(**changes: Any) -> dict[str, Any]:
    return day_hall()["kiosks"] | {"breakdown": None} | changes


def advisers(**changes: Any) -> dict[str, Any]:
    return {"count": 1, **changes}


def sales(share: str, **changes: Any) -> dict[str, Any]:
    return {"share": share, "takes": exponential("2 min"), "accepts": "20 %", "revenue": "10 CNY", **changes}


def met(found: HallRecord, what: Treated) -> Any:
    return (found.plan.treated & what) != 0


def entities(found: HallRecord, which: Any) -> set[int]:
    return set(found.plan.entity[which].tolist())


@pytest.mark.parametrize(
    ("plain", "changes", "new"),
    [
        ({"kiosks": kiosks()}, {"kiosks": kiosks(forced="0 %", no_change="0 %")}, ()),
        ({"kiosks": kiosks()}, {"kiosks": kiosks(cost="0 CNY/month")}, ()),
        ({"advisers": advisers()}, {"advisers": advisers(care=1, guides="0 %")}, ()),
        ({"advisers": {"count": 0}}, {"advisers": {"count": 0, "care": 3, "guides": "50 %"}}, ()),
        ({}, {"sales": sales("0 %")}, ("sales", "sales_revenue")),
        ({}, {"sales": sales("30 %", accepts="0 %", at="seats")}, ("sales", "sales_revenue")),
        ({}, {"feel": -3}, ()),
        ({}, {"complaints": {}}, ("complaints", "complaints_filed")),
        ({}, {"complaints": {"rate": "5 %", "compensation": {"share": "0 %", "gift": "50 CNY"}}},
         ("complaints", "complaints_filed", "remedy_cost")),
    ],
)  # fmt: skip
def test_a_size_of_nought_is_as_if_it_were_not_there(
    plain: dict[str, Any], changes: dict[str, Any], new: tuple[str, ...]
) -> None:
    assert_no_difference(frame(**plain), frame(**changes), *new)


# kiosks (MISSION F-18, F-43, F-45, F-58)


def test_counters_that_refuse_send_their_share_of_the_unwilling_to_the_kiosks() -> None:
    base, some, more = (record(kiosks=kiosks(forced=forced)) for forced in ("0 %", "20 %", "60 %"))
    unwilling = base.plan.eligible & ~base.plan.to_kiosk
    assert near(int(met(some, Treated.FORCED).sum()), int(unwilling.sum()), 0.2)
    assert entities(some, met(some, Treated.FORCED)) < entities(more, met(more, Treated.FORCED))
    assert entities(more, met(more, Treated.FORCED)) < entities(base, unwilling)
    untouched = ~met(more, Treated.FORCED)
    assert who(more, untouched) == who(base, untouched)
    shares = [figure(frame(kiosks=kiosks(forced=forced)), "kiosk_share") for forced in ("0 %", "20 %", "60 %")]
    assert shares == sorted(shares)


def test_a_kiosk_without_change_sends_its_share_back_to_the_counters() -> None:
    base, some, more = (record(kiosks=kiosks(no_change=share)) for share in ("0 %", "20 %", "60 %"))
    back = met(some, Treated.NO_CHANGE)
    assert near(int(back.sum()), int(base.plan.to_kiosk.sum()), 0.2)
    assert entities(some, back) < entities(more, met(more, Treated.NO_CHANGE)) < entities(base, base.plan.to_kiosk)
    assert who(some, ~back) == who(base, ~back)
    shares = [figure(frame(kiosks=kiosks(no_change=share)), "kiosk_share") for share in ("0 %", "20 %", "60 %")]
    assert shares == sorted(shares, reverse=True)


def test_a_guide_at_the_door_brings_more_of_the_eligible_to_the_kiosks() -> None:
    changes = [{"kiosks": kiosks(), "advisers": advisers(guides=share)} for share in ("0 %", "15 %", "30 %")]
    found = [record(**change) for change in changes]
    for one, other in pairwise(found):
        assert entities(one, one.plan.to_kiosk) < entities(other, other.plan.to_kiosk)
        stay = one.plan.to_kiosk == other.plan.to_kiosk
        assert who(one, stay) == who(other, stay)
    assert near(int(found[2].plan.to_kiosk.sum()), int(found[2].plan.eligible.sum()), 0.6)
    assert record(kiosks=kiosks(), advisers=advisers(guides="90 %")).plan.to_kiosk.sum() == found[0].plan.eligible.sum()
    assert entities(found[0], found[0].plan.to_kiosk) == entities(found[0], record(kiosks=kiosks()).plan.to_kiosk)


# care (F-65, F-71)


def test_care_makes_patience_longer_by_its_factor_and_fewer_give_up() -> None:
    base, some, more = (record(advisers=advisers(care=care)) for care in (1, 1.5, 3))
    assert (some.plan.patience_us == np.maximum(1, np.rint(base.plan.patience_us * 1.5))).all()
    given_up = [int((one.outcomes.fate == Fate.ABANDONED).sum()) for one in (base, some, more)]
    assert given_up == sorted(given_up, reverse=True)
    assert given_up[0] > given_up[2]
    patient = record(advisers=advisers(care=3), customers={"all": {"share": "100 %"}})
    assert (patient.plan.patience_us == NEVER_US).all()


def test_care_leaves_a_day_on_which_nobody_would_have_given_up_as_it_was() -> None:
    many = {"counters": {"staffing": {"09:00": 6}}}
    base, more = record(advisers=advisers(care=1), **many), record(advisers=advisers(care=3), **many)
    calm = sorted(set(range(14)) - set(base.plan.day[base.outcomes.fate != Fate.SERVED].tolist()))
    calm = [day for day in calm if (base.plan.day == day).any()]
    assert calm
    for day in calm:
        now = base.plan.day == day
        assert base.outcomes.left_us[now].tolist() == more.outcomes.left_us[more.plan.day == day].tolist()


# sales talk (F-35, F-36, F-44, F-62)


def test_sales_talk_at_counters_lengthens_the_services_of_its_share_and_sells_to_some() -> None:
    base, some, more = (record(sales=sales(share, unsuitable="50 %")) for share in ("0 %", "30 %", "80 %"))
    at_counters = ~base.plan.to_kiosk
    talked = met(some, Treated.TALKED_TO)
    assert near(int(talked.sum()), int(at_counters.sum()), 0.3)
    assert entities(some, talked) < entities(more, met(more, Treated.TALKED_TO)) < entities(base, at_counters)
    assert who(some, ~talked) == who(base, ~talked)
    longer_us = (some.plan.service_us - base.plan.service_us)[talked]
    assert longer_us.min() > 0
    assert longer_us.mean() == pytest.approx(120e6, rel=0.1)
    bought, unsuitable = met(more, Treated.BOUGHT), met(more, Treated.UNSUITABLE)
    assert near(int(bought.sum()), int(met(more, Treated.TALKED_TO).sum()), 0.2)
    assert near(int(unsuitable.sum()), int(bought.sum()), 0.5)
    assert entities(more, unsuitable) < entities(more, bought)
    busy = [figure(frame(sales=sales(share)), "wait_mean") for share in ("0 %", "30 %", "80 %")]
    assert busy == sorted(busy)


def test_sales_at_seats_bring_the_same_and_take_no_time_at_the_counters() -> None:
    base, at_seats = frame(), frame(sales=sales("60 %", at="seats", cost="3000 CNY/month"))
    assert figure(base, "wait_mean") == figure(at_seats, "wait_mean")
    assert figure(base, "busy_mean") == figure(at_seats, "busy_mean")
    at_counters = frame(sales=sales("60 %"))
    assert figure(at_counters, "busy_mean") > figure(base, "busy_mean")
    assert figure(at_seats, "sales") > 0
    assert figure(at_seats, "remedy_cost") == pytest.approx(3000 * 14 / MONTH_DAYS, abs=0.02)
    found = record(sales=sales("60 %"))
    sold = (found.outcomes.fate == Fate.SERVED) & met(found, Treated.BOUGHT)
    assert figure(at_counters, "sales") + figure(at_counters, "sales", "hall/h/kiosk") == sold.sum()
    assert figure(at_counters, "sales_revenue") == 10 * figure(at_counters, "sales")


def test_on_paused_days_nobody_is_talked_to_and_the_others_are_as_they_were() -> None:
    paused = sales("60 %", paused={"day_of_month": ["1-3"]})
    base, always, spared = record(), record(sales=sales("60 %")), record(sales=paused)
    early = base.plan.day < 3
    assert lived(spared, early) == lived(base, early)
    assert lived(spared, ~early) == lived(always, ~early)


# what it costs


@pytest.mark.parametrize(
    ("changes", "a_month"),
    [
        ({"kiosks": kiosks(cost="800 CNY/month")}, 1600.0),
        ({"advisers": advisers(count=3, cost="2500 CNY/month")}, 7500.0),
        ({"advisers": {"count": 0, "cost": "2500 CNY/month"}}, 0.0),
        ({"notices": {"n": {"heeded": "1 %", "away_from": ["10:00-11:00"], "towards": ["15:00-16:00"],
                            "cost": "300 CNY/month"}}}, 300.0),
        ({"elsewhere": {"point": {"takes": {}, "cost": "1234.56 CNY/month"}}}, 1234.56),
        ({"sales": sales("0 %", at="counters", cost="3000 CNY/month")}, 0.0),
    ],
)  # fmt: skip
def test_what_a_remedy_costs_a_month_falls_evenly_on_the_days_of_the_study(
    changes: dict[str, Any], a_month: float
) -> None:
    found = frame(62, **changes)
    assert figure(found, "remedy_cost") == pytest.approx(a_month * 62 / MONTH_DAYS, abs=0.02)
    months = [figure(found, "remedy_cost", period=month) for month in ("2010-07", "2010-08")]
    assert sum(months) == pytest.approx(figure(found, "remedy_cost"), abs=1e-6)
    assert months == [pytest.approx(a_month * 31 / MONTH_DAYS, abs=0.02)] * 2
    assert figure(found, "remedy_cost", "operator/own") == figure(found, "remedy_cost")
    periods = set(found["period"][found["kpi"] == "remedy_cost"])
    assert "busy" not in periods
    assert "10:00" not in periods


def test_each_customer_whom_a_channel_takes_costs_what_it_says() -> None:
    taking = {"e": {"takes": {"payment": "30 %"}, "each": "1.25 CNY"}, "f": {"takes": {"payment": "10 %"}}}
    found, kpis = record(elsewhere=taking), frame(elsewhere=taking)
    assert figure(kpis, "remedy_cost") == 1.25 * (found.away.elsewhere == 0).sum() > 0
    assert figure(kpis, "elsewhere") == len(found.away)


def test_a_remedy_without_a_price_costs_nothing_and_has_no_row() -> None:
    assert "remedy_cost" not in set(frame(kiosks=kiosks(forced="10 %"), advisers=advisers(care=2))["kpi"])


def test_the_warm_up_bears_no_cost() -> None:
    spec = study({"h": day_hall(advisers=advisers(cost="3000 CNY/month"))}, "14 days", warm_up="4 days")
    assert figure(sim.simulate(spec, 0), "remedy_cost") == pytest.approx(3000 * 10 / MONTH_DAYS, abs=0.02)
