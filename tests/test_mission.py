"""docs/mission.md names every item of the mission once, and what it calls done can be found in the code."""

from __future__ import annotations

import ast
import re
import types
import typing
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydantic
import pytest

from scenarios import kpis
from scenarios.schema.study import Study

ROOT = Path(__file__).parents[1]
MISSION = ROOT.parent / "shared" / "MISSION.md"
TABLE = ROOT / "docs" / "mission.md"

COUNTS = {
    "A": 29, "B": 31, "C1": 12, "C2": 10, "C3": 12, "C4": 10, "D": 39, "E": 20, "F": 79, "G": 19, "H": 24, "I": 11,
    "J": 14, "K": 24, "L": 27,
}  # fmt: skip
"""How many items each section of the mission has; J, K and L are lists whose items are numbered in their order."""

STATES = re.compile(r"done|background|noise|open: [a-zA-Z][a-zA-Z -]*")


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    item: str
    words: str
    modules: tuple[str, ...]
    keys: tuple[str, ...]
    tests: tuple[str, ...]
    state: str


def read_rows() -> list[Row]:
    """The lines of docs/mission.md that stand for an item."""
    rows = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if re.fullmatch(r"[A-L]\d?-\d\d", cells[0]):
            assert len(cells) == 6, line
            item, words, modules, keys, tests, state = cells
            rows.append(Row(item, words, _code(modules), _code(keys), _code(tests), state))
    return rows


def _code(cell: str) -> tuple[str, ...]:
    return tuple(re.findall(r"`([^`]+)`", cell))


ROWS = read_rows()
DONE = [row for row in ROWS if row.state == "done"]


def named(section: str, count: int) -> list[str]:
    return [f"{section}-{number:02d}" for number in range(1, count + 1)]


def section_of(text: str, letter: str) -> str:
    """The text under the heading of that letter."""
    return text.split(f"\n## {letter}. ")[1].split("\n## ")[0]


def items_of(text: str) -> list[str]:
    """Every item of the mission's own text: those it numbers, and the lists J, K and L by position."""
    items = re.findall(r"^\| ([A-I]\d?-\d\d) \|", text, flags=re.MULTILINE)
    facts = re.findall(r"^\| (?!Fact)", section_of(text, "J"), flags=re.MULTILINE)
    items += named("J", len(facts))
    for letter in "KL":
        listed = re.sub(r"\([^)]*\)", "", section_of(text, letter).split("\n", 1)[1])
        items += named(letter, len(listed.strip().rstrip(".").split(",")))
    return items


def test_every_item_has_exactly_one_row() -> None:
    wanted = [item for section, count in COUNTS.items() for item in named(section, count)]
    assert Counter(row.item for row in ROWS) == Counter(wanted)


def test_the_counts_are_those_of_the_mission() -> None:
    if not MISSION.is_file():
        pytest.skip("the mission's text is not here: no ../shared/MISSION.md")
    assert Counter(items_of(MISSION.read_text(encoding="utf-8"))) == Counter(row.item for row in ROWS)


def test_every_row_has_words_and_a_known_state() -> None:
    for row in ROWS:
        assert row.words, row.item
        assert STATES.fullmatch(row.state), f"{row.item}: {row.state}"


def test_only_done_rows_claim_a_test() -> None:
    for row in ROWS:
        assert bool(row.tests) == (row.state == "done"), row.item


def models_within(annotation: Any) -> Iterator[Any]:
    """The types that may stand where `annotation` does: unions and Annotated are opened, everything else is itself."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        yield from models_within(typing.get_args(annotation)[0])
    elif origin is typing.Union or origin is types.UnionType:
        for option in typing.get_args(annotation):
            yield from models_within(option)
    else:
        yield annotation


def key_exists(path: list[str], annotation: Any = Study) -> bool:
    """Whether a path of a study file leads somewhere below that type; `*` stands for any key of a map."""
    if not path:
        return True
    head, rest = path[0], path[1:]
    for option in models_within(annotation):
        if isinstance(option, type) and issubclass(option, pydantic.BaseModel):
            for name, field in option.model_fields.items():
                if head in (name, field.alias) and key_exists(rest, field.annotation):
                    return True
        elif typing.get_origin(option) is dict and head == "*" and key_exists(rest, typing.get_args(option)[1]):
            return True
    return False


def test_a_key_that_the_schema_does_not_know_is_told() -> None:
    assert key_exists(["halls", "*", "kiosks", "breakdown", "every"])
    assert not key_exists(["halls", "*", "kiosks", "breakdown", "often"])
    assert not key_exists(["halls", "*", "shops"])


@pytest.mark.parametrize("row", DONE, ids=lambda row: row.item)
def test_a_done_row_names_a_module_a_key_and_a_test_that_exist(row: Row) -> None:
    assert all((row.modules, row.keys, row.tests)), row
    for module in row.modules:
        assert (ROOT / module).is_file(), module
    for key in row.keys:
        if key.startswith("compare.metrics."):
            assert kpis.find_kpi(key.removeprefix("compare.metrics.")), key
        else:
            assert key_exists(key.split(".")), key
    for test in row.tests:
        file, _, function = test.partition("::")
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert function in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, test
