"""A playbook takes the place of all that a study says of rivals and nothing else; wrong ones are refused by place."""

from __future__ import annotations

from pathlib import Path

import pytest

import scenarios
from scenarios.playbooks import QUIET, playbook_names

STUDY = """\
name: small
start: 2010-07-01
horizon: 6 months
own: mobile
population: {size: 2000, simulate: 200}
operators: {mobile: {}, unicom: {}, telecom: {}}
plans: {ours: {operator: mobile, fee: 60 CNY/month}, wo: {operator: unicom, fee: 60 CNY/month},
  tianyi: {operator: telecom, fee: 55 CNY/month}}
segments:
  vip: {share: 100 %, start: {mobile: 60 %, unicom: 20 %, telecom: 10 %}, usage: {mean: 100 min/month}}
competitors:
  unicom:
    match: {delay: 5 days}
    campaigns: {old: {from: 2010-07-01, until: 2010-12-31, reach: 5 %/month, subsidy: 100 CNY}}
arms: {baseline: {}, cheaper: {plans.ours.fee: x0.9}}
sweep:
  grid: {competitors.unicom.campaigns.old.reach: [x0, x1], plans.wo.fee: [60 CNY/month, 50 CNY/month]}
"""
BOOK = """\
competitors:
  telecom:
    campaigns:
      new: {title: A new one, from: 2010-08-01, until: 2010-12-31, reach: 10 %/month, subsidy: 50 CNY}
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    study, book = tmp_path / "study.yaml", tmp_path / "book.yaml"
    study.write_text(STUDY, encoding="utf-8")
    book.write_text(BOOK, encoding="utf-8")
    return study, book


def refused(study: Path, book: Path | str, *sets: str) -> str:
    with pytest.raises(scenarios.StudyErrors) as fault:
        scenarios.load(study, sets, book)
    return str(fault.value)


def test_a_playbook_replaces_all_rivals_and_nothing_else(files: tuple[Path, Path]) -> None:
    study, book = files
    stated, played = scenarios.load(study), scenarios.load(study, playbook=book)
    for arm in stated.arms:
        for point in stated.points:
            before = stated.resolve(arm, point.name).model_parts
            after = played.resolve(arm, point.name).model_parts
            changed = {key for key in before | after if before.get(key) != after.get(key)}
            assert changed == {"competitors"}
            rivals = played.resolve(arm, point.name).study.competitors
            assert {name: list(rival.campaigns) for name, rival in rivals.items()} == {"telecom": ["new"]}


def test_quiet_rivals_neither_campaign_nor_react(files: tuple[Path, Path]) -> None:
    assert scenarios.load(files[0], playbook=QUIET).resolve("baseline").study.competitors == {}


def test_what_the_sweep_and_settings_say_of_rivals_is_left_out_and_told(files: tuple[Path, Path]) -> None:
    study, book = files
    setting = "competitors.unicom.campaigns.old.wake=2 %/month"
    played = scenarios.load(study, [setting, "plans.wo.fee=58 CNY/month"], book)
    left_out = {problem.path for problem in played.warnings if problem.code == "left-out"}
    assert left_out == {"competitors.unicom.campaigns.old.reach", "competitors.unicom.campaigns.old.wake"}
    assert [point.name for point in played.points] == [point.name for point in scenarios.load(study).points]
    # the setting that is no rival's stays, and beats the sweep as ever
    assert {played.resolve("baseline", each.name).study.plans["wo"].fee_fen for each in played.points} == {5800}


def test_points_that_differ_in_rivals_alone_become_one_model(files: tuple[Path, Path]) -> None:
    played = scenarios.load(files[0], playbook=files[1])
    models = [played.resolve("baseline", point.name).model_parts for point in played.points]
    assert len(models) == 4
    assert models[0] == models[2] != models[1] == models[3]


def test_values_of_a_playbook_say_that_they_stand_in_it(files: tuple[Path, Path]) -> None:
    played = scenarios.load(files[0], playbook=files[1])
    origin = played.resolve("baseline").origins["competitors.telecom.campaigns.new.reach"]
    assert (Path(origin.file).name, origin.line, origin.how) == ("book.yaml", 4, "playbook")


@pytest.mark.parametrize("name", playbook_names())
def test_every_shipped_playbook_is_all_that_rivals_do(name: str, tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text("name: tried\nhorizon: 24 months\nextends: base/chengdu-2010.yaml\n", encoding="utf-8")
    loaded = scenarios.load(path, playbook=name)
    rivals = loaded.resolve("baseline").study.competitors
    assert any(rival.campaigns for rival in rivals.values())
    numbers = [each for each in loaded.resolve("baseline").beliefs if each.path.startswith("competitors.")]
    assert {each.source for each in numbers} == {"assumed"}


def test_an_operator_that_the_study_lacks_is_refused_at_its_place(files: tuple[Path, Path]) -> None:
    study, book = files
    book.write_text(BOOK.replace("telecom:", "telekom:"), encoding="utf-8")
    told = refused(study, book)
    assert "book.yaml:2:3: error[unknown-name]: `telekom` is not an operator of this study" in told
    assert "did you mean `telecom`?" in told


def test_a_wrong_value_in_a_playbook_is_refused_at_its_place(files: tuple[Path, Path]) -> None:
    study, book = files
    book.write_text(BOOK.replace("10 %/month", "10 %"), encoding="utf-8")
    assert "book.yaml:4:" in refused(study, book)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: x\nplans: {}\n" + BOOK, "book.yaml:2:1: error[not-a-playbook]: a playbook says what rivals do, and"),
        ("title: nothing\n", "no rival does anything in this playbook"),
        ("competitors: {}\n", "no rival does anything in this playbook"),
        ("- a\n", "this is not a study"),
        ("competitors: {telecom: {nonsense: null, match: {}}}\n", "`nonsense` is not a key here"),
    ],
)
def test_a_file_that_is_no_playbook_is_refused(files: tuple[Path, Path], text: str, told: str) -> None:
    study, book = files
    book.write_text(text, encoding="utf-8")
    assert told in refused(study, book)


@pytest.mark.parametrize(
    ("name", "help"),
    [("prize-war", "did you mean `price-war`?"), ("no/such.yaml", "there is no such file"), ("\0", "playbooks: quiet")],
)
def test_a_playbook_that_is_not_there_is_refused_with_the_nearest(
    files: tuple[Path, Path], name: str, help: str
) -> None:
    assert help in refused(files[0], name)


def test_an_arm_that_changes_rivals_cannot_be_held_against_playbooks(files: tuple[Path, Path]) -> None:
    study, book = files
    changed = STUDY.replace("arms: {baseline: {}", "arms: {baseline: {}, calm: {competitors.unicom.enabled: false}")
    study.write_text(changed, encoding="utf-8")
    assert scenarios.load(study).arms == ("baseline", "calm", "cheaper")
    assert "error[rivals-in-arm]" in refused(study, book)
