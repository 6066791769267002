"""The tables of a staffing as frames for programs: shifts, half hours, ledger, frontier, summary, and all as JSON.

Columns have plain English names in every language; money is in CNY, shares are 0–1, waits are minutes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from outputs.labels import class_label
from outputs.plaintext import printable
from outputs.staffing_decisions import decided_words, option_title, why_sentence
from outputs.staffing_findings import Amount, DayPlan, Effect, StaffingFindings, WorkedShift
from outputs.staffing_sentences import binding_sentence, cell_words, hall_name, lead_sentence, plan_sentences
from scenarios.units import clock_text

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]


def plan_frame(found: StaffingFindings) -> pd.DataFrame:
    """The shifts: hall, day, shift, start, end, breaks, people, part_time, lent_by, cost (CNY, of all of them)."""
    columns = ("hall", "day", "shift", "start", "end", "breaks", "people", "part_time", "lent_by", "cost")
    return _frame(found, lambda plan: _shift_rows(plan.shifts), columns)


def option_frame(found: StaffingFindings) -> pd.DataFrame:
    """All that could be decided: cost of it, of the shifts with it, of both, their lower bound (CNY a day), verdict.

    Empty where a study leaves nothing to decide. verdict: chosen, dearer or none; shifts_cost and total are empty where
    an option was dropped once it could not be the cheapest, or has no plan.
    """
    columns = ("hall", "day", "decided", "decisions_cost", "shifts_cost", "total", "lower_bound", "verdict", "why")
    return _frame(found, lambda plan: _option_rows(found, plan), columns)


def half_hour_frame(found: StaffingFindings) -> pd.DataFrame:
    """Half hour by half hour: counters required, scheduled, present; service of each class, before and after."""
    columns: tuple[str, ...] = (
        "hall",
        "day",
        "half_hour",
        "customers",
        "required",
        "scheduled",
        "present",
        "busy",
        "keeps_all",
    )
    columns += ("abandoned", "abandoned_margin", "abandoned_before", "class", "target_min", "share_within")
    columns += (
        "over_target",
        "over_target_margin",
        "over_target_before",
        "wait_min",
        "wait_min_before",
        "judge",
        "days",
    )
    return _frame(found, _cell_rows, columns)


def ledger_frame(found: StaffingFindings) -> pd.DataFrame:
    """The counter ledger: customers a day, each ± the half-width of its 95 % interval; money in CNY."""
    columns = ["hall", "day", "half_hour", "counters", "days_a_month"]
    for side in ("fewer", "more"):
        columns += [f"{side}_{name}" for name in (*_EFFECT, "half_hours_missed", "worst_over_target")]
    columns += ["fewer_revenue_lost_a_month", "fewer_revenue_lost_a_month_pm"]
    columns += ["more_shift", "more_start", "more_end", "more_cost_a_day"]
    return _frame(found, _ledger_rows, tuple(columns))


def frontier_frame(found: StaffingFindings) -> pd.DataFrame:
    """Cost against service: `what` is `limits` (factor on what may miss) or `kiosk_share`; cost empty: no plan."""
    columns = ("hall", "day", "what", "setting", "cost", "people", "worst_over_target", "abandoned_a_day")
    return _frame(found, _frontier_rows, columns)


def summary_frame(found: StaffingFindings) -> pd.DataFrame:
    """One row a plan: cost, bound (CNY a day), people, heads to pay, worst service, what misses today, the judge."""
    columns: tuple[str, ...] = (
        "hall",
        "day",
        "found",
        "proven",
        "cost",
        "lower_bound",
        "people",
        "paid_heads",
        "decided",
        "decisions_cost",
        "lent",
        "borrowed",
        "counter_hours",
    )
    columns += ("worst_half_hour", "worst_class", "worst_over_target", "most_abandoned", "half_hours_missed")
    columns += ("half_hours_missed_before", "days_on_target", "judge", "days", "binds", "seconds")
    return _frame(found, lambda plan: [_summary_row(found, plan)], columns)


_EFFECT = ("over_target", "over_target_pm", "abandoned", "abandoned_pm")


def told_staffing(found: StaffingFindings) -> dict[str, Any]:
    """Everything as plain data for JSON: money in CNY, shares 0–1, waits in minutes."""
    plans = []
    for plan in found.plans:
        row = _summary_row(found, plan)
        row |= {
            "title": hall_name(plan),
            "hall": plan.hall,
            "day": plan.day,
            "why": "" if plan.why is None else why_sentence(found.language, plan.why),
            "blocking": [cell_words(plan, cell) for cell in plan.missed],
            "shifts": _shift_rows(plan.shifts),
            "nearest": _shift_rows(plan.reached),
            "decisions": dict(plan.decided),
            "options": _option_rows(found, plan),
            "lent_to": [{"hall": hall} | row for hall, shift in plan.lent for row in _shift_rows((shift,))],
            "half_hours": _cell_rows(plan),
            "ledger": _ledger_rows(plan),
            "frontier": _frontier_rows(plan),
            "sentences": list(plan_sentences(found, plan)),
        }
        plans.append(row)
    rests = [{name: getattr(each, name) for name in each.__dataclass_fields__} for each in found.rests]
    return {
        "study": found.name,
        "verdict": lead_sentence(found),
        "all_found": found.all_found,
        "plans": plans,
        "rests": rests,
        "revenue_unknown": list(found.unpriced),
        "closed": [{"hall": hall, "day": day} for hall, day in found.closed],
    }


def _frame(
    found: StaffingFindings, rows_of: Callable[[DayPlan], Iterable[Row]], columns: tuple[str, ...]
) -> pd.DataFrame:
    import pandas as pd

    rows = [{"hall": plan.hall, "day": plan.day} | row for plan in found.plans for row in rows_of(plan)]
    return pd.DataFrame(rows, columns=list(columns))


def _option_rows(found: StaffingFindings, plan: DayPlan) -> list[Row]:
    def cny(fen: int | None) -> float | None:
        return None if fen is None else fen / 100

    return [
        {
            "decided": printable(option_title(found.language, option)),
            "decisions_cost": option.decisions_fen / 100,
            "shifts_cost": cny(option.shifts_fen),
            "total": cny(None if option.shifts_fen is None else option.shifts_fen + option.decisions_fen),
            "lower_bound": cny(option.lower_fen),
            "verdict": option.verdict,
            "why": "" if option.why is None else why_sentence(found.language, option.why),
        }
        for option in plan.options
    ]


def _shift_rows(shifts: Iterable[WorkedShift]) -> list[Row]:
    return [
        {
            "shift": printable(shift.title),
            "start": clock_text(shift.start_us),
            "end": clock_text(shift.end_us),
            "breaks": " ".join(f"{clock_text(begin)}-{clock_text(end)}" for begin, end in shift.breaks),
            "people": shift.number,
            "part_time": shift.part_time,
            "lent_by": printable(shift.lender),
            "cost": shift.cost_fen / 100,
        }
        for shift in shifts
    ]


def _cell_rows(plan: DayPlan) -> list[Row]:
    rows = []
    for cell in range(plan.cells):
        mine: Row = {
            "half_hour": clock_text(plan.edges_us[cell]),
            "customers": float(plan.arrivals[cell]),
            "required": int(plan.required[cell]),
            "scheduled": int(plan.scheduled[cell]),
            "present": int(plan.present[cell]),
            "busy": float(plan.busy[cell]),
            "keeps_all": cell not in plan.missed,
            "abandoned": float(plan.abandoned[cell]),
            "abandoned_margin": float(plan.abandoned_margin[cell]),
            "abandoned_before": float(plan.abandoned_before[cell]),
            "judge": plan.judge,
            "days": plan.days,
        }
        service = [
            {
                "class": printable(one.name),
                "target_min": float(one.target_min[cell]),
                "share_within": one.within,
                "over_target": float(one.over[cell]),
                "over_target_margin": float(one.margin[cell]),
                "over_target_before": float(one.over_before[cell]),
                "wait_min": float(one.wait_min[cell]),
                "wait_min_before": float(one.wait_before_min[cell]),
            }
            for one in plan.classes
        ]
        rows += [mine | each for each in service or [{}]]
    return rows


def _ledger_rows(plan: DayPlan) -> list[Row]:
    rows = []
    for entry in plan.ledger:
        row: Row = {
            "half_hour": clock_text(plan.edges_us[entry.cell]),
            "counters": int(plan.scheduled[entry.cell]),
            "days_a_month": plan.days_a_month,
        }
        row |= _effect_cells("fewer", entry.fewer) | _effect_cells("more", entry.more)
        lost = entry.fewer.revenue_fen if entry.fewer is not None else None
        if lost is not None:
            row["fewer_revenue_lost_a_month"] = lost.value / 100
            row["fewer_revenue_lost_a_month_pm"] = lost.half_width / 100
        if entry.more is not None:
            row["more_shift"] = printable(entry.more_shift)
            row["more_start"], row["more_end"] = clock_text(entry.more_start_us), clock_text(entry.more_end_us)
            row["more_cost_a_day"] = entry.more_cost_fen / 100
        rows.append(row)
    return rows


def _effect_cells(side: str, effect: Effect | None) -> Row:
    if effect is None:
        return {}

    def both(name: str, amount: Amount) -> Row:
        return {f"{side}_{name}": amount.value, f"{side}_{name}_pm": amount.half_width}

    return (
        both("over_target", effect.over)
        | both("abandoned", effect.left)
        | {f"{side}_half_hours_missed": len(effect.missed), f"{side}_worst_over_target": effect.worst}
    )


def _frontier_rows(plan: DayPlan) -> list[Row]:
    return [
        {
            "what": what,
            "setting": point.setting,
            "cost": None if point.cost_fen is None else point.cost_fen / 100,
            "people": point.people,
            "worst_over_target": point.worst,
            "abandoned_a_day": point.left,
        }
        for what, points in (("limits", plan.frontier), ("kiosk_share", plan.kiosks))
        for point in points
    ]


def _summary_row(found: StaffingFindings, plan: DayPlan) -> Row:
    import numpy as np

    cell, class_, _, share = plan.worst
    widths_h = np.diff(np.array(plan.edges_us)) / 3.6e9
    left = plan.abandoned[~np.isnan(plan.abandoned)]
    return {
        "hall": plan.hall,
        "day": plan.day,
        "found": plan.found,
        "proven": plan.proven,
        "cost": plan.cost_fen / 100 if plan.found else None,
        "lower_bound": plan.lower_bound_fen / 100 if plan.found else None,
        "people": plan.people if plan.found else None,
        "paid_heads": plan.paid if plan.found else None,
        "decided": decided_words(found.language, plan.decided),
        "decisions_cost": plan.decided_fen / 100 if plan.found else None,
        "lent": sum(shift.number for _, shift in plan.lent),
        "borrowed": sum(shift.number for shift in plan.shifts if shift.lender),
        "counter_hours": float((plan.scheduled * widths_h).sum()),
        "worst_half_hour": clock_text(plan.edges_us[cell]) if cell >= 0 else "",
        "worst_class": class_label(found.language, class_) if class_ else "",
        "worst_over_target": share,
        "most_abandoned": float(left.max()) if len(left) else math.nan,
        "half_hours_missed": len(plan.missed),
        "half_hours_missed_before": len(plan.missed_before),
        "days_on_target": plan.on_target,
        "judge": plan.judge,
        "days": plan.days,
        "binds": binding_sentence(found.language, plan),
        "seconds": round(plan.seconds, 1),
    }
