"""A staffing put into the plain data that outputs show."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from outputs.findings import Language
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
from scenarios.units import HOUR_US
from standfast.experiments.campaign import made_with
from standfast.staffing.choice import Tried
from standfast.staffing.day_plan import PlannedDay
from standfast.staffing.frontier import Point
from standfast.staffing.ledger import Addition, Change, Estimate
from standfast.staffing.plan import Binding, PlannedShift, Reason, Service, StaffPlan, meets
from standfast.staffing.plans import StudyPlans

if TYPE_CHECKING:
    from scenarios import LoadedStudy, Study

_PROVENANCE: Mapping[str, tuple[str, str]] = {
    "study": ("Study", "方案文件"),
    "seed": ("Seed", "随机种子"),
    "made_with": ("Made with", "软件版本"),
}


def findings_of(loaded: LoadedStudy, arm: str, plans: StudyPlans, language: Language = "en") -> StaffingFindings:
    """Everything that tables, figures and the page of a staffing show."""
    study, staffing = plans.study, plans.study.staffing
    assert staffing is not None
    beliefs = loaded.resolve(arm, loaded.points[0].name).beliefs
    sources = Counter(each.source for each in beliefs)
    titles = {name: hall.title or name for name, hall in study.halls.items()}
    which = 1 if language == "zh" else 0
    versions = ", ".join(f"{name} {version}" for name, version in made_with().items() if name != "platform")
    values = {"study": os.path.basename(loaded.path), "seed": str(study.seed), "made_with": versions}
    return StaffingFindings(
        name=loaded.name,
        title=loaded.title,
        language=language,
        plans=tuple(_day(study, day, titles) for day in plans.days),
        shrinkage=staffing.shrinkage,
        rest_h=staffing.rest_us / HOUR_US if staffing.rest_us is not None else None,
        robust=staffing.robust,
        rests=tuple(
            Rest(titles[hall], day, then, crew.matched, crew.heads, crew.extra)
            for (hall, day, then), crew in plans.rested.items()
        ),
        closed=tuple((titles[hall], day) for hall, day in plans.closed),
        unpriced=tuple(titles[hall] for hall in plans.unpriced),
        consistency=not sources["fitted"],
        numbers={source: sources[source] for source in ("assumed", "seed", "published", "fitted")},
        provenance={_PROVENANCE[key][which]: value for key, value in values.items()},
    )


def _day(study: Study, planned: PlannedDay, titles: Mapping[str, str]) -> DayPlan:
    demand, plan, service = planned.demand, planned.plan, planned.service
    assert study.staffing is not None
    named = {name: shift.title or name for name, shift in study.staffing.shifts.items()}
    length = {name: shift.length_us for name, shift in study.staffing.shifts.items()}
    found = plan if isinstance(plan, StaffPlan) else None
    return DayPlan(
        hall=demand.hall,
        hall_title=titles[demand.hall],
        day=demand.day,
        found=found is not None,
        proven=found is not None and found.proven,
        cost_fen=found.cost_fen if found is not None else 0,
        lower_bound_fen=found.lower_bound_fen if found is not None else 0,
        people=found.scheduled if found is not None else 0,
        paid=planned.paid or 0,
        edges_us=(*demand.cells_us.tolist(), demand.close_us),
        required=planned.least,
        scheduled=planned.counters,
        most=planned.most,
        present=planned.present,
        shifts=tuple(_worked(shift, named, titles) for shift in (found.shifts if found is not None else ())),
        classes=tuple(
            ClassService(
                one.name,
                one.share_within,
                one.target_min,
                service.over[one.name],
                service.over_margin[one.name],
                planned.before.over[one.name],
                planned.waits[one.name],
                planned.waits_before[one.name],
            )
            for one in demand.classes
            if not np.isnan(one.target_min).all()
        ),
        cap=planned.cap,
        abandoned=service.abandoned,
        abandoned_margin=service.abandoned_margin,
        abandoned_before=planned.before.abandoned,
        arrivals=service.arrivals,
        busy=service.busy,
        missed=() if found is not None else tuple(plan.blocking) if not isinstance(plan, StaffPlan) else (),
        missed_before=tuple(np.flatnonzero(~meets(demand, _as_seen(planned.before), planned.cap)).tolist()),
        judge=service.judge,
        days=service.days,
        bottleneck=_bottleneck(found.binding, named, length) if found is not None and found.binding else None,
        ledger=_ledger(planned, named),
        days_a_month=planned.ledger.days_a_month if planned.ledger is not None else 1.0,
        frontier=tuple(_trade_off(point) for point in planned.frontier),
        kiosks=tuple(_trade_off(point) for point in planned.kiosks),
        on_target=planned.on_target.share if planned.on_target is not None else None,
        own=sum(shift.number for shift in found.own) if found is not None else 0,
        decided=planned.option.counts,
        decided_fen=planned.option.cost_fen,
        options=tuple(_tried(option, planned.group, titles) for option in planned.tried),
        partners=tuple(titles[hall] for hall in planned.group if hall != demand.hall),
        lent=tuple((titles[hall], _worked(shift, named, titles)) for hall, shift in (found.lent if found else ())),
        why=None if isinstance(plan, StaffPlan) else _why(plan.reason),
        reached=() if isinstance(plan, StaffPlan) else tuple(_worked(one, named, titles) for one in plan.best_shifts),
        seconds=planned.seconds,
    )


def _worked(shift: PlannedShift, named: Mapping[str, str], titles: Mapping[str, str]) -> WorkedShift:
    return WorkedShift(
        named[shift.shift],
        shift.start_us,
        shift.end_us,
        shift.breaks,
        shift.number,
        shift.cost_fen,
        shift.part_time,
        titles[shift.home] if shift.home else "",
    )


def _why(reason: Reason) -> Why:
    return Why(reason.kind, reason.when, reason.needed, reason.most)


def _tried(tried: Tried, group: Sequence[str], titles: Mapping[str, str]) -> TriedOption:
    halls = [titles[hall] if len(group) > 1 else "" for hall in group]
    return TriedOption(
        tuple((hall, option.counts) for hall, option in zip(halls, tried.options, strict=True)),
        tried.decisions_fen,
        tried.shifts_fen,
        tried.lower_fen,
        tried.verdict,
        _why(tried.reasons[0]) if tried.reasons else None,
    )


def _as_seen(service: Service) -> Service:
    """A service without margins: what is, for a staffing that nothing is promised of."""
    none = {name: np.zeros_like(shares) for name, shares in service.over.items()}
    return replace(service, over_margin=none, abandoned_margin=np.zeros_like(service.abandoned))


def _bottleneck(binding: Binding, named: Mapping[str, str], length: Mapping[str, int]) -> Bottleneck:
    start = binding.start_us or 0
    return Bottleneck(
        binding.cell,
        binding.class_,
        binding.target_min,
        binding.now,
        binding.limit,
        named[binding.shift] if binding.shift is not None else None,
        start,
        start + (length[binding.shift] if binding.shift is not None else 0),
        binding.with_one_more,
        binding.cost_fen,
    )


def _ledger(planned: PlannedDay, named: Mapping[str, str]) -> tuple[LedgerEntry, ...]:
    if planned.ledger is None:
        return ()
    return tuple(
        LedgerEntry(
            row.cell,
            _effect(row.fewer),
            _effect(row.more.change if row.more is not None else None),
            *_added(row.more, named),
        )
        for row in planned.ledger.rows
    )


def _added(more: Addition | None, named: Mapping[str, str]) -> tuple[str, int, int, int]:
    return (named[more.shift], more.start_us, more.end_us, more.cost_fen) if more is not None else ("", 0, 0, 0)


def _effect(change: Change | None) -> Effect | None:
    if change is None:
        return None
    revenue = _amount(change.revenue_fen_a_month) if change.revenue_fen_a_month is not None else None
    return Effect(_amount(change.over), _amount(change.left), change.missed, change.worst_over, revenue)


def _amount(estimate: Estimate) -> Amount:
    return Amount(estimate.value, estimate.half_width)


def _trade_off(point: Point) -> TradeOff:
    worst = point.answer.worst_over if point.answer is not None else math.nan
    left = point.answer.left if point.answer is not None else math.nan
    return TradeOff(point.setting, point.cost_fen, point.scheduled, worst, left)
