"""YAML 1.2 text into plain nodes. It knows nothing of studies.

Refused with a position: duplicate keys, tags, anchors and aliases, more than 40 levels, more than 2 MB, several
documents, numbers that are not finite, and any encoding but UTF-8. `10:00` stays a text, as YAML 1.2 has it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from scenarios.problems import Problem, StudyErrors, shown_path
from scenarios.source import Items, Map, Mark, Node, Scalar, Source

DEEPEST = 40
LARGEST_BYTES = 2_000_000
LONGEST_NUMBER = 40


def read_file(path: Path, layer: str, problems: list[Problem]) -> Node:
    """Read a YAML file into nodes, as `parse` does. Raises `StudyErrors`."""
    name = shown_path(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StudyErrors([Problem(name, 0, 0, "file", f"the file cannot be read: {reason}")]) from None
    root, found = _read(name, layer, _decoded(data, name))
    problems += found
    return root


@lru_cache(maxsize=64)
def _read(name: str, layer: str, text: str) -> tuple[Node, tuple[Problem, ...]]:
    """The nodes and problems of a text that is read again for each arm of a war game: nodes never change."""
    problems: list[Problem] = []
    return parse(Source(name, layer, text), problems), tuple(problems)


def _decoded(data: bytes, name: str) -> str:
    if len(data) > LARGEST_BYTES:
        message = "the file is larger than 2 MB"
        raise StudyErrors([Problem(name, 1, 1, "too-large", message, help="split it with `extends`")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = data[: error.start].decode("utf-8", "replace")
        line, col = good.count("\n") + 1, len(good) - (good.rfind("\n") + 1) + 1
        guess = ""
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            guess = "; it looks like UTF-16"
        else:
            try:
                data.decode("gb18030")
                guess = "; it looks like GB18030"
            except UnicodeDecodeError:
                pass
        problem = Problem(name, line, col, "encoding", f"the file is not UTF-8{guess}", help="save the file as UTF-8")
        raise StudyErrors([problem]) from None


def parse(source: Source, problems: list[Problem]) -> Node:
    """Parse a text into nodes. What does not stop the reading (duplicate keys, tags, …) goes to `problems`.

    Raises `StudyErrors` with every problem found where the text cannot be read to its end.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    builder = _Builder(source)
    if len(source.text) > LARGEST_BYTES:
        message = "the text is larger than 2 MB"
        raise StudyErrors([Problem(source.name, 1, 1, "too-large", message, help="split it with `extends`")])
    stopped: list[Problem] = []
    try:
        builder.read(YAML(typ="safe", pure=True).parse(source.text))
    except YAMLError as error:
        stopped.append(_syntax_problem(source, error))
    except StudyErrors as stop:
        stopped.extend(stop.problems)
    except (ValueError, TypeError, IndexError, AttributeError, AssertionError, OverflowError) as error:
        # the scanner lets a few Python errors through on broken escapes and directives
        stopped.append(Problem(source.name, 1, 1, "yaml", f"this is not YAML: {type(error).__name__}"))
    if stopped:
        raise StudyErrors([*builder.problems, *stopped])
    problems += builder.problems
    if builder.root is None:
        return Map(Mark(source, 1, 1), {}, {}, source.layer)
    return builder.root


