"""Sweeps beyond grid and zip: draws of the beliefs, conditions, the limit on runs; and every mistake in them."""

from __future__ import annotations

import itertools
import pickle
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from study_texts import HALL, changed, problems

import scenarios
from scenarios import LoadedStudy, StudyErrors
from scenarios.condition import read_condition
from scenarios.loader import CHECKED_DRAWS
from scenarios.problems import Problem
from scenarios.source import Mark, Scalar, Source
from scenarios.swept import Value
from scenarios.units import WHOLE

COUNT, SHARE = "halls.gaosheng.kiosks.count", "halls.gaosheng.kiosks.share"
CV, HOLIDAY = "halls.gaosheng.arrivals.day_to_day_cv", "halls.gaosheng.arrivals.holiday"
RATE = "halls.gaosheng.arrivals.rate"
BELIEVED = changed(
    ("holiday: 0.6", "holiday: {best: 0.6, low: 0.2, high: 0.9, source: assumed}"),
    ("share: 30 %", "share: {best: 30 %, low: 10 %, high: 35 %, source: seed}"),
    ("rate: {", "rate: {best: {"),
    ('"10:00": 78/h}', '"10:00": 78/h}, low: x0.8, high: x1.2, source: fitted}'),
)
"""Four beliefs with a range: rate, holiday, day_to_day_cv and the kiosks' share."""
DRAWN = f"{BELIEVED}arms: {{baseline: {{}}, more: {{{COUNT}: 5, {CV}: x0.5}}}}\nsweep: {{sample: {{n: 8}}}}\n"


def swept(sweep: str, text: str = BELIEVED) -> LoadedStudy:
    return scenarios.loads(f"{text}sweep: {sweep}\n")


def names(sweep: str, text: str = BELIEVED) -> list[str]:
    return [point.name for point in swept(sweep, text).points]


def only(sweep: str, text: str = BELIEVED) -> Problem:
    (problem,) = problems(f"{text}sweep: {sweep}\n")
    return problem


def test_a_sample_adds_its_draws_to_the_best_values() -> None:
    loaded = scenarios.loads(DRAWN)
    assert [point.name for point in loaded.points] == ["base", *(f"draw-{n:03d}" for n in range(1, 9))]
    assert {point.at for point in loaded.points[1:]} == {"base"}
    assert loaded.points[0].quantiles == {}
    assert set(loaded.points[1].quantiles) == {RATE, HOLIDAY, CV, SHARE}
    assert loaded.resolve("baseline") is loaded.resolve("baseline", "base")
    bare = scenarios.loads(DRAWN.partition("sweep:")[0])
    assert loaded.resolve("more").model_parts == bare.resolve("more").model_parts


def test_a_draw_is_the_same_quantiles_in_every_arm() -> None:
    loaded = scenarios.loads(DRAWN)
    for point in loaded.points[1:]:
        one, other = (loaded.resolve(arm, point.name).study.halls["gaosheng"] for arm in loaded.arms)
        assert other.arrivals.day_to_day_cv == pytest.approx(one.arrivals.day_to_day_cv / 2, rel=1e-12)
        assert other.arrivals.rate_per_hour == one.arrivals.rate_per_hour
        assert one.kiosks is not None
        assert 0.1 <= one.kiosks.share <= 0.35


def test_each_draw_has_a_seed_of_its_own_that_its_arms_share() -> None:
    loaded = scenarios.loads(DRAWN)
    seeds = [{loaded.resolve(arm, point.name).study.seed for arm in loaded.arms} for point in loaded.points]
    assert all(len(each) == 1 for each in seeds)
    assert len({seed for each in seeds for seed in each}) == 9
    assert seeds[0] == {7}
    drawn = loaded.resolve("more", "draw-003")
    again = scenarios.loads(loaded.resolved_yaml("more", "draw-003")).resolve("baseline")
    assert again.model_parts == drawn.model_parts
    assert drawn.origins["seed"].how == "draw-003"


