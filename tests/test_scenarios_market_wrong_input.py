"""Wrong input about a market: each mistake is refused at its own place, in words that say what and how to mend it."""

from __future__ import annotations

import re

import jsonschema
import pytest
from market_mistakes import MISTAKES, Wrong
from market_texts import MARKET
from study_texts import HALL, changed, place, problems
from test_scenarios_documents import as_json

import scenarios

IDS = [f"{wrong.code}: {wrong.new[:40].strip()}" for wrong in MISTAKES]


@pytest.mark.parametrize("wrong", MISTAKES, ids=IDS)
def test_a_mistake_is_refused_at_its_own_place_with_a_remedy(wrong: Wrong) -> None:
    text = changed((wrong.old, wrong.new), text=MARKET)
    found = [one for one in problems(text) if (one.line, one.col) == place(text, wrong.piece)]
    assert [one.code for one in found] == [wrong.code], "\n".join(map(str, problems(text)))
    assert wrong.message in found[0].message
    assert wrong.help in found[0].help
    assert found[0].path.partition(".")[0] in (*scenarios.Study.model_fields, "")


def test_no_message_shows_the_machinery() -> None:
    for wrong in MISTAKES:
        for problem in problems(changed((wrong.old, wrong.new), text=MARKET)):
            words = f"{problem.message} {problem.help}".lower()
            assert not re.search(r"pydantic|input should|validation error|traceback|none_type|\[key\]", words), words
            assert problem.help, problem


@pytest.mark.parametrize("part", ["population", "operators", "plans", "segments"])
def test_a_market_needs_its_four_parts_together(part: str) -> None:
    example = {
        "population": "{size: 10 thousand, simulate: 100}",
        "operators": "{mobile: {}}",
        "plans": "{p: {operator: mobile, fee: 8 CNY/month}}",
        "segments": "{all: {share: 100 %, usage: {mean: 100 min/month}}}",
    }[part]
    (problem,) = problems(f"{HALL}{part}: {example}\n")
    assert (problem.code, problem.path) == ("missing", part)
    assert "a market needs" in problem.message
    assert f"`{part}`" not in problem.message
    (problem,) = problems(f"{HALL}channels: {{}}\n")
    assert (problem.path, problem.code) == ("channels", "missing")


def test_a_hall_alone_takes_no_subscribers() -> None:
    text = changed(
        ("      holiday: 0.6", "      from_market: true"), ("gotone: {share", "gotone: {segments: [vip], share")
    )
    found = {problem.path: problem for problem in problems(text)}
    assert set(found) == {"halls.gaosheng.arrivals.from_market", "halls.gaosheng.customers.gotone.segments"}
    assert all(problem.code == "no-market" for problem in found.values())


def test_catchments_sum_to_at_most_all_people() -> None:
    hall = MARKET[MARKET.index("  gaosheng:") :].replace("gaosheng", "shawan").replace("25 %}\n", "80 %}\n", 1)
    (problem,) = problems(MARKET + hall)
    assert (problem.code, problem.path) == ("shares", "halls.shawan.arrivals.catchment")
    assert "105 %" in problem.message
    assert "gaosheng 25 %, shawan 80 %" in problem.help


def test_an_operator_that_nobody_starts_with_needs_no_plan_but_is_told() -> None:
    plan, start = "  tianyi: {operator: telecom, fee: 59.5 CNY/month}\n", ", telecom: 8 %"
    loaded = scenarios.loads(changed((plan, ""), (start, ""), text=MARKET))
    assert [(warning.path, warning.line) for warning in loaded.warnings] == [("operators.telecom", 9)]


def test_a_mistake_that_only_one_arm_makes_is_refused_in_that_arm() -> None:
    (problem,) = problems(f"{MARKET}arms: {{a: {{tactics.outbound_call.channel: null}}}}\n")
    assert (problem.code, problem.path) == ("no-channel", "tactics.outbound_call")
    (problem,) = problems(f"{MARKET}arms: {{a: {{tactics.outbound: {{enabled: true}}}}}}\n")
    assert (problem.code, problem.help) == ("unknown-path", "did you mean `outbound_call`?")


def test_later_parts_are_not_in_this_version() -> None:
    for part in ("groups", "opportunities", "adoption"):
        (problem,) = problems(f"{MARKET}{part}: {{}}\n")
        assert (problem.code, problem.path) == ("not-in-this-version", part)


def test_a_good_market_passes_the_json_schema() -> None:
    assert list(jsonschema.Draft7Validator(scenarios.study_schema()).iter_errors(as_json(MARKET))) == []


SEEN_IN_EDITORS = [
    wrong for wrong in MISTAKES if wrong.code in ("unit", "unknown-key", "choice") and "size:" not in wrong.new
]


@pytest.mark.parametrize("wrong", SEEN_IN_EDITORS, ids=[wrong.new[:40].strip() for wrong in SEEN_IN_EDITORS])
def test_the_json_schema_shows_plain_mistakes_while_one_writes(wrong: Wrong) -> None:
    text = changed((wrong.old, wrong.new), text=MARKET)
    assert list(jsonschema.Draft7Validator(scenarios.study_schema()).iter_errors(as_json(text)))


def test_a_law_of_hazards_whose_tail_passes_the_bound_is_told() -> None:
    wild = MARKET.replace("beta: 38.06", "beta: 3.806")
    (told,) = [warning for warning in scenarios.loads(wild).warnings if warning.code == "bound"]
    assert told.path == "segments.others.lapse"
    assert "hazard of lapsing above the bound of 40 %/month" in told.message
    wide = wild.replace("market: {", "market: {consideration_bound: 100 %/month, ", 1)
    assert not [warning for warning in scenarios.loads(wide).warnings if warning.code == "bound"]


@pytest.mark.parametrize(
    ("old", "new", "path", "message"),
    [
        ("contract: 12 months, wake", "leaving_fee: 5 CNY/month, wake", "effect.leaving_fee", "as the contract"),
        ("contract: 12 months, wake", "handset_lock: true, wake", "effect.handset_lock", "as long as the contract"),
        ("budget: 100000 CNY/month", "budget: 4000 CNY/month", "budget", "fixed cost alone passes the budget"),
    ],
)
def test_a_tactic_cannot_promise_what_nothing_carries(old: str, new: str, path: str, message: str) -> None:
    (problem,) = problems(MARKET.replace(old, new, 1))
    assert problem.path == f"tactics.outbound_call.{path}"
    assert message in problem.message


@pytest.mark.parametrize(
    ("cost", "path"),
    [
        ("cost: {per_contact: 1 CNY}", "cost.per_contact"),
        ("cost: {commission: 1 CNY}", "cost.commission"),
        ("budget: 10 CNY/month", "budget"),
    ],
)
def test_a_structural_tactic_costs_only_what_is_fixed(cost: str, path: str) -> None:
    (problem,) = problems(MARKET.replace("switching: 0.1}}", f"switching: 0.1}}, {cost}}}", 1))
    assert (problem.path, problem.code) == (f"tactics.priority.{path}", "standing")
