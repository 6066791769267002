"""What else a staffing may decide: kiosks, advisers and fast lanes with their cost, and staff that halls lend.

None of it changes a run: a plan is made for each number that may be chosen.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from scenarios import units
from scenarios.schema.amounts import Money
from scenarios.schema.fields import Names, Servers, SpanOfDay
from scenarios.schema.parts import Leaf, Part, Span
from scenarios.units import QuantityError

MOST_OPTIONS = 48
"""Most combinations of decisions of one hall, or of halls that share staff."""

MOST_OF_A_KIND = 1_000
"""Most kiosks, advisers or fast-lane counters that may be asked about."""

FAST_LANE = "fast_lane"
"""Name of the lane that a decision on fast lanes opens."""


def _counts(raw: Any) -> tuple[int, ...]:
    if not isinstance(raw, list | tuple):
        message = f"a list of numbers is wanted here, not {units.described(raw)}"
        raise QuantityError("type", message, "write `[0, 1, 2]`")
    counts = tuple(units.parse_whole(each, 0, MOST_OF_A_KIND) for each in raw)
    if not counts:
        raise QuantityError("empty", "at least one number is wanted here", "write `[0, 1, 2]`")
    if len(set(counts)) < len(counts):
        raise QuantityError("duplicate", "a number is listed twice", "list each once")
    return counts


Counts = Annotated[tuple[int, ...], Leaf("weights", _counts, units.WHOLE)]


class Device(Part):
    """Something a hall may have one of these numbers of; `cost` is for each of them and a day."""

    counts: Counts
    cost_fen: Money = Field(alias="cost")


class FastLane(Device):
    """Counters of their own for short business, on top of the common ones, all day or within `hours`."""

    serves: Names
    hours: SpanOfDay | None = None


class HallDecisions(Part):
    """What may be decided in a hall beside its shifts."""

    kiosks: Device | None = None
    advisers: Device | None = None
    fast_lane: FastLane | None = None


class Decisions(HallDecisions):
    """What may be decided in every hall; what stands below `halls` replaces it in a hall."""

    halls: dict[str, HallDecisions] = Field(default_factory=dict)

    def of(self, hall: str) -> HallDecisions:
        """The decisions of one hall."""
        own = self.halls.get(hall)
        kept = {name: getattr(self, name) for name in HallDecisions.model_fields}
        if own is not None:
            kept |= {name: getattr(own, name) for name in own.model_fields_set}
        return HallDecisions.model_construct(**kept)


class Lending(Part):
    """Halls that a hall may lend staff `to` for whole shifts, `most` people a day; each pays `travel` on top."""

    to: Names
    travel_fen: Money = Field(default=0, alias="travel")
    most: Servers | None = None


def open_hours(lane: FastLane, hours: Span) -> Span:
    """When the counters of a fast lane are open in a hall with these hours; empty where the two don't meet."""
    if lane.hours is None:
        return hours
    return Span(max(lane.hours.open_us, hours.open_us), min(lane.hours.close_us, hours.close_us))
