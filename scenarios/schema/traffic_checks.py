"""What must hold of crowds, closures, notices, other channels and setbacks: names, dates, shares up to 100 %."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from scenarios.schema.names import unknown_in, unknown_name
from scenarios.schema.parts import Fault

if TYPE_CHECKING:
    from scenarios.schema.days import Dated
    from scenarios.schema.hall import Hall
    from scenarios.schema.study import Study

MOST_CROWDS = 8
"""Most crowds that the draw key can number (scenarios state it, `sim` relies on it)."""
MOST_CODES = 100
"""Most channels or setbacks of one hall."""


def traffic_faults(hall: Hall) -> Iterable[Fault]:
    """Yield what is wrong within one hall, each with the keys that lead to it."""
    crowds, closures = hall.arrivals.crowds or {}, hall.closures or {}
    yield from _many(crowds, MOST_CROWDS, "crowds", ("arrivals", "crowds"))
    yield from _many(hall.arrivals.elsewhere or {}, MOST_CODES, "channels", ("arrivals", "elsewhere"))
    yield from _many(hall.setbacks or {}, MOST_CODES, "setbacks", ("setbacks",))
    for name, crowd in crowds.items():
        at = ("arrivals", "crowds", name)
        yield from _dates(crowd, at)
        yield from unknown_in(hall.transactions, "transaction of this hall", crowd.transactions, (*at, "transactions"))
    for name, closure in closures.items():
        yield from _dates(closure, ("closures", name))
        yield from _over(
            sum(closure.sends.values()), "what the closure sends to other halls", ("closures", name, "sends")
        )
        if hall.never_closes:
            message = "a hall that never closes cannot be closed for works: its queue goes on over midnight"
            yield Fault("never-closes", message, "give it opening hours that end", ("closures", name))
    heeded = 0.0
    for name, notice in (hall.arrivals.notices or {}).items():
        heeded += notice.heeded
        for key, spans in (("away_from", notice.away_from), ("towards", notice.towards)):
            if not spans:
                help = 'write for example `["10:00-12:00"]`'
                yield Fault("empty", "at least one span is wanted here", help, ("arrivals", "notices", name, key))
    yield from _over(heeded, "what the notices move together", ("arrivals", "notices"))
    taken: dict[str, float] = defaultdict(float)
    for name, channel in (hall.arrivals.elsewhere or {}).items():
        for transaction, share in channel.takes.items():
            taken[transaction] += share
            if transaction not in hall.transactions:
                message = f"`{transaction}` is not a transaction of this hall"
                where = ("arrivals", "elsewhere", name, "takes", transaction)
                yield unknown_name(transaction, hall.transactions, message, where, on_key=True)
    for transaction, share in taken.items():
        yield from _over(share, f"what other channels take of `{transaction}`", ("arrivals", "elsewhere"))
    yield from _setback_faults(hall)


def _setback_faults(hall: Hall) -> Iterable[Fault]:
    met: dict[str, float] = defaultdict(float)
    for name, setback in (hall.setbacks or {}).items():
        at = ("setbacks", name, "transactions")
        if not setback.transactions:
            yield Fault("empty", "at least one transaction is wanted here", "", at)
        yield from unknown_in(hall.transactions, "transaction of this hall", setback.transactions, at)
        for transaction in set(setback.transactions):
            met[transaction] += setback.share
    for transaction, share in sorted(met.items()):
        yield from _over(share, f"the setbacks of `{transaction}`", ("setbacks",))


def shared_traffic_faults(study: Study) -> Iterable[Fault]:
    """Yield what is wrong between halls: customers sent to a hall that is not there or cannot do their business."""
    for name, hall in study.halls.items():
        for closure_name, closure in (hall.closures or {}).items():
            for to in closure.sends:
                at = ("halls", name, "closures", closure_name, "sends", to)
                yield from _destination(study, name, to, at, on_key=True)
        for setback_name, setback in (hall.setbacks or {}).items():
            where = ("halls", name, "setbacks", setback_name, "to")
            if not setback.to:
                continue
            if setback.to not in study.halls:
                yield from _destination(study, name, setback.to, where, on_key=False)
                continue
            missing = [each for each in setback.transactions if each not in study.halls[setback.to].transactions]
            if missing:
                message = f"the hall {setback.to} has no transaction `{missing[0]}`, for which customers are sent there"
                yield Fault("unknown-name", message, "give it one of that name, or send them elsewhere", where)


def _destination(study: Study, name: str, to: str, at: tuple[str, ...], on_key: bool) -> Iterable[Fault]:
    if to not in study.halls:
        yield unknown_name(to, study.halls, f"`{to}` is not a hall of this study", at, on_key)
    elif to == name:
        yield Fault("same-hall", "a closed hall sends nobody to itself", "name another hall", at, on_key)


def _dates(dated: Dated, at: tuple[str, ...]) -> Iterable[Fault]:
    if dated.until < dated.from_:
        yield Fault("order", "`until` is before `from`", "both days belong to it", (*at, "until"))


def _over(total: float, what: str, at: tuple[str, ...]) -> Iterable[Fault]:
    if total > 1 + 1e-9:
        yield Fault("shares", f"{what} is {total * 100:.6g} %, more than 100 %", "lower the shares", at)


def _many(parts: Mapping[str, object], most: int, what: str, at: tuple[str, ...]) -> Iterable[Fault]:
    if len(parts) > most:
        yield Fault("too-many", f"{len(parts)} {what} are more than the {most} that a hall can have", "join some", at)
