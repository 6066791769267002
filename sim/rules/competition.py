"""Rules of competition: how a rival matches a price cut, escalates when its share falls, and keeps to its budget.

Pure scalar functions for every engine.
"""

from __future__ import annotations


def matching_cut_fen(cut_fen: int, share: float) -> int:
    """How far below its starting price a rival goes to match the deepest cut of another operator.

    >>> matching_cut_fen(1_000, 0.5)
    500
    """
    return round(cut_fen * share)


def fee_fen(dated_fen: int, start_fen: int, matching_fen: int) -> int:
    """Fee of a plan: the dated price, or the starting price less the cut that matches another's where that is lower.

    A cut that matches another's counts from the starting price, and comes to nothing where the own is as deep.

    >>> fee_fen(8_800, 8_800, 0), fee_fen(9_800, 8_800, 1_000), fee_fen(7_000, 8_800, 1_000), fee_fen(900, 900, 1_000)
    (8800, 7800, 7000, 0)
    """
    if matching_fen <= 0:
        return dated_fen
    return max(0, min(dated_fen, start_fen - matching_fen))


def escalation(start_share: float, share: float, when_share_falls: float, by: float) -> float:
    """Factor on a rival's reach, price cut and subsidy: `by` while its share is so far below the one at the start.

    >>> escalation(0.25, 0.2, 0.0625, 1.5), escalation(0.25, 0.125, 0.0625, 1.5)
    (1.0, 1.5)
    """
    return by if start_share - share >= when_share_falls else 1.0
