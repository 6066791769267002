"""`compare.checks`: what may be asked of the draws, and every way to ask it wrongly."""

from __future__ import annotations

import pytest

from scenarios import StudyErrors, loads

STUDY = """
name: checked
horizon: 2 days
halls:
  west:
    title: 西厅
    hours: "09:00-12:00"
    arrivals: {rate: {best: {"09:00": 20/h}, low: x0.5, high: x2, source: assumed}}
    customers: {all: {share: 100 %, target: {busy: 10 min, idle: 5 min}}}
    transactions: {any: {share: 100 %, service: {dist: exponential, mean: 3 min}}}
    counters: {staffing: {"09:00": 2}}
arms:
  baseline: {}
  more: {halls.west.counters.staffing: {"09:00": 3}}
sweep: {sample: {n: 4}}
compare:
  metrics: {wait_mean: {goal: min, indifference: 0.5 min}}
  checks:
    CHECKS
"""


def study(checks: str) -> str:
    return STUDY.replace("CHECKS", checks)


def fault(checks: str, text: str = "") -> tuple[str, str, str]:
    with pytest.raises(StudyErrors) as caught:
        loads(text or study(checks))
    (problem,) = caught.value.problems
    return problem.code, f"{problem.message} {problem.help}", problem.path


def test_a_check_is_read_with_its_arm_its_metrics_and_its_named_parts() -> None:
    parts = "{on time: on_target@hall/west >= 50 %, 快: wait_mean < 4 min or served > 9}"
    (check,) = loads(study(f"{{seen: {{title: 如报, arm: more, holds: {parts}, note: F-54}}}}")).compare.checks
    assert (check.name, check.title, check.arm, check.note) == ("seen", "如报", "more", "F-54")
    assert [metric.key for metric in check.metrics] == ["on_target@hall/west", "wait_mean", "served"]
    assert check.clauses == (
        ("", "(on_target@hall/west >= 50 %) and (wait_mean < 4 min or served > 9)"),
        ("on time", "on_target@hall/west >= 50 %"),
        ("快", "wait_mean < 4 min or served > 9"),
    )
    values = {"on_target@hall/west": 0.5, "wait_mean": 5.0, "served": 9.0}
    assert check.holds(values) == (False, True, False)
    assert check.holds({**values, "served": 10.0}) == (True, True, True)


def test_a_check_is_asked_of_the_baseline_where_it_names_no_arm_and_has_one_clause_where_it_has_one_part() -> None:
    (check,) = loads(study("{quick: {holds: wait_mean <= 90 s}}")).compare.checks
    assert check.arm == "baseline"
    assert check.clauses == (("", "wait_mean <= 90 s"),)
    assert check.holds({"wait_mean": 1.5}) == (True,)
    assert check.holds({"wait_mean": 1.51}) == (False,)


@pytest.mark.parametrize("met", [1, 2, 3, 4])
def test_a_share_of_whole_runs_is_compared_as_the_decimal_that_it_is(met: int) -> None:
    (check,) = loads(study(f"{{seen: {{holds: on_target@hall/west >= {20 * met} %}}}}")).compare.checks
    assert check.holds({"on_target@hall/west": sum([1.0] * met) / 5}) == (True,)
    assert check.holds({"on_target@hall/west": sum([1.0] * (met - 1)) / 5}) == (False,)


def test_metrics_may_be_compared_with_each_other() -> None:
    (check,) = loads(study("{order: {holds: wait_mean < wait_p90 and not served < arrivals}}")).compare.checks
    values = {"wait_mean": 2.0, "wait_p90": 5.0, "served": 10.0, "arrivals": 10.0}
    assert check.holds(values) == (True,)
    assert check.holds({**values, "served": 9.0}) == (False,)


@pytest.mark.parametrize(
    ("checks", "code", "said", "path"),
    [
        ("{seen: {arm: more}}", "missing", "`holds` is missing", "compare.checks.seen"),
        ("{seen: {holds: wait_mean < 4 min, arm: mroe}}", "unknown-arm", "more", "compare.checks.seen.arm"),
        ("{seen: {holds: wait_mean < 4 min, hold: x}}", "unknown-key", "holds", "compare.checks.seen.hold"),
        ("{seen: {holds: wait_meen < 4 min}}", "unknown-metric", "wait_mean", "compare.checks.seen.holds"),
        ("{seen: {holds: wait_mean@hall/wst < 4 min}}", "unknown-scope", "hall/west", "compare.checks.seen.holds"),
        ("{seen: {holds: wait_mean < 4}}", "unit", "min", "compare.checks.seen.holds"),
        ("{seen: {holds: wait_mean < 4 %}}", "unit", "min", "compare.checks.seen.holds"),
        ("{seen: {holds: 3 min < 4 min}}", "condition", "compared with no metric", "compare.checks.seen.holds"),
        ("{seen: {holds: wait_mean < served}}", "condition", "is compared with", "compare.checks.seen.holds"),
        ("{seen: {holds: wait_mean = 4 min}}", "condition", "==", "compare.checks.seen.holds"),
        ("{seen: {holds: [a, b]}}", "type", "one text", "compare.checks.seen.holds"),
        ("{seen: {holds: wait_mean < 4 min, note: [a]}}", "type", "a text is wanted", "compare.checks.seen.note"),
        ("{seen: {holds: {}}}", "missing", "no condition", "compare.checks.seen.holds"),
        ("{seen: {holds: {a: wait_mean < 4 %}}}", "unit", "min", "compare.checks.seen.holds.a"),
        ("{}", "type", "a map from names to checks", "compare.checks"),
        ("[a]", "type", "a map from names to checks", "compare.checks"),
    ],
)
def test_a_wrong_check_is_refused_at_its_place(checks: str, code: str, said: str, path: str) -> None:
    found = fault(checks)
    assert (found[0], found[2]) == (code, path)
    assert said in found[1]


def test_checks_without_draws_are_refused_with_the_way_to_draw() -> None:
    text = study("{quick: {holds: wait_mean <= 90 s}}").replace("sweep: {sample: {n: 4}}\n", "")
    code, said, path = fault("", text)
    assert (code, path) == ("no-draws", "compare.checks.quick.holds")
    assert "sample" in said


def test_a_metric_that_one_arm_does_not_measure_cannot_be_checked() -> None:
    text = study("{seen: {holds: kiosk_share > 20 %}}")
    assert fault("", text)[0] == "no-kiosks"
