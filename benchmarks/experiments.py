"""How many runs common random numbers and sequential looks save on a shipped study, against independent runs of a size
fixed beforehand, at equal half-width; and what a batch of 2,000 runs costs beside its runs.

    python benchmarks/experiments.py [STUDY] [MOST]

STUDY (chengdu-halls) is compared as it stands, with at most MOST (160) replications of each arm. Then every arm is run
40 times with the study's seed, as pairs, and 40 times with a seed of its own: what pairs and what independent arms vary
by is measured on as many runs, for ten alone may be lucky. From that follows how many runs of each arm a fixed design
needs so that every difference (arm × metric) has at most the half-width that pairs have at the n at which the row
ended. The fixed design looks once, so its intervals are at 1 − α/(arms × metrics): it is spared the price of looking,
which the sequential one pays. Metrics without chance (planned counter hours) are left out.
"""

from __future__ import annotations

import math
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import batches
import numpy as np
from numpy.typing import NDArray

import scenarios
import sim
from standfast.experiments.compare import compare
from standfast.experiments.intervals import t_quantile
from standfast.experiments.verdicts import level_per_interval

MEASURED = 40
"""Runs of each arm, as pairs and again with a seed of its own."""

OVERHEAD_RUNS = 2_000

Floats = NDArray[np.float64]


def values_of(frame: Any, metrics: Any) -> list[float]:
    """The metrics of one run, pooled over halls by weight where nothing is recorded for all of them."""
    found = []
    for metric in metrics:
        rows = frame[(frame["kpi"] == metric.kpi) & (frame["period"] == metric.period)]
        exact = rows[rows["scope"] == metric.scope]
        rows = exact if len(exact) else rows[rows["scope"].str.fullmatch(r"hall/[^/]+")]
        adds = metric.unit in ("customers", "h")
        found.append(float(rows["value"].sum() if adds else np.average(rows["value"], weights=rows["weight"])))
    return found


def measured_values(study: str, arm: str, seed: int | None = None) -> Floats:
    """Metrics of an arm under the study's seed or another, (MEASURED, metrics)."""
    loaded = scenarios.load(study, [f"seed={seed}"] if seed is not None else [])
    model = loaded.resolve(arm, loaded.points[0].name).study
    runs = (sim.simulate(model, replication) for replication in range(MEASURED))
    return np.array([values_of(frame, loaded.compare.metrics) for frame in runs])


def fixed_size(variance: float, half_width: float, level: float) -> int:
    """Replications of each of two arms whose difference has that variance a replication, for that half-width.

    Student's t with the 2(n − 1) degrees of equal variances: at most as many as Welch needs.
    """
    n = 2
    while t_quantile((1 + level) / 2, 2 * (n - 1)) * math.sqrt(variance / n) > half_width:
        n = max(n + 1, int(n * 1.02))
    return n


def savings(study: str, most: int) -> None:
    """Compare, measure independent arms, print both."""
    loaded = scenarios.load(study, [f"compare.replications.max={most}"])
    plan = loaded.compare
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        comparison = compare(loaded, Path(folder))
        seconds = time.perf_counter() - begun
    decision = comparison.findings.decision
    arms = [arm for arm in loaded.arms if arm != plan.baseline]
    level = level_per_interval(plan.confidence, 1, len(arms), len(plan.metrics))
    pairs = {arm: measured_values(study, arm) for arm in loaded.arms}
    alone = {arm: measured_values(study, arm, 7_000 + number) for number, arm in enumerate(loaded.arms)}
    print(f"{study}: {len(arms)} arms and the baseline, {len(plan.metrics)} metrics, at most {most} runs of each arm")
    print(f"{'arm':<16}{'metric':<20}{'n':>5}{'half-width':>12}{'correlation':>12}{'CRN saves':>11}{'fixed n':>9}")
    needed: list[int] = []
    ratios: list[float] = []
    for row in decision.to_dict("records"):
        column = [metric.key for metric in plan.metrics].index(row["metric"])
        both = [values[:, column] for values in (pairs[row["arm"]], pairs[plan.baseline])]
        of_pairs = float((both[0] - both[1]).var(ddof=1))
        if not of_pairs > 0:
            continue
        of_alone = sum(float(alone[arm][:, column].var(ddof=1)) for arm in (row["arm"], plan.baseline))
        wide = t_quantile((1 + row["level"]) / 2, row["n"] - 1) * math.sqrt(of_pairs / row["n"])
        needed.append(fixed_size(of_alone, wide, level))
        ratios.append(of_alone / of_pairs)
        print(
            f"{row['arm']:<16}{row['metric']:<20}{row['n']:>5}{wide:>12.4g}{np.corrcoef(both[0], both[1])[0, 1]:>12.2f}"
            f"{f'{ratios[-1]:.1f}×':>11}{needed[-1]:>9}"
        )
    made, longest = comparison.ran, int(decision["n"].max())
    paired_fixed, independent = longest * len(loaded.arms), max(needed) * len(loaded.arms)
    print(f"variance of a difference, independent arms over pairs: median {statistics.median(ratios):.1f}×")
    print(f"runs made, pairs and looks: {made} in {seconds:.0f} s")
    print(f"pairs alone, every arm as often as the longest row: {paired_fixed} ({paired_fixed / made:.1f}×)")
    print(f"independent, fixed: {max(needed)} of each arm, {independent} ({independent / made:.1f}×)")


def main(study: str = "chengdu-halls", most: str = "160") -> int:
    """Print what is saved, then what a batch costs."""
    savings(study, int(most))
    with tempfile.TemporaryDirectory() as folder:
        found = batches.asked(Path(folder), 1, OVERHEAD_RUNS, 1)
    each_ms = 1e3 * (found["make"] + found["table"]) / OVERHEAD_RUNS
    processor_ms = 1e3 * found["cpu"] / OVERHEAD_RUNS
    told = f"{each_ms:.2f} ms a run outside the simulator, {processor_ms:.2f} ms of the processor with all imports"
    print(f"{OVERHEAD_RUNS:,} runs that cost nothing: {told}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
