"""A study whose result is a known function of its beliefs, and the simulator that gives it: for tests of uncertainty.

With c counters more, customers wait 10 + 2 · service + noise + c · (30 − patience) / 10 minutes: more counters are the
better choice where patience is above 30 min, and nothing but patience decides.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

STUDY = """\
name: known
title: A study with a known answer
seed: 3
start: 2010-07-05
horizon: 1 days
halls:
  main:
    title: 主厅 Main hall
    hours: "09:00-12:00"
    arrivals:
      rate: {best: {"09:00": 20/h, "10:00": 40/h}, low: x0.8, high: x1.2, source: assumed}
    customers: {all: {share: 100 %, patience: {dist: exponential, mean: {best: 40 min, low: 20 min, high: 60 min, source: assumed, note: no survey}}}}
    transactions: {visit: {share: 100 %, service: {dist: exponential, mean: {best: 4 min, low: 3 min, high: 5 min, source: fitted}}}}
    counters: {staffing: {"09:00": 3}}
arms:
  baseline: {}
  more: {title: One counter more, halls.main.counters.staffing: {"09:00": 4}}
  most: {title: Two counters more, halls.main.counters.staffing: {"09:00": 5}}
compare:
  metrics: {wait_mean: {goal: min, indifference: 0.2 min}, served: {goal: max}}
  replications: {initial: 4, max: 8}
"""  # noqa: E501

MARKET = """\
name: pilot
title: Calls before contracts end
start: 2010-07-01
horizon: 6 months
own: mobile
population: {size: 30000, simulate: 1500}
operators: {mobile: {}, unicom: {}}
plans:
  big: {operator: mobile, fee: 88 CNY/month, contract: {term: 12 months, leaving_fee: 5 CNY/month}}
  small: {operator: mobile, fee: 58 CNY/month, contract: {term: 12 months}}
  wo: {operator: unicom, fee: 66 CNY/month}
segments:
  vip:
    share: 100 %
    start: {mobile: 80 %, unicom: 20 %}
    usage: {mean: 300 min/month}
    satisfaction: 60
    considers:
      base: {best: 5 %/month, low: 3 %/month, high: 8 %/month, source: published}
      expiry: {best: 25 %/month, low: 15 %/month, high: 35 %/month, source: assumed}
    choice: {price: {best: 0.04, low: 0.02, high: 0.06, source: assumed}, switching: 1, contract: 0.1}
market: {consideration_bound: 95 %/month}
channels:
  phone: {capacity: 400/day, reach: 80 %, cost: {best: 2 CNY, low: 1 CNY, high: 6 CNY, source: assumed}, days: working}
tactics:
  call:
    title: Call before the contract ends
    enabled: false
    trigger: contract_expiry
    days_before_expiry: 45
    channel: phone
    acceptance: {best: 40 %, low: 10 %, high: 60 %, source: assumed, note: no pilot yet}
    effect: {credit: {best: 8 CNY/month, low: 4 CNY/month, high: 20 CNY/month, source: assumed}, credit_term: 12 months, contract: 12 months, leaving_fee: 10 CNY/month}
  survey:
    enabled: false
    trigger: schedule
    every: 1 months
    channel: phone
    effect: {wake: {best: 5 %/month, low: 0 %/month, high: 10 %/month, source: assumed}, wake_for: 30 days}
arms:
  baseline: {}
  call: {title: Call before the contract ends, tactics.call.enabled: true}
compare:
  metrics:
    net_value: {goal: max, indifference: 20000 CNY}
    churn_rate: {goal: min}
  replications: {initial: 6, max: 24}
"""  # noqa: E501
"""A small market in which a call pays or not; a second tactic is switched on by no arm."""

ENGINE = "known-1"


def simulate(study: Any, replication: int) -> pd.DataFrame:
    """What `STUDY` comes to; a mean service of more than 4.9 min fails in the study called `failing`."""
    hall = study.halls["main"]
    patience = hall.customers["all"].patience.mean_us / 60e6
    service = hall.transactions["visit"].service.mean_us / 60e6
    if study.name == "failing" and service > 4.9:
        raise RuntimeError("the model gave up")
    counters = hall.counters.staffing.value[0] - 3
    noise, own = np.random.default_rng([study.seed, replication]).normal(0, [0.5, 0.01])
    wait = 10 + 2 * service + noise + counters * ((30 - patience) / 10 + own)
    rows = [("wait_mean", wait, "min"), ("served", 100.0, "customers")]
    return pd.DataFrame(
        [(kpi, "operator/own", "all", float(value), unit, 1.0) for kpi, value, unit in rows],
        columns=["kpi", "scope", "period", "value", "unit", "weight"],
    )
