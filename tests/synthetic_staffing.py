"""A staffing made up for tests of what people see: two halls' days with a plan, one without."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from outputs.staffing_findings import (
    Amount,
    Bottleneck,
    ClassService,
    DayPlan,
    Effect,
    LedgerEntry,
    Rest,
    StaffingFindings,
    TradeOff,
    TriedOption,
    Why,
    WorkedShift,
)

HALF = 30 * 60_000_000
OPEN = 18 * HALF
CELLS = 16
RNG = np.random.default_rng(7)


def at(half_hour: float) -> int:
    """So many half hours after opening at 09:00."""
    return OPEN + round(half_hour * HALF)


def make_plan(**changed: Any) -> DayPlan:
    """A day of 16 half hours with a plan that keeps all."""
    required = np.array([2, 3, 4, 5, 5, 4, 3, 2, 3, 4, 4, 4, 3, 3, 2, 2])
    scheduled = np.array([3, 3, 4, 5, 5, 5, 4, 3, 3, 4, 5, 5, 3, 3, 2, 2])
    present = np.array([3] * 4 + [4] * 4 + [4] * 4 + [2] * 4)
    over = np.where(scheduled > required, 0.012, 0.043)
    before = np.where(present < required, 0.24, 0.03)
    target = np.where(np.arange(CELLS) % 8 < 4, 15.0, 5.0)
    classes = (
        ClassService("gotone", 0.95, target, over / 3, over / 20, before / 2, target / 4, target * 0.9),
        ClassService("others", 0.95, target, over, over / 10, before, target * 0.8, target * (0.6 + 4 * before)),
    )
    shifts = (
        WorkedShift("早班 · Early", at(0), at(16), ((at(5), at(6)),), 2, 16000, False),
        WorkedShift("早班 · Early", at(0), at(16), ((at(6), at(7)),), 1, 8000, False),
        WorkedShift("高峰班 · Peak", at(2), at(8), (), 2, 7000, True),
        WorkedShift("高峰班 · Peak", at(9), at(15), (), 1, 3500, True),
    )
    ledger = tuple(
        LedgerEntry(
            cell,
            Effect(Amount(3.2 + cell / 7, 0.4), Amount(0.8, 0.1), (cell,), 0.11),
            Effect(Amount(-1.1, 0.2), Amount(-0.3, 0.1), (), 0.02),
            "高峰班 · Peak",
            at(min(cell, 10)),
            at(min(cell, 10) + 6),
            3500,
        )
        for cell in range(CELLS)
    )
    plan = DayPlan(
        hall="gaosheng",
        hall_title="高升营业厅 Gaosheng",
        day="ordinary",
        found=True,
        proven=False,
        cost_fen=34500,
        lower_bound_fen=33000,
        people=6,
        paid=7,
        own=6,
        edges_us=tuple(at(n) for n in range(CELLS + 1)),
        required=required,
        scheduled=scheduled,
        most=np.full(CELLS, 8),
        present=present,
        shifts=shifts,
        classes=classes,
        cap=0.05,
        abandoned=over / 2,
        abandoned_margin=over / 20,
        abandoned_before=before / 2,
        arrivals=np.full(CELLS, 22.5),
        busy=scheduled * 0.8,
        missed=(),
        missed_before=(2, 3, 4),
        judge="simulated",
        days=4000,
        bottleneck=Bottleneck(2, "others", 15.0, 0.043, 0.05, "高峰班 · Peak", at(2), at(8), 0.012, 3500),
        ledger=ledger,
        days_a_month=14.5,
        frontier=(
            TradeOff(2.0, 30000, 5, 0.091, 11.0),
            TradeOff(1.0, 34500, 6, 0.043, 6.0),
            TradeOff(0.5, 38000, 7, 0.022, 3.0),
            TradeOff(0.25, None, None, float("nan"), float("nan")),
        ),
    )
    return replace(plan, **changed)


def make_none(**changed: Any) -> DayPlan:
    """A day that no shifts can cover: four counters at most where five are needed."""
    plan = make_plan(
        day="month_end",
        found=False,
        cost_fen=0,
        lower_bound_fen=0,
        scheduled=np.minimum(make_plan().scheduled, 4),
        most=np.full(CELLS, 4),
        missed=(3, 4),
        bottleneck=None,
        ledger=(),
        frontier=(),
        shifts=(),
        people=0,
        paid=0,
        why=Why("short", "10:30-11:00", 5, 4),
        reached=make_plan().shifts[:2],
    )
    others = replace(plan.classes[1], over=np.where(np.isin(np.arange(CELLS), [3, 4]), 0.22, 0.03))
    return replace(plan, classes=(plan.classes[0], others), **changed)


def make_shared(**changed: Any) -> DayPlan:
    """A plan with two kiosks, in a hall that borrows one person and lends two; four options, one without a plan."""
    plan = make_plan()
    borrowed = replace(plan.shifts[-1], lender="沙湾营业厅 Shawan", cost_fen=4500)

    def option(kiosks: int, shifts: int | None, lower: int | None, verdict: str, why: Why | None = None) -> TriedOption:
        decided = ((plan.hall_title, (("kiosks", kiosks),)), ("沙湾营业厅 Shawan", (("fast_lane", 1),)))
        return TriedOption(decided, 3000 * kiosks, shifts, lower, verdict, why)

    return make_plan(
        shifts=(*plan.shifts[:-1], borrowed),
        cost_fen=34500 + 1000 + 6000,
        lower_bound_fen=34500 + 1000 + 6000,
        own=7,
        decided=(("kiosks", 2), ("advisers", 1)),
        decided_fen=6000,
        options=(
            option(0, None, None, "none", Why("limits", "10:30-11:00", most=3)),
            option(1, 60_000, 61_000, "dearer"),
            option(2, 52_000, 58_000, "chosen"),
            option(3, None, 62_500, "dearer"),
        ),
        partners=("沙湾营业厅 Shawan",),
        lent=(("沙湾营业厅 Shawan", replace(plan.shifts[0], number=2)),),
        **changed,
    )


def make_staffing(language: Any = "en", plans: tuple[DayPlan, ...] | None = None, **changed: Any) -> StaffingFindings:
    """Three plans: ordinary and holiday have one, month end has none."""
    if plans is None:
        plans = (make_plan(), make_none(), make_plan(day="holiday", proven=True, lower_bound_fen=34500, judge="exact"))
    found = StaffingFindings(
        name="hall-staffing",
        title="四厅排班 · Shifts for four halls",
        language=language,
        plans=plans,
        shrinkage=0.12,
        rest_h=11.0,
        rests=(Rest("高升营业厅 Gaosheng", "ordinary", "holiday", 5, 7, 1),),
        consistency=True,
        numbers={"assumed": 120, "seed": 28, "published": 9},
        provenance={"Study": "hall-staffing.yaml", "Seed": "1"},
    )
    return replace(found, **changed)