def test_draws_depend_on_the_seed_alone() -> None:
    def quantiles(text: str) -> list[object]:
        return [point.quantiles for point in scenarios.loads(text).points]

    first = quantiles(DRAWN)
    assert quantiles(DRAWN) == first
    assert quantiles(DRAWN.replace("seed: 7", "seed: 8")) != first
    own = DRAWN.replace("{n: 8}", "{n: 8, seed: 8}")
    assert quantiles(own) == quantiles(own.replace("seed: 7", "seed: 3")) != first
    assert quantiles(own) == quantiles(DRAWN.replace("seed: 7", "seed: 8"))


@pytest.mark.parametrize(("method", "n"), [("lhs", 50), ("sobol", 64)])
def test_every_belief_is_drawn_once_in_each_nth_of_its_range(method: str, n: int) -> None:
    points = swept(f"{{sample: {{n: {n}, method: {method}}}}}").points[1:]
    for path in (RATE, HOLIDAY, CV, SHARE):
        cells = Counter(int(point.quantiles[path] * n) for point in points)
        assert cells == Counter(range(n))
    drawn = np.array([[point.quantiles[path] for path in (RATE, HOLIDAY, CV, SHARE)] for point in points])
    assert np.abs(np.corrcoef(drawn.T) - np.eye(4)).max() < 0.4


def test_a_belief_written_once_for_several_names_is_drawn_once() -> None:
    text = BELIEVED.replace("halls:\n", "halls:\n  b: {}\n  c: {}\n").replace("  gaosheng:\n", '  "*":\n', 1)
    point = swept("{sample: {n: 4}}", text).points[2]
    assert len(point.quantiles) == 8
    assert len(set(point.quantiles.values())) == 4
    assert point.quantiles["halls.b.kiosks.share"] == point.quantiles["halls.c.kiosks.share"]


def test_paths_choose_what_is_drawn_and_the_rest_stays_at_best() -> None:
    loaded = swept(f"{{sample: {{n: 4, paths: [{CV}, halls.*.share]}}}}")
    assert set(loaded.points[1].quantiles) == {CV, SHARE}
    parts = loaded.resolve("baseline", "draw-002").model_parts["halls"]["gaosheng"]["arrivals"]
    assert parts["holiday"] == 0.6
    assert [use.path for use in loaded.resolve("baseline", "draw-001").beliefs if use.low] == [RATE, HOLIDAY]


def test_what_cannot_matter_is_not_drawn() -> None:
    sample = "name: x\nextends: chengdu-2010\nsweep: {sample: {n: 2}}\ncompare: {replications: {initial: 2}}\n"
    sample += "market: {consideration_bound: 80 %/month, visit_bound: 2/month}\n"
    paths = set(scenarios.loads(sample).points[1].quantiles)
    assert "tactics.outbound_call.acceptance" in paths
    assert not any(path.startswith(("staffing.", "tactics.advertising.")) for path in paths)


def test_every_draw_stands_at_every_written_point() -> None:
    grid = f"grid: {{{COUNT}: [1, 2]}}"
    loaded = swept(f"{{{grid}, sample: {{n: 2}}}}")
    assert [point.name for point in loaded.points] == [
        *("count=1", "count=1, draw-001", "count=1, draw-002", "count=2", "count=2, draw-001", "count=2, draw-002")
    ]
    assert loaded.points[1].quantiles == loaded.points[4].quantiles
    assert loaded.points[1].seed == loaded.points[4].seed
    assert loaded.points[4].values == {COUNT: "2"}
    kiosks = loaded.resolve("baseline", "count=2, draw-002").study.halls["gaosheng"].kiosks
    assert kiosks is not None
    assert kiosks.count == 2


def test_a_setting_is_not_drawn_over() -> None:
    loaded = scenarios.loads(DRAWN, [f"{SHARE}=20 %"])
    assert SHARE not in loaded.points[1].quantiles
    assert loaded.resolve("baseline", "draw-004").model_parts["halls"]["gaosheng"]["kiosks"]["share"] == 0.2


def test_points_survive_the_way_to_another_process() -> None:
    point = scenarios.loads(DRAWN).points[3]
    copy = pickle.loads(pickle.dumps(point))
    assert (copy, copy.quantiles, copy.seed) == (point, point.quantiles, point.seed)


