"""Wrong input about troubles and remedies of halls: each mistake is refused at its own line and column."""

from __future__ import annotations

import pytest
from study_texts import HALL, changed, place, problems

import scenarios

TROUBLED = (
    HALL.replace(
        """\
      day_to_day_cv: {best""",
        """\
      crowds: {deposits: {from: 2010-07-05, until: 2010-07-20, adds: 18 %, transactions: [payment]}}
      notices:
        broadcast: {heeded: 10 %, away_from: ["10:00-12:00"], towards: ["14:00-16:00"], cost: 300 CNY/month}
        signs: {heeded: 5 %, away_from: ["11:00-12:00"], towards: ["09:00-10:00"], day_of_month: ["1-3"]}
      elsewhere:
        point: {takes: {payment: 15 %}, each: 0.5 CNY, cost: 900 CNY/month, weekday: [sat]}
        web: {takes: {payment: 20 %, sim_replacement: 3 %}}
      day_to_day_cv: {best""",
        1,
    ).replace(
        "    balking:",
        """\
    closures: {works: {from: 2010-08-02, until: 2010-08-06, sends: {shawan: 40 %, xinhua: 30 %}}}
    setbacks:
      refused: {transactions: [payment], share: 5 %, service: 0.4, returns: 90 %, after: 1 day, to: shawan}
      stock_out: {transactions: [payment, sim_replacement], share: 2 %, day_of_month: ["26-31"]}
    outages: {every: 40 h, lasts: 30 min, kiosks: true}
    sales: {share: 31 %, takes: {dist: gamma, mean: 90 s, cv: 1}, accepts: 7 %, revenue: 12 CNY, unsuitable: 11 %,
        unsuitable_costs: 4, at: counters, cost: 2999 CNY/month, paused: {day_of_month: ["27-30"]}}
    complaints: {rate: 0.3 %, weights: {attitude: 38, skill: 8}, waiting: 1 %, per_10min: 2.5 %, unfinished: 6 %,
        forced: 9 %, no_change: 4 %, mis_sold: 13 %, kinds: {explanation: 0.1 %}, misfiled: 12 %,
        compensation: {share: 35 %, gift: 17 CNY, raises: 0.7 %}}
    feel: -1.5
    balking:""",
        1,
    )
    + """\
  shawan:
    run_by: partner
    hours: "09:00-17:00"
    arrivals: {rate: {"09:00": 21/h}}
    transactions: {payment: {share: 100 %, service: {dist: gamma, mean: 4 min, cv: 0.9}}}
  xinhua:
    hours: "00:00-24:00"
    arrivals: {rate: {"00:00": 22/h}}
    transactions: {payment: {share: 100 %, service: {dist: gamma, mean: 6 min, cv: 0.9}}}
"""
)

