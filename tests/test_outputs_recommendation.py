"""The rule that picks a strategy, and the sentence that tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest
from synthetic_findings import make_findings

import outputs
from outputs.doubts import what_would_overturn
from outputs.findings import DECISION_COLUMNS, FindingsError
from outputs.recommendation import count_sources, shown_arm


def decision(*rows: Mapping[str, Any]) -> pd.DataFrame:
    """Return a decision with the given cells; what a row leaves out is filled with something harmless."""
    plain: dict[str, Any] = {
        "point": "base", "metric": "wait_mean", "kpi": "wait_mean",
        "scope": "operator/own", "period": "all", "unit": "min",
        "goal": "min", "n": 10, "baseline_mean": 8.0, "baseline_half_width": 0.5, "arm_half_width": 0.5,
        "half_width": 0.5, "level": 0.99, "correlation": 0.9, "variance_ratio": 5.0, "indifference": 0.2,
        "indifference_chosen": False, "runs_to_settle": float("nan"),
    }  # fmt: skip
    full = []
    for row in rows:
        cells = {**plain, **row}
        cells.setdefault("low", cells["difference"] - cells["half_width"])
        cells.setdefault("high", cells["difference"] + cells["half_width"])
        cells.setdefault("arm_mean", cells["baseline_mean"] + cells["difference"])
        full.append(cells)
    return pd.DataFrame(full, columns=list(DECISION_COLUMNS))


def test_the_best_of_the_better_strategies_is_recommended() -> None:
    findings = make_findings(
        decision=decision(
            {"arm": "more-counters", "difference": -2.0, "verdict": "better"},
            {"arm": "kiosk-60", "difference": -3.5, "verdict": "better"},
            {"arm": "all-together", "difference": -9.0, "verdict": "not settled", "half_width": 12.0},
        )
    )
    choice = outputs.recommend(findings)
    assert choice.arm == "kiosk-60"
    assert choice.metric == "wait_mean"
    assert choice.rivals == ()
    assert dict(choice.primary)["all-together"] == "not settled"


def test_a_metric_to_be_maximised_is_chosen_by_the_largest_gain() -> None:
    findings = make_findings(
        decision=decision(
            {"arm": "more-counters", "difference": 2.0, "verdict": "better", "goal": "max"},
            {"arm": "kiosk-60", "difference": 3.5, "verdict": "better", "goal": "max"},
        )
    )
    assert outputs.recommend(findings).arm == "kiosk-60"


def test_of_equal_gains_the_first_of_the_study_wins() -> None:
    rows = [{"arm": arm, "difference": -2.0, "verdict": "better"} for arm in ("fast-lane", "kiosk-60")]
    assert outputs.recommend(make_findings(decision=decision(*rows))).arm == "fast-lane"


def test_the_first_metric_of_the_study_decides_and_the_others_are_told() -> None:
    other = {"metric": "abandoned", "kpi": "abandoned", "unit": "customers"}
    hours = {"metric": "counter_hours", "kpi": "counter_hours", "unit": "h", "baseline_mean": 900.0}
    findings = make_findings(
        decision=decision(
            {"arm": "kiosk-60", "difference": -2.0, "verdict": "better"},
            {"arm": "fast-lane", "difference": -1.0, "verdict": "worse"},
            {"arm": "kiosk-60", "difference": 0.0, "verdict": "not settled", **other},
            {"arm": "fast-lane", "difference": -900.0, "verdict": "better", **other},
            {"arm": "kiosk-60", "difference": 30.0, "verdict": "worse", **hours},
        )
    )
    choice = outputs.recommend(findings)
    assert (choice.arm, choice.unsettled, choice.worse) == ("kiosk-60", ("abandoned",), ("counter_hours",))
    sentence = outputs.verdict_sentence(findings)
    assert "the price: staffed counter hours up by 30" in sentence
    assert "not settled: customers who gave up waiting" in sentence


def test_an_overlapping_rival_is_named() -> None:
    findings = make_findings(
        decision=decision(
            {"arm": "more-counters", "difference": -2.8, "verdict": "better"},
            {"arm": "kiosk-60", "difference": -3.0, "verdict": "better"},
        )
    )
    assert outputs.recommend(findings).rivals == ("more-counters",)
    assert any("More counters at the peak" in reason for reason in what_would_overturn(findings))


@pytest.mark.parametrize(
    ("language", "words"), [("en", "No strategy is shown to be better"), ("zh", "没有方案被证明优于")]
)
def test_where_none_is_better_it_is_said_plainly(language: Any, words: str) -> None:
    findings = make_findings(
        language,
        decision=decision(
            {"arm": "more-counters", "difference": 2.0, "verdict": "worse"},
            {"arm": "kiosk-60", "difference": -0.3, "verdict": "not settled", "runs_to_settle": 33.2},
        ),
    )
    assert outputs.recommend(findings).arm is None
    assert shown_arm(findings, "base") == "kiosk-60"
    sentence = outputs.verdict_sentence(findings)
    assert words in sentence
    assert "34" in sentence


def test_the_sentence_tells_change_interval_queue_price_and_assumptions() -> None:
    sentence = outputs.verdict_sentence(make_findings())
    plain = sentence.replace("\u00a0", " ")
    assert plain.startswith("Choose “All together”: customers over the waiting target down by 11.95 points")
    assert "from 18.59 % to 6.65 % (99.79 % interval: 11.52 to 12.37)" in plain
    assert "mean queue down from 5.49 to 2.31 customers" in plain
    assert "the price: staffed counter hours up by 508 h" in plain
    assert plain.endswith("13 of the 25 stated numbers behind this are assumed.")


def test_a_study_with_only_the_baseline_has_nothing_to_choose() -> None:
    findings = make_findings(arms=("baseline",), decision=decision())
    assert outputs.recommend(findings).metric is None
    assert "nothing to choose" in outputs.verdict_sentence(findings)


def test_a_choice_that_changes_along_the_sweep_is_told() -> None:
    rows = [
        {"point": point, "arm": arm, "difference": difference, "verdict": "better"}
        for point, arm, difference in (
            ("low", "kiosk-60", -3.0),
            ("low", "fast-lane", -1.0),
            ("high", "fast-lane", -2.0),
        )
    ]
    findings = make_findings(points=("low", "high"), decision=decision(*rows))
    assert outputs.recommend(findings, "high").arm == "fast-lane"
    assert "at 1 of the 2 points of the sweep the choice is another" in outputs.verdict_sentence(findings)
    assert any(reason.startswith("At high the choice is “Fast lane") for reason in what_would_overturn(findings))


def test_sources_are_counted_the_least_certain_first() -> None:
    sources = count_sources(make_findings())
    assert sources.by_source == (("assumed", 13), ("published", 4), ("seed", 8))
    assert (sources.total, sources.assumed, sources.ranged) == (25, 13, 12)


def test_frames_that_lack_a_column_or_invent_a_verdict_are_refused() -> None:
    findings = make_findings()
    with pytest.raises(FindingsError, match="lacks verdict"):
        make_findings(decision=findings.decision.drop(columns="verdict"))
    with pytest.raises(FindingsError, match="marvellous"):
        make_findings(decision=findings.decision.assign(verdict="marvellous"))
    with pytest.raises(FindingsError, match="strategies or points unknown to it: stranger"):
        make_findings(decision=findings.decision.assign(arm="stranger"))
