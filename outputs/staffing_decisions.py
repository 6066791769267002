"""What was decided and shared, in words: kiosks and the like, staff that halls lend, options, why there is no plan."""

from __future__ import annotations

from collections.abc import Iterable

from outputs.findings import Language
from outputs.labels import TITLE_CELLS
from outputs.language import say
from outputs.plaintext import shorten
from outputs.quantities import NOTHING
from outputs.staffing_amounts import money
from outputs.staffing_findings import DayPlan, TriedOption, Why, WorkedShift


def decided_words(language: Language, decided: Iterable[tuple[str, int]]) -> str:
    """So many of each: `2 kiosks, no fast lane`."""
    number = {0: ".none", 1: ".one"}
    return say(language, "join.list").join(
        say(language, f"staff.decided.{what}{number.get(count, '')}", count=count) for what, count in decided
    )


def option_title(language: Language, option: TriedOption) -> str:
    """What an option decides; with the hall where there are several."""
    said = []
    for hall, decided in option.decided:
        words = decided_words(language, decided)
        if words and hall:
            words = say(language, "staff.decided.hall", hall=shorten(hall, TITLE_CELLS), decided=words)
        said += [words] if words else []
    return say(language, "join.parts").join(said) or NOTHING


def verdict_words(language: Language, option: TriedOption) -> str:
    """What became of an option, in a few words."""
    if option.verdict == "chosen":
        return say(language, "staff.option.chosen")
    if option.verdict == "none":
        return say(language, "staff.option.none", why="" if option.why is None else why_sentence(language, option.why))
    if option.shifts_fen is not None:
        return say(language, "staff.option.dearer")
    return say(language, "staff.option.dropped", bound=money(language, option.lower_fen or 0))


def why_sentence(language: Language, why: Why) -> str:
    """Why there is no plan."""
    when = why.when.replace("-", "–")
    return say(language, f"staff.none.{why.kind}", when=when, needed=why.needed, most=why.most)


def sharing_sentences(language: Language, plan: DayPlan) -> tuple[str, ...]:
    """With which halls a plan shares staff, how many come from there and how many go."""
    if not plan.partners:
        return ()
    halls = say(language, "join.list").join(shorten(hall, TITLE_CELLS) for hall in plan.partners)
    said = [say(language, "staff.shared", halls=halls)]
    come = _by_hall((shift.lender, shift) for shift in (plan.shifts or plan.reached) if shift.lender)
    for hall, number in come.items():
        said.append(say(language, "staff.shared.come", hall=shorten(hall, TITLE_CELLS), number=number))
    for hall, number in _by_hall(plan.lent).items():
        said.append(say(language, "staff.shared.go", hall=shorten(hall, TITLE_CELLS), number=number))
    return tuple(said)


def _by_hall(shifts: Iterable[tuple[str, WorkedShift]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for hall, shift in shifts:
        found[hall] = found.get(hall, 0) + shift.number
    return found
