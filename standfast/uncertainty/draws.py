"""Draws of the beliefs, and what the arms come to at each: variants of a study, run like any other runs.

A draw is the same quantiles in every arm, with the same replications in every draw: arms and draws stay paired.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenarios import StudyErrors
from scenarios.ranges import at_quantiles
from standfast.experiments.campaign import Failure, Progress, conducting
from standfast.experiments.metrics import NoData, metric_values
from standfast.experiments.plan import Variant, content_hash
from standfast.experiments.sources import study_sources
from standfast.experiments.stopping import Stopped
from standfast.uncertainty.beliefs import Belief

if TYPE_CHECKING:
    from scenarios import LoadedStudy, Metric
    from standfast.experiments.store import Damage
    from standfast.experiments.worker import Simulate

Floats = NDArray[np.float64]

AT_HAND = 256
"""Variants that are resolved at once: what bounds the memory of thousands of draws."""

BEST = "best"
"""Name of the draw that leaves every belief at its best value."""


@dataclass(frozen=True)
class Draw:
    """One draw: its name (a point in the store) and the quantile of each path; other beliefs stay at their best."""

    name: str
    quantiles: Mapping[str, float] = field(default_factory=dict)


def draws_of(stage: str, beliefs: Sequence[Belief], design: Floats) -> tuple[Draw, ...]:
    """The draws of a design, shape (draws, beliefs) of quantiles, named `stage-0001` and so on."""
    return tuple(
        Draw(
            f"{stage}-{number:04d}",
            {p: q for belief, at in zip(beliefs, row, strict=True) for p, q in belief.at(_short(at)).items()},
        )
        for number, row in enumerate(design, start=1)
    )


def hypercube(size: int, beliefs: int, rng: np.random.Generator) -> Floats:
    """Quantiles of a Latin hypercube, shape (size, beliefs): each belief once in each of `size` equal slices.

    McKay, Beckman & Conover (1979), Technometrics 21:239.
    """
    slices = np.argsort(rng.random((size, beliefs)), axis=0)
    found: Floats = (slices + rng.random((size, beliefs))) / size
    return found


def nested(blocks: int, beliefs: Sequence[Belief], rng: np.random.Generator) -> Floats:
    """The nested design of `variance.split`, shape (blocks, pairs, beliefs): 4 pairs, or 2 where all are of one kind.

    Its draws come from two independent Latin hypercubes, whose columns of fitted beliefs and of the others are
    exchanged.
    """
    first, second = hypercube(blocks, len(beliefs), rng), hypercube(blocks, len(beliefs), rng)
    fitted = np.array([belief.fitted for belief in beliefs])
    if fitted.all() or not fitted.any():
        return np.stack([first, second], axis=1)
    crossed = np.where(fitted, first, second), np.where(fitted, second, first)
    return np.stack([first, *crossed, second], axis=1)


class Laboratory:
    """Measures draws of a study at one sweep point. `ran`, `kept`, `failures`, `invalid` and `damaged` count over all.

    Parameters
    ----------
    progress: called as in a comparison, with runs counted over all measurements.
    """

    def __init__(
        self,
        loaded: LoadedStudy,
        point: str,
        out: Path,
        simulate: Simulate,
        engine: str,
        workers: int | str | None,
        progress: Progress | None = None,
    ) -> None:
        self._loaded, self._point, self._out = loaded, point, out
        self._simulate, self._engine, self._workers, self._progress = simulate, engine, workers, progress
        self.ran = self.kept = 0
        self.failures: list[Failure] = []
        self.invalid: dict[str, str] = {}
        self.damaged: list[Damage] = []

    def measure(
        self, draws: Sequence[Draw], arms: Sequence[str], replications: int, metrics: Sequence[Metric]
    ) -> Floats:
        """Values of the metrics: shape (draws, arms, replications, metrics), NaN where a run failed.

        A draw that is no valid study in one of the arms is NaN in all of them and noted in `invalid`; where most draws
        are none, StudyErrors says why before any of them runs. Raises what `standfast.experiments.compare.compare`
        raises.
        """
        values = np.full((len(draws), len(arms), replications, len(metrics)), np.nan)
        at_once = max(1, AT_HAND // len(arms))
        for start in range(0, len(draws), at_once):
            part = draws[start : start + at_once]
            self._measure(part, arms, replications, metrics, values[start : start + at_once])
        return values

    def _measure(
        self, draws: Sequence[Draw], arms: Sequence[str], replications: int, metrics: Sequence[Metric], into: Floats
    ) -> None:
        faults: list[StudyErrors] = []
        variants = dict(self._variants(draws, arms, faults))
        if 2 * len(faults) > len(draws):
            raise faults[0]
        before = self.ran + self.kept + len(self.failures)
        told = self._progress

        def progress(done: int, planned: int, arm: str, left_s: float | None) -> None:
            if told is not None:
                told(before + done, before + planned, arm, left_s)

        conduct = conducting(
            variants,
            self._out,
            self._loaded.name,
            self._simulate,
            self._engine,
            self._workers,
            progress,
            study_sources(self._loaded),
        )
        with conduct as campaign:
            try:
                campaign.ensure(list(variants), replications)
            except Stopped as stopped:
                so_far = self.ran + self.kept + stopped.kept
                raise Stopped(so_far, stopped.place, stopped.terminated) from None
            # All at once: a chunk holds runs of many draws, and would be read again for each of them.
            labels = list(campaign.labels())
            found = metric_values(campaign.store, [label.key for label in labels], metrics)
            places = {draw.name: at for at, draw in enumerate(draws)}
            for label, row in zip(labels, found, strict=True):
                if np.isnan(row).any():
                    raise NoData(metrics[int(np.isnan(row).argmax())].key, label.arm, label.point, label.replication)
                into[places[label.point], arms.index(label.arm), label.replication] = row
            self.ran += campaign.ran
            self.kept += campaign.kept
            self.failures += campaign.failures
            self.damaged += campaign.set_aside

    def _variants(
        self, draws: Sequence[Draw], arms: Sequence[str], faults: list[StudyErrors]
    ) -> Iterator[tuple[tuple[str, str], Variant]]:
        for draw in draws:
            found = []
            try:
                for arm in arms:
                    resolved = self._loaded.resolve(arm, self._point)
                    if draw.quantiles:
                        resolved = at_quantiles(resolved, draw.quantiles)
                    parts = resolved.model_parts
                    # Beliefs are told once, from the study itself; hundreds of copies of them would fill the memory.
                    found.append(Variant(arm, draw.name, resolved.study, (), parts, content_hash(parts)))
            except StudyErrors as fault:
                self.invalid[draw.name] = str(fault).splitlines()[0]
                faults.append(fault)
                continue
            for variant in found:
                yield (variant.arm, draw.name), variant


def _short(quantile: float) -> float:
    """A quantile with so many digits that drawn numbers stay readable; a draw's name and store depend on it."""
    return round(float(quantile), 6)
