"""A staffing in sentences: the lead of a page, what a plan costs, who judged it, what binds it, why there is none."""

from __future__ import annotations

import math

import numpy as np

from outputs.findings import Language
from outputs.labels import TITLE_CELLS, class_label
from outputs.language import has, say
from outputs.plaintext import printable, shorten
from outputs.staffing_amounts import limit_words, minutes, money, per_cent, span_words
from outputs.staffing_decisions import decided_words, sharing_sentences, why_sentence
from outputs.staffing_findings import Bottleneck, DayPlan, StaffingFindings
from scenarios.units import HOUR_US, clock_text


def day_label(language: Language, day: str) -> str:
    """The words of a kind of day; one that the study names keeps its name."""
    return say(language, f"staff.day.{day}") if has(language, f"staff.day.{day}") else shorten(day, TITLE_CELLS)


def hall_name(plan: DayPlan) -> str:
    """The title of a plan's hall, or its name."""
    return shorten(plan.hall_title or plan.hall, TITLE_CELLS)


def plan_title(language: Language, plan: DayPlan) -> str:
    """Hall and kind of day."""
    return say(language, "staff.title", hall=hall_name(plan), day=day_label(language, plan.day))


def cell_words(plan: DayPlan, cell: int) -> str:
    """A half hour of a plan's day."""
    return span_words(plan.edges_us[cell], plan.edges_us[cell + 1])


def cells_words(language: Language, plan: DayPlan, cells: tuple[int, ...]) -> str:
    """Half hours in words; neighbours become one span."""
    spans: list[list[int]] = []
    for cell in cells:
        if spans and spans[-1][1] == cell:
            spans[-1][1] = cell + 1
        else:
            spans.append([cell, cell + 1])
    edges = plan.edges_us
    return say(language, "join.list").join(span_words(edges[first], edges[end]) for first, end in spans)


def who_words(language: Language, class_: str) -> str:
    """A class of customers within a sentence."""
    return say(language, "staff.everybody") if class_ == "all" else printable(class_label(language, class_))


def lead_sentence(found: StaffingFindings) -> str:
    """The whole staffing in one sentence."""
    language, plans = found.language, found.plans
    good = sum(plan.found for plan in plans)
    if len(plans) == 1:
        title, only = plan_title(language, plans[0]), plans[0]
        if not good:
            return say(language, "staff.lead.one_none", title=title)
        cost = money(language, only.cost_fen)
        if only.decided_fen:
            decided = decided_words(language, only.decided)
            return say(language, "staff.lead.decided", title=title, people=only.people, decided=decided, cost=cost)
        return say(language, "staff.lead.one", title=title, people=only.people, cost=cost)
    key = "all" if good == len(plans) else "some" if good else "none"
    return say(language, f"staff.lead.{key}", all=len(plans), found=good, missing=len(plans) - good)


def plan_sentences(found: StaffingFindings, plan: DayPlan) -> tuple[str, ...]:
    """What a plan costs, whether a cheaper one exists, heads to pay, what it is compared with; or why there is none."""
    language = found.language
    if not plan.found:
        said = [none_sentence(language, plan), reached_sentence(language, plan), judge_sentence(language, plan)]
        return (*said, *sharing_sentences(language, plan))
    said = [say(language, "staff.cost", people=plan.people, cost=money(language, plan.cost_fen))]
    if plan.decided:
        shifts = money(language, plan.cost_fen - plan.decided_fen)
        words = {"decided": decided_words(language, plan.decided), "shifts": shifts}
        said = [say(language, "staff.cost.decided", people=plan.people, cost=money(language, plan.cost_fen), **words)]
    if plan.proven:
        said.append(say(language, "staff.proven"))
    elif plan.lower_bound_fen < plan.cost_fen:
        said.append(say(language, "staff.bound", bound=money(language, plan.lower_bound_fen)))
    else:
        said.append(say(language, "staff.bound_equal"))
    if found.shrinkage > 0:
        away = limit_words(language, found.shrinkage)
        said.append(say(language, "staff.paid", shrinkage=away, paid=plan.paid, people=plan.own))
    if plan.on_target is not None:
        said.append(say(language, "staff.on_target", share=per_cent(language, plan.on_target)))
    said += [before_sentence(language, plan), judge_sentence(language, plan)]
    return (*said, *sharing_sentences(language, plan))


