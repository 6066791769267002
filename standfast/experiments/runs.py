"""Making a study's runs without comparing them: what is missing of some arms and points is made and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from standfast.experiments.campaign import Failure, Progress, conducting
from standfast.experiments.chosen import chosen
from standfast.experiments.plan import resolve_variants
from standfast.experiments.sources import study_sources
from standfast.experiments.store import Damage
from standfast.experiments.worker import Simulate

if TYPE_CHECKING:
    from scenarios import LoadedStudy


@dataclass(frozen=True)
class RunsMade:
    """Different runs made now and found finished, those that failed, chunks set aside, the study's folder."""

    ran: int
    kept: int
    failures: tuple[Failure, ...]
    set_aside: tuple[Damage, ...]
    folder: Path


def make_runs(
    loaded: LoadedStudy,
    out: Path,
    workers: int | str | None = None,
    replications: int | None = None,
    progress: Progress | None = None,
    *,
    only: Sequence[str] = (),
    simulate: Simulate | None = None,
) -> RunsMade:
    """Make the missing runs of the arms and points that `only` names (see `chosen`); all where it names nothing.

    `replications` of each, or those of the study's first look. `kpis.parquet` then holds these runs. The rest is as for
    `standfast.experiments.compare.compare`; raises StudyErrors, NothingSelected, StoreError, Stopped,
    WorkersCannotStart.
    """
    import sim

    engine = sim.ENGINE_VERSION
    variants = resolve_variants(loaded)
    wanted = chosen(only, variants)
    variants = {pair: variant for pair, variant in variants.items() if pair in wanted}
    simulate, sources = simulate or sim.simulate, study_sources(loaded)
    with conducting(variants, Path(out), loaded.name, simulate, engine, workers, progress, sources) as campaign:
        campaign.ensure(list(variants), replications or loaded.compare.initial)
        campaign.write_table()
        campaign.stop_if_asked()
        return RunsMade(campaign.ran, campaign.kept, campaign.failures, campaign.set_aside, campaign.folder)
