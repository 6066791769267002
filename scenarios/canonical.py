"""The parts of a study that decide a run, as plain data that two spellings of the same study share."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from pydantic import BaseModel

from scenarios.schema.study import Study

NOT_OF_THE_MODEL = frozenset(("name", "title", "schema_version"))


def model_parts(study: Study) -> dict[str, Any]:
    """Return everything that decides a run, JSON-able: sorted keys, times in microseconds, no titles, no nulls."""
    parts = _plain(study)
    assert isinstance(parts, dict)
    parts.pop("staffing", None)  # what may be planned, not what happens
    for name, tactic in study.tactics.items():
        if not tactic.enabled:
            parts["tactics"][name] = "off"  # its name keeps its number; whatever else it says decides nothing
    return parts


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        fields = {name: getattr(value, name) for name in type(value).model_fields if name not in NOT_OF_THE_MODEL}
        return {name: _plain(inner) for name, inner in sorted(fields.items()) if inner is not None}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in sorted(value.items())}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value + 0.0 if isinstance(value, float) else value
