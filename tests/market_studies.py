"""Markets whose truth is known, as study files state them, for the tests that hold the simulator to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import scenarios
from sim.market.diary import events
from sim.run import Engine, run

if TYPE_CHECKING:
    import pandas as pd

    from sim.market.run import MarketRun

CHAIN = """\
name: chain
start: 2010-07-01
horizon: 24 months
own: mobile
population: {size: 20000, simulate: 20000}
operators: {mobile: {}, unicom: {network: 0.9}, telecom: {network: 0.8}}
plans:
  big: {operator: mobile, fee: 90 CNY/month}
  small: {operator: mobile, fee: 40 CNY/month}
  tianyi: {operator: telecom, fee: 60 CNY/month}
  wo: {operator: unicom, fee: 70 CNY/month}
segments:
  all:
    share: 100 %
    start: {mobile: 50 %, unicom: 20 %, telecom: 10 %}
    usage: {mean: 100 min/month}
    considers: {base: 25 %/month}
    lapse: 4 %/month
    arrears: 10 %/month
    reregister: 3 %/month
    join: 20 %/month
    choice: {price: 0.02, quality: 1, switching: 0.7, migration: 0.3}
market: {consideration_bound: 50 %/month, arrears: {grace: 20 days, recovers: 60 %}}
"""
"""Constant hazards: the share of each operator is a Markov chain's. Only joiners meet the saturation of the market."""

LOGIT = """\
name: logit
start: 2010-07-01
horizon: 1 days
own: mobile
population: {size: 8000, simulate: 8000}
operators: {mobile: {brands: {gotone: {}, easyown: {}}}, unicom: {network: 0.9, brands: {wo: {}}},
    telecom: {network: 0.8}}
plans:
  easyown: {operator: mobile, brand: easyown, fee: 20 CNY/month, extra: 0.2 CNY/min}
  gotone: {operator: mobile, brand: gotone, fee: 88 CNY/month, minutes: 450 min/month, extra: 0.15 CNY/min,
      contract: {term: 12 months}}
  tianyi: {operator: telecom, fee: 59.5 CNY/month, minutes: 300 min/month, extra: 0.1 CNY/min,
      contract: {term: 24 months, leaving_fee: 20 CNY/month}}
  wo: {operator: unicom, brand: wo, fee: 66 CNY/month, minutes: 300 min/month, extra: 0.2 CNY/min}
segments:
  mass:
    share: 60 %
    usage: {mean: 200 min/month, cv: 0.8}
    join: 100 %/month
    choice: {price: 0.03, quality: 1, contract: 0.2, brands: {easyown: 0.2, wo: -0.1}}
  vip:
    share: 40 %
    start: {mobile: 55 %, unicom: 25 %, telecom: 20 %}
    usage: {mean: 600 min/month, cv: 0.6}
    satisfaction: 62
    considers: {base: 100 %/month}
    choice: {price: 0.02, quality: 2, onnet: 1.5, satisfaction: 0.8, tenure: 0.4, bundle: 0.5, switching: 0.9,
        contract: 0.3, migration: 0.4, brands: {gotone: 0.5}}
competitors:
  unicom:
    campaigns:
      spring: {from: 2010-06-01, until: 2010-12-31, segments: [vip], reach: 100 %/month, price_cut: 12 CNY/month,
          term: 6 months, subsidy: 60 CNY, lock_in: 12 months, bundle: 1, brand: 0.1}
market: {consideration_bound: 100 %/month}
"""
"""Everybody chooses once, on the first day: those without a number join, those who have one compare."""

SBG = """\
name: survival
start: 2010-07-01
horizon: 8 months
own: mobile
population: {size: 10000, simulate: 10000}
operators: {mobile: {}}
plans: {one: {operator: mobile, fee: 50 CNY/month}}
segments:
  all: {share: 100 %, start: {mobile: 100 %}, usage: {mean: 100 min/month}, lapse: {dist: beta, alpha: 1, beta: 1}}
market: {consideration_bound: 100 %/month}
"""
"""Everybody has its own hazard of lapsing, from a beta law: retention is shifted-beta-geometric."""

