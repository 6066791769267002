"""A made-up but lifelike comparison of a market for the tests of the outputs: three operators, six strategies.

People move by chance that strategies share, as under common random numbers; money is whole fen at the scale of one
subscriber, so flows balance and margins add up as in the simulator. Nothing here is a result of the simulator.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from synthetic_findings import HALLS, decide, make_assumptions, make_kpis, make_targets

from outputs.findings import KPI_COLUMNS, Findings, Language

WEIGHT = 9.5
MONTHS = tuple(f"{2010 + (6 + m) // 12}-{(6 + m) % 12 + 1:02d}" for m in range(24))
OPERATORS = {"mobile": "中国移动", "unicom": "中国联通", "telecom": "中国电信"}
ENGLISH_OPERATORS = {"mobile": "China Mobile", "unicom": "China Unicom", "telecom": "China Telecom"}
SEGMENTS = {"vip": "中高端客户", "young": "年轻客户", "mass": "大众客户"}
ENGLISH_SEGMENTS = {"vip": "Mid and high end", "young": "Young", "mass": "Mass market"}
ARMS = {
    "baseline": "现状",
    "outbound-call": "到期前外呼",
    "bundle": "产品捆绑",
    "care": "主动关怀",
    "more-counters": "增开两个台席",
    "call-counters": "外呼＋增开台席",
}
ENGLISH_ARMS = {
    "baseline": "Baseline",
    "outbound-call": "Call before the contract ends",
    "bundle": "Bundle of products",
    "care": "Proactive care",
    "more-counters": "Two more counters",
    "call-counters": "Call + counters",
}
TACTICS = {"outbound_call": "到期前外呼", "bundle": "产品捆绑", "care": "主动关怀", "pressing_close": "逼近成交"}
ENGLISH_TACTICS = {
    "outbound_call": "Outbound call",
    "bundle": "Product bundle",
    "care": "Proactive care",
    "pressing_close": "Pressing close",
}
OWN = "operator/mobile"
MARKET_METRICS = (
    ("net_value", "net_value", OWN, "all", "CNY", "max", 50_000.0, False),
    ("churn_rate", "churn_rate", OWN, "all", "1/month", "min", 0.0005, False),
    ("retention_rate", "retention_rate", OWN, "all", "1", "max", 0.002, False),
    ("share", "share", OWN, "all", "1", "max", 0.002, False),
    ("satisfaction", "satisfaction", OWN, "all", "points", "max", 0.5, False),
)
HALL_METRICS = (
    ("wait_mean", "wait_mean", OWN, "all", "min", "min", 0.25, False),
    ("on_target@hall/shawan", "on_target", "hall/shawan", "all", "1", "max", 0.05, False),
)
_USES = {
    "outbound-call": ("outbound_call",),
    "bundle": ("bundle",),
    "care": ("care", "pressing_close"),
    "call-counters": ("outbound_call",),
}
_CALMS = {"outbound-call": 0.10, "bundle": 0.16, "care": 0.03, "more-counters": 0.015, "call-counters": 0.12}
_FEE_FEN = {"vip": 13_800, "young": 5_200, "mass": 3_900}
_SIZE = {"vip": 4_000, "young": 6_000, "mass": 10_000}
_TWIN = {arm: "more-counters" if "counters" in arm else "baseline" for arm in ARMS}
"""Which strategy of the halls' table stands for the halls of a strategy of the market."""


