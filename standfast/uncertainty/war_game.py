"""The war game: every arm of a study under every playbook of the rivals, run, and put into what outputs show.

It decides which runs are made and which figures are looked at; what follows from values stands in `robust` and
`signal`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from outputs.robust_findings import Bounded, PlayedBook, RobustFindings, Signal
from scenarios.playbooks import AS_STATED, QUIET
from standfast.experiments.campaign import Campaign, Failure, Progress, conducting, made_with
from standfast.experiments.compare import RunsFailed
from standfast.experiments.plan import content_hash
from standfast.experiments.sources import study_sources
from standfast.experiments.store import Damage, Label, Store
from standfast.uncertainty.observed import OF_A_SEGMENT, OF_OURS, Series, monthly, observable, over_spans
from standfast.uncertainty.playbooks import Board, NotPlayable, Playbook, set_up
from standfast.uncertainty.robust import Bounds, Robustness, robustness
from standfast.uncertainty.signal import FEWEST_RUNS, Rule, earliest_rule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outputs.findings import Language
    from scenarios import LoadedStudy, Metric
    from standfast.experiments.worker import Simulate

REPLICATIONS = 10
"""Runs of each arm under each playbook where no number is given."""

_PROVENANCE = {
    "study": ("Study", "方案文件"),
    "point": ("Sweep point", "情景点"),
    "fingerprint": ("Fingerprint of all runs", "全部运行指纹"),
    "seed": ("Seed", "随机种子"),
    "engine": ("Engine version", "引擎版本"),
    "replications": ("Replications", "重复次数"),
    "horizon": ("Simulated time", "模拟时段"),
    "made_with": ("Made with", "软件版本"),
}


@dataclass(frozen=True)
class WarGame:
    """What a war game found and did; see `standfast.experiments.compare.Comparison` for what the counts mean."""

    findings: RobustFindings
    ran: int
    kept: int
    failures: tuple[Failure, ...]
    set_aside: tuple[Damage, ...]
    folder: Path


def play(
    study: str | Path,
    out: Path,
    playbooks: Sequence[str] = (),
    metric: str | None = None,
    *,
    point: str | None = None,
    replications: int = REPLICATIONS,
    workers: int | str | None = None,
    sets: Sequence[str] = (),
    language: Language = "en",
    progress: Progress | None = None,
    simulate: Simulate | None = None,
    engine: str | None = None,
) -> WarGame:
    """Run every arm under every playbook, under common random numbers, and say which arm is regretted least.

    Parameters
    ----------
    playbooks: library names, paths, `quiet`, `as-stated`; without any, `quiet` and all that ship and fit the study.
    metric: a key of the study's comparison or any other that it measures; the study's first if not given.
    point: sweep point; the first if not given.

    Finished runs are kept below `out`, as those of a comparison; the study's table stays as it is. Raises StudyErrors
    and NotPlayable before anything is written; StoreError, Stopped, NoData, RunsFailed, WorkersCannotStart.
    """
    if replications < 1:
        raise ValueError(f"replications must be at least 1, not {replications}")
    board = set_up(study, sets, playbooks, point)
    chosen = find_metric(metric, board)
    if simulate is None or engine is None:
        import sim

        simulate, engine = simulate or sim.simulate, engine or sim.ENGINE_VERSION
    name, sources = board.loaded.name, study_sources(board.loaded)
    with conducting(board.variants, Path(out), name, simulate, engine, workers, progress, sources) as campaign:
        campaign.ensure(list(board.variants), replications)
        found = robustness(_values(board, campaign, chosen, replications), chosen.goal, board.loaded.compare.confidence)
        labels = list(campaign.labels())
        signals, months = _signals(board, labels, campaign.folder)
        campaign.stop_if_asked()
        findings = _findings(board, chosen, found, signals, months, language, engine)
        return WarGame(findings, campaign.ran, campaign.kept, campaign.failures, campaign.set_aside, campaign.folder)


def find_metric(key: str | None, board: Board) -> Metric:
    """The metric of that key, by the rules of a study's own `compare.metrics`; the study's first for None.

    Raises NotPlayable.
    """
    from scenarios.metrics import Metric, metric_kpi, split_key
    from scenarios.units import QuantityError

    metrics = board.loaded.compare.metrics
    studies = [variant.study for variant in board.variants.values()]
    wanted = metrics[0].key if key is None else key
    try:
        kpi = metric_kpi(wanted, studies)
    except QuantityError as fault:
        raise NotPlayable(f"metric {wanted}: {fault.message}", fault.help) from None
    for each in metrics:
        if each.key == wanted:
            return each
    if kpi.goal is None:
        help = f"add it under `compare.metrics` of the study, with a goal: `{wanted}: {{goal: max}}`"
        raise NotPlayable(f"metric {wanted}: more of it may be better or worse", help)
    name, scope, period = split_key(wanted, studies)
    return Metric(wanted, name, scope, period, kpi.unit, kpi.goal, None)


def _values(board: Board, campaign: Campaign, metric: Metric, replications: int) -> NDArray[np.float64]:
    """(arms, playbooks, replications) without the replications in which some run failed."""
    rows = [
        [campaign.values(arm, book.name, replications, [metric])[:, 0] for book in board.playbooks]
        for arm in board.loaded.arms
    ]
    values = np.array(rows)
    whole = np.isfinite(values).all(axis=(0, 1))
    if not whole.any():
        raise RunsFailed(campaign.failures)
    return values[:, :, whole]


def _signals(board: Board, labels: Sequence[Label], folder: Path) -> tuple[tuple[Signal, ...], tuple[str, ...]]:
    """Signals of each playbook against all others, and of each two, as they show while the baseline is run."""
    from scenarios.measured_periods import months as months_of

    watched = board.loaded.compare.baseline
    names = [book.name for book in board.playbooks]
    study = board.variants[watched, names[0]].study
    months = tuple(months_of(study))
    series = observable(study)
    store = Store(folder)
    store.scan()
    ours = (label for label in labels if label.arm == watched)
    values, series = over_spans(monthly(store, ours, names, series, months), series)
    found = []
    for at, book in enumerate(board.playbooks):
        others = [other for other in range(len(names)) if other != at]
        if book.name != QUIET and others and (rule := earliest_rule(values, at, others)):
            found.append(_signal(book, "", rule, series, months))
    for one, other in combinations(range(len(names)), 2):
        at, against = (other, one) if names[one] == QUIET else (one, other)
        if rule := earliest_rule(values, at, [against]):
            found.append(_signal(board.playbooks[at], names[against], rule, series, months))
    return tuple(found), months


def _signal(book: Playbook, against: str, rule: Rule, series: Sequence[Series], months: Sequence[str]) -> Signal:
    seen, month = series[rule.series], months[rule.month]
    after = 0
    if book.begins is not None:
        began = max(f"{book.begins:%Y-%m}", months[0])
        after = rule.month - months.index(began) + 1 if began in months else 0
    return Signal(
        playbook=book.name,
        against=against,
        kpi=seen.kpi,
        scope=seen.scope,
        unit=seen.unit,
        span=seen.span,
        month=month,
        after=max(0, after),
        above=rule.above,
        below=rule.below,
        right=rule.right,
        missed=rule.missed,
        mistaken=rule.mistaken,
        runs=rule.runs,
    )


def _findings(
    board: Board,
    metric: Metric,
    found: Robustness,
    signals: tuple[Signal, ...],
    months: tuple[str, ...],
    language: Language,
    engine: str,
) -> RobustFindings:
    loaded = board.loaded
    first = next(iter(board.variants.values())).study
    sources: dict[str, int] = {}
    for book in board.playbooks:
        for source, number in book.sources.items() if book.name != AS_STATED else ():
            sources[source] = sources.get(source, 0) + number
    beliefs = [belief for variant in board.variants.values() for belief in variant.beliefs]
    return RobustFindings(
        name=loaded.name,
        title=loaded.title,
        language=language,
        arms=tuple(loaded.arms),
        arm_titles=loaded.arm_titles,
        playbooks=tuple(
            PlayedBook(
                book.name,
                book.title,
                f"{book.begins:%Y-%m}" if book.begins else "",
                f"{book.ends:%Y-%m}" if book.ends else "",
            )
            for book in board.playbooks
        ),
        metric=metric.key,
        kpi=metric.kpi,
        scope=metric.scope,
        period=metric.period,
        unit=metric.unit,
        goal=metric.goal,
        means=_bounded(found.means),
        regret=_bounded(found.regret),
        worst=_bounded(found.worst),
        mean=_bounded(found.mean),
        best=found.best,
        worst_at=found.worst_at,
        choice=found.choice,
        rivals=found.rivals,
        more_runs=found.more_runs,
        replications=found.n,
        confidence=found.confidence,
        watched=loaded.compare.baseline,
        months=months,
        observed=tuple(dict.fromkeys((*OF_OURS, *OF_A_SEGMENT))),
        signals=signals,
        fewest_runs=FEWEST_RUNS,
        point=board.point,
        left_out=board.left_out,
        replaced=board.replaced,
        sources=sources,
        consistency=not any(belief.source == "fitted" for belief in beliefs),
        provenance=_provenance(loaded, board, found.n, language, engine),
        own=first.own,
        operator_titles={name: operator.title or name for name, operator in first.operators.items()},
        segment_titles={name: segment.title or name for name, segment in first.segments.items()},
    )


def _bounded(bounds: Bounds) -> Bounded:
    return Bounded(bounds.value, bounds.low, bounds.high)


def _provenance(loaded: LoadedStudy, board: Board, n: int, language: Language, engine: str) -> dict[str, str]:
    first = next(iter(board.variants.values())).study
    models = [[variant.arm, variant.point, variant.model] for variant in board.variants.values()]
    texts = {
        "study": loaded.path.name,
        "point": board.point if len(loaded.points) > 1 else "",
        "fingerprint": content_hash(models)[:16],
        "seed": str(first.seed),
        "engine": engine,
        "replications": str(n),
        "horizon": f"{first.start.isoformat()} + {first.days} d",
        "made_with": ", ".join(f"{name} {number}" for name, number in made_with().items() if name != "platform"),
    }
    which = 1 if language == "zh" else 0
    return {_PROVENANCE[key][which]: text for key, text in texts.items() if text}
