"""Small hall studies for tests, as a study file would state them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from scenarios.schema import Study

SHARED = Path(__file__).parents[1].parent / "shared"


def exponential(mean: str) -> dict[str, str]:
    return {"dist": "exponential", "mean": mean}


def one_class(**extra: Any) -> dict[str, Any]:
    return {"all": {"share": "100 %", **extra}}


def one_service(law: dict[str, Any], **extra: Any) -> dict[str, Any]:
    return {"visit": {"share": "100 %", "service": law, **extra}}


def around_the_clock(rate: str, counters: int, service: dict[str, Any], **extra: Any) -> dict[str, Any]:
    """A hall that never closes, with a constant rate and staffing: a stationary queue."""
    return {
        "hours": "00:00-24:00",
        "arrivals": {"rate": {"00:00": rate}},
        "transactions": one_service(service),
        "counters": {"staffing": {"00:00": counters}},
        **extra,
    }


def day_hall(**changes: Any) -> dict[str, Any]:
    """A hall with everything that section 4 of the design knows; `changes` replace whole parts."""
    hall: dict[str, Any] = {
        "hours": "09:00-18:00",
        "busy": {"hours": ["10:00-12:00"], "day_of_month": ["1-3", "26-31"]},
        "arrivals": {
            "rate": {"09:00": "28/h", "09:30": "52/h", "10:00": "60/h", "14:00": "40/h", "17:00": "25/h"},
            "weekday": {"mon": 1.1, "sat": 0.5},
            "day_of_month": {"1-3": 1.3, "26-31": 1.25},
            "holiday": 0.6,
            "day_to_day_cv": 0.15,
        },
        "customers": {
            "gotone": {
                "share": "25 %",
                "priority": 1,
                "target": {"busy": "10 min", "idle": "5 min"},
                "patience": exponential("25 min"),
            },
            "others": {
                "share": "75 %",
                "priority": 2,
                "target": {"busy": "15 min", "idle": "5 min"},
                "patience": exponential("20 min"),
            },
        },
        "transactions": {
            "payment": {"share": "45 %", "service": {"dist": "lognormal", "mean": "3 min", "cv": 0.6}, "kiosk": True},
            "replacement": {"share": "55 %", "service": {"dist": "lognormal", "mean": "7 min", "cv": 0.5}},
        },
        "counters": {
            "staffing": {"09:00": 3, "10:00": 5, "14:00": 4, "17:00": 2},
            "lanes": {
                "fast": {"serves": ["payment"], "staffing": {"10:00": 1}, "when": {"day_of_month": ["1-3", "26-31"]}}
            },
        },
        "kiosks": {
            "count": 2,
            "share": "30 %",
            "service": {"dist": "lognormal", "mean": "2 min", "cv": 0.5},
            "breakdown": {"every": "10 h", "lasts": "2 h"},
        },
        "advisers": {
            "count": 1,
            "pre_check": {"transactions": ["replacement"], "takes": exponential("2 min"), "saves": "3 min"},
        },
        "balking": {"queue": {4: "20 %", 8: "60 %"}},
    }
    hall.update(changes)
    return hall


def study(halls: dict[str, Any], horizon: str = "7 days", **extra: Any) -> Study:
    return Study.model_validate(
        {"name": "test", "start": "2010-07-01", "seed": 1, "horizon": horizon, "halls": halls, **extra}
    )


def hours(cell: int) -> str:
    return f"{cell // 2:02d}:{30 * (cell % 2):02d}"


LAWS = st.sampled_from(
    [
        exponential("4 min"),
        {"dist": "deterministic", "mean": "5 min"},
        {"dist": "lognormal", "mean": "5 min", "cv": 0.8},
        {"dist": "hyperexponential", "mean": "4 min", "cv": 2.0},
        {"dist": "uniform", "min": "1 min", "max": "6 min"},
    ]
)


@st.composite
def random_halls(draw: st.DrawFn) -> dict[str, Any]:
    """Halls with every mechanism, small enough to run in a blink."""
    opens, length = draw(st.integers(16, 20)), draw(st.integers(4, 12))
    closes = opens + length
    cells = range(opens, closes, 2)
    patience = draw(st.sampled_from([None, exponential("3 min"), {"dist": "deterministic", "mean": "6 min"}]))
    classes = draw(st.integers(1, 3))
    hall: dict[str, Any] = {
        "hours": f"{hours(opens)}-{hours(closes)}",
        "closing": draw(st.sampled_from(["serve_all_inside", "turn_away_waiting"])),
        "busy": {"hours": [f"{hours(opens)}-{hours(opens + 2)}"]},
        "arrivals": {
            "rate": {hours(cell): f"{draw(st.integers(0, 60))}/h" for cell in cells},
            "interpolate": draw(st.sampled_from(["constant", "linear"])),
            "day_to_day_cv": draw(st.sampled_from([0.0, 0.3])),
        },
        "customers": {
            f"class{i}": {
                "share": f"{100 / classes} %",
                "priority": draw(st.integers(1, 2)),
                "target": {"busy": "3 min", "idle": "1 min"},
                **({"patience": patience} if patience else {}),
            }
            for i in range(classes)
        },
        "transactions": {
            "payment": {"share": "60 %", "service": draw(LAWS), "kiosk": True},
            "other": {"share": "40 %", "service": draw(LAWS)},
        },
        "counters": {
            "staffing": {hours(cell): draw(st.integers(0, 3)) for cell in cells},
            "lanes": {
                "fast": {"serves": ["payment"], "staffing": {hours(cell): draw(st.integers(0, 1)) for cell in cells}}
            },
        },
    }
    if draw(st.booleans()):
        hall["kiosks"] = {
            "count": 1,
            "share": "50 %",
            "service": exponential("3 min"),
            "breakdown": {"every": "2 h", "lasts": "30 min"},
            "when_full": draw(st.sampled_from(["counter", "queue"])),
        }
    if draw(st.booleans()):
        hall["balking"] = {"queue": {draw(st.integers(0, 3)): "30 %", 5: "80 %"}}
    if draw(st.booleans()):
        pre_check = {"transactions": ["other"], "takes": exponential("1 min"), "saves": "1 min"}
        hall["advisers"] = {"count": 1, "pre_check": pre_check}
    return hall
