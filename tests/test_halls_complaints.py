"""Complaints about halls: how many, of what, as filed, by whose halls; what compensations cost and teach."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hall_studies import day_hall, exponential, study
from halls_at_work import figure, frame, hall, lived, near, record

import sim
from scenarios.schema.complaints import CAUSES, KINDS, SURVEY_WEIGHTS
from sim.clock import MINUTE_US
from sim.halls.complaints import CONTENT
from sim.halls.outcomes import Fate
from sim.halls.record import HallRecord
from sim.halls.setbacks import DONE
from sim.halls.treatment import Treated

CODE = {cause: code for code, cause in enumerate(CAUSES)}
CLASSES = {"all": {"share": "100 %", "target": {"busy": "15 min", "idle": "5 min"}, "patience": exponential("10 min")}}


def cause(found: HallRecord, name: str) -> Any:
    return found.complained.cause == CODE[name]


def complaining(found: HallRecord) -> set[int]:
    return set(found.plan.entity[found.complained.cause != CONTENT].tolist())


def by_cause(
    found: pd.DataFrame, kpi: str = "complaints", scope: str = "hall/h", period: str = "all"
) -> dict[str, float]:
    return {name: figure(found, kpi, f"{scope}/cause/{name}", period) for name in CAUSES}


def test_complaints_change_nothing_but_their_own_figures() -> None:
    everything = {"rate": "20 %", "waiting": "30 %", "kinds": {"fee": "10 %"}, "misfiled": "20 %"}
    base, found = record(), record(complaints=everything)
    assert lived(base) == lived(found)
    one, other = frame(), frame(complaints=everything)
    both = other[~other["kpi"].isin(["complaints", "complaints_filed"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(one, both, check_exact=True)


def test_the_survey_says_of_what_people_complain_who_were_served() -> None:
    base, found, more = (record(31, complaints={"rate": rate}) for rate in ("0 %", "10 %", "30 %"))
    assert not complaining(base)
    assert complaining(found) < complaining(more)
    served = found.outcomes.fate == Fate.SERVED
    assert near(len(complaining(found)), int(served.sum()), 0.1)
    assert (served | (found.complained.cause == CONTENT)).all()
    total = sum(SURVEY_WEIGHTS.values())
    for name, weight in SURVEY_WEIGHTS.items():
        assert near(int(cause(more, name).sum()), len(complaining(more)), weight / total), name
    assert not any(cause(more, name).any() for name in ("waiting", "unfinished", "forced", *KINDS))


def test_weights_of_the_study_replace_those_of_the_survey() -> None:
    found = record(31, complaints={"rate": "30 %", "weights": {"skill": 1, "network": 3}})
    count = len(complaining(found))
    assert near(int(cause(found, "network").sum()), count, 0.75)
    assert int(cause(found, "skill").sum() + cause(found, "network").sum()) == count


def test_who_waited_longer_than_promised_or_left_complains_of_the_wait_and_more_so_with_each_minute() -> None:
    """F-12, F-66: complaints per minute waited."""
    few = {"customers": CLASSES, "counters": {"staffing": {"09:00": 3}}}
    found = record(31, **few, complaints={"waiting": "20 %", "per_10min": "0 %"})
    more = record(31, **few, complaints={"waiting": "20 %", "per_10min": "30 %"})
    waited = (found.outcomes.left_us - found.plan.arrival_us) / MINUTE_US
    minutes = np.where(found_busy(found), waited - 15, waited - 5)
    over = (minutes > 0) | (found.outcomes.fate != Fate.SERVED)
    assert near(int(cause(found, "waiting").sum()), int(over.sum()), 0.2)
    assert not cause(found, "waiting")[~over].any()
    assert complaining(found) < complaining(more)
    expected = (0.2 + 0.03 * np.maximum(minutes, 0))[over]
    assert near(int(cause(more, "waiting").sum()), 1.0, float(expected.sum())) or abs(
        cause(more, "waiting").sum() - expected.sum()
    ) < 4 * np.sqrt(expected.sum())


def found_busy(found: HallRecord) -> Any:
    time_us = found.plan.arrival_us % 86_400_000_000
    dates = found.plan.day + 1
    return ((time_us >= 10 * 3_600_000_000) & (time_us < 12 * 3_600_000_000)) | (dates <= 3) | (dates >= 26)


def test_visits_that_went_wrong_are_complained_of_by_their_share() -> None:
    troubled: dict[str, Any] = {
        "setbacks": {"s": {"transactions": ["replacement"], "share": "50 %"}},
        "kiosks": day_hall()["kiosks"] | {"forced": "40 %", "no_change": "30 %"},
        "sales": {"share": "60 %", "takes": exponential("1 min"), "accepts": "60 %", "unsuitable": "60 %"},
    }
    shares = {"unfinished": 0.4, "forced": 0.3, "no_change": 0.3, "mis_sold": 0.5}
    found = {name: record(31, **troubled, complaints={name: f"{share * 100:.0f} %"}) for name, share in shares.items()}
    served = found["forced"].outcomes.fate == Fate.SERVED
    plan = found["forced"].plan
    met = {
        "unfinished": served & (plan.setback != DONE),
        "forced": (plan.treated & Treated.FORCED) != 0,
        "no_change": (plan.treated & Treated.NO_CHANGE) != 0,
        "mis_sold": served & ((plan.treated & Treated.UNSUITABLE) != 0),
    }
    for name, share in shares.items():
        assert near(int(cause(found[name], name).sum()), int(met[name].sum()), share), name
        assert not (found[name].complained.cause != CONTENT)[~met[name]].any(), name


@pytest.mark.parametrize("kind", KINDS)
def test_other_kinds_on_record_are_shares_of_those_served(kind: str) -> None:
    found = record(31, complaints={"kinds": {kind: "5 %"}})
    assert near(int(cause(found, kind).sum()), int((found.outcomes.fate == Fate.SERVED).sum()), 0.05)
    assert len(complaining(found)) == cause(found, kind).sum()


def test_a_visit_ends_in_one_complaint_at_most_and_causes_add_up() -> None:
    said = {"rate": "30 %", "waiting": "40 %", "kinds": {"explanation": "60 %", "fee": "60 %"}}
    found = frame(31, complaints=said)
    served = figure(found, "arrivals") + figure(found, "arrivals", "hall/h/kiosk")
    for period in ("all", "2010-07", "mon", "11:00", "busy"):
        total = figure(found, "complaints", period=period)
        parts = [figure(found, "complaints", f"hall/h/{part}", period) for part in ("gotone", "others", "kiosk")]
        assert sum(parts) == total
        assert figure(found, "complaints", "operator/own", period) == total
        assert sum(by_cause(found, period=period).values()) == total
        assert sum(by_cause(found, "complaints_filed", period=period).values()) == total
    assert sum(by_cause(found).values()) <= served


def test_misfiled_orders_bend_the_statistics_and_not_the_complaints() -> None:
    """F-41, F-47: what is filed is spread over all other causes; the truth stays."""
    said: dict[str, Any] = {"rate": "40 %", "weights": {"attitude": 1}}
    right, some, more = (record(31, complaints=said | {"misfiled": share}) for share in ("0 %", "20 %", "60 %"))
    assert right.complained.cause.tolist() == some.complained.cause.tolist() == more.complained.cause.tolist()
    assert right.complained.filed.tolist() == right.complained.cause.tolist()
    wrong = some.complained.filed != some.complained.cause
    assert near(int(wrong.sum()), len(complaining(some)), 0.2)
    assert not wrong[more.complained.filed == more.complained.cause].any(), "the same ones and some more"
    filed = np.bincount(more.complained.filed[more.complained.cause != CONTENT], minlength=len(CAUSES))
    others = [int(count) for code, count in enumerate(filed) if code != CODE["attitude"]]
    expected = sum(others) / len(others)
    assert sum((count - expected) ** 2 / expected for count in others) < 50  # chi-square, 18 degrees of freedom: 1e-4


def test_compensations_cost_their_gifts_and_raise_complaints_month_by_month() -> None:
    """F-42: gifts raise what people expect. All rates grow by share × raises a month."""
    plain: dict[str, Any] = {"rate": "10 %"}
    gifts = plain | {"compensation": {"share": "50 %", "gift": "20 CNY", "raises": "40 %"}}
    before, after = (record(92, complaints=said) for said in (plain, gifts))
    of_month = np.searchsorted([31, 62], before.plan.day, side="right")
    served = before.outcomes.fate == Fate.SERVED
    for month, factor in enumerate((1.0, 1.2, 1.44)):
        count = int((after.complained.cause != CONTENT)[of_month == month].sum())
        assert near(count, int((served & (of_month == month)).sum()), 0.1 * factor)
    assert complaining(before) < complaining(after)
    found = frame(92, complaints=gifts)
    count = len(complaining(after))
    assert figure(found, "remedy_cost") == pytest.approx(count * 0.5 * 20, abs=0.5)
    assert figure(found, "remedy_cost", period="2010-07") == pytest.approx(
        0.5 * 20 * figure(found, "complaints", period="2010-07")
    )


def test_complaints_are_counted_by_ownership_and_cause() -> None:
    """F-25, F-26, F-79: own-run and partner-run halls, in all and by cause."""
    halls = {
        "a": hall(complaints={"rate": "10 %"}),
        "b": hall(complaints={"rate": "20 %"}, run_by="partner"),
        "c": hall(complaints={"kinds": {"handling_error": "5 %"}}),
        "d": hall(run_by="partner"),
    }
    found = sim.simulate(study(halls, "14 days"), 0)
    for run_by, those in (("own", ("a", "c")), ("partner", ("b",))):
        scope = f"run_by/{run_by}"
        assert set(found["kpi"][found["scope"] == scope]) == {"complaints"}
        whole = sum(figure(found, "complaints", f"hall/{name}") for name in those)
        assert figure(found, "complaints", scope) == whole > 0
        for kpi in ("complaints", "complaints_filed"):
            causes = by_cause(found, kpi, scope)
            assert sum(causes.values()) == whole
            assert causes == {
                name: sum(figure(found, kpi, f"hall/{one}/cause/{name}") for one in those) for name in CAUSES
            }
    assert figure(found, "complaints", "run_by/own/cause/handling_error") > 0
    assert not [scope for scope in found["scope"].unique() if scope.startswith("hall/d/cause")]


def test_without_complaints_there_is_no_row_of_them() -> None:
    found = frame()
    assert not set(found["kpi"]) & {"complaints", "complaints_filed"}
    assert not found["scope"].str.startswith("run_by").any()


def test_a_crowd_and_its_queues_raise_complaints_on_the_month_before_by_ownership_and_kind() -> None:
    """F-24 to F-27: what the source reports as rises on the month are two periods of one figure."""
    said = {"rate": "2 %", "waiting": "5 %", "per_10min": "5 %", "kinds": {"explanation": "2 %"}}
    august = {"gift": {"from": "2010-08-01", "until": "2010-08-31", "adds": "50 %"}}
    halls = {run_by: hall(complaints=said, crowds=august, run_by=run_by) for run_by in ("own", "partner")}
    found = sim.simulate(study(halls, "62 days", calendar="none"), 0, engine="compiled")
    for scope in (
        *("operator/own", "run_by/own", "run_by/partner"),
        *("run_by/own/cause/explanation", "run_by/partner/cause/waiting"),
    ):
        before, after = (figure(found, "complaints", scope, month) for month in ("2010-07", "2010-08"))
        assert after > 1.2 * before > 0, scope