# what is replaced, by what, the piece that the error points at, its code, and words of message or remedy
MISTAKES = [
    # names
    (
        "adds: 18 %, transactions: [payment]",
        "adds: 18 %, transactions: [paiment]",
        "paiment",
        "unknown-name",
        "did you mean `payment`",
    ),
    (
        "adds: 18 %, transactions: [payment]",
        "adds: 18 %, transactions: [payment, payment]",
        "payment]}}\n      not",
        "duplicate",
        "once",
    ),
    ("takes: {payment: 15 %}", "takes: {pay: 15 %}", "pay: 15", "unknown-name", "payment"),
    ("refused: {transactions: [payment]", "refused: {transactions: [pay]", "pay], share", "unknown-name", "payment"),
    (
        "refused: {transactions: [payment]",
        "refused: {transactions: []",
        "[], share",
        "empty",
        "at least one transaction",
    ),
    (
        "refused: {transactions: [payment]",
        "refused: {transactions: [sim_replacement]",
        "shawan}\n",
        "unknown-name",
        "no transaction `sim_replacement`",
    ),
    ("to: shawan", "to: shawn", "shawn", "unknown-name", "did you mean `shawan`"),
    ("sends: {shawan: 40 %", "sends: {shawn: 40 %", "shawn", "unknown-name", "did you mean `shawan`"),
    ("sends: {shawan: 40 %", "sends: {gaosheng: 40 %", "gaosheng: 40", "same-hall", "another hall"),
    ("weights: {attitude: 38", "weights: {atitude: 38", "atitude", "unknown-name", "did you mean `attitude`"),
    ("kinds: {explanation: 0.1 %}", "kinds: {attitude: 0.1 %}", "attitude: 0.1", "unknown-name", "kind of complaint"),
    ("      gotone: {share", "      cause: {share", "cause: {share", "name", "another name"),
    ("at: counters", "at: desks", "desks", "choice", "counters, seats"),
    ("deposits: {from", "de/posits: {from", "de/posits", "name", "letters"),
    # dates
    ("until: 2010-07-20", "until: 2010-07-04", "2010-07-04", "order", "`until` is before `from`"),
    ("until: 2010-08-06", "until: 2010-08-01", "2010-08-01", "order", "both days belong"),
    ("until: 2010-08-06", "until: 6 August", "6 August", "date", "year-month-day"),
    ("{from: 2010-08-02, ", "{", "works: {until", "missing", "from"),
    # shares
    ("adds: 18 %", "adds: 118 %", "118 %", "share", "`30 %`"),
    ("adds: 18 %", "adds: 0.18", "0.18", "unit", "`30 %`"),
    ("adds: 18 %", "adds: -18 %", "-18 %", "share", ""),
    ("shawan: 40 %, xinhua: 30 %", "shawan: 80 %, xinhua: 30 %", "{shawan: 80", "shares", "110 %, more than 100 %"),
    ("heeded: 10 %", "heeded: 96 %", "notices:\n", "shares", "101 %, more than 100 %"),
    ("takes: {payment: 15 %}", "takes: {payment: 85 %}", "elsewhere:\n", "shares", "105 %, more than 100 %"),
    ("share: 5 %, service", "share: 99 %, service", "setbacks:\n", "shares", "101 %, more than 100 %"),
    ("accepts: 7 %", "accepts: 170 %", "170 %", "share", ""),
    ("misfiled: 12 %", "misfiled: 12", "12,\n", "unit", "`30 %`"),
    # spans, times, amounts
    ('away_from: ["10:00-12:00"]', "away_from: []", "[], towards", "empty", "at least one span"),
    ('towards: ["14:00-16:00"]', 'towards: ["16:00-14:00"]', '"16:00-14:00"', "span", "within one day"),
    ("every: 40 h", "every: 0 h", "0 h, lasts: 30", "positive", "above 0"),
    ("lasts: 30 min", "lasts: 30", "30, kiosks", "unit", "us, ms, s, min, h, days, weeks"),
    ("kiosks: true", "kiosks: all", "all}", "flag", "`true` or `false`"),
    ("service: 0.4", "service: 40 %", "40 %, returns", "unit", ""),
    ("after: 1 day", "after: -1 day", "-1 day", "negative", ""),
    ("cost: 300 CNY/month", "cost: 300 CNY", "300 CNY}", "unit", "CNY/month"),
    ("each: 0.5 CNY", "each: 0.5", "0.5, cost", "unit", "CNY"),
    ("gift: 17 CNY", "gift: 17 CNY/month", "17 CNY/month", "unit", "CNY"),
    ("feel: -1.5", "feel: bad", "bad\n", "quantity", ""),
    ("unsuitable_costs: 4", "unsuitable_costs: -4", "-4, at", "negative", ""),
    ('paused: {day_of_month: ["27-30"]}', "paused: {}", "{}}\n", "empty", "leave it out"),
    (
        'paused: {day_of_month: ["27-30"]}',
        'paused: {day_of_month: ["27-32"]}',
        '"27-32"',
        "day-of-month",
        "from 1 to 31",
    ),
    # keys
    ("adds: 18 %", "ads: 18 %", "ads", "unknown-key", "did you mean `adds`"),
    ("returns: 90 %", "return: 90 %", "return:", "unknown-key", "did you mean `returns`"),
    ("raises: 0.7 %", "rises: 0.7 %", "rises", "unknown-key", "did you mean `raises`"),
    ("    outages:", "    outage:", "outage:", "unknown-key", "did you mean `outages`"),
    ("adds: 18 %, ", "", "deposits: {from", "missing", "adds"),
]


def test_the_troubled_study_is_right_as_it_stands() -> None:
    hall = scenarios.loads(TROUBLED).resolve("baseline").study.halls["gaosheng"]
    assert hall.arrivals.crowds is not None
    assert hall.complaints is not None
    assert (hall.complaints.kinds, hall.complaints.weights) == ({"explanation": 0.001}, {"attitude": 38, "skill": 8})


@pytest.mark.parametrize(("old", "new", "piece", "code", "words"), MISTAKES)
def test_a_mistake_is_refused_at_its_own_place_with_a_remedy(
    old: str, new: str, piece: str, code: str, words: str
) -> None:
    text = changed((old, new), text=TROUBLED)
    found = {(problem.line, problem.col): problem for problem in problems(text)}
    where = place(text, piece)
    assert where in found, "\n".join(map(str, found.values()))
    assert found[where].code == code
    assert words in f"{found[where].message} {found[where].help}"
    assert found[where].source_line == text.splitlines()[where[0] - 1]


def test_all_mistakes_of_a_hall_are_reported_at_once() -> None:
    text = changed(("to: shawan", "to: shawn"), ("sends: {shawan", "sends: {shavan"), text=TROUBLED)
    assert {problem.code for problem in problems(text)} == {"unknown-name"}
    assert len(problems(text)) == 2


def test_a_hall_that_never_closes_is_not_shut_for_works() -> None:
    text = TROUBLED + "    closures: {works: {from: 2010-08-02, until: 2010-08-06}}\n"
    (problem,) = problems(text)
    assert (problem.code, problem.path) == ("never-closes", "halls.xinhua.closures.works")


