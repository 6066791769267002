"""What differs between two studies is told value by value, with the place of each; two spellings are no difference."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scenarios
import standfast as sf
from scenarios.differences import differences
from standfast.cli import main

PARENT = """\
schema_version: 1
halls:
  main:
    hours: "09:00-12:00"
    arrivals: {rate: {"09:00": {best: 30/h, low: 20/h, high: 40/h, source: assumed}}}
    transactions: {all: {share: 100 %, service: {dist: lognormal, mean: 5 min, cv: 0.5}}}
    counters: {staffing: {"09:00": 2}}
"""
STUDY = """\
name: tiny
title: A tiny hall
extends: [hall.yaml]
start: 2010-07-05
horizon: 2 days
arms:
  baseline: {}
  more: {halls.main.counters.staffing: {"09:00-12:00": "+1"}}
  kiosk: {halls.main.kiosks: {count: 1, share: 30 %, service: {dist: exponential, mean: 2 min}}}
sweep: {grid: {halls.main.arrivals.holiday: [0.5, 0.7]}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("hall.yaml").write_text(PARENT, encoding="utf-8")
    Path("tiny.yaml").write_text(STUDY, encoding="utf-8")
    return tmp_path


def ended(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def paths(*arguments: str, **named: str) -> list[str]:
    return [each.path for each in sf.differences(*arguments, **named).model]


# value by value


SERVICE = "halls.main.transactions.all.service"


def test_two_arms_differ_in_what_the_arm_sets_and_both_places_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ended(capsys, "show", "tiny.yaml", "--arm", "more", "--against", ":baseline")
    assert code == 0
    assert out.splitlines() == [
        "here   tiny.yaml, arm more, point holiday=0.5",
        "there  tiny.yaml, arm baseline, point holiday=0.5",
        "",
        "halls.main.counters.staffing",
        '  here   {"09:00": 3}   # tiny.yaml:8 (arm more), over hall.yaml:7',
        '  there  {"09:00": 2}   # hall.yaml:7 (parent)',
        "",
        "1 value that decides runs",
    ]


def test_what_is_set_on_one_side_alone_is_told_and_its_defaults_are_not() -> None:
    found = sf.differences("tiny.yaml", arm="kiosk")
    kiosks = "halls.main.kiosks"
    assert [each.path for each in found.model] == [
        f"{kiosks}.{name}" for name in ("count", "share", "service.dist", "service.mean")
    ]
    assert all(each.there is None and each.here is not None and each.here.line == 9 for each in found.model)
    assert paths("tiny.yaml", other_arm="kiosk") == [each.path for each in found.model]


@pytest.mark.parametrize(
    ("setting", "path", "here", "there"),
    [
        (
            "halls.main.transactions.all.service.mean=6 min",
            "halls.main.transactions.all.service.mean",
            "6 min",
            "5 min",
        ),
        ("halls.main.arrivals.rate={'09:00': 31/h}", "halls.main.arrivals.rate", '{"09:00": 31/h}', '{"09:00": 30/h}'),
        ("seed=7", "seed", "7", "1"),
        ("halls.main.closing=turn_away_waiting", "halls.main.closing", "turn_away_waiting", "serve_all_inside"),
        ("economics.counter_hour=40 CNY/h", "economics.counter_hour", "40 CNY/h", "0 CNY/h"),
    ],
)
def test_a_set_value_is_told_against_the_study_without_it(setting: str, path: str, here: str, there: str) -> None:
    (found,) = sf.differences("tiny.yaml", "tiny.yaml", sets=[setting]).model
    assert found.path == path
    assert found.here is not None
    assert found.there is not None
    assert (found.here.value, found.here.how, found.there.value) == (here, "--set", there)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mean: 5 min", "mean: 300 s"),
        ("cv: 0.5", "cv: {best: 0.50, source: assumed}"),
        ("{best: 30/h, low: 20/h, high: 40/h, source: assumed}", "0.5/min"),
        ('hours: "09:00-12:00"', 'hours: "09:00-12:00"\n    closing: serve_all_inside\n    title: 总厅'),
    ],
)
def test_another_spelling_a_default_and_a_title_are_no_difference(old: str, new: str) -> None:
    text = PARENT.replace(old, new)
    assert text != PARENT
    Path("hall.yaml").write_text(text, encoding="utf-8")
    after = scenarios.load("tiny.yaml")
    Path("hall.yaml").write_text(PARENT, encoding="utf-8")
    found = sf.differences("tiny.yaml", after)
    assert (found.same_model, found.model) == (True, ())


def test_ranges_and_sources_of_beliefs_are_told_as_notes() -> None:
    Path("other.yaml").write_text(STUDY.replace("hall.yaml", "hall2.yaml"), encoding="utf-8")
    Path("hall2.yaml").write_text(PARENT.replace("high: 40/h", "high: 60/h"), encoding="utf-8")
    found = sf.differences("tiny.yaml", "other.yaml")
    assert (found.same_model, found.model) == (True, ())
    (note,) = found.notes
    assert note.path == "halls.main.arrivals.rate"
    assert note.there is not None
    assert "high: 60/h" in note.there.value


