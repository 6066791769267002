"""The first event at which two arms part, in words. Which it is, `standfast.experiments.parting` finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from outputs.findings import Language
from outputs.labels import class_label
from outputs.language import say
from outputs.plaintext import shorten
from outputs.stories import Step, Titles, step_words

NAME_CELLS = 40
"""Longest name that is shown, in cells."""

COUNTERS, KIOSK = "counters", "kiosk"
"""Lanes of a hall that have words of their own."""


class Happening(NamedTuple):
    """One event of a run.

    kind        `staffed`; of customers in a hall `comes`, `begins`, `done`, `abandoned`, `balked`, `turned_away`; of
                subscribers `starts` and the steps of `outputs.stories.Step`
    date, clock ISO date, and HH:MM:SS; the midnight at the end of a day is its 24:00:00
    hall        name of the hall, "" where it is none's
    who         `subscriber`, `customer` (a walk-in), "" for the hall itself; `number` is its own
    about       class and transaction of a customer, segment of a subscriber
    name        lane, or what the step of a life is about: tactic, hall, operator
    plan        tariff plan, "" for none
    of          how many counters are staffed, or which counter it is; −1 for none
    """

    kind: str
    date: str
    clock: str
    hall: str = ""
    who: str = ""
    number: int = -1
    about: tuple[str, ...] = ()
    name: str = ""
    plan: str = ""
    of: int = -1


class Parted(NamedTuple):
    """One event that happens in one arm only, and what the other has in its place: the same one's next event, or None.

    Of counters staffed, both arms' levels at that time.
    """

    date: str
    clock: str
    baseline: Happening | None
    arm: Happening | None


@dataclass(frozen=True)
class Parting:
    """Where an arm parts from the baseline in one replication.

    `first` is the first event that differs, `person` the first that a customer or subscriber meets with; None where
    there is none. `same_model`: the two are one model, and no run can differ.
    """

    arm: str
    baseline: str
    point: str
    replication: int
    first: Parted | None
    person: Parted | None
    same_model: bool = False

    @property
    def never(self) -> bool:
        """Whether no event differs."""
        return self.first is None


def told_parting(parting: Parting) -> dict[str, Any]:
    """Return a parting as plain data for JSON."""
    return {
        "arm": parting.arm,
        "baseline": parting.baseline,
        "point": parting.point,
        "replication": parting.replication,
        "same_model": parting.same_model,
        "first": _told(parting.first),
        "person": _told(parting.person),
    }


def parting_of(told: Mapping[str, Any]) -> Parting:
    """Return what `told_parting` told. Raises KeyError, TypeError or ValueError for anything else."""
    return Parting(**{**told, "first": _parted(told["first"]), "person": _parted(told["person"])})


def parting_words(language: Language, parting: Parting, titles: Titles, arm: str) -> str:
    """Return in a few sentences where an arm, which people call `arm`, parts from the baseline."""
    if parting.first is None:
        key = "parting.same_model" if parting.same_model else "parting.never"
        return say(language, key, arm=arm, replication=parting.replication)
    told = [_sentence(language, "parting.first", parting, parting.first, titles, arm)]
    if parting.person is None:
        told.append(say(language, "parting.nobody"))
    elif parting.person != parting.first:
        told.append(_sentence(language, "parting.person", parting, parting.person, titles, arm))
    return say(language, "join.sentences").join(told)


def happening_words(language: Language, what: Happening, titles: Titles) -> str:
    """Return an event in words, without its time."""
    if what.kind == "staffed":
        lane = what.name if what.name in (COUNTERS, KIOSK) else "lane"
        return say(language, f"parting.staffed.{lane}", count=what.of, name=shorten(what.name, NAME_CELLS))
    who = _who(language, what, titles)
    if what.kind == "starts":
        operator = titles.of(language, "operator", what.name)
        plan = titles.of(language, "plan", what.plan)
        return say(
            language, "parting.starts" if what.plan else "parting.starts.nowhere", who=who, operator=operator, plan=plan
        )
    if what.who == "subscriber" and not what.hall:
        step = step_words(language, Step(what.kind, what.name), titles, plan=what.plan)
        return say(language, "parting.step", who=who, step=step)
    desk = what.name if what.name in (COUNTERS, KIOSK) else "lane"
    place = say(language, f"parting.desk.{desk}", count=what.of, name=shorten(what.name, NAME_CELLS))
    key = f"parting.{what.kind}" + (".kiosk" if what.kind == "comes" and what.name == KIOSK else "")
    return say(language, key, who=who, desk=place)


def _sentence(language: Language, key: str, parting: Parting, parted: Parted, titles: Titles, arm: str) -> str:
    there = parted.arm or parted.baseline
    where = titles.of(language, "hall", there.hall) if there is not None and there.hall else ""
    return say(
        language,
        f"{key}.hall" if where else key,
        replication=parting.replication,
        date=parted.date,
        clock=parted.clock,
        where=where,
        arm=arm,
        with_arm=_side(language, parted, parted.arm, titles),
        in_baseline=_side(language, parted, parted.baseline, titles),
    )


def _side(language: Language, parted: Parted, what: Happening | None, titles: Titles) -> str:
    if what is None:
        return say(language, "parting.not")
    words = happening_words(language, what, titles)
    if (what.date, what.clock) == (parted.date, parted.clock):
        return words
    time = what.clock if what.date == parted.date else f"{what.date} {what.clock}"
    return say(language, "parting.at", what=words, time=time)


def _who(language: Language, what: Happening, titles: Titles) -> str:
    if what.who == "subscriber" and not what.hall:
        names = [titles.of(language, "segment", name) for name in what.about]
    else:
        names = [class_label(language, name) for name in what.about]
    about = say(language, "join.list").join(names)
    return say(language, f"parting.{what.who}", number=what.number, about=about)


def _told(parted: Parted | None) -> dict[str, Any] | None:
    if parted is None:
        return None
    sides = {
        name: each._asdict() if each is not None else None
        for name, each in zip(("baseline", "arm"), parted[2:], strict=True)
    }
    return {"date": parted.date, "clock": parted.clock, **sides}


def _parted(told: Mapping[str, Any] | None) -> Parted | None:
    if told is None:
        return None
    sides = [
        Happening(**{**side, "about": tuple(side["about"])}) if side else None
        for side in (told["baseline"], told["arm"])
    ]
    return Parted(str(told["date"]), str(told["clock"]), *sides)