def test_more_crowds_than_can_be_told_apart_are_refused() -> None:
    crowds = ", ".join(f"c{n}: {{from: 2010-07-05, until: 2010-07-06, adds: 1 %}}" for n in range(9))
    text = changed(("crowds: {deposits", f"crowds: {{{crowds}, deposits"), text=TROUBLED)
    (problem,) = problems(text)
    assert (problem.code, problem.path) == ("too-many", "halls.gaosheng.arrivals.crowds")


# what is compared, its code, and words of message or remedy
METRICS = [
    ("complaints@hall/shawan", "nothing-measured", "add `complaints: {rate: 0 %}`"),
    ("complaints@run_by/partner", "unknown-scope", "did you mean `run_by/own`"),
    ("complaints@hall/gaosheng/cause/atitude", "unknown-scope", "did you mean `hall/gaosheng/cause/attitude`"),
    ("complaints@hall/shawan/cause/attitude", "unknown-scope", ""),
    ("complaints_filed@hall/gaosheng", "unknown-scope", "hall/NAME/cause/attitude"),
    ("wait_mean@hall/gaosheng/cause/attitude", "unknown-scope", "use `hall/gaosheng`"),
    ("wait_mean@run_by/own", "unknown-scope", "hall/NAME"),
    ("unfinished@hall/shawan", "nothing-measured", "`setbacks`"),
    ("elsewhere@hall/xinhua", "nothing-measured", "channel that takes 0 %"),
    ("sales@hall/shawan", "nothing-measured", "`sales` with `share: 0 %`"),
    ("sales_revenue@hall/gaosheng/gotone", "unknown-scope", "use `hall/gaosheng`"),
    ("remedy_cost@hall/shawan", "nothing-measured", "advisers: {count: 0, cost: 4000 CNY/month}"),
    ("remedy_cost@hall/gaosheng@10:30", "unknown-period", "month_end"),
    ("remedy_cost@hall/gaosheng@busy", "unknown-period", "month_end"),
    ("overtime@hall/gaosheng@10:30", "unknown-period", "month_end"),
    ("queue_p90", "unknown-scope", "measured for: `hall/NAME`"),
    ("queue_p90@hall/gaosheng/gotone@10:30", "unknown-scope", "use `hall/gaosheng`"),
    ("queue_p90@hall/gaosheng", "unknown-period", "`queue_p90@hall/gaosheng@09:00`"),
    ("queue_p90@hall/gaosheng@mon-10:30", "unknown-period", "known by the half hour"),
    ("queue_p90@hall/gaosheng@03:30", "unknown-period", "name an open half hour"),
    ("queue_p80@hall/gaosheng@10:30", "unknown-metric", "did you mean `queue_p90`"),
    ("wait_over_target@hall/gaosheng@mno-10:30", "unknown-period", "did you mean `mon-10:30`"),
    ("wait_over_target@hall/gaosheng@mon-10:31", "unknown-period", "did you mean `mon-10:30`"),
    ("wait_over_target@hall/gaosheng@mon-03:30", "unknown-period", "name an open half hour"),
    ("wait_over_target@hall/gaosheng/gotone@mon-10:30", "unknown-period", "use `wait_over_target@hall/gaosheng@mon-"),
    ("arrivals@operator/own@mon-10:30", "unknown-period", "use `arrivals@hall/NAME@mon-10:30`"),
    ("wait_p90@hall/gaosheng@mon-10:30", "unknown-period", "compare arrivals, wait_mean or wait_over_target"),
    ("remedy_cost@hall/gaosheng@mon-10:30", "unknown-period", "month_end"),
]


@pytest.mark.parametrize(("key", "code", "words"), METRICS)
def test_what_no_run_would_measure_is_refused_before_any_runs(key: str, code: str, words: str) -> None:
    text = f"{TROUBLED}compare: {{metrics: {{{key}: {{goal: min}}}}}}\n"
    (problem,) = problems(text)
    assert problem.code == code
    assert words in f"{problem.message} {problem.help}"
    assert problem.line == text.count("\n")


@pytest.mark.parametrize(
    "key",
    [
        "complaints",
        "complaints@hall/gaosheng/cause/explanation",
        "complaints_filed@run_by/own/cause/attitude@2010-08",
        "complaints@run_by/own@busy",
        "complaints@hall/gaosheng/gotone@mon",
        "unfinished@hall/gaosheng@10:30",
        "elsewhere@hall/gaosheng/others",
        "sales",
        "sales_revenue@hall/gaosheng@2010-07",
        "remedy_cost@hall/gaosheng@month_end",
        "queue_p90@hall/gaosheng@10:30",
        "wait_over_target@hall/gaosheng@mon-10:30",
        "arrivals@hall/shawan@sun-09:00",
    ],
)
def test_what_halls_measure_of_troubles_and_remedies_can_be_compared(key: str) -> None:
    (metric,) = scenarios.loads(f"{TROUBLED}compare: {{metrics: {{'{key}': {{goal: min}}}}}}\n").compare.metrics
    assert metric.key == key
