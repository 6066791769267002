"""The design's hall with remedies and troubles written into it, run and read, for the tests of each of them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd
from hall_studies import day_hall, study

import sim
from sim.halls.record import HallRecord

PLANNED = ("arrival_us", "customer_class", "transaction", "service_us", "patience_us", "willingness", "to_kiosk")
"""What a customer brings with it."""

OF_ARRIVALS = ("crowds", "notices", "elsewhere")


def hall(**changes: Any) -> dict[str, Any]:
    """The design's hall; crowds, notices and other channels go under its arrivals."""
    arrivals = {key: changes.pop(key) for key in OF_ARRIVALS if key in changes}
    return day_hall(**({"arrivals": day_hall()["arrivals"] | arrivals} | changes))


def records(halls: dict[str, dict[str, Any]], long: int = 14, replication: int = 0) -> dict[str, HallRecord]:
    spec = study(halls, f"{long} days", calendar="none")
    return dict(zip(spec.halls, sim.run_halls(spec, replication, engine="compiled"), strict=True))


def record(long: int = 14, replication: int = 0, **changes: Any) -> HallRecord:
    return records({"h": hall(**changes)}, long, replication)["h"]


def frame(long: int = 14, replication: int = 0, **changes: Any) -> pd.DataFrame:
    return sim.simulate(study({"h": hall(**changes)}, f"{long} days", calendar="none"), replication, engine="compiled")


def figure(found: pd.DataFrame, kpi: str, scope: str = "hall/h", period: str = "all") -> float:
    (value,) = found["value"][(found["kpi"] == kpi) & (found["scope"] == scope) & (found["period"] == period)]
    return float(value)


def who(found: HallRecord, which: Any = slice(None)) -> dict[int, tuple[Any, ...]]:
    """What each customer (of a mask) brings with it, by entity."""
    columns = [getattr(found.plan, name)[which].tolist() for name in PLANNED]
    return dict(zip(found.plan.entity[which].tolist(), zip(*columns, strict=True), strict=True))


def lived(found: HallRecord, which: Any = slice(None)) -> list[tuple[Any, ...]]:
    """What each customer (of a mask) brought and what became of it."""
    parts: list[tuple[Any, str]] = [(found.plan, field.name) for field in fields(found.plan)]
    parts += [(found.outcomes, field.name) for field in fields(found.outcomes)]
    return list(zip(*(getattr(part, name)[which].tolist() for part, name in parts), strict=True))


def source(found: HallRecord) -> Any:
    """Source of each walk-in: 0 the hall's profile, from 1 on crowds."""
    return found.plan.entity >> 22 & 15


def on_days(found: HallRecord, *days: int) -> Any:
    """Who came in on these days."""
    return np.isin(found.plan.day, days)


def assert_no_difference(one: pd.DataFrame, other: pd.DataFrame, *new: str) -> None:
    """Equal KPIs, but for those that only the other can have."""
    pd.testing.assert_frame_equal(one, other[~other["kpi"].isin(new)].reset_index(drop=True), check_exact=True)


def near(count: float, of: float, share: float) -> bool:
    """Whether a count is a share of a number within four standard deviations."""
    return abs(count - of * share) <= 4 * float(np.sqrt(of * share * max(1 - share, 0.1))) + 1
