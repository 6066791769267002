"""Rows by transaction or customer class: which rows a fit for one name, or for each name, may use, and their shares."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from calibration.errors import CalibrationError
from calibration.mapping import EACH
from calibration.survival import Z95
from calibration.tickets import TicketLog
from scenarios.schema.names import NAME_BREAKERS
from scenarios.suggestions import did_you_mean

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def group_masks(
    log: TicketLog, role: Literal["transaction", "class"], name: str | None
) -> list[tuple[str, NDArray[np.bool_]]]:
    """Return the rule (reason, mask) that leaves out rows of other names; none where there is nothing to choose by.

    Raise `CalibrationError` where the log has names, but not this one.
    """
    if name is None:
        return []
    if role not in log.has:
        if name == EACH:
            log.need(f"service or patience by {role}", role)
        return []
    values = log.frame["class_" if role == "class" else "transaction"]
    if name == EACH:
        return []
    if not (values == name).any():
        names = sorted({str(value) for value in values if value})
        raise CalibrationError(
            f"no-such-{role}",
            f"no row has {role} {name!r}",
            file=log.tables[0].name,
            help=f"{did_you_mean(name, names)}the log has {', '.join(names[:12])}; map other words to "
            f"study names under {'classes' if role == 'class' else 'transactions'} in the mapping",
        )
    return [(f"another {role} than {name}", (values != name).to_numpy())]


def study_names(names: Sequence[str]) -> dict[str, str]:
    """Return the name that a study can use for each name of the log: what cannot stand in one becomes `-`.

    Raise `CalibrationError` where two would become one.
    """
    given: dict[str, str] = {}
    for name in names:
        stated = re.sub(r"\s+", " ", NAME_BREAKERS.sub("-", name)).strip(" .~-") or "unnamed"
        if stated in given.values():
            raise CalibrationError(
                "twin-names",
                f"{name!r} would be written as {stated!r}, and so would another",
                help="name them in the mapping",
            )
        given[name] = stated
    return given


def renamed(names: Mapping[str, str]) -> tuple[str, ...]:
    """Return a warning for each name that is not written as the log has it."""
    return tuple(f"{name!r} is written as {stated!r}" for name, stated in names.items() if name != stated)


def share_text(sizes: Sequence[int]) -> list[tuple[str, str, str]]:
    """Return each share as text with its 95 % limits (Wilson); the shares add up to exactly 100 %."""
    total = sum(sizes)
    cents = [round(10_000 * size / total) for size in sizes]
    cents[cents.index(max(cents))] += 10_000 - sum(cents)
    texts = []
    for size, cent in zip(sizes, cents, strict=True):
        p, z2 = size / total, Z95**2
        centre = (p + z2 / (2 * total)) / (1 + z2 / total)
        half = Z95 * math.sqrt(p * (1 - p) / total + z2 / (4 * total**2)) / (1 + z2 / total)
        texts.append(
            (_percent(cent / 100), _percent(100 * max(centre - half, 0)), _percent(100 * min(centre + half, 1)))
        )
    return texts


def _percent(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") + " %"
