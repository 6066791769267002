"""Random halls with every mechanism, small enough to run in a blink; a number names each of them, on every machine."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenarios import Study

LAWS: tuple[dict[str, Any], ...] = (
    {"dist": "exponential", "mean": "4 min"},
    {"dist": "deterministic", "mean": "5 min"},
    {"dist": "lognormal", "mean": "5 min", "cv": 0.8},
    {"dist": "hyperexponential", "mean": "4 min", "cv": 2.0},
    {"dist": "gamma", "mean": "3 min", "cv": 0.5},
    {"dist": "triangular", "min": "1 min", "mode": "2 min", "max": "9 min"},
)
PATIENCE: tuple[dict[str, Any] | None, ...] = (
    None,
    {"dist": "exponential", "mean": "4 min"},
    {"dist": "deterministic", "mean": "6 min"},
)


def random_study(number: int) -> Study:
    """A study of one random hall for two days."""
    from scenarios import Study

    spec = {"name": "random", "start": "2010-07-01", "seed": number, "calendar": "none", "horizon": "2 days"}
    return Study.model_validate({**spec, "halls": {"h": random_hall(Random(number))}})


def random_hall(rng: Random) -> dict[str, Any]:
    """A hall as a study file would state it: priorities, lanes, kiosks, advisers, balking, reneging, closing."""
    opens = rng.randint(8, 10)
    closes = opens + rng.randint(3, 6)
    hours = [f"{hour:02d}:00" for hour in range(opens, closes)]
    classes = rng.randint(1, 3)
    patience = rng.choice(PATIENCE)
    hall: dict[str, Any] = {
        "hours": f"{opens:02d}:00-{closes:02d}:00",
        "closing": rng.choice(("serve_all_inside", "turn_away_waiting")),
        "arrivals": {
            "rate": {hour: f"{rng.randint(0, 70)}/h" for hour in hours},
            "interpolate": rng.choice(("constant", "linear")),
            "day_to_day_cv": rng.choice((0.0, 0.3)),
        },
        "customers": {
            f"class{n}": {
                "share": f"{100 / classes} %",
                "priority": rng.randint(1, 2),
                **({"patience": patience} if patience else {}),
            }
            for n in range(classes)
        },
        "transactions": {
            "payment": {"share": "60 %", "service": rng.choice(LAWS), "kiosk": True},
            "other": {"share": "40 %", "service": rng.choice(LAWS)},
        },
        "counters": {
            "staffing": {hour: rng.randint(0, 4) for hour in hours},
            "lanes": {"fast": {"serves": ["payment"], "staffing": {hour: rng.randint(0, 1) for hour in hours}}},
        },
    }
    if rng.random() < 0.5:
        hall["kiosks"] = {
            "count": rng.randint(1, 2),
            "share": "50 %",
            "service": {"dist": "exponential", "mean": "3 min"},
            "breakdown": {"every": "2 h", "lasts": "30 min"},
            "when_full": rng.choice(("counter", "queue")),
        }
    if rng.random() < 0.5:
        hall["balking"] = {"queue": {rng.randint(0, 3): "30 %", 5: "80 %"}}
    if rng.random() < 0.5:
        takes = {"dist": "exponential", "mean": "1 min"}
        hall["advisers"] = {"count": 1, "pre_check": {"transactions": ["other"], "takes": takes, "saves": "1 min"}}
    return hall
