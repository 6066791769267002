"""The tables of a staffing in words, for the page and the terminal alike: heads, and rows of ready texts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from outputs.labels import capital
from outputs.language import say
from outputs.plaintext import shorten
from outputs.quantities import NOTHING
from outputs.staffing_amounts import limit_words, money, per_cent, span_words
from outputs.staffing_decisions import option_title, verdict_words
from outputs.staffing_figures import setting_words
from outputs.staffing_findings import Amount, DayPlan, Effect, LedgerEntry, StaffingFindings, TradeOff, WorkedShift
from outputs.staffing_sentences import cell_words, day_label, hall_name, who_words
from scenarios.units import clock_text

_TITLE_CELLS = 40


@dataclass(frozen=True)
class Words:
    """A table in words. texts: columns that are texts, the others are numbers. marks: rows to mark."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: tuple[int, ...] = (0,)
    marks: frozenset[int] = frozenset()


def summary_words(found: StaffingFindings) -> Words:
    """One row a plan."""
    language = found.language
    shrinks = found.shrinkage > 0
    keys = ["hall", "day", "plan", "cost", "bound", "people", *(["paid"] if shrinks else []), "worst", "left", "before"]
    head = tuple(say(language, f"staff.col.{key}") for key in (*keys, "judge"))
    cents = any(plan.cost_fen % 100 or plan.lower_bound_fen % 100 for plan in found.plans)
    rows = []
    for plan in found.plans:
        verdict = "staff.cheapest" if plan.proven else "staff.found" if plan.found else "staff.not_found"
        cost = [money(language, fen, unit=False, cents=cents) for fen in (plan.cost_fen, plan.lower_bound_fen)]
        people = [str(plan.people), *([str(plan.paid)] if shrinks else [])]
        if not plan.found:
            cost, people = [NOTHING, NOTHING], [NOTHING] * len(people)
        left = [float(share) for share in plan.abandoned if math.isfinite(share)]
        rows.append(
            (
                hall_name(plan),
                day_label(language, plan.day),
                say(language, verdict),
                *cost,
                *people,
                per_cent(language, plan.worst[3]),
                per_cent(language, max(left, default=math.nan)),
                f"{len(plan.missed_before)}/{plan.cells}",
                _judge(found, plan),
            )
        )
    return Words(head, tuple(rows), (0, 1, 2), frozenset(n for n, plan in enumerate(found.plans) if not plan.found))


def shift_words(found: StaffingFindings, plan: DayPlan) -> Words:
    """Who works when; in the plan that comes nearest where there is none."""
    language = found.language
    head = tuple(say(language, f"staff.col.{key}") for key in ("number", "shift", "from", "to", "breaks", "cost"))
    shifts = plan.shifts or plan.reached
    cents = any(shift.cost_fen % 100 for shift in shifts)

    def title(shift: WorkedShift) -> str:
        remarks = [say(language, "staff.part_time")] if shift.part_time else []
        if shift.lender:
            remarks.append(say(language, "staff.lent_by", hall=shorten(shift.lender, _TITLE_CELLS)))
        return shorten(shift.title, _TITLE_CELLS) + (
            f" ({say(language, 'join.list').join(remarks)})" if remarks else ""
        )

    rows = tuple(
        (
            str(shift.number),
            title(shift),
            clock_text(shift.start_us),
            clock_text(shift.end_us),
            say(language, "join.list").join(span_words(*pause) for pause in shift.breaks),
            money(language, shift.cost_fen, unit=False, cents=cents),
        )
        for shift in sorted(shifts, key=lambda shift: (shift.start_us, shift.end_us, shift.breaks))
    )
    return Words(head, rows, (1, 4))


def cell_table(found: StaffingFindings, plan: DayPlan) -> Words:
    """Half hours: counters, service of each class today and with the plan, and the ledger."""
    language = found.language
    revenue = _priced(plan)
    head = [say(language, f"staff.col.{key}") for key in ("when", "arrivals", "required", "counters")]
    head += [say(language, "staff.col.over", who=capital(_class(found, one.name))) for one in plan.classes]
    head.append(say(language, "staff.col.leave"))
    if plan.ledger:
        head += [say(language, "staff.col.fewer"), *([say(language, "staff.col.fewer_revenue")] if revenue else [])]
        head += [say(language, "staff.col.more"), say(language, "staff.col.more_cost")]
    entries = {entry.cell: entry for entry in plan.ledger}
    rows = []
    for cell in range(plan.cells):
        row = [
            cell_words(plan, cell),
            f"{plan.arrivals[cell]:.1f}",
            str(int(plan.required[cell])),
            f"{int(plan.present[cell])} → {int(plan.scheduled[cell])}",
        ]
        row += [
            _course(found, one.over_before[cell], one.over[cell], one.margin[cell])
            if math.isfinite(one.target_min[cell])
            else NOTHING
            for one in plan.classes
        ]
        row.append(_course(found, plan.abandoned_before[cell], plan.abandoned[cell], plan.abandoned_margin[cell]))
        if plan.ledger:
            row += _ledger_cells(found, entries.get(cell), revenue)
        rows.append(tuple(row))
    return Words(tuple(head), tuple(rows), (0,), frozenset(plan.missed))


