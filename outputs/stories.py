"""Lives that part between two arms, told: one step, a path in a few words, a story of a few sentences.

It words what it is given. Which moments explain a difference is decided by `standfast.experiments.paths`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from outputs.findings import Language
from outputs.language import say
from outputs.plaintext import shorten

NOWHERE = "none"
"""Operator of people without a number."""

ARROW = " → "
MOMENTS_TOLD = 8
"""Most moments of one life that a story tells; the middle ones give way."""

NAME_CELLS = 40
"""Longest name of a person's surroundings that is shown, in cells."""

_NAMED = {
    "contacted": "tactic",
    "accepted": "tactic",
    "saved": "tactic",
    "visited": "hall",
    "waited_long": "hall",
    "waited_longer": "hall",
    "waited_less": "hall",
    "left_queue": "hall",
    "complained": "hall",
    "considered": "operator",
    "asked_to_leave": "operator",
    "left": "operator",
    "joined": "operator",
    "stayed": "operator",
    "ended": "operator",
}
"""What the name of a step is a name of."""


class Step(NamedTuple):
    """One step of a path: what happened, and the tactic, hall or operator it happened with ("" if none).

    `kind` is an event of a subscriber's life as `sim.market.events.Happened` has it, in lower case, or one of
    `waited_longer`, `waited_less` (the same visit, another wait), `stayed`, `ended`, `more` (left out here).
    """

    kind: str
    name: str = ""

    @property
    def code(self) -> str:
        """The step as tables for machines have it: `contacted(outbound_call)`."""
        return f"{self.kind}({self.name})" if self.name else self.kind


class Moment(NamedTuple):
    """A step with its date (ISO), the plan it is about ("" if none) and the whole minutes waited (-1 if none)."""

    date: str
    step: Step
    plan: str = ""
    minutes: int = -1


Path = tuple[Step, ...]


@dataclass(frozen=True)
class Story:
    """One subscriber in two arms: the moments that part its lives, and where each life ends.

    `change` is `kept`, `lost`, `elsewhere` or `same`; the moments begin where the lives part.
    """

    replication: int
    id: int
    segment: str
    change: str
    baseline: tuple[Moment, ...]
    arm: tuple[Moment, ...]
    baseline_end: str
    arm_end: str


@dataclass(frozen=True)
class Titles:
    """What stands for the names of a study: titles by name, for each kind of name; and our operator."""

    own: str
    by_kind: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, language: Language, kind: str, name: str) -> str:
        """Return the title of a name, or the name where it has none, short and on one line."""
        if kind == "operator" and name == NOWHERE:
            return say(language, "why.nowhere")
        return shorten(self.by_kind.get(kind, {}).get(name) or name, NAME_CELLS)


def path_code(path: Path) -> str:
    """Return a path as tables for machines have it: `contacted(call) → accepted(call) → stayed`."""
    return ARROW.join(step.code for step in path)


def path_words(language: Language, path: Path, titles: Titles) -> str:
    """Return a path in words: `reached by the call → accepted it → stayed`."""
    return ARROW.join(step_words(language, step, titles) for step in path)


def step_words(language: Language, step: Step, titles: Titles, minutes: int = -1, plan: str = "") -> str:
    """Return a step in words, with the minutes and the plan where they are known."""
    key = f"why.step.{step.kind}"
    values: dict[str, object] = {"name": titles.of(language, _NAMED.get(step.kind, ""), step.name)}
    if step.kind in ("left", "joined") and step.name == titles.own:
        key += ".own"
    elif step.kind == "stayed" and step.name == NOWHERE:
        key += ".nowhere"
    elif not step.name and step.kind in ("considered", "complained", "stayed"):
        key += ".plain"
    if minutes >= 0 and step.kind in ("visited", "waited_long", "left_queue"):
        key, values["minutes"] = f"{key}.minutes", minutes
    if plan and step.kind == "changed_plan":
        key, values["plan"] = f"{key}.plan", titles.of(language, "plan", plan)
    return say(language, key, **values)


def moments_words(language: Language, moments: Sequence[Moment], titles: Titles) -> str:
    """Return moments in words, each date once: `2010-08-30 waited 34 min in Shawan; complained; 2010-10-04 left …`."""
    told = list(moments)
    if len(told) > MOMENTS_TOLD:
        after = MOMENTS_TOLD // 2
        told = [*told[: MOMENTS_TOLD - after - 1], Moment("", Step("more")), *told[-after:]]
    parts = []
    for date, of_day in groupby(told, key=lambda moment: moment.date):
        words = [step_words(language, each.step, titles, each.minutes, each.plan) for each in of_day]
        parts.append(say(language, "join.parts").join([f"{date} {words[0]}".strip(), *words[1:]]))
    return say(language, "join.parts").join(parts)


def story_words(language: Language, story: Story, titles: Titles, arm: str, replications: int = 1) -> str:
    """Return a story of a few sentences. `arm` is what people call the arm."""
    who = "why.story.who_of" if replications > 1 else "why.story.who"
    segment = titles.of(language, "segment", story.segment)
    sentences = [say(language, who, id=story.id, segment=segment, replication=story.replication)]
    for name, moments, end in (
        (say(language, "why.in_baseline"), story.baseline, story.baseline_end),
        (say(language, "why.in_arm", arm=arm), story.arm, story.arm_end),
    ):
        ending = say(language, f"why.end.{end_key(end, titles.own)}", name=titles.of(language, "operator", end))
        life = moments_words(language, moments, titles) or say(language, "why.story.nothing")
        sentences.append(say(language, "why.story.life", where=name, life=life, end=ending))
    return say(language, "join.sentences").join(sentences)


def end_key(operator: str, own: str) -> str:
    """Return which words tell that a life ends with an operator: `own`, `nowhere` or `other`."""
    return "own" if operator == own else "nowhere" if operator == NOWHERE else "other"