def test_the_inside_of_a_tactic_that_is_off_decides_nothing() -> None:
    study = scenarios.load("chengdu-2010")
    more = scenarios.load("chengdu-2010", ["tactics.outbound_call.days_before_expiry=40"])
    found = sf.differences(more, study)
    assert (found.same_model, found.model) == (True, ())
    assert [each.path for each in found.notes] == ["tactics.outbound_call.days_before_expiry"]
    on = sf.differences(more, study, arm="outbound-call", other_arm="outbound-call")
    assert [each.path for each in on.model] == ["tactics.outbound_call.days_before_expiry"]


# against the truth: the model parts


NAMES = scenarios.library_names()


@pytest.mark.parametrize("name", NAMES)
def test_arms_of_the_library_differ_exactly_where_their_models_do(name: str) -> None:
    loaded = scenarios.load(name)
    base = loaded.resolve(loaded.compare.baseline)
    for arm in {*loaded.arms[:3], loaded.arms[-1]}:
        found = differences(loaded.resolve(arm), base)
        assert found.same_model == (not found.model) == (loaded.resolve(arm).model_parts == base.model_parts)
        assert {each.path for each in found.model} == {
            each.path for each in differences(base, loaded.resolve(arm)).model
        }
        again = scenarios.loads(loaded.resolved_yaml(arm)).resolve("baseline")
        assert differences(loaded.resolve(arm), again).model == ()


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.data())
def test_whatever_is_set_is_found_and_nothing_else(data: st.DataObject) -> None:
    base = scenarios.load("one-hall")
    changes = {
        "halls.gaosheng.kiosks.count": st.integers(2, 9).map(str),
        "halls.gaosheng.arrivals.holiday": st.integers(2, 9).map(lambda n: f"0.{n}"),
        "halls.gaosheng.transactions.payment.service.mean": st.integers(6, 9).map(lambda n: f"{n} min"),
        "seed": st.integers(2, 9).map(str),
        "horizon": st.integers(5, 9).map(lambda n: f"{n} days"),
    }
    chosen = data.draw(st.sets(st.sampled_from(sorted(changes))))
    sets = [f"{path}={data.draw(changes[path])}" for path in sorted(chosen)]
    found = sf.differences("one-hall", base, sets=sets)
    assert {each.path for each in found.model} == chosen
    assert found.same_model == (not chosen)


# how the other study is named


@pytest.mark.parametrize(
    ("against", "there"),
    [
        (":more", "tiny.yaml, arm more, point holiday=0.5"),
        (":more@holiday=0.7", "tiny.yaml, arm more, point holiday=0.7"),
        (":@holiday=0.7", "tiny.yaml, arm kiosk, point holiday=0.7"),
        ("tiny.yaml", "tiny.yaml, arm kiosk, point holiday=0.5"),
        ("tiny.yaml:baseline", "tiny.yaml, arm baseline, point holiday=0.5"),
        ("one-hall", "scenarios/library/one-hall.yaml, arm baseline"),
        ("a:b.yaml:more", "a:b.yaml, arm more, point holiday=0.5"),
        ("a:b.yaml", "a:b.yaml, arm kiosk, point holiday=0.5"),
    ],
)
def test_the_other_study_is_a_study_an_arm_of_it_or_an_arm_of_this_one(
    against: str, there: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a:b.yaml").write_text(STUDY, encoding="utf-8")
    code, out, _ = ended(capsys, "show", "tiny.yaml", "--arm", "kiosk", "--against", against)
    assert code == 0
    assert out.splitlines()[1] == f"there  {there}"


@pytest.mark.parametrize(
    ("against", "told"),
    [
        (":mor", "no arm is called 'mor'"),
        ("tiny.yaml:mor", "no arm is called 'mor'"),
        (":more@holiday=9", "no sweep point is called 'holiday=9'"),
        ("tny.yaml", "no-such-file"),
        ("tny.yaml:more", "no-such-file"),
        ("", "no-such-file"),
    ],
)
def test_a_name_that_there_is_not_is_refused(against: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ended(capsys, "show", "tiny.yaml", "--against", against)
    assert (code, out) == (2, "")
    assert told in err


def test_as_json_both_sides_come_with_file_and_line(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ended(capsys, "show", "tiny.yaml", "--set", "seed=3", "--against", ":more", "--json")
    told = json.loads(out)
    assert [each["path"] for each in told["model"]] == ["halls.main.counters.staffing"], "--set holds for both arms"
    place = {"file": "tiny.yaml", "line": 8, "col": 40, "how": "arm more", "shadowed": ["hall.yaml:7"]}
    assert told["model"][0]["there"] == {"value": '{"09:00": 3}', **place}
    assert (told["here"]["arm"], told["there"]["arm"], told["same_model"]) == ("baseline", "more", False)
