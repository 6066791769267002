"""What may be decided beside shifts: so many kiosks, advisers and counters of a fast lane, and their cost a day."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from scenarios.schema import Hall, Lane, Span, Steps, Study
from scenarios.schema.staffing_choices import FAST_LANE, FastLane, HallDecisions, open_hours


@dataclass(frozen=True)
class Option:
    """One choice for one hall: numbers of what is decided, None where it stays as the hall has it; cost a day."""

    kiosks: int | None = None
    advisers: int | None = None
    fast_lane: int | None = None
    cost_fen: int = 0

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """What is decided, and how many."""
        found = (("kiosks", self.kiosks), ("advisers", self.advisers), (FAST_LANE, self.fast_lane))
        return tuple((name, count) for name, count in found if count is not None)


AS_IT_IS = Option()
"""The only option of a hall where nothing is decided."""


def decisions_of(study: Study, hall: str) -> HallDecisions:
    """What may be decided in a hall of a study; nothing if its staffing names nothing."""
    decisions = study.staffing.decisions if study.staffing is not None else None
    return HallDecisions() if decisions is None else decisions.of(hall)


def options_of(mine: HallDecisions) -> tuple[Option, ...]:
    """Every combination of what may be decided in a hall, in the order of the study."""
    devices = [mine.kiosks, mine.advisers, mine.fast_lane]
    found = []
    for kiosks, advisers, lane in product(*((None,) if device is None else device.counts for device in devices)):
        chosen = zip(devices, (kiosks, advisers, lane), strict=True)
        cost = sum(device.cost_fen * count for device, count in chosen if device is not None and count is not None)
        found.append(Option(kiosks, advisers, lane, cost))
    return tuple(found)


def with_option(hall: Hall, mine: HallDecisions, option: Option) -> Hall:
    """The hall with so many kiosks and advisers, and with this fast lane on every day that it opens."""
    changed: dict[str, object] = {}
    if option.kiosks is not None and hall.kiosks is not None:
        changed["kiosks"] = hall.kiosks.model_copy(update={"count": option.kiosks})
    if option.advisers is not None and hall.advisers is not None:
        changed["advisers"] = hall.advisers.model_copy(update={"count": option.advisers})
    if option.fast_lane is not None and mine.fast_lane is not None:
        lanes = {name: lane for name, lane in hall.counters.lanes.items() if name != FAST_LANE}
        if option.fast_lane:
            lanes[FAST_LANE] = _lane(mine.fast_lane, hall.hours, option.fast_lane)
        lanes = dict(sorted(lanes.items()))
        changed["counters"] = hall.counters.model_copy(update={"lanes": lanes})
    return hall.model_copy(update=changed) if changed else hall


def _lane(lane: FastLane, hours: Span, count: int) -> Lane:
    """A lane with so many counters while it is open; until closing, its last level holds for those inside."""
    span = open_hours(lane, hours)
    levels = (
        ((span.open_us, count),) if span.close_us >= hours.close_us else ((span.open_us, count), (span.close_us, 0))
    )
    staffing = Steps(tuple(at for at, _ in levels), tuple(level for _, level in levels))
    return Lane.model_construct(serves=lane.serves, staffing=staffing, when=None)