def _priced(plan: DayPlan) -> bool:
    """Whether the ledger knows what a missing counter loses."""
    return any(entry.fewer is not None and entry.fewer.revenue_fen is not None for entry in plan.ledger)


def cell_note(found: StaffingFindings, plan: DayPlan) -> str:
    """What the columns of the half hours mean, with the limits of this plan."""
    language = found.language
    limits = [
        say(language, "staff.limit", limit=limit_words(language, 1.0 - one.within), who=_class(found, one.name))
        for one in plan.classes
    ]
    if plan.cap is not None:
        limits.append(say(language, "staff.limit_left", limit=limit_words(language, plan.cap)))
    shown = say(language, "join.list").join(limits) or NOTHING
    said = [say(language, "staff.note.cells", limits=shown)]
    if plan.ledger:
        said.append(say(language, "staff.note.ledger", days=f"{plan.days_a_month:.1f}"))
    if _priced(plan):
        said.append(say(language, "staff.note.revenue"))
    return say(language, "join.sentences").join(said)


def frontier_words(found: StaffingFindings, points: tuple[TradeOff, ...], what: str) -> Words:
    """Cost against service, a row a point."""
    language = found.language
    first = "setting" if what == "limits" else "kiosk_share"
    head = tuple(say(language, f"staff.col.{key}") for key in (first, "cost", "people", "worst_over", "leave_all"))
    cents = any((point.cost_fen or 0) % 100 for point in points)
    rows = tuple(
        (
            setting_words(found, point, what),
            say(language, "staff.no_plan")
            if point.cost_fen is None
            else money(language, point.cost_fen, unit=False, cents=cents),
            NOTHING if point.people is None else str(point.people),
            per_cent(language, point.worst),
            f"{point.left:.1f}" if math.isfinite(point.left) else NOTHING,
        )
        for point in points
    )
    return Words(head, rows)


def option_words(found: StaffingFindings, plan: DayPlan) -> Words:
    """Everything that could be decided, what it costs, and why it was not chosen."""
    language = found.language
    head = tuple(say(language, f"staff.col.{key}") for key in ("decided", "decisions", "by_shifts", "total", "verdict"))
    sums = [each for option in plan.options for each in (option.decisions_fen, option.shifts_fen or 0)]
    cents = any(fen % 100 for fen in sums)

    def shown(fen: int | None) -> str:
        return NOTHING if fen is None else money(language, fen, unit=False, cents=cents)

    rows = tuple(
        (
            option_title(language, option),
            shown(option.decisions_fen),
            shown(option.shifts_fen),
            shown(None if option.shifts_fen is None else option.decisions_fen + option.shifts_fen),
            verdict_words(language, option),
        )
        for option in plan.options
    )
    return Words(head, rows, (0, 4), frozenset(n for n, option in enumerate(plan.options) if option.verdict == "none"))


def _class(found: StaffingFindings, name: str) -> str:
    return shorten(who_words(found.language, name), _TITLE_CELLS)


def _judge(found: StaffingFindings, plan: DayPlan) -> str:
    return say(found.language, f"staff.judge_short.{plan.judge}", days=f"{plan.days:,}")


def _course(found: StaffingFindings, before: float, after: float, margin: float) -> str:
    """`24 → 4.3 + 0.4`, in per cent."""
    shown = per_cent(found.language, after, unit=False)
    if margin > 0 and math.isfinite(margin):
        shown += f" + {100 * margin:.1f}"
    return f"{per_cent(found.language, before, unit=False)} → {shown}"


def _ledger_cells(found: StaffingFindings, entry: LedgerEntry | None, revenue: bool) -> list[str]:
    if entry is None:
        return [NOTHING] * (4 if revenue else 3)
    cells = [_effect(entry.fewer)]
    if revenue:
        lost = entry.fewer.revenue_fen if entry.fewer is not None else None
        cells.append(NOTHING if lost is None else _money_within(found, lost))
    cost = money(found.language, entry.more_cost_fen, unit=False) if entry.more is not None else NOTHING
    return [*cells, _effect(entry.more), cost]


def _money_within(found: StaffingFindings, amount: Amount) -> str:
    """`1,200 ± 300`, in whole CNY."""
    shown = money(found.language, 100 * round(amount.value / 100), unit=False)
    if not math.isfinite(amount.half_width):
        return shown
    return f"{shown} ± {money(found.language, 100 * round(amount.half_width / 100), unit=False)}"


def _effect(effect: Effect | None) -> str:
    return NOTHING if effect is None else f"{_signed(effect.over.value)}, {_signed(effect.left.value)}"


def _signed(value: float) -> str:
    """A difference with one decimal and its sign; a dash where it isn't known."""
    if not math.isfinite(value):
        return NOTHING
    shown = round(value, 1) + 0.0
    return f"{shown:+.1f}".replace("-", "−") if shown else "0.0"
