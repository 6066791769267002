"""The layout of a hall: what stays the same all day. Lanes of counters, who may serve what, the rules at the door.

Compiled once from the study, so that engines see plain tuples and numbers. A *lane* is a group of equal counters; the
kiosks are a lane too. A *queue* is the set of customers whom the same lanes may serve.
"""

from __future__ import annotations

from dataclasses import dataclass

from scenarios import schema
from scenarios.kpis import KIOSK
from sim.draws import Kind, entity

_LANES_MOST = 1 << 16

COUNTERS = "counters"
"""Name of the lane of ordinary counters, which serve every transaction."""


@dataclass(frozen=True)
class Layout:
    """A hall as its engines see it.

    lanes          names, in the order in which an arrival tries them: fewest transactions first, kiosks last
    lane_queues    for each lane, the queues it serves
    queue_lanes    for each queue, the lanes that serve it, in the order of `lanes`
    queue_of       for each transaction, its queue at the counters
    kiosk_lane     lane and queue of the kiosks, or -1
    rivals         for each queue, the queues that share a lane with it: those waiting "for the same counters"
    """

    name: str
    number: int
    entity: int
    classes: tuple[str, ...]
    transactions: tuple[str, ...]
    lanes: tuple[str, ...]
    lane_queues: tuple[tuple[int, ...], ...]
    queue_lanes: tuple[tuple[int, ...], ...]
    queue_of: tuple[int, ...]
    rivals: tuple[tuple[int, ...], ...]
    kiosk_lane: int
    kiosk_queue: int
    kiosk_waits: bool
    balk_from: tuple[int, ...]
    balk_shares: tuple[float, ...]
    turns_away: bool
    advisers: int

    @property
    def has_kiosks(self) -> bool:
        """Whether the hall has kiosks at all."""
        return self.kiosk_lane >= 0


def layout_of(name: str, number: int, hall: schema.Hall) -> Layout:
    """Compile the layout of a hall. `number` is the draw key of its name (`sim.draws.hall_numbers`)."""
    transactions = tuple(hall.transactions)
    every = frozenset(transactions)
    serves = {COUNTERS: every} | {lane: frozenset(what.serves) for lane, what in hall.counters.lanes.items()}
    lanes = tuple(sorted(serves, key=lambda lane: (len(serves[lane]), lane == COUNTERS, lane)))
    reach = [tuple(i for i, lane in enumerate(lanes) if transaction in serves[lane]) for transaction in transactions]
    queue_lanes = list(dict.fromkeys(reach))
    queue_of = tuple(queue_lanes.index(lanes_of_it) for lanes_of_it in reach)
    kiosk_lane = kiosk_queue = -1
    if hall.kiosks is not None and hall.kiosks.count > 0:
        kiosk_lane, kiosk_queue = len(lanes), len(queue_lanes)
        lanes += (KIOSK,)
        queue_lanes.append((kiosk_lane,))
    steps = sorted(hall.balking.queue.items()) if hall.balking is not None else []
    return Layout(
        name=name,
        number=number,
        entity=entity(Kind.HALL, number * _LANES_MOST),
        classes=tuple(hall.customers),
        transactions=transactions,
        lanes=lanes,
        lane_queues=tuple(
            tuple(q for q, served_by in enumerate(queue_lanes) if lane in served_by) for lane in range(len(lanes))
        ),
        queue_lanes=tuple(queue_lanes),
        queue_of=queue_of,
        rivals=tuple(
            tuple(q for q, served_by in enumerate(queue_lanes) if set(served_by) & set(mine)) for mine in queue_lanes
        ),
        kiosk_lane=kiosk_lane,
        kiosk_queue=kiosk_queue,
        kiosk_waits=hall.kiosks is not None and hall.kiosks.when_full == "queue",
        balk_from=tuple(length for length, _ in steps),
        balk_shares=tuple(share for _, share in steps),
        turns_away=hall.closing == "turn_away_waiting",
        advisers=hall.advisers.count if hall.advisers is not None and hall.advisers.pre_check is not None else 0,
    )
