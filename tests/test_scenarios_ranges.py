"""Ranges of beliefs and what a study says at their quantiles: the ends, the middle, order, units, wholes, arms."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from study_texts import HALL, changed

import scenarios
from scenarios import Range, ResolvedStudy, Steps, StudyErrors
from scenarios.ranges import at_quantiles, ranges, stated_once, text_at
from scenarios.units import MINUTE_US, parse, parse_share

ARRIVALS = "halls.gaosheng.arrivals"
RATE, DAYS, CV = f"{ARRIVALS}.rate", f"{ARRIVALS}.day_of_month", f"{ARRIVALS}.day_to_day_cv"
STAFF = "halls.gaosheng.counters.staffing"
PATIENCE = "halls.gaosheng.customers.gotone.patience.mean"
KIOSKS, KIOSK_SHARE = "halls.gaosheng.kiosks.count", "halls.gaosheng.kiosks.share"
HOLIDAY = f"{ARRIVALS}.holiday"
PATHS = (RATE, DAYS, CV, STAFF, PATIENCE, KIOSKS, KIOSK_SHARE, HOLIDAY)

BELIEVED = changed(
    (
        'rate: {"09:00": 28/h, "09:30": 52/h, "10:00": 78/h}',
        'rate: {best: {"09:00": 28/h, "09:30": 52/h, "10:00": 1.3/min}, low: x0.8, high: x1.3, source: fitted}',
    ),
    (
        'day_of_month: {"1-3": 1.3, "26-31": 1.25}',
        'day_of_month: {best: {"1-3": 1.3, "26-31": 1.25}, low: {"1-3": 1.1}, high: {"1-3": 1.5, "26-31": 1.3}, '
        "source: assumed, note: cell by cell}",
    ),
    ("holiday: 0.6", 'holiday: {best: 0.6, low: "-0.2", high: "+0.3", source: assumed}'),
    ("mean: 25 min", "mean: {best: 0.5 h, low: 10 min, high: 1 h, source: published}"),
    (
        '      staffing: {"09:00": 3, "10:00": 6}',
        '      staffing: {best: {"09:00": 3, "10:00": 6}, low: x0.7, high: "+3", source: assumed}',
    ),
    ("count: 3,", "count: {best: 3, low: 1, high: 8, source: assumed},"),
    ("share: 30 %", "share: {best: 30 %, low: 4.1 %, high: 35 %, source: seed}"),
)
ARMS = f"""\
arms:
  baseline: {{}}
  scaled: {{{CV}: x0.5, {RATE}: x2, {PATIENCE}: "+5 min"}}
  plain: {{{CV}: 0.2, {KIOSKS}: 4}}
