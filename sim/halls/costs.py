"""What the remedies of a hall cost, by period of whole days, in whole fen. Counters have their own price by the hour.

Costs by the month fall evenly on the days of the study, open or not: twelve months are 365.25 days.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from scenarios.schema.hall import has_priced_remedy
from scenarios.units import MONTH_DAYS
from sim.clock import DAY_US
from sim.halls.complaints import CONTENT
from sim.halls.periods import Periods
from sim.halls.record import HallRecord

Int64s = NDArray[np.int64]


def remedy_fen(record: HallRecord, periods: Periods) -> Int64s | None:
    """Cost of a hall's kiosks, advisers, notices, other channels, sales seats and compensations, by period.

    None where nothing of them has a price.
    """
    if not has_priced_remedy(record.hall):
        return None
    by_month = monthly_fen(record.hall)
    channels = list((record.hall.arrivals.elsewhere or {}).values())
    each_fen = np.array([channel.each_fen for channel in channels], dtype=np.int64)
    gift = record.hall.complaints.compensation if record.hall.complaints is not None else None
    days = len(record.days)
    # whole fen by day that add up to the whole of the months
    fen = np.diff(np.floor(np.arange(days + 1) * (by_month / MONTH_DAYS)).astype(np.int64))
    if each_fen.any():
        np.add.at(fen, record.away.arrival_us // DAY_US, each_fen[record.away.elsewhere])
    if gift is not None:
        complaints = np.bincount(record.plan.day[record.complained.cause != CONTENT], minlength=days)
        fen += np.rint(complaints * (gift.share * gift.gift_fen)).astype(np.int64)
    return periods.total_of_days(fen)


def monthly_fen(hall: schema.Hall) -> int:
    """What the remedies of a hall cost a month, whoever uses them."""
    fen = sum(notice.cost_fen for notice in (hall.arrivals.notices or {}).values())
    fen += sum(channel.cost_fen for channel in (hall.arrivals.elsewhere or {}).values())
    if hall.kiosks is not None and hall.kiosks.cost_fen is not None:
        fen += hall.kiosks.count * hall.kiosks.cost_fen
    if hall.advisers is not None and hall.advisers.cost_fen is not None:
        fen += hall.advisers.count * hall.advisers.cost_fen
    if hall.sales is not None and hall.sales.at == "seats":
        fen += hall.sales.cost_fen
    return fen
