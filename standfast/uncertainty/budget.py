"""How many runs a sensitivity makes at most, stage by stage, before any of them is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from standfast.uncertainty.beliefs import MOST_GROUPS, MOST_SINGLE, Belief

DRAWS_A_TRAJECTORY = 16
"""A Morris screening gets one trajectory for so many draws asked for."""

FEWEST_TRAJECTORIES, MOST_TRAJECTORIES = 2, 10
"""Four to ten are usual (Saltelli et al., Global Sensitivity Analysis: The Primer, 2008, 3.3); two at the least."""


@dataclass(frozen=True)
class Stage:
    """One stage: its name (`base`, `screening`, `draws`, `ends`), how many draws of how many arms, how often each."""

    name: str
    draws: int
    arms: int
    replications: int

    @property
    def runs(self) -> int:
        """Runs at most."""
        return self.draws * self.arms * self.replications


@dataclass(frozen=True)
class Budget:
    """What a sensitivity runs at most. Beliefs that change nothing and crossings that are not there make it less."""

    draws: int
    replications: int
    end_replications: int
    stages: tuple[Stage, ...]

    @property
    def runs(self) -> int:
        """Runs at most, all stages together."""
        return sum(stage.runs for stage in self.stages)


def budget_of(
    method: str, beliefs: Sequence[Belief], arms: int, draws: int, replications: int, end_replications: int, top: int
) -> Budget:
    """The budget of a sensitivity of so many beliefs and arms."""
    number = len(beliefs)
    sides = min(arms, 2)
    singles = min(number, MOST_SINGLE)
    screening: list[Stage] = []
    if method == "morris":
        if number > MOST_SINGLE:
            # The best of so many groups may be too large itself, and is divided once more.
            turns = 1 if number <= MOST_SINGLE * MOST_GROUPS // 4 else 2
            groups = turns * trajectories_of(draws) * (MOST_GROUPS + 1)
            screening.append(Stage("groups", groups, sides, replications))
        screening.append(Stage("screening", trajectories_of(draws) * (singles + 1), sides, replications))
    elif method == "sobol":
        screening.append(Stage("screening", sobol_size(draws) * (singles + 2), sides, replications))
    # The belief that is most worth measuring may be one more, and a crossing is closed in by three points.
    looked_at = number if method == "tornado" else min(number, top + 1)
    stages = (
        Stage("base", 1, arms, end_replications),
        *screening,
        Stage("draws", draws, arms, replications),
        Stage("ends", looked_at * (5 if sides == 2 else 2), sides, end_replications),
    )
    return Budget(draws, replications, end_replications, stages)


def trajectories_of(draws: int) -> int:
    """Trajectories of a Morris screening.

    >>> trajectories_of(8), trajectories_of(64), trajectories_of(1000)
    (2, 4, 10)
    """
    return min(MOST_TRAJECTORIES, max(FEWEST_TRAJECTORIES, draws // DRAWS_A_TRAJECTORY))


def sobol_size(draws: int) -> int:
    """Size of a Saltelli design: the power of two not above the draws asked for, at least 4.

    >>> sobol_size(64), sobol_size(100), sobol_size(3)
    (64, 64, 4)
    """
    return max(4, 1 << (max(draws, 1).bit_length() - 1))
