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

CAUSE = "cause"
"""Part of the scope under which a hall's complaints are counted by cause, `hall/NAME/cause/CAUSE`."""

RUN_BY = "run_by/"
"""Prefix of the scopes under which complaints of all halls of one ownership are counted, `run_by/own`; by cause too."""

OFFERED_WAIT_OVER = "offered_wait_over_"
"""Prefix of the counts of arrivals whose offered wait exceeds a threshold, one for each threshold of the study."""


QUEUE_PERCENTILES: Mapping[str, int] = MappingProxyType(
    {f"queue_p{percent}": percent for percent in (10, 25, 50, 75, 90)}
)
"""Percentiles of a half hour's queue over the days, in per cent by KPI; of whole halls and half hours only."""

OF_THE_WEEK = ("arrivals", "wait_mean", "wait_over_target")
"""KPIs that are known of whole halls for each half hour of each weekday too."""


@dataclass(frozen=True)
class Kpi:
    """One measured quantity.

    `pooled` says how values of several scopes, periods or days become one: `sum` adds `value × weight` (weight 1),
    `mean` divides the sum of `value × weight` by the sum of weights, `none` cannot be pooled (percentiles).
    `goal` is the direction that is better for the operator, used where a study gives none; None: must be given.
    `yes_or_no` says that a value is a share of few verdicts, so that equal values in a few runs prove little.
    `of` are the kinds of scope for which it is measured; see `scope_kind`.
    """

    name: str
    unit: str
    pooled: Pooling
    goal: Literal["min", "max"] | None
    meaning: str
    yes_or_no: bool = False
    of: tuple[str, ...] = ("hall", "own")


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
    *(
        Kpi(
            name,
            "customers",
            "none",
            "min",
            f"mean queue of a half hour that {percent} % of days keep within",
            of=("hall",),
        )
        for name, percent in QUEUE_PERCENTILES.items()
    ),
    Kpi("busy_mean", "counters", "mean", None, "time average of counters that serve during opening hours"),
    Kpi("utilisation", "1", "mean", None, "busy counter time as a share of staffed counter time"),
    Kpi("counter_hours", "h", "sum", "min", "staffed counter hours during opening hours"),
    Kpi("kiosk_share", "1", "mean", "max", "share of kiosk-eligible customers who were served at a kiosk"),
    Kpi("fast_lane_share", "1", "mean", None, "share of those served who were served by a named lane"),
    Kpi("overtime", "min", "mean", "min", "minutes a day from closing until the last service ends"),
    Kpi(
        "complaints_filed", "complaints", "sum", "min", "complaints as they are filed, by cause", of=("hall", "run_by")
    ),
    Kpi("unfinished", "customers", "sum", "min", "customers served whose business was not done: they met a setback"),
    Kpi("elsewhere", "customers", "sum", None, "customers whose business another channel took from the hall"),
    Kpi("sales", "customers", "sum", "max", "customers who bought what they were offered while being served"),
    Kpi("sales_revenue", "CNY", "sum", "max", "what these sales brought"),
    Kpi("remedy_cost", "CNY", "sum", "min", "kiosks, advisers, notices, other channels, sales seats, compensations"),
)

_EVERYBODY = ("own", "rival", "segment")
_OPERATORS = ("own", "rival")
_OURS = ("own", "segment")
_COMPLAINTS = ("hall", "own", "tactic", "run_by")
_OWN = ("own",)
_LAID_OUT = ("own", "tactic")
_TACTIC = ("tactic",)

