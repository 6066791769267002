"""Which is best, why believe it and where arms part, as a reader meets them: terminal, page, both languages."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from synthetic_findings import ARM_TITLES, make_findings

from outputs.belief import pairing_words, parted_words, times_words
from outputs.best import best_words
from outputs.findings import BEST_COLUMNS, Findings, FindingsError
from outputs.partings import Happening, Parted, Parting
from outputs.report import write_report
from outputs.terminal import print_decision

LANGUAGES = ["en", "zh"]
HOSTILE = "<script>alert(1)</script>"


def best_frame(**changes: Any) -> pd.DataFrame:
    """The best of five strategies on the first metric of the synthetic findings."""
    values = np.array([0.19, 0.12, 0.10, 0.18, 0.07])
    others = np.array([min(np.delete(values, i)) for i in range(5)])
    columns: dict[str, Any] = {
        "point": "base", "arm": list(ARM_TITLES), "metric": "wait_over_target", "kpi": "wait_over_target",
        "scope": "operator/own", "period": "all", "unit": "1", "goal": "min", "n": 10, "mean": values,
        "low": np.minimum(0, values - others - 0.02), "high": np.maximum(0, values - others + 0.02), "level": 0.9875,
        "could_be_best": [False, False, True, False, True], "procedure": "", "zone": np.nan, "selection_n": np.nan,
        "selection": "",
    }  # fmt: skip
    return pd.DataFrame({**columns, **changes}, columns=list(BEST_COLUMNS))


def part(kind: str, arm: str = "more-counters", **changes: Any) -> Parting:
    """A parting at noon, in one hall."""
    what = Happening(kind, "2010-07-02", "12:00:00", "shawan", "customer", 12, ("gotone", "payment"), "counters", of=3)
    other = what._replace(clock="12:04:10", **changes)
    parted = Parted("2010-07-02", "12:00:00", other, what)
    return Parting(arm, "baseline", "base", 0, parted, parted)


def printed(findings: Findings, columns: int = 120) -> str:
    file = io.StringIO()
    print_decision(findings, Console(file=file, width=columns, highlight=False))
    return " ".join(file.getvalue().split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_pairing_saves_stands_in_terminal_and_report(language: Any, tmp_path: Path) -> None:
    found = make_findings(language, best=best_frame(), partings=(part("begins"),), halls=("shawan",))
    row = found.decision[found.decision["metric"] == "wait_mean"].iloc[0]
    words = "".join(pairing_words(found, "base"))
    assert times_words(float(row["variance_ratio"])) in words
    page = Path(write_report(found, tmp_path)[0]).read_text(encoding="utf-8")
    sentences = [*pairing_words(found, "base"), *parted_words(found, "base"), *best_words(found, "base")]
    assert len(sentences) >= 7
    terminal = printed(found, 4_000)
    for sentence in sentences:
        assert " ".join(sentence.replace("−", "-").replace("\u00a0", " ").split())[:40] in terminal
    assert "12:04:10" in page
    assert 'id="best"' in page
    assert (tmp_path / "best.csv").is_file()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_strategy_that_gains_nothing_from_pairing_is_warned_of(language: Any) -> None:
    found = make_findings(language)
    calm = len(pairing_words(found, "base"))
    decision = found.decision.copy()
    decision.loc[0, "correlation"] = -0.12
    decision.loc[0, "variance_ratio"] = 0.9
    warned = pairing_words(replace(found, decision=decision), "base")
    assert len(warned) == calm + 1
    assert "-0.12" in warned[-1].replace("−", "-")
    decision["correlation"] = 0.0
    assert len(pairing_words(replace(found, decision=decision), "base")) < len(decision)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_selected_is_told_and_what_remains(language: Any) -> None:
    selected = best_frame(procedure="kn", zone=0.01, selection_n=70, selection=["out"] * 4 + ["selected"])
    remains = best_frame(procedure="two_stage", zone=0.01, selection_n=160, selection=["out"] * 3 + ["remains"] * 2)
    for frame, names in ((selected, [4]), (remains, [3, 4])):
        found = make_findings(language, best=frame)
        sentence = best_words(found, "base")[1]
        assert all(found.arm_titles[found.arms[at]] in sentence for at in names)
        assert found.arm_titles["kiosk-60"] not in sentence
        assert str(int(frame["selection_n"].iloc[0])) in sentence


def test_every_kind_of_event_has_words(tmp_path: Path) -> None:
    kinds = ("staffed", "comes", "begins", "done", "abandoned", "balked", "turned_away")
    for language in LANGUAGES:
        for kind in kinds:
            for lane in ("counters", "kiosk", "fast"):
                found = make_findings(language, partings=(part(kind, name=lane),))  # type: ignore[arg-type]
                assert "12:04:10" in parted_words(found, "base")[0]
        never = Parting("kiosk-60", "baseline", "base", 0, None, None)
        for each in (never, replace(never, same_model=True)):
            assert parted_words(make_findings(language, partings=(each,)), "base")  # type: ignore[arg-type]


def test_names_from_a_study_stay_text(tmp_path: Path) -> None:
    titles = dict.fromkeys(ARM_TITLES, HOSTILE)
    halls = dict.fromkeys(("xinhua", "gaosheng", "shawan", "xiangyang"), HOSTILE)
    strange = part("begins", about=(HOSTILE, "=1+1"))
    best = best_frame(arm=list(ARM_TITLES))
    found = make_findings(
        best=best, partings=(strange,), arm_titles=titles, hall_titles=halls, halls=("shawan",), replications=3
    )
    page = Path(write_report(found, tmp_path)[0]).read_text(encoding="utf-8")
    assert "<script" not in page


def test_a_frame_of_the_best_must_be_whole() -> None:
    with pytest.raises(FindingsError, match=r"findings\.best lacks level"):
        make_findings(best=best_frame().drop(columns="level"))
