"""The market against formulas: shares of a Markov chain, logit shares of those who join, and published survival."""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from standfast.validation.rows import Row, verdict_of
from standfast.validation.sampled import Check

if TYPE_CHECKING:
    import pandas as pd

    from scenarios import Study

PART = "market against formulas"

PEOPLE = 20_000
"""Simulated subscribers of a run, one for each person."""

RUNS = (1, 20)
"""Runs of each market, short and full."""

ERRORS = 4.0
"""Standard errors within which every share has to lie."""

START = date(2010, 7, 1)
LAPSE, JOIN, CONSIDERS, SWITCHING = 0.04, 0.2, 0.25, 0.7
"""The chain's hazards a month, and its cost of switching in utility."""
USERS = {"a": 0.5, "b": 0.2, "c": 0.1}
"""Where the chain's people start; the others have no number."""
FEES = {"a": 60.0, "b": 45.0, "c": 30.0}
PLANS = {"small": ("a", 30.0), "large": ("a", 60.0), "other": ("b", 45.0), "third": ("c", 80.0)}
"""CNY a month of each operator's one plan in the chain; operator and CNY of each plan of the logit."""
PRICE = 0.03
"""Utility of a CNY."""


@dataclass(frozen=True)
class KnownMarket:
    """A market whose shares are known: how it is stated, the kpi that tells them, the truth by scope and period.

    A kpi in people is divided by PEOPLE. `scopes` names each scope as the rows do.
    """

    name: str
    source: str
    study: dict[str, Any]
    kpi: str
    scopes: Mapping[str, str]
    truth: Mapping[str, Mapping[str, float]]


def known_markets() -> tuple[KnownMarket, ...]:
    """The markets of this part."""
    one = {name: {"operator": name, "fee": f"{fee} CNY/month"} for name, fee in FEES.items()}
    plans = {name: {"operator": operator, "fee": f"{fee} CNY/month"} for name, (operator, fee) in PLANS.items()}
    chain = _market(
        one,
        "24 months",
        "60 %/month",
        start={name: f"{share * 100:g} %" for name, share in USERS.items()},
        lapse=f"{LAPSE * 100:g} %/month",
        join=f"{JOIN * 100:g} %/month",
        considers={"base": f"{CONSIDERS * 100:g} %/month"},
        choice={"price": PRICE, "switching": SWITCHING},
    )
    joiners = _market(plans, "1 months", "100 %/month", join="100 %/month", choice={"price": PRICE})
    operators = {f"operator/{name}": f"operator {name}" for name in USERS}
    return (
        KnownMarket("Markov chain", "matrix by day", chain, "subscribers", operators, chain_shares(24)),
        KnownMarket("logit of joiners", "McFadden 1974", joiners, "subscribers", operators, logit_shares()),
        *(
            KnownMarket(
                f"beta hazards, α {alpha}, β {beta}",
                "Fader & Hardie 2007",
                _market(
                    {"a": one["a"]},
                    "8 months",
                    "100 %/month",
                    start={"a": "100 %"},
                    lapse={"dist": "beta", "alpha": alpha, "beta": beta},
                ),
                "retention_rate",
                {"operator/a": "retained"},
                {"operator/a": survival(alpha, beta, 8)},
            )
            for alpha, beta in ((0.704, 1.182), (0.668, 3.806))
        ),
    )


def chain_shares(months: int) -> dict[str, dict[str, float]]:
    """Share of all people with each operator at the end of each month: exact probabilities, day by day.

    Who joins meets a market as saturated as the chain says, which is exact for many people.
    """
    names = list(USERS)
    worth = -PRICE * np.array([FEES[name] for name in names])
    to = np.exp(worth - np.where(np.eye(len(names)) > 0, 0.0, SWITCHING))
    to, first = to / to.sum(axis=1, keepdims=True), np.exp(worth) / np.exp(worth).sum()
    shares: dict[str, dict[str, float]] = {f"operator/{name}": {} for name in names}
    users = np.array([USERS[name] for name in names])
    for month, days in _months(months):
        lapse, considers = _daily(LAPSE, days), _daily(CONSIDERS, days)
        for _ in range(days):
            none = 1 - users.sum()
            users = users * (1 - lapse - considers) + users @ to * considers + none * _daily(JOIN * none, days) * first
        for name, share in zip(names, users.tolist(), strict=True):
            shares[f"operator/{name}"][month] = share
    return shares


