"""Channels: on which days they work, and how many contacts they carry. They decide nobody's place in the queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scenarios import schema
from scenarios.calendar import Day
from sim.rules.contact import carried

WITHOUT_LIMIT = 1 << 60
"""Room of a channel without a stated capacity."""


@dataclass
class ChannelRoom:
    """A channel as it works through the days. `left` is the room that is left on the day last begun."""

    channel: schema.Channel
    capacity: float | None
    """Contacts with simulated subscribers on an open day; None is without limit."""
    works: tuple[bool, ...]
    """Whether it works, for each day."""
    left: int = 0
    open_days: int = 0
    """Open days before the one last begun."""
    since: int = 0
    """The first day whose due contacts the day last begun makes: also those of the closed days before it."""
    _begun: int = -1

    @property
    def open(self) -> bool:
        """Whether it works on the day last begun."""
        return self._begun >= 0 and self.works[self._begun]

    def begin(self, day: int) -> None:
        """Begin a day; every day is to be begun once, in order."""
        if self.open:
            self.open_days += 1
            self.since = self._begun + 1
        self._begun = day
        self.left = 0
        if self.open:
            self.left = WITHOUT_LIMIT if self.capacity is None else carried(self.capacity, self.open_days)

    def due_days(self) -> range:
        """Days whose due contacts are made on the day last begun."""
        return range(self.since, self._begun + 1)


def channel_rooms(study: schema.Study, days: Sequence[Day], weight: float) -> dict[str, ChannelRoom]:
    """All channels, before the first day; capacities are those of the simulated part of the people."""
    rooms = {}
    for name, channel in study.channels.items():
        capacity = None if channel.capacity_per_day is None else channel.capacity_per_day / weight
        works = tuple(channel.days == "all" or is_working(day) for day in days)
        rooms[name] = ChannelRoom(channel, capacity, works)
    return rooms


def is_working(day: Day) -> bool:
    """Whether offices work on a day: weekends worked in exchange count, public holidays don't."""
    return not day.holiday and day.works_as not in ("sat", "sun")