LAB = """\
name: lab
start: 2010-07-01
horizon: 12 months
own: mobile
population: {size: 30000, simulate: 3000}
operators: {mobile: {}, unicom: {}, telecom: {}}
plans:
  big: {operator: mobile, fee: 88 CNY/month, contract: {term: 12 months, leaving_fee: 5 CNY/month}}
  small: {operator: mobile, fee: 58 CNY/month, contract: {term: 12 months}}
  tianyi: {operator: telecom, fee: 60 CNY/month}
  wo: {operator: unicom, fee: 66 CNY/month}
segments:
  vip:
    share: 100 %
    start: {mobile: 80 %, unicom: 10 %, telecom: 10 %}
    usage: {mean: 300 min/month}
    satisfaction: 60
    considers: {base: 5 %/month, expiry: 25 %/month, dissatisfaction: 2}
    choice: {price: 0.04, satisfaction: 1, bundle: 0.7, switching: 1, contract: 0.1}
market: {consideration_bound: 80 %/month}
channels: {phone: {reach: 80 %}}
tactics:
  bundle: {trigger: schedule, every: 3 months, channel: phone, acceptance: 40 %, effect: {products: 1}}
  call: {trigger: contract_expiry, days_before_expiry: 45, channel: phone, acceptance: 50 %,
      effect: {credit: 10 CNY/month, credit_term: 12 months}}
  care: {trigger: schedule, every: 1 months, channel: phone, effect: {satisfaction: 5}}
  credit: {trigger: schedule, every: 3 months, channel: phone, acceptance: 30 %, effect: {credit: 5 CNY/month,
      credit_term: 12 months, contract: 12 months, leaving_fee: 5 CNY/month}}
  desk: {trigger: leaving_request, channel: phone, acceptance: 30 %, effect: {credit: 40 CNY/month,
      credit_term: 12 months}}
  survey: {trigger: schedule, every: 1 months, channel: phone, effect: {wake: 10 %/month, wake_for: 30 days}}
"""
"""A market of our tactics alone, each of which a test switches on: no halls, no answer of the rivals."""

WAITS = """\
name: waits
start: 2010-07-01
horizon: 8 months
own: mobile
population: {size: 2000, simulate: 2000}
operators: {mobile: {}, unicom: {}}
plans: {one: {operator: mobile, fee: 60 CNY/month}, wo: {operator: unicom, fee: 60 CNY/month}}
segments:
  "*":
    start: {mobile: 100 %}
    usage: {mean: 100 min/month}
    satisfaction: 75
    considers: {base: 3 %/month, complaint: 20 %/month, dissatisfaction: 2}
    visits: 1/month
    complaints: 30 %
    choice: {satisfaction: 1, switching: 1}
  mass: {share: 70 %}
  vip: {share: 30 %, tier: gold}
market: {consideration_bound: 95 %/month}
tactics: {priority: {trigger: always, target: {tiers: [gold]}, effect: {hall_priority: 0}}}
halls:
  "*":
    hours: "09:00-12:00"
    arrivals: {rate: {"09:00": 30/h}, from_market: true}
    customers: {all: {share: 100 %, target: {busy: 10 min, idle: 10 min}, patience: {dist: exponential, mean: 40 min}}}
    transactions: {all: {share: 100 %, service: {dist: exponential, mean: 6 min}}}
    counters: {staffing: {"09:00": 4}}
  north: {}
  south: {}
"""
"""Two halls in which our subscribers wait, or not; what they feel there is all that moves the market."""