def logit_shares() -> dict[str, dict[str, float]]:
    """Share that joins each operator: of its plans, by price alone."""
    weights = {name: math.exp(-PRICE * fee) for name, (_, fee) in PLANS.items()}
    ((month, _),) = _months(1)
    shares = {f"operator/{name}": {month: 0.0} for name in USERS}
    for name, (operator, _) in PLANS.items():
        shares[f"operator/{operator}"][month] += weights[name] / sum(weights.values())
    return shares


def survival(alpha: float, beta: float, months: int) -> dict[str, float]:
    """Share left after each month where everybody has its own hazard from a beta law: shifted-beta-geometric.

    >>> [round(share, 3) for share in survival(0.668, 3.806, 3).values()]
    [0.851, 0.747, 0.67]
    """
    left, found = 1.0, {}
    for t, (month, _) in enumerate(_months(months)):
        left *= (beta + t) / (alpha + beta + t)
        found[month] = left
    return found


def market_checks(full: bool) -> list[Check]:
    """One check a market."""
    return [Check(PART, known.name, Sample(known), RUNS[full], partial(judge, known)) for known in known_markets()]


@dataclass(frozen=True)
class Sample:
    """Runs a market once and keeps the share of each scope, a column, in each period, a row."""

    known: KnownMarket

    def __call__(self, replication: int) -> pd.DataFrame:
        import sim

        frame = sim.simulate(_study(self.known.study), replication, engine="compiled")
        rows = frame[(frame["kpi"] == self.known.kpi) & frame["scope"].isin(list(self.known.truth))]
        shares = rows.pivot(index="period", columns="scope", values="value").drop(index="all")
        return shares / PEOPLE if self.known.kpi == "subscribers" else shares


def judge(known: KnownMarket, frames: Sequence[pd.DataFrame]) -> list[Row]:
    """One row a scope: its worst month. It holds if the shares of all months lie within so many standard errors."""
    people = PEOPLE * len(frames)
    rows = []
    for scope, months in known.truth.items():
        scores = {}
        for month, truth in months.items():
            measured = sum(float(frame[scope].get(month, math.nan)) for frame in frames) / len(frames)
            error = math.sqrt(truth * (1 - truth) / people)
            scores[month] = (measured - truth) / error, measured, ERRORS * error
        worst = max(months, key=lambda month: math.inf if math.isnan(scores[month][0]) else abs(scores[month][0]))
        score, measured, half_width = scores[worst]
        holds = abs(score) <= ERRORS
        note = f"{people:,} people"
        if len(months) > 1:
            note += f"; worst of {len(months)} months, {worst}, {score:+.1f} standard errors"
        name = f"{known.name}: {known.scopes[scope]}"
        rows.append(Row(PART, name, known.source, months[worst], measured, half_width, verdict_of(holds), note))
    return rows


def _months(number: int) -> Iterator[tuple[str, int]]:
    """Label and days of each month from the start."""
    first = START
    for _ in range(number):
        days = monthrange(first.year, first.month)[1]
        yield f"{first:%Y-%m}", days
        first += timedelta(days)


def _daily(hazard: float, days: int) -> float:
    return -math.expm1(math.log1p(-hazard) / days)


def _market(plans: dict[str, Any], horizon: str, bound: str, **segment: Any) -> dict[str, Any]:
    return {
        "name": "market",
        "seed": 2010,
        "start": START.isoformat(),
        "horizon": horizon,
        "calendar": "none",
        "own": "a",
        "population": {"size": PEOPLE, "simulate": PEOPLE},
        "operators": {plan["operator"]: {} for plan in plans.values()},
        "plans": plans,
        "segments": {"all": {"share": "100 %", "usage": {"mean": "100 min/month"}, **segment}},
        "market": {"consideration_bound": bound},
    }


def _study(spec: dict[str, Any]) -> Study:
    from scenarios import Study

    return Study.model_validate(spec)
