"""YAML text into nodes: every key and value knows its place, and what a study does not use is refused there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scenarios
from scenarios.problems import Problem, StudyErrors
from scenarios.reading import parse, read_file
from scenarios.source import Map, Node, Scalar, Source, plain


def problems_of(text: str) -> tuple[Problem, ...]:
    found: list[Problem] = []
    try:
        parse(Source("s.yaml", "file", text), found)
    except StudyErrors as errors:
        return errors.problems
    return tuple(found)


def tree(text: str) -> Node:
    found: list[Problem] = []
    node = parse(Source("s.yaml", "file", text), found)
    assert found == []
    return node


def test_every_value_knows_its_line_and_column() -> None:
    node = tree("a: 1\n营业厅:\n  b: [x, 2 min]\n")
    assert isinstance(node, Map)
    hall = node.entries["营业厅"]
    assert isinstance(hall, Map)
    assert (node.keys["营业厅"].line, node.keys["营业厅"].col) == (2, 1)
    listed = hall.entries["b"]
    assert not isinstance(listed, Scalar)
    assert [plain(listed), hall.keys["b"].line, hall.keys["b"].col] == [["x", "2 min"], 3, 3]
    second = listed.items[1] if not isinstance(listed, Map) else None
    assert second is not None
    assert (second.mark.line, second.mark.col, second.mark.span) == (3, 10, 5)


def test_scalars_are_read_as_yaml_1_2_has_them() -> None:
    node = tree(
        'time: 10:00\nyes: yes\nno: no\non: true\nn: 007\nf: 1.50\nnull_: ~\nplus: +2\nq: "3"\ndate: 2010-07-01\n'
    )
    assert plain(node) == {
        "time": "10:00",
        "yes": "yes",
        "no": "no",
        "on": True,
        "n": 7,
        "f": 1.5,
        "null_": None,
        "plus": "+2",  # a leading plus is a relative patch, so it stays a text
        "q": "3",
        "date": "2010-07-01",
    }


@pytest.mark.parametrize(
    ("text", "line", "col", "code"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, 1, "duplicate-key"),
        ("a: {b: 1, b: 2}\n", 1, 11, "duplicate-key"),
        ("a: !!str 1\n", 1, 4, "tag"),
        ("a: !python/object:os.system 1\n", 1, 4, "tag"),
        ("a: &x 1\n", 1, 4, "anchor"),
        ("a: 1\nb: *x\n", 2, 4, "alias"),
        ("<<: {a: 1}\n", 1, 1, "key"),
        ("[a, b]: 1\n", 1, 1, "key"),
        ('"": 1\n', 1, 1, "key"),
        ("a: .inf\n", 1, 4, "not-finite"),
        ("a: -.INF\n", 1, 4, "not-finite"),
        ("a: .nan\n", 1, 4, "not-finite"),
        ("a: 1e999\n", 1, 4, "huge"),
        ("a: " + "1" * 100 + "\n", 1, 4, "huge"),
        ("a: 1\n---\nb: 2\n", 2, 1, "documents"),
        ("a: [1, 2\n", 2, 1, "yaml"),
        ("a: 1\n b: 2\n", 2, 3, "yaml"),
        ('a: "open\n', 2, 1, "yaml"),
        ("a:\n\tb: 1\n", 2, 1, "yaml"),
        ("a: \x01\n", 1, 4, "yaml"),
        ('a: "\\e[31m"\n', 1, 4, "control"),
        ('a: "\\uD800"\n', 1, 4, "control"),
        ('"\\0": 1\n', 1, 1, "control"),
        (f"\n{'[' * 60}{']' * 60}", 2, 41, "too-deep"),
        ("".join("  " * i + "a:\n" for i in range(60)), 41, 81, "too-deep"),
    ],
)
def test_what_a_study_does_not_use_is_refused_at_its_place(text: str, line: int, col: int, code: str) -> None:
    first = problems_of(text)[0]
    assert (first.code, first.line, first.col) == (code, line, col)


def test_a_hundred_thousand_brackets_do_not_exhaust_the_stack() -> None:
    assert problems_of("[" * 100_000)[0].code == "too-deep"


def test_a_tab_is_named_as_the_cause() -> None:
    assert "tabs" in problems_of("a:\n\tb: 1\n")[0].help


def test_a_file_in_another_encoding_is_refused_where_it_starts(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes("name: x\ntitle: 高升营业厅\n".encode("gb18030"))
    with pytest.raises(StudyErrors) as refused:
        read_file(path, "file", [])
    (problem,) = refused.value.problems
    assert (problem.code, problem.line, problem.col) == ("encoding", 2, 8)
    assert "GB18030" in problem.message
    assert "UTF-8" in problem.help


def test_a_byte_order_mark_is_no_content(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: x\r\ntitle: y\r\n")
    assert plain(read_file(path, "file", [])) == {"name": "x", "title": "y"}


def test_a_file_over_two_megabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(b"# " + b"x" * 2_000_001)
    with pytest.raises(StudyErrors) as refused:
        read_file(path, "file", [])
    assert refused.value.problems[0].code == "too-large"


@pytest.mark.parametrize("bad", ["missing.yaml", "."])
def test_a_file_that_cannot_be_read_is_one_plain_error(tmp_path: Path, bad: str) -> None:
    with pytest.raises(StudyErrors) as refused:
        read_file(tmp_path / bad, "file", [])
    assert refused.value.problems[0].code == "file"


def test_the_caret_stands_under_the_value_even_after_chinese() -> None:
    (problem,) = problems_of("营业: .nan\n")
    lines = str(problem).splitlines()
    assert lines[0].startswith("s.yaml:1:5: error[not-finite]: ")
    assert lines[1] == "  1 | 营业: .nan"
    assert lines[2] == "    |       ^^^^"  # two columns for each Chinese character


def test_no_message_can_steer_a_terminal() -> None:
    with pytest.raises(StudyErrors) as refused:
        scenarios.loads('name: x\nhorizon: "\\e[31m 3 days"\nseed: "\\uD800"\n"\\e]0;x\\a": 1\n')
    text = str(refused.value)
    assert text.encode("utf-8")
    assert all(char.isprintable() or char == "\n" for char in text)


PIECES = [
    *"abxe019.:,-+?[]{}&*!|>'\"%@`#~ \n\t\\/=\u4e2d\x85\u2028\x00\r<",
    *(
        "\n  ",
        ": ",
        "- ",
        "name: ",
        "halls:\n",
        "%YAML 1.1\n",
        "---\n",
        "...\n",
        "!!int ",
        "? ",
        "\\x",
        "\\U0011",
        "x1.1",
    ),
]
YAML_PIECES = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def attempt(text: str, sets: tuple[str, ...] = ()) -> scenarios.LoadedStudy | StudyErrors:
    """Load a text; anything but a study or typed errors fails the test that asks."""
    try:
        return scenarios.loads(text, sets)
    except StudyErrors as errors:
        return errors


def is_whole(outcome: scenarios.LoadedStudy | StudyErrors) -> bool:
    """True for a study with arms, or for errors that each say something."""
    if isinstance(outcome, StudyErrors):
        return bool(outcome.problems) and all(problem.message and str(problem) for problem in outcome.problems)
    return bool(outcome.arms) and all(outcome.resolve(arm).model_parts for arm in outcome.arms)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=60), YAML_PIECES))
def test_any_text_is_a_study_or_typed_errors(text: str) -> None:
    assert is_whole(attempt(text))


TEMPLATE = scenarios.template("fuzz")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(TEMPLATE)), st.integers(0, 12), YAML_PIECES)
def test_any_small_damage_to_a_good_study_is_a_study_or_typed_errors(start: int, length: int, piece: str) -> None:
    assert is_whole(attempt(TEMPLATE[:start] + piece + TEMPLATE[start + length :]))


VALUES = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
    st.sampled_from(["x1.1", "+2", "-1", "5 min", "20 %", "30/h", "closed", "lognormal", "11:00-12:00"]),
)
KEYS = ["best", "low", "high", "source", "dist", "mean", "09:00", "11:00-12:00", "mon", "1-3", "*", "a.b", "share"]
PARTS = st.recursive(
    VALUES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)),
    max_leaves=8,
)
HALL = "halls.main-street"
PATHS = [
    *("seed", "horizon", "start", "warm_up", "calendar", "halls", "arms", "sweep", "compare", "compare.metrics"),
    *("compare.replications", "name", "title", "halls.*.hours", HALL, f"{HALL}.days", f"{HALL}.arrivals"),
    *(f"{HALL}.arrivals.rate", f"{HALL}.arrivals.weekday", f"{HALL}.arrivals.weekday.mon", f"{HALL}.customers"),
    *(f"{HALL}.customers.vip.patience", f"{HALL}.transactions.payment.service.mean", f"{HALL}.kiosks"),
    *(f"{HALL}.counters.staffing", f"{HALL}.counters.lanes", f"{HALL}.counters.lanes.fast", f"{HALL}.balking.queue"),
    *(
        f"{HALL}.offered_wait_thresholds",
        f"{HALL}.busy.hours",
        f"{HALL}.kiosks.share",
        f"{HALL}.arrivals.day_to_day_cv",
    ),
]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PATHS), PARTS)
def test_any_value_anywhere_is_a_study_or_typed_errors(path: str, value: object) -> None:
    written = json.dumps(value, ensure_ascii=False).replace("NaN", ".nan").replace("Infinity", ".inf")
    assert is_whole(attempt(TEMPLATE, (f"{path}={written}",)))
    assert is_whole(attempt(TEMPLATE.replace("baseline: {}", f"baseline: {{{path}: {written}}}")))
