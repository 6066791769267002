"""Wrong input: each mistake is refused at its own line and column, with a remedy, and all of them at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from study_texts import HALL, changed, place, problems, with_arms, write

import scenarios
from scenarios.problems import Problem, StudyErrors

COMPARE = HALL + "compare:\n  metrics:\n    wait_mean: {indifference: 0.5 min}\n"


def only(found: tuple[Problem, ...]) -> Problem:
    assert len(found) == 1, "\n\n".join(map(str, found))
    return found[0]


# what is replaced, by what, the piece that the error points at, its code, and words of the remedy
MISTAKES = [
    ("    counters:\n", "    countrs:\n", "countrs", "unknown-key", "did you mean `counters`"),
    ("      holiday: 0.6", "      hollyday: 0.6", "hollyday", "unknown-key", "did you mean `holiday`"),
    ("seed: 7", "sed: 7", "sed", "unknown-key", "did you mean `seed`"),
    ("seed: 7", "arm: {}", "arm", "unknown-key", "did you mean `arms`"),
    ("seed: 7", "groups: {}", "groups", "not-in-this-version", "remove `groups`"),
    ("28/h", "28", "28,", "unit", "/h, /min, /s, /day"),
    ("28/h", "28 min", "28 min", "unit", "/h, /min, /s, /day"),
    ("28/h", "-28/h", "-28/h", "negative", ""),
    ("28/h", "99999/h", "99999/h", "huge", "split the hall"),
    ("25 %", "0.25", "0.25", "unit", "`30 %`"),
    ("25 %", "125 %", "125 %", "share", "`30 %`"),
    ("75 %", "65 %", "customers", "shares", "gotone 25 %, others 65 %"),
    ("55 %", "56 %", "transactions:\n", "shares", "payment 45 %, sim_replacement 56 %"),
    ("mean: 9 min", "mean: 9", "9, cv: 0.5", "unit", "us, ms, s, min, h, days, weeks"),
    ("mean: 9 min", "mean: 9 CNY", "9 CNY", "unit", "us, ms, s, min, h, days, weeks"),
    ("mean: 9 min", "mean: 0 min", "0 min, cv: 0.5", "positive", "above 0"),
    ("mean: 9 min", "mean: 2 min", "5 min}}\n    counters", "saving", "less than the mean"),
    ("saves: 1 min", "saves: 3 min", "3 min}}\n    balking", "saving", "less than the mean"),
    (
        "transactions: [payment], takes: {dist: exponential, mean: 2 min}, saves: 1 min",
        "transactions: [sim_replacement], takes: {dist: exponential, mean: 2 min}, saves: 5 min",
        "5 min}}\n    balking",
        "saving",
        "less than the mean",
    ),
    ('when: {day_of_month: ["1-3"]}', "when: {}", "{}}}", "empty", "leave it out"),
    ("cv: 0.6", "cv: .nan", ".nan", "not-finite", "number"),
    ("cv: 0.6", "cv: .inf", ".inf", "not-finite", "number"),
    ("cv: 0.6", "cv: 1e400", "1e400", "huge", "fewer digits"),
    ("cv: 0.6", "cv: 1e20", "1e20", "huge", "1e18"),
    ("cv: 0.6", "cv: 0.6 min", "0.6 min", "unit", "without a unit"),
    (
        "dist: exponential, mean: 25 min",
        "dist: exponental, mean: 25 min",
        "exponental",
        "choice",
        "did you mean `exponential`",
    ),
    ("dist: exponential, mean: 25 min", "mean: 25 min", "patience: {mean", "missing", "one of exponential"),
    (
        "dist: exponential, mean: 25 min",
        "dist: exponential",
        "patience: {dist: exponential}",
        "missing",
        "add `mean: 5 min`",
    ),
    (
        "dist: exponential, mean: 25 min",
        "dist: hyperexponential, mean: 25 min, cv: 0.5",
        "0.5}}",
        "range",
        "gamma or lognormal",
    ),
    (
        "dist: exponential, mean: 25 min",
        "dist: exponential, mean: 25 min, cv: 1",
        "cv: 1}",
        "unknown-key",
        "known here: mean, dist",
    ),
    ("holiday: 0.6", "holiday: {best: 0.6, low: -1, high: 1, source: assumed}", "-1, high", "negative", "number"),
    ("horizon: 2 months", "horizon: 0 days", "0 days", "horizon", "at least 1 day"),
    ("horizon: 2 months", "horizon: 2", "2\nhalls", "unit", "days weeks months years"),
    ("horizon: 2 months", "horizon: 5000 days", "5000 days", "huge", "shorter"),
    ("horizon: 2 months", "horizon: 1 day\nwarm_up: 1 day", "1 day\nhalls", "warm-up", "lengthen"),
    ("schema_version: 1", "schema_version: 2", "2\nname", "schema-version", "update Standfast"),
    ("seed: 7", "seed: 4294967296", "4294967296", "range", "from 0 to 4294967295"),
    ("seed: 7", "seed: -1", "-1\n", "range", "from 0 to 4294967295"),
    ("start: 2010-07-01", "start: 2010-02-30", "2010-02-30", "date", "year-month-day"),
    ("name: one", "name: ../one", "../one", "name", "letters of any language"),
    ("  gaosheng:", "  gao/sheng:", "gao/sheng", "name", "letters of any language"),
    ('hours: "09:00-18:00"', 'hours: "18:00-09:00"', '"18:00-09:00"', "span", "within one day"),
    ('    hours: "09:00-18:00"\n', "", "gaosheng:", "missing", "add `hours"),
    ('{"09:00": 28/h', '{"08:00": 28/h', '"08:00"', "outside-hours", "the first time is the opening"),
    ('"10:00": 6}', '"18:00": 6}', '"18:00": 6', "outside-hours", "closing"),
    ('hours: ["10:00-12:00"]', 'hours: ["08:00-12:00"]', '"08:00-12:00"', "outside-hours", "while the hall is open"),
    ('{"09:00": 3, "10:00": 6}', '{"10:00": 3, "09:00": 6}', '"09:00": 6', "order", "early to late"),
    ('{"09:00": 3, "10:00": 6}', '{"09:00": 3.5}', "3.5", "whole", "whole number"),
    ('{"09:00": 3, "10:00": 6}', '{"09:00": -1}', "-1}", "range", "from 0"),
    ('{"09:00": 3, "10:00": 6}', '{"09:00": "+1"}', '"+1"', "relative", "arms"),
    ('{"09:00": 3, "10:00": 6}', "3", "3\n      lanes", "type", "key: value"),
    ("serves: [payment]", "serves: [paiment]", "paiment", "unknown-name", "did you mean `payment`"),
    ("transactions: [payment]", "transactions: [pay]", "pay]", "unknown-name", "payment"),
    ("    class: A", "    class: D", "D\n", "choice", "A, B, C"),
    ("serve_all_inside", "serve_all", "serve_all\n", "choice", "did you mean `serve_all_inside`"),
    ("kiosk: true", "kiosk: yes", "yes", "flag", "`true` or `false`"),
    ("mon: 1.1", "monday: 1.1", "monday", "unknown-key", "did you mean `mon`"),
    ('"1-3": 1.3', '"1-27": 1.3', '"26-31": 1.25', "overlap", "once"),
    ('"1-3": 1.3', '"0-3": 1.3', '"0-3"', "day-of-month", "from 1 to 31"),
    ("10: 20 %", "ten: 20 %", "ten", "quantity", "number"),
    ("  gaosheng:\n", "  gaosheng: {}\n  gaosheng:\n", "gaosheng:\n", "duplicate-key", "remove one"),
    ("low: 0.1,", "low: 0.2,", "0.2,", "belief-order", "low ≤ best ≤ high"),
    ("high: 0.3,", "high: 0.1,", "0.1, source", "belief-order", "low ≤ best ≤ high"),
    ("high: 0.3,", "high: 30 %,", "30 %, source", "unit", "without a unit"),
    ("source: assumed", "source: guess", "guess", "belief-source", "seed, published, fitted, assumed"),
    (", source: assumed", "", "{best", "belief-source", "`source:`"),
    ("note: not measured", "notes: not measured", "notes", "unknown-key", "did you mean `note`"),
    ("      holiday: 0.6", "      from_market: true", "true\n      day_to", "no-market", "whole traffic"),
    ("      holiday: 0.6", "      day_of_month: {}", "day_of_month: {}", "duplicate-key", "remove one"),
]


@pytest.mark.parametrize(("old", "new", "piece", "code", "help"), MISTAKES)
def test_a_mistake_is_refused_at_its_own_place_with_a_remedy(
    old: str, new: str, piece: str, code: str, help: str
) -> None:
    text = changed((old, new))
    found = {(problem.line, problem.col): problem for problem in problems(text)}
    where = place(text, piece)
    assert where in found, "\n".join(map(str, found.values()))
    assert found[where].code == code
    assert help in found[where].help
    assert found[where].source_line == text.splitlines()[where[0] - 1]


def test_no_message_shows_the_machinery() -> None:
    for old, new, *_ in MISTAKES:
        for problem in problems(changed((old, new))):
            words = f"{problem.message} {problem.help}".lower()
            assert not re.search(
                r"pydantic|input should|valid(ation)? error|traceback|extra_forbidden|nonetype", words
            ), words


def test_all_mistakes_are_reported_at_once() -> None:
    text = changed(("28/h", "-28/h"), ("25 %", "0.25"), ("cv: 0.5}, red", "cv: .nan}, red"), ("balking:", "balk:"))
    text += "arms:\n  a: {halls.gaosheng.kiosk.count: 2}\ncompare:\n  baseline: b\n  metrics: {wait: {}}\n"
    codes = [problem.code for problem in problems(text, ("nonsense", "seed=1.5"))]
    assert sorted(codes) == sorted(
        [
            "negative",
            "unit",
            "not-finite",
            "unknown-key",
            "unknown-path",
            "unknown-arm",
            "unknown-metric",
            "set",
            "whole",
        ]
    )


def test_a_mistake_of_the_base_is_reported_once_however_many_arms_see_it() -> None:
    text = changed(("28/h", "-28/h")) + "arms: {a: {}, b: {}, c: {}}\n"
    assert only(problems(text)).code == "negative"


def test_a_mistake_of_the_base_has_the_path_of_the_base_not_of_a_patched_span() -> None:
    text = changed(('{"09:00": 3, "10:00": 6}', '{"09:00": -3}'))
    found = problems(
        f'{text}arms: {{baseline: {{}}, more: {{halls.gaosheng.counters.staffing: {{"10:00-12:00": "+1"}}}}}}\n'
    )
    assert found[0].path == "halls.gaosheng.counters.staffing.09:00"


def test_a_misspelt_part_does_not_also_accuse_the_arms_that_patch_it() -> None:
    text = with_arms('halls.gaosheng.counters.staffing: {"11:00-12:00": "+1"}', changed(("counters:", "countrs:")))
    assert only(problems(text)).code == "unknown-key"


def test_errors_render_with_place_caret_path_and_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    path = write(tmp_path / "sub", snow=changed(("28/h", "28")))
    with pytest.raises(StudyErrors) as refused:
        scenarios.load(path)
    assert str(refused.value).splitlines() == [
        "sub/snow.yaml:15:23: error[unit]: `28` has no unit; a rate is wanted (at halls.gaosheng.arrivals.rate.09:00)",
        '  15 |       rate: {"09:00": 28, "09:30": 52/h, "10:00": 78/h}',
        "     |                       ^^",
        "  help: allowed units: /h, /min, /s, /day; for example `45/h`",
    ]


def test_errors_are_plain_data_too() -> None:
    with pytest.raises(StudyErrors) as refused:
        scenarios.loads(changed(("28/h", "28")))
    (entry,) = refused.value.as_dicts()
    assert entry["line"] == 15
    assert entry["col"] == 23
    assert entry["code"] == "unit"
    assert entry["path"] == "halls.gaosheng.arrivals.rate.09:00"


@pytest.mark.parametrize(
    ("name", "help"),
    [
        ("chengdu-hals", "did you mean `chengdu-halls`"),
        ("nosuch/study.yaml", "check the path"),
        ("qqqq", "studies of the library"),
    ],
)
def test_a_missing_study_names_the_nearest(name: str, help: str) -> None:
    with pytest.raises(StudyErrors) as refused:
        scenarios.load(name)
    problem = only(refused.value.problems)
    assert problem.code == "no-such-file"
    assert help in problem.help


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b", "", ".", "/"])
def test_a_strange_study_name_is_an_ordinary_error(name: str) -> None:
    with pytest.raises(StudyErrors):
        scenarios.load(name)


def test_a_study_that_extends_itself_is_refused_at_the_line(tmp_path: Path) -> None:
    path = write(tmp_path, one=changed(("seed: 7", "extends: [one.yaml]")))
    with pytest.raises(StudyErrors) as refused:
        scenarios.load(path)
    problem = only(refused.value.problems)
    assert (problem.code, problem.line, problem.col) == ("cycle", 4, 11)
    assert "extends itself" in problem.message


def test_a_circle_of_parents_is_refused_where_it_closes(tmp_path: Path) -> None:
    path = write(tmp_path, b="extends: a.yaml\n", c="extends: b.yaml\n", a=changed(("seed: 7", "extends: c.yaml")))
    with pytest.raises(StudyErrors) as refused:
        scenarios.load(path)
    problem = only(refused.value.problems)
    assert (problem.code, Path(problem.file).name) == ("cycle", "b.yaml")


def test_parents_of_parents_cannot_multiply_without_end(tmp_path: Path) -> None:
    files = {f"f{i}": f"extends: [f{i - 1}.yaml, f{i - 1}.yaml]\n" for i in range(1, 19)}
    path = write(tmp_path, f0="own: mobile\n", **files, top=changed(("seed: 7", "extends: f18.yaml")))
    with pytest.raises(StudyErrors) as refused:
        scenarios.load(path)
    assert {problem.code for problem in refused.value.problems} == {"too-large"}


def test_a_missing_parent_hides_nothing_else_and_invents_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, one="name: x\nextends: gone.yaml\nhorizon: 3\nhalls: {a: {kiosks: {count: -1}}}\n")
    with pytest.raises(StudyErrors) as refused:
        scenarios.load(path)
    assert [problem.code for problem in refused.value.problems] == ["no-such-file", "unit", "range"]


def test_a_mistake_in_a_parent_is_shown_in_the_parents_file(tmp_path: Path) -> None:
    path = write(tmp_path, base=changed(("28/h", "28")), child="name: child\nextends: base.yaml\nhorizon: 1 month\n")
    with pytest.raises(StudyErrors) as refused:
        scenarios.load(path)
    problem = only(refused.value.problems)
    assert (Path(problem.file).name, problem.line) == ("base.yaml", 15)


@pytest.mark.parametrize(
    ("part", "code", "help"),
    [
        ("sweep: {gird: {}}", "unknown-key", "did you mean `grid`"),
        ("sweep: {grid: {halls.gaosheng.kiosks.count: 3}}", "type", "[3]"),
        ("sweep: {grid: {halls.gaosheng.kiosk.count: [3]}}", "unknown-path", "did you mean `kiosks`"),
        (
            "sweep: {zip: {halls.gaosheng.kiosks.count: [1, 2], halls.gaosheng.kiosks.share: [10 %]}}",
            "length",
            "same length",
        ),
        ("sweep: {grid: {seed: [1, 2]}}", "fixed", "--set"),
        ("sweep: {grid: {halls.gaosheng.kiosks.count: [" + "1, " * 5000 + "1]}}", "too-large", "fewer"),
        ("sweep: {grid: {halls.gaosheng.kiosks.count: [1, 2, 1]}}", "duplicate", "once"),
        (
            "sweep: {grid: {halls.gaosheng.kiosks.count: [1]}, zip: {halls.gaosheng.kiosks.count: [2]}}",
            "duplicate",
            "one of the two",
        ),
        ("arms: {a: {horizon: 3 months}}", "fixed", "--set"),
        ("arms: {a: {compare.baseline: a}}", "fixed", ""),
        ("arms: {a/b: {}}", "name", "letters"),
        ("arms: {a: 3}", "type", "{}"),
        ("arms: []", "type", "baseline"),
    ],
)
def test_arms_and_sweep_are_checked(part: str, code: str, help: str) -> None:
    problem = only(problems(f"{HALL}{part}\n"))
    assert problem.code == code
    assert help in problem.help


@pytest.mark.parametrize(
    ("old", "new", "code", "help"),
    [
        ("wait_mean:", "wait_men:", "unknown-metric", "did you mean `wait_mean`"),
        ("wait_mean:", "offered_wait_over_7min:", "unknown-metric", "did you mean `offered_wait_over_5min`"),
        ("wait_mean:", "wait_mean@hall/gaoshen:", "unknown-scope", "did you mean `hall/gaosheng`"),
        ("wait_mean:", "wait_mean@hall/gaosheng/gotne:", "unknown-scope", "did you mean `hall/gaosheng/gotone`"),
        ("wait_mean:", "wait_mean@operator/own@2010-10:", "unknown-period", "2010-07 to 2010-08"),
        ("wait_mean:", "wait_mean@operator/own@monday:", "unknown-period", "did you mean `mon`"),
        ("wait_mean:", "wait_mean@operator/own@09:15:", "unknown-period", "half hour"),
        ("wait_mean: {indifference: 0.5 min}", "on_target@operator/own@mon: {}", "unknown-period", ""),
        ("wait_mean:", "'wait_mean@operator/own@all@x':", "metric", "wait_mean@hall/gaosheng@mon"),
        ("wait_mean: {indifference: 0.5 min}", "utilisation: {}", "goal", "goal: min"),
        ("0.5 min", "0.5", "unit", "us, ms, s, min, h, days, weeks"),
        ("0.5 min", "1 %", "unit", "us, ms, s, min, h, days, weeks"),
        ("wait_mean: {indifference: 0.5 min}", "on_target: {indifference: 1 min}", "unit", "`30 %`"),
        ("wait_mean: {indifference: 0.5 min}", "abandoned: {indifference: 1 %}", "unit", "a bare number"),
        ("0.5 min", "-1 min", "negative", ""),
        ("indifference:", "indiference:", "unknown-key", "did you mean `indifference`"),
        ("  metrics:", "  confidence: 0.95\n  metrics:", "unit", "`30 %`"),
        ("  metrics:", "  confidence: 100 %\n  metrics:", "range", "95 %"),
        ("  metrics:", "  baseline: nobody\n  metrics:", "unknown-arm", "baseline"),
        ("  metrics:", "  replications: {initial: 1}\n  metrics:", "range", "from 2"),
        ("  metrics:", "  replications: {initial: 20, max: 10}\n  metrics:", "range", "raise it"),
        ("  metrics:", "  replications: {half_width: {wait_mean: 1 %}}\n  metrics:", "unit", "us, ms, s, min"),
        ("  metrics:", "  replications: {half_width: {abandoned: 1}}\n  metrics:", "unknown-metric", "wait_mean"),
        ("  metrics:", "  replications: {half_width: {wait_mean: 0 s}}\n  metrics:", "positive", ""),
    ],
)
def test_what_is_compared_is_checked(old: str, new: str, code: str, help: str) -> None:
    problem = only(problems(changed((old, new), text=COMPARE)))
    assert problem.code == code
    assert help in problem.help
    assert problem.line > HALL.count("\n")


def test_a_hotline_has_no_kiosks() -> None:
    text = changed(("    class: A\n", "    kind: hotline\n"))
    assert {problem.path for problem in problems(text)} == {
        "halls.gaosheng.kiosks",
        "halls.gaosheng.transactions.payment.kiosk",
    }


def test_the_rate_limit_counts_the_calendars_factors() -> None:
    assert only(problems(changed(("28/h", "25000/h")))).code == "huge"
    assert scenarios.loads(changed(("28/h", "22000/h")))


def test_times_may_lie_in_the_hours_of_any_day() -> None:
    text = changed(
        ('hours: "09:00-18:00"', 'hours: "09:00-18:00"\n    days: {sat: "08:00-20:00", sun: closed}'),
        ('{"09:00": 3, "10:00": 6}', '{"08:00": 1, "09:00": 3, "19:00": 2}'),
    )
    assert scenarios.loads(text)


def test_linear_nodes_may_end_at_closing() -> None:
    rate = '{"09:00": 28/h, "09:30": 52/h, "10:00": 78/h}'
    text = changed((rate, '{"09:00": 28/h, "18:00": 5/h}\n      interpolate: linear'))
    assert scenarios.loads(text)
    assert only(problems(changed((rate, '{"09:00": 28/h, "18:00": 5/h}')))).code == "outside-hours"


def test_a_hall_without_counters_and_a_hall_open_all_day_are_legal() -> None:
    counters = HALL[HALL.index("    counters:") : HALL.index("    kiosks:")]
    loaded = scenarios.loads(changed((counters, ""), ('hours: "09:00-18:00"', 'hours: "00:00-24:00"')))
    hall = loaded.resolve("baseline").study.halls["gaosheng"]
    assert hall.counters.staffing.at(12 * 3_600_000_000) == 0
    assert hall.hours.close_us - hall.hours.open_us == 86_400_000_000


def test_a_study_needs_only_a_name_and_a_horizon() -> None:
    loaded = scenarios.loads("name: empty\nhorizon: 1 day\n")
    assert loaded.arms == ("baseline",)
    assert loaded.compare.metrics == ()
    assert {problem.code for problem in problems("{}")} == {"missing"}


@pytest.mark.parametrize(
    ("key", "code", "help"),
    [
        ("counter_hours@hall/gaosheng/gotone", "unknown-scope", "use `hall/gaosheng`"),
        ("utilisation@hall/gaosheng/gotone", "unknown-scope", "use `hall/gaosheng`"),
        ("wait_over_target@hall/gaosheng/kiosk", "unknown-scope", "use `hall/gaosheng`"),
        ("wait_over_target@hall/gaosheng/others", "no-target", "add `target"),
        ("wait_mean@operator/own@20:00", "unknown-period", "open half hour"),
        ("overtime@hall/gaosheng@2010-07", "unknown-period", "2010-08 to 2010-08"),
    ],
)
def test_what_no_run_would_measure_is_refused_before_any_runs(key: str, code: str, help: str) -> None:
    text = changed(("seed: 7", "seed: 7\nwarm_up: 31 days"))
    problem = only(problems(f"{text}compare: {{metrics: {{{key}: {{goal: min}}}}}}\n"))
    assert problem.code == code
    assert help in problem.help


def test_a_hall_without_counters_is_compared_without_the_waits_of_those_served() -> None:
    text = changed((HALL[HALL.index("    counters:") : HALL.index("    kiosks:")], ""))
    assert [metric.kpi for metric in scenarios.loads(text).compare.metrics] == [
        "wait_over_target",
        "abandoned",
        "counter_hours",
    ]
    assert only(problems(f"{text}compare: {{metrics: {{wait_p90: {{}}}}}}\n")).code == "no-counters"
    assert scenarios.loads(f"{text}compare: {{metrics: {{wait_p90@hall/gaosheng/kiosk: {{}}}}}}\n")


def test_a_hall_that_never_closes_has_no_overtime_to_compare() -> None:
    text = changed(('hours: "09:00-18:00"', 'hours: "00:00-24:00"'))
    assert only(problems(f"{text}compare: {{metrics: {{overtime: {{}}}}}}\n")).code == "no-closing"


def test_parts_that_only_some_arms_have_cannot_be_compared() -> None:
    arms = "arms: {baseline: {}, none: {halls.gaosheng.kiosks: null}}\n"
    assert only(problems(f"{HALL}{arms}compare: {{metrics: {{kiosk_share: {{}}}}}}\n")).code == "no-kiosks"
    found = only(problems(f"{HALL}{arms}compare: {{metrics: {{wait_mean@hall/gaosheng/kiosk: {{}}}}}}\n"))
    assert "not there in every arm" in found.message


def test_a_study_without_targets_or_busy_hours_is_compared_without_them() -> None:
    target, busy = "target: {busy: 10 min, idle: 5 min}, ", HALL[HALL.index("    busy:") : HALL.index("    arrivals:")]
    text = changed((target, ""), (busy, ""))
    assert [m.key for m in scenarios.loads(text).compare.metrics] == ["wait_mean", "abandoned", "counter_hours"]
    assert (
        only(problems(f"{text}compare: {{metrics: {{wait_mean@operator/own@busy: {{}}}}}}\n")).code == "unknown-period"
    )


def test_public_holidays_of_years_that_nobody_knows_are_refused_where_they_matter() -> None:
    text = changed(("start: 2010-07-01", "start: 1999-01-03"))
    assert {(p.code, p.path) for p in problems(text)} == {("calendar", "halls.gaosheng.arrivals.holiday")}
    assert "calendar: none" in only(problems(text)).help
    assert scenarios.loads(changed(("start: 2010-07-01", "start: 1999-01-03\ncalendar: none")))


def test_lanes_and_classes_leave_the_names_of_the_halls_own_to_the_hall() -> None:
    assert only(problems(changed(("fast: {", "counters: {")))).code == "name"
