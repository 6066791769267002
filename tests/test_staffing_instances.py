"""Instances like the published one (16 half hours, shifts of several lengths), solved and held to enumeration.

Rates, targets, costs, patience and lengths are made up; nothing is kept of any instance that the search was tried on.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from test_staffing_core import gap_to_enumeration, shift, study

from scenarios import Study

DAY = (14, 26, 38, 44, 42, 34, 24, 18, 20, 28, 34, 32, 26, 20, 15, 10)


@dataclass(frozen=True)
class Instance:
    """What differs from the published day: rates times a factor, service, patience, target, share, cap, shifts."""

    factor: float = 1.0
    shift_by: int = 0
    service_min: float = 5.0
    patience_min: float | None = 25.0
    target_min: float = 10.0
    within: str = "90 %"
    cap: str = "100 %"
    lengths_h: tuple[tuple[float, float], ...] = ((3.0, 3.5), (4.0, 4.4), (8.0, 8.0))
    cells: int = 16

    def study(self) -> Study:
        rates = [round(self.factor * DAY[(n + self.shift_by) % 16], 1) for n in range(self.cells)]
        shifts = {}
        for hours, cost in self.lengths_h:
            last = self.cells - round(2 * hours)
            starts = [f"{9 + n // 2:02d}:{30 * (n % 2):02d}" for n in range(0, last + 1, 2)]
            shifts[f"{hours:g}h"] = shift(hours, cost, *starts)
        target = f"{self.target_min:g} min"
        return study(
            rates,
            shifts,
            service=f"{self.service_min:g} min",
            patience=None if self.patience_min is None else f"{self.patience_min:g} min",
            target={"busy": target, "idle": target, "share": self.within},
            staffing={"abandonment": self.cap},
        )


SMALL = Instance(cells=8, lengths_h=((2.0, 2.6), (3.0, 3.5), (4.0, 4.4)), patience_min=15.0, target_min=8.0)

INSTANCES = (
    Instance(target_min=5.0),
    Instance(within="95 %", patience_min=40.0),
    Instance(patience_min=None, target_min=15.0),
    Instance(patience_min=12.0, cap="8 %"),
    Instance(lengths_h=((2.5, 3.1), (5.0, 5.3), (8.0, 7.7)), shift_by=5),
    Instance(lengths_h=((3.0, 4.4), (4.0, 4.5), (6.0, 6.1)), factor=0.8, service_min=6.0),
)


def test_a_small_instance_is_solved_to_the_cheapest_by_enumeration() -> None:
    assert gap_to_enumeration(SMALL.study()) == 0.0


@pytest.mark.slow
@pytest.mark.parametrize("instance", INSTANCES, ids=str)
def test_other_instances_are_solved_to_the_cheapest_by_enumeration(instance: Instance) -> None:
    assert gap_to_enumeration(instance.study()) == 0.0
