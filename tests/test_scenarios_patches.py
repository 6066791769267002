"""Arms, sweep points and settings: what a patch changes, what it leaves alone, and who wins over whom."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from study_texts import HALL, changed, hall, problems, with_arms, write

import scenarios
from scenarios import Steps
from scenarios.units import HOUR_US, MINUTE_US, clock_text

STAFFING = "halls.gaosheng.counters.staffing"
RATE = "halls.gaosheng.arrivals.rate"


def steps(**levels: float) -> Steps:
    """Steps from `h0930=3`."""
    at_us = tuple((int(key[1:3]) * 60 + int(key[3:])) * MINUTE_US for key in levels)
    return Steps(at_us, tuple(levels.values()))


def staffing_after(patch: str) -> Steps:
    return hall(with_arms(f"{STAFFING}: {patch}"), "a").counters.staffing


@pytest.mark.parametrize(
    ("patch", "after"),
    [
        ('{"11:30-13:30": "+2"}', steps(h0900=3, h1000=6, h1130=8, h1330=6)),
        ('{"11:30-13:30": +2}', steps(h0900=3, h1000=6, h1130=8, h1330=6)),
        ('{"11:30-13:30": 4}', steps(h0900=3, h1000=6, h1130=4, h1330=6)),
        ('{"09:30-10:30": "-1"}', steps(h0900=3, h0930=2, h1000=5, h1030=6)),
        ('{"09:00-18:00": x2}', steps(h0900=6, h1000=12)),
        ('{"17:00-18:00": "-6"}', steps(h0900=3, h1000=6, h1700=0)),
        ('{"09:00-10:00": 1, "12:00-13:00": x1.5}', steps(h0900=1, h1000=6, h1200=9, h1300=6)),
        ('{"09:00": 5}', steps(h0900=5)),
        ("x1.1", steps(h0900=3, h1000=7)),  # counters round half up
        ("x1.5", steps(h0900=5, h1000=9)),
        ('"+1"', steps(h0900=4, h1000=7)),
        ('"-1"', steps(h0900=2, h1000=5)),
    ],
)
def test_staffing_is_replaced_whole_changed_whole_or_changed_in_a_span(patch: str, after: Steps) -> None:
    assert staffing_after(patch) == after


@given(
    st.lists(st.integers(0, 17), min_size=1, max_size=6, unique=True).map(sorted),
    st.lists(st.integers(0, 30), min_size=6, max_size=6),
    st.tuples(st.integers(0, 17), st.integers(0, 17)).filter(lambda span: span[0] < span[1]),
    st.integers(0, 5),
)
@settings(max_examples=60, deadline=None)
def test_a_span_patch_changes_every_moment_of_the_span_and_no_other(
    hours: list[int], levels: list[int], span: tuple[int, int], more: int
) -> None:
    base = ", ".join(f'"{clock_text(h * HOUR_US)}": {level}' for h, level in zip(hours, levels, strict=False))
    text = changed(('hours: "09:00-18:00"', 'hours: "00:00-18:00"'), ('{"09:00": 3, "10:00": 6}', f"{{{base}}}"))
    before = hall(text).counters.staffing
    patch = f'{STAFFING}: {{"{clock_text(span[0] * HOUR_US)}-{clock_text(span[1] * HOUR_US)}": "+{more}"}}'
    after = hall(with_arms(patch, text), "a").counters.staffing
    for hour in range(18):
        for moment in (hour * HOUR_US, hour * HOUR_US + MINUTE_US):
            inside = span[0] * HOUR_US <= moment < span[1] * HOUR_US
            assert after.at(moment) == before.at(moment) + (more if inside else 0)


def test_rates_move_exactly_and_keep_their_unit() -> None:
    after = hall(with_arms(f'{RATE}: {{"09:00-09:30": "+0.5/min", "12:00-13:00": 30/h}}'), "a").arrivals.rate_per_hour
    assert after == steps(h0900=58.0, h0930=52.0, h1000=78.0, h1200=30.0, h1300=78.0)
    assert hall(with_arms(f"{RATE}: x1.1"), "a").arrivals.rate_per_hour.value == (30.8, 57.2, 85.8)


@pytest.mark.parametrize(
    ("patch", "read", "value"),
    [
        ("transactions.payment.service.mean: x0.95", lambda h: h.transactions["payment"].service.mean_us, 171_000_000),
        (
            'transactions.payment.service.mean: "+30 s"',
            lambda h: h.transactions["payment"].service.mean_us,
            210_000_000,
        ),
        ("transactions.payment.service.mean: -1 min", lambda h: h.transactions["payment"].service.mean_us, 120_000_000),
        ('kiosks.share: "+30 %"', lambda h: h.kiosks.share, 0.6),
        ("kiosks.share: x2", lambda h: h.kiosks.share, 0.6),
        ("kiosks.count: +2", lambda h: h.kiosks.count, 5),
        ("arrivals.weekday.mon: x2", lambda h: h.arrivals.weekday, {"mon": 2.2, "sat": 0.5}),
        ("arrivals.weekday: x2", lambda h: h.arrivals.weekday, {"mon": 2.2, "sat": 1.0}),
        (
            "arrivals.weekday: {sun: 0.4, mon: '+0.1'}",
            lambda h: h.arrivals.weekday,
            {"mon": 1.2, "sat": 0.5, "sun": 0.4},
        ),
        ("arrivals.weekday: {mon: null}", lambda h: h.arrivals.weekday, {"sat": 0.5}),
        ("balking.queue: {20: null, 30: 90 %}", lambda h: h.balking.queue, {10: 0.2, 30: 0.9}),
        ("kiosks: null", lambda h: h.kiosks, None),
        ("customers.gotone.patience: {mean: 5 min}", lambda h: h.customers["gotone"].patience.mean_us, 300_000_000),
        (
            "customers.gotone.patience: {dist: gamma, mean: 5 min, cv: 2}",
            lambda h: h.customers["gotone"].patience.cv,
            2.0,
        ),
        ("closing: turn_away_waiting", lambda h: h.closing, "turn_away_waiting"),
        ("offered_wait_thresholds: [20 min]", lambda h: h.offered_wait_thresholds_us, (1_200_000_000,)),
        ("busy.hours: ['16:00-18:00']", lambda h: [span.open_us for span in h.busy.hours], [57_600_000_000]),
    ],
)
def test_any_value_can_be_set_moved_or_removed(patch: str, read: object, value: object) -> None:
    assert callable(read)
    assert read(hall(with_arms(f"halls.gaosheng.{patch}"), "a")) == value
    path, _, new = patch.partition(": ")
    assert read(hall(HALL, sets=(f"halls.gaosheng.{path}={new}",))) == value


def test_dotted_and_nested_spelling_are_the_same() -> None:
    spellings = (
        "halls.gaosheng.kiosks.share: 60 %",
        "halls.gaosheng: {kiosks: {share: 60 %}}",
        "halls: {gaosheng: {kiosks.share: 60 %}}",
        "halls: {gaosheng.kiosks: {share: 60 %}}",
    )
    parts = [scenarios.loads(with_arms(spelling)).resolve("a").model_parts for spelling in spellings]
    assert parts.count(parts[0]) == len(parts)


def test_names_may_be_chinese_and_hold_dots() -> None:
    text = (
        changed(("  gaosheng:", "  高升.2号厅:"))
        + 'arms:\n  高峰加台: {halls.高升.2号厅.counters.staffing: {"11:00-12:00": "+1"}}\n'
    )
    study = scenarios.loads(text).resolve("高峰加台").study
    assert study.halls["高升.2号厅"].counters.staffing == steps(h0900=3, h1000=6, h1100=7, h1200=6)


def test_a_star_patches_every_name() -> None:
    text = HALL + "  shawan:\n" + HALL.split("  gaosheng:\n")[1] + "arms: {a: {halls.*.kiosks.count: x2}}\n"
    study = scenarios.loads(text).resolve("a").study
    assert [one.kiosks.count for one in study.halls.values() if one.kiosks] == [6, 6]


def test_a_new_lane_is_added_whole_and_a_half_one_refused() -> None:
    lane = 'halls.gaosheng.counters.lanes.slow: {serves: [sim_replacement], staffing: {"09:00": 1}}'
    assert set(hall(with_arms(lane), "a").counters.lanes) == {"fast", "slow"}
    (problem,) = problems(with_arms("halls.gaosheng.counters.lanes.fsat: {staffing: x2}"))
    assert (problem.code, problem.help) == ("unknown-path", "did you mean `fast`?")


@pytest.mark.parametrize(
    ("patch", "code", "help"),
    [
        ("halls.gaoshen.kiosks.share: 60 %", "unknown-path", "did you mean `gaosheng`?"),
        ("halls.gaosheng.kiosk.share: 60 %", "unknown-path", "did you mean `kiosks`?"),
        ("halls.gaosheng.kiosks.shares: 60 %", "unknown-path", "did you mean `share`?"),
        ("hall.gaosheng.kiosks.share: 60 %", "unknown-path", "did you mean `halls`?"),
        ("halls.gaosheng.customers.vip.priority: 1", "unknown-path", "known here: gotone, others"),
        ("halls.gaosheng.kiosks.share.best: 60 %", "unknown-path", ""),
        ("halls.gaosheng.kiosks.share: x1.1 %", "number", "x1.1"),
        ("halls.gaosheng.kiosks.share: +2 min", "unit", "`30 %`"),
        ("halls.gaosheng.kiosks.share: x9", "share", "`30 %`"),
        ("halls.gaosheng.title: +2", "", ""),
        ("halls.gaosheng.arrivals.weekday.tue: x2", "nothing-to-change", "whole value"),
        ("halls.gaosheng.arrivals.weekday.tues: 2", "unknown-key", "did you mean `tue`?"),
        (f'{STAFFING}: {{"11:30-13:30": "+2", "09:00": 1}}', "span", "times only"),
        (f'{STAFFING}: {{"11:30-13:30": "+2", "13:00-14:00": "+1"}}', "overlap", ""),
        (f'{STAFFING}: {{"08:30-13:30": "+2"}}', "outside-hours", "shorten"),
        (f'{STAFFING}: {{"11:30-13:30": "-9"}}', "range", ""),
        (f'{STAFFING}: {{"11:30-13:30": "+2 min"}}', "unit", ""),
        ("halls.gaosheng: 3", "type", ""),
        ("halls.gaosheng: null", "unknown-scope", ""),
    ],
)
def test_a_patch_that_cannot_be_made_is_refused_with_the_nearest_name(patch: str, code: str, help: str) -> None:
    text = with_arms(patch) + "compare: {metrics: {wait_mean@hall/gaosheng: {}}}\n"
    if not code:
        assert scenarios.loads(text)
        return
    found = problems(text)
    assert found[0].code == code
    assert help in found[0].help


def test_a_bad_result_of_a_change_says_what_it_was() -> None:
    (problem,) = problems(with_arms("halls.gaosheng.kiosks.share: x9"))
    assert problem.message == "`270 %` is not between 0 % and 100 %; it was 30 % before arm a"


def test_rates_that_are_interpolated_take_no_span() -> None:
    text = with_arms(f'{RATE}: {{"10:00-11:00": x2}}', changed(("      holiday: 0.6", "      interpolate: linear")))
    assert problems(text)[0].code == "span"


def test_precedence_runs_from_parents_to_settings(tmp_path: Path) -> None:
    def load(upto: int, sets: tuple[str, ...] = ()) -> tuple[int, str]:
        said = [
            f"halls: {{gaosheng: {{kiosks: {{count: {n}}}}}}}\n" if n <= upto else "own: mobile\n" for n in (11, 12, 13)
        ]
        top = "name: top\nhorizon: 1 month\nextends: [base.yaml, left.yaml, right.yaml]\nparameters: fitted.yaml\n"
        top += "halls: {gaosheng: {kiosks: {count: 14}}}\n" if upto >= 14 else ""
        top += "arms: {a: {halls.gaosheng.kiosks.count: 15}}\n" if upto >= 15 else "arms: {a: {}}\n"
        top += "sweep: {grid: {halls.gaosheng.kiosks.count: [16]}}\n" if upto >= 16 else ""
        path = write(tmp_path, base=HALL, left=said[0], right=said[1], fitted=said[2], top=top)
        loaded = scenarios.load(path, sets)
        one = loaded.resolve("a")
        kiosks = one.study.halls["gaosheng"].kiosks
        assert kiosks is not None
        return kiosks.count, one.origins["halls.gaosheng.kiosks.count"].how

    assert [load(n)[0] for n in (10, 11, 12, 13, 14, 15, 16)] == [3, 11, 12, 13, 14, 15, 16]
    assert [load(n)[1] for n in (10, 12, 13, 14, 15)] == ["parent", "parent", "parameters", "file", "arm a"]
    assert load(16)[1] == "sweep point count=16"
    assert load(16, ("halls.gaosheng.kiosks.count=17",)) == (17, "--set")


def test_maps_merge_by_key_while_lists_and_functions_of_time_replace(tmp_path: Path) -> None:
    child = """\
