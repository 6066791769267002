"""The commented study that `standfast init` writes: small, complete, and a tour of what a study can say."""

from __future__ import annotations

from scenarios.schema.names import check_name


def template(name: str) -> str:
    """Return the text of a small study of that name: one hall, two arms. Raises `QuantityError` for an unsafe name."""
    return _TEXT.replace("NAME", check_name(name))


_TEXT = """\
# A study says what happens in the halls, which strategies are compared, and when the comparison is settled.
# Every quantity carries its unit: 10 min, 45/h, 30 %. Check it with `standfast check`, run it with `standfast compare`.
schema_version: 1
name: NAME
title: One hall, one more counter at noon
seed: 20261101                 # the same seed gives the same customers in every arm
start: 2010-07-01
horizon: 1 month               # days, weeks, months or years

halls:
  main-street:                 # names may be in any language
    title: Main street
    hours: "09:00-18:00"       # every day; or add  days: {sat: "10:00-16:00", sun: closed}
    busy: {hours: ["11:00-13:00"], day_of_month: ["1-3", "26-31"]}   # when the busy targets count
    arrivals:
      # Customers per hour; each level holds until the next time.
      rate: {"09:00": 30/h, "11:00": 52/h, "13:00": 38/h, "16:00": 30/h}
      weekday: {mon: 1.1, sat: 0.8, sun: 0.7}
      # A number that you believe rather than know: give its range and where it comes from
      # (seed, published, fitted or assumed). Reports list these, and count the assumptions.
      day_to_day_cv: {best: 0.15, low: 0.05, high: 0.25, source: assumed, note: not measured yet}
    customers:                 # shares add up to 100 %; a lower priority number is served first
      vip: {share: 20 %, priority: 1, target: {busy: 10 min, idle: 5 min}, patience: {dist: exponential, mean: 30 min}}
      others:
        share: 80 %
        priority: 2
        target: {busy: 15 min, idle: 5 min}
        patience: {dist: exponential, mean: 20 min}
    transactions:              # what they come for, and how long it takes at a counter
      payment: {share: 45 %, service: {dist: lognormal, mean: 3 min, cv: 0.6}, kiosk: true}
      new_plan: {share: 55 %, service: {dist: lognormal, mean: 7 min, cv: 0.7}}
    counters:
      staffing: {"09:00": 3, "11:00": 4, "16:00": 3}
    kiosks: {count: 1, share: 30 %, service: {dist: lognormal, mean: 2 min, cv: 0.5}}

# What we choose between. Each arm is a patch: a dotted path and its new value.
# Relative values change what stands there: "+1", x1.1, "-2 min". A span of the day changes only that span.
arms:
  baseline: {}
  noon-counter:
    title: One more counter from 11 to 13
    halls.main-street.counters.staffing: {"11:00-13:00": "+1"}

compare:
  baseline: baseline
  metrics:                     # kpi, or kpi@scope@period; indifference: smaller differences do not matter
    wait_mean: {goal: min, indifference: 0.5 min}
    wait_over_target@hall/main-street: {goal: min, indifference: 1 %}
    counter_hours: {goal: min}
  confidence: 95 %
  replications: {initial: 10, max: 40}
"""
