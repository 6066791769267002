"""The catalogue of tactics: it covers the stratagems, is switched off, fits any market, and is as its page tells."""

from __future__ import annotations

import doctest
import re
from functools import cache
from pathlib import Path

import pytest

import scenarios
from scenarios import schema

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "docs" / "market.md", ROOT / "docs" / "tactics.md")
STRATAGEMS = {f"{part}-{n:02d}" for part, count in (("C1", 12), ("C2", 10), ("C3", 12)) for n in range(1, count + 1)}
SIX = {
    "outbound_call": ("C3-09", "contract_expiry"),
    "save_desk": ("C3-04", "leaving_request"),
    "product_bundle": ("C2-01", "schedule"),
    "tariff_credit": ("C2-04", "schedule"),
    "proactive_care": ("C2-05", "schedule"),
    "vip_hall_priority": ("C1-04", "always"),
}
MARKET = """\
name: small
horizon: 3 months
own: us
extends: [tactics.yaml]
population: {size: 10000, simulate: 500}
operators: {us: {}, them: {}}
plans:
  ours: {operator: us, fee: 90 CNY/month, contract: {term: 6 months, leaving_fee: 5 CNY/month}}
  theirs: {operator: them, fee: 85 CNY/month}
segments:
  gold: {share: 40 %, tier: gold, start: {us: 60 %, them: 30 %}, usage: {mean: 300 min/month}}
  rest: {share: 60 %, start: {us: 60 %, them: 30 %}, usage: {mean: 300 min/month}}
"""

TEXT = (scenarios.library_folder() / "tactics.yaml").read_text(encoding="utf-8")
NAMES = sorted(re.findall(r"^  (\w+):\n    title", TEXT.split("\ntactics:")[1], re.MULTILINE))


@cache
def catalogue() -> dict[str, schema.Tactic]:
    loaded = scenarios.loads(MARKET)
    return loaded.resolve("baseline").study.tactics


def rows() -> dict[str, tuple[str, ...]]:
    """The tactics that the page names for each stratagem; none for `not yet`."""
    text = (ROOT / "docs" / "tactics.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| (C[1-3]-\d\d) \| [^|]* \| ([^|]*) \|", text, re.MULTILINE)
    return {item: tuple(re.findall(r"`(\w+)`", cell)) for item, cell in found}


def test_the_catalogue_is_switched_off() -> None:
    assert sorted(catalogue()) == NAMES
    assert len(NAMES) > 20
    assert not any(tactic.enabled for tactic in catalogue().values())


@pytest.mark.parametrize("name", SIX)
def test_the_six_tactics_are_there_with_their_stratagem_and_trigger(name: str) -> None:
    stratagem, trigger = SIX[name]
    assert stratagem in catalogue()[name].stratagems
    assert catalogue()[name].trigger == trigger


def test_every_stratagem_has_a_row_on_the_page() -> None:
    assert rows().keys() == STRATAGEMS


def test_the_page_and_the_catalogue_name_the_same_tactics() -> None:
    told = {(item, name) for item, names in rows().items() for name in names}
    held = {(item, name) for name, tactic in catalogue().items() for item in tactic.stratagems}
    assert told == held


def test_what_rests_on_concealment_carries_the_flag_and_nothing_else_does() -> None:
    concealing = {item for tactic in catalogue().values() if tactic.conceals for item in tactic.stratagems}
    assert concealing == {"C3-01", "C3-03", "C3-10"}
    assert all(tactic.effect.complaints > 0 for tactic in catalogue().values() if tactic.conceals)


@pytest.mark.parametrize("name", NAMES)
def test_a_tactic_of_the_catalogue_can_be_switched_on_in_any_market(name: str) -> None:
    loaded = scenarios.loads(MARKET, [f"tactics.{name}.enabled=true"])
    tactic = loaded.resolve("baseline").study.tactics[name]
    assert tactic.enabled
    assert tactic.title
    assert tactic.stratagems


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_the_studies_on_the_pages_load(page: Path) -> None:
    studies = re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
    assert studies
    for text in studies:
        loaded = scenarios.loads(text)
        assert len(loaded.arms) > 1
        for arm in loaded.arms:
            assert loaded.resolve(arm, loaded.points[0].name).study.has_market


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_the_worked_examples_on_the_pages_come_out(page: Path) -> None:
    failed, tried = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert tried
    assert failed == 0


def test_the_catalogue_is_a_part_and_not_a_study_of_the_library() -> None:
    assert "tactics" not in scenarios.library_names()
    assert {"chengdu-2010", "chengdu-halls", "one-hall"} <= set(scenarios.library_names())