def make_market(
    language: Language = "en",
    *,
    replications: int = 8,
    halls: bool = False,
    metrics: tuple[tuple[str, str, str, str, str, str, float, bool], ...] | None = None,
    **changes: Any,
) -> Findings:
    """Return findings of six strategies in a market, with four halls if asked. `changes` replaces fields."""
    zh = language == "zh"
    kpis = market_kpis(replications)
    if halls:
        kpis = pd.concat([kpis, _hall_kpis(replications)], ignore_index=True)
    shown = metrics or MARKET_METRICS + (HALL_METRICS if halls else ())
    fields: dict[str, Any] = {
        "name": "chengdu-2010",
        "title": "成都 2010:如何留住客户" if zh else "Chengdu 2010: how to keep our customers",
        "language": language,
        "baseline": "baseline",
        "arms": tuple(ARMS),
        "arm_titles": ARMS if zh else ENGLISH_ARMS,
        "points": ("base",),
        "kpis": kpis,
        "decision": decide(kpis, ("base",), tuple(ARMS), shown, 0.998),
        "assumptions": make_assumptions(),
        "targets": make_targets() if halls else make_targets().iloc[:0],
        "hall_titles": HALLS if halls else {},
        "consistency": True,
        "provenance": {"study": "chengdu-2010.yaml", "seed": "20261101"},
        "replications": replications,
        "own": "mobile",
        "operator_titles": OPERATORS if zh else ENGLISH_OPERATORS,
        "segment_titles": SEGMENTS if zh else ENGLISH_SEGMENTS,
        "tactic_titles": TACTICS if zh else ENGLISH_TACTICS,
        "concealing": frozenset({"pressing_close"}),
        "discount": 0.08,
    }
    return Findings(**{**fields, **changes})


@cache
def market_kpis(replications: int) -> pd.DataFrame:
    """Return the long table: operators, segments, tactics and flows; months and the whole time."""
    rows: list[tuple[object, ...]] = []
    for arm in ARMS:
        for r in range(replications):
            rows += _one_run(arm, r)
    return pd.DataFrame(rows, columns=list(KPI_COLUMNS))


def _hall_kpis(replications: int) -> pd.DataFrame:
    table = make_kpis(("base",), replications)
    table = table.assign(scope=table["scope"].replace("operator/own", OWN))
    return pd.concat([table[table["arm"] == twin].assign(arm=arm) for arm, twin in _TWIN.items()], ignore_index=True)


