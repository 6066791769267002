"""What a hall must have for a KPI of a trouble or a remedy to be measured of it, and which are counted by cause."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scenarios.kpis import CAUSE
from scenarios.schema.complaints import CAUSES
from scenarios.schema.hall import Hall, has_priced_remedy
from scenarios.units import QuantityError

_OF_CAUSES = ("complaints", "complaints_filed")


@dataclass(frozen=True)
class _Needed:
    """What a hall must have for a KPI: in words, as an example of size 0, and how to tell."""

    what: str
    example: str
    has: Callable[[Hall], object]


_COMPLAINTS = _Needed("`complaints`", "`complaints: {rate: 0 %}` to a hall", lambda hall: hall.complaints is not None)
_SALES = _Needed("`sales`", "`sales` with `share: 0 %` to a hall", lambda hall: hall.sales is not None)
_NEEDED: Mapping[str, _Needed] = {
    "complaints": _COMPLAINTS,
    "complaints_filed": _COMPLAINTS,
    "unfinished": _Needed("`setbacks`", "one with `share: 0 %` to a hall", lambda hall: hall.setbacks is not None),
    "elsewhere": _Needed(
        "`arrivals.elsewhere`", "a channel that takes 0 % to a hall", lambda hall: hall.arrivals.elsewhere is not None
    ),
    "sales": _SALES,
    "sales_revenue": _SALES,
    "remedy_cost": _Needed(
        "a remedy with a price",
        "one, such as `advisers: {count: 0, cost: 4000 CNY/month}`, to a hall",
        has_priced_remedy,
    ),
}


def check_parts(name: str, scope: str, halls: Sequence[Hall]) -> None:
    """Refuse what is counted by cause elsewhere than there, and what needs a part that no hall of the scope has.

    Raises `QuantityError` with the part that is wanted.
    """
    by_cause = f"/{CAUSE}/" in scope
    if by_cause and name not in _OF_CAUSES:
        help = f"use `{scope.partition(f'/{CAUSE}/')[0]}`, or compare {' or '.join(_OF_CAUSES)}"
        raise QuantityError("unknown-scope", f"`{name}` is not counted by cause", help)
    if name == "complaints_filed" and not by_cause:
        raise QuantityError("unknown-scope", f"`{name}` is counted by cause", f"use `hall/NAME/{CAUSE}/{CAUSES[0]}`")
    needed = _NEEDED.get(name)
    if needed is not None and not any(needed.has(hall) for hall in halls):
        message = f"`{name}` needs {needed.what}, and no hall of this scope has it in every arm"
        raise QuantityError("nothing-measured", message, f"add {needed.example}, or compare another metric")
