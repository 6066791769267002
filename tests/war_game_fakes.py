"""A small market and a simulator that knows its rivals by name: importable by workers, and quick."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scenarios import Study
from scenarios.measured_periods import months

MARKET = """\
name: small
title: A small market · 小市场
start: 2010-07-01
horizon: 8 months
own: mobile
population: {size: 2000, simulate: 200}
operators: {mobile: {title: Ours}, unicom: {}, telecom: {}}
plans: {ours: {operator: mobile, fee: 60 CNY/month}, wo: {operator: unicom, fee: 60 CNY/month},
  tianyi: {operator: telecom, fee: 55 CNY/month}}
segments:
  "*": {start: {mobile: 60 %, unicom: 20 %, telecom: 10 %}, usage: {mean: 100 min/month}, considers: {base: 3 %/month}}
  vip: {share: 20 %, title: Mid and high end}
  young: {share: 40 %}
  household: {share: 40 %}
channels: {phone: {}}
tactics: {care: {title: Care, trigger: schedule, every: 3 months, channel: phone, effect: {satisfaction: 5}}}
competitors:
  unicom: {campaigns: {own: {from: 2010-07-01, until: 2010-12-31, reach: 5 %/month, subsidy: 100 CNY}}}
arms:
  baseline: {}
  care: {title: Care for them, tactics.care.enabled: true}
  cheaper: {plans.ours.fee: x0.9}
sweep:
  grid: {competitors.unicom.campaigns.own.reach: [x0, x1]}
compare: {baseline: baseline, metrics: {net_value: {goal: max}, churn_rate: {goal: min}}}
"""

BOOK = """\
competitors:
  telecom:
    campaigns:
      mine: {title: A book of one's own, from: 2010-09-01, until: 2011-12-31, reach: 10 %/month, subsidy: 50 CNY}
"""

WORTH = {
    "baseline": {"quiet": 100.0, "own": 90.0, "mine": 60.0},
    "care": {"quiet": 90.0, "own": 90.0, "mine": 80.0},
    "cheaper": {"quiet": 40.0, "own": 40.0, "mine": 90.0},
}
"""Net value by arm and by the campaign that is there (none: quiet); others count as quiet."""


def campaign_of(study: Study) -> str:
    """The campaign of a study, `quiet` where there is none."""
    names = [name for rival in study.competitors.values() for name in rival.campaigns]
    return names[0] if names else "quiet"


def arm_of(study: Study) -> str:
    """Which arm a study is, by what it changes."""
    if study.tactics["care"].enabled:
        return "care"
    return "cheaper" if study.plans["ours"].fee_fen < 6000 else "baseline"


def simulate(study: Study, replication: int) -> pd.DataFrame:
    """Net value as in `WORTH`, common noise by replication; churn of the top end rises from September under `mine`."""
    rng = np.random.default_rng([study.seed, replication])
    campaign = campaign_of(study)
    value = WORTH[arm_of(study)].get(campaign, 95.0) + rng.normal(0, 5)
    rows = [
        ("net_value", "operator/mobile", "all", value, "CNY", 1.0),
        ("churn_rate", "operator/mobile", "all", 0.03, "1/month", 1.0),
    ]
    for number, month in enumerate(months(study)):
        begun = campaign == "mine" and month >= "2010-09"
        for scope in ("operator/mobile", "segment/vip", "segment/young", "segment/household"):
            extra = 0.02 if begun and scope == "segment/vip" else 0.0
            rows.append(("churn_rate", scope, month, 0.03 + extra + rng.normal(0, 0.001), "1/month", 100.0))
            rows.append(("acquisitions", scope, month, 100.0 + number + rng.normal(0, 10), "subscribers", 1.0))
    return pd.DataFrame(rows, columns=["kpi", "scope", "period", "value", "unit", "weight"])


def simulate_with_a_fault(study: Study, replication: int) -> pd.DataFrame:
    """As `simulate`, but the third replication of `care` fails."""
    if replication == 2 and arm_of(study) == "care":
        raise RuntimeError("the model gave up")
    return simulate(study, replication)