def test_a_draw_that_makes_no_study_is_refused_with_its_name() -> None:
    text = changed(("share: 45 %", "share: {best: 45 %, low: 40 %, high: 50 %, source: assumed}"))
    found = problems(f"{text}sweep: {{sample: {{n: 8}}}}\n")
    assert found[0].code == "shares"
    assert found[0].message.startswith("draw-001: with beliefs drawn away from their best values: the shares")


def test_draws_beyond_those_tried_at_first_are_checked_when_they_are_asked_for() -> None:
    limit = "{best: 0.15, low: 0.1, high: 0.3, source: assumed, note: not measured}"
    text = BELIEVED.replace(limit, "{best: 0.15, low: 0.1, high: x133.6, source: assumed}")  # 20.04: at most 20 may be
    for seed in range(1, 30):
        try:
            loaded = scenarios.loads(f"{text}sweep: {{sample: {{n: 300, paths: [{CV}], seed: {seed}}}}}\n")
        except StudyErrors:
            continue
        worst = max(loaded.points[1:], key=lambda point: point.quantiles[CV])
        if worst.quantiles[CV] > 0.999:
            assert worst.draw is not None
            assert worst.draw >= CHECKED_DRAWS
            with pytest.raises(StudyErrors, match=worst.name):
                loaded.resolve("baseline", worst.name)
            return
    pytest.fail("no seed gave a bad draw late")


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        (f"{COUNT} < 3", [(1, 0.5), (1, 0.8), (2, 0.5), (2, 0.8)]),
        (f"{COUNT} == 2 and {HOLIDAY} > 0.5", [(2, 0.8)]),
        (f"{COUNT} ≥ 3 or {HOLIDAY} != 0.5", [(1, 0.8), (2, 0.8), (4, 0.5), (4, 0.8)]),
        (f"not ({COUNT} >= 2 or {HOLIDAY} <= 0.5)", [(1, 0.8)]),
        (f"not {COUNT} >= 2 or {HOLIDAY} < 0.6 and {COUNT} > 2", [(1, 0.5), (1, 0.8), (4, 0.5)]),
        (f"0.5 < {HOLIDAY} and 3.5<{COUNT}", [(4, 0.8)]),
    ],
)
def test_points_that_fail_the_condition_are_left_out(where: str, kept: list[tuple[int, float]]) -> None:
    loaded = swept(f'{{grid: {{{COUNT}: [1, 2, 4], {HOLIDAY}: [0.5, 0.8]}}, where: "{where}"}}', HALL)
    assert [(int(p.values[COUNT]), float(p.values[HOLIDAY])) for p in loaded.points] == kept


def test_conditions_read_units_two_paths_factors_and_words() -> None:
    mean, saves = "halls.gaosheng.kiosks.service.mean", "halls.gaosheng.advisers.pre_check.saves"
    grid = f"grid: {{{mean}: [50 s, 2 min, 3 min], {saves}: [1 min, 120 s]}}"
    assert len(names(f'{{{grid}, where: "{mean} > {saves}"}}', HALL)) == 3
    assert len(names(f'{{{grid}, where: "{mean} == 120 s"}}', HALL)) == 2
    closing = "halls.gaosheng.closing"
    grid = f"grid: {{{RATE}: [x0.9, x1.2], {closing}: [serve_all_inside, turn_away_waiting]}}"
    assert names(f'{{{grid}, where: "{RATE} > x1 and {closing} == turn_away_waiting"}}', HALL) == [
        "rate=x1.2, closing=turn_away_waiting"
    ]


