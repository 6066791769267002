"""What a war game found, arms against playbooks of rivals, as plain data: the one thing its outputs are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from outputs.findings import Language

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Bounded:
    """Estimates with their intervals, entry by entry."""

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class PlayedBook:
    """A playbook: name, title, the months in which its campaigns begin and end (empty: there are none)."""

    name: str
    title: str
    begins: str
    ends: str


@dataclass(frozen=True)
class Signal:
    """The earliest figure that tells a playbook from `against`: another one, or all others where that is empty.

    It is the playbook if `kpi` of `scope`, as the mean of the `span` months up to `month`, lies above `above` and below
    `below`. `month` is the `after`-th month of the playbook's campaigns (0: it has none). `right` is the least
    predicted chance of being right. Tried on runs that it was not learnt from, the rule missed `missed` of `runs`, and
    took at most `mistaken` of another playbook's for it.
    """

    playbook: str
    against: str
    kpi: str
    scope: str
    unit: str
    span: int
    month: str
    after: int
    above: float | None
    below: float | None
    right: float
    missed: int
    mistaken: int
    runs: int


@dataclass(frozen=True, eq=False)
class RobustFindings:
    """Arms against playbooks on one metric.

    `means` and `regret` are (arms, playbooks), `worst` and `mean` (arms,): the largest and the mean regret. `best` is
    by playbook the position of the best arm, `worst_at` by arm that of the playbook of the largest regret, `choice`
    that of the arm of the least worst regret, `rivals` those that cannot be told from it. `signals` were looked for
    under the arm `watched` in the KPIs `observed` and in `months`, with at least `fewest_runs` runs. `left_out` says
    which playbooks that ship do not fit, and why; `replaced` are paths of the study that playbooks take the place of.
    `sources` counts the numbers of the playbooks by where they are from.
    """

    name: str
    title: str
    language: Language
    arms: tuple[str, ...]
    arm_titles: Mapping[str, str]
    playbooks: tuple[PlayedBook, ...]
    metric: str
    kpi: str
    scope: str
    period: str
    unit: str
    goal: str
    means: Bounded
    regret: Bounded
    worst: Bounded
    mean: Bounded
    best: tuple[int, ...]
    worst_at: tuple[int, ...]
    choice: int
    rivals: tuple[int, ...]
    more_runs: float
    replications: int
    confidence: float
    watched: str
    months: tuple[str, ...]
    observed: tuple[str, ...]
    signals: tuple[Signal, ...]
    fewest_runs: int
    point: str
    left_out: tuple[tuple[str, str], ...]
    replaced: tuple[str, ...]
    sources: Mapping[str, int]
    consistency: bool
    provenance: Mapping[str, str]
    own: str
    operator_titles: Mapping[str, str] = field(default_factory=dict)
    segment_titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def separated(self) -> bool:
        """Whether the least worst regret is told apart from every other arm's."""
        return not self.rivals

    def signal(self, playbook: str, against: str = "") -> Signal | None:
        """The signal that tells a playbook from another one, or from all others; None: nothing does in time."""
        found = (each for each in self.signals if (each.playbook, each.against) == (playbook, against))
        return next(found, None)
