"""The JSON Schema (draft-07) of a study file: an aid for editors, which complete keys and name units while one writes.

It is looser than the loader: files that are extended need not be complete, and what holds between fields is not in it.
"""

from __future__ import annotations

import re
from typing import Any

from scenarios import units
from scenarios.beliefs import SOURCES
from scenarios.origins import default_text
from scenarios.schema.parts import Leaf
from scenarios.schema.shape import Either, Law, Names, Record, Shape, file_shape
from scenarios.schema.staffing import KINDS_OF_DAY
from scenarios.units import Dimension

Schema = dict[str, Any]

_NUMBER = r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
_TIME = "^[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?$"
_SPAN = "^[0-9]{1,2}:[0-9]{2}(:[0-9]{2})? *- *[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?$"
_DAYS = "^[0-9]{1,2}( *- *[0-9]{1,2})?$"
_NAME = r"^(\*|[^\x00-\x1f/\\:*?\"<>|@{}#`,=\[\]]+)$"
_RELATIVE = "^ *([x×] *[0-9.]|[+-] *[0-9.])"


def study_schema() -> Schema:
    """Return the JSON Schema of a study file as plain data, in a stable order."""
    writer = _Writer()
    root = writer.record(file_shape())
    root["properties"]["schema_version"] = {"const": 1, "description": "The version of the study file."}
    definitions = dict(sorted(writer.definitions.items()))
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "Standfast study"}
    return {**head, **root, "definitions": definitions}