def test_a_condition_leaves_out_draws_and_points_whose_best_values_fail() -> None:
    loaded = swept(f'{{sample: {{n: 64}}, where: "{SHARE} >= 25 % and {RATE} < x1.1"}}')
    kept = {point.draw for point in loaded.points[1:]}
    every = swept("{sample: {n: 64}}").points[1:]
    low = [p.draw for p in every if p.quantiles[SHARE] * 40 + 10 < 25 or p.quantiles[RATE] >= 0.75]
    assert kept == {p.draw for p in every} - set(low)
    assert 10 < len(kept) < 40
    grid = f"grid: {{{COUNT}: [1, 2]}}, sample: {{n: 2}}"
    text = BELIEVED.replace("share: {best: 30 %, low: 10 %", "share: {best: 30 %, low: 29 %")
    assert names(f'{{{grid}, where: "{COUNT} == 2 or {SHARE} > 32 %"}}', text)[0] == "count=2"


@given(st.recursive(st.sampled_from(["a < 2", "a >= 1", "b == 3", "2 != b", "a <= b"]), lambda inner: st.one_of(
    st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
    inner.map(lambda t: f"not ({t})"),
), max_leaves=8), st.integers(0, 4), st.integers(0, 4))  # fmt: skip
@settings(deadline=None)
def test_a_condition_means_what_it_means_in_python(text: str, a: int, b: int) -> None:
    found: list[Problem] = []
    condition = read_condition(Scalar(Mark(Source("s", "file", text), 1, 1, len(text)), text, text), found)
    assert condition is not None
    values = {name: Value(str(value), "", WHOLE, value) for name, value in (("a", a), ("b", b))}  # type: ignore[arg-type]
    assert condition.holds(values, found) is eval(text, {}, {"a": a, "b": b})
    assert found == []


@given(st.text(st.sampled_from("ab 01.<>=!()\"'andornt%x+-*"), max_size=25))
@settings(deadline=None, max_examples=300)
def test_any_text_is_a_condition_or_one_problem_within_it(text: str) -> None:
    found: list[Problem] = []
    condition = read_condition(Scalar(Mark(Source("s", "file", text), 1, 1, len(text)), text, text), found)
    assert (condition is None) == (len(found) == 1)
    assert all(1 <= problem.col <= len(text) + 2 for problem in found)


@pytest.mark.parametrize(
    ("where", "code", "piece", "help"),
    [
        (f"{COUNT} < ", "condition", "", "for example"),
        (f"{COUNT}", "condition", "", "for example"),
        (f"{COUNT} = 2", "condition", "= ", "write `==`"),
        (f"1 < {COUNT} < 3", "condition", "< 3", "a < b and b < c"),
        (f"({COUNT} < 3", "condition", "(", "add `)`"),
        (f"{COUNT} < 3)", "condition", ")", "`and` or `or`"),
        (f"{COUNT} < 3 {COUNT} > 1", "condition", "> 1", "a < b and b < c"),
        (f"and {COUNT} < 3", "condition", "and", "for example"),
        ("halls.gaosheng.kiosk.count < 3", "unknown-path", "halls.gaosheng.kiosk.count", f"did you mean `{COUNT}`"),
        (f"{COUNT} < cont", "unknown-path", "cont", "known here"),
        (f"{COUNT} < 3 min", "unit", "3 min", "without a unit"),
        (f"{COUNT} < x1.1", "relative", "x1.1", ""),
        ("1 < 2", "condition", "1 <", f"{COUNT}"),
        (f"{COUNT} < 1", "empty", "", "widen"),
        ("(" * 50 + f"{COUNT} < 1" + ")" * 50, "condition", "", "flatter"),
    ],
)
def test_a_mistake_in_a_condition_is_shown_at_its_column(where: str, code: str, piece: str, help: str) -> None:
    line = f'sweep: {{grid: {{{COUNT}: [1, 2]}}, where: "{where}"}}'
    (problem,) = problems(f"{HALL}{line}\n")
    assert problem.code == code
    assert help in problem.help
    if piece:
        assert problem.col == line.rindex(where) + where.rindex(piece) + 1