WHOLE = """\
name: whole
start: 2010-07-01
horizon: 8 months
own: mobile
population: {size: 30000, simulate: 300}
operators:
  mobile: {network: 1.0, brands: {gotone: {}, easyown: {}}}
  unicom: {network: 0.9, brands: {wo: {}}}
  telecom: {network: 0.9}
plans:
  easyown: {operator: mobile, brand: easyown, fee: 18 CNY/month, extra: 0.17 CNY/min}
  gotone:
    operator: mobile
    brand: gotone
    fee: 88.8 CNY/month
    minutes: 450 min/month
    extra: 0.15 CNY/min
    contract: {term: 6 months, leaving_fee: 7.77 CNY/month, handset: true}
    price_changes: {"2010-10-16": 83.3 CNY/month, "2011-01-10": 91.1 CNY/month}
  tianyi: {operator: telecom, fee: 59.5 CNY/month}
  wo: {operator: unicom, brand: wo, fee: 66 CNY/month, minutes: 300 min/month, extra: 0.2 CNY/min,
      contract: {term: 6 months, leaving_fee: 9 CNY/month}}
segments:
  mass:
    share: 60 %
    start: {mobile: 50 %, unicom: 20 %, telecom: 10 %}
    usage: {mean: 200 min/month, cv: 0.5}
    considers: {base: 10 %/month, expiry: 10 %/month, complaint: 8 %/month, neighbour: 3 %/month,
        price_rise: 8 %/month, dissatisfaction: 1.5}
    lapse: {dist: beta, alpha: 2, beta: 98}
    arrears: 2 %/month
    reregister: 2 %/month
    join: 8 %/month
    visits: 0.4/month
    complaints: 30 %
    choice: {price: 0.04, quality: 1, onnet: 1, satisfaction: 0.8, tenure: 0.3, bundle: 0.5, switching: 1,
        handset_lock: 0.3, contract: 0.1, migration: 0.5}
  vip:
    share: 40 %
    start: {mobile: 70 %, unicom: 20 %, telecom: 5 %}
    tier: gold
    usage: {mean: 600 min/month, cv: 0.6}
    considers: {base: 10 %/month, expiry: 15 %/month, complaint: 8 %/month, neighbour: 3 %/month,
        price_rise: 8 %/month, dissatisfaction: 1.5}
    lapse: 1 %/month
    arrears: 1 %/month
    reregister: 1 %/month
    join: 8 %/month
    visits: 0.8/month
    complaints: 30 %
    choice: {price: 0.03, quality: 1, onnet: 1, satisfaction: 0.8, tenure: 0.3, bundle: 0.5, switching: 1.5,
        handset_lock: 0.5, contract: 0.1, migration: 0.5, brands: {gotone: 0.6, wo: 0.3}}
market:
  consideration_bound: 90 %/month
  visit_bound: 2/month
  neighbours: 5
  arrears: {grace: 20 days, recovers: 50 %}
  portability: {starts: 2010-11-01, lowers_switching: 0.5, share: 90 %, succeeds: 50 %}
competitors:
  unicom:
    reach: 30 %/month
    wake: 5 %/month
    price_cut: 8 CNY/month
    term: 6 months
    subsidy: 120 CNY
    lock_in: 12 months
    leaving_fee: 10 CNY/month
    bundle: 1
    budget: 30 thousand CNY/month
    campaigns: {autumn: {from: 2010-09-01, until: 2010-12-31}, spring: {from: 2011-01-15, until: 2011-02-28,
        segments: [vip], subsidy: 300 CNY}}
    match: {delay: 20 days, share: 50 %}
  telecom:
    segments: [mass]
    reach: 20 %/month
    wake: 3 %/month
    price_cut: 6 CNY/month
    term: 12 months
    brand: 0.3
    campaigns: {always: {from: 2010-07-01, until: 2011-06-30}}
    escalate: {when_share_falls: 0.5 %, by: 2}
channels:
  phone: {capacity: 900/day, reach: 70 %, cost: 1.5 CNY, fatigue: {factor: 0.8, recovers: 60 days}, days: working}
  desk: {capacity: 100/day}
tactics:
  bundle: {enabled: true, trigger: schedule, every: 3 months, share: 60 %, channel: phone, acceptance: 20 %,
      effect: {products: 1, contract: 6 months}, cost: {per_acceptance: 3 CNY}}
  call:
    enabled: true
    trigger: contract_expiry
    days_before_expiry: 40
    channel: phone
    target: {tiers: [gold], bill_from: 60 CNY/month}
    score: value
    acceptance: 40 %
    effect: {credit: 11.11 CNY/month, credit_term: 4 months, contract: 6 months, leaving_fee: 8 CNY/month,
        wake: 2 %/month, wake_for: 30 days, complaints: 20 %}
    cost: {fixed: 3333 CNY/month, per_contact: 1 CNY, commission: 10 CNY}
    budget: 200 thousand CNY/month
  care: {enabled: true, trigger: complaint, channel: phone, effect: {satisfaction: 8}}
  credit: {enabled: true, trigger: warning, warning: {hazard: 8 %/month, recall: 60 %, false_alarms: 5 %},
      score: risk, channel: phone, acceptance: 30 %, effect: {credit: 5.55 CNY/month, credit_term: 6 months},
      budget: 12 thousand CNY/month}
  desk: {enabled: true, trigger: leaving_request, channel: desk, acceptance: 60 %, effect: {credit: 20 CNY/month,
      credit_term: 6 months, subsidy: 50 CNY, wake: 3 %/month, wake_for: 60 days}}
  match: {enabled: true, trigger: offer_detected, detection: {share: 50 %, delay: 7 days}, channel: phone,
      acceptance: 20 %, effect: {credit: 7.77 CNY/month, credit_term: 3 months, subsidy: 30 CNY}}
  priority: {enabled: true, trigger: always, target: {tiers: [gold]}, effect: {hall_priority: 0, switching: 0.1}}
economics: {discount: 8 %/year, serving_cost: 30 %, commission: 60 CNY, counter_hour: 40 CNY/h}
halls:
  gaosheng:
    hours: "09:00-12:00"
    arrivals: {rate: {"09:00": 8/h}, holiday: 0.5, from_market: true, catchment: 70 %}
    customers:
      gotone: {share: 40 %, priority: 1, segments: [vip], target: {busy: 5 min, idle: 5 min},
          patience: {dist: exponential, mean: 15 min}}
      rest: {share: 60 %, priority: 2, target: {busy: 8 min, idle: 8 min}, patience: {dist: exponential, mean: 12 min}}
    transactions: {all: {share: 100 %, service: {dist: exponential, mean: 6 min}}}
    counters: {staffing: {"09:00": 1}}
"""
"""A small market with everything switched on: a hall, seven tactics, two rivals that react, ports, debtors, circles."""


Event = tuple[int, int, int, int]
"""Day, `Happened`, a, b."""


def study(text: str, *sets: str) -> scenarios.Study:
    """The study as its baseline sees it, with some values set (`path=value`, as on the command line)."""
    return scenarios.loads(text, sets).resolve("baseline").study


def market(of: scenarios.Study, engine: Engine = "compiled", replication: int = 0) -> MarketRun:
    """A run with the diary of everybody."""
    assert of.population is not None
    number = of.population.simulate
    made = run(of, replication, engine=engine, recorded=range(number), rows=400 * number).market
    assert made is not None
    return made


def lives(of: MarketRun) -> list[list[Event]]:
    """What happened to each subscriber, in order."""
    found: list[list[Event]] = [[] for _ in range(of.people.size)]
    for i, *event in events(of.diary).tolist():
        found[i].append(tuple(event))
    return found


def measured(frame: pd.DataFrame, kpi: str, scope: str = "operator/mobile") -> pd.Series:
    """Values of a KPI of a scope by period, in the order of the frame."""
    rows = frame[(frame["kpi"] == kpi) & (frame["scope"] == scope)]
    return rows.set_index("period")["value"]
