"""Where the lives of a subscriber part in two arms, and the shortest way from there to the difference.

Pure functions on the diaries of both arms, of those who differ. An event that has its like in the other life (same
day, same kind, same names) explains nothing and is left out; so is all that comes after the lives have parted for good.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from outputs.stories import NOWHERE, Moment, Path, Step

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

VISITS = frozenset({"visited", "waited_long", "left_queue"})
"""Events whose `b` is the minutes waited; the minutes are no part of the likeness of two events."""

MOVES = frozenset({"left", "joined", "lapsed", "closed"})
"""Events after which a subscriber is with another operator, or with none."""

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


@dataclass(frozen=True)
class Names:
    """What the numbers in a diary mean: plans, the operator of each plan and of each campaign; and who we are."""

    plans: tuple[str, ...]
    operators: tuple[str, ...]
    campaigns: tuple[str, ...]
    own: str


class Event(NamedTuple):
    """An event of one life. `minutes` is -1 but for visits; `other` is that of its like, -1 where it has none."""

    day: int
    step: Step
    plan: str
    minutes: int
    alike: bool
    other: int


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
    """How two lives part: the cause (None: only the order within a day differs), events and paths of both."""

    cause: Cause | None
    baseline: tuple[Event, ...]
    arm: tuple[Event, ...]
    baseline_path: Path
    arm_path: Path


def readable(diary: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Return a diary with names for its numbers: columns id, day, kind, name, plan, minutes, in its order.

    `name` is the tactic, hall or operator of the event; `plan` the plan that it is about.
    """
    import numpy as np
    import pandas as pd

    kind = diary["event"].astype(str)
    what = diary["what"].astype(object)
    b = diary["b"].to_numpy()
    plan_of_b = _looked_up(names.plans, b)
    plan = np.select(
        [kind.isin(["considered", "changed_plan", "asked_to_leave", "joined", "port_failed"]),
         kind.isin(["left", "reregistered"])],
        [what, plan_of_b],
        "",
    )  # fmt: skip
    operator = pd.Series(plan).map(dict(zip(names.plans, names.operators, strict=True))).fillna("").to_numpy()
    name = np.select(
        [kind.isin(["contacted", "accepted", "saved", "complained", *VISITS]),
         kind == "considered",
         kind.isin(["asked_to_leave", "left", "joined"])],
        [what, _looked_up(names.campaigns, b), operator],
        "",
    )  # fmt: skip
    return pd.DataFrame(
        {
            "id": diary["id"].to_numpy(),
            "day": diary["day"].to_numpy(),
            "kind": kind.to_numpy(),
            "name": name,
            "plan": plan,
            "minutes": np.where(kind.isin(VISITS), b, -1),
        }
    )


def paired(baseline: pd.DataFrame, arm: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both readable diaries with `alike`: an event has its like in the other life, which waited `other` minutes.

    The n-th of several equal events of a day is like the n-th of them in the other life; `other` is -1 without one.
    """
    import pandas as pd

    both = pd.concat([baseline, arm], keys=["baseline", "arm"], names=["side", None]).reset_index("side")
    both["same"] = both.groupby(["id", "day", "kind", "name", "plan"], sort=False).ngroup()
    both["nth"] = both.groupby(["side", "same"], sort=False).cumcount()
    sides = [both[both["side"] == side].drop(columns="side") for side in ("baseline", "arm")]
    found = []
    for here, there in (sides, sides[::-1]):
        likes = there[["same", "nth", "minutes"]].rename(columns={"minutes": "other"})
        joined = here.merge(likes, on=["same", "nth"], how="left", indicator="like")
        joined["alike"] = joined.pop("like") == "both"
        joined["other"] = joined["other"].fillna(-1).astype(int)
        found.append(joined.drop(columns=["same", "nth"]))
    return found[0], found[1]


def telling(events: pd.DataFrame) -> dict[int, list[Event]]:
    """Return the events that can tell something, by id: without a like, moves, and long waits that lasted otherwise."""
    kind = events["kind"]
    other_wait = (kind == "waited_long") & (events["minutes"] != events["other"])
    kept = events[~events["alike"] | kind.isin(MOVES) | other_wait]
    columns = [kept[name].tolist() for name in ("id", "day", "kind", "name", "plan", "minutes", "alike", "other")]
    found: dict[int, list[Event]] = {}
    for id, day, what, name, plan, minutes, alike, other in zip(*columns, strict=True):
        found.setdefault(id, []).append(Event(day, Step(what, name), plan, minutes, alike, other))
    return found


def forks(who: pd.DataFrame, baseline: pd.DataFrame, arm: pd.DataFrame, names: tuple[Names, Names]) -> list[Fork]:
    """Return how the lives of each of `who` part, in its order; diaries and names are those of baseline and arm."""
    before, after = (telling(side) for side in paired(readable(baseline, names[0]), readable(arm, names[1])))
    own = names[0].own
    columns = [who[name].tolist() for name in ("id", "start", "change", "baseline_end", "arm_end")]
    return [
        fork(before.get(id, []), after.get(id, []), start, change, (end_before, end_after), own)
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
    return Fork(cause, tuple(told[0]), tuple(told[1]), paths[0], paths[1])


def first_cause(baseline: Sequence[Event], arm: Sequence[Event]) -> Cause | None:
    """Return the first event without a like; of one day, what comes from outside first, then what the arm did."""
    found = [
        Cause(event, side, event.step.kind in DECISIONS)
        for side, events in (("arm", arm), ("baseline", baseline))
        for event in events
    ]

    def rank(cause: Cause) -> tuple[int, int]:
        return cause.event.day, 0 if cause.event.step.kind in FROM_OUTSIDE else 2 if cause.bare else 1

    return min(found, key=rank, default=None)


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
    for event in events:
        step = _path_step(event)
        if step.kind in MOVES or step not in steps:
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


def _path_step(event: Event) -> Step:
    if event.alike and event.step.kind == "waited_long":
        return Step("waited_longer" if event.minutes > event.other else "waited_less", event.step.name)
    return event.step


def _other_wait(events: Sequence[Event], day: int) -> Event | None:
    """Of the same visits with another wait in the other life, up to a day, the one that differs most."""
    found = [e for e in events if e.alike and e.step.kind == "waited_long" and e.day <= day]
    return max(found, key=lambda event: abs(event.minutes - event.other), default=None)


def _looked_up(names: Sequence[str], numbers: Any) -> NDArray[Any]:
    import numpy as np

    table = np.array([*names, ""], dtype=object)
    index = np.asarray(numbers, dtype=np.int64)
    return table[np.where((index >= 0) & (index < len(names)), index, len(names))]
