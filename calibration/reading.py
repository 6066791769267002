"""Reading a ticket or call log: raw tables through a mapping into one frame of customers. It judges no row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calibration.errors import CalibrationError
from calibration.mapping import ColumnRule, LeaveOut, LogMapping
from calibration.moments import HALF_DAY_S, LONGEST_S, Moments, durations, moments
from calibration.table import RawTable, clean_name, read_table
from calibration.tickets import TicketLog
from scenarios.suggestions import did_you_mean

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

_PASSED_YES = frozenset({"是", "1", "Y", "YES", "TRUE", "√", "过号", "已过号"})
_PASSED_NO = frozenset({"", "否", "0", "N", "NO", "FALSE", "未过号"})
_CLOCK_TIME = r"\d:\d"


def read_log(paths: Sequence[Path], mapping: LogMapping) -> TicketLog:
    """Read files of the same form through a mapping. Raise `CalibrationError` on a fault of a whole file."""
    import pandas as pd

    if not paths:
        raise CalibrationError("no-data", "no data file given")
    tables: list[RawTable] = []
    for path in paths:
        table = read_table(path, mapping.sheet)
        twin = next((old.name for old in tables if old.sha256 == table.sha256), None)
        if twin is not None:
            raise CalibrationError(
                "same-file", f"this file holds the same bytes as {twin}", file=path, help="give it once"
            )
        tables.append(table)
    parts = [_one(table, mapping, position) for position, table in enumerate(tables)]
    frame = pd.concat([part[0] for part in parts], ignore_index=True)
    joined = {key: _joined([part[1][key] for part in parts]) for key in parts[0][1]}
    rules = {key: _joined([part[2][key] for part in parts]) for key in parts[0][2]}
    has = frozenset.intersection(*(part[3] for part in parts))
    return TicketLog(mapping, tuple(tables), frame, joined, rules, has)


def _joined(parts: list[NDArray[Any]]) -> NDArray[Any]:
    import numpy as np

    return np.concatenate(parts)


_Part = tuple["pd.DataFrame", dict[str, "NDArray[np.object_]"], dict[str, "NDArray[np.bool_]"], frozenset[str]]


def _one(table: RawTable, mapping: LogMapping, position: int) -> _Part:
    import numpy as np
    import pandas as pd

    raw = pd.DataFrame(table.rows, columns=list(table.header) if table.header else None, dtype=object)
    found = {role: _column(table, mapping, role, rule) for role, rule in mapping.columns.items()}
    n = len(raw)
    blank = pd.Series([""] * n, dtype=object)

    def words(role: str) -> pd.Series[str]:
        header = found.get(role)
        if header is None:
            return blank
        text = raw[header]
        return text.where(~text.isin(mapping.columns[role].absent), "")

    days = moments(words("date"), mapping.date_formats, "date") if found.get("date") is not None else None
    frame = pd.DataFrame({"file": np.full(n, position), "line": np.asarray(table.lines, dtype=np.int64)})
    unreadable: dict[str, NDArray[np.object_]] = {}
    stamps: dict[str, Moments] = {}
    for role in ("arrival", "called", "ended", "left"):
        text = words(role)
        if role == "left" and found.get("left") is None:  # some machines note when a ticket was passed
            text = words("passed").where(words("passed").str.contains(_CLOCK_TIME, regex=True), "")
        stamp = moments(text, (*mapping.datetime_formats, *mapping.time_formats), "time", days)
        stamps[role], frame[role], unreadable[role] = stamp, stamp.at, stamp.unreadable
        if days is None and role == "arrival":  # other times of day belong to the day of arrival
            days = stamp
    _after_midnight(frame, stamps)
    backwards = (frame["called"] - frame["ended"]).dt.total_seconds().to_numpy() > mapping.clock_slack_s
    for i in np.flatnonzero(backwards):
        called, ended = frame["called"].iloc[i], frame["ended"].iloc[i]
        unreadable["ended"][i] = f"times run backwards: ended {ended} before called {called}"
    endless = (frame["ended"] - frame["called"]).dt.total_seconds().to_numpy() > LONGEST_S
    unreadable["ended"][endless] = "more than a day from called to ended"
    frame["ended"] = frame["ended"].where(~(backwards | endless))

    outcome, unknown = _outcomes(words, found, mapping, frame)
    frame["outcome"], unreadable["outcome"] = outcome, unknown
    frame["wait_s"], unreadable["wait_s"] = _wait(words, found, mapping, frame, unreadable)
    frame["service_s"], unreadable["service_s"] = _difference_or_column(
        words, found, mapping, "service", frame["called"], frame["ended"], unreadable, ("called", "ended")
    )
    frame["server"] = words("server").to_numpy()
    frame["class_"] = words("class").map(lambda word: mapping.classes.get(word, word)).to_numpy()
    frame["transaction"] = words("transaction").map(lambda word: mapping.transactions.get(word, word)).to_numpy()
    rules = {rule.name: _matches(table, raw, found, rule, mapping) for rule in mapping.leave_out}
    has = {role for role, header in found.items() if header is not None}
    if "wait" in has or {"arrival", "called"} <= has:
        has.add("wait")
    if "service" in has or {"called", "ended"} <= has:
        has.add("service")
    return frame, unreadable, rules, frozenset(has)


def _column(table: RawTable, mapping: LogMapping, role: str, rule: ColumnRule) -> str | None:
    for name in rule.names:
        if clean_name(name) in table.header:
            return clean_name(name)
    if rule.optional:
        return None
    near = next(filter(None, (did_you_mean(name, table.header) for name in rule.names)), "")
    where = f"{mapping.file.name}:{rule.line}" if rule.line else mapping.file.name
    raise CalibrationError(
        "missing-column",
        f"the mapping {where} takes {role} from {' or '.join(map(repr, rule.names))}, and the file has no such column",
        file=table.name,
        line=1,
        column=rule.names[0],
        help=f"{near}the file ({table.form}) has {', '.join(name for name in table.header if name)}",
    )


def _after_midnight(frame: pd.DataFrame, stamps: dict[str, Moments]) -> None:
    """Put a time of day that falls far before the one it follows on the next day."""
    import pandas as pd

    day = pd.Timedelta(days=1)
    for later, earlier in (("called", "arrival"), ("left", "arrival"), ("ended", "called")):
        gap = (frame[earlier] - frame[later]).dt.total_seconds()
        frame[later] = frame[later].where(~(stamps[later].day_free & (gap > HALF_DAY_S).to_numpy()), frame[later] + day)


def _outcomes(
    words: Any, found: dict[str, str | None], mapping: LogMapping, frame: pd.DataFrame
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    import numpy as np

    n = len(frame)
    outcome, reason = np.full(n, "", dtype=object), np.full(n, "", dtype=object)
    if found.get("outcome") is not None:
        text = words("outcome")
        outcome[text.isin(mapping.served).to_numpy()] = "served"
        outcome[text.isin(mapping.abandoned).to_numpy()] = "abandoned"
        empty = (text == "").to_numpy()
        if mapping.when_empty is not None:
            outcome[empty] = mapping.when_empty
        unknown = (outcome == "") & ~empty
        reason[unknown] = [f"the mapping knows no outcome {word!r}" for word in text[unknown]]
    elif found.get("passed") is not None:
        text = words("passed").str.upper()
        yes = text.isin(_PASSED_YES).to_numpy() | text.str.contains(_CLOCK_TIME, regex=True).to_numpy()
        no = text.isin(_PASSED_NO).to_numpy()
        outcome[no], outcome[yes] = "served", "abandoned"
        unknown = ~(yes | no)
        reason[unknown] = [f"{word!r} is neither yes nor no" for word in text[unknown]]
    else:  # no word for it: who was called and finished was served, who was called and never finished had left
        ended = frame["ended"].notna().to_numpy()
        called = frame["called"].notna().to_numpy()
        outcome[called & ~ended], outcome[ended] = "abandoned", "served"
    return outcome, reason


def _wait(
    words: Any,
    found: dict[str, str | None],
    mapping: LogMapping,
    frame: pd.DataFrame,
    unreadable: dict[str, NDArray[np.object_]],
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    end = frame["called"]
    end = end.where((frame["outcome"] != "abandoned") | frame["left"].isna(), frame["left"])
    return _difference_or_column(
        words, found, mapping, "wait", frame["arrival"], end, unreadable, ("arrival", "called")
    )


def _difference_or_column(
    words: Any,
    found: dict[str, str | None],
    mapping: LogMapping,
    role: str,
    start: pd.Series[pd.Timestamp],
    end: pd.Series[pd.Timestamp],
    unreadable: dict[str, NDArray[np.object_]],
    parts: tuple[str, str],
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """Seconds of a wait or service: the column that the log has for it, else the time from `start` to `end`."""
    import numpy as np

    if found.get(role) is not None:
        return durations(words(role), mapping.columns[role].seconds or 1.0)
    seconds = (end - start).dt.total_seconds().to_numpy(dtype=np.float64)
    reason = np.where(unreadable[parts[0]] != "", unreadable[parts[0]], unreadable[parts[1]])
    back = seconds < -mapping.clock_slack_s
    for i in np.flatnonzero(back):
        reason[i] = f"times run backwards: {parts[1]} {end.iloc[i]} before {parts[0]} {start.iloc[i]}"
    far = seconds > LONGEST_S
    for i in np.flatnonzero(far):
        reason[i] = f"more than a day from {parts[0]} {start.iloc[i]} to {parts[1]} {end.iloc[i]}"
    return np.where(back | far, np.nan, np.maximum(seconds, 0.0)).astype(np.float64), reason


def _matches(
    table: RawTable,
    raw: pd.DataFrame,
    found: dict[str, str | None],
    rule: LeaveOut,
    mapping: LogMapping,
) -> NDArray[np.bool_]:
    import numpy as np

    mask = np.ones(len(raw), dtype=bool)
    for key, allowed in rule.where:
        header = found.get(key, clean_name(key) if clean_name(key) in table.header else None)
        if header is None:
            if key in mapping.columns:  # an optional column that this file lacks
                return np.zeros(len(raw), dtype=bool)
            where = f"{mapping.file.name}:{rule.line}" if rule.line else mapping.file.name
            raise CalibrationError(
                "missing-column",
                f"a leave_out rule of the mapping {where} asks for {key!r}, and the file has no such column",
                file=table.name,
                line=1,
                column=key,
                help=f"{did_you_mean(key, table.header)}the file has {', '.join(table.header)}",
            )
        mask &= raw[header].isin(allowed).to_numpy()
    return mask