def before_sentence(language: Language, plan: DayPlan) -> str:
    """What the study's own staffing does on such a day."""
    if not plan.missed_before:
        return say(language, "staff.before_fine")
    return say(language, "staff.before", missed=len(plan.missed_before), all=plan.cells)


def judge_sentence(language: Language, plan: DayPlan) -> str:
    """Who judged the plan, and how surely."""
    if plan.judge == "exact":
        return say(language, "staff.judge.exact")
    return say(language, f"staff.judge.{'simulated' if plan.found else 'reached'}", days=f"{plan.days:,}")


def binding_sentence(language: Language, plan: DayPlan) -> str:
    """What binds a plan and what one more shift would do, in one sentence; empty where nothing is promised."""
    tight = plan.bottleneck
    if tight is None:
        return ""
    said = _binds(language, plan, tight)
    if tight.shift is None:
        return say(language, "staff.binds.nothing", binds=said)
    return say(
        language,
        "staff.binds.more",
        binds=said,
        length=f"{(tight.end_us - tight.start_us) / HOUR_US:g}",
        start=clock_text(tight.start_us),
        then=per_cent(language, tight.then),
        cost=money(language, tight.cost_fen),
    )


def _binds(language: Language, plan: DayPlan, tight: Bottleneck) -> str:
    words = {
        "when": cell_words(plan, tight.cell),
        "now": per_cent(language, tight.now),
        "limit": limit_words(language, tight.limit),
    }
    if tight.class_ is None:
        return say(language, "staff.binds.left", **words)
    who, target = who_words(language, tight.class_), minutes(language, tight.target_min)
    return say(language, "staff.binds.wait", who=who, target=target, **words)


def none_sentence(language: Language, plan: DayPlan) -> str:
    """Which half hours cannot be met, and why."""
    cells = plan.missed or tuple(np.flatnonzero(plan.required > plan.most).tolist())
    when = cells_words(language, plan, cells)
    said = say(language, "staff.none", when=when) if cells else say(language, "staff.none.nowhere")
    return said + say(language, "join.sentences") + why_sentence(language, plan.why) if plan.why is not None else said


def reached_sentence(language: Language, plan: DayPlan) -> str:
    """The service of the best reachable where it misses most."""
    uses: list[tuple[float, int, str | None, float, float, float]] = []
    for cell in plan.missed or range(plan.cells):
        for one in plan.classes:
            limit = 1.0 - one.within
            if math.isfinite(one.over[cell]):
                target = float(one.target_min[cell])
                uses.append((one.over[cell] / max(limit, 1e-9), cell, one.name, float(one.over[cell]), limit, target))
        if plan.cap is not None and math.isfinite(plan.abandoned[cell]):
            left = float(plan.abandoned[cell])
            uses.append((left / max(plan.cap, 1e-9), cell, None, left, plan.cap, math.nan))
    if not uses:
        return ""
    _, cell, name, now, limit, target = max(uses, key=lambda use: use[0])
    words = {
        "when": cell_words(plan, cell),
        "now": per_cent(language, now),
        "limit": limit_words(language, limit),
    }
    if name is None:
        return say(language, "staff.none.left", **words)
    return say(language, "staff.none.wait", who=who_words(language, name), target=minutes(language, target), **words)


def notes(found: StaffingFindings) -> tuple[str, ...]:
    """What holds for all plans: busy days, rest between days, halls that are closed."""
    language = found.language
    said = []
    if found.robust is not None:
        said.append(say(language, "staff.robust", share=limit_words(language, found.robust)))
    if found.rest_h is not None and found.rests:
        rest = f"{found.rest_h:g}"
        more = [each for each in found.rests if each.extra]
        if not more:
            said.append(say(language, "staff.rest.fine", rest=rest))
        for each in more:
            days = {"day": day_label(language, each.day), "next": day_label(language, each.next_day)}
            hall = shorten(each.hall_title, TITLE_CELLS)
            said.append(say(language, "staff.rest.extra", rest=rest, hall=hall, extra=each.extra, **days))
    if found.unpriced:
        halls = say(language, "join.list").join(shorten(hall, TITLE_CELLS) for hall in found.unpriced)
        said.append(say(language, "staff.unpriced", halls=halls))
    for hall, day in found.closed:
        said.append(say(language, "staff.closed", hall=shorten(hall, TITLE_CELLS), day=day_label(language, day)))
    return tuple(said)
