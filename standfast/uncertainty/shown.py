"""A sensitivity put into the plain frames that outputs take: values as written, labels for people, origin."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from scenarios.kpis import operator_scope
from standfast.experiments.campaign import made_with
from standfast.experiments.plan import content_hash
from standfast.uncertainty.beliefs import Belief, label_of
from standfast.uncertainty.break_even import Crossing
from standfast.uncertainty.sensitivity import Sensitivity
from standfast.uncertainty.variance import PARTS

if TYPE_CHECKING:
    import pandas as pd

    from outputs.findings import Language
    from outputs.sensitivity_findings import PilotFound, SensitivityFindings
    from scenarios import Study

CURVE_POINTS = 41
"""Points of a curve as it is drawn and written, its runs among them."""


def findings_of(found: Sensitivity, language: Language = "en") -> SensitivityFindings:
    """The findings of a sensitivity, as outputs take them."""
    from outputs.sensitivity_findings import SensitivityFindings

    loaded, metric = found.loaded, found.metric
    resolved = loaded.resolve(found.arm, found.point)
    study = resolved.study
    sides = [each for each in (found.baseline, found.arm) if each is not None]
    risk = found.risk
    order = (loaded.compare.baseline, *(each for each in loaded.arms if each != loaded.compare.baseline))
    titles = loaded.arm_titles
    laboratory = found.laboratory
    return SensitivityFindings(
        name=loaded.name,
        title=loaded.title,
        language="zh" if language == "zh" else "en",
        arm=found.arm,
        arm_title=titles.get(found.arm) or found.arm,
        baseline=found.baseline or "",
        baseline_title=titles.get(found.baseline or "") or found.baseline or "",
        chosen_title=titles.get(order[risk.arm]) or order[risk.arm] if risk is not None else "",
        point=found.point,
        points=len(loaded.points),
        metric=metric.key,
        kpi=metric.kpi,
        scope=metric.scope,
        period=metric.period,
        own_scope=operator_scope(study.own),
        unit=metric.unit,
        goal=metric.goal,
        method=found.method,
        level=found.level,
        draws=found.budget.draws,
        whole_draws=found.whole_draws,
        replications=found.budget.replications,
        end_replications=found.budget.end_replications,
        study_replications=loaded.compare.maximum,
        best=found.best.mean,
        best_half_width=found.best.half_width,
        noise_share=found.noise_share,
        wrong=risk.wrong if risk is not None else math.nan,
        loss=risk.loss if risk is not None else math.nan,
        loss_error=risk.loss_error if risk is not None else math.nan,
        arms=len(loaded.arms),
        pilot=_pilot(found),
        beliefs=_frame("beliefs", _beliefs(found, study)),
        screening=_frame("screening", _screening(found)),
        tornado=_frame("tornado", _tornado(found)),
        break_evens=_frame("break_evens", _break_evens(found)),
        curves=_frame("curves", _curves(found)),
        variance=_frame("variance", _variance(found)),
        information=_frame("information", _information(found)),
        made=laboratory.ran,
        kept=laboratory.kept,
        failed=len(laboratory.failures),
        invalid=dict(laboratory.invalid),
        models=tuple(content_hash(loaded.resolve(side, found.point).model_parts) for side in sides),
        consistency=not any(belief.source == "fitted" for belief in resolved.beliefs),
        provenance=_provenance(found, language, study),
    )


def _frame(name: str, rows: Iterator[tuple[Any, ...]]) -> pd.DataFrame:
    import pandas as pd

    from outputs.sensitivity_findings import COLUMNS

    return pd.DataFrame(list(rows), columns=list(COLUMNS[name]))


def _beliefs(found: Sensitivity, study: Study) -> Iterator[tuple[Any, ...]]:
    from standfast.experiments.sources import seen_from

    for belief in found.beliefs:
        stated = belief.stated
        yield (
            belief.name,
            label_of(belief, study),
            ", ".join(each.path for each in belief.ranges),
            stated.best,
            stated.low,
            stated.high,
            stated.source,
            stated.note,
            seen_from(stated.file, found.loaded.path),
            stated.line,
            belief.name in found.active,
            found.groups.get(belief.name, ""),
        )


def _screening(found: Sensitivity) -> Iterator[tuple[Any, ...]]:
    nothing = math.nan
    for stage, effects in (("groups", found.group_effects), ("beliefs", found.effects)):
        for each in sorted(effects, key=lambda one: -one.mu_star if one.mu_star > 0 else 0.0):
            yield (
                stage,
                each.name,
                each.mu,
                each.mu_star,
                each.half_width,
                each.sigma,
                each.direction,
                each.noise,
                each.chance,
                *(nothing,) * 4,
                each.told,
            )
    for index in sorted(found.indices, key=lambda one: -one.total):
        shares = (index.first, index.first_half_width, index.total, index.total_half_width)
        yield "beliefs", index.name, *(nothing,) * 4, 0, nothing, nothing, *shares, index.told


def _tornado(found: Sensitivity) -> Iterator[tuple[Any, ...]]:
    for swing in found.swings:
        belief = found.belief(swing.belief)
        intervals = (swing.low, swing.high, swing.low_change, swing.high_change)
        numbers = [number for each in intervals for number in (each.mean, each.half_width)]
        yield swing.belief, belief.text_at(0.0), belief.text_at(0.5), belief.text_at(1.0), *numbers, swing.low_change.n


def _break_evens(found: Sensitivity) -> Iterator[tuple[Any, ...]]:
    sign = 1 if found.metric.goal == "max" else -1
    for name, turns in found.break_evens.items():
        belief, curve = found.belief(name), found.curves[name]
        if np.isnan(curve.means).all():
            yield name, "unknown", "", "", "", False, False, math.nan, False, False
        for each in sorted(turns, key=lambda one: abs(one.quantile - 0.5)):
            yield name, "crosses", *_crossing(belief, each), each.rises is (sign > 0), True
        if not turns and not np.isnan(curve.means).all():
            gains = sign * curve.means
            _, half_widths = curve.band(found.level, curve.quantiles)
            outcome = "better" if gains.sum() > 0 else "worse"
            settled = bool((np.abs(gains) > half_widths).all())
            yield name, outcome, "", "", "", False, False, math.nan, False, settled


def _crossing(belief: Belief, each: Crossing) -> tuple[Any, ...]:
    texts = (belief.text_at(each.quantile), belief.text_at(each.low), belief.text_at(each.high))
    return *texts, each.open_low, each.open_high, each.quantile


def _curves(found: Sensitivity) -> Iterator[tuple[Any, ...]]:
    for name, curve in found.curves.items():
        if not curve.whole.shape[1]:
            continue
        belief = found.belief(name)
        at = np.unique(np.concatenate([np.linspace(0, 1, CURVE_POINTS), curve.quantiles]))
        run = np.isin(at, curve.quantiles)
        for quantile, mean, half_width, is_run in zip(at, *curve.band(found.level, at), run, strict=True):
            yield (
                name,
                float(quantile),
                belief.text_at(float(quantile)),
                float(mean),
                float(half_width),
                bool(is_run),
            )


def _variance(found: Sensitivity) -> Iterator[tuple[Any, ...]]:
    replications = found.loaded.compare.maximum
    for each in found.variances:
        for name in PARTS:
            part = next((part for part in each.split.parts if part.name == name), None)
            if part is not None:
                shares = (each.split.share(name), each.split.share(name, replications))
                numbers = (part.variance, part.low, part.high, *shares)
                yield each.metric, each.unit, each.side, each.split.mean, name, *numbers


def _information(found: Sensitivity) -> Iterator[tuple[Any, ...]]:
    for worth in found.worths:
        assert found.risk is not None
        yield worth.belief, worth.value, worth.error, worth.told, found.risk.wrong, worth.wrong


def _pilot(found: Sensitivity) -> PilotFound | None:
    from outputs.sensitivity_findings import PilotFound

    advice = found.pilot
    if advice is None:
        return None
    belief = found.belief(advice.belief)
    texts = {"believed": belief.text_at(0.5), "break_even": belief.text_at(advice.crossing.quantile)}
    if advice.pilot is None:
        return PilotFound(advice.belief, "", 0, math.nan, **texts, why_not=advice.why_not)
    return PilotFound(advice.belief, advice.pilot.kind, advice.pilot.customers, advice.pilot.months, **texts)


def _provenance(found: Sensitivity, language: Language, study: Study) -> dict[str, str]:
    from outputs.language import say
    from outputs.quantities import level_words

    versions = dict(made_with())
    place = f"{versions.pop('platform')}, {versions.pop('byteorder')}-endian"
    texts = {
        "study": found.loaded.path.name,
        "seed": str(study.seed),
        "draws": f"{found.budget.draws} × {found.budget.replications}",
        "ends": str(found.budget.end_replications),
        "level": level_words(language, found.level),
        "made_with": ", ".join(f"{name} {number}" for name, number in versions.items()),
        "platform": place,
    }
    return {say(language, f"sens.origin.{key}"): text for key, text in texts.items()}
