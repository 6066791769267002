"""The vocabulary of measured results: name, unit and pooling rule of every KPI.

It stands in `scenarios` because a study names KPIs under `compare`; the simulator fills them. It decides no values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from scenarios.units import SECOND_US

Pooling = Literal["sum", "mean", "none"]

OPERATOR = "operator/"
"""Prefix of the scopes of whole operators; the default scope of a metric is our own."""

OUR_OWN = "own"
"""Our operator's name in a study that gives none."""

ALL_PERIODS = "all"
"""Period that covers the whole measured time; the default period."""

KIOSK = "kiosk"
"""Last part of the scope under which a hall's kiosk customers are measured; no class can have this name."""

OFFERED_WAIT_OVER = "offered_wait_over_"
"""Prefix of the counts of arrivals whose offered wait exceeds a threshold, one for each threshold of the study."""


@dataclass(frozen=True)
class Kpi:
    """One measured quantity.

    `pooled` says how values of several scopes, periods or days become one: `sum` adds `value × weight` (weight 1),
    `mean` divides the sum of `value × weight` by the sum of weights, `none` cannot be pooled (percentiles).
    `goal` is the direction that is better for the operator, used where a study gives none; None: must be given.
    `yes_or_no` says that a value is a share of few verdicts, so that equal values in a few runs prove little.
    """

    name: str
    unit: str
    pooled: Pooling
    goal: Literal["min", "max"] | None
    meaning: str
    yes_or_no: bool = False


_HALL_KPIS = (
    Kpi("arrivals", "customers", "sum", None, "customers who came to the counters (kiosk customers apart)"),
    Kpi("served", "customers", "sum", "max", "customers whose service began"),
    Kpi("abandoned", "customers", "sum", "min", "customers who left the queue before service (reneging)"),
    Kpi("balked", "customers", "sum", "min", "customers who saw the queue and walked away"),
    Kpi("turned_away", "customers", "sum", "min", "customers still waiting when the hall stopped serving"),
    Kpi("wait_mean", "min", "mean", "min", "mean wait of those served"),
    Kpi("wait_p50", "min", "none", "min", "median wait of those served, in whole seconds"),
    Kpi("wait_p90", "min", "none", "min", "ninth decile of the wait of those served, in whole seconds"),
    Kpi("wait_over_target", "1", "mean", "min", "share of customers whose wait exceeds the target of their class"),
    Kpi("on_target", "1", "mean", "max", "1 for a hall and month in which every class met its targets", True),
    Kpi("queue_mean", "customers", "mean", "min", "time average of customers waiting during opening hours"),
    Kpi("busy_mean", "counters", "mean", None, "time average of counters that serve during opening hours"),
    Kpi("utilisation", "1", "mean", None, "busy counter time as a share of staffed counter time"),
    Kpi("counter_hours", "h", "sum", "min", "staffed counter hours during opening hours"),
    Kpi("kiosk_share", "1", "mean", "max", "share of kiosk-eligible customers who were served at a kiosk"),
    Kpi("fast_lane_share", "1", "mean", None, "share of those served who were served by a named lane"),
    Kpi("overtime", "min", "mean", "min", "minutes a day from closing until the last service ends"),
)

KPIS: Mapping[str, Kpi] = MappingProxyType({kpi.name: kpi for kpi in _HALL_KPIS})
"""Every KPI by name, but the counts by threshold; `find_kpi` knows those too."""


def operator_scope(own: str) -> str:
    """Scope of an operator; for hall KPIs all its halls of the study together.

    >>> operator_scope("mobile")
    'operator/mobile'
    """
    return OPERATOR + own


def offered_wait_kpi(threshold_us: int) -> str:
    """Name of the count of arrivals whose offered wait exceeds `threshold_us` microseconds.

    >>> offered_wait_kpi(600_000_000), offered_wait_kpi(90_000_000)
    ('offered_wait_over_10min', 'offered_wait_over_90s')
    """
    seconds, rest = divmod(threshold_us, SECOND_US)
    if rest:
        return f"{OFFERED_WAIT_OVER}{threshold_us / SECOND_US:g}s"
    if seconds % 60:
        return f"{OFFERED_WAIT_OVER}{seconds}s"
    return f"{OFFERED_WAIT_OVER}{seconds // 60}min"


def find_kpi(name: str) -> Kpi | None:
    """Return the KPI of that name, or None. Counts by threshold are known by their prefix."""
    if name.startswith(OFFERED_WAIT_OVER):
        return Kpi(name, "customers", "sum", "min", "arrivals whose offered wait exceeds the threshold")
    return KPIS.get(name)