class _Writer:
    """Writes shapes as schemas, each record and each dimension once under `definitions`."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {"belief": _belief(), "relative": _relative()}

    def record(self, shape: Record) -> Schema:
        properties = {key: self._field(shape, key, inner) for key, inner in shape.fields.items()}
        described = {"description": shape.meaning} if shape.meaning else {}
        return {**described, "type": "object", "properties": properties, "additionalProperties": False}

    def _field(self, record: Record, key: str, shape: Shape) -> Schema:
        schema = self.shape(shape)
        default = (record.defaults or {}).get(key)
        if isinstance(shape, Leaf) and shape.dimension is not None and default is not None and shape.kind == "value":
            schema = {**({"allOf": [schema]} if "$ref" in schema else schema), "default": default_text(default, shape)}
        return schema if key in record.required else {"anyOf": [schema, {"type": "null"}]}

    def shape(self, shape: Shape) -> Schema:
        if isinstance(shape, Record):
            if not shape.name:
                return self.record(shape)
            return self._defined(shape.name, lambda: self.record(shape))
        if isinstance(shape, Law):
            return self._defined("Distribution", lambda: self._law(shape))
        if isinstance(shape, Either):
            return {"anyOf": [self._leaf(shape.leaf), self.shape(shape.record)]}
        if isinstance(shape, Names):
            inner = {"anyOf": [self.shape(shape.inner), {"type": "null"}]}
            if shape.keys:
                return {"type": "object", "properties": dict.fromkeys(shape.keys, inner), "additionalProperties": False}
            named = isinstance(shape.inner, Record) and shape.inner.name
            rule = {"propertyNames": {"pattern": _NAME}} if named else {}
            return {"type": "object", "additionalProperties": inner, **rule}
        return self._leaf(shape)

    def _defined(self, name: str, write: Any) -> Schema:
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = write()
        return {"$ref": f"#/definitions/{name}"}

    def _law(self, law: Law) -> Schema:
        properties = {key: self.shape(inner) for key, inner in law.fields.items() if key != "dist"}
        dist = {"enum": list(law.records), "description": "The law of the duration."}
        return {"type": "object", "properties": {"dist": dist, **properties}, "additionalProperties": False}

    def _leaf(self, leaf: Leaf) -> Schema:
        kind = leaf.kind
        if kind == "patch":
            return {"anyOf": [{"$ref": "#/definitions/relative"}, {}]}
        if kind == "value" and leaf.dimension is not None:
            return self._value(leaf.dimension)
        if kind == "choice":
            return {"enum": list(leaf.choices)}
        if kind in ("steps", "weekday_factors", "day_factors", "queue_shares"):
            return self._map(leaf)
        if kind == "horizon":
            pattern = f"^ *{_NUMBER} *(days?|d|weeks?|w|months?|years?|h|hours?) *$"
            return {"type": "string", "pattern": pattern, "description": "for example `3 months`"}
        return _simple(leaf, self)

    def _value(self, dimension: Dimension) -> Schema:
        name = dimension.name.replace(" ", "-")
        return self._defined(name, lambda: {"anyOf": [_bare(dimension), {"$ref": "#/definitions/belief"}]})

    def _map(self, leaf: Leaf) -> Schema:
        assert leaf.dimension is not None
        pattern = {"steps": _TIME, "day_factors": _DAYS, "queue_shares": "^[0-9]+$"}.get(leaf.kind)
        value = {"anyOf": [self._value(leaf.dimension), {"type": "null"}]}
        if pattern is None:
            entries: Schema = {"properties": dict.fromkeys(leaf.choices, value)}
        else:
            entries = {"patternProperties": {pattern: value}}
        whole = {"type": "object", **entries, "additionalProperties": False}
        return {"anyOf": [whole, {"$ref": "#/definitions/belief"}]}


def _bare(dimension: Dimension) -> Schema:
    if dimension is units.WHOLE:
        return {"type": "integer", "minimum": 0}
    if dimension is units.NUMBER:
        return {"type": "number", "minimum": 0}
    if dimension is units.SIGNED:
        return {"type": "number"}
    if dimension is units.COUNT:
        return {"type": ["number", "string"], "description": dimension.allowed}
    spellings = "|".join(
        sorted((re.escape(unit) for unit in dimension.units if unit), key=lambda unit: (-len(unit), unit))
    )
    return {"type": "string", "pattern": f"^ *{_NUMBER} *({spellings}) *$", "description": dimension.allowed}


def _simple(leaf: Leaf, writer: _Writer) -> Schema:
    text = {"type": "string"}
    if leaf.kind == "span":
        return {**text, "pattern": _SPAN, "description": 'for example "09:00-18:00"'}
    if leaf.kind == "hours_or_closed":
        return {"anyOf": [{**text, "pattern": _SPAN}, {"const": "closed"}]}
    if leaf.kind == "spans":
        return {"type": "array", "items": {**text, "pattern": _SPAN}}
    if leaf.kind == "days_of_month":
        return {"type": "array", "items": {"anyOf": [{**text, "pattern": _DAYS}, {"type": "integer"}]}}
    if leaf.kind == "list":
        return {"type": "array", "items": {"enum": list(leaf.choices)}}
    if leaf.kind in ("durations", "weights"):
        assert leaf.dimension is not None
        return {"type": "array", "items": _bare(leaf.dimension)}
    if leaf.kind == "names":
        return {"type": "array", "items": text}
    if leaf.kind == "files":
        return {"anyOf": [text, {"type": "array", "items": text}]}
    if leaf.kind == "date":
        return {**text, "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "description": "year-month-day"}
    if leaf.kind in ("starts", "breaks", "kinds_of_day"):
        return {"type": "array", "items": _of_staffing(leaf.kind)}
    if leaf.kind == "flag":
        return {"type": "boolean"}
    return {"type": ["string", "number"]}


def _of_staffing(kind: str) -> Schema:
    text = {"type": "string"}
    if kind == "starts":
        return {"anyOf": [{**text, "pattern": _TIME}, {**text, "pattern": _SPAN}]}
    if kind == "breaks":
        properties = {"length": _bare(units.DURATION), "window": {**text, "pattern": _SPAN}}
        return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    factor = {"type": "object", "properties": {"factor": _bare(units.NUMBER)}, "additionalProperties": False}
    return {"anyOf": [{"enum": list(KINDS_OF_DAY)}, {"type": "object", "additionalProperties": factor}]}


def _belief() -> Schema:
    anything: Schema = {}
    return {
        "description": "A number that is believed rather than set, with its range and its source.",
        "type": "object",
        "properties": {
            "best": anything,
            "low": anything,
            "high": anything,
            "source": {"enum": list(SOURCES)},
            "note": {"type": ["string", "number"]},
        },
        "required": ["best", "source"],
        "additionalProperties": False,
    }


def _relative() -> Schema:
    return {
        "description": "A change of what stands there, such as x1.1 or +2 min.",
        "type": "string",
        "pattern": _RELATIVE,
    }
