"""What a comparison found, put into the plain frames that outputs take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.units import HALF_HOUR_US, MINUTE_US, clock_text
from standfast.experiments.decision import Row, Standing
from standfast.experiments.plan import Variant
from standfast.experiments.provenance import provenance_rows
from standfast.experiments.sources import seen_from

if TYPE_CHECKING:
    import pandas as pd

    from outputs import Findings
    from scenarios import BeliefUse, LoadedStudy, Metric, Study


def assemble(
    loaded: LoadedStudy,
    variants: Mapping[tuple[str, str], Variant],
    standings: Mapping[str, Standing],
    table: Path,
    language: str,
    engine: str,
    events: str = "",
) -> Findings:
    """Put together what outputs show: the study's table, the decision, the numbers that went in, targets, origin.

    Of the table, the rows at the points of `loaded` alone: draws of the beliefs may be thousands of points, and would
    fill the memory.
    """
    import pandas as pd

    from outputs import Findings
    from standfast.uncertainty.saved import saved_turnings

    plan = loaded.compare
    first = variants[plan.baseline, loaded.points[0].name]
    kpis = pd.read_parquet(table, filters=[("point", "in", [point.name for point in loaded.points])])
    used = [belief for variant in (first, *variants.values()) for belief in variant.beliefs]
    return Findings(
        name=loaded.name,
        title=loaded.title,
        language="zh" if language == "zh" else "en",
        baseline=plan.baseline,
        arms=tuple(loaded.arms),
        arm_titles=loaded.arm_titles,
        points=tuple(point.name for point in loaded.points),
        kpis=kpis,
        decision=decision_frame(loaded, standings),
        assumptions=assumptions_frame(used, loaded.path),
        targets=targets_frame(first.study),
        hall_titles={name: hall.title or name for name, hall in first.study.halls.items()},
        consistency=not any(belief.source == "fitted" for belief in used),
        provenance=provenance_rows(loaded, variants, kpis, language, engine, events),
        own=first.study.own,
        operator_titles={name: operator.title or name for name, operator in first.study.operators.items()},
        plan_titles={name: each.title or name for name, each in first.study.plans.items()},
        segment_titles={name: segment.title or name for name, segment in first.study.segments.items()},
        tactic_titles={name: tactic.title or name for name, tactic in first.study.tactics.items()},
        concealing=frozenset(name for name, tactic in first.study.tactics.items() if tactic.conceals),
        discount=first.study.economics.discount,
        replications=int(kpis["replication"].max()) + 1 if len(kpis) else 0,
        turnings=saved_turnings(table.parent, plan.baseline, variants),
    )


def decision_frame(loaded: LoadedStudy, standings: Mapping[str, Standing]) -> pd.DataFrame:
    """The decision, one row a point, arm and metric, in the study's order; `difference` is arm − baseline.

    Numbers and verdict of a row belong to the look at which it was settled: the first `n` replications, pairs with a
    failed run left out.
    """
    import pandas as pd

    from outputs.findings import DECISION_COLUMNS

    rows = [
        _decision_row(point.name, standings[point.name].rows[arm, metric.key], metric)
        for point in loaded.points
        for arm in loaded.arms
        for metric in loaded.compare.metrics
        if (arm, metric.key) in standings[point.name].rows
    ]
    return pd.DataFrame(rows, columns=list(DECISION_COLUMNS))


def assumptions_frame(beliefs: Iterable[BeliefUse], study: Path) -> pd.DataFrame:
    """Every belief that went into some arm or point, once a place where it is written; files as seen from the study.

    Where an arm or a sweep point changes a belief in proportion, the first one given stands: the baseline's.
    """
    import pandas as pd

    from outputs.findings import ASSUMPTION_COLUMNS

    stated: dict[tuple[str, int, str], BeliefUse] = {}
    for each in beliefs:
        stated.setdefault((each.file, each.line, each.path), each)
    rows = [
        (each.path, each.best, each.low, each.high, each.source, each.note, seen_from(each.file, study), each.line)
        for each in stated.values()
    ]
    return pd.DataFrame(rows, columns=list(ASSUMPTION_COLUMNS))


def targets_frame(study: Study) -> pd.DataFrame:
    """Waiting targets by hall, class and half hour of the ordinary opening hours, in minutes.

    A half hour that a busy span touches has the busy target. Busy days of the month are not seen: an axis of hours
    cannot show them.
    """
    import pandas as pd

    from outputs.findings import TARGET_COLUMNS

    rows = []
    for name, hall in study.halls.items():
        spans = hall.busy.hours if hall.busy is not None else ()
        for class_, customers in hall.customers.items():
            if customers.target is None:
                continue
            for at in _half_hours(hall.hours.open_us, hall.hours.close_us):
                busy = any(span.open_us < at + HALF_HOUR_US and at < span.close_us for span in spans)
                target_us = customers.target.busy_us if busy else customers.target.idle_us
                rows.append((name, class_, clock_text(at), target_us / MINUTE_US))
    return pd.DataFrame(rows, columns=list(TARGET_COLUMNS))


def _decision_row(point: str, row: Row, metric: Metric) -> dict[str, Any]:
    difference = row.difference
    return {
        "point": point,
        "arm": row.arm,
        "metric": metric.key,
        "kpi": metric.kpi,
        "scope": metric.scope,
        "period": metric.period,
        "unit": metric.unit,
        "goal": metric.goal,
        "n": difference.n,
        "baseline_mean": row.baseline_mean.mean,
        "baseline_half_width": row.baseline_mean.half_width,
        "arm_mean": row.arm_mean.mean,
        "arm_half_width": row.arm_mean.half_width,
        "difference": difference.mean,
        "half_width": difference.half_width,
        "low": difference.low,
        "high": difference.high,
        "level": difference.level,
        "correlation": difference.correlation,
        "variance_ratio": difference.variance_ratio,
        "indifference": row.zone,
        "indifference_chosen": row.rule.indifference is None,
        "verdict": row.verdict,
        "runs_to_settle": row.runs_to_settle,
    }


def _half_hours(open_us: int, close_us: int) -> Iterator[int]:
    at = open_us - open_us % HALF_HOUR_US
    while at < close_us:
        yield at
        at += HALF_HOUR_US
