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


class DayTables:
    """The terms of a run as tables: made once, and brought up to date for each day.

    `of(rules)` overwrites the tables that it gave before. Segments and standing never change; `rules` are a new object
    where they do.
    """

    def __init__(
        self, segments: Segments, plans: Plans, offers: Offers, standing: Standing, network: Network, compiled: bool
    ) -> None:
        self._plans, self._offers, self._network, self._standing = plans, offers, network, standing
        self._compiled = compiled
        self._segments = self._rows(segments, ("brand",), added=standing.switching)
        self._brand = segments.brand
        self._made: dict[str, Rows] = {}
        self._rules: Rules | None = None

    def of(self, rules: Rules) -> Tables:
        """Tables of the terms as they stand, in the form that the engine likes. The values are the same."""
        if rules is not self._rules:
            self._rules, self._made["rules"] = rules, self._rows(rules)
        return Tables(
            self._segments,
            self._today("plans", self._plans),
            self._today("offers", self._offers, ("segments",)),
            self._today("operators", self._network, ("circle_day", "wake")),
            self._made["rules"],
            self._brand,
            self._standing.brand,
            self._offers.segments,
            self._network.circle_day,
            self._network.wake,
        )

    def _today(self, name: str, terms: Any, leave: tuple[str, ...] = ()) -> Rows:
        made = self._made.get(name)
        if made is None or not self._compiled:
            made = self._made[name] = self._rows(terms, leave)
        else:
            for column in made.dtype.names:
                made[column] = getattr(terms, column)
        return made

    def _rows(self, terms: Any, leave: tuple[str, ...] = (), **more: Any) -> Rows:
        columns = {name: np.atleast_1d(getattr(terms, name)) for name in terms._fields if name not in leave} | more
        count = max(column.size for column in columns.values())
        made = np.zeros(count, [(name, column.dtype) for name, column in columns.items()])
        for name, column in columns.items():
            made[name] = column
        if self._compiled:
            return made.view(np.recarray)
        return tuple(SimpleNamespace(**dict(zip(columns, row, strict=True))) for row in made.tolist())
