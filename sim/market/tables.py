"""Tables: what the day reads of segments, plans, campaigns and operators, one record each. It decides nothing.

Compiled, a record is a third of the time of an array for each field. Plain Python is quickest with objects.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.market.terms import Network, Offers, Plans, Rules, Segments, Standing

Floats = NDArray[np.float64]
Rows = Any
"""Records by number, with the fields of a class of `sim.market.terms`: a recarray, or a tuple of objects."""


class Tables(NamedTuple):
    """Everything that a day reads besides the people, as it stands at the midnight before."""

    segments: Rows
    """[s] of Segments, and `added`: what our standing adds to the cost of leaving us."""
    plans: Rows
    offers: Rows
    operators: Rows
    """[o]: quality, users."""
    rules: Rows
    """One record."""
    brand: Floats
    """[s, p]: utility of the brand of each plan, our standing left out."""
    added: Floats
    """[s, p]: what our standing adds to it."""
    reaches: NDArray[np.bool_]
    """[c, s]: whom a campaign is for."""
    circle_day: NDArray[np.int64]
    wake: Floats


def tables_of(
    segments: Segments,
    plans: Plans,
    offers: Offers,
    standing: Standing,
    network: Network,
    rules: Rules,
    compiled: bool,
) -> Tables:
    """Copy the terms of a day into tables, in the form that the engine likes. The values are the same."""

    def rows(terms: Any, leave: tuple[str, ...] = (), **more: Any) -> Rows:
        columns = {name: np.atleast_1d(getattr(terms, name)) for name in terms._fields if name not in leave} | more
        count = max(column.size for column in columns.values())
        made = np.zeros(count, [(name, column.dtype) for name, column in columns.items()])
        for name, column in columns.items():
            made[name] = column
        if compiled:
            return made.view(np.recarray)
        return tuple(SimpleNamespace(**dict(zip(columns, row, strict=True))) for row in made.tolist())

    return Tables(
        rows(segments, ("brand",), added=standing.switching),
        rows(plans),
        rows(offers, ("segments",)),
        rows(network, ("circle_day", "wake")),
        rows(rules),
        segments.brand,
        standing.brand,
        offers.segments,
        network.circle_day,
        network.wake,
    )
