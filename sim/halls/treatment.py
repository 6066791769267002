"""How customers are treated in a hall: sent to a kiosk or back from it, cared for while they wait, talked to.

MISSION F-18, F-43, F-45, F-58, F-62, F-65, F-71. A larger share is met by the same customers and some more.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from scenarios.calendar import Day
from sim.draws import Draws, Purpose
from sim.halls.columns import alike
from sim.halls.traffic import holding
from sim.variates import durations_us

Int8s = NDArray[np.int8]
Int16s = NDArray[np.int16]
Int64s = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Treated(IntFlag):
    """What a customer meets in the hall, apart from its queue."""

    FORCED = 1
    """Sent to a kiosk against its will."""
    NO_CHANGE = 2
    """Sent from a kiosk without change to the counters."""
    TALKED_TO = 4
    """Offered something while being served."""
    BOUGHT = 8
    UNSUITABLE = 16
    """Bought what it did not ask for, or what does not suit."""


def to_kiosks(
    hall: schema.Hall,
    has_kiosks: bool,
    eligible: Bools,
    kiosk_u: Floats,
    entities: Int64s,
    day: Int64s,
    draws: Draws,
) -> tuple[Bools, Int8s]:
    """Who takes to a kiosk, and what was done to customers at the door; `kiosk_u` is how readily each takes to one."""
    if hall.kiosks is None or not has_kiosks:
        return alike(np.bool_(False), entities.size), alike(np.int8(0), entities.size)
    treated = np.zeros(entities.size, dtype=np.int8)
    share = hall.kiosks.share
    if hall.advisers is not None and hall.advisers.count and hall.advisers.guides is not None:
        share = min(1.0, share + hall.advisers.guides)
    willing = eligible & (kiosk_u < share)
    if hall.kiosks.forced is not None:
        forced = eligible & ~willing & (kiosk_u < share + (1.0 - share) * hall.kiosks.forced)
        treated[forced] |= np.int8(Treated.FORCED)
        willing |= forced
    if hall.kiosks.no_change is not None:
        u, _ = draws.uniforms(entities, Purpose.KIOSK_TROUBLE, day)
        back = willing & (u < hall.kiosks.no_change)
        treated[back] |= np.int8(Treated.NO_CHANGE)
        willing &= ~back
    return willing, treated


def longer_patience(hall: schema.Hall, patience_us: Int64s) -> Int64s:
    """Patience where advisers care for those who wait."""
    if hall.advisers is None or not hall.advisers.count or hall.advisers.care is None:
        return patience_us
    return np.asarray(np.maximum(1, np.rint(patience_us * hall.advisers.care)), dtype=np.int64)


def felt_points(hall: schema.Hall, customer_class: Int16s, treated: Int8s) -> Floats:
    """Points of satisfaction that the hall's surroundings give, less what being sent to a kiosk costs (F-18, F-76)."""
    costs = np.array([who.forced_costs or 0.0 for who in hall.customers.values()])[customer_class]
    return np.asarray((hall.feel or 0.0) - costs * ((treated & Treated.FORCED) != 0), dtype=np.float64)


def felt_of_service(hall: schema.Hall, treated: Int8s) -> Floats:
    """Points of satisfaction that buying what does not suit costs those who are served (F-36)."""
    costs = (hall.sales.unsuitable_costs or 0.0) if hall.sales is not None else 0.0
    return np.asarray(-costs * ((treated & Treated.UNSUITABLE) != 0), dtype=np.float64)


def sales_talk(
    hall: schema.Hall, entities: Int64s, to_kiosk: Bools, day: Int64s, days: Sequence[Day], draws: Draws
) -> tuple[Int64s, Int8s]:
    """Time that sales talk adds to the service at a counter, and who is talked to, buys, and buys the wrong thing."""
    talk_us, treated = np.zeros(entities.size, dtype=np.int64), np.zeros(entities.size, dtype=np.int8)
    sales = hall.sales
    if sales is None or not entities.size:
        return talk_us, treated
    u, v = draws.uniforms(entities, Purpose.SALES, day)
    talked = ~to_kiosk & (u < sales.share)
    if sales.paused is not None:
        talked &= ~holding(days, sales.paused, int(day.max()) + 1)[day]
    for met, share in (
        (Treated.TALKED_TO, 1.0),
        (Treated.BOUGHT, sales.accepts),
        (Treated.UNSUITABLE, sales.accepts * sales.unsuitable),
    ):
        treated[talked & (v < share)] |= np.int8(met)
    if sales.at == "counters":
        first, second = draws.uniforms(entities[talked], Purpose.SALES_TALK, day[talked])
        talk_us[talked] = durations_us(sales.takes, first, second)
    return talk_us, treated