_MARKET_KPIS = (
    Kpi("subscribers", "subscribers", "none", "max", "users at the end, suspended debtors included", of=_EVERYBODY),
    Kpi("share", "1", "mean", "max", "share of the users of all operators, at the end", of=_OPERATORS),
    Kpi("churn_rate", "1/month", "mean", "min", "users who left the books, of the mean number of users", of=_EVERYBODY),
    Kpi("churn_switching", "1/month", "mean", "min", "part of churn: to another operator", of=_EVERYBODY),
    Kpi("churn_lapse", "1/month", "mean", "min", "part of churn: gave the number up for none", of=_EVERYBODY),
    Kpi("churn_arrears", "1/month", "mean", "min", "part of churn: closed for arrears", of=_EVERYBODY),
    Kpi("churn_reregistration", "1/month", "mean", "min", "part of churn: new number, same operator", of=_EVERYBODY),
    Kpi("acquisitions", "subscribers", "sum", "max", "users who came onto the books", of=_EVERYBODY),
    Kpi("net_additions", "subscribers", "sum", "max", "what the number of users grew by", of=_EVERYBODY),
    Kpi("port_in", "subscribers", "sum", "max", "users who came with their number", of=_EVERYBODY),
    Kpi("port_out", "subscribers", "sum", "min", "users who left with their number", of=_EVERYBODY),
    Kpi("revenue", "CNY", "sum", "max", "bills less price reductions, and leaving fees", of=_EVERYBODY),
    Kpi("arpu", "CNY/month", "mean", "max", "revenue for each user and month", of=_EVERYBODY),
    Kpi("satisfaction", "points", "mean", "max", "mean satisfaction of users at month ends, 0 to 100", of=_EVERYBODY),
    Kpi("satisfaction_gap", "points", "mean", "min", "how far satisfaction stands behind the leader's", of=_OWN),
    Kpi("retention_rate", "1", "mean", "max", "of our users at the start, the share still there at the end", of=_OURS),
    Kpi("revenue_retention", "1", "mean", "max", "what the users of the start are billed, of what they were", of=_OURS),
    Kpi("win_back", "subscribers", "sum", "max", "users who had left us and came back in time", of=_OWN),
    Kpi("save_rate", "1", "mean", "max", "of those who asked to leave, the share kept by the save desk", of=_OWN),
    Kpi("staff_cost", "CNY", "sum", "min", "cost of staffed counter hours"),
    Kpi("serving_cost", "CNY", "sum", "min", "cost of network and service, a share of revenue", of=_OWN),
    Kpi("margin", "CNY", "sum", "max", "revenue less serving, tactics, staff, subsidies and commissions", of=_OWN),
    Kpi("net_value", "CNY", "sum", "max", "margin, discounted", of=_OWN),
    Kpi("clv", "CNY", "mean", "max", "lifetime value of a user at the present churn and margin", of=_OWN),
    Kpi("payback", "months", "mean", "min", "months until an acquisition has paid for itself", of=_OWN),
    Kpi("tactic_cost", "CNY", "sum", "min", "fixed costs, contacts and acceptances of tactics", of=_LAID_OUT),
    Kpi("subsidy", "CNY", "sum", "min", "subsidies paid to users", of=(*_LAID_OUT, "rival")),
    Kpi("commission", "CNY", "sum", "min", "commissions for acquisitions and acceptances", of=_LAID_OUT),
    Kpi("forgone", "CNY", "sum", "min", "price reductions", of=_LAID_OUT),
    Kpi("spend", "CNY", "sum", "min", "tactic cost, subsidy, commission and price reductions", of=_OPERATORS),
    Kpi("cannibalised", "CNY", "sum", "min", "price reductions to those who would have stayed", of=_LAID_OUT),
    Kpi("kept_revenue", "CNY", "sum", "max", "bills of those who stay because of a tactic", of=_LAID_OUT),
    Kpi("roi", "1", "mean", "max", "what tactics gained beyond what they cost, of what they cost", of=_LAID_OUT),
    Kpi("contacts", "contacts", "sum", None, "contacts made, whether anybody answered or not", of=_TACTIC),
    Kpi("acceptances", "subscribers", "sum", "max", "contacts that accepted the offer", of=_TACTIC),
    Kpi(
        "complaints",
        "complaints",
        "sum",
        "min",
        "complaints about a hall, kiosks included, or a tactic",
        of=_COMPLAINTS,
    ),
    Kpi("budget_stops", "months", "sum", "min", "months in which the budget stopped it", of=_TACTIC),
    Kpi("switches", "subscribers", "sum", None, "people who went from one to the other", of=("flow",)),
)

KPIS: Mapping[str, Kpi] = MappingProxyType({kpi.name: kpi for kpi in (*_HALL_KPIS, *_MARKET_KPIS)})
"""Every KPI by name, but the counts by threshold; `find_kpi` knows those too."""


def week_period(weekday: str, half_hour: str) -> str:
    """Period of a half hour of one weekday, all such days together.

    >>> week_period("mon", "09:30")
    'mon-09:30'
    """
    return f"{weekday}-{half_hour}"


def scope_kind(scope: str, own: str) -> str:
    """Kind of a scope: `own` and `rival` operators, `segment`, `tactic`, `flow`, `hall` for halls and their classes, or
    `run_by` for the halls of one ownership.

    >>> scope_kind("operator/unicom", "mobile"), scope_kind("hall/gaosheng/gotone", "mobile")
    ('rival', 'hall')
    """
    if scope.startswith(OPERATOR):
        return "own" if scope == operator_scope(own) else "rival"
    return scope.partition("/")[0]


def of_halls(kpi: Kpi) -> bool:
    """Whether a KPI measures halls, and not the market."""
    return "hall" in kpi.of


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