name: child
extends: base.yaml
halls:
  gaosheng:
    arrivals: {rate: {"09:00": 10/h}, weekday: {sun: 0.2, mon: null}}
    busy: {hours: ["14:00-15:00"]}
    customers: {others: {patience: {dist: lognormal, mean: 9 min, cv: 1}}}
    kiosks: null
"""
    one = scenarios.load(write(tmp_path, base=HALL, child=child)).resolve("baseline").study.halls["gaosheng"]
    assert one.arrivals.rate_per_hour == steps(h0900=10.0)
    assert one.arrivals.weekday == {"sat": 0.5, "sun": 0.2}
    assert one.arrivals.holiday == 0.6
    assert one.busy is not None
    assert [span.open_us for span in one.busy.hours] == [14 * HOUR_US]
    assert one.busy.day_of_month == frozenset({1, 2, 3, *range(26, 32)})
    assert one.customers["others"].patience == scenarios.schema.Lognormal(dist="lognormal", mean="9 min", cv=1)
    assert one.kiosks is None


def test_what_stands_under_a_star_is_where_every_name_starts(tmp_path: Path) -> None:
    base = HALL.replace("  gaosheng:\n", '  "*":\n')
    child = "name: child\nextends: base.yaml\nhalls:\n  a: {kiosks: {count: 1}}\n  b: {advisers: null, title: 乙}\n"
    study = scenarios.load(write(tmp_path, base=base, child=child)).resolve("baseline").study
    assert {name: (one.title, one.kiosks and one.kiosks.count) for name, one in study.halls.items()} == {
        "a": ("高升营业厅", 1),
        "b": ("乙", 3),
    }
    assert study.halls["b"].advisers is None


def test_beliefs_are_kept_aside_and_move_with_the_value() -> None:
    loaded = scenarios.loads(with_arms("halls.gaosheng.arrivals.day_to_day_cv: x2"))
    (kept,) = loaded.resolve("a").beliefs
    assert (kept.best, kept.low, kept.high) == ("0.3", "0.2", "0.6")
    assert (kept.path, kept.source, kept.note) == ("halls.gaosheng.arrivals.day_to_day_cv", "assumed", "not measured")
    assert kept.line == HALL[: HALL.index("best: 0.15")].count("\n") + 1
    assert loaded.resolve("a").study.halls["gaosheng"].arrivals.day_to_day_cv == 0.3


def test_a_whole_function_may_be_a_belief_and_still_be_patched() -> None:
    rate = '{"09:00": 28/h, "09:30": 52/h, "10:00": 78/h}'
    text = changed((rate, f"{{best: {rate}, low: x0.8, high: x1.2, source: fitted}}"))
    loaded = scenarios.loads(with_arms(f'{RATE}: {{"09:00-09:30": 30/h}}', text))
    kept = {belief.path: belief for belief in loaded.resolve("a").beliefs}[RATE]
    assert (kept.low, kept.high, kept.source) == ("x0.8", "x1.2", "fitted")
    assert kept.best.startswith('{"09:00": 30/h')
    assert loaded.resolve("a").study.halls["gaosheng"].arrivals.rate_per_hour.value == (30.0, 52.0, 78.0)


def test_each_step_of_a_function_may_be_a_belief() -> None:
    text = changed(('"09:30": 52/h', '"09:30": {best: 52/h, low: 40/h, high: 1/min, source: published}'))
    kept = {belief.path: belief for belief in scenarios.loads(text).resolve("baseline").beliefs}
    assert kept[f"{RATE}.09:30"].high == "1/min"


def test_shadowing_a_fitted_value_is_a_warning_with_both_places(tmp_path: Path) -> None:
    fitted = "fit: {kind: arrivals, rows: 12}\nhalls: {gaosheng: {kiosks: {share: {best: 33 %, source: fitted}}}}\n"
    top = "name: top\nhorizon: 1 month\nextends: base.yaml\nparameters: fitted.yaml\n"
    quiet = scenarios.load(write(tmp_path, base=HALL, fitted=fitted, top=top))
    assert quiet.warnings == ()
    assert quiet.fits == ({"kind": "arrivals", "rows": 12},)
    assert [belief.source for belief in quiet.resolve("baseline").beliefs] == ["assumed", "fitted"]
    loud = scenarios.load(write(tmp_path, top=f"{top}halls: {{gaosheng: {{kiosks: {{share: 50 %}}}}}}\n"))
    (warning,) = loud.warnings
    assert (warning.code, warning.severity, warning.line) == ("shadows-fitted", "warning", 5)
    assert "fitted.yaml:2" in warning.message


def test_a_sweep_is_the_product_of_its_grid_times_the_rows_of_zip() -> None:
    sweep = (
        "sweep:\n  grid: {halls.gaosheng.arrivals.rate: [x1, x1.2], halls.gaosheng.kiosks.count: [1, 2]}\n"
        "  zip: {halls.gaosheng.arrivals.holiday: [0.5, 1], halls.gaosheng.balking.queue: [{5: 10 %}, {9: 20 %}]}\n"
    )
    loaded = scenarios.loads(HALL + sweep)
    assert len(loaded.points) == 8
    last = loaded.points[-1]
    assert last.name == "rate=x1.2, count=2, holiday=1, queue={9: 20 %}"
    assert last.values["halls.gaosheng.arrivals.rate"] == "x1.2"
    one = loaded.resolve("baseline", last.name).study.halls["gaosheng"]
    assert one.arrivals.rate_per_hour.value == (33.6, 62.4, 93.6)
    assert one.balking is not None
    assert one.balking.queue == {9: 0.2, 10: 0.2, 20: 0.6}
    assert loaded.resolve("baseline") is loaded.resolve("baseline", loaded.points[0].name)


def test_a_setting_changes_what_it_names_and_nothing_else() -> None:
    before = scenarios.loads(HALL).resolve("baseline").model_parts
    after = scenarios.loads(HALL, ("halls.gaosheng.kiosks.count=4",)).resolve("baseline").model_parts
    assert after["halls"]["gaosheng"]["kiosks"].pop("count") == 4
    assert before["halls"]["gaosheng"]["kiosks"].pop("count") == 3
    assert after == before


def test_settings_reach_the_comparison_and_the_seed() -> None:
    loaded = scenarios.loads(
        HALL, ("compare.replications.max=20", "compare.replications.initial=5", "seed=9", "title=新")
    )
    assert (loaded.compare.initial, loaded.compare.maximum, loaded.title) == (5, 20, "新")
    assert loaded.resolve("baseline").study.seed == 9


def test_an_unknown_arm_or_point_names_the_nearest() -> None:
    loaded = scenarios.loads(HALL)
    with pytest.raises(LookupError, match="did you mean `baseline`"):
        loaded.resolve("basline")
    with pytest.raises(LookupError, match="no sweep point"):
        loaded.resolve("baseline", "nowhere")


def test_two_spellings_of_a_quantity_and_any_order_of_keys_are_one_model() -> None:
    first = scenarios.loads(HALL).resolve("baseline")
    second = scenarios.loads(
        changed(
            ("mean: 3 min", "mean: 180 s"),
            ("28/h", "0.4666666666666666666666666667/min"),
            ("idle: 5 min", "idle: 0.0833333333333333333333 h"),
            ("horizon: 2 months", "horizon: 62 days"),
            ("      holiday: 0.6\n", ""),
            ("      weekday: {mon: 1.1, sat: 0.5}", "      weekday: {sat: 0.50, mon: 1.1}\n      holiday: 6e-1"),
            ("title: 一个营业厅", "title: another"),
            ("    class: A\n", ""),
            ('    hours: "09:00-18:00"', '    hours: "9:00 - 18:00"\n    class: A'),
        )
    ).resolve("baseline")
    assert first.model_parts == second.model_parts
    assert first.study.halls["gaosheng"].transactions == second.study.halls["gaosheng"].transactions


def test_what_a_worker_needs_can_be_sent_to_another_process() -> None:
    loaded = scenarios.loads(HALL)
    one = loaded.resolve("baseline")
    assert pickle.loads(pickle.dumps(one)).model_parts == one.model_parts
    assert pickle.loads(pickle.dumps(one.study)) == one.study
    assert pickle.loads(pickle.dumps(loaded.points)) == loaded.points


def test_a_study_written_out_resolves_to_the_same_model() -> None:
    loaded = scenarios.loads(with_arms(f'{STAFFING}: {{"11:30-13:30": "+2"}}'))
    again = scenarios.loads(loaded.resolved_yaml("a"))
    assert again.resolve("baseline").model_parts == loaded.resolve("a").model_parts
    assert again.resolve("baseline").beliefs[0].note == "not measured"


def test_explain_says_which_line_and_layer_set_each_value_defaults_included() -> None:
    loaded = scenarios.loads(with_arms(f'{STAFFING}: {{"11:30-13:30": "+2"}}'))
    rows = {row.path: row for row in loaded.explain("a")}
    staffing = rows[STAFFING]
    assert (staffing.how, staffing.value) == ("arm a", '{"09:00": 3, "10:00": 6, "11:30": 8, "13:30": 6}')
    assert staffing.line == HALL.count("\n") + 3
    assert staffing.shadowed == (f"study.yaml:{HALL[: HALL.index('staffing:')].count(chr(10)) + 1}",)
    closing, calendar = rows["halls.gaosheng.closing"], rows["calendar"]
    assert (closing.how, closing.line) == ("file", 12)
    assert (calendar.how, calendar.value) == ("default", "china")


def test_an_arm_that_the_sweep_overrides_is_a_warning() -> None:
    text = with_arms("halls.gaosheng.kiosks.count: 5")
    swept = scenarios.loads(text + "sweep: {grid: {halls.gaosheng.kiosks.count: [1, 2]}}\n")
    assert [(warning.code, warning.path) for warning in swept.warnings] == [
        ("hidden-by-sweep", "arms.a.halls.gaosheng.kiosks.count")
    ]
    assert scenarios.loads(text + "sweep: {grid: {halls.gaosheng.kiosks.count: [x1, x2]}}\n").warnings == ()
