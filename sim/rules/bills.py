"""Rules of bills: what a plan costs a month, and what leaving a contract early costs. Pure scalar functions, in fen."""

from __future__ import annotations

from scenarios.units import MONTH_DAYS


def bill_fen(fee_fen: int, minutes: int, extra_milli_fen: int, usage: int) -> int:
    """Bill of a month: the fee, and every minute beyond those included at its price in thousandths of a fen.

    >>> bill_fen(8_800, 450, 15_000, 500), bill_fen(8_800, 450, 15_000, 400)
    (9550, 8800)
    """
    return fee_fen + (max(0, usage - minutes) * extra_milli_fen + 500) // 1_000


def bill_cny(fee_fen: int, minutes: int, extra_milli_fen: int, usage: int) -> float:
    """Bill of a month in CNY, as choices weigh it.

    >>> bill_cny(8_800, 450, 15_000, 500)
    95.5
    """
    return bill_fen(fee_fen, minutes, extra_milli_fen, usage) / 100


def fee_left_fen(leaving_fen: int, days_left: int) -> int:
    """Fee for leaving a contract: so much for each month that is left of it, by the day.

    >>> fee_left_fen(1_000, 365), fee_left_fen(1_000, -3)
    (11992, 0)
    """
    return round(leaving_fen * max(0, days_left) / MONTH_DAYS)
