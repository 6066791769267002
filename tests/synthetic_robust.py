"""War games as findings, made by hand: three strategies, four playbooks, signs of every form."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from outputs.robust_findings import Bounded, PlayedBook, RobustFindings, Signal


def around(value: Any, half: float) -> Bounded:
    """Estimates with intervals of one half-width; regrets stay at or above 0 below."""
    middle = np.array(value, dtype=np.float64)
    return Bounded(middle, np.maximum(0.0, middle - half), middle + half)


def sign(playbook: str, against: str = "", **changes: Any) -> Signal:
    """A sign in the churn of the top end in the third month."""
    made = Signal(
        playbook=playbook,
        against=against,
        kpi="churn_rate",
        scope="segment/vip",
        unit="1/month",
        span=1,
        month="2010-09",
        after=2,
        above=0.0195,
        below=None,
        right=0.978,
        missed=0,
        mistaken=0,
        runs=10,
    )
    return dataclasses.replace(made, **changes)


def make_robust(language: Any = "en", **changes: Any) -> RobustFindings:
    """A game that `care` wins, each playbook with a best of its own."""
    regret = [[0, 3e5, 0, 8e5], [1e5, 1e5, 2e5, 1e5], [9e5, 0, 4e5, 0]]
    made = RobustFindings(
        name="game",
        title="A war game 兵棋推演",
        language=language,
        arms=("baseline", "care", "cheaper"),
        arm_titles={"care": "主动关怀 · Care", "cheaper": "Cheaper"},
        playbooks=(
            PlayedBook("quiet", "quiet", "", ""),
            PlayedBook("price-war", "价格战 Price war", "2010-10", "2011-09"),
            PlayedBook("poach", "策反高端 Poaching", "2010-08", "2012-06"),
            PlayedBook("match", "Price match", "", ""),
        ),
        metric="net_value",
        kpi="net_value",
        scope="operator/mobile",
        period="all",
        unit="CNY",
        goal="max",
        means=around(5e7 - np.array(regret), 6e5),
        regret=around(regret, 1.5e5),
        worst=around([8e5, 2e5, 9e5], 1.5e5),
        mean=around([2.75e5, 1.25e5, 3.25e5], 1.5e5),
        best=(0, 2, 0, 2),
        worst_at=(3, 2, 0),
        choice=1,
        rivals=(),
        more_runs=float("nan"),
        replications=10,
        confidence=0.95,
        watched="baseline",
        months=tuple(f"2010-{month:02d}" for month in range(7, 13)),
        observed=("share", "churn_rate", "acquisitions"),
        signals=(
            sign("poach"),
            sign("poach", "quiet", month="2010-08", after=1),
            sign("price-war", "quiet", kpi="acquisitions", scope="operator/mobile", unit="subscribers", above=None,
                 below=1300.0, month="2010-11", after=2),
            sign("match", "", kpi="arpu", scope="operator/mobile", unit="CNY/month", above=71.5, below=73.0, after=0,
                 span=3),
            sign("price-war", "poach"),
        ),
        fewest_runs=5,
        point="base",
        left_out=(("fixed-line-bundle", "`household` is not a segment of this study"),),
        replaced=("competitors.*.campaigns.price_war.reach",),
        sources={"assumed": 40, "published": 2},
        consistency=True,
        provenance={"Study": "game.yaml"},
        own="mobile",
        segment_titles={"vip": "中高端 Mid and high end"},
    )  # fmt: skip
    return dataclasses.replace(made, **changes)
