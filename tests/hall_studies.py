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
    for trouble in draw(st.sets(st.sampled_from(TROUBLES))):
        _suffer(hall, trouble, draw(st.sampled_from(["10 %", "60 %"])), hours(opens), hours(closes))
    return hall


TROUBLES = (
    *("crowd", "closure", "notice", "elsewhere", "refusal", "stock-out", "outages", "sales", "complaints", "door"),
    "care",
)
"""Troubles and remedies that a random hall may have beside its queue; `_suffer` writes them into it."""


def _suffer(hall: dict[str, Any], trouble: str, share: str, opens: str, closes: str) -> None:
    arrivals, later = hall["arrivals"], f"{int(opens[:2]) + 1:02d}{opens[2:]}"
    if trouble == "crowd":
        crowd = {"from": "2010-07-01", "until": "2010-07-01", "adds": share}
        arrivals["crowds"] = {"deposits": crowd, "gifts": crowd | {"transactions": ["other"]}}
    elif trouble == "closure":
        hall["closures"] = {"works": {"from": "2010-07-02", "until": "2010-07-02"}}
    elif trouble == "notice":
        spans = {"away_from": [f"{opens}-{later}"], "towards": [f"{later}-{closes}"]}
        arrivals["notices"] = {"broadcast": {"heeded": share, **spans}}
    elif trouble == "elsewhere":
        arrivals["elsewhere"] = {"e-channel": {"takes": {"payment": share}, "each": "1 CNY"}}
    elif trouble == "refusal":
        soon = {"transactions": ["other"], "share": "30 %", "service": 0.4, "returns": share, "after": "1 h"}
        hall["setbacks"] = hall.get("setbacks", {}) | {"refused": soon}
    elif trouble == "stock-out":
        next_day = {"transactions": ["payment", "other"], "share": "20 %", "returns": share}
        hall["setbacks"] = hall.get("setbacks", {}) | {"stock-out": next_day}
    elif trouble == "outages":
        hall["outages"] = {"every": "2 h", "lasts": "15 min" if share == "10 %" else "5 h", "kiosks": share == "10 %"}
    elif trouble == "sales":
        talk = {"share": share, "takes": exponential("1 min"), "accepts": "40 %", "revenue": "5 CNY"}
        hall["sales"] = talk | {"unsuitable": share, "unsuitable_costs": 7}
    elif trouble == "complaints":
        hall["complaints"] = {
            "rate": share,
            "waiting": share,
            "unfinished": share,
            "mis_sold": share,
            "misfiled": share,
            "kinds": {"explanation": "5 %"},
        }
    elif trouble == "door":
        hall["feel"] = -1
        for who in hall["customers"].values():
            who["forced_costs"] = 5
        if "kiosks" in hall:
            hall["kiosks"] |= {"forced": share, "no_change": "20 %"}
    elif trouble == "care":
        hall.setdefault("advisers", {"count": 1})
        hall["advisers"] |= {"care": 1.5, "guides": share}


@st.composite
def random_cities(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """Three random halls that send customers to each other: one shut for works, one that sends business on."""
    halls = {name: draw(random_halls()) for name in ("east", "north", "west")}
    sends = {"north": "50 %", "west": "30 %"}
    halls["east"]["closures"] = {"works": {"from": "2010-07-02", "until": "2010-07-02", "sends": sends}}
    sent_on = {"transactions": ["other"], "share": "40 %", "service": 0.2, "returns": "80 %", "after": "1 h"}
    halls["north"]["setbacks"] = {"not here": sent_on | {"to": "west"}}
    return halls
