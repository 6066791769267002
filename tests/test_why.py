"""`standfast why`: who differs, where the lives part, which paths and stories are told."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from market_fakes import FakeSim, loaded, study
from rich.console import Console

from outputs.differences import Differences, print_differences
from outputs.partings import Parting
from outputs.stories import Moment, Step, Titles, moments_words, step_words
from scenarios.problems import columns as cells
from standfast.cli import main
from standfast.experiments.differing import OtherPeople, differing
from standfast.experiments.stories import chosen, followed, frequent
from standfast.experiments.why import NoMarket, SameArm, why

CALLED = [(40, "contacted", "call", 0), (40, "accepted", "call", 0), (90, "considered", "gotone-88", -1)]
LEAVES = [
    (90, "considered", "unicom-66", -1),
    (90, "asked_to_leave", "unicom-66", -1),
    (90, "left", "mobile", "unicom-66"),
]


def ask(baseline: Any, arm: Any, sim: FakeSim | None = None, **options: Any) -> Differences:
    return why(loaded(baseline, arm=arm), "arm", lives=sim or FakeSim(), **options)


def only_path(found: Differences) -> tuple[str, str]:
    (row,) = found.who.to_dict("records")
    return str(row["baseline_path"]), str(row["arm_path"])


def test_a_call_that_keeps_somebody_is_the_cause_and_the_path() -> None:
    found = ask(study({7: LEAVES}), study({7: CALLED}))
    assert found.who["change"].tolist() == ["kept"]
    (row,) = found.who.to_dict("records")
    assert (row["cause"], row["cause_in"], row["cause_date"]) == ("contacted(call)", "arm", "2010-08-10")
    before, after = only_path(found)
    assert before == "considered → asked_to_leave(unicom) → left(unicom)"
    assert after == "contacted(call) → accepted(call) → considered → stayed"


def test_what_happens_in_both_lives_explains_nothing() -> None:
    shared = [(10, "visited", "shawan", 3), (20, "considered", "gotone-88", 0)]
    found = ask(study({7: [*shared, *LEAVES]}), study({7: [*shared, *CALLED]}))
    assert only_path(found) == only_path(ask(study({7: LEAVES}), study({7: CALLED})))


def test_what_follows_once_the_lives_have_parted_for_good_explains_nothing() -> None:
    later = [(200, "visited", "shawan", 3), (230, "contacted", "call", 0), (300, "changed_plan", "gotone-88", -1)]
    found = ask(study({7: LEAVES}), study({7: [*CALLED, *later]}))
    assert only_path(found)[1] == "contacted(call) → accepted(call) → considered → stayed"


def test_a_long_wait_in_the_arm_is_the_cause_by_hall_minutes_and_date() -> None:
    waits = [(60, "waited_long", "shawan", 34), (60, "complained", "shawan", 0), (95, "left", "mobile", "telecom-59")]
    found = ask(study({3: [(60, "visited", "shawan", 4)]}), study({3: waits}))
    (row,) = found.who.to_dict("records")
    assert (row["change"], row["cause"], row["cause_minutes"]) == ("lost", "waited_long(shawan)", 34)
    (story,) = found.story_texts("en")
    assert "With arm: 2010-08-30 waited 34 min in 沙湾, over the target; complained of 沙湾" in story
    assert "2010-10-04 left to 中国电信; it ends with 中国电信." in story
    assert "In the baseline: 2010-08-30 served in 沙湾 after 4 min; it ends with us." in story
    (chinese,) = found.story_texts("zh")
    assert "在沙湾等候 34 分钟（超时）；投诉沙湾" in chinese


def test_the_same_visit_with_a_longer_wait_is_found_behind_a_decision() -> None:
    before = [(60, "waited_long", "shawan", 12)]
    after = [
        (60, "waited_long", "shawan", 50),
        (95, "considered", "telecom-59", -1),
        (95, "left", "mobile", "telecom-59"),
    ]
    found = ask(study({3: before}), study({3: after}))
    (row,) = found.who.to_dict("records")
    assert (row["cause"], row["cause_in"], row["cause_minutes"]) == ("waited_long(shawan)", "arm", 50)
    assert not row["cause_bare"]
    assert only_path(found) == (
        "waited_less(shawan) → stayed",
        "waited_longer(shawan) → considered → left(telecom)",
    )


def test_minutes_alone_are_no_other_life() -> None:
    found = ask(study({3: [(60, "waited_long", "shawan", 12)]}), study({3: [(60, "waited_long", "shawan", 50)]}))
    assert found.who.empty


def test_a_decision_without_an_event_before_it_is_told_as_one_of_the_market() -> None:
    found = ask(study({}), study({5: LEAVES}))
    (row,) = found.who.to_dict("records")
    assert row["cause_bare"]
    assert row["change"] == "lost"
    assert found.causes["bare"].tolist() == [True]


def test_the_save_desk_parts_two_lives_that_asked_alike() -> None:
    saved = [*LEAVES[:2], (90, "saved", "desk", 0)]
    found = ask(study({5: LEAVES}), study({5: saved}))
    assert only_path(found) == ("left(unicom)", "saved(desk) → stayed")
    assert found.who["cause"].tolist() == ["saved(desk)"]


def test_who_returns_has_the_same_end_by_another_way() -> None:
    returns = [*LEAVES, (300, "left", "unicom", "gotone-88"), (400, "visited", "shawan", 2)]
    found = ask(study({5: returns}), study({5: [*CALLED, (410, "visited", "shawan", 2)]}))
    assert found.who["change"].tolist() == ["same"]
    before, after = only_path(found)
    assert before.endswith("left(unicom) → left(mobile)")
    assert "visited" not in before + after


def test_who_is_won_from_a_rival_counts_as_kept_but_not_as_ours_at_the_start() -> None:
    comes = [(50, "left", "unicom", "gotone-88")]
    found = ask(study({}, {8: "unicom"}), study({8: comes}, {8: "unicom"}))
    assert found.who["change"].tolist() == ["kept"]
    counts = found.changes.set_index("change")
    assert (counts.loc["kept", "simulated"], counts.loc["kept", "ours"]) == (1, 0)
    assert only_path(found) == ("stayed(unicom)", "left(mobile)")


def test_different_rivals_at_the_end_are_elsewhere() -> None:
    other = [(80, "left", "mobile", "telecom-59")]
    found = ask(study({5: LEAVES, 6: [(70, "lapsed", "mobile", 0)]}), study({5: other, 6: other}))
    assert found.who["change"].tolist() == ["elsewhere", "elsewhere"]


def test_counts_are_at_full_scale_by_change_and_by_segment() -> None:
    lives = dict.fromkeys(range(6), LEAVES)
    found = ask(study(lives), study({**lives, 0: CALLED, 1: CALLED, 2: CALLED}), replications=2)
    counts = found.changes.set_index("change")
    assert found.people == 200
    assert counts.loc["differ", "simulated"] == counts.loc["kept", "simulated"] == 6
    assert counts.loc["kept", "full"] == 3 * 9.5
    assert counts.loc["kept", "revenue_cny"] == pytest.approx(3 * 6.00 * 9.5)
    assert counts["simulated"].iloc[1:].sum() == counts.loc["differ", "simulated"]
    segments = found.segments.set_index("segment")
    assert segments["differ"].to_dict() == {"vip": 2, "young": 4}
    assert segments["people"].to_dict() == {"vip": 100, "young": 100}
    assert (segments[["kept", "lost", "elsewhere", "same"]].sum(axis="columns") == segments["differ"]).all()


def test_only_those_who_differ_are_recorded() -> None:
    sim = FakeSim()
    lives = dict.fromkeys(range(50), LEAVES)
    ask(study(lives), study({**lives, 9: CALLED, 31: CALLED}), sim)
    assert sim.recorded == [[9, 31], [9, 31]]


def test_where_nobody_differs_nothing_is_recorded() -> None:
    sim = FakeSim()
    found = ask(study({1: LEAVES}), study({1: LEAVES}), sim)
    assert found.who.empty
    assert sim.recorded == []
    assert found.stories == ()


def test_of_too_many_every_so_manieth_is_followed_and_all_are_counted() -> None:
    sim = FakeSim()
    found = ask(study({}), study(dict.fromkeys(range(90), LEAVES)), sim, most=40)
    assert sim.recorded[0] == list(range(0, 90, 3))
    assert (len(found.who), found.followed, found.step) == (90, 30, 3)
    assert found.paths["share"].tolist() == [1.0]
    assert (found.who["arm_path"] != "").sum() == 30
    assert followed([1, 2, 3], 3) == ([1, 2, 3], 1)


def test_paths_are_counted_without_dates_the_most_frequent_first() -> None:
    def left(day: int, plan: str) -> list[Any]:
        return [(day, "left", "mobile", plan)]

    lives = {id: left(30 + id, "unicom-66") for id in range(5)} | {id: left(30, "telecom-59") for id in (10, 11)}
    found = ask(study({}), study(lives))
    assert found.paths["simulated"].tolist() == [5, 2]
    assert found.paths["arm_path"].tolist() == [(Step("left", "unicom"),), (Step("left", "telecom"),)]
    assert found.paths["share"].sum() == pytest.approx(1)
    assert found.paths["full"].tolist() == [5 * 9.5, 2 * 9.5]


def people(**paths: list[tuple[str, int]]) -> pd.DataFrame:
    """Those who differ, by change: (path, number of people)."""
    rows = []
    for change, found in paths.items():
        for path, number in found:
            rows += [(0, change, path)] * number
    frame = pd.DataFrame(rows, columns=["replication", "change", "path"])
    frame["id"] = range(len(frame))
    frame["baseline_path"], frame["arm_path"] = "stayed", frame["path"]
    frame["path"] = frame["path"].astype("category").cat.codes
    return frame


def test_stories_are_spread_over_paths_and_changes_with_the_lowest_ids() -> None:
    who = people(kept=[("a", 50), ("b", 30), ("c", 1)], lost=[("d", 4), ("e", 2)], same=[("f", 40)])
    told = who.loc[chosen(who)]
    assert len(told) == 10
    assert told["change"].value_counts().to_dict() == {"kept": 4, "lost": 4, "same": 2}
    assert set(told["path"]) == set(range(6))
    assert told[told["change"] == "kept"]["id"].tolist() == [0, 50, 80, 1]
    shuffled = who.sample(frac=1, random_state=3)
    assert shuffled.loc[chosen(shuffled), "id"].tolist() == told["id"].tolist()


def test_who_was_only_reached_tells_no_story_while_others_have_one() -> None:
    reached, accepted = "contacted(call) → stayed", "contacted(call) → accepted(call) → stayed"
    who = people(same=[(reached, 50), ("complained(h) → stayed", 2), (accepted, 4), ("changed_plan → stayed", 1)])
    told = who.loc[chosen(who)]
    assert len(told) == 8
    assert told["id"].tolist()[:3] == [52, 50, 56]
    assert told["arm_path"].tolist()[7:] == [reached]


def test_fewer_than_ten_all_tell_their_story() -> None:
    who = people(kept=[("a", 3)], same=[("f", 2)])
    assert sorted(chosen(who)) == [0, 1, 2, 3, 4]
    assert frequent(who, 2.0)["full"].tolist() == [6.0, 4.0]


def test_a_long_life_is_told_in_a_few_steps() -> None:
    many = [(day, "changed_plan" if day % 2 else "considered", "gotone-88", -1) for day in range(1, 60)]
    found = ask(study({}), study({5: many}))
    assert only_path(found)[1] == "changed_plan → considered → stayed"
    text = found.story_texts()[0]
    assert "…" in text
    assert len(text) < 600


def test_the_arms_must_simulate_the_same_people() -> None:
    with pytest.raises(OtherPeople):
        ask(study({}), study({}, people=90))
    frame = FakeSim().fates(study({}), 0)
    assert differing(frame, frame.sample(frac=1, random_state=1), "mobile").empty


def test_an_arm_is_not_held_against_itself_and_needs_a_market() -> None:
    with pytest.raises(SameArm):
        why(loaded(study({})), "baseline", lives=FakeSim())
    nobody = study({}, population=None, has_market=False)
    with pytest.raises(NoMarket, match="no market"):
        ask(nobody, nobody)


def test_every_event_of_a_life_has_words_in_both_languages() -> None:
    from sim.market.events import Happened

    titles = Titles("mobile", {})
    kinds = [event.name.lower() for event in Happened]
    for language in ("en", "zh"):
        for kind in [*kinds, "waited_longer", "waited_less", "stayed", "ended", "more"]:
            for name in ("", "x", "mobile", "none"):
                for minutes in (-1, 7):
                    assert step_words(language, Step(kind, name), titles, minutes, "p")  # type: ignore[arg-type]


def test_a_date_is_told_once() -> None:
    step = Step("complained")
    told = moments_words("en", [Moment("2010-07-02", step), Moment("2010-07-02", step)], Titles("mobile", {}))
    assert told == "2010-07-02 complained; complained"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("columns", "encoding"), [(80, "utf-8"), (140, "utf-8"), (80, "ascii"), (80, "gbk")])
def test_every_terminal_gets_it_and_names_are_text(language: Any, columns: int, encoding: str) -> None:
    saved = [*LEAVES[:2], (90, "saved", "desk", 0)]
    found = ask(study({5: LEAVES, 6: LEAVES}), study({5: saved, 6: CALLED}))
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, newline="")
    print_differences(found, Console(file=file, width=columns, legacy_windows=False), language)
    file.flush()
    text = raw.getvalue().decode(encoding)
    assert max(cells(line) for line in text.splitlines()) <= columns
    assert "[bold]" in text
    assert "2010-08-10" in text.replace("\n", "")


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the command line sees the fake market."""
    lives = dict.fromkeys(range(6), LEAVES)
    arms = loaded(
        study(lives),
        early_call=study({**lives, 0: CALLED, 1: CALLED, 30: LEAVES}),
        idle=study(lives),
    )
    monkeypatch.chdir(tmp_path)
    sim = FakeSim()
    monkeypatch.setattr("scenarios.load", lambda study, sets: arms)
    monkeypatch.setattr("sim.fates", sim.fates, raising=False)
    monkeypatch.setattr("sim.diary", sim.diary, raising=False)
    never = Parting("early-call", "baseline", "base", 0, None, None)
    monkeypatch.setattr("standfast.experiments.parting.parting", lambda *arguments, **options: never)
    return tmp_path


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_the_command_prints_tables_and_stories_and_writes_who_differs(
    there: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    code, out, err = outcome(capsys, "why", "market", "early-call")
    assert code == 0, err
    assert "3 of 100 simulated subscribers (3.00 %) have another life" in " ".join(out.replace("\u00a0", " ").split())
    assert "reached by 外呼 → accepted 外呼 → considered → stayed" in out
    assert "Subscriber 0, young." in out
    assert "\x1b[" not in out
    file = there / "results" / "market" / "why-early-call.csv"
    with open(file, encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [row["id"] for row in rows] == ["0", "1", "30"]
    assert [row["change"] for row in rows] == ["kept", "kept", "lost"]
    assert rows[0]["arm_path"] == "contacted(call) → accepted(call) → considered → stayed"
    assert str(file.relative_to(there)) in out


def test_the_command_speaks_chinese(there: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(capsys, "why", "market", "early-call", "--lang", "zh")
    assert code == 0
    assert "被外呼触达 → 接受外呼 → 比较各家套餐 → 留网" in out
    assert "客户 0" in out


def test_the_command_gives_json(there: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(capsys, "why", "market", "early-call", "--json", "--replications", "2")
    told = json.loads(out)
    assert code == 0
    assert (told["differ"], told["people"], told["replications"]) == (6, 200, 2)
    assert told["paths"][0]["change"] == "kept"
    assert told["paths"][0]["simulated"] == 4
    assert len(told["stories"]) == 6
    assert told["parting"]["first"] is None
    assert told["stories"][0]["text"].startswith("Subscriber 0 of replication 0")


def test_that_nobody_differs_is_an_answer(there: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(capsys, "why", "market", "idle")
    assert code == 0
    assert "Nobody’s life differs" in out
    file = there / "results" / "market" / "why-idle.csv"
    assert len(file.read_text(encoding="utf-8-sig").splitlines()) == 1


@pytest.mark.parametrize(
    ("arm", "says"),
    [("early-cal", "did you mean `early-call`?"), ("baseline", "cannot differ from itself")],
)
def test_an_arm_that_cannot_be_asked_about_is_refused(
    arm: str, says: str, there: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = outcome(capsys, "why", "market", arm)
    assert code == 2
    assert says in err


def test_of_halls_alone_the_event_at_which_the_arms_part_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = outcome(capsys, "why", "one-hall", "more-counters", "--set", "horizon=1 days")
    assert code == 0, err
    assert "event by event, until 2010-07-01 10:00:00" in out
    assert "counters staffed: 5. In the baseline: counters staffed: 4" in out
    code, out, _ = outcome(capsys, "why", "one-hall", "more-counters", "--set", "horizon=1 days", "--json")
    told = json.loads(out)["parting"]
    assert (told["first"]["arm"]["kind"], told["first"]["arm"]["of"]) == ("staffed", 5)
    assert told["person"]["arm"]["who"] == "customer"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_ends_with_4(there: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (there / "taken").write_text("a file, not a folder")
    code, _, err = outcome(capsys, "why", "market", "early-call", "--out", "taken")
    assert code == 4
    assert "Traceback" not in err
