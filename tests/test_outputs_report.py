"""The report, its tables and its pictures: offline, inert, complete, the same every time."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from synthetic_findings import HALLS, make_assumptions, make_findings

import outputs
from outputs import typeface
from outputs.bands import band
from outputs.labels import HALF_HOUR
from outputs.report import report_html

HOSTILE = {
    "baseline": "<script>alert(1)</script>",
    "more-counters": '=1+1"><img src=x onerror=alert(2)>',
    "kiosk-60": "../../../etc/x",
    "fast-lane": "长" * 3000,
    "all-together": "_$\\frac{1}{0}$ {{ 7*7 }} \x1b[31m\x00\u202e & 方案",
}
"""Names that try to run, to leave the folder, to fill the page, or to be a formula of matplotlib or Jinja2."""


class Page(HTMLParser):
    """Collects tags, attributes, ids and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, name: str) -> list[str]:
        """Return every value of an attribute."""
        return [value for found, value in self.attributes if found == name]


def shown(language: Any) -> Any:
    """Findings of a report of each language: all halls stand in that of hostile names."""
    return make_findings(language, halls={"en": ("shawan",), "zh": ("gaosheng", "shawan")}[language])


@pytest.fixture(scope="module", params=["en", "zh"])
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, list[Path]]:
    """A report of each language."""
    folder = tmp_path_factory.mktemp(request.param)
    return request.param, folder, outputs.write_report(shown(request.param), folder)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path], str]:
    """A report whose every name is hostile."""
    folder = tmp_path_factory.mktemp("hostile") / "out"
    halls = dict(zip(HALLS, HOSTILE.values(), strict=False))
    numbers = make_assumptions()
    numbers["note"] = '<script>alert("note")</script>'
    numbers["value"] = "=HYPERLINK(1)"
    findings = make_findings(
        title="</title><script>alert(3)</script>",
        arm_titles=HOSTILE,
        hall_titles=halls,
        assumptions=numbers,
        provenance={"<b>seed</b>": "javascript:alert(4)"},
    )
    paths = outputs.write_report(findings, folder)
    return folder, paths, (folder / "report.html").read_text(encoding="utf-8")


def test_the_report_is_one_offline_file_without_script(written: tuple[str, Path, list[Path]]) -> None:
    html = (written[1] / "report.html").read_text(encoding="utf-8")
    page = Page(html)
    assert not {"script", "iframe", "object", "embed", "link", "img", "base", "form", "a", "image"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("src", "srcset", "action")]
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page.values("content")
    assert all(value.startswith("#") for name in ("href", "xlink:href") for value in page.values(name))
    assert not re.search(r"https?:|//[a-z]|@import|url\((?!#)", html)


def test_ids_are_unique_and_every_reference_finds_its_own_figure(written: tuple[str, Path, list[Path]]) -> None:
    html = (written[1] / "report.html").read_text(encoding="utf-8")
    page = Page(html)
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    asked = set(re.findall(r"url\(#([^)]+)\)", html)) | {value.removeprefix("#") for value in page.values("href")}
    assert asked
    assert asked <= set(ids)


def test_every_section_and_file_is_there(written: tuple[str, Path, list[Path]]) -> None:
    _, folder, paths = written
    ids = set(Page((folder / "report.html").read_text(encoding="utf-8")).values("id"))
    assert {"overturn", "decision", "differences", "wait", "on-target", "queue", "classes", "assumptions"} <= ids
    names = {str(path.relative_to(folder)) for path in paths}
    figures = {f"figures/{name}.png" for name in ("differences", "wait", "on-target", "queue")}
    tables = {"decision.csv", "assumptions.csv", "hall-changes.csv", "hall-half-hours.csv"}
    assert names == {"report.html"} | tables | figures
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == names
    assert all(path.read_bytes()[:4] == b"\x89PNG" for path in paths if path.suffix == ".png")


def test_the_verdict_the_badge_and_the_language_are_on_the_page(written: tuple[str, Path, list[Path]]) -> None:
    language, folder, _ = written
    page = Page((folder / "report.html").read_text(encoding="utf-8"))
    text = page.text
    sentence = outputs.verdict_sentence(shown(language))
    assert re.sub(r"\s", "", sentence) in re.sub(r"\s", "", text)
    badge = {"en": "Consistency study: no local data is in it", "zh": "一致性研究"}[language]
    assert badge in text
    assert page.values("lang") == [{"en": "en", "zh": "zh-CN"}[language]]
    assert ("台席" in text) == (language == "zh")


def test_a_study_with_fitted_numbers_has_no_badge() -> None:
    assert "Consistency study" in report_html(make_findings(), ())
    assert "Consistency study" not in report_html(make_findings(consistency=False), ())


def test_hostile_names_are_shown_and_do_nothing(hostile: tuple[Path, list[Path], str]) -> None:
    folder, paths, html = hostile
    page = Page(html)
    assert not {"script", "img"} & set(page.tags)
    assert page.tags.count("b") == html.count("<b>")
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert "<script>alert(1)</script>" in page.text
    assert "{{ 7*7 }}" in page.text
    assert not set(page.text) & {"\x1b", "\x00", "\u202e"}
    root = folder.parent
    assert {path.relative_to(root).parts[0] for path in root.rglob("*")} == {"out"}
    assert all(re.fullmatch(r"[a-z-]+(-\d+)?\.(png|csv|html)", path.name) for path in paths)


