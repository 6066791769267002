"""Where the lives of a subscriber part in two arms, and the shortest way from there to the difference.

Pure functions on the diaries of both arms, of those who differ. An event that has its like in the other life (same
day, same kind, same names) explains nothing and is left out; so is all that comes after the lives have parted for good.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from outputs.stories import MOMENTS_TOLD, NOWHERE, Moment, Path, Step
from standfast.experiments.lives import MOVES, Event, Names, telling

if TYPE_CHECKING:
    import pandas as pd

FROM_OUTSIDE = frozenset({"contacted", "accepted", "saved", "waited_long", "left_queue", "complained"})
"""Events that can be a cause in themselves; they go before those that only show that something was missing."""

DECISIONS = frozenset(
    {"considered", "changed_plan", "asked_to_leave", "left", "joined", "lapsed", "closed", "suspended", "reregistered"}
)
"""What subscribers do of their own: a difference that begins with one has its cause before it."""

STEPS = 8
"""Most steps of a path; the middle ones give way."""

NEVER = 1 << 30
"""A day after every other."""


class Cause(NamedTuple):
    """The first event at which two lives part, and in which arm it happened: `baseline` or `arm`.

    `bare`: the event is a decision of the subscriber's own and nothing that happened to it before differs, so that the
    cause lies in prices, offers or the market around it.
    """

    event: Event
    side: str
    bare: bool


@dataclass(frozen=True)
class Fork:
    """How two lives part: the cause (None: only the order within a day differs), events and paths of both.

    Of many events the middle ones are left out, more than a story tells being left.
    """

    cause: Cause | None
    baseline: tuple[Event, ...]
    arm: tuple[Event, ...]
    baseline_path: Path
    arm_path: Path


def forks(who: pd.DataFrame, baseline: pd.DataFrame, arm: pd.DataFrame, names: tuple[Names, Names]) -> list[Fork]:
    """Return how the lives of each of `who` part, in its order; diaries and names are those of baseline and arm."""
    before, after = telling(baseline, arm, names)
    own = names[0].own
    columns = [who[name].tolist() for name in ("id", "start", "change", "baseline_end", "arm_end")]
    return [
        fork(before.of(id), after.of(id), start, change, (end_before, end_after), own)
        for id, start, change, end_before, end_after in zip(*columns, strict=True)
    ]


def fork(
    baseline: Sequence[Event], arm: Sequence[Event], start: str, change: str, ends: tuple[str, str], own: str
) -> Fork:
    """Return how two lives part, from their telling events. `ends` are the operators at the end of each."""
    settled = settled_day(baseline, arm, start, change, own)
    told = [[e for e in events if not e.alike and e.day <= settled] for events in (baseline, arm)]
    cause = first_cause(told[0], told[1])
    if cause is None or cause.bare:
        parted = cause.event.day if cause is not None else settled
        waits = [_other_wait(events, parted) for events in (baseline, arm)]
        if waits[0] is not None and waits[1] is not None:
            longer = "baseline" if waits[0].minutes > waits[1].minutes else "arm"
            cause = Cause(waits[0] if longer == "baseline" else waits[1], longer, False)
            told = [[wait, *events] for wait, events in zip(waits, told, strict=True) if wait is not None]
    paths = [path(events, start, end, own) for events, end in zip(told, ends, strict=True)]
    return Fork(cause, _ends(told[0]), _ends(told[1]), paths[0], paths[1])


def first_cause(baseline: Sequence[Event], arm: Sequence[Event]) -> Cause | None:
    """Return the first event without a like; of one day, what comes from outside first, then what the arm did."""
    first: Cause | None = None
    best = (NEVER, 0)
    for side, events in (("arm", arm), ("baseline", baseline)):
        for event in events:
            kind = event.step.kind
            rank = (event.day, 0 if kind in FROM_OUTSIDE else 2 if kind in DECISIONS else 1)
            if rank < best:
                first, best = Cause(event, side, kind in DECISIONS), rank
    return first


def settled_day(baseline: Sequence[Event], arm: Sequence[Event], start: str, change: str, own: str) -> int:
    """Return the day from which the difference stands: nothing later explains it.

    For those kept or lost, the day from which one life is with us and the other is not, to the end; for those who end
    elsewhere, the day from which they are at different operators; for the same end, the day on which both are at one
    operator again, or NEVER where they always were.
    """
    ours = change in ("kept", "lost")

    def view(operator: str) -> object:
        return operator == own if ours else operator

    moves = sorted(
        (event.day, side, place, event)
        for side, events in enumerate((baseline, arm))
        for place, event in enumerate(events)
        if event.step.kind in MOVES
    )
    at, since, again = [start, start], NEVER, NEVER
    days = sorted({day for day, *_ in moves})
    for day in days:
        for _, side, _, event in (move for move in moves if move[0] == day):
            at[side] = moved_to(event.step)
        apart = view(at[0]) != view(at[1])
        if apart and since == NEVER:
            since = day
        if not apart and since != NEVER:
            since, again = NEVER, day
    return again if change == "same" else since


def moved_to(step: Step) -> str:
    """Return the operator that a move leads to."""
    return step.name if step.kind in ("left", "joined") else NOWHERE


def path(events: Sequence[Event], start: str, end: str, own: str) -> Path:
    """Return the steps of one life to its end: each but moves once, in the order of first appearance, without dates."""
    steps: list[Step] = []
    seen: set[Step] = set()
    for event in events:
        step = _path_step(event)
        if step.kind in MOVES or step not in seen:
            seen.add(step)
            steps.append(step)
    moves = [event.step for event in events if event.step.kind in MOVES]
    at = moved_to(moves[-1]) if moves else start
    if end != at:
        steps.append(Step("ended", end))
    elif not moves:
        steps.append(Step("stayed", "" if end == own else end))
    if len(steps) > STEPS:
        after = STEPS // 2
        steps = [*steps[: STEPS - after - 1], Step("more"), *steps[-after:]]
    return tuple(steps)


def moment(event: Event, start: datetime.date) -> Moment:
    """Return an event with its date; `start` is that of day 0."""
    date = (start + datetime.timedelta(days=event.day)).isoformat()
    return Moment(date, event.step, event.plan, event.minutes)


def _ends(events: Sequence[Event]) -> tuple[Event, ...]:
    """The first and the last events, so that twenty thousand lives fit into memory."""
    if len(events) <= 2 * MOMENTS_TOLD:
        return tuple(events)
    return (*events[:MOMENTS_TOLD], *events[-MOMENTS_TOLD:])


def _path_step(event: Event) -> Step:
    if event.alike and event.step.kind == "waited_long":
        return Step("waited_longer" if event.minutes > event.other else "waited_less", event.step.name)
    return event.step


def _other_wait(events: Sequence[Event], day: int) -> Event | None:
    """Of the same visits with another wait in the other life, up to a day, the one that differs most."""
    found = [e for e in events if e.alike and e.step.kind == "waited_long" and e.day <= day]
    return max(found, key=lambda event: abs(event.minutes - event.other), default=None)
