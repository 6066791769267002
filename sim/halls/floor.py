"""Schedule, reference engine: the floor of a hall as SimPy processes, one a customer → starts, ends and outcomes.

It decides nothing by chance: every number was drawn by the plan. The rules are those of docs/halls.md.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from heapq import heappop, heappush
from typing import Any

import numpy as np
import simpy
from simpy.events import Event

from sim.clock import NEVER_US
from sim.halls.layout import COUNTERS, Layout
from sim.halls.opening import Changes
from sim.halls.outcomes import Fate, Outcomes
from sim.halls.plan import Plan
from sim.order import Rank, Timed
from sim.rules.queueing import balks

Record = Callable[[int, Layout, Plan, int, str], None]
"""Called for a trace: time in µs, hall, plan, row of the customer, and what happens."""

Process = Generator[Event, Any, None]

_FAREWELLS = {
    Fate.ABANDONED: "loses patience and leaves",
    Fate.BALKED: "walks away from the queue",
    Fate.TURNED_AWAY: "is turned away",
}


class Floor:
    """One hall from opening to the last customer: its counters, its queues, and those who stand in them.

    A *ghost* is the place in the queue of somebody who left it: it takes no service and counts in no queue length, but
    when a counter would take it, its offered wait ends.
    """

    def __init__(self, env: simpy.Environment, layout: Layout, plan: Plan, record: Record | None = None) -> None:
        self.env = env
        self.layout = layout
        self.plan = plan
        self._record = record
        self._entity: list[int] = plan.entity.tolist()
        self._arrival_us: list[int] = plan.arrival_us.tolist()
        self._priority: list[int] = plan.priority.tolist()
        self._transaction: list[int] = plan.transaction.tolist()
        self._service_us: list[int] = plan.service_us.tolist()
        self._patience_us: list[int] = plan.patience_us.tolist()
        self._willingness: list[float] = plan.willingness.tolist()
        self._to_kiosk: list[bool] = plan.to_kiosk.tolist()
        self._check_us: list[int] = plan.check_us.tolist()

        lanes, queues, customers = len(layout.lanes), len(layout.queue_lanes), len(plan)
        self._level = [0] * lanes
        self._busy = [0] * lanes
        self._numbers_used = [0] * lanes
        self._numbers_free: list[list[int]] = [[] for _ in range(lanes)]
        self._queues: list[list[tuple[int, int, int, int]]] = [[] for _ in range(queues)]
        self._lane_queues = [[self._queues[q] for q in served] for served in layout.lane_queues]
        self._waiting = [0] * queues
        self._called: dict[int, Event] = {}
        self._shut = False
        self._advisers_free = layout.advisers
        self._to_check: list[tuple[int, int, int, int]] = []
        self._checking: set[int] = set()
        self._checked: set[int] = set()

        self._fate = [int(Fate.PRESENT)] * customers
        self._queue = [-1] * customers
        self._lane = [-1] * customers
        self._counter = [-1] * customers
        self._left_us = [NEVER_US] * customers
        self._gone_us = [NEVER_US] * customers
        self._offered_us = [NEVER_US] * customers

    def outcomes(self) -> Outcomes:
        """What has become of the customers so far."""
        return Outcomes(
            np.array(self._fate, np.int8),
            np.array(self._queue, np.int16),
            np.array(self._lane, np.int16),
            np.array(self._counter, np.int16),
            np.array(self._left_us, np.int64),
            np.array(self._gone_us, np.int64),
            np.array(self._offered_us, np.int64),
        )

    # processes

    def door(self, first: int, end: int) -> Process:
        """Let in the customers of rows `first` up to `end`, each at its time."""
        env = self.env
        for i in range(first, end):
            yield Timed(env, self._arrival_us[i], Rank.ARRIVAL, self._entity[i])
            env.process(self.customer(i))

    def customer(self, i: int) -> Process:
        """A visit, from the door to its end."""
        queue = self._queue[i] = self._choose_queue(i)
        lane = self._idle_lane(queue)
        if lane >= 0:
            self._offered_us[i] = 0
            self._start(i, lane)
        elif self._walks_away(i, queue):
            self._leave_ghost(i, queue)
            self._end(i, Fate.BALKED)
            return
        else:
            yield self._join(i, queue)
            if self._fate[i] != Fate.SERVED:
                return
        yield Timed(self.env, self._gone_us[i], Rank.SERVICE_END, self._entity[i])
        self._finish(i)

    def staff(self, lane: int, changes: Changes) -> Process:
        """Follow the number of staffed counters of a lane, or of working kiosks."""
        rank = Rank.AVAILABILITY if lane == self.layout.kiosk_lane else Rank.STAFFING
        for at_us, level in changes:
            yield Timed(self.env, at_us, rank, self.layout.entity + lane)
            self._level[lane] = level
            self._offer(lane)

    def close(self, at_us: int) -> Process:
        """Close the door. Those inside are served, unless the hall turns them away or nobody is left to serve them."""
        yield Timed(self.env, at_us, Rank.CLOSING, self.layout.entity)
        self._shut = self.layout.turns_away
        for queue, lanes in enumerate(self.layout.queue_lanes):
            if self._shut or not any(self._level[lane] for lane in lanes):
                for _, _, _, i in sorted(self._queues[queue]):
                    if i in self._called:
                        self._give_up(i, Fate.TURNED_AWAY)

    # rules of the floor

    def _choose_queue(self, i: int) -> int:
        layout = self.layout
        if self._to_kiosk[i]:
            kiosks = layout.kiosk_lane
            if layout.kiosk_waits or self._busy[kiosks] < self._level[kiosks]:
                return layout.kiosk_queue
        return layout.queue_of[self._transaction[i]]

    def _idle_lane(self, queue: int) -> int:
        for lane in self.layout.queue_lanes[queue]:
            if self._busy[lane] < self._level[lane]:
                return lane
        return -1

    def _walks_away(self, i: int, queue: int) -> bool:
        layout = self.layout
        if not layout.balk_from:
            return False
        ahead = sum(self._waiting[rival] for rival in layout.rivals[queue])
        return balks(self._willingness[i], ahead, layout.balk_from, layout.balk_shares)

    def _place(self, i: int) -> tuple[int, int, int, int]:
        """The customer's place in the queue: priority, time joined, entity; then the row."""
        return (self._priority[i], self._arrival_us[i], self._entity[i], i)

    def _join(self, i: int, queue: int) -> Event:
        heappush(self._queues[queue], self._place(i))
        self._waiting[queue] += 1
        called = self._called[i] = Event(self.env)
        if self._patience_us[i] < NEVER_US:
            until_us = self._arrival_us[i] + self._patience_us[i]
            impatient = Timed(self.env, until_us, Rank.RENEGE, self._entity[i], i)
            impatient.callbacks.append(self._renege)
        if self._check_us[i]:
            heappush(self._to_check, self._place(i))
            self._see_adviser()
        if self._record:
            self._tell(i, f"waits, {self._waiting[queue] - 1} ahead in its queue")
        return called

    def _leave_ghost(self, i: int, queue: int) -> None:
        heappush(self._queues[queue], self._place(i))

    def _renege(self, impatient: Any) -> None:
        i = impatient.value
        if i in self._called:
            self._give_up(i, Fate.ABANDONED)

    def _give_up(self, i: int, fate: Fate) -> None:
        """Leave the queue unserved; the place in it stays, as a ghost."""
        called = self._stop_waiting(i)
        self._end(i, fate)
        called.succeed()

    def _stop_waiting(self, i: int) -> Event:
        self._waiting[self._queue[i]] -= 1
        if i in self._checking:  # the adviser breaks the check off
            self._checking.discard(i)
            self._advisers_free += 1
            self._see_adviser()
        return self._called.pop(i)

    def _end(self, i: int, fate: Fate) -> None:
        self._fate[i] = fate
        self._left_us[i] = self._gone_us[i] = int(self.env.now)
        if self._record:
            self._tell(i, _FAREWELLS[fate])

    def _offer(self, lane: int) -> None:
        """Let free counters of a lane take the first customers that they may serve, past every ghost on the way."""
        queues = self._lane_queues[lane]
        while self._busy[lane] < self._level[lane] and not self._shut:
            first: list[tuple[int, int, int, int]] | None = None
            for queue in queues:
                if queue and (first is None or queue[0] < first[0]):
                    first = queue
            if first is None:
                return
            i = heappop(first)[3]
            self._offered_us[i] = int(self.env.now) - self._arrival_us[i]
            if i in self._called:
                called = self._stop_waiting(i)
                self._start(i, lane)
                called.succeed()

    def _start(self, i: int, lane: int) -> None:
        self._busy[lane] += 1
        free = self._numbers_free[lane]
        if free:
            self._counter[i] = heappop(free)
        else:
            self._counter[i] = self._numbers_used[lane]
            self._numbers_used[lane] += 1
        self._fate[i] = Fate.SERVED
        self._lane[i] = lane
        now_us = int(self.env.now)
        self._left_us[i] = now_us
        self._gone_us[i] = now_us + self._duration_us(i, lane)
        if self._record:
            waited_s = (now_us - self._arrival_us[i]) / 1e6
            self._tell(i, f"begins at {self._desk(i)} after {waited_s:.0f} s")

    def _duration_us(self, i: int, lane: int) -> int:
        if lane == self.layout.kiosk_lane:
            return int(self.plan.kiosk_service_us[i])
        if i in self._checked:
            return int(self.plan.checked_service_us[i])
        return self._service_us[i]

    def _finish(self, i: int) -> None:
        lane = self._lane[i]
        self._busy[lane] -= 1
        heappush(self._numbers_free[lane], self._counter[i])
        if self._record:
            self._tell(i, f"is done at {self._desk(i)}")
        self._offer(lane)

    # advisers (MISSION F-69): they check documents in the order of the queue, of those who wait

    def _see_adviser(self) -> None:
        while self._advisers_free and self._to_check:
            i = heappop(self._to_check)[3]
            if i in self._called:
                self._advisers_free -= 1
                self._checking.add(i)
                done = Timed(self.env, int(self.env.now) + self._check_us[i], Rank.CHECK_END, self._entity[i], i)
                done.callbacks.append(self._check_done)

    def _check_done(self, done: Any) -> None:
        i = done.value
        if i in self._checking:
            self._checking.discard(i)
            self._checked.add(i)
            self._advisers_free += 1
            if self._record:
                self._tell(i, "has had its documents checked")
            self._see_adviser()

    def _desk(self, i: int) -> str:
        lane = self.layout.lanes[self._lane[i]]
        return f"{'counter' if lane == COUNTERS else lane} {self._counter[i] + 1}"

    def _tell(self, i: int, what: str) -> None:
        if self._record:
            self._record(int(self.env.now), self.layout, self.plan, i, what)
