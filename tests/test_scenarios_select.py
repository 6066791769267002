"""What a study may say of selecting one arm, and what is refused with its line and column."""

from __future__ import annotations

import pytest
from study_texts import HALL

import scenarios
from scenarios.problems import StudyErrors

ARMS = HALL + "arms:\n  baseline: {}\n  more: {halls.gaosheng.kiosks.count: 4}\n"
COMPARE = """\
compare:
  metrics: {wait_mean: {indifference: 0.5 min}, served: {goal: max}}
  select: {metric: wait_mean, procedure: two_stage}
"""


def refused(text: str) -> StudyErrors:
    with pytest.raises(StudyErrors) as caught:
        scenarios.loads(text)
    return caught.value


def test_a_study_selects_by_a_metric_and_its_zone() -> None:
    found = scenarios.loads(ARMS + COMPARE).compare.select
    assert found is not None
    assert (found.metric, found.procedure, found.zone) == ("wait_mean", "two_stage", 0.5)
    plain = scenarios.loads(ARMS + COMPARE.replace(", procedure: two_stage", "")).compare.select
    assert plain is not None
    assert plain.procedure == "kn"
    assert scenarios.loads(ARMS).compare.select is None


@pytest.mark.parametrize(
    ("old", "new", "code", "help"),
    [
        ("{metric: wait_mean,", "{metric: wait_men,", "unknown-metric", "wait_mean"),
        ("{metric: wait_mean,", "{metric: served,", "indifference", "smallest lead"),
        ("0.5 min}", "0 min}", "indifference", "smallest lead"),
        ("two_stage", "best", "choice", "kn, two_stage"),
        ("metric: wait_mean, procedure", "procedure", "missing", "compare.metrics"),
        ("procedure:", "procedur:", "unknown-key", "procedure"),
        ("{metric: wait_mean, procedure: two_stage}", "kn", "type", "select: {metric"),
    ],
)
def test_a_selection_that_cannot_be_made_is_refused_where_it_stands(old: str, new: str, code: str, help: str) -> None:
    assert old in COMPARE
    fault = refused(ARMS + COMPARE.replace(old, new))
    (problem,) = fault.problems
    assert problem.code == code
    assert help in problem.help
    assert problem.line == len(ARMS.splitlines()) + 3
    assert problem.col > 1


def test_one_arm_alone_is_not_selected_from() -> None:
    (problem,) = refused(HALL + COMPARE).problems
    assert problem.code == "one-arm"


def test_a_zone_of_the_wrong_unit_is_told_once_and_with_its_place() -> None:
    (problem,) = refused(ARMS + COMPARE.replace("0.5 min", "5 CNY")).problems
    assert (problem.code, problem.line) == ("unit", len(ARMS.splitlines()) + 2)
    assert "min" in problem.help
