"""Mistakes in the study of a market: what is written wrong, where the error points, and words of it."""

from __future__ import annotations

from typing import NamedTuple


class Wrong(NamedTuple):
    """A mistake: what is replaced by what, the piece that the error points at, its code, and words of it."""

    old: str
    new: str
    piece: str
    code: str
    message: str
    help: str


CREDIT = "effect: {credit: 10 CNY/month, credit_term: 12 months"
PRIORITY = "target: {tiers: [gold]}, effect: {hall_priority: 0, switching: 0.1}"
MISTAKES = [
    # a market needs its four parts together
    Wrong(
        "population: {size: 190 thousand, simulate: 20000}\n",
        "",
        "operators:\n",
        "missing",
        "needs `population` too",
        "population: {size",
    ),
    Wrong(
        "population: {size: 190 thousand, simulate: 20000}",
        "population: {size: 10 thousand, simulate: 20000}",
        "20000}",
        "range",
        "20,000 simulated subscribers are more than the 10,000 people",
        "at most `size`",
    ),
    Wrong("simulate: 20000", "simulate: 20 million", "20 million", "range", "from 1 to 16,777,216", "a bare number"),
    Wrong(
        "size: 190 thousand", "size: 190 people", "190 people", "unit", "`people` is not a unit", "thousand, million"
    ),
    Wrong("size: 190 thousand, ", "", "population", "missing", "`size` is missing", "add `size"),
    # names
    Wrong("  telecom: {}\n", "  none: {}\n", "none: {}", "name", "people without a number", "another name"),
    Wrong("  telecom: {}\n", "  tele/com: {}\n", "tele/com", "name", "cannot be a name", "letters of any language"),
    Wrong("own: mobile", "own: mobil", "mobil\n", "unknown-name", "whose side we are on", "did you mean `mobile`"),
    Wrong("own: mobile\n", "", "operators:\n", "unknown-name", "`own`, whose side", "write `own:`"),
    Wrong(
        "operator: telecom", "operator: telcom", "telcom", "unknown-name", "not an operator", "did you mean `telecom`"
    ),
    Wrong(
        "brand: gotone\n", "brand: goton\n", "goton\n", "unknown-name", "not a brand of mobile", "did you mean `gotone`"
    ),
    Wrong("brand: wo,", "brand: gotone,", "gotone, fee", "unknown-name", "not a brand of unicom", "known here: wo"),
    Wrong(
        "{mobile: 60 %, unicom",
        "{mobil: 60 %, unicom",
        "mobil: 60 %",
        "unknown-name",
        "not an operator",
        "did you mean `mobile`",
    ),
    Wrong(
        "{gotone: 0.5,",
        "{goton: 0.5,",
        "goton: 0.5",
        "unknown-name",
        "not a brand of any operator",
        "did you mean `gotone`",
    ),
    Wrong(
        "  tianyi: {operator: telecom, fee: 59.5 CNY/month}\n",
        "",
        "telecom: {}",
        "no-plan",
        "people start with `telecom`",
        "operator: telecom",
    ),
    # segments
    Wrong("share: 80 %", "share: 70 %", "segments:\n", "shares", "sum to 90 %, not 100 %", "others 70 %, vip 20 %"),
    Wrong(
        "{mobile: 60 %, unicom: 20 %}",
        "{mobile: 90 %, unicom: 20 %}",
        "{mobile: 90 %",
        "shares",
        "sum to 110 %",
        "without a number",
    ),
    Wrong("tier: gold", "tier: golden", "golden", "choice", "not one of the words", "did you mean `gold`"),
    Wrong("satisfaction: 72", "satisfaction: 172", "172", "huge", "too large", "at most 100"),
    Wrong(
        "    usage: {mean: 200 min/month}\n",
        "",
        "others:\n",
        "missing",
        "`usage` is missing",
        "usage: {mean: 400 min/month}",
    ),
    Wrong("visits: 0.4/month", "visits: 0.4", "0.4\n", "unit", "has no unit", "/month"),
    Wrong("mean: 900 min/month", "mean: 900", "900, cv", "unit", "has no unit", "min/month, h/month"),
    Wrong("mean: 900 min/month", "mean: 90000 min/month", "90000", "huge", "too large", "44640 min/month"),
    Wrong("base: 2 %/month", "base: 2 %", "2 %, expiry", "unit", "not a unit", "%/month"),
    Wrong("base: 2 %/month", "base: 0.02", "0.02", "unit", "has no unit", "%/month"),
    Wrong("base: 2 %/month", "base: 102 %/month", "102 %/month", "share", "not between", "%/month"),
    Wrong("switching: 3", "switching: -3", "-3, brands", "negative", "at least 0", "without a unit"),
    Wrong("price: 0.03", "price: 0.03 CNY", "0.03 CNY", "unit", "carries the unit", "without a unit"),
    Wrong("price: 0.03", "prise: 0.03", "prise", "unknown-key", "not a key here", "did you mean `price`"),
    Wrong("alpha: 0.668", "alpha: 0", "0, beta", "positive", "not above 0", "above 0"),
    Wrong("dist: beta", "dist: gamma", "gamma", "choice", "not one of the words", "allowed: beta"),
    Wrong("dist: beta, ", "", "lapse: {alpha", "missing", "`dist` is missing", "dist"),
    Wrong("beta: 38.06", "betta: 3.806", "betta", "unknown-key", "not a key here", "did you mean `beta`"),
    Wrong("high: 1 %/month", "high: 0.1 %/month", "0.1 %/month", "belief-order", "below `best`", "low ≤ best ≤ high"),
    Wrong(
        "source: assumed}\n    arrears",
        "source: guess}\n    arrears",
        "guess",
        "belief-source",
        "not a source",
        "assumed",
    ),
    Wrong(
        "expiry: 10 %/month",
        "expiry: 40 %/month",
        "vip:\n",
        "bound",
        "segment vip, base 2 %, expiry 40 %",
        "market.consideration_bound",
    ),
    Wrong(
        "join: 2 %/month",
        "join: 50 %/month",
        "vip:\n",
        "bound",
        "hazard of joining in the segment vip",
        "market.consideration_bound",
    ),
    # plans
    Wrong("fee: 96 CNY/month", "fee: 96", "96}", "unit", "has no unit", "CNY/month"),
    Wrong("fee: 96 CNY/month", "fee: 96 CNY", "96 CNY}", "unit", "not a unit", "CNY/month"),
    Wrong("fee: 96 CNY/month", "fee: -96 CNY/month", "-96 CNY", "negative", "at least 0", "CNY/month"),
    Wrong("extra: 0.15 CNY/min", "extra: 0.15", "0.15\n", "unit", "has no unit", "CNY/min"),
    Wrong("minutes: 450 min/month", "minutes: 450 min", "450 min\n", "unit", "not a unit", "min/month"),
    Wrong("term: 24 months", "term: 1.5 months", "1.5 months", "whole", "whole number of months", "whole months"),
    Wrong("term: 24 months", "term: 24 days", "24 days", "unit", "not a unit", "months, years"),
    Wrong('"2011-01-01"', '"2011-13-01"', '"2011-13-01"', "date", "not a date", "year-month-day"),
    Wrong("78 CNY/month", "78 CNY", "78 CNY}", "unit", "not a unit", "CNY/month"),
    # market
    Wrong(
        "visit_bound: 1.5/month",
        "visit_bound: 0.5/month",
        "0.4/month",
        "bound",
        "segment vip to the hall gaosheng reach 0.8/month",
        "market.visit_bound",
    ),
    Wrong("starts: 2012-06-01, ", "", "portability: {", "missing", "`starts` is missing", "starts: 2012-06-01"),
    Wrong("market: {", "market: {windows: {expiry: 36 h}, ", "36 h", "whole", "not a whole number of days", "30 days"),
    Wrong("market: {", "market: {spread: 0 months, ", "0 months", "positive", "not longer than 0", "1 month"),
    Wrong(
        "market: {",
        "market: {neighbors: 3, ",
        "neighbors",
        "unknown-key",
        "not a key here",
        "did you mean `neighbours`",
    ),
    # competitors
    Wrong(
        "  unicom:\n    segments", "  mobile:\n    segments", "mobile:\n    segments", "own", "our own side", "tactics"
    ),
    Wrong(
        "  unicom:\n    segments",
        "  unicon:\n    segments",
        "unicon:\n",
        "unknown-name",
        "not an operator",
        "did you mean `unicom`",
    ),
    Wrong(
        "segments: [vip]\n    reach",
        "segments: [vipp]\n    reach",
        "vipp",
        "unknown-name",
        "not a segment",
        "did you mean `vip`",
    ),
    Wrong("segments: []}", "segments: [vipp]}", "vipp", "unknown-name", "not a segment", "did you mean `vip`"),
    Wrong(
        "until: 2011-03-31", "until: 2010-03-31", "2010-03-31", "order", "before it starts on 2010-10-01", "both days"
    ),
    Wrong("from: 2010-10-01, ", "", "spring", "missing", "`from` is missing", "from: 2010-10-01"),
    Wrong("reach: 10 %/month", "reach: 10 %", "10 %\n", "unit", "not a unit", "%/month"),
    Wrong("budget: 2 million CNY/month", "budget: 2 million CNY", "2 million CNY\n", "unit", "not a unit", "CNY/month"),
    Wrong("    term: 12 months\n", "", "spring:", "no-term", "price cut of the campaign spring", "term: 12 months"),
    Wrong("share: 50 %}\n    esc", "share: 150 %}\n    esc", "150 %", "share", "not between", "`30 %`"),
    # channels
    Wrong("capacity: 400/day", "capacity: -400/day", "-400/day", "negative", "at least 0", "/day"),
    Wrong("capacity: 400/day", "capacity: 400", "400\n", "unit", "has no unit", "/day"),
    Wrong("days: working", "days: workdays", "workdays", "choice", "not one of the words", "all, working"),
    Wrong("factor: 0.8", "factor: 1.8", "1.8", "range", "not between 0 and 1", "from 0 to 1"),
    Wrong("cost: 1.5 CNY", "cost: 1.5", "1.5\n", "unit", "has no unit", "CNY"),
    # tactics
    Wrong(
        "    channel: outbound\n",
        "",
        "outbound_call:\n",
        "no-channel",
        "reaches nobody without a channel",
        "one of the channels: outbound",
    ),
    Wrong(
        "channel: outbound", "channel: outbond", "outbond", "unknown-name", "not a channel", "did you mean `outbound`"
    ),
    Wrong(
        "brands: [gotone]",
        "brands: [goton]",
        "goton]",
        "unknown-name",
        "`goton` is not a brand of mobile",
        "did you mean `gotone`",
    ),
    Wrong(
        "brands: [gotone]", "brands: [wo]", "wo]", "unknown-name", "`wo` is not a brand of mobile", "easyown, gotone"
    ),
    Wrong(
        "target: {segments: [vip]",
        "target: {segments: [vips]",
        "vips",
        "unknown-name",
        "not a segment",
        "did you mean `vip`",
    ),
    Wrong(
        "tiers: [gold], bill",
        "tiers: [golden], bill",
        "golden",
        "choice",
        "not one of the words",
        "did you mean `gold`",
    ),
    Wrong(
        "{tiers: [gold]}",
        "{tiers: [silver]}",
        "silver",
        "unknown-name",
        "no segment has the tier `silver`",
        "known here: gold",
    ),
    Wrong(
        "trigger: contract_expiry",
        "trigger: contract_end",
        "contract_end",
        "choice",
        "not one of the words",
        "contract_expiry",
    ),
    Wrong(
        "    days_before_expiry: 30\n",
        "",
        "contract_expiry",
        "missing",
        "needs `days_before_expiry`",
        "days_before_expiry: 45",
    ),
    Wrong("trigger: contract_expiry", "trigger: schedule", "schedule", "missing", "needs `every`", "every: 3 months"),
    Wrong("trigger: contract_expiry", "trigger: warning", "warning", "missing", "needs `warning`", "recall: 60 %"),
    Wrong(
        "trigger: contract_expiry",
        "trigger: offer_detected",
        "offer_detected",
        "missing",
        "needs `detection`",
        "share: 50 %",
    ),
    Wrong(
        "days_before_expiry: 30",
        "days_before_expiry: 30 days",
        "30 days\n",
        "unit",
        "carries the unit",
        "without a unit",
    ),
    Wrong(
        "days_before_expiry: 30",
        "days_before_expiri: 30",
        "days_before_expiri",
        "unknown-key",
        "not a key here",
        "did you mean `days_before_expiry`",
    ),
    Wrong("acceptance: 7 %", "acceptance: 7", "7\n    effect", "unit", "has no unit", "`30 %`"),
    Wrong(
        f"{CREDIT}",
        "effect: {credit: 10 CNY/month",
        "10 CNY/month, contract",
        "no-term",
        "the credit has no term",
        "credit_term",
    ),
    Wrong(", wake_for: 30 days", "", "1 %/month}", "no-term", "how long a contact wakes", "wake_for: 30 days"),
    Wrong(
        CREDIT,
        f"{CREDIT}, brand: 0.2",
        "0.2, contract",
        "standing",
        "`brand` acts only with the trigger `always`",
        "tactic of its own",
    ),
    Wrong(
        "switching: 0.1}",
        "credit: 1 CNY/month}",
        "1 CNY/month}",
        "standing",
        "`credit` cannot act",
        "brand, switching, hall_priority",
    ),
    Wrong(
        PRIORITY,
        PRIORITY.replace("tiers: [gold]", "brands: [gotone]"),
        "[gotone]}",
        "standing",
        "belong to segments",
        "target segments or tiers",
    ),
    Wrong(
        PRIORITY,
        PRIORITY.replace("tiers: [gold]", "bill_from: 7 CNY/month"),
        "7 CNY/month}",
        "standing",
        "acts on whole segments",
        "segments, brands or tiers",
    ),
    Wrong("per_contact: 1 CNY", "per_contact: -1 CNY", "-1 CNY", "negative", "at least 0", "CNY"),
    Wrong("stratagems: [C3-09]", "stratagems: C3-09", "C3-09", "type", "a list of names", "[a, b]"),
    # economics
    Wrong("discount: 8 %/year", "discount: 8 %", "8 %, serving", "unit", "not a unit", "%/year"),
    Wrong("counter_hour: 40 CNY/h", "counter_hour: 40 CNY", "40 CNY}", "unit", "not a unit", "CNY/h"),
    # halls
    Wrong(
        'hours: "09:00-18:00"',
        'hours: "00:00-24:00"',
        "true, catch",
        "never-closes",
        "takes no simulated subscribers",
        "hours that end",
    ),
    Wrong(
        "from_market: true, ",
        "",
        "25 %}\n    cust",
        "catchment",
        "needs `from_market: true`",
        "leave the catchment out",
    ),
    Wrong("catchment: 25 %", "catchment: 125 %", "125 %", "share", "not between", "`30 %`"),
    Wrong(
        "segments: [vip]}, rest: {",
        "segments: [vip]}, rest: {segments: [vip], ",
        "vip], share",
        "duplicate",
        "comes as `gotone` already",
        "once",
    ),
    Wrong(
        "{share: 25 %, segments: [vip]}",
        "{share: 25 %, segments: [vop]}",
        "vop",
        "unknown-name",
        "not a segment",
        "did you mean `vip`",
    ),
    Wrong(
        '{"09:00": 60/h}',
        '{"09:00": 1/h}',
        "25 %}\n    cust",
        "visits",
        "9.9 simulated subscribers visit the hall gaosheng on an ordinary day, and its profile has 9.0",
        "smaller catchment",
    ),
]
