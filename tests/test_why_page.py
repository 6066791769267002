"""`standfast why` on the study of its page: what the page shows, and what the simulator says of the same lives."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from test_why import outcome

import standfast as sf

PAGE = (Path(__file__).parents[1] / "docs" / "why.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def of_the_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study of docs/why.md."""
    (study,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    file = tmp_path_factory.mktemp("page") / "call-or-counters.yaml"
    file.write_text(study, encoding="utf-8")
    return file


def test_the_page_shows_what_the_commands_print(
    of_the_page: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(of_the_page.parent)
    shown = re.findall(r"^```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert len(shown) == 3
    for arm, block in zip(("care-call", "fewer-counters"), shown[:2], strict=True):
        code, out, err = outcome(capsys, "why", of_the_page.name, arm)
        assert code == 0, err
        printed = " ".join(out.replace("\u00a0", " ").split())
        for paragraph in block.split("\n\n"):
            assert " ".join(paragraph.split()) in printed


def test_a_counter_less_loses_people_whose_waits_are_named(of_the_page: Path) -> None:
    found = sf.why(of_the_page, "fewer-counters")
    who = found.who
    lost = who[who["change"] == "lost"]
    assert len(lost) > 5
    assert (who["change"] == "kept").sum() == 0
    assert set(who["cause"]) <= {"waited_long(shawan)", "left_queue(shawan)"}
    assert (who["cause_in"] == "arm").all()
    assert lost["arm_path"].str.contains("left(unicom)", regex=False).all()
    moved = who["baseline_end"].ne(who["arm_end"])
    assert (who.loc[moved, "baseline_revenue_fen"] > who.loc[moved, "arm_revenue_fen"]).all()


def test_kept_less_lost_is_what_the_kpis_say(of_the_page: Path) -> None:
    found = sf.why(of_the_page, "fewer-counters")
    ends = []
    for arm in ("baseline", "fewer-counters"):
        kpis = sf.run(of_the_page, arm).set_index(["kpi", "scope", "period"])["value"]
        ends.append(kpis["subscribers", "operator/mobile", "all"])
    full = found.changes.set_index("change")["full"]
    assert full["kept"] - full["lost"] == pytest.approx(ends[1] - ends[0])


def test_an_arm_without_effect_leaves_every_life_as_it_is(of_the_page: Path) -> None:
    found = sf.why(of_the_page, "care-call", sets=["channels.outbound.reach=0 %"])
    assert found.who.empty
    assert found.people == 1200


def test_both_engines_tell_the_same_lives(of_the_page: Path) -> None:
    sets = ["horizon=2 months"]
    each = [sf.why(of_the_page, "care-call", sets=sets, engine=engine) for engine in ("simpy", "compiled")]
    assert len(each[0].who)
    pd.testing.assert_frame_equal(each[0].who, each[1].who)
    assert each[0].story_texts() == each[1].story_texts()