"""
LOADED = scenarios.loads(BELIEVED + ARMS)
BASE = LOADED.resolve("baseline")

quantile = st.floats(0, 1)
drawn_quantiles = st.dictionaries(st.sampled_from(PATHS), quantile, min_size=1)


def believed(one: ResolvedStudy) -> dict[str, tuple[float, ...]]:
    """What a study says where it believes, in numbers that grow from `low` to `high`."""
    hall = one.study.halls["gaosheng"]
    assert hall.kiosks is not None
    patience = hall.customers["gotone"].patience
    assert patience is not None
    return {
        RATE: tuple(hall.arrivals.rate_per_hour.value),
        DAYS: tuple(hall.arrivals.day_of_month.values()),
        CV: (hall.arrivals.day_to_day_cv,),
        HOLIDAY: (hall.arrivals.holiday,),
        STAFF: tuple(hall.counters.staffing.value),
        PATIENCE: (one.model_parts["halls"]["gaosheng"]["customers"]["gotone"]["patience"]["mean_us"],),
        KIOSKS: (hall.kiosks.count,),
        KIOSK_SHARE: (hall.kiosks.share,),
    }


def by_path(path: str) -> Range:
    return next(one for one in ranges(BASE) if one.path == path)


def test_every_belief_with_both_ends_is_a_range_in_written_order() -> None:
    assert [one.path for one in ranges(BASE)] == [RATE, DAYS, HOLIDAY, CV, PATIENCE, STAFF, KIOSKS, KIOSK_SHARE]
    one = by_path(PATIENCE)
    assert (one.best, one.low, one.high, one.source) == ("0.5 h", "10 min", "1 h", "published")
    assert by_path(DAYS).note == "cell by cell"
    assert (by_path(RATE).low, by_path(RATE).high) == ("x0.8", "x1.3")
    assert BELIEVED.splitlines()[one.line - 1][one.col - 1 :].startswith("best: 0.5 h")


def test_each_path_stands_once_as_the_first_study_has_it() -> None:
    every = ranges([LOADED.resolve(arm) for arm in ("plain", "baseline", "scaled")])
    assert sorted(one.path for one in every) == sorted(PATHS)
    assert next(one for one in every if one.path == CV).best == "0.15"
    assert CV not in [one.path for one in ranges(LOADED.resolve("plain"))]


def test_what_is_written_once_for_several_names_is_one_statement() -> None:
    text = BELIEVED.replace("halls:\n", "halls:\n  second: {}\n").replace("  gaosheng:\n", '  "*":\n', 1)
    text = text.replace("  second: {}\n", "  second: {}\n  third: {}\n")
    groups = stated_once(ranges(scenarios.loads(text).resolve("baseline")))
    assert [len(group) for group in groups] == [2] * 8
    assert {one.path.replace("second", "third") for one in groups[0]} == {groups[0][1].path}


@given(st.sets(st.sampled_from(PATHS)))
@settings(deadline=None, max_examples=20)
def test_quantile_one_half_is_the_study_itself(paths: set[str]) -> None:
    for arm in LOADED.arms:
        one = LOADED.resolve(arm)
        assert at_quantiles(one, dict.fromkeys(paths, 0.5)).model_parts == one.model_parts


@pytest.mark.parametrize(
    ("path", "low", "high"),
    [
        (RATE, (22.4, 41.6, 62.4), (36.4, 67.6, 101.4)),
        (DAYS, (1.1, 1.1, 1.1, *[1.25] * 6), (1.5, 1.5, 1.5, *[1.3] * 6)),
        (CV, (0.1,), (0.3,)),
        (HOLIDAY, (0.4,), (0.9,)),
        (STAFF, (2, 4), (6, 9)),  # 3 × 0.7 and 6 × 0.7, rounded
        (PATIENCE, (10 * MINUTE_US,), (60 * MINUTE_US,)),
        (KIOSKS, (1,), (8,)),
        (KIOSK_SHARE, (0.041,), (0.35,)),
    ],
)
def test_quantiles_0_and_1_hit_the_ends_exactly(path: str, low: tuple[float, ...], high: tuple[float, ...]) -> None:
    assert believed(at_quantiles(BASE, {path: 0}))[path] == low
    assert believed(at_quantiles(BASE, {path: 1}))[path] == high


@given(drawn_quantiles, st.sampled_from(PATHS), st.lists(quantile, min_size=2, max_size=5))
@settings(deadline=None, max_examples=40)
def test_a_value_grows_with_its_quantile_and_moves_no_other(
    others: dict[str, float], path: str, levels: list[float]
) -> None:
    seen = [believed(at_quantiles(BASE, {**others, path: level})) for level in sorted(levels)]
    for before, after in itertools.pairwise(seen):
        assert all(a <= b for a, b in zip(before[path], after[path], strict=True))
        assert {k: v for k, v in before.items() if k != path} == {k: v for k, v in after.items() if k != path}


@given(drawn_quantiles, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=30)
def test_the_order_of_paths_and_drawing_one_after_the_other_change_nothing(
    quantiles: dict[str, float], random: object
) -> None:
    keys = list(quantiles)
    random.shuffle(keys)  # type: ignore[attr-defined]
    whole = at_quantiles(BASE, quantiles)
    assert at_quantiles(BASE, {key: quantiles[key] for key in keys}).model_parts == whole.model_parts
    step = BASE
    for key in keys:
        step = at_quantiles(step, {key: quantiles[key]})
    assert step.model_parts == whole.model_parts


@given(quantile)
@settings(deadline=None, max_examples=30)
def test_arms_with_relative_patches_scale_along_and_plain_numbers_stay(level: float) -> None:
    draw = dict.fromkeys(PATHS, level)
    base, scaled, plain = (believed(at_quantiles(LOADED.resolve(arm), draw)) for arm in LOADED.arms)
    assert scaled[CV][0] == pytest.approx(base[CV][0] / 2, rel=1e-12)
    assert scaled[RATE] == pytest.approx([2 * rate for rate in base[RATE]], rel=1e-12)
    assert scaled[PATIENCE][0] == pytest.approx(base[PATIENCE][0] + 5 * MINUTE_US, abs=1)
    assert (plain[CV], plain[KIOSKS]) == ((0.2,), (4,))
    assert plain[RATE] == base[RATE]


@given(quantile)
@settings(deadline=None, max_examples=30)
def test_a_whole_function_is_moved_by_one_factor(level: float) -> None:
    base = believed(BASE)[RATE]
    rates = believed(at_quantiles(BASE, {RATE: level}))[RATE]
    factor = 1 + (2 * level - 1) * (0.2 if level < 0.5 else 0.3)
    assert rates == pytest.approx([factor * rate for rate in base], rel=1e-12)


def test_drawn_values_keep_the_written_unit_and_their_source_and_are_not_drawn_again() -> None:
    drawn = at_quantiles(BASE, {PATIENCE: 0.25, KIOSK_SHARE: 0.75})
    used = {one.path: one for one in drawn.beliefs}
    assert (used[PATIENCE].best, used[PATIENCE].low, used[PATIENCE].source) == (
        "0.333333333333333 h",
        None,
        "published",
    )
    assert used[KIOSK_SHARE].best == "32.5 %"
    assert drawn.origins[KIOSK_SHARE].value == "{best: 32.5 %, source: seed}"
    assert drawn.origins[KIOSK_SHARE].how == "a draw at quantile 0.75"
    assert {one.path for one in ranges(drawn)} == set(PATHS) - {PATIENCE, KIOSK_SHARE}
    assert at_quantiles(drawn, {KIOSK_SHARE: 0}).model_parts == drawn.model_parts


def test_days_and_heads_are_drawn_whole() -> None:
    one = scenarios.load("chengdu-2010").resolve("outbound-call")
    days, heads, window = "tactics.outbound_call.days_before_expiry", "population.size", "market.windows.expiry"
    assert {days, heads, window} <= {each.path for each in ranges(one) if each.whole}
    assert "segments.vip.satisfaction" not in {each.path for each in ranges(one) if each.whole}
    drawn = at_quantiles(one, {heads: 0.123456, days: 0.377, window: 0.771})  # refused if not whole
    assert drawn.study.tactics["outbound_call"].days_before_expiry == 39  # 38.85
    assert drawn.origins[window].value.startswith("{best: 46 days")  # 46.26


def test_every_belief_of_a_library_study_can_be_drawn_at_once() -> None:
    sets = ["market.consideration_bound=80 %/month", "market.visit_bound=2/month"]
    one = scenarios.load("chengdu-2010", sets=sets).resolve("baseline")
    paths = [each.path for each in ranges(one)]
    assert len(paths) > 400
    for level in (0.0, 1.0):
        drawn = at_quantiles(one, dict.fromkeys(paths, level))
        assert not ranges(drawn)
        assert drawn.model_parts != one.model_parts


@pytest.mark.parametrize("level", [-0.01, 1.01, float("nan")])
def test_a_quantile_outside_0_to_1_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        at_quantiles(BASE, {CV: level})
    with pytest.raises(ValueError, match="from 0 to 1"):
        text_at(by_path(CV), level)


def test_shares_that_no_longer_sum_to_one_are_refused_at_their_place() -> None:
    text = changed(("share: 45 %", "share: {best: 45 %, low: 40 %, high: 50 %, source: assumed}"))
    one = scenarios.loads(text).resolve("baseline")
    with pytest.raises(StudyErrors) as refused:
        at_quantiles(one, {"halls.gaosheng.transactions.payment.share": 1})
    (problem,) = refused.value.problems
    assert problem.code == "shares"
    assert "with beliefs drawn away from their best values" in problem.message
    assert "105 %" in problem.message
    assert problem.line > 0


@pytest.mark.parametrize(
    ("path", "level", "text"),
    [
        (KIOSK_SHARE, 0, "4.1 %"),
        (KIOSK_SHARE, 0.25, "17 %"),
        (KIOSK_SHARE, 0.37, "23.3 %"),
        (KIOSK_SHARE, 0.5, "30 %"),
        (RATE, 0.325, "x0.93"),
        (RATE, 0.5, "x1"),
        (RATE, 1, "x1.3"),
        (PATIENCE, 0, "10 min"),
        (PATIENCE, 0.25, "0.333 h"),
        (PATIENCE, 1, "1 h"),
        (HOLIDAY, 0, "0.4"),
        (HOLIDAY, 0.75, "0.75"),
        (KIOSKS, 0.6, "4"),
        (STAFF, 0.75, "+1.5"),
        (DAYS, 0.25, '{"1-3": 1.2, "26-31": 1.25}'),
    ],
)
def test_a_draw_is_told_in_the_unit_as_written(path: str, level: float, text: str) -> None:
    assert text_at(by_path(path), level) == text


@given(st.sampled_from(PATHS), quantile)
@settings(deadline=None, max_examples=60)
def test_what_is_told_is_what_is_drawn_to_three_digits(path: str, level: float) -> None:
    if path in (RATE, STAFF, DAYS):
        return
    told, drawn = text_at(by_path(path), level), believed(at_quantiles(BASE, {path: level}))[path][0]
    shown = parse_share(told) if "%" in told else parse(told, _dimension(path))
    assert float(shown) == pytest.approx(drawn, rel=6e-3)


def _dimension(path: str) -> scenarios.units.Dimension:
    return scenarios.units.DURATION if path == PATIENCE else scenarios.units.NUMBER


def test_negative_ends_are_values_and_quoted_ones_are_changes() -> None:
    assert by_path(HOLIDAY).low == '"-0.2"'
    brands = scenarios.load("chengdu-2010").resolve("baseline")
    one = next(each for each in ranges(brands) if each.path == "segments.vip.choice.brands.mzone")
    assert (one.low, text_at(one, 0), text_at(one, 0.25)) == ("-1.5", "-1.5", "-1.25")


def test_steps_of_a_study_without_ranges_are_left_alone() -> None:
    one = scenarios.loads(HALL).resolve("baseline")
    assert at_quantiles(one, {RATE: 0.9, "no.such.path": 0.1}).model_parts == one.model_parts
    assert isinstance(one.study.halls["gaosheng"].arrivals.rate_per_hour, Steps)