def _syntax_problem(source: Source, error: Exception) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    if mark is not None:
        place = Mark(source, mark.line + 1, mark.column + 1)
    else:
        before = source.text[: getattr(error, "position", 0) or 0]
        place = Mark(source, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
    tabs = "\t" in source.line(place.line)
    help = "indent with spaces, not tabs" if tabs else "check indentation, colons and quotes near this place"
    return place.problem("yaml", f"this is not YAML: {' '.join(str(reason).split())}", help)


# A leading plus makes a relative patch (`+2`), so it stays a text.
_INT = re.compile(r"-?[0-9]+", re.A)
_FLOAT = re.compile(r"-?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.A)
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass
class _Open:
    """A list or map that is still being read."""

    mark: Mark
    is_map: bool
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Mark] = field(default_factory=dict)
    key: str | None = None


class _Builder:
    """Turns parser events into nodes, without recursion, so depth cannot exhaust the stack."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._open: list[_Open] = []
        self._documents = 0

    def read(self, events: Iterator[Any]) -> None:
        from ruamel.yaml import events as kinds

        for event in events:
            if isinstance(event, kinds.ScalarEvent):
                self._refuse_extras(event)
                self._add_scalar(event)
            elif isinstance(event, kinds.MappingStartEvent | kinds.SequenceStartEvent):
                self._refuse_extras(event)
                self._start(event, isinstance(event, kinds.MappingStartEvent))
            elif isinstance(event, kinds.MappingEndEvent | kinds.SequenceEndEvent):
                self._end()
            elif isinstance(event, kinds.AliasEvent):
                mark = self._mark(event)
                help = "write the value out, or put it in a file and name it under `extends`"
                raise StudyErrors(
                    [mark.problem("alias", "aliases (`*name`) are not used in studies; quote the text?", help)]
                )
            elif isinstance(event, kinds.DocumentStartEvent):
                self._documents += 1
                if self._documents > 1:
                    mark = self._mark(event)
                    raise StudyErrors([mark.problem("documents", "a study is one document", "remove the `---` line")])

    def _mark(self, event: Any) -> Mark:
        start, end = event.start_mark, event.end_mark
        line = self.source.line(start.line + 1)
        last = end.column if end.line == start.line else len(line)
        return Mark(self.source, start.line + 1, start.column + 1, max(1, last - start.column))

    def _refuse_extras(self, event: Any) -> None:
        if event.anchor is not None:
            mark = replace(self._mark(event), span=len(event.anchor) + 1)
            self.problems.append(
                mark.problem("anchor", "anchors (`&name`) are not used in studies", "write the value out")
            )
        if event.ctag is not None and str(event.ctag):
            mark = replace(self._mark(event), span=1)
            self.problems.append(mark.problem("tag", "tags (`!name`) are not used in studies", "remove the tag"))

    def _refuse_controls(self, text: str, mark: Mark) -> None:
        """Refuse what escapes can bring in: control characters, and halves of characters that no file can hold."""
        if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t\r" for char in text):
            self.problems.append(mark.problem("control", "this text holds control characters", "remove the escapes"))

    def _start(self, event: Any, is_map: bool) -> None:
        mark = self._mark(event)
        if len(self._open) >= DEEPEST:
            raise StudyErrors([mark.problem("too-deep", f"more than {DEEPEST} levels of nesting", "flatten the study")])
        if self._wants_key():
            raise StudyErrors([mark.problem("key", "a key is one word or text, not a list or map", "quote the key")])
        self._open.append(_Open(mark, is_map))

    def _end(self) -> None:
        done = self._open.pop()
        if done.is_map:
            self._place(Map(done.mark, done.entries, done.keys, self.source.layer))
        else:
            self._place(Items(done.mark, tuple(done.items), self.source.layer))

    def _wants_key(self) -> bool:
        return bool(self._open) and self._open[-1].is_map and self._open[-1].key is None

    def _add_scalar(self, event: Any) -> None:
        mark = self._mark(event)
        if not self._wants_key():
            self._place(self._scalar(event, mark))
            return
        inside = self._open[-1]
        key = event.value
        self._refuse_controls(key, mark)
        if not key.strip():
            self.problems.append(mark.problem("key", "an empty key", "name the key"))
        elif event.style is None and key == "<<":
            self.problems.append(mark.problem("key", "merge keys (`<<`) are not used in studies", "use `extends`"))
        elif key in inside.keys:
            first = inside.keys[key]
            message = f"the key `{key}` stands twice in this map; first in line {first.line}"
            self.problems.append(mark.problem("duplicate-key", message, "remove one of the two"))
        inside.keys.setdefault(key, mark)
        inside.key = key

    def _scalar(self, event: Any, mark: Mark) -> Scalar:
        text: str = event.value
        self._refuse_controls(text, mark)
        if event.style is not None:
            return Scalar(mark, text, text, self.source.layer)
        value: str | int | float | bool | None = text
        if text in _WORDS:
            value = _WORDS[text]
        elif _NOT_FINITE.fullmatch(text):
            self.problems.append(mark.problem("not-finite", f"`{text}` is not a finite number", "write a number"))
        elif _INT.fullmatch(text) or _FLOAT.fullmatch(text):
            exponent = re.search(r"[eE][-+]?0*([0-9]+)$", text)
            if len(text) > LONGEST_NUMBER or (exponent and int(exponent[1]) > LONGEST_NUMBER):
                self.problems.append(
                    mark.problem("huge", f"`{text[:40]}` has too many digits", "write the number with fewer digits")
                )
            else:
                value = int(text) if _INT.fullmatch(text) else float(text)
        return Scalar(mark, value, text, self.source.layer)

    def _place(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        inside = self._open[-1]
        if inside.is_map:
            assert inside.key is not None
            inside.entries.setdefault(inside.key, node)
            inside.key = None
        else:
            inside.items.append(node)
