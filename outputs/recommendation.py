"""Which strategy to take: the rule, as data.

The primary metric is the first of the study. Of the strategies that are *better* on it, the one with the best
difference is recommended; what it costs on the other metrics is told beside it. If none is better, none is recommended.
The rule reads verdicts and computes no statistics; how the choice is put into words stands in `outputs.verdict`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outputs.findings import SOURCES, Findings

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Recommendation:
    """The choice at one sweep point.

    `metric` is the key of the primary metric (None: nothing was compared). `arm` is the recommended strategy (None: no
    strategy is better). `better`, `worse`, `same` and `unsettled` hold the keys of the other metrics by the recommended
    strategy's verdict. `rivals` are strategies that are better too and whose interval on the primary metric overlaps
    that of `arm`: their order isn't settled. `primary` gives each strategy's verdict on the primary metric.
    """

    point: str
    metric: str | None
    arm: str | None
    better: tuple[str, ...]
    worse: tuple[str, ...]
    same: tuple[str, ...]
    unsettled: tuple[str, ...]
    rivals: tuple[str, ...]
    primary: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Sources:
    """How many of the stated numbers come from where; `ranged`: assumed ones with a low and a high."""

    by_source: tuple[tuple[str, int], ...]
    total: int
    ranged: int

    @property
    def assumed(self) -> int:
        """Number of assumed numbers."""
        return dict(self.by_source).get("assumed", 0)


def recommend(findings: Findings, point: str | None = None) -> Recommendation:
    """Return the recommended strategy at a sweep point (the first one if none is given).

    Of equal differences the strategy that the study names first wins. KeyError: no such point.
    """
    here = findings.points[0] if point is None else point
    if here not in findings.points:
        raise KeyError(here)
    rows = findings.decision[findings.decision["point"] == here]
    metrics = findings.metrics(here)
    if not metrics:
        return Recommendation(here, None, None, (), (), (), (), (), ())
    first = rows[rows["metric"] == metrics[0]]
    primary = tuple((str(arm), str(verdict)) for arm, verdict in zip(first["arm"], first["verdict"], strict=True))
    chosen = _best(first[first["verdict"] == "better"])
    if chosen is None:
        return Recommendation(here, metrics[0], None, (), (), (), (), (), primary)
    arm = str(chosen["arm"])
    others = rows[(rows["arm"] == arm) & (rows["metric"] != metrics[0])]
    overlap = (first["low"] <= chosen["high"]) & (first["high"] >= chosen["low"])
    rivals = first[(first["verdict"] == "better") & (first["arm"] != arm) & overlap]

    def keys(verdict: str) -> tuple[str, ...]:
        return tuple(str(key) for key in others[others["verdict"] == verdict]["metric"])

    return Recommendation(
        point=here,
        metric=metrics[0],
        arm=arm,
        better=keys("better"),
        worse=keys("worse"),
        same=keys("no practical difference"),
        unsettled=keys("not settled"),
        rivals=tuple(str(rival) for rival in rivals["arm"]),
        primary=primary,
    )


def shown_arm(findings: Findings, point: str) -> str | None:
    """Return the strategy that figures set beside the baseline: the recommended one, else the best by its mean."""
    choice = recommend(findings, point)
    if choice.arm is not None or choice.metric is None:
        return choice.arm
    rows = findings.decision[(findings.decision["point"] == point) & (findings.decision["metric"] == choice.metric)]
    best = _best(rows)
    return None if best is None else str(best["arm"])


def count_sources(findings: Findings) -> Sources:
    """Count the stated numbers by source, the least certain first."""
    frame = findings.assumptions
    counts = {str(source): int(count) for source, count in frame["source"].value_counts(sort=False).items()}
    known = [source for source in SOURCES if source in counts]
    order = [*known, *sorted(set(counts) - set(known))]
    assumed = frame[frame["source"] == "assumed"]
    ranged = int((assumed["low"].notna() & assumed["high"].notna()).sum())
    return Sources(tuple((source, counts[source]) for source in order), len(frame), ranged)


def _best(rows: pd.DataFrame) -> pd.Series | None:
    """Return the row with the best difference by its goal; the first of equals."""
    if rows.empty:
        return None
    gains = rows["difference"].where(rows["goal"] == "max", -rows["difference"])
    return None if gains.isna().all() else rows.iloc[int(gains.fillna(float("-inf")).to_numpy().argmax())]
