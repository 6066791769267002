"""A made-up but lifelike comparison for the tests of the outputs: four halls, three months, five strategies.

The numbers come from smooth curves and seeded noise that strategies share, as under common random numbers. Nothing here
is a result of the simulator.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from outputs.findings import ASSUMPTION_COLUMNS, DECISION_COLUMNS, KPI_COLUMNS, TARGET_COLUMNS, Findings, Language

HALLS = {"xinhua": "新华营业厅", "gaosheng": "高升营业厅", "shawan": "沙湾营业厅", "xiangyang": "向阳营业厅"}
CLASSES = ("gotone", "others")
MONTHS = ("2010-07", "2010-08", "2010-09")
HALF_HOURS = tuple(f"{h:02d}:{m:02d}" for h in range(9, 18) for m in (0, 30))
ARM_TITLES = {
    "baseline": "现状",
    "more-counters": "午高峰增开台席",
    "kiosk-60": "自助缴费率提升至六成",
    "fast-lane": "月末月初快速通道",
    "all-together": "综合措施",
}
ENGLISH_TITLES = {
    "baseline": "Baseline",
    "more-counters": "More counters at the peak",
    "kiosk-60": "Kiosk share 30 → 60 %",
    "fast-lane": "Fast lane at month ends",
    "all-together": "All together",
}
_LOAD = {"baseline": 1.0, "more-counters": 0.72, "kiosk-60": 0.60, "fast-lane": 0.97, "all-together": 0.42}
_HOURS = {"baseline": 0, "more-counters": 412, "kiosk-60": 0, "fast-lane": 96, "all-together": 508}
_BUSY = {"xinhua": 0.9, "gaosheng": 1.15, "shawan": 1.45, "xiangyang": 0.75}
_SHAPE = np.array([2, 4.5, 8, 11, 10, 8.4, 6.8, 5.6, 5, 6.5, 9.4, 10.6, 9.2, 7, 5, 3.4, 2, 1])
METRICS = (
    ("wait_over_target", "wait_over_target", "operator/own", "all", "1", "min", 0.005, False),
    ("wait_mean", "wait_mean", "operator/own", "all", "min", "min", 0.25, False),
    ("on_target@hall/shawan", "on_target", "hall/shawan", "all", "1", "max", 0.05, False),
    ("abandoned", "abandoned", "operator/own", "all", "customers", "min", 50.0, False),
    ("counter_hours", "counter_hours", "operator/own", "all", "h", "min", 93.0, True),
    ("utilisation", "utilisation", "operator/own", "all", "1", "min", 0.007, True),
)


def make_findings(
    language: Language = "en",
    *,
    points: tuple[str, ...] = ("base",),
    replications: int = 10,
    halls: tuple[str, ...] = tuple(HALLS),
    arm_titles: Mapping[str, str] | None = None,
    hall_titles: Mapping[str, str] | None = None,
    **changes: Any,
) -> Findings:
    """Return findings of five strategies; only `halls` keep results of their own (the decision doesn't change).

    `changes` replaces fields as they are.
    """
    titles = ARM_TITLES if language == "zh" else ENGLISH_TITLES
    kpis = make_kpis(points, replications)
    if not halls:
        kpis = kpis[~kpis["scope"].str.startswith("hall/")]
    elif len(halls) < len(HALLS):
        kpis = kpis[kpis["scope"].map(lambda scope: scope == "operator/own" or scope.split("/")[1] in halls)]
    fields: dict[str, Any] = {
        "name": "chengdu-halls",
        "title": "成都营业厅:如何缩短等候" if language == "zh" else "Chengdu halls: how to shorten the wait",
        "language": language,
        "baseline": "baseline",
        "arms": tuple(ARM_TITLES),
        "arm_titles": titles if arm_titles is None else arm_titles,
        "points": points,
        "kpis": kpis,
        "decision": make_decision(points, replications),
        "assumptions": make_assumptions(),
        "targets": make_targets(),
        "hall_titles": HALLS if hall_titles is None else hall_titles,
        "consistency": True,
        "provenance": {
            "study": "chengdu-halls.yaml",
            "study hash": "9f2c6f0d4be1a7c35e80",
            "seed": "20261101",
            "engine": "simpy, version 1",
            "standfast": "0.1.0",
            "python": "3.11.9",
            "platform": "Linux x86-64",
        },
        "replications": replications,
    }
    return Findings(**{**fields, **changes})


@cache
def make_kpis(points: tuple[str, ...], replications: int) -> pd.DataFrame:
    """Return the long table: halls, hall and hall-class scopes; whole time, months and half hours."""
    rng = np.random.default_rng(20261101)
    day = rng.normal(0, 0.06, (replications, len(HALLS)))
    rows: list[tuple[object, ...]] = []
    for p, point in enumerate(points):
        for arm in ARM_TITLES:
            own = rng.normal(0, 0.015, (replications, len(HALLS)))
            for r in range(replications):
                rows += _one_run(arm, point, r, np.exp(day[r] + own[r]) * (1 + 0.15 * p), rng)
    return pd.DataFrame(rows, columns=list(KPI_COLUMNS))


def _one_run(arm: str, point: str, r: int, level: np.ndarray, rng: np.random.Generator) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []

    def put(kpi: str, scope: str, period: str, value: float, unit: str, weight: float = 1.0) -> None:
        rows.append((arm, point, r, kpi, scope, period, float(value), unit, weight))

    totals: dict[str, list[float]] = {}
    for h, hall in enumerate(HALLS):
        wait = _SHAPE * _BUSY[hall] * _LOAD[arm] * level[h]
        scope = f"hall/{hall}"
        for i, half in enumerate(HALF_HOURS):
            jitter = float(np.exp(rng.normal(0, 0.05)))
            for part, factor in (("", 1.0), ("/gotone", 0.6), ("/others", 1.15)):
                put("wait_mean", scope + part, half, wait[i] * factor * jitter, "min", 40)
                put("wait_p90", scope + part, half, wait[i] * factor * jitter * 2.1, "min", 40)
            put("queue_mean", scope, half, wait[i] * 0.8 * jitter, "customers", 30)
            put("utilisation", scope, half, min(0.99, 0.55 + 0.035 * wait[i]), "1", 30)
        mean = float(wait.mean())
        over = float(np.clip(0.03 * mean - 0.02, 0.001, 1))
        arrivals = round(16000 * _BUSY[hall] * (0.5 + 0.5 * level[h]) * (0.82 if "kiosk" in arm or "all" in arm else 1))
        lost = over * 0.12
        per_class = (("", 1.0, 1.0), ("/gotone", 0.25, 0.6), ("/others", 0.75, 1.15))
        for part, share, factor in per_class:
            customers = round(arrivals * share)
            put("arrivals", scope + part, "all", customers, "customers")
            put("abandoned", scope + part, "all", round(customers * lost * factor), "customers")
            put("balked", scope + part, "all", round(customers * lost * factor * 0.3), "customers")
            put("turned_away", scope + part, "all", 0, "customers")
            put("wait_mean", scope + part, "all", mean * factor, "min", customers)
            put("wait_p90", scope + part, "all", mean * factor * 2.2, "min", customers)
            put("wait_over_target", scope + part, "all", over * factor, "1", customers)
        put("arrivals", f"{scope}/kiosk", "all", 900 * (2 if "kiosk" in arm or "all" in arm else 1), "customers")
        put("wait_mean", f"{scope}/kiosk", "all", 0.8 * level[h], "min", 900)
        kept = [float(mean * level[h] * (1 + 0.1 * m) < 4.8) for m in range(len(MONTHS))]
        for month, value in zip(MONTHS, kept, strict=True):
            put("on_target", scope, month, value, "1")
        put("on_target", scope, "all", float(np.mean(kept)), "1", 3)
        for name, value in (
            ("wait_mean", mean),
            ("wait_over_target", over),
            ("abandoned", arrivals * lost),
            ("queue_mean", mean * 0.8),
            ("utilisation", 0.62 + 0.02 * mean),
        ):
            totals.setdefault(name, []).append(value)
    units = {"wait_mean": "min", "wait_over_target": "1", "abandoned": "customers", "queue_mean": "customers"}
    for name, values in totals.items():
        pooled = sum(values) if name == "abandoned" else float(np.mean(values))
        put(name, "operator/own", "all", pooled, units.get(name, "1"), 1 if name == "abandoned" else 60000)
    put("counter_hours", "operator/own", "all", 9300 + _HOURS[arm], "h")
    return rows


@cache
def make_decision(points: tuple[str, ...], replications: int, level: float = 0.99792) -> pd.DataFrame:
    """Return the decision computed from the table by the practical-difference rule; at least two replications."""
    return decide(make_kpis(points, max(2, replications)), points, tuple(ARM_TITLES), METRICS, level)


def decide(
    kpis: pd.DataFrame,
    points: tuple[str, ...],
    arms: tuple[str, ...],
    metrics: tuple[tuple[str, str, str, str, str, str, float, bool], ...],
    level: float,
) -> pd.DataFrame:
    """Return a decision on `metrics`: key, KPI, scope, period, unit, goal, zone, chosen. The first arm is baseline."""
    rows = []
    for point in points:
        for key, kpi, scope, period, unit, goal, zone, chosen in metrics:
            at = kpis[(kpis.point == point) & (kpis.kpi == kpi) & (kpis.scope == scope) & (kpis.period == period)]
            values = at.pivot(index="replication", columns="arm", values="value")
            for arm in arms[1:]:
                x, y = values[arms[0]].to_numpy(), values[arm].to_numpy()
                n, d = len(x), y - x
                t = float(stats.t.ppf((1 + level) / 2, n - 1)) / np.sqrt(n)
                half = t * float(d.std(ddof=1))
                low, high = float(d.mean()) - half, float(d.mean()) + half
                up, down = (high < -zone, low > zone) if goal == "min" else (low > zone, high < -zone)
                inside = -zone <= low and high <= zone
                verdict = (
                    "better" if up else "worse" if down else "no practical difference" if inside else "not settled"
                )
                spread = x.std(ddof=1) > 0 and y.std(ddof=1) > 0
                rows.append(
                    {
                        "point": point, "arm": arm, "metric": key, "kpi": kpi, "scope": scope, "period": period,
                        "unit": unit, "goal": goal, "n": n, "baseline_mean": float(x.mean()),
                        "baseline_half_width": t * float(x.std(ddof=1)), "arm_mean": float(y.mean()),
                        "arm_half_width": t * float(y.std(ddof=1)), "difference": float(d.mean()), "half_width": half,
                        "low": low, "high": high, "level": level,
                        "correlation": float(np.corrcoef(x, y)[0, 1]) if spread else np.nan,
                        "variance_ratio": float((x.var() + y.var()) / d.var()) if d.var() else np.nan,
                        "indifference": zone, "indifference_chosen": chosen, "verdict": verdict,
                        "runs_to_settle": 70.0 if verdict == "not settled" else np.nan,
                    }
                )  # fmt: skip
    return pd.DataFrame(rows, columns=list(DECISION_COLUMNS))


def make_targets() -> pd.DataFrame:
    """Return the targets of MISSION.md F-50…F-52: 10 and 15 minutes in busy hours, 5 otherwise."""
    rows = [
        (hall, name, half, (10.0 if name == "gotone" else 15.0) if "10:00" <= half < "12:00" else 5.0)
        for hall in HALLS
        for name in CLASSES
        for half in HALF_HOURS
    ]
    return pd.DataFrame(rows, columns=list(TARGET_COLUMNS))


def make_assumptions() -> pd.DataFrame:
    """Return numbers of three sources, some with ranges, one whose value looks like a formula."""
    rows: list[tuple[object, ...]] = []
    for hall in HALLS:
        base = f"halls.{hall}"
        file = "library/chengdu-halls.yaml"
        rows += [
            (f"{base}.arrivals.rate", "profile of 18 half hours", "x0.8", "x1.2", "published",
             "A public Chinese bank branch, 18 weeks, scaled", file, 31),
            (f"{base}.customers.gotone.share", "25 %", "15 %", "35 %", "assumed", "", file, 40),
            (f"{base}.customers.gotone.patience.mean", "25 min", "15 min", "40 min", "assumed",
             "No local measurement; call-centre shape scaled up", file, 41),
            (f"{base}.customers.gotone.target.busy", "10 min", None, None, "seed", "F-50", file, 42),
            (f"{base}.kiosks.share", "30 %", None, None, "seed", "F-59, before the remedy", file, 55),
            (f"{base}.transactions.payment.service.mean", "3 min", "2 min", "4 min", "assumed", "", file, 47),
        ]  # fmt: skip
    rows.append(("arms.more-counters", "+2", None, None, "assumed", "counters at 11:30-13:30", file, 88))
    return pd.DataFrame(rows, columns=list(ASSUMPTION_COLUMNS))
