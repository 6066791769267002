"""Moments and durations written as text: dates, times of day and counts of seconds, parsed whole columns at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

HALF_DAY_S = 43_200.0
"""A time of day that lies more than this before the one it follows belongs to the next day."""

LONGEST_S = 86_400.0
"""A wait or service of more than a day is a fault of the record."""

_ISO_DATE = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S")
_ISO_TIME = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%H:%M:%S")
_TIME_ONLY = "1900-01-01"
_NO_DATE_DIRECTIVE = ("%d", "%j")
_EARLIEST = "1970-01-01"


@dataclass(frozen=True)
class Moments:
    """Timestamps, the reason where a text makes no sense, and whether the text was a time of day without a date."""

    at: pd.Series[pd.Timestamp]
    unreadable: NDArray[np.object_]
    day_free: NDArray[np.bool_]


def moments(
    text: pd.Series[str], formats: Sequence[str], what: Literal["date", "time"], days: Moments | None = None
) -> Moments:
    """Parse a column with the first format that fits each value; ISO forms are tried last.

    Times of day take their date from `days`; without one they are unreadable. Empty text is NaT, which is no fault.
    """
    import numpy as np
    import pandas as pd

    distinct = pd.Series(text.unique(), dtype=object)
    parsed = pd.Series(pd.NaT, index=distinct.index, dtype="datetime64[us]")
    time_only = np.zeros(len(distinct), dtype=bool)
    for form in dict.fromkeys((*formats, *(_ISO_DATE if what == "date" else _ISO_TIME))):
        todo = parsed.isna() & (distinct != "")
        if not todo.any():
            break
        hit = pd.to_datetime(distinct[todo], format=form, errors="coerce").astype("datetime64[us]")
        parsed[todo] = hit
        if not any(directive in form for directive in _NO_DATE_DIRECTIVE):
            time_only[hit.index[hit.notna()]] = True
    place = pd.Series(distinct.index, index=distinct).reindex(text).to_numpy()
    at = pd.Series(parsed.to_numpy()[place])
    day_free = time_only[place]
    reason = np.full(len(text), "", dtype=object)
    lost = at.isna().to_numpy() & (text != "").to_numpy()
    reason[lost] = [f"{word!r} is not a {what} in any format of the mapping" for word in text[lost]]
    if days is not None and day_free.any():
        of_day = at - pd.Timestamp(_TIME_ONLY)
        at = at.where(~day_free, days.at.dt.normalize() + of_day)
        dateless = day_free & days.at.isna().to_numpy()
        reason[dateless] = np.where(
            days.unreadable[dateless] != "", days.unreadable[dateless], "a time of day without a date"
        )
    elif day_free.any():
        at = at.where(~day_free)
        reason[day_free] = "a time of day without a date"
    wrong = at.notna() & (at < pd.Timestamp(_EARLIEST))
    at = at.where(~wrong)
    reason[wrong.to_numpy()] = f"a {what} before {_EARLIEST}"
    return Moments(at, reason, day_free)


def durations(text: pd.Series[str], unit_s: float) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """Parse numbers of units, or H:MM:SS, into seconds. Return NaN and a reason where that fails or is negative."""
    import numpy as np
    import pandas as pd

    seconds = pd.to_numeric(text.where(text != ""), errors="coerce").to_numpy(dtype=np.float64) * unit_s
    clock = np.isnan(seconds) & text.str.fullmatch(r"\d+:[0-5]\d:[0-5]\d").to_numpy(dtype=bool)
    if clock.any():
        parts = text[clock].str.split(":", expand=True).astype(float)
        seconds[clock] = parts[0] * 3600 + parts[1] * 60 + parts[2]
    reason = np.full(len(text), "", dtype=object)
    bad = ~np.isfinite(seconds) & (text != "").to_numpy()
    reason[bad] = [f"{word!r} is not a duration" for word in text[bad]]
    too_long = np.isfinite(seconds) & (seconds > LONGEST_S)
    reason[too_long] = [f"a duration of more than a day: {word}" for word in text[too_long]]
    negative = np.isfinite(seconds) & (seconds < 0)
    reason[negative] = [f"a duration below zero: {word}" for word in text[negative]]
    return np.where(bad | negative | too_long, np.nan, seconds), reason
