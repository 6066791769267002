"""A small study of a market and one hall, with every part that a study may have, for the tests of `scenarios`."""

from __future__ import annotations

from study_texts import changed

import scenarios

MARKET = """\
name: market
start: 2010-07-01
horizon: 24 months
own: mobile
population: {size: 190 thousand, simulate: 20000}
operators:
  mobile: {title: 中国移动, brands: {gotone: {title: 全球通}, easyown: {}}}
  unicom: {network: 0.9, brands: {wo: {}}}
  telecom: {}
plans:
  gotone-88:
    operator: mobile
    brand: gotone
    fee: 88 CNY/month
    minutes: 450 min/month
    extra: 0.15 CNY/min
    contract: {term: 24 months, leaving_fee: 10 CNY/month, handset: true}
    price_changes: {"2011-01-01": 78 CNY/month}
  easyown: {operator: mobile, brand: easyown, fee: 0 CNY/month, extra: 0.2 CNY/min}
  wo-96: {operator: unicom, brand: wo, fee: 96 CNY/month}
  tianyi: {operator: telecom, fee: 59.5 CNY/month}
segments:
  vip:
    title: 中高端
    share: 20 %
    start: {mobile: 75 %, unicom: 15 %, telecom: 8 %}
    tier: gold
    usage: {mean: 900 min/month, cv: 0.6}
    satisfaction: 72
    considers: {base: 2 %/month, expiry: 10 %/month, complaint: 5 %/month, price_rise: 4 %/month, dissatisfaction: 1.5}
    lapse: {best: 0.5 %/month, low: 0.2 %/month, high: 1 %/month, source: assumed}
    arrears: 0.3 %/month
    reregister: 0.8 %/month
    join: 2 %/month
    visits: 0.4/month
    complaints: 8 %
    choice: {price: 0.03, quality: 1, switching: 3, brands: {gotone: 0.5, wo: -0.3}}
  others:
    share: 80 %
    start: {mobile: 60 %, unicom: 20 %}
    usage: {mean: 200 min/month}
    lapse: {dist: beta, alpha: 0.668, beta: 38.06}
market: {visit_bound: 1.5/month, portability: {starts: 2012-06-01, lowers_switching: 1, share: 30 %, succeeds: 60 %}}
competitors:
  unicom:
    segments: [vip]
    reach: 10 %/month
    price_cut: 10 CNY/month
    term: 12 months
    subsidy: 300 CNY
    budget: 2 million CNY/month
    campaigns:
      spring: {from: 2010-10-01, until: 2011-03-31, subsidy: 500 CNY}
      summer: {from: 2011-06-01, until: 2011-08-31, segments: []}
    match: {delay: 30 days, share: 50 %}
    escalate: {when_share_falls: 1 %, by: 1.5}
channels:
  outbound:
    title: 外呼
    capacity: 400/day
    reach: 60 %
    cost: 1.5 CNY
    fatigue: {factor: 0.8, recovers: 90 days}
    days: working
tactics:
  outbound_call:
    stratagems: [C3-09]
    trigger: contract_expiry
    days_before_expiry: 30
    channel: outbound
    target: {segments: [vip], brands: [gotone], tiers: [gold], bill_from: 80 CNY/month, tenure_from: 12 months}
    acceptance: 7 %
    effect: {credit: 10 CNY/month, credit_term: 12 months, contract: 12 months, wake: 1 %/month, wake_for: 30 days}
    cost: {fixed: 5000 CNY/month, per_contact: 1 CNY, commission: 10 CNY}
    budget: 100000 CNY/month
  priority: {enabled: true, trigger: always, target: {tiers: [gold]}, effect: {hall_priority: 0, switching: 0.1}}
economics: {discount: 8 %/year, serving_cost: 30 %, commission: 60 CNY, counter_hour: 40 CNY/h}
halls:
  gaosheng:
    hours: "09:00-18:00"
    arrivals: {rate: {"09:00": 60/h}, day_of_month: {"1-3": 2}, from_market: true, catchment: 25 %}
    customers: {gotone: {share: 25 %, segments: [vip]}, rest: {share: 75 %}}
    transactions: {all: {share: 100 %, service: {dist: exponential, mean: 5 min}}}
    counters: {staffing: {"09:00": 6}}
"""


def market_study(
    *changes: tuple[str, str], arm: str = "baseline", point: str = "base", sets: tuple[str, ...] = (), more: str = ""
) -> scenarios.Study:
    """Return the study above with some pieces replaced, and text added at the end, as one arm sees it."""
    loaded = scenarios.loads(changed(*changes, text=MARKET) + more, sets)
    return loaded.resolve(arm if arm in loaded.arms else loaded.arms[0], point).study
