"""Ticket and call logs: moments, durations and outcomes, one row per customer, and which rows a fit may use.

Every row ends in exactly one counted bucket: used, left out by a stated rule, or bad with line and reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from calibration.errors import CalibrationError
from calibration.mapping import LogMapping
from calibration.table import RawTable, RowFault

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Rows:
    """Where every row went: `read == used + sum(left_out.values()) + len(bad)`."""

    read: int
    used: int
    left_out: dict[str, int]
    bad: tuple[RowFault, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return counts and the bad rows, for `--json`."""
        bad = [{"file": fault.file, "line": fault.line, "reason": fault.reason} for fault in self.bad]
        return {"read": self.read, "used": self.used, "left_out": dict(self.left_out), "bad": bad}


@dataclass(frozen=True)
class TicketLog:
    """Rows of all files in one frame.

    Columns: file (index into `tables`), line; arrival, called, ended, left (timestamps, NaT where the row has none);
    wait_s, service_s (seconds); outcome (`served`, `abandoned`, ""); server, class_, transaction (text).
    `unreadable[column]` holds the reason for each row whose text is there but makes no sense ("" elsewhere);
    `rules[name]` marks the rows that a rule of the mapping leaves out.
    """

    mapping: LogMapping
    tables: tuple[RawTable, ...]
    frame: pd.DataFrame
    unreadable: dict[str, NDArray[np.object_]]
    rules: dict[str, NDArray[np.bool_]]
    has: frozenset[str]

    def select(
        self,
        kind: str,
        needs: Sequence[str],
        left_out: Sequence[tuple[str, NDArray[np.bool_]]] = (),
    ) -> tuple[pd.DataFrame, Rows]:
        """Return the rows that a fit may use, and where all others went.

        `kind` picks the rules of the mapping that apply, `needs` are the columns without which a row is bad,
        `left_out` further rules (reason, mask) of the fit itself. A rule wins over a fault: what is not wanted need not
        be readable. Raise `CalibrationError` where no row is left, or where most rows are bad.
        """
        import numpy as np

        frame = self.frame
        free = np.ones(len(frame), dtype=bool)
        counts: dict[str, int] = {}
        blank = sum(table.blank for table in self.tables)
        if blank:
            counts["blank line"] = blank
        named = [(rule.why, self.rules[rule.name]) for rule in self.mapping.leave_out if kind in rule.kinds]
        for why, mask in named:
            _take(counts, free, why, mask)
        reasons = np.full(len(frame), "", dtype=object)
        for column in needs:
            if column in self.unreadable:
                reasons = np.where(reasons == "", self.unreadable[column], reasons)
        for why, mask in left_out:
            _take(counts, free, why, mask & (reasons == ""))
        for column in needs:
            empty = frame[column].isna() if column != "outcome" else frame[column] == ""
            reasons = np.where((reasons == "") & empty.to_numpy(), f"no {column.removesuffix('_s')}", reasons)
        is_bad = free & (reasons != "")
        faults = [fault for table in self.tables for fault in table.faults]
        lines, files = frame["line"].to_numpy(), frame["file"].to_numpy()
        for i in np.flatnonzero(is_bad):
            faults.append(RowFault(self.tables[files[i]].name, int(lines[i]), str(reasons[i])))
        order = {table.name: position for position, table in enumerate(self.tables)}
        faults.sort(key=lambda fault: (order[fault.file], fault.line))
        used = frame[free & ~is_bad]
        rows = Rows(sum(table.read for table in self.tables), len(used), counts, tuple(faults))
        self._refuse_hopeless(kind, rows)
        return used, rows

    def _refuse_hopeless(self, kind: str, rows: Rows) -> None:
        if rows.used and len(rows.bad) <= rows.used:
            return
        told = "; ".join(f"{count} {why}" for why, count in rows.left_out.items())
        first = rows.bad[0] if rows.bad else None
        raise CalibrationError(
            "mostly-bad" if rows.used else "nothing-left",
            f"{len(rows.bad)} of {rows.read} rows are bad, {rows.used} can be used for {kind}"
            + (f"; the first: {first.reason}" if first else "")
            + (f"; left out: {told}" if told else ""),
            file=first.file if first else self.tables[0].name,
            line=first.line if first else None,
            help=f"check columns, formats and leave_out in the mapping {self.mapping.file.name}",
        )

    def need(self, kind: str, *columns: str) -> None:
        """Raise `CalibrationError` unless the mapping and the file give these columns."""
        for column in columns:
            if column not in self.has:
                parts = {"wait": ("wait", "called"), "service": ("service", "called", "ended")}.get(column, (column,))
                lacking = [part for part in parts if part in self.mapping.columns and part not in self.has]
                if lacking:
                    names = self.mapping.columns[lacking[0]].names
                    raise CalibrationError(
                        "missing-column",
                        f"a fit of {kind} takes {lacking[0]} from {' or '.join(map(repr, names))}, and the file has no "
                        "such column",
                        file=self.tables[0].name,
                        line=1,
                        column=names[0],
                        help=f"the file has {', '.join(name for name in self.tables[0].header if name)}; "
                        f"mapping {self.mapping.file.name}",
                    )
                raise CalibrationError(
                    "no-such-role",
                    f"a fit of {kind} needs the {column} of each row, and mapping {self.mapping.name} "
                    "names no column of this file for it",
                    file=self.tables[0].name,
                    help=f"name it under columns in {self.mapping.file.name}; "
                    f"the file has {', '.join(name for name in self.tables[0].header if name)}",
                )


def _take(counts: dict[str, int], free: NDArray[np.bool_], why: str, mask: NDArray[np.bool_]) -> None:
    taken = int((free & mask).sum())
    free &= ~mask
    if taken:
        counts[why] = counts.get(why, 0) + taken
