"""From a merged tree to a valid study: the schema's faults, each at the file position of the offending value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from scenarios import units
from scenarios.problems import Problem
from scenarios.schema.distributions import LAWS
from scenarios.schema.market_checks import market_doubts
from scenarios.schema.parts import Fault
from scenarios.schema.shape import Law, Record, Shape, child, file_shape, settled, study_shape
from scenarios.schema.study import Study, with_titles
from scenarios.source import Items, Map, Mark, Node, Scalar, plain
from scenarios.suggestions import did_you_mean, suggestion
from scenarios.units import QuantityError

_LATER = "groups opportunities adoption"
LATER_PARTS = frozenset(_LATER.split())
"""Parts of the contract that this version does not simulate."""


KEY_ITSELF = "[key]"
"""Last part of the place that pydantic gives to a key that is refused itself."""


def validated(tree: Map) -> tuple[Study | None, list[Problem]]:
    """Return the study of a tree whose beliefs are taken off, or its problems."""
    try:
        return with_titles(Study.model_validate(plain(tree))), []
    except ValidationError as error:
        return None, [problem for entry in error.errors(include_url=False) for problem in _problems(tree, dict(entry))]


def warned(tree: Map, study: Study) -> list[Problem]:
    """Return what is allowed in a study but probably not meant, each at its place."""
    found: list[Problem] = []
    for doubt in market_doubts(study):
        place = _Place(tree, doubt.at)
        mark = place.key_mark if doubt.on_key else place.mark
        found.append(mark.problem(doubt.code, doubt.message, doubt.help, place.path, "warning"))
    return found


def _problems(tree: Map, error: dict[str, Any]) -> Iterator[Problem]:
    keys = tuple(str(part) for part in error["loc"])
    of_key = keys[-1:] == (KEY_ITSELF,)
    keys = keys[:-1] if of_key else keys
    if error["type"] == "study":
        for fault in error["ctx"]["faults"]:
            place = _Place(tree, (*keys, *fault.at))
            mark = place.key_mark if fault.on_key or of_key else place.mark
            yield mark.problem(fault.code, fault.message + place.change, fault.help, place.path)
        return
    place = _Place(tree, keys)
    fault = _in_own_words(error, keys, place)
    if fault.at:
        place = _Place(tree, (*keys, *fault.at))
    mark = place.key_mark if fault.on_key else place.mark
    yield mark.problem(fault.code, fault.message, fault.help, place.path)


def _in_own_words(error: dict[str, Any], keys: tuple[str, ...], place: _Place) -> Fault:
    kind, last = error["type"], keys[-1] if keys else ""
    if kind == "missing":
        return Fault("missing", f"`{last}` is missing", _missing_help(last, place), on_key=True)
    if kind == "extra_forbidden":
        if len(keys) == 1 and last in LATER_PARTS:
            message = f"`{last}` is not in this version of Standfast"
            return Fault("not-in-this-version", message, f"remove `{last}`", on_key=True)
        shape = file_shape() if len(keys) == 1 else place.shape_above
        siblings = tuple(shape.fields) if isinstance(shape, Record | Law) else ()
        if isinstance(shape, Law) and keys[-2] in shape.records:
            siblings = tuple(shape.records[keys[-2]].fields)
        return Fault("unknown-key", f"`{last}` is not a key here", suggestion(last, siblings), on_key=True)
    if kind in ("model_type", "dict_type", "model_attributes_type", "dataclass_type"):
        return Fault("type", f"a map is wanted here, not {units.described(error.get('input'))}", "write `{key: value}`")
    if kind == "union_tag_not_found":
        return Fault("missing", "`dist` is missing: which law?", f"one of {', '.join(LAWS)}", on_key=True)
    if kind == "union_tag_invalid":
        word = str(error.get("ctx", {}).get("tag", ""))
        help = f"{did_you_mean(word, LAWS)}one of {', '.join(LAWS)}"
        return Fault("choice", f"`{word}` is not a law", help, ("dist",))
    return Fault("invalid", f"{units.described(error.get('input'))} is not valid here", "see docs/study-file.md")


def _missing_help(key: str, place: _Place) -> str:
    examples = {
        "name": "name: my-study",
        "horizon": "horizon: 3 months",
        "hours": 'hours: "09:00-18:00"',
        "share": "share: 100 %",
        "service": "service: {dist: lognormal, mean: 5 min, cv: 0.8}",
        "rate": 'rate: {"09:00": 40/h}',
        "arrivals": 'arrivals: {rate: {"09:00": 40/h}}',
        "transactions": "transactions: {all: {share: 100 %, service: {dist: exponential, mean: 5 min}}}",
        "mean": "mean: 5 min",
        "cv": "cv: 0.8",
        "size": "size: 190 thousand",
        "simulate": "simulate: 20000",
        "operator": "operator: mobile",
        "fee": "fee: 58 CNY/month",
        "usage": "usage: {mean: 400 min/month}",
        "dist": "dist: beta",
        "term": "term: 24 months",
        "from": "from: 2010-10-01",
        "until": "until: 2011-03-31",
        "starts": "starts: 2012-06-01",
        "when_share_falls": "when_share_falls: 1 %",
        "by": "by: 1.5",
        "trigger": "trigger: contract_expiry",
        "hazard": "hazard: 5 %/month",
        "recall": "recall: 60 %",
        "shifts": 'shifts: {early: {length: 8 h, starts: ["09:00"], cost: 80 CNY}}',
        "length": "length: 8 h",
        "cost": "cost: 80 CNY",
        "Shift.starts": 'starts: ["09:00"]',
    }
    here = place.shape
    example = examples.get(f"{here.name}.{key}" if isinstance(here, Record) else "") or examples.get(key)
    return f"add `{example}`" if example else f"add `{key}`"


class _Place:
    """Where a path of keys leads in a tree. Keys that the tree lacks are skipped: they are pydantic's own tags."""

    def __init__(self, tree: Map, keys: tuple[str, ...]) -> None:
        node: Node = tree
        shape: Shape | None = study_shape()
        above: Shape | None = shape
        key_mark: Mark = tree.mark
        names: list[str] = []
        for index, key in enumerate(keys):
            last = index == len(keys) - 1
            if isinstance(node, Map):
                found = _key_in(node, key)
                if found is not None:
                    above, shape = settled(shape, node), child(shape, found)
                    key_mark, node = node.keys[found], node.entries[found]
                    names.append(found)
                elif last:
                    names.append(key)
            elif isinstance(node, Items) and key.isdigit() and int(key) < len(node.items):
                node = node.items[int(key)]
                key_mark = node.mark
                names.append(key)
        self.node, self.key_mark, self.shape, self.shape_above = node, key_mark, shape, above
        self.path = ".".join(names)

    @property
    def change(self) -> str:
        """What the value was before a relative patch made it what it is."""
        node = self.node
        if isinstance(node, Scalar) and isinstance(node.over, Scalar) and node.text not in node.mark.written:
            return f"; it was {node.over.text} before {node.how}"
        return ""

    @property
    def mark(self) -> Mark:
        """The value's place; for a map that starts on a later line, its key's."""
        if isinstance(self.node, Map) and self.node.mark.line != self.key_mark.line:
            return self.key_mark
        return self.node.mark


def _key_in(node: Map, key: str) -> str | None:
    """Return the key as written; times of day are matched by the moment that they name."""
    if key in node.entries:
        return key
    if key.isdigit():
        for candidate in node.entries:
            try:
                if units.parse_time(candidate) == int(key):
                    return candidate
            except QuantityError:
                continue
    return None
