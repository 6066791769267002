"""The decision on a terminal, and the words that every output shares."""

from __future__ import annotations

import io
import re
import string
from typing import Any

import pytest
from rich.console import Console
from synthetic_findings import ARM_TITLES, make_findings

import outputs
from outputs.language import LANGUAGES, WORDS
from outputs.plaintext import printable, shorten, wrap
from outputs.quantities import about_words, fit_scale, level_words
from scenarios.kpis import KPIS
from scenarios.problems import columns as cells


def printed(columns: int, language: Any = "en", encoding: str = "utf-8", **changes: Any) -> str:
    """Return what a console of so many columns gets."""
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, newline="")
    outputs.print_decision(make_findings(language, **changes), Console(file=file, width=columns, legacy_windows=False))
    file.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("columns", [80, 120])
def test_no_line_is_wider_than_the_terminal(columns: int, language: Any) -> None:
    lines = printed(columns, language).splitlines()
    assert max(cells(line) for line in lines) <= columns
    assert not any("…" in line for line in lines)


@pytest.mark.parametrize("columns", [80, 120])
def test_every_number_of_a_row_is_on_the_terminal(columns: int) -> None:
    text = " ".join(printed(columns).split())
    for piece in ("18.59 ± 0.64", "6.65 ± 0.26", "-11.95", "[-12.37, -11.52]", "0.90", "▲ better", "▼ worse"):
        assert piece in text
    assert "? not settled 0.99 10 70" in text
    assert "indifference ±93 h *" in text
    assert "chosen by Standfast" in text
    assert "Consistency study: no local data is in it" in text


def test_the_recommended_strategy_is_marked() -> None:
    assert re.search(r"All together ★", printed(120))
    assert "Kiosk share 30 → 60 % ★" not in " ".join(printed(120).split())


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=100, color_system="truecolor")
    outputs.print_decision(make_findings(), console)
    assert not re.search(r"\x1b\[[\d;]*3[0-9]", file.getvalue())


def test_names_are_text_and_neither_markup_nor_escapes() -> None:
    titles = dict.fromkeys(ARM_TITLES, "[red]x[/red] \x1b[31m\x07")
    text = printed(120, arm_titles=titles, title="[bold]t[/bold]")
    assert "[red]x[/red]" in text
    assert "[bold]t[/bold]" in text
    assert "\x1b" not in text
    assert "\x07" not in text


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "cp1252"])
def test_a_terminal_without_unicode_gets_the_decision_too(encoding: str) -> None:
    text = printed(80, encoding=encoding)
    assert "better" in text
    assert "-11.95" in text


def test_each_sweep_point_has_its_tables() -> None:
    text = printed(100, points=("base", "busier"), replications=3)
    assert "Sweep point base" in text
    assert "Sweep point busier" in text


def test_both_languages_have_every_word_and_the_same_places_to_fill() -> None:
    assert set(WORDS["en"]) == set(WORDS["zh"])
    for key in WORDS["en"]:
        places = [{name for _, name, _, _ in string.Formatter().parse(WORDS[lang][key]) if name} for lang in LANGUAGES]
        assert places[0] == places[1], key
        assert key == "join.sentences" or all(WORDS[lang][key].strip() for lang in LANGUAGES), key


def test_every_kpi_has_words_in_both_languages() -> None:
    for language in LANGUAGES:
        assert {f"kpi.{name}" for name in KPIS} <= set(WORDS[language])
        assert {f"unit.{kpi.unit}" for kpi in KPIS.values()} <= set(WORDS[language])


def test_chinese_takes_two_cells_and_is_cut_and_broken_by_them() -> None:
    assert cells("台席a") == 5
    assert shorten("台席利用率", 6) == "台席…"
    assert wrap("自助缴费率提升至六成", 10) == "自助缴费率\n提升至六成"
    assert wrap("more counters at the peak", 14) == "more counters\nat the peak"
    assert cells(shorten("x" * 500, 20)) == 20
    assert printable("a\x1b[31m\nb\u202ec") == "a [31m b c"


def test_numbers_show_what_their_interval_carries() -> None:
    share = fit_scale("en", "1", [0.186], [0.0043])
    assert share.value(0.18594).replace("\u00a0", " ") == "18.6 %"
    assert share.change(-0.1195).replace("\u00a0", " ") == "−11.9 points"
    assert fit_scale("en", "customers", [1639.0], [69.0]).number(1638.6) == "1,639"
    assert fit_scale("en", "min", [6.8], [0.14]).plus_minus(6.864, 0.14).replace("\u00a0", " ") == "6.86 ± 0.14"
    assert fit_scale("en", "min", [6.8], []).number(float("nan")) == "–"
    assert fit_scale("en", "min", [3.7], [0.4]).size(0.037).replace("\u00a0", " ") == "0.04 min", "a zone is never ±0"
    assert share.number(-1e-9) == "0.0"
    assert level_words("en", 0.95).replace("\u00a0", " ") == "95 %"
    assert level_words("zh", 0.997916) == "99.79%"


def test_an_estimated_number_of_runs_has_two_digits() -> None:
    counts = [2.1, 99, 99.5, 128, 5886, 12_345, float("nan")]
    assert [about_words(count) for count in counts] == ["3", "99", "100", "130", "5,900", "12,000", "–"]
