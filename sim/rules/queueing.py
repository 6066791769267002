"""Rules of the queue: who walks away, who serves whom, what a remedy saves. Pure scalar functions for every engine."""

from __future__ import annotations

from collections.abc import Sequence


def balks(willingness: float, waiting: int, from_queue: Sequence[int], shares: Sequence[float]) -> bool:
    """Whether a customer who finds `waiting` people ahead walks away.

    `willingness` is its uniform number; of the steps (`from_queue`, `shares`, ascending) the last one reached counts.

    >>> [balks(0.3, waiting, (4, 8), (0.2, 0.5)) for waiting in (3, 4, 8)]
    [False, False, True]
    """
    share = 0.0
    for step in range(len(from_queue)):  # an index: compiled engines know no strict zip
        if waiting >= from_queue[step]:
            share = shares[step]
    return willingness < share


def saved(service_us: int, mean_us: float, saves_us: int) -> int:
    """Service time after a remedy that saves `saves_us` of a mean of `mean_us`: shortened in proportion, at least 1 µs.

    So the mean falls by exactly what the remedy saves, and no service becomes negative (MISSION F-60, F-69).
    """
    return max(1, round(service_us * (mean_us - saves_us) / mean_us))


def on_target(over: int, counted: int, share: float) -> bool:
    """Whether at least `share` of the customers counted kept within their target wait; nobody counted meets it."""
    return counted - over >= share * counted - 1e-9 * counted  # 0.55 × 100 is 55.00000000000001
