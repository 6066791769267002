"""The model of a study: frozen parts with units in their names. Reading files is not done here."""

from __future__ import annotations

from scenarios.schema.distributions import (
    LAWS,
    Deterministic,
    Distribution,
    Empirical,
    Erlang,
    Exponential,
    Gamma,
    Hyperexponential,
    Lognormal,
    Triangular,
    Uniform,
    Weibull,
)
from scenarios.schema.fields import WEEKDAYS
from scenarios.schema.hall import (
    Advisers,
    Arrivals,
    Balking,
    Breakdown,
    Busy,
    Counters,
    CustomerClass,
    Hall,
    Kiosks,
    Lane,
    PreCheck,
    Redesigned,
    Target,
    Transaction,
    When,
)
from scenarios.schema.parts import Span, Steps
from scenarios.schema.study import SCHEMA_VERSION, Study

__all__ = [
    "LAWS",
    "SCHEMA_VERSION",
    "WEEKDAYS",
    "Advisers",
    "Arrivals",
    "Balking",
    "Breakdown",
    "Busy",
    "Counters",
    "CustomerClass",
    "Deterministic",
    "Distribution",
    "Empirical",
    "Erlang",
    "Exponential",
    "Gamma",
    "Hall",
    "Hyperexponential",
    "Kiosks",
    "Lane",
    "Lognormal",
    "PreCheck",
    "Redesigned",
    "Span",
    "Steps",
    "Study",
    "Target",
    "Transaction",
    "Triangular",
    "Uniform",
    "Weibull",
    "When",
]
