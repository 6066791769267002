"""Three hall days of our own design, as the exact chain takes them and as a study states them.

One shows customers who leave, one a class that goes first while rates run in straight lines, one people who walk away
from a long queue. In all of them rates and staff change by the half hour, and staff falls while services go on.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.queueing.day import HallDay
from sim.queueing.profile import Profile

if TYPE_CHECKING:
    from scenarios import Study

OPENS_MIN = 9 * 60
HALF_HOURS = 16
EDGES = tuple(30.0 * n for n in range(HALF_HOURS + 1))

DAYS: dict[str, HallDay] = {
    "customers who leave": HallDay(
        EDGES,
        Profile(EDGES[:-1], (24, 38, 58, 72, 76, 64, 48, 40, 44, 56, 70, 66, 52, 40, 30, 20)),
        Profile(EDGES[:-1], (2, 3, 5, 6, 6, 5, 3, 3, 4, 5, 6, 5, 4, 4, 3, 2)),
        mean_service_min=5.5,
        mean_patience_min=18.0,
    ),
    "a class that goes first": HallDay(
        EDGES,
        Profile((0.0, 120.0, 210.0, 330.0, 480.0), (20.0, 62.0, 34.0, 58.0, 16.0), linear=True),
        Profile((0.0, 60.0, 150.0, 240.0, 300.0, 390.0), (3, 5, 4, 5, 6, 4)),
        mean_service_min=5.0,
        mean_patience_min=40.0,
        vip_share=0.3,
    ),
    "people who walk away": HallDay(
        EDGES,
        Profile((0.0, 60.0, 180.0, 270.0, 390.0), (30.0, 66.0, 38.0, 60.0, 24.0)),
        Profile((0.0, 60.0, 180.0, 300.0, 420.0), (3, 4, 3, 4, 2)),
        mean_service_min=5.0,
        balking={3: 0.25, 7: 0.7, 12: 1.0},
    ),
}


def study_of(day: HallDay, days: int, seed: int) -> Study:
    """The same hall as a study of that many days."""
    from scenarios import Study

    leaves = {"patience": _exponential(day.mean_patience_min)} if day.mean_patience_min < math.inf else {}
    classes = {"std": {"share": f"{100 * (1 - day.vip_share):g} %", "priority": 2, **leaves}}
    if day.vip_share:
        classes["vip"] = {"share": f"{100 * day.vip_share:g} %", "priority": 1, **leaves}
    rate = day.arrivals_per_hour
    hall: dict[str, Any] = {
        "hours": f"{clock(0)}-{clock(day.edges_min[-1])}",
        "arrivals": {
            "rate": {clock(at): f"{value:g}/h" for at, value in zip(rate.at_min, rate.value, strict=True)},
            "interpolate": "linear" if rate.linear else "constant",
        },
        "customers": classes,
        "transactions": {"visit": {"share": "100 %", "service": _exponential(day.mean_service_min)}},
        "counters": {
            "staffing": {clock(at): int(n) for at, n in zip(day.counters.at_min, day.counters.value, strict=True)}
        },
    }
    if day.balking:
        hall["balking"] = {"queue": {waiting: f"{100 * share:g} %" for waiting, share in day.balking.items()}}
    spec = {"name": "day", "start": "2010-07-01", "seed": seed, "calendar": "none", "horizon": f"{days} days"}
    return Study.model_validate({**spec, "halls": {"h": hall}})


def clock(minute: float) -> str:
    """Time of day of a minute since opening.

    >>> clock(150)
    '11:30'
    """
    at = round(OPENS_MIN + minute)
    return f"{at // 60:02d}:{at % 60:02d}"


def _exponential(mean_min: float) -> dict[str, str]:
    return {"dist": "exponential", "mean": f"{mean_min:g} min"}
