"""Mapping files: which column of a ticket or call log is what, how times are written, and which rows to leave out.

A mapping is a YAML file, one that ships (`calibration/mappings/NAME.yaml`) or the user's own. It reads no data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as AbcMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from calibration.errors import CalibrationError
from calibration.layers import find_mapping, read_mapping
from scenarios.calendar import WEEKDAYS
from scenarios.suggestions import did_you_mean

Role = Literal[
    "date",
    "arrival",
    "called",
    "ended",
    "left",
    "wait",
    "service",
    "outcome",
    "passed",
    "server",
    "class",
    "transaction",
]
ROLES: tuple[Role, ...] = (
    "date", "arrival", "called", "ended", "left", "wait", "service", "outcome", "passed", "server", "class",
    "transaction",
)  # fmt: skip
"""What a column can be: day of the row, moments (arrival in the queue, call to the counter, end of service, leaving the
queue), durations (wait, service), outcome word or a yes/no of `passed` (called in vain), server, class, transaction."""

EACH = "*"
"""In place of the name of a class or transaction: one fit for every name in the log."""

KINDS = ("arrivals", "service", "patience", "staff", "waits")
_UNITS = {"s": 1.0, "sec": 1.0, "min": 60.0, "h": 3600.0}
_TOP_KEYS = (
    "title", "extends", "columns", "formats", "outcomes", "abandonment_seen", "leave_out", "weekdays", "hours",
    "classes", "transactions", "clock_slack", "sheet",
)  # fmt: skip


@dataclass(frozen=True)
class ColumnRule:
    """Header names to look for (the first present wins), words that mean "nothing", and the unit of a duration in s."""

    names: tuple[str, ...]
    absent: frozenset[str]
    optional: bool
    seconds: float | None
    line: int | None


@dataclass(frozen=True)
class LeaveOut:
    """Rows left out on purpose: all conditions (role or column → words) must hold, for the fits named in `kinds`."""

    name: str
    why: str
    where: tuple[tuple[str, frozenset[str]], ...]
    kinds: frozenset[str]
    line: int | None


@dataclass(frozen=True)
class LogMapping:
    """Everything that turns raw rows into arrivals, waits, services and outcomes."""

    name: str
    file: Path
    title: str
    columns: AbcMapping[str, ColumnRule]
    datetime_formats: tuple[str, ...]
    date_formats: tuple[str, ...]
    time_formats: tuple[str, ...]
    served: frozenset[str]
    abandoned: frozenset[str]
    when_empty: Literal["served", "abandoned"] | None
    abandonment_seen: Literal["at_leaving", "when_called"]
    leave_out: tuple[LeaveOut, ...]
    weekdays: tuple[str, ...] | None
    hours: str | None
    classes: AbcMapping[str, str]
    transactions: AbcMapping[str, str]
    clock_slack_s: float
    sheet: str | None


def load_mapping(mapping: str | Path) -> LogMapping:
    """Read a mapping by its shipped name or by path. Raise `CalibrationError` with file and line on any fault in it."""
    file = find_mapping(str(mapping), None)
    return _build(file, read_mapping(file, ()))


def _keys(node: dict[Any, Any]) -> list[str]:
    return [key for key in node if isinstance(key, str)]


def _build(file: Path, data: dict[Any, Any]) -> LogMapping:
    def fault(message: str, node: dict[Any, Any], key: str, help: str | None = None) -> CalibrationError:
        return CalibrationError("bad-mapping", message, file=file, line=node.get((key, "line")), help=help)

    def known(node: dict[Any, Any], allowed: tuple[str, ...], what: str) -> None:
        for key in _keys(node):
            if key not in allowed:
                help = did_you_mean(key, allowed).strip() or f"known: {', '.join(allowed)}"
                raise fault(f"unknown {what} {key!r}", node, key, help)

    def section(key: str) -> dict[Any, Any]:
        value = data.get(key) or {}
        if not isinstance(value, dict):
            raise fault(f"{key} must be a map", data, key)
        return value

    def one_of(key: str, node: dict[str, Any], allowed: tuple[str, ...]) -> str | None:
        value = node.get(key)
        if value is not None and value not in allowed:
            raise fault(f"{key} is {value!r}", node, key, f"one of {', '.join(allowed)}")
        return cast("str | None", value)

    known(data, _TOP_KEYS, "key")
    columns, formats, outcomes = section("columns"), section("formats"), section("outcomes")
    known(columns, ROLES, "column role")
    known(formats, ("datetime", "date", "time"), "format")
    known(outcomes, ("served", "abandoned", "empty"), "outcome")
    if "arrival" not in columns and "service" not in columns and "called" not in columns:
        raise CalibrationError("bad-mapping", "columns names no arrival, called or service", file=file, line=1)

    rules: dict[str, ColumnRule] = {}
    for role in _keys(columns):
        spec = columns[role]
        spec_map = spec if isinstance(spec, dict) else {"column": spec}
        known(spec_map, ("column", "absent", "optional", "unit"), "key")
        names = tuple(_words(spec_map.get("column")))
        if not names:
            raise fault(f"{role} names no column", columns, role, "write the header of the column")
        unit = str(spec_map.get("unit", "s"))
        if unit not in _UNITS:
            raise fault(f"unit {unit!r}", columns, role, f"one of {', '.join(_UNITS)}")
        rules[role] = ColumnRule(
            names=names,
            absent=frozenset(["", *_words(spec_map.get("absent"))]),
            optional=bool(spec_map.get("optional", False)),
            seconds=_UNITS[unit] if role in {"wait", "service"} else None,
            line=columns.get((role, "line")),
        )

    leave_out = []
    for name in _keys(section("leave_out")):
        rule = section("leave_out")[name]
        if rule is None:
            continue
        if not isinstance(rule, dict) or not isinstance(rule.get("where"), dict) or not rule.get("why"):
            raise fault(f"rule {name!r} needs `where` and `why`", section("leave_out"), name)
        known(rule, ("where", "why", "kinds"), "key")
        kinds = tuple(_words(rule.get("kinds"))) or KINDS
        for kind in kinds:
            if kind not in KINDS:
                raise fault(f"unknown kind {kind!r}", rule, "kinds", f"one of {', '.join(KINDS)}")
        where = tuple((key, frozenset(_words(rule["where"][key]))) for key in _keys(rule["where"]))
        leave_out.append(
            LeaveOut(name, str(rule["why"]), where, frozenset(kinds), section("leave_out").get((name, "line")))
        )

    weekdays = tuple(_words(data.get("weekdays"))) or None
    for day in weekdays or ():
        if day not in WEEKDAYS:
            raise fault(f"unknown weekday {day!r}", data, "weekdays", f"one of {', '.join(WEEKDAYS)}")
    return LogMapping(
        name=file.stem,
        file=file,
        title=str(data.get("title", file.stem)),
        columns=rules,
        datetime_formats=tuple(_words(formats.get("datetime"))),
        date_formats=tuple(_words(formats.get("date"))),
        time_formats=tuple(_words(formats.get("time"))),
        served=frozenset(_words(outcomes.get("served"))),
        abandoned=frozenset(_words(outcomes.get("abandoned"))),
        when_empty=cast(Any, one_of("empty", outcomes, ("served", "abandoned"))),
        abandonment_seen=cast(Any, one_of("abandonment_seen", data, ("at_leaving", "when_called")) or "at_leaving"),
        leave_out=tuple(leave_out),
        weekdays=weekdays,
        hours=str(data["hours"]) if data.get("hours") else None,
        classes=_names_of_words(section("classes")),
        transactions=_names_of_words(section("transactions")),
        clock_slack_s=_seconds(data, fault),
        sheet=str(data["sheet"]) if data.get("sheet") is not None else None,
    )


def _words(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _names_of_words(node: dict[str, Any]) -> dict[str, str]:
    return {word: name for name in _keys(node) for word in _words(node[name])}


def _seconds(data: dict[str, Any], fault: Any) -> float:
    text = str(data.get("clock_slack", "0 s"))
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?(s|min)", text)
    if not found:
        raise fault(f"clock_slack is {text!r}", data, "clock_slack", "write it as `5 s`")
    return float(found[1]) * _UNITS[found[2]]
