"""Halls for tests of staffing: small ones as a study states them, and their demand."""

from __future__ import annotations

from typing import Any

from scenarios import Study
from scenarios.schema import KindOfDay
from standfast.staffing.demand import demand_of
from standfast.staffing.plan import Demand


def exponential(mean_min: float) -> dict[str, str]:
    """A law as a study states it."""
    return {"dist": "exponential", "mean": f"{mean_min:g} min"}


def plain_hall(**changed: Any) -> dict[str, Any]:
    """Four half hours, one class that leaves, exponential laws: 10 min for 90 %."""
    hall: dict[str, Any] = {
        "hours": "09:00-11:00",
        "arrivals": {"rate": {"09:00": "30/h", "10:00": "44/h"}},
        "customers": {
            "all": {
                "share": "100 %",
                "patience": exponential(20),
                "target": {"busy": "10 min", "idle": "10 min", "share": "90 %"},
            }
        },
        "transactions": {"visit": {"share": "100 %", "service": exponential(5)}},
    }
    return hall | changed


def rich_hall(**changed: Any) -> dict[str, Any]:
    """A hall that no formula knows: classes, other laws, kiosks that fail, a lane, balking, pre-check, a day factor."""
    target = {"busy": "10 min", "idle": "5 min", "share": "90 %"}
    hall: dict[str, Any] = {
        "hours": "09:00-12:00",
        "arrivals": {"rate": {"09:00": "50/h", "10:00": "90/h", "11:00": "60/h"}, "day_to_day_cv": 0.2},
        "customers": {
            "vip": {"share": "25 %", "priority": 1, "target": target, "patience": exponential(30)},
            "std": {"share": "75 %", "priority": 2, "target": target, "patience": exponential(15)},
        },
        "transactions": {
            "payment": {"share": "50 %", "kiosk": True, "service": {"dist": "lognormal", "mean": "3 min", "cv": 0.7}},
            "contract": {"share": "50 %", "service": {"dist": "gamma", "mean": "8 min", "cv": 0.5}},
        },
        "counters": {"lanes": {"fast": {"serves": ["payment"], "staffing": {"10:00": 1}}}},
        "kiosks": {
            "count": 2,
            "share": "40 %",
            "service": exponential(3),
            "breakdown": {"every": "6 h", "lasts": "30 min"},
        },
        "advisers": {
            "count": 1,
            "pre_check": {"transactions": ["contract"], "takes": exponential(2), "saves": "2 min"},
        },
        "balking": {"queue": {6: "20 %"}},
    }
    return hall | changed


def demand(hall: dict[str, Any], factor: float = 1.0) -> Demand:
    """The demand of such a hall on a day with this factor."""
    spec = {"name": "staffing", "start": "2010-07-01", "calendar": "none", "horizon": "1 days", "halls": {"h": hall}}
    found = demand_of("h", Study.model_validate(spec).halls["h"], KindOfDay("day", factor))
    assert found is not None
    return found
