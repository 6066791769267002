"""What a comparison found, put into the plain frames that outputs take."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.units import HALF_HOUR_US, MINUTE_US, clock_text
from standfast.experiments.campaign import made_with
from standfast.experiments.decision import Row, Standing
from standfast.experiments.plan import Variant, content_hash

if TYPE_CHECKING:
    import pandas as pd

    from outputs import Findings
    from scenarios import BeliefUse, LoadedStudy, Metric, Study

_PROVENANCE = {
    "study": ("Study", "方案文件"),
    "fingerprint": ("Study fingerprint", "方案指纹"),
    "seed": ("Seed", "随机种子"),
    "engine": ("Engine version", "引擎版本"),
    "confidence": ("Confidence of all verdicts together", "全部结论的总置信度"),
    "replications": ("Replications", "重复次数"),
    "horizon": ("Simulated time", "模拟时段"),
    "made_with": ("Made with", "软件版本"),
    "platform": ("Platform", "平台"),
}


def assemble(
    loaded: LoadedStudy,
    variants: Mapping[tuple[str, str], Variant],
    standings: Mapping[str, Standing],
    table: Path,
    language: str,
    engine: str,
) -> Findings:
    """Put together what outputs show: the study's table, the decision, the numbers that went in, targets, origin."""
    import pandas as pd

    from outputs import Findings

    plan = loaded.compare
    first = variants[plan.baseline, loaded.points[0].name]
    kpis = pd.read_parquet(table)
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
        provenance=_provenance(loaded, variants, first, kpis, language, engine),
        own=first.study.own,
        operator_titles={name: operator.title or name for name, operator in first.study.operators.items()},
        plan_titles={name: each.title or name for name, each in first.study.plans.items()},
        segment_titles={name: segment.title or name for name, segment in first.study.segments.items()},
        tactic_titles={name: tactic.title or name for name, tactic in first.study.tactics.items()},
        concealing=frozenset(name for name, tactic in first.study.tactics.items() if tactic.conceals),
        discount=first.study.economics.discount,
        replications=int(kpis["replication"].max()) + 1 if len(kpis) else 0,
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
        (each.path, each.best, each.low, each.high, each.source, each.note, _seen_from(each.file, study), each.line)
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


def _seen_from(file: Path | str, study: Path) -> str:
    """A file as a reader of the report knows it: never with folders of this machine above the study's own."""
    path = Path(file)
    if not path.is_absolute():
        return str(file)
    relative = os.path.relpath(path, study.resolve().parent) if path.anchor == study.resolve().anchor else ".."
    return path.name if relative.startswith("..") else relative


def _provenance(
    loaded: LoadedStudy,
    variants: Mapping[tuple[str, str], Variant],
    first: Variant,
    kpis: pd.DataFrame,
    language: str,
    engine: str,
) -> dict[str, str]:
    from outputs.quantities import level_words

    versions = dict(made_with())
    place = f"{versions.pop('platform')}, {versions.pop('byteorder')}-endian"
    models = [[variant.arm, variant.point, variant.model] for variant in variants.values()]
    runs = {int(number) for number in kpis.groupby(["arm", "point"])["replication"].nunique()} or {0}
    few, many = min(runs), max(runs)
    texts = {
        "study": loaded.path.name,
        "fingerprint": content_hash(models)[:16],
        "seed": str(first.study.seed),
        "engine": engine,
        "confidence": level_words("zh" if language == "zh" else "en", loaded.compare.confidence),
        "replications": str(many) if few == many else f"{few}–{many}",
        "horizon": f"{first.study.start.isoformat()} + {first.study.days} d",
        "made_with": ", ".join(f"{name} {number}" for name, number in versions.items()),
        "platform": place,
    }
    chosen = 1 if language == "zh" else 0
    return {_PROVENANCE[key][chosen]: text for key, text in texts.items()}
