"""The tables of halls as CSV files beside the report: every hall, every strategy, every sweep point, all digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from outputs.complaints import ALL_HALLS, complaints_by_cause
from outputs.findings import Findings
from outputs.hall_changes import changes_frame
from outputs.hall_means import half_hours, hall_means
from outputs.labels import WEEKDAY_HALF_HOUR
from outputs.tables import csv_bytes
from scenarios.kpis import OF_THE_WEEK

if TYPE_CHECKING:
    import pandas as pd

CHANGES_FILE = "hall-changes.csv"
HALF_HOURS_FILE = "hall-half-hours.csv"
WEEKDAYS_FILE = "hall-weekdays.csv"
COMPLAINTS_FILE = "hall-complaints.csv"


def hall_files(findings: Findings) -> dict[str, bytes]:
    """Return the CSV files by name; one without rows is left out. Shares are from 0 to 1, waits in minutes."""
    frames = {
        CHANGES_FILE: changes_frame(findings),
        HALF_HOURS_FILE: _at_points(findings, _by_half_hour),
        WEEKDAYS_FILE: _at_points(findings, _by_weekday),
        COMPLAINTS_FILE: _at_points(findings, _by_cause),
    }
    return {name: csv_bytes(frame) for name, frame in frames.items() if len(frame)}


def _at_points(findings: Findings, table: Callable[[Findings, str], pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    parts = [(point, table(findings, point)) for point in findings.points]
    parts = [(point, part.rename(columns={"class_": "class"})) for point, part in parts if len(part)]
    for point, part in parts:
        part.insert(0, "point", point)
    return pd.concat([part for _, part in parts], ignore_index=True) if parts else pd.DataFrame()


def _by_half_hour(findings: Findings, point: str) -> pd.DataFrame:
    table = half_hours(findings, point).reset_index()
    if len(table):
        table = table.merge(findings.targets, how="left", on=["hall", "class_", "period"])
    return table.rename(columns={"period": "half_hour"})


def _by_weekday(findings: Findings, point: str) -> pd.DataFrame:
    table = hall_means(findings, point, OF_THE_WEEK, WEEKDAY_HALF_HOUR).reset_index()
    table.insert(3, "weekday", [str(period).partition("-")[0] for period in table["period"]])
    table.insert(4, "half_hour", [str(period).partition("-")[2] for period in table["period"]])
    return table.drop(columns=["period", "class_"])


def _by_cause(findings: Findings, point: str) -> pd.DataFrame:
    table = complaints_by_cause(findings, point)
    return table[table.index.get_level_values("hall") != ALL_HALLS].reset_index() if len(table) else table