def test_two_things_that_cannot_be_compared_are_named() -> None:
    grid = f"grid: {{{COUNT}: [1, 2], halls.gaosheng.kiosks.service.mean: [1 min], {RATE}: [x2]}}"
    said = only(f'{{{grid}, where: "{COUNT} < halls.gaosheng.kiosks.service.mean"}}', HALL).message
    assert said == "a whole number is compared with a duration"
    assert "is a value" in only(f'{{{grid}, where: "{RATE} > 30/h"}}', HALL).message
    staffing = 'grid: {halls.gaosheng.counters.staffing: [{"09:00": 3}, {"09:00": 4}]}'
    assert "is not one number" in only(f'{{{staffing}, where: "halls.gaosheng.counters.staffing > 3"}}', HALL).message
    assert only("{where: 3}").code == "type"
    assert only("{where: [a]}").code == "type"


@pytest.mark.parametrize(
    ("sample", "code", "help"),
    [
        ("{n: 10, method: sobol}", "power-of-two", "write 16 or 8"),
        ("{n: 3, method: sobol}", "power-of-two", "write 4,"),
        ("{n: 1}", "range", "from 2"),
        ("{n: 2.5}", "whole", "from 2"),
        ("{n: many}", "quantity", ""),
        ("{n: [3]}", "type", ""),
        ("{n: 9999}", "range", "to 8192"),
        ("{}", "missing", "n: 64"),
        ("3", "type", "sample: {n: 64"),
        ("{n: 4, method: lsh}", "choice", "did you mean `lhs`"),
        ("{n: 4, mehod: lhs}", "unknown-key", "did you mean `method`"),
        ("{n: 4, seed: -1}", "range", "from 0"),
        ("{n: 4, paths: all}", "type", "leave it out"),
        ("{n: 4, paths: []}", "type", "leave it out"),
        ("{n: 4, paths: [3]}", "type", "leave it out"),
        (f"{{n: 4, paths: [{SHARE[:-1]}]}}", "unknown-path", f"did you mean `{SHARE}`"),
        (f"{{n: 4, paths: [{COUNT}]}}", "no-range", "{best: …, low: …"),
    ],
)
def test_a_mistake_in_a_sample_is_shown_at_its_place(sample: str, code: str, help: str) -> None:
    problem = only(f"{{sample: {sample}}}")
    assert problem.code == code
    assert help in problem.help
    assert problem.line == BELIEVED.count("\n") + 1


def test_a_study_without_ranges_has_nothing_to_draw() -> None:
    text = HALL.replace("{best: 0.15, low: 0.1, high: 0.3, source: assumed, note: not measured}", "0.15")
    assert only("{sample: {n: 4}}", text).code == "no-range"


def test_a_sweep_over_max_runs_is_refused_with_the_count() -> None:
    problem = only("{sample: {n: 8192}, max_runs: 80000}")
    assert problem.message == "the sweep asks for 81,930 runs, more than max_runs 80,000"
    assert "1 arms × 8,193 points × 10 replications" in problem.help
    assert "max_runs: 81930" in problem.help
    assert len(swept("{sample: {n: 8192}, max_runs: 81930}").points) == 8193
    half = f'{{sample: {{n: 8192}}, max_runs: 80000, where: "{SHARE} < 30.5 %"}}'
    assert len(swept(half).points) < 5000
    grid = ", ".join(str(n) for n in range(1, 60))
    both = f'{{grid: {{{COUNT}: [{grid}]}}, sample: {{n: 4096}}, where: "{SHARE} < 29 %"}}'
    assert only(both).code == "too-large"
    assert only("{max_runs: 0}").code == "range"
    assert only("{max_runs: [1]}").code == "quantity"


def test_a_study_without_a_sweep_may_ask_for_any_number_of_runs() -> None:
    text = HALL + "compare: {replications: {initial: 100000, max: 100000}}\n"
    assert scenarios.loads(with_two_arms(text)).compare.initial == 100_000
    assert only(f"{{grid: {{{COUNT}: [1, 2]}}}}", text).code == "too-many-runs"


def with_two_arms(text: str) -> str:
    return f"{text}arms: {{baseline: {{}}, a: {{{COUNT}: 1}}}}\n"


def test_all_pairs_of_draws_differ() -> None:
    drawn = [tuple(point.quantiles.values()) for point in scenarios.loads(DRAWN).points[1:]]
    assert all(one != other for one, other in itertools.combinations(drawn, 2))
