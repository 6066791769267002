"""What may be compared in a market: KPIs, the scopes they have, their periods, and the units of their sizes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from market_texts import MARKET, market_study
from study_texts import HALL, changed, problems

import scenarios
from scenarios.kpis import KPIS, QUEUE_PERCENTILES, of_halls, scope_kind
from scenarios.metrics import metric_kpi, scopes
from scenarios.units import QuantityError

MARKET_ONLY = MARKET[: MARKET.index("halls:")]


def compared(metrics: str, text: str = MARKET) -> scenarios.Compare:
    return scenarios.loads(f"{text}compare: {{metrics: {{{metrics}}}}}\n").compare


def test_every_part_of_a_market_has_a_scope() -> None:
    found = scopes(market_study())
    assert found[:3] == ["operator/mobile", "operator/telecom", "operator/unicom"]
    assert {"segment/vip", "tactic/outbound_call", "flow/mobile/unicom", "flow/unicom/none", "flow/none/mobile"} <= set(
        found
    )
    assert {"flow/mobile/mobile", "hall/gaosheng/gotone"} <= set(found)
    assert "flow/none/none" not in found
    assert len(found) == len(set(found))


def test_every_kpi_is_measured_in_each_kind_of_scope_that_it_names() -> None:
    on = "tactics.outbound_call.enabled: true"
    study = market_study(
        (
            '"09:00": 6}}',
            '"09:00": 6}}\n    kiosks: {count: 1, share: 30 %, cost: 600 CNY/month, '
            "service: {dist: exponential, mean: 2 min}}"
            "\n    complaints: {rate: 1 %}\n    sales: {share: 10 %, takes: {dist: exponential, mean: 2 min}}"
            "\n    setbacks: {stock: {transactions: [all], share: 5 %}}",
        ),
        ("from_market: true", "from_market: true, elsewhere: {web: {takes: {all: 5 %}}}"),
        ("market: {", "market: {satisfaction: {leader: 74}, "),
        ("segments: [vip]}, rest", "segments: [vip], target: {busy: 10 min, idle: 5 min}}, rest"),
        arm="a",
        more=f"arms: {{a: {{{on}}}}}\n",
    )
    for name, kpi in KPIS.items():
        places = [scope for scope in scopes(study) if scope_kind(scope, study.own) in kpi.of]
        assert places, name
        when = "@10:00" if name in QUEUE_PERCENTILES else ""
        for kind in kpi.of:
            of_kind = [scope for scope in places if scope_kind(scope, study.own) == kind]
            assert any(_measured(f"{name}@{scope}{when}", study) for scope in of_kind)


def _measured(key: str, study: scenarios.Study) -> bool:
    try:
        return bool(metric_kpi(key, [study]))
    except QuantityError:
        return False


def test_the_default_scope_is_our_own_operator() -> None:
    (metric,) = compared("churn_rate: {}").metrics
    assert (metric.scope, metric.period, metric.unit, metric.goal) == ("operator/mobile", "all", "1/month", "min")


@pytest.mark.parametrize(
    ("metric", "size", "value"),
    [
        ("net_value", "50000 CNY", 50_000),
        ("net_value", "1.2 million CNY", 1_200_000),
        ("churn_rate", "0.1 %/month", 0.001),
        ("arpu", "2 CNY/month", 2),
        ("retention_rate", "0.5 %", 0.005),
        ("satisfaction", "1.5", 1.5),
        ("payback", "1 month", 1),
        ("payback", "0.5 months", 0.5),
        ("acquisitions", "1 thousand", 1_000),
        ("contacts@tactic/outbound_call", "100", 100),
    ],
)
def test_sizes_of_differences_are_read_in_the_unit_of_the_kpi(metric: str, size: str, value: float) -> None:
    goal = "goal: min, " if metric.startswith("contacts") else ""
    (one,) = compared(f"{metric}: {{{goal}indifference: {size}}}").metrics
    assert one.indifference == pytest.approx(value)


def test_without_compare_a_market_is_compared_in_money_and_loyalty_before_its_queues() -> None:
    assert [metric.key for metric in scenarios.loads(MARKET_ONLY).compare.metrics] == [
        "net_value",
        "churn_rate",
        "retention_rate",
    ]
    both = [metric.key for metric in scenarios.loads(MARKET).compare.metrics]
    assert both[:4] == ["net_value", "churn_rate", "retention_rate", "wait_mean"]


def test_what_is_good_for_a_rival_is_not_said_by_the_vocabulary() -> None:
    (problem,) = problems(f"{MARKET}compare: {{metrics: {{subscribers@operator/unicom: {{}}}}}}\n")
    assert (problem.code, problem.help) == (
        "goal",
        "write `subscribers@operator/unicom: {goal: min}` or `{goal: max}`",
    )
    (metric,) = compared("subscribers@operator/unicom@2010-09: {goal: min}").metrics
    assert (metric.scope, metric.period, metric.goal) == ("operator/unicom", "2010-09", "min")


WRONG = [
    ("churn_rat", "unknown-metric", "did you mean `churn_rate`"),
    ("churn_rate@segment/vop", "unknown-scope", "did you mean `segment/vip`"),
    ("churn_rate@operator/unicon", "unknown-scope", "did you mean `operator/unicom`"),
    ("share@segment/vip", "unknown-scope", "measured for: `operator/mobile`, `operator/RIVAL`"),
    ("net_value@operator/unicom", "unknown-scope", "measured for: `operator/mobile`"),
    ("net_value@segment/vip", "unknown-scope", "measured for: `operator/mobile`"),
    ("retention_rate@operator/unicom", "unknown-scope", "measured for: `operator/mobile`, `segment/NAME`"),
    ("contacts", "unknown-scope", "measured for: `tactic/NAME`"),
    ("switches", "unknown-scope", "measured for: `flow/FROM/TO`"),
    ("switches@flow/none/none", "unknown-scope", "did you mean `flow/"),
    ("churn_rate@hall/gaosheng", "unknown-scope", "measured for: `operator/mobile`"),
    ("wait_mean@operator/unicom", "unknown-scope", "measured for: `hall/NAME`, `operator/mobile`"),
    ("wait_mean@segment/vip", "unknown-scope", "measured for: `hall/NAME`, `operator/mobile`"),
    ("churn_rate@operator/mobile@mon", "unknown-period", "a month such as 2010-07"),
    ("churn_rate@operator/mobile@09:30", "unknown-period", "a month such as 2010-07"),
    ("churn_rate@operator/mobile@2012-07", "unknown-period", "its months: 2010-07 to 2012-06"),
    ("roi@tactic/outbound_call", "no-tactic", "net_value"),
    ("satisfaction_gap", "nothing-measured", "leader: 74"),
    ("roi@tactic/priority_care", "unknown-scope", "did you mean `tactic/priority`"),
]


@pytest.mark.parametrize(("key", "code", "help"), WRONG, ids=[key for key, *_ in WRONG])
def test_what_no_run_would_measure_is_refused_before_any_runs(key: str, code: str, help: str) -> None:
    (problem,) = problems(f"{MARKET}compare: {{metrics: {{{key}: {{goal: min}}}}}}\n")
    assert (problem.code, problem.path) == (code, f"compare.metrics.{key}")
    assert help in problem.help


@pytest.mark.parametrize(
    ("text", "key", "code"), [(HALL, "churn_rate", "no-market"), (MARKET_ONLY, "wait_mean", "no-halls")]
)
def test_a_kpi_of_a_part_that_the_study_lacks_is_refused(text: str, key: str, code: str) -> None:
    (problem,) = problems(f"{text}compare: {{metrics: {{{key}: {{}}}}}}\n")
    assert problem.code == code


def test_sizes_in_another_unit_are_refused_with_the_units_that_may_stand() -> None:
    for key, size, help in (
        ("net_value", "50000", "CNY"),
        ("net_value", "5 %", "CNY"),
        ("churn_rate", "0.1 %", "%/month"),
        ("satisfaction", "2 %", "without a unit"),
        ("payback", "2", "months"),
    ):
        (problem,) = problems(f"{MARKET}compare: {{metrics: {{{key}: {{indifference: {size}}}}}}}\n")
        assert (problem.code, help in problem.help) == ("unit", True)


def test_a_tactic_must_act_in_every_arm_whose_return_is_compared() -> None:
    arms = "arms: {baseline: {tactics.priority.enabled: false}, a: {tactics.outbound_call.enabled: true}}\n"
    (problem,) = problems(f"{MARKET}{arms}compare: {{metrics: {{roi: {{}}}}}}\n")
    assert problem.code == "no-tactic"
    on = changed(("trigger: contract_expiry", "enabled: true\n    trigger: contract_expiry"), text=MARKET)
    assert compared("roi@tactic/outbound_call: {}", on).metrics[0].unit == "1"


def test_the_gap_of_satisfaction_is_compared_where_the_leaders_score_is_stated() -> None:
    stated = changed(("market: {", "market: {satisfaction: {leader: 74}, "), text=MARKET)
    (metric,) = compared("satisfaction_gap: {indifference: 0.2}", stated).metrics
    assert (metric.scope, metric.unit, metric.goal) == ("operator/mobile", "points", "min")


def test_the_manual_names_every_kpi_of_a_market_and_every_key_of_its_parts() -> None:
    manual = (Path(__file__).parents[1] / "docs" / "study-file.md").read_text(encoding="utf-8")
    for name, kpi in KPIS.items():
        assert of_halls(kpi) or re.search(rf"\b{name}\b", manual), name
    definitions = scenarios.study_schema()["definitions"]
    for part in (
        "Population",
        "Operator",
        "Plan",
        "PlanContract",
        "Segment",
        "Usage",
        "Considers",
        "Choice",
        "Market",
        "SatisfactionMoves",
        "Windows",
        "ArrearsRules",
        "Portability",
        "Competitor",
        "Campaign",
        "Match",
        "Escalate",
        "Channel",
        "Fatigue",
        "Tactic",
        "TacticTarget",
        "Effect",
        "TacticCost",
        "Economics",
    ):
        for key in definitions[part]["properties"]:
            assert re.search(rf"\b{key}\b", manual), f"{part}: {key}"