def _one_run(arm: str, r: int) -> list[tuple[object, ...]]:
    rng = np.random.default_rng([20261101, r])
    own = np.random.default_rng([r, *arm.encode()])
    rows: list[tuple[object, ...]] = []

    def put(kpi: str, scope: str, period: str, value: float, unit: str, weight: float = 1.0) -> None:
        rows.append((arm, "base", r, kpi, scope, period, float(value), unit, weight))

    def money(name: str, scope: str, period: str, fen: float) -> None:
        put(name, scope, period, fen * WEIGHT / 100, "CNY")

    places = [*OPERATORS, "none"]
    start = np.array([0.72, 0.17, 0.08, 0.03])
    users = {s: np.round(start * size).astype(int) for s, size in _SIZE.items()}
    cohort = {s: float(users[s][0]) for s in SEGMENTS}
    first = {s: users[s].copy() for s in SEGMENTS}
    calm = 1 - _CALMS.get(arm, 0.0)
    totals: dict[tuple[str, str], float] = {}
    flows = np.zeros((4, 4))
    lost = dict.fromkeys(("churn_switching", "churn_lapse", "churn_arrears", "churn_reregistration"), 0.0)
    user_months = 0.0
    value_fen = 0.0
    for m, month in enumerate(MONTHS):
        before = np.sum([users[s] for s in SEGMENTS], axis=0)
        moved = np.zeros((4, 4), dtype=int)
        parts = dict.fromkeys(lost, 0)
        season = 1 + 0.25 * np.sin(2 * np.pi * m / 12) + (0.5 if 3 <= m <= 8 else 0.0)
        paid_fen = dict.fromkeys(SEGMENTS, 0)
        for s in SEGMENTS:
            noise = float(np.exp(rng.normal(0, 0.08)))
            rate = {"vip": 0.010, "young": 0.022, "mass": 0.017}[s] * season * noise
            away = [rate * 0.6 * (calm if m > 1 else 1), rate * 0.3 * (calm if m > 1 else 1), 0.006]
            step = np.zeros((4, 4), dtype=int)
            step[0, 1:] = own.poisson(np.array(away) * users[s][0])
            step[1, [0, 2, 3]] = own.poisson(np.array([0.02, 0.005, 0.006]) * users[s][1])
            step[2, [0, 1, 3]] = own.poisson(np.array([0.018, 0.007, 0.006]) * users[s][2])
            step[3, :3] = own.poisson(np.array([0.11, 0.05, 0.03]) * users[s][3])
            arrears = step[0, 3] // 3
            parts["churn_switching"] += int(step[0, 1] + step[0, 2])
            parts["churn_arrears"] += int(arrears)
            parts["churn_lapse"] += int(step[0, 3] - arrears)
            again = int(own.poisson(0.004 * users[s][0]))
            parts["churn_reregistration"] += again
            cohort[s] *= 1 - (step[0, 1:].sum() + 0.0) / users[s][0]
            users[s] = users[s] + step.sum(axis=0) - step.sum(axis=1)
            paid_fen[s] = int(users[s][0] * _FEE_FEN[s] * (1 - 0.004 * m) * noise**0.1)
            moved += step
            moved[0, 0] += again
        after = np.sum([users[s] for s in SEGMENTS], axis=0)
        mean = (before[0] + after[0]) / 2
        user_months += mean
        gross_fen = sum(paid_fen.values())
        uses = _USES.get(arm, ())
        contacts = {t: int(own.poisson(90)) for t in uses}
        spent = {t: (15_000 if t == "bundle" else 9_000) * contacts[t] // 10 for t in uses}
        given = {t: contacts[t] * (m + 2) * (420 if t == "bundle" else 160) for t in uses}
        subsidy = {t: contacts[t] * (2_100 if t == "bundle" else 0) for t in uses}
        sold = {t: contacts[t] * 70 for t in uses}
        joined = int(moved[1:, 0].sum())
        commission = joined * 6_000 + sum(sold.values())
        forgone = sum(given.values())
        revenue = gross_fen - forgone
        staff = 2_000_000 + (400_000 if "counters" in arm else 0)
        serving = revenue * 3 // 10
        margin = revenue - sum(subsidy.values()) - commission - sum(spent.values()) - staff - serving
        value = margin / 1.08 ** ((m + 0.5) / 12)
        amounts = {
            "revenue": revenue, "forgone": forgone, "cannibalised": forgone * 0.55, "subsidy": sum(subsidy.values()),
            "commission": commission, "tactic_cost": sum(spent.values()), "staff_cost": staff,
            "serving_cost": serving, "margin": margin, "net_value": value, "kept_revenue": forgone * 2.1,
            "spend": sum(spent.values()) + sum(subsidy.values()) + commission + forgone,
        }  # fmt: skip
        for name, fen in amounts.items():
            money(name, OWN, month, fen)
            totals[name, OWN] = totals.get((name, OWN), 0.0) + fen
        value_fen += value
        for t in uses:
            stops = float(t == "bundle" and m in (5, 11, 17))
            facts = {
                "tactic_cost": spent[t], "subsidy": subsidy[t], "commission": sold[t], "forgone": given[t],
                "cannibalised": given[t] * 0.55, "kept_revenue": given[t] * 2.1,
            }  # fmt: skip
            for name, fen in facts.items():
                totals[name, f"tactic/{t}"] = totals.get((name, f"tactic/{t}"), 0.0) + fen
            counts = (("contacts", contacts[t]), ("acceptances", contacts[t] // 12), ("complaints", contacts[t] // 60))
            for name, count in (*counts, ("budget_stops", stops / WEIGHT)):
                totals[name, f"tactic/{t}"] = totals.get((name, f"tactic/{t}"), 0.0) + count
        for name, count in parts.items():
            put(name, OWN, month, count / mean, "1/month", mean)
            lost[name] += count
        put("churn_rate", OWN, month, sum(parts.values()) / mean, "1/month", mean)
        put("retention_rate", OWN, month, sum(cohort.values()) / sum(first[s][0] for s in SEGMENTS), "1")
        kept_fen = sum(cohort[s] * _FEE_FEN[s] for s in SEGMENTS) * (1 - 0.003 * m) - forgone * 0.5
        put("revenue_retention", OWN, month, kept_fen / sum(first[s][0] * _FEE_FEN[s] for s in SEGMENTS), "1")
        put("arpu", OWN, month, revenue / 100 / mean, "CNY/month", mean)
        base = 68 + 2 * np.sin(m / 4) + (1.6 if "counters" in arm else 0) + (2.2 if arm == "care" else 0)
        put("satisfaction", OWN, month, base + rng.normal(0, 0.2), "points", mean)
        flows += moved
        for i, name in enumerate(places[:3]):
            put("share", f"operator/{name}", month, after[i] / after[:3].sum(), "1", after[:3].sum())
            put("subscribers", f"operator/{name}", month, after[i] * WEIGHT, "subscribers")
            put("net_additions", f"operator/{name}", month, (after[i] - before[i]) * WEIGHT, "subscribers")
    for (name, scope), total in totals.items():
        if name in ("contacts", "acceptances", "complaints"):
            put(name, scope, "all", total * WEIGHT, {"complaints": "complaints"}.get(name, "subscribers"))
        elif name == "budget_stops":
            put(name, scope, "all", round(total * WEIGHT), "months")
        else:
            money(name, scope, "all", total)
    for t in _USES.get(arm, ()):
        cost = sum(totals[name, f"tactic/{t}"] for name in ("tactic_cost", "subsidy", "commission", "forgone"))
        put("roi", f"tactic/{t}", "all", totals["kept_revenue", f"tactic/{t}"] / cost - 1, "1")
    for name, count in lost.items():
        put(name, OWN, "all", count / user_months, "1/month", user_months)
    put("churn_rate", OWN, "all", sum(lost.values()) / user_months, "1/month", user_months)
    last = {(row[3], row[4]): row for row in rows if row[5] == MONTHS[-1]}
    for name, scope in (("retention_rate", OWN), ("revenue_retention", OWN), ("satisfaction", OWN), ("arpu", OWN)):
        put(name, scope, "all", float(last[name, scope][6]), str(last[name, scope][7]))  # type: ignore[arg-type]
    for i, name in enumerate(places[:3]):
        people = sum(users[s][i] for s in SEGMENTS)
        put("subscribers", f"operator/{name}", "all", people * WEIGHT, "subscribers")
        put("share", f"operator/{name}", "all", people / sum(users[s][:3].sum() for s in SEGMENTS), "1")
        change = people - sum(first[s][i] for s in SEGMENTS)
        put("net_additions", f"operator/{name}", "all", change * WEIGHT, "subscribers")
        won = flows[:, i].sum() - flows[i, i]
        put("acquisitions", f"operator/{name}", "all", won * WEIGHT, "subscribers")
        for j, to in enumerate(places):
            put("switches", f"flow/{name}/{to}", "all", flows[i, j] * WEIGHT, "subscribers")
            if j < 3 and i == 0:
                put("switches", f"flow/none/{to}", "all", flows[3, j] * WEIGHT, "subscribers")
    for s in SEGMENTS:
        scope = f"segment/{s}"
        put("subscribers", scope, "all", users[s][0] * WEIGHT, "subscribers")
        put("churn_rate", scope, "all", 1 - (cohort[s] / first[s][0]) ** (1 / len(MONTHS)), "1/month")
        put("retention_rate", scope, "all", cohort[s] / first[s][0], "1")
        put("revenue_retention", scope, "all", cohort[s] / first[s][0] * 0.93, "1")
        put("arpu", scope, "all", _FEE_FEN[s] / 100, "CNY/month")
        put("satisfaction", scope, "all", 68 + rng.normal(0, 0.2), "points")
    return rows