def test_no_cell_of_a_table_is_a_live_formula(hostile: tuple[Path, list[Path], str]) -> None:
    folder = hostile[0]
    raw = (folder / "assumptions.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    cells = [cell for row in csv.reader(io.StringIO(raw.decode("utf-8-sig"))) for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r")]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"])
def test_texts_that_a_spreadsheet_would_run_get_an_apostrophe(text: str) -> None:
    from outputs.tables import csv_bytes

    rows = list(csv.reader(io.StringIO(csv_bytes(pd.DataFrame({"name": [text]})).decode("utf-8-sig"), newline="")))
    assert rows[1] == ["'" + text]


def test_the_table_in_the_file_equals_the_frame(written: tuple[str, Path, list[Path]]) -> None:
    language, folder, _ = written
    frame = shown(language).decision
    pd.testing.assert_frame_equal(pd.read_csv(folder / "decision.csv"), frame, check_exact=True)


def test_equal_findings_give_equal_bytes(written: tuple[str, Path, list[Path]], tmp_path: Path) -> None:
    language, folder, paths = written
    again = outputs.write_report(shown(language), tmp_path)
    assert [path.name for path in again] == [path.name for path in paths]
    assert [
        path.name for path in paths if path.read_bytes() != (tmp_path / path.relative_to(folder)).read_bytes()
    ] == []


def test_sweep_points_get_a_table_and_a_figure_each_and_old_figures_go(tmp_path: Path) -> None:
    points = ("base", "<i>busy</i>")
    paths = outputs.write_report(make_findings(points=points, replications=3, halls=()), tmp_path)
    assert (tmp_path / "figures/differences-2.png") in paths
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert page.text.count("Sweep point <i>busy</i>") == 2
    outputs.write_report(make_findings(replications=3, halls=()), tmp_path)
    assert not (tmp_path / "figures/differences-2.png").exists()


def test_a_bare_study_still_gets_a_report(tmp_path: Path) -> None:
    full = make_findings(replications=1, halls=("shawan",))
    bare = make_findings(
        replications=1,
        arms=("baseline",),
        decision=full.decision.iloc[:0],
        kpis=full.kpis[(full.kpis["arm"] == "baseline") & ~full.kpis["kpi"].isin(["on_target"])],
        assumptions=full.assumptions.iloc[:0],
        targets=full.targets.iloc[:0],
    )
    names = {path.name for path in outputs.write_report(bare, tmp_path)}
    tables = {"decision.csv", "assumptions.csv", "hall-half-hours.csv"}
    assert names == {"report.html", "wait.png", "queue.png"} | tables
    empty = make_findings(replications=1, decision=full.decision.iloc[:0], kpis=full.kpis.iloc[:0])
    assert len(outputs.write_report(empty, tmp_path / "empty")) == 3


def test_figures_warn_of_nothing_and_tell_missing_fonts_once(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    recwarn: pytest.WarningsRecorder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(typeface, "FONTS", ("DejaVu Sans",))
    typeface.families.cache_clear()
    try:
        outputs.write_report(make_findings("zh", replications=2, halls=("shawan",)), tmp_path)
    finally:
        typeface.families.cache_clear()
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert "Noto Sans CJK" in said[0]
    assert not [str(warning.message) for warning in recwarn if "lyph" in str(warning.message)]
    assert re.search(r"<text[^>]*>综合措施</text>", (tmp_path / "report.html").read_text(encoding="utf-8"))


def test_with_a_chinese_font_nothing_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    if typeface.missing_characters("综合措施"):
        pytest.skip("no Chinese font on this machine")
    outputs.write_report(make_findings("zh", replications=2, halls=("shawan",)), tmp_path)
    assert capsys.readouterr().err == ""
    assert not [str(warning.message) for warning in recwarn if "lyph" in str(warning.message)]


def test_the_band_is_the_t_interval_over_replications() -> None:
    findings = make_findings()
    table = band(findings, "wait_mean", "hall/shawan/gotone", "kiosk-60", "base", HALF_HOUR)
    assert list(table.index) == sorted(table.index)
    assert len(table) == 18
    k = findings.kpis
    values = k[
        (k.kpi == "wait_mean") & (k.scope == "hall/shawan/gotone") & (k.arm == "kiosk-60") & (k.period == "10:30")
    ]["value"]
    low, high = stats.t.interval(0.95, len(values) - 1, values.mean(), values.std(ddof=1) / np.sqrt(len(values)))
    assert table.loc["10:30", "low"] == pytest.approx(low)
    assert table.loc["10:30", "high"] == pytest.approx(high)


def test_read_gives_the_table_of_a_result_folder(tmp_path: Path) -> None:
    frame: Any = make_findings(replications=2).kpis
    frame.to_parquet(tmp_path / "kpis.parquet", index=False)
    pd.testing.assert_frame_equal(outputs.read(tmp_path), frame)
    with pytest.raises(FileNotFoundError, match="no results here"):
        outputs.read(tmp_path / "absent")
    frame.drop(columns="weight").to_parquet(tmp_path / "kpis.parquet")
    with pytest.raises(outputs.FindingsError, match="lacks weight"):
        outputs.read(tmp_path)
